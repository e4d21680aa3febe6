//! Linked, typed, columnar tables: a [`Database`] is a [`Schema`] (keys, links, time columns, column types)
//! and one [`Table`] each; this room also turns files into tables and says what it inferred and why.
//! It refuses to know of queries, features or learning.

mod account;
pub mod asof;
pub mod cell;
mod date;
pub mod details;
mod draft;
mod fill;
mod fixed;
mod infer;
mod keys;
mod moments;
mod naming;
mod profile;
pub mod read;
pub mod report;
mod scale;
mod scan;
pub mod schema;
pub mod stated;
pub mod symbol;
pub mod table;
pub mod time;
mod written;

pub use cell::BadCell;
pub use read::{ReadError, Reading, SourceFile, read, read_as};
pub use report::Report;
pub use schema::{ColumnId, ColumnSchema, ColumnType, Link, Schema, TableId, TableSchema};
pub use symbol::{Symbol, Symbols};
pub use table::{Cell, Column, Database, RowId, Table, TextColumn};
pub use time::{Duration, Timestamp};
pub use written::to_toml;
