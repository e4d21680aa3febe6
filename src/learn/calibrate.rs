//! Platt scaling (Platt 1999; Lin, Lin & Weng 2007): an affine map of raw scores to log-odds. Being affine, it keeps
//! explanations on the log-odds additive and the order of tickets as it is. For numbers the same map by least squares.

use serde::{Deserialize, Serialize};

use super::error::LearnError;
use super::loss::{logit, sigmoid};

/// Calibrated log-odds = `slope · raw + intercept`; the slope is above 0.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Platt {
    /// Above 0: a higher raw score never lowers the probability.
    pub slope: f64,
    /// Log-odds at raw score 0.
    pub intercept: f64,
}

/// The least slope a fit gives: scores without information end near the base rate, in their order.
const LEAST_SLOPE: f64 = 1e-3;

impl Platt {
    /// Raw scores that are log-odds already.
    pub const IDENTITY: Self = Self {
        slope: 1.0,
        intercept: 0.0,
    };

    /// The maximum-likelihood map of `raw` (any finite scores) to `labels` (in `[0, 1]`) on held-out rows, with Platt's
    /// smoothing of the targets towards the classes' sizes, by damped Newton steps.
    ///
    /// # Errors
    /// No rows, or sizes that do not match.
    pub fn fit(raw: &[f64], labels: &[f32], weights: Option<&[f32]>) -> Result<Self, LearnError> {
        if raw.is_empty() {
            return Err(LearnError::NoRows);
        }
        for (what, found) in [
            ("labels", labels.len()),
            ("weights", weights.map_or(raw.len(), <[f32]>::len)),
        ] {
            if found != raw.len() {
                return Err(LearnError::Size {
                    what,
                    expected: raw.len(),
                    found,
                });
            }
        }
        let weight = |row: usize| weights.map_or(1.0, |w| f64::from(w[row]));
        let positive: f64 = (0..raw.len()).map(|row| weight(row) * f64::from(labels[row])).sum();
        let negative: f64 = (0..raw.len()).map(&weight).sum::<f64>() - positive;
        let (high, low) = ((positive + 1.0) / (positive + 2.0), 1.0 / (negative + 2.0));
        let target = |row: usize| low + f64::from(labels[row]) * (high - low);
        let rows: Vec<(f64, f64, f64)> = (0..raw.len()).map(|row| (raw[row], target(row), weight(row))).collect();
        Ok(Likelihood(&rows).maximise(logit((positive + 1.0) / (positive + negative + 2.0))))
    }

    /// The same for numbers: the affine map of `raw` to `numbers` by least squares, drawn towards a slope of 1 as if twenty
    /// more rows lay on it, so that a handful of outliers does not tilt it.
    ///
    /// # Errors
    /// No rows, or sizes that do not match.
    #[allow(clippy::cast_precision_loss)]
    pub fn least_squares(raw: &[f64], numbers: &[f32]) -> Result<Self, LearnError> {
        const PRIOR_ROWS: f64 = 20.0;
        if raw.is_empty() {
            return Err(LearnError::NoRows);
        }
        if raw.len() != numbers.len() {
            return Err(LearnError::Size {
                what: "labels",
                expected: raw.len(),
                found: numbers.len(),
            });
        }
        let n = raw.len() as f64;
        let x0 = raw.iter().sum::<f64>() / n;
        let y0 = numbers.iter().map(|&y| f64::from(y)).sum::<f64>() / n;
        let (mut xx, mut xy) = (0.0, 0.0);
        for (&x, &y) in raw.iter().zip(numbers) {
            xx += (x - x0) * (x - x0);
            xy += (x - x0) * (f64::from(y) - y0);
        }
        let prior = PRIOR_ROWS * xx / n;
        let slope = if xx > 0.0 { (xy + prior) / (xx + prior) } else { 1.0 }.max(LEAST_SLOPE);
        Ok(Self {
            slope,
            intercept: y0 - slope * x0,
        })
    }

    /// Calibrated log-odds of a raw score; for numbers the calibrated number.
    #[must_use]
    pub fn apply(&self, raw: f64) -> f64 {
        self.slope * raw + self.intercept
    }

    /// Calibrated probability of a raw score.
    #[must_use]
    pub fn probability(&self, raw: f64) -> f64 {
        sigmoid(self.apply(raw))
    }
}

/// Rows of (raw score, target, weight).
struct Likelihood<'a>(&'a [(f64, f64, f64)]);

impl Likelihood<'_> {
    /// Mean cross-entropy, without the part that no map changes.
    fn loss(&self, map: Platt) -> f64 {
        let of = |&(raw, target, weight): &(f64, f64, f64)| {
            let score = map.apply(raw);
            weight * (score.max(0.0) + libm::log1p(libm::exp(-score.abs())) - target * score)
        };
        self.0.iter().map(of).sum()
    }

    /// The Newton step at `map`, for a fixed slope if `hold`.
    fn step(&self, map: Platt, hold: bool) -> (f64, f64) {
        let (mut g_slope, mut g_intercept) = (0.0, 0.0);
        let (mut h_ss, mut h_si, mut h_ii) = (1e-12, 0.0, 1e-12);
        for &(raw, target, weight) in self.0 {
            let p = sigmoid(map.apply(raw));
            let (slope, curvature) = (weight * (target - p), weight * p * (1.0 - p));
            g_slope += slope * raw;
            g_intercept += slope;
            h_ss += curvature * raw * raw;
            h_si += curvature * raw;
            h_ii += curvature;
        }
        let determinant = h_ss * h_ii - h_si * h_si;
        if hold || determinant <= 1e-12 * h_ss * h_ii {
            return (0.0, g_intercept / h_ii);
        }
        (
            (h_ii * g_slope - h_si * g_intercept) / determinant,
            (h_ss * g_intercept - h_si * g_slope) / determinant,
        )
    }

    fn maximise(&self, base: f64) -> Platt {
        let mut map = Platt {
            slope: 1.0,
            intercept: base - self.mean(),
        };
        let mut loss = self.loss(map);
        for _ in 0..100 {
            let mut step = self.step(map, false);
            if map.slope <= LEAST_SLOPE && step.0 <= 0.0 {
                step = self.step(map, true);
            }
            let mut next = map;
            let mut next_loss = f64::INFINITY;
            for _ in 0..30 {
                next = Platt {
                    slope: (map.slope + step.0).max(LEAST_SLOPE),
                    intercept: map.intercept + step.1,
                };
                next_loss = self.loss(next);
                if next_loss <= loss {
                    break;
                }
                step = (step.0 / 2.0, step.1 / 2.0);
            }
            if next_loss.is_nan() || next_loss > loss {
                break;
            }
            let moved = (next.slope - map.slope).abs() + (next.intercept - map.intercept).abs();
            (map, loss) = (next, next_loss);
            if moved < 1e-10 {
                break;
            }
        }
        map
    }

    fn mean(&self) -> f64 {
        let (sum, total) = self
            .0
            .iter()
            .fold((0.0, 0.0), |(s, t), &(raw, _, weight)| (s + weight * raw, t + weight));
        if total > 0.0 { sum / total } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::draw::Draws;

    fn drawn(slope: f64, intercept: f64, rows: u64) -> (Vec<f64>, Vec<f32>) {
        let draws = Draws::new(11);
        let raw: Vec<f64> = (0..rows).map(|k| 6.0 * draws.stream(1).uniform(k) - 4.0).collect();
        let truth = Platt { slope, intercept };
        let happens = |(k, &raw): (usize, &f64)| f32::from(draws.stream(2).uniform(k as u64) < truth.probability(raw));
        let labels = raw.iter().enumerate().map(happens).collect();
        (raw, labels)
    }

    #[test]
    fn a_known_slope_and_intercept_are_recovered() {
        let (raw, labels) = drawn(1.7, -0.6, 100_000);
        let fit = Platt::fit(&raw, &labels, None).unwrap();
        assert!((fit.slope - 1.7).abs() < 0.04, "{fit:?}");
        assert!((fit.intercept + 0.6).abs() < 0.04, "{fit:?}");
    }

    #[test]
    fn a_row_of_weight_two_counts_as_two_rows() {
        let (raw, labels) = drawn(1.0, 0.3, 500);
        let weights: Vec<f32> = (0..500u16).map(|k| f32::from(k % 3)).collect();
        let repeated = || (0..500usize).flat_map(|k| std::iter::repeat_n(k, k % 3));
        let many: (Vec<f64>, Vec<f32>) = repeated().map(|k| (raw[k], labels[k])).unzip();
        let (one, two) = (
            Platt::fit(&raw, &labels, Some(&weights)),
            Platt::fit(&many.0, &many.1, None),
        );
        let (one, two) = (one.unwrap(), two.unwrap());
        assert!((one.slope - two.slope).abs() < 1e-8 && (one.intercept - two.intercept).abs() < 1e-8);
    }

    #[test]
    fn the_slope_stays_above_zero_even_for_scores_that_mislead() {
        let (raw, labels) = drawn(-1.5, 0.0, 5_000);
        let fit = Platt::fit(&raw, &labels, None).unwrap();
        assert!(fit.slope > 0.0 && fit.slope <= 2.0 * LEAST_SLOPE, "{fit:?}");
        let rate = labels.iter().map(|&y| f64::from(y)).sum::<f64>() / 5_000.0;
        assert!((fit.probability(-1.0) - rate).abs() < 0.01);
    }

    #[test]
    fn numbers_are_mapped_by_least_squares_and_never_turned_round() {
        let raw: Vec<f64> = (0..2_000u16).map(|k| f64::from(k % 97)).collect();
        let numbers: Vec<f32> = raw.iter().map(|&x| (1.5 * x - 20.0) as f32).collect();
        let fit = Platt::least_squares(&raw, &numbers).unwrap();
        assert!((fit.slope - 1.5).abs() < 0.01, "{fit:?}");
        assert!((fit.apply(40.0) - 40.0).abs() < 0.2, "{fit:?}");
        let falling: Vec<f32> = raw.iter().map(|&x| -x as f32).collect();
        assert!(Platt::least_squares(&raw, &falling).unwrap().slope > 0.0);
        assert!(
            Platt::least_squares(&[2.0; 5], &[1.0, 2.0, 3.0, 4.0, 5.0])
                .unwrap()
                .apply(2.0)
                - 3.0
                < 1e-9
        );
        assert!(Platt::least_squares(&[], &[]).is_err());
    }

    #[test]
    fn classes_that_never_mix_and_constant_scores_stay_finite() {
        let parted = Platt::fit(&[-1.0, -2.0, 1.0, 2.0], &[0.0, 0.0, 1.0, 1.0], None).unwrap();
        assert!(parted.slope.is_finite() && parted.probability(2.0) < 1.0);
        let constant = Platt::fit(&[3.0; 8], &[0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0], None).unwrap();
        assert!((constant.probability(3.0) - 0.25).abs() < 0.1, "{constant:?}");
        assert!(Platt::fit(&[], &[], None).is_err());
        assert!(Platt::fit(&[1.0], &[], None).is_err());
    }
}
