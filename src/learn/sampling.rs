//! How rows are drawn for shaping a tree.

use serde::{Deserialize, Serialize};

use super::draw::Draws;

/// A draw of rows with weights. Leaf values always use every row.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Bootstrap {
    /// Every row, weight 1.
    None,
    /// Every row, weight `(−ln u)^temperature`: the Bayesian bootstrap (Rubin 1981) at temperature 1.
    Bayesian {
        /// 0 or more.
        temperature: f64,
    },
    /// Each row with this chance, weight 1.
    Bernoulli {
        /// Above 0 to 1.
        share: f64,
    },
    /// Minimal-variance sampling (Ibragimov & Gusev 2019): a row's chance rises with its slope, its weight is one over
    /// the chance.
    MinimalVariance {
        /// Expected share of rows, above 0 to 1.
        share: f64,
    },
}

impl Default for Bootstrap {
    fn default() -> Self {
        Self::MinimalVariance { share: 0.8 }
    }
}

impl Bootstrap {
    pub(crate) fn is_sound(&self) -> bool {
        match *self {
            Self::None => true,
            Self::Bayesian { temperature } => temperature.is_finite() && temperature >= 0.0,
            Self::Bernoulli { share } | Self::MinimalVariance { share } => share > 0.0 && share <= 1.0,
        }
    }

    /// The drawn rows, ascending, each with its weight, given every row's weighted slope.
    pub(crate) fn draw(&self, draws: Draws, slopes: &[f64]) -> Vec<(usize, f64)> {
        let rows = slopes.len();
        match *self {
            Self::None => (0..rows).map(|row| (row, 1.0)).collect(),
            Self::Bayesian { temperature } => {
                let weight = |row: usize| libm::pow(-libm::log(draws.uniform(row as u64)), temperature);
                (0..rows).map(|row| (row, weight(row))).collect()
            }
            Self::Bernoulli { share } => (0..rows)
                .filter(|&row| draws.uniform(row as u64) < share)
                .map(|row| (row, 1.0))
                .collect(),
            Self::MinimalVariance { share } => minimal_variance(draws, slopes, share),
        }
    }
}

#[allow(clippy::cast_precision_loss)]
fn minimal_variance(draws: Draws, slopes: &[f64], share: f64) -> Vec<(usize, f64)> {
    let rows = slopes.len();
    let mean = by_lanes(slopes, |lane, slope| *lane += slope.abs()) / rows as f64;
    let size: Vec<f64> = slopes
        .iter()
        .map(|slope| (slope * slope + mean * mean).sqrt())
        .collect();
    let threshold = threshold(&size, share * rows as f64);
    let mut drawn = Vec::with_capacity(rows);
    for (row, &size) in size.iter().enumerate() {
        let chance = if size < threshold { size / threshold } else { 1.0 };
        if draws.uniform(row as u64) < chance {
            drawn.push((row, 1.0 / chance));
        }
    }
    drawn
}

/// The `μ` with `Σ min(1, size / μ) = wanted`.
#[allow(clippy::cast_precision_loss)]
fn threshold(size: &[f64], wanted: f64) -> f64 {
    let total = by_lanes(size, |lane, size| *lane += size);
    // From "no row is certain", which is too high, fixed-point steps fall to the solution.
    let mut threshold = total / wanted;
    for _ in 0..20 {
        let certain = by_lanes(size, |lane, size| *lane += if size >= threshold { 1.0 } else { 0.0 });
        let rest = by_lanes(size, |lane, size| *lane += if size >= threshold { 0.0 } else { size });
        let next = if wanted > certain {
            rest / (wanted - certain)
        } else {
            break;
        };
        if (next - threshold).abs() <= 1e-9 * threshold {
            break;
        }
        threshold = next;
    }
    threshold
}

/// A sum over all values, several beside one another.
fn by_lanes(values: &[f64], add: impl Fn(&mut f64, f64)) -> f64 {
    let mut lanes = [0.0; 8];
    let whole = values.chunks_exact(lanes.len());
    let rest = whole.remainder();
    for chunk in whole {
        lanes.iter_mut().zip(chunk).for_each(|(lane, &value)| add(lane, value));
    }
    lanes.iter_mut().zip(rest).for_each(|(lane, &value)| add(lane, value));
    lanes.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_of_a_minimal_variance_draw_make_up_for_the_rows_left_out() {
        let slope = |row: usize| if row.is_multiple_of(10) { 0.9 } else { -0.1 };
        let slopes: Vec<f64> = (0..100_000).map(slope).collect();
        let drawn = Bootstrap::MinimalVariance { share: 0.5 }.draw(Draws::new(3), &slopes);
        assert!((drawn.len() as f64 - 50_000.0).abs() < 1_000.0, "{}", drawn.len());
        let weight: f64 = drawn.iter().map(|(_, weight)| weight).sum();
        assert!((weight - 100_000.0).abs() < 2_000.0, "{weight}");
        let drawn_steep = drawn.iter().filter(|(row, _)| row.is_multiple_of(10)).count();
        assert!(drawn_steep > 9_900, "{drawn_steep}");
    }

    #[test]
    fn every_bootstrap_keeps_the_total_weight() {
        let kinds = [
            Bootstrap::None,
            Bootstrap::Bayesian { temperature: 1.0 },
            Bootstrap::MinimalVariance { share: 0.8 },
        ];
        for kind in kinds {
            let weight: f64 = kind
                .draw(Draws::new(5), &[1.0; 50_000])
                .iter()
                .map(|(_, weight)| weight)
                .sum();
            assert!((weight / 50_000.0 - 1.0).abs() < 0.02, "{kind:?}: {weight}");
        }
    }
}
