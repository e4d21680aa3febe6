//! The tables that a bundle's model is asked over, and what of those it learnt from is missing in them: it would answer
//! about less than it was taught, and nobody would know.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anstream::eprintln;

use super::Failure;
use super::arguments::note_bad_cells;
use super::folder::read_folder_as;
use crate::data::report::{ColumnReport, PlacedCell, TableReport};
use crate::data::{ColumnId, Database, Schema, TableId};
use crate::learn::reads::{Read, reads};
use crate::score::scorer::Scorer;

/// So many of what is missing are named.
const NAMED: usize = 5;

/// A folder's tables as a bundle's model reads them.
pub struct History {
    /// The tables.
    pub database: Database,
    folder: PathBuf,
    /// What the model or the question reads and the folder lacks: files, and columns of files, or all that they held.
    missing: Vec<String>,
}

impl History {
    /// Reads the folder's tables as those were that the bundle was trained on.
    ///
    /// # Errors
    /// As [`read_folder_as`]; also when the rows that the question is about are missing.
    pub fn read(scorer: &Scorer, data: &Path) -> Result<Self, Failure> {
        let (schema, task) = (&scorer.bundle().opened.database.schema, scorer.task());
        let reading = read_folder_as(data, schema)?;
        note_bad_cells(&reading.report, data);
        let set = &scorer.bundle().model.features;
        let of_features = set.features.iter().flat_map(|f| reads(set, schema, task.entity, f));
        let of_question = task
            .reads(schema)
            .into_iter()
            .map(|(table, column)| (table, Some(column)));
        let read: BTreeSet<_> = of_features.chain(of_question).collect();
        let mut missing = Vec::new();
        for (place, table) in reading.report.tables.iter().enumerate() {
            let id = TableId(place);
            let lost = |column: &ColumnReport| column.absent || unreadable(table, column).is_some();
            let columns = || table.columns.iter().enumerate().filter(|(_, column)| lost(column));
            if let Some((_, key)) = columns().find(|&(c, _)| (id, ColumnId(c)) == (task.entity, task.key)) {
                return Err(Failure::work(format!(
                    "{} lacks {}, and the bundle is asked about its rows; name the folder that has it",
                    data.display(),
                    lack(table, key)
                )));
            }
            let read = columns().filter(|&(c, _)| needed(schema, id, ColumnId(c), &read));
            missing.extend(read.map(|(_, column)| lack(table, column)));
        }
        missing.dedup();
        Ok(Self {
            database: reading.database,
            folder: data.to_owned(),
            missing,
        })
    }

    /// Says what is missing, to standard error.
    pub fn note(&self) {
        if !self.missing.is_empty() {
            eprintln!(
                "note: {} lacks {}; the model learnt from that, and answers as if nothing of it were known",
                self.folder.display(),
                self.named()
            );
        }
    }

    /// Refuses tables that lack something: what is written from them would lack it from then on.
    ///
    /// # Errors
    /// What is missing.
    pub fn whole(&self) -> Result<(), Failure> {
        if self.missing.is_empty() {
            return Ok(());
        }
        Err(Failure::work(format!(
            "{} lacks {}; the model learnt from that: export it too, or train anew without it (the bundle is as it was)",
            self.folder.display(),
            self.named()
        )))
    }

    fn named(&self) -> String {
        let shown = &self.missing[..self.missing.len().min(NAMED)];
        let more = match self.missing.len() - shown.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        shown.join(", ") + &more
    }
}

fn lack(table: &TableReport, column: &ColumnReport) -> String {
    if table.file.is_empty() {
        format!("{}.csv", table.name)
    } else {
        let why = unreadable(table, column).map_or(String::new(), |bad| format!(" (line {}: {})", bad.line, bad.cell));
        format!("{} of {}{why}", column.name, table.file)
    }
}

/// The first of a column's cells, if none of them can be read.
fn unreadable<'a>(table: &'a TableReport, column: &ColumnReport) -> Option<&'a PlacedCell> {
    let all = table.rows > 0 && column.nulls == table.rows;
    let mut bad = table.bad_cells.first.iter().filter(|_| all);
    bad.find(|bad| bad.column == column.name)
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
