//! A whole queue at once: each ticket to one agent, nobody over capacity, so that the expected hours, weighed by what is
//! at stake, are as few as they can be (the assignment problem, by the Hungarian algorithm of the crate `pathfinding`).

use pathfinding::kuhn_munkres::{Weights, kuhn_munkres_min};

use super::skill::{Desk, Skills, TierPolicy, Wanted};

/// What one ticket got.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Assignment {
    /// The agent's place; `None` when nobody who is there can take it.
    pub agent: Option<usize>,
    /// The place of the tier it needs.
    pub tier_needed: usize,
}

/// Tickets assigned together; of a longer queue the likeliest to escalate come first.
const ROUND: usize = 200;
/// An escalation takes this many times as long, so a ticket that will surely escalate weighs that much.
const AT_STAKE: f64 = 5.0;
/// Costs are whole numbers to the algorithm: thousandths of an hour.
const SCALE: f64 = 1_000.0;
/// No hours are more than these.
const MOST_HOURS: f64 = 1e6;

/// Tickets of a round against every place that agents have free.
struct Costs {
    /// Ticket by ticket, agent by agent.
    hours: Vec<Vec<i64>>,
    /// The agent behind each column.
    columns: Vec<usize>,
    negative: bool,
}

impl Weights<i64> for Costs {
    fn rows(&self) -> usize {
        self.hours.len()
    }

    fn columns(&self) -> usize {
        self.columns.len()
    }

    fn at(&self, row: usize, column: usize) -> i64 {
        let hours = self.hours[row][self.columns[column]];
        if self.negative { -hours } else { hours }
    }

    fn neg(&self) -> Self {
        Self {
            hours: self.hours.clone(),
            columns: self.columns.clone(),
            negative: !self.negative,
        }
    }
}

/// Assigns the tickets of a queue, in the order given; `desk.free` says how many each agent can take.
#[must_use]
pub fn assign(skills: &Skills, queue: &[Wanted], desk: &Desk, policy: &TierPolicy) -> Vec<Assignment> {
    let mut answer: Vec<Assignment> = queue
        .iter()
        .map(|wanted| Assignment {
            agent: None,
            tier_needed: skills.tier_needed(wanted, policy),
        })
        .collect();
    let stake = |w: &Wanted| {
        if w.escalated {
            1.0
        } else {
            w.probability.unwrap_or(0.0).clamp(0.0, 1.0)
        }
    };
    let mut order: Vec<usize> = (0..queue.len()).collect();
    order.sort_by(|&a, &b| stake(&queue[b]).total_cmp(&stake(&queue[a])).then(a.cmp(&b)));
    let mut free = desk.free.clone();
    for round in order.chunks(ROUND) {
        let columns: Vec<usize> = free
            .iter()
            .enumerate()
            .flat_map(|(agent, &n)| std::iter::repeat_n(agent, (n as usize).min(round.len())))
            .collect();
        // More tickets than places: the likeliest of them.
        let round = &round[..round.len().min(columns.len())];
        if round.is_empty() {
            break;
        }
        let cost = |ticket: usize, agent: usize| {
            let wanted = &queue[ticket];
            let hours = skills.weighed_hours(agent, wanted, answer[ticket].tier_needed);
            let weighed = hours.clamp(0.0, MOST_HOURS) * (1.0 + (AT_STAKE - 1.0) * stake(wanted)) * SCALE;
            #[allow(clippy::cast_possible_truncation)]
            let whole = weighed.round() as i64;
            whole
        };
        let hours = round
            .iter()
            .map(|&ticket| (0..free.len()).map(|agent| cost(ticket, agent)).collect())
            .collect();
        let costs = Costs {
            hours,
            columns,
            negative: false,
        };
        let (_, places) = kuhn_munkres_min(&costs);
        for (&ticket, place) in round.iter().zip(places) {
            let agent = costs.columns[place];
            answer[ticket].agent = Some(agent);
            free[agent] -= 1;
        }
    }
    answer
}
