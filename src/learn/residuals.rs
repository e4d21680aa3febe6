//! What a model has missed since it was trained: of rows whose answers are known by now, the answer beside the model's. An
//! asker's score is corrected by them, the more the more alike they are: a constant is fitted to them by local likelihood, the
//! model's scores as offset and a ridge on the constant (Tibshirani & Hastie 1987), in one Newton step. Kriging knows it as
//! regression kriging. Alike are rows that share the categories which the model's features read.

use serde::{Deserialize, Serialize};

use super::alike::{Answered, kernel, turn};
use super::example::Example;
use super::objective::Objective;
use crate::data::{Database, TableId};
use crate::relate::feature::{Feature, FeatureSet};
use crate::relate::path::ColumnPath;
use crate::relate::view::Asker;

/// The latest so many answers correct a score.
const LATEST: usize = 2_048;
/// A row that shares no category weighs e to the minus so much; each shared one takes off an equal part of it.
const NARROW: f64 = 6.0;
/// The ridge on a correction of log-odds: its standard deviation before anything is known is 1.
const RIDGE: f64 = 1.0;
/// The ridge on a correction of a number, in rows.
const RIDGE_ROWS: f64 = 20.0;
/// One Newton step is trusted so far, in log-odds.
const FARTHEST: f64 = 2.0;

/// Rows whose answers came after training, and what the model had said of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Residuals {
    /// By the categories of the model's features, so that no file need carry where those are.
    answered: Answered,
    /// The model's: probabilities, or numbers.
    expected: Vec<f32>,
}

/// What rows alike say of one score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Correction {
    /// What is added to it: log-odds, or the number's own unit.
    pub shift: f64,
    /// Their mean answer, the more alike the more it counts: a share of 1, or a number.
    pub observed: f64,
    /// The mean answer of the model for them, likewise.
    pub expected: f64,
}

impl Residuals {
    /// The residuals of `examples`, for which the model, uncorrected, gave `answers`; none where there are no examples with a
    /// finite answer, or the model's features read no category.
    #[must_use]
    #[allow(clippy::cast_possible_truncation)]
    pub fn of(
        database: &Database,
        entity: TableId,
        features: &FeatureSet,
        examples: &[Example],
        answers: &[f64],
    ) -> Option<Self> {
        let paths = categories_read(features);
        let pairs = examples.iter().zip(answers).enumerate();
        let mut order: Vec<usize> = pairs
            .filter(|(_, (_, answer))| answer.is_finite())
            .map(|(k, _)| k)
            .collect();
        if paths.is_empty() || order.is_empty() {
            return None;
        }
        order.sort_by_key(|&k| turn(&examples[k]));
        let in_turn: Vec<Example> = order.iter().map(|&k| examples[k]).collect();
        Some(Self {
            answered: Answered::of(database, entity, paths, &in_turn),
            expected: order.iter().map(|&k| answers[k] as f32).collect(),
        })
    }

    /// Residuals as they came from a file, for a model of these features; `None` where their lists do not fit together or to
    /// them.
    #[must_use]
    pub fn of_features(mut self, features: &FeatureSet) -> Option<Self> {
        self.answered = self.answered.by(categories_read(features))?;
        let fits = self.expected.len() == self.len() && self.expected.iter().all(|x| x.is_finite());
        fits.then_some(self)
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.answered.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The mean answer of all rows, and the mean answer of the model.
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub fn means(&self) -> (f64, f64) {
        let mean = |all: &[f32]| all.iter().map(|&x| f64::from(x)).sum::<f64>() / all.len().max(1) as f64;
        (mean(&self.answered.labels), mean(&self.expected))
    }

    /// What the answers known at the asker's moment say of its score; `None` where there are none.
    #[must_use]
    pub fn correction(
        &self,
        database: &Database,
        entity: TableId,
        objective: Objective,
        asker: Asker,
    ) -> Option<Correction> {
        let own = self.answered.categories_of(database, entity, asker);
        let kernel = kernel(NARROW, own.len());
        let mut sums = Sums::default();
        for (row, different) in self.answered.by_moment(&own, asker.anchor, LATEST) {
            let (label, expected) = (self.answered.labels[row], self.expected[row]);
            sums.add(kernel[different], f64::from(label), f64::from(expected), objective);
        }
        (sums.weight > 0.0).then(|| sums.correction(objective))
    }
}

/// The examples whose answers were known last, as many as correct a score, in that order.
#[must_use]
pub fn latest_answered(mut examples: Vec<Example>) -> Vec<Example> {
    examples.sort_by_key(turn);
    examples.drain(..examples.len().saturating_sub(LATEST));
    examples
}

/// Weighted sums over rows.
#[derive(Default)]
struct Sums {
    weight: f64,
    label: f64,
    expected: f64,
    /// The Fisher information of a shift.
    information: f64,
}

impl Sums {
    fn add(&mut self, weight: f64, label: f64, expected: f64, objective: Objective) {
        self.weight += weight;
        self.label += weight * label;
        self.expected += weight * expected;
        self.information += match objective {
            Objective::YesNo => weight * (expected * (1.0 - expected)).max(0.0),
            Objective::Number => weight,
        };
    }

    fn correction(&self, objective: Objective) -> Correction {
        let missed = self.label - self.expected;
        let shift = match objective {
            Objective::YesNo => (missed / (self.information + RIDGE)).clamp(-FARTHEST, FARTHEST),
            Objective::Number => missed / (self.information + RIDGE_ROWS),
        };
        Correction {
            shift,
            observed: self.label / self.weight,
            expected: self.expected / self.weight,
        }
    }
}

/// The categories that encoded features read, alone or in combination, each once.
fn categories_read(features: &FeatureSet) -> Vec<ColumnPath> {
    let mut found: Vec<ColumnPath> = Vec::new();
    for feature in &features.features {
        if let Feature::Encoded { paths } = feature {
            for path in paths {
                if !found.contains(path) {
                    found.push(path.clone());
                }
            }
        }
    }
    found
}
