//! Two-step candidates: from an entity's events to something else's latest row, and events of the kind that goes with
//! the entity's own category.

use super::Builder;
use crate::data::{ColumnId, ColumnType, Duration, TableId};
use crate::relate::feature::{Feature, Function, Lookup};
use crate::relate::matching::matches;
use crate::relate::path::ColumnPath;
use crate::relate::series::{Measure, Series, SeriesSpec};

impl Builder<'_> {
    /// Two steps: the categories among a key's recent events, each looked up in a third table.
    pub(super) fn through(&mut self) {
        let mine = self.keys(self.entity, self.reach.hops);
        let tables = self.timed_tables();
        let mut found = Vec::new();
        for &middle in &tables {
            let theirs = self.keys(middle, 0);
            for &last in tables.iter().filter(|&&t| t != middle) {
                for onward in &theirs {
                    let Some(landing) = self.keys(last, 0).into_iter().find(|k| k.domain == onward.domain) else {
                        continue;
                    };
                    if mine.iter().any(|k| k.domain == onward.domain && self.is_link(&k.path)) {
                        continue;
                    }
                    for ours in mine
                        .iter()
                        .filter(|k| k.domain != onward.domain && self.is_link(&k.path))
                    {
                        for entry in theirs.iter().filter(|k| k.domain == ours.domain) {
                            found.push((
                                middle,
                                entry.path.clone(),
                                ours.path.clone(),
                                onward.path.clone(),
                                last,
                                landing.path.clone(),
                            ));
                        }
                    }
                }
            }
        }
        for (middle, entry, ours, onward, last, landing) in found {
            let then = self.set.series(&SeriesSpec::rows(last, &[landing]));
            let spec = SeriesSpec::rows(middle, &[entry]).measuring(Measure::Category(onward.clone()));
            let mut specs = vec![spec.clone()];
            for (column, value) in self
                .frequent_values(middle)
                .into_iter()
                .filter(|(c, _)| *c != onward.column)
                .take(self.reach.filters)
            {
                specs.push(spec.of_kind(ColumnPath::own(column), value));
            }
            let windows = self.windows(middle);
            for spec in specs {
                let first = self.set.lookup(&spec, std::slice::from_ref(&ours));
                for &window in windows.iter().skip(2).take(2) {
                    self.add(Feature::Through { first, window, then });
                }
            }
        }
    }

    /// Events of the kind that goes with one of the entity's own categories.
    pub(super) fn matched(&mut self) {
        /// Own categories looked at.
        const MOST: usize = 4;
        let (database, entity) = (self.database, self.entity);
        let schema = &database.schema;
        if schema.table(entity).time.is_none() {
            return;
        }
        let own = (0..schema.table(entity).columns.len()).map(ColumnId).filter(|&c| {
            schema.column(entity, c).kind == ColumnType::Category
                && schema.table(entity).link(c).is_none()
                && !self.outcome(entity, c)
                && (2..=60).contains(&self.domains.distinct(entity, c))
        });
        let own: Vec<ColumnPath> = own.take(MOST).map(ColumnPath::own).collect();
        let mut mine = self.keys(entity, 0);
        mine.retain(|k| self.is_link(&k.path));
        for table in self.timed_tables() {
            let windows = self.windows(table);
            let Some(&window) = windows.get(2) else { continue };
            let mut kinds: Vec<ColumnId> = self.frequent_values(table).into_iter().map(|(c, _)| c).collect();
            kinds.dedup();
            let theirs = self.keys(table, 0);
            for ours in &mine {
                for other in theirs.iter().filter(|k| k.domain == ours.domain) {
                    for kind in kinds.iter().map(|&c| ColumnPath::own(c)) {
                        let rows = SeriesSpec::rows(table, std::slice::from_ref(&other.path));
                        let spec = rows.measuring(Measure::Category(kind.clone()));
                        let events = Series::build(spec, database, entity, &[]);
                        for by in &own {
                            let found = matches(database, entity, self.until, by, (&events, &ours.path), window);
                            self.matched_by(by, &found, (table, &other.path, &ours.path, &kind), &windows);
                        }
                    }
                }
            }
        }
    }

    fn matched_by(
        &mut self,
        by: &ColumnPath,
        found: &[(String, String)],
        (table, theirs, ours, kind): (TableId, &ColumnPath, &ColumnPath, &ColumnPath),
        windows: &[Duration],
    ) {
        // One kind for all is that kind's own count.
        if found.iter().all(|(_, seen)| Some(seen) == found.first().map(|f| &f.1)) {
            return;
        }
        let cases: Vec<(String, Lookup)> = found
            .iter()
            .map(|(value, seen)| {
                let spec = SeriesSpec::rows(table, std::slice::from_ref(theirs)).of_kind(kind.clone(), seen.clone());
                (value.clone(), self.set.lookup(&spec, std::slice::from_ref(ours)))
            })
            .collect();
        let counts = windows.iter().map(|&window| (Function::Count, Some(window)));
        for (function, window) in counts.chain([(Function::SinceLast, None)]) {
            self.add(Feature::Matched {
                by: by.clone(),
                cases: cases.clone(),
                function,
                window,
            });
        }
    }

    /// A foreign key of the entity or of a row it links to.
    fn is_link(&self, path: &ColumnPath) -> bool {
        let schema = &self.database.schema;
        path.end(schema, self.entity)
            .is_some_and(|end| schema.table(end).link(path.column).is_some())
    }
}
