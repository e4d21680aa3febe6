//! From examples to a model: what is asked, candidate features and their values, text read out of time; what of it is
//! kept, and how, [`super::fit`] decides.

use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use super::alike::{Alike, single_categories};
use super::answer::{answer_cells, without};
use super::calibrate::Platt;
use super::draw::Draws;
use super::drift::Profile;
use super::encode::{Encoding, combinations};
use super::error::LearnError;
use super::example::{Example, Examples, feature_rows, matrix};
use super::feedback::Feedback;
use super::fit::{Fitted, MANY};
use super::forest::Forest;
use super::leaks::{leaks, snapshots};
use super::matrix::Matrix;
use super::objective::{Objective, mean};
use super::reads::{Direction, Named, excluding};
use super::recalled::Recalled;
use super::stale::Stale;
use super::text::TextModel;
use super::watch::Watch;
use crate::data::{ColumnId, Database, Duration, Schema, TableId, Timestamp};
use crate::query::Task;
use crate::relate::budget::within;
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
    /// What no feature may read.
    pub exclude: Vec<Named>,
    /// Which way answers may go.
    pub monotone: Vec<Direction>,
}

impl Default for TrainOptions {
    fn default() -> Self {
        Self {
            seed: 0,
            reach: Reach::default(),
            widths: vec![30, 40, 60, 80, 120],
            trees: 1000,
            ages: Vec::new(),
            most_examples: 120_000,
            threads: 1,
            feedback: Vec::new(),
            exclude: Vec::new(),
            monotone: Vec::new(),
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
    /// Text scores of rows whose text a bundle does not carry.
    pub recalled: Recalled,
    /// The statistics of the encoded categories, in the order of those features.
    pub encodings: Vec<Encoding>,
    /// The answers known so far, when what rows alike turned out to be is a feature.
    pub alike: Option<Alike>,
    /// The mean label of the examples trained on: the share of yes, or the mean number.
    pub base: f64,
    /// The ages it was trained at; none: each entity at its own time, or on a grid.
    pub ages: Vec<Duration>,
    /// The number of examples trained on.
    pub examples: usize,
    /// Figures on the latest training slice, by name.
    pub validation: Vec<(String, f64)>,
    /// What it is watched by.
    pub watch: Watch,
    /// How questions are answered that are asked after the tables end; none where their moment is the entity's own.
    pub stale: Option<Stale>,
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
    let mut model = data.model(&fitted);
    model.watch.spread = data.spread(&fitted, progress)?;
    model.stale = data.stale(database, task, &fitted, progress)?;
    model.watch.leaks = leaks(database, task, &data);
    model.watch.leaks.extend(snapshots(database, task, &model.features));
    Ok((model, data.examples))
}

/// Everything that training and the comparison of approaches have in common: examples, candidate features and their matrix.
pub struct Training {
    /// What is answered with.
    pub objective: Objective,
    /// The ages at which entities were asked about.
    pub ages: Vec<Duration>,
    /// The entity's time column.
    pub own_time: Option<ColumnId>,
    /// All examples.
    pub examples: Examples,
    /// Those of the question, in order of anchor, then those that its WHERE leaves out, likewise.
    pub rows: Vec<Example>,
    /// How many are of the question.
    pub inside: usize,
    /// Candidate features.
    pub set: FeatureSet,
    /// Their values, a row per training example.
    pub matrix: Matrix,
    /// For the columns that are encoded categories, each row's combination.
    pub combinations: FxHashMap<usize, Vec<u32>>,
    /// The labels of the rows.
    pub labels: Vec<f32>,
    /// What the words add to what the columns say, learnt from all rows; when there is text.
    pub text: Option<TextModel>,
    /// The answers known so far by which rows are alike, with few examples.
    pub alike: Option<Alike>,
    /// For each column, which way the answer may go as it rises: 1 up, −1 down, 0 either.
    pub directions: Vec<i8>,
    /// The moment up to which everything was read.
    pub until: Timestamp,
    /// What no feature reads, by name.
    pub excluded: Vec<String>,
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
        let mut rows = evenly(examples.settled_by(until), options, progress);
        let inside = rows.len();
        objective.check(&rows.iter().map(|e| e.label).collect::<Vec<_>>())?;
        let beyond = examples.all.iter().filter(|e| !e.in_population && e.closed_at <= until);
        let mut beyond: Vec<Example> = beyond.copied().collect();
        beyond.drain(
            ..beyond
                .len()
                .saturating_sub((2 * inside).min(options.most_examples - inside)),
        );
        rows.extend(beyond);
        let labels: Vec<f32> = rows.iter().map(|e| e.label).collect();
        let reach = &Reach {
            yes_or_no: objective == Objective::YesNo,
            ages: !options.ages.is_empty(),
            seasons: asked_over(&rows[..inside]) >= SEASONS,
            ..options.reach.clone()
        };
        // What is excluded takes nothing of the budget.
        let unbounded = &Reach {
            budget: usize::MAX,
            events: usize::MAX,
            ..reach.clone()
        };
        let reach_first = if options.exclude.is_empty() { reach } else { unbounded };
        let candidates = enumerate(database, task.entity, until, reach_first);
        candidates
            .dropped
            .iter()
            .for_each(|line| progress.note(format!("left out: {line}")));
        let cells = answer_cells(&database.schema, &task.target);
        let (set, dropped) = excluding(candidates.set, &options.exclude, &database.schema, task.entity);
        dropped
            .iter()
            .for_each(|line| progress.note(format!("left out: {line}")));
        let (set, beyond) = within(set, database, task.entity, reach);
        beyond
            .iter()
            .for_each(|line| progress.note(format!("left out: {line}")));
        let (set, answers) = without(set, &cells, &database.schema, task.entity);
        answers
            .iter()
            .for_each(|name| progress.note(format!("left out: {name}, it is the answer")));
        progress.note(format!(
            "{inside} examples, {}; {} candidate features over {} series",
            match objective {
                Objective::YesNo => format!("{:.1} % yes", 100.0 * mean(&labels[..inside])),
                Objective::Number => format!("mean {:.4}", mean(&labels[..inside])),
            },
            set.features.len(),
            set.series.len()
        ));
        let relations = Relations::build(database, task.entity, set, &examples.history, &mut |done, total| {
            progress.stage("linking tables", done, total);
        });
        let askers: Vec<Asker> = rows.iter().map(|e| e.asker).collect();
        let matrix = matrix(database, &relations, &askers, &mut |done, total| {
            progress.stage("computing features", done, total)
        })?;
        let set = relations.set().clone();
        let combinations = encoded(database, task.entity, &set, &askers);
        let directions = directions(&options.monotone, &set, &database.schema, task.entity)?;
        let mut data = Self {
            objective,
            ages: options.ages.clone(),
            own_time: database.schema.table(task.entity).time,
            examples,
            rows,
            inside,
            set,
            matrix,
            combinations,
            labels,
            text: None,
            alike: None,
            directions,
            until,
            excluded: options.exclude.iter().map(|e| e.name(&database.schema)).collect(),
        };
        data.combine(database, task.entity, options, progress)?;
        data.read_text(database, task.entity, options, progress)?;
        if data.inside <= MANY {
            data.look_for_alike(database, task.entity)?;
        }
        Ok(data)
    }

    /// Adds what rows alike turned out to be.
    fn look_for_alike(&mut self, database: &Database, entity: TableId) -> Result<(), LearnError> {
        let paths = single_categories(&self.set, &self.all_columns());
        if paths.is_empty() {
            return Ok(());
        }
        let known = (self.examples.all.as_slice(), self.until);
        let base = mean(self.own_labels());
        let alike = Alike::of(database, entity, &paths, known, (base, self.objective));
        let askers: Vec<Asker> = self.rows.iter().map(|e| e.asker).collect();
        self.matrix.push_column(alike.values(database, entity, &askers))?;
        self.set.features.push(Feature::Alike { paths });
        self.alike = Some(alike);
        Ok(())
    }

    /// The column of what rows alike turned out to be.
    pub(super) fn alike_column(&self) -> Option<usize> {
        self.set.alike().map(|(place, _)| place)
    }

    /// Which way the answer may go as each of these columns rises; empty where all are free.
    pub(super) fn directions(&self, columns: &[usize]) -> Vec<i8> {
        let of = |column: &usize| self.directions.get(*column).copied().unwrap_or(0);
        let all: Vec<i8> = columns.iter().map(of).collect();
        if all.iter().any(|d| *d != 0) { all } else { Vec::new() }
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
        // Nearly as many combinations as examples say little, and fill the bundle.
        let most = (self.inside / 4).max(FEW_COMBINATIONS);
        let combined = |c: usize| self.combinations.get(&c);
        (0..self.matrix.width())
            .filter(|&c| match combined(c) {
                Some(all) => (2..=most).contains(&distinct(&all[..self.inside])),
                None => varies(&self.matrix.column(c)[..self.inside]),
            })
            .collect()
    }

    /// The entity's own cells, its categories among them, the calendar and the text: no row but its own.
    #[must_use]
    pub fn own_columns(&self) -> Vec<usize> {
        let telling = self.all_columns();
        let own = |feature: &Feature| match feature {
            Feature::Column { path, .. } => path.hops.is_empty(),
            Feature::Calendar(_) | Feature::Text { .. } => true,
            Feature::Encoded { paths } => paths.iter().all(|path| path.hops.is_empty()),
            _ => false,
        };
        let mut columns: Vec<usize> = (0..self.set.features.len())
            .filter(|&f| own(&self.set.features[f]))
            .collect();
        columns.retain(|c| telling.contains(c));
        columns
    }

    /// The training set as it would have been with the first `count` of the question's examples only, and those beyond it
    /// asked no later: for judging a fit on what came after.
    #[must_use]
    pub fn head(&self, count: usize) -> Self {
        let count = count.min(self.inside);
        let last = self.rows[..count].last().map(|e| e.asker.anchor);
        let beyond =
            (self.inside..self.rows.len()).filter(|&row| last.is_some_and(|t| self.rows[row].asker.anchor <= t));
        let kept: Vec<usize> = (0..count).chain(beyond).collect();
        Self {
            objective: self.objective,
            ages: self.ages.clone(),
            examples: self.examples.clone(),
            rows: kept.iter().map(|&row| self.rows[row]).collect(),
            inside: count,
            own_time: self.own_time,
            set: self.set.clone(),
            matrix: self.matrix.select_rows(&kept),
            combinations: self
                .combinations
                .iter()
                .map(|(&column, all)| (column, kept.iter().map(|&row| all[row]).collect()))
                .collect(),
            labels: kept.iter().map(|&row| self.labels[row]).collect(),
            text: self.text.clone(),
            alike: self.alike.clone(),
            directions: self.directions.clone(),
            until: self.until,
            excluded: self.excluded.clone(),
        }
    }

    /// The column of the entity's age, which every model over several ages is offered.
    pub(super) fn age_column(&self) -> Option<usize> {
        let own_time = self.own_time.filter(|_| !self.ages.is_empty())?;
        let is_age = |feature: &Feature| {
            matches!(feature, Feature::Column { path, reading: Reading::Age }
                if path.hops.is_empty() && path.column == own_time)
        };
        self.set.features.iter().position(is_age)
    }

    /// The labels of the question's own examples.
    #[must_use]
    pub fn own_labels(&self) -> &[f32] {
        &self.labels[..self.inside]
    }

    pub(super) fn labels_of(&self, rows: &[usize]) -> Vec<f32> {
        rows.iter().map(|&row| self.labels[row]).collect()
    }

    /// A column's values for the question's own examples.
    #[must_use]
    pub fn own_column(&self, place: usize) -> &[f32] {
        &self.matrix.column(place)[..self.inside]
    }

    /// The columns of a fit for other rows, with encoded categories as that fit has learnt them.
    ///
    /// # Errors
    /// When `rows` is not of this training's features.
    pub fn as_fitted(
        &self,
        fitted: &Fitted,
        database: &Database,
        entity: TableId,
        rows: &Matrix,
        askers: &[Asker],
    ) -> Result<Matrix, LearnError> {
        let mut matrix = rows.select_columns(&fitted.columns);
        for (place, (&column, encoding)) in fitted.columns.iter().zip(&fitted.encodings).enumerate() {
            if let (Some(encoding), Some(Feature::Encoded { paths })) = (encoding, self.set.features.get(column)) {
                let all = combinations(database, entity, paths, askers);
                matrix.replace_column(place, all.into_iter().map(|c| encoding.value(c)).collect())?;
            }
        }
        Ok(matrix)
    }

    /// How a column is spread over the latest quarter of the question's examples, and how far the quarters before differ
    /// from it. A combination of categories that an earlier quarter has not seen counts as one that was never seen, as it
    /// would have then.
    fn profile(&self, column: usize, encoding: Option<&Encoding>) -> Profile {
        let values = match (encoding, self.combinations.get(&column)) {
            (Some(encoding), Some(all)) => {
                let mut seen: FxHashSet<u32> = FxHashSet::default();
                let mut values = Vec::with_capacity(self.inside);
                for quarter in all[..self.inside].chunks(self.inside.div_ceil(QUARTERS).max(1)) {
                    let as_seen = |c: &u32| {
                        if seen.contains(c) {
                            encoding.value(*c)
                        } else {
                            encoding.mean
                        }
                    };
                    values.extend(quarter.iter().map(as_seen));
                    seen.extend(quarter);
                }
                values
            }
            _ => self.matrix.column(column)[..self.inside].to_vec(),
        };
        // What is looked at later is often shorter than a quarter, and moves the more for it.
        let (before, latest) = values.split_at(self.inside - self.inside / QUARTERS);
        let short = self.inside.div_ceil(3 * QUARTERS).max(1);
        Profile::over_time(&before.chunks(short).chain([latest]).collect::<Vec<_>>())
    }

    /// A fit as a model of its own, carrying only the features that its trees look at.
    #[must_use]
    pub fn model(&self, fitted: &Fitted) -> Model {
        let used = fitted.used();
        let forest = fitted
            .forest
            .over_columns(&used)
            .unwrap_or_else(|| fitted.forest.clone());
        let columns: Vec<usize> = used.iter().map(|&place| fitted.columns[place]).collect();
        let features = self.set.keep(&columns);
        let thresholds = |place: usize| -> Vec<f32> {
            let splits = fitted.forest.trees.iter().flat_map(|tree| &tree.splits);
            splits
                .filter(|s| s.feature as usize == place)
                .map(|s| s.threshold)
                .collect()
        };
        let pruned = |&place: &usize| {
            let mut encoding = fitted.encodings.get(place)?.clone()?;
            encoding.prune(&thresholds(place));
            Some(encoding)
        };
        let encodings: Vec<Option<Encoding>> = used.iter().map(pruned).collect();
        let profile = columns
            .iter()
            .zip(&encodings)
            .map(|(&column, encoding)| self.profile(column, encoding.as_ref()))
            .collect();
        let reads_text = features.text().is_some();
        let reads_alike = features.alike().is_some();
        Model {
            features,
            objective: self.objective,
            forest,
            platt: fitted.platt,
            text: if reads_text { self.text.clone() } else { None },
            recalled: Recalled::default(),
            encodings: encodings.into_iter().flatten().collect(),
            alike: if reads_alike { self.alike.clone() } else { None },
            base: mean(self.own_labels()),
            ages: self.ages.clone(),
            examples: self.inside,
            validation: fitted.validation.clone(),
            watch: Watch {
                excluded: self.excluded.clone(),
                profile,
                trained_to: self.until,
                ..Watch::default()
            },
            stale: None,
        }
    }
}

impl Model {
    /// The feature rows of askers, in order, what is learnt filled in.
    #[must_use]
    pub fn rows(&self, database: &Database, relations: &Relations, askers: &[Asker]) -> Vec<Vec<f32>> {
        let mut rows = feature_rows(database, relations, askers);
        for (asker, row) in askers.iter().zip(&mut rows) {
            self.fill_learnt(database, relations.entity(), *asker, row);
        }
        rows
    }

    /// Fills what [`Relations::row`] left open in a feature row: the text score, the encoded categories, and what rows alike
    /// turned out to be.
    pub fn fill_learnt(&self, database: &Database, entity: TableId, asker: Asker, row: &mut [f32]) {
        let mut encodings = self.encodings.iter();
        for (cell, feature) in row.iter_mut().zip(&self.features.features) {
            match feature {
                Feature::Text { columns } => *cell = self.text_score(database, entity, columns, asker),
                Feature::Alike { .. } => {
                    let alike = self.alike.as_ref();
                    *cell = alike.map_or(f32::NAN, |alike| alike.value(database, entity, asker));
                }
                Feature::Encoded { paths } => {
                    if let (Some(encoding), [combination]) = (
                        encodings.next(),
                        combinations(database, entity, paths, &[asker]).as_slice(),
                    ) {
                        *cell = encoding.value(*combination);
                    }
                }
                _ => {}
            }
        }
    }

    /// The calibrated score of a feature row, by the trees: log-odds, or the number itself.
    #[must_use]
    pub fn score(&self, row: &[f32]) -> f64 {
        self.platt.apply(self.forest.raw(row))
    }

    /// The answer of the trees for every row: a probability, or a number.
    #[must_use]
    pub fn answers(&self, rows: &Matrix) -> Vec<f64> {
        let answer = |raw| self.objective.answer(self.platt.apply(raw));
        self.forest.raw_all(rows).into_iter().map(answer).collect()
    }
}

/// Which way the answer may go as each feature rises.
fn directions(wanted: &[Direction], set: &FeatureSet, schema: &Schema, entity: TableId) -> Result<Vec<i8>, LearnError> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let mut found = vec![0; set.features.len()];
    for direction in wanted {
        let mut any = false;
        for (place, sign) in found.iter_mut().enumerate() {
            if direction.speaks_of(set, schema, entity, place) {
                (*sign, any) = (direction.sign, true);
            }
        }
        if !any {
            return Err(LearnError::NoSuchFeature(direction.unknown(set, schema, entity)));
        }
    }
    Ok(found)
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

/// How long the examples' moments span.
fn asked_over(rows: &[Example]) -> Duration {
    let first = rows.first().map(|e| e.asker.asked);
    let last = rows.last().map(|e| e.asker.asked);
    first.zip(last).map_or(Duration(0), |(first, last)| last - first)
}

/// Examples that span so long have seen each month more than once or twice.
const SEASONS: Duration = Duration::days(3 * 365);
/// Stretches of the training examples whose spreads are compared.
const QUARTERS: usize = 4;
/// So many combinations of categories are never too many.
const FEW_COMBINATIONS: usize = 2_000;

fn distinct(combinations: &[u32]) -> usize {
    let mut seen = combinations.to_vec();
    seen.sort_unstable();
    seen.dedup();
    seen.len()
}

/// The combinations of categories of every encoded feature.
pub(super) fn encoded(
    database: &Database,
    entity: TableId,
    set: &FeatureSet,
    askers: &[Asker],
) -> FxHashMap<usize, Vec<u32>> {
    let features = set.features.iter().enumerate();
    features
        .filter_map(|(place, feature)| match feature {
            Feature::Encoded { paths } => Some((place, combinations(database, entity, paths, askers))),
            _ => None,
        })
        .collect()
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
