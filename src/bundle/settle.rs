//! An open bundle taken forward in time: live rows that have left every window are folded into the totals, so that a page
//! open for weeks holds no more than the windows do. Every feature is as before, bit for bit, for every moment from then on.

use super::shard::{Opened, Shard};
use crate::data::{ColumnId, Database, TableId, Timestamp};

impl Opened {
    /// The shard as of `now`. Rows of the entity's table, and of tables that links lead to, stay whatever their age: rows to
    /// come may speak of them. Moments before `now` can no longer be asked about, nor can rows be added that are older than
    /// the longest window then.
    #[must_use]
    pub fn settled(&self, now: Timestamp) -> Shard {
        let Database { schema, .. } = &self.database;
        let linked = |table: TableId| {
            let mut links = schema.tables.iter().flat_map(|t| &t.links);
            links.any(|link| link.table == table)
        };
        let places = (0..schema.tables.len()).map(TableId);
        let whole: Vec<TableId> = places
            .clone()
            .filter(|&t| t == self.relations.entity() || schema.table(t).time.is_none() || linked(t))
            .collect();
        let columns: Vec<(TableId, ColumnId)> = places
            .flat_map(|t| (0..schema.table(t).columns.len()).map(move |c| (t, ColumnId(c))))
            .collect();
        Shard::pack_with(&self.database, &self.relations, &self.labels, now, &columns, &whole)
    }
}
