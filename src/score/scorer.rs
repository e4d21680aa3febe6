//! The scorer: a bundle opened, live rows added to it, tickets scored as of a moment.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use thiserror::Error;

use super::card::{Band, Card, Method};
use super::route::tier_policy;
use super::rows::LiveRow;
use super::whatif::Asked;
use crate::bundle::shard::Opened;
use crate::bundle::{BundleError, OpenBundle};
use crate::data::{Database, RowId, TableId, Timestamp};
use crate::explain::Language;
use crate::explain::reason::{Lean, Parts, Since, Target, contributions, reasons};
use crate::explain::shapley::ShapleyForest;
use crate::explain::words::{Words, fill};
use crate::impact::Costs;
use crate::learn::LearnError;
use crate::learn::example::{Examples, feature_rows};
use crate::learn::objective::Objective;
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

/// Reasons shown on a card.
pub(super) const REASONS: usize = 5;
/// Agents suggested.
const AGENTS: usize = 3;

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
    pub fn over_history(mut self, database: Database) -> Result<Self, ScoreError> {
        let until = database.latest().unwrap_or(self.bundle.opened.built_at);
        let history = Examples::gather(&database, &self.task, until, &[])?.history;
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
        Ok(self)
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
        let mut rows = feature_rows(&opened.database, &opened.relations, askers);
        for (asker, row) in askers.iter().zip(&mut rows) {
            self.bundle
                .model
                .fill_learnt(&opened.database, self.task.entity, *asker, row);
        }
        rows
    }

    /// The card of a row that the tables hold, scored whatever is known of it.
    ///
    /// # Errors
    /// When the model fails.
    pub fn card_of_row(&self, row: RowId, moment: Timestamp) -> Result<Card, ScoreError> {
        let mut found = self.features(row, row, moment, Vec::new());
        found.known = true;
        self.card_with(row, found, REASONS)
    }

    /// As [`Scorer::card_of_row`] with every reason, not the strongest alone: their shares sum to 1.
    ///
    /// # Errors
    /// When the model fails.
    pub fn whole_card_of_row(&self, row: RowId, moment: Timestamp) -> Result<Card, ScoreError> {
        let mut found = self.features(row, row, moment, Vec::new());
        found.known = true;
        self.card_with(row, found, usize::MAX)
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

    /// The card of one row of the entity's table (a JSON object) as of `now`.
    ///
    /// # Errors
    /// When `row` is no object, or the model fails.
    pub fn card(&mut self, row: &str, now: Timestamp) -> Result<Card, ScoreError> {
        let row: Map<String, Value> = serde_json::from_str(row).map_err(|e| ScoreError::Rows(e.to_string()))?;
        let mut card = self.with_row(&row, now, Self::card_of)?;
        if card.probability.is_some() || card.value.is_some() {
            let live = LiveRow::read(&self.bundle.opened.database, self.task.entity, &row);
            card.what_if = self.chips(Asked {
                live: &live,
                known_as: None,
                now,
            })?;
        }
        Ok(card)
    }

    /// The cards of rows of the entity's table (a JSON list of objects) as of `now`, without changes worth trying, which cost
    /// many scores each.
    ///
    /// # Errors
    /// When `rows` is no list of objects, or the model fails.
    pub fn cards(&mut self, rows: &str, now: Timestamp) -> Result<Vec<Card>, ScoreError> {
        let rows = objects(rows)?;
        rows.iter().map(|row| self.with_row(row, now, Self::card_of)).collect()
    }

    /// Adds live rows (a JSON list of objects) to a table; returns how many. Rows of the entity's table with a known key are
    /// passed over: their state comes with each call.
    ///
    /// # Errors
    /// When the table is not in the bundle, or `rows` is no list of objects.
    pub fn ingest(&mut self, table: &str, rows: &str) -> Result<usize, ScoreError> {
        let id = self.table(table)?;
        let mut accepted = 0;
        for row in objects(rows)? {
            let live = LiveRow::read(&self.bundle.opened.database, id, &row);
            accepted += usize::from(self.take(id, &live));
        }
        Ok(accepted)
    }

    pub(super) fn table(&self, name: &str) -> Result<TableId, ScoreError> {
        let found = self.bundle.opened.database.schema.find(name);
        found.ok_or_else(|| ScoreError::Table(name.to_owned()))
    }

    /// Adds a live row; false when its table is the entity's and has its key already.
    pub(super) fn take(&mut self, table: TableId, row: &LiveRow) -> bool {
        let place = row.push(&mut self.bundle.opened.database, table);
        if self.is_known_twice(table, place) {
            self.bundle.opened.database.pop_row(table);
            return false;
        }
        let opened = &mut self.bundle.opened;
        opened.relations.insert(&opened.database, table, place);
        if let Some(beat) = &mut self.beat {
            beat.note(&opened.database, table, place);
        }
        true
    }

    fn is_known_twice(&self, table: TableId, row: RowId) -> bool {
        let database = &self.bundle.opened.database;
        let key = database
            .schema
            .table(table)
            .key
            .map(|c| database.table(table).symbol(c, row));
        key.and_then(|key| database.row_of_key(table, key))
            .is_some_and(|first| first != row)
    }

    /// Puts a row at the end of the entity's table, asks about it, and takes it back.
    fn with_row<T>(
        &mut self,
        row: &Map<String, Value>,
        now: Timestamp,
        ask: fn(&Self, RowId, RowId, Timestamp, Vec<String>) -> T,
    ) -> T {
        let live = LiveRow::read(&self.bundle.opened.database, self.task.entity, row);
        self.with_live(live, now, ask)
    }

    fn with_live<T>(
        &mut self,
        live: LiveRow,
        now: Timestamp,
        ask: fn(&Self, RowId, RowId, Timestamp, Vec<String>) -> T,
    ) -> T {
        let entity = self.task.entity;
        let database = &mut self.bundle.opened.database;
        let place = live.push(database, entity);
        let key = database
            .schema
            .table(entity)
            .key
            .map(|c| database.table(entity).symbol(c, place));
        let known_as = key.and_then(|key| database.row_of_key(entity, key)).unwrap_or(place);
        let words = self.words();
        let notes = live.faults.iter().map(|fault| fault.said(words)).collect();
        let answer = ask(self, place, known_as, now, notes);
        self.bundle.opened.database.pop_row(entity);
        answer
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

    fn card_of(&self, row: RowId, known_as: RowId, now: Timestamp, faults: Vec<String>) -> Result<Card, ScoreError> {
        self.card_with(row, self.features(row, known_as, now, faults), REASONS)
    }

    pub(super) fn card_with(&self, row: RowId, found: Features, most: usize) -> Result<Card, ScoreError> {
        let now = found.asker.asked;
        let OpenBundle {
            manifest,
            opened,
            model,
            skills,
            foreign,
            ..
        } = &self.bundle;
        let database = &opened.database;
        let answer = self
            .bundle
            .answers(std::slice::from_ref(&found.row))?
            .first()
            .map(|&answer| self.answer_from(found.asker, &found.row, answer))
            .filter(|_| found.known);
        let yes_or_no = model.objective == Objective::YesNo;
        let probability = answer.filter(|_| yes_or_no);
        let told = self.told_from(found.asker, &found.row)?;
        let since = told.since.map(|since| Since {
            table: self.task.entity,
            contribution: since.shift,
            observed: since.observed,
            expected: since.expected,
        });
        let instead = |place: usize, other: f32| {
            let mut row = found.row.clone();
            if let Some(value) = row.get_mut(place) {
                *value = other;
            }
            told.score - since.map_or(0.0, |since| since.contribution) - self.score_from(found.asker, &row)
        };
        let agents = skills.as_ref().map_or_else(Vec::new, |skills| {
            let wanted = skills.wanted(database, self.task.entity, row, probability.filter(|p| !p.is_nan()));
            let policy = tier_policy(skills.tiers().len(), &Costs::default());
            let desk = skills.desk(now, skills.usual_capacity(), &BTreeMap::new(), false);
            skills.suggest(&wanted, &desk, &policy, AGENTS, &self.target)
        });
        Ok(Card {
            entity: database.key_text(self.task.entity, row).unwrap_or_default().to_owned(),
            anchor: now.to_string(),
            kind: model.objective,
            language: self.target.language,
            probability,
            log_odds: (found.known && yes_or_no).then_some(told.score),
            base_log_odds: yes_or_no.then_some(told.base),
            base_rate: manifest.base_rate,
            lift: probability.zip(manifest.base_rate).map(|(p, base)| p / base),
            certainty: answer.and_then(|_| self.certainty(found.asker, &found.row, told.score)),
            band: probability
                .zip(manifest.thresholds.as_ref())
                .map_or(Band::Unknown, |(p, thresholds)| Band::of(p, thresholds)),
            value: answer.filter(|_| !yes_or_no),
            shown: answer.filter(|_| !yes_or_no).map(|x| self.target.show(x)),
            base_value: (!yes_or_no).then_some(told.base),
            unit: manifest.unit.clone(),
            horizon_hours: manifest.horizon_hours,
            reasons: if found.known {
                reasons(
                    database,
                    &opened.relations,
                    found.asker,
                    Parts {
                        values: &found.row,
                        shapley: &told.values,
                        errors: told.errors.as_deref(),
                        learnt: &self.learnt(found.asker),
                        tokens: &model.tokens(database, self.task.entity, found.asker),
                        since,
                        lean: (!*foreign).then(|| Lean::new(&instead)),
                    },
                    &self.target,
                    most,
                )
            } else {
                Vec::new()
            },
            contributions: contributions(
                &model.features,
                &database.schema,
                self.task.entity,
                &found.row,
                &told.values,
                since,
            ),
            explanation: if *foreign { Method::Sampled } else { Method::Exact },
            partial: found.partial,
            agents,
            what_if: Vec::new(),
            hypothetical: None,
        })
    }
}

fn objects(rows: &str) -> Result<Vec<Map<String, Value>>, ScoreError> {
    serde_json::from_str(rows).map_err(|e| ScoreError::Rows(e.to_string()))
}
