//! Columns, aggregates and conditions of a query, bound: names resolved, links found, constants understood, windows
//! allowed where they stand.

mod aggregate;

use super::ast::{Aggregation, ColumnName, Comparison, Condition, Operand, Operator, Span};
use super::diagnostic::Diagnostic;
use super::kind::{Facts, Kind, Meaning, Stored};
use super::literal;
use super::mode::Mode;
use super::names::{Names, NoPath};
use super::strict;
use super::task::{BoundCondition, BoundOperand, Constant, Reach, Window};
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
