//! Which rows and columns a bundle has to carry, so that every feature reads the same from it as from the whole history:
//! what a new entity may link to, what lies inside the longest window, and what still waits for a row to come.

use std::collections::BTreeSet;

use crate::data::{ColumnId, Database, RowId, TableId, Timestamp};
use crate::relate::feature::Feature;
use crate::relate::key::Key;
use crate::relate::path::ColumnPath;
use crate::relate::series::Series;
use crate::relate::view::Relations;

/// The rows and columns that features need.
pub(super) struct Wanted<'a> {
    database: &'a Database,
    entity: TableId,
    pub(super) rows: Vec<BTreeSet<RowId>>,
    /// Entities with an answer that settled after the fold.
    pub(super) labelled: BTreeSet<RowId>,
    pub(super) columns: BTreeSet<(TableId, ColumnId)>,
}

impl<'a> Wanted<'a> {
    /// What the features of `relations` read of `database` from the fold on.
    pub(super) fn by(relations: &Relations, database: &'a Database, folded_to: Timestamp) -> Self {
        let (set, entity) = (relations.set(), relations.entity());
        let mut wanted = Self::new(database, entity);
        let cells = set.keys.iter().filter_map(Key::cells);
        cells.flatten().for_each(|path| wanted.entity_path(path));
        for feature in &set.features {
            match feature {
                Feature::Column { path, .. } | Feature::Matched { by: path, .. } => wanted.entity_path(path),
                Feature::Encoded { paths } | Feature::Alike { paths } => {
                    paths.iter().for_each(|path| wanted.entity_path(path))
                }
                _ => {}
            }
        }
        for series in relations.series() {
            wanted.series(series, folded_to);
        }
        // What came before the row it speaks of may count yet, as long as a window could reach it.
        for (table, row) in relations.waiting() {
            if database.row_time(table, row).is_none_or(|at| at > folded_to) {
                wanted.rows[table.0].insert(row);
                wanted.labelled.extend((table == entity).then_some(row));
            }
        }
        wanted
    }

    /// The keys and the time columns alone, and no rows.
    fn new(database: &'a Database, entity: TableId) -> Self {
        let mut columns = BTreeSet::new();
        for (t, table) in database.schema.tables.iter().enumerate() {
            columns.extend(table.time.map(|c| (TableId(t), c)));
        }
        columns.extend(database.schema.table(entity).key.map(|c| (entity, c)));
        Self {
            database,
            entity,
            rows: vec![BTreeSet::new(); database.tables.len()],
            labelled: BTreeSet::new(),
            columns,
        }
    }

    /// The columns along a path; the tables its hops lead to.
    fn path(&mut self, start: TableId, path: &ColumnPath) -> Vec<TableId> {
        let schema = &self.database.schema;
        let mut here = start;
        let mut reached = Vec::new();
        for &hop in &path.hops {
            self.columns.insert((here, hop));
            let Some(link) = schema.table(here).link(hop) else {
                return reached;
            };
            here = link.table;
            self.columns.extend(schema.table(here).key.map(|c| (here, c)));
            reached.push(here);
        }
        self.columns.insert((here, path.column));
        self.columns
            .extend(schema.column(here, path.column).known_at.map(|c| (here, c)));
        reached
    }

    /// A path from the entity: a new entity may link to any row, so all rows of the tables on the way are wanted.
    fn entity_path(&mut self, path: &ColumnPath) {
        for table in self.path(self.entity, path) {
            self.whole(table);
        }
        // The row a link leads to is looked up by its key even when nothing else of it is read.
        if let Some(end) = path.end(&self.database.schema, self.entity)
            && let Some(link) = self.database.schema.table(end).link(path.column)
        {
            let table = link.table;
            self.columns
                .extend(self.database.schema.table(table).key.map(|c| (table, c)));
            self.whole(table);
        }
    }

    /// All rows of a table.
    pub(super) fn whole(&mut self, table: TableId) {
        let rows = u32::try_from(self.database.table(table).rows).unwrap_or(u32::MAX);
        self.rows[table.0] = (0..rows).map(RowId).collect();
    }

    fn series(&mut self, series: &Series, folded_to: Timestamp) {
        let spec = &series.spec;
        let table = spec.table(self.entity);
        for path in spec.paths() {
            self.path(table, path);
        }
        self.columns.extend(spec.clock.map(|c| (table, c)));
        let recent = series.rows_after(folded_to);
        if spec.is_history() {
            self.labelled.extend(&recent);
        }
        for row in recent {
            self.rows[table.0].insert(row);
            for path in spec.paths() {
                let mut here = (table, row);
                for &hop in &path.hops {
                    let Some(next) = self.database.follow(here.0, hop, here.1) else {
                        break;
                    };
                    let Some(link) = self.database.schema.table(here.0).link(hop) else {
                        break;
                    };
                    here = (link.table, next);
                    self.rows[here.0.0].insert(next);
                }
            }
        }
    }
}
