//! What acting on a bundle's scores would cost and save, counted on tickets that its model has not seen: those asked about
//! after its build, or, when the tables hold none, those of a last slice that a model trained on the time before is judged on.

use serde::Serialize;

use super::scorer::{ScoreError, Scorer};
use crate::data::{Database, RowId, Timestamp};
use crate::impact::{Costs, Impact, at_capacity, at_threshold, best_threshold};
use crate::learn::LearnError;
use crate::learn::approaches::evaluate;
use crate::learn::example::{Example, Examples};
use crate::learn::objective::Objective;
use crate::learn::train::{Progress, TrainOptions};
use crate::query::Task;
use crate::relate::Asker;
use crate::route::{RoleNames, Roles};

/// Examples with their probabilities, none of them seen by the model that gave these.
#[derive(Clone, Debug)]
pub struct HeldOut {
    /// In order of anchor.
    pub examples: Vec<Example>,
    /// One for each.
    pub probabilities: Vec<f64>,
    /// How they come to be unseen, a sentence.
    pub how: String,
}

/// A ways of acting and what it comes to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Way {
    /// "best threshold", "watch", "20 a day".
    pub name: String,
    /// What it does.
    #[serde(flatten)]
    pub impact: Impact,
}

/// What was counted.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Counted {
    /// How the tickets come to be unseen.
    pub how: String,
    /// The first one's anchor, RFC 3339.
    pub from: String,
    /// The last one's.
    pub to: String,
    /// Their number.
    pub tickets: usize,
    /// How many of them there were a day.
    pub a_day: f64,
    /// The share of them that escalated.
    pub rate: f64,
}

/// Times that the tables show, for whoever wants to put them in place of the settings' factors.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Measured {
    /// Mean hours of tickets that did not escalate.
    pub quiet_hours: Option<f64>,
    /// Mean hours of those that did.
    pub escalated_hours: Option<f64>,
    /// The latter over the former: what the settings call the delay factor.
    pub delay_factor: Option<f64>,
    /// Mean hours of those escalated in the later half of the window over those escalated in the first: the late factor.
    pub late_mttr_factor: Option<f64>,
    /// Change of the mean hours of escalated tickets that a line above the first had from the start, against the first
    /// line's: −0.45 is 45 % shorter.
    pub second_line_change: Option<f64>,
}

/// All of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// What was counted.
    pub counted_on: Counted,
    /// The settings used.
    pub costs: Costs,
    /// What escalations cost a year at the rate counted, when none is caught.
    pub escalations_a_year: f64,
    /// The probability from which a review pays by the settings alone.
    pub break_even: f64,
    /// The cost-optimal threshold, chosen on the earlier half and counted on the later one.
    pub best: Way,
    /// The thresholds asked for, or the bundle's bands; and the capacity.
    pub ways: Vec<Way>,
    /// What the tables show of the factors.
    pub measured: Measured,
}

impl Report {
    /// Money is counted at the settings' volume, a capacity on the days of the tables: what that means where the two differ.
    #[must_use]
    pub fn volume_note(&self, rows: &str) -> Option<String> {
        let (here, settings) = (self.counted_on.a_day, self.costs.tickets_a_month * 12.0 / 365.0);
        if here <= 0.0 || settings <= 0.0 || (0.8..=1.25).contains(&(settings / here)) {
            return None;
        }
        let cut = self.ways.iter().rev().find_map(|way| {
            let capacity: f64 = way.name.strip_suffix(" a day")?.parse().ok()?;
            Some((way.name.as_str(), capacity * settings / here))
        })?;
        Some(format!(
            "these tables ask about {here:.0} {rows} a day, the settings count {settings:.0}: {} here is the share that {:.0} a day are there; \
             tickets_a_month = {:.0} counts these tables' own volume",
            cut.0,
            cut.1,
            here * 365.0 / 12.0
        ))
    }
}

/// Tickets a day that a team reviews, where nobody says otherwise.
pub const A_DAY: usize = 20;
/// Fewer unseen tickets than this say too little.
const LEAST: usize = 200;
/// The share of the settled examples that the last slice is.
const LAST_SLICE: usize = 4;

/// Unseen examples for a bundle over a whole history.
///
/// # Errors
/// When the question is not one of yes or no, labels cannot be computed, or there is too little to count on.
pub fn held_out(
    scorer: &Scorer,
    built_at: Timestamp,
    options: &TrainOptions,
    progress: &mut dyn Progress,
) -> Result<HeldOut, ScoreError> {
    if scorer.bundle.model.objective != Objective::YesNo {
        return Err(ScoreError::Impact(
            "the question asks for a number; impact counts yes or no".to_owned(),
        ));
    }
    let database = &scorer.bundle.opened.database;
    let latest = database.latest().unwrap_or(built_at);
    let settled = Examples::gather(database, &scorer.task, latest, &scorer.bundle.model.ages)?.settled_by(latest);
    let after: Vec<Example> = settled.iter().filter(|e| e.asker.anchor >= built_at).copied().collect();
    let yes = |of: &[Example]| of.iter().filter(|e| e.label > 0.5).count();
    if after.len() >= LEAST && yes(&after) > 0 {
        let askers: Vec<Asker> = after.iter().map(|e| e.asker).collect();
        let probabilities = scorer.answers(&askers, &mut |done, total| progress.stage("scoring", done, total))?;
        return Ok(HeldOut {
            examples: after,
            probabilities,
            how: format!("asked about after the bundle's build at {built_at}"),
        });
    }
    if settled.len() < LAST_SLICE * LEAST {
        let n = after.len();
        return Err(ScoreError::Impact(format!(
            "only {n} settled tickets were asked about after the bundle's build at {built_at}, and {} in all are too few to hold some out; train with an earlier --until",
            settled.len()
        )));
    }
    let cut = settled[settled.len() - settled.len() / LAST_SLICE].asker.anchor;
    progress.note(format!(
        "the tables hold too little after the bundle's build at {built_at}: the same question is trained up to {cut} and counted on what came after"
    ));
    let judged = evaluate(database, &scorer.task, cut, options, progress)?;
    Ok(HeldOut {
        examples: judged.test,
        probabilities: judged.answers,
        how: format!("asked about from {cut} on, by a model of the same question trained on what was settled by then"),
    })
}

/// Counts what acting would come to. `thresholds` are named probabilities; `a_day` a review capacity.
///
/// # Errors
/// When there is nothing to count on, or a cost is out of range.
pub fn report(
    held_out: &HeldOut,
    database: &Database,
    task: &Task,
    costs: &Costs,
    thresholds: &[(String, f64)],
    a_day: usize,
) -> Result<Report, ScoreError> {
    let fault = |e: crate::impact::ImpactError| ScoreError::Impact(e.to_string());
    let labels: Vec<bool> = held_out.examples.iter().map(|e| e.label > 0.5).collect();
    let anchors: Vec<Timestamp> = held_out.examples.iter().map(|e| e.asker.anchor).collect();
    let probabilities = &held_out.probabilities;
    let half = labels.len() / 2;
    let (chosen, _) = best_threshold(&probabilities[..half], &labels[..half], costs).map_err(fault)?;
    let best = Way {
        name: "best threshold".to_owned(),
        impact: at_threshold(&probabilities[half..], &labels[half..], chosen, costs).map_err(fault)?,
    };
    let mut ways = Vec::new();
    for (name, threshold) in thresholds {
        ways.push(Way {
            name: name.clone(),
            impact: at_threshold(probabilities, &labels, *threshold, costs).map_err(fault)?,
        });
    }
    ways.push(Way {
        name: format!("{a_day} a day"),
        impact: at_capacity(probabilities, &labels, &anchors, a_day, costs).map_err(fault)?,
    });
    #[allow(clippy::cast_precision_loss)]
    let rate = labels.iter().filter(|y| **y).count() as f64 / labels.len().max(1) as f64;
    let lasted = anchors
        .first()
        .zip(anchors.last())
        .map_or(0.0, |(from, to)| (*to - *from).as_hours() / 24.0);
    #[allow(clippy::cast_precision_loss)]
    let a_day_here = labels.len() as f64 / lasted.max(1.0);
    let moment = |at: Option<&Timestamp>| at.map_or_else(String::new, ToString::to_string);
    Ok(Report {
        counted_on: Counted {
            how: held_out.how.clone(),
            from: moment(anchors.first()),
            to: moment(anchors.last()),
            tickets: labels.len(),
            a_day: a_day_here,
            rate,
        },
        costs: costs.clone(),
        escalations_a_year: costs.escalations_a_year(rate),
        break_even: costs.break_even(),
        best,
        ways,
        measured: measured(held_out, database, task)?,
    })
}

#[derive(Clone, Copy, Default)]
struct Mean {
    n: f64,
    sum: f64,
}

impl Mean {
    fn add(&mut self, x: f64) {
        self.n += 1.0;
        self.sum += x;
    }

    /// `None` for fewer than thirty.
    fn get(self) -> Option<f64> {
        (self.n >= 30.0).then(|| self.sum / self.n)
    }
}

/// Hours from the tables, where they say when a ticket was resolved.
fn measured(held_out: &HeldOut, database: &Database, task: &Task) -> Result<Measured, LearnError> {
    let Ok(roles) = Roles::find(database, task.entity, &RoleNames::default()) else {
        return Ok(Measured::default());
    };
    let latest = database.latest().unwrap_or(Timestamp::MIN);
    let history = Examples::gather(database, task, latest, &[])?.history;
    let settled: std::collections::BTreeMap<RowId, Timestamp> = history
        .iter()
        .filter(|l| l.value > 0.5)
        .map(|l| (l.row, l.settled_at))
        .collect();
    let table = database.table(task.entity);
    let mut seen = std::collections::BTreeSet::new();
    let [mut quiet, mut escalated, mut early, mut late, mut first_line, mut above] = [Mean::default(); 6];
    for example in &held_out.examples {
        let row = example.asker.row;
        let (begun, done) = (table.time(roles.begun, row), table.time(roles.done, row));
        if done == Timestamp::MAX || done <= begun || !seen.insert(row) {
            continue;
        }
        let hours = (done - begun).as_hours();
        if example.label <= 0.5 {
            quiet.add(hours);
            continue;
        }
        escalated.add(hours);
        if let Some(&at) = settled.get(&row) {
            let window = (task.horizon.closes(begun) - begun).as_hours();
            let after = (at - begun).as_hours();
            if after <= window / 2.0 {
                early.add(hours)
            } else {
                late.add(hours)
            }
        }
        let tier = roles.agent_tier.as_ref().and_then(|(column, names)| {
            let person = database.follow(task.entity, roles.link, row)?;
            let text = database
                .symbols
                .text(database.table(roles.people).symbol(*column, person))?;
            names.iter().position(|n| n == text)
        });
        match tier {
            Some(0) => first_line.add(hours),
            Some(_) => above.add(hours),
            None => {}
        }
    }
    let ratio = |a: Mean, b: Mean| a.get().zip(b.get()).map(|(a, b)| a / b);
    Ok(Measured {
        quiet_hours: quiet.get(),
        escalated_hours: escalated.get(),
        delay_factor: ratio(escalated, quiet),
        late_mttr_factor: ratio(late, early),
        second_line_change: ratio(above, first_line).map(|r| r - 1.0),
    })
}
