//! The features of a score gathered by what a person would name: those about one subject are one group, a broad group goes
//! into the narrower one that tells its story, and what is called urgent joins the money behind it.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeMap;

use super::noun::Target;
use super::phrase::{Learnt, Phrasing};
use super::reason::Lean;
use super::subject::{Subject, clarity};
use crate::data::{ColumnType, Database, Schema, TableId};
use crate::relate::feature::{Feature, FeatureSet, Reading};
use crate::relate::{Asker, Relations};

/// A score's features grouped by what a person would name, the weightiest group first.
pub(super) struct Told<'a> {
    database: &'a Database,
    relations: &'a Relations,
    target: &'a Target,
    shared: Vec<Subject>,
    /// The sum of all groups' absolute contributions.
    pub all: f64,
    pub groups: Vec<Group<'a>>,
}

/// The features about one thing, the most telling first; that one words it where it can be told whole.
pub(super) struct Group<'a> {
    pub subject: Subject,
    /// The sum of the contributions.
    pub total: f64,
    pub parts: Vec<Part<'a>>,
    /// How many of them, from the first on, are about its subject; the others are of groups taken in.
    pub own: usize,
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
        (learnt, tokens): (&'p [Option<Learnt>], &'p [(String, f32)]),
        lean: Option<Lean<'p>>,
    ) -> Phrasing<'p> {
        Phrasing {
            database: self.database,
            relations: self.relations,
            asker,
            target: self.target,
            shared: &self.shared,
            learnt,
            tokens,
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
