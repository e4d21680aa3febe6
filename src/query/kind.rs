//! What values a column or an aggregate has, and which constants they can be compared with.

use std::collections::HashSet;

use super::ast::{Comparison, Function, Literal, Operator};
use super::mode::Mode;
use super::task::Constant;
use crate::data::table::Column;
use crate::data::{ColumnId, ColumnType, Database, Schema, TableId, Timestamp};

/// What the cells say that the schema does not: which identifiers and categories are numbers.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    numeric: Option<HashSet<(TableId, ColumnId)>>,
}

impl Facts {
    /// Looks at every identifier and category once.
    #[must_use]
    pub fn of(database: &Database) -> Self {
        let mut numeric = HashSet::new();
        for (t, table) in database.tables.iter().enumerate() {
            for (c, column) in table.columns.iter().enumerate() {
                let Column::Symbol(symbols) = column else { continue };
                let mut texts = symbols.iter().filter_map(|s| database.symbols.text(*s)).peekable();
                if texts.peek().is_some() && texts.all(|t| t.parse::<f64>().is_ok()) {
                    numeric.insert((TableId(t), ColumnId(c)));
                }
            }
        }
        Self { numeric: Some(numeric) }
    }

    fn stored(&self, table: TableId, column: ColumnId) -> Stored {
        match &self.numeric {
            None => Stored::Unknown,
            Some(numeric) if numeric.contains(&(table, column)) => Stored::Number,
            Some(_) => Stored::Text,
        }
    }
}

/// What a value is stored as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stored {
    Number,
    Text,
    Boolean,
    Time,
    /// An identifier whose cells nobody has looked at: a number or text.
    Unknown,
}

impl Stored {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Number => "a number",
            Self::Text => "text",
            Self::Boolean => "true or false",
            Self::Time => "a moment",
            Self::Unknown => "an identifier",
        }
    }
}

/// What a value means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Identifier,
    Category,
    Quantity,
    Text,
    Moment,
    Several,
}

/// What a value is stored as and what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    pub(super) stored: Stored,
    pub(super) meaning: Meaning,
}

impl Kind {
    const fn new(stored: Stored, meaning: Meaning) -> Self {
        Self { stored, meaning }
    }

    /// A column's kind; `*` counts rows.
    pub(super) fn of_column(schema: &Schema, facts: &Facts, table: TableId, column: Option<ColumnId>) -> Self {
        let Some(column) = column else {
            return Self::new(Stored::Number, Meaning::Category);
        };
        match schema.column(table, column).kind {
            ColumnType::Id => Self::new(facts.stored(table, column), Meaning::Identifier),
            ColumnType::Category => match facts.stored(table, column) {
                Stored::Unknown => Self::new(Stored::Text, Meaning::Category),
                stored => Self::new(stored, Meaning::Category),
            },
            ColumnType::Ordered { .. } => Self::new(Stored::Text, Meaning::Category),
            ColumnType::Number | ColumnType::Money { .. } => Self::new(Stored::Number, Meaning::Quantity),
            ColumnType::Boolean => Self::new(Stored::Boolean, Meaning::Category),
            ColumnType::Timestamp => Self::new(Stored::Time, Meaning::Moment),
            ColumnType::Text => Self::new(Stored::Text, Meaning::Text),
        }
    }

    /// The kind of an aggregate of such values.
    pub(super) const fn aggregated(self, function: Function) -> Self {
        match function {
            Function::Sum | Function::Avg | Function::Count | Function::CountDistinct => {
                Self::new(Stored::Number, Meaning::Quantity)
            }
            Function::ListDistinct => Self::new(Stored::Text, Meaning::Several),
            Function::Bool => Self::new(Stored::Boolean, Meaning::Category),
            Function::Min | Function::Max | Function::First | Function::Last => self,
        }
    }

    /// The constant as compared with such values, or what is wrong with comparing it.
    pub(super) fn comparable(
        self,
        comparison: &Comparison,
        constant: Constant,
        mode: Mode,
    ) -> Result<Constant, String> {
        let operator = comparison.operator;
        if matches!(operator, Operator::In | Operator::IsIn) {
            let elements = match constant {
                Constant::List(elements) => elements,
                Constant::Null => return Err(format!("{} needs a list of values", operator.word())),
                single if mode == Mode::Extended => vec![single],
                _ => return Err(format!("{} needs a list in parentheses", operator.word())),
            };
            let elements = elements
                .into_iter()
                .map(|e| self.one(e, mode))
                .collect::<Result<_, _>>();
            return elements.map(Constant::List);
        }
        match constant {
            Constant::List(_) => Err(format!("{} compares with one value, not with a list", operator.word())),
            Constant::Null if matches!(operator, Operator::Eq | Operator::Ne) => Ok(Constant::Null),
            Constant::Null => Err(format!(
                "{} cannot compare with NULL; write IS NULL or IS NOT NULL",
                operator.word()
            )),
            Constant::Boolean(_) if operator.is_order() => Err("true and false have no order".to_owned()),
            Constant::Text(text) if operator.is_textual() => match self.stored {
                Stored::Text | Stored::Unknown if self.meaning != Meaning::Several => Ok(Constant::Text(text)),
                _ => Err(format!(
                    "{} looks inside text, but this is {}",
                    operator.word(),
                    self.word()
                )),
            },
            _ if operator.is_textual() => Err(format!("{} compares with quoted text", operator.word())),
            Constant::Number(_) if out_of_range(&comparison.value.literal) => Err("the number is too large".to_owned()),
            constant => self.one(constant, mode),
        }
    }

    fn one(self, constant: Constant, mode: Mode) -> Result<Constant, String> {
        let lenient = mode == Mode::Extended;
        match (self.stored, constant) {
            (Stored::Text | Stored::Unknown, Constant::Text(t)) => Ok(Constant::Text(t)),
            (Stored::Number | Stored::Unknown, Constant::Number(n)) => Ok(Constant::Number(n)),
            (Stored::Boolean, Constant::Boolean(b)) => Ok(Constant::Boolean(b)),
            (Stored::Boolean, Constant::Number(n)) if lenient && (n == 0.0 || n == 1.0) => {
                Ok(Constant::Boolean(n == 1.0))
            }
            (Stored::Time, Constant::Time(t)) => Ok(Constant::Time(t)),
            (Stored::Time, Constant::Text(text)) if lenient => {
                let moment = super::literal::moment(&text).or_else(|| Timestamp::parse(&text));
                moment
                    .map(Constant::Time)
                    .ok_or_else(|| format!("'{text}' is not a date"))
            }
            (Stored::Number, Constant::Text(t)) if lenient && self.meaning != Meaning::Quantity => {
                Ok(Constant::Text(t))
            }
            (_, constant) => Err(format!(
                "this is {}, but the constant is {}",
                self.word(),
                word_of(&constant)
            )),
        }
    }

    fn word(self) -> &'static str {
        if self.meaning == Meaning::Several {
            "a list"
        } else {
            self.stored.word()
        }
    }
}

fn out_of_range(literal: &Literal) -> bool {
    matches!(literal, Literal::Integer(text) if text.parse::<i64>().is_err())
}

const fn word_of(constant: &Constant) -> &'static str {
    match constant {
        Constant::Null => "NULL",
        Constant::Boolean(_) => "true or false",
        Constant::Number(_) => "a number",
        Constant::Text(_) => "text",
        Constant::Time(_) => "a date",
        Constant::List(_) => "a list",
    }
}
