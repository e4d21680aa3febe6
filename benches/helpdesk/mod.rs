//! What the helpdesks of the benches have in common: their size, how their tables are declared, and draws that are the same on
//! every machine.

use bellwether::data::schema::Origin;
use bellwether::data::{
    Column, ColumnId, ColumnSchema, ColumnType, Database, Duration, Link, Schema, Symbols, Table, TableId, TableSchema,
};

pub const TICKETS: usize = 60_000;
pub const EVENTS: usize = 5_000_000;
/// Milliseconds over which everything happens.
pub const YEAR: i64 = 365 * Duration::DAY.0;

/// A table whose first column is its key; `link` is a column and the place of the table it leads to.
pub fn table(
    name: &str,
    columns: &[(&str, ColumnType)],
    time: Option<usize>,
    link: Option<(usize, usize)>,
) -> TableSchema {
    let column = |(name, kind): &(&str, ColumnType)| ColumnSchema {
        name: (*name).into(),
        kind: kind.clone(),
        known_at: None,
        origin: Origin::Stated,
    };
    let link = link.map(|(column, table)| Link {
        column: ColumnId(column),
        table: TableId(table),
        origin: Origin::Stated,
    });
    TableSchema {
        name: name.into(),
        key: Some(ColumnId(0)),
        key_origin: None,
        time: time.map(ColumnId),
        time_origin: None,
        columns: columns.iter().map(column).collect(),
        links: link.into_iter().collect(),
    }
}

/// Numbers that are the same on every machine.
pub fn mixed(n: usize) -> usize {
    let mut x = (n as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x ^= x >> 31;
    x = x.wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (x ^ (x >> 29)) as usize
}

/// The tables of a schema, without rows.
pub fn unfilled(schema: Schema, symbols: Symbols) -> Database {
    let empty = |schema: &TableSchema| Table {
        columns: schema.columns.iter().map(|c| Column::empty(&c.kind)).collect(),
        rows: 0,
    };
    let tables = schema.tables.iter().map(empty).collect();
    Database::new(schema, tables, symbols)
}
