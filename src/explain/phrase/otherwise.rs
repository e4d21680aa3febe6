//! What could be otherwise, and conditions that a segment asks: "no API 500 errors", "≥ 3 API 500 errors (48 h)".

use super::Phrasing;
use crate::explain::noun::{self, sentence};
use crate::explain::number::{number, span_away};
use crate::explain::subject::{owner, speaks_of_target};
use crate::explain::words::fill;
use crate::relate::feature::{Feature, Function, Lookup};
use crate::relate::path::ColumnPath;
use crate::relate::series::{Measure, SeriesSpec};

impl Phrasing<'_> {
    /// A feature at or above (or at or below) a value, as a condition: "≥ 3 API 500 errors (48 h)"; `None` for features that
    /// do not read as a plain quantity.
    pub(in crate::explain) fn condition(&self, feature: &Feature, split: f64, above: bool) -> Option<String> {
        let sign = if above { "≥" } else { "≤" };
        let words = self.words();
        let at = |text: &str, value: &str| fill(words.at, &[("text", text), ("sign", sign), ("value", value)]);
        match feature {
            Feature::Column { path, reading } => {
                let (text, _) = self.column(path, *reading, f64::NAN, None);
                let (unit, _) = self.cell_words(path, *reading)?;
                Some(at(&text, &unit.show(split, words)))
            }
            Feature::Aggregate {
                lookup,
                function: Function::Last,
                ..
            } => {
                let Measure::Number(path) = &self.spec(*lookup).measure else {
                    return None;
                };
                let (name, unit, _) = self.reading_name(*lookup, path)?;
                Some(at(&name, &unit.show(split, words)))
            }
            Feature::Aggregate {
                lookup,
                function: Function::Count,
                window,
            } => Some(self.count_condition(*lookup, sign, split, &self.in_brackets(*window))),
            Feature::Through { then, .. } if !above => {
                let spec = self.relations.set().series.get(*then)?;
                let table = spec.table(self.relations.entity());
                let part = owner(&spec.key, &self.database.schema, table).into_iter().next()?;
                let table = &self.database.schema.table(table).name;
                let verb = noun::verb_of_table(table)?;
                let places = [
                    ("noun", &*words.name(&part.noun)),
                    ("verb", &*verb),
                    ("rows", &*words.table(table)),
                    ("span", &*span_away(split, words)),
                ];
                Some(fill(words.done_lately, &places))
            }
            _ => None,
        }
    }

    fn count_condition(&self, lookup: Lookup, sign: &str, split: f64, within: &str) -> String {
        let (spec, words) = (self.spec(lookup), self.words());
        let (schema, entity) = (&self.database.schema, self.relations.entity());
        let (many, of) = if !speaks_of_target(spec, schema, entity, self.target) {
            (self.event(spec, true), self.of_events(lookup))
        } else if self.answers(lookup) {
            let rows = words.table(self.entity_name());
            (fill(words.earlier, &[("rows", &rows)]), self.of_owner(lookup))
        } else {
            let plural = &self.target.plural;
            (fill(words.prior, &[("plural", plural)]), self.of_owner(lookup))
        };
        let amount = if split == 0.0 && sign == "≤" {
            words.no_amount.to_owned()
        } else {
            format!("{sign} {}", number(split, words))
        };
        let places = [("amount", &*amount), ("many", &*many), ("of", &*of), ("within", within)];
        fill(words.amount_of, &places)
    }

    /// "No API 500 errors".
    pub(in crate::explain) fn no_events(&self, spec: &SeriesSpec) -> String {
        sentence(&fill(self.words().without_rows, &[("many", &self.event(spec, true))]))
    }

    /// "No deployments, endpoint /v2/predict".
    pub(in crate::explain) fn no_events_of(&self, spec: &SeriesSpec, name: &str) -> String {
        fill(
            self.words().without_of,
            &[("what", &self.no_events(spec)), ("name", name)],
        )
    }

    /// "3 API 500 errors".
    pub(in crate::explain) fn some_events(&self, spec: &SeriesSpec, n: usize) -> String {
        let many = self.event(spec, n != 1);
        fill(self.words().with_rows, &[("n", &n.to_string()), ("many", &many)])
    }

    /// A new measurement: "Account health score 80"; `None` where rows do more than measure.
    pub(in crate::explain) fn measure(&self, lookup: Lookup, path: &ColumnPath, x: f64) -> Option<String> {
        let (name, unit, _) = self.reading_name(lookup, path)?;
        let value = unit.show(x, self.words());
        Some(sentence(&fill(
            self.words().set_to,
            &[("text", &name), ("value", &value)],
        )))
    }
}
