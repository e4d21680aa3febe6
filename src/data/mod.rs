//! Linked, typed, columnar tables: a [`Database`] is a [`Schema`] (keys, links, time columns, column types)
//! and one [`Table`] each; this room also turns files into tables and says what it inferred and why.
//! It refuses to know of queries, features or learning.

pub mod asof;
pub mod schema;
pub mod symbol;
pub mod table;
pub mod time;

pub use schema::{ColumnId, ColumnSchema, ColumnType, Link, Schema, TableId, TableSchema};
pub use symbol::{Symbol, Symbols};
pub use table::{Column, Database, RowId, Table, TextColumn};
pub use time::{Duration, Timestamp};
