//! Which cells a feature reads, and features without those that the user excludes.

use std::collections::BTreeSet;

use crate::data::{ColumnId, Schema, TableId};
use crate::query::diagnostic::nearest;
use crate::relate::feature::{Feature, FeatureSet};
use crate::relate::path::ColumnPath;
use crate::relate::series::{Measure, SeriesSpec, Source};

/// What a feature reads: a column's cells, or with `None` that a table's rows are there at all.
pub type Read = (TableId, Option<ColumnId>);

/// Everything that a feature reads. The moment from which a row or a cell is visible is not counted: that is when it is
/// read, not what.
#[must_use]
pub fn reads(set: &FeatureSet, schema: &Schema, entity: TableId, feature: &Feature) -> BTreeSet<Read> {
    let mut found = Reads {
        schema,
        all: BTreeSet::new(),
    };
    match feature {
        Feature::Column { path, .. } | Feature::Matched { by: path, .. } => found.path(entity, path),
        Feature::Encoded { paths } | Feature::Alike { paths } => {
            paths.iter().for_each(|path| found.path(entity, path));
        }
        Feature::Text { columns } => found.all.extend(columns.iter().map(|&c| (entity, Some(c)))),
        Feature::Calendar(_) => {}
        _ => {}
    }
    for lookup in feature.lookups() {
        set.cells_of(lookup).iter().for_each(|path| found.path(entity, path));
    }
    for spec in set.series_of(feature).into_iter().filter_map(|s| set.series.get(s)) {
        found.series(entity, spec);
    }
    found.all
}

struct Reads<'a> {
    schema: &'a Schema,
    all: BTreeSet<Read>,
}

impl Reads<'_> {
    fn path(&mut self, start: TableId, path: &ColumnPath) {
        let mut table = start;
        for &hop in &path.hops {
            self.all.insert((table, Some(hop)));
            match self.schema.table(table).link(hop) {
                Some(link) => table = link.table,
                None => return,
            }
            self.all.insert((table, None));
        }
        self.all.insert((table, Some(path.column)));
    }

    fn series(&mut self, entity: TableId, spec: &SeriesSpec) {
        let table = spec.table(entity);
        if matches!(spec.source, Source::Table(_)) {
            self.all.insert((table, None));
        }
        spec.key.iter().for_each(|path| self.path(table, path));
        if let Some(filter) = &spec.filter {
            self.path(table, &filter.path);
        }
        if let Measure::Number(path) | Measure::Category(path) = &spec.measure {
            self.path(table, path);
        }
        self.all.extend(spec.clock.map(|clock| (table, Some(clock))));
    }
}

/// A column or a table by its name in the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Named {
    /// Every column of the table, and its rows.
    Table(TableId),
    /// One column, with the parts that were split from it.
    Column(TableId, ColumnId),
}

impl Named {
    /// Finds `TABLE` or `TABLE.COLUMN`, letter case ignored where nothing matches exactly.
    ///
    /// # Errors
    /// A line that says what there is instead.
    pub fn find(text: &str, schema: &Schema) -> Result<Self, String> {
        let text = text.trim();
        if let Some(table) = schema.find(text) {
            return Ok(Self::Table(table));
        }
        let Some((table_name, column_name)) = text.split_once('.') else {
            let tables = schema.tables.iter().map(|t| t.name.as_str());
            return Err(match nearest(text, tables.clone()) {
                Some(near) => format!("there is no table {text}; did you mean {near}?"),
                None => format!("there is no table {text}; the tables are {}", listed(tables)),
            });
        };
        let Some(table) = schema.find(table_name) else {
            let tables = schema.tables.iter().map(|t| t.name.as_str());
            return Err(match nearest(table_name, tables.clone()) {
                Some(near) => format!("there is no table {table_name}; did you mean {near}.{column_name}?"),
                None => format!("there is no table {table_name}; the tables are {}", listed(tables)),
            });
        };
        let columns = schema.table(table).columns.iter().map(|c| c.name.as_str());
        let name = &schema.table(table).name;
        match schema.table(table).find(column_name) {
            Some(column) => Ok(Self::Column(table, column)),
            None => Err(match nearest(column_name, columns.clone()) {
                Some(near) => format!("{name} has no column {column_name}; did you mean {name}.{near}?"),
                None => format!("{name} has no column {column_name}; it has {}", listed(columns)),
            }),
        }
    }

    /// As the schema writes it.
    #[must_use]
    pub fn name(self, schema: &Schema) -> String {
        match self {
            Self::Table(table) => schema.table(table).name.clone(),
            Self::Column(table, column) => schema.column_name(table, column),
        }
    }

    fn covers(self, schema: &Schema, read: Read) -> bool {
        match self {
            Self::Table(table) => read.0 == table,
            Self::Column(table, column) => {
                let whole = &schema.column(table, column).name;
                let part = |c: ColumnId| {
                    let rest = schema.column(table, c).name.strip_prefix(whole.as_str());
                    rest.is_some_and(|rest| rest.starts_with('.'))
                };
                read.0 == table && read.1.is_some_and(|c| c == column || part(c))
            }
        }
    }
}

fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    const SHOWN: usize = 12;
    let names: Vec<&str> = names.collect();
    let more = names.len().saturating_sub(SHOWN);
    let shown = names[..names.len().min(SHOWN)].join(", ");
    if more == 0 {
        shown
    } else {
        format!("{shown} and {more} more")
    }
}

/// The features that read nothing excluded, and one line for each exclusion with the number that it dropped.
#[must_use]
pub fn excluding(
    mut set: FeatureSet,
    excluded: &[Named],
    schema: &Schema,
    entity: TableId,
) -> (FeatureSet, Vec<String>) {
    if excluded.is_empty() {
        return (set, Vec::new());
    }
    let gone = |read: Read| excluded.iter().position(|e| e.covers(schema, read));
    // Texts are read by one feature; those that are left still are.
    for feature in &mut set.features {
        if let Feature::Text { columns } = feature
            && columns.iter().any(|&c| gone((entity, Some(c))).is_none())
        {
            columns.retain(|&c| gone((entity, Some(c))).is_none());
        }
    }
    let mut dropped = vec![0usize; excluded.len()];
    let mut kept = Vec::new();
    for (place, feature) in set.features.iter().enumerate() {
        match reads(&set, schema, entity, feature).into_iter().find_map(gone) {
            Some(by) => dropped[by] += 1,
            None => kept.push(place),
        }
    }
    let lines = excluded.iter().zip(dropped);
    let lines = lines.map(|(e, n)| format!("{n} features that read {} (--exclude)", e.name(schema)));
    (set.keep(&kept), lines.collect())
}

/// Which way the answer may go as something rises, all else being the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Direction {
    /// The measure that rises.
    pub of: Rising,
    /// 1: the answer may only rise; −1: only fall.
    pub sign: i8,
}

/// A measure as the user names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rising {
    /// A feature by its name, as `train` and `evaluate` print it.
    Feature(String),
    /// A column: its cell, and the mean, least, largest and last of it over linked rows.
    Column(TableId, ColumnId),
}

impl Direction {
    /// Why it speaks of no feature, and what may have been meant.
    #[must_use]
    pub fn unknown(&self, set: &FeatureSet, schema: &Schema, entity: TableId) -> String {
        match &self.of {
            Rising::Column(table, column) => {
                format!(
                    "no candidate feature is a measure of {}",
                    schema.column_name(*table, *column)
                )
            }
            Rising::Feature(name) => {
                let names: Vec<String> = (0..set.features.len()).map(|f| set.name(schema, entity, f)).collect();
                match nearest(name, names.iter().map(String::as_str)) {
                    Some(near) => format!("there is no candidate feature {name}; did you mean {near}?"),
                    None => format!("there is no candidate feature {name}; evaluate lists those that are kept"),
                }
            }
        }
    }

    /// Whether it speaks of this feature.
    #[must_use]
    pub fn speaks_of(&self, set: &FeatureSet, schema: &Schema, entity: TableId, place: usize) -> bool {
        use crate::relate::feature::{Function, Reading};
        let Some(feature) = set.features.get(place) else {
            return false;
        };
        let ends_in = |start: TableId, path: &ColumnPath, wanted: (TableId, ColumnId)| {
            path.end(schema, start) == Some(wanted.0) && path.column == wanted.1
        };
        match (&self.of, feature) {
            (Rising::Feature(name), _) => set.name(schema, entity, place) == *name,
            (Rising::Column(table, column), Feature::Column { path, reading }) => {
                *reading != Reading::Age && ends_in(entity, path, (*table, *column))
            }
            (Rising::Column(table, column), Feature::Aggregate { lookup, function, .. }) => {
                let level = matches!(
                    function,
                    Function::Mean | Function::Min | Function::Max | Function::Last
                );
                let measure = set.series.get(lookup.series).map(|s| (s.table(entity), &s.measure));
                level
                    && matches!(measure, Some((start, Measure::Number(path))) if ends_in(start, path, (*table, *column)))
            }
            _ => false,
        }
    }
}
