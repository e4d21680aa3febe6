//! Text scores of rows that a bundle knows. A bundle carries no text, and a page shows what it likes of it: a list shows
//! subjects at most, a preview its beginning, a widget may be told an id alone. The score of a known row is the same on all.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::train::Model;
use super::wording::texts;
use crate::data::{ColumnId, Database, RowId, TableId, Timestamp};
use crate::relate::view::Asker;

/// Text scores by the first eight bytes of the SHA-256 of a row's key.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Recalled(BTreeMap<u64, f32>);

impl Recalled {
    /// The score of the row with a key.
    #[must_use]
    pub fn score(&self, key: &str) -> Option<f32> {
        self.0.get(&place(key)).copied()
    }
}

fn place(key: &str) -> u64 {
    let bytes = Sha256::digest(key.as_bytes());
    bytes.iter().take(8).fold(0, |all, &byte| all << 8 | u64::from(byte))
}

impl Model {
    /// Keeps the text scores of the entity's rows since a moment (of all in a table without a time column), for where their
    /// text is not at hand.
    pub fn recall(&mut self, database: &Database, entity: TableId, since: Timestamp) {
        let (Some(model), Some((_, columns))) = (&self.text, self.features.text()) else {
            return;
        };
        let rows = (0..u32::try_from(database.table(entity).rows).unwrap_or(u32::MAX)).map(RowId);
        let recent = rows.filter(|&row| {
            let at = database.row_time(entity, row);
            at.is_none_or(|at| at > since && at != Timestamp::MAX)
        });
        let scores = recent.filter_map(|row| {
            let score = model.score(&texts(database, entity, columns, Asker::new(row, since)));
            Some((place(database.key_text(entity, row)?), score)).filter(|_| !score.is_nan())
        });
        self.recalled = Recalled(scores.collect());
    }

    /// The score of an asker's text: of a known row the one recalled, whatever part of its text a page shows.
    pub(super) fn text_score(&self, database: &Database, entity: TableId, columns: &[ColumnId], asker: Asker) -> f32 {
        let Some(model) = &self.text else {
            return f32::NAN;
        };
        let key = database.key_text(entity, asker.row);
        let recalled = key.and_then(|key| self.recalled.score(key));
        recalled.unwrap_or_else(|| model.score(&texts(database, entity, columns, asker)))
    }

    /// The words of an asker's text that move its score most, each with the log-odds it adds, the strongest first; none
    /// where the model reads no text.
    #[must_use]
    pub fn tokens(&self, database: &Database, entity: TableId, asker: Asker) -> Vec<(String, f32)> {
        const MOST: usize = 20;
        match (&self.text, self.features.text()) {
            (Some(model), Some((_, columns))) => model.strongest_tokens(&texts(database, entity, columns, asker), MOST),
            _ => Vec::new(),
        }
    }
}
