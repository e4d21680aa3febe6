//! A query and a schema → a [`Task`]: whose key it is, what kind of answer is asked for, how far ahead it looks.

use super::ast::{Condition, Function, Operand, Operator, ProblemKind, Query, Span, Target};
use super::diagnostic::Diagnostic;
use super::expression::{Clause, Expressions};
use super::kind::{Facts, Kind, Meaning, Stored};
use super::literal;
use super::mode::Mode;
use super::names::Names;
use super::parser::parse;
use super::strict;
use super::task::{Aggregate, BoundCondition, BoundTarget, Constant, Horizon, Task, TaskKind, Window};
use crate::data::{ColumnId, Schema, TableId};

/// The most time frames a forecast may have.
const MOST_FRAMES: i128 = 10_000;

/// The most entities `FOR … IN (…)` may name.
const MOST_NAMED: usize = 1_000;

/// Reads a query and binds it.
///
/// # Errors
/// Names the first place that the language or the schema does not allow.
pub fn bind(text: &str, schema: &Schema, mode: Mode) -> Result<Task, Diagnostic> {
    bind_query(parse(text, mode)?, schema, &Facts::default(), mode)
}

/// Binds a query that was read before; `facts` say which identifiers are numbers ([`Facts::of`] a database).
///
/// # Errors
/// Names the first place that the schema does not allow.
pub fn bind_query(query: Query, schema: &Schema, facts: &Facts, mode: Mode) -> Result<Task, Diagnostic> {
    let bound = {
        let names = Names {
            source: &query.source,
            schema,
            mode,
        };
        Binder {
            query: &query,
            names,
            facts,
            mode,
        }
        .bind()?
    };
    let Bound {
        entity,
        key,
        kind,
        horizon,
        target,
        population,
        assuming,
        named,
        notes,
    } = bound;
    Ok(Task {
        query,
        entity,
        key,
        kind,
        horizon,
        target,
        population,
        assuming,
        named,
        notes,
    })
}

struct Bound {
    entity: TableId,
    key: ColumnId,
    kind: TaskKind,
    horizon: Horizon,
    target: BoundTarget,
    population: Option<BoundCondition>,
    assuming: Option<BoundCondition>,
    named: Vec<Constant>,
    notes: Vec<String>,
}

struct Binder<'a> {
    query: &'a Query,
    names: Names<'a>,
    facts: &'a Facts,
    mode: Mode,
}

impl Binder<'_> {
    fn bind(&self) -> Result<Bound, Diagnostic> {
        let (entity, key) = self.entity()?;
        let mut expressions = Expressions::new(self.names, self.facts, entity);
        let (target, kind) = match &self.query.target {
            Target::Column(column) => {
                let (reach, kind) = expressions.column(column, entity)?;
                (BoundTarget::Column(reach), kind)
            }
            Target::Aggregation(aggregation) => {
                let (aggregate, kind) = expressions.aggregate(aggregation, entity, Clause::Target)?;
                (BoundTarget::Aggregate(aggregate), kind)
            }
            Target::Condition(condition) => {
                let bound = expressions.condition(condition, entity, Clause::Target)?;
                (
                    BoundTarget::Condition(bound),
                    Kind {
                        stored: Stored::Boolean,
                        meaning: Meaning::Category,
                    },
                )
            }
        };
        let bind = |expressions: &mut Expressions<'_>, condition: Option<&Condition>, clause| {
            condition.map(|c| expressions.condition(c, entity, clause)).transpose()
        };
        let population = bind(&mut expressions, self.query.entity.filter.as_ref(), Clause::Population)?;
        let assuming = bind(&mut expressions, self.query.assuming.as_ref(), Clause::Assuming)?;
        let frames = self.frames(&target, kind)?;
        let mut windows: Vec<Window> = target.aggregates().iter().map(|a| a.window).collect();
        windows.append(&mut expressions.windows);
        let horizon = Horizon { windows, frames };
        if self.mode == Mode::Strict {
            strict::refuse_static_mixture(self.query, self.names)?;
        }
        if let (true, Some(assumption)) = (horizon.is_static(), &self.query.assuming) {
            let fault = self.fault(
                assumption.span(),
                "nothing can be assumed for a target that looks at no window",
            );
            return Err(fault.advising("put what is known already into WHERE"));
        }
        let kind = self.kind(&target, kind)?;
        let named = self.named(entity, key)?;
        let notes = expressions.notes;
        Ok(Bound {
            entity,
            key,
            kind,
            horizon,
            target,
            population,
            assuming,
            named,
            notes,
        })
    }

    fn fault(&self, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(&self.query.source, span, message)
    }

    fn entity(&self) -> Result<(TableId, ColumnId), Diagnostic> {
        let name = &self.query.entity.key;
        let (table, column) = self.names.column(name)?;
        let schema = self.names.schema.table(table);
        match (schema.key, column) {
            (Some(key), Some(column)) if key == column => Ok((table, key)),
            (Some(key), _) => {
                let key = self.names.schema.column_name(table, key);
                let fault = self.fault(
                    name.span,
                    format!("entities are named by their table's key, which is {key}"),
                );
                Err(fault.suggesting(Some(key)))
            }
            (None, _) => {
                let fault = self.fault(name.span, format!("table `{}` has no key", schema.name));
                Err(fault.advising(format!("name one in schema.toml: [{}] key = \"…\"", schema.name)))
            }
        }
    }

    fn frames(&self, target: &BoundTarget, kind: Kind) -> Result<u32, Diagnostic> {
        let Some(problem) = &self.query.problem else {
            return Ok(1);
        };
        if let Some(top) = problem.top {
            if top < 1 {
                return Err(self
                    .fault(problem.span, format!("TOP {top} lists nothing"))
                    .expecting("at least TOP 1"));
            }
            if problem.kind != ProblemKind::Rank {
                let fault = self.fault(problem.span, "TOP belongs to RANK");
                return Err(fault.suggesting(Some(format!("RANK TOP {top}"))));
            }
        }
        let ProblemKind::Forecast(frames) = problem.kind else {
            return Ok(1);
        };
        if !(1..=MOST_FRAMES).contains(&frames) {
            let fault = self.fault(problem.span, format!("FORECAST {frames} is out of range"));
            return Err(fault.expecting(format!("1 to {MOST_FRAMES} time frames")));
        }
        if target.aggregates().is_empty() {
            let fault = self.fault(problem.span, "only a target with a window can be forecast");
            return Err(fault.expecting("a target such as SUM(TABLE.column, 0, 7, days)"));
        }
        if kind.meaning != Meaning::Quantity {
            return Err(self.fault(problem.span, "only a quantity can be forecast"));
        }
        Ok(u32::try_from(frames).unwrap_or(1))
    }

    fn kind(&self, target: &BoundTarget, kind: Kind) -> Result<TaskKind, Diagnostic> {
        let problem = self.query.problem.as_ref();
        let wanted = problem.map(|p| p.kind);
        let span = problem.map_or(self.query.entity.span, |p| p.span);
        if let Some(ProblemKind::Forecast(frames)) = wanted {
            return Ok(TaskKind::Forecast {
                frames: u32::try_from(frames).unwrap_or(1),
            });
        }
        let several = kind.meaning == Meaning::Several;
        if wanted == Some(ProblemKind::Rank) && problem.is_some_and(|p| p.top.is_none()) {
            return Err(self
                .fault(span, "RANK does not say how many")
                .suggesting(Some("RANK TOP 5")));
        }
        let lenient_classify = self.mode == Mode::Extended && kind.meaning == Meaning::Category;
        match wanted {
            Some(ProblemKind::Rank) if !several => {
                let fault = self.fault(span, "RANK orders the values of LIST_DISTINCT");
                return Err(fault.expecting("a target such as LIST_DISTINCT(TICKETS.agent_id, 0, 30, days)"));
            }
            Some(ProblemKind::Classify) if !several && !lenient_classify => {
                let fault = self.fault(span, "CLASSIFY chooses among categories, and this target has none");
                return Err(fault.advising("leave CLASSIFY out, or predict LIST_DISTINCT(…)"));
            }
            _ => {}
        }
        match target {
            BoundTarget::Condition(_) => Ok(TaskKind::Binary),
            BoundTarget::Aggregate(aggregate) if several => self.list_kind(aggregate, wanted, span),
            BoundTarget::Column(_) if kind.stored == Stored::Boolean && self.mode == Mode::Extended => {
                Ok(TaskKind::Binary)
            }
            _ if matches!(kind.meaning, Meaning::Text | Meaning::Moment) => {
                let target_span = match &self.query.target {
                    Target::Column(column) => column.span,
                    Target::Aggregation(aggregation) => aggregation.span,
                    Target::Condition(condition) => condition.span(),
                };
                let what = if kind.meaning == Meaning::Text {
                    "free text"
                } else {
                    "a moment"
                };
                let fault = self.fault(target_span, format!("{what} cannot be predicted"));
                Err(if kind.meaning == Meaning::Moment {
                    fault.advising("ask whether it falls in a window: BOOL(TABLE.column, 0, 48, hours)")
                } else {
                    fault.advising("ask a condition on it: TABLE.column CONTAINS '…'")
                })
            }
            BoundTarget::Aggregate(_) if self.mode == Mode::Strict => Ok(TaskKind::Regression),
            _ if kind.meaning == Meaning::Quantity => Ok(TaskKind::Regression),
            _ => Ok(TaskKind::Multiclass),
        }
    }

    fn list_kind(
        &self,
        aggregate: &Aggregate,
        wanted: Option<ProblemKind>,
        span: Span,
    ) -> Result<TaskKind, Diagnostic> {
        let schema = self.names.schema.table(aggregate.table);
        let linked = aggregate.column.is_some_and(|c| schema.link(c).is_some());
        let top = self
            .query
            .problem
            .as_ref()
            .and_then(|p| p.top)
            .map(|k| u32::try_from(k).unwrap_or(u32::MAX));
        if self.mode == Mode::Strict {
            strict::refuse_list(aggregate, self.names, self.query, linked, span)?;
        }
        if linked && wanted != Some(ProblemKind::Classify) {
            return Ok(TaskKind::Ranking { top });
        }
        Ok(TaskKind::Multilabel)
    }

    fn named(&self, entity: TableId, key: ColumnId) -> Result<Vec<Constant>, Diagnostic> {
        let clause = &self.query.entity;
        let Some((operator, value)) = &clause.named else {
            if self.mode == Mode::Strict && !clause.each {
                let fault = self.fault(clause.span, "FOR without EACH needs the key values it asks for");
                return Err(fault.advising(format!("write FOR EACH {0}, or FOR {0} = …", clause.key.canonical())));
            }
            return Ok(Vec::new());
        };
        if self.mode == Mode::Strict && clause.each {
            let fault = self.fault(value.span, "FOR EACH asks for all entities, so none can be named");
            return Err(fault.advising("write FOR instead of FOR EACH"));
        }
        let constant = literal::meaning(&value.literal).map_err(|wrong| self.fault(value.span, wrong))?;
        let kind = Kind::of_column(self.names.schema, self.facts, entity, Some(key));
        let comparison = super::ast::Comparison {
            operand: Operand::Column(clause.key.clone()),
            operator: *operator,
            value: value.clone(),
            span: value.span,
        };
        let constant = kind
            .comparable(&comparison, constant, self.mode)
            .map_err(|wrong| self.fault(value.span, wrong))?;
        match (operator, constant) {
            (Operator::In, Constant::List(keys)) if keys.len() <= MOST_NAMED => Ok(keys),
            (Operator::In, Constant::List(_)) => {
                Err(self.fault(value.span, format!("at most {MOST_NAMED} entities can be named")))
            }
            (Operator::Eq, one) => Ok(vec![one]),
            _ => {
                let fault = self.fault(value.span, "entities are named with = or IN");
                Err(fault.advising(format!(
                    "write FOR {} = …, or a filter after WHERE",
                    clause.key.canonical()
                )))
            }
        }
    }
}

/// Whether a function needs numbers.
pub(super) const fn needs_numbers(function: Function) -> bool {
    matches!(function, Function::Sum | Function::Avg)
}
