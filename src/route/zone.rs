//! How far a person's clock is ahead of UTC at any moment: by a fixed offset, or by the name of a zone whose clocks change.
//! Names are looked up once, where the tables are read; what is kept is the moments at which the clocks change, so that a
//! page needs no database of time zones.

use serde::{Deserialize, Serialize};

use super::hours::zone;
use crate::data::{Duration, Timestamp};

/// Minutes ahead of UTC.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Zone {
    /// Before the first change.
    first: i32,
    /// From when on (minutes since 1970) it is otherwise, in order.
    changes: Vec<(i64, i32)>,
}

/// Changes of clocks are kept from so long before the moment of reading to so long after it; later the last one holds.
#[cfg(feature = "native")]
const BEFORE: Duration = Duration::days(2 * 366);
#[cfg(feature = "native")]
const AFTER: Duration = Duration::days(10 * 366);

impl Zone {
    /// One whose clocks never change.
    pub(super) fn fixed(ahead: i32) -> Self {
        Self {
            first: ahead,
            changes: Vec::new(),
        }
    }

    /// `UTC+1`, `-05:30`, `Europe/Berlin`, as it is around a moment; `None` for anything else.
    pub(super) fn read(text: &str, around: Timestamp) -> Option<Self> {
        zone(text).map(Self::fixed).or_else(|| Self::named(text.trim(), around))
    }

    /// How many minutes ahead of UTC clocks are at a moment.
    pub(super) fn ahead(&self, now: Timestamp) -> i32 {
        let minute = now.0.div_euclid(Duration::MINUTE.0);
        let past = self.changes.partition_point(|(from, _)| *from <= minute);
        past.checked_sub(1)
            .and_then(|last| self.changes.get(last))
            .map_or(self.first, |(_, ahead)| *ahead)
    }

    #[cfg(feature = "native")]
    fn named(name: &str, around: Timestamp) -> Option<Self> {
        let zone = jiff::tz::TimeZone::get(name).ok()?;
        let moment = |at: Timestamp| jiff::Timestamp::from_millisecond(at.0).ok();
        let (from, until) = (moment(around - BEFORE)?, moment(around + AFTER)?);
        let minutes = |offset: jiff::tz::Offset| offset.seconds() / 60;
        let changes = zone.following(from).take_while(|change| change.timestamp() < until);
        Some(Self {
            first: minutes(zone.to_offset(from)),
            changes: changes
                .map(|change| (change.timestamp().as_second() / 60, minutes(change.offset())))
                .collect(),
        })
    }

    #[cfg(not(feature = "native"))]
    fn named(_: &str, _: Timestamp) -> Option<Self> {
        None
    }
}

/// Whether a word is written as names of zones are: `Europe/Berlin`, `America/Argentina/Salta`.
pub(super) fn is_written_as_name(word: &str) -> bool {
    let parts: Vec<&str> = word.split('/').collect();
    let is_part = |part: &&str| {
        part.starts_with(|c: char| c.is_ascii_alphabetic())
            && part.chars().all(|c| c.is_ascii_alphanumeric() || "_+-".contains(c))
    };
    parts.len() > 1 && parts.iter().all(is_part)
}

/// The name of a zone that is written nearly alike.
#[cfg(feature = "native")]
pub(super) fn nearest_name(word: &str) -> Option<String> {
    let near = |name: &str| {
        let last = name.rsplit('/').next().unwrap_or(name);
        let word = word.trim().to_lowercase();
        strsim::jaro_winkler(&word, &name.to_lowercase()).max(strsim::jaro_winkler(&word, &last.to_lowercase()))
    };
    jiff::tz::db()
        .available()
        .map(|name| (near(name.as_str()), name.as_str().to_owned()))
        .filter(|(alike, _)| *alike > 0.85)
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(&a.1)))
        .map(|(_, name)| name)
}

#[cfg(not(feature = "native"))]
pub(super) fn nearest_name(_: &str) -> Option<String> {
    None
}

#[cfg(all(test, feature = "native"))]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn a_named_zone_is_ahead_by_what_its_clocks_show() {
        let berlin = Zone::read("Europe/Berlin", at("2025-03-01")).unwrap();
        for (moment, ahead) in [
            ("2025-03-30T00:59:59Z", 60),
            ("2025-03-30T01:00:00Z", 120),
            ("2025-10-26T00:59:59Z", 120),
            ("2025-10-26T01:00:00Z", 60),
            ("2024-07-01T00:00:00Z", 120),
            ("2034-07-01T00:00:00Z", 120),
        ] {
            assert_eq!(berlin.ahead(at(moment)), ahead, "{moment}");
        }
        let kolkata = Zone::read("asia/kolkata", at("2025-03-01")).unwrap();
        assert_eq!((kolkata.ahead(at("2025-07-01")), kolkata.changes.len()), (330, 0));
        assert_eq!(Zone::read("UTC-05:30", at("2025-03-01")), Some(Zone::fixed(-330)));
        assert_eq!(Zone::read("Europe/Berln", at("2025-03-01")), None);
    }

    #[test]
    fn a_misspelt_name_is_recognised() {
        assert!(is_written_as_name("Europe/Berln") && !is_written_as_name("9/17") && !is_written_as_name("flexible"));
        assert_eq!(nearest_name("Europe/Berln").as_deref(), Some("Europe/Berlin"));
        assert_eq!(nearest_name("Berlin").as_deref(), Some("Europe/Berlin"));
        assert_eq!(nearest_name("whenever"), None);
    }
}
