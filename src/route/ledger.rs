//! Sums over past resolutions, added one by one in order of time, and what they let expect: hours and escalations for
//! (agent, topic), each shrunk toward the agent's own, the tier's and the topic's means (partial pooling, as in Gelman and
//! Hill 2007, "Data Analysis Using Regression and Multilevel/Hierarchical Models", ch. 12, with fixed weights).

/// Prior weight of a mean against the coarser one, in resolutions.
const WEIGHT: f64 = 5.0;
/// Prior weight of an escalation ratio, in escalations expected.
const EXPECTED: f64 = 2.0;

/// One resolution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Resolution {
    /// Place of the agent.
    pub agent: usize,
    /// Place of the topic.
    pub topic: usize,
    /// Hours it took, more than 0.
    pub hours: f64,
    /// Whether what the question asks about came true; `None` when that is not known.
    pub positive: Option<bool>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Cell {
    n: f64,
    /// Sum of the logarithms of hours.
    log_hours: f64,
    /// Resolutions whose answer is known, and the yeses among them.
    answered: f64,
    positives: f64,
}

/// Sums by agent and topic.
#[derive(Clone, Debug, PartialEq)]
pub struct Ledger {
    tiers: Vec<usize>,
    topics: usize,
    cells: Vec<Cell>,
}

/// What the ledger lets expect, agent by agent and topic by topic.
#[derive(Clone, Debug, PartialEq)]
pub struct Expected {
    topics: usize,
    /// Middling hours (the median, taking hours as log-normal).
    hours: Vec<f64>,
    /// How the odds of an escalation with this agent compare to the topic's.
    odds: Vec<f64>,
    /// Resolutions behind each.
    seen: Vec<f64>,
    /// Rate of escalation by topic.
    rate: Vec<f64>,
}

impl Ledger {
    /// An empty ledger; `tiers[a]` is agent `a`'s tier.
    #[must_use]
    pub fn new(tiers: Vec<usize>, topics: usize) -> Self {
        Self {
            cells: vec![Cell::default(); tiers.len() * topics],
            tiers,
            topics,
        }
    }

    /// Adds a resolution; one of an agent or topic that the ledger does not have, or without a span of time, counts for
    /// nothing.
    pub fn add(&mut self, resolution: Resolution) {
        let Resolution {
            agent,
            topic,
            hours,
            positive,
        } = resolution;
        if topic >= self.topics || !(hours > 0.0 && hours.is_finite()) {
            return;
        }
        if let Some(cell) = self.cells.get_mut(agent * self.topics + topic) {
            cell.n += 1.0;
            cell.log_hours += hours.ln();
            if let Some(positive) = positive {
                cell.answered += 1.0;
                cell.positives += f64::from(u8::from(positive));
            }
        }
    }

    /// The number of resolutions.
    #[must_use]
    pub fn len(&self) -> usize {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let n = self.cells.iter().map(|c| c.n).sum::<f64>() as usize;
        n
    }

    /// True without resolutions.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn cell(&self, agent: usize, topic: usize) -> Cell {
        self.cells[agent * self.topics + topic]
    }

    fn sum(cells: impl Iterator<Item = Cell>) -> Cell {
        cells.fold(Cell::default(), |a, b| Cell {
            n: a.n + b.n,
            log_hours: a.log_hours + b.log_hours,
            answered: a.answered + b.answered,
            positives: a.positives + b.positives,
        })
    }

    /// What is to be expected; `None` without resolutions.
    #[must_use]
    pub fn expected(&self) -> Option<Expected> {
        let all = Self::sum(self.cells.iter().copied());
        if all.n < 1.0 {
            return None;
        }
        let agents = self.tiers.len();
        let overall = all.log_hours / all.n;
        let overall_rate = all.positives / all.answered.max(1.0);
        let by_topic: Vec<Cell> = (0..self.topics)
            .map(|t| Self::sum((0..agents).map(|a| self.cell(a, t))))
            .collect();
        let topic_mean: Vec<f64> = by_topic
            .iter()
            .map(|c| (c.log_hours + WEIGHT * overall) / (c.n + WEIGHT))
            .collect();
        let rate: Vec<f64> = by_topic
            .iter()
            .map(|c| (c.positives + WEIGHT * overall_rate) / (c.answered + WEIGHT))
            .collect();
        // What an agent, or a tier, differs from the topics' means by.
        let excess = |cells: &[(usize, Cell)]| -> (f64, f64, f64, f64) {
            cells.iter().fold((0.0, 0.0, 0.0, 0.0), |sum, (t, c)| {
                (
                    sum.0 + c.n,
                    sum.1 + c.log_hours - c.n * topic_mean[*t],
                    sum.2 + c.positives,
                    sum.3 + c.answered * rate[*t],
                )
            })
        };
        let of_agent = |a: usize| -> Vec<(usize, Cell)> { (0..self.topics).map(|t| (t, self.cell(a, t))).collect() };
        let tiers = self.tiers.iter().max().map_or(0, |t| t + 1);
        let of_tier: Vec<(f64, f64)> = (0..tiers)
            .map(|tier| {
                let members: Vec<(usize, Cell)> = (0..agents)
                    .filter(|a| self.tiers[*a] == tier)
                    .flat_map(of_agent)
                    .collect();
                let (n, hours, positives, expected) = excess(&members);
                (hours / (n + WEIGHT), (positives + EXPECTED) / (expected + EXPECTED))
            })
            .collect();
        let mut found = Expected {
            topics: self.topics,
            hours: Vec::with_capacity(self.cells.len()),
            odds: Vec::with_capacity(self.cells.len()),
            seen: self.cells.iter().map(|c| c.n).collect(),
            rate: rate.clone(),
        };
        for (a, &tier) in self.tiers.iter().enumerate() {
            let (tier_hours, tier_ratio) = of_tier[tier];
            let (n, hours, positives, expected) = excess(&of_agent(a));
            let ease = (hours + WEIGHT * tier_hours) / (n + WEIGHT);
            let ratio = (positives + EXPECTED * tier_ratio) / (expected + EXPECTED);
            for t in 0..self.topics {
                let cell = self.cell(a, t);
                let prior = topic_mean[t] + ease;
                found
                    .hours
                    .push(((cell.log_hours + WEIGHT * prior) / (cell.n + WEIGHT)).exp());
                found
                    .odds
                    .push((cell.positives + EXPECTED * ratio) / (cell.answered * rate[t] + EXPECTED));
            }
        }
        Some(found)
    }
}

impl Expected {
    /// Middling hours for an agent and a topic.
    #[must_use]
    pub fn hours(&self, agent: usize, topic: usize) -> f64 {
        self.hours[agent * self.topics + topic]
    }

    /// How many times the topic's odds of an escalation.
    #[must_use]
    pub fn odds(&self, agent: usize, topic: usize) -> f64 {
        self.odds[agent * self.topics + topic]
    }

    /// Resolutions of this agent in this topic.
    #[must_use]
    pub fn seen(&self, agent: usize, topic: usize) -> f64 {
        self.seen[agent * self.topics + topic]
    }

    /// The topic's rate of escalation.
    #[must_use]
    pub fn rate(&self, topic: usize) -> f64 {
        self.rate[topic]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolution(agent: usize, topic: usize, hours: f64, positive: bool) -> Resolution {
        Resolution {
            agent,
            topic,
            hours,
            positive: Some(positive),
        }
    }

    #[test]
    fn an_agent_without_resolutions_is_expected_to_be_as_the_tier_is() {
        let mut ledger = Ledger::new(vec![0, 0, 1], 1);
        for _ in 0..200 {
            ledger.add(resolution(0, 0, 8.0, false));
            ledger.add(resolution(2, 0, 2.0, false));
        }
        let expected = ledger.expected().unwrap();
        let newcomer = expected.hours(1, 0);
        assert!((newcomer - 8.0).abs() < 0.5, "{newcomer}");
        assert_eq!(expected.seen(1, 0), 0.0);
    }

    #[test]
    fn few_resolutions_say_little_and_many_say_all() {
        let hours = |n: usize| {
            let mut ledger = Ledger::new(vec![0, 0], 1);
            (0..400).for_each(|_| ledger.add(resolution(0, 0, 9.0, false)));
            (0..n).for_each(|_| ledger.add(resolution(1, 0, 3.0, false)));
            ledger.expected().unwrap().hours(1, 0)
        };
        assert!(hours(1) > 6.0 && hours(1) < 9.0, "{}", hours(1));
        assert!((hours(400) - 3.0).abs() < 0.3, "{}", hours(400));
        assert!(hours(1) > hours(10) && hours(10) > hours(100));
    }

    #[test]
    fn being_good_at_one_topic_is_not_being_good_at_another() {
        let mut ledger = Ledger::new(vec![0, 0], 2);
        for _ in 0..100 {
            for (agent, topic, hours) in [(0, 0, 3.0), (0, 1, 30.0), (1, 0, 9.0), (1, 1, 10.0)] {
                ledger.add(resolution(agent, topic, hours, hours > 20.0));
            }
        }
        let expected = ledger.expected().unwrap();
        assert!(expected.hours(0, 0) < expected.hours(1, 0));
        assert!(expected.hours(0, 1) > expected.hours(1, 1));
        assert!(expected.odds(0, 1) > 1.5 && expected.odds(1, 1) < 0.5);
    }

    #[test]
    fn what_is_no_resolution_counts_for_nothing() {
        let mut ledger = Ledger::new(vec![0], 1);
        for (agent, topic, hours) in [(0, 0, 0.0), (0, 0, f64::NAN), (0, 4, 2.0), (3, 0, 2.0)] {
            ledger.add(resolution(agent, topic, hours, false));
        }
        assert!(ledger.is_empty() && ledger.expected().is_none());
    }
}
