//! The model as a value: a [`Forest`] of oblivious trees. An oblivious tree asks the same question at every node of a
//! level, so a leaf is the number whose bit `k` is the answer to question `k`.

use std::collections::hash_map::Entry;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::matrix::Matrix;

/// The question of one level: is the feature's value above the threshold? Missing (NaN) is not.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Split {
    /// Column of the feature matrix.
    pub feature: u32,
    /// The bit is set when `value > threshold`.
    pub threshold: f32,
}

/// One symmetric tree. With `d` splits it has `2^d` leaves; split `k` gives bit `k` (value `2^k`) of the leaf's number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ObliviousTree {
    /// Root first.
    pub splits: Vec<Split>,
    /// What a row in the leaf adds to the raw score.
    pub leaves: Vec<f64>,
    /// Training weight that reached each leaf.
    pub covers: Vec<f64>,
}

impl ObliviousTree {
    /// The leaf that `row` reaches.
    #[must_use]
    pub fn leaf(&self, row: &[f32]) -> usize {
        let bits = self.splits.iter().enumerate();
        bits.fold(0, |leaf, (k, split)| {
            let above = row
                .get(split.feature as usize)
                .is_some_and(|&value| value > split.threshold);
            leaf | usize::from(above) << k
        })
    }

    /// Whether it has as many leaves and covers as its splits ask for, at most `2^16`, and knows only `features` columns.
    #[must_use]
    pub fn is_sound(&self, features: usize) -> bool {
        self.splits.len() <= 16
            && self.leaves.len() == 1 << self.splits.len()
            && self.covers.len() == self.leaves.len()
            && self.leaves.iter().all(|value| value.is_finite())
            && self.covers.iter().all(|&cover| cover.is_finite() && cover >= 0.0)
            && self
                .splits
                .iter()
                .all(|split| (split.feature as usize) < features && !split.threshold.is_nan())
    }
}

/// Boosted oblivious trees. Raw score of a row = `bias` + the leaf values it reaches, summed in tree order.
/// Deserialising refuses a forest that is not [sound](Forest::is_sound).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Forest {
    /// Columns of the feature matrix it reads.
    pub features: usize,
    /// Raw score before any tree: for a class, log-odds.
    pub bias: f64,
    /// In training order.
    pub trees: Vec<ObliviousTree>,
}

/// A forest as read, before anyone has looked at it.
#[derive(Deserialize)]
struct Unchecked {
    features: usize,
    bias: f64,
    trees: Vec<ObliviousTree>,
}

impl TryFrom<Unchecked> for Forest {
    type Error = &'static str;

    fn try_from(read: Unchecked) -> Result<Self, Self::Error> {
        let forest = Self {
            features: read.features,
            bias: read.bias,
            trees: read.trees,
        };
        if forest.is_sound() {
            Ok(forest)
        } else {
            Err("a tree's leaves do not match its splits, or a value is not finite")
        }
    }
}

impl Forest {
    /// Rounds leaves, covers and bias to single precision, as `model.onnx` and the bundle hold them.
    #[allow(clippy::cast_possible_truncation)]
    pub fn round_to_single(&mut self) {
        let round = |x: &mut f64| *x = f64::from(*x as f32);
        round(&mut self.bias);
        for tree in &mut self.trees {
            tree.leaves.iter_mut().chain(&mut tree.covers).for_each(round);
        }
    }

    /// The raw score of one row of `features` values. A value past the row's end counts as missing.
    #[must_use]
    pub fn raw(&self, row: &[f32]) -> f64 {
        self.trees.iter().fold(self.bias, |sum, tree| {
            sum + tree.leaves.get(tree.leaf(row)).copied().unwrap_or(0.0)
        })
    }

    /// The raw scores of all rows, bit for bit those of [`Self::raw`].
    #[must_use]
    pub fn raw_all(&self, matrix: &Matrix) -> Vec<f64> {
        let mut scores = vec![self.bias; matrix.rows()];
        // As wide as a value, so that a compiler may do several at once.
        let mut leaf = vec![0u32; matrix.rows()];
        for tree in &self.trees {
            leaf.fill(0);
            for (k, split) in tree.splits.iter().enumerate() {
                let Some(column) = matrix.columns().get(split.feature as usize) else {
                    continue;
                };
                for (leaf, &value) in leaf.iter_mut().zip(column) {
                    *leaf |= u32::from(value > split.threshold) << k;
                }
            }
            for (score, &leaf) in scores.iter_mut().zip(&leaf) {
                *score += tree.leaves.get(leaf as usize).copied().unwrap_or(0.0);
            }
        }
        scores
    }

    /// The columns that some split asks about, ascending.
    #[must_use]
    pub fn features_used(&self) -> Vec<usize> {
        let mut used = vec![false; self.features];
        for split in self.trees.iter().flat_map(|tree| &tree.splits) {
            if let Some(seen) = used.get_mut(split.feature as usize) {
                *seen = true;
            }
        }
        used.iter()
            .enumerate()
            .filter_map(|(j, &seen)| seen.then_some(j))
            .collect()
    }

    /// The same forest over a matrix of only `kept` columns (ascending or not), e.g. [`Self::features_used`];
    /// `None` if a split needs a column that is not kept.
    #[must_use]
    pub fn over_columns(&self, kept: &[usize]) -> Option<Self> {
        let mut forest = self.clone();
        forest.features = kept.len();
        for split in forest.trees.iter_mut().flat_map(|tree| &mut tree.splits) {
            let place = kept.iter().position(|&j| j == split.feature as usize)?;
            split.feature = u32::try_from(place).ok()?;
        }
        Some(forest)
    }

    /// The same forest over a wider matrix of `features` columns, its own being those at `places`; `None` when it has a
    /// column without a place among them.
    #[must_use]
    pub fn among_columns(&self, places: &[usize], features: usize) -> Option<Self> {
        let mut forest = self.clone();
        forest.features = features;
        for split in forest.trees.iter_mut().flat_map(|tree| &mut tree.splits) {
            let place = places.get(split.feature as usize).filter(|&&place| place < features)?;
            split.feature = u32::try_from(*place).ok()?;
        }
        Some(forest)
    }

    /// The forest for rows that all have `value` in the column `feature`: its questions about that column are answered
    /// once and for all, and only the leaves that such rows reach are left. The column itself, if it is the last, is gone.
    #[must_use]
    pub fn settled(&self, feature: usize, value: f32) -> Self {
        let mut forest = self.clone();
        for tree in &mut forest.trees {
            while let Some(level) = tree.splits.iter().position(|s| s.feature as usize == feature) {
                let bit = usize::from(value > tree.splits[level].threshold);
                let reached = |leaf: &usize| leaf >> level & 1 == bit;
                let leaves: Vec<usize> = (0..tree.leaves.len()).filter(reached).collect();
                tree.leaves = leaves.iter().map(|&leaf| tree.leaves[leaf]).collect();
                tree.covers = leaves.iter().map(|&leaf| tree.covers[leaf]).collect();
                tree.splits.remove(level);
            }
        }
        if feature + 1 == forest.features {
            forest.features = feature;
        }
        forest
    }

    /// The same forest with those of its trees that ask one and the same single question as one tree: it gives every row the
    /// same raw score.
    #[must_use]
    pub fn joined(&self) -> Self {
        let mut trees: Vec<ObliviousTree> = Vec::with_capacity(self.trees.len());
        let mut places: FxHashMap<(u32, u32), usize> = FxHashMap::default();
        for tree in &self.trees {
            let [Split { feature, threshold }] = tree.splits[..] else {
                trees.push(tree.clone());
                continue;
            };
            match places.entry((feature, threshold.to_bits())) {
                Entry::Vacant(place) => {
                    place.insert(trees.len());
                    trees.push(tree.clone());
                }
                Entry::Occupied(place) => {
                    let first = &mut trees[*place.get()];
                    let of_both = first.leaves.iter_mut().zip(&tree.leaves);
                    of_both.for_each(|(sum, leaf)| *sum += leaf);
                    let of_both = first.covers.iter_mut().zip(&tree.covers);
                    of_both.for_each(|(sum, cover)| *sum += cover);
                }
            }
        }
        Self { trees, ..*self }
    }

    /// The average of forests over the same columns as one forest, e.g. of several seeds; `None` if there is none or
    /// they differ in their columns.
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub fn average(forests: &[Self]) -> Option<Self> {
        let share = 1.0 / forests.len() as f64;
        Self::mixed(&forests.iter().map(|forest| (forest, share)).collect::<Vec<_>>())
    }

    /// Forests over the same columns as one forest, in which each has this share of the raw score; `None` if there is none
    /// or they differ in their columns.
    #[must_use]
    pub fn mixed(parts: &[(&Self, f64)]) -> Option<Self> {
        let features = parts.first()?.0.features;
        if parts.iter().any(|(forest, _)| forest.features != features) {
            return None;
        }
        let bias = parts.iter().map(|(forest, share)| forest.bias * share).sum();
        let trees = parts.iter().flat_map(|&(forest, share)| {
            forest.trees.iter().cloned().map(move |mut tree| {
                tree.leaves.iter_mut().for_each(|leaf| *leaf *= share);
                tree
            })
        });
        Some(Self {
            features,
            bias,
            trees: trees.collect(),
        })
    }

    /// Whether every tree [is sound](ObliviousTree::is_sound): to be asked of a forest that came from a file.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.bias.is_finite() && self.trees.iter().all(|tree| tree.is_sound(self.features))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stump(feature: u32, below: f64, above: f64) -> ObliviousTree {
        ObliviousTree {
            splits: vec![Split {
                feature,
                threshold: 1.0,
            }],
            leaves: vec![below, above],
            covers: vec![1.0; 2],
        }
    }

    #[test]
    fn a_missing_value_is_never_above_a_threshold() {
        let forest = Forest {
            features: 3,
            bias: 0.5,
            trees: vec![stump(2, -1.0, 2.0)],
        };
        assert_eq!(forest.raw(&[0.0, 0.0, 1.5]), 2.5);
        assert_eq!(forest.raw(&[0.0, 0.0, 1.0]), -0.5);
        assert_eq!(forest.raw(&[0.0, 0.0, f32::NAN]), -0.5);
        assert_eq!(forest.raw(&[]), -0.5);
    }

    #[test]
    fn trees_of_one_same_question_are_joined_and_answer_as_before() {
        let two = ObliviousTree {
            splits: vec![stump(0, 0.0, 0.0).splits[0], stump(1, 0.0, 0.0).splits[0]],
            leaves: vec![0.0, 1.0, 2.0, 4.0],
            covers: vec![1.0; 4],
        };
        let mut elsewhere = stump(0, 8.0, 16.0);
        elsewhere.splits[0].threshold = 1.5;
        let forest = Forest {
            features: 2,
            bias: 0.5,
            trees: vec![
                stump(0, -1.0, 2.0),
                two,
                stump(1, 3.0, 5.0),
                elsewhere,
                stump(0, 0.25, -0.5),
            ],
        };
        let joined = forest.joined();
        assert_eq!(joined.trees.len(), 4);
        assert_eq!((joined.bias, joined.features), (0.5, 2));
        assert_eq!(joined.trees[0].leaves, [-0.75, 1.5]);
        assert_eq!(joined.trees[0].covers, [2.0, 2.0]);
        for row in [[0.0, 0.0], [1.2, 0.0], [1.7, 3.0], [f32::NAN, 3.0]] {
            assert_eq!(joined.raw(&row), forest.raw(&row), "{row:?}");
        }
    }

    #[test]
    fn a_forest_whose_leaves_do_not_match_its_splits_is_not_read() {
        let mut forest = Forest {
            features: 3,
            bias: 0.5,
            trees: vec![stump(2, -1.0, 2.0)],
        };
        let read = |forest: &Forest| postcard::from_bytes::<Forest>(&postcard::to_allocvec(forest).unwrap());
        assert_eq!(read(&forest).unwrap(), forest);
        forest.trees[0].leaves.pop();
        assert!(read(&forest).is_err());
    }

    #[test]
    fn dropping_unused_columns_changes_no_score() {
        let forest = Forest {
            features: 3,
            bias: 0.0,
            trees: vec![stump(2, -1.0, 2.0), stump(0, 3.0, 5.0)],
        };
        let kept = forest.features_used();
        assert_eq!(kept, [0, 2]);
        let small = forest.over_columns(&kept).unwrap();
        assert_eq!(small.raw(&[1.5, 0.0]), forest.raw(&[1.5, 9.0, 0.0]));
        assert!(forest.over_columns(&[0]).is_none());
    }

    #[test]
    fn a_settled_column_is_asked_no_more_and_changes_no_score() {
        let split = |feature, threshold| Split { feature, threshold };
        let forest = Forest {
            features: 2,
            bias: 0.5,
            trees: vec![
                ObliviousTree {
                    splits: vec![split(1, 0.5), split(0, 0.1), split(1, 3.0), split(0, 0.7)],
                    leaves: (0..16u8).map(f64::from).collect(),
                    covers: vec![1.0; 16],
                },
                stump(1, 3.0, 5.0),
            ],
        };
        let settled = forest.settled(1, 1.0);
        assert!(settled.is_sound() && settled.features == 1 && settled.features_used() == [0]);
        for x in [0.0, 0.5, 1.0] {
            assert_eq!(settled.raw(&[x]), forest.raw(&[x, 1.0]));
        }
    }

    #[test]
    fn the_average_of_forests_scores_as_the_average_of_scores() {
        let one = Forest {
            features: 1,
            bias: 1.0,
            trees: vec![stump(0, -1.0, 2.0)],
        };
        let two = Forest {
            features: 1,
            bias: 0.0,
            trees: vec![stump(0, -3.0, 4.0), stump(0, 0.0, 1.0)],
        };
        let both = Forest::average(&[one.clone(), two.clone()]).unwrap();
        for row in [[0.0], [2.0]] {
            assert!((both.raw(&row) - (one.raw(&row) + two.raw(&row)) / 2.0).abs() < 1e-12);
        }
    }
}
