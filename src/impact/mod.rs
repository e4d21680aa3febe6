//! What a threshold or a review capacity costs and saves: volumes and unit costs from a settings file, everything else
//! counted on tickets whose outcome is known. It refuses to know where probabilities come from.

pub mod cost;
pub mod review;

use thiserror::Error;

pub use cost::Costs;
pub use review::{Impact, at_capacity, at_threshold, best_threshold};

/// What is wrong with settings or with the tickets to count on.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum ImpactError {
    /// The settings file does not parse.
    #[error("the cost settings cannot be read: {0}")]
    Settings(String),
    /// A setting is outside its range.
    #[error("{name} = {value} in the cost settings: it must be {range}")]
    Range {
        /// The setting.
        name: &'static str,
        /// What it was.
        value: f64,
        /// What it may be.
        range: &'static str,
    },
    /// No tickets.
    #[error("no tickets with a known outcome to count on; choose an earlier cut or a longer slice")]
    Empty,
    /// Columns of different length.
    #[error("{probabilities} probabilities for {labels} outcomes; there must be one of each for every ticket")]
    Length {
        /// Probabilities given.
        probabilities: usize,
        /// Outcomes (or anchors) given.
        labels: usize,
    },
    /// A probability that is none.
    #[error("ticket {place} has probability {value}; it must be from 0 to 1")]
    Probability {
        /// Its place, from 0.
        place: usize,
        /// What it was.
        value: f64,
    },
}
