//! A queue of tickets to agents: every ticket scored, what it needs found, whom to ask proposed, and all of them assigned
//! together.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::rows::LiveRow;
use super::scorer::{ScoreError, Scorer};
use crate::data::{RowId, Timestamp};
use crate::explain::Target;
use crate::impact::Costs;
use crate::learn::example::Examples;
use crate::learn::objective::Objective;
use crate::relate::view::Asker;
use crate::route::{Availability, Presence, Roles, Skills, Suggestion, TierPolicy, Wanted, assign};

/// How to route, as JSON; everything may be left out.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RouteOptions {
    /// Agents named per ticket; 3 when left out.
    pub top: Option<usize>,
    /// Most tickets one agent has open at once, the queue's included.
    pub capacity: Option<u32>,
    /// What is known of single agents, by key.
    pub agents: BTreeMap<String, Availability>,
    /// What decides from which probability on a tier pays.
    pub costs: Option<Costs>,
}

/// A routed queue.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Routed {
    /// As of when, RFC 3339.
    pub at: String,
    /// Ticket by ticket, in the order of the queue.
    pub tickets: Vec<RoutedTicket>,
    /// Who takes how much.
    pub agents: Vec<AgentLoad>,
    /// Expected hours of all assigned tickets together.
    pub expected_hours: f64,
}

/// One ticket of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RoutedTicket {
    /// Its key.
    pub entity: String,
    /// Of what the question asks about; `None` when not enough is known.
    pub probability: Option<f64>,
    /// What it is about.
    pub topic: String,
    /// The tier it needs; empty when people have none.
    pub tier_needed: String,
    /// Whom it goes to when the whole queue is assigned at once; `None` when nobody is left.
    pub assigned: Option<Suggestion>,
    /// The best agents for this ticket alone.
    pub suggestions: Vec<Suggestion>,
}

/// An agent's part.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AgentLoad {
    /// Key.
    pub agent: String,
    /// Open besides this queue.
    pub open: u32,
    /// Of this queue.
    pub assigned: u32,
    /// How many more could be taken before.
    pub free: u32,
}

const TOP: usize = 3;

impl RouteOptions {
    /// Reads options; an empty text is none.
    ///
    /// # Errors
    /// When it is no JSON object of these fields, or a cost is out of range.
    pub fn parse(text: &str) -> Result<Self, ScoreError> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        let options: Self = serde_json::from_str(text).map_err(|e| ScoreError::Route(e.to_string()))?;
        if let Some(costs) = &options.costs {
            costs.check().map_err(|e| ScoreError::Route(e.to_string()))?;
        }
        Ok(options)
    }
}

/// A ticket of the queue before it is assigned.
struct Queued {
    entity: String,
    probability: Option<f64>,
    wanted: Wanted,
}

impl Scorer {
    /// Routes rows of the entity's table (a JSON list of objects) as of `now` by what the bundle knows of agents.
    ///
    /// # Errors
    /// When `rows` is no list of objects, the bundle knows no agents, or the model fails.
    pub fn route(&mut self, rows: &str, options: &RouteOptions, now: Timestamp) -> Result<Routed, ScoreError> {
        let rows: Vec<Map<String, Value>> = serde_json::from_str(rows).map_err(|e| ScoreError::Rows(e.to_string()))?;
        let skills = self.bundle.skills.clone().ok_or(ScoreError::NoAgents)?;
        let entity = self.task.entity;
        let is_chance = self.bundle.model.objective == Objective::YesNo;
        let answers = self.answers_for(&rows, now)?;
        let mut queue = Vec::with_capacity(rows.len());
        for (row, answer) in rows.iter().zip(answers) {
            let probability = Some(answer).filter(|p| is_chance && !p.is_nan());
            let live = LiveRow::read(&self.bundle.opened.database, entity, row);
            let place = live.push(&mut self.bundle.opened.database, entity);
            let database = &self.bundle.opened.database;
            queue.push(Queued {
                entity: database.key_text(entity, place).unwrap_or_default().to_owned(),
                probability,
                wanted: skills.wanted(database, entity, place, probability.map(settled)),
            });
            self.bundle.opened.database.pop_row(entity);
        }
        Ok(routed(&skills, queue, options, false, now, &self.target))
    }

    /// Routes every ticket open at `now` in a whole history, by what had been resolved by then.
    ///
    /// # Errors
    /// When nothing was resolved by then, a time zone is none, or the model fails.
    pub fn route_open(&self, roles: &Roles, options: &RouteOptions, now: Timestamp) -> Result<Routed, ScoreError> {
        let opened = &self.bundle.opened;
        let database = &opened.database;
        let entity = self.task.entity;
        let labels = Examples::gather(database, &self.task, now, &[])?.history;
        let skills = Skills::learn(database, roles, &labels, now).ok_or(ScoreError::NoAgents)?;
        if let Some(misread) = skills.misread().next() {
            return Err(ScoreError::Zone(misread.clone()));
        }
        let table = database.table(entity);
        let open: Vec<RowId> = (0..u32::try_from(table.rows).unwrap_or(u32::MAX))
            .map(RowId)
            .filter(|&row| table.time(roles.begun, row) <= now && table.time(roles.done, row) > now)
            .collect();
        let askers: Vec<Asker> = open.iter().map(|&row| Asker::new(row, now)).collect();
        let answers = self.answers(&askers, &mut |_, _| {})?;
        let is_chance = self.bundle.model.objective == Objective::YesNo;
        let escalated: BTreeSet<RowId> = labels
            .iter()
            .filter(|l| is_chance && l.settled_at <= now && l.value > 0.5)
            .map(|l| l.row)
            .collect();
        let queue = open
            .iter()
            .zip(answers)
            .map(|(&row, answer)| {
                let probability = Some(answer).filter(|p| is_chance && !p.is_nan());
                let mut wanted = skills.wanted(database, entity, row, probability.map(settled));
                wanted.escalated = escalated.contains(&row);
                Queued {
                    entity: database.key_text(entity, row).unwrap_or_default().to_owned(),
                    probability,
                    wanted,
                }
            })
            .collect();
        Ok(routed(&skills, queue, options, true, now, &self.target))
    }
}

/// A probability as routing heeds it, to a tenth of a percent: two engines differ in its seventh digit, and who takes a
/// ticket must not hang on that.
fn settled(probability: f64) -> f64 {
    (probability * 1000.0).round() / 1000.0
}

/// From which probability on each of `tiers` pays.
#[must_use]
pub fn tier_policy(tiers: usize, costs: &Costs) -> TierPolicy {
    TierPolicy {
        pays_from: (0..tiers).map(|tier| costs.tier_pays_from(tier)).collect(),
    }
}

fn routed(
    skills: &Skills,
    queue: Vec<Queued>,
    options: &RouteOptions,
    anew: bool,
    now: Timestamp,
    target: &Target,
) -> Routed {
    let policy = tier_policy(skills.tiers().len(), &options.costs.clone().unwrap_or_default());
    let agents = skills.agents().count();
    let presence = skills.desk(now, 1, &options.agents, true).presence;
    let there = presence.iter().filter(|p| **p == Presence::There).count().max(1);
    // Nobody gets more than one and a half times an even share of those there, on top of the usual load where that stays.
    let share = u32::try_from((queue.len() * 3).div_ceil(there * 2)).unwrap_or(u32::MAX);
    let usual = if anew { 0 } else { skills.usual_capacity() };
    let capacity = options.capacity.unwrap_or_else(|| usual.saturating_add(share));
    let desk = skills.desk(now, capacity, &options.agents, anew);
    let wanted: Vec<Wanted> = queue.iter().map(|q| q.wanted.clone()).collect();
    let assigned = assign(skills, &wanted, &desk, &policy);
    let mut taken = vec![0u32; agents];
    let mut expected_hours = 0.0;
    let tickets = queue
        .into_iter()
        .zip(assigned)
        .map(|(ticket, assignment)| {
            let assigned = assignment.agent.map(|agent| {
                taken[agent] += 1;
                skills.suggestion(agent, &ticket.wanted, &desk, target)
            });
            expected_hours += assigned.as_ref().map_or(0.0, |a| a.hours);
            RoutedTicket {
                topic: skills.topic_name(&ticket.wanted).to_owned(),
                tier_needed: skills.tiers().get(assignment.tier_needed).cloned().unwrap_or_default(),
                suggestions: skills.suggest(&ticket.wanted, &desk, &policy, options.top.unwrap_or(TOP), target),
                entity: ticket.entity,
                probability: ticket.probability,
                assigned,
            }
        })
        .collect();
    Routed {
        at: now.to_string(),
        tickets,
        agents: skills
            .agents()
            .enumerate()
            .map(|(place, agent)| AgentLoad {
                agent: agent.to_owned(),
                open: desk.open[place],
                assigned: taken[place],
                free: desk.free[place],
            })
            .collect(),
        expected_hours,
    }
}
