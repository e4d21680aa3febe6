//! Quantities that rows carry: the last, the mean, the extremes, the change; of an owner that a table does nothing but
//! measure, simply its value.

use super::{Arrow, Phrasing, Said};
use crate::data::{ColumnType, Duration};
use crate::explain::number::{Unit, number, percent};
use crate::explain::words::fill;
use crate::relate::feature::{Function, Lookup};
use crate::relate::path::ColumnPath;
use crate::relate::series::Measure;

/// "account health score" of an account is its "health score".
pub(super) fn without_owner<'a>(what: &'a str, whose: &str) -> &'a str {
    what.strip_prefix(whose).map_or(what, str::trim_start)
}

impl Phrasing<'_> {
    /// The one linked row that measurements are of, where the table does nothing but measure it.
    fn only_owner(&self, lookup: Lookup) -> Option<String> {
        let table = self.spec(lookup).table(self.relations.entity());
        let schema = self.database.schema.table(table);
        let measures = schema.columns.iter().filter(|c| c.is_numeric()).count();
        let kinds = schema
            .columns
            .iter()
            .filter(|c| matches!(c.kind, ColumnType::Category))
            .count();
        match self.owner_values(lookup).as_slice() {
            [(part, _)] if part.linked && measures == 1 && kinds == 0 && table != self.relations.entity() => {
                Some(part.noun.clone())
            }
            _ => None,
        }
    }

    /// "account health score", its unit and the bare name of the quantity, where an owner has it.
    pub(super) fn reading_name(&self, lookup: Lookup, path: &ColumnPath) -> Option<(String, Unit, String)> {
        let whose = self.only_owner(lookup)?;
        let (unit, what) = self.column_words(self.spec(lookup), path);
        let words = self.words();
        let name = fill(
            words.column_of,
            &[
                ("hop", &words.name(&whose)),
                ("name", &words.name(without_owner(&what, &whose))),
            ],
        );
        Some((name, unit, what))
    }

    pub(super) fn measured(
        &self,
        lookup: Lookup,
        path: &ColumnPath,
        function: Function,
        window: Option<Duration>,
        x: f64,
        arrow: Option<Arrow>,
    ) -> Said {
        let (spec, words) = (self.spec(lookup), self.words());
        let within = self.in_brackets(if function == Function::Last { None } else { window });
        if let Some((name, unit, what)) = self.reading_name(lookup, path).filter(|_| spec.filter.is_none()) {
            return self.reading_of(&name, &unit, (&what, function), &within, x, arrow);
        }
        let (unit, what) = self.column_words(spec, path);
        let (what, many, of) = (words.name(&what), self.event(spec, true), self.of_events(lookup));
        let (template, value) = match (function, &unit) {
            (Function::Mean, Unit::YesNo) => (words.measured_share, percent(x, words)),
            (Function::Change, _) => (words.measured_change, self.signed(&unit, x)),
            _ => (words.measured, unit.show(x, words)),
        };
        let text = fill(
            template,
            &[
                ("statistic", self.statistic(function)),
                ("what", &what),
                ("many", &many),
                ("of", &of),
                ("within", &within),
            ],
        );
        (
            text,
            if x.is_nan() {
                words.not_measured.to_owned()
            } else {
                value
            },
        )
    }

    /// "H per AB of batting of this player (365 d): .29".
    pub(super) fn ratio(&self, part: Lookup, whole: Lookup, window: Option<Duration>, x: f64) -> Said {
        if let Some(unknown) = self.unknown_owner(part) {
            return unknown;
        }
        let words = self.words();
        let name = |lookup: Lookup| match &self.spec(lookup).measure {
            Measure::Number(path) => words.name(&self.column_words(self.spec(lookup), path).1),
            _ => String::new(),
        };
        let (what, per) = (name(part), name(whole));
        let (many, of, within) = (
            self.event(self.spec(part), true),
            self.of_events(part),
            self.in_brackets(window),
        );
        let places = [
            ("what", &*what),
            ("per", &*per),
            ("many", &*many),
            ("of", &*of),
            ("within", &*within),
        ];
        let value = if x.is_nan() {
            words.not_measured.to_owned()
        } else {
            number(x, words)
        };
        (fill(words.measured_ratio, &places), value)
    }

    /// "Account health score: 45 (critical)".
    fn reading_of(
        &self,
        name: &str,
        unit: &Unit,
        (what, function): (&str, Function),
        within: &str,
        x: f64,
        arrow: Option<Arrow>,
    ) -> Said {
        let words = self.words();
        let template = match function {
            Function::Last => "{name}",
            Function::Mean => words.reading_mean,
            Function::Min => words.reading_lowest,
            Function::Max => words.reading_highest,
            Function::Change => words.reading_change,
            _ => words.reading_other,
        };
        let places = [
            ("name", name),
            ("within", within),
            ("statistic", self.statistic(function)),
        ];
        let value = match function {
            _ if x.is_nan() => words.not_measured.to_owned(),
            Function::Change => self.signed(unit, x),
            _ => self.graded(what, unit, x, arrow),
        };
        (fill(template, &places), value)
    }

    fn signed(&self, unit: &Unit, x: f64) -> String {
        format!("{}{}", if x > 0.0 { "+" } else { "" }, unit.show(x, self.words()))
    }
}
