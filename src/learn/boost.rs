//! Gradient boosting of oblivious trees on histograms, after CatBoost's plain mode (Prokhorenkova et al. 2018): trees are
//! shaped on a bootstrap of the rows with noise on the split scores, leaf values are Newton steps on all rows.
//! The result depends only on the data, the options and the seed, not on the platform or the number of threads.

use super::bins::{self, BinnedColumn};
use super::draw::Draws;
use super::error::LearnError;
use super::forest::{Forest, ObliviousTree, Split};
pub use super::grow::SplitScore;
use super::grow::{self, Choice, Ground};
use super::leaves::{self, LeafRules};
pub use super::loss::Loss;
use super::matrix::Matrix;
pub use super::options::BoostOptions;
pub use super::sampling::Bootstrap;
use crate::parallel::each;

/// What training gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Trained {
    /// The model, cut after the best tree.
    pub forest: Forest,
    /// How many trees it kept.
    pub best_iteration: usize,
    /// Per column, how much its splits lowered the quadratic loss: importance at training.
    pub gains: Vec<f64>,
    /// Mean validation loss with 0, 1, 2 … trees; empty without a validation set.
    pub validation_loss: Vec<f64>,
}

/// Columns that differ from one version of the training rows to another: ordered statistics, which depend on a random
/// order of the rows ([`super::encode::Order`]). Each tree is shaped on one version, its leaves are valued on all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ordered {
    /// Columns of the training matrix.
    pub columns: Vec<usize>,
    /// Per version, the values of those columns, one per row.
    pub versions: Vec<Vec<Vec<f32>>>,
}

impl Ordered {
    /// The versions for a matrix that has only these columns, in this order.
    #[must_use]
    pub fn over_columns(&self, kept: &[usize]) -> Self {
        let found: Vec<(usize, usize)> = kept
            .iter()
            .enumerate()
            .filter_map(|(place, column)| Some((place, self.columns.iter().position(|c| c == column)?)))
            .collect();
        let of = |version: &Vec<Vec<f32>>| found.iter().map(|&(_, k)| version[k].clone()).collect();
        Self {
            columns: found.iter().map(|&(place, _)| place).collect(),
            versions: self.versions.iter().map(of).collect(),
        }
    }
}

/// Trains a forest. `labels` are in `[0, 1]` for [`Loss::Logloss`], any finite number for [`Loss::SquaredError`];
/// `weights` default to 1. With a validation set the forest is cut where its loss was lowest. `progress` hears
/// (trees grown, trees at most).
///
/// # Errors
/// No rows, sizes that do not match, labels or weights the loss is not defined for, or an option out of range.
pub fn boost(
    train: &Matrix,
    labels: &[f32],
    weights: Option<&[f32]>,
    validation: Option<(&Matrix, &[f32])>,
    options: &BoostOptions,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Trained, LearnError> {
    boost_ordered(
        train,
        &Ordered::default(),
        labels,
        weights,
        validation,
        options,
        progress,
    )
}

/// As [`boost`], with columns that have several versions; in `train` and `validation` those columns hold what a model
/// sees of rows that it was not trained on.
///
/// # Errors
/// As [`boost`]; also versions whose sizes do not match.
pub fn boost_ordered(
    train: &Matrix,
    ordered: &Ordered,
    labels: &[f32],
    weights: Option<&[f32]>,
    validation: Option<(&Matrix, &[f32])>,
    options: &BoostOptions,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Trained, LearnError> {
    options.check()?;
    check_examples(train, labels, weights, options.loss)?;
    for version in &ordered.versions {
        check_size("columns of a version", ordered.columns.len(), version.len())?;
        for column in version {
            check_size("values in a column", train.rows(), column.len())?;
        }
    }
    if let Some(&beyond) = ordered.columns.iter().find(|&&c| c >= train.width()) {
        check_size("columns", train.width(), beyond + 1)?;
    }
    if let Some((matrix, labels)) = validation {
        check_examples(matrix, labels, None, options.loss)?;
        check_size("validation columns", train.width(), matrix.width())?;
    }
    Boosting::new(train, ordered, labels, weights, options).run(validation, progress)
}

fn check_size(what: &'static str, expected: usize, found: usize) -> Result<(), LearnError> {
    if expected == found {
        Ok(())
    } else {
        Err(LearnError::Size { what, expected, found })
    }
}

fn check_examples(matrix: &Matrix, labels: &[f32], weights: Option<&[f32]>, loss: Loss) -> Result<(), LearnError> {
    if matrix.rows() == 0 {
        return Err(LearnError::NoRows);
    }
    check_size("labels", matrix.rows(), labels.len())?;
    let usable = |label: f32| match loss {
        Loss::Logloss => (0.0..=1.0).contains(&label),
        Loss::SquaredError => label.is_finite(),
    };
    if let Some(row) = labels.iter().position(|&label| !usable(label)) {
        return Err(LearnError::Label {
            row,
            value: labels[row],
        });
    }
    let Some(weights) = weights else { return Ok(()) };
    check_size("weights", matrix.rows(), weights.len())?;
    let bad = weights.iter().position(|&weight| !weight.is_finite() || weight < 0.0);
    let all_zero = weights.iter().all(|&weight| weight == 0.0).then_some(0);
    match bad.or(all_zero) {
        Some(row) => Err(LearnError::Weight {
            row,
            value: weights[row],
        }),
        None => Ok(()),
    }
}

/// The state of one training run.
struct Boosting<'a> {
    labels: &'a [f32],
    /// Per row, scaled to mean 1.
    weights: Vec<f64>,
    options: &'a BoostOptions,
    columns: Vec<BinnedColumn>,
    /// Columns that have versions.
    ordered: &'a [usize],
    /// Per version, those columns.
    versions: Vec<Vec<BinnedColumn>>,
    /// Columns with at least two bins.
    usable: Vec<usize>,
    rate: f64,
    draws: Draws,
    bias: f64,
    /// Raw scores of the rows as the loss keeps them, per version.
    kept: Vec<Vec<f64>>,
    histograms: Vec<Vec<i64>>,
}

impl<'a> Boosting<'a> {
    #[allow(clippy::cast_precision_loss)]
    fn new(
        train: &Matrix,
        ordered: &'a Ordered,
        labels: &'a [f32],
        weights: Option<&[f32]>,
        options: &'a BoostOptions,
    ) -> Self {
        let rows = train.rows();
        let total: f64 = weights.map_or(rows as f64, |w| w.iter().map(|&w| f64::from(w)).sum());
        let mean = total / rows as f64;
        let weights = (0..rows)
            .map(|row| weights.map_or(1.0, |w| f64::from(w[row]) / mean))
            .collect::<Vec<_>>();
        let mut columns = bins::bin(train, options.max_bins, options.threads);
        let mut versions: Vec<Vec<BinnedColumn>> = ordered.versions.iter().map(|_| Vec::new()).collect();
        let of_versions = |k: usize| {
            let values: Vec<&[f32]> = ordered.versions.iter().map(|version| version[k].as_slice()).collect();
            bins::bin_versions(&values, options.max_bins)
        };
        let binned = each(ordered.columns.len(), options.threads, &of_versions, &mut |_, _| {});
        for (&column, binned) in ordered.columns.iter().zip(binned) {
            for (version, binned) in versions.iter_mut().zip(binned) {
                version.push(binned);
            }
            if let Some(binned) = versions.first().and_then(|version| version.last()) {
                columns[column] = binned.clone();
            }
        }
        let usable = (0..columns.len()).filter(|&j| columns[j].bin_count() > 1).collect();
        let bias = options.loss.constant(labels, |row| weights[row]);
        Self {
            labels,
            weights,
            options,
            columns,
            ordered: if versions.is_empty() { &[] } else { &ordered.columns },
            kept: vec![vec![options.loss.kept(bias); rows]; versions.len().max(1)],
            versions,
            usable,
            rate: options.rate(rows),
            draws: Draws::new(options.seed),
            bias,
            histograms: Vec::new(),
        }
    }

    fn run(
        mut self,
        validation: Option<(&Matrix, &[f32])>,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<Trained, LearnError> {
        let mut held_out =
            validation.map(|(matrix, labels)| HeldOut::new(matrix, labels, self.bias, self.options.loss));
        let mut trees: Vec<ObliviousTree> = Vec::new();
        let mut choices: Vec<Vec<Choice>> = Vec::new();
        let iterations = if self.usable.is_empty() {
            0
        } else {
            self.options.iterations
        };
        for iteration in 0..iterations {
            let chosen = self.shape(iteration);
            let tree = self.value(&chosen);
            if let Some(held_out) = &mut held_out {
                held_out.add(&tree);
            }
            trees.push(tree);
            choices.push(chosen);
            progress(iteration + 1, iterations);
            let waited = held_out.as_ref().map_or(0, |held_out| trees.len() - held_out.best());
            if self.options.patience.is_some_and(|patience| waited > patience) {
                break;
            }
        }
        let best_iteration = held_out.as_ref().map_or(trees.len(), HeldOut::best);
        trees.truncate(best_iteration);
        let mut gains = vec![0.0; self.columns.len()];
        for choice in choices.iter().take(best_iteration).flatten() {
            gains[choice.feature] += choice.gain.max(0.0);
        }
        let forest = Forest {
            features: self.columns.len(),
            bias: self.bias,
            trees,
        };
        Ok(Trained {
            forest,
            best_iteration,
            gains,
            validation_loss: held_out.map_or_else(Vec::new, |h| h.losses),
        })
    }

    /// The columns as one version of the rows has them.
    fn view(&self, version: usize) -> Vec<&BinnedColumn> {
        let mut view: Vec<&BinnedColumn> = self.columns.iter().collect();
        if let Some(own) = self.versions.get(version) {
            for (&column, binned) in self.ordered.iter().zip(own) {
                view[column] = binned;
            }
        }
        view
    }

    /// The splits of the next tree.
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
    fn shape(&mut self, iteration: usize) -> Vec<Choice> {
        let options = self.options;
        let draws = self.draws.stream(iteration as u64);
        let version = draws.stream(4).below(0, self.kept.len());
        let rows_as_kept = self.kept[version].iter().zip(self.labels).zip(&self.weights);
        let (slopes, curvatures): (Vec<f64>, Vec<f64>) = rows_as_kept
            .map(|((&kept, &label), &weight)| {
                let (slope, curvature) = options.loss.slope_and_curvature(kept, f64::from(label));
                (slope * weight, curvature * weight)
            })
            .unzip();
        let drawn = options.bootstrap.draw(draws.stream(1), &slopes);
        let (mut rows, mut sums) = (Vec::with_capacity(drawn.len()), Vec::with_capacity(drawn.len()));
        let mut weight_sum = 0.0;
        for (row, drawn) in drawn {
            let weight = drawn * self.weights[row];
            if weight > 0.0 {
                let mass = if options.score == SplitScore::Newton {
                    curvatures[row] * drawn
                } else {
                    weight
                };
                rows.push(row as u32);
                sums.push((slopes[row] * drawn, mass));
                weight_sum += weight;
            }
        }
        let mean_mass = sums.iter().map(|(_, mass)| mass).sum::<f64>() / f64::max(weight_sum, f64::MIN_POSITIVE);
        let squares: f64 = slopes.iter().map(|slope| slope * slope).sum();
        let left = self.labels.len() as f64 * libm::exp(-(iteration as f64) * self.rate);
        let noise = options.random_strength * (squares / slopes.len() as f64).sqrt() * left / (1.0 + left);
        let wanted = (options.column_share * self.usable.len() as f64).ceil() as usize;
        let places = draws.stream(2).subset(self.usable.len(), wanted.max(1));
        let features: Vec<usize> = places.into_iter().map(|place| self.usable[place]).collect();
        let mut histograms = std::mem::take(&mut self.histograms);
        let view = self.view(version);
        let ground = Ground {
            columns: &view,
            features: &features,
            rows,
            slopes: sums,
            depth: options.depth,
            lambda: options.l2.max(1e-6),
            score: options.score,
            noise: noise as f32,
            draws: draws.stream(3),
            monotone: &options.monotone,
            min_weight: options.min_data_in_leaf * mean_mass,
            threads: options.threads,
        };
        let chosen = grow::grow(&ground, &mut histograms);
        self.histograms = histograms;
        chosen
    }

    /// The tree of these splits with its leaf values; the training scores move by it.
    fn value(&mut self, chosen: &[Choice]) -> ObliviousTree {
        // Every version's rows one after another: a row counts once for each.
        let mut leaf_of: Vec<u8> = Vec::with_capacity(self.labels.len() * self.kept.len());
        for version in 0..self.kept.len() {
            let view = self.view(version);
            let begin = leaf_of.len();
            leaf_of.resize(begin + self.labels.len(), 0);
            for (k, choice) in chosen.iter().enumerate() {
                let border = u8::try_from(choice.border).unwrap_or(u8::MAX);
                for (leaf, &bin) in leaf_of[begin..].iter_mut().zip(&view[choice.feature].bins) {
                    *leaf |= u8::from(bin > border) << k;
                }
            }
        }
        let directions: Vec<i8> = chosen
            .iter()
            .map(|c| self.options.monotone.get(c.feature).copied().unwrap_or(0))
            .collect();
        let rules = LeafRules {
            loss: self.options.loss,
            steps: self.options.leaf_steps,
            l2: self.options.l2,
            min_weight: self.options.min_data_in_leaf,
            directions: &directions,
            threads: self.options.threads,
        };
        let (mut leaves, covers) = leaves::values(&leaf_of, &self.kept, self.labels, &self.weights, &rules);
        for value in &mut leaves {
            *value = leaves::as_f32(*value * self.rate);
        }
        let loss = self.options.loss;
        let rises: Vec<f64> = leaves.iter().map(|&value| loss.kept(value)).collect();
        for (kept, leaf_of) in self.kept.iter_mut().zip(leaf_of.chunks(self.labels.len())) {
            for (kept, &leaf) in kept.iter_mut().zip(leaf_of) {
                *kept = loss.risen(*kept, rises[usize::from(leaf)]);
            }
        }
        ObliviousTree {
            splits: chosen.iter().map(|choice| self.split(choice)).collect(),
            leaves,
            covers,
        }
    }

    #[allow(clippy::cast_possible_truncation)]
    fn split(&self, choice: &Choice) -> Split {
        Split {
            feature: choice.feature as u32,
            threshold: self.columns[choice.feature].borders[choice.border],
        }
    }
}

/// The validation set and how the growing forest does on it.
struct HeldOut<'a> {
    matrix: &'a Matrix,
    labels: &'a [f32],
    loss: Loss,
    scores: Vec<f64>,
    losses: Vec<f64>,
}

impl<'a> HeldOut<'a> {
    fn new(matrix: &'a Matrix, labels: &'a [f32], bias: f64, loss: Loss) -> Self {
        let mut held_out = Self {
            matrix,
            labels,
            loss,
            scores: vec![bias; matrix.rows()],
            losses: Vec::new(),
        };
        held_out.note();
        held_out
    }

    fn note(&mut self) {
        self.losses.push(self.loss.mean(&self.scores, self.labels));
    }

    fn add(&mut self, tree: &ObliviousTree) {
        let alone = Forest {
            features: self.matrix.width(),
            bias: 0.0,
            trees: vec![tree.clone()],
        };
        for (score, added) in self.scores.iter_mut().zip(alone.raw_all(self.matrix)) {
            *score += added;
        }
        self.note();
    }

    /// How many trees gave the lowest loss.
    fn best(&self) -> usize {
        let losses = self.losses.iter().enumerate();
        losses
            .fold(
                (0, f64::INFINITY),
                |best, (trees, &loss)| if loss < best.1 { (trees, loss) } else { best },
            )
            .0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two columns whose signs must differ for a likely positive (no single column tells), one with gaps, one of noise.
    fn either_or(rows: u64, seed: u64) -> (Matrix, Vec<f32>) {
        let draws = Draws::new(seed);
        let column = |name: u64| -> Vec<f32> {
            (0..rows)
                .map(|k| (2.0 * draws.stream(name).uniform(k) - 1.0) as f32)
                .collect()
        };
        let (a, b, noise) = (column(1), column(2), column(3));
        let gaps = (0..rows as usize)
            .map(|k| if k.is_multiple_of(7) { f32::NAN } else { noise[k] })
            .collect();
        let label = |k: usize| {
            let chance = if (a[k] > 0.0) == (b[k] > 0.1) { 0.1 } else { 0.8 };
            f32::from(draws.stream(4).uniform(k as u64) < chance)
        };
        let labels = (0..rows as usize).map(label).collect();
        (Matrix::from_columns(vec![a, b, gaps, noise]).unwrap(), labels)
    }

    fn train(options: &BoostOptions) -> Trained {
        let ((matrix, labels), (later, later_labels)) = (either_or(3_000, 1), either_or(2_000, 2));
        boost(
            &matrix,
            &labels,
            None,
            Some((&later, &later_labels)),
            options,
            &mut |_, _| {},
        )
        .unwrap()
    }

    #[test]
    fn boosting_learns_what_no_single_column_tells() {
        for score in [SplitScore::Cosine, SplitScore::L2, SplitScore::Newton] {
            let trained = train(&BoostOptions {
                score,
                iterations: 60,
                learning_rate: Some(0.2),
                ..Default::default()
            });
            let (constant, best) = (
                trained.validation_loss[0],
                trained.validation_loss[trained.best_iteration],
            );
            // The best possible is the entropy of the chances: (H(.1) + H(.8)) / 2 ≈ .413.
            assert!(best < 0.45 && constant > 0.67, "{score:?}: {constant} to {best}");
            assert!(trained.gains[0] > 4.0 * trained.gains[3], "{:?}", trained.gains);
        }
    }

    #[test]
    fn the_forest_is_cut_at_its_lowest_validation_loss() {
        let trained = train(&BoostOptions {
            learning_rate: Some(0.5),
            patience: Some(5),
            ..Default::default()
        });
        assert_eq!(trained.forest.trees.len(), trained.best_iteration);
        assert_eq!(trained.validation_loss.len(), trained.best_iteration + 5 + 2);
        let lowest = trained.validation_loss.iter().copied().fold(f64::INFINITY, f64::min);
        assert_eq!(trained.validation_loss[trained.best_iteration], lowest);
        let (later, labels) = either_or(2_000, 2);
        let raw = trained.forest.raw_all(&later);
        let loss: f64 = raw
            .iter()
            .zip(&labels)
            .map(|(&s, &y)| Loss::Logloss.of(s, f64::from(y)))
            .sum();
        assert!((loss / 2_000.0 - lowest).abs() < 1e-12);
    }

    #[test]
    fn the_seed_decides_and_the_number_of_threads_does_not() {
        let options = BoostOptions {
            iterations: 20,
            column_share: 0.75,
            ..Default::default()
        };
        let one = train(&options);
        assert_eq!(
            one,
            train(&BoostOptions {
                threads: 3,
                ..options.clone()
            })
        );
        assert_ne!(one.forest, train(&BoostOptions { seed: 1, ..options }).forest);
    }

    #[test]
    fn a_monotone_constraint_holds_everywhere_and_costs_nothing_where_it_is_true() {
        let draws = Draws::new(5);
        let columns: Vec<Vec<f32>> = (0..2)
            .map(|j| (0..2_000).map(|k| draws.stream(j).uniform(k) as f32 * 4.0).collect())
            .collect();
        let labels: Vec<f32> = (0..2_000)
            .map(|k| columns[0][k] + (3.0 * columns[1][k]).sin() + draws.stream(9).uniform(k as u64) as f32)
            .collect();
        let matrix = Matrix::from_columns(columns).unwrap();
        let options = BoostOptions {
            iterations: 80,
            learning_rate: Some(0.2),
            loss: Loss::SquaredError,
            monotone: vec![1, -1],
            ..Default::default()
        };
        let trained = boost(&matrix, &labels, None, None, &options, &mut |_, _| {}).unwrap();
        let raw = |a: usize, b: usize| trained.forest.raw(&[a as f32 / 10.0, b as f32 / 10.0]);
        for (a, b) in (0..40).flat_map(|a| (0..40).map(move |b| (a, b))) {
            assert!(raw(a + 1, b) >= raw(a, b) && raw(a, b + 1) <= raw(a, b), "at {a}, {b}");
        }
        assert!(raw(35, 20) - raw(5, 20) > 2.5);
    }

    #[test]
    fn a_row_of_weight_zero_has_no_say_and_weights_have_no_scale() {
        let (matrix, mut labels) = either_or(1_000, 3);
        let options = BoostOptions {
            iterations: 10,
            bootstrap: Bootstrap::None,
            ..Default::default()
        };
        let weights: Vec<f32> = (0..1_000u16).map(|k| f32::from(k % 2) * 0.5).collect();
        let run = |labels: &[f32], weights: &[f32]| {
            boost(&matrix, labels, Some(weights), None, &options, &mut |_, _| {})
                .unwrap()
                .forest
        };
        let forest = run(&labels, &weights);
        labels.iter_mut().step_by(2).for_each(|label| *label = 1.0 - *label);
        assert_eq!(forest, run(&labels, &weights));
        assert_eq!(
            forest,
            run(&labels, &weights.iter().map(|w| w * 8.0).collect::<Vec<_>>())
        );
    }

    #[test]
    fn covers_are_the_training_weight_of_each_leaf() {
        let (matrix, labels) = either_or(500, 4);
        let options = BoostOptions {
            iterations: 3,
            ..Default::default()
        };
        let forest = boost(&matrix, &labels, None, None, &options, &mut |_, _| {})
            .unwrap()
            .forest;
        for tree in &forest.trees {
            let mut counted = vec![0.0; tree.leaves.len()];
            (0..500).for_each(|row| counted[tree.leaf(&matrix.row(row))] += 1.0);
            assert_eq!(counted, tree.covers);
        }
        assert!(forest.is_sound());
    }

    #[test]
    fn a_light_leaf_takes_the_value_of_a_heavier_ancestor() {
        let (matrix, labels) = either_or(300, 6);
        for score in [SplitScore::Cosine, SplitScore::L2, SplitScore::Newton] {
            let options = BoostOptions {
                score,
                iterations: 30,
                min_data_in_leaf: 40.0,
                ..Default::default()
            };
            let forest = boost(&matrix, &labels, None, None, &options, &mut |_, _| {})
                .unwrap()
                .forest;
            for tree in &forest.trees {
                let heavy = tree.covers.iter().filter(|&&cover| cover >= 40.0).count();
                assert!(heavy <= 7 && tree.covers.iter().sum::<f64>() == 300.0);
            }
            assert!(forest.trees.iter().any(|tree| !tree.splits.is_empty()), "{score:?}");
        }
    }

    #[test]
    fn what_cannot_be_learnt_from_is_refused_or_gives_the_constant() {
        let run = |matrix: &Matrix, labels: &[f32], options: &BoostOptions| {
            boost(matrix, labels, None, None, options, &mut |_, _| {})
        };
        let options = BoostOptions {
            iterations: 3,
            ..Default::default()
        };
        let flat = Matrix::from_columns(vec![vec![1.0; 4], vec![f32::NAN; 4]]).unwrap();
        let constant = run(&flat, &[0.0, 0.0, 0.0, 1.0], &options).unwrap().forest;
        assert!(constant.trees.is_empty() && (constant.bias + 3f64.ln()).abs() < 1e-9);
        assert!(run(&flat, &[0.0; 4], &options).unwrap().forest.bias.is_finite());
        assert!(matches!(run(&flat, &[0.0; 3], &options), Err(LearnError::Size { .. })));
        assert!(matches!(
            run(&flat, &[0.0, 2.0, 0.0, 0.0], &options),
            Err(LearnError::Label { row: 1, .. })
        ));
        assert!(matches!(run(&Matrix::new(0), &[], &options), Err(LearnError::NoRows)));
        let deep = BoostOptions { depth: 7, ..options };
        assert!(matches!(
            run(&flat, &[0.0; 4], &deep),
            Err(LearnError::Option { name: "depth", .. })
        ));
    }
}
