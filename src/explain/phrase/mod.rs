//! How a reason is worded: one file for each kind of thing that a feature can be about. Names and values come from the
//! schema and the rows, sentences from [`super::words`]; nothing here knows what the tables are about.

mod column;
mod events;
mod history;
mod measure;
mod name;
mod otherwise;
mod owner;
mod quoted;
mod through;

pub(super) use name::names_what_happened;
pub(super) use through::nearest_through;

use std::cell::Cell;

use quoted::quoted;

use super::noun::{Target, sentence};
use super::reason::Lean;
use super::subject::Subject;
use super::words::{Words, fill};
use crate::data::{Database, Duration};
use crate::relate::feature::{Calendar, Feature, Function, Lookup};
use crate::relate::series::{Measure, SeriesSpec, Source};
use crate::relate::{Asker, Relations};

/// A reason's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Phrase {
    pub text: String,
    pub value: String,
}

/// Text and value, before the text becomes a sentence.
type Said = (String, String);

/// Which way a reason points, and the place of the feature that words it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrow {
    pub place: usize,
    pub up: bool,
}

/// What training examples say of a combination of values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Learnt {
    /// Training examples that have it.
    pub count: u32,
    /// Their mean label.
    pub mean: f64,
}

/// Words features as they stand for one asker.
pub(super) struct Phrasing<'a> {
    pub database: &'a Database,
    pub relations: &'a Relations,
    pub asker: Asker,
    pub target: &'a Target,
    /// Event subjects that several kinds of rows own ("of this account", "of this user"), so that the owner has to be said.
    pub shared: &'a [Subject],
    /// What was learnt of the asker's values, for the features that are encoded categories; in the order of the features.
    pub learnt: &'a [Option<Learnt>],
    /// Words of the asker's text that move the text score most, each with what it adds.
    pub tokens: &'a [(String, f32)],
    /// What the score would be otherwise; without it comparisons of quantities are taken to speak for their reason.
    pub lean: Option<Lean<'a>>,
    /// Set when a comparison that speaks against its reason's arrow was left out.
    pub left_out: Cell<bool>,
}

impl Phrasing<'_> {
    /// Whether a value speaks against its arrow where `other` stands beside it as what is usual: with the usual value the score
    /// would lie further on the arrow's side. Such a comparison is left out by whoever asks.
    fn speaks_against(&self, arrow: Option<Arrow>, other: f64) -> bool {
        self.leave_out(self.gained(arrow, other).is_some_and(|gained| gained < 0.0))
    }

    /// As [`Phrasing::speaks_against`], or the score is the same with either: the comparison says nothing.
    fn speaks_not_for(&self, arrow: Option<Arrow>, other: f64) -> bool {
        self.speaks_against(arrow, other) || self.gained(arrow, other) == Some(0.0)
    }

    /// How much further the score lies on the arrow's side than it would with another value.
    fn gained(&self, arrow: Option<Arrow>, other: f64) -> Option<f64> {
        let (arrow, lean) = arrow.zip(self.lean)?;
        #[allow(clippy::cast_possible_truncation)]
        let gained = lean.from(arrow.place, other as f32);
        Some(if arrow.up { gained } else { -gained })
    }

    /// Whether a rate of the answers themselves lies on the other side of the usual one than its arrow says.
    fn rate_speaks_against(&self, arrow: Option<Arrow>, rate: f64, usual: f64) -> bool {
        let against = |arrow: Arrow| if arrow.up { rate < usual } else { rate > usual };
        self.leave_out(arrow.is_some_and(against))
    }

    fn leave_out(&self, against: bool) -> bool {
        self.left_out.set(self.left_out.get() || against);
        against
    }

    fn words(&self) -> &'static Words {
        self.target.language.words()
    }

    /// The words of the feature at a place of the set; `x` is its value, NaN when not known; the arrow tells whether it speaks
    /// for the label.
    pub(super) fn phrase(&self, feature: &Feature, x: f64, arrow: Arrow) -> Phrase {
        let pointing = Some(arrow);
        let (text, value) = match feature {
            Feature::Column { path, reading } => self.column(path, *reading, x, pointing),
            Feature::Aggregate {
                lookup,
                function,
                window,
            } => self.aggregate(*lookup, *function, *window, x, pointing),
            Feature::Share { part, whole, window } => self.share(*part, *whole, *window, x),
            Feature::Ratio { part, whole, window } => self.ratio(*part, *whole, *window, x),
            Feature::Rate {
                level, overall, window, ..
            } => self.rate(*level, *overall, *window, pointing),
            Feature::Encoded { paths } => {
                self.encoded(paths, self.learnt.get(arrow.place).copied().flatten(), pointing)
            }
            Feature::Alike { .. } => self.alike(x, pointing),
            // Nothing goes with the asker's value; the value itself is what there is to say.
            Feature::Matched { by, .. } => match self.path_values(std::slice::from_ref(by)).as_slice() {
                [(part, name)] => (
                    self.words().name(&part.noun),
                    name.unwrap_or(self.words().not_known).to_owned(),
                ),
                _ => (self.words().not_known.to_owned(), String::new()),
            },
            Feature::Open { begun, ended } => self.open(*begun, *ended, x),
            Feature::Through { first, window, then } => self.through(*first, *window, *then, x),
            Feature::Calendar(part) => self.calendar(*part, x),
            Feature::Text { .. } => {
                let row = self.words().row(self.entity_name());
                let value = self.said(arrow.up).unwrap_or_else(|| self.reads(arrow.up));
                (fill(self.words().text, &[("row", &row)]), value)
            }
        };
        Phrase {
            text: sentence(&text),
            value,
        }
    }

    /// A group's words by its leading feature; where another reading of the same thing is what people would say, that one.
    pub(super) fn of_group(&self, subject: &Subject, feature: &Feature, x: f64, arrow: Arrow) -> Phrase {
        let lookup = feature.lookups().first().copied();
        let said = match (subject, feature, lookup) {
            // Of a value its rate, not how many rows there were lately.
            (
                Subject::Value { owner },
                Feature::Aggregate {
                    function: Function::Count | Function::SinceLast | Function::Distinct,
                    ..
                }
                | Feature::Share { .. }
                | Feature::Open { .. },
                Some(lookup),
            ) if !owner.is_empty() => self.value_so_far(lookup, arrow),
            // Of everything how things have gone lately, where that is what its weight says.
            (
                Subject::Value { .. },
                Feature::Aggregate {
                    function: Function::Count | Function::SinceLast,
                    ..
                }
                | Feature::Open { .. },
                Some(_),
            ) => self.all_lately(arrow),
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
            None => self.phrase(feature, x, arrow),
        }
    }

    fn calendar(&self, part: Calendar, x: f64) -> Said {
        let words = self.words();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let place = if x.is_finite() && x >= 0.0 {
            x as usize
        } else {
            usize::MAX
        };
        match part {
            Calendar::HourOfDay if place < 24 => (words.hour_of_day.to_owned(), format!("{place:02}:00")),
            Calendar::HourOfDay => (words.hour_of_day.to_owned(), words.not_known.to_owned()),
            Calendar::DayOfWeek => {
                let day = place.checked_sub(1).and_then(|d| words.weekdays.get(d)).copied();
                (words.day_of_week.to_owned(), day.unwrap_or(words.not_known).to_owned())
            }
            Calendar::MonthOfYear => {
                let month = place.checked_sub(1).and_then(|m| words.months.get(m)).copied();
                (words.month.to_owned(), month.unwrap_or(words.not_known).to_owned())
            }
        }
    }

    /// The words that speak for an arrow.
    fn said(&self, up: bool) -> Option<String> {
        let said = quoted(self.tokens, up);
        let quotes = said.iter().map(|word| fill(self.words().quoted, &[("word", word)]));
        (!said.is_empty()).then(|| quotes.collect::<Vec<_>>().join(", "))
    }

    fn reads(&self, up: bool) -> String {
        let (words, target) = (self.words(), self.target);
        let rows = words.table(self.entity_name());
        let template = match (&target.unit, up) {
            (None, true) => words.reads_like,
            (None, false) => words.reads_unlike,
            (Some(_), true) => words.reads_higher,
            (Some(_), false) => words.reads_lower,
        };
        fill(
            template,
            &[("plural", &target.plural), ("rows", &rows), ("what", &target.singular)],
        )
    }

    fn entity_name(&self) -> &str {
        &self.database.schema.table(self.relations.entity()).name
    }

    fn spec(&self, lookup: Lookup) -> &SeriesSpec {
        &self.relations.set().series[lookup.series]
    }

    /// Whether a series holds answers, no and yes, rather than the yeses alone.
    fn answers(&self, lookup: Lookup) -> bool {
        let spec = self.spec(lookup);
        spec.source == Source::Labels || matches!(spec.measure, Measure::Number(_))
    }

    fn statistic(&self, function: Function) -> &'static str {
        let words = self.words();
        match function {
            Function::Count => words.number,
            Function::Sum => words.total,
            Function::Mean => words.mean,
            Function::Min => words.lowest,
            Function::Max => words.highest,
            Function::Last | Function::SinceLast => words.last,
            Function::Change => words.change,
            Function::Distinct => words.variety,
        }
    }

    /// " (48 h)"; nothing without a window.
    fn in_brackets(&self, window: Option<Duration>) -> String {
        window.map_or_else(String::new, |window| {
            let (n, days) = window_length(window);
            let words = self.words();
            let template = if days { words.window_days } else { words.window_hours };
            fill(template, &[("n", &n)])
        })
    }

    /// " in 48 h", " so far"; set off by a comma when the words before end in a value.
    fn in_words(&self, before: &str, window: Option<Duration>) -> String {
        let words = self.words();
        let comma = if !words.owner_leads && before.contains(',') {
            ","
        } else {
            ""
        };
        let when = window.map_or_else(
            || words.so_far.to_owned(),
            |window| {
                let (n, days) = window_length(window);
                fill(if days { words.in_days } else { words.in_hours }, &[("n", &n)])
            },
        );
        format!("{comma}{when}")
    }
}

/// Its number, and whether that is of days: as features are named.
fn window_length(window: Duration) -> (String, bool) {
    let days = window.0 % Duration::DAY.0 == 0 && window.0 > 2 * Duration::DAY.0;
    let n = if days {
        (window.0 / Duration::DAY.0).to_string()
    } else {
        window.as_hours().to_string()
    };
    (n, days)
}
