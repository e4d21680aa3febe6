//! The page's parts below the charts: where the risk is, what is looked at, what to be careful about, and whether the reasons
//! and the routing hold.

use maud::{Markup, html};

use super::Findings;
use super::words::{count, percent};
use crate::explain::Language;
use crate::explain::number::money;
use crate::explain::sentence;
use crate::score::impact::Way as ActedOn;

/// Segments with their lift as bars.
pub fn segments(found: &Findings<'_>) -> Markup {
    let segments = &found.closer.segments;
    let Some(first) = segments.first() else { return html! {} };
    let most = segments.iter().map(|s| s.interval[1]).fold(1.0, f64::max);
    html! {
        section {
            h2 { "The highest risk is " (times(first.lift)) " the base rate" }
            p.soft { "Found before the cut, counted after it. The bar is the lift; the thin line its 95 % interval." }
            ul.bars {
                @for segment in segments {
                    li {
                        p { (told(&segment.text)) }
                        div.bar aria-hidden="true" {
                            div.fill style=(width(segment.lift / most)) {}
                            div.range style=(range(segment.interval, most)) {}
                        }
                        p.figure { b { (times(segment.lift)) } " " span.soft {
                            "[" (format!("{:.1}", segment.interval[0])) "–" (format!("{:.1}", segment.interval[1])) "], n = " (segment.support)
                            ", " (percent(segment.rate)) " " (found.target.plural) } }
                    }
                }
            }
        }
    }
}

/// A segment's words without its figures, which stand beside the bar.
fn told(text: &str) -> &str {
    text.rsplit_once(": ").map_or(text, |(words, _)| words)
}

fn times(lift: f64) -> String {
    format!("{lift:.1} ×")
}

fn width(share: f64) -> String {
    format!("inline-size: {:.1}%", 100.0 * share.clamp(0.0, 1.0))
}

fn range([low, high]: [f64; 2], most: f64) -> String {
    let part = |x: f64| 100.0 * (x / most).clamp(0.0, 1.0);
    format!(
        "inset-inline-start: {:.1}%; inline-size: {:.1}%",
        part(low),
        part(high) - part(low)
    )
}

/// The features kept, those that matter most first.
pub fn features(found: &Findings<'_>) -> Markup {
    const OPEN: usize = 12;
    let mut all: Vec<(&str, f64)> = found
        .closer
        .importance
        .iter()
        .map(|i| (i.feature.as_str(), i.share))
        .collect();
    all.sort_by(|a, b| b.1.total_cmp(&a.1));
    let most = all.first().map_or(1.0, |(_, share)| share.max(1e-9));
    let row = |(name, share): &(&str, f64)| {
        html! {
            li { p { (name) } div.bar aria-hidden="true" { div.fill style=(width(share / most)) {} } p.figure { (format!("{:.1} %", 100.0 * share)) } }
        }
    };
    html! {
        section {
            h2 { "It looks at " (all.len()) " things, and says how much each matters" }
            p.soft { "The share of all that moves scores (mean absolute Shapley value on the log-odds, over tested " (found.rows) ")." }
            ul.bars { @for item in all.iter().take(OPEN) { (row(item)) } }
            @if all.len() > OPEN {
                details {
                    summary { (all.len() - OPEN) " more" }
                    ul.bars { @for item in all.iter().skip(OPEN) { (row(item)) } }
                }
            }
        }
    }
}

/// The leak watch.
pub fn leaks(found: &Findings<'_>) -> Markup {
    let leaks = &found.evaluation.leaks;
    let suspected = leaks.iter().filter(|l| l.is_suspected()).count();
    html! {
        section {
            h2 {
                @match suspected {
                    0 => { "No column seems to know the answer beforehand" }
                    1 => { "One column may know the answer beforehand" }
                    n => { (n) " columns may know the answer beforehand" }
                }
            }
            @if leaks.is_empty() { p.soft { "Leak watch: nothing to tell." } }
            ul.plain {
                @for leak in leaks {
                    li {
                        @if leak.is_suspected() { b { "Suspected: " } }
                        (leak.text) "."
                        @if !leak.remedy.is_empty() { br; span.soft { (leak.remedy) } }
                    }
                }
            }
            @if !found.evaluation.excluded.is_empty() {
                p.soft { "Excluded by the user: " (found.evaluation.excluded.join(", ")) "." }
            }
        }
    }
}

/// What acting on the scores would cost and save.
pub fn impact(found: &Findings<'_>) -> Markup {
    let Some(report) = &found.closer.impact else {
        return html! {};
    };
    let money = |amount: f64| money(amount, &report.costs.currency, Language::English.words());
    let share = |part: Option<f64>| part.map_or_else(|| "–".to_owned(), percent);
    let all: Vec<&ActedOn> = std::iter::once(&report.best).chain(&report.ways).collect();
    let saved = all.iter().map(|way| way.impact.saving_a_year).fold(0.0, f64::max);
    let most = all.iter().map(|way| way.impact.saving_interval[1]).fold(1.0, f64::max);
    let name = |way: &ActedOn| match way.impact.threshold {
        Some(threshold) if way.name.starts_with("best") => format!("from {} on, what saves most", percent(threshold)),
        _ if way.name.ends_with("a day") => format!("the likeliest {}", way.name),
        _ => way.name.clone(),
    };
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let volume = count(report.costs.tickets_a_month.round() as usize);
    html! {
        section {
            h2 {
                @if saved > 0.0 { "Acting on the scores saves up to " (money(saved)) " a year" }
                @else { "At these costs acting on the scores saves nothing" }
            }
            p.soft {
                "At " (volume) " " (found.rows) " a month and " (money(report.costs.escalation_cost())) " for each " (found.target.singular)
                ", with " (money(report.costs.review_cost)) " for a review. That what is reviewed is caught in time is an assumption of the \
                settings; the counts are of what came after the cut. The threshold that saves most was chosen on the earlier half of it and \
                counted on the later one. The bar is the saving a year; the thin line its 95 % interval."
            }
            ul.bars {
                @for way in &all {
                    li {
                        p { "Reviewing " (name(way)) }
                        div.bar aria-hidden="true" {
                            div.fill style=(width(way.impact.saving_a_year / most)) {}
                            div.range style=(range(way.impact.saving_interval, most)) {}
                        }
                        p.figure { b { (money(way.impact.saving_a_year)) } " " span.soft {
                            "[" (money(way.impact.saving_interval[0])) " to " (money(way.impact.saving_interval[1])) "]" } }
                    }
                }
            }
            div.wide { table {
                thead { tr { th { "reviewing" } th { "reviewed" } th { "caught" } th { "missed" } th { "precision" } th { "recall" } th { "time to resolve" } } }
                tbody { @for way in &all { tr {
                    th scope="row" { (name(way)) }
                    td { (count(way.impact.reviewed)) " of " (count(way.impact.tickets)) }
                    td { (count(way.impact.caught)) }
                    td { (count(way.impact.missed)) }
                    td { (share(way.impact.precision)) }
                    td { (share(way.impact.recall)) }
                    td { (change(way.impact.mttr_change)) }
                } } }
            } }
            @if let Some(note) = report.volume_note(&found.rows) { p.soft.small { (sentence(&note)) "." } }
        }
    }
}

/// `−34 %`.
fn change(part: f64) -> String {
    let sign = match 100.0 * part {
        x if x <= -0.5 => "−",
        x if x >= 0.5 => "+",
        _ => "",
    };
    format!("{sign}{}", percent(part.abs()))
}

/// Whether reasons are true.
pub fn explanations(found: &Findings<'_>) -> Markup {
    let test = &found.closer.explanations;
    let Some(agreement) = test.agreement else {
        return html! {};
    };
    html! {
        section {
            h2 { "Taking the top reason away moves the score its way for " (format!("{:.1} %", 100.0 * agreement)) " of scores" }
            p.soft {
                (test.rows_tested) " scores by taking the rows behind the reason out of the tables, " (test.values_tested)
                " by giving it the values that others have; of these " (test.rows_agreed + test.values_agreed) " moved its way."
            }
        }
    }
}

/// Whether agents named by past resolutions were faster.
pub fn routing(found: &Findings<'_>) -> Markup {
    let Some(routing) = &found.closer.routing else {
        return html! {};
    };
    let matching = routing.ways.first().and_then(|way| way.pace.as_ref());
    html! {
        section {
            h2 {
                @match matching {
                    Some(pace) if pace.hours_ratio < 1.0 => { "Agents named by past work take " (format!("{:.0} %", 100.0 * (1.0 - pace.hours_ratio))) " less time than usual for the topic" }
                    Some(_) => { "Naming agents by past work does not save time here" }
                    None => { "Whether naming agents by past work saves time cannot be told here" }
                }
            }
            p.soft { (count(routing.tickets)) " " (found.rows) " after the cut, " (routing.agents) " agents, by what had been resolved before each." }
            div.wide { table {
                thead { tr { th { "way" } th { "of three named, proved fastest" } th { "hours, times the topic's median" } } }
                tbody { @for way in &routing.ways { tr {
                    th scope="row" { (way.name.replace('_', " ")) }
                    td { @match &way.hits {
                        Some(hits) => { (percent(hits.hit_rate_at_3)) " " span.soft { "[" (percent(hits.hit_rate_interval[0])) "–" (percent(hits.hit_rate_interval[1])) "]" } }
                        None => span.soft { "who is fastest did not show" }
                    } }
                    td { @match &way.pace {
                        Some(pace) => { (format!("{:.2}", pace.hours_ratio)) " " span.soft { "[" (format!("{:.2}", pace.hours_interval[0])) "–" (format!("{:.2}", pace.hours_interval[1])) "]" } }
                        None => span.soft { "none to compare went to the three named" }
                    } }
                } } }
            } }
        }
    }
}
