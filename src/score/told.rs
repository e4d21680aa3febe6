//! A score told apart: exactly where the bundle's model is our trees, by sampling where it is another one.

use super::scorer::{ScoreError, Scorer};
use crate::data::{RowId, Timestamp};
use crate::explain::Learnt;
use crate::explain::reason::things;
use crate::explain::sampled::sampled;
use crate::learn::encode::combinations;
use crate::learn::loss::logit;
use crate::learn::objective::Objective;
use crate::learn::residuals::Correction;
use crate::relate::{Asker, Feature};

/// A score and what each feature adds to it.
pub(super) struct ToldApart {
    /// The calibrated log-odds, or the number.
    pub score: f64,
    /// What it would be if nothing were known; with the values, and what later answers add, it sums to the score.
    pub base: f64,
    /// What answers that came after training add.
    pub since: Option<Correction>,
    /// Feature by feature. Sampled values are of things, and shared evenly by the features about one thing.
    pub values: Vec<f64>,
    /// Standard errors of sampled values, each thing's at its first feature.
    pub errors: Option<Vec<f64>>,
}

/// Rows that stand for what is usual, at most.
const OTHERS: usize = 32;
/// The same row is told apart in the same way.
const SEED: u64 = 0x0005_ca1e;

impl Scorer {
    /// Tells the model's score of a feature row apart.
    pub(super) fn tell_apart(&self, row: &[f32]) -> Result<ToldApart, ScoreError> {
        let model = &self.bundle.model;
        if !self.bundle.foreign {
            let told = self.explainer.explain(row).calibrated(&model.platt);
            return Ok(ToldApart {
                score: model.score(row),
                base: told.base,
                since: None,
                values: told.values,
                errors: None,
            });
        }
        let (schema, entity) = (&self.bundle.opened.database.schema, self.task.entity);
        let groups = things(&model.features, schema, entity, &self.target);
        let others = self.others(row.len());
        let told = sampled(&groups, row, &others, SEED, &mut |rows| self.foreign_scores(rows))?;
        let mut values = vec![0.0; row.len()];
        let mut errors = vec![0.0; row.len()];
        for (places, (value, error)) in groups.iter().zip(told.values.iter().zip(&told.errors)) {
            #[allow(clippy::cast_precision_loss)]
            let part = value / places.len() as f64;
            places.iter().for_each(|&place| values[place] = part);
            if let Some(&first) = places.first() {
                errors[first] = *error;
            }
        }
        Ok(ToldApart {
            score: told.base + values.iter().sum::<f64>(),
            base: told.base,
            since: None,
            values,
            errors: Some(errors),
        })
    }

    /// What the training examples said of an asker's values, for the features that are encoded categories.
    pub(super) fn learnt(&self, asker: Asker) -> Vec<Option<Learnt>> {
        let (model, database) = (&self.bundle.model, &self.bundle.opened.database);
        let mut encodings = model.encodings.iter();
        let features = model.features.features.iter().map(|feature| {
            let Feature::Encoded { paths } = feature else {
                return None;
            };
            let encoding = encodings.next()?;
            let combination = *combinations(database, self.task.entity, paths, &[asker]).first()?;
            encoding.tally(combination).map(|tally| Learnt {
                count: tally.count,
                mean: f64::from(tally.mean),
            })
        });
        features.collect()
    }

    /// What a model that is not ours says, as log-odds or as a number.
    fn foreign_scores(&self, rows: &[Vec<f32>]) -> Result<Vec<f64>, ScoreError> {
        const SURE: f64 = 1e-6;
        let answers = self.bundle.answers(rows)?;
        let is_chance = self.bundle.model.objective == Objective::YesNo;
        let score = |answer: f64| match answer {
            p if is_chance => logit(p.clamp(SURE, 1.0 - SURE)),
            x => x,
        };
        Ok(answers.into_iter().map(score).collect())
    }

    /// Feature rows of entities that the tables hold, spread evenly, each at its own time; one of nothing known if there
    /// are none.
    fn others(&self, width: usize) -> Vec<Vec<f32>> {
        let opened = &self.bundle.opened;
        let (database, entity) = (&opened.database, self.task.entity);
        let rows = database.table(entity).rows;
        let moment = |row: RowId| {
            let own = database
                .row_time(entity, row)
                .filter(|t| *t > opened.folded_to && *t != Timestamp::MAX);
            own.unwrap_or(opened.built_at)
        };
        let found: Vec<Vec<f32>> = (0..rows)
            .step_by(rows.div_ceil(OTHERS).max(1))
            .filter_map(|row| u32::try_from(row).ok().map(RowId))
            .map(|row| self.values(Asker::new(row, moment(row))))
            .collect();
        if found.is_empty() {
            vec![vec![f32::NAN; width]]
        } else {
            found
        }
    }
}
