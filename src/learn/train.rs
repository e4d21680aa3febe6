//! From examples to a calibrated model: candidates, screening by gain on earlier time, early stopping on the latest slice,
//! calibration on that slice, and a last fit on everything.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::answer::{answer_cells, without};
use super::boost::{BoostOptions, boost};
use super::calibrate::Platt;
use super::draw::Draws;
use super::error::LearnError;
use super::example::{Example, Examples, matrix};
use super::feedback::Feedback;
use super::forest::Forest;
use super::matrix::Matrix;
use super::objective::{Objective, mean};
use super::text::{TextModel, TextOptions};
use crate::data::table::Cell;
use crate::data::{ColumnId, Database, Duration, RowId, TableId, Timestamp};
use crate::query::Task;
use crate::relate::enumerate::{Reach, enumerate};
use crate::relate::feature::{Feature, FeatureSet, Reading};
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
    /// How long after its own time an entity is asked about, while it is open; none: at its own time.
    pub ages: Vec<Duration>,
    /// Most examples; of more, so many are drawn evenly.
    pub most_examples: usize,
    /// Threads; the model is the same for any number.
    pub threads: usize,
    /// What readers said of earlier scores; see [`Examples::admit`].
    pub feedback: Vec<Feedback>,
}

impl Default for TrainOptions {
    fn default() -> Self {
        Self {
            seed: 0,
            reach: Reach::default(),
            widths: vec![20, 40, 80, 120],
            trees: 1000,
            ages: Vec::new(),
            most_examples: 120_000,
            threads: 1,
            feedback: Vec::new(),
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
    /// What it answers with.
    pub objective: Objective,
    /// Raw scores.
    pub forest: Forest,
    /// Raw scores to log-odds, or to the number.
    pub platt: Platt,
    /// The text score, when a feature is one.
    pub text: Option<TextModel>,
    /// The mean label of the examples trained on: the share of yes, or the mean number.
    pub base: f64,
    /// The ages it was trained at; none: each entity at its own time, or on a grid.
    pub ages: Vec<Duration>,
    /// The number of examples trained on.
    pub examples: usize,
    /// Figures on the latest training slice, by name.
    pub validation: Vec<(String, f64)>,
}

/// The share of the training examples, latest first, that early stopping, the choice of features and calibration use.
const HELD_OUT: f64 = 0.25;
/// A wider model must lower the validation loss by this share to be worth its width.
const WORTH: f64 = 0.004;

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
/// When the question is neither a yes-or-no one nor one for a number, when there are too few settled examples, or when labels cannot be computed.
pub fn train(
    database: &Database,
    task: &Task,
    until: Timestamp,
    options: &TrainOptions,
    progress: &mut dyn Progress,
) -> Result<(Model, Examples), LearnError> {
    let data = Training::gather(database, task, until, options, progress)?;
    let fitted = data.fit(&data.all_columns(), options, progress)?;
    let model = data.model(&fitted);
    Ok((model, data.examples))
}

/// Everything that training and the comparison of approaches have in common: examples, candidate features and their matrix.
pub struct Training {
    /// What is answered with.
    pub objective: Objective,
    /// The ages at which entities were asked about.
    pub ages: Vec<Duration>,
    /// The entity's time column.
    own_time: Option<ColumnId>,
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
        options: &TrainOptions,
        progress: &mut dyn Progress,
    ) -> Result<Self, LearnError> {
        let objective = Objective::of(task.kind)?;
        note_own_time(database, task, options, progress);
        let mut examples = Examples::gather(database, task, until, &options.ages)?;
        if !options.feedback.is_empty() {
            progress.note(match objective {
                Objective::YesNo => examples
                    .admit(&options.feedback, database, task.entity, until)
                    .to_string(),
                Objective::Number => "feedback: it speaks of yes or no, and this question is for a number".to_owned(),
            });
        }
        let rows = evenly(examples.settled_by(until), options, progress);
        let labels: Vec<f32> = rows.iter().map(|e| e.label).collect();
        objective.check(&labels)?;
        let reach = &Reach {
            yes_or_no: objective == Objective::YesNo,
            ages: !options.ages.is_empty(),
            ..options.reach.clone()
        };
        let candidates = enumerate(database, task.entity, until, reach);
        candidates
            .dropped
            .iter()
            .for_each(|line| progress.note(format!("left out: {line}")));
        let cells = answer_cells(&database.schema, &task.target);
        let (set, answers) = without(candidates.set, &cells, &database.schema, task.entity);
        answers
            .iter()
            .for_each(|name| progress.note(format!("left out: {name}, it is the answer")));
        progress.note(format!(
            "{} examples, {}; {} candidate features over {} series",
            labels.len(),
            match objective {
                Objective::YesNo => format!("{:.1} % yes", 100.0 * mean(&labels)),
                Objective::Number => format!("mean {:.4}", mean(&labels)),
            },
            set.features.len(),
            set.series.len()
        ));
        let relations = Relations::build(database, task.entity, set, &examples.history, &mut |done, total| {
            progress.stage("linking tables", done, total);
        });
        let askers: Vec<Asker> = rows.iter().map(|e| e.asker).collect();
        let mut matrix = matrix(database, &relations, &askers, &mut |done, total| {
            progress.stage("computing features", done, total)
        })?;
        let set = relations.set().clone();
        let text = fill_text(
            database,
            task.entity,
            objective,
            &set,
            &examples,
            until,
            &rows,
            &mut matrix,
            progress,
        )?;
        Ok(Self {
            objective,
            ages: options.ages.clone(),
            own_time: database.schema.table(task.entity).time,
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
        if columns.is_empty() {
            return Err(LearnError::NoFeatures);
        }
        let split = self.split();
        let later: Vec<usize> = (split..self.labels.len()).collect();
        let earlier = self.earlier(split);
        let labels: Vec<f32> = earlier.iter().map(|&row| self.labels[row]).collect();
        let (labels, held_out) = (labels.as_slice(), &self.labels[split..]);
        let part = |columns: &[usize], rows: &[usize]| self.matrix.select_columns(columns).select_rows(rows);

        let base = BoostOptions {
            seed: options.seed,
            threads: options.threads,
            loss: self.objective.loss(),
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
        if ranked.is_empty() {
            // Nothing tells: the model is its base, over a column that it does not heed.
            ranked.push(0);
        }

        let mut best: Option<Candidate> = None;
        let mut widths = options.widths.clone();
        widths.retain(|&w| w < ranked.len());
        widths.push(options.widths.last().copied().unwrap_or(ranked.len()).min(ranked.len()));
        widths.dedup();
        for width in widths {
            let mut kept: Vec<usize> = ranked[..width].iter().map(|&place| columns[place]).collect();
            kept.extend(
                self.age_column()
                    .filter(|age| columns.contains(age) && !kept.contains(age)),
            );
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
            let platt = self.objective.calibrate(&raw, held_out)?;
            let answers: Vec<f64> = raw.iter().map(|&r| self.objective.answer(platt.apply(r))).collect();
            let figures = self.objective.figures(&answers, held_out);
            let loss = self.objective.held_out_loss(&answers, held_out);
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

    /// The column of the entity's age, which every model over several ages is offered.
    fn age_column(&self) -> Option<usize> {
        let own_time = self.own_time.filter(|_| !self.ages.is_empty())?;
        let is_age = |feature: &Feature| {
            matches!(feature, Feature::Column { path, reading: Reading::Age }
                if path.hops.is_empty() && path.column == own_time)
        };
        self.set.features.iter().position(is_age)
    }

    /// The rows before the split. An entity asked about at several ages is on one side only: its later ages must not be
    /// judged by a model that saw its earlier ones.
    fn earlier(&self, split: usize) -> Vec<usize> {
        let both: BTreeSet<RowId> = if self.ages.is_empty() {
            BTreeSet::new()
        } else {
            self.rows[split..].iter().map(|e| e.asker.row).collect()
        };
        let kept: Vec<usize> = (0..split)
            .filter(|&row| !both.contains(&self.rows[row].asker.row))
            .collect();
        if kept.is_empty() { (0..split).collect() } else { kept }
    }

    /// A fit as a model of its own, carrying only the features that its trees look at.
    #[must_use]
    pub fn model(&self, fitted: &Fitted) -> Model {
        let mut used = fitted.forest.features_used();
        if used.is_empty() {
            used.push(0);
        }
        let forest = fitted
            .forest
            .over_columns(&used)
            .unwrap_or_else(|| fitted.forest.clone());
        let columns: Vec<usize> = used.iter().map(|&place| fitted.columns[place]).collect();
        let features = self.set.keep(&columns);
        let reads_text = features.features.iter().any(|f| matches!(f, Feature::Text { .. }));
        Model {
            features,
            objective: self.objective,
            forest,
            platt: fitted.platt,
            text: if reads_text { self.text.clone() } else { None },
            base: mean(&self.labels),
            ages: self.ages.clone(),
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

    /// The calibrated score of a feature row, by the trees: log-odds, or the number itself.
    #[must_use]
    pub fn score(&self, row: &[f32]) -> f64 {
        self.platt.apply(self.forest.raw(row))
    }
}

/// Says that an entity with a time column is asked about at its beginning only, where the question is about what happens to
/// it later and elsewhere.
fn note_own_time(database: &Database, task: &Task, options: &TrainOptions, progress: &mut dyn Progress) {
    let schema = database.schema.table(task.entity);
    let elsewhere = task.target.aggregates().iter().any(|a| !a.links.is_empty());
    if let (Some(time), true, true) = (schema.time, elsewhere, options.ages.is_empty()) {
        progress.note(format!(
            "rows of {0} are asked about at their own time, {1}; to ask later in their lives too, give --ages, or state time = false for {0} in schema.toml",
            schema.name,
            schema.column(time).name
        ));
    }
}

/// At most so many examples as the options allow, drawn evenly, in their order.
pub(super) fn evenly(mut rows: Vec<Example>, options: &TrainOptions, progress: &mut dyn Progress) -> Vec<Example> {
    let (found, most) = (rows.len(), options.most_examples);
    if found <= most {
        return rows;
    }
    progress.note(format!(
        "{found} examples are settled; {most} of them, drawn evenly, are used"
    ));
    let draws = Draws::new(options.seed).stream(0xE0);
    let mut drawn: Vec<(f64, usize)> = (0..found).map(|i| (draws.uniform(i as u64), i)).collect();
    drawn.select_nth_unstable_by(most, |a, b| a.0.total_cmp(&b.0));
    let mut kept = vec![false; found];
    drawn[..most].iter().for_each(|&(_, i)| kept[i] = true);
    let mut kept = kept.into_iter();
    rows.retain(|_| kept.next().unwrap_or(false));
    rows
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
    objective: Objective,
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
        TextModel::fit(&texts, &objective.as_classes(&labels), None, &TextOptions::default()).map(Some)
    };
    let mut column = vec![f32::NAN; rows.len()];
    // In order of the entities' own times, so that no age of one is read by a model that saw another age of it.
    let written = |place: usize| {
        database
            .row_time(entity, rows[place].asker.row)
            .unwrap_or(rows[place].asker.anchor)
    };
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_key(|&place| written(place));
    let slice = rows.len().div_ceil(TEXT_SLICES).max(1);
    for (done, part) in order.chunks(slice).enumerate() {
        progress.stage("reading text", done, TEXT_SLICES + 1);
        let Some(model) = part.first().map_or(Ok(None), |&first| fit(written(first)))? else {
            continue;
        };
        for &place in part {
            column[place] = model.score(&texts(database, entity, &columns, rows[place].asker));
        }
    }
    matrix.replace_column(place, column)?;
    let model = fit(Timestamp::MAX)?;
    progress.stage("reading text", TEXT_SLICES + 1, TEXT_SLICES + 1);
    Ok(model)
}
