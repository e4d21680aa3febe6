//! Shapley values become reasons: of the features about one thing the clearest words the reason, and the rows it rests on are
//! named. Values and contributions are given; nothing here knows how they were made.

use std::fmt;

use serde::Serialize;

use super::evidence::evidence;
use super::group::{Group, Part, Told};
use super::number::percent;
use super::phrase::{Arrow, Learnt, Phrase, Phrasing};
use super::subject::Subject;
use super::words::fill;
use crate::data::{Database, Schema, TableId};
use crate::learn::residuals::Correction;
use crate::relate::feature::{Feature, FeatureSet};
use crate::relate::{Asker, Relations};

pub use super::evidence::Evidence;
pub use super::group::things;
pub use super::noun::Target;

/// Whether a reason speaks for the label or against it.
#[derive(Serialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// It raises the probability.
    Up,
    /// It lowers it.
    Down,
}

/// A thing a person would name, and how much it weighs.
#[derive(Serialize, Clone, Debug, PartialEq)]
pub struct Reason {
    /// In plain words: "Recurring API 500 errors (48 h)".
    pub text: String,
    /// The value in its unit, and the usual one where it is known: "7 occurrences (usual 0.4)".
    pub value: String,
    /// The sum of its features' Shapley values, in log-odds.
    pub contribution: f64,
    /// Its part of the sum of all reasons' absolute contributions, shown or not; from 0 to 1.
    pub share: f64,
    /// The contribution's sign.
    pub direction: Direction,
    /// The standard error of the contribution where it was sampled; `None` where it is exact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standard_error: Option<f64>,
    /// The rows behind it, latest first.
    pub evidence: Vec<Evidence>,
}

/// One feature's part in a score.
#[derive(Serialize, Clone, Debug, PartialEq)]
pub struct Contribution {
    /// The feature's name, in the terms of the schema.
    pub feature: String,
    /// Its value; `None` when it is not known.
    pub value: Option<f64>,
    /// Its Shapley value, in log-odds.
    pub contribution: f64,
    /// The part of the total of absolute contributions, from 0 to 1; all 0 when nothing contributes.
    pub share: f64,
}

/// Every feature's part, in the order of the set, and last what later answers add, where they do; shares sum to 1. `values`
/// and `shapley` are of the set's length.
#[must_use]
pub fn contributions(
    set: &FeatureSet,
    schema: &Schema,
    entity: TableId,
    values: &[f32],
    shapley: &[f64],
    since: Option<Correction>,
) -> Vec<Contribution> {
    let later = since.map(|since| since.shift);
    let all: Vec<f64> = shapley.iter().copied().chain(later).collect();
    let shares = shares(&all);
    let parts = values.iter().zip(shapley).zip(&shares).take(set.features.len());
    let mut found: Vec<Contribution> = parts
        .enumerate()
        .map(|(place, ((&value, &contribution), &share))| Contribution {
            feature: set.name(schema, entity, place),
            value: shortest(value),
            contribution,
            share,
        })
        .collect();
    found.extend(since.map(|since| Contribution {
        feature: format!("answers of similar {} since training", schema.table(entity).name),
        value: Some(since.observed - since.expected),
        contribution: since.shift,
        share: shares.last().copied().unwrap_or(0.0),
    }));
    found
}

/// The number as it is written shortest: 0.3, not 0.30000001192.
fn shortest(value: f32) -> Option<f64> {
    value
        .is_finite()
        .then(|| value.to_string().parse().unwrap_or(f64::from(value)))
}

fn shares(shapley: &[f64]) -> Vec<f64> {
    let total: f64 = shapley.iter().map(|s| s.abs()).sum();
    shapley
        .iter()
        .map(|s| if total > 0.0 { s.abs() / total } else { 0.0 })
        .collect()
}

/// How the asker's score differs from what it would be, had one feature another value, in log-odds.
#[derive(Clone, Copy)]
pub struct Lean<'a>(&'a dyn Fn(usize, f32) -> f64);

impl<'a> Lean<'a> {
    /// `from` gives the score less the score had the feature at a place that value.
    #[must_use]
    pub fn new(from: &'a dyn Fn(usize, f32) -> f64) -> Self {
        Self(from)
    }

    /// The score less the score had the feature at `place` the value `other`.
    #[must_use]
    pub fn from(&self, place: usize, other: f32) -> f64 {
        (self.0)(place, other)
    }
}

impl fmt::Debug for Lean<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lean")
    }
}

/// A score told apart, feature by feature in the order of the set.
#[derive(Clone, Copy, Debug, Default)]
pub struct Parts<'a> {
    /// The features' values; NaN for what is not known.
    pub values: &'a [f32],
    /// What each adds.
    pub shapley: &'a [f64],
    /// The standard errors of sampled values; `None` where they are exact.
    pub errors: Option<&'a [f64]>,
    /// What was learnt of the asker's values, for features that are encoded categories; may be shorter than the set.
    pub learnt: &'a [Option<Learnt>],
    /// Words of the asker's text that move the text score most, each with what it adds; the strongest first.
    pub tokens: &'a [(String, f32)],
    /// What rows like it, whose answers came after training, add.
    pub since: Option<Correction>,
    /// What the score would be otherwise, so that no comparison speaks against its reason; `None` where nobody can say.
    pub lean: Option<Lean<'a>>,
}

/// The reasons of a score, the weightiest first, at most `most`: one for each thing a person would name. Shares are of all
/// reasons together, so that they sum to 1 when `most` leaves none out. Things that contribute nothing are left out.
#[must_use]
pub fn reasons(
    database: &Database,
    relations: &Relations,
    asker: Asker,
    parts: Parts<'_>,
    target: &Target,
    most: usize,
) -> Vec<Reason> {
    let Parts {
        values,
        shapley,
        errors,
        learnt,
        tokens,
        since,
        lean,
    } = parts;
    let told = Told::new(database, relations, asker, values, shapley, target);
    let since = since.filter(|since| since.shift.abs() > 0.0);
    let all = told.all + since.map_or(0.0, |since| since.shift.abs());
    let phrasing = told.phrasing(asker, (learnt, tokens), lean);
    let weighed = |group: &Group<'_>| {
        let mut told = reason(&phrasing, group, group.total.abs() / all)?;
        told.standard_error = errors.map(|errors| {
            let square = |part: &Part<'_>| errors.get(part.place).map_or(0.0, |e| e * e);
            group.parts.iter().map(square).sum::<f64>().sqrt()
        });
        Some(told)
    };
    let mut found: Vec<Reason> = told.groups.iter().take(most).filter_map(weighed).collect();
    if let Some(since) = since {
        let heavier = |reason: &Reason| reason.contribution.abs() >= since.shift.abs();
        let place = found.partition_point(heavier);
        found.insert(
            place,
            of_later(
                since,
                &database.schema.table(relations.entity()).name,
                target,
                since.shift.abs() / all,
            ),
        );
        found.truncate(most);
    }
    found
}

/// What answers that came after training say of a score.
fn of_later(since: Correction, table: &str, target: &Target, share: f64) -> Reason {
    let words = target.language.words();
    let rows = words.counted(table, 2.0);
    let shown = |x: f64| match target.unit {
        None => percent(x, words),
        Some(_) => target.show(x),
    };
    let sentence = match target.unit {
        None => words.since_training_share,
        Some(_) => words.since_training_number,
    };
    Reason {
        text: fill(words.since_training, &[("rows", &rows)]),
        value: fill(
            sentence,
            &[
                ("observed", &shown(since.observed)),
                ("expected", &shown(since.expected)),
                ("singular", &target.singular),
            ],
        ),
        contribution: since.shift,
        share,
        direction: if since.shift > 0.0 {
            Direction::Up
        } else {
            Direction::Down
        },
        standard_error: None,
        evidence: Vec::new(),
    }
}

/// The weightiest reason of a score, for whoever wants to test it.
#[derive(Clone, Debug, PartialEq)]
pub struct TopReason {
    /// Its features that speak the way it does, the leading one first.
    pub speaking: Vec<Feature>,
    /// Whether it says that something happened, so that it would fall with the rows.
    pub rests_on_rows: bool,
    /// Places of all its features.
    pub places: Vec<usize>,
    /// The sum of their Shapley values.
    pub contribution: f64,
}

/// The weightiest reason; `None` when nothing contributes.
#[must_use]
pub fn top_reason(
    database: &Database,
    relations: &Relations,
    asker: Asker,
    values: &[f32],
    shapley: &[f64],
    target: &Target,
) -> Option<TopReason> {
    let told = Told::new(database, relations, asker, values, shapley, target);
    let group = told.groups.first()?;
    let happened = matches!(
        group.subject,
        Subject::Events { .. } | Subject::History { .. } | Subject::Rows { .. }
    );
    let speaks = |part: &&Part<'_>| part.contribution * group.total > 0.0;
    Some(TopReason {
        speaking: group
            .parts
            .iter()
            .filter(speaks)
            .map(|part| part.feature.clone().into_owned())
            .collect(),
        rests_on_rows: happened && group.total > 0.0,
        places: group.parts.iter().map(|part| part.place).collect(),
        contribution: group.total,
    })
}

/// A feature of at least this part of the leading one's weight may word a reason in its place.
const NOTABLE: f64 = 1.0 / 3.0;

/// The words of a group, by its leading feature: or, where what that is compared with speaks against the group's arrow, by the
/// next notable one that can be told whole. Where there is none, the leading one without the comparison.
fn worded<'g, 'a>(phrasing: &Phrasing<'_>, group: &'g Group<'a>) -> Option<(&'g Part<'a>, Phrase)> {
    let up = group.total > 0.0;
    let (first, own) = (group.parts.first()?, group.parts.iter().take(group.own));
    let arrow = |part: &Part<'_>| Arrow { place: part.place, up };
    if let Some((feature, value)) = &group.beside {
        let joint = phrasing.joint(
            &first.feature,
            f64::from(first.value),
            feature,
            f64::from(*value),
            arrow(first),
        );
        return Some((first, joint));
    }
    let word = |part: &Part<'_>| {
        phrasing.left_out.set(false);
        let phrase = phrasing.of_group(&group.subject, &part.feature, f64::from(part.value), arrow(part));
        (phrase, !phrasing.left_out.get())
    };
    let (leading, whole) = word(first);
    if whole {
        return Some((first, leading));
    }
    let notable = |part: &&Part<'_>| part.contribution * group.total.signum() >= NOTABLE * first.contribution.abs();
    let other = own.skip(1).filter(notable).find_map(|part| {
        let (phrase, whole) = word(part);
        whole.then_some((part, phrase))
    });
    other.or(Some((first, leading)))
}

fn reason(phrasing: &Phrasing<'_>, group: &Group<'_>, share: f64) -> Option<Reason> {
    let up = group.total > 0.0;
    let (first, phrase) = worded(phrasing, group)?;
    let words = phrasing.target.language.words();
    let behind = |feature| evidence(phrasing.database, phrasing.relations, phrasing.asker, feature, words);
    let mut rows = behind(&first.feature);
    if let Some((feature, _)) = &group.beside {
        rows.extend(behind(feature));
    }
    let is_learnt = matches!(first.feature.as_ref(), Feature::Encoded { .. }) && group.beside.is_none();
    let elsewhere = if is_learnt && rows.is_empty() {
        words.learnt_elsewhere
    } else {
        ""
    };
    Some(Reason {
        text: phrase.text,
        value: format!("{}{elsewhere}", phrase.value),
        contribution: group.total,
        share,
        direction: if up { Direction::Up } else { Direction::Down },
        standard_error: None,
        evidence: rows,
    })
}
