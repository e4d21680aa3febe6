//! Who is there at a moment, with how much to do: what the tables say, unless somebody says otherwise.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Skills;
use crate::data::Timestamp;
use crate::route::presence::Presence;

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

impl Skills {
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
}
