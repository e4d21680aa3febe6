//! What a feature is about. Features about one thing a person would name, whatever window, aggregate or link path they
//! take, have equal subjects and so become one reason.

use super::noun::{self, Target};
use crate::data::{ColumnId, ColumnType, Database, Schema, TableId};
use crate::relate::feature::{Feature, FeatureSet, Function, Lookup, Reading};
use crate::relate::key::Key;
use crate::relate::path::ColumnPath;
use crate::relate::series::{Filter, Measure, SeriesSpec, Source};
use crate::relate::{Asker, Relations};

/// One part of a key, as people name it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Part {
    /// "account", "category".
    pub noun: String,
    /// True when the key names a row ("this account"), false when it is a value ("category API error").
    pub linked: bool,
    /// The table of the row named.
    pub table: Option<TableId>,
}

/// Whose events: one part, a pair, or none for all rows.
pub(super) type Owner = Vec<Part>;

/// A thing a person would name as a reason.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Subject {
    /// A column of the entity or of a row it links to.
    Column {
        table: TableId,
        owner: String,
        column: ColumnId,
    },
    /// Rows of a table that belong to an owner.
    Events {
        table: TableId,
        filter: Option<(ColumnPath, String)>,
        owner: Owner,
    },
    /// A quantity that such rows carry.
    Measured {
        table: TableId,
        measure: ColumnPath,
        owner: Owner,
    },
    /// Earlier answers to the question itself, of a row that the asker links to.
    History { owner: Owner },
    /// Other rows of the asker's own table that link to the same row: how many, what is open, what became of them.
    Rows { owner: Owner },
    /// What a value (a category, or no value: everything) has meant so far: rows that share it, and their answers.
    Value { owner: Owner },
    /// What became of earlier rows that share many values.
    Alike,
    /// When it was asked.
    Calendar,
    /// What was written.
    Text,
}

impl Subject {
    /// What a feature is about.
    pub(super) fn of(feature: &Feature, set: &FeatureSet, schema: &Schema, entity: TableId, target: &Target) -> Self {
        let lookup = |l: &Lookup| Self::of_lookup(*l, set, schema, entity, target);
        match feature {
            // What a rank stands for is a value like any other.
            Feature::Column {
                path,
                reading: Reading::Rank,
            } if path.hops.is_empty() => Self::Value {
                owner: vec![part(path, schema, entity)],
            },
            Feature::Column { path, .. } => {
                let table = path.end(schema, entity).unwrap_or(entity);
                Self::Column {
                    table,
                    owner: hop_noun(schema, entity, path).unwrap_or_default(),
                    column: path.column,
                }
            }
            // How many there are of what a value has is the value.
            Feature::Aggregate {
                lookup: l,
                function: Function::Distinct,
                ..
            } if is_of_values(*l, set, schema, entity) => Self::Value {
                owner: owner_of(set, *l, schema, entity),
            },
            Feature::Aggregate { lookup: l, .. } | Feature::Share { part: l, .. } | Feature::Ratio { part: l, .. } => {
                lookup(l)
            }
            Feature::Rate { level: l, .. } | Feature::Open { begun: l, .. } => lookup(l),
            // As with rows that share them: what belongs to one row is its history, else it is about the values.
            Feature::Encoded { paths } => {
                let owner = of_one_row(owner(paths, schema, entity));
                if owner.iter().any(|p| p.linked) {
                    Self::History { owner }
                } else {
                    Self::Value { owner }
                }
            }
            // For one asker it is an aggregate; this is for where nothing goes with its category, or nobody asks.
            Feature::Matched { by, .. } => Self::Value {
                owner: vec![part(by, schema, entity)],
            },
            Feature::Through { then, .. } => {
                let spec = &set.series[*then];
                let table = spec.table(entity);
                Self::Events {
                    table,
                    filter: filter(spec),
                    owner: owner(&spec.key, schema, table),
                }
            }
            Feature::Calendar(_) => Self::Calendar,
            Feature::Text { .. } => Self::Text,
            Feature::Alike { .. } => Self::Alike,
        }
    }

    /// As [`Subject::of`], by what is known for one asker: where nothing is behind a feature but that something is given, or
    /// that there are no events to look further from, it is about that.
    pub(super) fn of_asker(
        feature: &Feature,
        value: f32,
        database: &Database,
        relations: &Relations,
        asker: Asker,
        target: &Target,
    ) -> Self {
        let (set, schema, entity) = (relations.set(), &database.schema, relations.entity());
        let has_rows = |l: &Lookup| relations.series().get(l.series).is_none_or(|s| s.keys() > 0);
        match feature {
            Feature::Aggregate { lookup: l, .. } | Feature::Share { part: l, .. }
                if is_of_values(*l, set, schema, entity) && !has_rows(l) =>
            {
                Self::Value {
                    owner: owner_of(set, *l, schema, entity),
                }
            }
            Feature::Through { first, window, .. } if value.is_nan() => {
                let view = relations.events(database, *first, asker);
                if view.is_some_and(|v| v.count(Some(asker.anchor - *window)) == 0.0) {
                    Self::of_lookup(*first, set, schema, entity, target)
                } else {
                    Self::of(feature, set, schema, entity, target)
                }
            }
            _ => Self::of(feature, set, schema, entity, target),
        }
    }

    fn of_lookup(lookup: Lookup, set: &FeatureSet, schema: &Schema, entity: TableId, target: &Target) -> Self {
        let spec = &set.series[lookup.series];
        let owner = of_one_row(owner_of(set, lookup, schema, entity));
        let table = spec.table(entity);
        let linked = owner.iter().any(|p| p.linked);
        let counts = spec.measure == Measure::Presence && spec.filter.is_none() && !owner.is_empty();
        if !linked && (table == entity || schema.table(table).time.is_none() && counts) {
            return Self::Value { owner };
        }
        if speaks_of_target(spec, schema, entity, target) {
            return Self::History { owner };
        }
        if table == entity && spec.filter.is_none() {
            return Self::Rows { owner };
        }
        match &spec.measure {
            Measure::Number(path) => Self::Measured {
                table,
                measure: path.clone(),
                owner,
            },
            _ => Self::Events {
                table,
                filter: filter(spec),
                owner,
            },
        }
    }

    /// Whether another subject tells the story of this one, so that this one adds nothing where it stands: all events of an
    /// owner beside those of one kind or what they measure, a pair of values beside one of them, a user's history beside
    /// that of the user's account.
    pub(super) fn is_told_by(&self, narrower: &Self, schema: &Schema) -> bool {
        let belong = |one: &Owner, other: &Owner| {
            let tables = |owner: &Owner| match owner.as_slice() {
                [part] => part.table,
                _ => None,
            };
            let links =
                |from: TableId, to: TableId| from != to && schema.table(from).links.iter().any(|l| l.table == to);
            tables(one)
                .zip(tables(other))
                .is_some_and(|(a, b)| links(a, b) || links(b, a))
        };
        match (self, narrower) {
            (
                Self::Events {
                    table,
                    filter: None,
                    owner,
                },
                Self::Events {
                    table: t,
                    filter: Some(_),
                    owner: o,
                }
                | Self::Measured { table: t, owner: o, .. },
            ) => table == t && owner == o,
            (Self::History { owner }, Self::History { owner: other }) => belong(owner, other),
            (Self::Value { owner }, Self::Value { owner: one }) => {
                !one.is_empty() && owner.len() > one.len() && one.iter().all(|p| owner.contains(p))
            }
            _ => false,
        }
    }
}

/// True for series of the question's own answers, by whatever column they are kept: the settled labels, or the entity's
/// rows by the timestamp or flag that the question asks about.
pub(super) fn speaks_of_target(spec: &SeriesSpec, schema: &Schema, entity: TableId, target: &Target) -> bool {
    if target.unit.is_some() {
        return match (spec.source, &spec.measure) {
            (Source::Labels | Source::Positives, _) => true,
            (Source::Table(table), Measure::Number(path)) if table == entity && path.hops.is_empty() => {
                Target::quantity(schema.column(entity, path.column), target.language) == *target
            }
            _ => false,
        };
    }
    let same = |column: ColumnId| target.is_held_by(&schema.column(entity, column).name);
    match (spec.source, &spec.measure) {
        (Source::Labels | Source::Positives, _) => true,
        (Source::Table(table), Measure::Number(path)) if table == entity && path.hops.is_empty() => {
            schema.column(entity, path.column).kind == ColumnType::Boolean && same(path.column)
        }
        (Source::Table(table), _) if table == entity => spec.clock.is_some_and(same),
        _ => false,
    }
}

/// Whether rows are looked up by values alone, not by a row that has them.
fn is_of_values(lookup: Lookup, set: &FeatureSet, schema: &Schema, entity: TableId) -> bool {
    let owner = owner_of(set, lookup, schema, entity);
    !owner.is_empty() && owner.iter().all(|p| !p.linked)
}

/// What belongs to this account and has this category is still, to a person, this account's.
fn of_one_row(mut owner: Owner) -> Owner {
    if owner.len() > 1 && owner.iter().filter(|p| p.linked).count() == 1 {
        owner.retain(|p| p.linked);
    }
    owner
}

fn filter(spec: &SeriesSpec) -> Option<(ColumnPath, String)> {
    spec.filter
        .as_ref()
        .map(|Filter { path, equals }| (path.clone(), equals.clone()))
}

/// The parts of a key whose paths start from `table`; a row that another part's row belongs to goes without saying (of a
/// user and that user's account: the user).
pub(super) fn owner(paths: &[ColumnPath], schema: &Schema, table: TableId) -> Owner {
    said(paths, schema, table)
        .map(|path| part(path, schema, table))
        .collect()
}

/// The parts of a lookup's key.
pub(super) fn owner_of(set: &FeatureSet, lookup: Lookup, schema: &Schema, entity: TableId) -> Owner {
    match set.keys.get(lookup.key) {
        Some(Key::Cells(paths)) => owner(paths, schema, entity),
        Some(Key::Latest(events)) => match set.series.get(events.series) {
            Some(spec) => match &spec.measure {
                Measure::Category(path) => vec![part(path, schema, spec.table(entity))],
                _ => Vec::new(),
            },
            None => Vec::new(),
        },
        None => Vec::new(),
    }
}

/// The paths of a key that have to be said.
pub(super) fn said<'a>(
    paths: &'a [ColumnPath],
    schema: &'a Schema,
    table: TableId,
) -> impl Iterator<Item = &'a ColumnPath> {
    let leads_to = move |path: &ColumnPath| {
        let own = path.hops.is_empty().then(|| schema.table(table).link(path.column))?;
        own.map(|link| link.table)
    };
    paths.iter().filter(move |path| {
        let here = leads_to(path);
        let belongs = |other: &ColumnPath| {
            leads_to(other)
                .zip(here)
                .is_some_and(|(of, here)| of != here && schema.table(of).links.iter().any(|l| l.table == here))
        };
        !paths.iter().any(belongs)
    })
}

fn part(path: &ColumnPath, schema: &Schema, start: TableId) -> Part {
    let end = path.end(schema, start).unwrap_or(start);
    let table = schema.table(end);
    let name = &schema.column(end, path.column).name;
    if let Some(link) = table.link(path.column) {
        let noun = noun::humanise(name);
        let noun = if noun == "id" {
            noun::row_noun(&schema.table(link.table).name)
        } else {
            noun
        };
        return Part {
            noun,
            linked: true,
            table: Some(link.table),
        };
    }
    if table.key == Some(path.column) {
        return Part {
            noun: noun::row_noun(&table.name),
            linked: true,
            table: Some(end),
        };
    }
    let own = noun::humanise(name);
    let noun = hop_noun(schema, start, path).map_or_else(|| own.clone(), |hop| format!("{hop} {own}"));
    Part {
        noun,
        linked: false,
        table: None,
    }
}

/// The row at the end of a path, as people name it by the link that leads there: "account"; `None` without links.
pub(super) fn hop_noun(schema: &Schema, start: TableId, path: &ColumnPath) -> Option<String> {
    let (&last, before) = path.hops.split_last()?;
    let way = ColumnPath {
        hops: before.to_vec(),
        column: last,
    };
    Some(part(&way, schema, start).noun)
}

/// How clearly a feature speaks for its group: of two that weigh about the same, the clearer one is shown.
pub(super) fn clarity(feature: &Feature) -> f64 {
    match feature {
        Feature::Rate { window: None, .. } => 1.2,
        Feature::Aggregate {
            function: Function::Count,
            ..
        }
        | Feature::Through { .. } => 1.0,
        Feature::Aggregate {
            function: Function::Last,
            ..
        } => 0.9,
        Feature::Share { .. }
        | Feature::Ratio { .. }
        | Feature::Rate { .. }
        | Feature::Aggregate {
            function: Function::SinceLast | Function::Mean | Function::Max | Function::Min,
            ..
        } => 0.75,
        Feature::Aggregate { .. } => 0.7,
        _ => 1.0,
    }
}
