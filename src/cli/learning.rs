//! Arguments that `train` and `evaluate` have in common, and what they mean.

use clap::Args;

use super::Failure;
use super::arguments::{age, in_order};
use crate::data::{Duration, Schema, TableId};
use crate::learn::reads::{Direction, Named, Rising};
use crate::learn::train::TrainOptions;

/// How to learn.
#[derive(Debug, Args)]
pub struct LearningArgs {
    /// Ask about each entity so long after its own time, while it is still open: 0h,4h,24h,7d. Scores then stay right as
    /// a ticket grows old; without it each is asked about at its own time only. Open: the answer is not decided yet, and
    /// no moment that ends the row (resolved, closed …) has passed. Units: m, h, d, w
    #[arg(long, value_name = "AGES", value_delimiter = ',', value_parser = age)]
    pub ages: Vec<Duration>,
    /// Let no feature read this table or column: tickets.close_code, or events. Give it again for each. The rows of the
    /// question stay what they are
    #[arg(long, value_name = "TABLE[.COLUMN]")]
    pub exclude: Vec<String>,
    /// Let the answer only rise (up) or only fall (down) as a measure rises, all else being the same:
    /// tickets.priority=down, events.latency=up (the cell, and the mean, least, largest and last of it over linked rows),
    /// or one feature by the name that evaluate lists: "count of events by account_id, 48 h=up". Give it again for each
    #[arg(long, value_name = "WHAT=up|down")]
    pub monotone: Vec<String>,
    /// Consider at most so many candidate features; of more, the later kinds are left out (first own columns, categories
    /// and the target's history, last pairs)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub budget: Option<u32>,
    /// The same seed gives the same result
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub seed: u64,
}

impl LearningArgs {
    /// As options, names looked up in the schema.
    ///
    /// # Errors
    /// A name that is not in the schema, with the one that may have been meant.
    pub fn options(&self, schema: &Schema, entity: TableId) -> Result<TrainOptions, Failure> {
        let mut options = TrainOptions {
            seed: self.seed,
            ages: in_order(&self.ages),
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            ..TrainOptions::default()
        };
        for text in &self.exclude {
            let named = Named::find(text, schema).map_err(|e| Failure::usage(format!("--exclude {text}: {e}")))?;
            if named == Named::Table(entity) {
                return Err(Failure::usage(format!(
                    "--exclude {text}: the question is about this table; exclude its columns one by one"
                )));
            }
            if !options.exclude.contains(&named) {
                options.exclude.push(named);
            }
        }
        for text in &self.monotone {
            options.monotone.push(direction(text, schema)?);
        }
        if let Some(budget) = self.budget {
            options.reach.budget = budget as usize;
        }
        Ok(options)
    }
}

/// Reads `WHAT=up` or `WHAT=down`; `+1` and `-1` say the same.
fn direction(text: &str, schema: &Schema) -> Result<Direction, Failure> {
    let refuse = |why: String| Failure::usage(format!("--monotone {text}: {why}"));
    let (what, way) = text
        .rsplit_once('=')
        .ok_or_else(|| refuse("write WHAT=up or WHAT=down".to_owned()))?;
    let sign = match way.trim().to_ascii_lowercase().as_str() {
        "up" | "+1" | "1" => 1,
        "down" | "-1" | "−1" => -1,
        _ => return Err(refuse(format!("{way} is neither up nor down"))),
    };
    let what = what.trim();
    // A feature's name has blanks, commas or neither; a column is found in the schema, or it was meant to be one.
    let of = match Named::find(what, schema) {
        Ok(Named::Column(table, column)) if measures(schema, table, column) => Rising::Column(table, column),
        Ok(named) => {
            return Err(refuse(format!(
                "{} is no number and no ordered category; name a column that is, or a feature",
                named.name(schema)
            )));
        }
        Err(e)
            if !what.contains(' ')
                && what.contains('.')
                && schema.find(what.split('.').next().unwrap_or("")).is_some() =>
        {
            return Err(refuse(e));
        }
        Err(_) => Rising::Feature(what.to_owned()),
    };
    Ok(Direction { of, sign })
}

fn measures(schema: &Schema, table: TableId, column: crate::data::ColumnId) -> bool {
    let column = schema.column(table, column);
    column.is_numeric() || matches!(column.kind, crate::data::ColumnType::Ordered { .. })
}
