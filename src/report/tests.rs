use std::collections::BTreeMap;

use super::*;
use crate::explain::segment::Segment;
use crate::learn::approaches::Approach;
use crate::learn::curves::Curves;
use crate::learn::leaks::{Leak, LeakKind};
use crate::learn::objective::Objective;
use crate::route::judge::{Hits, Judgement, Pace, Way};
use crate::score::audit::Deletion;
use crate::score::closer::Importance;

const SCRIPT: &str = "<script>alert('x')</script>";

fn approach(name: &str, answers: &[f64], labels: &[f32]) -> Approach {
    let figures: BTreeMap<String, f64> = Objective::YesNo.figures(answers, labels).into_iter().collect();
    Approach {
        name: name.to_owned(),
        note: format!("looks at {SCRIPT}"),
        figures,
        intervals: None,
        lead_time: None,
        curves: Some(Curves::of(answers, labels)),
        answers: answers.to_vec(),
    }
}

fn drawn() -> (Evaluation, CloserLook, Vec<f32>) {
    let labels: Vec<f32> = (0..200u16).map(|k| f32::from(u8::from(k % 5 == 0))).collect();
    let sharp: Vec<f64> = labels
        .iter()
        .enumerate()
        .map(|(k, y)| 0.1 + 0.5 * f64::from(*y) + 0.3 * ((k % 7) as f64 / 7.0))
        .collect();
    let blunt: Vec<f64> = (0..200u16).map(|k| f64::from(k % 3) / 4.0).collect();
    let evaluation = Evaluation {
        query: format!("PREDICT {SCRIPT}"),
        kind: Objective::YesNo,
        cut: "2025-10-01T00:00:00Z".to_owned(),
        train_examples: 900,
        train_mean: 0.2,
        test_examples: 200,
        test_mean: 0.2,
        approaches: vec![
            approach("constant", &[0.2; 200], &labels),
            approach("priority", &blunt, &labels),
            approach("relational", &sharp, &labels),
        ],
        ahead: None,
        features: vec![format!("count of {SCRIPT}")],
        leaks: vec![Leak {
            kind: LeakKind::TooGood,
            column: SCRIPT.to_owned(),
            text: format!("{SCRIPT} alone decides"),
            remedy: format!("--exclude {SCRIPT}"),
        }],
        excluded: vec![SCRIPT.to_owned()],
    };
    let closer = CloserLook {
        explanations: Deletion {
            sampled: 10,
            rows_tested: 5,
            rows_agreed: 5,
            agreement: Some(1.0),
            ..Deletion::default()
        },
        importance: vec![Importance {
            feature: format!("count of {SCRIPT}"),
            share: 1.0,
        }],
        segments: vec![Segment {
            text: format!("Tickets with {SCRIPT}: 3.0 × the base rate, n = 20"),
            conditions: vec![SCRIPT.to_owned()],
            support: 20,
            positives: 12,
            rate: 0.6,
            lift: 3.0,
            interval: [2.0, 4.0],
            lift_when_found: 3.2,
        }],
        impact: None,
        routing: None,
    };
    (evaluation, closer, labels)
}

fn written() -> String {
    written_with(None)
}

fn written_with(routing: Option<Judgement>) -> String {
    let (evaluation, mut closer, labels) = drawn();
    closer.routing = routing;
    page(&Findings {
        evaluation: &evaluation,
        labels: &labels,
        closer: &closer,
        target: &Target::from_column_name("escalated_at", crate::explain::Language::English),
        rows: format!("tickets {SCRIPT}"),
        horizon_hours: 48.0,
    })
    .unwrap()
}

#[test]
fn what_looks_like_a_script_in_the_data_is_shown_as_text() {
    let page = written();
    assert!(!page.contains("<script"), "a script got through");
    assert!(page.matches("&lt;script&gt;").count() >= 8);
}

#[test]
fn the_page_loads_nothing_and_follows_the_readers_scheme() {
    let page = written();
    for outside in [" src=", "@import", "url(", "<link", "<iframe"] {
        assert!(!page.contains(outside), "{outside}");
    }
    // The one address is a name: that of SVG itself.
    assert!(page.match_indices("http").all(|(at, _)| page[at..].starts_with("http://www.w3.org/2000/svg") || page[at..].starts_with("http-equiv")));
    assert!(page.contains("var(--accent)") && page.contains("prefers-color-scheme") || page.contains("light-dark("));
    assert!(!page.contains("#01FE"), "a stand-in colour is left");
}

#[test]
fn charts_say_what_they_show_and_name_their_lines_and_axes() {
    let page = written();
    assert_eq!(page.matches("<svg ").count(), 4);
    assert_eq!(page.matches("role=\"img\" aria-label=\"").count(), 4);
    for text in [
        "of 100 pairs",
        "relational",
        "priority",
        "share reviewed, highest scores first",
        "Reviewing a fifth of the tickets",
    ] {
        assert!(page.contains(text), "{text}");
    }
}

#[test]
fn what_cannot_be_said_of_routing_is_said_in_words() {
    let hits = Hits {
        hit_rate_at_3: 0.6,
        hit_rate_interval: [0.5, 0.7],
        behind_matching: None,
    };
    let pace = Pace {
        hours_ratio: 0.8,
        hours_interval: [0.7, 0.9],
    };
    let judged = |matching: (Option<Hits>, Option<Pace>)| Judgement {
        tickets: 300,
        agents: 5,
        expected_hours: 4.0,
        actual_hours: 4.0,
        rank_correlation: None,
        ways: [("matching", matching), ("least_loaded", (Some(hits.clone()), None))]
            .map(|(name, (hits, pace))| Way {
                name: name.to_owned(),
                hits,
                pace,
            })
            .into(),
    };
    let page = written_with(Some(judged((None, Some(pace)))));
    assert!(page.contains("take 20 % less time"));
    assert!(page.contains("who is fastest did not show") && page.contains("none to compare went to the three named"));
    // No other way speaks for matching.
    let page = written_with(Some(judged((None, None))));
    assert!(page.contains("cannot be told here") && !page.contains("less time than usual") && !page.contains("NaN"));
}
