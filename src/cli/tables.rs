//! The tables that a command goes by; what could not be read of them, or is missing for a bundle's model, is told.

use std::path::Path;

use anstream::eprintln;

use super::Failure;
use super::folder::{read_folder, read_folder_as};
use crate::data::infer::counted;
use crate::data::{Database, Report};
use crate::score::Scorer;
use crate::score::lacking::Lacking;

/// So many of what is missing are named.
const NAMED: usize = 5;

/// The tables of a folder.
///
/// # Errors
/// As [`read_folder`].
pub fn read(data: &Path) -> Result<Database, Failure> {
    let reading = read_folder(data)?;
    note_bad_cells(&reading.report, data);
    Ok(reading.database)
}

/// The scorer over a folder's tables. What they lack of what its model learnt from is told.
///
/// # Errors
/// As [`read_folder_as`] and [`Scorer::over_history`]; also when the rows that the question is about are missing.
pub fn scorer_over(scorer: Scorer, data: &Path) -> Result<Scorer, Failure> {
    let (database, lacking) = read_for(&scorer, data)?;
    if !lacking.is_empty() {
        eprintln!(
            "note: {} lacks {}; the model learnt from that, and answers as if nothing of it were known",
            data.display(),
            named(&lacking)
        );
    }
    Ok(scorer.over_history(database)?)
}

/// A folder's tables, if they lack nothing that the scorer's model learnt from: what is written from others would lack it
/// from then on.
///
/// # Errors
/// As [`read_folder_as`]; also what is missing.
pub fn whole(scorer: &Scorer, data: &Path) -> Result<Database, Failure> {
    let (database, lacking) = read_for(scorer, data)?;
    if lacking.is_empty() {
        return Ok(database);
    }
    Err(Failure::work(format!(
        "{} lacks {}; the model learnt from that: export it too, or train anew without it (the bundle is as it was)",
        data.display(),
        named(&lacking)
    )))
}

fn read_for(scorer: &Scorer, data: &Path) -> Result<(Database, Vec<String>), Failure> {
    let reading = read_folder_as(data, &scorer.bundle().opened.database.schema)?;
    note_bad_cells(&reading.report, data);
    let lacking = Lacking::of(&reading.report, scorer);
    match lacking.asked {
        None => Ok((reading.database, lacking.read)),
        Some(key) => Err(Failure::work(format!(
            "{} lacks {key}, and the bundle is asked about its rows; name the folder that has it",
            data.display()
        ))),
    }
}

fn named(lacking: &[String]) -> String {
    let shown = &lacking[..lacking.len().min(NAMED)];
    let more = match lacking.len() - shown.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    shown.join(", ") + &more
}

/// Says of which tables some cells are not of their column's type.
fn note_bad_cells(report: &Report, data: &Path) {
    for table in &report.tables {
        if let Some(first) = table.bad_cells.first.first() {
            eprintln!(
                "note: {}: {} read as NULL, the first in {first}; bellwether inspect {} lists them",
                table.file,
                counted(table.bad_cells.count, "bad cell"),
                data.display()
            );
        }
    }
}
