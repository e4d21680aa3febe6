//! What a bundle carries to be watched by: what was kept from it, what was suspected, and how its features were spread when
//! it was trained.

use serde::{Deserialize, Serialize};

use super::drift::Profile;
use super::leaks::Leak;
use super::spread::Spread;
use crate::data::Timestamp;

/// All of it; part of the model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Watch {
    /// Tables and columns that no feature may read (`--exclude`).
    pub excluded: Vec<String>,
    /// What the user was told of leaks.
    pub leaks: Vec<Leak>,
    /// How each feature was spread over the training examples, in the features' order.
    pub profile: Vec<Profile>,
    /// The moment up to which training read.
    pub trained_to: Timestamp,
    /// How far scores may be off.
    pub spread: Option<Spread>,
}

impl Default for Watch {
    fn default() -> Self {
        Self {
            excluded: Vec::new(),
            leaks: Vec::new(),
            profile: Vec::new(),
            trained_to: Timestamp::MIN,
            spread: None,
        }
    }
}

impl Watch {
    /// Whether it is of a model with so many features: to be asked of one that came from a file.
    #[must_use]
    pub fn fits(&self, features: usize) -> bool {
        let sound = |s: &Spread| s.forest.features == features && s.forest.is_sound() && s.factor.is_finite();
        (self.profile.is_empty() || self.profile.len() == features) && self.spread.as_ref().is_none_or(sound)
    }
}
