//! `bellwether explain`.

use std::path::PathBuf;

use anstream::println;
use clap::Args;
use serde_json::json;

use super::arguments::{Format, moment};
use super::{Failure, bundle_files, named, tables};
use crate::data::Timestamp;
use crate::explain::Language;
use crate::explain::number::{number, percent, span};
use crate::explain::reason::Direction;
use crate::explain::words::{Words, fill};
use crate::learn::objective::Objective;
use crate::score::{Card, Method};

/// Say why an entity's score is what it is.
///
/// As JSON: entity, anchor, kind, contributions and reasons; for a yes or no probability, log_odds and base_log_odds, where
/// base + contributions = log-odds; for a number prediction, base_value and unit, where base + contributions = prediction.
/// certainty: the interval (low, high, level) that holds so many scores, and whether enough has gone before (enough, earlier).
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
    /// The language of reasons, what-ifs and notes: en or de
    #[arg(long, value_name = "TAG", value_parser = language, default_value = "en")]
    language: Language,
    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

fn language(tag: &str) -> Result<Language, String> {
    let spoken = || Language::ALL.map(Language::tag).join(" and ");
    Language::of_tag(tag).ok_or_else(|| format!("{} are spoken", spoken()))
}

/// Runs it.
///
/// # Errors
/// What is wrong with the bundle, the tables or the entity.
pub fn run(args: &ExplainArgs) -> Result<(), Failure> {
    let scorer = bundle_files::open(&args.bundle)?;
    let mut scorer = tables::scorer_over(scorer, &args.data)?;
    scorer.speak(args.language);
    let opened = &scorer.bundle().opened;
    let (database, entity) = (&opened.database, scorer.task().entity);
    let row = named::row(database, entity, &args.entity).map_err(Failure::work)?;
    let own = named::own_moment(database, entity, row).map_err(Failure::work)?;
    let anchor = args.at.or(own).unwrap_or(opened.built_at);
    if let Some(begins) = database.begins_after(entity, row, anchor) {
        return Err(Failure::work(format!(
            "{} {:?} begins at {begins}, and nothing of it is known at {anchor}: give --at {begins} or later",
            database.schema.table(entity).name,
            args.entity
        )));
    }
    let mut card = match args.format {
        Format::Json => scorer.whole_card_of_row(row, anchor)?,
        Format::Text => scorer.card_of_row(row, anchor)?,
    };
    card.what_if = scorer.chips_of_row(row, anchor)?;
    match args.format {
        Format::Json => {
            println!("{:#}", object(&card));
        }
        Format::Text => print(&card, scorer.words()),
    }
    Ok(())
}

fn object(card: &Card) -> serde_json::Value {
    let mut object = json!({
        "entity": card.entity,
        "anchor": card.anchor,
        "kind": card.kind,
        "language": card.language,
        "contributions": card.contributions,
        "reasons": card.reasons,
        "explanation": card.explanation,
        "partial": card.partial,
        "agents": card.agents,
        "what_if": card.what_if,
        "certainty": card.certainty,
    });
    let answer = match card.kind {
        Objective::YesNo => json!({
            "probability": card.probability,
            "log_odds": card.log_odds,
            "base_log_odds": card.base_log_odds,
            "band": card.band,
            "base_rate": card.base_rate,
        }),
        Objective::Number => json!({
            "prediction": card.value,
            "base_value": card.base_value,
            "unit": card.unit,
        }),
    };
    if let (Some(object), serde_json::Value::Object(answer)) = (object.as_object_mut(), answer) {
        object.extend(answer);
    }
    object
}

/// Hours as a question states them; weeks and more in days.
fn horizon(hours: f64, words: &Words) -> String {
    if hours <= 72.0 {
        format!("{} h", number(hours, words))
    } else {
        span(hours, words)
    }
}

fn print(card: &Card, words: &Words) {
    let answer = match (card.probability, &card.shown) {
        (Some(p), _) => fill(
            words.card_answer,
            &[
                ("share", &format!("{} %", number((1000.0 * p).round() / 10.0, words))),
                ("hours", &horizon(card.horizon_hours, words)),
                (
                    "lift",
                    &number((10.0 * card.lift.unwrap_or(f64::NAN)).round() / 10.0, words),
                ),
                ("base", &percent(card.base_rate.unwrap_or(f64::NAN), words)),
            ],
        ),
        (None, Some(shown)) => shown.clone(),
        (None, None) => words.card_unknown.to_owned(),
    };
    let head = [("entity", &*card.entity), ("at", &*card.anchor), ("answer", &*answer)];
    println!("{}", fill(words.card_head, &head));
    if let Some(certainty) = &card.certainty {
        let level = format!("{:.0} %", 100.0 * certainty.level);
        let places = [("range", &*certainty.text), ("level", &*level)];
        println!("  {}", fill(words.card_interval, &places));
    }
    card.partial.iter().for_each(|line| println!("  ! {line}"));
    if card.explanation == Method::Sampled {
        println!("  {}", words.card_sampled);
    }
    for reason in &card.reasons {
        let arrow = if reason.direction == Direction::Up {
            "▲"
        } else {
            "▼"
        };
        let error = reason
            .standard_error
            .map_or_else(String::new, |e| format!(" ({:+.2} ± {e:.2})", reason.contribution));
        println!(
            "  {arrow} {:4.0} %  {}: {}{error}",
            100.0 * reason.share,
            reason.text,
            reason.value
        );
    }
    if !card.what_if.is_empty() {
        println!("  {}", words.card_what_if);
    }
    for chip in &card.what_if {
        println!("    {}: {}", chip.label, chip.shown);
    }
    for agent in &card.agents {
        println!("  → {} ({}): {}", agent.name, agent.agent, agent.text);
    }
}
