//! Rows as a few flat arrays, the way a page sends them: a list of objects crosses into wasm cell by cell, these as blocks of
//! memory. Each text is there once. `www/client/packed.ts` writes them.

use serde_json::Value;

use super::rows::LiveRow;
use super::{ScoreError, Scorer};
use crate::data::{Database, TableId, Timestamp};

/// Rows of one table, row by row.
#[derive(Clone, Debug)]
pub struct PackedRows {
    columns: Vec<String>,
    kinds: Vec<u8>,
    numbers: Vec<f64>,
    texts: Vec<String>,
}

const NONE: u8 = 0;
const NUMBER: u8 = 1;
const TEXT: u8 = 2;
const NO: u8 = 3;
const YES: u8 = 4;

impl PackedRows {
    /// Takes the arrays: a kind and a number per cell (a text's number is its place among the texts), the texts in UTF-8 one
    /// after the other, and where each ends.
    ///
    /// # Errors
    /// [`ScoreError::Rows`] when the arrays do not belong together.
    pub fn new(
        columns: Vec<String>,
        kinds: Vec<u8>,
        numbers: Vec<f64>,
        texts: &[u8],
        ends: &[u32],
    ) -> Result<Self, ScoreError> {
        let wrong = |what: &str| Err(ScoreError::Rows(format!("packed rows: {what}")));
        if kinds.len() != numbers.len() {
            return wrong("there must be as many numbers as kinds");
        }
        if columns.is_empty() != kinds.is_empty() || !kinds.len().is_multiple_of(columns.len().max(1)) {
            return wrong("the cells are no whole rows");
        }
        let mut split = Vec::with_capacity(ends.len());
        let mut start = 0;
        for &end in ends {
            let end = end as usize;
            let Some(text) = texts.get(start..end) else {
                return wrong("a text ends outside the texts");
            };
            split.push(String::from_utf8_lossy(text).into_owned());
            start = end;
        }
        let sound = |(&kind, &number): (&u8, &f64)| match kind {
            NONE | NUMBER | NO | YES => true,
            TEXT => number >= 0.0 && number < split.len() as f64,
            _ => false,
        };
        if !kinds.iter().zip(&numbers).all(sound) {
            return wrong("a cell is of no known kind or names no text");
        }
        Ok(Self {
            columns,
            kinds,
            numbers,
            texts: split,
        })
    }

    /// The rows as `table`'s columns read them, in order.
    #[must_use]
    pub fn read(&self, database: &Database, table: TableId) -> Vec<LiveRow> {
        let schema = database.schema.table(table);
        let place = |name: &str| {
            let exact = self.columns.iter().position(|c| c == name);
            exact.or_else(|| self.columns.iter().position(|c| c.eq_ignore_ascii_case(name)))
        };
        let places: Vec<Option<usize>> = schema.columns.iter().map(|c| place(&c.name)).collect();
        let width = self.columns.len().max(1);
        self.kinds
            .chunks(width)
            .zip(self.numbers.chunks(width))
            .map(|(kinds, numbers)| {
                let mut at = places.iter();
                LiveRow::from_cells(database, table, |_| {
                    let place = (*at.next()?)?;
                    self.value(*kinds.get(place)?, *numbers.get(place)?)
                })
            })
            .collect()
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn value(&self, kind: u8, number: f64) -> Option<Value> {
        match kind {
            NUMBER if number.fract() == 0.0 && number.abs() < 9e15 => Some(Value::from(number as i64)),
            NUMBER => Some(Value::from(number)),
            TEXT => self.texts.get(number as usize).map(|t| Value::from(t.as_str())),
            NO | YES => Some(Value::from(kind == YES)),
            _ => None,
        }
    }
}

impl Scorer {
    /// The probability of each row of the entity's table as of `now`; NaN when not enough is known or the query's WHERE leaves
    /// the row out.
    ///
    /// # Errors
    /// When the model fails.
    pub fn score_packed(&mut self, rows: &PackedRows, now: Timestamp) -> Result<Vec<f64>, ScoreError> {
        let live = rows.read(&self.bundle.opened.database, self.task.entity);
        self.score_live(live, now)
    }

    /// Adds live rows to a table; returns how many were new. Rows of the entity's table with a known key are passed over: their
    /// state comes with each call.
    ///
    /// # Errors
    /// When the table is not in the bundle.
    pub fn ingest_packed(&mut self, table: &str, rows: &PackedRows) -> Result<usize, ScoreError> {
        let id = self.table(table)?;
        let live = rows.read(&self.bundle.opened.database, id);
        Ok(live.iter().filter(|row| self.take(id, row)).count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(kinds: &[u8], numbers: &[f64], texts: &str, ends: &[u32]) -> Result<PackedRows, ScoreError> {
        let columns = vec!["id".to_owned(), "size".to_owned()];
        PackedRows::new(columns, kinds.to_vec(), numbers.to_vec(), texts.as_bytes(), ends)
    }

    #[test]
    fn every_kind_of_cell_is_read_back() {
        let rows = packed(&[2, 1, 2, 4, 0, 3], &[1.0, 2.5, 0.0, 0.0, 0.0, 0.0], "oneäwo", &[3, 7]).unwrap();
        let cells: Vec<Option<Value>> = (0..6).map(|i| rows.value(rows.kinds[i], rows.numbers[i])).collect();
        let expected = [
            Some(Value::from("äwo")),
            Some(Value::from(2.5)),
            Some(Value::from("one")),
            Some(Value::from(true)),
            None,
            Some(Value::from(false)),
        ];
        assert_eq!(cells, expected);
    }

    #[test]
    fn whole_numbers_stay_whole_so_that_they_can_be_times_and_keys() {
        let rows = packed(&[1, 1], &[1_740_000_000_000.0, -3.0], "", &[]).unwrap();
        assert_eq!(rows.value(1, rows.numbers[0]), Some(Value::from(1_740_000_000_000_i64)));
        assert_eq!(rows.value(1, -3.0), Some(Value::from(-3)));
    }

    #[test]
    fn arrays_that_do_not_belong_together_are_refused_in_words() {
        for refused in [
            packed(&[1], &[1.0, 2.0], "", &[]),
            packed(&[1, 1, 1], &[1.0, 2.0, 3.0], "", &[]),
            packed(&[2, 1], &[1.0, 2.0], "a", &[1]),
            packed(&[2, 1], &[f64::NAN, 2.0], "a", &[1]),
            packed(&[9, 1], &[0.0, 2.0], "", &[]),
            packed(&[2, 1], &[0.0, 2.0], "a", &[7]),
            packed(&[2, 1], &[1.0, 2.0], "ab", &[2, 1]),
        ] {
            let message = refused.unwrap_err().to_string();
            assert!(message.contains("packed rows: "), "{message}");
        }
    }
}
