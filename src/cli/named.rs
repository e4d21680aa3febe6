//! The row that a user names, and its own moment. Errors are sentences without a place; the caller knows that.

use crate::data::{Database, RowId, TableId, Timestamp};

/// The row whose key is `key`.
///
/// # Errors
/// When the table has none.
pub fn row(database: &Database, table: TableId, key: &str) -> Result<RowId, String> {
    let found = database.symbols.find(key);
    found.and_then(|key| database.row_of_key(table, key)).ok_or_else(|| {
        let schema = database.schema.table(table);
        let column = schema.key.map_or("key", |c| schema.column(c).name.as_str());
        format!("{} has no row with {column} {key:?}", schema.name)
    })
}

/// The moment from which a row exists; `None` in a table without a time column.
///
/// # Errors
/// When its time is missing: such a row never exists.
pub fn own_moment(database: &Database, table: TableId, row: RowId) -> Result<Option<Timestamp>, String> {
    let schema = database.schema.table(table);
    match (database.row_time(table, row), schema.time) {
        (Some(Timestamp::MAX), Some(column)) => Err(format!(
            "{} {:?} has no {}, so it never begins and nothing of it is known: fill that cell in",
            schema.name,
            database.key_text(table, row).unwrap_or_default(),
            schema.column(column).name
        )),
        (time, _) => Ok(time),
    }
}
