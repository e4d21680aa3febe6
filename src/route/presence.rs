//! Who is there at a moment: the hours a person works, on which days and in which time zone, and when a person is away, as
//! the table of people says it or a table of absences that links to it. What is not said, or not understood, keeps nobody
//! from work.

use serde::{Deserialize, Serialize};

use crate::data::table::Cell;
use crate::data::{ColumnId, ColumnType, Database, Duration, RowId, Schema, TableId, Timestamp};

/// Whether a person is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// At work, or nothing says otherwise.
    There,
    /// Away.
    Away,
    /// Outside the hours of work; the next of them, in minutes of the day (UTC).
    OffHours {
        /// From.
        from: u16,
        /// To.
        to: u16,
    },
}

/// Where the tables say when people are there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RosterColumns {
    /// A yes or no of the person.
    pub available: Option<ColumnId>,
    /// Beginning and end of the day, as hours or `9:30`.
    pub day: Option<(ColumnId, ColumnId)>,
    /// Hours in words: `Mon-Fri 09:00-17:30 UTC+1`.
    pub hours: Option<ColumnId>,
    /// What the hours are ahead of UTC: `UTC+1`, `-05:30`, a number of hours.
    pub zone: Option<ColumnId>,
    /// Times away in words: `2025-08-04/2025-08-15; 2025-12-24`.
    pub away: Option<ColumnId>,
    /// One time away, by two moments.
    pub absent: Option<(ColumnId, ColumnId)>,
    /// Times away as rows of their own.
    pub absences: Option<Absences>,
}

/// A table of absences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Absences {
    /// It.
    pub table: TableId,
    /// Its link to the people.
    pub link: ColumnId,
    /// When one begins.
    pub from: ColumnId,
    /// When it ends.
    pub until: ColumnId,
}

/// When one person is there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Roster {
    available: Option<bool>,
    shifts: Vec<Shift>,
    /// Minutes ahead of UTC.
    ahead: i32,
    /// From the first moment up to, not including, the second; without one until further notice.
    away: Vec<(i64, Option<i64>)>,
}

/// Hours of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Shift {
    /// A bit for each day, Monday's the lowest.
    days: u8,
    /// Minutes of the day; a shift that ends before it begins ends on the next day.
    from: u16,
    to: u16,
}

const DAY: u16 = 24 * 60;
const ALL_DAYS: u8 = 0b111_1111;
const AVAILABLE: [&str; 5] = ["available", "active", "on_duty", "on_shift", "working"];
const DAY_BEGINS: [&str; 5] = ["shift_start", "works_from", "start_hour", "day_start", "work_start"];
const DAY_ENDS: [&str; 6] = [
    "shift_end",
    "works_until",
    "works_to",
    "end_hour",
    "day_end",
    "work_end",
];
const HOURS: [&str; 8] = [
    "working_hours",
    "work_hours",
    "office_hours",
    "business_hours",
    "hours",
    "schedule",
    "roster",
    "shift",
];
const ZONES: [&str; 5] = ["time_zone", "timezone", "utc_offset", "tz", "zone"];
const AWAY: [&str; 10] = [
    "away",
    "absence",
    "absent",
    "leave",
    "vacation",
    "holiday",
    "time_off",
    "pto",
    "out_of_office",
    "ooo",
];
const BEGINS: [&str; 4] = ["from", "start", "begin", "since"];
const ENDS: [&str; 5] = ["until", "end", "to", "back", "return"];
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

/// The place of the first of these words that is part of a name, as whole words of it.
fn speaks_of(name: &str, words: &[&str]) -> Option<usize> {
    let name = format!("_{}_", name.to_lowercase().replace([' ', '-', '.'], "_"));
    words.iter().position(|word| {
        [format!("_{word}_"), format!("_{word}s_")]
            .iter()
            .any(|w| name.contains(w.as_str()))
    })
}

impl RosterColumns {
    /// Finds them by the names and types of columns.
    #[must_use]
    pub fn find(schema: &Schema, people: TableId) -> Self {
        let column = |table: TableId, words: &[&str], fits: &dyn Fn(&str, &ColumnType) -> bool| {
            let columns = &schema.table(table).columns;
            columns
                .iter()
                .enumerate()
                .filter(|(_, c)| fits(&c.name, &c.kind))
                .filter_map(|(place, c)| Some((speaks_of(&c.name, words)?, ColumnId(place))))
                .min()
                .map(|(_, c)| c)
        };
        let time = |kind: &ColumnType| *kind == ColumnType::Timestamp;
        let written =
            |_: &str, kind: &ColumnType| matches!(kind, ColumnType::Text | ColumnType::Category | ColumnType::Id);
        let any = |_: &str, kind: &ColumnType| !time(kind) && *kind != ColumnType::Boolean;
        let of_people = |words: &[&str], fits: &dyn Fn(&str, &ColumnType) -> bool| column(people, words, fits);
        let away_time = |name: &str, kind: &ColumnType| time(kind) && speaks_of(name, &AWAY).is_some();
        let absences = || {
            (0..schema.tables.len())
                .map(TableId)
                .filter(|t| *t != people)
                .find_map(|table| {
                    speaks_of(&schema.table(table).name, &AWAY)?;
                    let link = schema.table(table).links.iter().find(|l| l.table == people)?.column;
                    let moment = |_: &str, kind: &ColumnType| time(kind);
                    let from = column(table, &BEGINS, &moment).or(schema.table(table).time)?;
                    let later =
                        |name: &str, kind: &ColumnType| time(kind) && schema.table(table).find(name) != Some(from);
                    Some(Absences {
                        table,
                        link,
                        from,
                        until: column(table, &ENDS, &later)?,
                    })
                })
        };
        Self {
            available: of_people(&AVAILABLE, &|_, kind| *kind == ColumnType::Boolean),
            day: of_people(&DAY_BEGINS, &any).zip(of_people(&DAY_ENDS, &any)),
            hours: of_people(&HOURS, &written),
            zone: of_people(&ZONES, &any),
            away: of_people(&AWAY, &written),
            absent: of_people(&BEGINS, &away_time).zip(of_people(&ENDS, &away_time)),
            absences: absences(),
        }
    }

    /// The roster of the person in a row of `people`, from what begins up to `moment` or is planned in words.
    #[must_use]
    pub fn read(&self, database: &Database, people: TableId, row: RowId, moment: Timestamp) -> Roster {
        let cell = |column: ColumnId| database.table(people).column(column).cell(row.index());
        let text = |column: Option<ColumnId>| column.and_then(|c| written(database, cell(c)));
        let (mut shifts, mut ahead) = text(self.hours).and_then(|text| read_hours(&text)).unwrap_or_default();
        if let (true, Some((from, to))) = (shifts.is_empty(), self.day)
            && let (Some(from), Some(to)) = (
                written(database, cell(from)).and_then(|text| minute(&text)),
                written(database, cell(to)).and_then(|text| minute(&text)),
            )
        {
            shifts.push(Shift {
                days: ALL_DAYS,
                from,
                to,
            });
        }
        if let Some(said) = text(self.zone).and_then(|text| zone(&text)) {
            ahead = Some(said);
        }
        let mut away = text(self.away).map_or_else(Vec::new, |text| read_away(&text));
        let period = |from: Timestamp, until: Timestamp| {
            let known = from != Timestamp::MAX && from <= moment;
            known.then(|| (from.0, (until != Timestamp::MAX).then_some(until.0)))
        };
        if let Some((from, until)) = self.absent {
            let time = |column| database.table(people).time(column, row);
            away.extend(period(time(from), time(until)));
        }
        if let Some(absences) = self.absences {
            let table = database.table(absences.table);
            let rows = (0..u32::try_from(table.rows).unwrap_or(u32::MAX)).map(RowId);
            let theirs = rows.filter(|&r| {
                let person = database.follow(absences.table, absences.link, r);
                person.is_some_and(|p| p == row)
            });
            away.extend(theirs.filter_map(|r| period(table.time(absences.from, r), table.time(absences.until, r))));
        }
        Roster {
            available: self.available.and_then(|column| match cell(column) {
                Cell::Number(x) => Some(x > 0.5),
                _ => None,
            }),
            shifts,
            ahead: ahead.unwrap_or(0),
            away,
        }
    }
}

impl Roster {
    /// Whether the person is there at a moment.
    #[must_use]
    pub fn at(&self, now: Timestamp) -> Presence {
        let is_away = |(from, until): &(i64, Option<i64>)| *from <= now.0 && until.is_none_or(|until| now.0 < until);
        if self.available == Some(false) || self.away.iter().any(is_away) {
            return Presence::Away;
        }
        let minutes = (now.0).div_euclid(Duration::MINUTE.0) + i64::from(self.ahead);
        let (day, minute) = (minutes.div_euclid(i64::from(DAY)), minutes.rem_euclid(i64::from(DAY)));
        // 1970 began on a Thursday.
        let on = |shift: &Shift, day: i64| shift.days >> (day + 3).rem_euclid(7) & 1 == 1;
        let works = |shift: &Shift| {
            let (from, to) = (i64::from(shift.from), i64::from(shift.to));
            if from < to {
                on(shift, day) && (from..to).contains(&minute)
            } else {
                on(shift, day) && minute >= from || on(shift, day - 1) && minute < to
            }
        };
        match self.shifts.first() {
            Some(first) if !self.shifts.iter().any(works) => {
                let in_utc = |minute: u16| {
                    let utc = (i32::from(minute) - self.ahead).rem_euclid(i32::from(DAY));
                    u16::try_from(utc).unwrap_or(minute)
                };
                Presence::OffHours {
                    from: in_utc(first.from),
                    to: in_utc(first.to),
                }
            }
            _ => Presence::There,
        }
    }
}

/// What a cell says, as text.
fn written(database: &Database, cell: Cell<'_>) -> Option<String> {
    match cell {
        Cell::Symbol(symbol) => database.symbols.text(symbol).map(str::to_owned),
        Cell::Text(text) => Some(text.to_owned()),
        Cell::Number(x) => Some(x.to_string()),
        _ => None,
    }
}

/// `Mon-Fri 09:00-17:30 UTC+1; Sat 10-14`: the shifts, and the minutes that they are ahead of UTC when that is said. `None`
/// unless all of it is understood.
fn read_hours(text: &str) -> Option<(Vec<Shift>, Option<i32>)> {
    let text = text
        .replace(['–', '—'], "-")
        .replace(" - ", "-")
        .replace(['(', ')'], " ");
    let mut ahead = None;
    let mut shifts = Vec::new();
    for part in text.split(';') {
        let (mut days, mut hours) = (None, Vec::new());
        for word in part.split_whitespace() {
            if let Some(found) = read_days(word) {
                days = Some(days.unwrap_or(0) | found);
            } else if let Some((from, to)) = word.split_once('-').and_then(|(a, b)| minute(a).zip(minute(b))) {
                hours.push((from, to));
            } else {
                ahead = Some(zone(word)?);
            }
        }
        shifts.extend(hours.into_iter().map(|(from, to)| Shift {
            days: days.unwrap_or(ALL_DAYS),
            from,
            to,
        }));
    }
    (!shifts.is_empty()).then_some((shifts, ahead))
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
fn minute(text: &str) -> Option<u16> {
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
fn zone(text: &str) -> Option<i32> {
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
fn read_away(text: &str) -> Vec<(i64, Option<i64>)> {
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

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    fn works(hours: &str) -> Roster {
        let (shifts, ahead) = read_hours(hours).unwrap();
        Roster {
            shifts,
            ahead: ahead.unwrap_or(0),
            ..Roster::default()
        }
    }

    #[test]
    fn hours_hold_on_their_days_in_their_zone_and_over_midnight() {
        // 2025-03-03 is a Monday.
        let day = works("Mon–Fri 09:00–17:30 UTC+1");
        assert_eq!(day.at(at("2025-03-03T08:00:00Z")), Presence::There);
        assert_eq!(
            day.at(at("2025-03-03T07:59:00Z")),
            Presence::OffHours { from: 480, to: 990 }
        );
        assert!(day.at(at("2025-03-08T12:00:00Z")) != Presence::There, "a Saturday");
        let night = works("Fr 22-6");
        assert_eq!(night.at(at("2025-03-08T05:00:00Z")), Presence::There);
        assert!(night.at(at("2025-03-07T05:00:00Z")) != Presence::There);
        let two = works("Mo,Di 8-12 ; Sa 10:00-14:00");
        assert_eq!(two.at(at("2025-03-08T13:59:00Z")), Presence::There);
        assert!(two.at(at("2025-03-05T09:00:00Z")) != Presence::There);
        assert_eq!(works("0-24").at(at("2025-03-05T23:59:00Z")), Presence::There);
    }

    #[test]
    fn what_is_not_understood_is_no_rule() {
        for text in ["", "flexible", "9 to 5 Europe/Berlin", "09:00-25:00", "Mon-Fri"] {
            assert_eq!(read_hours(text), None, "{text}");
        }
        assert_eq!(zone("UTC-05:30"), Some(-330));
        assert_eq!(zone("+0530"), Some(330));
        assert_eq!(zone("Europe/Berlin"), None);
        assert!(read_away("soon").is_empty());
        assert_eq!(Roster::default().at(at("2025-03-03")), Presence::There);
    }

    #[test]
    fn who_is_away_is_back_the_day_after() {
        let roster = Roster {
            away: read_away("2025-08-04/2025-08-15; 2025-12-24, 2026-01-10/.."),
            ..Roster::default()
        };
        for (moment, there) in [
            ("2025-08-03T23:59:00Z", true),
            ("2025-08-15T23:59:00Z", false),
            ("2025-08-16T00:00:00Z", true),
            ("2025-12-24T12:00:00Z", false),
            ("2030-01-01T00:00:00Z", false),
        ] {
            assert_eq!(roster.at(at(moment)) == Presence::There, there, "{moment}");
        }
    }
}
