//! Exact Shapley values of a forest's raw score, with path-dependent conditional expectations from leaf covers
//! (Lundberg et al. 2020, "From local explanations to global understanding with explainable AI for trees"). An oblivious
//! tree of depth `d` needs only `d · 2^(d−1)` steps for the expectations of all `2^d` subsets of its questions at once.

use crate::learn::calibrate::Platt;
use crate::learn::forest::{Forest, ObliviousTree};

/// A score told apart: `base` + the sum of `values` is the row's score.
#[derive(Clone, Debug, PartialEq)]
pub struct Shapley {
    /// The expected score when nothing is known of the row.
    pub base: f64,
    /// Per column of the feature matrix, what knowing it adds.
    pub values: Vec<f64>,
}

impl Shapley {
    /// The same on the calibrated log-odds: being affine, calibration keeps the values additive.
    #[must_use]
    pub fn calibrated(mut self, calibration: &Platt) -> Self {
        self.base = calibration.apply(self.base);
        self.values.iter_mut().for_each(|value| *value *= calibration.slope);
        self
    }

    /// The score it explains.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.base + self.values.iter().sum::<f64>()
    }
}

/// The Shapley values of one row's raw score; for many rows, keep a [`ShapleyForest`].
#[must_use]
pub fn shapley(forest: &Forest, row: &[f32]) -> Shapley {
    ShapleyForest::new(forest).explain(row)
}

/// A forest with what does not depend on the row computed beforehand.
#[derive(Clone, Debug)]
pub struct ShapleyForest {
    features: usize,
    trees: Vec<Shape>,
    base: f64,
}

impl ShapleyForest {
    /// Prepares a [sound](Forest::is_sound) forest; trees that are not are left out.
    #[must_use]
    pub fn new(forest: &Forest) -> Self {
        let sound = forest.trees.iter().filter(|tree| tree.is_sound(forest.features));
        let trees: Vec<Shape> = sound.map(Shape::of).collect();
        let mut expectations = Vec::new();
        let expected = |tree: &Shape| tree.expectations(0, &mut expectations)[0];
        let base = forest.bias + trees.iter().map(expected).sum::<f64>();
        Self {
            features: forest.features,
            trees,
            base,
        }
    }

    /// The Shapley values of one row's raw score. A value past the row's end counts as missing.
    #[must_use]
    pub fn explain(&self, row: &[f32]) -> Shapley {
        let mut values = vec![0.0; self.features];
        let mut expectations = Vec::new();
        for tree in &self.trees {
            tree.add_values(tree.tree_leaf(row), &mut values, &mut expectations);
        }
        Shapley {
            base: self.base,
            values,
        }
    }
}

/// A tree, its players and the share of its weight that goes each way.
#[derive(Clone, Debug)]
struct Shape {
    tree: ObliviousTree,
    /// The distinct features asked about: column and the questions (bits) it answers.
    players: Vec<(usize, usize)>,
    /// For each set of players (bit mask), the questions they answer together.
    questions: Vec<usize>,
    /// Share of a node's weight on its upper side; node `n` of level `k` is at `2^k + n`.
    upper: Vec<f64>,
    /// `|S|! (p − |S| − 1)! / p!` by `|S|`.
    chances: Vec<f64>,
}

impl Shape {
    fn of(tree: &ObliviousTree) -> Self {
        let mut players: Vec<(usize, usize)> = Vec::new();
        for (level, split) in tree.splits.iter().enumerate() {
            let feature = split.feature as usize;
            match players.iter_mut().find(|(known, _)| *known == feature) {
                Some((_, bits)) => *bits |= 1 << level,
                None => players.push((feature, 1 << level)),
            }
        }
        let joined = |set: usize| {
            players
                .iter()
                .enumerate()
                .filter(|(i, _)| set & (1 << i) != 0)
                .fold(0, |bits, (_, player)| bits | player.1)
        };
        let questions = (0..1usize << players.len()).map(joined).collect();
        let chances = chances(players.len());
        Self {
            upper: upper_shares(tree),
            tree: tree.clone(),
            players,
            questions,
            chances,
        }
    }

    fn tree_leaf(&self, row: &[f32]) -> usize {
        self.tree.leaf(row)
    }

    /// The expected leaf value for every set of answered questions, for a row that reaches `leaf`. Folding level `k`,
    /// deepest first, turns bit `k` of the index from "which side" into "is the question answered".
    fn expectations<'s>(&self, leaf: usize, scratch: &'s mut Vec<f64>) -> &'s [f64] {
        scratch.clear();
        scratch.extend_from_slice(&self.tree.leaves);
        for level in (0..self.tree.splits.len()).rev() {
            let half = 1usize << level;
            let shares = &self.upper[half..2 * half];
            let answered_above = leaf & half != 0;
            for block in scratch.chunks_exact_mut(2 * half) {
                let (low, high) = block.split_at_mut(half);
                for ((low, high), share) in low.iter_mut().zip(high).zip(shares) {
                    let mean = *low + share * (*high - *low);
                    if !answered_above {
                        *high = *low;
                    }
                    *low = mean;
                }
            }
        }
        scratch
    }

    fn add_values(&self, leaf: usize, values: &mut [f64], scratch: &mut Vec<f64>) {
        let expected = self.expectations(leaf, scratch);
        for (i, &(feature, bits)) in self.players.iter().enumerate() {
            let mut value = 0.0;
            for (set, &questions) in self.questions.iter().enumerate() {
                if set & (1 << i) == 0 {
                    let chance = self.chances[set.count_ones() as usize];
                    value += chance * (expected[questions | bits] - expected[questions]);
                }
            }
            values[feature] += value;
        }
    }
}

/// Where no training weight reached a node, both sides are taken as equally likely.
fn upper_shares(tree: &ObliviousTree) -> Vec<f64> {
    let mut shares = vec![0.0; tree.covers.len()];
    let mut covers = tree.covers.clone();
    for level in (0..tree.splits.len()).rev() {
        let half = 1usize << level;
        for node in 0..half {
            let (low, high) = (covers[node], covers[node + half]);
            shares[half + node] = if low + high > 0.0 { high / (low + high) } else { 0.5 };
            covers[node] = low + high;
        }
    }
    shares
}

#[allow(clippy::cast_precision_loss)]
fn chances(players: usize) -> Vec<f64> {
    let mut chances = Vec::with_capacity(players);
    for size in 0..players {
        chances.push(match chances.last() {
            None => 1.0 / players as f64,
            Some(last) => last * size as f64 / (players - size) as f64,
        });
    }
    chances
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::forest::Split;
    use proptest::prelude::*;

    const FEATURES: usize = 5;

    /// Written apart from the code above: walk down one node at a time.
    fn expected(tree: &ObliviousTree, row: &[f32], known: usize, level: usize, prefix: usize) -> f64 {
        let Some(split) = tree.splits.get(level) else {
            return tree.leaves[prefix];
        };
        let below = |side: usize| expected(tree, row, known, level + 1, prefix | side << level);
        if known & (1 << split.feature) != 0 {
            return below(usize::from(row[split.feature as usize] > split.threshold));
        }
        let cover = |side: usize| -> f64 {
            let node = prefix | side << level;
            (0..tree.covers.len())
                .filter(|leaf| leaf % (2 << level) == node)
                .map(|leaf| tree.covers[leaf])
                .sum()
        };
        match cover(0) + cover(1) {
            0.0 => (below(0) + below(1)) / 2.0,
            total => (cover(0) * below(0) + cover(1) * below(1)) / total,
        }
    }

    /// The definition: over all subsets of all features.
    fn by_definition(forest: &Forest, row: &[f32]) -> Shapley {
        let worth = |set: usize| {
            forest.bias
                + forest
                    .trees
                    .iter()
                    .map(|tree| expected(tree, row, set, 0, 0))
                    .sum::<f64>()
        };
        let factorial = |n: usize| (1..=n).product::<usize>() as f64;
        let value = |i: usize| -> f64 {
            let without = (0..1usize << FEATURES).filter(|set| set & (1 << i) == 0);
            let part = |set: usize| {
                let size = set.count_ones() as usize;
                let chance = factorial(size) * factorial(FEATURES - size - 1) / factorial(FEATURES);
                chance * (worth(set | 1 << i) - worth(set))
            };
            without.map(part).sum()
        };
        Shapley {
            base: worth(0),
            values: (0..FEATURES).map(value).collect(),
        }
    }

    fn tree() -> impl Strategy<Value = ObliviousTree> {
        (0usize..=6).prop_flat_map(|depth| {
            // Column 4 is never asked about; the others repeat often.
            let split = (0u32..4, -1.0f32..1.0).prop_map(|(feature, threshold)| Split { feature, threshold });
            let cover = prop_oneof![2 => Just(0.0), 3 => 0.0f64..9.0];
            (
                proptest::collection::vec(split, depth),
                proptest::collection::vec(-2.0f64..2.0, 1 << depth),
                proptest::collection::vec(cover, 1 << depth),
            )
                .prop_map(|(splits, leaves, covers)| ObliviousTree { splits, leaves, covers })
        })
    }

    fn row() -> impl Strategy<Value = Vec<f32>> {
        proptest::collection::vec(prop_oneof![5 => -1.5f32..1.5, 1 => Just(f32::NAN)], FEATURES)
    }

    proptest! {
        #[test]
        fn values_are_those_of_the_definition_over_all_subsets(
            trees in proptest::collection::vec(tree(), 0..4),
            bias in -1.0f64..1.0,
            row in row(),
        ) {
            let forest = Forest { features: FEATURES, bias, trees };
            let (found, defined) = (shapley(&forest, &row), by_definition(&forest, &row));
            prop_assert!((found.base - defined.base).abs() < 1e-9);
            for (found, defined) in found.values.iter().zip(&defined.values) {
                prop_assert!((found - defined).abs() < 1e-9, "{found} is not {defined}");
            }
            prop_assert_eq!(found.values[4], 0.0);
        }

        #[test]
        fn base_and_values_sum_to_the_score_also_when_calibrated(
            trees in proptest::collection::vec(tree(), 0..60),
            bias in -1.0f64..1.0,
            row in row(),
        ) {
            let forest = Forest { features: FEATURES, bias, trees };
            let found = shapley(&forest, &row);
            prop_assert!((found.total() - forest.raw(&row)).abs() < 1e-9);
            let platt = Platt { slope: 0.7, intercept: -0.3 };
            prop_assert!((found.calibrated(&platt).total() - platt.apply(forest.raw(&row))).abs() < 1e-9);
        }
    }

    #[test]
    fn an_additive_game_pays_each_feature_its_own_part() {
        let stump = |feature, size: f64| ObliviousTree {
            splits: vec![Split {
                feature,
                threshold: 0.0,
            }],
            leaves: vec![0.0, size],
            covers: vec![3.0, 1.0],
        };
        let forest = Forest {
            features: 2,
            bias: 0.5,
            trees: vec![stump(0, 4.0), stump(1, 8.0)],
        };
        let found = shapley(&forest, &[1.0, -1.0]);
        assert_eq!(
            found,
            Shapley {
                base: 0.5 + 1.0 + 2.0,
                values: vec![3.0, -2.0]
            }
        );
    }
}
