//! What past resolutions say of agents as of a moment, and whom they propose for a ticket: expected hours, the chance to
//! resolve it without what the question fears, the tier it needs, and who is there.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::history::{History, answers};
use super::presence::{Misread, Presence, Roster};
use super::roles::{RoleNames, Roles};
use super::topic::TopicReader;
use crate::data::table::Cell;
use crate::data::{ColumnId, Database, RowId, TableId, Timestamp};
use crate::explain::Target;
use crate::explain::number::{percent, span};
use crate::explain::words::fill;
use crate::relate::series::SettledLabel;

/// One agent proposed for a ticket.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Suggestion {
    /// The agent's key.
    pub agent: String,
    /// The name, or the key when there is none.
    pub name: String,
    /// The tier, empty when there is none.
    pub tier: String,
    /// Middling hours to resolve that are to be expected.
    pub hours: f64,
    /// The median of the same over all agents.
    pub team_hours: f64,
    /// The chance to resolve it without escalation (what the question asks about), 0 to 1.
    pub resolves_alone: f64,
    /// Past resolutions of this topic behind it.
    pub resolved: u32,
    /// Open now.
    pub open: u32,
    /// Whether the agent is there; where not, nobody is.
    pub there: bool,
    /// All of it in words.
    pub text: String,
}

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

/// What is said of an agent from outside the tables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Availability {
    /// There to take tickets.
    pub available: Option<bool>,
    /// Tickets open now.
    pub open: Option<u32>,
    /// Most tickets open at once.
    pub capacity: Option<u32>,
}

/// Who is there at a moment, with how much to do; in the order of the agents.
#[derive(Clone, Debug, PartialEq)]
pub struct Desk {
    /// Open tickets.
    pub open: Vec<u32>,
    /// Tickets that can still be taken; 0 for who is not there.
    pub free: Vec<u32>,
    /// Who is there.
    pub presence: Vec<Presence>,
}

/// Handed to a tier below the one it needs, a ticket is likely worked on twice.
const HANDED_ON: f64 = 2.0;
/// A tier above the one it needs has to be clearly faster to be worth taking.
const ABOVE: f64 = 1.15;
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

    /// Who is there at `now`: the tables' word, unless `said` has another. Without a capacity of one's own nobody takes
    /// more than `capacity`; with `anew` what is open now is to be given out again, and so takes up none of it.
    #[must_use]
    pub fn desk(&self, now: Timestamp, capacity: u32, said: &BTreeMap<String, Availability>, anew: bool) -> Desk {
        let mut desk = Desk {
            open: Vec::with_capacity(self.agents.len()),
            free: Vec::with_capacity(self.agents.len()),
            presence: Vec::with_capacity(self.agents.len()),
        };
        for agent in &self.agents {
            let said = said.get(&agent.key).copied().unwrap_or_default();
            let presence = match said.available {
                Some(true) => Presence::There,
                Some(false) => Presence::Away,
                None => agent.roster.at(now),
            };
            let open = said.open.unwrap_or(agent.open);
            let most = said.capacity.unwrap_or(capacity);
            desk.open.push(open);
            let taken = if anew { 0 } else { open };
            desk.free.push(if presence == Presence::There {
                most.saturating_sub(taken)
            } else {
                0
            });
            desk.presence.push(presence);
        }
        desk
    }

    /// What is taken for a capacity when none is said: twice the mean load, five at least.
    #[must_use]
    pub fn usual_capacity(&self) -> u32 {
        let open: u32 = self.agents.iter().map(|a| a.open).sum();
        let agents = u32::try_from(self.agents.len()).unwrap_or(u32::MAX).max(1);
        (2 * open).div_ceil(agents).max(5)
    }

    /// Expected hours, weighed by how the agent's tier stands to the one needed: what agents are ranked by.
    #[must_use]
    pub fn weighed_hours(&self, agent: usize, wanted: &Wanted, needed: usize) -> f64 {
        let hours = self.hours(agent, wanted);
        #[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap)]
        let above = self.agents[agent].tier as i32 - needed as i32;
        if above < 0 {
            hours * HANDED_ON.powi(-above)
        } else {
            hours * ABOVE.powi(above)
        }
    }

    fn hours(&self, agent: usize, wanted: &Wanted) -> f64 {
        mean(&self.agents[agent].hours, &wanted.topics)
    }

    /// The `most` agents to propose, best first: of those who are there and can take it (of all, when nobody at all is there;
    /// each proposal then says so), by weighed hours, the less busy
    /// first among equals. What the question asks about is called as `target` says, in its language.
    #[must_use]
    pub fn suggest(
        &self,
        wanted: &Wanted,
        desk: &Desk,
        policy: &TierPolicy,
        most: usize,
        target: &Target,
    ) -> Vec<Suggestion> {
        let needed = self.tier_needed(wanted, policy);
        let nobody_there = !desk.presence.contains(&Presence::There);
        let mut ranked: Vec<(usize, f64)> = (0..self.agents.len())
            .filter(|&a| nobody_there || desk.free.get(a).is_some_and(|free| *free > 0))
            .map(|a| (a, self.weighed_hours(a, wanted, needed)))
            .collect();
        ranked.sort_by(|a, b| {
            a.1.total_cmp(&b.1)
                .then_with(|| desk.open[a.0].cmp(&desk.open[b.0]))
                .then_with(|| self.agents[a.0].key.cmp(&self.agents[b.0].key))
        });
        ranked
            .into_iter()
            .take(most)
            .map(|(a, _)| self.suggestion(a, wanted, desk, target))
            .collect()
    }

    /// An agent as a proposal for a ticket.
    #[must_use]
    pub fn suggestion(&self, place: usize, wanted: &Wanted, desk: &Desk, target: &Target) -> Suggestion {
        let agent = &self.agents[place];
        let hours = self.hours(place, wanted);
        let medians: Vec<f32> = self.topics.iter().map(|t| t.median).collect();
        let rates: Vec<f32> = self.topics.iter().map(|t| t.rate).collect();
        let team_hours = mean(&medians, &wanted.topics);
        let p = wanted.probability.unwrap_or_else(|| mean(&rates, &wanted.topics));
        let p = if wanted.escalated { 1.0 } else { p.clamp(0.0, 1.0) };
        let odds = p / (1.0 - p) * mean(&agent.odds, &wanted.topics);
        let resolves_alone = 1.0 / (1.0 + odds);
        let open = desk.open.get(place).copied().unwrap_or(agent.open);
        let words = target.language.words();
        let topic = match self.topic_name(wanted) {
            NO_TOPIC => words.any_topic,
            name => name,
        };
        let presence = desk.presence.get(place).copied().unwrap_or(Presence::There);
        let absent = match presence {
            Presence::There => String::new(),
            Presence::Away => words.agent_away.to_owned(),
            Presence::OffHours { from, to } => {
                fill(words.agent_off_hours, &[("from", &clock(from)), ("to", &clock(to))])
            }
        };
        let alone = if wanted.escalated || target.unit.is_some() {
            String::new()
        } else {
            let places = [
                ("share", &*percent(resolves_alone, words)),
                ("singular", &*target.singular),
            ];
            fill(words.agent_alone, &places)
        };
        let resolved: f64 = agent
            .resolved
            .iter()
            .zip(&wanted.topics)
            .map(|(n, w)| f64::from(*n) * w)
            .sum();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        Suggestion {
            agent: agent.key.clone(),
            name: agent.name.clone(),
            tier: self.tiers.get(agent.tier).cloned().unwrap_or_default(),
            hours,
            team_hours,
            resolves_alone,
            resolved: resolved.round() as u32,
            open,
            there: presence == Presence::There,
            text: fill(
                words.agent,
                &[
                    ("topic", topic),
                    ("hours", &span(hours, words)),
                    ("team", &span(team_hours, words)),
                    ("alone", &alone),
                    ("open", &open.to_string()),
                    ("absent", &absent),
                ],
            ),
        }
    }
}

/// `08:30`.
fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
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
