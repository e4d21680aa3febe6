//! What the model would say if something were otherwise: a [`Change`] is made, the question asked, and everything put
//! back exactly as it was. The answer is the model's, no claim of cause and effect, and the card says so.

use rustc_hash::FxHashSet;
use serde::Serialize;
use serde_json::{Map, Value};

use super::card::Card;
use super::cards::REASONS;
use super::rows::{LiveCell, LiveRow, read_cell, shortened};
use super::scorer::{ScoreError, Scorer};
use crate::bundle::shard::Opened;
use crate::data::table::Cell;
use crate::data::{ColumnId, ColumnType, RowId, Schema, TableId, Timestamp};
use crate::explain::Language;
use crate::explain::change::{Change, Proposal, proposals};
use crate::explain::number::percent;
use crate::explain::words::{Words, fill};
use crate::learn::objective::Objective;
use crate::relate::Asker;
use crate::relate::path::ColumnPath;
use crate::relate::series::Aside;

/// A change worth trying, and what the model would say then.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Chip {
    /// "No API 500 errors".
    pub label: String,
    /// What to ask.
    pub change: Change,
    /// The model's answer, from 0 to 1; `None` when a number is asked for.
    pub probability: Option<f64>,
    /// The number, when one is asked for.
    pub value: Option<f64>,
    /// The answer as people say it: "8.4 %", "7.5 h".
    pub shown: String,
}

/// Chips on a card at most.
const CHIPS: usize = 4;
/// A change that moves the probability by less is not worth showing.
const WORTH: f64 = 0.005;
/// Nor is one that moves a number by less than this part of it.
const WORTH_OF_NUMBER: f64 = 0.02;
/// Links followed to a cell that a change names.
const HOPS: usize = 2;

/// Whose row is asked about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    pub live: &'a LiveRow,
    /// The row in the tables that stands for it, when it is known apart from its key.
    pub known_as: Option<RowId>,
    pub now: Timestamp,
}

impl Scorer {
    /// The card of a row of the entity's table (a JSON object) as of `now`, had `change` (JSON, see [`Change`]) been so.
    ///
    /// # Errors
    /// When `row` or `change` cannot be read, when a change names a table, column or value that does not exist, or when the
    /// model fails. Nothing is changed then either.
    pub fn what_if(&mut self, row: &str, change: &str, now: Timestamp) -> Result<Card, ScoreError> {
        let row: Map<String, Value> = serde_json::from_str(row).map_err(|e| ScoreError::Rows(e.to_string()))?;
        let change: Change = serde_json::from_str(change).map_err(|e| ScoreError::Change(e.to_string()))?;
        let live = LiveRow::read(&self.bundle.opened.database, self.task.entity, &row);
        let asked = Asked {
            live: &live,
            known_as: None,
            now,
        };
        self.card_if(asked, &change)
    }

    /// As [`Scorer::what_if`] for a row that the tables hold, scored whatever is known of it.
    ///
    /// # Errors
    /// As [`Scorer::what_if`].
    pub fn what_if_of_row(&mut self, row: RowId, change: &Change, now: Timestamp) -> Result<Card, ScoreError> {
        let live = LiveRow::copied(&self.bundle.opened.database, self.task.entity, row);
        let asked = Asked {
            live: &live,
            known_as: Some(row),
            now,
        };
        self.card_if(asked, change)
    }

    /// The changes worth trying for a row that the tables hold, the most telling first.
    ///
    /// # Errors
    /// When the model fails.
    pub fn chips_of_row(&mut self, row: RowId, now: Timestamp) -> Result<Vec<Chip>, ScoreError> {
        let live = LiveRow::copied(&self.bundle.opened.database, self.task.entity, row);
        let asked = Asked {
            live: &live,
            known_as: Some(row),
            now,
        };
        self.chips(asked)
    }

    fn card_if(&mut self, asked: Asked<'_>, change: &Change) -> Result<Card, ScoreError> {
        self.trying(asked, change, |scorer, row, known_as, notes| {
            let mut found = scorer.features(row, known_as, asked.now, notes);
            // Whether the question's WHERE holds of it does not matter to a what-if; that nothing is known does.
            found.known = asked.known_as.is_some() || !found.unlinked;
            let mut card = scorer.card_with(row, found, REASONS)?;
            card.hypothetical = Some(scorer.words().hypothetical.to_owned());
            Ok(card)
        })
    }

    /// The changes worth trying, the most telling first.
    pub(super) fn chips(&mut self, asked: Asked<'_>) -> Result<Vec<Chip>, ScoreError> {
        let unchanged = Change::default();
        let (before, proposed) = self.trying(asked, &unchanged, |scorer, row, known_as, notes| {
            let found = scorer.features(row, known_as, asked.now, notes);
            let told = scorer.told_from(found.asker, &found.row)?;
            let opened = &scorer.bundle.opened;
            let worth_trying = proposals(
                &opened.database,
                &opened.relations,
                found.asker,
                &found.row,
                &told.values,
                &scorer.target,
                CHIPS + 2,
            );
            Ok((scorer.answer_of(found.asker)?, worth_trying))
        })?;
        let worth = match self.bundle.model.objective {
            Objective::YesNo => WORTH,
            Objective::Number => WORTH_OF_NUMBER * before.abs(),
        };
        let mut chips = Vec::new();
        for Proposal { up, alternatives } in proposed {
            let mut best: Option<(f64, Chip)> = None;
            for alternative in alternatives {
                let change = alternative.change;
                let answer = self.trying(asked, &change, |scorer, row, known_as, _| {
                    scorer.answer_of(scorer.asker(row, known_as, asked.now))
                });
                let Ok(answer) = answer else { continue };
                let moved = if up { before - answer } else { answer - before };
                if moved >= worth && best.as_ref().is_none_or(|(most, _)| moved > *most) {
                    best = Some((moved, self.chip(alternative.label, change, answer)));
                }
            }
            chips.extend(best);
        }
        chips.sort_by(|a, b| b.0.total_cmp(&a.0));
        // The same thing of an account and of its user reads the same; the one that moves more stands.
        let mut labels = FxHashSet::default();
        chips.retain(|(_, chip)| labels.insert(chip.label.clone()));
        chips.truncate(CHIPS);
        Ok(chips.into_iter().map(|(_, chip)| chip).collect())
    }

    fn chip(&self, label: String, change: Change, answer: f64) -> Chip {
        let is_number = self.bundle.model.objective == Objective::Number;
        Chip {
            label,
            change,
            probability: (!is_number).then_some(answer),
            value: is_number.then_some(answer),
            shown: if is_number {
                self.target.show(answer)
            } else {
                percent(answer, self.words())
            },
        }
    }

    fn answer_of(&self, asker: Asker) -> Result<f64, ScoreError> {
        let rows = [self.values(asker)];
        let answers = self.bundle.answers(&rows)?;
        let from = |&answer: &f64| self.answer_from(asker, &rows[0], answer);
        Ok(answers.first().map_or(f64::NAN, from))
    }

    /// Makes a change, asks, and puts everything back, whether or not it worked.
    fn trying<T>(
        &mut self,
        asked: Asked<'_>,
        change: &Change,
        ask: impl FnOnce(&Self, RowId, RowId, Vec<String>) -> Result<T, ScoreError>,
    ) -> Result<T, ScoreError> {
        let mut trial = Trial::new(&self.bundle.opened, self.words());
        let made = trial.make(&mut self.bundle.opened, self.task.entity, asked, change);
        let answer = made.and_then(|(row, known_as)| ask(self, row, known_as, trial.notes.clone()));
        trial.undo(&mut self.bundle.opened);
        answer
    }
}

/// What was changed, so that it can be undone.
struct Trial {
    aside: Aside,
    cells: Vec<(TableId, ColumnId, RowId, Cell<'static>)>,
    pushed: Vec<TableId>,
    symbols: usize,
    notes: Vec<String>,
    words: &'static Words,
}

impl Trial {
    fn new(opened: &Opened, words: &'static Words) -> Self {
        Self {
            aside: Aside::default(),
            cells: Vec::new(),
            pushed: Vec::new(),
            symbols: opened.database.symbols.len(),
            notes: Vec::new(),
            words,
        }
    }

    /// The row to ask about, and the row it is known as.
    fn make(
        &mut self,
        opened: &mut Opened,
        entity: TableId,
        asked: Asked<'_>,
        change: &Change,
    ) -> Result<(RowId, RowId), ScoreError> {
        let mut live = asked.live.clone();
        self.notes
            .extend(live.faults.drain(..).map(|fault| fault.said(self.words)));
        let mut of_parents = Vec::new();
        for (name, value) in &change.set {
            let path = path_named(&opened.database.schema, entity, name)?;
            let cell = new_cell(&opened.database.schema, entity, &path, value)?;
            if !path.hops.is_empty() {
                of_parents.push((name, path, cell));
            } else if opened.database.schema.table(entity).key == Some(path.column) {
                return Err(ScoreError::Change(format!("{name} is what names the row; it stays")));
            } else {
                live.set(path.column, cell);
            }
        }
        let row = live.push(&mut opened.database, entity);
        self.pushed.push(entity);
        for (name, path, cell) in of_parents {
            self.set_parent(opened, entity, row, name, &path, &cell)?;
        }
        for (table, wanted) in &change.remove {
            self.remove(opened, table, wanted)?;
        }
        for (table, rows) in &change.add {
            for new in rows {
                self.add(opened, table, new, asked.now)?;
            }
        }
        let database = &opened.database;
        let by_key = || {
            let key = database.table(entity).symbol(database.schema.table(entity).key?, row);
            database.row_of_key(entity, key)
        };
        Ok((row, asked.known_as.or_else(by_key).unwrap_or(row)))
    }

    fn set_parent(
        &mut self,
        opened: &mut Opened,
        entity: TableId,
        row: RowId,
        name: &str,
        path: &ColumnPath,
        cell: &LiveCell,
    ) -> Result<(), ScoreError> {
        let database = &mut opened.database;
        let Some((table, place, _)) = path.row(database, entity, row) else {
            return Err(ScoreError::Change(format!(
                "{name} leads to no row that the tables hold"
            )));
        };
        let before = cell
            .interned(database)
            .and_then(|cell| database.replace_cell(table, path.column, place, cell));
        let Some(before) = before else {
            return Err(ScoreError::Change(format!(
                "{name} cannot be set: it is a key or a text"
            )));
        };
        self.cells.push((table, path.column, place, before));
        Ok(())
    }

    fn remove(&mut self, opened: &mut Opened, table: &str, wanted: &Map<String, Value>) -> Result<(), ScoreError> {
        let id = find_table(&opened.database.schema, table)?;
        let mut conditions = Vec::new();
        for (name, value) in wanted {
            let column = find_column(&opened.database.schema, id, name)?;
            let any: &[Value] = match value {
                Value::Array(values) => values,
                one => std::slice::from_ref(one),
            };
            let schema = opened.database.schema.column(id, column);
            let cells: Result<Vec<LiveCell>, ScoreError> = any
                .iter()
                .map(|value| {
                    read_cell(schema, value)
                        .map_err(|expected| wrong_value(table, name, expected.said(english()), value))
                })
                .collect();
            conditions.push((column, cells?));
        }
        let cells = opened.database.table(id);
        let rows = u32::try_from(cells.rows).unwrap_or(u32::MAX);
        let holds = |row: RowId| {
            conditions.iter().all(|(column, any)| {
                let cell = LiveCell::of(&opened.database, cells.column(*column).cell(row.index()));
                any.contains(&cell)
            })
        };
        let gone: FxHashSet<RowId> = (0..rows).map(RowId).filter(|&row| holds(row)).collect();
        if opened.relations.hide(&opened.database, id, &gone, &mut self.aside) == 0 {
            self.notes.push(fill(self.words.nothing_to_remove, &[("table", table)]));
        }
        Ok(())
    }

    fn add(
        &mut self,
        opened: &mut Opened,
        table: &str,
        new: &Map<String, Value>,
        now: Timestamp,
    ) -> Result<(), ScoreError> {
        let id = find_table(&opened.database.schema, table)?;
        for name in new.keys() {
            find_column(&opened.database.schema, id, name)?;
        }
        let mut live = LiveRow::read(&opened.database, id, new);
        if let Some(fault) = live.faults.first() {
            return Err(ScoreError::Change(fault.to_string()));
        }
        if let Some(time) = opened.database.schema.table(id).time
            && live.is_null(time)
        {
            live.set(time, LiveCell::Time(now));
        }
        let row = live.push(&mut opened.database, id);
        self.pushed.push(id);
        if !opened
            .relations
            .insert_for_now(&opened.database, id, row, &mut self.aside)
        {
            self.notes.push(fill(self.words.counts_nowhere, &[("table", table)]));
        }
        Ok(())
    }

    fn undo(self, opened: &mut Opened) {
        opened.relations.put_back(self.aside);
        for (table, column, row, cell) in self.cells.into_iter().rev() {
            opened.database.replace_cell(table, column, row, cell);
        }
        for table in self.pushed.into_iter().rev() {
            opened.database.pop_row(table);
        }
        opened.database.symbols.truncate(self.symbols);
    }
}

fn find_table(schema: &Schema, name: &str) -> Result<TableId, ScoreError> {
    schema.find(name).ok_or_else(|| ScoreError::Table(name.to_owned()))
}

fn find_column(schema: &Schema, table: TableId, name: &str) -> Result<ColumnId, ScoreError> {
    let columns = schema.table(table);
    columns
        .find(name)
        .ok_or_else(|| ScoreError::Change(format!("{} has no column {name:?}", columns.name)))
}

/// Errors are in English, as all of them are.
fn english() -> &'static Words {
    Language::English.words()
}

fn wrong_value(table: &str, column: &str, expected: &str, value: &Value) -> ScoreError {
    ScoreError::Change(format!("{table}.{column} is not {expected}: {}", shortened(value)))
}

/// A cell of the entity's row (`priority`) or of one it links to (`account_id.plan`, or `accounts.plan`).
fn path_named(schema: &Schema, entity: TableId, name: &str) -> Result<ColumnPath, ScoreError> {
    if let Some(column) = schema.table(entity).find(name) {
        return Ok(ColumnPath::own(column));
    }
    let mut reached = vec![(entity, Vec::<ColumnId>::new())];
    for _ in 0..HOPS {
        let mut further = Vec::new();
        for (table, way) in reached {
            for link in &schema.table(table).links {
                let hops = [way.as_slice(), &[link.column]].concat();
                for column in (0..schema.table(link.table).columns.len()).map(ColumnId) {
                    let path = ColumnPath {
                        hops: hops.clone(),
                        column,
                    };
                    let called = [path.name(schema, entity), schema.column_name(link.table, column)];
                    if called.iter().any(|c| c.eq_ignore_ascii_case(name)) {
                        return Ok(path);
                    }
                }
                further.push((link.table, hops));
            }
        }
        reached = further;
    }
    let table = &schema.table(entity).name;
    Err(ScoreError::Change(format!(
        "{table} has no column {name:?}, and no row it links to has; write it as account_id.plan"
    )))
}

fn new_cell(schema: &Schema, entity: TableId, path: &ColumnPath, value: &Value) -> Result<LiveCell, ScoreError> {
    let name = path.name(schema, entity);
    let table = &schema.table(entity).name;
    let Some(column) = path.schema(schema, entity) else {
        return Err(ScoreError::Change(format!("{name} does not exist")));
    };
    let cell =
        read_cell(column, value).map_err(|expected| wrong_value(table, &name, expected.said(english()), value))?;
    if let (ColumnType::Ordered { order }, LiveCell::Symbol(text)) = (&column.kind, &cell)
        && !order.contains(text)
    {
        let one_of = format!("one of {}", order.join(", "));
        return Err(wrong_value(table, &name, &one_of, value));
    }
    Ok(cell)
}
