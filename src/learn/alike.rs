//! Rows whose answers are known, by the categories that make others like them; and what a row's likes turned out to be, as a
//! feature: their mean answer, the more alike the more it counts (kernel regression: Nadaraya 1964, Watson 1964; of categories:
//! Aitchison & Aitken 1976).

use serde::{Deserialize, Serialize};

use super::encode::combinations;
use super::example::Example;
use super::loss::logit;
use super::objective::Objective;
use crate::data::{Database, RowId, TableId, Timestamp};
use crate::parallel::{cores, each};
use crate::relate::feature::FeatureSet;
use crate::relate::path::ColumnPath;
use crate::relate::view::Asker;

/// The latest so many answers make up the feature.
const LATEST: usize = 4_096;
/// A row that shares no category weighs e to the minus so much; each shared one takes off an equal part of it.
const NARROW: f64 = 14.0;
/// What the mean of all weighs, in rows that share everything.
const PRIOR: f64 = 0.1;
/// What a row weighs that the question leaves out.
const BEYOND: f64 = 0.5;
/// So many categories make rows alike at most.
const MOST: usize = 16;

/// Rows whose answers are known, and their categories.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Answered {
    /// Where the categories are; whoever keeps these rows says it again when they come from a file.
    #[serde(skip)]
    paths: Vec<ColumnPath>,
    /// When each answer was known, ascending.
    known_at: Vec<Timestamp>,
    /// The rows' categories, as hashes, a row after the other.
    categories: Vec<u32>,
    /// The answers: 1, 0, or the number.
    pub(super) labels: Vec<f32>,
}

impl Answered {
    /// The answers of `examples`, which are in [`turn`].
    pub(super) fn of(database: &Database, entity: TableId, paths: Vec<ColumnPath>, examples: &[Example]) -> Self {
        debug_assert!(examples.is_sorted_by_key(turn));
        let askers: Vec<Asker> = examples.iter().map(|e| e.asker).collect();
        Self {
            known_at: examples.iter().map(|e| e.closed_at).collect(),
            categories: categories(database, entity, &paths, &askers),
            labels: examples.iter().map(|e| e.label).collect(),
            paths,
        }
    }

    /// The same, as it came from a file, by categories that are there; `None` where its lists do not fit together or to them.
    pub(super) fn by(mut self, paths: Vec<ColumnPath>) -> Option<Self> {
        self.paths = paths;
        let rows = self.len();
        let fits = !self.paths.is_empty()
            && Some(self.categories.len()) == rows.checked_mul(self.paths.len())
            && self.labels.len() == rows
            && self.known_at.is_sorted()
            && self.labels.iter().all(|label| label.is_finite());
        fits.then_some(self)
    }

    pub(super) fn len(&self) -> usize {
        self.known_at.len()
    }

    /// The asker's categories.
    pub(super) fn categories_of(&self, database: &Database, entity: TableId, asker: Asker) -> Vec<u32> {
        categories(database, entity, &self.paths, &[asker])
    }

    /// Of the latest so many rows that were answered by a moment each one's place, and how many of these categories it does
    /// not share.
    pub(super) fn by_moment<'a>(
        &'a self,
        own: &'a [u32],
        moment: Timestamp,
        latest: usize,
    ) -> impl Iterator<Item = (usize, usize)> + 'a {
        let until = self.known_at.partition_point(|known| *known <= moment);
        let from = until.saturating_sub(latest);
        let rows = self.categories.chunks_exact(own.len().max(1)).skip(from);
        (from..until).zip(rows).map(move |(row, other)| {
            let different = other.iter().zip(own).filter(|(a, b)| a != b).count();
            (row, different)
        })
    }

    /// Leaves out all but the latest so many.
    fn cut(&mut self, latest: usize) {
        let first = self.len().saturating_sub(latest);
        self.known_at.drain(..first);
        self.labels.drain(..first);
        self.categories.drain(..first * self.paths.len());
    }
}

/// What a row weighs by how many of `width` categories it does not share, if one that shares none weighs e to the minus
/// `narrow`.
#[allow(clippy::cast_precision_loss)]
pub(super) fn kernel(narrow: f64, width: usize) -> Vec<f64> {
    let each = narrow / width.max(1) as f64;
    (0..=width)
        .map(|different| libm::exp(-each * different as f64))
        .collect()
}

/// When an answer was known, and of those known at once the order they were asked in.
pub(super) fn turn(example: &Example) -> (Timestamp, Timestamp, RowId) {
    (example.closed_at, example.asker.anchor, example.asker.row)
}

/// The askers' categories as hashes, an asker after the other.
fn categories(database: &Database, entity: TableId, paths: &[ColumnPath], askers: &[Asker]) -> Vec<u32> {
    let columns: Vec<Vec<u32>> = paths
        .iter()
        .map(|path| combinations(database, entity, std::slice::from_ref(path), askers))
        .collect();
    (0..askers.len())
        .flat_map(|row| columns.iter().map(move |column| column[row]))
        .collect()
}

/// What rows like an asker's turned out to be, of those answered by its moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alike {
    answered: Answered,
    /// Which of them the question is about.
    inside: Vec<bool>,
    /// The mean answer where there is none like it.
    base: f64,
    objective: Objective,
}

impl Alike {
    /// Of the examples that were answered by `until`. `base` is the mean answer, between 0 and 1 for a yes or no.
    #[must_use]
    pub fn of(
        database: &Database,
        entity: TableId,
        paths: &[ColumnPath],
        (examples, until): (&[Example], Timestamp),
        (base, objective): (f64, Objective),
    ) -> Self {
        let answered = examples.iter().filter(|e| e.closed_at <= until);
        let mut examples: Vec<Example> = answered.copied().collect();
        examples.sort_by_key(turn);
        Self {
            answered: Answered::of(database, entity, paths.to_vec(), &examples),
            inside: examples.iter().map(|e| e.in_population).collect(),
            base,
            objective,
        }
    }

    /// The same question's, of other examples: what is known by now, or what another folder knows.
    #[must_use]
    pub fn over(&self, database: &Database, entity: TableId, examples: (&[Example], Timestamp)) -> Self {
        Self::of(
            database,
            entity,
            &self.answered.paths,
            examples,
            (self.base, self.objective),
        )
    }

    /// As it came from a file, for a model of these features; `None` where it does not fit them.
    #[must_use]
    pub fn of_features(mut self, features: &FeatureSet) -> Option<Self> {
        let (_, paths) = features.alike()?;
        self.answered = self.answered.by(paths.to_vec())?;
        let is_mean = match self.objective {
            Objective::YesNo => self.base > 0.0 && self.base < 1.0,
            Objective::Number => self.base.is_finite(),
        };
        (is_mean && self.inside.len() == self.answered.len()).then_some(self)
    }

    /// As much of it as the latest askers need.
    #[must_use]
    pub fn latest(mut self) -> Self {
        self.answered.cut(LATEST);
        self.inside.drain(..self.inside.len() - self.answered.len());
        self
    }

    /// The feature for one asker: log-odds of the mean answer, or the mean number.
    #[must_use]
    pub fn value(&self, database: &Database, entity: TableId, asker: Asker) -> f32 {
        let own = self.answered.categories_of(database, entity, asker);
        self.mean(&kernel(NARROW, own.len()), &own, asker.anchor)
    }

    /// The feature for many.
    #[must_use]
    pub fn values(&self, database: &Database, entity: TableId, askers: &[Asker]) -> Vec<f32> {
        const BLOCK: usize = 256;
        let width = self.answered.paths.len();
        let kernel = kernel(NARROW, width);
        let own = categories(database, entity, &self.answered.paths, askers);
        let of_block = |block: usize| -> Vec<f32> {
            let from = block * BLOCK;
            let askers = &askers[from..(from + BLOCK).min(askers.len())];
            let own = own.chunks_exact(width.max(1)).skip(from);
            let both = askers.iter().zip(own);
            both.map(|(asker, own)| self.mean(&kernel, own, asker.anchor)).collect()
        };
        each(askers.len().div_ceil(BLOCK), cores(), &of_block, &mut |_, _| {}).concat()
    }

    #[allow(clippy::cast_possible_truncation)]
    fn mean(&self, kernel: &[f64], own: &[u32], moment: Timestamp) -> f32 {
        let (mut sum, mut total) = (PRIOR * self.base, PRIOR);
        for (row, different) in self.answered.by_moment(own, moment, LATEST) {
            let weight = kernel[different] * if self.inside[row] { 1.0 } else { BEYOND };
            sum += weight * f64::from(self.answered.labels[row]);
            total += weight;
        }
        let mean = sum / total;
        match self.objective {
            Objective::YesNo => logit(mean) as f32,
            Objective::Number => mean as f32,
        }
    }
}

/// The categories by which rows are alike: those that are features by themselves.
pub(super) fn single_categories(set: &FeatureSet, telling: &[usize]) -> Vec<ColumnPath> {
    let single = |&place: &usize| set.features[place].category().cloned();
    telling.iter().filter_map(single).take(MOST).collect()
}
