//! `bellwether impact`.

use std::path::PathBuf;

use anstream::println;
use clap::Args;
use comfy_table::{ContentArrangement, Table, presets};

use super::arguments::Format;
use super::progress::Bar;
use super::route::costs;
use super::{Failure, bundle_files, tables};
use crate::data::Timestamp;
use crate::explain::{Language, number};
use crate::learn::train::TrainOptions;
use crate::score::impact::{A_DAY, Report, Way, held_out, report};

pub(super) const SETTINGS: &str = "The settings file (TOML); every line may be left out, these are the defaults:

    tickets_a_month = 5000.0        # volume
    first_line_cost = 62.5          # a resolution at the first line
    escalation_cost_factor = 8.0    # an escalation costs so many of them: $500
    delay_factor = 5.0              # and takes so many times as long
    late_mttr_factor = 3.0          # one nobody caught takes so many times as long as one caught
    review_cost = 5.0               # looking at one flagged ticket
    tier_cost_factor = 2.0          # a resolution one tier up costs so many times as much
    currency = \"$\"

Left alone an escalation costs E = first_line_cost × escalation_cost_factor; caught, E / late_mttr_factor. That a reviewed
ticket is caught is the settings' assumption; how many are caught, missed and reviewed is counted on tickets the model has
not seen.";

/// Count what acting on the scores would cost and save: by threshold and by review capacity, on tickets that the model has
/// not seen.
#[derive(Debug, Args)]
#[command(after_long_help = SETTINGS)]
pub struct ImpactArgs {
    /// The bundle's folder
    bundle: PathBuf,
    /// The folder of tables; what came after the bundle's build is counted on
    #[arg(long, value_name = "DATA")]
    data: PathBuf,
    /// Volumes and unit costs
    #[arg(long, value_name = "costs.toml")]
    costs: Option<PathBuf>,
    /// Review tickets from this probability on; may be given several times [default: the bundle's bands]
    #[arg(long, value_name = "P")]
    threshold: Vec<f64>,
    /// Review at most so many tickets a day, the likeliest
    #[arg(long, value_name = "N", default_value_t = A_DAY)]
    a_day: usize,
    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

fn percent(share: f64) -> String {
    number::percent(share, Language::English.words())
}

fn money(amount: f64, currency: &str) -> String {
    number::money(amount, currency, Language::English.words())
}

/// Runs it.
///
/// # Errors
/// What is wrong with the bundle, the tables or the settings.
pub fn run(args: &ImpactArgs) -> Result<(), Failure> {
    let costs = args.costs.as_deref().map(costs).transpose()?.unwrap_or_default();
    if let Some(wrong) = args.threshold.iter().find(|p| !(0.0..=1.0).contains(*p)) {
        return Err(Failure::usage(format!(
            "--threshold {wrong}: a probability is from 0 to 1"
        )));
    }
    let scorer = bundle_files::open(&args.bundle)?;
    let manifest = scorer.bundle().manifest.clone();
    let built_at = Timestamp::parse(&manifest.built_at).unwrap_or(scorer.bundle().opened.built_at);
    let ages = scorer.bundle().model.ages.clone();
    let scorer = tables::scorer_over(scorer, &args.data)?;
    let mut bar = Bar::new(args.format == Format::Text);
    let options = TrainOptions {
        ages,
        threads: std::thread::available_parallelism().map_or(1, usize::from),
        ..TrainOptions::default()
    };
    let held = held_out(&scorer, built_at, &options, &mut bar);
    bar.finish();
    let thresholds: Vec<(String, f64)> = if args.threshold.is_empty() {
        let bands = manifest.thresholds.iter();
        bands
            .flat_map(|t| [("watch", t.watch), ("likely", t.likely), ("critical", t.critical)])
            .map(|(name, p)| (format!("{name}, from {}", percent(p)), p))
            .collect()
    } else {
        args.threshold
            .iter()
            .map(|&p| (format!("from {}", percent(p)), p))
            .collect()
    };
    let database = &scorer.bundle().opened.database;
    let report = report(&held?, database, scorer.task(), &costs, &thresholds, args.a_day)?;
    match args.format {
        Format::Json => println!("{}", serde_json::to_string_pretty(&report).map_err(Failure::work)?),
        Format::Text => print(&report),
    }
    Ok(())
}

pub(super) fn print(report: &Report) {
    let Report { counted_on, costs, .. } = report;
    println!(
        "counted on {} tickets from {} to {} ({}), {} of them escalated",
        counted_on.tickets,
        counted_on.from,
        counted_on.to,
        counted_on.how,
        percent(counted_on.rate)
    );
    println!(
        "at {} tickets a month and {} an escalation, escalations nobody catches cost {} a year; a review pays from {} on",
        costs.tickets_a_month,
        money(costs.escalation_cost(), &costs.currency),
        money(report.escalations_a_year, &costs.currency),
        percent(report.break_even)
    );
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_HORIZONTAL_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header([
        "review",
        "of",
        "reviewed",
        "caught",
        "missed",
        "precision",
        "recall",
        "saves a year",
        "95 % interval",
        "MTTR",
    ]);
    for Way { name, impact } in std::iter::once(&report.best).chain(&report.ways) {
        let name = match impact.threshold {
            Some(threshold) if name.starts_with("best") => format!("{name}, {}", percent(threshold)),
            _ => name.clone(),
        };
        let share = |x: Option<f64>| x.map_or_else(|| "–".to_owned(), percent);
        table.add_row([
            name,
            impact.tickets.to_string(),
            impact.reviewed.to_string(),
            impact.caught.to_string(),
            impact.missed.to_string(),
            share(impact.precision),
            share(impact.recall),
            money(impact.saving_a_year, &costs.currency),
            impact.saving_interval.map(|x| money(x, &costs.currency)).join(" to "),
            format!("{:+.1} %", 100.0 * impact.mttr_change),
        ]);
    }
    println!("{table}");
    println!("the best threshold was chosen on the earlier half and counted on the later one");
    if let Some(note) = report.volume_note("tickets") {
        println!("{note}");
    }
    let Report { measured, .. } = report;
    for (what, factor, set) in [
        ("an escalation takes", measured.delay_factor, Some(costs.delay_factor)),
        (
            "one escalated late takes",
            measured.late_mttr_factor,
            Some(costs.late_mttr_factor),
        ),
        (
            "one that a higher line had from the start takes",
            measured.second_line_change.map(|c| 1.0 + c),
            None,
        ),
    ] {
        if let Some(factor) = factor {
            let against = match what.starts_with("an ") {
                true => "one that is none",
                false if set.is_some() => "one escalated early",
                false => "one of the first line",
            };
            let set = set.map_or_else(String::new, |set| format!(" (settings: {set})"));
            println!("in these tables {what} {factor:.2} × as long as {against}{set}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impact::Costs;

    #[test]
    fn the_settings_shown_in_the_help_are_the_defaults() {
        let shown: String = SETTINGS
            .lines()
            .filter(|l| l.contains(" = ") && l.starts_with("    "))
            .collect::<Vec<_>>()
            .join("\n");
        assert_eq!(Costs::parse(&shown).unwrap(), Costs::default());
    }
}
