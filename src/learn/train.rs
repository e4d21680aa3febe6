//! From examples to a calibrated model: candidates, screening by gain on earlier time, early stopping on the latest slice,
//! calibration on that slice, and a last fit on everything.

use serde::{Deserialize, Serialize};

use super::boost::{BoostOptions, boost};
use super::calibrate::Platt;
use super::error::LearnError;
use super::example::{Example, Examples, matrix};
use super::forest::Forest;
use super::matrix::Matrix;
use super::metrics;
use super::text::{TextModel, TextOptions};
use crate::data::table::Cell;
use crate::data::{ColumnId, Database, TableId, Timestamp};
use crate::query::{Task, TaskKind};
use crate::relate::enumerate::{Reach, enumerate};
use crate::relate::feature::{Feature, FeatureSet};
use crate::relate::view::{Asker, Relations};

/// How to train.
#[derive(Clone, Debug)]
pub struct TrainOptions {
    /// Seed of every draw.
    pub seed: u64,
    /// How far features reach.
    pub reach: Reach,
    /// Numbers of features tried, ascending; the fewest whose validation loss is as good as the best are kept.
    pub widths: Vec<usize>,
    /// Most trees.
    pub trees: usize,
    /// Threads; the model is the same for any number.
    pub threads: usize,
}

impl Default for TrainOptions {
    fn default() -> Self {
        Self {
            seed: 0,
            reach: Reach::default(),
            widths: vec![20, 40, 80, 120],
            trees: 1000,
            threads: 1,
        }
    }
}

/// Hears how far training has come.
pub trait Progress {
    /// `done` of `total` of a stage; called often.
    fn stage(&mut self, name: &str, done: usize, total: usize);
    /// Something worth telling once.
    fn note(&mut self, line: String);
}

/// A model of one question, without its tables.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Model {
    /// What it looks at.
    pub features: FeatureSet,
    /// Raw scores.
    pub forest: Forest,
    /// Raw scores to log-odds.
    pub platt: Platt,
    /// The text score, when a feature is one.
    pub text: Option<TextModel>,
    /// The share of yes among the examples trained on.
    pub base_rate: f64,
    /// The number of examples trained on.
    pub examples: usize,
    /// Figures on the latest training slice, by name.
    pub validation: Vec<(String, f64)>,
}

/// The share of the training examples, latest first, that early stopping, the choice of features and calibration use.
const HELD_OUT: f64 = 0.25;
/// A wider model must lower the validation loss by this share to be worth its width.
const WORTH: f64 = 0.004;
/// Fewer examples, or fewer of either answer, are not enough to learn from.
const LEAST: usize = 10;

/// A forest over some columns of a matrix, and what it was worth on the held-out slice.
pub struct Fitted {
    /// Columns of the matrix it was fitted on, in the forest's order.
    pub columns: Vec<usize>,
    /// The forest over those columns.
    pub forest: Forest,
    /// Its calibration.
    pub platt: Platt,
    /// Figures on the held-out slice, before the last fit on everything.
    pub validation: Vec<(String, f64)>,
}

/// One width tried.
struct Candidate {
    loss: f64,
    columns: Vec<usize>,
    again: BoostOptions,
    platt: Platt,
    validation: Vec<(String, f64)>,
}

/// Trains on `database`, which must hold nothing later than `until` ([`Database::upto`]).
///
/// # Errors
/// When the question is not a binary one, when there are too few settled examples, or when labels cannot be computed.
pub fn train(
    database: &Database,
    task: &Task,
    until: Timestamp,
    options: &TrainOptions,
    progress: &mut dyn Progress,
) -> Result<(Model, Examples), LearnError> {
    let data = Training::gather(database, task, until, &options.reach, progress)?;
    let fitted = data.fit(&data.all_columns(), options, progress)?;
    let model = data.model(&fitted);
    Ok((model, data.examples))
}

/// Everything that training and the comparison of approaches have in common: examples, candidate features and their matrix.
pub struct Training {
    /// All examples.
    pub examples: Examples,
    /// Those trained on, in order of anchor.
    pub rows: Vec<Example>,
    /// Candidate features.
    pub set: FeatureSet,
    /// Their values, a row per training example.
    pub matrix: Matrix,
    /// The labels of the rows.
    pub labels: Vec<f32>,
    /// The text model fitted on everything settled, when there is text.
    pub text: Option<TextModel>,
}

impl Training {
    /// Gathers examples and computes every candidate feature.
    ///
    /// # Errors
    /// As [`train`].
    pub fn gather(
        database: &Database,
        task: &Task,
        until: Timestamp,
        reach: &Reach,
        progress: &mut dyn Progress,
    ) -> Result<Self, LearnError> {
        if !matches!(task.kind, TaskKind::Binary) {
            return Err(LearnError::NotTrainedYet(task.kind.task_type().to_owned()));
        }
        let examples = Examples::gather(database, task, until)?;
        let rows = examples.settled_by(until);
        let labels: Vec<f32> = rows.iter().map(|e| e.label).collect();
        let positives = labels.iter().filter(|l| **l > 0.5).count();
        if positives < LEAST || labels.len() - positives < LEAST {
            return Err(LearnError::TooFew {
                examples: labels.len(),
                positives,
                least: LEAST,
            });
        }
        let candidates = enumerate(database, task.entity, until, reach);
        candidates
            .dropped
            .iter()
            .for_each(|line| progress.note(format!("left out: {line}")));
        progress.note(format!(
            "{} examples, {:.1} % yes; {} candidate features over {} series",
            labels.len(),
            100.0 * share(positives, labels.len()),
            candidates.set.features.len(),
            candidates.set.series.len()
        ));
        let relations = Relations::build(
            database,
            task.entity,
            candidates.set,
            &examples.history,
            &mut |done, total| {
                progress.stage("linking tables", done, total);
            },
        );
        let askers: Vec<Asker> = rows.iter().map(|e| e.asker).collect();
        let mut matrix = matrix(database, &relations, &askers, &mut |done, total| {
            progress.stage("computing features", done, total)
        })?;
        let set = relations.set().clone();
        let text = fill_text(
            database,
            task.entity,
            &set,
            &examples,
            until,
            &rows,
            &mut matrix,
            progress,
        )?;
        Ok(Self {
            examples,
            rows,
            set,
            matrix,
            labels,
            text,
        })
    }

    /// The columns that say anything: known for some rows, and not the same for all.
    #[must_use]
    pub fn all_columns(&self) -> Vec<usize> {
        let varies = |column: &[f32]| {
            let first = column.first().copied().unwrap_or(f32::NAN);
            column
                .iter()
                .any(|x| x.to_bits() != first.to_bits() && !(x.is_nan() && first.is_nan()))
        };
        (0..self.matrix.width())
            .filter(|&c| varies(self.matrix.column(c)))
            .collect()
    }

    /// Chooses among `columns` and the number of trees on the latest slice, then fits on everything.
    ///
    /// # Errors
    /// When boosting refuses its options or rows.
    pub fn fit(
        &self,
        columns: &[usize],
        options: &TrainOptions,
        progress: &mut dyn Progress,
    ) -> Result<Fitted, LearnError> {
        let split = self.split();
        let earlier: Vec<usize> = (0..split).collect();
        let later: Vec<usize> = (split..self.labels.len()).collect();
        let (labels, held_out) = self.labels.split_at(split);
        let part = |columns: &[usize], rows: &[usize]| self.matrix.select_columns(columns).select_rows(rows);

        let base = BoostOptions {
            seed: options.seed,
            threads: options.threads,
            ..BoostOptions::default()
        };
        let screen = BoostOptions {
            iterations: 150,
            learning_rate: Some(0.1),
            column_share: 0.3,
            max_bins: 64,
            patience: None,
            ..base.clone()
        };
        let gains = boost(
            &part(columns, &earlier),
            labels,
            None,
            None,
            &screen,
            &mut |done, total| {
                progress.stage("screening features", done, total);
            },
        )?
        .gains;
        let mut ranked: Vec<usize> = (0..columns.len()).filter(|&c| gains[c] > 0.0).collect();
        ranked.sort_by(|&a, &b| gains[b].total_cmp(&gains[a]).then(a.cmp(&b)));

        let mut best: Option<Candidate> = None;
        let mut widths = options.widths.clone();
        widths.retain(|&w| w < ranked.len());
        widths.push(options.widths.last().copied().unwrap_or(ranked.len()).min(ranked.len()));
        widths.dedup();
        for width in widths {
            let mut kept: Vec<usize> = ranked[..width].iter().map(|&place| columns[place]).collect();
            kept.sort_unstable();
            let (here, there) = (part(&kept, &earlier), part(&kept, &later));
            let settings = BoostOptions {
                iterations: options.trees,
                learning_rate: Some(0.05),
                column_share: 0.7,
                ..base.clone()
            };
            let trained = boost(
                &here,
                labels,
                None,
                Some((&there, held_out)),
                &settings,
                &mut |done, total| {
                    progress.stage(&format!("fitting {width} features"), done, total);
                },
            )?;
            let raw = trained.forest.raw_all(&there);
            let platt = Platt::fit(&raw, held_out, None)?;
            let probabilities: Vec<f64> = raw.iter().map(|&r| platt.probability(r)).collect();
            let figures = figures(&probabilities, held_out);
            let loss = metrics::log_loss(&probabilities, held_out).unwrap_or(f64::INFINITY);
            progress.note(format!(
                "{width} features, {} trees: {}",
                trained.best_iteration,
                figures
                    .iter()
                    .map(|(name, value)| format!("{name} {value:.4}"))
                    .collect::<Vec<_>>()
                    .join(", ")
            ));
            if best.as_ref().is_none_or(|so_far| loss < so_far.loss * (1.0 - WORTH)) {
                let again = BoostOptions {
                    iterations: trained.best_iteration.max(1) * 11 / 10,
                    patience: None,
                    ..settings
                };
                best = Some(Candidate {
                    loss,
                    columns: kept,
                    again,
                    platt,
                    validation: figures,
                });
            }
        }
        let Candidate {
            columns,
            again,
            platt,
            validation,
            ..
        } = best.ok_or(LearnError::NoRows)?;
        let everything: Vec<usize> = (0..self.labels.len()).collect();
        let mut forest = boost(
            &part(&columns, &everything),
            &self.labels,
            None,
            None,
            &again,
            &mut |done, total| {
                progress.stage("fitting on everything", done, total);
            },
        )?
        .forest;
        forest.round_to_single();
        Ok(Fitted {
            columns,
            forest,
            platt,
            validation,
        })
    }

    /// A fit as a model of its own, carrying only the features that its trees look at.
    #[must_use]
    pub fn model(&self, fitted: &Fitted) -> Model {
        let used = fitted.forest.features_used();
        let forest = fitted
            .forest
            .over_columns(&used)
            .unwrap_or_else(|| fitted.forest.clone());
        let columns: Vec<usize> = used.iter().map(|&place| fitted.columns[place]).collect();
        let features = self.set.keep(&columns);
        let reads_text = features.features.iter().any(|f| matches!(f, Feature::Text { .. }));
        Model {
            features,
            forest,
            platt: fitted.platt,
            text: if reads_text { self.text.clone() } else { None },
            base_rate: share(self.labels.iter().filter(|l| **l > 0.5).count(), self.labels.len()),
            examples: self.labels.len(),
            validation: fitted.validation.clone(),
        }
    }

    /// Where the latest slice begins.
    #[must_use]
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss
    )]
    pub fn split(&self) -> usize {
        let rows = self.rows.len();
        let cut = rows - (rows as f64 * HELD_OUT) as usize;
        cut.clamp(1, rows.saturating_sub(1).max(1))
    }
}

impl Model {
    /// Fills the text score of a feature row that [`Relations::row`] left open.
    pub fn fill_text(&self, database: &Database, entity: TableId, asker: Asker, row: &mut [f32]) {
        let Some(model) = &self.text else { return };
        for (place, feature) in self.features.features.iter().enumerate() {
            if let Feature::Text { columns } = feature
                && let Some(cell) = row.get_mut(place)
            {
                *cell = model.score(&texts(database, entity, columns, asker));
            }
        }
    }

    /// The calibrated log-odds of a feature row, by the trees.
    #[must_use]
    pub fn log_odds(&self, row: &[f32]) -> f64 {
        self.platt.apply(self.forest.raw(row))
    }
}

/// The figures reported of held-out probabilities.
#[must_use]
pub fn figures(probabilities: &[f64], labels: &[f32]) -> Vec<(String, f64)> {
    let all = [
        ("roc_auc", metrics::roc_auc(probabilities, labels)),
        ("average_precision", metrics::average_precision(probabilities, labels)),
        ("log_loss", metrics::log_loss(probabilities, labels)),
        ("brier", metrics::brier(probabilities, labels)),
        ("ece", metrics::ece(probabilities, labels, 10)),
        ("recall_at_10", metrics::recall_at(probabilities, labels, 0.1)),
        ("recall_at_20", metrics::recall_at(probabilities, labels, 0.2)),
        (
            "workload_saved_at_80",
            metrics::workload_saved_at(probabilities, labels, 0.8),
        ),
        ("lift_top_decile", metrics::lift_top_decile(probabilities, labels)),
    ];
    all.into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect()
}

/// The text scores of askers by one model.
#[must_use]
pub fn text_scores(
    model: &TextModel,
    database: &Database,
    entity: TableId,
    columns: &[ColumnId],
    askers: &[Asker],
) -> Vec<f32> {
    askers
        .iter()
        .map(|&asker| model.score(&texts(database, entity, columns, asker)))
        .collect()
}

fn texts<'a>(database: &'a Database, entity: TableId, columns: &[ColumnId], asker: Asker) -> Vec<Option<&'a str>> {
    let of = |&column: &ColumnId| match database.table(entity).column(column).cell(asker.row.index()) {
        Cell::Text(text) => Some(text),
        _ => None,
    };
    columns.iter().map(of).collect()
}

/// Slices of time for out-of-time text scores.
const TEXT_SLICES: usize = 5;

/// Fills the text column: each slice of time is scored by a model of the slices before it, so that the forest learns what
/// the score is worth on tickets the text model has not seen. Returns the model of everything.
#[allow(clippy::too_many_arguments)]
fn fill_text(
    database: &Database,
    entity: TableId,
    set: &FeatureSet,
    examples: &Examples,
    until: Timestamp,
    rows: &[Example],
    matrix: &mut Matrix,
    progress: &mut dyn Progress,
) -> Result<Option<TextModel>, LearnError> {
    let found = set
        .features
        .iter()
        .enumerate()
        .find_map(|(place, feature)| match feature {
            Feature::Text { columns } => Some((place, columns.clone())),
            _ => None,
        });
    let Some((place, columns)) = found else { return Ok(None) };
    let settled: Vec<&Example> = examples.all.iter().filter(|e| e.closed_at <= until).collect();
    let fit = |before: Timestamp| -> Result<Option<TextModel>, LearnError> {
        let seen: Vec<&&Example> = settled.iter().filter(|e| e.closed_at <= before).collect();
        let texts: Vec<Vec<Option<&str>>> = seen
            .iter()
            .map(|e| texts(database, entity, &columns, e.asker))
            .collect();
        let labels: Vec<f32> = seen.iter().map(|e| e.label).collect();
        if texts.iter().flatten().all(Option::is_none) {
            return Ok(None);
        }
        TextModel::fit(&texts, &labels, None, &TextOptions::default()).map(Some)
    };
    let mut column = vec![f32::NAN; rows.len()];
    let slice = rows.len().div_ceil(TEXT_SLICES).max(1);
    for (done, start) in (0..rows.len()).step_by(slice).enumerate() {
        progress.stage("reading text", done, TEXT_SLICES + 1);
        let Some(model) = fit(rows[start].asker.anchor)? else {
            continue;
        };
        for (cell, example) in column.iter_mut().zip(rows).skip(start).take(slice) {
            *cell = model.score(&texts(database, entity, &columns, example.asker));
        }
    }
    matrix.replace_column(place, column)?;
    let model = fit(Timestamp::MAX)?;
    progress.stage("reading text", TEXT_SLICES + 1, TEXT_SLICES + 1);
    Ok(model)
}

#[allow(clippy::cast_precision_loss)]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
