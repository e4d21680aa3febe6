//! `bellwether inspect DATA`: what was read and inferred, every guess marked and every bad cell placed.

use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use anstream::eprintln;
use clap::{Args, ValueEnum};
use comfy_table::{ContentArrangement, Table, presets};

use super::folder::{FolderError, SCHEMA_FILE, read_folder};
use super::inspect_svg;
use crate::data::infer::{counted, grouped};
use crate::data::report::{ColumnReport, Known, Report, TableReport};
use crate::data::schema::{ColumnType, Origin};
use crate::data::to_toml;

/// Print the tables of a folder: rows, keys, links, types, what is a guess and what is wrong.
#[derive(Clone, Debug, Args)]
pub struct InspectArgs {
    /// The folder that holds the tables as .csv files
    pub data: PathBuf,
    /// Text to read, or JSON for programs
    #[arg(long, value_enum, default_value = "text")]
    pub format: InspectFormat,
    /// Also draw the tables and their links into this file
    #[arg(long, value_name = "FILE")]
    pub svg: Option<PathBuf>,
    /// Also write what was read and guessed into DATA/schema.toml, for correction
    #[arg(long)]
    pub write_schema: bool,
}

/// How the report is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum InspectFormat {
    /// Tables for people.
    Text,
    /// One JSON object.
    Json,
}

/// Why a folder was not inspected.
#[derive(Debug, thiserror::Error)]
pub enum InspectError {
    /// It was not read.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// There is a schema file already.
    #[error("{} exists already and is kept; remove or rename it to have one written", .0.display())]
    SchemaExists(PathBuf),
    /// The system refused to write.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The report is no JSON.
    #[error("cannot print the report: {0}")]
    Json(#[from] serde_json::Error),
}

/// Reads the folder and prints the report; draws and writes what is asked for.
///
/// # Errors
/// When the folder is not read, or a file is not written.
pub fn run(args: &InspectArgs) -> Result<(), InspectError> {
    let schema_file = args.data.join(SCHEMA_FILE);
    if args.write_schema && schema_file.exists() {
        return Err(InspectError::SchemaExists(schema_file));
    }
    let reading = read_folder(&args.data)?;
    let text = match args.format {
        InspectFormat::Text => report_text(
            &args.data.display().to_string(),
            &reading.report,
            io::stdout().is_terminal(),
        ),
        InspectFormat::Json => serde_json::to_string_pretty(&reading.report)? + "\n",
    };
    if let Some(path) = &args.svg {
        write(path, &inspect_svg::draw(&reading.report), false)?;
    }
    if args.write_schema {
        write(&schema_file, &to_toml(&reading.report), true)?;
        eprintln!("wrote {}: correct what is wrong there", schema_file.display());
    }
    // A reader that closes the pipe early, such as `head`, has what it wanted.
    let _ = io::stdout().write_all(text.as_bytes());
    Ok(())
}

fn write(path: &std::path::Path, text: &str, new: bool) -> Result<(), InspectError> {
    let opened = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(!new)
        .create_new(new)
        .open(path);
    match opened.and_then(|mut file| file.write_all(text.as_bytes())) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(InspectError::SchemaExists(path.to_owned())),
        Err(source) => Err(InspectError::Write {
            path: path.to_owned(),
            source,
        }),
    }
}

/// The report for people, in at most 100 columns unless the terminal is wider.
fn report_text(folder: &str, report: &Report, terminal: bool) -> String {
    let rows: usize = report.tables.iter().map(|t| t.rows).sum();
    let mut out = format!(
        "{folder}: {}, {}\n",
        counted(report.tables.len(), "table"),
        counted(rows, "row")
    );
    if report.tables.iter().any(has_guesses) {
        out.push_str("~ marks a guess. To correct guesses: bellwether inspect ");
        out.push_str(folder);
        out.push_str(" --write-schema, then edit schema.toml.\n");
    }
    for note in &report.notes {
        out.push_str(&format!("note: {note}\n"));
    }
    for table in &report.tables {
        table_text(&mut out, table, terminal);
    }
    let bad: usize = report.tables.iter().map(|t| t.bad_cells.count).sum();
    out.push_str(&match bad {
        0 => "\nno bad cells\n".to_owned(),
        n => format!("\n{} in all, listed with their table above\n", counted(n, "bad cell")),
    });
    out
}

fn table_text(out: &mut String, table: &TableReport, terminal: bool) {
    out.push_str(&format!("\n{}  {}", table.name, counted(table.rows, "row")));
    if let Some([first, last]) = &table.span {
        out.push_str(&format!("  {first} to {last}"));
    }
    out.push('\n');
    let mut facts = plain_table(terminal);
    facts.add_row(vec![
        "  key".to_owned(),
        known(table.key.as_ref(), "none: no column names its rows"),
    ]);
    facts.add_row(vec![
        "  time".to_owned(),
        known(table.time.as_ref(), "none: a snapshot, taken as true at all times"),
    ]);
    for link in &table.links {
        let why = reason(&link.origin).map_or(String::new(), |why| format!("  ({why})"));
        let mark = mark(&link.origin);
        let dangling = match link.dangling.count {
            0 => String::new(),
            n => format!(
                "; {} without a row there, the first: {}",
                counted(n, "value"),
                place(&table.file, link.dangling.first.first())
            ),
        };
        let rate = percent(link.matched, link.filled);
        facts.add_row(vec![
            "  link".to_owned(),
            format!(
                "{mark}{} -> {}, {rate} of {} found{dangling}{why}",
                link.column,
                link.table,
                counted(link.filled, "value")
            ),
        ]);
    }
    out.push_str(&trimmed(&facts));
    let mut columns = plain_table(terminal);
    columns.set_header(vec!["  column", "type", "filled", "known how"]);
    for column in &table.columns {
        columns.add_row(column_row(column, table.rows));
    }
    out.push_str(&trimmed(&columns));
    problems(out, table);
}

fn column_row(column: &ColumnReport, rows: usize) -> Vec<String> {
    let mut why = match reason(&column.origin) {
        Some(why) => why.to_owned(),
        None => "stated".to_owned(),
    };
    if let Some(at) = &column.known_at {
        let more = reason(&at.origin).map_or(String::new(), |why| format!(": {why}"));
        why = format!(
            "{why}; {}an outcome, unknown before {}{more}",
            mark(&at.origin),
            at.column
        );
    }
    let values = column
        .distinct
        .map_or(String::new(), |n| format!(", {}", counted(n, "value")));
    vec![
        format!("  {}", column.name),
        format!("{}{}{values}", mark(&column.origin), kind(&column.kind)),
        percent(rows - column.nulls.min(rows), rows),
        why,
    ]
}

/// What is wrong in a table: notes, bad cells, keys that are missing or occur twice.
fn problems(out: &mut String, table: &TableReport) {
    for note in &table.notes {
        out.push_str(&format!("  note: {note}\n"));
    }
    if table.missing_times > 0 {
        let rows = counted(table.missing_times, "row");
        out.push_str(&format!("  ! {rows} without a time: as if they did not exist\n"));
    }
    if table.missing_keys > 0 {
        out.push_str(&format!("  ! {} without a key\n", counted(table.missing_keys, "row")));
    }
    if table.duplicate_keys.count > 0 {
        let rows = counted(table.duplicate_keys.count, "row");
        out.push_str(&format!(
            "  ! {rows} repeating an earlier row's key (links lead to the earlier row)\n"
        ));
        for key in &table.duplicate_keys.first {
            out.push_str(&format!("      {} line {}: {}\n", table.file, key.line, key.key));
        }
        more(out, table.duplicate_keys.count, table.duplicate_keys.first.len());
    }
    if table.bad_cells.count > 0 {
        out.push_str(&format!(
            "  ! {}, read as NULL\n",
            counted(table.bad_cells.count, "bad cell")
        ));
        for bad in &table.bad_cells.first {
            out.push_str(&format!("      {} {bad}\n", table.file));
        }
        more(out, table.bad_cells.count, table.bad_cells.first.len());
    }
}

fn more(out: &mut String, count: usize, shown: usize) {
    if count > shown {
        out.push_str(&format!("      and {} more\n", grouped(count - shown)));
    }
}

fn place(file: &str, key: Option<&crate::data::report::PlacedKey>) -> String {
    key.map_or(String::new(), |k| format!("\"{}\" ({file} line {})", k.key, k.line))
}

fn known(known: Option<&Known>, none: &str) -> String {
    let Some(known) = known else { return none.to_owned() };
    let why = reason(&known.origin).map_or(String::new(), |why| format!("  ({why})"));
    format!("{}{}{why}", mark(&known.origin), known.column)
}

fn has_guesses(table: &TableReport) -> bool {
    let guessed = |origin: &Origin| reason(origin).is_some();
    let column = |c: &ColumnReport| guessed(&c.origin) || c.known_at.as_ref().is_some_and(|k| guessed(&k.origin));
    let known = |k: &Option<Known>| k.as_ref().is_some_and(|k| guessed(&k.origin));
    known(&table.key)
        || known(&table.time)
        || table.links.iter().any(|l| guessed(&l.origin))
        || table.columns.iter().any(column)
}

fn mark(origin: &Origin) -> &'static str {
    if reason(origin).is_some() { "~" } else { "" }
}

fn reason(origin: &Origin) -> Option<&str> {
    match origin {
        Origin::Stated => None,
        Origin::Guessed(why) => Some(why),
    }
}

/// A type's name as people read it; an ordered category with its order.
pub(super) fn kind(kind: &ColumnType) -> String {
    match kind {
        ColumnType::Id => "id".to_owned(),
        ColumnType::Number => "number".to_owned(),
        ColumnType::Money { currency } if currency.is_empty() => "money".to_owned(),
        ColumnType::Money { currency } => format!("money in {currency}"),
        ColumnType::Category => "category".to_owned(),
        ColumnType::Ordered { order } => format!("ordered {}", order.join(" < ")),
        ColumnType::Boolean => "boolean".to_owned(),
        ColumnType::Timestamp => "timestamp".to_owned(),
        ColumnType::Text => "text".to_owned(),
    }
}

fn plain_table(terminal: bool) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic);
    let width = table.width().filter(|_| terminal).map_or(100, |w| w.max(100));
    table.set_width(width);
    table
}

fn trimmed(table: &Table) -> String {
    let mut text = table.trim_fmt();
    text.push('\n');
    text
}

/// `98.2 %`, rounded so that only all is 100 % and only none is 0 %.
#[allow(clippy::cast_precision_loss)]
pub(super) fn percent(part: usize, whole: usize) -> String {
    match (part, whole) {
        (_, 0) => "-".to_owned(),
        (part, whole) if part == whole => "100 %".to_owned(),
        (0, _) => "0 %".to_owned(),
        (part, whole) => format!("{:.1} %", (part as f64 / whole as f64 * 100.0).clamp(0.1, 99.9)),
    }
}
