//! What the reference's in-context mode refuses though the language has it, and its oddities; [`Mode::Strict`] refuses
//! the same.
//!
//! [`Mode::Strict`]: super::Mode::Strict

use super::ast::{
    Aggregation, ColumnName, Comparison, Condition, Function, Literal, Operand, ProblemKind, Query, Span, Target,
};
use super::diagnostic::Diagnostic;
use super::expression::Clause;
use super::kind::{Kind, Meaning, Stored};
use super::names::Names;
use super::task::{Aggregate, Unit, Window};
use crate::data::{ColumnId, TableId};

/// The longest list the reference ranks.
const MOST_RANKED: i128 = 20;

const ADVICE: &str = "leave --strict out: Bellwether itself has this";

fn refusal(source: &str, span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(source, span, message).advising(ADVICE)
}

/// Columns over links.
pub(super) fn refuse_reach(names: Names<'_>, name: &ColumnName, links: &[ColumnId]) -> Result<(), Diagnostic> {
    if links.is_empty() {
        return Ok(());
    }
    Err(refusal(
        names.source,
        name.span,
        format!("the reference does not follow a link to reach {}", name.canonical()),
    ))
}

/// FIRST, LAST, COUNT_DISTINCT, aggregates of anything but numbers, lists in conditions, keys as values.
pub(super) fn refuse_aggregation(
    names: Names<'_>,
    aggregation: &Aggregation,
    clause: Clause,
    kind: Kind,
    links: &[ColumnId],
    (table, column): (TableId, Option<ColumnId>),
) -> Result<(), Diagnostic> {
    let function = aggregation.function;
    let refuse = |message: String| Err(refusal(names.source, aggregation.span, message));
    let schema = names.schema.table(table);
    let key = column.is_some() && column == schema.key;
    let foreign = !key && column.is_some_and(|c| schema.link(c).is_some());
    match function {
        Function::First | Function::Last | Function::CountDistinct => {
            return refuse(format!("the reference does not predict with {}", function.word()));
        }
        Function::Sum | Function::Avg if key || foreign => {
            return refuse(format!("the reference takes no {} of keys", function.word()));
        }
        Function::ListDistinct if clause != Clause::Target => {
            return refuse("the reference lists values only as the whole target".to_owned());
        }
        Function::ListDistinct if key => return refuse("a table's own key cannot be listed".to_owned()),
        Function::ListDistinct if column.is_some_and(|c| links == [c]) => {
            return refuse("this foreign key names the entity itself: there is nothing to predict".to_owned());
        }
        Function::ListDistinct => return Ok(()),
        _ => {}
    }
    if !matches!(kind.stored, Stored::Number | Stored::Unknown) {
        return refuse(format!(
            "the reference aggregates numbers only, and this is {}",
            kind.stored.word()
        ));
    }
    if clause == Clause::Target && (key || foreign) && function != Function::Count {
        return refuse(format!("the reference takes no {} of keys", function.word()));
    }
    Ok(())
}

/// Text operators, order of text, text columns, the entity's own key as a target.
pub(super) fn refuse_comparison(
    names: Names<'_>,
    comparison: &Comparison,
    kind: Kind,
    clause: Clause,
) -> Result<(), Diagnostic> {
    let operator = comparison.operator;
    let text = matches!(comparison.value.literal, Literal::Text(_));
    if text && (operator.is_textual() || operator.is_order()) {
        let message = format!("the reference does not compare text with {}", operator.word());
        return Err(refusal(names.source, comparison.span, message));
    }
    if matches!(kind.meaning, Meaning::Text | Meaning::Several) {
        return Err(refusal(
            names.source,
            comparison.span,
            "the reference has no conditions on free text",
        ));
    }
    if let (Operand::Column(name), Clause::TargetCondition) = (&comparison.operand, clause) {
        let (table, column) = names.column(name)?;
        if column.is_some() && column == names.schema.table(table).key {
            return Err(refusal(
                names.source,
                comparison.span,
                "the entity's own key cannot be predicted",
            ));
        }
    }
    Ok(())
}

/// Lists of anything but foreign keys, long rankings, filters on the entity's own table.
pub(super) fn refuse_list(
    aggregate: &Aggregate,
    names: Names<'_>,
    query: &Query,
    linked: bool,
    span: Span,
) -> Result<(), Diagnostic> {
    let problem = query.problem.as_ref();
    if !linked || problem.is_some_and(|p| p.kind == ProblemKind::Classify) {
        return Err(refusal(
            names.source,
            span,
            "the reference lists foreign keys only, as a ranking",
        ));
    }
    if problem.and_then(|p| p.top).is_some_and(|top| top > MOST_RANKED) {
        return Err(refusal(
            names.source,
            span,
            format!("the reference ranks at most {MOST_RANKED}"),
        ));
    }
    let own = names.table(&query.entity.key)?;
    match &query.target {
        Target::Aggregation(aggregation) if aggregate.table == own && aggregation.filter.is_some() => Err(refusal(
            names.source,
            aggregation.span,
            "the reference filters a list by other tables than the entity's",
        )),
        _ => Ok(()),
    }
}

/// Static and temporal parts together, keys as targets.
pub(super) fn refuse_static_mixture(query: &Query, names: Names<'_>) -> Result<(), Diagnostic> {
    let temporal = match &query.target {
        Target::Column(name) => {
            let (table, column) = names.column(name)?;
            let schema = names.schema.table(table);
            if column.is_some_and(|c| schema.key == Some(c) || schema.link(c).is_some()) {
                return Err(refusal(names.source, name.span, "the reference does not predict keys"));
            }
            false
        }
        Target::Aggregation(_) => true,
        Target::Condition(condition) => {
            let (statics, windows) = leaves(condition);
            if let (Some(span), Some(_)) = (statics, windows) {
                return Err(refusal(
                    names.source,
                    span,
                    "the reference does not mix columns and windows in one target",
                ));
            }
            windows.is_some()
        }
    };
    if let (false, Some(span)) = (temporal, query.entity.filter.as_ref().and_then(|f| leaves(f).1)) {
        return Err(refusal(
            names.source,
            span,
            "the reference has no windows in WHERE when the target has none",
        ));
    }
    match query.assuming.as_ref().and_then(|a| leaves(a).0) {
        Some(span) => Err(refusal(
            names.source,
            span,
            "the reference assumes only what happens in a window",
        )),
        None => Ok(()),
    }
}

/// The first comparison of a column and the first of an aggregate.
fn leaves(condition: &Condition) -> (Option<Span>, Option<Span>) {
    match condition {
        Condition::Compare(comparison) => match comparison.operand {
            Operand::Column(_) => (Some(comparison.span), None),
            Operand::Aggregation(_) => (None, Some(comparison.span)),
        },
        Condition::Occurs(aggregation) => (None, Some(aggregation.span)),
        Condition::Not(inner) => leaves(inner),
        Condition::And(parts) | Condition::Or(parts) => parts
            .iter()
            .map(leaves)
            .fold((None, None), |found, next| (found.0.or(next.0), found.1.or(next.1))),
    }
}

/// A window with bounds that may have left the reference's integers.
#[derive(Clone, Copy)]
struct Wide {
    start: Option<i64>,
    end: i64,
    unit: Unit,
}

/// Whether the window that spans all of a condition's, as the reference computes it, stays within its integers.
pub(super) fn windows_fit(condition: &Condition) -> bool {
    let mut windows = Vec::new();
    collect(condition, &mut windows);
    let wide = |w: &Window| Wide {
        start: w.start.map(i64::from),
        end: w.end.into(),
        unit: w.unit,
    };
    let Some((first, others)) = windows.split_first() else {
        return true;
    };
    others
        .iter()
        .try_fold(wide(first), |so_far, next| merge(so_far, wide(next)))
        .is_some()
}

fn collect(condition: &Condition, windows: &mut Vec<Window>) {
    let mut add = |aggregation: &Aggregation| {
        if let Some(filter) = &aggregation.filter {
            collect(filter, windows);
        }
        windows.extend(aggregation.window);
    };
    match condition {
        Condition::Compare(comparison) => {
            if let Operand::Aggregation(aggregation) = &comparison.operand {
                add(aggregation);
            }
        }
        Condition::Occurs(aggregation) => add(aggregation),
        Condition::Not(inner) => collect(inner, windows),
        Condition::And(parts) | Condition::Or(parts) => parts.iter().for_each(|p| collect(p, windows)),
    }
}

/// Both in the coarsest unit they share on the ladder weeks → days ← months, days → hours → minutes → seconds.
fn merge(mut a: Wide, mut b: Wide) -> Option<Wide> {
    let ladder = [
        (Unit::Weeks, Unit::Days, 7),
        (Unit::Months, Unit::Days, 30),
        (Unit::Days, Unit::Hours, 24),
        (Unit::Hours, Unit::Minutes, 60),
        (Unit::Minutes, Unit::Seconds, 60),
    ];
    for (from, to, factor) in ladder {
        if a.unit == b.unit {
            break;
        }
        for w in [&mut a, &mut b] {
            if w.unit == from {
                *w = Wide {
                    start: w.start.map(|s| s.saturating_mul(factor)),
                    end: w.end.saturating_mul(factor),
                    unit: to,
                };
            }
        }
    }
    let start = a.start.zip(b.start).map(|(x, y)| x.min(y));
    let merged = Wide {
        start,
        end: a.end.max(b.end),
        unit: a.unit,
    };
    let fits = |n: i64| i32::try_from(n).is_ok();
    (merged.start.is_none_or(fits) && fits(merged.end)).then_some(merged)
}
