//! The command line: arguments, files, progress and tables on a terminal. Conversions only.

pub mod arguments;
pub mod bundle_files;
pub mod evaluate;
mod evaluation_table;
pub mod explain;
pub mod failure;
pub mod folder;
pub mod impact;
pub mod inspect;
mod inspect_svg;
mod learning;
mod named;
pub mod predict;
pub mod progress;
pub mod query;
pub mod refresh;
pub mod route;
pub mod sample;
pub mod serve;
mod tables;
pub mod train;
mod whole_file;

use std::process::ExitCode;

use anstream::eprintln;
use clap::{Parser, Subcommand};

pub use evaluation_table::hours;
pub use failure::Failure;

/// Which support tickets will escalate, why, and who should take them: trained on your tables, scored in the browser.
#[derive(Debug, Parser)]
#[command(
    name = "bellwether",
    version,
    about,
    max_term_width = 110,
    after_help = "Start here:\n  bellwether sample desk\n  bellwether inspect desk\n  bellwether train desk --query \"PREDICT BOOL(tickets.escalated_to_eng, 0, 48, hours) FOR EACH tickets.ticket_id\" --out bundle\n  bellwether predict bundle --data desk --output scores.csv\n\nExit codes: 0 done, 1 the work failed, 2 wrong usage."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Sample(sample::SampleArgs),
    Inspect(inspect::InspectArgs),
    Query(query::QueryArgs),
    Train(train::TrainArgs),
    Predict(predict::PredictArgs),
    Explain(explain::ExplainArgs),
    Evaluate(evaluate::EvaluateArgs),
    Route(route::RouteArgs),
    Impact(impact::ImpactArgs),
    Refresh(refresh::RefreshArgs),
    Serve(serve::ServeArgs),
}

/// Runs the command line; the exit code is 0 when done, 1 when the work failed, 2 on wrong usage.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.command {
        Command::Sample(args) => sample::run(&args).map_err(Failure::work),
        Command::Inspect(args) => inspect::run(&args).map_err(Failure::work),
        Command::Query(args) => return query::run(&args),
        Command::Train(args) => train::run(&args),
        Command::Predict(args) => predict::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Evaluate(args) => evaluate::run(&args),
        Command::Route(args) => route::run(&args),
        Command::Impact(args) => impact::run(&args),
        Command::Refresh(args) => refresh::run(&args),
        Command::Serve(args) => serve::run(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            failure.exit_code()
        }
    }
}
