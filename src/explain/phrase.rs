//! Every template in which a reason is worded, one function for each kind of feature; translating Bellwether means
//! translating this file (and [`super::noun`], which makes words of names). Names and values come from the schema and the
//! rows; nothing here knows what the tables are about.

use super::noun::{self, Target, sentence};
use super::number::{Unit, ago, number, percent, span};
use super::subject::{Owner, Part, Subject, hop_noun, owner, said, speaks_of_target};
use crate::data::{ColumnId, ColumnType, Database, Duration, RowId, Symbol, TableId, Timestamp};
use crate::relate::feature::{Calendar, Feature, Function, Lookup, Reading, window_name};
use crate::relate::path::ColumnPath;
use crate::relate::series::{Measure, SeriesSpec, Source};
use crate::relate::{Asker, Relations};

/// A reason's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Phrase {
    pub text: String,
    pub value: String,
}

/// Words features as they stand for one asker.
pub(super) struct Phrasing<'a> {
    pub database: &'a Database,
    pub relations: &'a Relations,
    pub asker: Asker,
    pub target: &'a Target,
    /// Event subjects that several kinds of rows own ("of this account", "of this user"), so that the owner has to be said.
    pub shared: &'a [Subject],
}

const NONE: &str = "none";
const UNKNOWN: &str = "not known";

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

/// Columns whose values are names of things: an event type is what happened, a status is not.
const NAMING: [&str; 11] = [
    "type", "kind", "event", "name", "action", "category", "role", "error", "reason", "topic", "class",
];

/// The customary reading of a health score from 0 to 100, as customer-success tools band it.
fn health_band(score: f64) -> &'static str {
    match score {
        s if s < 50.0 => "critical",
        s if s < 75.0 => "at risk",
        _ => "healthy",
    }
}

/// Counts in a window at or above this are called recurring.
const RECURRING: f64 = 3.0;

impl Phrasing<'_> {
    /// A feature's words; `x` is its value, NaN when not known; `up` tells whether it speaks for the label.
    pub(super) fn phrase(&self, feature: &Feature, x: f64, up: bool) -> Phrase {
        let (text, value) = match feature {
            Feature::Column { path, reading } => self.column(path, *reading, x),
            Feature::Aggregate {
                lookup,
                function,
                window,
            } => self.aggregate(*lookup, *function, *window, x),
            Feature::Share { part, whole, window } => self.share(*part, *whole, *window, x),
            Feature::Rate {
                level, overall, window, ..
            } => self.rate(*level, *overall, *window),
            Feature::Encoded { paths } => self.encoded(paths, x),
            Feature::Open { begun, ended } => self.open(*begun, *ended, x),
            Feature::Through { first, window, then } => self.through(*first, *window, *then, x),
            Feature::Calendar(part) => calendar(*part, x),
            Feature::Text { .. } => (format!("text of the {}", self.row_noun()), self.reading(up)),
        };
        Phrase {
            text: sentence(&text),
            value,
        }
    }

    fn row_noun(&self) -> String {
        noun::row_noun(&self.database.schema.table(self.relations.entity()).name)
    }

    fn reading(&self, up: bool) -> String {
        match (&self.target.unit, up) {
            (None, true) => format!("reads like earlier {}", self.target.plural),
            (None, false) => format!("reads unlike earlier {}", self.target.plural),
            (Some(_), up) => {
                let manner = if up { "higher" } else { "lower" };
                let rows = noun::plural(&self.row_noun());
                format!("reads like earlier {rows} with a {manner} {}", self.target.singular)
            }
        }
    }

    fn spec(&self, lookup: Lookup) -> &SeriesSpec {
        &self.relations.set().series[lookup.series]
    }

    // ---- columns

    fn column(&self, path: &ColumnPath, reading: Reading, x: f64) -> (String, String) {
        let (schema, entity) = (&self.database.schema, self.relations.entity());
        let Some(column) = path.schema(schema, entity) else {
            return (UNKNOWN.to_owned(), UNKNOWN.to_owned());
        };
        let mut words = noun::words(&column.name);
        if reading == Reading::Age
            && words.len() > 1
            && words
                .last()
                .is_some_and(|w| ["at", "date", "time", "on"].contains(&w.as_str()))
        {
            words.pop();
        }
        let (unit, words) = Unit::of(&column.kind, words);
        let name = noun::spell(&words);
        let text = match hop_noun(schema, entity, path) {
            Some(hop) if !name.starts_with(&hop) => format!("{hop} {name}"),
            _ => name,
        };
        if x.is_nan() {
            return (text, UNKNOWN.to_owned());
        }
        let value = match (reading, &column.kind) {
            (Reading::Age, _) => ago(x),
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            (Reading::Rank, ColumnType::Ordered { order }) => {
                order.get(x as usize).cloned().unwrap_or_else(|| number(x))
            }
            _ if words.iter().any(|w| w == "health") => graded("health", &unit, x),
            _ => match self.usual_of_column(path) {
                Some(usual) if unit != Unit::YesNo => format!("{} (usual {})", unit.show(x), unit.show(usual)),
                _ => unit.show(x),
            },
        };
        (text, value)
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

    /// A group's words by its leading feature; where another reading of the same thing is what people would say, that one.
    pub(super) fn of_group(&self, subject: &Subject, feature: &Feature, x: f64, up: bool) -> Phrase {
        let lookup = feature.lookups().first().copied();
        let said = match (subject, feature, lookup) {
            // Of a value its rate, not how many rows there were lately.
            (
                Subject::Value { owner },
                Feature::Aggregate {
                    function: Function::Count | Function::SinceLast,
                    ..
                }
                | Feature::Open { .. },
                Some(lookup),
            ) if !owner.is_empty() && self.target.unit.is_none() => self.value_so_far(lookup),
            // Of earlier answers how many, not how long ago alone.
            (
                Subject::History { .. },
                Feature::Aggregate {
                    function: Function::SinceLast,
                    ..
                },
                Some(lookup),
            ) if !x.is_nan() && self.target.unit.is_none() && !self.answers(lookup) => {
                let count = self
                    .relations
                    .events(self.database, lookup, self.asker)
                    .map_or(0.0, |view| view.count(None));
                (count > 0.0).then(|| self.history(lookup, Function::Count, None, count))
            }
            _ => None,
        };
        match said {
            Some((text, value)) => Phrase {
                text: sentence(&text),
                value,
            },
            None => self.phrase(feature, x, up),
        }
    }

    /// Whether a series holds answers, no and yes, rather than the yeses alone.
    fn answers(&self, lookup: Lookup) -> bool {
        let spec = self.spec(lookup);
        spec.source == Source::Labels || matches!(spec.measure, Measure::Number(_))
    }

    /// "Escalation rate, category Performance: 13 % of 669 tickets (usual 11 %)", or the value alone where the answers of
    /// its rows are not among what is known.
    fn value_so_far(&self, lookup: Lookup) -> Option<(String, String)> {
        let set = self.relations.set();
        let key = &self.spec(lookup).key;
        let labels = |key: &[ColumnPath]| {
            let of = |spec: &SeriesSpec| spec.source == Source::Labels && spec.key == key && spec.filter.is_none();
            set.series.iter().position(of)
        };
        if let (Some(level), Some(overall), Some(all)) =
            (labels(key), labels(&[]), set.keys.iter().position(Vec::is_empty))
        {
            let level = Lookup {
                series: level,
                key: lookup.key,
            };
            let overall = Lookup {
                series: overall,
                key: all,
            };
            return Some(self.rate(level, overall, None));
        }
        let values = self.owner_values(lookup);
        let nouns: Vec<&str> = values.iter().map(|(part, _)| part.noun.as_str()).collect();
        let names: Vec<&str> = values.iter().map(|(_, name)| name.unwrap_or(UNKNOWN)).collect();
        Some((nouns.join(" and "), names.join(", ")))
    }

    /// Two cells as one reason: "Priority against account ARR: P1 on a $240K account".
    pub(super) fn joint(&self, own: &Feature, x: f64, linked: &Feature, y: f64) -> Phrase {
        let (Feature::Column { path, reading }, Feature::Column { path: far, .. }) = (own, linked) else {
            return self.phrase(own, x, true);
        };
        let (schema, entity) = (&self.database.schema, self.relations.entity());
        let (text, value) = self.column(path, *reading, x);
        let (other, _) = self.column(far, Reading::Number, y);
        let amount = far
            .schema(schema, entity)
            .map_or_else(|| number(y), |c| Unit::of(&c.kind, noun::words(&c.name)).0.show(y));
        let row = hop_noun(schema, entity, far).unwrap_or_default();
        let article = if amount.starts_with(['8', 'a', 'e', 'i', 'o']) {
            "an"
        } else {
            "a"
        };
        Phrase {
            text: sentence(&format!("{} {text} against {other}", self.row_noun())),
            value: format!("{value} on {article} {amount} {row}"),
        }
    }

    /// A feature at or above (or at or below) a value, as a condition: "≥ 3 API 500 errors (48 h)"; `None` for features that
    /// do not read as a plain quantity.
    pub(super) fn condition(&self, feature: &Feature, split: f64, above: bool) -> Option<String> {
        let sign = if above { "≥" } else { "≤" };
        match feature {
            Feature::Column { path, reading } => {
                let (schema, entity) = (&self.database.schema, self.relations.entity());
                let (text, _) = self.column(path, *reading, f64::NAN);
                let unit = Unit::of(&path.schema(schema, entity)?.kind, Vec::new()).0;
                Some(format!("{text} {sign} {}", unit.show(split)))
            }
            Feature::Aggregate {
                lookup,
                function: Function::Last,
                ..
            } => {
                let Measure::Number(path) = &self.spec(*lookup).measure else {
                    return None;
                };
                let (whose, _) = self.only_owner(*lookup)?;
                let (unit, what) = self.column_words(self.spec(*lookup), path);
                Some(format!(
                    "{whose} {} {sign} {}",
                    without_owner(&what, &whose),
                    unit.show(split)
                ))
            }
            Feature::Aggregate {
                lookup,
                function: Function::Count,
                window,
            } => {
                let spec = self.spec(*lookup);
                let within = in_brackets(*window);
                let (schema, entity) = (&self.database.schema, self.relations.entity());
                let (many, of) = if !speaks_of_target(spec, schema, entity, self.target) {
                    (self.event(spec, true), self.of_events(*lookup))
                } else if self.answers(*lookup) {
                    (
                        format!("earlier {}", noun::plural(&self.row_noun())),
                        self.of_owner(*lookup),
                    )
                } else {
                    (format!("prior {}", self.target.plural), self.of_owner(*lookup))
                };
                let amount = if split == 0.0 && !above {
                    "no".to_owned()
                } else {
                    format!("{sign} {}", number(split))
                };
                Some(format!("{amount} {many}{of}{within}"))
            }
            Feature::Through { then, .. } if !above => {
                let spec = self.relations.set().series.get(*then)?;
                let table = spec.table(self.relations.entity());
                let part = owner(&spec.key, &self.database.schema, table).into_iter().next()?;
                let verb = noun::verb_of_table(&self.database.schema.table(table).name)?;
                Some(format!("{} {verb} at most {} ago", part.noun, span(split)))
            }
            _ => None,
        }
    }

    // ---- what could be otherwise

    /// A cell with another value: "Account health score 80".
    pub(super) fn cell(&self, path: &ColumnPath, reading: Reading, x: f64) -> String {
        let (text, value) = self.column(path, reading, x);
        let plain = value.split(" (").next().unwrap_or_default();
        sentence(&format!("{text} {plain}"))
    }

    /// "No API 500 errors".
    pub(super) fn no_events(&self, spec: &SeriesSpec) -> String {
        sentence(&format!("no {}", self.event(spec, true)))
    }

    /// "3 API 500 errors".
    pub(super) fn some_events(&self, spec: &SeriesSpec, n: usize) -> String {
        format!("{n} {}", self.event(spec, n != 1))
    }

    /// A new measurement: "Account health score 80"; `None` where rows do more than measure.
    pub(super) fn measure(&self, lookup: Lookup, path: &ColumnPath, x: f64) -> Option<String> {
        let (whose, _) = self.only_owner(lookup)?;
        let (unit, what) = self.column_words(self.spec(lookup), path);
        Some(sentence(&format!(
            "{whose} {} {}",
            without_owner(&what, &whose),
            unit.show(x)
        )))
    }

    /// "No prior escalations of this user".
    pub(super) fn no_prior(&self, lookup: Lookup) -> String {
        sentence(&format!("no prior {}{}", self.target.plural, self.of_owner(lookup)))
    }

    // ---- aggregates over events

    fn aggregate(&self, lookup: Lookup, function: Function, window: Option<Duration>, x: f64) -> (String, String) {
        if let Some(unknown) = self.unknown_owner(lookup) {
            return unknown;
        }
        let (spec, schema, entity) = (self.spec(lookup), &self.database.schema, self.relations.entity());
        if speaks_of_target(spec, schema, entity, self.target) {
            return self.history(lookup, function, window, x);
        }
        let within = in_brackets(window);
        let (one, many, of) = (self.event(spec, false), self.event(spec, true), self.of_events(lookup));
        let none = || {
            let usual = self.usual_count(lookup, window, 0.0);
            let value = usual.strip_prefix("; ").unwrap_or(NONE).to_owned();
            (format!("no {many}{of}{}", in_words(&of, window)), value)
        };
        match (function, &spec.measure) {
            (Function::Count, _) if x == 0.0 => none(),
            (Function::Count, _) => {
                let timed = schema.table(spec.table(entity)).time.is_some();
                let occurs = spec.filter.is_some() && timed;
                let recurring = if occurs && window.is_some() && x >= RECURRING {
                    "recurring "
                } else {
                    ""
                };
                let noun = match (occurs, x == 1.0) {
                    (true, true) => " occurrence",
                    (true, false) => " occurrences",
                    (false, _) => "",
                };
                (
                    format!("{recurring}{many}{of}{within}"),
                    format!(
                        "{}{noun}{}{}",
                        number(x),
                        self.freshness(lookup),
                        self.usual_count(lookup, window, x)
                    ),
                )
            }
            (Function::SinceLast, _) if x.is_nan() => none(),
            (Function::SinceLast, _) => {
                let values = self.owner_values(lookup);
                let verb =
                    noun::verb_of_table(&schema.table(spec.table(entity)).name).filter(|_| spec.filter.is_none());
                match (verb, values.as_slice()) {
                    (Some(verb), [(part, Some(name))]) if !part.linked => {
                        (format!("{} {name} {verb}", part.noun), ago(x))
                    }
                    _ => (format!("latest {one}{of}"), ago(x)),
                }
            }
            (Function::Distinct, Measure::Category(path)) => {
                let what = self.column_words(spec, path).1;
                (
                    format!("different {} among {many}{of}{within}", noun::plural(&what)),
                    number(x),
                )
            }
            (_, Measure::Number(path)) => self.measured(lookup, path, &format!("{many}{of}"), function, window, x),
            _ => (format!("{} of {many}{of}{within}", statistic(function)), number(x)),
        }
    }

    /// The one linked row that measurements are of, where the table does nothing but measure it.
    fn only_owner(&self, lookup: Lookup) -> Option<(String, Option<&str>)> {
        let table = self.spec(lookup).table(self.relations.entity());
        let schema = self.database.schema.table(table);
        let measures = schema.columns.iter().filter(|c| c.is_numeric()).count();
        let kinds = schema
            .columns
            .iter()
            .filter(|c| matches!(c.kind, ColumnType::Category))
            .count();
        match self.owner_values(lookup).as_slice() {
            [(part, name)] if part.linked && measures == 1 && kinds == 0 && table != self.relations.entity() => {
                Some((part.noun.clone(), *name))
            }
            _ => None,
        }
    }

    /// "Account health score: 45 (critical)".
    fn reading_of(
        &self,
        name: &str,
        unit: &Unit,
        what: &str,
        function: Function,
        within: &str,
        x: f64,
    ) -> (String, String) {
        let text = match function {
            Function::Last => name.to_owned(),
            Function::Mean => format!("{name}, mean{within}"),
            Function::Min => format!("lowest {name}{within}"),
            Function::Max => format!("highest {name}{within}"),
            Function::Change => format!("change of {name}{within}"),
            _ => format!("{} of {name}{within}", statistic(function)),
        };
        let value = match function {
            _ if x.is_nan() => NONE.to_owned(),
            Function::Change => format!("{}{}", if x > 0.0 { "+" } else { "" }, unit.show(x)),
            _ => graded(what, unit, x),
        };
        (text, value)
    }

    fn measured(
        &self,
        lookup: Lookup,
        path: &ColumnPath,
        rows: &str,
        function: Function,
        window: Option<Duration>,
        x: f64,
    ) -> (String, String) {
        let spec = self.spec(lookup);
        let (unit, what) = self.column_words(spec, path);
        let within = in_brackets(if function == Function::Last { None } else { window });
        if let Some((whose, _)) = self.only_owner(lookup).filter(|_| spec.filter.is_none()) {
            return self.reading_of(
                &format!("{whose} {}", without_owner(&what, &whose)),
                &unit,
                &what,
                function,
                &within,
                x,
            );
        }
        let (text, value) = match (function, &unit) {
            (Function::Mean, Unit::YesNo) => (format!("share of {rows} with {what}{within}"), percent(x)),
            (Function::Change, _) => (
                format!("change of {what} of {rows}{within}"),
                format!("{}{}", if x > 0.0 { "+" } else { "" }, unit.show(x)),
            ),
            _ => (
                format!("{} {what} of {rows}{within}", statistic(function)),
                unit.show(x),
            ),
        };
        (text, if x.is_nan() { NONE.to_owned() } else { value })
    }

    fn share(&self, part: Lookup, whole: Lookup, window: Option<Duration>, x: f64) -> (String, String) {
        if let Some(unknown) = self.unknown_owner(part) {
            return unknown;
        }
        let (many, all, of) = (
            self.event(self.spec(part), true),
            self.event(self.spec(whole), true),
            self.of_owner(part),
        );
        if x.is_nan() {
            return (format!("no {all}{of}{}", in_words(&of, window)), NONE.to_owned());
        }
        (format!("{many} among {all}{of}{}", in_brackets(window)), percent(x))
    }

    /// "; this account's usual: 0.4": what the rest of the longest window would let expect of this one.
    fn usual_count(&self, lookup: Lookup, window: Option<Duration>, x: f64) -> String {
        let (Some(window), longest) = (window, self.relations.set().longest_window()) else {
            return String::new();
        };
        if longest.0 < 4 * window.0 {
            return String::new();
        }
        let Some(view) = self.relations.events(self.database, lookup, self.asker) else {
            return String::new();
        };
        let before = view.count(Some(self.asker.anchor - longest)) - x;
        let usual = before * window.as_hours() / (longest.as_hours() - window.as_hours());
        let usual = (usual * 10.0).round() / 10.0;
        if usual == 0.0 && x == 0.0 {
            return String::new();
        }
        let usual = number(usual);
        match self.owner_values(lookup).as_slice() {
            [(part, _)] if part.linked => format!("; this {}'s usual: {usual}", part.noun),
            _ => format!("; usual: {usual}"),
        }
    }

    /// ", the latest 40 min ago".
    fn freshness(&self, lookup: Lookup) -> String {
        let last = self
            .relations
            .events(self.database, lookup, self.asker)
            .and_then(|view| view.last());
        last.filter(|(at, _)| *at != Timestamp::MIN)
            .map_or_else(String::new, |(at, _)| {
                format!(", the latest {}", ago((self.asker.anchor - at).as_hours()))
            })
    }

    // ---- the question's own history

    fn history(&self, lookup: Lookup, function: Function, window: Option<Duration>, x: f64) -> (String, String) {
        let Target {
            singular, plural, unit, ..
        } = self.target;
        let answers = self.answers(lookup);
        let row = self.row_noun();
        let within = in_brackets(window);
        let named = |what: &str| self.named(what, lookup);
        let of = self.of_owner(lookup);
        let none = |what: &str| (format!("no {what}{of}{}", in_words(&of, window)), NONE.to_owned());
        match (function, answers) {
            (Function::Count, true) if x == 0.0 => none(&format!("earlier {}", noun::plural(&row))),
            (Function::Count, true) => (
                format!("{}{within}", named(&format!("earlier {}", noun::plural(&row)))),
                number(x),
            ),
            (Function::Count | Function::Sum, _) if x == 0.0 => none(&format!("prior {plural}")),
            (Function::Count | Function::Sum, _) => (
                format!("{}{within}", named(&format!("prior {plural}"))),
                format!("{}{}", number(x), self.freshness(lookup)),
            ),
            _ if x.is_nan() => none(&if answers {
                format!("earlier {}", noun::plural(&row))
            } else {
                format!("prior {plural}")
            }),
            (Function::SinceLast, true) => (named(&format!("latest {row}")), ago(x)),
            (Function::SinceLast, false) => (named(&format!("latest {singular}")), ago(x)),
            (Function::Last, _) if unit.is_some() => (
                named(&format!("latest {row}")),
                format!("{singular} {}", self.target.show(x)),
            ),
            (_, _) if unit.is_some() => (
                format!("{}{within}", named(&format!("{} {singular}", statistic(function)))),
                self.target.show(x),
            ),
            (Function::Last, true) => {
                let outcome = if x > 0.5 { "with" } else { "without" };
                (named(&format!("latest {row}")), format!("{outcome} {singular}"))
            }
            _ => (format!("{}{within}", named(&format!("{singular} rate"))), percent(x)),
        }
    }

    fn rate(&self, level: Lookup, overall: Lookup, window: Option<Duration>) -> (String, String) {
        let seen = |lookup, after: Option<Timestamp>| {
            let view = self.relations.events(self.database, lookup, self.asker);
            view.map_or((0.0, 0.0), |v| (v.count(after), v.sum(after)))
        };
        let (all, sum) = seen(overall, None);
        let show = |mean: f64| {
            if self.target.unit.is_some() {
                self.target.show(mean)
            } else if (0.0..=1.0).contains(&mean) {
                percent(mean)
            } else {
                number(mean)
            }
        };
        let usual = if all > 0.0 {
            format!(" (usual {})", show(sum / all))
        } else {
            String::new()
        };
        if let Some((text, value)) = self.unknown_owner(level) {
            return (text, format!("{value}{usual}"));
        }
        let (n, positive) = seen(level, window.map(|w| self.asker.anchor - w));
        let rows = if n == 1.0 {
            self.row_noun()
        } else {
            noun::plural(&self.row_noun())
        };
        let text = format!("{}{}", self.named(&self.rate_name(), level), in_brackets(window));
        let value = if n > 0.0 && self.target.unit.is_some() {
            format!("{} over {} {rows}{usual}", show(positive / n), number(n))
        } else if n > 0.0 {
            format!("{} of {} {rows}{usual}", show(positive / n), number(n))
        } else {
            format!("no {rows} yet{usual}")
        };
        (text, value)
    }

    /// What the training examples say of a combination of categories.
    fn encoded(&self, paths: &[ColumnPath], x: f64) -> (String, String) {
        let owner = self.of_parts(&self.path_values(paths));
        let value = if self.target.unit.is_some() {
            self.target.show(x)
        } else {
            percent(x.clamp(0.0, 1.0))
        };
        let rows = noun::plural(&self.row_noun());
        let told = if x.is_nan() {
            UNKNOWN.to_owned()
        } else {
            format!("about {value} among the {rows} learnt from")
        };
        (format!("{}{owner}", self.rate_name()), told)
    }

    fn rate_name(&self) -> String {
        match (&self.target.unit, self.target.singular.as_str()) {
            (None, name) => format!("{name} rate"),
            (Some(_), name) if name.starts_with("mean ") => name.to_owned(),
            (Some(_), name) => format!("mean {name}"),
        }
    }

    // ---- open rows, two steps

    fn open(&self, begun: Lookup, ended: Lookup, x: f64) -> (String, String) {
        if let Some(unknown) = self.unknown_owner(begun) {
            return unknown;
        }
        let (many, of) = (self.event(self.spec(begun), true), self.of_owner(begun));
        let end = self
            .happened(self.spec(ended))
            .filter(|end| !CLOSING.contains(&end.as_str()));
        (
            end.map_or_else(|| format!("open {many}{of}"), |end| format!("{many} not {end} yet{of}")),
            number(x),
        )
    }

    fn through(&self, first: Lookup, window: Duration, then: usize, x: f64) -> (String, String) {
        if let Some(unknown) = self.unknown_owner(first) {
            return unknown;
        }
        let Some(spec) = self.relations.set().series.get(then) else {
            return (UNKNOWN.to_owned(), UNKNOWN.to_owned());
        };
        let table = spec.table(self.relations.entity());
        let (one, what) = (self.event(spec, false), owner(&spec.key, &self.database.schema, table));
        let nearest = nearest_through(self.database, self.relations, self.asker, first, window, then);
        match (
            nearest.and_then(|symbol| self.database.symbols.text(symbol)),
            what.first(),
        ) {
            (Some(name), Some(part)) if !x.is_nan() => {
                match noun::verb_of_table(&self.database.schema.table(table).name) {
                    Some(verb) => (format!("{} {name} {verb}", part.noun), ago(x)),
                    None => (format!("latest {one}, {} {name}", part.noun), ago(x)),
                }
            }
            _ => {
                let behind = self.event(self.spec(first), true);
                (
                    format!(
                        "no {one} behind {behind}{}{}",
                        self.of_events(first),
                        in_brackets(Some(window))
                    ),
                    NONE.to_owned(),
                )
            }
        }
    }

    // ---- owners

    fn owner_values(&self, lookup: Lookup) -> Vec<(Part, Option<&str>)> {
        self.path_values(&self.relations.set().keys[lookup.key])
    }

    fn path_values(&self, paths: &[ColumnPath]) -> Vec<(Part, Option<&str>)> {
        let (schema, entity) = (&self.database.schema, self.relations.entity());
        let text = |path: &ColumnPath| {
            self.database
                .symbols
                .text(path.symbol_as_of(self.database, entity, self.asker.row, self.asker.anchor))
        };
        owner(paths, schema, entity)
            .into_iter()
            .zip(said(paths, schema, entity))
            .map(|(part, path)| (part, text(path)))
            .collect()
    }

    /// Words for a lookup whose owner is not known.
    fn unknown_owner(&self, lookup: Lookup) -> Option<(String, String)> {
        let (part, _) = self.owner_values(lookup).into_iter().find(|(_, name)| name.is_none())?;
        Some((part.noun, UNKNOWN.to_owned()))
    }

    /// " of this account", ", category API error", or nothing for all rows.
    fn of_owner(&self, lookup: Lookup) -> String {
        self.of_parts(&self.owner_values(lookup))
    }

    fn of_parts(&self, values: &[(Part, Option<&str>)]) -> String {
        let linked: Vec<String> = values
            .iter()
            .filter(|(p, _)| p.linked)
            .map(|(p, _)| format!("this {}", p.noun))
            .collect();
        let plain: Vec<String> = values
            .iter()
            .filter(|(p, _)| !p.linked)
            .map(|(p, name)| format!(", {} {}", p.noun, name.unwrap_or(UNKNOWN)))
            .collect();
        let of = if linked.is_empty() {
            String::new()
        } else {
            format!(" of {}", linked.join(" and "))
        };
        format!("{of}{}", plain.concat())
    }

    /// As [`Self::of_owner`], left out where only one kind of row can be meant: filtered events of the one link they have.
    fn of_events(&self, lookup: Lookup) -> String {
        let (set, entity) = (self.relations.set(), self.relations.entity());
        let spec = self.spec(lookup);
        let parts: Owner = owner(&set.keys[lookup.key], &self.database.schema, entity);
        let plain =
            spec.filter.is_some() && spec.table(entity) != entity && parts.len() == 1 && parts.iter().all(|p| p.linked);
        let filter = spec.filter.as_ref().map(|f| (f.path.clone(), f.equals.clone()));
        let subject = Subject::Events {
            table: spec.table(entity),
            filter,
            owner: parts,
        };
        if plain && !self.shared.contains(&subject) {
            String::new()
        } else {
            self.of_owner(lookup)
        }
    }

    /// "user's prior escalations", "prior escalations, category API error".
    fn named(&self, what: &str, lookup: Lookup) -> String {
        match self.owner_values(lookup).as_slice() {
            [(part, _)] if part.linked => format!("{}'s {what}", part.noun),
            _ => format!("{what}{}", self.of_owner(lookup)),
        }
    }

    // ---- names of events and columns

    /// One row of a series, or several: "API 500 error", "product events", "tickets with status Closed".
    fn event(&self, spec: &SeriesSpec, several: bool) -> String {
        let schema = &self.database.schema;
        let table = spec.table(self.relations.entity());
        let name = &schema.table(table).name;
        let rows = if several {
            noun::rows_noun(name)
        } else {
            noun::row_noun(name)
        };
        let rows = match self.happened(spec) {
            Some(happened) if happened.contains(' ') => format!("{rows} {happened}"),
            Some(happened) => format!("{happened} {rows}"),
            None => rows,
        };
        let Some(filter) = &spec.filter else { return rows };
        let column = filter
            .path
            .schema(schema, table)
            .map_or_else(Vec::new, |c| noun::words(&c.name));
        let value = noun::value_words(&filter.equals);
        if !column.last().is_some_and(|w| NAMING.contains(&w.as_str())) {
            return format!("{rows} with {} {value}", noun::spell(&column));
        }
        let last = value.rsplit(' ').next().unwrap_or_default();
        if last.ends_with("ed") || last.ends_with("ing") {
            format!("{value} {}", rows.rsplit(' ').next().unwrap_or_default())
        } else if several {
            noun::plural(&value)
        } else {
            value
        }
    }

    /// "resolved": what happened to the rows at the series' clock.
    fn happened(&self, spec: &SeriesSpec) -> Option<String> {
        Some(clock_words(
            self.database,
            spec.table(self.relations.entity()),
            spec.clock?,
        ))
    }

    fn column_words(&self, spec: &SeriesSpec, path: &ColumnPath) -> (Unit, String) {
        let Some(column) = path.schema(&self.database.schema, spec.table(self.relations.entity())) else {
            return (Unit::None, UNKNOWN.to_owned());
        };
        let mut words = noun::words(&column.name);
        if column.is_symbolic() && words.len() > 1 && words.last().is_some_and(|w| w == "id") {
            words.pop();
        }
        let (unit, words) = Unit::of(&column.kind, words);
        (unit, noun::spell(&words))
    }
}

/// A value with the customary reading of its scale: "45 (critical)".
fn graded(what: &str, unit: &Unit, x: f64) -> String {
    if what.split(' ').any(|w| w == "health") && (0.0..=100.0).contains(&x) {
        format!("{} ({})", unit.show(x), health_band(x))
    } else {
        unit.show(x)
    }
}

/// "account health score" of an account is its "health score".
fn without_owner<'a>(what: &'a str, whose: &str) -> &'a str {
    what.strip_prefix(whose).map_or(what, str::trim_start)
}

fn clock_words(database: &Database, table: TableId, clock: ColumnId) -> String {
    let mut words = noun::words(&database.schema.column(table, clock).name);
    if words.len() > 1
        && words
            .last()
            .is_some_and(|w| ["at", "date", "time", "on"].contains(&w.as_str()))
    {
        words.pop();
    }
    noun::spell(&words)
}

/// The category among a key's recent events whose own latest event is nearest: which endpoint was deployed last.
pub(super) fn nearest_through(
    database: &Database,
    relations: &Relations,
    asker: Asker,
    first: Lookup,
    window: Duration,
    then: usize,
) -> Option<Symbol> {
    let next = relations.series().get(then)?;
    let view = relations.events(database, first, asker)?;
    let latest = |c: Symbol| {
        next.view((c, Symbol::NULL), asker.anchor, None)
            .and_then(|v| v.last())
            .map(|(at, _)| at)
    };
    let found = view
        .categories(asker.anchor - window)
        .into_iter()
        .filter_map(|c| Some((latest(c)?, c)));
    found
        .fold(None, |best: Option<(Timestamp, Symbol)>, this| {
            if best.is_none_or(|b| this.0 > b.0) {
                Some(this)
            } else {
                best
            }
        })
        .map(|(_, c)| c)
}

fn statistic(function: Function) -> &'static str {
    match function {
        Function::Count => "number",
        Function::Sum => "total",
        Function::Mean => "mean",
        Function::Min => "lowest",
        Function::Max => "highest",
        Function::Last | Function::SinceLast => "latest",
        Function::Change => "change",
        Function::Distinct => "variety",
    }
}

fn in_brackets(window: Option<Duration>) -> String {
    window.map_or_else(String::new, |w| format!(" ({})", window_name(w)))
}

/// " in 48 h", " so far"; set off by a comma when the words before end in a value.
fn in_words(before: &str, window: Option<Duration>) -> String {
    let comma = if before.contains(',') { "," } else { "" };
    window.map_or_else(
        || format!("{comma} so far"),
        |w| format!("{comma} in {}", window_name(w)),
    )
}

fn calendar(part: Calendar, x: f64) -> (String, String) {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let place = if x.is_finite() && x >= 0.0 {
        x as usize
    } else {
        usize::MAX
    };
    match part {
        Calendar::HourOfDay if place < 24 => ("hour of day (UTC)".to_owned(), format!("{place:02}:00")),
        Calendar::HourOfDay => ("hour of day (UTC)".to_owned(), UNKNOWN.to_owned()),
        Calendar::DayOfWeek => {
            let days = [
                "Monday",
                "Tuesday",
                "Wednesday",
                "Thursday",
                "Friday",
                "Saturday",
                "Sunday",
            ];
            let day = place
                .checked_sub(1)
                .and_then(|d| days.get(d))
                .copied()
                .unwrap_or(UNKNOWN);
            ("day of the week".to_owned(), day.to_owned())
        }
    }
}
