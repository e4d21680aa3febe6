//! Arguments that several commands read alike: moments, queries, output formats.

use std::fs;
use std::path::Path;

use anstream::eprintln;
use clap::ValueEnum;

use super::Failure;
use crate::data::{Duration, Schema, Timestamp};
use crate::query::{self, Mode, Task};
use crate::route::Skills;

/// How a command prints its result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// Reads a moment: RFC 3339, or a date.
///
/// # Errors
/// A line that says what a moment looks like.
pub fn moment(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text)
        .ok_or_else(|| "expected a time such as 2025-03-02T09:42:00Z or a date such as 2025-03-02".to_owned())
}

/// Reads an age: `0h`, `45m`, `24h`, `7d`, `2w`.
///
/// # Errors
/// A line that says what an age looks like.
pub fn age(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (count, unit) = text.split_at(end);
    let unit = match unit.trim() {
        "m" | "min" => 60_000,
        "h" => Duration::HOUR.0,
        "d" => Duration::DAY.0,
        "w" => 7 * Duration::DAY.0,
        _ => return Err("expected ages such as 0h,4h,24h or 0d,30d (units m, h, d, w)".to_owned()),
    };
    let count: i64 = count
        .parse()
        .map_err(|_| format!("`{text}` has no number that can be read; write 4h"))?;
    count
        .checked_mul(unit)
        .filter(|ms| *ms <= 100 * 366 * Duration::DAY.0)
        .map(Duration)
        .ok_or_else(|| format!("{text} is more than a hundred years"))
}

/// The ages in order, each once.
#[must_use]
pub fn in_order(ages: &[Duration]) -> Vec<Duration> {
    let mut ages = ages.to_vec();
    ages.sort_unstable();
    ages.dedup();
    ages
}

/// The query in the argument itself, or in the file named after `@`.
///
/// # Errors
/// When that file cannot be read.
pub fn query_text(argument: &str) -> Result<String, Failure> {
    match argument.strip_prefix('@') {
        Some(path) => fs::read_to_string(path).map_err(|e| Failure::file("read the query", Path::new(path), &e)),
        None => Ok(argument.to_owned()),
    }
}

/// A query bound to a schema; what was taken for granted is told on standard error.
///
/// # Errors
/// What is wrong with the query, where, and what may have been meant.
pub fn bind(text: &str, schema: &Schema) -> Result<Task, Failure> {
    let task = query::bind(text, schema, Mode::Extended).map_err(|diagnostic| Failure::usage(diagnostic.render()))?;
    for note in &task.notes {
        eprintln!("note: {note}");
    }
    Ok(task)
}

/// Says which people's hours are in a time zone that there is none of.
pub fn note_misread(skills: Option<&Skills>) {
    for misread in skills.into_iter().flat_map(Skills::misread) {
        eprintln!("note: {misread}; until then routing takes these hours for not known");
    }
}
