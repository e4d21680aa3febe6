//! Arguments that several commands read alike: moments, queries, output formats.

use std::fs;
use std::path::Path;

use clap::ValueEnum;

use super::Failure;
use crate::data::{Schema, Timestamp};
use crate::query::{self, Mode, Task};

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
