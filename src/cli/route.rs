//! `bellwether route`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anstream::println;
use clap::Args;
use comfy_table::{ContentArrangement, Table, presets};

use super::arguments::{Format, moment};
use super::{Failure, bundle_files, tables};
use crate::data::Timestamp;
use crate::impact::Costs;
use crate::route::{Availability, RoleNames, Roles};
use crate::score::{RouteOptions, Routed};

/// Say who should take which open ticket, and assign the whole queue: by past resolutions known at that moment, the tier a
/// ticket needs, open load and availability.
///
/// Agents are found from the schema: a link of the entity whose name, or whose table's, speaks of people who resolve. Columns
/// of their table such as `tier`, `available`, `working_hours` and `away`, or a table of absences that links to it, are taken
/// into account (docs/routing.md): nobody who is away or off hours is named unless nobody is there.
#[derive(Debug, Args)]
pub struct RouteArgs {
    /// The bundle's folder
    bundle: PathBuf,
    /// The folder of tables
    #[arg(long, value_name = "DATA")]
    data: PathBuf,
    /// As of when [default: the latest time in the tables]
    #[arg(long, value_name = "T", value_parser = moment)]
    at: Option<Timestamp>,
    /// Agents named per ticket
    #[arg(long, value_name = "K", default_value_t = 3)]
    top: usize,
    /// Most open tickets one agent gets [default: one and a half times an even share]
    #[arg(long, value_name = "N")]
    capacity: Option<u32>,
    /// Who is not there: keys, separated by commas
    #[arg(long, value_name = "IDS", value_delimiter = ',')]
    away: Vec<String>,
    /// The entity's column that links to the agents, when it is not found
    #[arg(long, value_name = "COLUMN")]
    agent: Option<String>,
    /// The entity's column that says when it was resolved, when it is not found
    #[arg(long, value_name = "COLUMN")]
    done: Option<String>,
    /// The entity's column that says what it is about, when it is not found
    #[arg(long, value_name = "COLUMN")]
    topic: Option<String>,
    /// Costs that decide which tier pays; see `bellwether impact --help`
    #[arg(long, value_name = "costs.toml")]
    costs: Option<PathBuf>,
    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Reads a settings file of costs.
///
/// # Errors
/// When it cannot be read, or says something that costs cannot be.
pub fn costs(path: &Path) -> Result<Costs, Failure> {
    let text = fs::read_to_string(path).map_err(|e| Failure::file("read", path, &e))?;
    Costs::parse(&text).map_err(|e| Failure::work(format!("{}: {e}", path.display())))
}

/// Runs it.
///
/// # Errors
/// What is wrong with the bundle, the tables or the roles.
pub fn run(args: &RouteArgs) -> Result<(), Failure> {
    let costs = args.costs.as_deref().map(costs).transpose()?;
    let scorer = bundle_files::open(&args.bundle)?;
    let scorer = tables::scorer_over(scorer, &args.data)?;
    let opened = &scorer.bundle().opened;
    let at = args.at.unwrap_or(opened.built_at);
    let names = RoleNames {
        agent: args.agent.clone(),
        done: args.done.clone(),
        topic: args.topic.clone(),
    };
    let roles = Roles::find(&opened.database, scorer.task().entity, &names)?;
    let known = |key: &str| {
        let symbol = opened.database.symbols.find(key);
        symbol
            .and_then(|s| opened.database.row_of_key(roles.people, s))
            .is_some()
    };
    let people = &opened.database.schema.table(roles.people).name;
    let mut agents = BTreeMap::new();
    for key in &args.away {
        if !known(key) {
            return Err(Failure::work(format!(
                "--away {key}: {people} has no row with that key"
            )));
        }
        let away = Availability {
            available: Some(false),
            ..Availability::default()
        };
        agents.insert(key.clone(), away);
    }
    let options = RouteOptions {
        top: Some(args.top),
        capacity: args.capacity,
        agents,
        costs,
    };
    let routed = scorer.route_open(&roles, &options, at)?;
    match args.format {
        Format::Json => println!("{}", serde_json::to_string_pretty(&routed).map_err(Failure::work)?),
        Format::Text => print(&routed),
    }
    Ok(())
}

fn print(routed: &Routed) {
    let left = routed.tickets.iter().filter(|t| t.assigned.is_none()).count();
    println!(
        "{} open at {}; {} assigned, {:.0} expected hours of work; {left} left over",
        routed.tickets.len(),
        routed.at,
        routed.tickets.len() - left,
        routed.expected_hours
    );
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_HORIZONTAL_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["entity", "probability", "topic", "needs", "goes to", "why", "also"]);
    for ticket in &routed.tickets {
        let (to, why) = match &ticket.assigned {
            Some(agent) => (format!("{} ({})", agent.name, agent.agent), agent.text.clone()),
            None => ("–".to_owned(), "nobody who is there can take more".to_owned()),
        };
        let other = |agent: &&crate::route::Suggestion| ticket.assigned.as_ref().is_none_or(|a| a.agent != agent.agent);
        let also: Vec<&str> = ticket
            .suggestions
            .iter()
            .filter(other)
            .map(|s| s.name.as_str())
            .collect();
        table.add_row([
            ticket.entity.clone(),
            ticket
                .probability
                .map_or_else(|| "–".to_owned(), |p| format!("{:.0} %", 100.0 * p)),
            ticket.topic.clone(),
            ticket.tier_needed.clone(),
            to,
            why,
            also.join(", "),
        ]);
    }
    println!("{table}");
}
