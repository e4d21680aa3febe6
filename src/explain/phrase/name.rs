//! Names of rows and of the quantities that they carry, as they stand in a sentence.

use super::Phrasing;
use crate::data::{ColumnId, ColumnSchema, Database, TableId};
use crate::explain::noun;
use crate::explain::number::Unit;
use crate::explain::words::{Names, fill};
use crate::relate::path::ColumnPath;
use crate::relate::series::SeriesSpec;

/// Columns whose values are names of things: an event type is what happened, a status is not.
const NAMING: [&str; 11] = [
    "type", "kind", "event", "name", "action", "category", "role", "error", "reason", "topic", "class",
];

/// Whether a column's values are names of what happened.
pub(in crate::explain) fn names_what_happened(column: &ColumnSchema) -> bool {
    let words = noun::words(&column.name);
    words.last().is_some_and(|w| NAMING.contains(&w.as_str()))
}

impl Phrasing<'_> {
    /// One row of a series, or several: "API 500 error", "product events", "tickets with status Closed".
    pub(super) fn event(&self, spec: &SeriesSpec, several: bool) -> String {
        let (schema, words) = (&self.database.schema, self.words());
        let table = spec.table(self.relations.entity());
        let name = &schema.table(table).name;
        let rows = if several { words.table(name) } else { words.row(name) };
        let rows = match self.happened(spec) {
            Some(happened) => {
                let template = if happened.contains(' ') {
                    words.rows_happened
                } else {
                    words.rows_happened_word
                };
                fill(template, &[("rows", &rows), ("happened", &words.name(&happened))])
            }
            None => rows,
        };
        let Some(filter) = &spec.filter else { return rows };
        let column = filter.path.schema(schema, table);
        let value = match words.names {
            Names::Words => noun::value_words(&filter.equals),
            Names::Names => filter.equals.clone(),
        };
        if !column.is_some_and(names_what_happened) {
            let column = words.name(&column.map_or_else(String::new, |c| noun::spell(&noun::words(&c.name))));
            return fill(
                words.rows_with,
                &[("rows", &rows), ("column", &column), ("value", &value)],
            );
        }
        let last = value.rsplit(' ').next().unwrap_or_default();
        match words.names {
            Names::Names => value,
            Names::Words if last.ends_with("ed") || last.ends_with("ing") => {
                format!("{value} {}", rows.rsplit(' ').next().unwrap_or_default())
            }
            Names::Words if several => noun::plural(&value),
            Names::Words => value,
        }
    }

    /// "resolved": what happened to the rows at the series' clock.
    pub(super) fn happened(&self, spec: &SeriesSpec) -> Option<String> {
        Some(clock_words(
            self.database,
            spec.table(self.relations.entity()),
            spec.clock?,
        ))
    }

    /// The unit of a quantity that rows of a series carry, and the words of its name, in lower case.
    pub(super) fn column_words(&self, spec: &SeriesSpec, path: &ColumnPath) -> (Unit, String) {
        let Some(column) = path.schema(&self.database.schema, spec.table(self.relations.entity())) else {
            return (Unit::None, self.words().not_known.to_owned());
        };
        let mut all = noun::words(&column.name);
        if column.is_symbolic() && all.len() > 1 && all.last().is_some_and(|w| w == "id") {
            all.pop();
        }
        let (unit, all) = Unit::of(&column.kind, all);
        (unit, noun::spell(&all))
    }
}

fn clock_words(database: &Database, table: TableId, clock: ColumnId) -> String {
    let mut words = noun::words(&database.schema.column(table, clock).name);
    if words.len() > 1
        && words
            .last()
            .is_some_and(|w| ["at", "date", "time", "on"].contains(&w.as_str()))
    {
        words.pop();
    }
    noun::spell(&words)
}
