//! Shapley values become reasons: features about one thing are added up, the clearest of them words the reason, and the rows
//! it rests on are named. Values and contributions are given; nothing here knows how they were made.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::evidence::evidence;
use super::phrase::{Arrow, Learnt, Phrase, Phrasing};
use super::subject::{Subject, clarity};
use crate::data::{ColumnType, Database, Schema, TableId};
use crate::relate::feature::{Feature, FeatureSet, Reading};
use crate::relate::{Asker, Relations};

pub use super::evidence::Evidence;
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

/// Every feature's part, in the order of the set; shares sum to 1. `values` and `shapley` are of the set's length.
#[must_use]
pub fn contributions(
    set: &FeatureSet,
    schema: &Schema,
    entity: TableId,
    values: &[f32],
    shapley: &[f64],
) -> Vec<Contribution> {
    let shares = shares(shapley);
    let parts = values.iter().zip(shapley).zip(shares).take(set.features.len());
    parts
        .enumerate()
        .map(|(place, ((&value, &contribution), share))| Contribution {
            feature: set.name(schema, entity, place),
            value: shortest(value),
            contribution,
            share,
        })
        .collect()
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
        lean,
    } = parts;
    let told = Told::new(database, relations, asker, values, shapley, target);
    let phrasing = told.phrasing(asker, learnt, lean);
    let weighed = |group: &Group<'_>| {
        let mut told = reason(&phrasing, group, group.total.abs() / told.all)?;
        told.standard_error = errors.map(|errors| {
            let square = |part: &Part<'_>| errors.get(part.place).map_or(0.0, |e| e * e);
            group.parts.iter().map(square).sum::<f64>().sqrt()
        });
        Some(told)
    };
    told.groups.iter().take(most).filter_map(weighed).collect()
}

/// The places of the features that are about one thing each: what is known, or not, together.
#[must_use]
pub fn things(set: &FeatureSet, schema: &Schema, entity: TableId, target: &Target) -> Vec<Vec<usize>> {
    let mut groups: BTreeMap<Subject, Vec<usize>> = BTreeMap::new();
    for (place, feature) in set.features.iter().enumerate() {
        let subject = Subject::of(feature, set, schema, entity, target);
        groups.entry(subject).or_default().push(place);
    }
    groups.into_values().collect()
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

/// A score's features grouped by what a person would name, the weightiest group first.
pub(super) struct Told<'a> {
    database: &'a Database,
    relations: &'a Relations,
    target: &'a Target,
    shared: Vec<Subject>,
    /// The sum of all groups' absolute contributions.
    all: f64,
    pub groups: Vec<Group<'a>>,
}

/// The features about one thing, the most telling first; that one words it where it can be told whole.
pub(super) struct Group<'a> {
    pub subject: Subject,
    /// The sum of the contributions.
    pub total: f64,
    pub parts: Vec<Part<'a>>,
    /// How many of them, from the first on, are about its subject; the others are of groups taken in.
    own: usize,
    /// A second feature that its words name besides.
    pub beside: Option<(Cow<'a, Feature>, f32)>,
}

pub(super) struct Part<'a> {
    /// The feature's place in the set.
    pub place: usize,
    /// As it is for the asker.
    pub feature: Cow<'a, Feature>,
    pub value: f32,
    pub contribution: f64,
}

impl<'a> Told<'a> {
    pub(super) fn new(
        database: &'a Database,
        relations: &'a Relations,
        asker: Asker,
        values: &[f32],
        shapley: &[f64],
        target: &'a Target,
    ) -> Self {
        let (set, schema) = (relations.set(), &database.schema);
        let mut groups: BTreeMap<Subject, Vec<Part<'_>>> = BTreeMap::new();
        for (place, ((feature, &value), &contribution)) in set.features.iter().zip(values).zip(shapley).enumerate() {
            let feature = feature.for_asker(database, relations.entity(), asker);
            let subject = Subject::of_asker(&feature, value, database, relations, asker, target);
            let part = Part {
                place,
                feature,
                value,
                contribution,
            };
            groups.entry(subject).or_default().push(part);
        }
        let groups: Vec<Group<'_>> = groups
            .into_iter()
            .map(|(subject, parts)| Group::new(subject, parts))
            .collect();
        let mut groups = joined(folded(groups, schema), schema);
        let shared = shared_events(groups.iter().map(|group| &group.subject));
        groups.retain(|group| group.total.abs() > 0.0);
        groups.sort_by(|a, b| b.total.abs().total_cmp(&a.total.abs()));
        Self {
            database,
            relations,
            target,
            shared,
            all: groups.iter().map(|group| group.total.abs()).sum(),
            groups,
        }
    }

    pub(super) fn phrasing<'p>(
        &'p self,
        asker: Asker,
        learnt: &'p [Option<Learnt>],
        lean: Option<Lean<'p>>,
    ) -> Phrasing<'p> {
        Phrasing {
            database: self.database,
            relations: self.relations,
            asker,
            target: self.target,
            shared: &self.shared,
            learnt,
            lean,
            left_out: Cell::new(false),
        }
    }
}

impl<'a> Group<'a> {
    /// Worded by its most telling feature: the heaviest of the group's own direction, clear ones before obscure ones.
    fn new(subject: Subject, mut parts: Vec<Part<'a>>) -> Self {
        let total: f64 = parts.iter().map(|p| p.contribution).sum();
        let telling = |p: &Part<'_>| (p.contribution * total.signum()).max(0.0) * clarity(&p.feature);
        parts.sort_by(|a, b| telling(b).total_cmp(&telling(a)));
        Self {
            subject,
            total,
            own: parts.len(),
            parts,
            beside: None,
        }
    }

    /// The place of the entity's own ordered cell, where the group is about its value and it is known.
    fn rank(&self) -> Option<usize> {
        let own = |part: &Part<'_>| match part.feature.as_ref() {
            Feature::Column {
                path,
                reading: Reading::Rank,
            } => path.hops.is_empty() && !part.value.is_nan(),
            _ => false,
        };
        match &self.subject {
            Subject::Value { .. } => self.parts.iter().position(own),
            _ => None,
        }
    }

    /// Takes another group in; this one keeps its words.
    fn take(&mut self, other: Self) {
        self.total += other.total;
        self.parts.extend(other.parts);
    }
}

/// A correction this small against the narrower reason does not stand as a reason of its own, whichever way it points.
const CORRECTION: f64 = 0.5;

/// Broad groups inside the narrower one that tells their story, where the two move together or the broad one only corrects
/// the other.
fn folded<'a>(mut groups: Vec<Group<'a>>, schema: &Schema) -> Vec<Group<'a>> {
    // The broadest first, so that what they fold into is still there.
    let mut broad = 0;
    while broad < groups.len() {
        let of = &groups[broad];
        let fits = |narrow: &Group<'_>| {
            let heavier = !narrow.subject.is_told_by(&of.subject, schema) || of.total.abs() <= narrow.total.abs();
            of.subject.is_told_by(&narrow.subject, schema)
                && heavier
                && of.subject != narrow.subject
                && narrow.total != 0.0
                && (of.total * narrow.total >= 0.0 || of.total.abs() <= CORRECTION * narrow.total.abs())
        };
        let narrower = (0..groups.len())
            .filter(|&other| fits(&groups[other]))
            .max_by(|&a, &b| groups[a].total.abs().total_cmp(&groups[b].total.abs()));
        match narrower {
            Some(narrower) => {
                let other = groups.remove(broad);
                groups[if narrower > broad { narrower - 1 } else { narrower }].take(other);
            }
            None => broad += 1,
        }
    }
    groups
}

/// Two reasons of the same direction are one when the smaller is at least this part of the larger.
const EVEN: f64 = 0.2;

/// How urgent something is called and how much money is behind it make one reason, "P1 on a $240K account", when both
/// speak alike: an ordered column of the entity's own and an amount of a row it links to.
fn joined<'a>(mut groups: Vec<Group<'a>>, schema: &Schema) -> Vec<Group<'a>> {
    let heaviest = |fits: &dyn Fn(&Group<'_>) -> bool| {
        (0..groups.len())
            .filter(|&g| fits(&groups[g]))
            .max_by(|&a, &b| groups[a].total.abs().total_cmp(&groups[b].total.abs()))
    };
    let urgency = heaviest(&|group| group.rank().is_some());
    let money = heaviest(&|group| match (&group.subject, group.parts.first()) {
        (Subject::Column { table, column, owner }, Some(part)) => {
            let is_money = matches!(schema.column(*table, *column).kind, ColumnType::Money { .. });
            is_money && !owner.is_empty() && !part.value.is_nan()
        }
        _ => false,
    });
    let (Some(urgency), Some(money)) = (urgency, money) else {
        return groups;
    };
    let (a, b) = (groups[urgency].total, groups[money].total);
    if a * b <= 0.0 || a.abs().min(b.abs()) < EVEN * a.abs().max(b.abs()) {
        return groups;
    }
    let (first, second) = (urgency.min(money), urgency.max(money));
    let other = groups.remove(second);
    let (mut joint, amount) = if first == urgency {
        (groups.remove(first), other)
    } else {
        let amount = groups.remove(first);
        (other, amount)
    };
    let words = joint.rank();
    joint.beside = amount.parts.first().map(|part| (part.feature.clone(), part.value));
    joint.take(amount);
    if let Some(place) = words {
        joint.parts.swap(0, place);
    }
    groups.push(joint);
    groups
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

/// Filtered events that rows of several kinds own.
fn shared_events<'a>(subjects: impl Iterator<Item = &'a Subject>) -> Vec<Subject> {
    let owned: Vec<&Subject> = subjects
        .filter(|s| matches!(s, Subject::Events { filter: Some(_), owner, .. } if owner.iter().any(|p| p.linked)))
        .collect();
    let alike = |a: &Subject, b: &Subject| match (a, b) {
        (
            Subject::Events {
                table: t, filter: f, ..
            },
            Subject::Events {
                table: u, filter: g, ..
            },
        ) => t == u && f == g && a != b,
        _ => false,
    };
    owned
        .iter()
        .filter(|a| owned.iter().any(|b| alike(a, b)))
        .map(|s| (*s).clone())
        .collect()
}
