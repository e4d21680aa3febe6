//! Where the risk is concentrated: conjunctions of at most three conditions that a person can read, found on one stretch of
//! time by beam search on the lower bound of their rate (subgroup discovery: Klösgen 1996; Atzmueller 2015, "Subgroup
//! discovery"), then counted on a later one. Lift is never reported on the stretch it was found on.

use std::cell::Cell;
use std::collections::BTreeSet;

use serde::Serialize;

use super::noun::Target;
use super::number::{number, percent};
use super::phrase::Phrasing;
use super::subject::Subject;
use super::words::{Words, fill};
use crate::data::{ColumnId, ColumnType, Database, RowId, Symbol};
use crate::learn::example::Example;
use crate::learn::matrix::Matrix;
use crate::learn::metrics::wilson;
use crate::relate::feature::{Feature, Function, Reading};
use crate::relate::{Asker, Key, Relations};

/// A conjunction and what it was worth on later time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Segment {
    /// "Tickets with category API error, account health score ≤ 44 and ≥ 5 API 500 errors (48 h): escalation in 94 %, 8.4 × the
    /// base rate (199 of 212)".
    pub text: String,
    /// The conditions, one by one.
    pub conditions: Vec<String>,
    /// Examples on later time that meet all of them.
    pub support: usize,
    /// Of those, answered yes.
    pub positives: usize,
    /// Their rate.
    pub rate: f64,
    /// The rate over that of all examples of the later time.
    pub lift: f64,
    /// The lift's 95 % interval (Wilson's interval of the rate, the base rate taken as known).
    pub interval: [f64; 2],
    /// The same figure where it was found, for comparison.
    pub lift_when_found: f64,
}

/// Conditions of a segment at most.
const CONDITIONS: usize = 3;
/// Segments shown.
const SHOWN: usize = 6;
/// Kept at each step of the search.
const BEAM: usize = 40;
/// Examples a segment must have where it is found; and this share of them.
const LEAST: usize = 30;
const LEAST_SHARE: f64 = 0.003;
/// Two segments that share more than this part of their examples are one.
const OVERLAP: f64 = 0.5;
/// A longer segment has to be this much better than the shorter one it grew from.
const BETTER: f64 = 1.05;
/// Values of a category that become conditions.
const MOST_VALUES: usize = 30;

struct Condition {
    text: String,
    /// What it is about: a segment has one condition on a thing.
    about: usize,
    /// One bit for each example.
    found: Vec<bool>,
    later: Vec<bool>,
}

#[derive(Clone)]
struct Candidate {
    conditions: Vec<usize>,
    members: Vec<usize>,
    bound: f64,
}

/// Finds segments on `found` and counts them on `later`: examples, and their feature values by [`Relations::set`].
#[must_use]
pub fn segments(
    database: &Database,
    relations: &Relations,
    target: &Target,
    found: (&[Example], &Matrix),
    later: (&[Example], &Matrix),
) -> Vec<Segment> {
    let yes = |examples: &[Example]| examples.iter().map(|e| e.label > 0.5).collect::<Vec<bool>>();
    let (labels, answers) = (yes(found.0), yes(later.0));
    let positives = labels.iter().filter(|y| **y).count();
    if positives == 0 || later.0.is_empty() || found.0.is_empty() {
        return Vec::new();
    }
    let conditions = conditions(database, relations, target, found, later);
    let chosen = search(&conditions, &labels);
    let base = share(answers.iter().filter(|y| **y).count(), answers.len());
    let base_found = share(positives, labels.len());
    if base <= 0.0 {
        return Vec::new();
    }
    let words = target.language.words();
    let rows = words.table(&database.schema.table(relations.entity()).name);
    let mut shown: Vec<Segment> = chosen
        .into_iter()
        .filter_map(|candidate| {
            let met = |row: &usize| candidate.conditions.iter().all(|&c| conditions[c].later[*row]);
            let members: Vec<usize> = (0..answers.len()).filter(met).collect();
            let positives = members.iter().filter(|row| answers[**row]).count();
            if members.is_empty() {
                return None;
            }
            let rate = share(positives, members.len());
            let (low, high) = wilson(positives, members.len());
            let when_found = candidate.members.iter().filter(|row| labels[**row]).count();
            let texts: Vec<String> = candidate
                .conditions
                .iter()
                .map(|&c| conditions[c].text.clone())
                .collect();
            Some(Segment {
                text: super::noun::sentence(&fill(
                    words.segment,
                    &[
                        ("rows", &rows),
                        ("conditions", &listed(&texts, words)),
                        ("singular", &target.singular),
                        ("share", &percent(rate, words)),
                        ("lift", &number((10.0 * rate / base).round() / 10.0, words)),
                        ("n", &positives.to_string()),
                        ("all", &members.len().to_string()),
                    ],
                )),
                conditions: texts,
                support: members.len(),
                positives,
                rate,
                lift: rate / base,
                interval: [low / base, high / base],
                lift_when_found: share(when_found, candidate.members.len()) / base_found,
            })
        })
        .collect();
    shown.sort_by(|a, b| b.lift.total_cmp(&a.lift));
    shown
}

/// "a, b and c".
fn listed(texts: &[String], words: &Words) -> String {
    match texts.split_last() {
        Some((last, first)) if !first.is_empty() => format!("{}{}{last}", first.join(", "), words.and),
        _ => texts.concat(),
    }
}

fn search(conditions: &[Condition], labels: &[bool]) -> Vec<Candidate> {
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss
    )]
    let least = LEAST.max((labels.len() as f64 * LEAST_SHARE) as usize);
    let worth = |members: &[usize]| {
        let positives = members.iter().filter(|row| labels[**row]).count();
        wilson(positives, members.len()).0
    };
    let everything = Candidate {
        conditions: Vec::new(),
        members: (0..labels.len()).collect(),
        bound: worth(&(0..labels.len()).collect::<Vec<_>>()),
    };
    let mut beam = vec![everything];
    let mut all: Vec<Candidate> = Vec::new();
    let mut seen: BTreeSet<Vec<usize>> = BTreeSet::new();
    for _ in 0..CONDITIONS {
        let mut next: Vec<Candidate> = Vec::new();
        for parent in &beam {
            for (place, condition) in conditions.iter().enumerate() {
                if parent
                    .conditions
                    .iter()
                    .any(|&c| conditions[c].about == condition.about)
                {
                    continue;
                }
                let mut joined = [parent.conditions.as_slice(), &[place]].concat();
                joined.sort_unstable();
                if !seen.insert(joined.clone()) {
                    continue;
                }
                let members: Vec<usize> = parent
                    .members
                    .iter()
                    .copied()
                    .filter(|&row| condition.found[row])
                    .collect();
                if members.len() < least {
                    continue;
                }
                let bound = worth(&members);
                if bound > parent.bound * BETTER {
                    next.push(Candidate {
                        conditions: joined,
                        members,
                        bound,
                    });
                }
            }
        }
        next.sort_by(|a, b| {
            b.bound
                .total_cmp(&a.bound)
                .then_with(|| a.conditions.cmp(&b.conditions))
        });
        next.truncate(BEAM);
        all.extend(next.iter().cloned());
        beam = next;
    }
    all.sort_by(|a, b| {
        b.bound
            .total_cmp(&a.bound)
            .then_with(|| a.conditions.cmp(&b.conditions))
    });
    let mut chosen: Vec<Candidate> = Vec::new();
    for candidate in all {
        let alike = |other: &Candidate| {
            let both = candidate
                .members
                .iter()
                .filter(|row| other.members.binary_search(row).is_ok())
                .count();
            share(both, candidate.members.len().min(other.members.len())) > OVERLAP
        };
        if !chosen.iter().any(alike) {
            chosen.push(candidate);
        }
        if chosen.len() == SHOWN {
            break;
        }
    }
    chosen
}

#[allow(clippy::cast_precision_loss)]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// Everything a segment may ask: values of the entity's own categories, and features that read as a plain quantity, split
/// where their values on `found` suggest.
fn conditions(
    database: &Database,
    relations: &Relations,
    target: &Target,
    found: (&[Example], &Matrix),
    later: (&[Example], &Matrix),
) -> Vec<Condition> {
    let (set, schema, entity) = (relations.set(), &database.schema, relations.entity());
    let mut all = Vec::new();
    let words = target.language.words();
    let table = database.table(entity);
    for c in (0..schema.table(entity).columns.len()).map(ColumnId) {
        let column = schema.column(entity, c);
        let usable = matches!(column.kind, ColumnType::Category | ColumnType::Ordered { .. })
            && column.known_at.is_none()
            && schema.table(entity).link(c).is_none();
        if !usable {
            continue;
        }
        let mut values: Vec<Symbol> = found.0.iter().map(|e| table.symbol(c, e.asker.row)).collect();
        values.sort_unstable();
        values.dedup();
        if values.len() > MOST_VALUES {
            continue;
        }
        for value in values {
            let Some(text) = database.symbols.text(value) else {
                continue;
            };
            let holds = |row: RowId| table.symbol(c, row) == value;
            all.push(Condition {
                text: format!("{} {text}", words.name(&super::noun::humanise(&column.name))),
                about: c.0,
                found: found.0.iter().map(|e| holds(e.asker.row)).collect(),
                later: later.0.iter().map(|e| holds(e.asker.row)).collect(),
            });
        }
    }
    let columns = schema.table(entity).columns.len();
    let phrasing = Phrasing {
        database,
        relations,
        asker: found
            .0
            .first()
            .map_or(Asker::new(RowId(0), crate::data::Timestamp::MIN), |e| e.asker),
        target,
        shared: &[],
        learnt: &[],
        tokens: &[],
        lean: None,
        left_out: Cell::new(false),
    };
    let mut subjects: Vec<Subject> = Vec::new();
    for (place, feature) in set.features.iter().enumerate() {
        let subject = Subject::of(feature, set, schema, entity, target);
        let one_key = feature.lookups().iter().all(|l| {
            set.keys
                .get(l.key)
                .and_then(Key::cells)
                .is_some_and(|key| key.len() == 1)
        });
        if !one_key || !is_plain(feature, &subject) {
            continue;
        }
        let about = subjects.iter().position(|s| *s == subject).unwrap_or_else(|| {
            subjects.push(subject);
            subjects.len() - 1
        });
        let (now, then) = (found.1.column(place), later.1.column(place));
        for (split, above) in splits(now) {
            let Some(text) = phrasing.condition(feature, split, above) else {
                continue;
            };
            let holds = |x: &f32| {
                let x = f64::from(*x);
                if above { x >= split } else { x <= split }
            };
            all.push(Condition {
                text,
                about: columns + about,
                found: now.iter().map(holds).collect(),
                later: then.iter().map(holds).collect(),
            });
        }
    }
    all
}

/// Counts, amounts, scores and ages: what a person can check.
fn is_plain(feature: &Feature, subject: &Subject) -> bool {
    let linked = match subject {
        Subject::Events { owner, .. } | Subject::Measured { owner, .. } | Subject::History { owner } => {
            owner.len() == 1 && owner.iter().all(|part| part.linked)
        }
        Subject::Column { .. } => true,
        _ => false,
    };
    match feature {
        Feature::Column { reading, .. } => linked && *reading == Reading::Number,
        Feature::Aggregate { function, .. } => {
            linked
                && (*function == Function::Count
                    || (*function == Function::Last && matches!(subject, Subject::Measured { .. })))
        }
        Feature::Through { .. } => true,
        _ => false,
    }
}

/// Where a quantity may be split: a few of its quantiles, upward and downward.
fn splits(values: &[f32]) -> Vec<(f64, bool)> {
    let mut known: Vec<f64> = values.iter().filter(|x| !x.is_nan()).map(|x| f64::from(*x)).collect();
    known.sort_by(f64::total_cmp);
    let at = |share: usize| {
        known
            .get((known.len() * share / 100).min(known.len().saturating_sub(1)))
            .copied()
    };
    let mut found: Vec<(f64, bool)> = Vec::new();
    for share in [50, 70, 80, 90, 95, 98] {
        found.extend(
            at(share)
                .filter(|x| known.first().is_some_and(|low| x > low))
                .map(|x| (round(x), true)),
        );
    }
    for share in [2, 5, 10, 20, 30, 50] {
        found.extend(
            at(share)
                .filter(|x| known.last().is_some_and(|high| x < high))
                .map(|x| (round(x), false)),
        );
    }
    found.sort_by(|a, b| a.1.cmp(&b.1).then(a.0.total_cmp(&b.0)));
    found.dedup();
    found
}

/// Whole numbers stay; others keep two digits, so that the condition read is the condition meant.
fn round(x: f64) -> f64 {
    if x.fract() == 0.0 || x == 0.0 {
        return x;
    }
    #[allow(clippy::cast_possible_truncation)]
    let step = 10f64.powi(x.abs().log10().floor() as i32 - 1);
    (x / step).round() * step
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_finds_the_pair_that_was_planted_and_not_its_parts_again() {
        let n = 4_000;
        let condition = |about: usize, of: &dyn Fn(usize) -> bool| Condition {
            text: format!("c{about}"),
            about,
            found: (0..n).map(of).collect(),
            later: Vec::new(),
        };
        let conditions = vec![
            condition(0, &|i| i % 3 == 0),
            condition(1, &|i| i % 5 == 0),
            condition(2, &|i| i % 2 == 0),
        ];
        // Rare elsewhere, nearly always where both of the first hold.
        let labels: Vec<bool> = (0..n).map(|i| i % 15 == 0 || i % 29 == 0).collect();
        let found = search(&conditions, &labels);
        assert_eq!(found[0].conditions, [0, 1]);
        assert!(found.iter().skip(1).all(|c| c.conditions != [0] && c.conditions != [1]));
    }
}
