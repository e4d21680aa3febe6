//! `bellwether explain`.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::arguments::{Format, moment};
use super::{Failure, bundle_files, folder};
use crate::data::Timestamp;
use crate::explain::reason::Direction;
use crate::score::Card;

/// Say why an entity's score is what it is.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The bundle's folder
    bundle: PathBuf,
    /// The folder of tables
    #[arg(long, value_name = "DATA")]
    data: PathBuf,
    /// The entity's key
    #[arg(long, value_name = "ID")]
    entity: String,
    /// As of when [default: the entity's own time; without one, the latest time in the tables]
    #[arg(long, value_name = "T", value_parser = moment)]
    at: Option<Timestamp>,
    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Runs it.
///
/// # Errors
/// What is wrong with the bundle, the tables or the entity.
pub fn run(args: &ExplainArgs) -> Result<(), Failure> {
    let scorer = bundle_files::open(&args.bundle)?;
    let reading = folder::read_folder_as(&args.data, &scorer.bundle().opened.database.schema)?;
    let scorer = scorer.over_history(reading.database)?;
    let opened = &scorer.bundle().opened;
    let (database, entity) = (&opened.database, scorer.task().entity);
    let table = &database.schema.table(entity).name;
    let row = database
        .symbols
        .find(&args.entity)
        .and_then(|key| database.row_of_key(entity, key))
        .ok_or_else(|| Failure::work(format!("{table} has no row with key {:?}", args.entity)))?;
    let anchor = args
        .at
        .or_else(|| database.row_time(entity, row))
        .unwrap_or(opened.built_at);
    let card = scorer.card_of_row(row, anchor)?;
    match args.format {
        Format::Json => {
            let object = json!({
                "entity": card.entity,
                "anchor": card.anchor,
                "probability": card.probability,
                "log_odds": card.log_odds,
                "base_log_odds": card.base_log_odds,
                "contributions": card.contributions,
                "reasons": card.reasons,
                "band": card.band,
                "base_rate": card.base_rate,
                "partial": card.partial,
                "agents": card.agents,
            });
            println!("{object:#}");
        }
        Format::Text => print(&card),
    }
    Ok(())
}

fn print(card: &Card) {
    match card.probability {
        Some(p) => println!(
            "{} as of {}: {:.1} % within {} h ({:.1} × the base rate of {:.1} %)",
            card.entity,
            card.anchor,
            100.0 * p,
            card.horizon_hours,
            card.lift.unwrap_or(f64::NAN),
            100.0 * card.base_rate
        ),
        None => println!("{} as of {}: not scored", card.entity, card.anchor),
    }
    card.partial.iter().for_each(|line| println!("  ! {line}"));
    for reason in &card.reasons {
        let arrow = if reason.direction == Direction::Up {
            "▲"
        } else {
            "▼"
        };
        println!(
            "  {arrow} {:4.0} %  {}: {}",
            100.0 * reason.share,
            reason.text,
            reason.value
        );
    }
    for agent in &card.agents {
        println!("  → {}", agent.text);
    }
}
