//! The question's own history: earlier answers of an owner, the rate among rows that share a value, and what the training
//! examples said of values together.

use super::{Arrow, Learnt, Phrasing, Said};
use crate::data::{Duration, Timestamp};
use crate::explain::number::{ago, number, percent};
use crate::explain::subject::Part;
use crate::explain::words::fill;
use crate::learn::loss::sigmoid;
use crate::relate::feature::{Function, Lookup};
use crate::relate::path::ColumnPath;
use crate::relate::series::{SeriesSpec, Source};

/// Training examples of one combination below which their mean says little.
const TOLD_FROM: u32 = 2;

impl Phrasing<'_> {
    pub(super) fn history(&self, lookup: Lookup, function: Function, window: Option<Duration>, x: f64) -> Said {
        let (words, target) = (self.words(), self.target);
        let (singular, plural, answers) = (&*target.singular, &*target.plural, self.answers(lookup));
        let name = self.entity_name();
        let (row, rows) = (words.row(name), words.table(name));
        let within = self.in_brackets(window);
        let named = |what: &str| self.named(what, lookup);
        let of_target = |template: &str| fill(template, &[("singular", singular), ("plural", plural)]);
        let of_rows = |template: &str| fill(template, &[("row", &row), ("rows", &rows)]);
        let (earlier, prior) = (of_rows(words.earlier), of_target(words.prior));
        let none = |what: &str| (format!("{}{within}", named(what)), words.none.to_owned());
        match (function, answers) {
            (Function::Count, true) if x == 0.0 => none(&earlier),
            (Function::Count, true) => (format!("{}{within}", named(&earlier)), number(x, words)),
            (Function::Count | Function::Sum, _) if x == 0.0 => none(&prior),
            (Function::Count | Function::Sum, _) => (
                format!("{}{within}", named(&prior)),
                format!("{}{}", number(x, words), self.freshness(lookup)),
            ),
            _ if x.is_nan() => none(if answers { &earlier } else { &prior }),
            (Function::SinceLast, true) => (named(&of_rows(words.latest_row)), ago(x, words)),
            (Function::SinceLast, false) => (named(&of_target(words.latest_yes)), ago(x, words)),
            (Function::Last, _) if target.unit.is_some() => (
                named(&of_rows(words.latest_row)),
                fill(words.last_value, &[("singular", singular), ("value", &target.show(x))]),
            ),
            (_, _) if target.unit.is_some() => {
                let places = [("statistic", self.statistic(function)), ("singular", singular)];
                let what = fill(words.statistic_of, &places);
                (format!("{}{within}", named(&what)), target.show(x))
            }
            (Function::Last, true) => {
                let outcome = if x > 0.5 { words.with } else { words.without };
                (named(&of_rows(words.latest_row)), of_target(outcome))
            }
            _ => (format!("{}{within}", named(&of_target(words.rate))), percent(x, words)),
        }
    }

    pub(super) fn rate(&self, level: Lookup, overall: Lookup, window: Option<Duration>, arrow: Option<Arrow>) -> Said {
        let words = self.words();
        let seen = |lookup, after: Option<Timestamp>| {
            let view = self.relations.events(self.database, lookup, self.asker);
            view.map_or((0.0, 0.0), |v| (v.count(after), v.sum(after)))
        };
        let (all, sum) = seen(overall, None);
        let (n, positive) = seen(level, window.map(|w| self.asker.anchor - w));
        let usual = if all > 0.0 && !self.rate_speaks_against(arrow, positive / n, sum / all) {
            fill(words.usual_after, &[("usual", &self.mean(sum / all))])
        } else {
            String::new()
        };
        if let Some((text, value)) = self.unknown_owner(level) {
            return (text, format!("{value}{usual}"));
        }
        let rows = words.counted(self.entity_name(), n);
        let text = format!("{}{}", self.named(&self.rate_name(), level), self.in_brackets(window));
        let value = if n > 0.0 {
            let told = self.mean(positive / n);
            let places = [
                ("share", &*told),
                ("value", &*told),
                ("n", &*number(n, words)),
                ("rows", &*rows),
            ];
            let template = if self.target.unit.is_some() {
                words.over_rows
            } else {
                words.of_rows
            };
            fill(template, &places)
        } else {
            fill(words.no_rows_yet, &[("rows", &rows)])
        };
        (text, format!("{value}{usual}"))
    }

    /// "Escalation rate, category Performance: 13 % of 669 tickets (usual 11 %)", or the value alone where the answers of
    /// its rows are not among what is known.
    pub(super) fn value_so_far(&self, lookup: Lookup, arrow: Arrow) -> Option<Said> {
        let set = self.relations.set();
        let level = set.keys[lookup.key].cells().and_then(|key| self.answers_by(key));
        if let (Some(series), Some(overall), None) = (level, self.all_answers(), &self.target.unit) {
            let level = Lookup {
                series,
                key: lookup.key,
            };
            let before = self.left_out.replace(false);
            let said = self.rate(level, overall, None, Some(arrow));
            // A rate that says the opposite is no reason; the value itself still is.
            if !self.left_out.replace(before) {
                return Some(said);
            }
        }
        if self.spec(lookup).table(self.relations.entity()) == self.relations.entity() && self.target.unit.is_some() {
            return None;
        }
        Some(self.named_values(&self.owner_values(lookup)))
    }

    /// "Category and priority", "Performance, P2".
    pub(super) fn named_values(&self, values: &[(Part, Option<&str>)]) -> Said {
        let words = self.words();
        let nouns: Vec<String> = values.iter().map(|(part, _)| words.name(&part.noun)).collect();
        let names: Vec<&str> = values.iter().map(|(_, name)| name.unwrap_or(words.not_known)).collect();
        (nouns.join(words.and), names.join(", "))
    }

    /// The series of settled answers by a key of the asker.
    fn answers_by(&self, key: &[ColumnPath]) -> Option<usize> {
        let of = |spec: &SeriesSpec| spec.source == Source::Labels && spec.key == key && spec.filter.is_none();
        self.relations.set().series.iter().position(of)
    }

    /// All settled answers.
    fn all_answers(&self) -> Option<Lookup> {
        Some(Lookup {
            series: self.answers_by(&[])?,
            key: self
                .relations
                .set()
                .keys
                .iter()
                .position(|key| key.cells() == Some(&[]))?,
        })
    }

    /// "Escalation rate of all tickets (30 d): 14 % of 4,710 tickets (usual 11 %)", where lately more, or fewer, were answered
    /// yes than ever, as the weight says; else how many rows there are tells nothing that a person would say better.
    pub(super) fn all_lately(&self, arrow: Arrow) -> Option<Said> {
        let overall = self.all_answers().filter(|_| self.target.unit.is_none())?;
        let window = self.relations.set().longest_window();
        let view = self.relations.events(self.database, overall, self.asker)?;
        let after = Some(self.asker.anchor - window);
        let (lately, ever) = (view.sum(after) / view.count(after), view.sum(None) / view.count(None));
        if lately.is_nan() || (lately > ever) != arrow.up {
            return None;
        }
        let (_, value) = self.rate(overall, overall, Some(window), None);
        let words = self.words();
        let rows = words.table(self.entity_name());
        let places = [
            ("rate", &*self.rate_name()),
            ("rows", &*rows),
            ("within", &*self.in_brackets(Some(window))),
        ];
        Some((fill(words.rate_of_all, &places), value))
    }

    /// What the training examples said of values together: "Product X with team Y", "escalation in 63 % of the 41 such
    /// tickets learnt from".
    pub(super) fn encoded(&self, paths: &[ColumnPath], learnt: Option<Learnt>, arrow: Option<Arrow>) -> Said {
        let words = self.words();
        let values: Vec<String> = self
            .path_values(paths)
            .iter()
            .map(|(part, name)| {
                let noun = words.name(&part.noun);
                fill(
                    words.set_to,
                    &[("text", &noun), ("value", name.unwrap_or(words.not_known))],
                )
            })
            .collect();
        // Of one row that the asker links to, its rate; of values, what they were together.
        let own = match self.path_values(paths).as_slice() {
            [(part, Some(_))] if part.linked => Some(words.name(&part.noun)),
            _ => None,
        };
        let text = match (&own, values.as_slice()) {
            (Some(noun), _) => fill(words.named, &[("noun", noun), ("what", &self.rate_name())]),
            (None, [first, second]) => fill(words.values_together, &[("first", first), ("second", second)]),
            (None, others) => others.join(", "),
        };
        let rows = words.table(self.entity_name());
        let Some(Learnt { count, mean }) = learnt.filter(|l| l.count >= TOLD_FROM && l.mean.is_finite()) else {
            return (text, fill(words.learnt_little, &[("rows", &rows)]));
        };
        let usual = self.usual_mean();
        if own.is_none() && usual.is_some_and(|usual| self.rate_speaks_against(arrow, mean, usual)) {
            return self.named_values(&self.path_values(paths));
        }
        let told = self.mean(mean);
        let n = number(f64::from(count), words);
        let template = match (&self.target.unit, own) {
            (_, Some(_)) => words.learnt_of_one,
            (None, None) => words.learnt,
            (Some(_), None) => words.learnt_number,
        };
        let places = [
            ("share", &*told),
            ("value", &*told),
            ("n", &*n),
            ("rows", &*rows),
            ("singular", &*self.target.singular),
        ];
        (text, fill(template, &places))
    }

    /// The mean of all answers so far.
    fn usual_mean(&self) -> Option<f64> {
        let view = self.relations.events(self.database, self.all_answers()?, self.asker)?;
        Some(view.sum(None) / view.count(None)).filter(|mean| mean.is_finite())
    }

    /// What rows alike turned out to be; `x` is their log-odds, or their mean number.
    pub(super) fn alike(&self, x: f64, arrow: Option<Arrow>) -> Said {
        let words = self.words();
        let text = fill(words.alike, &[("rows", &words.counted(self.entity_name(), 2.0))]);
        if x.is_nan() {
            return (text, words.not_known.to_owned());
        }
        let (sentence, mean) = match self.target.unit {
            None => (words.alike_share, sigmoid(x)),
            Some(_) => (words.alike_number, x),
        };
        let places = [("mean", &*self.mean(mean)), ("singular", &*self.target.singular)];
        let mut value = fill(sentence, &places);
        if let Some(usual) = self
            .usual_mean()
            .filter(|&usual| !self.rate_speaks_against(arrow, mean, usual))
        {
            value += &fill(words.usual_after, &[("usual", &self.mean(usual))]);
        }
        (text, value)
    }

    /// A mean of answers: a share, or a number in its unit.
    fn mean(&self, mean: f64) -> String {
        if self.target.unit.is_some() {
            self.target.show(mean)
        } else if (0.0..=1.0).contains(&mean) {
            percent(mean, self.words())
        } else {
            number(mean, self.words())
        }
    }

    fn rate_name(&self) -> String {
        let (words, target) = (self.words(), self.target);
        let places = [("singular", &*target.singular), ("plural", &*target.plural)];
        match &target.unit {
            None => fill(words.rate, &places),
            Some(_) if target.singular.starts_with(words.mean) => target.singular.clone(),
            Some(_) => fill(words.mean_of, &places),
        }
    }
}
