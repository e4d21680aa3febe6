//! The wasm-bindgen surface over [`crate::score::Scorer`]: conversions only.

use wasm_bindgen::prelude::*;

use crate::data::Timestamp;
use crate::explain::Language;
use crate::score::{self, PackedRows};

/// A bundle, opened in the browser.
#[wasm_bindgen]
pub struct Scorer {
    inner: score::Scorer,
}

#[wasm_bindgen]
impl Scorer {
    /// Opens a bundle: `manifest.json` as text, the model's and the tables' bytes.
    ///
    /// # Errors
    /// One line saying what is wrong with the bundle.
    #[wasm_bindgen(constructor)]
    pub fn new(manifest: &str, model: &[u8], tables: &[u8]) -> Result<Scorer, JsError> {
        Ok(Self {
            inner: score::Scorer::open(manifest, model, tables)?,
        })
    }

    /// Speaks the language of a BCP 47 tag from now on, in everything that cards and routes say; one that is not spoken leaves
    /// it as it was. Returns the tag of the language spoken.
    pub fn speak(&mut self, tag: &str) -> String {
        if let Some(language) = Language::of_tag(tag) {
            self.inner.speak(language);
        }
        self.inner.language().tag().to_owned()
    }

    /// The answer for each packed row as of `now_ms` (milliseconds since 1970): a probability, or the number when the
    /// manifest's kind is `regression`; NaN: not enough known.
    ///
    /// # Errors
    /// When the arrays do not belong together.
    pub fn score(
        &mut self,
        columns: Vec<String>,
        kinds: Vec<u8>,
        numbers: Vec<f64>,
        texts: &[u8],
        ends: &[u32],
        now_ms: f64,
    ) -> Result<Vec<f64>, JsError> {
        let rows = PackedRows::new(columns, kinds, numbers, texts, ends)?;
        Ok(self.inner.score_packed(&rows, moment(now_ms))?)
    }

    /// The card of one row (a JSON object) as JSON.
    ///
    /// # Errors
    /// When `row` is no JSON object.
    pub fn card(&mut self, row: &str, now_ms: f64) -> Result<String, JsError> {
        let card = self.inner.card(row, moment(now_ms))?;
        Ok(serde_json::to_string(&card)?)
    }

    /// The cards of rows (a JSON list of objects) as JSON, without changes worth trying.
    ///
    /// # Errors
    /// When `rows` is no JSON list of objects.
    pub fn cards(&mut self, rows: &str, now_ms: f64) -> Result<String, JsError> {
        let cards = self.inner.cards(rows, moment(now_ms))?;
        Ok(serde_json::to_string(&cards)?)
    }

    /// The card of one row, had `change` (JSON, see [`crate::explain::Change`]) been so; nothing stays changed.
    ///
    /// # Errors
    /// When `row` or `change` cannot be read, or names what does not exist.
    pub fn what_if(&mut self, row: &str, change: &str, now_ms: f64) -> Result<String, JsError> {
        let card = self.inner.what_if(row, change, moment(now_ms))?;
        Ok(serde_json::to_string(&card)?)
    }

    /// A queue (a JSON list of rows) to agents, as JSON; `options` is JSON (see [`score::RouteOptions`]) or empty.
    ///
    /// # Errors
    /// When `rows` or `options` cannot be read, or the bundle knows no agents.
    pub fn route(&mut self, rows: &str, options: &str, now_ms: f64) -> Result<String, JsError> {
        let options = score::RouteOptions::parse(options)?;
        let routed = self.inner.route(rows, &options, moment(now_ms))?;
        Ok(serde_json::to_string(&routed)?)
    }

    /// Adds packed live rows to a table; returns how many were new.
    ///
    /// # Errors
    /// When the bundle has no such table, or the arrays do not belong together.
    pub fn ingest(
        &mut self,
        table: &str,
        columns: Vec<String>,
        kinds: Vec<u8>,
        numbers: Vec<f64>,
        texts: &[u8],
        ends: &[u32],
    ) -> Result<usize, JsError> {
        let rows = PackedRows::new(columns, kinds, numbers, texts, ends)?;
        Ok(self.inner.ingest_packed(table, &rows)?)
    }

    /// How many rows no window reaches any more as of `now_ms`: what [`Scorer::settled`] would take away.
    #[must_use]
    pub fn outlived(&self, now_ms: f64) -> usize {
        self.inner.bundle().opened.outlived(moment(now_ms))
    }

    /// The bundle as of `now_ms`, live rows among it, for a fresh instance: rows that no window reaches any more are in totals
    /// only. Moments before `now_ms` can then no longer be asked about.
    ///
    /// # Errors
    /// When the tables cannot be encoded.
    pub fn settled(&self, now_ms: f64) -> Result<Settled, JsError> {
        let (manifest, tables) = self.inner.bundle().settled(moment(now_ms))?;
        Ok(Settled {
            manifest: manifest.to_json()?,
            tables,
        })
    }
}

/// A bundle's manifest and tables, taken forward in time.
#[wasm_bindgen(getter_with_clone)]
pub struct Settled {
    /// `manifest.json` as text.
    pub manifest: String,
    /// The tables' bytes.
    pub tables: Vec<u8>,
}

#[allow(clippy::cast_possible_truncation)]
fn moment(now_ms: f64) -> Timestamp {
    Timestamp(now_ms as i64)
}
