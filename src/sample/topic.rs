//! What tickets are about, how urgent they are called and how far the trouble reaches.

use super::product::EventKind;

/// A ticket's category, as first line files it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Category {
    /// Calls fail.
    ApiError,
    /// Something is slow.
    Performance,
    /// Webhooks and connectors.
    Integration,
    /// Signing in.
    Login,
    /// Invoices.
    Billing,
    /// Exports.
    DataExport,
    /// A question.
    HowTo,
    /// A wish.
    FeatureRequest,
}

impl Category {
    /// Every category.
    pub const ALL: [Self; 8] = [
        Self::ApiError,
        Self::Performance,
        Self::Integration,
        Self::Login,
        Self::Billing,
        Self::DataExport,
        Self::HowTo,
        Self::FeatureRequest,
    ];

    /// As in `tickets.csv`.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::ApiError => "API error",
            Self::Performance => "Performance",
            Self::Integration => "Integration",
            Self::Login => "Login",
            Self::Billing => "Billing",
            Self::DataExport => "Data export",
            Self::HowTo => "How-to",
            Self::FeatureRequest => "Feature request",
        }
    }

    /// The specialty of the agents who resolve it three times faster.
    #[must_use]
    pub fn specialty(self) -> &'static str {
        match self {
            Self::ApiError => "API issues",
            Self::Performance | Self::DataExport => "Backend",
            Self::Integration => "Integrations",
            Self::Login => "Account access",
            Self::Billing => "Billing",
            Self::HowTo | Self::FeatureRequest => "General",
        }
    }

    /// The events that show its trouble to be real, and what many of them add to the log-odds.
    #[must_use]
    pub fn evidence(self) -> Option<(EventKind, f64)> {
        match self {
            Self::ApiError => Some((EventKind::ServerError, 4.0)),
            Self::Performance => Some((EventKind::SlowQuery, 2.8)),
            Self::Integration => Some((EventKind::WebhookFailure, 2.6)),
            Self::DataExport => Some((EventKind::ServerError, 1.6)),
            Self::Login => Some((EventKind::LoginFailure, 0.8)),
            Self::Billing | Self::HowTo | Self::FeatureRequest => None,
        }
    }

    /// What the category alone adds to the log-odds.
    #[must_use]
    pub fn log_odds(self) -> f64 {
        match self {
            Self::ApiError => -0.2,
            Self::Performance => 0.1,
            Self::Integration => 0.0,
            Self::DataExport => 0.2,
            Self::Login => -0.2,
            Self::Billing => -0.3,
            Self::HowTo => -0.7,
            Self::FeatureRequest => -1.1,
        }
    }

    /// Median hours to resolve in first line by an agent of another specialty.
    #[must_use]
    pub fn first_line_hours(self) -> f64 {
        match self {
            Self::ApiError => 13.0,
            Self::Performance => 20.0,
            Self::Integration => 17.0,
            Self::Login => 4.0,
            Self::Billing => 14.0,
            Self::DataExport => 17.0,
            Self::HowTo => 8.0,
            Self::FeatureRequest => 84.0,
        }
    }

    /// How many tickets nobody's incident causes, relatively, when `passed` of the year is over.
    #[must_use]
    pub fn usual_share(self, passed: f64) -> f64 {
        match self {
            Self::ApiError => 0.18 + 0.06 * passed,
            Self::Performance => 0.12,
            Self::Integration => 0.10,
            Self::Login => 0.13,
            Self::Billing => 0.12,
            Self::DataExport => 0.09 + 0.02 * passed,
            Self::HowTo => 0.17 - 0.06 * passed,
            Self::FeatureRequest => 0.10,
        }
    }

    /// True when reporters may name an endpoint.
    #[must_use]
    pub fn is_technical(self) -> bool {
        matches!(
            self,
            Self::ApiError | Self::Performance | Self::Integration | Self::DataExport
        )
    }

    /// True when something is broken; questions, wishes and invoices reach nothing.
    #[must_use]
    pub fn is_trouble(self) -> bool {
        self.is_technical() || self == Self::Login
    }
}

/// How urgent the reporter calls it; P1 most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// Most urgent.
    P1,
    /// Urgent.
    P2,
    /// Normal.
    P3,
    /// Can wait.
    P4,
}

impl Priority {
    /// From how urgent it feels, 0 on average.
    #[must_use]
    pub fn felt(urgency: f64) -> Self {
        match urgency {
            u if u > 2.1 => Self::P1,
            u if u > 0.8 => Self::P2,
            u if u > -1.0 => Self::P3,
            _ => Self::P4,
        }
    }

    /// As in `tickets.csv`.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::P1 => "P1",
            Self::P2 => "P2",
            Self::P3 => "P3",
            Self::P4 => "P4",
        }
    }

    /// What the priority alone adds to the log-odds.
    #[must_use]
    pub fn log_odds(self) -> f64 {
        match self {
            Self::P1 => 0.35,
            Self::P2 => 0.15,
            Self::P3 => 0.0,
            Self::P4 => -0.15,
        }
    }

    /// Median hours to a first response.
    #[must_use]
    pub fn response_hours(self) -> f64 {
        match self {
            Self::P1 => 0.4,
            Self::P2 => 0.9,
            Self::P3 => 2.2,
            Self::P4 => 4.5,
        }
    }
}

/// How far the trouble reaches, in the reporter's words; the one thing that text shows and no other column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// A trial run.
    Staging,
    /// Somewhere, sometimes, or not said.
    Partial,
    /// Live systems.
    Production,
}

impl Scope {
    /// What the reach alone adds to the log-odds.
    #[must_use]
    pub fn log_odds(self) -> f64 {
        match self {
            Self::Staging => -0.7,
            Self::Partial => 0.0,
            Self::Production => 0.6,
        }
    }
}
