//! What tables lack of what a bundle's model learnt from: it would answer about less than it was taught, and nobody would
//! know.

use std::collections::BTreeSet;

use super::scorer::Scorer;
use crate::data::report::{ColumnReport, PlacedCell, Report, TableReport};
use crate::data::{ColumnId, Schema, TableId};
use crate::learn::reads::{Read, reads};

/// What is missing: files, columns of files, and columns of which no cell could be read; a few words each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lacking {
    /// The key of the rows that the question is about, if they cannot be named.
    pub asked: Option<String>,
    /// What the model's features or the question read.
    pub read: Vec<String>,
}

impl Lacking {
    /// What tables lack that were read as the scorer's bundle has them ([`crate::data::read_as`]).
    #[must_use]
    pub fn of(report: &Report, scorer: &Scorer) -> Self {
        let (schema, task) = (&scorer.bundle().opened.database.schema, scorer.task());
        let set = &scorer.bundle().model.features;
        let of_features = set.features.iter().flat_map(|f| reads(set, schema, task.entity, f));
        let of_question = task.reads(schema).into_iter().map(|(t, column)| (t, Some(column)));
        let read: BTreeSet<Read> = of_features.chain(of_question).collect();
        let mut found = Self::default();
        for (place, table) in report.tables.iter().enumerate() {
            let id = TableId(place);
            for (place, column) in table.columns.iter().enumerate() {
                let Some(what) = lacks(table, column) else { continue };
                if (id, ColumnId(place)) == (task.entity, task.key) {
                    found.asked = Some(what.clone());
                }
                if needed(schema, id, ColumnId(place), &read) {
                    found.read.push(what);
                }
            }
        }
        found.read.dedup();
        found
    }
}

/// What is missing of a column, if nothing of it is there.
fn lacks(table: &TableReport, column: &ColumnReport) -> Option<String> {
    if table.file.is_empty() {
        return Some(format!("{}.csv", table.name));
    }
    if column.absent {
        return Some(format!("{} of {}", column.name, table.file));
    }
    let unreadable = |bad: &&PlacedCell| column.nulls == table.rows && bad.column == column.name;
    let bad = table.bad_cells.first.iter().find(unreadable)?;
    Some(format!("what {} of {} says ({bad})", column.name, table.file))
}

/// Whether the model or the question reads a column: its cells or the moment from which they are known, or the key or the
/// moment of rows that count.
fn needed(schema: &Schema, table: TableId, column: ColumnId, read: &BTreeSet<Read>) -> bool {
    let shape = schema.table(table);
    let dates = |cells: ColumnId| schema.column(table, cells).known_at == Some(column);
    let mut of_table = read.iter().filter(|(read, _)| *read == table);
    of_table.any(|&(_, cells)| {
        cells.is_some_and(|cells| cells == column || dates(cells))
            || shape.key == Some(column)
            || shape.time == Some(column)
    })
}
