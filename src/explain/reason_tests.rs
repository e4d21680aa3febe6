//! Facts that reasons must keep, on a small made helpdesk.

use std::collections::BTreeSet;

use super::helpdesk::{ACCOUNTS, EVENTS, TICKETS, helpdesk, now};
use super::reason::{Lean, Parts};
use super::{Direction, Language, Reason, Target, contributions, reasons};
use crate::data::table::Cell;
use crate::data::{ColumnId, Database, Duration, RowId, Timestamp};
use crate::learn::loss::logit;
use crate::learn::residuals::Correction;
use crate::relate::enumerate::{Reach, enumerate};
use crate::relate::{Asker, Feature, FeatureSet, Relations};

struct Asked {
    database: Database,
    relations: Relations,
    row: RowId,
    values: Vec<f32>,
    language: Language,
}

impl Asked {
    fn new() -> Self {
        let (database, labels, row) = helpdesk();
        let mut set = enumerate(&database, TICKETS, now() - Duration::HOUR, &Reach::default()).set;
        let paths = set.features.iter().filter_map(Feature::category).cloned();
        let alike = Feature::Alike { paths: paths.collect() };
        set.features.push(alike);
        let relations = Relations::build(&database, TICKETS, set, &labels, &mut |_, _| {});
        let mut values = relations.row(&database, Asker::new(row, now()));
        *values.last_mut().unwrap() = logit(0.31) as f32;
        Self {
            database,
            relations,
            row,
            values,
            language: Language::English,
        }
    }

    fn set(&self) -> &FeatureSet {
        self.relations.set()
    }

    fn place(&self, name: &str) -> usize {
        let names: Vec<String> = (0..self.set().features.len())
            .map(|i| self.set().name(&self.database.schema, TICKETS, i))
            .collect();
        names
            .iter()
            .position(|n| n == name)
            .unwrap_or_else(|| panic!("no feature {name} among\n{}", names.join("\n")))
    }

    fn reasons(&self, weights: &[(&str, f64)]) -> Vec<Reason> {
        let mut shapley = vec![0.0; self.values.len()];
        weights
            .iter()
            .for_each(|(name, weight)| shapley[self.place(name)] = *weight);
        self.of(&shapley)
    }

    fn of(&self, shapley: &[f64]) -> Vec<Reason> {
        self.leaning(shapley, None)
    }

    fn leaning(&self, shapley: &[f64], lean: Option<Lean<'_>>) -> Vec<Reason> {
        let asker = Asker::new(self.row, now());
        reasons(
            &self.database,
            &self.relations,
            asker,
            Parts {
                values: &self.values,
                shapley,
                lean,
                ..Parts::default()
            },
            &Target::from_column_name("escalated_to_eng", self.language),
            usize::MAX,
        )
    }

    fn words(&self, name: &str) -> (String, String) {
        let reason = self.reasons(&[(name, 0.5)]).remove(0);
        (reason.text, reason.value)
    }
}

#[test]
fn the_problem_statements_example_comes_out_in_its_own_words() {
    let asked = Asked::new();
    let all = asked.reasons(&[
        ("count of product_events[event_type = API 500 error] by account_id, 48 h", 0.32),
        ("count of positive label by user_id, ever", 0.22),
        ("account_id.health_score", 0.18),
        ("hours since last deployments through product_events.details.endpoint[event_type = API 500 error] by account_id, 48 h", 0.16),
        ("priority", 0.08),
        ("account_id.arr", 0.04),
    ]);
    let told: Vec<(&str, &str, f64)> = all
        .iter()
        .map(|r| (r.text.as_str(), r.value.as_str(), (r.share * 100.0).round()))
        .collect();
    assert_eq!(
        told,
        [
            (
                "Recurring API 500 errors (48 h)",
                "7 occurrences, the latest 10 h ago; this account's usual: 0.1",
                32.0
            ),
            ("User's prior escalations", "3, the latest 23 days ago", 22.0),
            ("Account health score", "45 (critical)", 18.0),
            ("Endpoint /v2/predict deployed", "3 days ago", 16.0),
            ("Ticket priority against account ARR", "P1 on a $240K account", 12.0),
        ]
    );
    assert_eq!(all[0].evidence.len(), 7);
    assert_eq!(all[0].evidence[0].text, "PE6 · API 500 error · /v2/predict · ACC301");
    assert_eq!(all[0].evidence[0].at.as_deref(), Some("2025-03-02T02:00:00Z"));
    assert_eq!(all[1].evidence.len(), 3);
    assert_eq!(all[2].evidence[0].text, "ACC301 · Enterprise · 45");
    assert_eq!(all[3].evidence[0].text, "D1 · /v2/predict");
}

#[test]
fn every_feature_of_an_enumerated_set_has_a_phrase_in_plain_words() {
    let mut asked = Asked::new();
    let count = asked.values.len();
    assert!(count > 300, "only {count} features were enumerated");
    let known = asked.values.clone();
    for values in [known, vec![f32::NAN; count], vec![0.0; count], vec![3.0; count]] {
        asked.values = values;
        for place in 0..count {
            let mut shapley = vec![0.0; count];
            shapley[place] = -0.25;
            let told = asked.of(&shapley);
            let name = asked.set().name(&asked.database.schema, TICKETS, place);
            assert_eq!(told.len(), 1, "{name}");
            let Reason {
                text,
                value,
                direction,
                contribution,
                share,
                standard_error: _,
                evidence,
            } = &told[0];
            assert!(!text.is_empty() && !value.is_empty(), "{name}: {text:?} {value:?}");
            assert!(
                !format!("{text} {value}").contains(['_', '[', ']', '=']) || text.contains("/v"),
                "{name}: {text} | {value}"
            );
            assert!(!format!("{text}{value}").contains("NaN"), "{name}: {text} | {value}");
            assert!(
                !text.contains("  ") && text.starts_with(|c: char| !c.is_lowercase()),
                "{name}: {text}"
            );
            assert_eq!((*direction, *contribution, *share), (Direction::Down, -0.25, 1.0));
            assert!(evidence.len() <= 20 && evidence.iter().all(|e| !e.text.is_empty()));
        }
    }
}

#[test]
fn features_of_one_thing_make_one_reason() {
    let asked = Asked::new();
    let one = asked.reasons(&[
        (
            "count of product_events[event_type = API 500 error] by account_id, 1 h",
            0.1,
        ),
        (
            "count of product_events[event_type = API 500 error] by account_id, 48 h",
            0.4,
        ),
        (
            "count of product_events[event_type = API 500 error] by account_id, 7 d",
            0.2,
        ),
        (
            "hours since last product_events[event_type = API 500 error] by account_id",
            -0.1,
        ),
        (
            "share of product_events[event_type = API 500 error] by account_id, ever",
            0.05,
        ),
    ]);
    assert_eq!(one.len(), 1);
    assert_eq!(one[0].text, "Recurring API 500 errors (48 h)");
    assert!((one[0].contribution - 0.65).abs() < 1e-12);
    let history = asked.reasons(&[
        ("rate of label by user_id, ever", 0.2),
        ("count of positive label by user_id, 7 d", -0.1),
        ("hours since last tickets at escalated_to_eng by user_id", 0.1),
    ]);
    assert_eq!(history.len(), 1, "{history:?}");
    assert_eq!(
        (history[0].text.as_str(), history[0].value.as_str()),
        ("User's escalation rate", "18 % of 17 tickets (usual 10 %)")
    );
    assert_eq!(
        asked
            .reasons(&[
                ("rate of label by user_id, ever", 0.2),
                ("rate of label by category, ever", 0.2)
            ])
            .len(),
        2
    );
}

#[test]
fn absence_and_unknown_are_said() {
    let mut asked = Asked::new();
    let quiet = "count of product_events[event_type = Slow query] by account_id, 48 h";
    assert_eq!(
        asked.words(quiet),
        (
            "No slow queries in 48 h".to_owned(),
            "this account's usual: 0.1".to_owned()
        )
    );
    let orphan = asked.database.push_row(TICKETS, &[Cell::Null, Cell::Time(now())]);
    asked.row = orphan;
    asked.values = asked.relations.row(&asked.database, Asker::new(orphan, now()));
    assert_eq!(asked.words(quiet), ("Account".to_owned(), "not known".to_owned()));
    assert_eq!(
        asked.words("account_id.arr"),
        ("Account ARR".to_owned(), "not known".to_owned())
    );
    assert_eq!(
        asked.words("rate of label by user_id, ever").1,
        "not known (usual 10 %)"
    );
}

#[test]
fn words_of_each_kind_read_as_people_speak() {
    let asked = Asked::new();
    for (name, text, value) in [
        (
            "count of tickets by account_id, 24 h",
            "No tickets of this account in 24 h",
            "this account's usual: 0.6",
        ),
        (
            "open: tickets by account_id without tickets at resolved_at by account_id",
            "Open tickets of this account",
            "1",
        ),
        (
            "mean of tickets.resolution_hours by category, ever",
            "Mean resolution time of tickets, category API error",
            "10 h",
        ),
        (
            "mean of tickets.is_reopened by user_id, ever",
            "Share of tickets of this user with reopened",
            "25 %",
        ),
        (
            "last of label by user_id, ever",
            "User's latest ticket",
            "without escalation",
        ),
        (
            "rate of label by category × priority, ever",
            "Escalation rate, category API error, priority P1",
            "14 % of 14 tickets (usual 10 %)",
        ),
        ("user_id.tenure_days", "User tenure", "450 days"),
        ("day of week", "Day of the week", "Sunday"),
        ("hour of day", "Hour of day (UTC)", "12:00"),
        (
            "text of subject",
            "Text of the ticket",
            "reads like earlier escalations",
        ),
        ("count of users by account_id, ever", "Users of this account", "1"),
        (
            "hours since last product_events[event_type = login_failed] by account_id",
            "Latest login failed event",
            "25 days ago",
        ),
    ] {
        assert_eq!(asked.words(name), (text.to_owned(), value.to_owned()), "{name}");
    }
}

/// The first number of a text, as people write them: "$240K", "1,234", "none".
fn numeral(text: &str) -> Option<f64> {
    if text.starts_with("none") {
        return Some(0.0);
    }
    let text = &text[text.find(|c: char| c.is_ascii_digit())?..];
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ','))
        .unwrap_or(text.len());
    let factor = match text[end..].chars().next() {
        Some('K') => 1e3,
        Some('M') => 1e6,
        _ => 1.0,
    };
    let digits = text[..end].replace(',', "");
    Some(factor * digits.trim_end_matches('.').parse::<f64>().ok()?)
}

/// What a sentence sets side by side: the value, and what is usual.
fn compared(value: &str) -> Option<(f64, f64)> {
    let at = value.find("usual: ").map(|at| at + 7);
    let at = at.or(value.find("(usual ").map(|at| at + 7))?;
    let (said, usual) = value.split_at(at);
    let said = if said.starts_with("this ") { 0.0 } else { numeral(said)? };
    Some((said, numeral(usual)?))
}

/// Whether a sentence's own comparison says the opposite of its arrow, where `more` tells whether more of a thing raises the
/// score; a rate of answers always does.
fn contradicts(reason: &Reason, more: bool) -> bool {
    let up = reason.direction == Direction::Up;
    if let Some(bad) = ["(critical)", "(at risk)", "(healthy)"]
        .iter()
        .position(|band| reason.value.contains(band))
    {
        return ((bad == 2) == more) != up;
    }
    let Some((said, usual)) = compared(&reason.value) else {
        return false;
    };
    let is_rate = [" % of ", " % with "].iter().any(|words| reason.value.contains(words));
    let raises = is_rate || more;
    said != usual && ((said > usual) == raises) != up
}

#[test]
fn no_sentence_compares_against_its_own_arrow() {
    let asked = Asked::new();
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut draw = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        f64::from(u32::try_from(seed >> 40).unwrap()) / f64::from(1 << 24)
    };
    let (mut compared_at_all, mut wrong_without) = (0, 0);
    for turn in 0..500 {
        let more = turn % 2 == 0;
        let steep: Vec<f64> = asked.values.iter().map(|_| 0.01 + draw()).collect();
        // A few features carry the score, each either way, as they may when others of their group outweigh them.
        let shapley: Vec<f64> = asked
            .values
            .iter()
            .map(|_| if draw() < 0.05 { draw() - 0.5 } else { 0.0 })
            .collect();
        let instead = |place: usize, other: f32| {
            let step = f64::from(asked.values[place]) - f64::from(other);
            steep[place] * if more { step } else { -step }
        };
        for reason in asked.leaning(&shapley, Some(Lean::new(&instead))) {
            compared_at_all += usize::from(compared(&reason.value).is_some());
            assert!(
                !contradicts(&reason, more),
                "{:?} {}: {}",
                reason.direction,
                reason.text,
                reason.value
            );
        }
        wrong_without += asked
            .of(&shapley)
            .iter()
            .filter(|reason| contradicts(reason, more))
            .count();
    }
    assert!(compared_at_all > 300, "only {compared_at_all} sentences compare");
    assert!(
        wrong_without > 300,
        "only {wrong_without} would have been wrong: the test sees too little"
    );
}

#[test]
fn another_feature_of_the_group_words_it_where_the_leading_one_would_say_the_opposite() {
    let asked = Asked::new();
    let hours = asked.place("count of product_events[event_type = API 500 error] by account_id, 48 h");
    let days = asked.place("count of product_events[event_type = API 500 error] by account_id, 7 d");
    // More errors in 48 h would lower this score, more in 7 days raise it.
    let instead = |place: usize, other: f32| {
        let step = f64::from(asked.values[place] - other);
        if place == hours { -step } else { step }
    };
    let told = |weight: f64| {
        let mut shapley = vec![0.0; asked.values.len()];
        (shapley[hours], shapley[days]) = (0.4, weight);
        let reason = asked.leaning(&shapley, Some(Lean::new(&instead))).remove(0);
        (reason.text, reason.value)
    };
    let (text, value) = told(0.3);
    assert_eq!(text, "Recurring API 500 errors (7 d)");
    assert!(value.contains("usual"), "{value}");
    // One that hardly counts does not speak for the others.
    let plain = "7 occurrences, the latest 10 h ago".to_owned();
    assert_eq!(told(0.01), ("Recurring API 500 errors (48 h)".to_owned(), plain));
}

#[test]
fn a_value_whose_rate_says_the_opposite_is_named_without_it() {
    let asked = Asked::new();
    let count = "count of tickets by category × priority, 7 d";
    let told = |weight: f64| {
        let reason = asked.reasons(&[(count, weight)]).remove(0);
        (reason.text, reason.value)
    };
    assert_eq!(told(0.5).1, "14 % of 14 tickets (usual 10 %)");
    assert_eq!(
        told(-0.5),
        ("Category and priority".to_owned(), "API error, P1".to_owned())
    );
}

#[test]
fn two_tickets_equal_in_all_features_have_equal_reasons() {
    let mut asked = Asked::new();
    let shapley: Vec<f64> = (0..asked.values.len())
        .map(|i| f64::from(u32::try_from(i * 7919 % 101).unwrap()) - 50.0)
        .collect();
    let cells: Vec<ColumnId> = (0..11).map(ColumnId).collect();
    let table = asked.database.table(TICKETS).clone();
    let row: Vec<Cell<'_>> = cells.iter().map(|&c| table.column(c).cell(asked.row.index())).collect();
    let twin = asked.database.push_row(TICKETS, &row);
    asked.relations.insert(&asked.database, TICKETS, twin);
    let mut told = Vec::new();
    let mut values = Vec::new();
    for row in [asked.row, twin] {
        asked.row = row;
        asked.values = asked.relations.row(&asked.database, Asker::new(row, now()));
        values.push(asked.values.iter().map(|v| v.to_bits()).collect::<Vec<_>>());
        let without_evidence = |r: Reason| Reason {
            evidence: Vec::new(),
            ..r
        };
        told.push(asked.of(&shapley).into_iter().map(without_evidence).collect::<Vec<_>>());
    }
    assert_eq!(values[0], values[1]);
    assert!(told[0] == told[1], "the twin has other reasons");
    let first = &told[0];
    let total: f64 = first.iter().map(|r| r.share).sum();
    assert!((total - 1.0).abs() < 1e-9);
    assert!(first.is_sorted_by(|a, b| a.contribution.abs() >= b.contribution.abs() && a.share >= b.share));
    let texts: BTreeSet<&str> = first.iter().map(|r| r.text.as_str()).collect();
    assert!(
        texts.len() * 10 >= first.len() * 9,
        "{} texts for {} reasons",
        texts.len(),
        first.len()
    );
}

#[test]
fn contributions_keep_order_and_share_the_whole() {
    let asked = Asked::new();
    let set = asked.set();
    let mut shapley = vec![0.0; set.features.len()];
    let schema = &asked.database.schema;
    assert!(
        contributions(set, schema, TICKETS, &asked.values, &shapley, None)
            .iter()
            .all(|c| c.share == 0.0)
    );
    (shapley[0], shapley[3]) = (0.75, -0.25);
    let all = contributions(set, schema, TICKETS, &asked.values, &shapley, None);
    assert_eq!(all.len(), set.features.len());
    assert_eq!((all[0].share, all[3].share, all[3].contribution), (0.75, 0.25, -0.25));
    let text = set
        .features
        .iter()
        .position(|f| matches!(f, Feature::Text { .. }))
        .unwrap();
    assert_eq!(all[text].value, None);
}

#[test]
fn answers_that_came_since_training_are_a_reason_among_the_others_in_either_language() {
    let mut asked = Asked::new();
    let mut shapley = vec![0.0; asked.set().features.len()];
    let places = ["priority", "account_id.arr"].map(|name| asked.place(name));
    (shapley[places[0]], shapley[places[1]]) = (0.5, -0.1);
    let since = Correction {
        shift: -0.2,
        observed: 0.14,
        expected: 0.186,
    };
    let told = |asked: &Asked, most: usize| {
        let parts = Parts {
            values: &asked.values,
            shapley: &shapley,
            since: Some(since),
            ..Parts::default()
        };
        let target = Target::from_column_name("escalated_to_eng", asked.language);
        let asker = Asker::new(asked.row, now());
        reasons(&asked.database, &asked.relations, asker, parts, &target, most)
    };
    let all = told(&asked, usize::MAX);
    assert_eq!(
        all.iter().map(|r| r.contribution).collect::<Vec<_>>(),
        [0.5, -0.2, -0.1]
    );
    assert!((all.iter().map(|r| r.share).sum::<f64>() - 1.0).abs() < 1e-12);
    let said = |reason: &Reason| (reason.text.clone(), reason.value.clone(), reason.direction);
    let (text, value) = ("Similar tickets since training", "14 % with escalation, 19 % expected");
    assert_eq!(said(&all[1]), (text.to_owned(), value.to_owned(), Direction::Down));
    assert_eq!(told(&asked, 1), all[..1]);
    assert_eq!(told(&asked, 2), all[..2]);
    asked.language = Language::German;
    let (text, value) = (
        "Ähnliche Tickets seit dem Training",
        "14 % mit Eskalation, erwartet 19 %",
    );
    assert_eq!(
        said(&told(&asked, 2)[1]),
        (text.to_owned(), value.to_owned(), Direction::Down)
    );

    let schema = &asked.database.schema;
    let parts = contributions(asked.set(), schema, TICKETS, &asked.values, &shapley, Some(since));
    let last = parts.last().unwrap();
    assert_eq!(
        (parts.len(), last.feature.as_str(), last.contribution, last.share),
        (
            shapley.len() + 1,
            "answers of similar tickets since training",
            -0.2,
            0.25
        )
    );
}

#[test]
fn what_became_of_similar_tickets_is_a_reason_with_those_tickets_behind_it() {
    let mut asked = Asked::new();
    let mut shapley = vec![0.0; asked.set().features.len()];
    *shapley.last_mut().unwrap() = 0.4;
    let reason = asked.of(&shapley).remove(0);
    assert_eq!(reason.text, "Similar earlier tickets");
    assert!(
        reason.value.starts_with("31 % with escalation (usual "),
        "{}",
        reason.value
    );
    let Feature::Alike { paths } = asked.set().features.last().unwrap() else {
        panic!()
    };
    let (database, entity) = (&asked.database, TICKETS);
    let cells = |row: RowId| {
        paths
            .iter()
            .map(move |path| path.symbol_as_of(database, entity, row, now()))
    };
    let row = |key: &str| {
        (0..database.table(entity).rows)
            .map(|r| RowId(r as u32))
            .find(|&r| database.key_text(entity, r) == Some(key))
    };
    let apart: Vec<usize> = reason
        .evidence
        .iter()
        .map(|e| {
            cells(row(e.key.as_deref().unwrap()).unwrap())
                .zip(cells(asked.row))
                .filter(|(a, b)| a != b)
                .count()
        })
        .collect();
    assert!(
        !apart.is_empty() && apart.is_sorted() && apart.iter().all(|&n| n <= paths.len() / 3),
        "{apart:?}"
    );
    // What speaks against the arrow says no more than it is.
    *shapley.last_mut().unwrap() = -0.4;
    assert_eq!(asked.of(&shapley)[0].value, "31 % with escalation");
    asked.language = Language::German;
    let reason = asked.of(&shapley).remove(0);
    assert_eq!(
        (reason.text.as_str(), reason.value.as_str()),
        ("Ähnliche frühere Tickets", "31 % mit Eskalation")
    );
}

#[test]
fn evidence_never_comes_from_later_than_the_moment() {
    let mut asked = Asked::new();
    let type_of = asked.database.symbols.find("API 500 error").unwrap();
    let account = asked.database.symbols.find("ACC301").unwrap();
    let later = now() + Duration::HOUR;
    let row = asked.database.push_row(
        EVENTS,
        &[
            Cell::Null,
            Cell::Time(later),
            Cell::Symbol(account),
            Cell::Symbol(type_of),
        ],
    );
    asked.relations.insert(&asked.database, EVENTS, row);
    for reason in asked.of(&vec![1.0; asked.values.len()]) {
        for evidence in reason.evidence {
            assert!(
                evidence.at.is_none_or(|at| Timestamp::parse(&at).unwrap() <= now()),
                "{}",
                evidence.text
            );
        }
    }
    assert_eq!(asked.database.schema.table(ACCOUNTS).name, "accounts");
}
