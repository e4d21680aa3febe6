//! What the question asks for, as it is called in sentences: "escalations" for a yes or no, "resolution time" in hours for
//! a number.

use super::noun::{self, Target};
use super::number::Unit;
use crate::data::{ColumnId, ColumnSchema, Schema, TableId};
use crate::query::Task;
use crate::query::ast::Function;
use crate::query::task::{Aggregate, BoundTarget, TaskKind};

impl Target {
    /// The name of what a bound question asks for.
    #[must_use]
    pub fn of(task: &Task, schema: &Schema) -> Self {
        let yes = |table: TableId, column: Option<ColumnId>| match column {
            Some(column) => Self::from_column_name(&schema.column(table, column).name),
            None => Self::from_column_name(&schema.table(table).name),
        };
        match (&task.target, task.target.aggregates().first()) {
            (BoundTarget::Column(reach), _) if task.kind == TaskKind::Regression => {
                Self::quantity(schema.column(reach.table, reach.column))
            }
            (BoundTarget::Aggregate(aggregate), _) if task.kind == TaskKind::Regression => {
                aggregated(schema, aggregate)
            }
            (BoundTarget::Column(reach), _) => yes(reach.table, Some(reach.column)),
            (_, Some(aggregate)) if aggregate.links.is_empty() => {
                yes(aggregate.table, Some(aggregate.column.unwrap_or(aggregate.time)))
            }
            (_, Some(aggregate)) => yes(aggregate.table, aggregate.column),
            _ => yes(task.entity, None),
        }
    }

    /// The quantity that a column of numbers holds: `resolution_hours` is the "resolution time", in hours.
    #[must_use]
    pub fn quantity(column: &ColumnSchema) -> Self {
        let (unit, words) = Unit::of(&column.kind, noun::words(&column.name));
        let name = noun::spell(&words);
        Self {
            singular: name.clone(),
            plural: name,
            unit: Some(unit),
        }
    }

    /// A number of it, in its unit: "7.5 h", "$240K".
    #[must_use]
    pub fn show(&self, x: f64) -> String {
        self.unit.as_ref().unwrap_or(&Unit::None).show(x)
    }
}

/// "total amount of orders", "number of product events".
fn aggregated(schema: &Schema, aggregate: &Aggregate) -> Target {
    let rows = noun::rows_noun(&schema.table(aggregate.table).name);
    let column = aggregate.column.map(|c| schema.column(aggregate.table, c));
    let (mut unit, what) = column.map_or((Unit::None, String::new()), |c| {
        let (unit, words) = Unit::of(&c.kind, noun::words(&c.name));
        (unit, noun::spell(&words))
    });
    let name = match aggregate.function {
        Function::Sum => format!("total {what} of {rows}"),
        Function::Avg => format!("mean {what} of {rows}"),
        Function::Min => format!("lowest {what} of {rows}"),
        Function::Max => format!("highest {what} of {rows}"),
        Function::First => format!("first {what} of {rows}"),
        Function::Last => format!("latest {what} of {rows}"),
        Function::CountDistinct => format!("number of different {} of {rows}", noun::plural(&what)),
        Function::Count | Function::ListDistinct | Function::Bool => format!("number of {rows}"),
    };
    if matches!(
        aggregate.function,
        Function::Count | Function::CountDistinct | Function::ListDistinct | Function::Bool
    ) {
        unit = Unit::None;
    }
    Target {
        singular: name.clone(),
        plural: name,
        unit: Some(unit),
    }
}
