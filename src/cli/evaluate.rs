//! `bellwether evaluate`.

use std::path::PathBuf;

use clap::Args;
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use super::arguments::{Format, bind, moment, query_text};
use super::progress::Bar;
use super::{Failure, folder};
use crate::data::Timestamp;
use crate::learn::approaches::{Evaluation, evaluate};
use crate::learn::train::TrainOptions;

/// Compare what different approaches would have known: trained on what was settled before a cut, judged on what came after.
#[derive(Debug, Args)]
pub struct EvaluateArgs {
    /// The folder of tables
    data: PathBuf,
    /// The predictive query, or @FILE
    #[arg(long, value_name = "Q")]
    query: String,
    /// Train on labels settled by then, test on questions asked from then on
    #[arg(long, value_name = "T", value_parser = moment)]
    cut: Timestamp,
    /// The same seed gives the same figures
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u64,
    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Runs it.
///
/// # Errors
/// What is wrong with the tables or the query.
pub fn run(args: &EvaluateArgs) -> Result<(), Failure> {
    let text = query_text(&args.query)?;
    let reading = folder::read_folder(&args.data)?;
    let task = bind(&text, &reading.database.schema)?;
    let mut bar = Bar::new(args.format == Format::Text);
    let options = TrainOptions {
        seed: args.seed,
        threads: std::thread::available_parallelism().map_or(1, usize::from),
        ..TrainOptions::default()
    };
    let judged = evaluate(&reading.database, &task, args.cut, &options, &mut bar);
    bar.finish();
    let evaluation = judged?.evaluation;
    match args.format {
        Format::Json => println!("{}", serde_json::to_string_pretty(&evaluation).map_err(Failure::work)?),
        Format::Text => print(&evaluation),
    }
    Ok(())
}

fn print(evaluation: &Evaluation) {
    println!(
        "trained on {} examples settled by {} ({:.1} % yes), tested on {} asked from then on ({:.1} % yes)",
        evaluation.train_examples,
        evaluation.cut,
        100.0 * evaluation.train_rate,
        evaluation.test_examples,
        100.0 * evaluation.test_rate
    );
    let columns = [
        "roc_auc",
        "average_precision",
        "log_loss",
        "ece",
        "recall_at_10",
        "lift_top_decile",
    ];
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_HORIZONTAL_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header([
        "approach",
        "ROC-AUC",
        "avg. precision",
        "log-loss",
        "ECE",
        "recall at 10 %",
        "lift, top 10 %",
        "what it looks at",
    ]);
    for approach in &evaluation.approaches {
        let figures = columns.iter().map(|name| {
            approach
                .figures
                .get(*name)
                .map_or_else(|| "–".to_owned(), |v| format!("{v:.3}"))
        });
        table.add_row(
            std::iter::once(approach.name.clone())
                .chain(figures)
                .chain([approach.note.clone()]),
        );
    }
    for column in 1..=columns.len() {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    println!("{table}");
}
