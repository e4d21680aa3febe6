//! Rows of other tables that belong to an owner: how many, how lately, of how many kinds, what part of them, what is open.

use super::{Arrow, Phrasing, Said};
use crate::data::{Duration, Timestamp};
use crate::explain::noun;
use crate::explain::number::{ago, number, percent};
use crate::explain::subject::speaks_of_target;
use crate::explain::words::fill;
use crate::relate::feature::{Function, Lookup};
use crate::relate::series::Measure;

/// Participles after which a row is no longer open.
const CLOSING: [&str; 9] = [
    "closed",
    "resolved",
    "solved",
    "done",
    "ended",
    "finished",
    "completed",
    "fixed",
    "settled",
];

/// Counts in a window at or above this are called recurring.
const RECURRING: f64 = 3.0;

impl Phrasing<'_> {
    pub(super) fn aggregate(
        &self,
        lookup: Lookup,
        function: Function,
        window: Option<Duration>,
        x: f64,
        arrow: Option<Arrow>,
    ) -> Said {
        if let Some(unknown) = self.unknown_owner(lookup) {
            return unknown;
        }
        let (spec, schema, entity) = (self.spec(lookup), &self.database.schema, self.relations.entity());
        if speaks_of_target(spec, schema, entity, self.target) {
            return self.history(lookup, function, window, x);
        }
        let words = self.words();
        let within = self.in_brackets(window);
        let (one, many, of) = (self.event(spec, false), self.event(spec, true), self.of_events(lookup));
        let here = |template: &str| {
            let places = [("one", &*one), ("many", &*many), ("of", &*of), ("within", &*within)];
            fill(template, &places)
        };
        match (function, &spec.measure) {
            (Function::Count, _) if x == 0.0 => {
                let usual = self.usual_count(lookup, window, 0.0);
                match usual.filter(|&usual| usual == 0.0 || !self.speaks_against(arrow, usual)) {
                    Some(0.0) => (self.no(&many, &of, window), words.as_usual.to_owned()),
                    Some(usual) => (self.no(&many, &of, window), self.usual(lookup, usual)),
                    None => (here(words.rows), words.none.to_owned()),
                }
            }
            (Function::Count, _) => {
                let timed = schema.table(spec.table(entity)).time.is_some();
                let occurs = spec.filter.is_some() && timed;
                let recurring = occurs && window.is_some() && x >= RECURRING;
                let n = number(x, words);
                let counted = match (occurs, x == 1.0) {
                    (true, true) => fill(words.occurrence, &[("n", &n)]),
                    (true, false) => fill(words.occurrences, &[("n", &n)]),
                    (false, _) => n,
                };
                let usual = self.usual_count(lookup, window, x);
                let usual = usual.filter(|&usual| !self.speaks_against(arrow, usual));
                let usual = usual.map_or_else(String::new, |usual| format!("; {}", self.usual(lookup, usual)));
                (
                    here(if recurring { words.recurring } else { words.rows }),
                    format!("{counted}{}{usual}", self.freshness(lookup)),
                )
            }
            (Function::SinceLast, _) if x.is_nan() => (here(words.rows), words.none.to_owned()),
            (Function::SinceLast, _) => {
                let values = self.owner_values(lookup);
                let table = &schema.table(spec.table(entity)).name;
                let verb = noun::verb_of_table(table).filter(|_| spec.filter.is_none());
                match (verb, values.as_slice()) {
                    (Some(verb), [(part, Some(name))]) if !part.linked => {
                        (self.done_to(&part.noun, name, &verb, table), ago(x, words))
                    }
                    _ => (here(words.latest), ago(x, words)),
                }
            }
            (Function::Distinct, Measure::Category(path)) => {
                let what = words.name(&noun::plural(&self.column_words(spec, path).1));
                let text = fill(
                    words.different,
                    &[("what", &what), ("many", &many), ("of", &of), ("within", &within)],
                );
                (text, number(x, words))
            }
            (_, Measure::Number(path)) => self.measured(lookup, path, function, window, x, arrow),
            _ => {
                let statistic = self.statistic(function);
                let places = [
                    ("statistic", statistic),
                    ("many", &*many),
                    ("of", &*of),
                    ("within", &*within),
                ];
                (fill(words.counted, &places), number(x, words))
            }
        }
    }

    /// "no API 500 errors in 48 h".
    pub(super) fn no(&self, many: &str, of: &str, window: Option<Duration>) -> String {
        let when = self.in_words(of, window);
        fill(self.words().no_rows, &[("many", many), ("of", of), ("when", &when)])
    }

    /// "endpoint /v2/predict deployed".
    pub(super) fn done_to(&self, part: &str, name: &str, verb: &str, table: &str) -> String {
        let words = self.words();
        let places = [
            ("noun", &*words.name(part)),
            ("name", name),
            ("verb", verb),
            ("rows", &*words.table(table)),
        ];
        fill(words.done_to, &places)
    }

    pub(super) fn share(&self, part: Lookup, whole: Lookup, window: Option<Duration>, x: f64) -> Said {
        if let Some(unknown) = self.unknown_owner(part) {
            return unknown;
        }
        let words = self.words();
        let (many, all, of) = (
            self.event(self.spec(part), true),
            self.event(self.spec(whole), true),
            self.of_owner(part),
        );
        if x.is_nan() {
            let within = self.in_brackets(window);
            let places = [("many", &*all), ("of", &*of), ("within", &*within)];
            return (fill(words.rows, &places), words.none.to_owned());
        }
        let within = self.in_brackets(window);
        let places = [("part", &*many), ("whole", &*all), ("of", &*of), ("within", &*within)];
        (fill(words.among, &places), percent(x, words))
    }

    pub(super) fn open(&self, begun: Lookup, ended: Lookup, x: f64) -> Said {
        if let Some(unknown) = self.unknown_owner(begun) {
            return unknown;
        }
        let words = self.words();
        let (many, of) = (self.event(self.spec(begun), true), self.of_owner(begun));
        let end = self
            .happened(self.spec(ended))
            .filter(|end| !CLOSING.contains(&end.as_str()));
        let text = match end {
            None => fill(words.open, &[("many", &many), ("of", &of)]),
            Some(end) => fill(
                words.not_yet,
                &[("many", &many), ("of", &of), ("end", &words.name(&end))],
            ),
        };
        (text, number(x, words))
    }

    /// What the rest of the longest window would let expect of this one, to a tenth.
    fn usual_count(&self, lookup: Lookup, window: Option<Duration>, x: f64) -> Option<f64> {
        let (window, longest) = (window?, self.relations.set().longest_window());
        if longest.0 < 4 * window.0 {
            return None;
        }
        let view = self.relations.events(self.database, lookup, self.asker)?;
        let before = view.count(Some(self.asker.anchor - longest)) - x;
        let usual = before * window.as_hours() / (longest.as_hours() - window.as_hours());
        Some((usual * 10.0).round() / 10.0)
    }

    /// "this account's usual: 0.4".
    fn usual(&self, lookup: Lookup, usual: f64) -> String {
        let words = self.words();
        let usual = if usual == 0.0 {
            words.none.to_owned()
        } else {
            number(usual, words)
        };
        match self.owner_values(lookup).as_slice() {
            [(part, _)] if part.linked => {
                let noun = words.name(&part.noun);
                fill(words.usual_of, &[("noun", &noun), ("usual", &usual)])
            }
            _ => fill(words.usual_of_all, &[("usual", &usual)]),
        }
    }

    /// ", the latest 40 min ago".
    pub(super) fn freshness(&self, lookup: Lookup) -> String {
        let view = self.relations.events(self.database, lookup, self.asker);
        let last = view.and_then(|view| view.last());
        last.filter(|(at, _)| *at != Timestamp::MIN)
            .map_or_else(String::new, |(at, _)| {
                let words = self.words();
                let passed = ago((self.asker.anchor - at).as_hours(), words);
                fill(words.freshness, &[("ago", &passed)])
            })
    }
}
