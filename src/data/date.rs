//! Dates and times as people and programs write them. ISO forms always mean one moment; `03/04/2025` means one only
//! when something else in its column shows whether the day or the month comes first.

use jiff::civil::DateTime;

use super::time::Timestamp;

/// Which of the first two parts of `03/04/2025` is the day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum DayOrder {
    /// Not known: only dates with a part over 12 are read.
    #[default]
    Unknown,
    /// `day/month/year`.
    DayFirst,
    /// `month/day/year`.
    MonthFirst,
}

/// A date with slashes, dots or dashes and the year last, or one with the month's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WrittenDate {
    first: i8,
    second: i8,
    year: i16,
    clock: (i8, i8, i8),
    order: DayOrder,
}

impl WrittenDate {
    /// What this date alone shows of its column's order.
    pub(crate) fn order(self) -> DayOrder {
        match self.order {
            DayOrder::Unknown if self.first > 12 => DayOrder::DayFirst,
            DayOrder::Unknown if self.second > 12 => DayOrder::MonthFirst,
            known => known,
        }
    }

    /// The moment, in UTC, in a column of that order; `None` when it has no such day or the order is not known.
    pub(crate) fn moment(self, column: DayOrder) -> Option<Timestamp> {
        let order = if self.order() == DayOrder::Unknown {
            column
        } else {
            self.order()
        };
        let (day, month) = match order {
            DayOrder::DayFirst => (self.first, self.second),
            DayOrder::MonthFirst => (self.second, self.first),
            DayOrder::Unknown if self.first == self.second => (self.first, self.second),
            DayOrder::Unknown => return None,
        };
        let (hour, minute, second) = self.clock;
        Timestamp::from_civil(DateTime::new(self.year, month, day, hour, minute, second, 0).ok()?)
    }
}

/// An ISO date or time: `2025-03-02`, `2025/03/02`, `2025-03-02T09:42:00.5Z`, with an offset, with a blank for the `T`.
pub(crate) fn timestamp(text: &str) -> Option<Timestamp> {
    let bytes = text.as_bytes();
    let separator = *bytes.get(4)?;
    if !bytes[0].is_ascii_digit() || !(separator == b'-' || separator == b'/') {
        return None;
    }
    if let Some(plain) = plain_iso(bytes) {
        return Some(plain);
    }
    Timestamp::parse(text).or_else(|| Timestamp::parse(text.strip_suffix(" UTC")?))
}

/// The common layout, by position: this is most cells of most event tables, so it is read without a general parser.
fn plain_iso(bytes: &[u8]) -> Option<Timestamp> {
    let two = |at: usize| -> Option<i64> {
        let pair = bytes.get(at..at + 2)?;
        pair.iter()
            .all(u8::is_ascii_digit)
            .then(|| i64::from(pair[0] - b'0') * 10 + i64::from(pair[1] - b'0'))
    };
    let (year, month, day) = (two(0)? * 100 + two(2)?, two(5)?, two(8)?);
    if bytes[7] != bytes[4] || !(1..=12).contains(&month) || day < 1 || day > days_in(year, month) {
        return None;
    }
    let midnight = days_from_epoch(year, month, day) * 86_400_000;
    let rest = bytes.get(10..)?;
    if rest.is_empty() {
        return Some(Timestamp(midnight));
    }
    if !matches!(rest[0], b'T' | b' ') || bytes.get(13) != Some(&b':') {
        return None;
    }
    let (hour, minute) = (two(11)?, two(14)?);
    let (second, mut at) = if bytes.get(16) == Some(&b':') {
        (two(17)?, 19)
    } else {
        (0, 16)
    };
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let mut millis = 0;
    if bytes.get(at) == Some(&b'.') {
        let digits = bytes[at + 1..].iter().take_while(|b| b.is_ascii_digit()).count();
        let mut scale = 100;
        for digit in bytes[at + 1..at + 1 + digits].iter().take(3) {
            millis += i64::from(digit - b'0') * scale;
            scale /= 10;
        }
        at += 1 + digits;
    }
    let ended = at == bytes.len() || (bytes[at] == b'Z' && at + 1 == bytes.len());
    ended.then(|| Timestamp(midnight + ((hour * 60 + minute) * 60 + second) * 1_000 + millis))
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar (Hinnant, "chrono-compatible low-level date algorithms").
fn days_from_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// `3/25/2025`, `25.03.2025 14:05`, `03/25/2025 2:05 PM`, `2 Mar 2025`, `March 2, 2025`.
pub(crate) fn written_date(text: &str) -> Option<WrittenDate> {
    let text = text.trim();
    let bytes = text.as_bytes();
    if bytes.len() < 8 || bytes.len() > 40 || !bytes.iter().any(u8::is_ascii_digit) {
        return None;
    }
    let date_end = date_end(text)?;
    let (date, clock) = text.split_at_checked(date_end)?;
    let clock = clock_of(clock.trim_start_matches([' ', ',', 'T']))?;
    let mut parts = date.split([' ', ',', '/', '.', '-']).filter(|p| !p.is_empty());
    let (first, second, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    let year = year.parse().ok()?;
    let small = |part: &str| {
        part.parse::<i8>()
            .ok()
            .filter(|n| (1..=31).contains(n) && part.len() <= 2)
    };
    let (first, second, order) = match (small(first), small(second)) {
        (Some(a), Some(b)) if a <= 12 || b <= 12 => (
            a,
            b,
            if date.contains('.') {
                DayOrder::DayFirst
            } else {
                DayOrder::Unknown
            },
        ),
        (Some(day), None) => (day, month_named(second)?, DayOrder::DayFirst),
        (None, Some(day)) => (month_named(first)?, day, DayOrder::MonthFirst),
        _ => return None,
    };
    Some(WrittenDate {
        first,
        second,
        year,
        clock,
        order,
    })
}

/// Where the four-digit year ends.
fn date_end(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    (4..=bytes.len()).find(|&end| {
        bytes[end - 4..end].iter().all(u8::is_ascii_digit)
            && bytes.get(end).is_none_or(|b| matches!(b, b' ' | b',' | b'T'))
    })
}

/// The number of an English month's name or its first three letters.
fn month_named(text: &str) -> Option<i8> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let lower = text.to_ascii_lowercase();
    if lower.len() < 3 {
        return None;
    }
    let index = MONTHS
        .iter()
        .position(|m| *m == lower || m.get(..3) == Some(lower.as_str()))?;
    i8::try_from(index + 1).ok()
}

/// Hour, minute, second of `14:05`, `2:05:09 PM` or nothing.
fn clock_of(text: &str) -> Option<(i8, i8, i8)> {
    if text.is_empty() {
        return Some((0, 0, 0));
    }
    let upper = text.to_ascii_uppercase();
    let (digits, half) = match (upper.strip_suffix("AM"), upper.strip_suffix("PM")) {
        (Some(rest), _) => (rest.trim_end(), Some(0)),
        (_, Some(rest)) => (rest.trim_end(), Some(12)),
        _ => (upper.as_str(), None),
    };
    let mut parts = digits
        .split(':')
        .map(|p| p.parse::<i8>().ok().filter(|n| (0..60).contains(n)));
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = parts.next().unwrap_or(Some(0))?;
    let hour = match half {
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(noon) => hour % 12 + noon,
        None => hour,
    };
    (hour < 24 && parts.next().is_none()).then_some((hour, minute, second))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_quick_way_agrees_with_the_general_parser(ms in -62_000_000_000_000_i64..253_000_000_000_000) {
            let text = Timestamp(ms).to_string();
            prop_assert_eq!(plain_iso(text.as_bytes()), Timestamp::parse(&text));
        }

        #[test]
        fn no_text_is_too_strange(text in "\\PC{0,40}") {
            let _ = timestamp(&text);
            let _ = written_date(&text);
        }
    }

    #[test]
    fn every_spelling_of_a_moment_is_that_moment() {
        let moment = Timestamp::parse("2025-03-02T14:05:00Z");
        for text in [
            "2025-03-02T14:05:00Z",
            "2025-03-02 14:05",
            "2025/03/02 14:05:00",
            "2025-03-02T16:05:00+02:00",
            "2025-03-02 14:05:00 UTC",
        ] {
            assert_eq!(timestamp(text), moment, "{text}");
        }
        for text in [
            "2 Mar 2025 14:05",
            "March 2, 2025 2:05 PM",
            "02.03.2025 14:05",
            "02-Mar-2025 14:05:00",
        ] {
            assert_eq!(
                written_date(text).and_then(|d| d.moment(DayOrder::Unknown)),
                moment,
                "{text}"
            );
        }
        for text in [
            "2025-02-30",
            "2025-13-01",
            "2025-03-02T25:00",
            "1-364285768",
            "P1",
            "2025",
        ] {
            assert_eq!(timestamp(text), None, "{text}");
        }
        assert_eq!(
            written_date("2/3/2025").and_then(|d| d.moment(DayOrder::MonthFirst)),
            Timestamp::parse("2025-02-03")
        );
    }
}
