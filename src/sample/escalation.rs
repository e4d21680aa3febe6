//! The law of the simulation: the probability that a ticket is escalated to engineering within 48 hours, given all that
//! the simulation knows at its creation. A logistic model of named terms; the largest positive one is the main driver.

use super::company::Tier;
use super::topic::{Category, Priority, Scope};

/// The log-odds of a middling ticket.
const BASE: f64 = -4.0;

/// What is so when a ticket is created.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances {
    /// What it is about.
    pub category: Category,
    /// How urgent it is called.
    pub priority: Priority,
    /// How far it reaches.
    pub scope: Scope,
    /// The account's events of the category's kind ([`Category::evidence`]) in the 48 hours before.
    pub evidence: usize,
    /// Days since the latest deployment of the endpoint in question.
    pub deployment_days: Option<f64>,
    /// The user's earlier tickets that had been escalated by then.
    pub earlier_escalations: usize,
    /// The account's latest measured health, 0–100.
    pub health: f64,
    /// The account's dollars a year.
    pub arr: f64,
    /// The assigned agent's line.
    pub tier: Tier,
    /// True when the category is the agent's specialty.
    pub specialist: bool,
    /// What the calendar adds, in log-odds.
    pub drift: f64,
    /// What no table shows of user and account, in log-odds.
    pub unseen: f64,
}

/// Why a ticket is likely to be escalated: `truth.csv`'s `driver`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Driver {
    /// The account really has the errors (slow queries, failed deliveries …) it writes about.
    RecurringErrors,
    /// The endpoint was deployed days ago.
    RecentDeployment,
    /// The user's earlier tickets were escalated.
    UserHistory,
    /// The account is unhealthy.
    AccountHealth,
    /// The account is large.
    Arr,
    /// The ticket is called urgent.
    Priority,
    /// The agent is first line or of another specialty.
    Agent,
    /// No term adds as much as [`NOTABLE`].
    None,
}

/// A term below this many log-odds is nobody's main driver.
pub const NOTABLE: f64 = 0.5;

impl Driver {
    /// As in `truth.csv`.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::RecurringErrors => "recurring_errors",
            Self::RecentDeployment => "recent_deployment",
            Self::UserHistory => "user_history",
            Self::AccountHealth => "account_health",
            Self::Arr => "arr",
            Self::Priority => "priority",
            Self::Agent => "agent",
            Self::None => "none",
        }
    }
}

/// A ticket's true prospects.
#[derive(Clone, Copy, Debug)]
pub struct Truth {
    /// Of escalation in (created, created + 48 h].
    pub probability: f64,
    /// Its main reason.
    pub driver: Driver,
    /// How much more that term adds than the next, in log-odds; 0 without a driver.
    pub lead: f64,
}

/// The law.
#[must_use]
pub fn judge(c: &Circumstances) -> Truth {
    let terms = terms(c);
    let sum: f64 = terms.iter().map(|t| t.1).sum();
    let log_odds = BASE + c.category.log_odds() + c.scope.log_odds() + c.drift + c.unseen + sum;
    let main = terms.iter().copied().fold(
        (Driver::None, NOTABLE),
        |best, term| if term.1 > best.1 { term } else { best },
    );
    let next = terms
        .iter()
        .filter(|t| t.0 != main.0)
        .fold(0.0_f64, |most, t| most.max(t.1));
    Truth {
        probability: 1.0 / (1.0 + (-log_odds).exp()),
        driver: main.0,
        lead: if main.0 == Driver::None { 0.0 } else { main.1 - next },
    }
}

fn terms(c: &Circumstances) -> [(Driver, f64); 7] {
    let weight = c.category.evidence().map_or(0.0, |(_, weight)| weight);
    let real = saturating(c.evidence, 3.0);
    let fresh = c.deployment_days.map_or(0.0, |days| (-days / 5.0).exp());
    let agent = match c.tier {
        Tier::L1 => 0.1,
        Tier::L2 => -0.1,
        Tier::L3 => -0.3,
    } + if c.specialist { -0.2 } else { 0.0 };
    [
        (Driver::RecurringErrors, weight * real),
        (
            Driver::RecentDeployment,
            if c.category.is_technical() {
                1.9 * fresh * (0.1 + 0.9 * real)
            } else {
                0.0
            },
        ),
        (Driver::UserHistory, 1.4 * saturating(c.earlier_escalations, 2.5)),
        (Driver::AccountHealth, (1.2 * (62.0 - c.health) / 20.0).clamp(-0.4, 1.9)),
        (Driver::Arr, (1.0 * (c.arr / 60_000.0).log10()).clamp(-0.5, 0.9)),
        (Driver::Priority, c.priority.log_odds()),
        (Driver::Agent, agent),
    ]
}

/// 0 at 0, rising to 1; `scale` occurrences reach 63 %.
fn saturating(count: usize, scale: f64) -> f64 {
    1.0 - (-(count as f64) / scale).exp()
}
