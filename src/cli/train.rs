//! `bellwether train`.

use std::path::{Path, PathBuf};

use anstream::{eprintln, println};
use clap::Args;

use super::arguments::{bind, moment, note_misread, query_text};
use super::learning::LearningArgs;
use super::progress::Bar;
use super::{Failure, bundle_files, tables};
use crate::bundle::BundleFiles;
use crate::data::Timestamp;
use crate::learn::feedback::{self, Feedback};
use crate::learn::objective::Objective;
use crate::learn::train::{TrainOptions, train};
use crate::route::Skills;

/// Train on a folder of tables and write a bundle that the browser can load.
#[derive(Debug, Args)]
pub struct TrainArgs {
    /// The folder of tables
    data: PathBuf,
    /// The predictive query, or @FILE
    #[arg(long, value_name = "Q")]
    query: String,
    /// Read nothing later than this; train on what was settled by then [default: the latest time in the tables]
    #[arg(long, value_name = "T", value_parser = moment)]
    until: Option<Timestamp>,
    #[command(flatten)]
    learning: LearningArgs,
    /// What readers said of scores, exported by a page (JSON lines); a disagreement counts only while the outcome is open
    #[arg(long, value_name = "FILE")]
    feedback: Option<PathBuf>,
    /// The folder to write; an older bundle there is replaced
    #[arg(long, value_name = "BUNDLE")]
    out: PathBuf,
}

/// Runs it.
///
/// # Errors
/// What is wrong with the tables, the query or the folder; nothing is written then.
pub fn run(args: &TrainArgs) -> Result<(), Failure> {
    let text = query_text(&args.query)?;
    bundle_files::check_target(&args.out)?;
    let feedback = args.feedback.as_deref().map_or_else(|| Ok(Vec::new()), read_feedback)?;
    let all = tables::read(&args.data)?;
    let task = bind(&text, &all.schema)?;
    let options = args.learning.options(&all.schema, task.entity)?;
    let until = match args.until.or_else(|| all.latest()) {
        Some(until) => until,
        None => {
            return Err(Failure::work(format!(
                "{}: no table has a time column; name one in schema.toml (time = \"created_at\")",
                args.data.display()
            )));
        }
    };
    let database = all.upto(until);
    drop(all);
    let mut bar = Bar::new(true);
    let options = TrainOptions { feedback, ..options };
    let trained = train(&database, &task, until, &options, &mut bar);
    bar.finish();
    let (model, examples) = trained?;
    for leak in &model.watch.leaks {
        eprintln!("{}", leak.line());
    }
    let skills = Skills::found(&database, task.entity, &examples.history, until);
    note_misread(skills.as_ref());
    let bundle = BundleFiles::pack(&database, &task, &model, &examples.history, until, skills, None)?;
    bundle_files::write(&args.out, &bundle)?;
    let figure = |name: &str| {
        model
            .validation
            .iter()
            .find(|(n, _)| n == name)
            .map_or(f64::NAN, |(_, v)| *v)
    };
    println!(
        "wrote {}: {} features, {} trees, trained on {} examples up to {until}; on the latest quarter of them, held out: {}; model {} KB, tables {} KB",
        args.out.display(),
        model.features.features.len(),
        model.forest.trees.len(),
        model.examples,
        match model.objective {
            Objective::YesNo => format!("ROC-AUC {:.3}, ECE {:.3}", figure("roc_auc"), figure("ece")),
            Objective::Number => format!("mean absolute error {:.3}, R² {:.3}", figure("mae"), figure("r2")),
        },
        bundle.model.len() / 1024,
        bundle.tables.len() / 1024
    );
    Ok(())
}

fn read_feedback(path: &Path) -> Result<Vec<Feedback>, Failure> {
    let text = std::fs::read_to_string(path).map_err(|e| Failure::work(format!("{}: {e}", path.display())))?;
    feedback::read(&text).map_err(|e| Failure::work(format!("{}: {e}", path.display())))
}
