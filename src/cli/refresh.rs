//! `bellwether refresh`.

use std::path::PathBuf;

use anstream::{eprintln, println};
use clap::Args;
use serde_json::json;

use super::arguments::{Format, moment, note_misread};
use super::progress::Bar;
use super::{Failure, bundle_files, tables};
use crate::bundle::BundleFiles;
use crate::data::Timestamp;
use crate::explain::Language;
use crate::explain::number::{number, percent};
use crate::explain::words::Words;
use crate::learn::example::Examples;
use crate::learn::objective::Objective;
use crate::learn::residuals::Residuals;
use crate::learn::train::Progress;
use crate::route::Skills;
use crate::score::drifted::{Drifted, drifted};
use crate::score::missed::missed;

/// Bring a bundle's tables up to date; the model stays as it is, and every table and column that it learnt from must be there.
/// Scores are corrected from then on by what the model has missed: of questions answered since training, the answer beside the
/// model's, the more alike the more it counts.
/// Says which of its features have shifted since training: the population stability index (PSI) of the questions asked since
/// then, moderate above .1, large above .25.
#[derive(Debug, Args)]
pub struct RefreshArgs {
    /// The bundle's folder
    bundle: PathBuf,
    /// The folder of tables
    #[arg(long, value_name = "DATA")]
    data: PathBuf,
    /// Read nothing later than this [default: the latest time in the tables]
    #[arg(long, value_name = "T", value_parser = moment)]
    until: Option<Timestamp>,
    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Runs it.
///
/// # Errors
/// What is wrong with the bundle or the tables; the bundle is then as it was.
pub fn run(args: &RefreshArgs) -> Result<(), Failure> {
    let scorer = bundle_files::open(&args.bundle)?;
    let database = tables::whole(&scorer, &args.data)?;
    let until = args
        .until
        .or_else(|| database.latest())
        .unwrap_or(scorer.bundle().opened.built_at);
    let had_agents = scorer.bundle().skills.is_some();
    let database = database.upto(until);
    let examples = Examples::gather(&database, scorer.task(), until, &scorer.bundle().model.ages)?;
    let all = examples.all.clone();
    let scorer = scorer.over(database, examples, until);
    let (opened, model) = (&scorer.bundle().opened, &scorer.bundle().model);
    let (database, history) = (&opened.database, &opened.labels);
    let drifted = drifted(&scorer, &all);
    let mut bar = Bar::new(false);
    let missed = missed(&scorer, &all, &mut |done, total| {
        bar.stage("scoring what is answered", done, total)
    });
    bar.finish();
    let missed = missed?;
    let skills = Skills::found(database, scorer.task().entity, history, until);
    note_misread(skills.as_ref());
    if had_agents && skills.is_none() {
        eprintln!("note: these tables do not tell who resolved what, so the bundle no longer names agents");
    }
    let bundle = BundleFiles::pack(database, scorer.task(), model, history, until, skills, missed.clone())?;
    let objective = model.objective;
    bundle_files::write(&args.bundle, &bundle)?;
    match args.format {
        Format::Json => println!(
            "{:#}",
            json!({
                "bundle": args.bundle.display().to_string(),
                "built_at": until.to_string(),
                "tables_bytes": bundle.tables.len(),
                "answered_since_training": missed.as_ref().map(|missed| {
                    let (observed, expected) = missed.means();
                    json!({"rows": missed.len(), "observed": observed, "expected": expected})
                }),
                "drift": drifted,
            })
        ),
        Format::Text => {
            println!(
                "wrote {}: tables as of {until}, {} KB; the model is the same",
                args.bundle.display(),
                bundle.tables.len() / 1024
            );
            if let Some(missed) = &missed {
                tell_missed(missed, objective);
            }
            tell(&drifted);
        }
    }
    Ok(())
}

/// Says what the scores are corrected by, to standard error.
#[allow(clippy::cast_precision_loss)]
fn tell_missed(missed: &Residuals, objective: Objective) {
    let words = Language::default().words();
    let (observed, expected) = missed.means();
    let (shown, what): (fn(f64, &Words) -> String, _) = match objective {
        Objective::YesNo => (percent, "yes"),
        Objective::Number => (number, "in the mean"),
    };
    eprintln!(
        "answered since training: {} questions, {} {what}, {} expected; scores of similar ones are corrected by them",
        number(missed.len() as f64, words),
        shown(observed, words),
        shown(expected, words)
    );
}

/// Says what has shifted, to standard error.
fn tell(drifted: &Drifted) {
    const SHOWN: usize = 8;
    let found = &drifted.features;
    if !drifted.can_tell() {
        eprintln!(
            "drift: {} questions asked since training are too few to tell",
            drifted.asked
        );
        return;
    }
    if found.is_empty() {
        eprintln!(
            "drift: none; {} questions asked since training look like those trained on",
            drifted.asked
        );
        return;
    }
    let large = found.iter().filter(|d| d.shift == "large").count();
    eprintln!(
        "drift: {} features have shifted over {} questions asked since training, {large} of them much{}",
        found.len(),
        drifted.asked,
        if large > 0 { "; train again" } else { "" }
    );
    found.iter().take(SHOWN).for_each(|drift| eprintln!("  {}", drift.text));
    if found.len() > SHOWN {
        eprintln!("  and {} more (--format json lists them)", found.len() - SHOWN);
    }
}
