//! Hours of work, time zones and times away as people write them.

use serde::{Deserialize, Serialize};

use super::zone::{Zone, is_written_as_name};
use crate::data::{Duration, Timestamp};

/// Hours of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Shift {
    /// A bit for each day, Monday's the lowest.
    pub days: u8,
    /// Minutes of the day; a shift that ends before it begins ends on the next day.
    pub from: u16,
    pub to: u16,
}

pub(super) const DAY: u16 = 24 * 60;
pub(super) const ALL_DAYS: u8 = 0b111_1111;
/// Days by the first two letters of their English and German names.
const DAYS: [[&str; 2]; 7] = [
    ["mo", "mo"],
    ["tu", "di"],
    ["we", "mi"],
    ["th", "do"],
    ["fr", "fr"],
    ["sa", "sa"],
    ["su", "so"],
];

/// The shifts, and the zone that they are in where that is said.
pub(super) type Hours = (Vec<Shift>, Option<Zone>);

/// `Mon-Fri 09:00-17:30 Europe/Berlin; Sat 10-14`. `None` unless all of it is understood.
///
/// # Errors
/// The name of a zone that there is none of, where everything before it is understood.
pub(super) fn read_hours(text: &str, around: Timestamp) -> Result<Option<Hours>, String> {
    let text = text
        .replace(['–', '—'], "-")
        .replace(" - ", "-")
        .replace(['(', ')'], " ");
    let mut said = None;
    let mut shifts = Vec::new();
    for part in text.split(';') {
        let (mut days, mut hours) = (None, Vec::new());
        for word in part.split_whitespace() {
            if let Some(found) = read_days(word) {
                days = Some(days.unwrap_or(0) | found);
            } else if let Some((from, to)) = word.split_once('-').and_then(|(a, b)| minute(a).zip(minute(b))) {
                hours.push((from, to));
            } else if let Some(zone) = Zone::read(word, around) {
                said = Some(zone);
            } else if is_written_as_name(word) {
                return Err(word.to_owned());
            } else {
                return Ok(None);
            }
        }
        shifts.extend(hours.into_iter().map(|(from, to)| Shift {
            days: days.unwrap_or(ALL_DAYS),
            from,
            to,
        }));
    }
    Ok((!shifts.is_empty()).then_some((shifts, said)))
}

/// `Mon-Fri`, `Sa,So`.
fn read_days(word: &str) -> Option<u8> {
    let day = |name: &str| {
        let name = name.to_lowercase();
        let is_word = name.len() >= 2 && name.chars().all(char::is_alphabetic);
        DAYS.iter()
            .position(|of| is_word && of.iter().any(|d| name.starts_with(d)))
    };
    let mut found = 0;
    for part in word.split(',').filter(|part| !part.is_empty()) {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (day(first)?, day(last)?);
        let length = (last + 7 - first) % 7;
        found |= (0..=length).fold(0, |days, step| days | 1 << ((first + step) % 7));
    }
    (found != 0).then_some(found)
}

/// `9`, `9.5`, `09:30`, `17h`, `24:00` as a minute of the day.
pub(super) fn minute(text: &str) -> Option<u16> {
    let text = text.trim().trim_end_matches('h');
    let minutes = match text.split_once(':') {
        Some((hours, rest)) => {
            let rest: u16 = rest.get(..2)?.parse().ok().filter(|m| *m < 60)?;
            hours.parse::<u16>().ok().filter(|h| *h <= 24)? * 60 + rest
        }
        None => {
            let hours: f64 = text.parse().ok().filter(|h| (0.0..=24.0).contains(h))?;
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let minutes = (hours * 60.0).round() as u16;
            minutes
        }
    };
    (minutes <= DAY).then_some(minutes)
}

/// `UTC+1`, `GMT-05:30`, `+0530`, `Z`, `2` as minutes ahead of UTC.
pub(super) fn zone(text: &str) -> Option<i32> {
    let text = text.trim().to_uppercase();
    let rest = ["UTC", "GMT", "Z"]
        .iter()
        .find_map(|name| text.strip_prefix(name))
        .unwrap_or(&text);
    if rest.is_empty() {
        return Some(0).filter(|_| !text.is_empty());
    }
    let rest = rest.replace('−', "-");
    let (sign, size) = match rest.strip_prefix('-') {
        Some(size) => (-1, size),
        None => (1, rest.strip_prefix('+').unwrap_or(&rest)),
    };
    let size = match size.len() {
        4 if size.chars().all(|c| c.is_ascii_digit()) => format!("{}:{}", &size[..2], &size[2..]),
        _ => size.to_owned(),
    };
    let minutes = i32::from(minute(&size)?);
    (minutes <= 15 * 60).then_some(sign * minutes)
}

/// `2025-08-04/2025-08-15; 2025-12-24`: dates with both ends, and moments up to the second. What is not understood is left out.
pub(super) fn read_away(text: &str) -> Vec<(i64, Option<i64>)> {
    let is_date = |text: &str| !text.contains(':');
    let part = |text: &str| {
        let (from, until) = text.split_once('/').unwrap_or((text, text));
        let (from, until) = (from.trim(), until.trim());
        let begins = Timestamp::parse(from)?;
        let ends = match until {
            "" | ".." => None,
            until => {
                let ends = Timestamp::parse(until)?;
                Some(if is_date(until) { ends + Duration::DAY } else { ends }.0)
            }
        };
        Some((begins.0, ends))
    };
    text.split([';', ',']).filter_map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_understood_is_no_rule() {
        for text in ["", "flexible", "9 to 5 Europe/Berlin", "09:00-25:00", "Mon-Fri"] {
            assert_eq!(read_hours(text, Timestamp(0)), Ok(None), "{text}");
        }
        let unknown = read_hours("Mon-Fri 9-17 Europe/Berln", Timestamp(0));
        assert_eq!(unknown, Err("Europe/Berln".to_owned()));
        assert_eq!(zone("UTC-05:30"), Some(-330));
        assert_eq!(zone("+0530"), Some(330));
        assert_eq!(zone("Europe/Berlin"), None);
        assert!(read_away("soon").is_empty());
    }
}
