//! Conditions of a bound query, tested on rows: two-valued where rows are filtered (a comparison with NULL is false, and
//! NOT turns it true), and with NULL passed on where a label is asked for.

use std::cmp::Ordering;

use rustc_hash::FxHashSet;

use super::gathered::{Gathered, Outcome};
use super::path::ColumnPath;
use crate::data::table::Cell;
use crate::data::{Column, ColumnId, ColumnType, Database, RowId, Symbol, TableId, Timestamp};
use crate::query::ast::{Function, Operator};
use crate::query::task::{BoundCondition, BoundOperand, Constant};

/// How much of the tables a test may look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sight {
    /// What is known at the anchor.
    AsOf,
    /// Everything: what came true.
    Everything,
}

impl Sight {
    /// The moment up to which cells are seen; one before never.
    pub(super) fn moment(self, anchor: Timestamp) -> Timestamp {
        match self {
            Self::AsOf => anchor.min(Timestamp(i64::MAX - 1)),
            Self::Everything => Timestamp(i64::MAX - 1),
        }
    }
}

/// A condition ready to be tested.
pub(super) enum Test<'a> {
    Compare {
        operand: Looked<'a>,
        predicate: Predicate<'a>,
    },
    Occurs(Box<Gathered<'a>>),
    Not(Box<Self>),
    All(Vec<Self>),
    Any(Vec<Self>),
}

/// What a comparison looks at.
pub(super) enum Looked<'a> {
    Cell {
        database: &'a Database,
        table: TableId,
        path: ColumnPath,
    },
    Gathered(Box<Gathered<'a>>),
}

/// What holds of a label's condition, and from when on that can no longer change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Settled {
    /// `None`: an operand is NULL.
    pub(super) value: Option<bool>,
    pub(super) at: Timestamp,
}

impl<'a> Test<'a> {
    /// Prepares `condition` for rows of `table`; see [`Gathered::new`] for `hindsight`.
    pub(super) fn new(database: &'a Database, condition: &BoundCondition, table: TableId, hindsight: bool) -> Self {
        let all = |parts: &[BoundCondition]| parts.iter().map(|p| Self::new(database, p, table, hindsight)).collect();
        match condition {
            BoundCondition::And(parts) => Self::All(all(parts)),
            BoundCondition::Or(parts) => Self::Any(all(parts)),
            BoundCondition::Not(inner) => Self::Not(Box::new(Self::new(database, inner, table, hindsight))),
            BoundCondition::Occurs(aggregate) => {
                Self::Occurs(Box::new(Gathered::new(database, aggregate, table, hindsight)))
            }
            BoundCondition::Compare {
                operand: BoundOperand::Column(reach),
                operator,
                constant,
            } => Self::Compare {
                operand: Looked::Cell {
                    database,
                    table,
                    path: ColumnPath {
                        hops: reach.links.clone(),
                        column: reach.column,
                    },
                },
                predicate: Predicate::new(database, reach.table, Some(reach.column), *operator, constant),
            },
            BoundCondition::Compare {
                operand: BoundOperand::Aggregate(aggregate),
                operator,
                constant,
            } => {
                let kept = matches!(
                    aggregate.function,
                    Function::Min | Function::Max | Function::First | Function::Last
                );
                let column = aggregate.column.filter(|_| kept);
                Self::Compare {
                    operand: Looked::Gathered(Box::new(Gathered::new(database, aggregate, table, hindsight))),
                    predicate: Predicate::new(database, aggregate.table, column, *operator, constant),
                }
            }
        }
    }

    /// Whether the condition holds of a row, two-valued.
    pub(super) fn holds(&self, row: RowId, anchor: Timestamp, sight: Sight) -> bool {
        match self {
            Self::Compare { operand, predicate } => {
                let value = operand.value(row, anchor, sight, |cell| predicate.holds(cell));
                value.or_else(|| predicate.of_null()).unwrap_or(false)
            }
            Self::Occurs(gathered) => gathered.outcome(row, anchor, sight) == Outcome::Any(true),
            Self::Not(inner) => !inner.holds(row, anchor, sight),
            Self::All(parts) => parts.iter().all(|p| p.holds(row, anchor, sight)),
            Self::Any(parts) => parts.iter().any(|p| p.holds(row, anchor, sight)),
        }
    }

    /// Whether the condition came true for a row, as a label: `None` when an operand is NULL, even if another operand
    /// would decide.
    pub(super) fn came_true(&self, row: RowId, anchor: Timestamp) -> Option<bool> {
        let of = |part: &Self| part.came_true(row, anchor);
        match self {
            Self::Compare { operand, predicate } => operand
                .value(row, anchor, Sight::Everything, |cell| predicate.holds(cell))
                .or_else(|| predicate.of_null()),
            Self::Occurs(_) => Some(self.holds(row, anchor, Sight::Everything)),
            Self::Not(inner) => of(inner).map(|v| !v),
            Self::All(parts) => parts.iter().map(of).try_fold(true, |so_far, v| Some(so_far & v?)),
            Self::Any(parts) => parts.iter().map(of).try_fold(false, |so_far, v| Some(so_far | v?)),
        }
    }

    /// [`Test::came_true`], and the earliest moment from which it can no longer change.
    pub(super) fn settled(&self, row: RowId, anchor: Timestamp) -> Settled {
        match self {
            Self::Compare { operand, predicate } => Settled {
                value: self.came_true(row, anchor),
                at: operand.settled_at(predicate, row, anchor),
            },
            Self::Occurs(gathered) => {
                let first = gathered.nth(1, row, anchor);
                Settled {
                    value: Some(first.is_some()),
                    at: first.unwrap_or_else(|| gathered.closes(anchor)),
                }
            }
            Self::Not(inner) => {
                let inner = inner.settled(row, anchor);
                Settled {
                    value: inner.value.map(|v| !v),
                    at: inner.at,
                }
            }
            Self::All(parts) => joint(parts, row, anchor, true),
            Self::Any(parts) => joint(parts, row, anchor, false),
        }
    }

    /// Whether the outcome for a row depends on when it is asked; a row's own moment in `time` does not count.
    pub(super) fn depends_on_the_moment(&self, time: ColumnId) -> bool {
        match self {
            Self::Compare {
                operand: Looked::Cell { database, table, path },
                ..
            } => {
                let Some(schema) = path.schema(&database.schema, *table) else {
                    return false;
                };
                let moment = schema.kind == ColumnType::Timestamp && !(path.hops.is_empty() && path.column == time);
                !path.hops.is_empty() || moment || schema.known_at.is_some_and(|k| !(path.hops.is_empty() && k == time))
            }
            Self::Compare { .. } | Self::Occurs(_) => true,
            Self::Not(inner) => inner.depends_on_the_moment(time),
            Self::All(parts) | Self::Any(parts) => parts.iter().any(|p| p.depends_on_the_moment(time)),
        }
    }
}

/// AND (`neutral` true) or OR: one part that decides settles it; otherwise all must be settled.
fn joint(parts: &[Test<'_>], row: RowId, anchor: Timestamp, neutral: bool) -> Settled {
    let parts: Vec<Settled> = parts.iter().map(|p| p.settled(row, anchor)).collect();
    let latest = parts.iter().map(|p| p.at).max().unwrap_or(anchor);
    if parts.iter().any(|p| p.value.is_none()) {
        return Settled {
            value: None,
            at: latest,
        };
    }
    let deciding = parts.iter().filter(|p| p.value == Some(!neutral)).map(|p| p.at).min();
    Settled {
        value: Some(deciding.map_or(neutral, |_| !neutral)),
        at: deciding.unwrap_or(latest),
    }
}

impl<'a> Looked<'a> {
    /// What `test` says of the value; `None` when the value is NULL.
    fn value<T>(&self, row: RowId, anchor: Timestamp, sight: Sight, test: impl Fn(&Cell<'a>) -> T) -> Option<T> {
        let cell = match self {
            Self::Cell { database, table, path } => path.cell_as_of(database, *table, row, sight.moment(anchor)),
            Self::Gathered(gathered) => match gathered.outcome(row, anchor, sight) {
                Outcome::One(cell) => cell,
                Outcome::Any(any) => Cell::Number(f64::from(u8::from(any))),
                Outcome::Several(values) => values.first().copied().unwrap_or(Cell::Null),
            },
        };
        (cell != Cell::Null).then(|| test(&cell))
    }

    fn settled_at(&self, predicate: &Predicate<'_>, row: RowId, anchor: Timestamp) -> Timestamp {
        match self {
            Self::Cell { database, table, path } => match path.cell(database, *table, row) {
                (Cell::Null, _) | (_, Timestamp::MAX) => anchor,
                (_, known) => known.max(anchor),
            },
            Self::Gathered(gathered) => {
                let turned = match (gathered.function(), predicate.turning_count()) {
                    (Function::Count, Some(n)) => gathered.nth(n, row, anchor),
                    (Function::Min, _) if predicate.is_below() => {
                        gathered.first_passing(row, anchor, |c| predicate.holds(c))
                    }
                    (Function::Max, _) if predicate.is_above() => {
                        gathered.first_passing(row, anchor, |c| predicate.holds(c))
                    }
                    _ => None,
                };
                turned.unwrap_or_else(|| gathered.known_by(row, anchor))
            }
        }
    }
}

/// `operator constant`, ready to be tested on cells of one column or on an aggregate's number.
pub(super) struct Predicate<'a> {
    database: &'a Database,
    column: Option<(TableId, ColumnId)>,
    operator: Operator,
    constant: Constant,
    /// Of a column of categories or identifiers, those that pass.
    passing: Option<FxHashSet<Symbol>>,
}

impl<'a> Predicate<'a> {
    fn new(
        database: &'a Database,
        table: TableId,
        column: Option<ColumnId>,
        operator: Operator,
        constant: &Constant,
    ) -> Self {
        let column = column.map(|c| (table, c));
        let mut predicate = Self {
            database,
            column,
            operator,
            constant: constant.clone(),
            passing: None,
        };
        if let Some(Column::Symbol(cells)) = column.map(|(table, column)| database.table(table).column(column)) {
            let mut seen: FxHashSet<Symbol> = cells.iter().copied().filter(|s| !s.is_null()).collect();
            seen.retain(|s| predicate.tested(&Cell::Symbol(*s)));
            predicate.passing = Some(seen);
        }
        predicate
    }

    fn holds(&self, cell: &Cell<'_>) -> bool {
        match (cell, &self.passing) {
            (Cell::Symbol(symbol), Some(passing)) => passing.contains(symbol),
            _ => self.tested(cell),
        }
    }

    /// What the predicate says of NULL: only `IS NULL` and `IS NOT NULL` say anything.
    fn of_null(&self) -> Option<bool> {
        match (&self.constant, self.operator) {
            (Constant::Null, Operator::Eq) => Some(true),
            (Constant::Null, Operator::Ne) => Some(false),
            _ => None,
        }
    }

    fn tested(&self, cell: &Cell<'_>) -> bool {
        if self.constant == Constant::Null {
            return self.operator == Operator::Ne;
        }
        match self.operator {
            Operator::In | Operator::IsIn => match &self.constant {
                Constant::List(elements) => elements.iter().any(|e| self.order(cell, e) == Some(Ordering::Equal)),
                one => self.order(cell, one) == Some(Ordering::Equal),
            },
            Operator::Eq => self.order(cell, &self.constant) == Some(Ordering::Equal),
            Operator::Ne => self.order(cell, &self.constant) != Some(Ordering::Equal),
            Operator::Lt => self.order(cell, &self.constant) == Some(Ordering::Less),
            Operator::Le => self.order(cell, &self.constant).is_some_and(Ordering::is_le),
            Operator::Gt => self.order(cell, &self.constant) == Some(Ordering::Greater),
            Operator::Ge => self.order(cell, &self.constant).is_some_and(Ordering::is_ge),
            textual => self
                .text(cell)
                .is_some_and(|text| matches(textual, text, &self.constant)),
        }
    }

    fn text<'c>(&'c self, cell: &Cell<'c>) -> Option<&'c str> {
        match cell {
            Cell::Text(text) => Some(text),
            Cell::Symbol(symbol) => self.database.symbols.text(*symbol),
            _ => None,
        }
    }

    /// How the cell compares with a constant: numbers as numbers, ordered categories by their order, text by its letters.
    fn order(&self, cell: &Cell<'_>, constant: &Constant) -> Option<Ordering> {
        match (cell, constant) {
            (Cell::Number(x), Constant::Number(y)) => x.partial_cmp(y),
            (Cell::Number(x), Constant::Boolean(y)) => x.partial_cmp(&f64::from(u8::from(*y))),
            (Cell::Time(x), Constant::Time(y)) => Some(x.cmp(y)),
            (Cell::Symbol(_) | Cell::Text(_), Constant::Number(y)) => {
                self.text(cell)?.parse::<f64>().ok()?.partial_cmp(y)
            }
            (Cell::Symbol(_) | Cell::Text(_), Constant::Text(y)) => {
                let x = self.text(cell)?;
                match self.places(x, y) {
                    Some((x, y)) => Some(x.cmp(&y)),
                    None => Some(x.cmp(y.as_str())),
                }
            }
            _ => None,
        }
    }

    /// The places of two values of an ordered category; `None` when the column has no order. A value outside the order
    /// comes after all others.
    fn places(&self, x: &str, y: &str) -> Option<(usize, usize)> {
        if !self.operator.is_order() {
            return None;
        }
        let (table, column) = self.column?;
        let ColumnType::Ordered { order } = &self.database.schema.column(table, column).kind else {
            return None;
        };
        let place = |value: &str| order.iter().position(|v| v == value).unwrap_or(order.len());
        Some((place(x), place(y)))
    }

    /// The number of rows at which a comparison of a COUNT changes for good: `> k`, `>= k`, `<= k`, `< k`, `= 0`, `!= 0`.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn turning_count(&self) -> Option<usize> {
        let Constant::Number(k) = self.constant else {
            return None;
        };
        let turning = match self.operator {
            Operator::Gt | Operator::Le => k.floor() + 1.0,
            Operator::Ge | Operator::Lt => k.ceil(),
            Operator::Eq | Operator::Ne if k == 0.0 => 1.0,
            _ => return None,
        };
        (1.0..1e9).contains(&turning).then_some(turning as usize)
    }

    fn is_below(&self) -> bool {
        matches!(self.operator, Operator::Lt | Operator::Le)
    }

    fn is_above(&self) -> bool {
        matches!(self.operator, Operator::Gt | Operator::Ge)
    }
}

fn matches(operator: Operator, text: &str, constant: &Constant) -> bool {
    let Constant::Text(wanted) = constant else { return false };
    match operator {
        Operator::StartsWith => text.starts_with(wanted.as_str()),
        Operator::EndsWith => text.ends_with(wanted.as_str()),
        Operator::Contains => text.contains(wanted.as_str()),
        Operator::NotContains => !text.contains(wanted.as_str()),
        Operator::Like => is_like(text, wanted),
        Operator::NotLike => !is_like(text, wanted),
        _ => false,
    }
}

/// Whether text fits a pattern in which `%` stands for anything.
fn is_like(text: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('%');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let Some(last) = parts.next_back() else {
        return rest.is_empty();
    };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

/// A cell's place among those of its column.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub(super) enum Rank<'c> {
    Number(f64),
    Place(usize),
    Time(i64),
    Text(&'c str),
}

impl<'c> Rank<'c> {
    pub(super) fn of(database: &'c Database, table: TableId, column: Option<ColumnId>, cell: &Cell<'c>) -> Self {
        match cell {
            Cell::Number(x) => Self::Number(*x),
            Cell::Time(t) => Self::Time(t.0),
            Cell::Text(text) => Self::Text(text),
            Cell::Null => Self::Place(usize::MAX),
            Cell::Symbol(symbol) => {
                let text = database.symbols.text(*symbol).unwrap_or_default();
                match column.map(|c| &database.schema.column(table, c).kind) {
                    Some(ColumnType::Ordered { order }) => {
                        Self::Place(order.iter().position(|v| v == text).unwrap_or(order.len()))
                    }
                    _ => text.parse().map_or(Self::Text(text), Self::Number),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percent_sign_stands_for_anything() {
        assert!(is_like("api error 500", "api%500"));
        assert!(is_like("abc", "abc"));
        assert!(is_like("aXbYb", "a%b"));
        assert!(!is_like("ab", "ab%b"));
        assert!(is_like("anything", "%"));
        assert!(!is_like("abc", "ab"));
    }
}
