//! A database as it stood at a moment: later rows gone, later timestamps and outcomes unknown.

use super::schema::{ColumnId, ColumnType, TableId};
use super::table::{Column, Database, RowId, Table};
use super::time::Timestamp;

impl Database {
    /// Everything visible at `moment`: rows whose time is later are left out, timestamp cells that are later and outcomes
    /// not known yet are NULL. Snapshot tables (no time column) keep all rows.
    #[must_use]
    pub fn upto(&self, moment: Timestamp) -> Self {
        let tables = (0..self.tables.len())
            .map(TableId)
            .map(|t| self.table_upto(t, moment))
            .collect();
        Self::new(self.schema.clone(), tables, self.symbols.clone())
    }

    /// When a row begins, if that is later than `moment`: nothing of it is known then.
    #[must_use]
    pub fn begins_after(&self, table: TableId, row: RowId, moment: Timestamp) -> Option<Timestamp> {
        self.row_time(table, row).filter(|&begins| begins > moment)
    }

    fn table_upto(&self, id: TableId, moment: Timestamp) -> Table {
        let schema = self.schema.table(id);
        let table = self.table(id);
        #[allow(clippy::cast_possible_truncation)]
        let rows: Vec<RowId> = (0..table.rows as u32)
            .map(RowId)
            .filter(|&row| self.begins_after(id, row, moment).is_none())
            .collect();
        let mut columns = Vec::with_capacity(table.columns.len());
        for (c, column) in schema.columns.iter().enumerate() {
            let source = table.column(ColumnId(c));
            let known = |row: RowId| column.known_at.is_none_or(|k| table.time(k, row) <= moment);
            let on_time = |row: RowId| column.kind != ColumnType::Timestamp || table.time(ColumnId(c), row) <= moment;
            let mut kept = Column::empty(&column.kind);
            for &row in &rows {
                if known(row) && on_time(row) {
                    kept.push(source.cell(row.index()));
                } else {
                    kept.push_null();
                }
            }
            columns.push(kept);
        }
        Table {
            columns,
            rows: rows.len(),
        }
    }

    /// The latest moment in any time column: "now", as far as the data know. `None` when no table has a time column.
    #[must_use]
    pub fn latest(&self) -> Option<Timestamp> {
        let times = self
            .schema
            .tables
            .iter()
            .zip(&self.tables)
            .filter_map(|(schema, table)| match table.column(schema.time?) {
                Column::Time(times) => times.iter().copied().filter(|t| *t != Timestamp::MAX).max(),
                _ => None,
            });
        times.max()
    }
}
