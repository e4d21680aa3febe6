//! What past resolutions say of agents as of a moment: expected hours, and the chance to resolve a ticket without what the
//! question fears; what a ticket wants, and the tier it needs.

mod desk;
mod suggestion;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use desk::{Availability, Desk};
pub use suggestion::Suggestion;

use super::history::{History, answers};
use super::presence::{Misread, Roster};
use super::roles::{RoleNames, Roles};
use super::topic::TopicReader;
use crate::data::table::Cell;
use crate::data::{ColumnId, Database, RowId, TableId, Timestamp};
use crate::relate::series::SettledLabel;

/// What is known of every agent as of a moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Skills {
    topic: Option<ColumnId>,
    texts: Vec<ColumnId>,
    tiers: Vec<String>,
    agents: Vec<Agent>,
    topics: Vec<Topic>,
    reader: TopicReader,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Agent {
    key: String,
    name: String,
    tier: usize,
    open: u32,
    roster: Roster,
    /// Expected hours per topic, in the order of the topics.
    hours: Vec<f32>,
    /// Odds of an escalation against the topic's.
    odds: Vec<f32>,
    resolved: Vec<u32>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Topic {
    name: String,
    /// Median of the agents' expected hours.
    median: f32,
    /// The rate of escalation.
    rate: f32,
}

/// From which probability on each tier pays, first line first.
#[derive(Clone, Debug, PartialEq)]
pub struct TierPolicy {
    /// Ascending, the first 0.
    pub pays_from: Vec<f64>,
}

/// What a ticket wants.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// How likely each topic is.
    topics: Vec<f64>,
    /// Of escalation, when it is known.
    pub probability: Option<f64>,
    /// Already escalated.
    pub escalated: bool,
}

/// Rows without a topic share one.
const NO_TOPIC: &str = "any topic";

impl Skills {
    /// As [`Skills::learn`], with the roles as the schema alone gives them; `None` also when it gives none.
    #[must_use]
    pub fn found(database: &Database, entity: TableId, labels: &[SettledLabel], moment: Timestamp) -> Option<Self> {
        let roles = Roles::find(database, entity, &RoleNames::default()).ok()?;
        Self::learn(database, &roles, labels, moment)
    }

    /// Learns from the rows resolved by `moment`, and from the answers to the question settled by then; `None` when
    /// nothing was resolved.
    #[must_use]
    pub fn learn(database: &Database, roles: &Roles, labels: &[SettledLabel], moment: Timestamp) -> Option<Self> {
        let mut history = History::new(database, roles);
        let answers = answers(labels, moment);
        let table = database.table(roles.entity);
        let mut open: BTreeMap<usize, u32> = BTreeMap::new();
        let mut texts = Vec::new();
        for row in (0..u32::try_from(table.rows).ok()?).map(RowId) {
            if table.time(roles.begun, row) > moment {
                continue;
            }
            let Some(agent) = history.agent(row) else { continue };
            if table.time(roles.done, row) > moment {
                *open.entry(agent).or_default() += 1;
                continue;
            }
            if let Some(resolution) = history.resolution(row, answers.get(&row).copied()) {
                history.ledger.add(resolution);
                let text = text_of(database, roles.entity, &roles.texts, row);
                texts.extend(text.map(|text| (text, resolution.topic)));
            }
        }
        let expected = history.ledger.expected()?;
        let people = database.table(roles.people);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let agents: Vec<Agent> = history
            .agents
            .iter()
            .enumerate()
            .map(|(place, &row)| Agent {
                key: database.key_text(roles.people, row).unwrap_or_default().to_owned(),
                name: roles
                    .agent_name
                    .and_then(|c| shown(database, people.column(c).cell(row.index())))
                    .or_else(|| database.key_text(roles.people, row).map(str::to_owned))
                    .unwrap_or_default(),
                tier: history.tiers[place],
                open: open.get(&place).copied().unwrap_or(0),
                roster: roles.roster.read(database, roles.people, row, moment),
                hours: (0..history.topics.len())
                    .map(|t| expected.hours(place, t) as f32)
                    .collect(),
                odds: (0..history.topics.len())
                    .map(|t| expected.odds(place, t) as f32)
                    .collect(),
                resolved: (0..history.topics.len())
                    .map(|t| expected.seen(place, t) as u32)
                    .collect(),
            })
            .collect();
        #[allow(clippy::cast_possible_truncation)]
        let topics = history
            .topics
            .iter()
            .enumerate()
            .map(|(place, symbol)| {
                let mut hours: Vec<f32> = agents.iter().filter_map(|a| a.hours.get(place).copied()).collect();
                hours.sort_by(f32::total_cmp);
                Topic {
                    name: database.symbols.text(*symbol).unwrap_or(NO_TOPIC).to_owned(),
                    median: hours.get(hours.len() / 2).copied().unwrap_or(0.0),
                    rate: expected.rate(place) as f32,
                }
            })
            .collect();
        Some(Self {
            topic: roles.topic,
            texts: roles.texts.clone(),
            tiers: roles
                .agent_tier
                .as_ref()
                .map_or_else(Vec::new, |(_, names)| names.clone()),
            reader: TopicReader::learn(&texts, history.topics.len()),
            agents,
            topics,
        })
    }

    /// Cells that name a time zone that there is none of; whose hours they are is taken to be there at any.
    pub fn misread(&self) -> impl Iterator<Item = &Misread> {
        self.agents.iter().filter_map(|agent| agent.roster.misread())
    }

    /// The tiers, first line first; empty when people have none.
    #[must_use]
    pub fn tiers(&self) -> &[String] {
        &self.tiers
    }

    /// The agents' keys.
    pub fn agents(&self) -> impl Iterator<Item = &str> {
        self.agents.iter().map(|a| a.key.as_str())
    }

    /// What a row wants: its topic from its category, else from its text, else any.
    #[must_use]
    pub fn wanted(&self, database: &Database, entity: TableId, row: RowId, probability: Option<f64>) -> Wanted {
        let place = self
            .topic
            .filter(|c| c.0 < database.table(entity).columns.len())
            .and_then(|c| database.symbols.text(database.table(entity).symbol(c, row)))
            .and_then(|name| self.topics.iter().position(|t| t.name == name));
        let mut topics = vec![0.0; self.topics.len()];
        if let Some(place) = place {
            topics[place] = 1.0;
        } else {
            let text = text_of(database, entity, &self.texts, row);
            let read = text.and_then(|text| self.reader.read(&text));
            #[allow(clippy::cast_precision_loss)]
            let even = 1.0 / self.topics.len().max(1) as f64;
            topics = read
                .filter(|r| r.len() == topics.len())
                .unwrap_or(vec![even; topics.len()]);
        }
        Wanted {
            topics,
            probability,
            escalated: false,
        }
    }

    /// The likeliest topic's name.
    #[must_use]
    pub fn topic_name(&self, wanted: &Wanted) -> &str {
        let top = wanted.topics.iter().zip(&self.topics).max_by(|a, b| a.0.total_cmp(b.0));
        top.map_or(NO_TOPIC, |(_, topic)| &topic.name)
    }

    /// The tier that a ticket needs: the highest that pays at its probability; the last once it is escalated.
    #[must_use]
    pub fn tier_needed(&self, wanted: &Wanted, policy: &TierPolicy) -> usize {
        let last = self.tiers.len().saturating_sub(1);
        if wanted.escalated {
            return last;
        }
        let p = wanted.probability.unwrap_or(0.0);
        let paying = policy.pays_from.iter().take(self.tiers.len());
        paying
            .enumerate()
            .filter(|(_, from)| p >= **from)
            .map(|(tier, _)| tier)
            .max()
            .unwrap_or(0)
    }
}

fn mean(values: &[f32], weights: &[f64]) -> f64 {
    let total: f64 = weights.iter().sum();
    let sum: f64 = values.iter().zip(weights).map(|(v, w)| f64::from(*v) * w).sum();
    sum / total.max(f64::MIN_POSITIVE)
}

fn shown(database: &Database, cell: Cell<'_>) -> Option<String> {
    match cell {
        Cell::Symbol(s) => database.symbols.text(s).map(str::to_owned),
        Cell::Text(text) => Some(text.to_owned()),
        _ => None,
    }
}

fn text_of(database: &Database, entity: TableId, columns: &[ColumnId], row: RowId) -> Option<String> {
    let table = database.table(entity);
    let written: Vec<&str> = columns
        .iter()
        .filter_map(|&c| match table.columns.get(c.0)?.cell(row.index()) {
            Cell::Text(text) => Some(text),
            _ => None,
        })
        .collect();
    (!written.is_empty()).then(|| written.join(" "))
}
