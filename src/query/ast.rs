//! The syntax tree of a query. Every node knows the bytes it stands for in [`Query::source`], so nothing of the text is
//! lost; two trees are equal when they say the same, wherever their nodes stand.

use serde::{Deserialize, Serialize};

use super::task::Window;

/// The bytes of the source that a node stands for. Any two are equal: place is no part of what a query says.
#[derive(Clone, Copy, Debug, Default)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

impl Span {
    /// The bytes from `start` to before `end`.
    #[must_use]
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// From the beginning of this to the end of `last`.
    #[must_use]
    pub const fn to(self, last: Self) -> Self {
        Self {
            start: self.start,
            end: last.end,
        }
    }
}

impl PartialEq for Span {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Span {}

/// A whole query.
#[derive(Clone, Debug)]
pub struct Query {
    /// The text it was read from, comments and blanks included.
    pub source: String,
    /// What is predicted.
    pub target: Target,
    /// `FORECAST n TIMEFRAMES`, `RANK TOP k`, `CLASSIFY`.
    pub problem: Option<Problem>,
    /// For whom.
    pub entity: Entity,
    /// What is assumed to come true.
    pub assuming: Option<Condition>,
}

impl PartialEq for Query {
    fn eq(&self, other: &Self) -> bool {
        self.target == other.target
            && self.problem == other.problem
            && self.entity == other.entity
            && self.assuming == other.assuming
    }
}

/// What is predicted.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// A column's value.
    Column(ColumnName),
    /// An aggregate's value.
    Aggregation(Aggregation),
    /// Whether something holds.
    Condition(Condition),
}

/// How the answer is to be given.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// Which way.
    pub kind: ProblemKind,
    /// The `k` of `TOP k`.
    pub top: Option<i128>,
    /// Where it stands.
    pub span: Span,
}

/// The word that begins a [`Problem`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// `FORECAST n TIMEFRAMES`.
    Forecast(i128),
    /// `RANK`.
    Rank,
    /// `CLASSIFY`.
    Classify,
    /// `TOP k` alone, which says too little.
    Unnamed,
}

/// `FOR EACH table.key [WHERE …]` or `FOR table.key = … [WHERE …]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Entity {
    /// `FOR EACH`, not `FOR`.
    pub each: bool,
    /// The key column of the entity's table.
    pub key: ColumnName,
    /// The entities named one by one.
    pub named: Option<(Operator, Value)>,
    /// Which entities.
    pub filter: Option<Condition>,
    /// Where it stands.
    pub span: Span,
}

/// `table.column` or `table.*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnName {
    /// The table, unquoted.
    pub table: String,
    /// The column, unquoted; `*` for every row.
    pub column: String,
    /// Where it stands.
    pub span: Span,
}

/// `COUNT(table.column WHERE …, start, end, unit)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Aggregation {
    /// How rows become one value.
    pub function: Function,
    /// What is aggregated.
    pub column: ColumnName,
    /// Which rows.
    pub filter: Option<Box<Condition>>,
    /// When.
    pub window: Option<Window>,
    /// Where it stands.
    pub span: Span,
}

/// How rows become one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Function {
    Sum,
    Avg,
    Min,
    Max,
    Count,
    CountDistinct,
    First,
    Last,
    ListDistinct,
    /// Whether any row falls in the window: Bellwether's extension.
    Bool,
}

impl Function {
    /// All, in the order in which they are listed to people.
    pub const ALL: [Self; 10] = [
        Self::Sum,
        Self::Avg,
        Self::Min,
        Self::Max,
        Self::Count,
        Self::CountDistinct,
        Self::First,
        Self::Last,
        Self::ListDistinct,
        Self::Bool,
    ];

    /// The word in a query.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sum => "SUM",
            Self::Avg => "AVG",
            Self::Min => "MIN",
            Self::Max => "MAX",
            Self::Count => "COUNT",
            Self::CountDistinct => "COUNT_DISTINCT",
            Self::First => "FIRST",
            Self::Last => "LAST",
            Self::ListDistinct => "LIST_DISTINCT",
            Self::Bool => "BOOL",
        }
    }
}

/// Something that holds or does not.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// A value against a constant.
    Compare(Comparison),
    /// `BOOL(…)`: a row falls in the window.
    Occurs(Aggregation),
    /// Not so.
    Not(Box<Condition>),
    /// All hold; at least two.
    And(Vec<Condition>),
    /// One holds; at least two.
    Or(Vec<Condition>),
}

impl Condition {
    /// Where it stands, parentheses around the whole left out.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Self::Compare(comparison) => comparison.span,
            Self::Occurs(aggregation) => aggregation.span,
            Self::Not(inner) => inner.span(),
            Self::And(parts) | Self::Or(parts) => match (parts.first(), parts.last()) {
                (Some(first), Some(last)) => first.span().to(last.span()),
                _ => Span::default(),
            },
        }
    }
}

/// `operand operator value`.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// What is compared.
    pub operand: Operand,
    /// How.
    pub operator: Operator,
    /// With what.
    pub value: Value,
    /// Where it stands.
    pub span: Span,
}

/// What a comparison looks at.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// A column's value.
    Column(ColumnName),
    /// An aggregate's value.
    Aggregation(Aggregation),
}

/// How a value is compared with a constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Operator {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    In,
    /// The reference's old spelling of `IN`.
    IsIn,
    StartsWith,
    EndsWith,
    Contains,
    NotContains,
    /// A pattern with `%` in its middle, or none at all.
    Like,
    NotLike,
}

impl Operator {
    /// The word in a canonical query.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Eq => "=",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
            Self::In => "IN",
            Self::IsIn => "IS IN",
            Self::StartsWith => "STARTS WITH",
            Self::EndsWith => "ENDS WITH",
            Self::Contains => "CONTAINS",
            Self::NotContains => "NOT CONTAINS",
            Self::Like => "LIKE",
            Self::NotLike => "NOT LIKE",
        }
    }

    /// `<`, `<=`, `>`, `>=`.
    #[must_use]
    pub const fn is_order(self) -> bool {
        matches!(self, Self::Lt | Self::Le | Self::Gt | Self::Ge)
    }

    /// Looks inside text.
    #[must_use]
    pub const fn is_textual(self) -> bool {
        use Operator::{Contains, EndsWith, Like, NotContains, NotLike, StartsWith};
        matches!(self, StartsWith | EndsWith | Contains | NotContains | Like | NotLike)
    }
}

/// A constant as it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// What it is.
    pub literal: Literal,
    /// Where it stands.
    pub span: Span,
}

/// A constant's kind and text.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// `NULL`.
    Null,
    /// `TRUE`, `false` …
    Boolean(String),
    /// `-007`.
    Integer(String),
    /// `1.5e3`.
    Decimal(String),
    /// With its quotes and escapes: `'it\'s'`.
    Text(String),
    /// `2025-01-31`, `01/31/2025 10:00:00`.
    Moment(String),
    /// `(1, 2, 3)`.
    List(Vec<Value>),
}
