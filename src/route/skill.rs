//! What past resolutions say of agents: expected hours for (agent, topic), shrunk toward the agent's and the topic's own
//! means, and how many rows each agent has open. The roles are found in the schema (a linked table of people, an outcome in
//! hours, a topic); a schema without them has no skills, and none are made up.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::data::table::Cell;
use crate::data::{ColumnId, ColumnType, Database, RowId, Symbol, TableId, Timestamp};
use crate::relate::view::Asker;

/// One agent proposed for a ticket.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Suggestion {
    /// The agent's key.
    pub agent: String,
    /// The name, or the key when there is none.
    pub name: String,
    /// The tier, empty when there is none.
    pub tier: String,
    /// Expected hours to resolve.
    pub hours: f64,
    /// The median over all agents, for the same topic.
    pub team_hours: f64,
    /// Open now.
    pub open: u32,
    /// All of it in words.
    pub text: String,
}

/// What is known of every agent as of a moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Skills {
    topic: ColumnId,
    agents: Vec<Agent>,
    topics: Vec<Topic>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Agent {
    key: String,
    name: String,
    tier: String,
    open: u32,
    /// Expected hours per topic, in the order of the topics; NaN-free.
    hours: Vec<f32>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Topic {
    name: String,
    median: f32,
}

/// Prior weight of an agent's and a topic's mean against the overall mean, in resolutions.
const PRIOR: f64 = 5.0;
/// Words that name a table of people who resolve.
const PEOPLE: [&str; 7] = [
    "agent",
    "assignee",
    "owner",
    "staff",
    "technician",
    "resolver",
    "engineer",
];

/// Where in the schema the roles are.
struct Roles {
    link: ColumnId,
    people: TableId,
    hours: ColumnId,
    topic: ColumnId,
    done: Option<ColumnId>,
}

impl Roles {
    fn find(database: &Database, entity: TableId) -> Option<Self> {
        let schema = &database.schema;
        let table = schema.table(entity);
        let link = table.links.iter().find(|l| {
            let name = schema.table(l.table).name.to_lowercase();
            PEOPLE.iter().any(|p| name.contains(p))
        })?;
        let columns = || (0..table.columns.len()).map(ColumnId);
        let hours = columns()
            .find(|&c| table.column(c).known_at.is_some() && table.column(c).name.to_lowercase().contains("hour"))?;
        let category = |c: &ColumnId| table.column(*c).kind == ColumnType::Category;
        let named = |c: &ColumnId| {
            ["category", "topic", "type"]
                .iter()
                .any(|n| table.column(*c).name.to_lowercase().contains(n))
        };
        let topic = columns()
            .find(|c| category(c) && named(c))
            .or_else(|| columns().find(category))?;
        Some(Self {
            link: link.column,
            people: link.table,
            hours,
            topic,
            done: table.column(hours).known_at,
        })
    }
}

/// Sums of log-hours.
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

    fn toward(self, prior: f64) -> f64 {
        (self.sum + PRIOR * prior) / (self.n + PRIOR)
    }
}

impl Skills {
    /// Learns from the rows of `entity` resolved by `moment`; `None` when the schema has no agents, hours or topics, or
    /// nothing was resolved.
    #[must_use]
    #[allow(clippy::cast_possible_truncation)]
    pub fn learn(database: &Database, entity: TableId, moment: Timestamp) -> Option<Self> {
        let roles = Roles::find(database, entity)?;
        let table = database.table(entity);
        let mut overall = Mean::default();
        let mut by_agent: BTreeMap<Symbol, Mean> = BTreeMap::new();
        let mut by_topic: BTreeMap<Symbol, Mean> = BTreeMap::new();
        let mut by_both: BTreeMap<(Symbol, Symbol), Mean> = BTreeMap::new();
        let mut open: BTreeMap<Symbol, u32> = BTreeMap::new();
        for row in (0..u32::try_from(table.rows).ok()?).map(RowId) {
            if database.row_time(entity, row).is_some_and(|t| t > moment) {
                continue;
            }
            let (agent, topic) = (table.symbol(roles.link, row), table.symbol(roles.topic, row));
            let done = roles.done.is_none_or(|c| table.time(c, row) <= moment);
            if !done {
                *open.entry(agent).or_default() += 1;
                continue;
            }
            let hours = table.number(roles.hours, row);
            if hours > 0.0 && !agent.is_null() && !topic.is_null() {
                let x = hours.ln();
                overall.add(x);
                by_agent.entry(agent).or_default().add(x);
                by_topic.entry(topic).or_default().add(x);
                by_both.entry((agent, topic)).or_default().add(x);
            }
        }
        if overall.n < 1.0 {
            return None;
        }
        let middle = overall.sum / overall.n;
        let topic_mean: BTreeMap<Symbol, f64> = by_topic.iter().map(|(t, m)| (*t, m.toward(middle))).collect();
        let schema = database.schema.table(roles.people);
        let text = |column: Option<ColumnId>, row: RowId| match column
            .map(|c| database.table(roles.people).column(c).cell(row.index()))
        {
            Some(Cell::Symbol(s)) => database.symbols.text(s).unwrap_or_default().to_owned(),
            Some(Cell::Text(t)) => t.to_owned(),
            _ => String::new(),
        };
        let (name, tier) = (schema.find("name"), schema.find("tier"));
        let mut agents = Vec::new();
        for (agent, mean) in &by_agent {
            let Some(row) = database.row_of_key(roles.people, *agent) else {
                continue;
            };
            let ease = mean.toward(middle) - middle;
            let expected = |(topic, of_topic): (&Symbol, &f64)| {
                let prior = of_topic + ease;
                by_both.get(&(*agent, *topic)).map_or(prior, |m| m.toward(prior)).exp() as f32
            };
            let key = database.symbols.text(*agent).unwrap_or_default().to_owned();
            let shown = text(name, row);
            agents.push(Agent {
                name: if shown.is_empty() { key.clone() } else { shown },
                key,
                tier: text(tier, row),
                open: open.get(agent).copied().unwrap_or(0),
                hours: topic_mean.iter().map(expected).collect(),
            });
        }
        let topics = topic_mean
            .keys()
            .enumerate()
            .map(|(place, topic)| {
                let mut hours: Vec<f32> = agents.iter().filter_map(|a| a.hours.get(place).copied()).collect();
                hours.sort_by(f32::total_cmp);
                Topic {
                    name: database.symbols.text(*topic).unwrap_or_default().to_owned(),
                    median: hours.get(hours.len() / 2).copied().unwrap_or(0.0),
                }
            })
            .collect();
        Some(Self {
            topic: roles.topic,
            agents,
            topics,
        })
    }

    /// The `most` agents expected to resolve an entity's topic soonest, fewer open ones first among equals; empty when its
    /// topic is new.
    #[must_use]
    pub fn suggest(&self, database: &Database, entity: TableId, asker: Asker, most: usize) -> Vec<Suggestion> {
        let cells = database.table(entity);
        if self.topic.0 >= cells.columns.len() {
            return Vec::new();
        }
        let Some(topic) = database.symbols.text(cells.symbol(self.topic, asker.row)) else {
            return Vec::new();
        };
        let Some(place) = self.topics.iter().position(|t| t.name == topic) else {
            return Vec::new();
        };
        let team = f64::from(self.topics[place].median);
        let mut ranked: Vec<(&Agent, f64)> = self
            .agents
            .iter()
            .filter_map(|a| a.hours.get(place).map(|h| (a, f64::from(*h))))
            .collect();
        ranked.sort_by(|a, b| {
            a.1.total_cmp(&b.1)
                .then(a.0.open.cmp(&b.0.open))
                .then(a.0.key.cmp(&b.0.key))
        });
        let say = |(agent, hours): (&Agent, f64)| Suggestion {
            agent: agent.key.clone(),
            name: agent.name.clone(),
            tier: agent.tier.clone(),
            hours,
            team_hours: team,
            open: agent.open,
            text: format!(
                "resolves {topic} in {hours:.1} h; team median {team:.1} h; {} open",
                agent.open
            ),
        };
        ranked.into_iter().take(most).map(say).collect()
    }
}
