//! Whether following the suggestions would have been faster: out of time, on tickets created after a cut, each judged by
//! what was resolved before it was created. Two measures. Which agents resolve a topic fastest is read off the time after
//! the cut, and an approach is asked how many of the three it names are of the three that proved fastest. And since only the
//! agent who got a ticket shows how long it takes, hours are compared on the tickets that happened to go to one of the
//! three named (replay: Li et al. 2011, "Unbiased offline evaluation of contextual-bandit-based news article recommendation
//! algorithms"), which is unbiased as far as tickets of one topic go to agents by chance.

use std::collections::BTreeMap;

use serde::Serialize;

use super::history::{History, answers};
use super::ledger::Expected;
use super::roles::Roles;
use crate::correlation::pearson;
use crate::data::{Database, Duration, RowId, Timestamp};
use crate::learn::metrics::bootstrap_interval;
use crate::relate::series::SettledLabel;

/// One way of naming three agents, and what can be said of it: the figures of what cannot are left out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Way {
    /// matching, `same_tier_at_random`, `usual_agent` or `least_loaded`.
    pub name: String,
    /// `None` where in no topic enough agents showed how fast they are.
    #[serde(flatten)]
    pub hits: Option<Hits>,
    /// `None` where no ticket, of a topic whose usual hours are known, went to one of the three.
    #[serde(flatten)]
    pub pace: Option<Pace>,
}

/// How many of the agents named proved fastest.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Hits {
    /// Of the three named, the share that proved to be of the topic's three fastest, mean over tickets.
    pub hit_rate_at_3: f64,
    /// Its 95 % bootstrap interval.
    pub hit_rate_interval: [f64; 2],
    /// How far matching is ahead, with the 95 % interval of the paired difference; `None` for matching itself.
    pub behind_matching: Option<Difference>,
}

/// How long the agents named take.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pace {
    /// Hours against the topic's median, geometric mean over the tickets that went to one of the three; below 1 is faster.
    pub hours_ratio: f64,
    /// Its 95 % bootstrap interval.
    pub hours_interval: [f64; 2],
}

/// A paired difference.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// The mean.
    pub mean: f64,
    /// The 95 % bootstrap interval.
    pub interval: [f64; 2],
}

/// How the ways compare.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Judgement {
    /// Tickets judged: created after the cut and resolved.
    pub tickets: usize,
    /// Agents to choose from.
    pub agents: usize,
    /// Geometric mean of the hours expected of the agents who got the tickets.
    pub expected_hours: f64,
    /// Geometric mean of the hours they took.
    pub actual_hours: f64,
    /// Rank correlation (Spearman) of expected and actual hours; left out where either are all the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rank_correlation: Option<f64>,
    /// Matching first.
    pub ways: Vec<Way>,
}

/// Agents named for a ticket.
const NAMED: usize = 3;
/// Tickets judged at most, spread evenly.
const MOST: usize = 20_000;
/// Fewer tickets than this show nothing.
const LEAST: usize = 100;
/// An agent with fewer tickets of a topic after the cut proves nothing there.
const PROOF: usize = 5;
const DRAWS: usize = 400;

struct Judged {
    topic: usize,
    agent: usize,
    hours: f64,
    expected: f64,
    /// The agents named, way by way.
    named: [Named; 4],
    /// Their chance to include the agent who got the ticket.
    got_it: [f64; 4],
}

/// Three agents, or three drawn from several.
enum Named {
    These(Vec<usize>),
    AnyOf(Vec<usize>),
}

impl Named {
    /// The expected share of the named that `fits`.
    fn share(&self, fits: &dyn Fn(usize) -> bool) -> f64 {
        let (Self::These(agents) | Self::AnyOf(agents)) = self;
        let fitting = agents.iter().filter(|a| fits(**a)).count();
        #[allow(clippy::cast_precision_loss)]
        let share = fitting as f64 / agents.len().max(1) as f64;
        share
    }

    /// The chance that an agent is among the named.
    fn chance(&self, agent: usize) -> f64 {
        #[allow(clippy::cast_precision_loss)]
        match self {
            Self::These(agents) => f64::from(u8::from(agents.contains(&agent))),
            Self::AnyOf(agents) if agents.contains(&agent) => (NAMED as f64 / agents.len() as f64).min(1.0),
            Self::AnyOf(_) => 0.0,
        }
    }
}

const WAYS: [&str; 4] = ["matching", "same_tier_at_random", "usual_agent", "least_loaded"];

/// Judges on the tickets created from `cut` on and resolved by `until`; `None` when there are too few.
#[must_use]
pub fn judge(
    database: &Database,
    roles: &Roles,
    labels: &[SettledLabel],
    cut: Timestamp,
    until: Timestamp,
) -> Option<Judgement> {
    let judged = replay(database, roles, labels, cut, until);
    if judged.len() < LEAST {
        return None;
    }
    let medians = medians(database, roles, cut);
    let fastest = proved_fastest(&judged);
    let ratio = |j: &Judged| (j.hours / medians[j.topic]).ln();
    let timed: Vec<&Judged> = judged.iter().filter(|j| medians[j.topic] > 0.0).collect();
    let proved: Vec<&Judged> = judged.iter().filter(|j| !fastest[j.topic].is_empty()).collect();
    let share = |j: &Judged, way: usize| j.named[way].share(&|agent| fastest[j.topic].contains(&agent));
    let ways = WAYS
        .iter()
        .enumerate()
        .map(|(w, name)| {
            let hits: Vec<(f64, f64)> = proved.iter().map(|j| (share(j, w), 1.0)).collect();
            let against: Vec<(f64, f64)> = proved.iter().map(|j| (share(j, 0) - share(j, w), 1.0)).collect();
            let followed: Vec<(f64, f64)> = timed.iter().map(|j| (ratio(j) * j.got_it[w], j.got_it[w])).collect();
            let behind = weighted_mean(&against).map(|(mean, interval)| Difference { mean, interval });
            Way {
                name: (*name).to_owned(),
                hits: weighted_mean(&hits).map(|(hit_rate_at_3, hit_rate_interval)| Hits {
                    hit_rate_at_3,
                    hit_rate_interval,
                    behind_matching: behind.filter(|_| w > 0),
                }),
                pace: weighted_mean(&followed).map(|(log_ratio, log_interval)| Pace {
                    hours_ratio: log_ratio.exp(),
                    hours_interval: log_interval.map(f64::exp),
                }),
            }
        })
        .collect();
    #[allow(clippy::cast_precision_loss)]
    let geometric =
        |of: &dyn Fn(&Judged) -> f64| (judged.iter().map(|j| of(j).ln()).sum::<f64>() / judged.len() as f64).exp();
    let history = History::new(database, roles);
    Some(Judgement {
        tickets: judged.len(),
        agents: history.agents.len(),
        expected_hours: geometric(&|j| j.expected),
        actual_hours: geometric(&|j| j.hours),
        rank_correlation: spearman(
            &judged.iter().map(|j| j.expected).collect::<Vec<_>>(),
            &judged.iter().map(|j| j.hours).collect::<Vec<_>>(),
        ),
        ways,
    })
}

/// Median hours topic by topic, over what was resolved before the cut; NaN for none.
fn medians(database: &Database, roles: &Roles, cut: Timestamp) -> Vec<f64> {
    let history = History::new(database, roles);
    let table = database.table(roles.entity);
    let mut hours: Vec<Vec<f64>> = vec![Vec::new(); history.topics.len()];
    for row in (0..u32::try_from(table.rows).unwrap_or(u32::MAX)).map(RowId) {
        if table.time(roles.done, row) <= cut
            && let Some(resolution) = history.resolution(row, None)
        {
            hours[resolution.topic].push(resolution.hours);
        }
    }
    hours
        .into_iter()
        .map(|mut all| {
            all.sort_by(f64::total_cmp);
            all.get(all.len() / 2).copied().unwrap_or(f64::NAN)
        })
        .collect()
}

/// The three agents of each topic who took the fewest hours (geometric mean) after the cut; none where too few showed.
fn proved_fastest(judged: &[Judged]) -> Vec<Vec<usize>> {
    let topics = judged.iter().map(|j| j.topic + 1).max().unwrap_or(0);
    let mut sums: Vec<BTreeMap<usize, (usize, f64)>> = vec![BTreeMap::new(); topics];
    for j in judged {
        let cell = sums[j.topic].entry(j.agent).or_default();
        *cell = (cell.0 + 1, cell.1 + j.hours.ln());
    }
    sums.into_iter()
        .map(|of_topic| {
            #[allow(clippy::cast_precision_loss)]
            let mut means: Vec<(f64, usize)> = of_topic
                .into_iter()
                .filter(|(_, (n, _))| *n >= PROOF)
                .map(|(agent, (n, sum))| (sum / n as f64, agent))
                .collect();
            means.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            if means.len() > NAMED {
                means.into_iter().take(NAMED).map(|(_, agent)| agent).collect()
            } else {
                Vec::new()
            }
        })
        .collect()
}

/// Goes through the tickets in order of time, learning each resolution when it happens.
fn replay(
    database: &Database,
    roles: &Roles,
    labels: &[SettledLabel],
    cut: Timestamp,
    until: Timestamp,
) -> Vec<Judged> {
    let mut history = History::new(database, roles);
    let table = database.table(roles.entity);
    let positive = answers(labels, until);
    let rows: Vec<RowId> = (0..u32::try_from(table.rows).unwrap_or(u32::MAX)).map(RowId).collect();
    let mut created: Vec<(Timestamp, RowId)> = rows.iter().map(|&r| (table.time(roles.begun, r), r)).collect();
    let mut resolved: Vec<(Timestamp, RowId)> = rows
        .iter()
        .map(|&r| (table.time(roles.done, r), r))
        .filter(|(at, _)| *at <= until)
        .collect();
    created.retain(|(at, _)| *at <= until);
    created.sort_unstable();
    resolved.sort_unstable();
    let (agents, topics) = (history.agents.len(), history.topics.len());
    let mut open = vec![0i64; agents];
    let mut in_topic = vec![0u32; agents * topics];
    let asked = created.iter().filter(|(at, _)| *at >= cut).count();
    let step = asked.div_ceil(MOST).max(1);
    let mut judged = Vec::new();
    let (mut done, mut seen) = (0, 0);
    let mut known: Option<(i64, Expected)> = None;
    for (at, row) in created {
        while let Some(&(_, ended)) = resolved.get(done).filter(|(t, _)| *t <= at) {
            done += 1;
            if let Some(agent) = history.agent(ended) {
                open[agent] -= 1;
            }
            let answer = positive.get(&ended).copied();
            if let Some(resolution) = history.resolution(ended, answer) {
                history.ledger.add(resolution);
                in_topic[resolution.agent * topics + resolution.topic] += 1;
            }
        }
        if at >= cut {
            seen += 1;
            let today = at.0.div_euclid(Duration::DAY.0);
            if known.as_ref().is_none_or(|(day, _)| *day != today) {
                known = history.ledger.expected().map(|e| (today, e));
            }
            let resolution = history
                .resolution(row, None)
                .filter(|_| table.time(roles.done, row) <= until);
            if let (Some((_, expected)), Some(resolution), true) = (&known, resolution, seen % step == 0) {
                let (agent, topic) = (resolution.agent, resolution.topic);
                let first = |worth: &dyn Fn(usize) -> f64| {
                    let mut order: Vec<usize> = (0..agents).collect();
                    // Ties go round, so that they favour nobody.
                    let turn = |a: usize| (a + seen) % agents;
                    order.sort_by(|&a, &b| worth(a).total_cmp(&worth(b)).then(turn(a).cmp(&turn(b))));
                    order.truncate(NAMED);
                    Named::These(order)
                };
                let tier = history.tiers[agent];
                let named = [
                    first(&|a| expected.hours(a, topic)),
                    Named::AnyOf((0..agents).filter(|a| history.tiers[*a] == tier).collect()),
                    first(&|a| -f64::from(in_topic[a * topics + topic])),
                    #[allow(clippy::cast_precision_loss)]
                    first(&|a| open[a] as f64),
                ];
                judged.push(Judged {
                    topic,
                    agent,
                    hours: resolution.hours.max(1e-3),
                    expected: expected.hours(agent, topic),
                    got_it: [0, 1, 2, 3].map(|way: usize| named[way].chance(agent)),
                    named,
                });
            }
        }
        if let Some(agent) = history.agent(row) {
            open[agent] += 1;
        }
    }
    judged
}

/// The mean of values (times their weight) over weights, and its 95 % bootstrap interval; `None` where all weights are 0.
fn weighted_mean(of: &[(f64, f64)]) -> Option<(f64, [f64; 2])> {
    #[allow(clippy::cast_possible_truncation)]
    let (values, weights): (Vec<f64>, Vec<f32>) = of.iter().map(|(value, weight)| (*value, *weight as f32)).unzip();
    let mean = |values: &[f64], weights: &[f32]| {
        let weight: f64 = weights.iter().map(|w| f64::from(*w)).sum();
        (weight > 0.0).then(|| values.iter().sum::<f64>() / weight)
    };
    let interval = bootstrap_interval(&mean, &values, &weights, DRAWS, 0.95, 1)?;
    Some((mean(&values, &weights)?, [interval.low, interval.high]))
}

/// Spearman's rank correlation; `None` where either has no two different values.
fn spearman(a: &[f64], b: &[f64]) -> Option<f64> {
    let ranks = |values: &[f64]| {
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|&i, &j| values[i].total_cmp(&values[j]));
        let mut ranks = vec![0.0; values.len()];
        let mut place = 0;
        for same in order.chunk_by(|&i, &j| values[i] == values[j]) {
            #[allow(clippy::cast_precision_loss)]
            let middle = place as f64 + (same.len() as f64 - 1.0) / 2.0;
            same.iter().for_each(|&i| ranks[i] = middle);
            place += same.len();
        }
        ranks
    };
    pearson(&ranks(a), &ranks(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_correlate_when_order_agrees() {
        let found = |a: &[f64], b: &[f64]| spearman(a, b).unwrap();
        assert!((found(&[1.0, 2.0, 30.0], &[5.0, 6.0, 7.0]) - 1.0).abs() < 1e-12);
        assert!((found(&[1.0, 2.0, 30.0], &[7.0, 6.0, 5.0]) + 1.0).abs() < 1e-12);
        assert!(found(&[1.0, 1.0, 2.0, 2.0], &[1.0, 2.0, 1.0, 2.0]).abs() < 1e-12);
    }

    #[test]
    fn values_that_are_all_the_same_have_no_rank_correlation() {
        assert_eq!(spearman(&[4.0, 4.0, 4.0], &[1.0, 2.0, 3.0]), None);
        assert_eq!(spearman(&[1.0], &[2.0]), None);
        assert_eq!(spearman(&[], &[]), None);
    }

    #[test]
    fn weights_that_are_all_nothing_have_no_mean() {
        assert_eq!(weighted_mean(&[]), None);
        assert_eq!(weighted_mean(&[(0.0, 0.0), (0.0, 0.0)]), None);
        assert_eq!(weighted_mean(&[(3.0, 1.0), (3.0, 1.0)]), Some((3.0, [3.0, 3.0])));
    }
}
