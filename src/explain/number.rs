//! Numbers as people say them: "7", "18 %", "$240K", "3 days". Exact values stay in the contributions.

use serde::{Deserialize, Serialize};

use crate::data::ColumnType;

/// A number: whole ones with thousands separated, others with three significant digits.
pub(crate) fn number(x: f64) -> String {
    if !x.is_finite() {
        return "not known".to_owned();
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
    format!("{sign}{}", separated(&text))
}

/// `12345.6` → `12,345.6`.
fn separated(text: &str) -> String {
    let (whole, rest) = text
        .split_once('.')
        .map_or((text, None), |(whole, rest)| (whole, Some(rest)));
    let mut grouped = String::new();
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    rest.map_or_else(|| grouped.clone(), |rest| format!("{grouped}.{rest}"))
}

/// A share of 1: "18 %"; below one percent with a decimal.
pub(crate) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent > 0.0 && percent < 0.95 {
        format!("{percent:.1} %")
    } else {
        format!("{percent:.0} %")
    }
}

/// An amount: "$240K", "$1.5M", "$900"; a currency in letters stands apart: "EUR 36K".
pub(crate) fn money(amount: f64, currency: &str) -> String {
    if !amount.is_finite() {
        return number(amount);
    }
    let size = amount.abs();
    let (scaled, unit) = match size {
        s if s >= 999_500_000.0 => (s / 1e9, "B"),
        s if s >= 999_500.0 => (s / 1e6, "M"),
        s if s >= 1e3 => (s / 1e3, "K"),
        s => (s, ""),
    };
    let scaled = if scaled >= 100.0 || unit.is_empty() && scaled.fract() == 0.0 {
        scaled.round()
    } else {
        (scaled * 10.0).round() / 10.0
    };
    let apart = if currency.chars().last().is_some_and(char::is_alphabetic) {
        " "
    } else {
        ""
    };
    let sign = if amount < 0.0 { "−" } else { "" };
    format!("{sign}{currency}{apart}{}{unit}", number(scaled))
}

/// A span given in hours: "25 min", "2.8 h", "36 h", "3 days", "2.5 years".
pub(crate) fn span(hours: f64) -> String {
    if !hours.is_finite() {
        return number(hours);
    }
    let size = hours.abs();
    let sign = if hours < 0.0 { "−" } else { "" };
    let counted = |n: f64, one: &str, many: &str| format!("{sign}{} {}", number(n), if n == 1.0 { one } else { many });
    if size == 0.0 {
        "0 h".to_owned()
    } else if size < 1.0 {
        counted((size * 60.0).round().max(1.0), "min", "min")
    } else if size < 10.0 {
        counted((size * 10.0).round() / 10.0, "h", "h")
    } else if size < 47.5 {
        counted(size.round(), "h", "h")
    } else if size < 730.0 * 24.0 {
        counted((size / 24.0).round(), "day", "days")
    } else {
        counted((size / (365.25 * 24.0) * 10.0).round() / 10.0, "year", "years")
    }
}

/// How long ago: "3 days ago"; "just now" inside a minute; ahead: "in 3 days".
pub(crate) fn ago(hours: f64) -> String {
    if hours.abs() < 1.0 / 60.0 {
        "just now".to_owned()
    } else if hours < 0.0 {
        format!("in {}", span(-hours))
    } else {
        format!("{} ago", span(hours))
    }
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
    pub(super) fn show(&self, x: f64) -> String {
        if !x.is_finite() {
            return number(x);
        }
        match self {
            Self::None => number(x),
            Self::Money(currency) => money(x, currency),
            Self::Minutes => span(x / 60.0),
            Self::Hours => span(x),
            Self::Days => format!("{} {}", number(x), if x == 1.0 { "day" } else { "days" }),
            Self::Seconds => format!("{} s", number(x)),
            Self::Milliseconds => format!("{} ms", number(x)),
            Self::Percent => format!("{} %", number(x)),
            Self::YesNo => if x > 0.5 { "yes" } else { "no" }.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_say_them() {
        assert_eq!(number(7.0), "7");
        assert_eq!(number(12_345.0), "12,345");
        assert_eq!(number(0.4), "0.4");
        assert_eq!(number(-3.456), "−3.46");
        assert_eq!(number(f64::NAN), "not known");
        assert_eq!(percent(0.914), "91 %");
        assert_eq!(percent(0.004), "0.4 %");
        assert_eq!(money(240_000.0, "$"), "$240K");
        assert_eq!(money(1_500.0, "$"), "$1.5K");
        assert_eq!(money(999_900.0, "$"), "$1M");
        assert_eq!(money(3_600_000.0, "EUR"), "EUR 3.6M");
        assert_eq!(span(72.0), "3 days");
        assert_eq!(span(2.8), "2.8 h");
        assert_eq!(ago(0.4), "24 min ago");
        assert_eq!(ago(0.0), "just now");
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
        assert_eq!(Unit::Days.show(450.0), "450 days");
    }
}
