//! What the product did: deployments, the incidents that bad ones cause, the events that accounts see, and their health.

use super::calendar::{END, NEW_ENDPOINT_START, START, days, hours};
use super::company::{Account, Company, ENDPOINTS, EndpointId, NEW_ENDPOINT, WEBHOOKS};
use super::random::Draw;
use crate::data::{Duration, Timestamp};

/// What an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventKind {
    /// The server failed.
    ServerError,
    /// Too many requests.
    RateLimit,
    /// A query took seconds.
    SlowQuery,
    /// Somebody could not sign in.
    LoginFailure,
    /// A delivery was refused or timed out.
    WebhookFailure,
    /// A setting changed.
    ConfigChange,
    /// An export ran.
    ExportJob,
}

impl EventKind {
    /// Every kind with how many a day an account sees when nothing is wrong.
    pub const USUAL: [(Self, f64); 7] = [
        (Self::ServerError, 0.03),
        (Self::RateLimit, 0.08),
        (Self::SlowQuery, 0.05),
        (Self::LoginFailure, 0.10),
        (Self::WebhookFailure, 0.03),
        (Self::ConfigChange, 0.04),
        (Self::ExportJob, 0.08),
    ];

    /// As in `product_events.csv`.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::ServerError => "API 500 error",
            Self::RateLimit => "API 429 rate limit",
            Self::SlowQuery => "Slow query",
            Self::LoginFailure => "Login failure",
            Self::WebhookFailure => "Webhook failure",
            Self::ConfigChange => "Config change",
            Self::ExportJob => "Export job",
        }
    }
}

/// A release of an endpoint.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// What was released.
    pub endpoint: EndpointId,
    /// Such as `2.14.0`.
    pub version: String,
    /// When.
    pub at: Timestamp,
}

/// A stretch of time in which an account keeps seeing events of one kind at one endpoint.
#[derive(Clone, Debug)]
pub struct Incident {
    /// Place in [`Company::accounts`].
    pub account: usize,
    /// Where.
    pub endpoint: EndpointId,
    /// What the account sees.
    pub kind: EventKind,
    /// From.
    pub start: Timestamp,
    /// Until.
    pub end: Timestamp,
    /// Mean hours between two events.
    pub gap_hours: f64,
}

/// One line of the product's log.
#[derive(Clone, Debug)]
pub struct Event {
    /// Place in [`Company::accounts`].
    pub account: usize,
    /// What.
    pub kind: EventKind,
    /// When.
    pub at: Timestamp,
    /// Where; meaningful for kinds that name an endpoint.
    pub endpoint: EndpointId,
    /// `key: value` parts.
    pub details: String,
}

/// A measured health score.
#[derive(Clone, Copy, Debug)]
pub struct Health {
    /// When.
    pub at: Timestamp,
    /// 0–100.
    pub score: u8,
}

/// The product's year.
#[derive(Clone, Debug)]
pub struct Product {
    /// In order of time.
    pub deployments: Vec<Deployment>,
    /// In order of start.
    pub incidents: Vec<Incident>,
    /// In order of time.
    pub events: Vec<Event>,
    /// Per account, in order of time.
    pub health: Vec<Vec<Health>>,
    /// Per account, its events' places in `events`, in order of time.
    by_account: Vec<Vec<u32>>,
    /// Per endpoint, its deployments' moments.
    deployed: Vec<Vec<Timestamp>>,
}

impl Product {
    /// A year of the product as `company`'s accounts see it.
    pub fn run(company: &Company, draw: &mut Draw) -> Self {
        let (deployments, mut incidents) = deploy(company, draw);
        own_incidents(company, draw, &mut incidents);
        incidents.sort_by_key(|i| i.start);
        let events = log_events(company, &incidents, draw);
        let mut by_account = vec![Vec::new(); company.accounts.len()];
        for (place, event) in events.iter().enumerate() {
            by_account[event.account].push(place as u32);
        }
        let mut deployed = vec![Vec::new(); ENDPOINTS.len()];
        for deployment in &deployments {
            deployed[deployment.endpoint].push(deployment.at);
        }
        let mut product = Self {
            deployments,
            incidents,
            events,
            health: Vec::new(),
            by_account,
            deployed,
        };
        product.health = (0..company.accounts.len())
            .map(|a| product.measure(a, &company.accounts[a], draw))
            .collect();
        product
    }

    /// An account's events of one kind in the `window` that ends with `at`, latest last.
    pub fn seen(
        &self,
        account: usize,
        kind: EventKind,
        at: Timestamp,
        window: Duration,
    ) -> impl Iterator<Item = &Event> {
        let places = &self.by_account[account];
        let from = places.partition_point(|p| self.events[*p as usize].at <= at - window);
        let to = places.partition_point(|p| self.events[*p as usize].at <= at);
        places[from..to]
            .iter()
            .map(|p| &self.events[*p as usize])
            .filter(move |e| e.kind == kind)
    }

    /// An account's latest measured health.
    #[must_use]
    pub fn latest_health(&self, account: usize, at: Timestamp) -> f64 {
        let series = &self.health[account];
        let known = series.partition_point(|h| h.at <= at);
        f64::from(series[known.saturating_sub(1)].score)
    }

    /// Time since an endpoint's latest deployment; `None` before the first.
    #[must_use]
    pub fn deployment_age(&self, endpoint: EndpointId, at: Timestamp) -> Option<Duration> {
        let times = &self.deployed[endpoint];
        times
            .partition_point(|t| *t <= at)
            .checked_sub(1)
            .map(|latest| at - times[latest])
    }

    /// Weekly measurements: they wander around the account's usual health and fall with the errors of two weeks.
    fn measure(&self, account: usize, profile: &Account, draw: &mut Draw) -> Vec<Health> {
        let mut at = START - days(draw.between(0.1, 7.0));
        let mut wander = 6.0 * draw.normal();
        let mut series = Vec::with_capacity(54);
        while at <= END {
            let errors = self
                .seen(account, EventKind::ServerError, at, Duration::days(14))
                .count();
            wander = 0.8 * wander + 4.5 * draw.normal();
            let score = profile.usual_health + wander - (errors as f64 * 0.9).min(14.0);
            series.push(Health {
                at,
                score: score.round().clamp(0.0, 100.0) as u8,
            });
            at = at + days(draw.between(6.0, 8.0));
        }
        series
    }
}

/// Releases of every endpoint, and the incidents of the bad ones.
fn deploy(company: &Company, draw: &mut Draw) -> (Vec<Deployment>, Vec<Incident>) {
    let mut deployments = Vec::new();
    let mut incidents = Vec::new();
    for (endpoint, (path, _)) in ENDPOINTS.iter().enumerate() {
        let young = endpoint == NEW_ENDPOINT;
        let mut at = if young {
            NEW_ENDPOINT_START + hours(9.0)
        } else {
            START - days(draw.between(1.0, 20.0))
        };
        let mut minor = if young { 0 } else { 3 + draw.below(20) };
        while at <= END {
            deployments.push(Deployment {
                endpoint,
                version: format!("{}.{minor}.0", &path[2..3]),
                at,
            });
            if draw.chance(if young { 0.4 } else { 0.24 }) {
                break_accounts(company, endpoint, at, draw, &mut incidents);
            }
            minor += 1;
            let day = (at - START).as_hours().div_euclid(24.0) + (3.0 + draw.exponential(9.0)).floor();
            at = START + days(day) + hours(draw.between(7.5, 17.0));
        }
    }
    deployments.sort_by_key(|d| d.at);
    (deployments, incidents)
}

/// A bad release hits some of the accounts that call the endpoint, soon after, until it is repaired.
fn break_accounts(
    company: &Company,
    endpoint: EndpointId,
    at: Timestamp,
    draw: &mut Draw,
    incidents: &mut Vec<Incident>,
) {
    let kind = match endpoint {
        WEBHOOKS => EventKind::WebhookFailure,
        _ if draw.chance(0.75) => EventKind::ServerError,
        _ => EventKind::SlowQuery,
    };
    let share = draw.between(0.15, 0.5);
    let repaired = at + days(draw.between(1.5, 5.0));
    for (account, profile) in company.accounts.iter().enumerate() {
        if profile.endpoints.contains(&endpoint) && draw.chance(share) {
            let start = at + hours(draw.exponential(5.0));
            let gap_hours = draw.log_normal(7.0, 0.5);
            if start < repaired {
                incidents.push(Incident {
                    account,
                    endpoint,
                    kind,
                    start,
                    end: repaired,
                    gap_hours,
                });
            }
        }
    }
}

/// Troubles of an account's own, without a release.
fn own_incidents(company: &Company, draw: &mut Draw, incidents: &mut Vec<Incident>) {
    for (account, profile) in company.accounts.iter().enumerate() {
        let mut at = START + days(draw.exponential(120.0));
        while at < END {
            let kind = match draw.unit() {
                u if u < 0.4 => EventKind::ServerError,
                u if u < 0.75 => EventKind::SlowQuery,
                _ => EventKind::WebhookFailure,
            };
            let endpoint = profile.endpoints[draw.below(profile.endpoints.len())];
            let exists = endpoint != NEW_ENDPOINT || at >= NEW_ENDPOINT_START;
            let end = at + days(draw.between(1.0, 4.0));
            let gap_hours = draw.log_normal(7.0, 0.5);
            if exists {
                incidents.push(Incident {
                    account,
                    endpoint,
                    kind,
                    start: at,
                    end,
                    gap_hours,
                });
            }
            at = end + days(draw.exponential(120.0));
        }
    }
}

fn log_events(company: &Company, incidents: &[Incident], draw: &mut Draw) -> Vec<Event> {
    let mut events = Vec::new();
    for (account, profile) in company.accounts.iter().enumerate() {
        let liveliness = draw.log_normal(1.0, 0.4);
        for (kind, a_day) in EventKind::USUAL {
            let mut at = START - days(14.0) + days(draw.exponential(1.0 / (a_day * liveliness)));
            while at <= END {
                let endpoint = match draw.below(profile.endpoints.len()) {
                    place if profile.endpoints[place] == NEW_ENDPOINT => profile.endpoints[0],
                    place => profile.endpoints[place],
                };
                events.push(event(account, kind, at, endpoint, draw));
                at = at + days(draw.exponential(1.0 / (a_day * liveliness)));
            }
        }
    }
    for incident in incidents {
        let mut at = incident.start;
        while at <= incident.end.min(END) {
            events.push(event(incident.account, incident.kind, at, incident.endpoint, draw));
            at = at + hours(draw.exponential(incident.gap_hours)) + Duration::SECOND;
        }
    }
    events.sort_by_key(|e| (e.at, e.account));
    events
}

fn event(account: usize, kind: EventKind, at: Timestamp, endpoint: EndpointId, draw: &mut Draw) -> Event {
    let path = ENDPOINTS[endpoint].0;
    let details = match kind {
        EventKind::ServerError => format!("endpoint: {path}"),
        EventKind::RateLimit => format!("endpoint: {path}; limit: {}", [100, 300, 600, 1_200][draw.below(4)]),
        EventKind::SlowQuery => format!("query_time: {:.1}s; endpoint: {path}", draw.log_normal(9.0, 0.5)),
        EventKind::LoginFailure => {
            format!(
                "reason: {}",
                draw.pick(&["wrong password", "expired token", "sso rejected", "locked out"])
            )
        }
        EventKind::WebhookFailure => {
            format!(
                "endpoint: {path}; reason: {}",
                draw.pick(&["timeout", "refused", "bad signature"])
            )
        }
        EventKind::ConfigChange => {
            format!(
                "setting: {}",
                draw.pick(&[
                    "api key",
                    "rate limit",
                    "webhook url",
                    "sso",
                    "retention",
                    "member role"
                ])
            )
        }
        EventKind::ExportJob => format!("rows: {}", draw.log_normal(40_000.0, 1.2) as u64),
    };
    Event {
        account,
        kind,
        at,
        endpoint,
        details,
    }
}
