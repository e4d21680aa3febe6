//! How to boost: every choice with its range and default.

use serde::{Deserialize, Serialize};

use super::error::LearnError;
use super::grow::SplitScore;
use super::loss::Loss;
use super::sampling::Bootstrap;

/// How to boost. The defaults are near CatBoost's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BoostOptions {
    /// Most trees to grow.
    pub iterations: usize,
    /// Levels of a tree, 0 to 6.
    pub depth: usize,
    /// Share of each Newton step taken, above 0 to 1; `None`: by the number of rows and iterations.
    pub learning_rate: Option<f64>,
    /// L2 regularisation of leaf values, in rows of average weight.
    pub l2: f64,
    /// Bins per column, 2 to 255.
    pub max_bins: usize,
    /// What is minimised.
    pub loss: Loss,
    /// How splits are compared.
    pub score: SplitScore,
    /// Newton steps per leaf and tree, at least 1; one is exact for squared error.
    pub leaf_steps: usize,
    /// How rows are drawn for shaping a tree.
    pub bootstrap: Bootstrap,
    /// Share of the columns offered to a tree, above 0 to 1 (CatBoost's `rsm`).
    pub column_share: f64,
    /// Strength of the noise on split scores; it fades as the model grows (CatBoost's `random_strength`).
    pub random_strength: f64,
    /// Per column: the raw score may only rise (1) or only fall (−1) with it; 0 or past the end: free.
    pub monotone: Vec<i8>,
    /// A leaf with less than this weight (in average rows: of average weight, for `Newton` of average curvature) is not told
    /// apart from its neighbours.
    pub min_data_in_leaf: f64,
    /// Stop when the validation loss has not improved for so many trees; `None`: never.
    pub patience: Option<usize>,
    /// Seed of all draws.
    pub seed: u64,
    /// Threads to use; ignored on wasm32. The result is the same for any number.
    pub threads: usize,
}

impl Default for BoostOptions {
    fn default() -> Self {
        Self {
            iterations: 500,
            depth: 6,
            learning_rate: None,
            l2: 3.0,
            max_bins: 255,
            loss: Loss::Logloss,
            score: SplitScore::Cosine,
            leaf_steps: 5,
            bootstrap: Bootstrap::default(),
            column_share: 1.0,
            random_strength: 1.0,
            monotone: Vec::new(),
            min_data_in_leaf: 0.0,
            patience: Some(50),
            seed: 0,
            threads: 1,
        }
    }
}

impl BoostOptions {
    pub(crate) fn check(&self) -> Result<(), LearnError> {
        let rules = [
            ("depth", self.depth <= 6, "give 0 to 6"),
            (
                "learning_rate",
                self.learning_rate.is_none_or(|rate| rate > 0.0 && rate <= 1.0),
                "give more than 0, at most 1",
            ),
            ("l2", self.l2.is_finite() && self.l2 >= 0.0, "give 0 or more"),
            ("max_bins", (2..=255).contains(&self.max_bins), "give 2 to 255"),
            ("leaf_steps", self.leaf_steps >= 1, "give 1 or more"),
            (
                "bootstrap",
                self.bootstrap.is_sound(),
                "give a temperature of 0 or more, a share of more than 0, at most 1",
            ),
            (
                "column_share",
                self.column_share > 0.0 && self.column_share <= 1.0,
                "give more than 0, at most 1",
            ),
            (
                "random_strength",
                self.random_strength.is_finite() && self.random_strength >= 0.0,
                "give 0 or more",
            ),
            ("min_data_in_leaf", self.min_data_in_leaf.is_finite(), "give 0 or more"),
        ];
        match rules.into_iter().find(|(_, holds, _)| !holds) {
            Some((name, _, reason)) => Err(LearnError::Option { name, reason }),
            None => Ok(()),
        }
    }

    /// The learning rate asked for, else CatBoost's automatic one on CPU with early stopping (its constants).
    #[allow(clippy::cast_precision_loss)]
    pub(crate) fn rate(&self, rows: usize) -> f64 {
        let (a, b, c, d) = match self.loss {
            Loss::Logloss => (0.246, -5.127, -0.451, 0.978),
            Loss::SquaredError => (0.157, -4.062, -0.61, 1.557),
        };
        self.learning_rate.unwrap_or_else(|| {
            let by_length = |trees: f64| libm::exp(c * libm::log(trees) + d);
            let by_rows = libm::exp(a * libm::log(rows as f64) + b);
            (by_rows * by_length(self.iterations.max(1) as f64) / by_length(1000.0)).clamp(1e-3, 0.5)
        })
    }
}
