//! Moments and spans. A [`Timestamp`] counts milliseconds since 1970-01-01T00:00:00Z; naive times are read as UTC.

use std::fmt;
use std::ops::{Add, Sub};

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// Milliseconds since the Unix epoch, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Timestamp(pub i64);

/// A span in milliseconds; may be negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Duration(pub i64);

impl Timestamp {
    /// Before every other moment: "no lower bound".
    pub const MIN: Self = Self(i64::MIN);
    /// After every other moment.
    pub const MAX: Self = Self(i64::MAX);

    /// Reads RFC 3339 (`2025-03-02T09:42:00Z`, with any offset), `2025-03-02 09:42:00[.fff]` or `2025-03-02`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() < 8 || !text.as_bytes()[0].is_ascii_digit() {
            return None;
        }
        if let Ok(instant) = text.parse::<jiff::Timestamp>() {
            return Some(Self(instant.as_millisecond()));
        }
        if let Ok(moment) = text.parse::<DateTime>() {
            return Self::from_civil(moment);
        }
        text.parse::<Date>()
            .ok()
            .and_then(|date| Self::from_civil(date.at(0, 0, 0, 0)))
    }

    /// The moment at which a UTC wall clock shows `moment`.
    #[must_use]
    pub fn from_civil(moment: DateTime) -> Option<Self> {
        let zoned = moment.to_zoned(TimeZone::UTC).ok()?;
        Some(Self(zoned.timestamp().as_millisecond()))
    }

    /// The beginning of a year; `None` of a number that is none.
    #[must_use]
    pub fn of_year(year: f64) -> Option<Self> {
        #[allow(clippy::cast_possible_truncation)]
        let whole = year as i16;
        let begun = jiff::civil::Date::new(whole, 1, 1).ok()?;
        Self::from_civil(begun.at(0, 0, 0, 0)).filter(|_| f64::from(whole) == year)
    }

    /// What a UTC wall clock shows at this moment; `None` outside the years −9999 to 9999.
    #[must_use]
    pub fn civil(self) -> Option<DateTime> {
        let instant = jiff::Timestamp::from_millisecond(self.0).ok()?;
        Some(instant.to_zoned(TimeZone::UTC).datetime())
    }

    /// The moment `months` calendar months later; the day is clipped to the month's last.
    #[must_use]
    pub fn add_months(self, months: i64) -> Option<Self> {
        let moved = self
            .civil()?
            .checked_add(jiff::Span::new().try_months(months).ok()?)
            .ok()?;
        Self::from_civil(moved)
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC, whole seconds when there are no milliseconds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(instant) => write!(f, "{instant}"),
            Err(_) => write!(f, "{} ms", self.0),
        }
    }
}

impl Duration {
    /// One second.
    pub const SECOND: Self = Self(1_000);
    /// One minute.
    pub const MINUTE: Self = Self(60_000);
    /// One hour.
    pub const HOUR: Self = Self(3_600_000);
    /// One day of 24 hours.
    pub const DAY: Self = Self(86_400_000);

    /// `n` hours.
    #[must_use]
    pub const fn hours(n: i64) -> Self {
        Self(n * Self::HOUR.0)
    }

    /// `n` days of 24 hours.
    #[must_use]
    pub const fn days(n: i64) -> Self {
        Self(n * Self::DAY.0)
    }

    /// The span in hours.
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub fn as_hours(self) -> f64 {
        self.0 as f64 / Self::HOUR.0 as f64
    }
}

impl Add<Duration> for Timestamp {
    type Output = Self;
    fn add(self, span: Duration) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;
    fn sub(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(span.0))
    }
}

impl Sub for Timestamp {
    type Output = Duration;
    fn sub(self, earlier: Self) -> Duration {
        Duration(self.0.saturating_sub(earlier.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_begins_on_its_first_of_january() {
        assert_eq!(Timestamp::of_year(1984.0), Timestamp::parse("1984-01-01"));
        for none in [1984.5, 40_000.0, f64::NAN, f64::INFINITY] {
            assert_eq!(Timestamp::of_year(none), None, "{none}");
        }
    }

    #[test]
    fn dates_and_offsets_are_read_as_utc() {
        assert_eq!(Timestamp::parse("1970-01-02"), Some(Timestamp(86_400_000)));
        assert_eq!(Timestamp::parse("1970-01-01 00:00:01.5"), Some(Timestamp(1_500)));
        assert_eq!(Timestamp::parse("1970-01-01T02:00:00+02:00"), Some(Timestamp(0)));
        assert_eq!(Timestamp::parse("P1"), None);
        assert_eq!(Timestamp::parse("2025-13-01"), None);
    }

    #[test]
    fn months_clip_to_the_last_day() {
        let january = Timestamp::parse("2025-01-31").unwrap();
        assert_eq!(january.add_months(1), Timestamp::parse("2025-02-28"));
        assert_eq!(january.to_string(), "2025-01-31T00:00:00Z");
    }
}
