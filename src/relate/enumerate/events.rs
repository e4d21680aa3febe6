//! Rows of other tables that share a key with the entity, directly or over links, as candidates.

use super::{Builder, KeyPath};
use crate::data::{Column, ColumnId, ColumnType, Symbol, TableId};
use crate::relate::domain::Domain;
use crate::relate::exposure::{exposure, is_amount};
use crate::relate::feature::{Feature, Function};
use crate::relate::path::ColumnPath;
use crate::relate::series::{Measure, SeriesSpec};

impl Builder<'_> {
    /// Rows of every other table that share a key with the entity, directly or over links.
    pub(super) fn other_tables(&mut self) {
        let mine = self.keys(self.entity, self.reach.hops);
        let entity = self.entity;
        for t in (0..self.database.tables.len()).map(TableId).filter(|&t| t != entity) {
            let theirs = self.keys(t, self.reach.hops);
            for ours in &mine {
                for other in theirs.iter().filter(|k| k.domain == ours.domain) {
                    let same_way = ours.path.hops.len() + other.path.hops.len();
                    if same_way > self.reach.hops || self.is_parent_of_itself(t, &ours.path, &other.path) {
                        continue;
                    }
                    self.events_of(t, std::slice::from_ref(&other.path), std::slice::from_ref(&ours.path));
                }
            }
            self.paired_events(t, &mine, &theirs);
        }
    }

    /// A snapshot's own row reached over the link that leads to it: its columns are features already.
    fn is_parent_of_itself(&self, table: TableId, ours: &ColumnPath, theirs: &ColumnPath) -> bool {
        let schema = &self.database.schema;
        let leads_there = ours
            .end(schema, self.entity)
            .and_then(|end| schema.table(end).link(ours.column))
            .map(|l| l.table)
            == Some(table);
        leads_there && theirs.hops.is_empty() && schema.table(table).key == Some(theirs.column)
    }

    /// Events matched on two keys at once: (account, endpoint) of a ticket and of an event.
    fn paired_events(&mut self, table: TableId, mine: &[KeyPath], theirs: &[KeyPath]) {
        let own = |keys: &[KeyPath]| -> Vec<(ColumnPath, Domain)> {
            keys.iter()
                .filter(|k| k.path.hops.is_empty())
                .map(|k| (k.path.clone(), k.domain))
                .collect()
        };
        let (mine, theirs) = (own(mine), own(theirs));
        let mut matched: Vec<(ColumnPath, ColumnPath)> = Vec::new();
        for (ours, domain) in &mine {
            if let Some((other, _)) = theirs.iter().find(|(_, d)| d == domain) {
                matched.push((ours.clone(), other.clone()));
            }
        }
        for (i, a) in matched.iter().enumerate() {
            for b in &matched[i + 1..] {
                self.events_of(table, &[a.1.clone(), b.1.clone()], &[a.0.clone(), b.0.clone()]);
            }
        }
    }

    fn events_of(&mut self, table: TableId, their_key: &[ColumnPath], our_key: &[ColumnPath]) {
        let schema = self.database.schema.table(table).clone();
        let windows = if schema.time.is_some() {
            self.windows(table)
        } else {
            Vec::new()
        };
        let spec = SeriesSpec::rows(table, their_key);
        let mut counted = vec![spec.clone()];
        for (column, value) in self.frequent_values(table) {
            if windows.is_empty() || their_key.iter().any(|k| k.hops.is_empty() && k.column == column) {
                continue;
            }
            counted.push(spec.of_kind(ColumnPath::own(column), value));
        }
        let whole = self.set.lookup(&spec, our_key);
        for spec in counted {
            let lookup = self.set.lookup(&spec, our_key);
            for window in windows.iter().copied().map(Some).chain([None]) {
                self.add(Feature::Aggregate {
                    lookup,
                    function: Function::Count,
                    window,
                });
                if spec.filter.is_some() && window.is_none() {
                    self.add(Feature::Share {
                        part: lookup,
                        whole,
                        window,
                    });
                }
            }
            if schema.time.is_some() {
                self.add(Feature::Aggregate {
                    lookup,
                    function: Function::SinceLast,
                    window: None,
                });
            }
        }
        let exposure = if their_key.len() == 1 {
            exposure(self.database, table, self.until)
        } else {
            None
        };
        for (c, column) in schema.columns.iter().enumerate() {
            let path = ColumnPath::own(ColumnId(c));
            if column.is_numeric() {
                let lookup = self.set.lookup(&spec.measuring(Measure::Number(path.clone())), our_key);
                if let Some(whole) = exposure.filter(|e| is_amount(column) && e.0 != c) {
                    let whole = spec.measuring(Measure::Number(ColumnPath::own(whole)));
                    let whole = self.set.lookup(&whole, our_key);
                    for window in windows.iter().rev().take(2).rev().copied().map(Some).chain([None]) {
                        self.add(Feature::Ratio {
                            part: lookup,
                            whole,
                            window,
                        });
                    }
                }
                self.add(Feature::Aggregate {
                    lookup,
                    function: Function::Mean,
                    window: None,
                });
                if let (Some(&long), Some(&middle)) = (windows.last(), windows.get(windows.len().saturating_sub(2))) {
                    self.add(Feature::Aggregate {
                        lookup,
                        function: Function::Last,
                        window: None,
                    });
                    for window in [middle, long] {
                        self.add(Feature::Aggregate {
                            lookup,
                            function: Function::Mean,
                            window: Some(window),
                        });
                    }
                    for window in [Some(middle), Some(long), None] {
                        self.add(Feature::Aggregate {
                            lookup,
                            function: Function::Sum,
                            window,
                        });
                    }
                    self.add(Feature::Aggregate {
                        lookup,
                        function: Function::Max,
                        window: Some(long),
                    });
                    self.add(Feature::Aggregate {
                        lookup,
                        function: Function::Min,
                        window: Some(long),
                    });
                    self.add(Feature::Aggregate {
                        lookup,
                        function: Function::Change,
                        window: Some(long),
                    });
                }
            }
            let few = self.domains.distinct(table, ColumnId(c));
            let is_key = schema.key == Some(ColumnId(c)) || their_key.contains(&path);
            if column.is_symbolic() && few >= 2 && !is_key && !windows.is_empty() && !self.outcome(table, ColumnId(c)) {
                let lookup = self.set.lookup(&spec.measuring(Measure::Category(path)), our_key);
                for &window in windows.iter().skip(2) {
                    self.add(Feature::Aggregate {
                        lookup,
                        function: Function::Distinct,
                        window: Some(window),
                    });
                }
            }
        }
    }

    /// The most frequent values of a table's small categories, among rows visible at the training moment.
    pub(super) fn frequent_values(&self, table: TableId) -> Vec<(ColumnId, String)> {
        self.frequent[table.0].get_or_init(|| self.count_values(table)).clone()
    }

    fn count_values(&self, table: TableId) -> Vec<(ColumnId, String)> {
        let schema = self.database.schema.table(table);
        let mut found = Vec::new();
        for c in (0..schema.columns.len()).map(ColumnId) {
            let distinct = self.domains.distinct(table, c);
            let category = matches!(schema.column(c).kind, ColumnType::Category | ColumnType::Ordered { .. });
            if !category || !(2..=60).contains(&distinct) || schema.link(c).is_some() {
                continue;
            }
            let mut counts: std::collections::BTreeMap<Symbol, usize> = std::collections::BTreeMap::new();
            if let Column::Symbol(cells) = self.database.table(table).column(c) {
                for (row, &symbol) in cells.iter().enumerate().filter(|(_, s)| !s.is_null()) {
                    let row = crate::data::RowId(u32::try_from(row).unwrap_or(u32::MAX));
                    if self.database.row_time(table, row).is_none_or(|t| t <= self.until) {
                        *counts.entry(symbol).or_default() += 1;
                    }
                }
            }
            let mut ranked: Vec<(usize, &str)> = counts
                .into_iter()
                .filter_map(|(s, n)| self.database.symbols.text(s).map(|text| (n, text)))
                .collect();
            ranked.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
            found.extend(
                ranked
                    .into_iter()
                    .take(self.reach.filters)
                    .map(|(_, text)| (c, text.to_owned())),
            );
        }
        found
    }
}
