//! Files to a [`Database`]: what `schema.toml` states is taken, the rest is inferred from all cells, and the [`Report`]
//! says which is which. Takes bytes, never paths, so that it also runs in a browser.

use super::fill::{Lines, Place, Plan, fill};
use super::profile::{Profile, profile};
use super::report::{Report, TableReport};
use super::scan::Sheet;
use super::schema::{Origin, Schema};
use super::stated::{Said, Stated, StatedError};
use super::symbol::Symbols;
use super::table::{Database, Table};
use super::{account, draft, fixed, moments};

/// A file's name and contents.
#[derive(Clone, Debug, Default)]
pub struct SourceFile {
    /// The name without folders, such as `tickets.csv`.
    pub name: String,
    /// Its contents; not looked at when the name says that it is no CSV file.
    pub bytes: Vec<u8>,
}

/// A database, and how it came to be.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The tables.
    pub database: Database,
    /// What was inferred, passed over, or wrong.
    pub report: Report,
}

/// Why files are no database. One line each, with the remedy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// No file is a table.
    #[error("no tables: there is no .csv file{0}; put one CSV file per table there, named after the table")]
    NoTables(String),
    /// A file without a byte of content.
    #[error("{file}: the file is empty; give it a header line of column names, or remove it")]
    Empty {
        /// The file's name.
        file: String,
    },
    /// A file in another encoding.
    #[error("{file} line {line}: the text is not UTF-8; save the file as UTF-8 (in a spreadsheet: \"CSV UTF-8\")")]
    NotUtf8 {
        /// The file's name.
        file: String,
        /// The line of the first byte that is not.
        line: u64,
    },
    /// A column named twice.
    #[error("{file} line 1: two columns are called \"{column}\"; rename one of them")]
    DuplicateHeader {
        /// The file's name.
        file: String,
        /// The column's name.
        column: String,
    },
    /// One table in two files.
    #[error("{first} and {second} are both the table \"{table}\"; rename or remove one of them")]
    DuplicateTable {
        /// The table's name.
        table: String,
        /// One file.
        first: String,
        /// The other.
        second: String,
    },
    /// The schema file states what cannot be.
    #[error(transparent)]
    Stated(#[from] StatedError),
}

/// Reads a database; `stated` is the text of `schema.toml`. What is not stated is inferred.
///
/// # Errors
/// [`ReadError`] when a file cannot be a table or a statement cannot hold. Cells that do not fit are no error: they are
/// NULL, and in the report.
pub fn read(files: Vec<SourceFile>, stated: Option<&str>) -> Result<Reading, ReadError> {
    let stated = stated.map(Stated::parse).transpose()?.unwrap_or_default();
    let (sheets, notes) = open(files, |table| stated.table(table).is_some_and(|t| t.ignore))?;
    stated.check(&sheets)?;
    let profiles: Vec<Vec<Profile>> = sheets
        .iter()
        .map(|sheet| profile(sheet, |name| draft::may_link(name, sheet, &sheets)))
        .collect();
    let draft = draft::draft(&sheets, &profiles, &stated)?;
    drop(profiles);
    Ok(assemble(sheets, draft, notes, Some(&stated)))
}

/// Reads a database of exactly the tables, columns and types of `schema`, in its order: what a trained model needs.
///
/// A missing table is empty and a missing column NULL, tables and columns that the schema lacks are left out; the report
/// notes each.
///
/// # Errors
/// [`ReadError`] when a file of one of these tables cannot be a table.
pub fn read_as(files: Vec<SourceFile>, schema: &Schema) -> Result<Reading, ReadError> {
    let (sheets, notes) = open(files, |_| false)?;
    let (sheets, draft, more) = fixed::plan(sheets, schema);
    Ok(assemble(sheets, draft, notes.into_iter().chain(more).collect(), None))
}

/// A schema, and where each of its columns is read from.
pub(crate) struct Draft {
    pub(crate) schema: Schema,
    /// One per column of every table.
    pub(crate) plans: Vec<Vec<Plan>>,
    /// What was noticed, per table.
    pub(crate) notes: Vec<Vec<String>>,
}

/// Every file that is a table, in order of name, and a note on every other.
fn open(files: Vec<SourceFile>, ignored: impl Fn(&str) -> bool) -> Result<(Vec<Sheet>, Vec<String>), ReadError> {
    let (mut sheets, mut notes): (Vec<Sheet>, Vec<String>) = (Vec::new(), Vec::new());
    for file in files {
        let (stem, ending) = file.name.rsplit_once('.').unwrap_or((&file.name, ""));
        if !ending.eq_ignore_ascii_case("csv") {
            let what = if ending.eq_ignore_ascii_case("parquet") {
                "Parquet files are"
            } else {
                "such files are"
            };
            notes.push(format!("{}: {what} not read yet; save it as {stem}.csv", file.name));
            continue;
        }
        if ignored(stem) {
            notes.push(format!("{}: left out, as schema.toml says", file.name));
            continue;
        }
        let sheet = Sheet::open(file)?;
        if sheet.table == "truth" && sheet.header == ["ticket_id", "probability", "driver"] {
            notes.push(format!(
                "{}: left out: it holds the sample's answers, not data",
                sheet.file
            ));
            continue;
        }
        if let Some(other) = sheets.iter().find(|s| s.table.eq_ignore_ascii_case(&sheet.table)) {
            let (table, first, second) = (sheet.table.clone(), other.file.clone(), sheet.file.clone());
            return Err(ReadError::DuplicateTable { table, first, second });
        }
        sheets.push(sheet);
    }
    if sheets.is_empty() {
        let reasons: String = notes.iter().map(|note| format!(" ({note})")).collect();
        return Err(ReadError::NoTables(reasons));
    }
    sheets.sort_by(|a, b| a.table.cmp(&b.table));
    Ok((sheets, notes))
}

/// Reads the cells as drafted. `stated` is given when moments are still to be inferred from them.
fn assemble(sheets: Vec<Sheet>, draft: Draft, notes: Vec<String>, stated: Option<&Stated>) -> Reading {
    let Draft {
        mut schema,
        plans,
        notes: table_notes,
    } = draft;
    let mut symbols = Symbols::default();
    let mut report = Report {
        tables: Vec::new(),
        notes,
    };
    let (mut tables, mut lines, mut outcomes): (Vec<Table>, Vec<Lines>, Vec<_>) = (Vec::new(), Vec::new(), Vec::new());
    let mut sheets = sheets.into_iter().peekable();
    for ((table, plans), notes) in schema.tables.iter_mut().zip(&plans).zip(table_notes) {
        let mut entry = TableReport {
            name: table.name.clone(),
            notes,
            ..TableReport::default()
        };
        let sheet = sheets.next_if(|s| s.table.eq_ignore_ascii_case(&table.name));
        let (cells, starts) = match sheet {
            Some(sheet) => {
                entry.file.clone_from(&sheet.file);
                entry.notes.extend(sheet.notes.iter().cloned());
                fill(&sheet, plans, &mut symbols, &mut entry)
            }
            None => (empty(plans), Lines::default()),
        };
        outcomes.push(match stated {
            Some(stated) => {
                let said = stated.table(&table.name);
                let outcomes = moments::settle(table, &cells, said);
                if said.is_none_or(|s| s.time == Said::Nothing) {
                    entry.notes.extend(moments::missed_time(table, &cells));
                }
                outcomes
            }
            None => table
                .columns
                .iter()
                .map(|c| c.known_at.map(|_| Origin::Stated))
                .collect(),
        });
        tables.push(cells);
        lines.push(starts);
        report.tables.push(entry);
    }
    let database = Database::new(schema, tables, symbols);
    account::account(&database, &outcomes, &lines, &mut report);
    for (entry, plans) in report.tables.iter_mut().zip(&plans) {
        for (column, plan) in entry.columns.iter_mut().zip(plans) {
            column.absent = plan.place == Place::Absent;
        }
    }
    Reading { database, report }
}

fn empty(plans: &[Plan]) -> Table {
    Table {
        columns: plans.iter().map(|p| super::table::Column::empty(&p.kind)).collect(),
        rows: 0,
    }
}

/// Where the column of that name is in a header: a cell, or a part of a cell of details.
pub(crate) fn place_of(name: &str, header: &[String]) -> Place {
    let find = |wanted: &str| {
        header
            .iter()
            .position(|h| h == wanted)
            .or_else(|| header.iter().position(|h| h.eq_ignore_ascii_case(wanted)))
    };
    let part = || {
        name.match_indices('.')
            .find_map(|(dot, _)| Some(Place::Part(find(&name[..dot])?, name[dot + 1..].to_owned())))
    };
    find(name).map(Place::Cell).or_else(part).unwrap_or(Place::Absent)
}
