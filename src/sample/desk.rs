//! The helpdesk's year, ticket by ticket in order of time: who writes, to whom it goes, whether it escalates, when it ends.
//! Each ticket sees only what had happened before it.

use super::calendar::{END, NEW_ENDPOINT_START, START, creation_times, drift, hours, year_passed};
use super::company::{Agent, Company, EndpointId, NEW_ENDPOINT, Tier};
use super::escalation::{Circumstances, Truth, judge};
use super::product::{EventKind, Incident, Product};
use super::random::{Draw, Weighted};
use super::topic::{Category, Priority, Scope};
use crate::data::{Duration, Timestamp};

/// The window of the truth: escalation within this span of creation.
pub const HORIZON: Duration = Duration::hours(48);

/// The share of tickets written because of an incident, over the year.
const INCIDENT_SHARE: f64 = 0.16;

/// The share of the tickets that did not escalate within the horizon and do so later.
const LATE_SHARE: f64 = 0.012;

/// A ticket with its whole life, also what lies after the log's end.
#[derive(Clone, Debug)]
pub struct Ticket {
    /// Place in [`Company::accounts`].
    pub account: usize,
    /// Place in [`Company::users`].
    pub user: usize,
    /// Place in [`Company::agents`].
    pub agent: usize,
    /// What it is about.
    pub category: Category,
    /// How urgent it is called.
    pub priority: Priority,
    /// How far it reaches.
    pub scope: Scope,
    /// The endpoint the reporter names.
    pub endpoint: Option<EndpointId>,
    /// Written.
    pub created: Timestamp,
    /// First answered.
    pub responded: Timestamp,
    /// Escalated to engineering, if ever.
    pub escalated: Option<Timestamp>,
    /// Solved.
    pub resolved: Timestamp,
    /// What was to be expected at creation.
    pub truth: Truth,
}

/// Whose trouble, and about what.
struct Report {
    account: usize,
    category: Category,
    endpoint: Option<EndpointId>,
    from_incident: bool,
}

/// A ticket as it lands on an agent's desk.
struct Intake {
    report: Report,
    user: usize,
    agent: usize,
    priority: Priority,
    scope: Scope,
    at: Timestamp,
}

/// A year of `count` tickets.
pub fn answer(company: &Company, product: &Product, count: usize, draw: &mut Draw) -> Vec<Ticket> {
    let mut desk = Desk::open(company, product);
    let mut tickets = Vec::with_capacity(count);
    for at in creation_times(count, draw) {
        desk.follow_incidents(at);
        tickets.push(desk.take(at, draw));
    }
    tickets
}

struct Desk<'a> {
    company: &'a Company,
    product: &'a Product,
    by_activity: Weighted,
    assignment: Weighted,
    next_incident: usize,
    active: Vec<&'a Incident>,
    usual_active: f64,
    escalations: Vec<Vec<Timestamp>>,
}

impl<'a> Desk<'a> {
    fn open(company: &'a Company, product: &'a Product) -> Self {
        let troubled: f64 = product
            .incidents
            .iter()
            .map(|i| (i.end.min(END) - i.start).as_hours().max(0.0))
            .sum();
        Self {
            company,
            product,
            by_activity: Weighted::new(company.accounts.iter().map(|a| a.activity)),
            assignment: Weighted::new(company.agents.iter().map(|a| match a.tier {
                Tier::L1 => 5.0,
                Tier::L2 => 2.5,
                Tier::L3 => 0.7,
            })),
            next_incident: 0,
            active: Vec::new(),
            usual_active: troubled / (END - START).as_hours(),
            escalations: vec![Vec::new(); company.users.len()],
        }
    }

    fn follow_incidents(&mut self, at: Timestamp) {
        while let Some(incident) = self.product.incidents.get(self.next_incident).filter(|i| i.start <= at) {
            self.active.push(incident);
            self.next_incident += 1;
        }
        self.active.retain(|i| i.end > at);
    }

    fn take(&mut self, at: Timestamp, draw: &mut Draw) -> Ticket {
        let report = self.report(at, draw);
        let user = self.reporter(&report, at, draw);
        let person = &self.company.users[user];
        let scope = match draw.unit() {
            _ if !report.category.is_trouble() => Scope::Partial,
            u if u < 0.22 => Scope::Staging,
            u if u < 0.72 => Scope::Partial,
            _ => Scope::Production,
        };
        let reach = 0.35 * f64::from(scope == Scope::Production) - 0.3 * f64::from(scope == Scope::Staging);
        let wish = if matches!(report.category, Category::FeatureRequest | Category::HowTo) {
            -0.6
        } else {
            0.0
        };
        let trouble = if report.from_incident { 0.25 } else { 0.0 };
        let priority = Priority::felt(0.9 * person.temper + reach + wish + trouble + 0.9 * draw.normal());
        let agent = self.assign(report.category, draw);
        let intake = Intake {
            report,
            user,
            agent,
            priority,
            scope,
            at,
        };
        let truth = judge(&self.circumstances(&intake));
        self.live(intake, truth, draw)
    }

    /// Either somebody hit by an incident writes, or anybody about anything.
    fn report(&self, at: Timestamp, draw: &mut Draw) -> Report {
        let pressure = self.active.len() as f64 / self.usual_active.max(1e-9);
        if !self.active.is_empty() && draw.chance((INCIDENT_SHARE * pressure.sqrt()).min(0.45)) {
            let incident = self.active[draw.below(self.active.len())];
            let category = category_of(incident.kind, draw);
            let named = category.is_technical() && draw.chance(0.75);
            let endpoint = named.then_some(incident.endpoint);
            return Report {
                account: incident.account,
                category,
                endpoint,
                from_incident: true,
            };
        }
        let account = self.by_activity.pick(draw);
        let passed = year_passed(at);
        let mix = Weighted::new(Category::ALL.iter().map(|c| c.usual_share(passed)));
        let category = Category::ALL[mix.pick(draw)];
        let known = &self.company.accounts[account].endpoints;
        let endpoint = Some(known[draw.below(known.len())])
            .filter(|e| category.is_technical() && (*e != NEW_ENDPOINT || at >= NEW_ENDPOINT_START))
            .filter(|_| draw.chance(0.75));
        Report {
            account,
            category,
            endpoint,
            from_incident: false,
        }
    }

    fn reporter(&self, report: &Report, at: Timestamp, draw: &mut Draw) -> usize {
        let users = self.company.accounts[report.account].users.clone();
        let first = users.start;
        let weights = Weighted::new(self.company.users[users].iter().map(|u| match u.role {
            _ if u.signup > at => 0.0,
            "Developer" if report.category.is_technical() => 3.0 * u.activity,
            "Admin" if matches!(report.category, Category::Billing | Category::Login) => 3.0 * u.activity,
            _ => u.activity,
        }));
        first + weights.pick(draw)
    }

    fn assign(&self, category: Category, draw: &mut Draw) -> usize {
        let specialists: Vec<usize> = (0..self.company.agents.len())
            .filter(|a| self.company.agents[*a].specialty == category.specialty())
            .collect();
        if draw.chance(0.35) && !specialists.is_empty() {
            specialists[draw.below(specialists.len())]
        } else {
            self.assignment.pick(draw)
        }
    }

    fn circumstances(&self, intake: &Intake) -> Circumstances {
        let Intake {
            report,
            user,
            agent,
            priority,
            scope,
            at,
        } = intake;
        let account = &self.company.accounts[report.account];
        let agent = &self.company.agents[*agent];
        let (evidence, failing) = self.evidence(report, *at);
        let age = report
            .endpoint
            .or(failing)
            .and_then(|e| self.product.deployment_age(e, *at));
        Circumstances {
            category: report.category,
            priority: *priority,
            scope: *scope,
            evidence,
            deployment_days: age.map(|a| a.as_hours() / 24.0),
            earlier_escalations: self.escalations[*user].iter().filter(|e| *e <= at).count(),
            health: self.product.latest_health(report.account, *at),
            arr: account.arr,
            tier: agent.tier,
            specialist: agent.specialty == report.category.specialty(),
            drift: drift(*at),
            unseen: account.unseen + self.company.users[*user].unseen,
        }
    }

    /// How many events of two days bear the report out, and the endpoint of the latest.
    fn evidence(&self, report: &Report, at: Timestamp) -> (usize, Option<EndpointId>) {
        let Some((kind, _)) = report.category.evidence() else {
            return (0, None);
        };
        self.product
            .seen(report.account, kind, at, HORIZON)
            .fold((0, None), |(count, _), event| (count + 1, Some(event.endpoint)))
    }

    fn live(&mut self, intake: Intake, truth: Truth, draw: &mut Draw) -> Ticket {
        let Intake {
            report,
            user,
            agent,
            priority,
            scope,
            at: created,
        } = intake;
        let delay = if draw.chance(truth.probability) {
            Some(delay_within_horizon(draw))
        } else if draw.chance(LATE_SHARE) {
            Some(HORIZON.as_hours() + draw.between(1.0, 120.0))
        } else {
            None
        };
        let life = resolution_hours(report.category, &self.company.agents[agent], delay, draw);
        let response = draw
            .log_normal(priority.response_hours(), 0.7)
            .min(0.7 * life)
            .min(0.9 * delay.unwrap_or(life));
        let escalated = delay.map(|d| created + hours(d));
        self.escalations[user].extend(escalated);
        Ticket {
            account: report.account,
            user,
            agent,
            category: report.category,
            priority,
            scope,
            endpoint: report.endpoint,
            created,
            responded: created + hours(response),
            escalated,
            resolved: created + hours(life),
            truth,
        }
    }
}

/// What people call it when they see such events.
fn category_of(kind: EventKind, draw: &mut Draw) -> Category {
    let u = draw.unit();
    match kind {
        EventKind::SlowQuery if u < 0.75 => Category::Performance,
        EventKind::SlowQuery if u < 0.88 => Category::DataExport,
        EventKind::WebhookFailure if u < 0.85 => Category::Integration,
        EventKind::ServerError if u < 0.1 => Category::DataExport,
        EventKind::ServerError if u < 0.15 => Category::Performance,
        _ if u < 0.97 => Category::ApiError,
        _ => Category::HowTo,
    }
}

/// Hours until an escalation: log-normal around 9, within the horizon.
fn delay_within_horizon(draw: &mut Draw) -> f64 {
    loop {
        let delay = draw.log_normal(9.0, 0.9);
        if (0.4..47.9).contains(&delay) {
            return delay;
        }
    }
}

/// Hours from creation to solution. In first line: log-normal by category, a third of it when the topic is the agent's
/// own. Escalated: what passed until then and four times first line, less when L2 or L3 had prepared it, more when it
/// came late.
fn resolution_hours(category: Category, agent: &Agent, escalated_after: Option<f64>, draw: &mut Draw) -> f64 {
    let skill = if agent.specialty == category.specialty() {
        1.0 / 3.0
    } else {
        1.0
    };
    let first_line = draw.log_normal(category.first_line_hours(), 0.7) * skill * agent.pace;
    let Some(delay) = escalated_after else {
        return first_line.max(0.05);
    };
    let prepared = if agent.tier == Tier::L1 { 1.0 } else { 0.6 };
    let late = if delay > 24.0 { 2.1 } else { 1.0 };
    delay + (4.0 * first_line * prepared * late).max(0.5)
}
