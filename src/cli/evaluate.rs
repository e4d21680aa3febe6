//! `bellwether evaluate`.

use std::path::PathBuf;

use anstream::{eprintln, println};
use clap::Args;

use super::arguments::{Format, bind, moment, query_text};
use super::learning::LearningArgs;
use super::progress::Bar;
use super::route::costs;
use super::{Failure, evaluation_table, impact, tables, whole_file};
use crate::data::Timestamp;
use crate::explain::{Target, rows_noun};
use crate::learn::approaches::evaluate;
use crate::report::{self, Findings};
use crate::route::judge::Way;
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
    #[command(flatten)]
    learning: LearningArgs,
    /// Volumes and unit costs for what acting would save; see `bellwether impact --help`
    #[arg(long, value_name = "costs.toml")]
    costs: Option<PathBuf>,
    /// Also write a report to read: one page that opens without a network
    #[arg(long, value_name = "FILE.html")]
    report: Option<PathBuf>,
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
    let costs = args.costs.as_deref().map(costs).transpose()?.unwrap_or_default();
    if let Some(path) = &args.report {
        whole_file::check_target(path)?;
    }
    let database = tables::read(&args.data)?;
    let task = bind(&text, &database.schema)?;
    let options = args.learning.options(&database.schema, task.entity)?;
    let mut bar = Bar::new(args.format == Format::Text);
    let judged = evaluate(&database, &task, args.cut, &options, &mut bar);
    bar.finish();
    let judged = judged?;
    let closer = closer_look(&database, &task, &judged, args.cut, &costs)?;
    if let Some(path) = &args.report {
        let labels: Vec<f32> = judged.test.iter().map(|e| e.label).collect();
        let schema = &database.schema;
        let page = report::page(&Findings {
            evaluation: &judged.evaluation,
            labels: &labels,
            closer: &closer,
            target: &Target::of(&task, schema),
            rows: rows_noun(&schema.table(task.entity).name),
            horizon_hours: (task.horizon.closes(args.cut) - args.cut).as_hours().max(0.0),
        })?;
        whole_file::write(path, page.as_bytes())?;
        eprintln!("wrote {}", path.display());
    }
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
            evaluation_table::print(&judged.evaluation);
            judged
                .evaluation
                .leaks
                .iter()
                .for_each(|leak| println!("{}", leak.line()));
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
    if let Some(report) = &closer.impact {
        println!("what acting on the scores would save:");
        impact::print(report);
    }
    if let Some(routing) = &closer.routing {
        println!(
            "agents named for {} tickets after the cut, by what had been resolved before each (of {} agents):",
            routing.tickets, routing.agents
        );
        for way in &routing.ways {
            println!("{}", way_line(way));
        }
    }
}

/// A way of naming agents in a line; in words what no figure can say.
fn way_line(way: &Way) -> String {
    let fastest = match &way.hits {
        Some(hits) => format!(
            "{:3.0} % of the three named proved fastest [{:.0}–{:.0}]",
            100.0 * hits.hit_rate_at_3,
            100.0 * hits.hit_rate_interval[0],
            100.0 * hits.hit_rate_interval[1]
        ),
        None => "who is fastest did not show".to_owned(),
    };
    let hours = match &way.pace {
        Some(pace) => format!(
            "hours {:.2} × the topic's median [{:.2}–{:.2}]",
            pace.hours_ratio, pace.hours_interval[0], pace.hours_interval[1]
        ),
        None => "no ticket to compare went to the three named".to_owned(),
    };
    format!("  {:20} {fastest}; {hours}", way.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::route::judge::{Hits, Pace};

    #[test]
    fn what_no_figure_can_say_of_a_way_is_said_in_words() {
        let mut way = Way {
            name: "least_loaded".to_owned(),
            hits: None,
            pace: None,
        };
        assert_eq!(
            way_line(&way),
            "  least_loaded         who is fastest did not show; no ticket to compare went to the three named"
        );
        way.hits = Some(Hits {
            hit_rate_at_3: 0.25,
            hit_rate_interval: [0.2, 0.3],
            behind_matching: None,
        });
        way.pace = Some(Pace {
            hours_ratio: 1.04,
            hours_interval: [0.9, 1.2],
        });
        assert_eq!(
            way_line(&way),
            "  least_loaded          25 % of the three named proved fastest [20–30]; hours 1.04 × the topic's median [0.90–1.20]"
        );
    }
}
