//! What boosting minimises: the loss of a raw score, its slope and curvature.

use serde::{Deserialize, Serialize};

/// The loss. Raw scores are log-odds for [`Loss::Logloss`], the number itself for [`Loss::SquaredError`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Loss {
    /// Cross-entropy of a label in `[0, 1]`.
    #[default]
    Logloss,
    /// Half the squared difference to a number.
    SquaredError,
}

/// `1 / (1 + e^−x)`, computed alike on every platform.
#[must_use]
pub fn sigmoid(log_odds: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-log_odds))
}

/// The log-odds of a probability, which is first kept at least `1e-12` away from 0 and 1.
#[must_use]
pub fn logit(probability: f64) -> f64 {
    let probability = probability.clamp(1e-12, 1.0 - 1e-12);
    libm::log(probability) - libm::log1p(-probability)
}

impl Loss {
    /// Downhill slope (−∂/∂score) and curvature (∂²/∂score²) of the loss.
    pub(crate) fn slope_and_curvature(self, score: f64, label: f64) -> (f64, f64) {
        match self {
            Self::Logloss => {
                let p = sigmoid(score);
                (label - p, p * (1.0 - p))
            }
            Self::SquaredError => (label - score, 1.0),
        }
    }

    /// The loss of one row.
    pub(crate) fn of(self, score: f64, label: f64) -> f64 {
        match self {
            // log(1 + e^s) − y·s, without overflow
            Self::Logloss => score.max(0.0) + libm::log1p(libm::exp(-score.abs())) - label * score,
            Self::SquaredError => 0.5 * (label - score) * (label - score),
        }
    }

    /// The best constant raw score; a class seen never or always still gets finite log-odds.
    #[allow(clippy::cast_precision_loss)]
    pub(crate) fn constant(self, labels: &[f32], weight: impl Fn(usize) -> f64) -> f64 {
        let (mut sum, mut total) = (0.0, 0.0);
        for (row, &label) in labels.iter().enumerate() {
            sum += weight(row) * f64::from(label);
            total += weight(row);
        }
        match self {
            Self::Logloss => {
                let smallest = 0.5 * total / (labels.len() as f64 + 1.0);
                logit(sum.clamp(smallest, total - smallest) / total)
            }
            Self::SquaredError => sum / total,
        }
    }
}
