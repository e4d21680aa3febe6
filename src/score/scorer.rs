//! The scorer: a bundle opened, rows scored as of a moment.

use serde_json::{Map, Value};
use thiserror::Error;

use super::rows::LiveRow;
use crate::bundle::shard::Opened;
use crate::bundle::{BundleError, OpenBundle};
use crate::data::{Database, RowId, Timestamp};
use crate::explain::Language;
use crate::explain::reason::Target;
use crate::explain::shapley::ShapleyForest;
use crate::explain::words::{Words, fill};
use crate::learn::LearnError;
use crate::learn::example::Examples;
use crate::learn::recalled::Recalled;
use crate::query::{self, Mode, Task};
use crate::relate::label::Labeler;
use crate::relate::lull::Beat;
use crate::relate::view::{Asker, Relations};
use crate::route::Misread;

/// Why a ticket could not be scored.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ScoreError {
    /// The bundle is unusable.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// What came is no list of rows.
    #[error("the rows are not a JSON list of objects: {0}")]
    Rows(String),
    /// The tables have no such table.
    #[error("there is no table {0:?} in the bundle")]
    Table(String),
    /// A what-if cannot be made.
    #[error("the change cannot be made: {0}")]
    Change(String),
    /// What was said about routing cannot be read.
    #[error("the routing options cannot be read: {0}")]
    Route(String),
    /// Somebody's hours cannot be told.
    #[error("{0}")]
    Zone(Misread),
    /// There is nothing to count costs on.
    #[error("impact cannot be counted: {0}")]
    Impact(String),
    /// Nobody is known who could take anything.
    #[error("no agents are known: nothing was resolved by then, or no link of the entity leads to people")]
    NoAgents,
    /// The model failed.
    #[error(transparent)]
    Model(#[from] LearnError),
}

/// A bundle plus live rows.
#[derive(Debug)]
pub struct Scorer {
    pub(super) bundle: OpenBundle,
    pub(super) task: Task,
    pub(super) target: Target,
    pub(super) explainer: ShapleyForest,
    /// When what the question counts happened, for one that can be asked as of any moment.
    pub(super) beat: Option<Beat>,
}

/// One ticket's features and what is missing of it.
pub(super) struct Features {
    pub asker: Asker,
    pub row: Vec<f32>,
    pub partial: Vec<String>,
    pub known: bool,
    pub unlinked: bool,
}

impl Scorer {
    /// Opens a bundle's files.
    ///
    /// # Errors
    /// When they are damaged, of another version, or do not fit together.
    pub fn open(manifest: &str, model: &[u8], tables: &[u8]) -> Result<Self, ScoreError> {
        let bundle = OpenBundle::open(manifest, model, tables)?;
        let schema = &bundle.opened.database.schema;
        let task = query::bind(&bundle.manifest.query, schema, Mode::Extended)
            .map_err(|e| BundleError::Query(e.message().to_owned()))?;
        let target = Target::of(&task, schema);
        let explainer = ShapleyForest::new(&bundle.model.forest);
        let beat = Beat::of(&bundle.opened.database, &task, bundle.opened.built_at);
        Ok(Self {
            bundle,
            task,
            target,
            explainer,
            beat,
        })
    }

    /// A bundle's model over a whole history instead of its own tables: `database` has the bundle's schema.
    ///
    /// # Errors
    /// When the labels of the history cannot be computed.
    pub fn over_history(self, database: Database) -> Result<Self, ScoreError> {
        let until = database.latest().unwrap_or(self.bundle.opened.built_at);
        let model = &self.bundle.model;
        // The history is the same at whatever ages.
        let ages = model.alike.as_ref().map_or(&[][..], |_| model.ages.as_slice());
        let examples = Examples::gather(&database, &self.task, until, ages)?;
        Ok(self.over(database, examples, until))
    }

    /// As [`Scorer::over_history`], where what the history can ask up to `until` is known.
    #[must_use]
    pub fn over(mut self, database: Database, examples: Examples, until: Timestamp) -> Self {
        let Examples { all, history } = examples;
        let alike = self.bundle.model.alike.take();
        self.bundle.model.alike = alike.map(|alike| alike.over(&database, self.task.entity, (&all, until)));
        let set = self.bundle.model.features.clone();
        let mut relations = Relations::build(&database, self.task.entity, set, &history, &mut |_, _| {});
        relations.await_links(&database, &history);
        self.beat = Beat::of(&database, &self.task, until);
        // A history has the texts themselves.
        self.bundle.model.recalled = Recalled::default();
        self.bundle.opened = Opened {
            database,
            relations,
            built_at: until,
            folded_to: Timestamp::MIN,
            labels: history,
        };
        self
    }

    /// Speaks another language from now on: in reasons, notes, what-ifs and what is said of agents.
    pub fn speak(&mut self, language: Language) {
        self.target = Target::named(&self.task, &self.bundle.opened.database.schema, language);
    }

    /// The language spoken.
    #[must_use]
    pub fn language(&self) -> Language {
        self.target.language
    }

    /// What is said, in the language spoken.
    #[must_use]
    pub fn words(&self) -> &'static Words {
        self.target.language.words()
    }

    /// The question.
    #[must_use]
    pub fn task(&self) -> &Task {
        &self.task
    }

    /// The rows that the question is about as of a moment, or as of [`Scorer::known_at`] it.
    ///
    /// # Errors
    /// When the query's WHERE cannot be evaluated.
    pub fn population(&self, moment: Timestamp) -> Result<Vec<RowId>, ScoreError> {
        let labeler =
            Labeler::new(&self.bundle.opened.database, &self.task).map_err(|e| LearnError::Labels(e.to_string()))?;
        let moment = self.known_at(moment);
        let mut rows = labeler.candidates(moment);
        rows.retain(|&row| labeler.in_population(row, moment));
        Ok(rows)
    }

    /// The answers for rows that the tables hold, each as of its own moment, whatever is known of them: probabilities, or
    /// numbers.
    ///
    /// # Errors
    /// When the model fails.
    pub fn answers(&self, askers: &[Asker], progress: &mut dyn FnMut(usize, usize)) -> Result<Vec<f64>, ScoreError> {
        let answer = |asker: Asker, row: &[f32], answer: f64| self.answer_from(asker, row, answer);
        self.answers_by(askers, &answer, progress)
    }

    /// As [`Scorer::answers`], of the model alone: not corrected by what it has missed, nor by how old its knowledge is.
    pub(super) fn uncorrected(
        &self,
        askers: &[Asker],
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<Vec<f64>, ScoreError> {
        self.answers_by(askers, &|_, _, answer| answer, progress)
    }

    /// What `told` makes of each asker's feature row and the model's answer to it.
    fn answers_by(
        &self,
        askers: &[Asker],
        told: &dyn Fn(Asker, &[f32], f64) -> f64,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<Vec<f64>, ScoreError> {
        const BLOCK: usize = 1024;
        let mut found = Vec::with_capacity(askers.len());
        for (done, block) in askers.chunks(BLOCK).enumerate() {
            progress(done * BLOCK, askers.len());
            let block: Vec<Asker> = block.iter().map(|&asker| self.as_known(asker)).collect();
            let inputs = self.rows_of(&block);
            let answers = self.bundle.answers(&inputs)?;
            let asked = block.iter().zip(&inputs).zip(answers);
            found.extend(asked.map(|((&asker, row), answer)| told(asker, row, answer)));
        }
        progress(askers.len(), askers.len());
        Ok(found)
    }

    /// The feature rows of askers that the tables hold.
    pub(super) fn rows_of(&self, askers: &[Asker]) -> Vec<Vec<f32>> {
        let opened = &self.bundle.opened;
        self.bundle.model.rows(&opened.database, &opened.relations, askers)
    }

    /// What the bundle predicts.
    #[must_use]
    pub fn bundle(&self) -> &OpenBundle {
        &self.bundle
    }

    /// The answer for each row of the entity's table (a JSON list of objects) as of `now`: a probability, or the number when
    /// the bundle's kind is a regression; NaN when not enough is known or the query's WHERE leaves the row out.
    ///
    /// # Errors
    /// When `rows` is no list of objects, or the model fails.
    pub fn score(&mut self, rows: &str, now: Timestamp) -> Result<Vec<f64>, ScoreError> {
        let rows = objects(rows)?;
        self.answers_for(&rows, now)
    }

    /// As [`Scorer::score`], of rows already read.
    pub(super) fn answers_for(&mut self, rows: &[Map<String, Value>], now: Timestamp) -> Result<Vec<f64>, ScoreError> {
        let read = |row| LiveRow::read(&self.bundle.opened.database, self.task.entity, row);
        let live = rows.iter().map(read).collect();
        self.score_live(live, now)
    }

    /// As [`Scorer::score`], of rows as the tables read them.
    pub(super) fn score_live(&mut self, rows: Vec<LiveRow>, now: Timestamp) -> Result<Vec<f64>, ScoreError> {
        let found: Vec<Features> = rows
            .into_iter()
            .map(|row| self.with_live(row, now, Self::features))
            .collect();
        let inputs: Vec<Vec<f32>> = found.iter().map(|f| f.row.clone()).collect();
        let answers = self.bundle.answers(&inputs)?;
        Ok(found
            .iter()
            .zip(answers)
            .map(|(f, answer)| {
                if f.known {
                    self.answer_from(f.asker, &f.row, answer)
                } else {
                    f64::NAN
                }
            })
            .collect())
    }

    /// Who asks about a row now, by what is known.
    pub(super) fn asker(&self, row: RowId, known_as: RowId, now: Timestamp) -> Asker {
        self.as_known(Asker {
            known_as,
            ..Asker::new(row, now)
        })
    }

    /// The feature values that an asker sees.
    pub(super) fn values(&self, asker: Asker) -> Vec<f32> {
        let opened = &self.bundle.opened;
        let mut values = opened.relations.row(&opened.database, asker);
        self.bundle
            .model
            .fill_learnt(&opened.database, self.task.entity, asker, &mut values);
        values
    }

    pub(super) fn features(&self, row: RowId, known_as: RowId, now: Timestamp, mut partial: Vec<String>) -> Features {
        let asker = self.asker(row, known_as, now);
        let values = self.values(asker);
        let unlinked = self.unlinked(row, &mut partial);
        partial.extend(self.said_of_the_end(asker));
        let asked = Labeler::asks_about(&self.bundle.opened.database, &self.task, row, asker.anchor);
        if !asked {
            partial.insert(0, self.words().left_out.to_owned());
        }
        Features {
            asker,
            row: values,
            partial,
            known: asked && !unlinked,
            unlinked,
        }
    }

    /// Says which links lead nowhere; true when all of those that the bundle could resolve do.
    fn unlinked(&self, row: RowId, partial: &mut Vec<String>) -> bool {
        let database = &self.bundle.opened.database;
        let entity = self.task.entity;
        let words = self.words();
        let (mut resolvable, mut resolved) = (0, 0);
        for link in &database.schema.table(entity).links {
            if database.table(link.table).rows == 0 {
                continue;
            }
            resolvable += 1;
            let name = &database.schema.column(entity, link.column).name;
            if database.follow(entity, link.column, row).is_some() {
                resolved += 1;
            } else {
                match database.symbols.text(database.table(entity).symbol(link.column, row)) {
                    Some(key) => partial.push(fill(words.no_such_row, &[("column", name), ("key", key)])),
                    None => partial.push(fill(words.no_link, &[("column", name)])),
                }
            }
        }
        resolvable > 0 && resolved == 0
    }
}

/// A JSON list of objects.
pub(super) fn objects(rows: &str) -> Result<Vec<Map<String, Value>>, ScoreError> {
    serde_json::from_str(rows).map_err(|e| ScoreError::Rows(e.to_string()))
}
