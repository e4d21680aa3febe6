//! Columns, aggregates and conditions of a query, bound: names resolved, links found, constants understood, windows
//! allowed where they stand.

use super::ast::{Aggregation, ColumnName, Comparison, Condition, Function, Operand, Operator, Span};
use super::bind::needs_numbers;
use super::diagnostic::Diagnostic;
use super::kind::{Facts, Kind, Meaning, Stored};
use super::literal;
use super::mode::Mode;
use super::names::{Names, NoPath};
use super::strict;
use super::task::{Aggregate, BoundCondition, BoundOperand, Constant, Reach, Window};
use crate::data::{ColumnId, TableId};

/// Which part of a query an expression stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clause {
    /// After PREDICT, as the whole target.
    Target,
    /// After PREDICT, under a comparison.
    TargetCondition,
    /// After WHERE: known at the anchor.
    Population,
    /// After ASSUMING.
    Assuming,
    /// After WHERE inside an aggregation.
    Rows,
}

pub(super) struct Expressions<'a> {
    names: Names<'a>,
    facts: &'a Facts,
    entity: TableId,
    /// What was taken for granted.
    pub(super) notes: Vec<String>,
    /// The windows of what is taken as it stands: its label settles when they close.
    pub(super) windows: Vec<Window>,
}

/// Where a BOOL finds its moment, and what else must hold.
struct Moment {
    time: ColumnId,
    filter: Option<BoundCondition>,
}

impl<'a> Expressions<'a> {
    pub(super) fn new(names: Names<'a>, facts: &'a Facts, entity: TableId) -> Self {
        Self {
            names,
            facts,
            entity,
            notes: Vec::new(),
            windows: Vec::new(),
        }
    }

    fn strict(&self) -> bool {
        self.names.mode == Mode::Strict
    }

    fn fault(&self, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(self.names.source, span, message)
    }

    /// A column as seen from a row of `from`, over links where need be.
    pub(super) fn column(&self, name: &ColumnName, from: TableId) -> Result<(Reach, Kind), Diagnostic> {
        let (table, column) = self.names.column(name)?;
        let Some(column) = column else {
            let fault = self.fault(
                name.span,
                format!("{} stands for rows, not for a value", name.canonical()),
            );
            return Err(fault.advising(format!("count them: COUNT({}, 0, 7, days)", name.canonical())));
        };
        let links = if table == from {
            Vec::new()
        } else {
            self.links_to_parent(name, from, table, column)?
        };
        if self.strict() {
            strict::refuse_reach(self.names, name, &links)?;
        }
        let kind = Kind::of_column(self.names.schema, self.facts, table, Some(column));
        Ok((Reach { links, table, column }, kind))
    }

    fn links_to_parent(
        &self,
        name: &ColumnName,
        from: TableId,
        table: TableId,
        column: ColumnId,
    ) -> Result<Vec<ColumnId>, Diagnostic> {
        let schema = self.names.schema;
        let (here, there) = (&schema.table(from).name, &schema.table(table).name);
        match self.names.path_up(from, table) {
            Ok(links) => Ok(links),
            Err(NoPath::Ambiguous(ways)) => Err(self.fault(
                name.span,
                format!("{here} leads to {there} in several ways: {}", ways.join(", ")),
            )),
            Err(NoPath::Missing) => {
                let fault = self.fault(name.span, format!("no link leads from {here} to {there}"));
                if self.names.path_up(table, from).is_err() {
                    return Err(fault.advising("name the link in schema.toml, or use a column that the entity has"));
                }
                let example = format!("LAST({}, -INF, 0, days)", schema.column_name(table, column));
                Err(self
                    .fault(name.span, format!("one row of {here} has many rows of {there}"))
                    .advising(format!("make them one value with an aggregation such as {example}")))
            }
        }
    }

    /// An aggregate of rows that lead up to a row of `from`.
    pub(super) fn aggregate(
        &mut self,
        aggregation: &Aggregation,
        from: TableId,
        clause: Clause,
    ) -> Result<(Aggregate, Kind), Diagnostic> {
        let Aggregation {
            function,
            column: name,
            span,
            ..
        } = aggregation;
        let (table, column) = self.names.column(name)?;
        if column.is_none() && !matches!(function, Function::Count | Function::Bool) {
            let message = format!(
                "{} needs a column; only COUNT takes {}",
                function.word(),
                name.canonical()
            );
            return Err(self.fault(name.span, message));
        }
        if clause == Clause::Rows {
            return Err(self
                .fault(*span, "an aggregation cannot stand inside another's WHERE")
                .advising("put the inner condition into the query's own WHERE"));
        }
        let kind = Kind::of_column(self.names.schema, self.facts, table, column);
        self.check_aggregable(aggregation, kind)?;
        let window = self.window(aggregation, clause)?;
        let links = self.links_of_rows(aggregation, table, from)?;
        let own = aggregation
            .filter
            .as_deref()
            .map(|f| self.condition(f, table, Clause::Rows))
            .transpose()?;
        let moment = match (function, column) {
            (Function::Bool, Some(column)) => self.moment(aggregation, table, column)?,
            _ => Moment {
                time: self.row_time(aggregation, table)?,
                filter: None,
            },
        };
        if self.strict() {
            strict::refuse_aggregation(self.names, aggregation, clause, kind, &links, (table, column))?;
        }
        let filter = match (own, moment.filter) {
            (Some(a), Some(b)) => Some(BoundCondition::And(vec![a, b])),
            (a, b) => a.or(b),
        };
        let column = column.filter(|_| *function != Function::Bool);
        let aggregate = Aggregate {
            function: *function,
            table,
            column,
            links,
            filter: filter.map(Box::new),
            time: moment.time,
            window,
        };
        Ok((aggregate, kind.aggregated(*function)))
    }

    fn check_aggregable(&self, aggregation: &Aggregation, kind: Kind) -> Result<(), Diagnostic> {
        let function = aggregation.function;
        let span = aggregation.column.span;
        let number = kind.stored == Stored::Number || (kind.stored == Stored::Boolean && !self.strict());
        if needs_numbers(function) && kind.meaning == Meaning::Identifier {
            return Err(self.fault(span, format!("{} of identifiers means nothing", function.word())));
        }
        if needs_numbers(function) && !number {
            let message = format!("{} needs numbers, but this is {}", function.word(), kind.stored.word());
            return Err(self
                .fault(span, message)
                .advising("count them with COUNT or COUNT_DISTINCT"));
        }
        Ok(())
    }

    /// The window, if one of that kind may stand there.
    fn window(&self, aggregation: &Aggregation, clause: Clause) -> Result<Window, Diagnostic> {
        let column = aggregation.column.canonical();
        let word = aggregation.function.word();
        let Some(window) = aggregation.window else {
            let past = clause == Clause::Population;
            let example = if past {
                format!("{word}({column}, -30, 0, days)")
            } else {
                format!("{word}({column}, 0, 30, days)")
            };
            let fault = self.fault(aggregation.span, "the aggregation does not say when");
            return Err(fault.suggesting(Some(example)));
        };
        let (wrong, advice) = match clause {
            Clause::Population => (
                window.end > 0,
                "WHERE knows only what has happened by the anchor; put what is still to come into ASSUMING",
            ),
            Clause::Target | Clause::TargetCondition => (
                window.start.is_none_or(|s| s < 0),
                "a prediction looks ahead from the anchor; put what has happened already into WHERE",
            ),
            Clause::Assuming => (
                window.start.is_none_or(|s| s < 0),
                "ASSUMING speaks of what is still to come; put what has happened already into WHERE",
            ),
            Clause::Rows => (false, ""),
        };
        if wrong {
            let message = if clause == Clause::Population {
                "this window reaches into the future"
            } else {
                "this window reaches into the past"
            };
            return Err(self.fault(aggregation.span, message).advising(advice));
        }
        Ok(window)
    }

    fn links_of_rows(
        &self,
        aggregation: &Aggregation,
        table: TableId,
        from: TableId,
    ) -> Result<Vec<ColumnId>, Diagnostic> {
        if table == from && aggregation.function == Function::Bool {
            return Ok(Vec::new());
        }
        let schema = self.names.schema;
        let (rows, entity) = (&schema.table(table).name, &schema.table(from).name);
        if table == from && self.names.path_up(table, from).is_err() {
            let fault = self.fault(
                aggregation.column.span,
                format!("the rows of {rows} are what is asked about, so there are none to gather for each"),
            );
            return Err(fault.advising(format!(
                "predict a column of {rows}, when it happens with BOOL({rows}.column, 0, 48, hours), or rows that link to it"
            )));
        }
        self.names.path_up(table, from).map_err(|why| match why {
            NoPath::Ambiguous(ways) => self
                .fault(
                    aggregation.column.span,
                    format!("{rows} leads to {entity} in several ways: {}", ways.join(", ")),
                )
                .advising("keep one of these links in schema.toml"),
            NoPath::Missing => self
                .fault(
                    aggregation.column.span,
                    format!("no link leads from {rows} to {entity}"),
                )
                .advising(format!(
                    "a row of {rows} must name its {entity} row in a foreign key, or through one"
                )),
        })
    }

    fn row_time(&self, aggregation: &Aggregation, table: TableId) -> Result<ColumnId, Diagnostic> {
        let schema = self.names.schema.table(table);
        schema.time.ok_or_else(|| {
            self.fault(
                aggregation.span,
                format!(
                    "table `{}` has no time column, so nothing in it happens in a window",
                    schema.name
                ),
            )
            .advising(format!("name one in schema.toml: [{}] time = \"…\"", schema.name))
        })
    }

    /// When what a BOOL asks for happens: a timestamp column's moment, or the moment a boolean column became known.
    fn moment(&mut self, aggregation: &Aggregation, table: TableId, column: ColumnId) -> Result<Moment, Diagnostic> {
        let schema = self.names.schema.column(table, column);
        let name = self.names.schema.column_name(table, column);
        match Kind::of_column(self.names.schema, self.facts, table, Some(column)).stored {
            Stored::Time => Ok(Moment {
                time: column,
                filter: None,
            }),
            Stored::Boolean => {
                let time = match schema.known_at {
                    Some(known_at) => known_at,
                    None if table != self.entity => self.row_time(aggregation, table)?,
                    None => {
                        let fault = self.fault(
                            aggregation.column.span,
                            format!("{name} does not say when it became true"),
                        );
                        return Err(fault.advising(format!(
                            "say so in schema.toml with `{} = {{ known_at = \"…\" }}`, or use a timestamp column",
                            schema.name
                        )));
                    }
                };
                Ok(Moment {
                    time,
                    filter: Some(is_true(table, column)),
                })
            }
            stored => {
                let message = format!("BOOL asks when something happened, but {name} is {}", stored.word());
                Err(self
                    .fault(aggregation.column.span, message)
                    .expecting("a timestamp or a boolean column"))
            }
        }
    }

    /// A condition on a row of `from`.
    pub(super) fn condition(
        &mut self,
        condition: &Condition,
        from: TableId,
        clause: Clause,
    ) -> Result<BoundCondition, Diagnostic> {
        let clause = if clause == Clause::Target {
            Clause::TargetCondition
        } else {
            clause
        };
        let mut all = |parts: &[Condition]| {
            parts
                .iter()
                .map(|p| self.condition(p, from, clause))
                .collect::<Result<Vec<_>, _>>()
        };
        match condition {
            Condition::And(parts) => Ok(BoundCondition::And(all(parts)?)),
            Condition::Or(parts) => Ok(BoundCondition::Or(all(parts)?)),
            Condition::Not(inner) => Ok(BoundCondition::Not(Box::new(self.condition(inner, from, clause)?))),
            Condition::Compare(comparison) => self.comparison(comparison, from, clause),
            Condition::Occurs(aggregation) => match self.flag(aggregation, from, clause)? {
                Some(flag) => Ok(flag),
                None => Ok(BoundCondition::Occurs(self.aggregate(aggregation, from, clause)?.0)),
            },
        }
    }

    /// `BOOL` of a boolean column of the entity that does not say when it became true: taken as it stands, with a note.
    fn flag(
        &mut self,
        aggregation: &Aggregation,
        from: TableId,
        clause: Clause,
    ) -> Result<Option<BoundCondition>, Diagnostic> {
        let (table, Some(column)) = self.names.column(&aggregation.column)? else {
            return Ok(None);
        };
        let schema = self.names.schema.column(table, column);
        let timeless = Kind::of_column(self.names.schema, self.facts, table, Some(column)).stored == Stored::Boolean
            && schema.known_at.is_none();
        if !timeless || table != from || aggregation.filter.is_some() || clause != Clause::TargetCondition {
            return Ok(None);
        }
        let window = self.window(aggregation, clause)?;
        self.windows.push(window);
        let name = self.names.schema.column_name(table, column);
        self.notes.push(format!(
            "{name} does not say when it became true, so it is taken as it stands, whatever the window; \
             give it a known_at in schema.toml"
        ));
        Ok(Some(is_true(table, column)))
    }

    fn comparison(
        &mut self,
        comparison: &Comparison,
        from: TableId,
        clause: Clause,
    ) -> Result<BoundCondition, Diagnostic> {
        let (operand, kind) = match &comparison.operand {
            Operand::Column(name) => {
                let (reach, kind) = self.column(name, from)?;
                (BoundOperand::Column(reach), kind)
            }
            Operand::Aggregation(aggregation) => {
                let (aggregate, kind) = self.aggregate(aggregation, from, clause)?;
                (BoundOperand::Aggregate(Box::new(aggregate)), kind)
            }
        };
        if self.strict() {
            strict::refuse_comparison(self.names, comparison, kind, clause)?;
        }
        let value = &comparison.value;
        let constant = literal::meaning(&value.literal).map_err(|wrong| self.fault(value.span, wrong))?;
        if kind.meaning == Meaning::Several && constant != Constant::Null {
            let fault = self.fault(comparison.span, "a list cannot be compared");
            return Err(fault.advising("count its values with COUNT_DISTINCT, or filter rows and COUNT them"));
        }
        let constant = kind
            .comparable(comparison, constant, self.names.mode)
            .map_err(|wrong| {
                let fault = self.fault(value.span, wrong);
                match &value.literal {
                    super::ast::Literal::Integer(text) | super::ast::Literal::Boolean(text)
                        if kind.stored == Stored::Text =>
                    {
                        fault.suggesting(Some(format!("'{text}'")))
                    }
                    _ => fault,
                }
            })?;
        let operator = if comparison.operator == Operator::IsIn {
            Operator::In
        } else {
            comparison.operator
        };
        Ok(BoundCondition::Compare {
            operand,
            operator,
            constant,
        })
    }
}

fn is_true(table: TableId, column: ColumnId) -> BoundCondition {
    let operand = BoundOperand::Column(Reach {
        links: Vec::new(),
        table,
        column,
    });
    BoundCondition::Compare {
        operand,
        operator: Operator::Eq,
        constant: Constant::Boolean(true),
    }
}
