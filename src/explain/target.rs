//! What the question asks for, as it is called in sentences: "escalations" for a yes or no, "resolution time" in hours for
//! a number.

use super::noun::{self, Target};
use super::number::Unit;
use super::words::{Language, fill};
use crate::data::{ColumnId, ColumnSchema, Schema, TableId};
use crate::query::Task;
use crate::query::ast::Function;
use crate::query::task::{Aggregate, BoundTarget, TaskKind};

impl Target {
    /// The name of what a bound question asks for, in English.
    #[must_use]
    pub fn of(task: &Task, schema: &Schema) -> Self {
        Self::named(task, schema, Language::English)
    }

    /// The name of what a bound question asks for.
    #[must_use]
    pub fn named(task: &Task, schema: &Schema, language: Language) -> Self {
        let yes = |table: TableId, column: Option<ColumnId>| match column {
            Some(column) => Self::from_column_name(&schema.column(table, column).name, language),
            None => Self::from_column_name(&schema.table(table).name, language),
        };
        match (&task.target, task.target.aggregates().first()) {
            (BoundTarget::Column(reach), _) if task.kind == TaskKind::Regression => {
                Self::quantity(schema.column(reach.table, reach.column), language)
            }
            (BoundTarget::Aggregate(aggregate), _) if task.kind == TaskKind::Regression => {
                aggregated(schema, aggregate, language)
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
    pub fn quantity(column: &ColumnSchema, language: Language) -> Self {
        let (unit, words) = Unit::of(&column.kind, noun::words(&column.name));
        Self::number(noun::spell(&words), unit, language, |name| language.words().name(name))
    }

    fn number(what: String, unit: Unit, language: Language, said: impl Fn(&str) -> String) -> Self {
        let name = said(&what);
        Self {
            what,
            singular: name.clone(),
            plural: name,
            unit: Some(unit),
            language,
        }
    }

    /// A number of it, in its unit: "7.5 h", "$240K".
    #[must_use]
    pub fn show(&self, x: f64) -> String {
        self.unit.as_ref().unwrap_or(&Unit::None).show(x, self.language.words())
    }
}

/// "total amount of orders", "number of product events".
fn aggregated(schema: &Schema, aggregate: &Aggregate, language: Language) -> Target {
    let words = language.words();
    let rows = words.table(&schema.table(aggregate.table).name);
    let column = aggregate.column.map(|c| schema.column(aggregate.table, c));
    let (mut unit, mut what) = column.map_or((Unit::None, String::new()), |c| {
        let (unit, words) = Unit::of(&c.kind, noun::words(&c.name));
        (unit, noun::spell(&words))
    });
    let template = match aggregate.function {
        Function::Sum => words.asked_total,
        Function::Avg => words.asked_mean,
        Function::Min => words.asked_lowest,
        Function::Max => words.asked_highest,
        Function::First => words.asked_first,
        Function::Last => words.asked_latest,
        Function::CountDistinct => {
            what = noun::plural(&what);
            words.asked_different
        }
        Function::Count | Function::ListDistinct | Function::Bool => words.asked_number,
    };
    if matches!(
        aggregate.function,
        Function::Count | Function::CountDistinct | Function::ListDistinct | Function::Bool
    ) {
        unit = Unit::None;
    }
    let name = fill(template, &[("what", &words.name(&what)), ("rows", &rows)]);
    Target::number(name.clone(), unit, language, |_| name.clone())
}
