//! Who is there at a moment: the hours a person works, on which days and in which time zone, and when a person is away, as
//! the table of people says it or a table of absences that links to it. What is not said, or not understood, keeps nobody
//! from work.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::hours::{ALL_DAYS, DAY, Shift, minute, read_away, read_hours};
use super::zone::{Zone, nearest_name};
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
    /// The zone of the hours: `Europe/Berlin`, `UTC+1`, `-05:30`, a number of hours ahead of UTC.
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
    zone: Zone,
    /// From the first moment up to, not including, the second; without one until further notice.
    away: Vec<(i64, Option<i64>)>,
    /// A zone that is none; the hours are then not known.
    #[serde(skip)]
    misread: Option<Misread>,
}

/// A cell of the people's table that names a time zone that there is none of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misread {
    /// `agents.time_zone`.
    pub column: String,
    /// The row's key.
    pub row: String,
    /// What is taken for the zone's name.
    pub name: String,
}

impl fmt::Display for Misread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { column, row, name } = self;
        write!(f, "{column} of {row}: there is no time zone {name:?}; ")?;
        match nearest_name(name) {
            Some(near) => write!(f, "is it {near:?}? Otherwise write")?,
            None => write!(f, "write")?,
        }
        write!(f, " a name such as Europe/Berlin, or an offset such as UTC+1")
    }
}

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
        let mut misread = None;
        let mut no_zone = |column: Option<ColumnId>, name: String| {
            misread = column.map(|column| Misread {
                column: database.schema.column_name(people, column),
                row: database.key_text(people, row).unwrap_or_default().to_owned(),
                name,
            });
        };
        let hours = text(self.hours).map_or(Ok(None), |text| read_hours(&text, moment));
        let hours = hours.unwrap_or_else(|name| {
            no_zone(self.hours, name);
            None
        });
        let (mut shifts, mut said) = hours.unwrap_or_default();
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
        if let Some(text) = text(self.zone).filter(|text| !text.trim().is_empty()) {
            match Zone::read(&text, moment) {
                Some(zone) => said = Some(zone),
                None => no_zone(self.zone, text),
            }
        }
        if misread.is_some() {
            shifts.clear();
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
            zone: said.unwrap_or_default(),
            away,
            misread,
        }
    }
}

impl Roster {
    /// The zone that could not be read, for which the hours are not known.
    #[must_use]
    pub fn misread(&self) -> Option<&Misread> {
        self.misread.as_ref()
    }

    /// Whether the person is there at a moment.
    #[must_use]
    pub fn at(&self, now: Timestamp) -> Presence {
        let is_away = |(from, until): &(i64, Option<i64>)| *from <= now.0 && until.is_none_or(|until| now.0 < until);
        if self.available == Some(false) || self.away.iter().any(is_away) {
            return Presence::Away;
        }
        let ahead = self.zone.ahead(now);
        let minutes = (now.0).div_euclid(Duration::MINUTE.0) + i64::from(ahead);
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
                    let utc = (i32::from(minute) - ahead).rem_euclid(i32::from(DAY));
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

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    fn works(hours: &str) -> Roster {
        let (shifts, zone) = read_hours(hours, at("2025-03-01")).unwrap().unwrap();
        Roster {
            shifts,
            zone: zone.unwrap_or_default(),
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

    #[cfg(feature = "native")]
    #[test]
    fn hours_in_a_named_zone_follow_its_clocks_over_their_change() {
        let there = |roster: &Roster, moment: &str| roster.at(at(moment)) == Presence::There;
        let day = works("Mon-Fri 09:00-17:00 Europe/Berlin");
        for (moment, works) in [
            ("2025-03-28T07:59:00Z", false),
            ("2025-03-28T08:00:00Z", true),
            ("2025-03-31T06:59:00Z", false),
            ("2025-03-31T07:00:00Z", true),
            ("2025-10-24T07:00:00Z", true),
            ("2025-10-27T07:59:00Z", false),
            ("2025-10-27T08:00:00Z", true),
        ] {
            assert_eq!(there(&day, moment), works, "{moment}");
        }
        assert_eq!(
            day.at(at("2025-07-01T06:00:00Z")),
            Presence::OffHours { from: 420, to: 900 }
        );
        // The night in which an hour is left out.
        let night = works("22-6 Europe/Berlin");
        assert!(there(&night, "2025-03-30T03:59:00Z") && !there(&night, "2025-03-30T04:00:00Z"));
        assert!(there(&night, "2025-10-26T04:59:00Z") && !there(&night, "2025-10-26T05:00:00Z"));
    }

    #[test]
    fn who_says_nothing_is_there() {
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
