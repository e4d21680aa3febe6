//! What events are looked up under.

use serde::{Deserialize, Serialize};

use super::feature::Lookup;
use super::path::ColumnPath;

/// A key of the entity.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Key {
    /// Cells of its row or of rows that it links to, at most two; none for "all rows".
    Cells(Vec<ColumnPath>),
    /// The category of the latest event found under another key, which is of cells: the team that a player last played for.
    Latest(Lookup),
}

impl Key {
    /// The cells, where it is of cells.
    #[must_use]
    pub fn cells(&self) -> Option<&[ColumnPath]> {
        match self {
            Self::Cells(paths) => Some(paths),
            Self::Latest(_) => None,
        }
    }
}
