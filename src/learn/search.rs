//! The search for a recipe on held-out time: each trial is fitted on earlier rows and judged on later ones, and another way is
//! taken only where it is better by more than it costs and more than chance explains.

use super::boost::BoostOptions;
use super::calibrate::Platt;
use super::error::LearnError;
use super::fitting::{Learnt, Length, Part};
use super::permute::permutation_importance;
use super::recipe::{Beside, Recipe, also_learnt_from, distinct, drawn};
use super::train::{Progress, TrainOptions, Training};
use crate::parallel::split;

/// A choice must lower the held-out loss by this share to be worth its cost.
pub(super) const WORTH: f64 = 0.002;
/// An average of forests must lower it by this share: it reads no further column, and is only larger.
const AVERAGE_WORTH: f64 = 0.001;
/// By so much the loss of the best of the trials is too low on the rows that chose it.
const CHOSEN: f64 = 0.01;
/// With few examples a second view is the entity's own columns and so many of the others, the most telling ones.
pub(super) const OTHERS: usize = 20;
/// With few examples held-out rows cannot tell that so few columns suffice.
const FEW_NEED: usize = 40;

/// How a recipe did on the held-out rows of all folds.
pub(super) struct Trial {
    /// Raw scores of the held-out rows.
    pub(super) raw: Vec<f64>,
    pub(super) platt: Platt,
    pub(super) answers: Vec<f64>,
    loss: f64,
    /// Figures on the held-out rows, by name.
    pub(super) figures: Vec<(String, f64)>,
    /// Trees of a forest, per view.
    pub(super) trees: Vec<usize>,
    /// The forests that gave the scores, one per fold; none for an average of trials.
    learnt: Vec<Learnt>,
}

/// What a search came to.
pub(super) struct Found {
    /// The recipes whose forests are averaged.
    pub(super) parts: Vec<Part>,
    /// How the average did.
    pub(super) trial: Trial,
}

/// Raw scores of a fold's later rows, and what gave them.
type Scored = (Vec<f64>, Learnt);

/// Rows fitted on, and the rows after them that judge the fit.
pub(super) struct Fold {
    pub(super) earlier: Vec<usize>,
    pub(super) later: Vec<usize>,
}

impl Fold {
    /// The same, of which only the latest so many rows are fitted on.
    pub(super) fn latest(&self, most: usize) -> Self {
        Self {
            earlier: self.earlier[self.earlier.len().saturating_sub(most)..].to_vec(),
            later: self.later.clone(),
        }
    }
}

/// The search on held-out time.
pub(super) struct Search<'a> {
    data: &'a Training,
    folds: &'a [Fold],
    /// The labels of all rows judged on.
    held_out: Vec<f32>,
    options: &'a TrainOptions,
    pub(super) progress: &'a mut dyn Progress,
}

impl<'a> Search<'a> {
    /// A search that judges by these folds.
    pub(super) fn over(
        data: &'a Training,
        folds: &'a [Fold],
        options: &'a TrainOptions,
        progress: &'a mut dyn Progress,
    ) -> Self {
        Self {
            data,
            folds,
            held_out: folds.iter().flat_map(|fold| data.labels_of(&fold.later)).collect(),
            options,
            progress,
        }
    }

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
            Ok((learnt.forest.raw_all(&seen), learnt))
        };
        let told = &mut |done, total| self.progress.stage(&stage, done, total);
        let pieces = recipes.len() * folds.len();
        let found: Vec<Result<Scored, LearnError>> = split(pieces, self.options.threads, &of_one, told);
        let mut found = found.into_iter();
        let mut trials = Vec::with_capacity(recipes.len());
        for (name, recipe) in recipes {
            let (mut raw, mut learnt) = (Vec::new(), Vec::new());
            for fold in found.by_ref().take(folds.len()) {
                let (of_fold, grown) = fold?;
                raw.extend(of_fold);
                learnt.push(grown);
            }
            let trees = learnt.last().map_or_else(Vec::new, |latest| latest.trees.clone());
            trials.push(Trial {
                learnt,
                ..self.judged(name, recipe.columns().len(), raw, trees)?
            });
        }
        Ok(trials)
    }

    /// What raw scores of the held-out rows are worth, calibrated by them.
    fn judged(&mut self, name: &str, features: usize, raw: Vec<f64>, trees: Vec<usize>) -> Result<Trial, LearnError> {
        let platt = self.data.objective.calibrate(&raw, &self.held_out)?;
        Ok(self.judged_by(platt, name, features, raw, trees))
    }

    /// What scores that are calibrated already are worth once they are centred on the held-out rows.
    fn judged_as_calibrated(&mut self, name: &str, features: usize, raw: Vec<f64>, trees: Vec<usize>) -> Trial {
        let platt = self.data.objective.centred(Platt::IDENTITY, &raw, &self.held_out);
        self.judged_by(platt, name, features, raw, trees)
    }

    /// What scores of the held-out rows are worth by this calibration.
    fn judged_by(&mut self, platt: Platt, name: &str, features: usize, raw: Vec<f64>, trees: Vec<usize>) -> Trial {
        let objective = self.data.objective;
        let held_out = &self.held_out;
        let answers: Vec<f64> = raw.iter().map(|&r| objective.answer(platt.apply(r))).collect();
        let loss = objective.held_out_loss(&answers, held_out);
        let figures = objective.figures(&answers, held_out);
        let trial = Trial {
            raw,
            platt,
            answers,
            loss,
            figures,
            trees,
            learnt: Vec::new(),
        };
        self.progress.note(format!("{name}: {}", trial.in_words(features)));
        trial
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

    /// The fewest columns within noise of the best number, the least telling left out step by step (recursive feature
    /// elimination: Guyon et al. 2002): of columns that say the same each is worth little while the others are there, so
    /// that each step ranks anew. Those that tell nothing later go first.
    pub(super) fn eliminate(
        &mut self,
        offered: &[usize],
        recipe: &mut Recipe,
        best: &mut Trial,
    ) -> Result<(), LearnError> {
        let mut widths = self.options.widths.clone();
        widths.sort_unstable();
        let mut narrower: Vec<(Recipe, Trial)> = Vec::new();
        loop {
            let (from, trial) = narrower
                .last()
                .map_or((&*recipe, &*best), |(from, trial)| (from, trial));
            let columns = from.columns();
            let worth = self.worth_later(from, trial)?;
            let mut ranked: Vec<usize> = (0..columns.len()).collect();
            ranked.sort_by(|&a, &b| worth[b].total_cmp(&worth[a]).then(a.cmp(&b)));
            let telling = worth.iter().filter(|worth| **worth > 0.0).count();
            // Hardly narrower is hardly another trial, and every fit is long.
            let most = telling.min(columns.len() * 3 / 4);
            // Below the least width only what tells nothing is left out.
            let width = widths.iter().rfind(|&&width| width <= most).copied();
            let Some(width) = width.or((1..=most).contains(&telling).then_some(telling)) else {
                break;
            };
            let kept: Vec<usize> = ranked[..width].iter().map(|&place| columns[place]).collect();
            let other = Recipe {
                views: vec![self.data.with_age(&kept, offered)],
                ..from.clone()
            };
            let trial = self.tried(&format!("the {width} most telling"), &other)?;
            narrower.push((other, trial));
        }
        self.keep_narrowest(narrower, recipe, best);
        Ok(())
    }

    /// Per column, what shuffling it costs the forests of a trial, each on the slice after what it learnt from: which of
    /// several columns that say much the same a forest looks at is chance, and so is what tells in one slice.
    fn worth_later(&mut self, recipe: &Recipe, trial: &Trial) -> Result<Vec<f64>, LearnError> {
        let (data, folds) = (self.data, self.folds);
        let of_one = |k: usize, _: usize, _: &mut dyn FnMut(usize, usize)| {
            let (fold, learnt) = (&folds[k], &trial.learnt[k]);
            let labels = data.labels_of(&fold.later);
            let seen = data.seen(&learnt.columns, &learnt.encodings, &fold.later);
            let forest = &learnt.forest;
            let platt = data.objective.calibrate(&forest.raw_all(&seen), &labels)?;
            let seed = recipe.boost.seed.wrapping_add(k as u64);
            let later = (&seen, labels.as_slice());
            Ok(permutation_importance(forest, platt, data.objective, later, seed))
        };
        let told = &mut |done, total| self.progress.stage("what tells later", done, total);
        let found: Vec<Result<Vec<f64>, LearnError>> = split(trial.learnt.len(), self.options.threads, &of_one, told);
        let mut worth = vec![0.0; recipe.columns().len()];
        for of_one in found {
            worth.iter_mut().zip(of_one?).for_each(|(sum, one)| *sum += one);
        }
        Ok(worth)
    }

    /// Takes the best of these and the recipe so far, or the narrowest that is within noise of it: where the mean of the
    /// rows' differences in loss is below its standard error (the one-standard-error rule of Breiman et al. 1984, paired by
    /// row). `narrower` goes from wide to narrow.
    fn keep_narrowest(&self, narrower: Vec<(Recipe, Trial)>, recipe: &mut Recipe, best: &mut Trial) {
        let mut tried: Vec<(Recipe, Trial)> = Vec::new();
        for (narrower, trial) in narrower {
            if trial.loss < best.loss {
                (*recipe, *best) = (narrower, trial);
                tried.clear();
            } else {
                tried.push((narrower, trial));
            }
        }
        let within = |(_, trial): &(Recipe, Trial)| is_noise(&best.gaps_to(trial, self), 1.0);
        if let Some(narrowest) = tried.iter().rposition(within) {
            (*recipe, *best) = tried.swap_remove(narrowest);
        }
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
            let name = also_learnt_from(beyond);
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

    /// A second view of the entity itself, averaged with the first unless one of the two alone is surely better: with few
    /// examples the average of two views errs less than either.
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
        if self.is_surely_better(&trial, &average) && trial.loss < best.loss {
            (*recipe, *best) = (closer, trial);
        } else if !self.is_surely_better(best, &average) {
            (*recipe, *best) = (both, average);
        }
        Ok(())
    }

    /// A line beside the trees that starts from a column, whatever the held-out rows say of it: they chose the trees, and
    /// know them too well. The trees' calibration is theirs, and the line is not stretched.
    pub(super) fn draw_line(
        &mut self,
        from: Option<usize>,
        recipe: &mut Recipe,
        best: &mut Trial,
    ) -> Result<(), LearnError> {
        let beside = Beside {
            from,
            slope: best.platt.slope,
        };
        let with_line = Recipe {
            line: Some(beside),
            ..recipe.clone()
        };
        let mut of_line = Vec::with_capacity(best.raw.len());
        for fold in self.folds {
            let line = self.data.line(&with_line, &fold.earlier)?;
            of_line.extend(
                line.forest
                    .raw_all(&self.data.seen(&line.columns, &line.encodings, &fold.later)),
            );
        }
        let [share_of_trees, share_of_line] = beside.shares();
        let mixed = best.raw.iter().zip(of_line);
        let raw: Vec<f64> = mixed
            .map(|(trees, line)| share_of_trees * trees + share_of_line * line)
            .collect();
        let width = with_line.columns().len();
        let trial = self.judged_as_calibrated("a line beside the trees", width, raw, best.trees.clone());
        (*recipe, *best) = (with_line, trial);
        Ok(())
    }

    /// Whether one trial is better than an average by more than noise explains, and than being the best of many on these very
    /// rows does.
    fn is_surely_better(&self, one: &Trial, average: &Trial) -> bool {
        one.loss < average.loss * (1.0 - CHOSEN) && !is_noise(&one.gaps_to(average, self), 1.0)
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

    /// Several fits averaged, each of which is calibrated already.
    pub(super) fn average(&mut self, fits: Vec<(Recipe, Trial)>) -> Found {
        let raws: Vec<&[f64]> = fits.iter().map(|(_, trial)| trial.raw.as_slice()).collect();
        let raw = means(&raws);
        let columns = distinct(fits.iter().flat_map(|(recipe, _)| recipe.columns()));
        let trees = fits.iter().flat_map(|(_, trial)| trial.trees.clone()).collect();
        let name = format!("{} fits averaged", fits.len());
        let trial = self.judged_as_calibrated(&name, columns.len(), raw, trees);
        let part = |(recipe, trial): (Recipe, Trial)| Part::last(recipe, &trial.trees);
        Found {
            parts: fits.into_iter().map(part).collect(),
            trial,
        }
    }

    /// How many forests of a recipe are averaged: so many, or one where the average is not worth more than each is in the mean.
    pub(super) fn average_seeds(&mut self, seeds: usize, recipe: &Recipe) -> Result<Found, LearnError> {
        let single = |seed: u64| (format!("with seed {seed}"), recipe.drawn_by(seed));
        let singles: Vec<(String, Recipe)> = drawn(recipe.boost.seed, seeds).into_iter().map(single).collect();
        let mut trials = self.tried_all(&singles)?;
        let all: Vec<&Trial> = trials.iter().collect();
        let trees: Vec<usize> = (0..recipe.views.len())
            .map(|view| all.iter().map(|trial| trial.trees[view]).sum::<usize>() / all.len())
            .collect();
        let raws: Vec<&[f64]> = all.iter().map(|trial| trial.raw.as_slice()).collect();
        let average = self.judged("several seeds averaged", recipe.columns().len(), means(&raws), trees)?;
        if self.is_worth(&average, &all, AVERAGE_WORTH) {
            let parts = singles.into_iter().map(|(_, one)| Part::last(one, &average.trees));
            return Ok(Found {
                parts: parts.collect(),
                trial: average,
            });
        }
        let trial = trials.swap_remove(0);
        Ok(Found {
            parts: vec![Part::last(recipe.clone(), &trial.trees)],
            trial,
        })
    }

    /// Whether a trial is better than others are in the mean, by more than this share of their loss and by more than chance.
    #[allow(clippy::cast_precision_loss)]
    fn is_worth(&self, trial: &Trial, others: &[&Trial], share: f64) -> bool {
        let loss = others.iter().map(|other| other.loss).sum::<f64>() / others.len() as f64;
        let gaps: Vec<Vec<f64>> = others.iter().map(|other| trial.gaps_to(other, self)).collect();
        let gaps = means(&gaps.iter().map(Vec::as_slice).collect::<Vec<_>>());
        trial.loss < loss * (1.0 - share) && !is_noise(&gaps, 0.5)
    }

    /// The fewest of these columns, the most telling first, within noise of the best number.
    pub(super) fn narrow(
        &mut self,
        ranked: &[usize],
        offered: &[usize],
        recipe: &mut Recipe,
        best: &mut Trial,
    ) -> Result<(), LearnError> {
        let mut widths = self.options.widths.clone();
        widths.retain(|width| (FEW_NEED..recipe.columns().len().min(ranked.len())).contains(width));
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
        let others = others.into_iter().map(|(_, other)| other);
        self.keep_narrowest(others.zip(trials).collect(), recipe, best);
        Ok(())
    }
}

impl Trial {
    /// How it did, with so many features.
    pub(super) fn in_words(&self, features: usize) -> String {
        let shown: Vec<String> = self
            .figures
            .iter()
            .take(3)
            .map(|(n, v)| format!("{n} {v:.4}"))
            .collect();
        let trees = self.trees.iter().sum::<usize>();
        format!("{features} features, {trees} trees: {}", shown.join(", "))
    }

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::fitting::longer;
    use crate::learn::fitting::tests::{Silent, orders};
    use crate::learn::objective::mean;

    /// The columns kept of all, and whether the most telling is among them.
    fn eliminated(widths: &[usize]) -> (usize, usize, bool) {
        let data = orders();
        let folds = data.folds();
        let columns = data.all_columns();
        let options = TrainOptions {
            widths: widths.to_vec(),
            ..TrainOptions::default()
        };
        let mut silent = Silent;
        let mut search = Search::over(&data, &folds, &options, &mut silent);
        let mut recipe = Recipe {
            views: vec![columns.clone()],
            boost: BoostOptions {
                iterations: 60,
                learning_rate: Some(0.1),
                ..BoostOptions::default()
            },
            beyond: (0, 0.0),
            oldest: 1.0,
            line: None,
        };
        let mut best = search.tried("all", &recipe).unwrap();
        let (all, worth) = (best.loss, search.worth_later(&recipe, &best).unwrap());
        search.eliminate(&columns, &mut recipe, &mut best).unwrap();
        assert!(best.loss < all * 1.02, "{} against {all}", best.loss);
        let most = (0..columns.len()).max_by(|&a, &b| worth[a].total_cmp(&worth[b]));
        let kept = recipe.columns();
        (kept.len(), columns.len(), kept.contains(&columns[most.unwrap()]))
    }

    #[test]
    fn fits_that_are_calibrated_are_averaged_as_they_are() {
        let data = orders();
        let folds = data.folds();
        let options = TrainOptions::default();
        let mut silent = Silent;
        let mut search = Search::over(&data, &folds, &options, &mut silent);
        let mut fits = Vec::new();
        for (seed, columns) in [(1, data.all_columns()), (2, data.all_columns()[1..].to_vec())] {
            let mut recipe = Recipe {
                views: vec![columns],
                boost: BoostOptions {
                    iterations: 40,
                    seed,
                    ..BoostOptions::default()
                },
                beyond: (0, 0.0),
                oldest: 1.0,
                line: None,
            };
            let mut best = search.tried("one", &recipe).unwrap();
            search.draw_line(data.alike_column(), &mut recipe, &mut best).unwrap();
            fits.push((recipe, best));
        }
        let raws: Vec<Vec<f64>> = fits.iter().map(|(_, trial)| trial.raw.clone()).collect();
        let trees: Vec<usize> = fits.iter().map(|(_, trial)| trial.trees[0]).collect();
        let Found { parts, trial } = search.average(fits);
        for (row, both) in trial.raw.iter().enumerate() {
            assert!((both - (raws[0][row] + raws[1][row]) / 2.0).abs() < 1e-12);
        }
        let answered = trial.answers.iter().sum::<f64>() / trial.answers.len() as f64;
        let wanted = mean(&search.held_out);
        assert!(trial.platt.slope.to_bits() == 1.0_f64.to_bits() && (answered - wanted).abs() < 1e-6);
        let lengths: Vec<usize> = parts.iter().map(|part| part.lengths[0]).collect();
        assert_eq!(lengths, trees.into_iter().map(longer).collect::<Vec<_>>());
    }

    #[test]
    fn what_tells_stays_when_columns_are_eliminated() {
        let (kept, of, most_telling) = eliminated(&[2, 4]);
        assert!(most_telling && kept <= 4 && kept < of, "{kept} of {of}");
    }

    #[test]
    fn what_tells_nothing_goes_though_no_width_is_so_small() {
        let (kept, of, most_telling) = eliminated(&[100]);
        assert!(most_telling && kept < of, "{kept} of {of}");
    }
}
