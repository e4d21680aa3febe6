//! A column seen from a row of another table: links followed one by one, then a cell. A path knows from which moment
//! the cell it ends in is visible, so nothing that reads through it can see the future.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::data::table::Cell;
use crate::data::{Column, ColumnId, ColumnSchema, Database, RowId, Schema, Symbol, TableId, Timestamp};

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
        let (row, visible) = self.reader(database, start).row(row)?;
        Some((self.end(&database.schema, start)?, row, visible))
    }

    /// The cell at the end and the moment from which it is visible: rows on the way by their time, a timestamp cell by
    /// its own value, an outcome by its `known_at`. [`Timestamp::MAX`] means never.
    #[must_use]
    pub fn cell<'a>(&self, database: &'a Database, start: TableId, row: RowId) -> (Cell<'a>, Timestamp) {
        self.reader(database, start).cell(row)
    }

    /// The path with its columns looked up, for reading many rows.
    pub(crate) fn reader<'a>(&self, database: &'a Database, start: TableId) -> Reader<'a> {
        self.reader_along(database, start, None)
    }

    /// As [`ColumnPath::reader`], where many rows were followed already.
    pub(crate) fn reader_along<'a>(
        &self,
        database: &'a Database,
        start: TableId,
        ways: Option<&'a Ways>,
    ) -> Reader<'a> {
        let mut table = start;
        let mut reader = Reader {
            begun: row_times(database, start),
            hops: Vec::new(),
            cells: None,
            known: None,
        };
        for (depth, &hop) in self.hops.iter().enumerate() {
            let Some(link) = database.schema.table(table).link(hop) else {
                return reader;
            };
            reader.hops.push(Hop {
                links: match database.table(table).column(hop) {
                    Column::Symbol(links) => links,
                    _ => &[],
                },
                keys: database.rows_by_key(link.table),
                begun: row_times(database, link.table),
                ends: ways.and_then(|ways| ways.ends(start, &self.hops[..=depth])),
            });
            table = link.table;
        }
        reader.cells = Some(database.table(table).column(self.column));
        let known = database.schema.column(table, self.column).known_at;
        reader.known = known.map(|column| database.table(table).times(column));
        reader
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

/// A path from a table whose columns are looked up already.
pub(crate) struct Reader<'a> {
    /// When rows of the starting table begin to exist; none: always.
    begun: Option<&'a [Timestamp]>,
    hops: Vec<Hop<'a>>,
    /// The column at the end; none where a hop is no link.
    cells: Option<&'a Column>,
    /// When its cells become known; none: with their row.
    known: Option<&'a [Timestamp]>,
}

/// A link, and the rows that it leads to.
struct Hop<'a> {
    links: &'a [Symbol],
    keys: &'a FxHashMap<Symbol, RowId>,
    begun: Option<&'a [Timestamp]>,
    /// For each row of the table that the path starts from, where it leads by this link.
    ends: Option<&'a [RowId]>,
}

impl<'a> Reader<'a> {
    /// As [`ColumnPath::row`], without the table.
    #[inline]
    fn row(&self, row: RowId) -> Option<(RowId, Timestamp)> {
        self.cells?;
        let mut here = row;
        let mut visible = self.begun.map_or(Timestamp::MIN, |begun| moment(begun, row));
        for hop in &self.hops {
            here = match hop.ends {
                Some(ends) => *ends.get(row.index()).filter(|&&end| end != NOWHERE)?,
                None => *hop.keys.get(hop.links.get(here.index())?)?,
            };
            visible = visible.max(hop.begun.map_or(Timestamp::MIN, |begun| moment(begun, here)));
        }
        Some((here, visible))
    }

    /// The symbols of the starting table's own rows, where they are visible as soon as the row is.
    pub(crate) fn own_symbols(&self) -> Option<&'a [Symbol]> {
        match self.cells {
            Some(Column::Symbol(symbols)) if self.hops.is_empty() && self.known.is_none() => Some(symbols),
            _ => None,
        }
    }

    /// As [`ColumnPath::cell`].
    #[inline]
    pub(crate) fn cell(&self, row: RowId) -> (Cell<'a>, Timestamp) {
        let (Some((row, visible)), Some(cells)) = (self.row(row), self.cells) else {
            return (Cell::Null, Timestamp::MIN);
        };
        let cell = cells.cell(row.index());
        let known = self.known.map_or(Timestamp::MIN, |known| moment(known, row));
        let own = match cell {
            Cell::Time(moment) => moment,
            _ => Timestamp::MIN,
        };
        (cell, visible.max(known).max(own))
    }
}

/// No row.
const NOWHERE: RowId = RowId(u32::MAX);

/// Where all rows of a table lead, link by link: what many series follow is followed once.
#[derive(Default)]
pub(crate) struct Ways {
    ends: FxHashMap<(TableId, Vec<ColumnId>), Vec<RowId>>,
}

impl Ways {
    /// Follows these paths, each from its table, and all that they begin with.
    pub(crate) fn follow<'p>(database: &Database, paths: impl IntoIterator<Item = (TableId, &'p ColumnPath)>) -> Self {
        let mut ways = Self::default();
        for (start, path) in paths {
            for depth in 1..=path.hops.len() {
                let hops = &path.hops[..depth];
                if ways.ends(start, hops).is_none() {
                    let followed = ColumnPath {
                        hops: hops.to_vec(),
                        column: ColumnId(0),
                    };
                    let reader = followed.reader_along(database, start, Some(&ways));
                    let end = |row| reader.row(RowId(row)).map_or(NOWHERE, |(end, _)| end);
                    let rows = u32::try_from(database.table(start).rows).unwrap_or(u32::MAX);
                    let ends = (0..rows).map(end).collect();
                    ways.ends.insert((start, hops.to_vec()), ends);
                }
            }
        }
        ways
    }

    fn ends(&self, start: TableId, hops: &[ColumnId]) -> Option<&[RowId]> {
        self.ends.get(&(start, hops.to_vec())).map(Vec::as_slice)
    }
}

/// When the rows of a table begin to exist; none where they always have.
pub(crate) fn row_times(database: &Database, table: TableId) -> Option<&[Timestamp]> {
    let column = database.schema.table(table).time?;
    Some(database.table(table).times(column))
}

/// A row's moment: never where there is none.
#[inline]
pub(crate) fn moment(times: &[Timestamp], row: RowId) -> Timestamp {
    times.get(row.index()).copied().unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{SourceFile, read};

    const STATED: &str = r#"
        [towns]
        key = "town_id"
        time = "founded"
        [streets]
        key = "street_id"
        links = { town_id = "towns" }
        [houses]
        key = "house_id"
        time = "built"
        links = { street_id = "streets" }
    "#;

    #[test]
    fn what_was_followed_before_is_read_as_if_followed_row_by_row() {
        let file = |(name, lines): (&str, &str)| SourceFile {
            name: name.to_owned(),
            bytes: lines.as_bytes().to_vec(),
        };
        let files = [
            (
                "towns.csv",
                "town_id,founded,kind\nT1,2020-01-01,old\nT2,2026-01-01,new\nT3,,lost\n",
            ),
            ("streets.csv", "street_id,town_id\nS1,T1\nS2,T2\nS3,T9\nS4,\nS5,T3\n"),
            (
                "houses.csv",
                "house_id,street_id,built\nH1,S1,2021-01-01\nH2,S2,2021-01-01\nH3,S3,2021-01-01\nH4,S4,2021-01-01\n\
                 H5,S9,2021-01-01\nH6,,2021-01-01\nH7,S5,2021-01-01\nH8,S1,\n",
            ),
        ];
        let database = read(files.into_iter().map(file).collect(), Some(STATED))
            .unwrap()
            .database;
        let table = |name: &str| {
            let place = database.schema.tables.iter().position(|t| t.name == name);
            TableId(place.unwrap())
        };
        let column = |name: &str, of: &str| {
            let columns = &database.schema.table(table(name)).columns;
            ColumnId(columns.iter().position(|c| c.name == of).unwrap())
        };
        let houses = table("houses");
        let kind = ColumnPath {
            hops: vec![column("houses", "street_id"), column("streets", "town_id")],
            column: column("towns", "kind"),
        };
        let ways = Ways::follow(&database, [(houses, &kind)]);
        let (followed, afresh) = (
            kind.reader_along(&database, houses, Some(&ways)),
            kind.reader(&database, houses),
        );
        let seen: Vec<(Option<&str>, Timestamp)> = (0..8)
            .map(|row| {
                let (cell, visible) = followed.cell(RowId(row));
                assert_eq!((cell, visible), afresh.cell(RowId(row)), "row {row}");
                match cell {
                    Cell::Symbol(symbol) => (database.symbols.text(symbol), visible),
                    _ => (None, visible),
                }
            })
            .collect();
        let at = |text: &str| Timestamp::parse(text).unwrap();
        let nothing = (None, Timestamp::MIN);
        assert_eq!(
            seen,
            [
                (Some("old"), at("2021-01-01")),
                (Some("new"), at("2026-01-01")),
                nothing,
                nothing,
                nothing,
                nothing,
                (Some("lost"), Timestamp::MAX),
                (Some("old"), Timestamp::MAX),
            ]
        );
        assert_eq!(ways.ends.len(), 2);
    }
}
