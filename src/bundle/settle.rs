//! An open bundle taken forward in time: live rows that have left every window are folded into the totals, so that a page
//! open for weeks holds no more than the windows do. Every feature is as before, bit for bit, for every moment from then on.

use super::shard::{Opened, Shard};
use crate::data::{ColumnId, Database, RowId, TableId, Timestamp};

impl Opened {
    /// The shard as of `now`. Rows of the entity's table, and of tables that links lead to, stay whatever their age: rows to
    /// come may speak of them. Moments before `now` can no longer be asked about, nor can rows be added that are older than
    /// the longest window then; and a row whose links lead nowhere by the time it is that old is let go.
    #[must_use]
    pub fn settled(&self, now: Timestamp) -> Shard {
        let Database { schema, .. } = &self.database;
        let columns: Vec<(TableId, ColumnId)> = (0..schema.tables.len())
            .map(TableId)
            .flat_map(|t| (0..schema.table(t).columns.len()).map(move |c| (t, ColumnId(c))))
            .collect();
        let (whole, _) = self.staying();
        Shard::pack_with(&self.database, &self.relations, &self.labels, now, &columns, &whole)
    }

    /// How many rows no window reaches any more as of `now`: what [`Opened::settled`] would take away. Folding costs a second
    /// copy of the tables for a while, which few rows are not worth.
    #[must_use]
    pub fn outlived(&self, now: Timestamp) -> usize {
        let from = now - self.relations.set().longest_window();
        let (_, passing) = self.staying();
        let old = |table: TableId| {
            let rows = (0..u32::try_from(self.database.table(table).rows).unwrap_or(u32::MAX)).map(RowId);
            rows.filter(|&row| self.database.row_time(table, row).is_some_and(|at| at <= from))
                .count()
        };
        passing.into_iter().map(old).sum()
    }

    /// The tables whose rows stay whatever their age, and the others.
    fn staying(&self) -> (Vec<TableId>, Vec<TableId>) {
        let schema = &self.database.schema;
        let linked = |table: TableId| {
            let mut links = schema.tables.iter().flat_map(|t| &t.links);
            links.any(|link| link.table == table)
        };
        (0..schema.tables.len())
            .map(TableId)
            .partition(|&t| t == self.relations.entity() || schema.table(t).time.is_none() || linked(t))
    }
}
