//! What tables look like: columns and their types, keys, links and time columns, and how each was known.

use serde::{Deserialize, Serialize};

/// A table's place in [`Schema::tables`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TableId(pub usize);

/// A column's place in [`TableSchema::columns`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ColumnId(pub usize);

/// What a column's cells mean, and so how they are stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnType {
    /// Names a row here or elsewhere. Stored as symbols.
    Id,
    /// A quantity. Stored as numbers.
    Number,
    /// An amount of money such as `$240,000`. Stored as numbers, in the currency's unit.
    Money {
        /// The currency's sign or code as it stood in the file, such as `$`.
        currency: String,
    },
    /// One of a set of values without an order. Stored as symbols.
    Category,
    /// One of a set of values with an order, smallest first. Stored as symbols.
    Ordered {
        /// The values, smallest first: `P1` < `P2` < `P3`.
        order: Vec<String>,
    },
    /// True or false. Stored as numbers, 1 and 0.
    Boolean,
    /// A moment. Stored as times.
    Timestamp,
    /// Free text. Stored as text.
    Text,
}

/// How a fact of the schema came to be known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// The schema file says so.
    Stated,
    /// Inferred; the text says from what.
    Guessed(String),
}

/// One column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnSchema {
    /// The column's name as the file's header has it; parts of a `key: value` column are `details.endpoint`.
    pub name: String,
    /// What its cells mean.
    pub kind: ColumnType,
    /// An outcome: the cell is unknown before the moment in that (timestamp) column of the same row.
    pub known_at: Option<ColumnId>,
    /// How the type is known.
    pub origin: Origin,
}

/// A column whose values are keys of another table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// The foreign-key column.
    pub column: ColumnId,
    /// The table whose key it holds.
    pub table: TableId,
    /// How the link is known.
    pub origin: Origin,
}

/// One table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TableSchema {
    /// The file's stem.
    pub name: String,
    /// The column whose value names the row.
    pub key: Option<ColumnId>,
    /// How the key is known.
    pub key_origin: Option<Origin>,
    /// The column from whose moment on the row exists; without one the table is a snapshot.
    pub time: Option<ColumnId>,
    /// How the time column is known.
    pub time_origin: Option<Origin>,
    /// The columns, in the file's order; parts of `key: value` columns follow their column.
    pub columns: Vec<ColumnSchema>,
    /// Its foreign keys.
    pub links: Vec<Link>,
}

/// Every table, in order of name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Schema {
    /// The tables.
    pub tables: Vec<TableSchema>,
}

impl Schema {
    /// The table of that name, letter case ignored when no exact match exists.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<TableId> {
        find_name(self.tables.iter().map(|t| t.name.as_str()), name).map(TableId)
    }

    /// A table's schema.
    #[must_use]
    pub fn table(&self, table: TableId) -> &TableSchema {
        &self.tables[table.0]
    }

    /// A column's schema.
    #[must_use]
    pub fn column(&self, table: TableId, column: ColumnId) -> &ColumnSchema {
        &self.tables[table.0].columns[column.0]
    }

    /// `table.column`, for messages.
    #[must_use]
    pub fn column_name(&self, table: TableId, column: ColumnId) -> String {
        format!("{}.{}", self.table(table).name, self.column(table, column).name)
    }
}

impl TableSchema {
    /// The column of that name, letter case ignored when no exact match exists.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<ColumnId> {
        find_name(self.columns.iter().map(|c| c.name.as_str()), name).map(ColumnId)
    }

    /// A column's schema.
    #[must_use]
    pub fn column(&self, column: ColumnId) -> &ColumnSchema {
        &self.columns[column.0]
    }

    /// The link that starts in `column`.
    #[must_use]
    pub fn link(&self, column: ColumnId) -> Option<&Link> {
        self.links.iter().find(|l| l.column == column)
    }
}

impl ColumnSchema {
    /// True for identifiers, categories and ordered categories: cells that are compared, not measured.
    #[must_use]
    pub fn is_symbolic(&self) -> bool {
        matches!(
            self.kind,
            ColumnType::Id | ColumnType::Category | ColumnType::Ordered { .. }
        )
    }

    /// True for numbers, money and booleans.
    #[must_use]
    pub fn is_numeric(&self) -> bool {
        matches!(
            self.kind,
            ColumnType::Number | ColumnType::Money { .. } | ColumnType::Boolean
        )
    }
}

/// The place of `name` among `names`: an exact match first, else one that differs in letter case only.
fn find_name<'a>(names: impl Iterator<Item = &'a str> + Clone, name: &str) -> Option<usize> {
    names
        .clone()
        .position(|n| n == name)
        .or_else(|| names.clone().position(|n| n.eq_ignore_ascii_case(name)))
}
