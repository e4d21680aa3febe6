//! What rows that name the entity itself say of other things: of those they link to, and, of the thing named in the latest
//! of them, that thing's own rows (the results of the team that a driver last drove for).

use super::{Builder, KeyPath};
use crate::data::{ColumnId, Duration, TableId};
use crate::relate::domain::Domain;
use crate::relate::feature::{Feature, Function, Lookup};
use crate::relate::path::ColumnPath;
use crate::relate::series::{Measure, SeriesSpec};

/// A category that is no link names things rather than kinds when it has so many values.
const THINGS: usize = 20;

/// A column of rows that name the entity, which names something else.
struct Named {
    table: TableId,
    own: ColumnPath,
    column: ColumnId,
    domain: Domain,
}

impl Builder<'_> {
    /// Rows that name the entity: what they link to, and what is known of what the latest of them name.
    pub(super) fn named(&mut self) {
        let schema = self.database.schema.table(self.entity);
        // What is asked about as soon as it is there has no rows that name it yet.
        let Some(key) = schema.key.filter(|_| schema.time.is_none() || self.reach.ages) else {
            return;
        };
        let Some(domain) = self.domains.of(self.entity, key) else {
            return;
        };
        let mut found: Vec<Named> = Vec::new();
        for table in self.timed_tables() {
            let keys = self.keys(table, 0);
            let Some(own) = keys.iter().find(|k| k.domain == domain) else {
                continue;
            };
            self.linked_measures(table, &own.path, &ColumnPath::own(key));
            found.extend(keys.iter().filter(|k| self.names_a_thing(table, k)).map(|k| Named {
                table,
                own: own.path.clone(),
                column: k.path.column,
                domain: k.domain,
            }));
        }
        let mine: Vec<Domain> = self
            .keys(self.entity, self.reach.hops)
            .iter()
            .map(|k| k.domain)
            .collect();
        found.retain(|named| !mine.contains(&named.domain));
        // Of several tables that name the same kind of thing, the one that names it most often.
        found.sort_by_key(|named| std::cmp::Reverse(self.database.table(named.table).rows));
        let mut seen: Vec<Domain> = Vec::new();
        for named in found {
            if !seen.contains(&named.domain) {
                seen.push(named.domain);
                self.rows_of_latest(&named, key);
            }
        }
    }

    /// A link to what has no time of its own, or a column with so many values that they are names. What has a time is
    /// itself an event, and over when it is named.
    fn names_a_thing(&self, table: TableId, key: &KeyPath) -> bool {
        let schema = &self.database.schema;
        let column = key.path.column;
        !self.outcome(table, column)
            && schema.table(table).key != Some(column)
            && match schema.table(table).link(column) {
                Some(link) => schema.table(link.table).time.is_none() && key.distinct >= 2,
                None => key.distinct >= THINGS,
            }
    }

    /// Every timed table's rows of the thing that the entity's latest row names.
    fn rows_of_latest(&mut self, named: &Named, key: ColumnId) {
        let rows = SeriesSpec::rows(named.table, std::slice::from_ref(&named.own));
        let spec = rows.measuring(Measure::Category(ColumnPath::own(named.column)));
        let events = self.set.lookup(&spec, &[ColumnPath::own(key)]);
        let key = self.set.latest(events);
        for table in self.timed_tables() {
            let landing = self.keys(table, 0).into_iter().find(|k| k.domain == named.domain);
            if let Some(landing) = landing {
                self.rows_under(table, &landing.path, key);
            }
        }
    }

    fn rows_under(&mut self, table: TableId, theirs: &ColumnPath, key: usize) {
        let spec = SeriesSpec::rows(table, std::slice::from_ref(theirs));
        let windows = self.windows(table);
        let long = windows.last().copied();
        let middle = windows.get(windows.len().saturating_sub(2)).copied();
        let whole = Lookup {
            series: self.set.series(&spec),
            key,
        };
        for (function, window) in [
            (Function::Count, middle),
            (Function::Count, long),
            (Function::SinceLast, None),
        ] {
            self.add(Feature::Aggregate {
                lookup: whole,
                function,
                window,
            });
        }
        for (other, equals) in self.frequent_values(table) {
            if other != theirs.column {
                let part = spec.of_kind(ColumnPath::own(other), equals);
                self.share(&part, whole, &[middle, long]);
            }
        }
        let schema = self.database.schema.table(table).clone();
        for c in (0..schema.columns.len()).map(ColumnId) {
            if schema.column(c).is_numeric() {
                self.measures(&spec, ColumnPath::own(c), key, &[middle, long]);
            }
        }
    }

    /// Numbers and frequent categories of what rows that name the entity link to.
    fn linked_measures(&mut self, table: TableId, theirs: &ColumnPath, ours: &ColumnPath) {
        let schema = &self.database.schema;
        let links = schema.table(table).links.clone();
        let spec = SeriesSpec::rows(table, std::slice::from_ref(theirs));
        let long = self.windows(table).last().copied();
        let entity = self.entity;
        for link in links.iter().filter(|link| link.table != entity) {
            let path = |column| ColumnPath {
                hops: vec![link.column],
                column,
            };
            let whole = self.set.lookup(&spec, std::slice::from_ref(ours));
            for (column, equals) in self.frequent_values(link.table) {
                self.share(&spec.of_kind(path(column), equals), whole, &[long, None]);
            }
            for c in (0..schema.table(link.table).columns.len()).map(ColumnId) {
                if schema.column(link.table, c).is_numeric() {
                    self.measures(&spec, path(c), whole.key, &[long, None]);
                }
            }
        }
    }

    fn share(&mut self, part: &SeriesSpec, whole: Lookup, windows: &[Option<Duration>]) {
        let part = Lookup {
            series: self.set.series(part),
            key: whole.key,
        };
        for &window in windows {
            self.add(Feature::Share { part, whole, window });
        }
    }

    /// A number's mean in the windows, and its last value.
    fn measures(&mut self, spec: &SeriesSpec, path: ColumnPath, key: usize, windows: &[Option<Duration>]) {
        let lookup = Lookup {
            series: self.set.series(&spec.measuring(Measure::Number(path))),
            key,
        };
        let means = windows.iter().map(|&window| (Function::Mean, window));
        for (function, window) in means.chain([(Function::Last, None)]) {
            self.add(Feature::Aggregate {
                lookup,
                function,
                window,
            });
        }
    }
}
