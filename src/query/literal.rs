//! What constants mean: escapes in quoted text, dates in the orders people write them, numbers.

use jiff::civil::{Date, DateTime, Time};

use super::ast::Literal;
use super::task::Constant;
use crate::data::Timestamp;

/// The meaning of a constant; the error says what is wrong with it.
///
/// # Errors
/// For an unknown escape, a date that is none, a number out of range.
pub fn meaning(literal: &Literal) -> Result<Constant, String> {
    Ok(match literal {
        Literal::Null => Constant::Null,
        Literal::Boolean(text) => Constant::Boolean(text.eq_ignore_ascii_case("true")),
        Literal::Integer(text) | Literal::Decimal(text) => {
            Constant::Number(text.parse::<f64>().map_err(|_| format!("`{text}` is not a number"))?)
        }
        Literal::Text(quoted) => Constant::Text(unquote(quoted)?),
        Literal::Moment(text) => {
            Constant::Time(moment(text).ok_or_else(|| format!("`{text}` is not a date that exists"))?)
        }
        Literal::List(values) => Constant::List(values.iter().map(|v| meaning(&v.literal)).collect::<Result<_, _>>()?),
    })
}

/// The text between the quotes with its escapes resolved.
///
/// # Errors
/// For an escape that is not one of `\\ \" \' \/ \b \f \n \r \t \uXXXX`.
pub fn unquote(quoted: &str) -> Result<String, String> {
    let inner = quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default();
    let mut text = String::with_capacity(inner.len());
    let mut units: Vec<u16> = Vec::new();
    let mut rest = inner.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            flush(&mut units, &mut text);
            text.push(c);
            continue;
        }
        let escape = rest.next().ok_or("the text ends in a lone backslash; write two")?;
        if escape == 'u' {
            let digits: String = rest.by_ref().take(4).collect();
            let complete = digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_hexdigit());
            let unit = u16::from_str_radix(&digits, 16).ok().filter(|_| complete);
            units.push(unit.ok_or_else(|| format!("`\\u{digits}` is not four hexadecimal digits"))?);
            continue;
        }
        flush(&mut units, &mut text);
        text.push(match escape {
            '\\' | '"' | '\'' | '/' => escape,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            other => return Err(format!("`\\{other}` is not an escape")),
        });
    }
    flush(&mut units, &mut text);
    Ok(text)
}

fn flush(units: &mut Vec<u16>, text: &mut String) {
    text.push_str(&String::from_utf16_lossy(units));
    units.clear();
}

/// A date, with or without a time of day. The year is the part with four digits or a number no month or day can be; with
/// the year last, the month comes first unless only the day can (`31/12/2024`).
#[must_use]
pub fn moment(text: &str) -> Option<Timestamp> {
    let mut parts = text.split_whitespace();
    let (date, time) = (parts.next()?, parts.next());
    if date.contains('T') {
        return Timestamp::parse(date);
    }
    let numbers = date.split(['-', '/', '.']).collect::<Vec<_>>();
    let &[first, second, third] = numbers.as_slice() else {
        return None;
    };
    let date = civil_date(first, second, third)?;
    let time = match time {
        Some(time) => clock(time)?,
        None => Time::midnight(),
    };
    Timestamp::from_civil(DateTime::from_parts(date, time))
}

fn civil_date(first: &str, second: &str, third: &str) -> Option<Date> {
    let (a, b, c) = (
        first.parse::<i16>().ok()?,
        second.parse::<i8>().ok()?,
        third.parse::<i16>().ok()?,
    );
    // A day or a month has two digits at most, so one part alone can be a long year.
    if second.len() > 2 || (first.len() > 2 && third.len() > 2) {
        return None;
    }
    let small = |n: i16| i8::try_from(n).ok();
    if first.len() >= 3 || a > 31 {
        return Date::new(full_year(a, first), b, small(c)?).ok();
    }
    let year = full_year(c, third);
    let month_first = Date::new(year, small(a)?, b);
    month_first.or_else(|_| Date::new(year, b, small(a).unwrap_or(0))).ok()
}

/// Two digits mean 1969 to 2068.
fn full_year(year: i16, digits: &str) -> i16 {
    match (digits.len(), year) {
        (1 | 2, 69..) => year + 1900,
        (1 | 2, _) => year + 2000,
        _ => year,
    }
}

fn clock(text: &str) -> Option<Time> {
    let mut parts = text.split(':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next().unwrap_or("0"));
    Time::new(hour.parse().ok()?, minute.parse().ok()?, second.parse().ok()?, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Option<String> {
        moment(text).map(|t| t.to_string())
    }

    #[test]
    fn dates_are_read_in_the_orders_people_write_them() {
        assert_eq!(day("2024-1-3").as_deref(), Some("2024-01-03T00:00:00Z"));
        assert_eq!(day("01-31-2024 10:20:30").as_deref(), Some("2024-01-31T10:20:30Z"));
        assert_eq!(day("31/12/2024").as_deref(), Some("2024-12-31T00:00:00Z"));
        assert_eq!(day("13.02.2024").as_deref(), Some("2024-02-13T00:00:00Z"));
        assert_eq!(day("2024-13-01"), None);
        assert_eq!(day("2024-02-30"), None);
        assert_eq!(day("2024-001-01"), None);
        assert_eq!(day("2024-01-2024"), None);
        assert_eq!(day("2024-01-31 25:61:61"), None);
        assert_eq!(day("0-0-0"), None);
    }

    #[test]
    fn escapes_are_resolved_and_unknown_ones_refused() {
        assert_eq!(unquote(r"'it\'s'").as_deref(), Ok("it's"));
        assert_eq!(unquote(r#""\u00e9\ud83d\ude00""#).as_deref(), Ok("é😀"));
        assert!(unquote(r"'bad\x41'").is_err());
        assert!(unquote(r"'\u12'").is_err());
        assert!(unquote(r"'a\'").is_err());
    }
}
