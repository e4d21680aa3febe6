//! One cell's text as a value: which texts stand for nothing, a number, an amount of money, true or false, and
//! what was expected where a text is none of these. The same functions read files and live rows.

use serde::Serialize;

use super::date::{self, DayOrder};
use super::schema::ColumnType;
use super::symbol::Symbols;
use super::table::Cell;

/// A cell whose text is not of its column's type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("\"{text}\" is not {expected}")]
pub struct BadCell {
    /// The text as found, at most 60 characters of it.
    pub text: String,
    /// What would have been read, such as "a number".
    pub expected: String,
}

/// Reads one cell's text as its column's type. Missing-value texts (see [`is_null`]) are [`Cell::Null`].
///
/// Numbers may have thousands commas, a percent sign (`12%` is 0.12) or a unit of time (`12.5s`, `300ms`, `2h`: in
/// seconds). Dates whose day and month cannot be told apart, such as `03/04/2025`, are not guessed.
///
/// # Errors
/// [`BadCell`] when the text is not of that type, an ordered category has no such value, or money is in another currency.
pub fn cell<'a>(kind: &ColumnType, text: &'a str, symbols: &mut Symbols) -> Result<Cell<'a>, BadCell> {
    cell_in(kind, DayOrder::Unknown, text, symbols)
}

/// [`cell`], for a column whose `03/04/2025` is known to put the day or the month first.
pub(crate) fn cell_in<'a>(
    kind: &ColumnType,
    days: DayOrder,
    text: &'a str,
    symbols: &mut Symbols,
) -> Result<Cell<'a>, BadCell> {
    let text = text.trim();
    if is_null(text) {
        return Ok(Cell::Null);
    }
    let read = match kind {
        ColumnType::Id | ColumnType::Category => Some(Cell::Symbol(symbols.intern(text))),
        ColumnType::Text => Some(Cell::Text(text)),
        ColumnType::Number => measure(text).map(Cell::Number),
        ColumnType::Money { currency } => amount_in(text, currency).map(Cell::Number),
        ColumnType::Boolean => boolean(text).map(|b| Cell::Number(f64::from(u8::from(b)))),
        ColumnType::Timestamp => date::timestamp(text)
            .or_else(|| date::written_date(text)?.moment(days))
            .map(Cell::Time),
        ColumnType::Ordered { order } => order
            .iter()
            .find(|value| value.eq_ignore_ascii_case(text))
            .map(|value| Cell::Symbol(symbols.intern(value))),
    };
    read.ok_or_else(|| BadCell {
        text: shortened(text),
        expected: expected(kind),
    })
}

/// True for texts that stand for a missing value: empty, `NULL`, `NaN`, `N/A`, in any letter case.
#[must_use]
pub fn is_null(text: &str) -> bool {
    match text.len() {
        0 => true,
        3 => text.eq_ignore_ascii_case("nan") || text.eq_ignore_ascii_case("n/a"),
        4 => text.eq_ignore_ascii_case("null"),
        _ => false,
    }
}

/// `text`, or its first 60 characters and an ellipsis.
pub(crate) fn shortened(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// What a cell of this type looks like, for messages.
fn expected(kind: &ColumnType) -> String {
    match kind {
        ColumnType::Id => "an identifier".to_owned(),
        ColumnType::Number => "a number".to_owned(),
        ColumnType::Money { currency } if currency.is_empty() => "an amount of money".to_owned(),
        ColumnType::Money { currency } => format!("an amount of money in {currency}"),
        ColumnType::Category => "a category".to_owned(),
        ColumnType::Ordered { order } => format!("one of {}", order.join(", ")),
        ColumnType::Boolean => "true or false".to_owned(),
        ColumnType::Timestamp => "a date or time such as 2025-03-02T09:42:00Z".to_owned(),
        ColumnType::Text => "text".to_owned(),
    }
}

/// True, false, yes, no, t, f, y, n, 1, 0.
pub(crate) fn boolean(text: &str) -> Option<bool> {
    match text {
        "1" => Some(true),
        "0" => Some(false),
        _ => boolean_word(text),
    }
}

/// [`boolean`] without the digits.
pub(crate) fn boolean_word(text: &str) -> Option<bool> {
    const TRUE: [&str; 4] = ["true", "yes", "t", "y"];
    const FALSE: [&str; 4] = ["false", "no", "f", "n"];
    if text.len() > 5 {
        return None;
    }
    let among = |words: [&str; 4]| words.iter().any(|w| w.eq_ignore_ascii_case(text));
    if among(TRUE) {
        Some(true)
    } else if among(FALSE) {
        Some(false)
    } else {
        None
    }
}

/// A finite decimal number; commas only between groups of three digits.
pub(crate) fn number(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let bytes = unsigned.as_bytes();
    let (first, last) = (bytes.first()?, bytes.last()?);
    if !(first.is_ascii_digit() || *first == b'.') || !(last.is_ascii_digit() || *last == b'.') {
        return None;
    }
    let value = if bytes.contains(&b',') {
        without_thousands(unsigned)?.parse::<f64>().ok()?
    } else {
        unsigned.parse::<f64>().ok()?
    };
    let value = if text.starts_with('-') { -value } else { value };
    value.is_finite().then_some(value)
}

/// `1,234,567.8` as `1234567.8`; `None` when the commas do not part groups of three.
fn without_thousands(text: &str) -> Option<String> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut groups = whole.split(',');
    let head = groups.next()?;
    let digits = |group: &str| group.bytes().all(|b| b.is_ascii_digit());
    let grouped = !head.is_empty() && head.len() <= 3 && digits(head) && groups.all(|g| g.len() == 3 && digits(g));
    (grouped && digits(fraction)).then(|| format!("{}.{fraction}", whole.replace(',', "")))
}

/// A number, a percentage as its fraction, or a span of time in seconds.
pub(crate) fn measure(text: &str) -> Option<f64> {
    number(text).or_else(|| percentage(text)).or_else(|| span_seconds(text))
}

/// `12%` as 0.12.
pub(crate) fn percentage(text: &str) -> Option<f64> {
    number(text.strip_suffix('%')?.trim_end()).map(|x| x / 100.0)
}

/// `12.5s`, `300 ms`, `2h` in seconds.
pub(crate) fn span_seconds(text: &str) -> Option<f64> {
    let split = text.find(|c: char| c.is_ascii_alphabetic())?;
    let (value, unit) = text.split_at_checked(split)?;
    let seconds = match unit {
        "ms" => 1e-3,
        "s" | "sec" | "secs" | "seconds" => 1.0,
        "m" | "min" | "mins" | "minutes" => 60.0,
        "h" | "hr" | "hrs" | "hours" => 3_600.0,
        "d" | "days" => 86_400.0,
        _ => return None,
    };
    number(value.trim_end()).map(|x| x * seconds)
}

/// An amount of money and the sign or code it stood with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Amount<'a> {
    pub(crate) value: f64,
    pub(crate) currency: &'a str,
}

const SIGNS: [(&str, &str); 5] = [("$", "USD"), ("€", "EUR"), ("£", "GBP"), ("¥", "JPY"), ("₹", "INR")];
const CODES: [&str; 16] = [
    "USD", "EUR", "GBP", "JPY", "INR", "CHF", "SEK", "NOK", "DKK", "CAD", "AUD", "NZD", "SGD", "PLN", "BRL", "CNY",
];

/// `$240,000`, `€1.2M`, `USD 12`, `12 EUR`, `-$5`, `($5)`, `$240K`.
pub(crate) fn amount(text: &str) -> Option<Amount<'_>> {
    let (text, bracketed) = match text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
        Some(inner) => (inner.trim(), true),
        None => (text, false),
    };
    let (text, minus) = match text.strip_prefix('-') {
        Some(rest) => (rest.trim_start(), true),
        None => (text, false),
    };
    let (currency, figure) = split_currency(text)?;
    let value = figure_of(figure)?;
    Some(Amount {
        value: if bracketed || minus { -value } else { value },
        currency,
    })
}

/// The currency at either end of `text`, and the rest.
fn split_currency(text: &str) -> Option<(&str, &str)> {
    let marks = || SIGNS.iter().map(|(sign, _)| *sign).chain(CODES);
    let (first, last) = (text.as_bytes().first()?, text.as_bytes().last()?);
    // Most texts begin and end like no mark: one byte tells.
    let before = marks()
        .filter(|mark| mark.as_bytes().first() == Some(first))
        .find_map(|mark| {
            let rest = text.strip_prefix(mark)?;
            Some((text.get(..mark.len())?, rest))
        });
    let found = before.or_else(|| {
        marks()
            .filter(|mark| mark.as_bytes().last() == Some(last))
            .find_map(|mark| {
                let rest = text.strip_suffix(mark)?;
                Some((text.get(rest.len()..)?, rest))
            })
    });
    found.map(|(currency, figure)| (currency, figure.trim()))
}

/// A number with an optional `K`, `M` or `B`.
fn figure_of(text: &str) -> Option<f64> {
    let lower = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match text.get(lower.len()..)?.to_ascii_lowercase().as_str() {
        "" => 1.0,
        "k" => 1e3,
        "m" | "mn" | "mm" => 1e6,
        "b" | "bn" => 1e9,
        _ => return None,
    };
    number(lower.trim_end()).map(|x| x * factor)
}

/// An amount in `currency` (any, when empty), or a bare number.
fn amount_in(text: &str, currency: &str) -> Option<f64> {
    match amount(text) {
        Some(found) => (currency.is_empty() || same_currency(found.currency, currency)).then_some(found.value),
        None => figure_of(text),
    }
}

/// True when both name one currency, `$` and `USD` alike.
pub(crate) fn same_currency(a: &str, b: &str) -> bool {
    fn code(mark: &str) -> &str {
        SIGNS
            .iter()
            .find(|(sign, _)| *sign == mark)
            .map_or(mark, |(_, code)| *code)
    }
    code(a) == code(b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Timestamp;

    fn read(kind: &ColumnType, text: &'static str) -> Result<Cell<'static>, BadCell> {
        cell(kind, text, &mut Symbols::default())
    }

    #[test]
    fn money_is_read_in_its_currencys_unit() {
        let dollars = ColumnType::Money { currency: "$".into() };
        for (text, value) in [
            ("$240,000", 240_000.0),
            ("$240K", 240_000.0),
            ("USD 12", 12.0),
            ("12.50 USD", 12.5),
            ("-$5", -5.0),
            ("($5)", -5.0),
            ("$1.2M", 1_200_000.0),
            ("36000", 36_000.0),
        ] {
            assert_eq!(read(&dollars, text), Ok(Cell::Number(value)), "{text}");
        }
        let other = read(&dollars, "€1.2M").unwrap_err();
        assert_eq!(other.to_string(), "\"€1.2M\" is not an amount of money in $");
    }

    #[test]
    fn numbers_have_commas_percent_signs_and_units_of_time() {
        for (text, value) in [
            ("1,234,567.8", 1_234_567.8),
            ("-3", -3.0),
            (".5", 0.5),
            ("12%", 0.12),
            ("12.5s", 12.5),
            ("300 ms", 0.3),
            ("1e3", 1000.0),
        ] {
            assert_eq!(read(&ColumnType::Number, text), Ok(Cell::Number(value)), "{text}");
        }
        for text in [
            "1,23",
            "12,3456",
            "inf",
            "1e999",
            "0x10",
            "--3",
            "1.2.3",
            "12 apples",
            ",",
            "-",
        ] {
            assert!(read(&ColumnType::Number, text).is_err(), "{text}");
        }
    }

    #[test]
    fn missing_values_are_null_in_every_type() {
        for text in ["", "  ", "NULL", "null", "NaN", "N/A"] {
            assert_eq!(read(&ColumnType::Number, text), Ok(Cell::Null));
            assert_eq!(read(&ColumnType::Text, text), Ok(Cell::Null));
        }
    }

    #[test]
    fn an_ordered_value_is_found_in_any_letter_case_and_nothing_else_is() {
        let kind = ColumnType::Ordered {
            order: vec!["P1".into(), "P2".into()],
        };
        let mut symbols = Symbols::default();
        let first = cell(&kind, "P1", &mut symbols);
        assert_eq!(cell(&kind, "p1", &mut symbols), first);
        assert_eq!(cell(&kind, "P9", &mut symbols).unwrap_err().expected, "one of P1, P2");
    }

    #[test]
    fn a_date_is_read_only_when_day_and_month_are_certain() {
        assert_eq!(
            read(&ColumnType::Timestamp, "25/03/2025"),
            Ok(Cell::Time(Timestamp::parse("2025-03-25").unwrap()))
        );
        assert_eq!(
            read(&ColumnType::Timestamp, "03/25/2025"),
            Ok(Cell::Time(Timestamp::parse("2025-03-25").unwrap()))
        );
        assert!(read(&ColumnType::Timestamp, "03/04/2025").is_err());
    }
}
