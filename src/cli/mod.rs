//! The command line: arguments, files, progress and tables on a terminal. Conversions only.

pub mod query;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "bellwether", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Query(query::QueryArgs),
}

/// Runs the command line; the exit code is 0 when done, 1 when the work failed, 2 on wrong usage.
#[must_use]
pub fn main() -> std::process::ExitCode {
    match Arguments::parse().command {
        Command::Query(args) => query::run(&args),
    }
}
