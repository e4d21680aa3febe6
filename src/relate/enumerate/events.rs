//! Rows of other tables that share a key with the entity, directly or over links, as candidates.

use super::{Builder, KeyPath};
use crate::data::{Column, ColumnId, ColumnSchema, ColumnType, RowId, Symbol, TableId};
use crate::relate::domain::Domain;
use crate::relate::feature::{Feature, Function};
use crate::relate::path::ColumnPath;
use crate::relate::series::{Filter, Measure, SeriesSpec, Source};

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
        let spec = SeriesSpec {
            source: Source::Table(table),
            key: their_key.to_vec(),
            filter: None,
            clock: None,
            measure: Measure::Presence,
        };
        let mut counted = vec![spec.clone()];
        for (column, value) in self.frequent_values(table) {
            if windows.is_empty() || their_key.iter().any(|k| k.hops.is_empty() && k.column == column) {
                continue;
            }
            let filter = Filter {
                path: ColumnPath::own(column),
                equals: value,
            };
            counted.push(SeriesSpec {
                filter: Some(filter),
                ..spec.clone()
            });
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
        let exposure = self.exposure(table).filter(|_| their_key.len() == 1);
        for (c, column) in schema.columns.iter().enumerate() {
            let path = ColumnPath::own(ColumnId(c));
            if let Some(exposure) = exposure.filter(|e| is_amount(column) && e.0 != c) {
                let mut measured = |path| {
                    let measure = Measure::Number(path);
                    self.set.lookup(
                        &SeriesSpec {
                            measure,
                            ..spec.clone()
                        },
                        our_key,
                    )
                };
                let (part, whole) = (measured(path.clone()), measured(ColumnPath::own(exposure)));
                for window in windows.iter().rev().take(2).rev().copied().map(Some).chain([None]) {
                    self.add(Feature::Ratio { part, whole, window });
                }
            }
            if column.is_numeric() {
                let lookup = self.set.lookup(
                    &SeriesSpec {
                        measure: Measure::Number(path.clone()),
                        ..spec.clone()
                    },
                    our_key,
                );
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
                let lookup = self.set.lookup(
                    &SeriesSpec {
                        measure: Measure::Category(path),
                        ..spec.clone()
                    },
                    our_key,
                );
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

    /// The column that says how much there was of what the other amounts of a table's rows are parts of (times at bat, hours
    /// on duty): of those that rise and fall with the others, the one that comes to the most. Where few amounts do there is
    /// none.
    fn exposure(&self, table: TableId) -> Option<ColumnId> {
        /// The mean correlation with the other amounts that it has at least, and that of the others beside the best.
        const LEAST: f64 = 0.4;
        const BESIDE: f64 = 0.9;
        /// Amounts that a table has at least, and rows that are looked at.
        const AMOUNTS: usize = 3;
        const ROWS: usize = 5_000;
        let schema = self.database.schema.table(table);
        let rows = self.database.table(table).rows;
        let amounts = (0..schema.columns.len())
            .map(ColumnId)
            .filter(|&c| is_amount(schema.column(c)));
        let seen: Vec<RowId> = (0..rows)
            .step_by(rows.div_ceil(ROWS).max(1))
            .filter_map(|row| u32::try_from(row).ok().map(RowId))
            .filter(|&row| self.database.row_time(table, row).is_some_and(|t| t <= self.until))
            .collect();
        let columns: Vec<(ColumnId, Vec<f64>)> = amounts
            .map(|c| {
                (
                    c,
                    seen.iter()
                        .map(|&row| self.database.table(table).number(c, row))
                        .collect(),
                )
            })
            .filter(|(_, cells): &(ColumnId, Vec<f64>)| cells.iter().all(|x| x.is_nan() || *x >= 0.0))
            .collect();
        if columns.len() < AMOUNTS {
            return None;
        }
        let mean = |k: usize| {
            let others = columns.iter().enumerate().filter(|(other, _)| *other != k);
            let sum: f64 = others.map(|(_, (_, cells))| correlation(&columns[k].1, cells)).sum();
            sum / (columns.len() - 1) as f64
        };
        let means: Vec<f64> = (0..columns.len()).map(mean).collect();
        let best = means.iter().copied().fold(0.0, f64::max);
        let total = |k: usize| columns[k].1.iter().filter(|x| !x.is_nan()).sum::<f64>();
        (0..columns.len())
            .filter(|&k| means[k] >= LEAST && means[k] >= BESIDE * best)
            .max_by(|&a, &b| total(a).total_cmp(&total(b)))
            .map(|k| columns[k].0)
    }

    /// The most frequent values of a table's small categories, among rows visible at the training moment.
    pub(super) fn frequent_values(&self, table: TableId) -> Vec<(ColumnId, String)> {
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

/// A number or an amount that is known with its row.
fn is_amount(column: &ColumnSchema) -> bool {
    column.known_at.is_none() && matches!(column.kind, ColumnType::Number | ColumnType::Money { .. })
}

/// Pearson's, over the rows in which both are known; 0 where either does not vary.
#[allow(clippy::cast_precision_loss)]
fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let known: Vec<(f64, f64)> = a
        .iter()
        .copied()
        .zip(b.iter().copied())
        .filter(|(a, b)| !a.is_nan() && !b.is_nan())
        .collect();
    let n = known.len().max(1) as f64;
    let (mean_a, mean_b) = known.iter().fold((0.0, 0.0), |(x, y), (a, b)| (x + a / n, y + b / n));
    let (mut both, mut of_a, mut of_b) = (0.0, 0.0, 0.0);
    for (a, b) in known {
        both += (a - mean_a) * (b - mean_b);
        of_a += (a - mean_a) * (a - mean_a);
        of_b += (b - mean_b) * (b - mean_b);
    }
    let scale = (of_a * of_b).sqrt();
    if scale > 0.0 { both / scale } else { 0.0 }
}
