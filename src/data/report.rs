//! What was read and how each fact is known: rows, guesses with their reasons, bad cells with their places, how many
//! links lead somewhere. Nothing that reading passes over stays out of it.

use std::fmt;

use serde::Serialize;

use super::cell::BadCell;
use super::schema::{ColumnType, Origin};

/// How many bad cells, duplicate keys or dangling links are kept with their places; all are counted.
pub const KEPT: usize = 20;

/// What reading a folder found.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Report {
    /// One per table, in the schema's order.
    pub tables: Vec<TableReport>,
    /// What concerns no single table: files left out, and why.
    pub notes: Vec<String>,
}

/// One table.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct TableReport {
    /// The table's name.
    pub name: String,
    /// The file it was read from; empty when there is none.
    pub file: String,
    /// Data rows.
    pub rows: usize,
    /// The key column.
    pub key: Option<Known>,
    /// The time column; without one the table is a snapshot.
    pub time: Option<Known>,
    /// The earliest and the latest moment in the time column, RFC 3339.
    pub span: Option<[String; 2]>,
    /// The columns in the schema's order.
    pub columns: Vec<ColumnReport>,
    /// Its links.
    pub links: Vec<LinkReport>,
    /// Cells that are not of their column's type (read as NULL) and rows with too few or too many cells.
    pub bad_cells: Located<PlacedCell>,
    /// Rows whose key an earlier row has.
    pub duplicate_keys: Located<PlacedKey>,
    /// Rows without a key.
    pub missing_keys: usize,
    /// Rows without a moment, which therefore never exist.
    pub missing_times: usize,
    /// What else was noticed.
    pub notes: Vec<String>,
}

/// A column in a part, and how that is known.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Known {
    /// The column's name.
    pub column: String,
    /// Stated, or guessed from what.
    pub origin: Origin,
}

/// One column.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ColumnReport {
    /// The column's name.
    pub name: String,
    /// Its type.
    #[serde(flatten)]
    pub kind: ColumnType,
    /// How the type is known.
    pub origin: Origin,
    /// No file has it, so that every cell is NULL.
    #[serde(skip)]
    pub absent: bool,
    /// Rows without a value, bad cells included.
    pub nulls: usize,
    /// Different values, where cells are compared rather than measured.
    pub distinct: Option<usize>,
    /// The moment before which the value is unknown.
    pub known_at: Option<Known>,
}

/// One link.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LinkReport {
    /// The foreign-key column.
    pub column: String,
    /// The table whose key it holds.
    pub table: String,
    /// How the link is known.
    pub origin: Origin,
    /// Rows with a value.
    pub filled: usize,
    /// Of those, the rows whose value is a key of that table.
    pub matched: usize,
    /// The rows whose value is not, by place.
    pub dangling: Located<PlacedKey>,
}

impl LinkReport {
    /// The share of filled cells that lead to a row, 0 to 1; 1 when none is filled.
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub fn match_rate(&self) -> f64 {
        if self.filled == 0 {
            1.0
        } else {
            self.matched as f64 / self.filled as f64
        }
    }
}

/// How many there are, and the first [`KEPT`] of them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Located<T> {
    /// All of them.
    pub count: usize,
    /// The first, in the file's order.
    pub first: Vec<T>,
}

impl<T> Default for Located<T> {
    fn default() -> Self {
        Self {
            count: 0,
            first: Vec::new(),
        }
    }
}

impl<T> Located<T> {
    /// Counts one; keeps it if it is among the first.
    pub(crate) fn add(&mut self, place: impl FnOnce() -> T) {
        if self.first.len() < KEPT {
            self.first.push(place());
        }
        self.count += 1;
    }
}

/// A bad cell's place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlacedCell {
    /// The line its row starts on, the header being line 1.
    pub line: u64,
    /// The column's name; empty when the whole row is meant.
    pub column: String,
    /// What was found and what was expected.
    #[serde(flatten)]
    pub cell: BadCell,
}

impl fmt::Display for PlacedCell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if !self.column.is_empty() {
            write!(f, ", column {}", self.column)?;
        }
        write!(f, ": {}", self.cell)
    }
}

/// A key's place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlacedKey {
    /// The line its row starts on, the header being line 1.
    pub line: u64,
    /// The key.
    pub key: String,
}
