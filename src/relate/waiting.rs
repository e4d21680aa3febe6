//! Live rows that came before a row they speak of. No event can be made of them until then, since what they are grouped,
//! filtered or measured by lies behind a link that leads nowhere yet. They are kept by the key they wait for, so that they
//! count from the moment on at which that row is there, as if all had come in order.

use rustc_hash::FxHashMap;

use super::series::{Series, SeriesSpec, SettledLabel, Source};
use crate::data::{ColumnId, Database, RowId, Symbol, TableId};

/// Rows that wait, by the table and the key they wait for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Waiting {
    /// The links that series follow, each way from the table it starts at.
    ways: Vec<(TableId, Vec<ColumnId>)>,
    rows: FxHashMap<(TableId, Symbol), Vec<(TableId, RowId)>>,
    /// The answers to the question about rows of the entity's table that wait.
    labels: FxHashMap<RowId, Vec<SettledLabel>>,
}

impl Waiting {
    /// Everything in `database` that waits for a row that some series needs.
    pub(super) fn find(database: &Database, entity: TableId, series: &[Series], labels: &[SettledLabel]) -> Self {
        let mut ways: Vec<(TableId, Vec<ColumnId>)> = series
            .iter()
            .flat_map(|series| {
                let start = series.spec.table(entity);
                series
                    .spec
                    .paths()
                    .map(|path| (start, path.hops.clone()))
                    .collect::<Vec<_>>()
            })
            .filter(|(_, hops)| !hops.is_empty())
            .collect();
        ways.sort_unstable();
        ways.dedup();
        let mut waiting = Self {
            ways,
            ..Self::default()
        };
        let mut starts: Vec<TableId> = waiting.ways.iter().map(|(start, _)| *start).collect();
        starts.dedup();
        for table in starts {
            let rows = u32::try_from(database.table(table).rows).unwrap_or(u32::MAX);
            (0..rows).for_each(|row| waiting.note(database, table, RowId(row)));
        }
        if waiting.rows().any(|(table, _)| table == entity) {
            let theirs: Vec<RowId> = waiting.rows().filter(|(t, _)| *t == entity).map(|(_, r)| r).collect();
            let theirs: rustc_hash::FxHashSet<RowId> = theirs.into_iter().collect();
            for label in labels.iter().filter(|label| theirs.contains(&label.row)) {
                waiting.labels.entry(label.row).or_default().push(*label);
            }
        }
        waiting
    }

    /// Keeps a row under every key that a way from it misses.
    pub(super) fn note(&mut self, database: &Database, table: TableId, row: RowId) {
        for (start, hops) in &self.ways {
            if *start == table
                && let Some(missing) = missing(database, table, row, hops)
            {
                self.rows.entry(missing).or_default().push((table, row));
            }
        }
    }

    /// The rows that waited for a key, each once; they wait for it no longer.
    pub(super) fn take(&mut self, table: TableId, key: Symbol) -> Vec<(TableId, RowId)> {
        let mut found = self.rows.remove(&(table, key)).unwrap_or_default();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Whatever waits; a row may occur more than once.
    pub(super) fn rows(&self) -> impl Iterator<Item = (TableId, RowId)> + '_ {
        self.rows.values().flatten().copied()
    }

    /// The answers about a row that waits.
    pub(super) fn labels(&self, row: RowId) -> &[SettledLabel] {
        self.labels.get(&row).map_or(&[], Vec::as_slice)
    }
}

impl SeriesSpec {
    /// Whether an event of `row` depends on a row that its links pass.
    pub(super) fn passes(&self, database: &Database, entity: TableId, row: RowId, by: (TableId, RowId)) -> bool {
        let start = self.table(entity);
        self.paths().any(|path| {
            let mut here = (start, row);
            path.hops.iter().any(|&hop| {
                let Some(next) = next(database, here, hop) else {
                    return false;
                };
                here = next;
                here == by
            })
        })
    }

    /// Whether its events are rows of a table, or answers about them.
    pub(super) fn starts_at(&self, entity: TableId, table: TableId) -> bool {
        match self.source {
            Source::Table(source) => source == table,
            Source::Labels | Source::Positives => entity == table,
        }
    }
}

fn next(database: &Database, (table, row): (TableId, RowId), hop: ColumnId) -> Option<(TableId, RowId)> {
    let next = database.follow(table, hop, row)?;
    Some((database.schema.table(table).link(hop)?.table, next))
}

/// The first key on the way that names no row; `None` where the way is whole, or ends in an empty cell.
fn missing(database: &Database, table: TableId, row: RowId, hops: &[ColumnId]) -> Option<(TableId, Symbol)> {
    let mut here = (table, row);
    for &hop in hops {
        match next(database, here, hop) {
            Some(further) => here = further,
            None => {
                let to = database.schema.table(here.0).link(hop)?.table;
                let key = database.table(here.0).symbol(hop, here.1);
                return (!key.is_null()).then_some((to, key));
            }
        }
    }
    None
}
