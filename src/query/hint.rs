//! What people write who know another language, and what they mean by it.

use super::ast::{Function, Operator};
use super::diagnostic::nearest;

/// The function that a word from elsewhere means, or the nearest by its letters.
pub(super) fn function(word: &str) -> Option<&'static str> {
    let meant = match word.to_ascii_uppercase().as_str() {
        "MEAN" | "AVERAGE" => Function::Avg,
        "TOTAL" => Function::Sum,
        "NUMBER" | "CNT" | "NUM" => Function::Count,
        "EXISTS" | "ANY" | "HAPPENS" => Function::Bool,
        "UNIQUE" | "DISTINCT" | "NUNIQUE" | "COUNT_UNIQUE" => Function::CountDistinct,
        "LIST" | "SET" | "COLLECT" => Function::ListDistinct,
        "LATEST" => Function::Last,
        "EARLIEST" => Function::First,
        "MINIMUM" | "LEAST" => Function::Min,
        "MAXIMUM" | "GREATEST" => Function::Max,
        _ => return nearest(word, Function::ALL.iter().map(|f| f.word())),
    };
    Some(meant.word())
}

/// Two operators run together, as other languages write one: `==`, `=>`, `=<`, `<>`.
pub(super) fn operators(first: Operator, second: Operator) -> Option<(&'static str, Operator)> {
    Some(match (first, second) {
        (Operator::Eq, Operator::Eq) => ("==", Operator::Eq),
        (Operator::Eq, Operator::Gt) => ("=>", Operator::Ge),
        (Operator::Eq, Operator::Lt) => ("=<", Operator::Le),
        (Operator::Lt, Operator::Gt) => ("<>", Operator::Ne),
        (Operator::Ne, Operator::Eq) => ("!==", Operator::Ne),
        _ => return None,
    })
}

/// The unit that a word from elsewhere means.
pub(super) fn unit(word: &str) -> Option<&'static str> {
    Some(match word.to_ascii_lowercase().as_str() {
        "s" | "sec" | "secs" => "seconds",
        "m" | "min" | "mins" => "minutes",
        "h" | "hr" | "hrs" => "hours",
        "d" => "days",
        "w" | "wk" | "wks" => "weeks",
        "mo" | "mon" => "months",
        _ => return None,
    })
}

/// How a word of another language is said in this one.
pub(super) fn phrase(word: &str) -> Option<&'static str> {
    Some(match word.to_ascii_uppercase().as_str() {
        "BETWEEN" => "write both bounds: x >= 1 AND x <= 5",
        "LIMIT" => "every entity is answered; choose some with WHERE",
        "GROUP" | "BY" | "PER" => "FOR EACH table.key says for whom",
        "HAVING" => "compare the aggregation itself: COUNT(…) > 3",
        "FROM" | "JOIN" | "ON" => "tables are named with their columns, and links are followed by themselves",
        "ORDER" => "RANK TOP k orders the values of LIST_DISTINCT",
        "YEAR" | "YEARS" => "a year is 12 months, or 365 days",
        _ => return None,
    })
}
