//! The page: its head, the comparison and the charts.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::charts::{At, Chart, Line};
use super::palette::Ink;
use super::words::{called, count, figure, percent};
use super::{Findings, ReportError, sections};
use crate::learn::approaches::Approach;
use crate::learn::bootstrap::Ends;
use crate::learn::curves::{Point, precision_recall, recall_by_workload, reliability, roc};
use crate::learn::objective::Objective;

/// The page as HTML; it loads nothing.
///
/// # Errors
/// When a chart cannot be drawn.
pub fn page(found: &Findings<'_>) -> Result<String, ReportError> {
    let evaluation = found.evaluation;
    let charts = match evaluation.kind {
        Objective::YesNo => charts(found)?,
        Objective::Number => html! {},
    };
    let mean = |x: f64| match evaluation.kind {
        Objective::YesNo => percent(x),
        Objective::Number => found.target.show(x),
    };
    let of = match evaluation.kind {
        Objective::YesNo => found.target.plural.as_str(),
        Objective::Number => "on average",
    };
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                meta name="color-scheme" content="light dark";
                title { "Evaluation: " (found.asked()) }
                style { (PreEscaped(include_str!("style.css"))) }
            }
            body {
                main {
                    header {
                        p.soft { "Bellwether · evaluation of " (found.asked()) }
                        h1 { (found.headline()) "." }
                        @if let Some(verdict) = found.verdict() { p { (verdict) } }
                        pre.query { (evaluation.query) }
                        p.soft {
                            "Trained on " (count(evaluation.train_examples)) " " (found.rows) " whose answer was settled by " (evaluation.cut)
                            " (" (mean(evaluation.train_mean)) " " (of) "), tested on " (count(evaluation.test_examples)) " asked about from then on ("
                            (mean(evaluation.test_mean)) " " (of) ")."
                        }
                    }
                    (headfigures(found))
                    section {
                        h2 { "The approaches, on the same " (found.rows) }
                        (table(found))
                        dl.notes { @for approach in &evaluation.approaches { div { dt { (called(&approach.name)) } dd { (approach.note) } } } }
                    }
                    (charts)
                    (sections::segments(found))
                    (sections::features(found))
                    (sections::leaks(found))
                    (sections::impact(found))
                    (sections::explanations(found))
                    (sections::routing(found))
                    (terms(evaluation.kind))
                }
            }
        }
    };
    Ok(markup.into_string())
}

/// The relational approach in a few large figures.
fn headfigures(found: &Findings<'_>) -> Markup {
    let Some(own) = found.relational() else { return html! {} };
    let get = |name: &str| own.figures.get(name).copied();
    let mut shown: Vec<(String, &str)> = Vec::new();
    match found.evaluation.kind {
        Objective::YesNo => {
            shown.extend(get("roc_auc").map(|x| (figure(x), "ROC-AUC")));
            shown.extend(get("average_precision").map(|x| (figure(x), "average precision")));
            shown.extend(get("recall_at_10").map(|x| (percent(x), "found when 10 % are reviewed")));
            shown.extend(get("workload_saved_at_87").map(|x| (percent(x), "need no review to find 87 %")));
            shown.extend(get("ece").map(|x| (figure(x), "mean error of a probability (ECE)")));
            shown.extend(
                own.lead_time
                    .map(|l| (crate::cli::hours(l.median_hours), "median warning time")),
            );
        }
        Objective::Number => {
            shown.extend(get("mae").map(|x| (found.target.show(x), "mean absolute error")));
            shown.extend(get("rmse").map(|x| (found.target.show(x), "root mean squared error")));
            shown.extend(get("r2").map(|x| (figure(x), "of the variance explained (R²)")));
        }
    }
    html! { dl.head { @for (value, name) in &shown { div { dt { (name) } dd { (value) } } } } }
}

fn table(found: &Findings<'_>) -> Markup {
    let columns: &[(&str, &str)] = match found.evaluation.kind {
        Objective::YesNo => &[
            ("roc_auc", "ROC-AUC"),
            ("average_precision", "average precision"),
            ("log_loss", "log-loss"),
            ("brier", "Brier"),
            ("ece", "ECE"),
            ("recall_at_10", "recall at 10\u{a0}%"),
            ("recall_at_20", "recall at 20\u{a0}%"),
            ("workload_saved_at_80", "saved at 80\u{a0}% recall"),
            ("workload_saved_at_87", "saved at 87\u{a0}% recall"),
            ("lift_top_decile", "lift, top 10\u{a0}%"),
        ],
        Objective::Number => &[("mae", "mean absolute error"), ("rmse", "RMSE"), ("r2", "R²")],
    };
    let lead = found.evaluation.approaches.iter().any(|a| a.lead_time.is_some());
    let ends = |a: &Approach, name: &str| -> Option<Ends> {
        let intervals = a.intervals?;
        match name {
            "roc_auc" => Some(intervals.roc_auc),
            "average_precision" => Some(intervals.average_precision),
            _ => None,
        }
    };
    let cell = |a: &Approach, name: &str| {
        let Some(&x) = a.figures.get(name) else {
            return html! { td { "–" } };
        };
        let shown = match name {
            n if n.starts_with("recall") || n.starts_with("workload") => percent(x),
            "lift_top_decile" => format!("{x:.1}\u{a0}×"),
            "mae" | "rmse" => found.target.show(x),
            _ => figure(x),
        };
        html! { td { (shown) @if let Some([low, high]) = ends(a, name) { br; small.soft { (figure(low)) "–" (figure(high)) } } } }
    };
    html! {
        div.wide { table {
            thead { tr { th { "approach" } @for (_, title) in columns { th { (title) } } @if lead { th { "lead time" } } } }
            tbody { @for a in &found.evaluation.approaches {
                tr.strong[a.name == "relational"] {
                    th scope="row" { (called(&a.name)) }
                    @for (name, _) in columns { (cell(a, name)) }
                    @if lead { td { @match a.lead_time { Some(l) => (crate::cli::hours(l.median_hours)), None => "–" } } }
                }
            } }
        } }
    }
}

fn charts(found: &Findings<'_>) -> Result<Markup, ReportError> {
    let Some(own) = found.relational() else {
        return Ok(html! {});
    };
    let get = |name: &str| own.figures.get(name).copied().unwrap_or(f64::NAN);
    let base = found.evaluation.test_mean;
    let titles = [
        format!("It puts a yes above a no in {:.0} of 100 pairs", 100.0 * get("roc_auc")),
        format!(
            "Where it finds half of the {}, {} of its warnings are right; by chance {} would be",
            found.target.plural,
            percent(precision_at_half(own, found.labels)),
            percent(base)
        ),
        format!(
            "To find 87 % of the {}, {} of the {} need no review",
            found.target.plural,
            percent(get("workload_saved_at_87")),
            found.rows
        ),
        reliability_title(own, found.labels),
    ];
    let diagonal = |name: &'static str| Some((vec![(0.0, 0.0), (1.0, 1.0)], name));
    let all = [
        Chart {
            name: "ROC",
            label: titles[0].clone(),
            axes: ["share of noes above the threshold", "share of yeses above it"],
            lines: lines(found, roc),
            reference: diagonal("chance"),
            dotted: false,
            reach: (1.0, 1.0),
        },
        Chart {
            name: "precision and recall",
            label: titles[1].clone(),
            axes: [
                "recall: share of yeses found",
                "precision: share of warnings that are right",
            ],
            lines: lines(found, precision_recall),
            reference: Some((vec![(0.0, base), (1.0, base)], "chance")),
            dotted: false,
            reach: (1.0, 1.0),
        },
        Chart {
            name: "recall against workload",
            label: titles[2].clone(),
            axes: ["share reviewed, highest scores first", "share of yeses found"],
            lines: lines(found, recall_by_workload),
            reference: diagonal("in no order"),
            dotted: false,
            reach: (1.0, 1.0),
        },
        reliability_chart(own, found.labels, titles[3].clone()),
    ];
    let drawn = all
        .iter()
        .map(Chart::svg)
        .collect::<Result<Vec<String>, ReportError>>()?;
    Ok(html! {
        section.charts {
            @for (title, svg) in titles.iter().zip(&drawn) { figure { figcaption { (title) } (PreEscaped(svg)) } }
        }
    })
}

/// A curve of every approach that says anything, the relational one last.
fn lines(found: &Findings<'_>, curve: fn(&[f64], &[f32]) -> Vec<Point>) -> Vec<Line> {
    let second = found.best_other().map_or("", |a| a.name.as_str());
    let told = |a: &&Approach| a.answers.windows(2).any(|pair| pair[0].total_cmp(&pair[1]).is_ne());
    let mut lines: Vec<Line> = found
        .evaluation
        .approaches
        .iter()
        .filter(told)
        .map(|a| Line {
            name: called(&a.name).to_owned(),
            points: curve(&a.answers, found.labels).iter().map(|p| (p.x, p.y)).collect(),
            ink: match a.name.as_str() {
                "relational" => Ink::Accent,
                name if name == second => Ink::Second,
                _ => Ink::Rest,
            },
        })
        .collect();
    lines.sort_by_key(|line| {
        [Ink::Rest, Ink::Second, Ink::Accent]
            .iter()
            .position(|ink| *ink == line.ink)
    });
    lines
}

/// The precision where half of the yeses are found.
fn precision_at_half(own: &Approach, labels: &[f32]) -> f64 {
    let points = precision_recall(&own.answers, labels);
    points.iter().find(|p| p.x >= 0.5).map_or(f64::NAN, |p| p.y)
}

const BINS: usize = 10;

fn reliability_title(own: &Approach, labels: &[f32]) -> String {
    let bins = reliability(&own.answers, labels, BINS);
    let clear = |p: f64| (p - 0.4).abs();
    match bins
        .iter()
        .min_by(|a, b| clear(a.probability).total_cmp(&clear(b.probability)))
    {
        Some(bin) => format!(
            "Of those it gives {}, {} turn out yes (n = {})",
            percent(bin.probability),
            percent(bin.rate),
            bin.rows
        ),
        None => "Predicted against observed".to_owned(),
    }
}

fn reliability_chart(own: &Approach, labels: &[f32], title: String) -> Chart {
    let points: Vec<At> = reliability(&own.answers, labels, BINS)
        .iter()
        .map(|b| (b.probability, b.rate))
        .collect();
    let most = points.iter().map(|p| p.0.max(p.1)).fold(0.1, f64::max);
    let reach = (10.0 * most * 1.05).ceil() / 10.0;
    Chart {
        name: "reliability",
        label: title,
        axes: [
            "probability given (ten bins of equal size)",
            "share that turned out yes",
        ],
        lines: vec![Line {
            name: String::new(),
            points,
            ink: Ink::Accent,
        }],
        reference: Some((vec![(0.0, 0.0), (reach, reach)], "as promised")),
        dotted: true,
        reach: (reach, reach),
    }
}

/// What the figures mean.
fn terms(kind: Objective) -> Markup {
    if kind == Objective::Number {
        return html! {};
    }
    html! {
        footer {
            p.soft {
                "ROC-AUC: the chance that a yes scores above a no. Average precision: the precision averaged over recalls. Log-loss and Brier: how far "
                "probabilities are from what happened, the lower the better. ECE: the mean gap between what ten bins of scores promise and what happened in them. "
                "Recall at 10 %: of all yeses, the share among the tenth that scores highest. Saved at 87 % recall: what need not be reviewed to find 87 % of them. "
                "Lift: the rate of yes in the highest tenth over that of all. Lead time: the median time from the first warning (highest fifth) to the event, of those "
                "warned of before it came. Intervals: 95 %, bootstrap over entities; differences are paired."
            }
        }
    }
}
