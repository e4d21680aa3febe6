//! Candidate features from a schema and the data up to the training moment alone: every link path to the depth asked for,
//! peers that share a value or a pair of values, the target's own history, and two-step paths. Nothing here knows what the
//! tables are about.

mod answers;
mod events;
mod latest;
mod peers;
mod steps;

use std::cell::OnceCell;

use super::budget::within;
use super::domain::{Domain, Domains};
use super::feature::{Calendar, Feature, FeatureSet, Reading};
use super::path::ColumnPath;
use crate::data::{Column, ColumnId, ColumnType, Database, Duration, TableId, Timestamp};

/// How far enumeration goes.
#[derive(Clone, Debug)]
pub struct Reach {
    /// Links followed from the entity or from an event's row, at most.
    pub hops: usize,
    /// Values of a category that get their own counts, most frequent first.
    pub filters: usize,
    /// Features at most; which are kept, [`super::budget`] says.
    pub budget: usize,
    /// Events that all series together read, at most.
    pub events: usize,
    /// Prior weight of shrunk rates, in events.
    pub prior_weight: f64,
    /// Whether answers are yes or no, so that earlier yeses are counted apart; a number has none.
    pub yes_or_no: bool,
    /// Whether entities are asked about some time after their own, so that their age is worth knowing.
    pub ages: bool,
    /// Whether questions are asked over so many years that something can be learnt of the months.
    pub seasons: bool,
}

impl Default for Reach {
    fn default() -> Self {
        Self {
            hops: 2,
            filters: 8,
            budget: 1500,
            events: 600_000_000,
            prior_weight: 20.0,
            yes_or_no: true,
            ages: false,
            seasons: false,
        }
    }
}

/// The candidates, and what was left out and why, in words.
#[derive(Clone, Debug)]
pub struct Candidates {
    /// The features.
    pub set: FeatureSet,
    /// One line per thing left out.
    pub dropped: Vec<String>,
}

/// A key of the entity or of an event's row, with the domain its values are of.
struct KeyPath {
    path: ColumnPath,
    domain: Domain,
    distinct: usize,
}

/// Enumerates candidates for questions about rows of `entity`, from what is visible up to `until`.
#[must_use]
pub fn enumerate(database: &Database, entity: TableId, until: Timestamp, reach: &Reach) -> Candidates {
    let mut builder = Builder {
        database,
        entity,
        until,
        reach,
        domains: Domains::new(database),
        set: FeatureSet::default(),
        dropped: Vec::new(),
        frequent: vec![OnceCell::new(); database.tables.len()],
    };
    builder.columns();
    builder.encoded();
    builder.histories();
    builder.through();
    builder.matched();
    builder.pair_histories();
    builder.peers();
    builder.other_tables();
    builder.named();
    builder.pair_peers();
    let Builder { set, mut dropped, .. } = builder;
    let (set, left_out) = within(set, database, entity, reach);
    dropped.extend(left_out);
    Candidates { set, dropped }
}

struct Builder<'a> {
    database: &'a Database,
    entity: TableId,
    until: Timestamp,
    reach: &'a Reach,
    domains: Domains,
    set: FeatureSet,
    dropped: Vec<String>,
    /// What [`Builder::frequent_values`] found, per table.
    frequent: Vec<OnceCell<Vec<(ColumnId, String)>>>,
}

const HOUR: Duration = Duration::HOUR;
/// What may be a year.
const YEARS: std::ops::RangeInclusive<f64> = 1000.0..=2999.0;

impl Builder<'_> {
    fn add(&mut self, feature: Feature) {
        if !self.set.features.contains(&feature) {
            self.set.features.push(feature);
        }
    }

    /// The other tables whose rows have a time.
    fn timed_tables(&self) -> Vec<TableId> {
        let tables = (0..self.database.tables.len()).map(TableId);
        tables
            .filter(|&table| table != self.entity && self.database.schema.table(table).time.is_some())
            .collect()
    }

    /// Windows that make sense for a table: short ones when its rows span months, long ones when they span decades.
    fn windows(&self, table: TableId) -> Vec<Duration> {
        let years = self.span(table).0 / Duration::days(365).0;
        match years {
            0..=2 => vec![
                HOUR,
                Duration::hours(24),
                Duration::hours(48),
                Duration::days(7),
                Duration::days(30),
            ],
            3..=7 => vec![
                Duration::days(1),
                Duration::days(7),
                Duration::days(30),
                Duration::days(90),
                Duration::days(365),
            ],
            _ => vec![
                Duration::days(30),
                Duration::days(90),
                Duration::days(365),
                Duration::days(3 * 365),
            ],
        }
    }

    fn span(&self, table: TableId) -> Duration {
        let Some(column) = self.database.schema.table(table).time else {
            return Duration(0);
        };
        let Column::Time(times) = self.database.table(table).column(column) else {
            return Duration(0);
        };
        let seen = || times.iter().filter(|t| **t <= self.until);
        match (seen().min(), seen().max()) {
            (Some(&first), Some(&last)) => last - first,
            _ => Duration(0),
        }
    }

    /// Paths of at most `hops` links from `table`, ending in any column that `wanted` accepts; parents' keys are left out
    /// because the link that leads there holds the same value.
    fn paths(&self, table: TableId, hops: usize, wanted: &dyn Fn(TableId, ColumnId) -> bool) -> Vec<ColumnPath> {
        let mut found = Vec::new();
        let mut reached = vec![(table, Vec::new())];
        for depth in 0..=hops {
            let mut next = Vec::new();
            for (here, way) in reached {
                let schema = self.database.schema.table(here);
                for c in (0..schema.columns.len()).map(ColumnId) {
                    if (depth == 0 || schema.key != Some(c)) && wanted(here, c) {
                        found.push(ColumnPath {
                            hops: way.clone(),
                            column: c,
                        });
                    }
                }
                for link in &schema.links {
                    if way.len() < hops {
                        let mut further: Vec<ColumnId> = way.clone();
                        further.push(link.column);
                        next.push((link.table, further));
                    }
                }
            }
            reached = next;
        }
        found
    }

    /// The keys under which rows of a table can be looked up: links, categories and identifiers that repeat.
    fn keys(&self, table: TableId, hops: usize) -> Vec<KeyPath> {
        let schema = &self.database.schema;
        let usable = |t: TableId, c: ColumnId| self.domains.distinct(t, c) >= 1 && schema.column(t, c).is_symbolic();
        let mut keys = Vec::new();
        for path in self.paths(table, hops, &usable) {
            let Some(end) = path.end(schema, table) else { continue };
            let Some(domain) = self.domains.of(end, path.column) else {
                continue;
            };
            keys.push(KeyPath {
                domain,
                distinct: self.domains.distinct(end, path.column),
                path,
            });
        }
        // Of several ways to the same things the shortest say what the longer ones say.
        let shortest =
            |d: Domain, keys: &[KeyPath]| keys.iter().filter(|k| k.domain == d).map(|k| k.path.hops.len()).min();
        let kept: Vec<bool> = keys
            .iter()
            .map(|k| shortest(k.domain, &keys) == Some(k.path.hops.len()))
            .collect();
        let mut kept = kept.into_iter();
        keys.retain(|_| kept.next().unwrap_or(true));
        keys
    }

    /// The entity's keys that several entities can share.
    fn shared_keys(&self) -> Vec<KeyPath> {
        let rows = self.database.table(self.entity).rows;
        let own_key = self.database.schema.table(self.entity).key;
        let mut keys = self.keys(self.entity, self.reach.hops);
        keys.retain(|k| {
            let is_own_key = k.path.hops.is_empty() && Some(k.path.column) == own_key;
            !is_own_key && k.distinct >= 2 && k.distinct * 10 <= rows * 8
        });
        keys
    }

    /// Whether a number is a year of the calendar, by its name and its values: what is born with time grows old.
    fn is_year(&self, path: &ColumnPath) -> bool {
        let Some(table) = path.end(&self.database.schema, self.entity) else {
            return false;
        };
        let column = self.database.schema.column(table, path.column);
        let Column::Number(cells) = self.database.table(table).column(path.column) else {
            return false;
        };
        let known = || cells.iter().filter(|x| !x.is_nan());
        column.name.to_lowercase().contains("year")
            && known().next().is_some()
            && known().all(|x| YEARS.contains(x) && x.fract() == 0.0)
    }

    fn outcome(&self, table: TableId, column: ColumnId) -> bool {
        self.database.schema.column(table, column).known_at.is_some()
    }

    /// Own and parents' columns, the calendar and the text.
    fn columns(&mut self) {
        let entity = self.entity;
        let schema = &self.database.schema;
        let time = schema.table(entity).time;
        let measurable = |t: TableId, c: ColumnId| {
            let column = schema.column(t, c);
            column.is_numeric() || matches!(column.kind, ColumnType::Ordered { .. } | ColumnType::Timestamp)
        };
        for path in self.paths(entity, self.reach.hops, &measurable) {
            let Some(column) = path.schema(schema, entity) else {
                continue;
            };
            let reading = match column.kind {
                ColumnType::Timestamp if path.hops.is_empty() && Some(path.column) == time && !self.reach.ages => {
                    continue;
                }
                ColumnType::Timestamp => Reading::Age,
                ColumnType::Ordered { .. } => Reading::Rank,
                _ => Reading::Number,
            };
            if self.is_year(&path) {
                self.add(Feature::Column {
                    path: path.clone(),
                    reading: Reading::Age,
                });
            }
            self.add(Feature::Column { path, reading });
        }
        let texts: Vec<ColumnId> = (0..schema.table(entity).columns.len())
            .map(ColumnId)
            .filter(|&c| {
                schema.column(entity, c).kind == ColumnType::Text
                    && !schema.column(entity, c).name.starts_with("details")
            })
            .collect();
        if !texts.is_empty() {
            self.add(Feature::Text { columns: texts });
        }
        self.add(Feature::Calendar(Calendar::HourOfDay));
        self.add(Feature::Calendar(Calendar::DayOfWeek));
        if self.reach.seasons {
            self.add(Feature::Calendar(Calendar::MonthOfYear));
        }
    }

    /// Categories, alone and in pairs, by what the training examples say of them.
    fn encoded(&mut self) {
        const MOST: usize = 14;
        let entity = self.entity;
        let schema = &self.database.schema;
        let mut keys = self.shared_keys();
        keys.retain(|k| {
            let end = k.path.end(schema, entity);
            end.is_some_and(|end| !self.outcome(end, k.path.column))
        });
        keys.sort_by_key(|k| (k.path.hops.len(), k.path.clone()));
        for key in &keys {
            let paths = vec![key.path.clone()];
            self.add(Feature::Encoded { paths });
        }
        keys.truncate(MOST);
        for (i, a) in keys.iter().enumerate() {
            for b in &keys[i + 1..] {
                let paths = vec![a.path.clone(), b.path.clone()];
                self.add(Feature::Encoded { paths });
            }
        }
    }

    /// Pairs of the entity's own keys.
    fn own_pairs(&self) -> Vec<[ColumnPath; 2]> {
        let own: Vec<ColumnPath> = self
            .shared_keys()
            .into_iter()
            .map(|k| k.path)
            .filter(|p| p.hops.is_empty())
            .collect();
        let mut pairs = Vec::new();
        for (i, a) in own.iter().enumerate() {
            pairs.extend(own[i + 1..].iter().map(|b| [a.clone(), b.clone()]));
        }
        pairs
    }
}
