//! What features are called, in the terms of the schema.

use super::feature::{Calendar, Feature, FeatureSet, Function, Lookup, Reading};
use super::key::Key;
use super::series::{Measure, Source};
use crate::data::{Duration, Schema, TableId};

impl FeatureSet {
    /// A feature's name, in the terms of the schema; unique within a set, stable between runs. Of features that differ only in
    /// what they have learnt, the second and those after it are numbered.
    #[must_use]
    pub fn name(&self, schema: &Schema, entity: TableId, place: usize) -> String {
        let Some(feature) = self.features.get(place) else {
            return String::new();
        };
        let name = feature.name(self, schema, entity);
        match self.features[..place].iter().filter(|f| *f == feature).count() {
            0 => name,
            before => format!("{name} ({})", before + 1),
        }
    }

    fn lookup_name(&self, schema: &Schema, entity: TableId, lookup: Lookup) -> String {
        let series = self.series_name(schema, entity, lookup.series);
        let keys: Vec<_> = match &self.keys[lookup.key] {
            Key::Cells(paths) => paths.iter().map(|p| p.name(schema, entity)).collect(),
            Key::Latest(events) => vec![format!("latest {}", self.series_name(schema, entity, events.series))],
        };
        if keys.is_empty() {
            series
        } else {
            format!("{series} by {}", keys.join(" × "))
        }
    }

    fn series_name(&self, schema: &Schema, entity: TableId, place: usize) -> String {
        let spec = &self.series[place];
        let table = spec.table(entity);
        let mut name = match spec.source {
            Source::Table(table) => schema.table(table).name.clone(),
            Source::Labels => "label".to_owned(),
            Source::Positives => "positive label".to_owned(),
        };
        if let Measure::Number(path) | Measure::Category(path) = &spec.measure {
            name = format!("{name}.{}", path.name(schema, table));
        }
        if let Some(filter) = &spec.filter {
            name = format!("{name}[{} = {}]", filter.path.name(schema, table), filter.equals);
        }
        if let Some(clock) = spec.clock {
            name = format!("{name} at {}", schema.column(table, clock).name);
        }
        name
    }
}

impl Feature {
    fn name(&self, set: &FeatureSet, schema: &Schema, entity: TableId) -> String {
        let of = |l: &Lookup| set.lookup_name(schema, entity, *l);
        let within = |w: &Option<Duration>| w.map_or_else(|| "ever".to_owned(), window_name);
        match self {
            Self::Column { path, reading } => {
                let column = path.name(schema, entity);
                match reading {
                    Reading::Number | Reading::Rank => column,
                    Reading::Age => format!("hours since {column}"),
                }
            }
            Self::Aggregate {
                lookup,
                function: Function::SinceLast,
                ..
            } => format!("hours since last {}", of(lookup)),
            Self::Aggregate {
                lookup,
                function,
                window,
            } => {
                format!("{} of {}, {}", function_name(*function), of(lookup), within(window))
            }
            Self::Share { part, window, .. } => format!("share of {}, {}", of(part), within(window)),
            Self::Ratio { part, whole, window } => {
                let per = set.series_name(schema, entity, whole.series);
                format!("{} per {per}, {}", of(part), within(window))
            }
            Self::Rate { level, window, .. } => format!("rate of {}, {}", of(level), within(window)),
            Self::Open { begun, ended } => format!("open: {} without {}", of(begun), of(ended)),
            Self::Through { first, window, then } => {
                format!(
                    "hours since last {} through {}, {}",
                    set.series_name(schema, entity, *then),
                    of(first),
                    window_name(*window)
                )
            }
            Self::Matched {
                by,
                cases,
                function,
                window,
            } => {
                let kinds = cases
                    .iter()
                    .filter_map(|(_, l)| set.series.get(l.series)?.filter.as_ref());
                let column = kinds.map(|f| f.path.clone()).next();
                let events = cases.first().map_or_else(String::new, |(_, l)| {
                    let table = set.series[l.series].table(entity);
                    let owner: Vec<_> = set.cells_of(*l).iter().map(|p| p.name(schema, entity)).collect();
                    let column = column.map_or_else(String::new, |c| c.name(schema, table));
                    format!(
                        "{}[{column} that goes with {}] by {}",
                        schema.table(table).name,
                        by.name(schema, entity),
                        owner.join(" × ")
                    )
                });
                match function {
                    Function::SinceLast => format!("hours since last {events}"),
                    function => format!("{} of {events}, {}", function_name(*function), within(window)),
                }
            }
            Self::Encoded { paths } => {
                let names: Vec<_> = paths.iter().map(|path| path.name(schema, entity)).collect();
                format!("trained rate of {}", names.join(" × "))
            }
            Self::Alike { paths } => {
                let names: Vec<_> = paths.iter().map(|path| path.name(schema, entity)).collect();
                format!("answers of rows alike by {}", names.join(", "))
            }
            Self::Calendar(Calendar::HourOfDay) => "hour of day".to_owned(),
            Self::Calendar(Calendar::DayOfWeek) => "day of week".to_owned(),
            Self::Calendar(Calendar::MonthOfYear) => "month of year".to_owned(),
            Self::Text { columns } => {
                let names: Vec<_> = columns
                    .iter()
                    .map(|&c| schema.column(entity, c).name.as_str())
                    .collect();
                format!("text of {}", names.join(", "))
            }
        }
    }
}

fn function_name(function: Function) -> &'static str {
    match function {
        Function::Count => "count",
        Function::Sum => "sum",
        Function::Mean => "mean",
        Function::Min => "min",
        Function::Max => "max",
        Function::Last => "last",
        Function::Change => "change",
        Function::SinceLast => "hours since last",
        Function::Distinct => "distinct",
    }
}

/// `48 h`, `7 d`.
#[must_use]
pub fn window_name(window: Duration) -> String {
    if window.0 % Duration::DAY.0 == 0 && window.0 > 2 * Duration::DAY.0 {
        format!("{} d", window.0 / Duration::DAY.0)
    } else {
        format!("{} h", window.as_hours())
    }
}
