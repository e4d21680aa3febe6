//! An aggregate in a query, bound: which rows it gathers, whether its function can take them, when each happens, and whether
//! its window may stand where it stands.

use super::{Clause, Expressions, is_true};
use crate::data::{ColumnId, TableId};
use crate::query::ast::{Aggregation, Function};
use crate::query::bind::needs_numbers;
use crate::query::diagnostic::Diagnostic;
use crate::query::kind::{Kind, Meaning, Stored};
use crate::query::names::NoPath;
use crate::query::strict;
use crate::query::task::{Aggregate, BoundCondition, Window};

/// Where a BOOL finds its moment, and what else must hold.
struct Moment {
    time: ColumnId,
    filter: Option<BoundCondition>,
}

impl Expressions<'_> {
    /// An aggregate of rows that lead up to a row of `from`.
    pub(in crate::query) fn aggregate(
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
    pub(super) fn window(&self, aggregation: &Aggregation, clause: Clause) -> Result<Window, Diagnostic> {
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
}
