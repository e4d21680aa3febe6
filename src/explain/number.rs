//! Numbers as people say them: "7", "18 %", "$240K", "3 days". Exact values stay in the contributions.

use serde::{Deserialize, Serialize};

use super::words::{Spans, Words, fill};
use crate::data::ColumnType;

/// A number: whole ones with thousands separated, others with three significant digits.
pub(crate) fn number(x: f64, words: &Words) -> String {
    if !x.is_finite() {
        return words.not_known.to_owned();
    }
    let size = x.abs();
    let digits = if x.fract() == 0.0 || size >= 100.0 {
        0
    } else if size >= 10.0 {
        1
    } else if size >= 0.1 {
        2
    } else {
        3
    };
    let mut text = format!("{size:.digits$}");
    if text.contains('.') {
        text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
    }
    let sign = if x < 0.0 && text != "0" { "−" } else { "" };
    format!("{sign}{}", separated(&text, words))
}

/// `12345.6` → `12,345.6`.
fn separated(text: &str, words: &Words) -> String {
    let (whole, rest) = text
        .split_once('.')
        .map_or((text, None), |(whole, rest)| (whole, Some(rest)));
    let mut grouped = String::new();
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            grouped.push(words.thousands);
        }
        grouped.push(digit);
    }
    rest.map_or_else(|| grouped.clone(), |rest| format!("{grouped}{}{rest}", words.decimal))
}

/// A share of 1: "18 %"; below one percent with a decimal.
pub(crate) fn percent(share: f64, words: &Words) -> String {
    let percent = share * 100.0;
    if percent > 0.0 && percent < 0.95 {
        format!("{} %", format!("{percent:.1}").replace('.', &words.decimal.to_string()))
    } else {
        format!("{percent:.0} %")
    }
}

/// An amount: "$240K", "$1.5M", "$900"; a currency in letters stands apart: "EUR 36K".
pub(crate) fn money(amount: f64, currency: &str, words: &Words) -> String {
    if !amount.is_finite() {
        return number(amount, words);
    }
    let size = amount.abs();
    let (scaled, template) = match size {
        s if s >= 999_500_000.0 => (s / 1e9, words.money_billions),
        s if s >= 999_500.0 => (s / 1e6, words.money_millions),
        s if s >= 1e3 => (s / 1e3, words.money_thousands),
        s => (s, words.money),
    };
    let scaled = if scaled >= 100.0 || size < 1e3 && scaled.fract() == 0.0 {
        scaled.round()
    } else {
        (scaled * 10.0).round() / 10.0
    };
    let gap = if currency.chars().last().is_some_and(char::is_alphabetic) {
        " "
    } else {
        ""
    };
    let sign = if amount < 0.0 { "−" } else { "" };
    let n = number(scaled, words);
    fill(
        template,
        &[("sign", sign), ("currency", currency), ("gap", gap), ("n", &n)],
    )
}

/// A span given in hours: "25 min", "2.8 h", "36 h", "3 days", "2.5 years".
pub(crate) fn span(hours: f64, words: &Words) -> String {
    told(hours, &words.span, words)
}

fn told(hours: f64, spans: &Spans, words: &Words) -> String {
    if !hours.is_finite() {
        return number(hours, words);
    }
    let size = hours.abs();
    let sign = if hours < 0.0 { "−" } else { "" };
    let (n, [one, many]) = if size == 0.0 {
        (0.0, spans.hours)
    } else if size < 1.0 {
        ((size * 60.0).round().max(1.0), spans.minutes)
    } else if size < 10.0 {
        ((size * 10.0).round() / 10.0, spans.hours)
    } else if size < 47.5 {
        (size.round(), spans.hours)
    } else if size < 730.0 * 24.0 {
        ((size / 24.0).round(), spans.days)
    } else {
        ((size / (365.25 * 24.0) * 10.0).round() / 10.0, spans.years)
    };
    let template = if n == 1.0 { one } else { many };
    format!("{sign}{}", fill(template, &[("n", &number(n, words))]))
}

/// How long ago: "3 days ago"; "just now" inside a minute; ahead: "in 3 days".
pub(crate) fn ago(hours: f64, words: &Words) -> String {
    if hours.abs() < 1.0 / 60.0 {
        words.just_now.to_owned()
    } else if hours < 0.0 {
        fill(words.ahead, &[("span", &span_away(-hours, words))])
    } else {
        fill(words.ago, &[("span", &span_away(hours, words))])
    }
}

/// A span as it stands after "ago" or "at most".
pub(crate) fn span_away(hours: f64, words: &Words) -> String {
    told(hours, &words.span_away, words)
}

/// The unit that a column's name or type states.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Unit {
    None,
    Money(String),
    Minutes,
    Hours,
    Days,
    Seconds,
    Milliseconds,
    Percent,
    YesNo,
}

impl Unit {
    /// The unit of a column, and the words of its name that are left when the unit's word is taken off:
    /// `tenure_days` → days, "tenure"; `resolution_hours` → hours, "resolution time".
    pub(super) fn of(kind: &ColumnType, mut words: Vec<String>) -> (Self, Vec<String>) {
        match kind {
            ColumnType::Money { currency } => return (Self::Money(currency.clone()), words),
            ColumnType::Boolean => {
                if words.len() > 1 && ["is", "has", "was"].contains(&words[0].as_str()) {
                    words.remove(0);
                }
                return (Self::YesNo, words);
            }
            _ => {}
        }
        let unit = match words.last().map(String::as_str) {
            _ if words.len() < 2 => Self::None,
            Some("hours" | "hrs" | "hour") => Self::Hours,
            Some("days" | "day") => Self::Days,
            Some("minutes" | "mins") => Self::Minutes,
            Some("seconds" | "secs") => Self::Seconds,
            Some("ms" | "millis" | "milliseconds") => Self::Milliseconds,
            Some("pct" | "percent") => Self::Percent,
            _ => Self::None,
        };
        if unit != Self::None {
            words.pop();
        }
        let is_time = matches!(unit, Self::Hours | Self::Minutes | Self::Seconds | Self::Milliseconds);
        if is_time
            && words
                .last()
                .is_some_and(|w| !["time", "age", "latency", "duration", "delay"].contains(&w.as_str()))
        {
            words.push("time".to_owned());
        }
        (unit, words)
    }

    /// The unit's name, or the currency's sign; `None` when the tables tell none.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::None | Self::YesNo => None,
            Self::Money(currency) => Some(currency),
            Self::Minutes => Some("minutes"),
            Self::Hours => Some("hours"),
            Self::Days => Some("days"),
            Self::Seconds => Some("seconds"),
            Self::Milliseconds => Some("milliseconds"),
            Self::Percent => Some("%"),
        }
    }

    /// A value in this unit.
    pub(super) fn show(&self, x: f64, words: &Words) -> String {
        let n = number(x, words);
        if !x.is_finite() {
            return n;
        }
        match self {
            Self::None => n,
            Self::Money(currency) => money(x, currency, words),
            Self::Minutes => span(x / 60.0, words),
            Self::Hours => span(x, words),
            Self::Days => {
                let [one, many] = words.span.days;
                fill(if x == 1.0 { one } else { many }, &[("n", &n)])
            }
            Self::Seconds => format!("{n} s"),
            Self::Milliseconds => format!("{n} ms"),
            Self::Percent => format!("{n} %"),
            Self::YesNo => if x > 0.5 { words.yes } else { words.no }.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::words::Language;

    #[test]
    fn numbers_read_as_people_say_them() {
        let words = Language::English.words();
        assert_eq!(number(7.0, words), "7");
        assert_eq!(number(12_345.0, words), "12,345");
        assert_eq!(number(0.4, words), "0.4");
        assert_eq!(number(-3.456, words), "−3.46");
        assert_eq!(number(f64::NAN, words), "not known");
        assert_eq!(percent(0.914, words), "91 %");
        assert_eq!(percent(0.004, words), "0.4 %");
        assert_eq!(money(240_000.0, "$", words), "$240K");
        assert_eq!(money(1_500.0, "$", words), "$1.5K");
        assert_eq!(money(999_900.0, "$", words), "$1M");
        assert_eq!(money(3_600_000.0, "EUR", words), "EUR 3.6M");
        assert_eq!(span(72.0, words), "3 days");
        assert_eq!(span(2.8, words), "2.8 h");
        assert_eq!(ago(0.4, words), "24 min ago");
        assert_eq!(ago(0.0, words), "just now");
    }

    #[test]
    fn numbers_read_in_german_as_they_are_said_there() {
        let words = Language::German.words();
        assert_eq!(number(12_345.0, words), "12.345");
        assert_eq!(number(-3.456, words), "−3,46");
        assert_eq!(percent(0.004, words), "0,4 %");
        assert_eq!(money(240_000.0, "$", words), "240 Tsd. $");
        assert_eq!(money(3_600_000.0, "EUR", words), "3,6 Mio. EUR");
        assert_eq!(span(72.0, words), "3 Tage");
        assert_eq!(ago(72.0, words), "vor 3 Tagen");
        assert_eq!(ago(24.0 * 365.25 * 2.5, words), "vor 2,5 Jahren");
    }

    #[test]
    fn a_unit_in_a_name_becomes_the_values_unit() {
        let words = |name: &str| name.split('_').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(
            Unit::of(&ColumnType::Number, words("tenure_days")),
            (Unit::Days, words("tenure"))
        );
        assert_eq!(
            Unit::of(&ColumnType::Number, words("resolution_hours")),
            (Unit::Hours, words("resolution_time"))
        );
        assert_eq!(
            Unit::of(&ColumnType::Number, words("days")),
            (Unit::None, words("days"))
        );
        assert_eq!(
            Unit::of(&ColumnType::Boolean, words("is_vip")),
            (Unit::YesNo, words("vip"))
        );
        assert_eq!(Unit::Days.show(450.0, Language::English.words()), "450 days");
        assert_eq!(Unit::Days.show(1.0, Language::German.words()), "1 Tag");
    }
}
