//! `bellwether predict`.

use std::io::Write;
use std::path::{Path, PathBuf};

use anstream::eprintln;
use clap::Args;

use super::arguments::moment;
use super::progress::Bar;
use super::{Failure, bundle_files, named, tables, whole_file};
use crate::data::Timestamp;
use crate::learn::objective::Objective;
use crate::learn::train::Progress;
use crate::relate::view::Asker;
use crate::score::Scorer;

/// Score entities with a bundle's model over a folder of tables: entity,anchor,probability; for a bundle that predicts a
/// number entity,anchor,prediction.
#[derive(Debug, Args)]
pub struct PredictArgs {
    /// The bundle's folder
    bundle: PathBuf,
    /// The folder of tables
    #[arg(long, value_name = "DATA")]
    data: PathBuf,
    /// Score exactly these rows: a CSV with the entity's key (column `entity` or the key's name) and `anchor`, the moment each is
    /// asked about; without that column, the entity's own time
    #[arg(long, value_name = "rows.csv", conflicts_with = "at")]
    rows: Option<PathBuf>,
    /// Score the query's population as of this moment [default: the latest time in the tables]
    #[arg(long, value_name = "T", value_parser = moment)]
    at: Option<Timestamp>,
    /// Write here instead of standard output
    #[arg(long, value_name = "preds.csv")]
    output: Option<PathBuf>,
}

/// Runs it.
///
/// # Errors
/// What is wrong with the bundle, the tables or the rows; nothing is written then.
pub fn run(args: &PredictArgs) -> Result<(), Failure> {
    let scorer = bundle_files::open(&args.bundle)?;
    let scorer = tables::scorer_over(scorer, &args.data)?;
    let askers = match &args.rows {
        Some(path) => asked(&scorer, path)?,
        None => {
            let at = args.at.unwrap_or(scorer.bundle().opened.built_at);
            scorer
                .population(at)?
                .into_iter()
                .map(|row| Asker::new(row, at))
                .collect()
        }
    };
    let mut bar = Bar::new(false);
    let answers = scorer.answers(&askers, &mut |done, total| bar.stage("scoring", done, total));
    bar.finish();
    let answers = answers?;
    note_the_beginning(&scorer, &askers);
    note_the_end(&scorer, &askers);
    let answer = match scorer.bundle().model.objective {
        Objective::YesNo => "probability",
        Objective::Number => "prediction",
    };
    let mut writer = csv::Writer::from_writer(Vec::new());
    let refused = |e: csv::Error| Failure::work(format!("cannot write the predictions: {e}"));
    writer.write_record(["entity", "anchor", answer]).map_err(refused)?;
    let database = &scorer.bundle().opened.database;
    for (asker, answer) in askers.iter().zip(&answers) {
        let key = database.key_text(scorer.task().entity, asker.row).unwrap_or_default();
        writer
            .write_record([key, &asker.anchor.to_string(), &answer.to_string()])
            .map_err(refused)?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|e| Failure::work(format!("cannot write the predictions: {e}")))?;
    match &args.output {
        Some(path) => whole_file::write(path, &bytes)?,
        None => match std::io::stdout().lock().write_all(&bytes) {
            Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => {
                return Err(Failure::work(format!("cannot write the predictions: {e}")));
            }
            _ => {}
        },
    }
    Ok(())
}

/// Says which rows are asked about before they begin.
fn note_the_beginning(scorer: &Scorer, askers: &[Asker]) {
    let (database, entity) = (&scorer.bundle().opened.database, scorer.task().entity);
    let early = || {
        askers
            .iter()
            .filter(|a| database.begins_after(entity, a.row, a.anchor).is_some())
    };
    if let Some(first) = early().next() {
        let key = database.key_text(entity, first.row);
        eprintln!(
            "note: {} of {} rows are asked about before they begin ({:?} at {}): answered as if nothing of them were known",
            early().count(),
            askers.len(),
            key.unwrap_or_default(),
            first.anchor
        );
    }
}

/// Says which rows are asked about long after the tables end.
fn note_the_end(scorer: &Scorer, askers: &[Asker]) {
    let late = || askers.iter().filter(|a| scorer.known_at(a.anchor) < a.anchor);
    if let Some(latest) = late().max_by_key(|a| a.anchor) {
        eprintln!(
            "note: {} of {} rows are asked about after the tables end, later than rows used to stay away: answered from what was known at {}",
            late().count(),
            askers.len(),
            scorer.known_at(latest.anchor)
        );
    }
}

/// The rows of a CSV file as askers.
fn asked(scorer: &Scorer, path: &Path) -> Result<Vec<Asker>, Failure> {
    let database = &scorer.bundle().opened.database;
    let entity = scorer.task().entity;
    let schema = database.schema.table(entity);
    let key_name = schema.key.map_or("", |c| schema.column(c).name.as_str());
    let time_name = schema.time.map_or("", |c| schema.column(c).name.as_str());
    let unreadable = |e: csv::Error| Failure::work(format!("cannot read {}: {e}", path.display()));
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_path(path)
        .map_err(unreadable)?;
    let headers = reader.headers().map_err(unreadable)?.clone();
    let find = |names: &[&str]| {
        names
            .iter()
            .find_map(|n| headers.iter().position(|h| !n.is_empty() && h.eq_ignore_ascii_case(n)))
    };
    let Some(entity_column) = find(&["entity", key_name]) else {
        return Err(Failure::work(format!(
            "{}: no column named entity or {key_name}; its header must be entity,anchor",
            path.display()
        )));
    };
    let anchor_column = find(&["anchor", "anchor_time", "timestamp", time_name]);
    if anchor_column.is_none() && schema.time.is_none() {
        return Err(Failure::work(format!(
            "{}: no column named anchor, and {} has no time of its own; its header must be entity,anchor",
            path.display(),
            schema.name
        )));
    }
    let mut askers = Vec::new();
    for record in reader.records() {
        let record = record.map_err(unreadable)?;
        let line = record.position().map_or(0, csv::Position::line);
        let at = |what: String| Failure::work(format!("{}, line {line}: {what}", path.display()));
        let key = record.get(entity_column).unwrap_or_default();
        let row = named::row(database, entity, key).map_err(at)?;
        let anchor = match anchor_column.and_then(|c| record.get(c)) {
            Some(text) => moment(text).map_err(|e| at(format!("anchor {text:?}: {e}")))?,
            None => named::own_moment(database, entity, row)
                .map_err(at)?
                .unwrap_or(Timestamp::MAX),
        };
        askers.push(Asker::new(row, anchor));
    }
    Ok(askers)
}
