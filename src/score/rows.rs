//! Rows that come with a call: JSON objects of column names and values, read as a table's columns say.

use std::fmt;

use serde_json::{Map, Value};

use crate::data::table::Cell;
use crate::data::{Column, ColumnId, ColumnSchema, ColumnType, Database, RowId, Symbols, TableId, Timestamp};
use crate::explain::Language;
use crate::explain::words::{Words, fill};

/// A row as read: cells in the schema's order, owned where the table would own them.
#[derive(Clone, Debug)]
pub struct LiveRow {
    cells: Vec<LiveCell>,
    /// Cells that could not be read.
    pub faults: Vec<Fault>,
}

/// What a cell should have been.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// A number.
    Number,
    /// An RFC 3339 time, or milliseconds since 1970.
    Time,
    /// Neither a list nor an object.
    Plain,
}

/// A cell that could not be read. Shown in English.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    table: String,
    column: String,
    expected: Expected,
    value: String,
}

impl Expected {
    pub(super) fn said(self, words: &Words) -> &'static str {
        match self {
            Self::Number => words.a_number,
            Self::Time => words.a_time,
            Self::Plain => words.a_value,
        }
    }
}

impl Fault {
    /// A sentence.
    #[must_use]
    pub fn said(&self, words: &Words) -> String {
        fill(
            words.not_readable,
            &[
                ("table", &self.table),
                ("column", &self.column),
                ("expected", self.expected.said(words)),
                ("value", &self.value),
            ],
        )
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.said(Language::English.words()))
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum LiveCell {
    Null,
    Number(f64),
    Symbol(String),
    Time(Timestamp),
    Text(String),
}

impl LiveRow {
    /// Reads a JSON object; columns that the table does not have are passed over, cells of the wrong type are NULL and
    /// reported.
    #[must_use]
    pub fn read(database: &Database, table: TableId, row: &Map<String, Value>) -> Self {
        Self::from_cells(database, table, |column| {
            let value = row.get(&column.name).or_else(|| {
                row.iter()
                    .find(|(name, _)| name.eq_ignore_ascii_case(&column.name))
                    .map(|(_, v)| v)
            });
            value.cloned()
        })
    }

    /// A row of the cells that `value` gives for each column, asked in the schema's order; as [`LiveRow::read`].
    pub fn from_cells(
        database: &Database,
        table: TableId,
        mut value: impl FnMut(&ColumnSchema) -> Option<Value>,
    ) -> Self {
        let schema = database.schema.table(table);
        let mut faults = Vec::new();
        let mut read = |column: &ColumnSchema| {
            let Some(value) = value(column) else {
                return LiveCell::Null;
            };
            read_cell(column, &value).unwrap_or_else(|expected| {
                faults.push(Fault {
                    table: schema.name.clone(),
                    column: column.name.clone(),
                    expected,
                    value: shortened(&value),
                });
                LiveCell::Null
            })
        };
        let cells = schema.columns.iter().map(&mut read).collect();
        Self { cells, faults }
    }

    /// A copy of a row that the table holds.
    #[must_use]
    pub fn copied(database: &Database, table: TableId, row: RowId) -> Self {
        let owned = |column: &Column| LiveCell::of(database, column.cell(row.index()));
        Self {
            cells: database.table(table).columns.iter().map(owned).collect(),
            faults: Vec::new(),
        }
    }

    /// Writes a cell.
    pub(super) fn set(&mut self, column: ColumnId, cell: LiveCell) {
        if let Some(place) = self.cells.get_mut(column.0) {
            *place = cell;
        }
    }

    /// Whether a cell is NULL.
    #[must_use]
    pub fn is_null(&self, column: ColumnId) -> bool {
        self.cells.get(column.0).is_none_or(|cell| *cell == LiveCell::Null)
    }

    /// Adds the row to its table.
    pub fn push(&self, database: &mut Database, table: TableId) -> RowId {
        let symbols: Vec<_> = self
            .cells
            .iter()
            .map(|c| {
                if let LiveCell::Symbol(text) = c {
                    Some(database.symbols.intern(text))
                } else {
                    None
                }
            })
            .collect();
        let cells: Vec<Cell<'_>> = self
            .cells
            .iter()
            .zip(symbols)
            .map(|(cell, symbol)| match (cell, symbol) {
                (LiveCell::Number(x), _) => Cell::Number(*x),
                (LiveCell::Time(t), _) => Cell::Time(*t),
                (LiveCell::Text(t), _) => Cell::Text(t),
                (_, Some(symbol)) => Cell::Symbol(symbol),
                _ => Cell::Null,
            })
            .collect();
        database.push_row(table, &cells)
    }
}

impl LiveCell {
    /// A table's cell, owned.
    pub(super) fn of(database: &Database, cell: Cell<'_>) -> Self {
        match cell {
            Cell::Null => Self::Null,
            Cell::Number(x) => Self::Number(x),
            Cell::Symbol(s) => database
                .symbols
                .text(s)
                .map_or(Self::Null, |text| Self::Symbol(text.to_owned())),
            Cell::Time(t) => Self::Time(t),
            Cell::Text(text) => Self::Text(text.to_owned()),
        }
    }

    /// As a table of `database` keeps it; text is kept by no other than its own row.
    pub(super) fn interned(&self, database: &mut Database) -> Option<Cell<'static>> {
        match self {
            Self::Null => Some(Cell::Null),
            Self::Number(x) => Some(Cell::Number(*x)),
            Self::Symbol(text) => Some(Cell::Symbol(database.symbols.intern(text))),
            Self::Time(t) => Some(Cell::Time(*t)),
            Self::Text(_) => None,
        }
    }
}

pub(super) fn shortened(value: &Value) -> String {
    value.to_string().chars().take(60).collect()
}

/// A JSON value as a column's cell; the error says what was expected.
pub(super) fn read_cell(column: &ColumnSchema, value: &Value) -> Result<LiveCell, Expected> {
    let storage = Column::empty(&column.kind);
    match (storage, value) {
        (_, Value::Null) => Ok(LiveCell::Null),
        (_, Value::String(text)) if text.is_empty() => Ok(LiveCell::Null),
        (Column::Number(_), Value::Number(n)) => n.as_f64().map(LiveCell::Number).ok_or(Expected::Number),
        (Column::Number(_), Value::Bool(b)) => Ok(LiveCell::Number(f64::from(u8::from(*b)))),
        (Column::Symbol(_), Value::String(text)) => Ok(LiveCell::Symbol(text.clone())),
        (Column::Symbol(_), Value::Number(n)) => Ok(LiveCell::Symbol(n.to_string())),
        (Column::Symbol(_), Value::Bool(b)) => Ok(LiveCell::Symbol(b.to_string())),
        (Column::Time(_), Value::Number(n)) => n.as_i64().map(|ms| LiveCell::Time(Timestamp(ms))).ok_or(Expected::Time),
        (Column::Time(_), Value::String(text)) => Timestamp::parse(text).map(LiveCell::Time).ok_or(Expected::Time),
        (Column::Text(_), Value::String(text)) => Ok(LiveCell::Text(text.clone())),
        (Column::Text(_), other) => Ok(LiveCell::Text(other.to_string())),
        (Column::Number(_), Value::String(text)) => {
            number(&column.kind, text).map(LiveCell::Number).ok_or(Expected::Number)
        }
        _ => Err(Expected::Plain),
    }
}

/// A number that stands as text: as the tables' files have it.
fn number(kind: &ColumnType, text: &str) -> Option<f64> {
    let mut symbols = Symbols::default();
    match crate::data::cell::cell(kind, text, &mut symbols) {
        Ok(Cell::Number(x)) => Some(x),
        _ => None,
    }
}
