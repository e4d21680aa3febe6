//! The search for a recipe on held-out time: each trial is fitted on earlier rows and judged on later ones, and another way is
//! taken only where it is better by more than it costs and more than chance explains.

use super::boost::BoostOptions;
use super::calibrate::Platt;
use super::error::LearnError;
use super::fit::MANY;
use super::permute::permutation_importance;
use super::recipe::{Length, Recipe};
use super::train::{Progress, TrainOptions, Training};
use crate::parallel::split;

/// A choice must lower the held-out loss by this share to be worth its cost.
pub(super) const WORTH: f64 = 0.002;
/// An average of forests must lower it by this share: it reads no further column, and is only larger.
const AVERAGE_WORTH: f64 = 0.001;
/// With few examples a second view is the entity's own columns and so many of the others, the most telling ones.
pub(super) const OTHERS: usize = 20;
/// With few examples held-out rows cannot tell that so few columns suffice.
const FEW_NEED: usize = 40;

/// How a recipe did on the held-out rows of all folds.
pub(super) struct Trial {
    raw: Vec<f64>,
    pub(super) platt: Platt,
    pub(super) answers: Vec<f64>,
    loss: f64,
    /// Trees of a forest, per view.
    pub(super) trees: Vec<usize>,
}

/// Raw scores of a fold's later rows, and trees of a forest per view.
type Scored = (Vec<f64>, Vec<usize>);

/// Rows fitted on, and the rows after them that judge the fit.
pub(super) struct Fold {
    pub(super) earlier: Vec<usize>,
    pub(super) later: Vec<usize>,
}

/// The search on held-out time.
pub(super) struct Search<'a> {
    pub(super) data: &'a Training,
    pub(super) folds: &'a [Fold],
    /// The labels of all rows judged on.
    pub(super) held_out: Vec<f32>,
    pub(super) options: &'a TrainOptions,
    pub(super) progress: &'a mut dyn Progress,
}

impl Search<'_> {
    /// Fits a recipe on earlier time and judges it on later.
    pub(super) fn tried(&mut self, name: &str, recipe: &Recipe) -> Result<Trial, LearnError> {
        let found = self.tried_all(&[(name.to_owned(), recipe.clone())])?;
        found.into_iter().next().ok_or(LearnError::NoRows)
    }

    /// As [`Search::tried`], several recipes at a time.
    fn tried_all(&mut self, recipes: &[(String, Recipe)]) -> Result<Vec<Trial>, LearnError> {
        if recipes.is_empty() {
            return Ok(Vec::new());
        }
        let (data, folds) = (self.data, self.folds);
        let stage = match recipes {
            [(name, _)] => format!("trying: {name}"),
            _ => format!("trying {} ways", recipes.len()),
        };
        let of_one = |piece: usize, threads: usize, told: &mut dyn FnMut(usize, usize)| {
            let (recipe, fold) = (&recipes[piece / folds.len()].1, &folds[piece % folds.len()]);
            let judged = Length::JudgedOn(&fold.later);
            let learnt = data.forest(&recipe.by(threads), &fold.earlier, judged, told)?;
            let seen = data.seen(&learnt.columns, &learnt.encodings, &fold.later);
            Ok((learnt.forest.raw_all(&seen), learnt.trees))
        };
        let told = &mut |done, total| self.progress.stage(&stage, done, total);
        let pieces = recipes.len() * folds.len();
        let found: Vec<Result<Scored, LearnError>> = split(pieces, self.options.threads, &of_one, told);
        let mut found = found.into_iter();
        let mut trials = Vec::with_capacity(recipes.len());
        for (name, recipe) in recipes {
            let (mut raw, mut trees) = (Vec::new(), Vec::new());
            for fold in found.by_ref().take(folds.len()) {
                let (of_fold, grown) = fold?;
                raw.extend(of_fold);
                trees = grown;
            }
            trials.push(self.judged(name, recipe.columns().len(), raw, trees)?);
        }
        Ok(trials)
    }

    /// What raw scores of the held-out rows are worth.
    fn judged(&mut self, name: &str, features: usize, raw: Vec<f64>, trees: Vec<usize>) -> Result<Trial, LearnError> {
        let objective = self.data.objective;
        let held_out = &self.held_out;
        let platt = objective.calibrate(&raw, held_out)?;
        let answers: Vec<f64> = raw.iter().map(|&r| objective.answer(platt.apply(r))).collect();
        let loss = objective.held_out_loss(&answers, held_out);
        let figures = objective.figures(&answers, held_out);
        let figures: Vec<String> = figures.iter().take(3).map(|(n, v)| format!("{n} {v:.4}")).collect();
        self.progress.note(format!(
            "{name}: {features} features, {} trees: {}",
            trees.iter().sum::<usize>(),
            figures.join(", ")
        ));
        Ok(Trial {
            raw,
            platt,
            answers,
            loss,
            trees,
        })
    }

    /// Shallower trees, stronger regularisation.
    pub(super) fn shape(&mut self, recipe: &mut Recipe, best: &mut Trial) -> Result<(), LearnError> {
        let other = |(depth, l2): (usize, f64)| {
            let other = Recipe {
                boost: BoostOptions {
                    depth,
                    l2,
                    ..recipe.boost.clone()
                },
                ..recipe.clone()
            };
            (format!("depth {depth}, l2 {l2}"), other)
        };
        let others = [(4, 3.0), (6, 10.0)].map(other);
        let trials = self.tried_all(&others)?;
        for ((_, other), trial) in others.into_iter().zip(trials) {
            if self.is_worth(&trial, &[best], WORTH) {
                (*recipe, *best) = (other, trial);
            }
        }
        Ok(())
    }

    /// Leaves out the columns whose shuffling costs nothing later, where that does no harm; gives the columns in the order
    /// of what it costs. It is counted on the latest quarter and on the one before it, each by a forest of what came before:
    /// which of several columns that say much the same a forest looks at is chance, and so is what tells in one quarter.
    /// That the latest also judges favours what told there, a little: of many rows a second quarter says more than that.
    pub(super) fn drop_idle(&mut self, recipe: &mut Recipe, best: &mut Trial) -> Result<Vec<usize>, LearnError> {
        let columns = recipe.columns();
        let data = self.data;
        let Some(before) = data.fold_before() else {
            return Ok(columns);
        };
        let folds: Vec<&Fold> = std::iter::once(&before).chain(self.folds.last()).collect();
        let of_one = |k: usize, threads: usize, told: &mut dyn FnMut(usize, usize)| {
            let fold = folds[k];
            let judged = Length::JudgedOn(&fold.later);
            let labels = data.labels_of(&fold.later);
            let other = recipe.by(threads).drawn_by(recipe.boost.seed.wrapping_add(k as u64));
            let learnt = data.forest(&other, &fold.earlier, judged, told)?;
            let seen = data.seen(&learnt.columns, &learnt.encodings, &fold.later);
            let platt = data.objective.calibrate(&learnt.forest.raw_all(&seen), &labels)?;
            let later = (&seen, labels.as_slice());
            let worth = permutation_importance(&learnt.forest, platt, data.objective, later, other.boost.seed);
            Ok(worth)
        };
        let told = &mut |done, total| self.progress.stage("what tells later", done, total);
        let found: Vec<Result<Vec<f64>, LearnError>> = split(folds.len(), self.options.threads, &of_one, told);
        let mut worth = vec![0.0; columns.len()];
        for of_one in found {
            worth.iter_mut().zip(of_one?).for_each(|(sum, one)| *sum += one);
        }
        let mut ranked: Vec<usize> = (0..columns.len()).collect();
        ranked.sort_by(|&a, &b| worth[b].total_cmp(&worth[a]).then(a.cmp(&b)));
        let telling: Vec<usize> = ranked
            .iter()
            .filter(|&&c| worth[c] > 0.0)
            .map(|&c| columns[c])
            .collect();
        let ranked: Vec<usize> = ranked.into_iter().map(|c| columns[c]).collect();
        if telling.is_empty() || telling.len() == columns.len() {
            return Ok(ranked);
        }
        let other = Recipe {
            views: vec![data.with_age(&telling, &columns)],
            ..recipe.clone()
        };
        let trial = self.tried("without those that tell nothing later", &other)?;
        if is_noise(&best.gaps_to(&trial, self), 0.5) {
            (*recipe, *best) = (other, trial);
        }
        Ok(ranked)
    }

    /// Learns also from examples that the question leaves out where that pays: the most of them that are within noise of
    /// the best number, for what they cost is seen on few held-out rows, and what they bring on all later ones.
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn reach_beyond(
        &mut self,
        earlier: &[usize],
        recipe: &mut Recipe,
        best: &mut Trial,
    ) -> Result<(), LearnError> {
        let other = |beyond: (usize, f32)| {
            let name = format!("{} examples beyond the question, weight {}", beyond.0, beyond.1);
            let other = Recipe {
                beyond,
                ..recipe.clone()
            };
            (name, other)
        };
        let others: Vec<(String, Recipe)> = self.data.ways_beyond(earlier).into_iter().map(other).collect();
        let trials = self.tried_all(&others)?;
        let others = others.into_iter().map(|(_, other)| other);
        let mut tried: Vec<(Recipe, Trial)> = others.zip(trials).collect();
        let total = |(recipe, _): &(Recipe, Trial)| f64::from(recipe.beyond.1) * recipe.beyond.0 as f64;
        tried.sort_by(|a, b| total(b).total_cmp(&total(a)));
        let losses = tried.iter().map(|(_, trial)| trial);
        let Some(lowest) = losses.min_by(|a, b| a.loss.total_cmp(&b.loss)) else {
            return Ok(());
        };
        if !self.is_worth(lowest, &[best], WORTH) {
            return Ok(());
        }
        let within =
            |(_, trial): &(Recipe, Trial)| is_noise(&lowest.gaps_to(trial, self), 1.0) && trial.loss < best.loss;
        if let Some(most) = tried.iter().position(within) {
            (*recipe, *best) = tried.swap_remove(most);
        }
        Ok(())
    }

    /// A second view of the entity itself, averaged with the first unless one of the two alone is better than noise
    /// explains: with few examples the average of two views errs less than either.
    pub(super) fn look_closer(
        &mut self,
        view: Vec<usize>,
        recipe: &mut Recipe,
        best: &mut Trial,
    ) -> Result<(), LearnError> {
        let name = format!("own columns and the {OTHERS} most telling others");
        let closer = Recipe {
            views: vec![view],
            ..recipe.clone()
        };
        let trial = self.tried(&name, &closer)?;
        let raw = means(&[&best.raw, &trial.raw]);
        let both = Recipe {
            views: [recipe.views.clone(), closer.views.clone()].concat(),
            ..recipe.clone()
        };
        let trees = [best.trees.clone(), trial.trees.clone()].concat();
        let average = self.judged("the two averaged", both.columns().len(), raw, trees)?;
        let better =
            |one: &Trial, search: &Self| one.loss < average.loss && !is_noise(&one.gaps_to(&average, search), 1.0);
        if better(&trial, self) && trial.loss < best.loss {
            (*recipe, *best) = (closer, trial);
        } else if !better(best, self) {
            (*recipe, *best) = (both, average);
        }
        Ok(())
    }

    /// Takes another recipe where it is worth it.
    pub(super) fn keep_better(
        &mut self,
        name: &str,
        other: Recipe,
        recipe: &mut Recipe,
        best: &mut Trial,
    ) -> Result<(), LearnError> {
        let trial = self.tried(name, &other)?;
        if self.is_worth(&trial, &[best], WORTH) {
            *recipe = other;
            *best = trial;
        }
        Ok(())
    }

    /// Takes the average of so many forests, the best so far and others drawn anew, where it is worth it. What one alone is
    /// worth the others say: the best of many trials is also the luckiest, and the last fit draws anew.
    pub(super) fn average_seeds(
        &mut self,
        seeds: usize,
        recipe: &mut Recipe,
        best: &mut Trial,
    ) -> Result<(), LearnError> {
        let bagged = Recipe {
            seeds,
            ..recipe.clone()
        };
        let other = |&seed: &u64| (format!("with seed {seed}"), recipe.drawn_by(seed));
        let others: Vec<(String, Recipe)> = bagged.seeds().iter().skip(1).map(other).collect();
        let trials = self.tried_all(&others)?;
        let all: Vec<&Trial> = std::iter::once(&*best).chain(&trials).collect();
        let trees = (0..best.trees.len())
            .map(|view| all.iter().map(|trial| trial.trees[view]).sum::<usize>() / all.len())
            .collect();
        let raws: Vec<&[f64]> = all.iter().map(|trial| trial.raw.as_slice()).collect();
        let average = self.judged("several seeds averaged", recipe.columns().len(), means(&raws), trees)?;
        if self.is_worth(&average, &trials.iter().collect::<Vec<_>>(), AVERAGE_WORTH) {
            (*recipe, *best) = (bagged, average);
        }
        Ok(())
    }

    /// Whether a trial is better than others are in the mean, by more than this share of their loss and by more than chance.
    #[allow(clippy::cast_precision_loss)]
    fn is_worth(&self, trial: &Trial, others: &[&Trial], share: f64) -> bool {
        let loss = others.iter().map(|other| other.loss).sum::<f64>() / others.len() as f64;
        let gaps: Vec<Vec<f64>> = others.iter().map(|other| trial.gaps_to(other, self)).collect();
        let gaps = means(&gaps.iter().map(Vec::as_slice).collect::<Vec<_>>());
        trial.loss < loss * (1.0 - share) && !is_noise(&gaps, 0.5)
    }

    /// The fewest features within noise of the best: a narrower model is taken when the mean of the rows' differences in
    /// loss is below its standard error (the one-standard-error rule of Breiman et al. 1984, paired by row).
    pub(super) fn narrow(
        &mut self,
        ranked: &[usize],
        offered: &[usize],
        recipe: &mut Recipe,
        best: &mut Trial,
    ) -> Result<(), LearnError> {
        let mut widths = self.options.widths.clone();
        let widest = recipe.columns().len().min(ranked.len());
        let worth_trying = if self.data.inside > MANY {
            // Hardly narrower is hardly another trial, and every fit is long.
            0..widest * 3 / 4 + 1
        } else {
            FEW_NEED..widest
        };
        widths.retain(|width| worth_trying.contains(width));
        widths.sort_unstable();
        let narrower = |&width: &usize| {
            let narrower = Recipe {
                views: vec![self.data.with_age(&ranked[..width], offered)],
                ..recipe.clone()
            };
            (format!("the {width} most telling"), narrower)
        };
        let others: Vec<(String, Recipe)> = widths.iter().rev().map(narrower).collect();
        let trials = self.tried_all(&others)?;
        let mut tried: Vec<(Recipe, Trial)> = Vec::new();
        for ((_, narrower), trial) in others.into_iter().zip(trials) {
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

/// The mean of several figures of each row.
#[allow(clippy::cast_precision_loss)]
pub(super) fn means(all: &[&[f64]]) -> Vec<f64> {
    let rows = all.first().map_or(0, |one| one.len());
    let mean = |row| all.iter().map(|one| one[row]).sum::<f64>() / all.len() as f64;
    (0..rows).map(mean).collect()
}

/// Whether the mean of these differences is within so many standard errors of 0, or below it.
#[allow(clippy::cast_precision_loss)]
fn is_noise(gaps: &[f64], errors: f64) -> bool {
    let n = gaps.len().max(2) as f64;
    let mean = gaps.iter().sum::<f64>() / n;
    let variance = gaps.iter().map(|g| (g - mean) * (g - mean)).sum::<f64>() / (n - 1.0);
    mean <= errors * (variance / n).sqrt()
}
