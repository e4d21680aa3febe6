//! Whom past resolutions propose for a ticket, best first, and each proposal in words.

use serde::Serialize;

use super::{Desk, NO_TOPIC, Skills, TierPolicy, Wanted, mean};
use crate::explain::Target;
use crate::explain::number::{percent, span};
use crate::explain::words::fill;
use crate::route::presence::Presence;

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

/// Handed to a tier below the one it needs, a ticket is likely worked on twice.
const HANDED_ON: f64 = 2.0;
/// A tier above the one it needs has to be clearly faster to be worth taking.
const ABOVE: f64 = 1.15;

impl Skills {
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
