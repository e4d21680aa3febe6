//! Examples: who was asked about, when, and what turned out; and the feature matrix over them.

use super::error::LearnError;
use super::matrix::Matrix;
use crate::data::{Database, Duration, Timestamp};
use crate::parallel::{cores, each};
use crate::query::Task;
use crate::relate::label::{Label, LabelError, Labeler};
use crate::relate::open::Ends;
use crate::relate::series::SettledLabel;
use crate::relate::view::{Asker, Relations};

/// One question and its answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Example {
    /// Who, and when.
    pub asker: Asker,
    /// 1 or 0, or the quantity for regression.
    pub label: f32,
    /// When the label's window closed.
    pub closed_at: Timestamp,
    /// Whether the query's WHERE holds for it.
    pub in_population: bool,
}

/// Every question that the data up to a moment can ask, in order of anchor.
#[derive(Clone, Debug, Default)]
pub struct Examples {
    /// The examples.
    pub all: Vec<Example>,
    /// When each answer came to be known: the target's own history. Of an entity with a time column one answer each, to the
    /// question asked at its own time, whatever the ages.
    pub history: Vec<SettledLabel>,
}

impl Examples {
    /// Asks about every candidate of `database` up to `until`: an entity with a time column at its own time, or, with
    /// `ages`, so long after it, while it is open ([`Ends`]); an entity without one on the grid. Labels whose window is
    /// still open stand as the data have them so far, with the moment at which they will have settled if nothing more
    /// happens.
    ///
    /// # Errors
    /// When the labels cannot be computed for this database, or ages are given for an entity without a time of its own.
    pub fn gather(database: &Database, task: &Task, until: Timestamp, ages: &[Duration]) -> Result<Self, LearnError> {
        let labeler = Labeler::new(database, task).map_err(|e: LabelError| LearnError::Labels(e.to_string()))?;
        let entity = database.schema.table(task.entity);
        if !ages.is_empty() && entity.time.is_none() {
            return Err(LearnError::NoAge {
                table: entity.name.clone(),
            });
        }
        let ends = Ends::of(database, task);
        let mut examples = Self::default();
        for asked in labeler.anchors(until) {
            let at_birth = example(&labeler, task, Asker::new(asked.row, asked.anchor));
            if let Some((_, settled)) = at_birth {
                examples.history.push(settled);
            }
            if ages.is_empty() {
                examples.all.extend(at_birth.map(|(example, _)| example));
                continue;
            }
            for &age in ages {
                let anchor = asked.anchor + age;
                if anchor <= until && (age == Duration(0) || ends.is_open(database, asked.row, anchor)) {
                    let later = example(&labeler, task, Asker::new(asked.row, anchor));
                    examples.all.extend(later.map(|(example, _)| example));
                }
            }
        }
        examples.all.sort_by_key(|e| (e.asker.anchor, e.asker.row));
        Ok(examples)
    }

    /// Those in the population whose window closed by `moment`.
    #[must_use]
    pub fn settled_by(&self, moment: Timestamp) -> Vec<Example> {
        self.all
            .iter()
            .filter(|e| e.in_population && e.closed_at <= moment)
            .copied()
            .collect()
    }
}

/// A question, and its answer as history has it; `None` when there is none.
#[allow(clippy::cast_possible_truncation)]
fn example(labeler: &Labeler<'_>, task: &Task, asker: Asker) -> Option<(Example, SettledLabel)> {
    let Asker { row, anchor, .. } = asker;
    let value = match labeler.label(row, anchor)? {
        Label::Bool(yes) => f64::from(u8::from(yes)),
        Label::Number(number) if number.is_finite() => number,
        _ => return None,
    };
    let settled_at = labeler.settled_at(row, anchor);
    let closed_at = task.horizon.closes(anchor).max(settled_at);
    let example = Example {
        asker,
        label: value as f32,
        closed_at,
        in_population: labeler.in_population(row, anchor),
    };
    let settled = SettledLabel {
        row,
        anchor,
        settled_at,
        closed_at,
        value,
    };
    Some((example, settled))
}

/// The feature rows of `askers`, one matrix row each; two threads or more where there are any.
///
/// # Errors
/// Never for rows of one feature set; the matrix checks that all rows are of one width.
pub fn matrix(
    database: &Database,
    relations: &Relations,
    askers: &[Asker],
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Matrix, LearnError> {
    const BLOCK: usize = 65_536;
    let width = relations.set().features.len();
    let mut columns = vec![Vec::with_capacity(askers.len()); width];
    for (done, block) in askers.chunks(BLOCK).enumerate() {
        progress(done * BLOCK, askers.len());
        for part in in_parts(block, |part| relations.columns(database, part)) {
            for (column, mut values) in columns.iter_mut().zip(part) {
                column.append(&mut values);
            }
        }
    }
    progress(askers.len(), askers.len());
    if width == 0 {
        Ok(Matrix::new(askers.len()))
    } else {
        Matrix::from_columns(columns)
    }
}

/// The feature rows of `askers`, in order; text scores are left open.
#[must_use]
pub fn feature_rows(database: &Database, relations: &Relations, askers: &[Asker]) -> Vec<Vec<f32>> {
    let rows = |part: &[Asker]| part.iter().map(|&a| relations.row(database, a)).collect::<Vec<_>>();
    in_parts(askers, rows).into_iter().flatten().collect()
}

/// What `work` makes of the askers, in as many parts as there are cores.
fn in_parts<T: Send>(askers: &[Asker], work: impl Fn(&[Asker]) -> T + Sync) -> Vec<T> {
    let share = askers.len().div_ceil(cores()).max(1);
    let parts: Vec<&[Asker]> = askers.chunks(share).collect();
    each(parts.len(), cores(), &|part| work(parts[part]), &mut |_, _| {})
}
