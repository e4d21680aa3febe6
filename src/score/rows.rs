//! Rows that come with a call: JSON objects of column names and values, read as a table's columns say.

use serde_json::{Map, Value};

use crate::data::table::Cell;
use crate::data::{Column, ColumnSchema, ColumnType, Database, RowId, Symbols, TableId, Timestamp};

/// A row as read: cells in the schema's order, owned where the table would own them.
pub struct LiveRow {
    cells: Vec<LiveCell>,
    /// Cells that could not be read, a sentence each.
    pub faults: Vec<String>,
}

enum LiveCell {
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
        let schema = database.schema.table(table);
        let mut faults = Vec::new();
        let mut read = |column: &ColumnSchema| {
            let value = row.get(&column.name).or_else(|| {
                row.iter()
                    .find(|(name, _)| name.eq_ignore_ascii_case(&column.name))
                    .map(|(_, v)| v)
            });
            let Some(value) = value else { return LiveCell::Null };
            cell(column, value).unwrap_or_else(|expected| {
                faults.push(format!(
                    "{}.{} is not {expected}: {}",
                    schema.name,
                    column.name,
                    shortened(value)
                ));
                LiveCell::Null
            })
        };
        let cells = schema.columns.iter().map(&mut read).collect();
        Self { cells, faults }
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

fn shortened(value: &Value) -> String {
    value.to_string().chars().take(60).collect()
}

/// A JSON value as a column's cell; the error says what was expected.
fn cell(column: &ColumnSchema, value: &Value) -> Result<LiveCell, &'static str> {
    let storage = Column::empty(&column.kind);
    match (storage, value) {
        (_, Value::Null) => Ok(LiveCell::Null),
        (_, Value::String(text)) if text.is_empty() => Ok(LiveCell::Null),
        (Column::Number(_), Value::Number(n)) => n.as_f64().map(LiveCell::Number).ok_or("a number"),
        (Column::Number(_), Value::Bool(b)) => Ok(LiveCell::Number(f64::from(u8::from(*b)))),
        (Column::Symbol(_), Value::String(text)) => Ok(LiveCell::Symbol(text.clone())),
        (Column::Symbol(_), Value::Number(n)) => Ok(LiveCell::Symbol(n.to_string())),
        (Column::Symbol(_), Value::Bool(b)) => Ok(LiveCell::Symbol(b.to_string())),
        (Column::Time(_), Value::Number(n)) => n.as_i64().map(|ms| LiveCell::Time(Timestamp(ms))).ok_or("a time"),
        (Column::Time(_), Value::String(text)) => Timestamp::parse(text)
            .map(LiveCell::Time)
            .ok_or("a time such as 2025-03-02T09:42:00Z"),
        (Column::Text(_), Value::String(text)) => Ok(LiveCell::Text(text.clone())),
        (Column::Text(_), other) => Ok(LiveCell::Text(other.to_string())),
        (Column::Number(_), Value::String(text)) => number(&column.kind, text).map(LiveCell::Number).ok_or("a number"),
        _ => Err("a plain value"),
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
