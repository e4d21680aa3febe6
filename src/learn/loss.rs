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

/// Odds are kept within one over this and this.
const FAR: f64 = 1e300;

impl Loss {
    /// A score as boosting keeps it: log-odds as the odds against, `e^−score`, of which a slope costs a division and no
    /// exponential; a number as itself.
    pub(crate) fn kept(self, score: f64) -> f64 {
        match self {
            Self::Logloss => libm::exp(-score).clamp(1.0 / FAR, FAR),
            Self::SquaredError => score,
        }
    }

    /// A kept score that has risen by the score of which `by` is the kept form.
    #[inline]
    pub(crate) fn risen(self, kept: f64, by: f64) -> f64 {
        match self {
            Self::Logloss => (kept * by).clamp(1.0 / FAR, FAR),
            Self::SquaredError => kept + by,
        }
    }

    /// Downhill slope (−∂/∂score) and curvature (∂²/∂score²) of the loss at a kept score.
    #[inline]
    pub(crate) fn slope_and_curvature(self, kept: f64, label: f64) -> (f64, f64) {
        match self {
            Self::Logloss => {
                let p = 1.0 / (1.0 + kept);
                (label - p, p * (1.0 - p))
            }
            Self::SquaredError => (label - kept, 1.0),
        }
    }

    /// The mean loss of these rows.
    #[allow(clippy::cast_precision_loss)]
    pub(crate) fn mean(self, scores: &[f64], labels: &[f32]) -> f64 {
        /// Each factor is at most 2, so that a product of so many is a number.
        const FACTORS: usize = 512;
        let rows = scores.chunks(FACTORS).zip(labels.chunks(FACTORS));
        let sum: f64 = rows
            .map(|(scores, labels)| {
                let rows = scores
                    .iter()
                    .zip(labels)
                    .map(|(&score, &label)| (score, f64::from(label)));
                match self {
                    // As in `of`, with one logarithm for a product of many.
                    Self::Logloss => {
                        let (straight, product) = rows.fold((0.0, 1.0), |(sum, product), (score, label)| {
                            let bent: f64 = 1.0 + libm::exp(-score.abs());
                            (sum + score.max(0.0) - label * score, product * bent)
                        });
                        straight + libm::log(product)
                    }
                    Self::SquaredError => rows.map(|(score, label)| self.of(score, label)).sum(),
                }
            })
            .sum();
        sum / scores.len().max(1) as f64
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slopes_of_a_kept_score_are_those_of_the_score() {
        let loss = Loss::Logloss;
        for k in -7_000..=7_000 {
            let score = f64::from(k) / 10.0;
            // On its way there it rose a little at a time.
            let mut kept = loss.kept(score - 1.0);
            (0..100).for_each(|_| kept = loss.risen(kept, loss.kept(0.01)));
            let p = sigmoid(score);
            let (slope, curvature) = loss.slope_and_curvature(kept, 1.0);
            assert!(
                (slope - (1.0 - p)).abs() <= 1e-11 && (curvature - p * (1.0 - p)).abs() <= 1e-11,
                "{score}"
            );
        }
        let farther = loss.risen(loss.kept(2_000.0), loss.kept(800.0));
        assert!(loss.slope_and_curvature(farther, 0.0).0.is_finite());
        assert!(
            (loss
                .slope_and_curvature(loss.risen(loss.kept(-2_000.0), loss.kept(3.0)), 0.0)
                .0)
                .abs()
                < 1e-9
        );
    }

    #[test]
    fn the_mean_loss_is_the_mean_of_the_losses() {
        let scores: Vec<f64> = (0..3_000).map(|k| f64::from(k % 401) / 5.0 - 40.0).collect();
        let labels: Vec<f32> = (0..3_000u16).map(|k| f32::from(k % 3) / 2.0).collect();
        for loss in [Loss::Logloss, Loss::SquaredError] {
            let rows = scores.iter().zip(&labels);
            let exact = rows.map(|(&s, &y)| loss.of(s, f64::from(y))).sum::<f64>() / 3_000.0;
            assert!((loss.mean(&scores, &labels) - exact).abs() < 1e-12 * exact);
        }
    }
}
