//! What is said about one ticket: the probability and its band, or the number, why, who, as of when, and what is not known.

use serde::Serialize;

use super::certainty::Certainty;
use super::whatif::Chip;
use crate::bundle::Thresholds;
use crate::explain::Language;
use crate::explain::reason::{Contribution, Reason};
use crate::learn::objective::Objective;
use crate::route::Suggestion;

/// A risk band, by threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Band {
    /// Below Watch.
    Low,
    /// Worth an eye.
    Watch,
    /// More likely than it should be.
    Likely,
    /// Act now.
    Critical,
    /// Not enough is known, or the question does not apply.
    Unknown,
}

impl Band {
    /// The band of a probability; NaN is [`Band::Unknown`].
    #[must_use]
    pub fn of(probability: f64, thresholds: &Thresholds) -> Self {
        if probability.is_nan() {
            Self::Unknown
        } else if probability >= thresholds.critical {
            Self::Critical
        } else if probability >= thresholds.likely {
            Self::Likely
        } else if probability >= thresholds.watch {
            Self::Watch
        } else {
            Self::Low
        }
    }
}

/// How contributions were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// Shapley values of our trees, exact.
    Exact,
    /// Shapley values of another model, sampled; each reason has its standard error.
    Sampled,
}

/// A card.
#[derive(Clone, Debug, Serialize)]
pub struct Card {
    /// The entity's key.
    pub entity: String,
    /// As of when, RFC 3339.
    pub anchor: String,
    /// Whether a probability or a number is said; of the fields for the other nothing is set.
    pub kind: Objective,
    /// The language of every sentence on it.
    pub language: Language,
    /// From 0 to 1; `None` when the band is unknown.
    pub probability: Option<f64>,
    /// The calibrated log-odds.
    pub log_odds: Option<f64>,
    /// What the log-odds would be if nothing were known; with the contributions it sums to the log-odds.
    pub base_log_odds: Option<f64>,
    /// The training examples' rate.
    pub base_rate: Option<f64>,
    /// The probability over the base rate.
    pub lift: Option<f64>,
    /// How far the score can be trusted; `None` where nothing is known of that.
    pub certainty: Option<Certainty>,
    /// By the bundle's thresholds; a number has none and is [`Band::Unknown`].
    pub band: Band,
    /// The number, when one is asked for and enough is known.
    pub value: Option<f64>,
    /// The number as people say it, in its unit.
    pub shown: Option<String>,
    /// What the number would be if nothing were known; with the contributions it sums to the number.
    pub base_value: Option<f64>,
    /// The number's unit, where the tables tell it.
    pub unit: Option<String>,
    /// The label window's length in hours.
    pub horizon_hours: f64,
    /// How the contributions were found.
    pub explanation: Method,
    /// What is missing, a sentence each.
    pub partial: Vec<String>,
    /// The strongest reasons, first the largest.
    pub reasons: Vec<Reason>,
    /// Every feature's contribution to the log-odds, or to the number.
    pub contributions: Vec<Contribution>,
    /// Who should take it, best first.
    pub agents: Vec<Suggestion>,
    /// Changes worth trying, the most telling first; each with the model's answer. None on the card of a what-if.
    pub what_if: Vec<Chip>,
    /// On the card of a what-if: what kind of answer it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hypothetical: Option<String>,
}
