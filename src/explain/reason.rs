//! Shapley values become reasons: features about one thing are added up, the clearest of them words the reason, and the rows
//! it rests on are named. Values and contributions are given; nothing here knows how they were made.

use std::collections::BTreeMap;

use serde::Serialize;

use super::evidence::evidence;
use super::phrase::Phrasing;
use super::subject::{Subject, clarity};
use crate::data::{Database, Schema, TableId};
use crate::relate::feature::{Feature, FeatureSet};
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

/// The reasons of a score, the weightiest first, at most `most`: one for each thing a person would name. Shares are of all
/// reasons together, so that they sum to 1 when `most` leaves none out. Things that contribute nothing are left out.
#[must_use]
pub fn reasons(
    database: &Database,
    relations: &Relations,
    asker: Asker,
    values: &[f32],
    shapley: &[f64],
    target: &Target,
    most: usize,
) -> Vec<Reason> {
    let told = Told::new(database, relations, values, shapley, target);
    let phrasing = told.phrasing(asker);
    told.groups
        .iter()
        .take(most)
        .filter_map(|group| reason(&phrasing, group, group.total.abs() / told.all))
        .collect()
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

/// The features about one thing; the one that words it comes first.
pub(super) struct Group<'a> {
    pub subject: Subject,
    /// The sum of the contributions.
    pub total: f64,
    pub parts: Vec<Part<'a>>,
}

pub(super) struct Part<'a> {
    pub feature: &'a Feature,
    pub value: f32,
    pub contribution: f64,
}

impl<'a> Told<'a> {
    pub(super) fn new(
        database: &'a Database,
        relations: &'a Relations,
        values: &[f32],
        shapley: &[f64],
        target: &'a Target,
    ) -> Self {
        let (set, schema, entity) = (relations.set(), &database.schema, relations.entity());
        let mut groups: BTreeMap<Subject, Vec<Part<'_>>> = BTreeMap::new();
        for ((feature, &value), &contribution) in set.features.iter().zip(values).zip(shapley) {
            let part = Part {
                feature,
                value,
                contribution,
            };
            groups
                .entry(Subject::of(feature, set, schema, entity, target))
                .or_default()
                .push(part);
        }
        let shared = shared_events(groups.keys());
        let mut groups: Vec<Group<'_>> = groups
            .into_iter()
            .map(|(subject, parts)| Group::new(subject, parts))
            .collect();
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

    pub(super) fn phrasing(&self, asker: Asker) -> Phrasing<'_> {
        Phrasing {
            database: self.database,
            relations: self.relations,
            asker,
            target: self.target,
            shared: &self.shared,
        }
    }
}

impl<'a> Group<'a> {
    /// Worded by its most telling feature: the heaviest of the group's own direction, clear ones before obscure ones.
    fn new(subject: Subject, mut parts: Vec<Part<'a>>) -> Self {
        let total: f64 = parts.iter().map(|p| p.contribution).sum();
        let telling = |p: &Part<'_>| (p.contribution * total.signum()).max(0.0) * clarity(p.feature);
        parts.sort_by(|a, b| telling(b).total_cmp(&telling(a)));
        Self { subject, total, parts }
    }
}

fn reason(phrasing: &Phrasing<'_>, group: &Group<'_>, share: f64) -> Option<Reason> {
    let first = group.parts.first()?;
    let up = group.total > 0.0;
    let phrase = phrasing.phrase(first.feature, f64::from(first.value), up);
    let evidence = evidence(phrasing.database, phrasing.relations, phrasing.asker, first.feature);
    Some(Reason {
        text: phrase.text,
        value: phrase.value,
        contribution: group.total,
        share,
        direction: if up { Direction::Up } else { Direction::Down },
        evidence,
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
