//! Fitting: features screened by gain on earlier time and, with many examples, ranked by what they are worth later; their
//! number, what further examples are worth, how trees grow and how many forests are averaged, each decided on the latest
//! slices of the training examples ([`super::search`]); a last fit on everything. With few examples all of that is done several
//! times with other draws, and averaged.

use std::collections::BTreeSet;

use super::boost::{BoostOptions, SplitScore, boost_ordered};
use super::calibrate::Platt;
use super::encode::Encoding;
use super::error::LearnError;
use super::fitting::Part;
use super::forest::Forest;
use super::recipe::{RECENT, Recipe, drawn};
use super::search::{Fold, Found, OTHERS, Search, Trial};
use super::train::{Progress, TrainOptions, Training};
use crate::data::RowId;
use crate::parallel::split;

/// The share of the training examples, latest first, that early stopping, every choice and calibration use.
const HELD_OUT: f64 = 0.25;
/// With more examples than this the search is short: there is little to gain, and every fit is long.
pub(super) const MANY: usize = 5_000;
/// Screening looks at the latest so many examples.
const SCREENED: usize = 20_000;
/// The search learns from the latest so many of a fold; how many forests are averaged, and how long they are, from all.
const SOUGHT: usize = 40_000;
/// With many examples so many forests are averaged where that pays.
const SEEDS: usize = 3;
/// With few examples so many whole fits are averaged, each with draws and so with choices of its own: what held-out rows say
/// of two choices is mostly chance, and the average of several goes wrong less often than any.
const FITS: usize = 5;
/// The forests that screen columns for each of them: by one alone, of columns that say little much is chance.
const SCREENS: usize = 3;

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
    /// How it was fitted: the fits that were averaged.
    pub(super) parts: Vec<Part>,
    /// The seed of its draws.
    pub(super) seed: u64,
    /// The threads that it was fitted by.
    pub(super) threads: usize,
    /// Raw scores of the latest slice by a forest of the rows before it.
    pub(super) held_out: Vec<f64>,
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

impl Training {
    /// Chooses among `columns` on the latest slices, then fits on everything.
    ///
    /// # Errors
    /// When boosting refuses its options or rows.
    pub fn fit(
        &self,
        columns: &[usize],
        options: &TrainOptions,
        progress: &mut dyn Progress,
    ) -> Result<Fitted, LearnError> {
        let folds = self.folds();
        let found = if self.inside <= MANY {
            self.found_with_few(columns, &folds, options, progress)
        } else {
            self.found_with_many(columns, &folds, options, progress)
        };
        let Found { parts, trial } = found?;
        let everything: Vec<usize> = (0..self.inside).collect();
        let told = &mut |done, total| progress.stage("fitting on everything", done, total);
        let learnt = self.average(&parts, &everything, None, options.threads, told)?;
        // The share of yes may have moved between what the trial learnt from and what judged it; the last fit has seen
        // both, and is centred on the latest examples.
        let latest: Vec<usize> = (self.split()..self.inside).collect();
        let raw = learnt
            .forest
            .raw_all(&self.seen(&learnt.columns, &learnt.encodings, &latest));
        let labels = self.labels_of(&latest);
        let platt = self.objective.centred(trial.platt, &raw, &labels);
        let Trial { figures, mut raw, .. } = trial;
        Ok(Fitted {
            columns: learnt.columns,
            encodings: learnt.encodings,
            forest: learnt.forest,
            platt,
            validation: figures,
            parts,
            seed: options.seed,
            threads: options.threads,
            held_out: raw.split_off(raw.len() - latest.len()),
        })
    }

    /// Several whole fits, which differ in their draws, averaged.
    fn found_with_few(
        &self,
        columns: &[usize],
        folds: &[Fold],
        options: &TrainOptions,
        progress: &mut dyn Progress,
    ) -> Result<Found, LearnError> {
        let mut fits = Vec::new();
        for (number, seed) in (1..).zip(drawn(options.seed, FITS)) {
            let options = TrainOptions {
                seed,
                ..options.clone()
            };
            let mut one = OneOf { number, progress };
            let (recipe, trial) = self.one_of_few(columns, folds, &options, &mut one)?;
            let (decided, did) = (recipe.in_words(), trial.in_words(recipe.columns().len()));
            progress.note(format!("fit {number} of {FITS}: {decided}: {did}"));
            fits.push((recipe, trial));
        }
        Ok(Search::over(self, folds, options, progress).average(fits))
    }

    /// One of several fits: a recipe, and how it did on the later rows of the folds.
    fn one_of_few(
        &self,
        columns: &[usize],
        folds: &[Fold],
        options: &TrainOptions,
        progress: &mut dyn Progress,
    ) -> Result<(Recipe, Trial), LearnError> {
        // To trees it is no better than the columns that it is made of; a line starts from it.
        let alike = self.alike_column();
        let from = alike.filter(|column| columns.contains(column));
        let told = |column: &usize| Some(*column) != alike;
        let columns: Vec<usize> = columns.iter().copied().filter(told).collect();
        // Few examples lose by Newton's score more often than they gain.
        let score = SplitScore::Cosine;
        let earlier = latest_of(folds);
        let ranked = self.screen(&columns, earlier, SCREENS, score, options, progress)?;
        let mut recipe = self.widest(&ranked, &columns, options);
        recipe.boost.learning_rate = Some(0.03);
        recipe.boost.column_share = 0.5;
        recipe.boost.score = score;
        let mut search = Search::over(self, folds, options, progress);
        let mut best = search.tried("all that tell", &recipe)?;
        search.reach_beyond(earlier, &mut recipe, &mut best)?;
        let fading = Recipe {
            oldest: 0.3,
            ..recipe.clone()
        };
        search.keep_better(RECENT, fading, &mut recipe, &mut best)?;
        search.shape(&mut recipe, &mut best)?;
        search.narrow(&ranked, &columns, &mut recipe, &mut best)?;
        let own = self.own_columns();
        let own: Vec<usize> = columns.iter().copied().filter(|c| own.contains(c)).collect();
        if !own.is_empty() && own.len() < columns.len() {
            let mut closer = self.screen(&own, earlier, SCREENS, score, options, search.progress)?;
            let others = ranked.iter().filter(|c| !own.contains(c));
            closer.extend(others.take(OTHERS));
            search.look_closer(self.with_age(&closer, &columns), &mut recipe, &mut best)?;
        }
        search.draw_line(from, &mut recipe, &mut best)?;
        Ok((recipe, best))
    }

    /// One fit, whose forest is averaged with others of its recipe where that pays.
    fn found_with_many(
        &self,
        columns: &[usize],
        folds: &[Fold],
        options: &TrainOptions,
        progress: &mut dyn Progress,
    ) -> Result<Found, LearnError> {
        // Rare answers gain most by it. Words and combinations of categories, which are looked for before, did not gain.
        let score = SplitScore::Newton;
        let earlier = latest_of(folds);
        let ranked = self.screen(columns, earlier, 1, score, options, progress)?;
        let mut recipe = self.widest(&ranked, columns, options);
        recipe.boost.learning_rate = Some(0.06);
        // The fewer columns are left, the more a tree misses that is not offered one of them.
        recipe.boost.column_share = 0.8;
        recipe.boost.score = score;
        let sought: Vec<Fold> = folds.iter().map(|fold| fold.latest(SOUGHT)).collect();
        let mut search = Search::over(self, &sought, options, progress);
        let mut best = search.tried("all that tell", &recipe)?;
        search.reach_beyond(earlier, &mut recipe, &mut best)?;
        search.eliminate(columns, &mut recipe, &mut best)?;
        search.shape(&mut recipe, &mut best)?;
        let latest = folds.last().map_or(&[][..], std::slice::from_ref);
        let mut search = Search::over(self, latest, options, search.progress);
        search.average_seeds(SEEDS, &recipe)
    }

    /// A recipe over the most telling of `ranked` columns.
    fn widest(&self, ranked: &[usize], offered: &[usize], options: &TrainOptions) -> Recipe {
        let widest = options.widths.iter().copied().max().unwrap_or(ranked.len());
        Recipe {
            views: vec![self.with_age(&ranked[..widest.min(ranked.len())], offered)],
            boost: BoostOptions {
                iterations: options.trees,
                loss: self.objective.loss(),
                monotone: Vec::new(),
                seed: options.seed,
                threads: options.threads,
                ..BoostOptions::default()
            },
            beyond: (0, 0.0),
            oldest: 1.0,
            line: None,
        }
    }

    /// The columns in order of what they are worth to so many forests on earlier time, grown by this score; those worth
    /// nothing left out.
    pub(super) fn screen(
        &self,
        columns: &[usize],
        earlier: &[usize],
        forests: usize,
        score: SplitScore,
        options: &TrainOptions,
        progress: &mut dyn Progress,
    ) -> Result<Vec<usize>, LearnError> {
        if columns.is_empty() {
            return Err(LearnError::NoFeatures);
        }
        let screen = BoostOptions {
            score,
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
        let mut rows = earlier[earlier.len().saturating_sub(SCREENED)..].to_vec();
        if rows.len() < MANY && rows.iter().all(|&row| row < self.inside) {
            // Of few examples those beyond the question tell much of what there is to tell.
            let last = rows.iter().map(|&row| self.rows[row].asker.anchor).max();
            let beyond = (self.inside..self.rows.len()).rev();
            let before = |row: &usize| last.is_some_and(|last| self.rows[*row].asker.anchor <= last);
            rows.extend(beyond.filter(before).take(2 * earlier.len()));
        }
        let rows = rows.as_slice();
        let labels = self.labels_of(rows);
        let (matrix, ordered, _) = self.prepared(columns, rows, &labels, &vec![1.0; rows.len()], options.seed);
        let of_one = |k: usize, threads: usize, told: &mut dyn FnMut(usize, usize)| {
            let screen = BoostOptions {
                seed: options.seed.wrapping_add(k as u64),
                threads,
                ..screen.clone()
            };
            Ok(boost_ordered(&matrix, &ordered, &labels, None, None, &screen, told)?.gains)
        };
        let told = &mut |done, total| progress.stage("screening features", done, total);
        let found: Vec<Result<Vec<f64>, LearnError>> = split(forests, options.threads, &of_one, told);
        let mut gains = vec![0.0; columns.len()];
        for of_one in found {
            gains.iter_mut().zip(of_one?).for_each(|(sum, gain)| *sum += gain);
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
    pub(super) fn with_age(&self, kept: &[usize], offered: &[usize]) -> Vec<usize> {
        let age = self
            .age_column()
            .filter(|age| offered.contains(age) && !kept.contains(age));
        kept.iter().copied().chain(age).collect()
    }

    /// Ways to learn also from examples that the question's WHERE leaves out: how many, and what each weighs.
    pub(super) fn ways_beyond(&self, earlier: &[usize]) -> Vec<(usize, f32)> {
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
        ways
    }

    /// What is fitted on and what is judged on after it: the latest quarter, and, since one slice would decide by chance,
    /// the quarter before it too.
    pub(super) fn folds(&self) -> Vec<Fold> {
        let split = self.split();
        let before = (2 * split).saturating_sub(self.inside);
        let before = (before >= 20).then(|| self.fold(before, split));
        before.into_iter().chain([self.fold(split, self.inside)]).collect()
    }

    /// The rows before any that judges.
    pub(super) fn earliest(&self) -> Vec<usize> {
        let folds = self.folds().into_iter();
        folds.map(|fold| fold.earlier).next().unwrap_or_default()
    }

    fn fold(&self, from: usize, to: usize) -> Fold {
        Fold {
            earlier: self.earlier(from, to),
            later: (from..to).collect(),
        }
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
}

/// What the latest fold fits on.
fn latest_of(folds: &[Fold]) -> &[usize] {
    folds.last().map_or(&[][..], |fold| &fold.earlier)
}

/// The progress of one of several fits. Of its trials the first says all, the others nothing.
struct OneOf<'a> {
    number: usize,
    progress: &'a mut dyn Progress,
}

impl Progress for OneOf<'_> {
    fn stage(&mut self, name: &str, done: usize, total: usize) {
        let name = format!("fit {} of {FITS}, {name}", self.number);
        self.progress.stage(&name, done, total);
    }

    fn note(&mut self, line: String) {
        if self.number == 1 {
            self.progress.note(line);
        }
    }
}
