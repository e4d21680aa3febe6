//! `bellwether evaluate`.

use std::path::PathBuf;

use clap::Args;
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use super::arguments::{Format, age, bind, in_order, moment, query_text};
use super::progress::Bar;
use super::{Failure, folder};
use crate::data::{Duration, Timestamp};
use crate::learn::approaches::{Evaluation, evaluate};
use crate::learn::objective::Objective;
use crate::learn::train::TrainOptions;
use crate::score::closer::{CloserLook, closer_look};

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
    /// Ask about each entity so long after its own time, while it is still open: 0h,4h,24h,7d. Scores then stay right as
    /// a ticket grows old; without it each is asked about at its own time only. Open: the answer is not decided yet, and
    /// no moment that ends the row (resolved, closed …) has passed. Units: m, h, d, w
    #[arg(long, value_name = "AGES", value_delimiter = ',', value_parser = age)]
    ages: Vec<Duration>,
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
        ages: in_order(&args.ages),
        threads: std::thread::available_parallelism().map_or(1, usize::from),
        ..TrainOptions::default()
    };
    let judged = evaluate(&reading.database, &task, args.cut, &options, &mut bar);
    bar.finish();
    let judged = judged?;
    let closer = closer_look(&reading.database, &task, &judged, args.cut)?;
    match args.format {
        Format::Json => {
            let mut all = serde_json::to_value(&judged.evaluation).map_err(Failure::work)?;
            if let (Some(all), serde_json::Value::Object(more)) = (
                all.as_object_mut(),
                serde_json::to_value(&closer).map_err(Failure::work)?,
            ) {
                all.extend(more);
            }
            println!("{all:#}");
        }
        Format::Text => {
            print(&judged.evaluation);
            print_closer(&closer);
        }
    }
    Ok(())
}

fn print_closer(closer: &CloserLook) {
    if let Some(agreement) = closer.explanations.agreement {
        println!(
            "taking the top reason away moved the score its way for {:.1} % of {} scores",
            100.0 * agreement,
            closer.explanations.rows_tested + closer.explanations.values_tested
        );
    }
    if !closer.segments.is_empty() {
        println!("where the risk is (found before the cut, counted after it; 95 % interval of the lift):");
    }
    for segment in &closer.segments {
        println!(
            "  {} [{:.1}–{:.1}]",
            segment.text, segment.interval[0], segment.interval[1]
        );
    }
    if let Some(routing) = &closer.routing {
        println!(
            "agents named for {} tickets after the cut, by what had been resolved before each (of {} agents):",
            routing.tickets, routing.agents
        );
        for way in &routing.ways {
            println!(
                "  {:20} {:3.0} % of the three named proved fastest [{:.0}–{:.0}]; hours {:.2} × the topic's median [{:.2}–{:.2}]",
                way.name,
                100.0 * way.hit_rate_at_3,
                100.0 * way.hit_rate_interval[0],
                100.0 * way.hit_rate_interval[1],
                way.hours_ratio,
                way.hours_interval[0],
                way.hours_interval[1]
            );
        }
    }
}

fn print(evaluation: &Evaluation) {
    let mean = |mean: f64| match evaluation.kind {
        Objective::YesNo => format!("{:.1} % yes", 100.0 * mean),
        Objective::Number => format!("mean {mean:.3}"),
    };
    println!(
        "trained on {} examples settled by {} ({}), tested on {} asked from then on ({})",
        evaluation.train_examples,
        evaluation.cut,
        mean(evaluation.train_mean),
        evaluation.test_examples,
        mean(evaluation.test_mean)
    );
    let shown: &[(&str, &str)] = match evaluation.kind {
        Objective::YesNo => &[
            ("roc_auc", "ROC-AUC"),
            ("average_precision", "avg. precision"),
            ("log_loss", "log-loss"),
            ("ece", "ECE"),
            ("recall_at_10", "recall at 10 %"),
            ("lift_top_decile", "lift, top 10 %"),
        ],
        Objective::Number => &[("mae", "mean abs. error"), ("rmse", "RMSE"), ("r2", "R²")],
    };
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_HORIZONTAL_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic);
    let headers = shown.iter().map(|(_, header)| *header);
    table.set_header(std::iter::once("approach").chain(headers).chain(["what it looks at"]));
    for approach in &evaluation.approaches {
        let figures = shown.iter().map(|(name, _)| {
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
    for column in 1..=shown.len() {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    println!("{table}");
}
