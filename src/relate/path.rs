//! A column seen from a row of another table: links followed one by one, then a cell. A path knows from which moment
//! the cell it ends in is visible, so nothing that reads through it can see the future.

use serde::{Deserialize, Serialize};

use crate::data::table::Cell;
use crate::data::{ColumnId, ColumnSchema, Database, RowId, Schema, Symbol, TableId, Timestamp};

/// Foreign-key columns to follow from a starting table, and the column of the table they lead to.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ColumnPath {
    /// Foreign-key columns; each is a column of the table reached so far.
    pub hops: Vec<ColumnId>,
    /// The column at the end.
    pub column: ColumnId,
}

impl ColumnPath {
    /// A column of the starting table itself.
    #[must_use]
    pub fn own(column: ColumnId) -> Self {
        Self {
            hops: Vec::new(),
            column,
        }
    }

    /// The table the hops lead to from `start`; `None` when a hop is no link.
    #[must_use]
    pub fn end(&self, schema: &Schema, start: TableId) -> Option<TableId> {
        self.hops
            .iter()
            .try_fold(start, |table, &hop| Some(schema.table(table).link(hop)?.table))
    }

    /// The schema of the column at the end.
    #[must_use]
    pub fn schema<'a>(&self, schema: &'a Schema, start: TableId) -> Option<&'a ColumnSchema> {
        schema.table(self.end(schema, start)?).columns.get(self.column.0)
    }

    /// `account_id.plan`: the hops and the column by name, for messages.
    #[must_use]
    pub fn name(&self, schema: &Schema, start: TableId) -> String {
        let mut table = start;
        let mut parts = Vec::with_capacity(self.hops.len() + 1);
        for &hop in &self.hops {
            parts.push(schema.column(table, hop).name.as_str());
            match schema.table(table).link(hop) {
                Some(link) => table = link.table,
                None => break,
            }
        }
        parts.push(&schema.column(table, self.column).name);
        parts.join(".")
    }

    /// The row at the end and the moment from which every row on the way exists (the starting row included).
    #[must_use]
    pub fn row(&self, database: &Database, start: TableId, row: RowId) -> Option<(TableId, RowId, Timestamp)> {
        let mut here = (start, row);
        let mut visible = database.row_time(start, row).unwrap_or(Timestamp::MIN);
        for &hop in &self.hops {
            let next = database.follow(here.0, hop, here.1)?;
            here = (database.schema.table(here.0).link(hop)?.table, next);
            visible = visible.max(database.row_time(here.0, here.1).unwrap_or(Timestamp::MIN));
        }
        Some((here.0, here.1, visible))
    }

    /// The cell at the end and the moment from which it is visible: rows on the way by their time, a timestamp cell by
    /// its own value, an outcome by its `known_at`. [`Timestamp::MAX`] means never.
    #[must_use]
    pub fn cell<'a>(&self, database: &'a Database, start: TableId, row: RowId) -> (Cell<'a>, Timestamp) {
        let Some((table, row, visible)) = self.row(database, start, row) else {
            return (Cell::Null, Timestamp::MIN);
        };
        let cell = database.table(table).column(self.column).cell(row.index());
        let column = database.schema.column(table, self.column);
        let known = match column.known_at {
            Some(moment) => database.table(table).time(moment, row),
            None => Timestamp::MIN,
        };
        let own = match cell {
            Cell::Time(moment) => moment,
            _ => Timestamp::MIN,
        };
        (cell, visible.max(known).max(own))
    }

    /// The cell as seen at `moment`: NULL when it is not visible yet.
    #[must_use]
    pub fn cell_as_of<'a>(&self, database: &'a Database, start: TableId, row: RowId, moment: Timestamp) -> Cell<'a> {
        match self.cell(database, start, row) {
            (cell, visible) if visible <= moment => cell,
            _ => Cell::Null,
        }
    }

    /// The symbol at the end as seen at `moment`.
    #[must_use]
    pub fn symbol_as_of(&self, database: &Database, start: TableId, row: RowId, moment: Timestamp) -> Symbol {
        match self.cell_as_of(database, start, row, moment) {
            Cell::Symbol(symbol) => symbol,
            _ => Symbol::NULL,
        }
    }
}
