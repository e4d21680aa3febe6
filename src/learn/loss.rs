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

/// As [`sigmoid`] to 1e-11, for learning, where it is what takes the time: alike on every platform too, and without a branch
/// or a call, so that a compiler may do several at once.
#[allow(clippy::cast_possible_truncation)]
#[inline]
fn quick_sigmoid(log_odds: f64) -> f64 {
    // e^x = 2^k · e^r with k the nearest whole number of x / ln 2; added to 1.5 · 2^52 it stands in the lowest bits. The
    // logarithm of 2 is in two parts, so that r is exact to the last bit; |r| ≤ .35, where the series is good to 1e-12.
    const WHOLE: f64 = 6_755_399_441_055_744.0;
    const LN_2: (f64, f64) = (6.931_471_803_691_238e-1, 1.908_214_929_270_587_7e-10);
    let x = (-log_odds).clamp(-700.0, 700.0);
    let shifted = x * std::f64::consts::LOG2_E + WHOLE;
    let k = shifted - WHOLE;
    let r = (x - k * LN_2.0) - k * LN_2.1;
    let mut series = 1.0 / 362_880.0;
    for factorial in [40_320.0, 5_040.0, 720.0, 120.0, 24.0, 6.0, 2.0, 1.0, 1.0] {
        series = series * r + 1.0 / factorial;
    }
    let power = shifted.to_bits().wrapping_sub(WHOLE.to_bits()).wrapping_add(1023) << 52;
    1.0 / (1.0 + series * f64::from_bits(power))
}

/// The log-odds of a probability, which is first kept at least `1e-12` away from 0 and 1.
#[must_use]
pub fn logit(probability: f64) -> f64 {
    let probability = probability.clamp(1e-12, 1.0 - 1e-12);
    libm::log(probability) - libm::log1p(-probability)
}

impl Loss {
    /// Downhill slope (−∂/∂score) and curvature (∂²/∂score²) of the loss.
    #[inline]
    pub(crate) fn slope_and_curvature(self, score: f64, label: f64) -> (f64, f64) {
        match self {
            Self::Logloss => {
                let p = quick_sigmoid(score);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quick_sigmoid_is_the_sigmoid() {
        for k in -800_000..=800_000 {
            let x = f64::from(k) / 1_000.0 + f64::from(k % 7) * 1e-4;
            let (quick, exact) = (quick_sigmoid(x), sigmoid(x));
            assert!(
                (quick - exact).abs() <= 1e-11 * exact.min(1.0 - exact).max(1e-4),
                "{x}: {quick} {exact}"
            );
        }
        for far in [f64::MAX, f64::MIN, f64::INFINITY, f64::NEG_INFINITY] {
            assert!((quick_sigmoid(far) - sigmoid(far)).abs() < 1e-300, "{far}");
        }
    }
}
