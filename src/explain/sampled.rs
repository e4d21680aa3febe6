//! Sampled Shapley values of any model over groups of features, for models that are not our trees: the mean contribution
//! of a group over random orders in which groups become known, the rest taken from other entities (Castro, Gómez & Tejada
//! 2009, "Polynomial calculation of the Shapley value based on sampling"; each order is also taken backwards, Mitchell et
//! al. 2022). They sum to the score exactly; each carries its standard error.

use crate::learn::draw::Draws;

/// A score told apart by sampling.
#[derive(Clone, Debug, PartialEq)]
pub struct Sampled {
    /// The mean score of the others.
    pub base: f64,
    /// Group by group, what knowing it adds.
    pub values: Vec<f64>,
    /// Their standard errors.
    pub errors: Vec<f64>,
}

/// Answers a batch of rows.
pub type Score<'a, E> = dyn FnMut(&[Vec<f32>]) -> Result<Vec<f64>, E> + 'a;

/// Pairs of orders drawn.
pub const PAIRS: usize = 32;

/// Samples the values of `groups` (places of features, each place in one group) of one row. `score` answers a batch of
/// rows; `others` are rows to take unknown groups from, at least one.
///
/// # Errors
/// Those of `score`.
pub fn sampled<E>(
    groups: &[Vec<usize>],
    row: &[f32],
    others: &[Vec<f32>],
    seed: u64,
    score: &mut Score<'_, E>,
) -> Result<Sampled, E> {
    let players = groups.len();
    let mut sums = vec![0.0; players];
    let mut squares = vec![0.0; players];
    let mut base = 0.0;
    for pair in 0..PAIRS {
        let draws = Draws::new(seed).stream(pair as u64);
        let mut order: Vec<usize> = (0..players).collect();
        for i in (1..players).rev() {
            order.swap(i, draws.below(i as u64, i + 1));
        }
        let Some(other) = others.get(draws.below(u64::MAX, others.len().max(1))) else {
            break;
        };
        let backwards: Vec<usize> = order.iter().rev().copied().collect();
        let mut both = vec![0.0; players];
        for order in [&order, &backwards] {
            let mut rows = vec![other.clone()];
            for &player in order {
                let mut next = rows.last().cloned().unwrap_or_default();
                for &place in &groups[player] {
                    if let (Some(cell), Some(&known)) = (next.get_mut(place), row.get(place)) {
                        *cell = known;
                    }
                }
                rows.push(next);
            }
            let scores = score(&rows)?;
            base += scores.first().copied().unwrap_or(f64::NAN);
            for (step, &player) in order.iter().enumerate() {
                both[player] += (scores[step + 1] - scores[step]) / 2.0;
            }
        }
        for (player, value) in both.into_iter().enumerate() {
            sums[player] += value;
            squares[player] += value * value;
        }
    }
    #[allow(clippy::cast_precision_loss)]
    let n = PAIRS as f64;
    let errors = sums
        .iter()
        .zip(&squares)
        .map(|(sum, square)| ((square / n - (sum / n).powi(2)).max(0.0) / (n - 1.0)).sqrt())
        .collect();
    Ok(Sampled {
        base: base / (2.0 * n),
        values: sums.into_iter().map(|sum| sum / n).collect(),
        errors,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::shapley::shapley;
    use crate::learn::forest::{Forest, ObliviousTree, Split};

    fn forest() -> Forest {
        let split = |feature| Split {
            feature,
            threshold: 0.5,
        };
        let pair = ObliviousTree {
            splits: vec![split(0), split(1)],
            leaves: vec![0.0, 0.2, 0.5, 3.0],
            covers: vec![1.0; 4],
        };
        let one = ObliviousTree {
            splits: vec![split(2)],
            leaves: vec![-1.0, 1.0],
            covers: vec![1.0; 2],
        };
        Forest {
            features: 3,
            bias: 0.1,
            trees: vec![pair, one],
        }
    }

    #[test]
    fn sampled_values_sum_to_the_score_and_lie_within_their_errors_of_the_exact_ones() {
        let forest = forest();
        let row = [1.0, 1.0, 1.0];
        // Every combination once: the others are as the leaf covers say.
        let others: Vec<Vec<f32>> = (0..8u8)
            .map(|i| (0..3).map(|b| f32::from(i >> b & 1)).collect())
            .collect();
        let mut score = |rows: &[Vec<f32>]| Ok::<_, ()>(rows.iter().map(|r| forest.raw(r)).collect());
        let groups = [vec![0], vec![1], vec![2]];
        let found = sampled(&groups, &row, &others, 7, &mut score).unwrap();
        let total = found.base + found.values.iter().sum::<f64>();
        assert!((total - forest.raw(&row)).abs() < 1e-9);
        let exact = shapley(&forest, &row);
        for ((value, error), exact) in found.values.iter().zip(&found.errors).zip(&exact.values) {
            assert!(*error > 0.0 && *error < 0.3, "{error}");
            assert!((value - exact).abs() < 4.0 * error, "{value} ± {error} is not {exact}");
        }
        assert_eq!(found, sampled(&groups, &row, &others, 7, &mut score).unwrap());
    }

    #[test]
    fn features_of_one_group_are_known_together() {
        let forest = forest();
        let mut score = |rows: &[Vec<f32>]| Ok::<_, ()>(rows.iter().map(|r| forest.raw(r)).collect());
        let found = sampled(&[vec![0, 1], vec![2]], &[1.0, 1.0, 1.0], &[vec![0.0; 3]], 1, &mut score).unwrap();
        assert!((found.values[0] - 3.0).abs() < 1e-9 && (found.values[1] - 2.0).abs() < 1e-9);
        assert!(found.errors.iter().all(|e| *e < 1e-6));
    }
}
