//! The canonical text of a query: one spelling for all that say the same, every condition parenthesised.

use std::fmt::Write;

use super::ast::{
    Aggregation, ColumnName, Comparison, Condition, Literal, Operand, Operator, ProblemKind, Query, Target, Value,
};

impl Query {
    /// The canonical text: keywords upper case, units written out, NOT before AND before OR made explicit.
    #[must_use]
    pub fn canonical(&self) -> String {
        let mut text = String::from("PREDICT ");
        match &self.target {
            Target::Column(column) => text.push_str(&column.canonical()),
            Target::Aggregation(aggregation) => aggregation.write(&mut text),
            Target::Condition(condition) => condition.write(&mut text),
        }
        if let Some(problem) = &self.problem {
            match problem.kind {
                ProblemKind::Forecast(frames) => push(&mut text, format_args!(" FORECAST {frames} TIMEFRAMES")),
                ProblemKind::Rank => text.push_str(" RANK"),
                ProblemKind::Classify => text.push_str(" CLASSIFY"),
                ProblemKind::Unnamed => {}
            }
            if let Some(top) = problem.top {
                push(&mut text, format_args!(" TOP {top}"));
            }
        }
        text.push_str(if self.entity.each { " FOR EACH " } else { " FOR " });
        text.push_str(&self.entity.key.canonical());
        if let Some((operator, value)) = &self.entity.named {
            write_comparison(&mut text, *operator, value);
        }
        if let Some(filter) = &self.entity.filter {
            text.push_str(" WHERE ");
            filter.write(&mut text);
        }
        if let Some(assuming) = &self.assuming {
            text.push_str(" ASSUMING ");
            assuming.write(&mut text);
        }
        text
    }
}

/// Writing to a `String` cannot fail.
fn push(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    let _ = text.write_fmt(arguments);
}

impl ColumnName {
    /// `table.column`, in backticks where a plain name could not be read back.
    #[must_use]
    pub fn canonical(&self) -> String {
        format!("{}.{}", quoted(&self.table), quoted(&self.column))
    }
}

fn quoted(name: &str) -> String {
    let plain =
        name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') && !name.starts_with(|c: char| c.is_ascii_digit());
    if name == "*" || (plain && !name.is_empty()) {
        name.to_owned()
    } else {
        format!("`{name}`")
    }
}

impl Aggregation {
    /// The canonical text.
    #[must_use]
    pub fn canonical(&self) -> String {
        let mut text = String::new();
        self.write(&mut text);
        text
    }

    fn write(&self, text: &mut String) {
        push(
            text,
            format_args!("{}({}", self.function.word(), self.column.canonical()),
        );
        if let Some(filter) = &self.filter {
            text.push_str(" WHERE ");
            filter.write(text);
        }
        if let Some(window) = &self.window {
            match window.start {
                Some(start) => push(text, format_args!(", {start}")),
                None => text.push_str(", -INF"),
            }
            push(text, format_args!(", {}, {}", window.end, window.unit.word()));
        }
        text.push(')');
    }
}

impl Condition {
    /// The canonical text.
    #[must_use]
    pub fn canonical(&self) -> String {
        let mut text = String::new();
        self.write(&mut text);
        text
    }

    fn write(&self, text: &mut String) {
        match self {
            Self::Compare(comparison) => comparison.write(text),
            Self::Occurs(aggregation) => aggregation.write(text),
            Self::Not(inner) => {
                text.push_str("NOT (");
                inner.write(text);
                text.push(')');
            }
            Self::And(parts) => write_joined(text, parts, "AND"),
            Self::Or(parts) => write_joined(text, parts, "OR"),
        }
    }
}

/// `((a) AND (b)) AND (c)`.
fn write_joined(text: &mut String, parts: &[Condition], word: &str) {
    for _ in 1..parts.len() {
        text.push('(');
    }
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            push(text, format_args!(" {word} ("));
        }
        part.write(text);
        text.push(')');
        if i > 0 && i + 1 < parts.len() {
            text.push(')');
        }
    }
}

impl Comparison {
    fn write(&self, text: &mut String) {
        match &self.operand {
            Operand::Column(column) => text.push_str(&column.canonical()),
            Operand::Aggregation(aggregation) => aggregation.write(text),
        }
        write_comparison(text, self.operator, &self.value);
    }
}

fn write_comparison(text: &mut String, operator: Operator, value: &Value) {
    let word = match (operator, &value.literal) {
        (Operator::Eq, Literal::Null) => "IS",
        (Operator::Ne, Literal::Null) => "IS NOT",
        _ => operator.word(),
    };
    push(text, format_args!(" {word} "));
    value.write(text);
}

impl Value {
    /// The text as it was written.
    #[must_use]
    pub fn canonical(&self) -> String {
        let mut text = String::new();
        self.write(&mut text);
        text
    }

    fn write(&self, text: &mut String) {
        match &self.literal {
            Literal::Null => text.push_str("NULL"),
            Literal::Boolean(t) | Literal::Integer(t) | Literal::Decimal(t) | Literal::Text(t) | Literal::Moment(t) => {
                text.push_str(t);
            }
            Literal::List(values) => {
                text.push('(');
                for (i, value) in values.iter().enumerate() {
                    text.push_str(if i > 0 { ", " } else { "" });
                    value.write(text);
                }
                text.push(')');
            }
        }
    }
}
