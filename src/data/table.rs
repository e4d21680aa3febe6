//! Typed columns, tables of equal-length columns, and the database that links them.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::schema::{ColumnId, ColumnType, Schema, TableId};
use super::symbol::{Symbol, Symbols};
use super::time::Timestamp;

/// A row's place in its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RowId(pub u32);

impl RowId {
    /// The row as an index.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Free text of many rows in one buffer; a row may be NULL.
#[derive(Clone, Debug, Default)]
pub struct TextColumn {
    bytes: String,
    ends: Vec<(usize, bool)>,
}

impl TextColumn {
    /// Adds a row.
    pub fn push(&mut self, text: Option<&str>) {
        self.bytes.push_str(text.unwrap_or(""));
        self.ends.push((self.bytes.len(), text.is_some()));
    }

    /// The number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// True when there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// A row's text; `None` for NULL and beyond the end.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<&str> {
        let &(end, present) = self.ends.get(row)?;
        let start = if row == 0 { 0 } else { self.ends[row - 1].0 };
        present.then(|| &self.bytes[start..end])
    }

    /// Forgets all rows from `rows` on.
    pub fn truncate(&mut self, rows: usize) {
        if rows < self.ends.len() {
            self.ends.truncate(rows);
            self.bytes.truncate(self.ends.last().map_or(0, |e| e.0));
        }
    }
}

/// The cells of one column, by storage; which storage follows from the column's [`ColumnType`].
#[derive(Clone, Debug)]
pub enum Column {
    /// Number, money, boolean (1 and 0); NULL is NaN.
    Number(Vec<f64>),
    /// Identifier, category, ordered category; NULL is [`Symbol::NULL`].
    Symbol(Vec<Symbol>),
    /// Timestamp; NULL is [`Timestamp::MAX`]: not known at any moment.
    Time(Vec<Timestamp>),
    /// Free text.
    Text(TextColumn),
}

/// One cell, for callers that treat all types alike.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    /// No value.
    Null,
    /// Number, money or boolean.
    Number(f64),
    /// Identifier or category.
    Symbol(Symbol),
    /// A moment.
    Time(Timestamp),
    /// Free text.
    Text(&'a str),
}

impl Column {
    /// An empty column for cells of type `kind`.
    #[must_use]
    pub fn empty(kind: &ColumnType) -> Self {
        match kind {
            ColumnType::Number | ColumnType::Money { .. } | ColumnType::Boolean => Self::Number(Vec::new()),
            ColumnType::Id | ColumnType::Category | ColumnType::Ordered { .. } => Self::Symbol(Vec::new()),
            ColumnType::Timestamp => Self::Time(Vec::new()),
            ColumnType::Text => Self::Text(TextColumn::default()),
        }
    }

    /// The number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Number(v) => v.len(),
            Self::Symbol(v) => v.len(),
            Self::Time(v) => v.len(),
            Self::Text(v) => v.len(),
        }
    }

    /// True when there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A row's cell; NULL beyond the end.
    #[must_use]
    pub fn cell(&self, row: usize) -> Cell<'_> {
        match self {
            Self::Number(v) => v
                .get(row)
                .filter(|x| !x.is_nan())
                .map_or(Cell::Null, |x| Cell::Number(*x)),
            Self::Symbol(v) => v
                .get(row)
                .filter(|s| !s.is_null())
                .map_or(Cell::Null, |s| Cell::Symbol(*s)),
            Self::Time(v) => v
                .get(row)
                .filter(|t| **t != Timestamp::MAX)
                .map_or(Cell::Null, |t| Cell::Time(*t)),
            Self::Text(v) => v.get(row).map_or(Cell::Null, Cell::Text),
        }
    }

    /// Adds a NULL row.
    pub fn push_null(&mut self) {
        match self {
            Self::Number(v) => v.push(f64::NAN),
            Self::Symbol(v) => v.push(Symbol::NULL),
            Self::Time(v) => v.push(Timestamp::MAX),
            Self::Text(v) => v.push(None),
        }
    }

    /// Adds a row; a cell of another storage becomes NULL.
    pub fn push(&mut self, cell: Cell<'_>) {
        match (self, cell) {
            (Self::Number(v), Cell::Number(x)) => v.push(x),
            (Self::Symbol(v), Cell::Symbol(s)) => v.push(s),
            (Self::Time(v), Cell::Time(t)) => v.push(t),
            (Self::Text(v), Cell::Text(t)) => v.push(Some(t)),
            (column, _) => column.push_null(),
        }
    }

    /// Forgets all rows from `rows` on.
    pub fn truncate(&mut self, rows: usize) {
        match self {
            Self::Number(v) => v.truncate(rows),
            Self::Symbol(v) => v.truncate(rows),
            Self::Time(v) => v.truncate(rows),
            Self::Text(v) => v.truncate(rows),
        }
    }
}

/// A table's cells, column by column, all of the same length.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// One per column of the table's schema.
    pub columns: Vec<Column>,
    /// The number of rows.
    pub rows: usize,
}

impl Table {
    /// A column's cells.
    #[must_use]
    pub fn column(&self, column: ColumnId) -> &Column {
        &self.columns[column.0]
    }

    /// A row's number; NaN for NULL and for columns stored otherwise.
    #[must_use]
    pub fn number(&self, column: ColumnId, row: RowId) -> f64 {
        match self.column(column) {
            Column::Number(v) => v.get(row.index()).copied().unwrap_or(f64::NAN),
            _ => f64::NAN,
        }
    }

    /// A row's symbol; NULL for columns stored otherwise.
    #[must_use]
    pub fn symbol(&self, column: ColumnId, row: RowId) -> Symbol {
        match self.column(column) {
            Column::Symbol(v) => v.get(row.index()).copied().unwrap_or(Symbol::NULL),
            _ => Symbol::NULL,
        }
    }

    /// A row's moment; [`Timestamp::MAX`] (never known) for NULL and for columns stored otherwise.
    #[must_use]
    pub fn time(&self, column: ColumnId, row: RowId) -> Timestamp {
        self.times(column).get(row.index()).copied().unwrap_or(Timestamp::MAX)
    }

    /// The moments of all rows; of none for columns stored otherwise.
    #[must_use]
    pub fn times(&self, column: ColumnId) -> &[Timestamp] {
        match self.column(column) {
            Column::Time(v) => v,
            _ => &[],
        }
    }
}

/// A schema, its tables, and the rows that links lead to.
#[derive(Clone, Debug, Default)]
pub struct Database {
    /// Names, types, keys, links.
    pub schema: Schema,
    /// One per table of the schema.
    pub tables: Vec<Table>,
    /// Every identifier and category of every table.
    pub symbols: Symbols,
    keys: Vec<FxHashMap<Symbol, RowId>>,
}

impl Database {
    /// Links `tables` as `schema` says. Of rows with one key the first is the one links lead to.
    #[must_use]
    pub fn new(schema: Schema, tables: Vec<Table>, symbols: Symbols) -> Self {
        let mut database = Self {
            schema,
            tables,
            symbols,
            keys: Vec::new(),
        };
        database.keys = (0..database.tables.len())
            .map(|t| database.index_keys(TableId(t)))
            .collect();
        database
    }

    /// A table's cells.
    #[must_use]
    pub fn table(&self, table: TableId) -> &Table {
        &self.tables[table.0]
    }

    /// The row of `table` whose key is `key`.
    #[must_use]
    pub fn row_of_key(&self, table: TableId, key: Symbol) -> Option<RowId> {
        self.keys[table.0].get(&key).copied()
    }

    /// The rows of `table` by their keys.
    pub(crate) fn rows_by_key(&self, table: TableId) -> &FxHashMap<Symbol, RowId> {
        &self.keys[table.0]
    }

    /// The row a link leads to from `row`; `None` when the cell is NULL or names no row.
    #[must_use]
    pub fn follow(&self, table: TableId, column: ColumnId, row: RowId) -> Option<RowId> {
        let link = self.schema.table(table).link(column)?;
        let key = self.table(table).symbol(column, row);
        self.row_of_key(link.table, key)
    }

    /// The moment from which a row exists: `None` in a table without a time column, [`Timestamp::MAX`] for a NULL time.
    #[must_use]
    pub fn row_time(&self, table: TableId, row: RowId) -> Option<Timestamp> {
        let column = self.schema.table(table).time?;
        Some(self.table(table).time(column, row))
    }

    /// A row's key as text.
    #[must_use]
    pub fn key_text(&self, table: TableId, row: RowId) -> Option<&str> {
        let column = self.schema.table(table).key?;
        self.symbols.text(self.table(table).symbol(column, row))
    }

    /// Adds a row of cells in the schema's order; missing cells are NULL. Returns its place.
    ///
    /// # Panics
    /// When the table already holds 2³²−1 rows.
    pub fn push_row(&mut self, table: TableId, cells: &[Cell<'_>]) -> RowId {
        let target = &mut self.tables[table.0];
        let row = RowId(u32::try_from(target.rows).expect("fewer than 2^32 rows"));
        for (index, column) in target.columns.iter_mut().enumerate() {
            column.push(cells.get(index).copied().unwrap_or(Cell::Null));
        }
        target.rows += 1;
        if let Some(key) = self.schema.table(table).key {
            let key = self.tables[table.0].symbol(key, row);
            if !key.is_null() {
                self.keys[table.0].entry(key).or_insert(row);
            }
        }
        row
    }

    /// Takes back the last row of a table.
    pub fn pop_row(&mut self, table: TableId) {
        let Some(last) = self.tables[table.0].rows.checked_sub(1) else {
            return;
        };
        #[allow(clippy::cast_possible_truncation)]
        let row = RowId(last as u32);
        if let Some(key) = self.schema.table(table).key {
            let key = self.tables[table.0].symbol(key, row);
            if self.keys[table.0].get(&key) == Some(&row) {
                self.keys[table.0].remove(&key);
            }
        }
        let target = &mut self.tables[table.0];
        target.columns.iter_mut().for_each(|c| c.truncate(last));
        target.rows = last;
    }

    /// Writes a cell that is no key and no text; returns what stood there. Cells of another storage are left alone.
    pub fn replace_cell(
        &mut self,
        table: TableId,
        column: ColumnId,
        row: RowId,
        cell: Cell<'_>,
    ) -> Option<Cell<'static>> {
        if self.schema.table(table).key == Some(column) {
            return None;
        }
        let place = row.index();
        match (self.tables.get_mut(table.0)?.columns.get_mut(column.0)?, cell) {
            (Column::Number(v), Cell::Number(x)) => Some(Cell::Number(std::mem::replace(v.get_mut(place)?, x))),
            (Column::Number(v), Cell::Null) => Some(Cell::Number(std::mem::replace(v.get_mut(place)?, f64::NAN))),
            (Column::Symbol(v), Cell::Symbol(s)) => Some(Cell::Symbol(std::mem::replace(v.get_mut(place)?, s))),
            (Column::Symbol(v), Cell::Null) => Some(Cell::Symbol(std::mem::replace(v.get_mut(place)?, Symbol::NULL))),
            (Column::Time(v), Cell::Time(t)) => Some(Cell::Time(std::mem::replace(v.get_mut(place)?, t))),
            (Column::Time(v), Cell::Null) => Some(Cell::Time(std::mem::replace(v.get_mut(place)?, Timestamp::MAX))),
            _ => None,
        }
    }

    fn index_keys(&self, table: TableId) -> FxHashMap<Symbol, RowId> {
        let mut keys = FxHashMap::default();
        let Some(column) = self.schema.table(table).key else {
            return keys;
        };
        if let Column::Symbol(values) = self.table(table).column(column) {
            keys.reserve(values.len());
            for (row, &key) in values.iter().enumerate().filter(|(_, k)| !k.is_null()) {
                #[allow(clippy::cast_possible_truncation)]
                keys.entry(key).or_insert(RowId(row as u32));
            }
        }
        keys
    }
}
