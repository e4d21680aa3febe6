//! Cells of the asker's row and of rows it links to: their names, their values in their unit, and what is usual.

use super::{Arrow, Phrase, Phrasing, Said};
use crate::data::{ColumnType, RowId};
use crate::explain::noun::{self, sentence};
use crate::explain::number::{Unit, ago, number};
use crate::explain::subject::hop_noun;
use crate::explain::words::{Words, fill};
use crate::relate::feature::{Feature, Reading};
use crate::relate::path::ColumnPath;

/// The customary reading of a health score from 0 to 100, as customer-success tools band it.
fn health_band(score: f64, words: &Words) -> &'static str {
    match score {
        s if s < 50.0 => words.critical,
        s if s < 75.0 => words.at_risk,
        _ => words.healthy,
    }
}

/// Scores that are surely healthy, and surely not: what a band is told apart from.
const HEALTHY: f64 = 90.0;
const UNHEALTHY: f64 = 25.0;

impl Phrasing<'_> {
    /// A value with the customary reading of its scale, "45 (critical)", where that speaks for its arrow. `what` is its name in
    /// words of the schema.
    pub(super) fn graded(&self, what: &str, unit: &Unit, x: f64, arrow: Option<Arrow>) -> String {
        let words = self.words();
        let value = unit.show(x, words);
        let is_health = what.split(' ').any(|w| w.eq_ignore_ascii_case("health")) && (0.0..=100.0).contains(&x);
        if !is_health || self.speaks_not_for(arrow, if x < 75.0 { HEALTHY } else { UNHEALTHY }) {
            return value;
        }
        fill(words.graded, &[("value", &value), ("band", health_band(x, words))])
    }

    pub(super) fn column(&self, path: &ColumnPath, reading: Reading, x: f64, arrow: Option<Arrow>) -> Said {
        let words = self.words();
        let Some((unit, name)) = self.cell_words(path, reading) else {
            return (words.not_known.to_owned(), words.not_known.to_owned());
        };
        let text = self.cell_name(path, &name);
        if x.is_nan() {
            return (text, words.not_known.to_owned());
        }
        let (schema, entity) = (&self.database.schema, self.relations.entity());
        let value = match (reading, path.schema(schema, entity).map(|c| &c.kind)) {
            (Reading::Age, _) => ago(x, words),
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            (Reading::Rank, Some(ColumnType::Ordered { order })) => {
                order.get(x as usize).cloned().unwrap_or_else(|| number(x, words))
            }
            _ if name.split(' ').any(|w| w == "health") => self.graded("health", &unit, x, arrow),
            _ => match self.usual_of_column(path) {
                Some(usual) if unit != Unit::YesNo && !self.speaks_not_for(arrow, usual) => {
                    let places = [("value", &*unit.show(x, words)), ("usual", &*unit.show(usual, words))];
                    fill(words.with_usual, &places)
                }
                _ => unit.show(x, words),
            },
        };
        (text, value)
    }

    /// A cell with another value: "Account health score 80".
    pub(in crate::explain) fn cell(&self, path: &ColumnPath, reading: Reading, x: f64) -> String {
        let (text, value) = self.column(path, reading, x, None);
        let plain = value.split(" (").next().unwrap_or_default();
        sentence(&fill(self.words().set_to, &[("text", &text), ("value", plain)]))
    }

    /// Two cells as one reason: "Priority against account ARR: P1 on a $240K account".
    pub(in crate::explain) fn joint(&self, own: &Feature, x: f64, linked: &Feature, y: f64, arrow: Arrow) -> Phrase {
        let (Feature::Column { path, reading }, Feature::Column { path: far, .. }) = (own, linked) else {
            return self.phrase(own, x, arrow);
        };
        let words = self.words();
        let (schema, entity) = (&self.database.schema, self.relations.entity());
        let (text, value) = self.column(path, *reading, x, None);
        let (other, _) = self.column(far, Reading::Number, y, None);
        let amount = self
            .cell_words(far, Reading::Number)
            .map_or_else(|| number(y, words), |(unit, _)| unit.show(y, words));
        let hop = hop_noun(schema, entity, far).unwrap_or_default();
        let article = if amount.starts_with(['8', 'a', 'e', 'i', 'o']) {
            "an"
        } else {
            "a"
        };
        let row = words.row(self.entity_name());
        let against = fill(words.against, &[("row", &row), ("own", &text), ("far", &other)]);
        Phrase {
            text: sentence(&against),
            value: fill(
                words.against_value,
                &[
                    ("value", &value),
                    ("article", article),
                    ("amount", &amount),
                    ("row", &words.name(&hop)),
                ],
            ),
        }
    }

    /// The unit of a cell and the words of its column that the unit leaves, in lower case.
    pub(super) fn cell_words(&self, path: &ColumnPath, reading: Reading) -> Option<(Unit, String)> {
        let column = path.schema(&self.database.schema, self.relations.entity())?;
        let mut all = noun::words(&column.name);
        if reading == Reading::Age
            && all.len() > 1
            && all
                .last()
                .is_some_and(|w| ["at", "date", "time", "on", "year"].contains(&w.as_str()))
        {
            all.pop();
        }
        let (unit, all) = Unit::of(&column.kind, all);
        Some((unit, noun::spell(&all)))
    }

    fn cell_name(&self, path: &ColumnPath, name: &str) -> String {
        let words = self.words();
        match hop_noun(&self.database.schema, self.relations.entity(), path) {
            Some(hop) if !name.starts_with(&hop) => fill(
                words.column_of,
                &[("hop", &words.name(&hop)), ("name", &words.name(name))],
            ),
            _ => words.name(name),
        }
    }

    /// The median of a column of a linked snapshot table, over at most a thousand rows spread evenly; `None` for few rows.
    fn usual_of_column(&self, path: &ColumnPath) -> Option<f64> {
        const MOST: usize = 1_000;
        const LEAST: usize = 20;
        let end = path
            .end(&self.database.schema, self.relations.entity())
            .filter(|_| !path.hops.is_empty())?;
        let table = self.database.table(end);
        if self.database.schema.table(end).time.is_some()
            || self.database.schema.column(end, path.column).known_at.is_some()
        {
            return None;
        }
        let rows = (0..table.rows)
            .step_by(table.rows.div_ceil(MOST).max(1))
            .filter_map(|row| u32::try_from(row).ok());
        let mut seen: Vec<f64> = rows
            .map(|row| table.number(path.column, RowId(row)))
            .filter(|x| !x.is_nan())
            .collect();
        if seen.len() < LEAST {
            return None;
        }
        let middle = seen.len() / 2;
        Some(*seen.select_nth_unstable_by(middle, f64::total_cmp).1)
    }
}
