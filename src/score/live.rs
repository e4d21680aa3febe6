//! Live rows: added to a bundle's tables for good, or put there for as long as a question takes.

use serde_json::{Map, Value};

use super::rows::LiveRow;
use super::scorer::{ScoreError, Scorer, objects};
use crate::data::{RowId, TableId, Timestamp};

impl Scorer {
    /// Adds live rows (a JSON list of objects) to a table; returns how many. Rows of the entity's table with a known key are
    /// passed over: their state comes with each call.
    ///
    /// # Errors
    /// When the table is not in the bundle, or `rows` is no list of objects.
    pub fn ingest(&mut self, table: &str, rows: &str) -> Result<usize, ScoreError> {
        let id = self.table(table)?;
        let mut accepted = 0;
        for row in objects(rows)? {
            let live = LiveRow::read(&self.bundle.opened.database, id, &row);
            accepted += usize::from(self.take(id, &live));
        }
        Ok(accepted)
    }

    pub(super) fn table(&self, name: &str) -> Result<TableId, ScoreError> {
        let found = self.bundle.opened.database.schema.find(name);
        found.ok_or_else(|| ScoreError::Table(name.to_owned()))
    }

    /// Adds a live row; false when its table is the entity's and has its key already.
    pub(super) fn take(&mut self, table: TableId, row: &LiveRow) -> bool {
        let place = row.push(&mut self.bundle.opened.database, table);
        if self.is_known_twice(table, place) {
            self.bundle.opened.database.pop_row(table);
            return false;
        }
        let opened = &mut self.bundle.opened;
        opened.relations.insert(&opened.database, table, place);
        if let Some(beat) = &mut self.beat {
            beat.note(&opened.database, table, place);
        }
        true
    }

    fn is_known_twice(&self, table: TableId, row: RowId) -> bool {
        let database = &self.bundle.opened.database;
        let key = database
            .schema
            .table(table)
            .key
            .map(|c| database.table(table).symbol(c, row));
        key.and_then(|key| database.row_of_key(table, key))
            .is_some_and(|first| first != row)
    }

    /// Puts a row at the end of the entity's table, asks about it, and takes it back.
    pub(super) fn with_row<T>(
        &mut self,
        row: &Map<String, Value>,
        now: Timestamp,
        ask: fn(&Self, RowId, RowId, Timestamp, Vec<String>) -> T,
    ) -> T {
        let live = LiveRow::read(&self.bundle.opened.database, self.task.entity, row);
        self.with_live(live, now, ask)
    }

    pub(super) fn with_live<T>(
        &mut self,
        live: LiveRow,
        now: Timestamp,
        ask: fn(&Self, RowId, RowId, Timestamp, Vec<String>) -> T,
    ) -> T {
        let entity = self.task.entity;
        let database = &mut self.bundle.opened.database;
        let place = live.push(database, entity);
        let key = database
            .schema
            .table(entity)
            .key
            .map(|c| database.table(entity).symbol(c, place));
        let known_as = key.and_then(|key| database.row_of_key(entity, key)).unwrap_or(place);
        let words = self.words();
        let notes = live.faults.iter().map(|fault| fault.said(words)).collect();
        let answer = ask(self, place, known_as, now, notes);
        self.bundle.opened.database.pop_row(entity);
        answer
    }
}
