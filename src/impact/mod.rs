//! What a threshold or a review capacity costs and saves: volumes and unit costs from a settings file, everything else
//! counted on tickets whose outcome is known. It refuses to know where probabilities come from.

pub mod cost;

pub use cost::{Costs, Impact, ImpactError, at_capacity, at_threshold, best_threshold};
