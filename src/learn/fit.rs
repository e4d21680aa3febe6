//! Fitting: features ranked by gain on earlier time; the number of features, what further examples are worth, how deep
//! trees are and how many seeds are averaged, each decided on the latest slice of the training examples; a last fit on
//! everything.

use std::collections::BTreeSet;

use super::boost::{BoostOptions, Ordered, boost_ordered};
use super::calibrate::Platt;
use super::encode::{Encoding, Order};
use super::error::LearnError;
use super::forest::Forest;
use super::matrix::Matrix;
use super::train::{Progress, TrainOptions, Training};
use crate::data::RowId;

/// The share of the training examples, latest first, that early stopping, every choice and calibration use.
const HELD_OUT: f64 = 0.25;
/// A choice must lower the held-out loss by this share to be worth its cost.
const WORTH: f64 = 0.002;
/// With more examples than this the search is short: there is little to gain, and every fit is long.
const MANY: usize = 5_000;
/// Screening looks at the latest so many examples.
const SCREENED: usize = 20_000;
/// Forests that are averaged where that pays; with few examples it always does, and choices are less a matter of chance.
const SEEDS: u64 = 3;
/// Random orders of the examples for ordered statistics.
const ORDERS: u64 = 3;

/// A forest over some columns of a matrix, and what it was worth on the held-out slice.
pub struct Fitted {
    /// Columns of the matrix it was fitted on, in the forest's order.
    pub columns: Vec<usize>,
    /// For each of them that is an encoded combination of categories, its statistics.
    pub encodings: Vec<Option<Encoding>>,
    /// The forest over those columns.
    pub forest: Forest,
    /// Its calibration.
    pub platt: Platt,
    /// Figures on the held-out slice, before the last fit on everything.
    pub validation: Vec<(String, f64)>,
    /// How it was fitted.
    pub(super) recipe: Recipe,
}

impl Fitted {
    /// The places among its columns that its trees look at, or the first where they look at none.
    #[must_use]
    pub fn used(&self) -> Vec<usize> {
        let mut used = self.forest.features_used();
        if used.is_empty() {
            used.push(0);
        }
        used
    }
}

/// One way to fit, as the search varies it.
#[derive(Clone, Debug)]
pub(super) struct Recipe {
    /// Columns, the most telling ones.
    columns: Vec<usize>,
    pub(super) boost: BoostOptions,
    /// How many examples that the question leaves out are learnt from besides, latest first, and the weight of each.
    beyond: (usize, f32),
    /// The oldest example's weight, the latest having 1.
    oldest: f64,
    /// Forests averaged.
    seeds: u64,
}

/// How a recipe did on the held-out rows of all folds.
struct Trial {
    platt: Platt,
    answers: Vec<f64>,
    loss: f64,
    trees: usize,
}

/// Rows fitted on, and the rows after them that judge the fit.
struct Fold {
    earlier: Vec<usize>,
    later: Vec<usize>,
}

/// The rows that a forest is fitted on.
struct Sample {
    rows: Vec<usize>,
    labels: Vec<f32>,
    weights: Vec<f32>,
}

impl Training {
    /// Chooses among `columns` on the latest slice, then fits on everything.
    ///
    /// # Errors
    /// When boosting refuses its options or rows.
    pub fn fit(
        &self,
        columns: &[usize],
        options: &TrainOptions,
        progress: &mut dyn Progress,
    ) -> Result<Fitted, LearnError> {
        if columns.is_empty() {
            return Err(LearnError::NoFeatures);
        }
        let few = self.inside <= MANY;
        let folds = self.folds(few);
        let earlier = folds.last().map_or(&[][..], |fold| &fold.earlier);
        let ranked = self.screen(columns, earlier, options, progress)?;
        let widest = options.widths.iter().copied().max().unwrap_or(ranked.len());
        let mut recipe = Recipe {
            columns: self.with_age(&ranked[..widest.min(ranked.len())], columns),
            boost: BoostOptions {
                iterations: options.trees,
                learning_rate: Some(if few { 0.03 } else { 0.06 }),
                column_share: 0.5,
                loss: self.objective.loss(),
                monotone: Vec::new(),
                seed: options.seed,
                threads: options.threads,
                ..BoostOptions::default()
            },
            beyond: (0, 0.0),
            oldest: 1.0,
            seeds: if few { SEEDS } else { 1 },
        };
        let mut search = Search {
            data: self,
            folds: &folds,
            held_out: folds
                .iter()
                .flat_map(|f| &f.later)
                .map(|&row| self.labels[row])
                .collect(),
            options,
            progress,
        };
        let mut best = search.tried("all that tell", &recipe)?;
        for (name, other) in self.with_beyond(&recipe, earlier) {
            search.keep_better(&name, other, &mut recipe, &mut best)?;
        }
        for oldest in if few { &[0.3][..] } else { &[] } {
            let other = Recipe {
                oldest: *oldest,
                ..recipe.clone()
            };
            search.keep_better("recent examples weigh more", other, &mut recipe, &mut best)?;
        }
        if few {
            for (depth, l2) in [(4, 3.0), (6, 10.0)] {
                let other = Recipe {
                    boost: BoostOptions {
                        depth,
                        l2,
                        ..recipe.boost.clone()
                    },
                    ..recipe.clone()
                };
                search.keep_better(&format!("depth {depth}, l2 {l2}"), other, &mut recipe, &mut best)?;
            }
        }
        search.narrow(&ranked, columns, &mut recipe, &mut best)?;
        if recipe.seeds < SEEDS {
            let bagged = Recipe {
                seeds: SEEDS,
                ..recipe.clone()
            };
            search.keep_better("several seeds averaged", bagged, &mut recipe, &mut best)?;
        }
        let validation = self.objective.figures(&best.answers, &search.held_out);
        let everything: Vec<usize> = (0..self.inside).collect();
        recipe.boost.iterations = best.trees.max(1) * 11 / 10;
        recipe.boost.patience = None;
        let (forest, encodings, _) = self.forest(&recipe, &everything, None, "fitting on everything", progress)?;
        Ok(Fitted {
            columns: recipe.columns.clone(),
            encodings,
            forest,
            platt: best.platt,
            validation,
            recipe,
        })
    }

    /// The columns in order of what they are worth on earlier time, those worth nothing left out.
    fn screen(
        &self,
        columns: &[usize],
        earlier: &[usize],
        options: &TrainOptions,
        progress: &mut dyn Progress,
    ) -> Result<Vec<usize>, LearnError> {
        let screen = BoostOptions {
            iterations: 200,
            learning_rate: Some(0.08),
            column_share: 0.2,
            max_bins: 64,
            patience: None,
            seed: options.seed,
            threads: options.threads,
            loss: self.objective.loss(),
            ..BoostOptions::default()
        };
        let rows = &earlier[earlier.len().saturating_sub(SCREENED)..];
        let labels: Vec<f32> = rows.iter().map(|&row| self.labels[row]).collect();
        let (matrix, ordered, _) = self.prepared(columns, rows, &labels, &vec![1.0; rows.len()], options.seed);
        let mut gains = vec![0.0; columns.len()];
        for k in 0..if rows.len() < MANY { SEEDS } else { 1 } {
            let screen = BoostOptions {
                seed: options.seed.wrapping_add(k),
                ..screen.clone()
            };
            let trained = boost_ordered(&matrix, &ordered, &labels, None, None, &screen, &mut |done, total| {
                progress.stage("screening features", done, total);
            })?;
            gains.iter_mut().zip(trained.gains).for_each(|(sum, gain)| *sum += gain);
        }
        let mut ranked: Vec<usize> = (0..columns.len()).filter(|&c| gains[c] > 0.0).collect();
        ranked.sort_by(|&a, &b| gains[b].total_cmp(&gains[a]).then(a.cmp(&b)));
        if ranked.is_empty() {
            // Nothing tells: the model is its base, over a column that it does not heed.
            ranked.push(0);
        }
        Ok(ranked.into_iter().map(|place| columns[place]).collect())
    }

    /// These columns, and the entity's age where it is asked about at several and `offered` has it.
    fn with_age(&self, kept: &[usize], offered: &[usize]) -> Vec<usize> {
        let age = self
            .age_column()
            .filter(|age| offered.contains(age) && !kept.contains(age));
        kept.iter().copied().chain(age).collect()
    }

    /// Ways to learn also from examples that the question's WHERE leaves out.
    fn with_beyond(&self, recipe: &Recipe, earlier: &[usize]) -> Vec<(String, Recipe)> {
        let there = self.rows.len() - self.inside;
        if there == 0 {
            return Vec::new();
        }
        let mut counts = vec![earlier.len() / 2, earlier.len(), 2 * earlier.len()];
        counts.retain(|&count| count > 0);
        counts.iter_mut().for_each(|count| *count = (*count).min(there));
        counts.dedup();
        let mut ways: Vec<(usize, f32)> = counts.iter().map(|&count| (count, 1.0)).collect();
        if self.inside > MANY {
            ways.clear();
        }
        ways.extend(counts.last().map(|&count| (count, 0.3)));
        ways.into_iter()
            .map(|beyond| {
                let name = format!("{} examples beyond the question, weight {}", beyond.0, beyond.1);
                (
                    name,
                    Recipe {
                        beyond,
                        ..recipe.clone()
                    },
                )
            })
            .collect()
    }

    /// What is fitted on and what is judged on after it: the latest quarter, and for few examples, where one slice would
    /// decide by chance, also the quarter before.
    fn folds(&self, few: bool) -> Vec<Fold> {
        let split = self.split();
        let mut bounds = vec![(split, self.inside)];
        let before = (2 * split).saturating_sub(self.inside);
        if few && before >= 20 {
            bounds.insert(0, (before, split));
        }
        let fold = |(from, to): (usize, usize)| Fold {
            earlier: self.earlier(from, to),
            later: (from..to).collect(),
        };
        bounds.into_iter().map(fold).collect()
    }

    /// The rows before the split. An entity asked about at several ages is on one side only: its later ages must not be
    /// judged by a model that saw its earlier ones.
    pub(super) fn earlier(&self, split: usize, end: usize) -> Vec<usize> {
        let both: BTreeSet<RowId> = if self.ages.is_empty() {
            BTreeSet::new()
        } else {
            self.rows[split..end].iter().map(|e| e.asker.row).collect()
        };
        let kept: Vec<usize> = (0..split)
            .filter(|&row| !both.contains(&self.rows[row].asker.row))
            .collect();
        if kept.is_empty() { (0..split).collect() } else { kept }
    }

    /// Where the latest slice begins.
    #[must_use]
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss
    )]
    pub fn split(&self) -> usize {
        let rows = self.inside;
        let cut = rows - (rows as f64 * HELD_OUT) as usize;
        cut.clamp(1, rows.saturating_sub(1).max(1))
    }

    /// The rows a recipe learns from: `inside`, and the latest examples beyond the question that were asked before the
    /// last of them; each with its weight.
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
    fn sample(&self, recipe: &Recipe, inside: &[usize]) -> Sample {
        let mut rows = inside.to_vec();
        let last = inside.last().map(|&row| self.rows[row].asker.anchor);
        let beyond = (self.inside..self.rows.len()).rev();
        rows.extend(
            beyond
                .filter(|&row| last.is_some_and(|last| self.rows[row].asker.anchor <= last))
                .take(recipe.beyond.0),
        );
        let anchors = || rows.iter().map(|&row| self.rows[row].asker.anchor.0);
        let (first, last) = (anchors().min().unwrap_or(0), anchors().max().unwrap_or(0));
        let span = (last - first).max(1) as f64;
        let weight = |&row: &usize| {
            let age = (last - self.rows[row].asker.anchor.0) as f64 / span;
            let own = if row < self.inside { 1.0 } else { recipe.beyond.1 };
            own * libm::pow(recipe.oldest, age) as f32
        };
        Sample {
            labels: rows.iter().map(|&row| self.labels[row]).collect(),
            weights: rows.iter().map(weight).collect(),
            rows,
        }
    }

    /// The matrix of `columns` for rows that are trained on, the versions of its encoded columns, and their statistics.
    fn prepared(
        &self,
        columns: &[usize],
        rows: &[usize],
        labels: &[f32],
        weights: &[f32],
        seed: u64,
    ) -> (Matrix, Ordered, Vec<Option<Encoding>>) {
        let mut matrix = self.matrix.select_columns(columns).select_rows(rows);
        let mut encodings: Vec<Option<Encoding>> = vec![None; columns.len()];
        let places: Vec<usize> = (0..columns.len())
            .filter(|&place| self.combinations.contains_key(&columns[place]))
            .collect();
        if places.is_empty() {
            return (matrix, Ordered::default(), encodings);
        }
        let groups = self.groups(rows);
        let orders: Vec<Order> = (0..ORDERS).map(|version| Order::draw(&groups, seed, version)).collect();
        let mut versions: Vec<Vec<Vec<f32>>> = vec![Vec::with_capacity(places.len()); orders.len()];
        for &place in &places {
            let all = &self.combinations[&columns[place]];
            let own: Vec<u32> = rows.iter().map(|&row| all[row]).collect();
            for (version, order) in versions.iter_mut().zip(&orders) {
                version.push(order.statistics(&own, labels, weights, ENCODING_WEIGHT));
            }
            let encoding = Encoding::of(&own, labels, weights, ENCODING_WEIGHT);
            let column = own.iter().map(|&c| encoding.value(c)).collect();
            let replaced = matrix.replace_column(place, column);
            debug_assert!(replaced.is_ok(), "one value per row");
            encodings[place] = Some(encoding);
        }
        (
            matrix,
            Ordered {
                columns: places,
                versions,
            },
            encodings,
        )
    }

    /// Rows whose labels must not speak of one another: those of one entity where each has its own time (its ages), else
    /// those of one moment.
    #[allow(clippy::cast_possible_truncation)]
    fn groups(&self, rows: &[usize]) -> Vec<u32> {
        if self.own_time.is_some() {
            rows.iter().map(|&row| self.rows[row].asker.row.0).collect()
        } else {
            let mut anchors: Vec<i64> = rows.iter().map(|&row| self.rows[row].asker.anchor.0).collect();
            anchors.sort_unstable();
            anchors.dedup();
            let group = |&row: &usize| anchors.partition_point(|&a| a < self.rows[row].asker.anchor.0) as u32;
            rows.iter().map(group).collect()
        }
    }

    /// The forest of a recipe on some rows, its encodings, and how many trees it kept.
    pub(super) fn forest(
        &self,
        recipe: &Recipe,
        inside: &[usize],
        later: Option<&[usize]>,
        stage: &str,
        progress: &mut dyn Progress,
    ) -> Result<(Forest, Vec<Option<Encoding>>, usize), LearnError> {
        let sample = self.sample(recipe, inside);
        let seed = recipe.boost.seed;
        let (mut matrix, mut ordered, encodings) =
            self.prepared(&recipe.columns, &sample.rows, &sample.labels, &sample.weights, seed);
        let mut validation = later.map(|rows| {
            let labels: Vec<f32> = rows.iter().map(|&row| self.labels[row]).collect();
            (self.seen(&recipe.columns, &encodings, rows), labels)
        });
        // What tells the question's own examples from those beyond it; once the forest stands it is settled as the
        // question's own.
        let marked = recipe.beyond.0 > 0;
        if marked {
            let mark = |&row: &usize| if row < self.inside { 1.0 } else { 0.0 };
            matrix.push_column(sample.rows.iter().map(mark).collect())?;
            if let Some((matrix, labels)) = &mut validation {
                matrix.push_column(vec![1.0; labels.len()])?;
            }
        }
        let mut forests = Vec::new();
        let mut trees = 0;
        for k in 0..recipe.seeds {
            let boost = BoostOptions {
                seed: seed.wrapping_add(k.wrapping_mul(7919)),
                monotone: self.directions(&recipe.columns),
                ..recipe.boost.clone()
            };
            if k > 0 {
                (_, ordered, _) = self.prepared(
                    &recipe.columns,
                    &sample.rows,
                    &sample.labels,
                    &sample.weights,
                    boost.seed,
                );
            }
            let trained = boost_ordered(
                &matrix,
                &ordered,
                &sample.labels,
                Some(&sample.weights),
                validation.as_ref().map(|(matrix, labels)| (matrix, labels.as_slice())),
                &boost,
                &mut |done, total| progress.stage(stage, done, total),
            )?;
            trees += trained.best_iteration;
            forests.push(trained.forest);
        }
        let seeds = forests.len().max(1);
        let mut forest = Forest::average(&forests).ok_or(LearnError::NoRows)?;
        if marked {
            forest = forest.settled(recipe.columns.len(), 1.0);
        }
        forest.round_to_single();
        Ok((forest, encodings, trees / seeds))
    }

    /// The matrix of `columns` for rows that were not trained on.
    pub(super) fn seen(&self, columns: &[usize], encodings: &[Option<Encoding>], rows: &[usize]) -> Matrix {
        let mut matrix = self.matrix.select_columns(columns).select_rows(rows);
        for (place, encoding) in encodings.iter().enumerate() {
            if let (Some(encoding), Some(all)) = (encoding, self.combinations.get(&columns[place])) {
                let column = rows.iter().map(|&row| encoding.value(all[row])).collect();
                let replaced = matrix.replace_column(place, column);
                debug_assert!(replaced.is_ok(), "one value per row");
            }
        }
        matrix
    }
}

/// The weight of the mean of all in an encoded category, in examples.
const ENCODING_WEIGHT: f32 = 8.0;

/// The search on held-out time.
struct Search<'a> {
    data: &'a Training,
    folds: &'a [Fold],
    /// The labels of all rows judged on.
    held_out: Vec<f32>,
    options: &'a TrainOptions,
    progress: &'a mut dyn Progress,
}

impl Search<'_> {
    /// Fits a recipe on earlier time and judges it on later.
    fn tried(&mut self, name: &str, recipe: &Recipe) -> Result<Trial, LearnError> {
        let data = self.data;
        let stage = format!("trying: {name}");
        let (mut raw, mut trees) = (Vec::new(), 0);
        for fold in self.folds {
            let judged = Some(fold.later.as_slice());
            let (forest, encodings, kept) = data.forest(recipe, &fold.earlier, judged, &stage, &mut *self.progress)?;
            raw.extend(forest.raw_all(&data.seen(&recipe.columns, &encodings, &fold.later)));
            trees = kept;
        }
        let held_out = &self.held_out;
        let platt = data.objective.calibrate(&raw, held_out)?;
        let answers: Vec<f64> = raw.iter().map(|&r| data.objective.answer(platt.apply(r))).collect();
        let loss = data.objective.held_out_loss(&answers, held_out);
        let figures = data.objective.figures(&answers, held_out);
        let figures: Vec<String> = figures.iter().take(3).map(|(n, v)| format!("{n} {v:.4}")).collect();
        self.progress.note(format!(
            "{name}: {} features, {trees} trees: {}",
            recipe.columns.len(),
            figures.join(", ")
        ));
        Ok(Trial {
            platt,
            answers,
            loss,
            trees,
        })
    }

    /// Takes another recipe where it is worth it.
    fn keep_better(
        &mut self,
        name: &str,
        other: Recipe,
        recipe: &mut Recipe,
        best: &mut Trial,
    ) -> Result<(), LearnError> {
        let trial = self.tried(name, &other)?;
        if trial.loss < best.loss * (1.0 - WORTH) && !is_noise(&trial.gaps_to(best, self), 0.5) {
            *recipe = other;
            *best = trial;
        }
        Ok(())
    }

    /// The fewest features within noise of the best: a narrower model is taken when the mean of the rows' differences in
    /// loss is below its standard error (the one-standard-error rule of Breiman et al. 1984, paired by row).
    fn narrow(
        &mut self,
        ranked: &[usize],
        offered: &[usize],
        recipe: &mut Recipe,
        best: &mut Trial,
    ) -> Result<(), LearnError> {
        let mut widths = self.options.widths.clone();
        widths.retain(|&width| width < recipe.columns.len());
        widths.sort_unstable();
        let mut tried: Vec<(Recipe, Trial)> = Vec::new();
        for width in widths.into_iter().rev() {
            let narrower = Recipe {
                columns: self.data.with_age(&ranked[..width], offered),
                ..recipe.clone()
            };
            let trial = self.tried(&format!("the {width} most telling"), &narrower)?;
            if trial.loss < best.loss {
                *recipe = narrower;
                *best = trial;
                tried.clear();
            } else {
                tried.push((narrower, trial));
            }
        }
        for (narrower, trial) in tried.into_iter().rev() {
            if is_noise(&best.gaps_to(&trial, self), 1.0) {
                *recipe = narrower;
                *best = trial;
                break;
            }
        }
        Ok(())
    }
}

impl Trial {
    /// By how much the other trial's loss is above this one's, per held-out row.
    fn gaps_to(&self, other: &Self, search: &Search<'_>) -> Vec<f64> {
        let objective = search.data.objective;
        let both = self.answers.iter().zip(&other.answers).zip(&search.held_out);
        both.map(|((own, other), label)| {
            objective.held_out_loss(&[*other], &[*label]) - objective.held_out_loss(&[*own], &[*label])
        })
        .collect()
    }
}

/// Whether the mean of these differences is within so many standard errors of 0, or below it.
#[allow(clippy::cast_precision_loss)]
fn is_noise(gaps: &[f64], errors: f64) -> bool {
    let n = gaps.len().max(2) as f64;
    let mean = gaps.iter().sum::<f64>() / n;
    let variance = gaps.iter().map(|g| (g - mean) * (g - mean)).sum::<f64>() / (n - 1.0);
    mean <= errors * (variance / n).sqrt()
}
