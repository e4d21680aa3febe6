//! Labels and training anchors of a bound query: who is asked about, what came true, from when on that is known, and at
//! which moments past questions are asked.

use thiserror::Error;

use super::condition::{Sight, Test};
use super::gathered::{Gathered, Outcome};
use super::path::ColumnPath;
use crate::data::table::Cell;
use crate::data::{Column, ColumnType, Database, Duration, RowId, Symbol, TableId, Timestamp};
use crate::query::Task;
use crate::query::task::{BoundCondition, BoundOperand, BoundTarget, TaskKind};

/// The most examples that anchors are laid out for; the newest are kept.
const MOST_EXAMPLES: usize = 20_000_000;

/// The most anchors of a grid.
const MOST_ANCHORS: usize = 100_000;

/// One question: an entity and the moment it is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Example {
    /// The entity's row.
    pub row: RowId,
    /// The moment.
    pub anchor: Timestamp,
}

/// What came true.
#[derive(Clone, Debug, PartialEq)]
pub enum Label {
    /// Yes or no.
    Bool(bool),
    /// A quantity.
    Number(f64),
    /// A category.
    Category(Symbol),
    /// Several categories, in the order of first appearance.
    Set(Vec<Symbol>),
    /// Several numbers, in the order of first appearance.
    Numbers(Vec<f64>),
    /// A quantity per time frame; `None` where there was nothing to aggregate.
    Frames(Vec<Option<f64>>),
}

/// Why a task has no labels in a database.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LabelError {
    /// The task was bound to another schema.
    #[error("the question was bound to a schema with other tables than the database's; bind it again")]
    OtherSchema,
}

/// Answers a task's questions from a database. Its indexes are built once; a question is then binary searches.
pub struct Labeler<'a> {
    database: &'a Database,
    entity: TableId,
    kind: TaskKind,
    task: &'a Task,
    target: Answer<'a>,
    population: Option<Test<'a>>,
    assuming: Option<Test<'a>>,
    /// Whether the target takes a flag as it stands that does not say when it became true.
    undated: bool,
    /// Rows whose key names them.
    keyed: Vec<RowId>,
}

enum Answer<'a> {
    Column(ColumnPath),
    Aggregate(Box<Gathered<'a>>),
    Condition(Test<'a>),
}

impl<'a> Labeler<'a> {
    /// Builds the indexes.
    ///
    /// # Errors
    /// When the task was bound to another schema.
    pub fn new(database: &'a Database, task: &'a Task) -> Result<Self, LabelError> {
        let entity = task.entity;
        let tables = database.tables.len();
        let known = |table: TableId| table.0 < tables;
        if !known(entity) || !task.target.aggregates().iter().all(|a| known(a.table)) {
            return Err(LabelError::OtherSchema);
        }
        let target = match &task.target {
            BoundTarget::Column(reach) => Answer::Column(ColumnPath {
                hops: reach.links.clone(),
                column: reach.column,
            }),
            BoundTarget::Aggregate(aggregate) => {
                Answer::Aggregate(Box::new(Gathered::new(database, aggregate, entity, true)))
            }
            BoundTarget::Condition(condition) => Answer::Condition(Test::new(database, condition, entity, true)),
        };
        let population = task.population.as_ref().map(|c| Test::new(database, c, entity, false));
        let assuming = task.assuming.as_ref().map(|c| Test::new(database, c, entity, true));
        let undated = match &task.target {
            BoundTarget::Condition(condition) => has_undated_flag(database, condition),
            _ => false,
        };
        let keyed = keyed_rows(database, entity);
        Ok(Self {
            database,
            entity,
            kind: task.kind,
            task,
            target,
            population,
            assuming,
            undated,
            keyed,
        })
    }

    /// The rows that can be asked about at `anchor`: those with a key that exist by then.
    #[must_use]
    pub fn candidates(&self, anchor: Timestamp) -> Vec<RowId> {
        self.keyed.iter().copied().filter(|r| self.exists(*r, anchor)).collect()
    }

    fn exists(&self, row: RowId, anchor: Timestamp) -> bool {
        match self.database.row_time(self.entity, row) {
            Some(Timestamp::MAX) => false,
            Some(time) => time <= anchor,
            None => true,
        }
    }

    /// Whether the question is asked about a row at `anchor`: it exists and `WHERE` holds, nothing later being seen.
    #[must_use]
    pub fn in_population(&self, row: RowId, anchor: Timestamp) -> bool {
        self.exists(row, anchor)
            && self
                .population
                .as_ref()
                .is_none_or(|p| p.holds(row, anchor, Sight::AsOf))
    }

    /// As [`Labeler::in_population`] for one row, without building the indexes that labels need.
    #[must_use]
    pub fn asks_about(database: &'a Database, task: &'a Task, row: RowId, anchor: Timestamp) -> bool {
        let exists = match database.row_time(task.entity, row) {
            Some(Timestamp::MAX) => false,
            Some(time) => time <= anchor,
            None => true,
        };
        let holds = |condition| Test::new(database, condition, task.entity, false).holds(row, anchor, Sight::AsOf);
        exists && task.population.as_ref().is_none_or(holds)
    }

    /// Whether what `ASSUMING` assumes came true after `anchor`; true without `ASSUMING`. It looks into the future, so
    /// it chooses examples to learn from and never rows to score.
    #[must_use]
    pub fn assumption_held(&self, row: RowId, anchor: Timestamp) -> bool {
        self.assuming
            .as_ref()
            .is_none_or(|a| a.holds(row, anchor, Sight::Everything))
    }

    /// What came true for a row after `anchor`; `None` when it drops out: an operand is NULL, there was nothing to
    /// aggregate, or the assumption did not hold.
    #[must_use]
    pub fn label(&self, row: RowId, anchor: Timestamp) -> Option<Label> {
        if !self.assumption_held(row, anchor) {
            return None;
        }
        match &self.target {
            Answer::Condition(test) => test.came_true(row, anchor).map(Label::Bool),
            Answer::Column(path) => {
                let cell = path.cell_as_of(self.database, self.entity, row, Sight::Everything.moment(anchor));
                self.one(cell)
            }
            Answer::Aggregate(gathered) => match self.kind {
                TaskKind::Forecast { frames } => self.frames(gathered, row, anchor, frames),
                _ => self.outcome(gathered.outcome(row, anchor, Sight::Everything)),
            },
        }
    }

    fn outcome(&self, outcome: Outcome<'a>) -> Option<Label> {
        match outcome {
            Outcome::One(cell) => self.one(cell),
            Outcome::Any(any) => Some(Label::Bool(any)),
            Outcome::Several(cells) => {
                let symbols: Vec<Symbol> = cells
                    .iter()
                    .filter_map(|c| if let Cell::Symbol(s) = c { Some(*s) } else { None })
                    .collect();
                if !symbols.is_empty() {
                    return Some(Label::Set(symbols));
                }
                let number = |cell: &Cell<'_>| if let Cell::Number(x) = cell { Some(*x) } else { None };
                Some(Label::Numbers(cells.iter().filter_map(number).collect()))
            }
        }
    }

    fn one(&self, cell: Cell<'a>) -> Option<Label> {
        match cell {
            Cell::Number(x) if self.kind == TaskKind::Binary => Some(Label::Bool(x != 0.0)),
            Cell::Number(x) => Some(Label::Number(x)),
            Cell::Symbol(symbol) => match self.kind {
                TaskKind::Regression => self.database.symbols.text(symbol)?.parse().ok().map(Label::Number),
                _ => Some(Label::Category(symbol)),
            },
            _ => None,
        }
    }

    fn frames(&self, gathered: &Gathered<'a>, row: RowId, anchor: Timestamp, frames: u32) -> Option<Label> {
        let values: Vec<Option<f64>> = self
            .frame_anchors(anchor, frames)
            .into_iter()
            .map(|moment| match gathered.outcome(row, moment, Sight::Everything) {
                Outcome::One(Cell::Number(x)) => Some(x),
                _ => None,
            })
            .collect();
        values.iter().any(Option::is_some).then_some(Label::Frames(values))
    }

    /// The moments whose windows a forecast asked at `anchor` answers, first to last.
    #[must_use]
    pub fn frame_anchors(&self, anchor: Timestamp, frames: u32) -> Vec<Timestamp> {
        let step = self.task.horizon.step().unwrap_or(Duration(0));
        (0..i64::from(frames))
            .map(|k| anchor + Duration(step.0.saturating_mul(k)))
            .collect()
    }

    /// The earliest moment from which the label of a question asked at `anchor` can no longer change: of a yes that
    /// cannot be taken back the moment it came true, else the window's end; of a column of the entity the moment the
    /// cell is known, but not before the anchor. A flag that does not say when it became true settles with the window.
    #[must_use]
    pub fn settled_at(&self, row: RowId, anchor: Timestamp) -> Timestamp {
        match &self.target {
            Answer::Condition(_) if self.undated => self.task.horizon.closes(anchor),
            Answer::Condition(test) => test.settled(row, anchor).at.max(anchor),
            Answer::Column(path) => match path.cell(self.database, self.entity, row) {
                (Cell::Null, _) | (_, Timestamp::MAX) => anchor,
                (_, known) => known.max(anchor),
            },
            Answer::Aggregate(gathered) => match self.kind {
                TaskKind::Forecast { frames } => self
                    .frame_anchors(anchor, frames)
                    .into_iter()
                    .map(|moment| gathered.known_by(row, moment))
                    .fold(anchor, Timestamp::max),
                _ => gathered.known_by(row, anchor).max(anchor),
            },
        }
    }

    /// The questions to learn from with data up to `until`, in order of anchor, then of row. An entity with a time column
    /// is asked about at its own time; one without on a grid that steps back from `until` by the window's length, the
    /// first window ending at `until`, back to the earliest data. Population and labels are the caller's to ask for, and
    /// so is leaving out what had not settled by `until`.
    #[must_use]
    pub fn anchors(&self, until: Timestamp) -> Vec<Example> {
        let mut examples: Vec<Example> = if self.database.schema.table(self.entity).time.is_some() {
            let born = |row: RowId| {
                Some(Example {
                    row,
                    anchor: self.database.row_time(self.entity, row)?,
                })
            };
            self.keyed
                .iter()
                .filter_map(|r| born(*r))
                .filter(|e| e.anchor <= until)
                .collect()
        } else {
            let ahead = self.task.horizon.closes(until) - until;
            self.laid_out(self.grid(until - ahead))
        };
        examples.sort_unstable_by_key(|e| (e.anchor, e.row));
        examples
    }

    /// Every candidate at every moment of [`Labeler::grid`], as the reference lays out its context.
    #[must_use]
    pub fn context(&self, from: Timestamp) -> Vec<Example> {
        let mut examples = self.laid_out(self.grid(from));
        examples.sort_unstable_by_key(|e| (e.anchor, e.row));
        examples
    }

    fn laid_out(&self, grid: Vec<Timestamp>) -> Vec<Example> {
        let mut examples = Vec::new();
        for anchor in grid {
            examples.extend(self.candidates(anchor).into_iter().map(|row| Example { row, anchor }));
            if examples.len() > MOST_EXAMPLES {
                break;
            }
        }
        examples
    }

    /// `from`, and every moment a window's length before the last that is not before the earliest data; newest first.
    /// A target without a window, or with one that has no length, is asked about at `from` alone.
    #[must_use]
    pub fn grid(&self, from: Timestamp) -> Vec<Timestamp> {
        let mut grid = vec![from];
        let (Some(step), Some(earliest)) = (self.task.horizon.step(), self.earliest()) else {
            return grid;
        };
        let mut anchor = from - step;
        while anchor >= earliest && anchor < from && grid.len() < MOST_ANCHORS {
            grid.push(anchor);
            anchor = anchor - step;
        }
        grid
    }

    /// The earliest row that the target's aggregates look at.
    fn earliest(&self) -> Option<Timestamp> {
        let aggregates = self.task.target.aggregates();
        let moments = aggregates
            .iter()
            .filter_map(|a| match self.database.table(a.table).column(a.time) {
                Column::Time(times) => times.iter().copied().filter(|t| *t != Timestamp::MAX).min(),
                _ => None,
            });
        moments.min()
    }
}

fn has_undated_flag(database: &Database, condition: &BoundCondition) -> bool {
    match condition {
        BoundCondition::Compare {
            operand: BoundOperand::Column(reach),
            ..
        } => {
            let column = database.schema.column(reach.table, reach.column);
            column.kind == ColumnType::Boolean && column.known_at.is_none()
        }
        BoundCondition::Compare { .. } | BoundCondition::Occurs(_) => false,
        BoundCondition::Not(inner) => has_undated_flag(database, inner),
        BoundCondition::And(parts) | BoundCondition::Or(parts) => parts.iter().any(|p| has_undated_flag(database, p)),
    }
}

/// The rows with a key that leads to them: of several rows with one key the first.
fn keyed_rows(database: &Database, entity: TableId) -> Vec<RowId> {
    let Some(key) = database.schema.table(entity).key else {
        return Vec::new();
    };
    let table = database.table(entity);
    #[allow(clippy::cast_possible_truncation)]
    let rows = (0..table.rows as u32).map(RowId);
    rows.filter(|row| {
        let key = table.symbol(key, *row);
        !key.is_null() && database.row_of_key(entity, key) == Some(*row)
    })
    .collect()
}
