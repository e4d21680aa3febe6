//! A query bound to a schema: what is asked of whom, over which rows and links, within which horizon. Values only, never
//! closures, so that a task can be stored, phrased and rendered elsewhere.

use serde::{Deserialize, Serialize};

use super::ast::{Function, Operator, Query};
use crate::data::{ColumnId, Duration, TableId, Timestamp};

/// A unit of a window's bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Unit {
    Seconds,
    Minutes,
    Hours,
    Days,
    Weeks,
    Months,
}

impl Unit {
    /// All, shortest first.
    pub const ALL: [Self; 6] = [
        Self::Seconds,
        Self::Minutes,
        Self::Hours,
        Self::Days,
        Self::Weeks,
        Self::Months,
    ];

    /// The word in a query.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Seconds => "seconds",
            Self::Minutes => "minutes",
            Self::Hours => "hours",
            Self::Days => "days",
            Self::Weeks => "weeks",
            Self::Months => "months",
        }
    }

    /// Milliseconds; `None` for months, which differ.
    const fn milliseconds(self) -> Option<i64> {
        match self {
            Self::Seconds => Some(1_000),
            Self::Minutes => Some(60_000),
            Self::Hours => Some(3_600_000),
            Self::Days => Some(86_400_000),
            Self::Weeks => Some(604_800_000),
            Self::Months => None,
        }
    }
}

/// The rows with `anchor + start < t <= anchor + end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Window {
    /// `None` for `-INF`: no lower bound.
    pub start: Option<i32>,
    /// The upper bound, inclusive.
    pub end: i32,
    /// What the bounds count.
    pub unit: Unit,
}

impl Window {
    /// The moment after which rows count.
    #[must_use]
    pub fn opens(&self, anchor: Timestamp) -> Timestamp {
        self.start
            .map_or(Timestamp::MIN, |start| shift(anchor, start, self.unit))
    }

    /// The last moment at which rows count.
    #[must_use]
    pub fn closes(&self, anchor: Timestamp) -> Timestamp {
        shift(anchor, self.end, self.unit)
    }
}

/// `anchor` moved by `count` units; months are calendar months, clipped to the month's last day.
fn shift(anchor: Timestamp, count: i32, unit: Unit) -> Timestamp {
    match unit.milliseconds() {
        Some(one) => anchor + Duration(i64::from(count).saturating_mul(one)),
        None => anchor
            .add_months(count.into())
            .unwrap_or(if count < 0 { Timestamp::MIN } else { Timestamp::MAX }),
    }
}

/// How far a question looks ahead.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Horizon {
    /// Every window of the target; empty for a target that looks at no window.
    pub windows: Vec<Window>,
    /// The number of time frames forecast, 1 otherwise.
    pub frames: u32,
}

impl Horizon {
    /// True when the target looks at no window: it is a column of the entity's row.
    #[must_use]
    pub fn is_static(&self) -> bool {
        self.windows.is_empty()
    }

    /// The moment at which the last window of a question asked at `anchor` closes; `anchor` itself when there is none.
    #[must_use]
    pub fn closes(&self, anchor: Timestamp) -> Timestamp {
        let last = anchor
            + Duration(
                self.step()
                    .map_or(0, |s| s.0.saturating_mul(i64::from(self.frames.max(1)) - 1)),
            );
        self.windows.iter().map(|w| w.closes(last)).max().unwrap_or(anchor)
    }

    /// From one training anchor to the next: the windows' joint length as counted from 1970-01-01 (a month is 31 days).
    /// `None` when there is no window or it has no length.
    #[must_use]
    pub fn step(&self) -> Option<Duration> {
        let epoch = Timestamp(0);
        let opens = self.windows.iter().map(|w| w.opens(epoch)).min()?;
        let closes = self.windows.iter().map(|w| w.closes(epoch)).max()?;
        let length = closes - opens;
        (length > Duration(0) && opens != Timestamp::MIN).then_some(length)
    }
}

/// What kind of answer is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TaskKind {
    /// Yes or no.
    Binary,
    /// One of several categories.
    Multiclass,
    /// Several categories at once.
    Multilabel,
    /// The likeliest rows of a linked table, best first.
    Ranking {
        /// How many are listed; `None` when the query does not say.
        top: Option<u32>,
    },
    /// A quantity.
    Regression,
    /// A quantity over several time frames.
    Forecast {
        /// How many time frames.
        frames: u32,
    },
}

impl TaskKind {
    /// What people call it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Binary => "yes-or-no",
            Self::Multiclass => "multiclass",
            Self::Multilabel => "multilabel",
            Self::Ranking { .. } => "ranking",
            Self::Regression => "regression",
            Self::Forecast { .. } => "forecast",
        }
    }

    /// The reference's name for it.
    #[must_use]
    pub const fn task_type(self) -> &'static str {
        match self {
            Self::Binary => "binary_classification",
            Self::Multiclass => "multiclass_classification",
            Self::Multilabel => "multilabel_classification",
            Self::Ranking { .. } => "temporal_link_prediction",
            Self::Regression => "regression",
            Self::Forecast { .. } => "forecasting",
        }
    }
}

/// A query bound to a schema.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    /// The query.
    pub query: Query,
    /// The table whose rows are asked about.
    pub entity: TableId,
    /// Its key.
    pub key: ColumnId,
    /// What kind of answer is asked for.
    pub kind: TaskKind,
    /// How far the question looks ahead.
    pub horizon: Horizon,
    /// What is predicted.
    pub target: BoundTarget,
    /// `WHERE`: which entities are asked about, as seen at the anchor.
    pub population: Option<BoundCondition>,
    /// `ASSUMING`: the entities kept are those for which it came true.
    pub assuming: Option<BoundCondition>,
    /// The entities named by `FOR key = …` or `FOR key IN (…)`.
    pub named: Vec<Constant>,
    /// What was taken for granted while binding; a person should see it.
    pub notes: Vec<String>,
}

/// What is predicted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum BoundTarget {
    /// A column of the entity's row, or of a row its links lead to.
    Column(Reach),
    /// An aggregate's value.
    Aggregate(Aggregate),
    /// Whether something holds.
    Condition(BoundCondition),
}

/// A column reached from a row by following links.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    /// The foreign keys to follow, each a column of the table reached so far.
    pub links: Vec<ColumnId>,
    /// The table the links lead to.
    pub table: TableId,
    /// Its column.
    pub column: ColumnId,
}

/// Rows of a table gathered under the row their links lead to, and made one value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Aggregate {
    /// How rows become one value; [`Function::Bool`] asks whether there are any.
    pub function: Function,
    /// The rows' table.
    pub table: TableId,
    /// What is aggregated; `None` for the rows themselves.
    pub column: Option<ColumnId>,
    /// The foreign keys that lead from a row up to the row it counts for; empty when it counts for itself.
    pub links: Vec<ColumnId>,
    /// Which rows; its columns are reached from the row.
    pub filter: Option<Box<BoundCondition>>,
    /// The column that says when a row happens.
    pub time: ColumnId,
    /// When it counts.
    pub window: Window,
}

/// Something that holds or does not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum BoundCondition {
    /// A value against a constant.
    Compare {
        /// What is compared.
        operand: BoundOperand,
        /// How.
        operator: Operator,
        /// With what.
        constant: Constant,
    },
    /// There is such a row.
    Occurs(Aggregate),
    /// Not so.
    Not(Box<BoundCondition>),
    /// All hold.
    And(Vec<BoundCondition>),
    /// One holds.
    Or(Vec<BoundCondition>),
}

/// What a comparison looks at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum BoundOperand {
    /// A column of the row, or of a row its links lead to.
    Column(Reach),
    /// An aggregate.
    Aggregate(Box<Aggregate>),
}

/// A constant's meaning.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Constant {
    /// No value.
    Null,
    /// True or false.
    Boolean(bool),
    /// A number.
    Number(f64),
    /// Text, a category or an identifier.
    Text(String),
    /// A moment.
    Time(Timestamp),
    /// Several.
    List(Vec<Constant>),
}

impl BoundCondition {
    /// Calls `visit` with every column that it compares outside any aggregate.
    pub fn each_column<'a>(&'a self, visit: &mut impl FnMut(&'a Reach)) {
        match self {
            Self::Compare {
                operand: BoundOperand::Column(reach),
                ..
            } => visit(reach),
            Self::Compare { .. } | Self::Occurs(_) => {}
            Self::Not(inner) => inner.each_column(visit),
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|p| p.each_column(visit)),
        }
    }

    /// Calls `visit` with every aggregate in it, filters inside aggregates left out.
    pub fn each_aggregate<'a>(&'a self, visit: &mut impl FnMut(&'a Aggregate)) {
        match self {
            Self::Compare {
                operand: BoundOperand::Aggregate(aggregate),
                ..
            } => visit(aggregate),
            Self::Compare { .. } => {}
            Self::Occurs(aggregate) => visit(aggregate),
            Self::Not(inner) => inner.each_aggregate(visit),
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|p| p.each_aggregate(visit)),
        }
    }
}

impl BoundTarget {
    /// Every aggregate of the target.
    #[must_use]
    pub fn aggregates(&self) -> Vec<&Aggregate> {
        let mut found = Vec::new();
        match self {
            Self::Column(_) => {}
            Self::Aggregate(aggregate) => found.push(aggregate),
            Self::Condition(condition) => condition.each_aggregate(&mut |a| found.push(a)),
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_of_months_follows_the_calendar() {
        let window = Window {
            start: Some(0),
            end: 1,
            unit: Unit::Months,
        };
        let anchor = Timestamp::parse("2025-01-31").unwrap();
        assert_eq!(window.closes(anchor), Timestamp::parse("2025-02-28").unwrap());
        assert_eq!(window.opens(anchor), anchor);
        let horizon = Horizon {
            windows: vec![window],
            frames: 1,
        };
        assert_eq!(horizon.step(), Some(Duration::days(31)));
    }

    #[test]
    fn bounds_beyond_the_calendar_saturate() {
        let window = Window {
            start: None,
            end: i32::MAX,
            unit: Unit::Months,
        };
        assert_eq!(window.closes(Timestamp(0)), Timestamp::MAX);
        assert_eq!(window.opens(Timestamp(0)), Timestamp::MIN);
    }
}
