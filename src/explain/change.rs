//! What-if questions: a [`Change`] to what is known of a ticket, and the changes worth trying for a score, found from the
//! reasons it has: only such as a person would consider. What happened could not have, or could yet; a state (a priority, a
//! health score, a yes or no of the asked row) could be another; what somebody has done before, earns or is could not. A
//! change says what to ask; the score under it is the model's answer, not a claim of cause and effect.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::group::{Group, Told};
use super::noun;
use super::number::Unit;
use super::phrase::{Phrasing, names_what_happened, nearest_through};
use super::reason::Target;
use super::subject::Subject;
use crate::data::{ColumnId, ColumnSchema, ColumnType, Database, RowId, TableId};
use crate::relate::feature::{Feature, Lookup, Reading};
use crate::relate::path::ColumnPath;
use crate::relate::series::{Measure, SeriesSpec};
use crate::relate::{Asker, Relations};

/// A change to what is known, as JSON: `{"set": {"priority": "P3"}, "add": {"events": [{…}]}, "remove": {"events": {…}}}`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Change {
    /// Cells of the ticket's own row (`priority`) or of a row it links to (`account_id.plan`), with their new values.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub set: Map<String, Value>,
    /// Rows to add, per table; a row without a time happens at the moment of asking.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub add: BTreeMap<String, Vec<Map<String, Value>>>,
    /// Rows to take out, per table: those whose cells equal every value given (a list: any of its values).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub remove: BTreeMap<String, Map<String, Value>>,
}

/// A change and how to call it.
#[derive(Clone, Debug, PartialEq)]
pub struct Alternative {
    /// "No API 500 errors", "Account health score 80".
    pub label: String,
    /// What to ask.
    pub change: Change,
}

/// Changes that would undo one reason, of which the most telling one is worth showing.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// Whether the reason speaks for the label: then a lower probability undoes it.
    pub up: bool,
    /// At least one.
    pub alternatives: Vec<Alternative>,
}

/// Added events when there are none to take away.
const FEW: usize = 3;

/// Changes worth trying for a score, in the order of its reasons, for the `most` weightiest that can be changed.
#[must_use]
pub fn proposals(
    database: &Database,
    relations: &Relations,
    asker: Asker,
    values: &[f32],
    shapley: &[f64],
    target: &Target,
    most: usize,
) -> Vec<Proposal> {
    let told = Told::new(database, relations, asker, values, shapley, target);
    let proposer = Proposer {
        database,
        relations,
        asker,
        phrasing: told.phrasing(asker, (&[], &[]), None),
    };
    told.groups
        .iter()
        .filter_map(|group| {
            let alternatives = proposer.alternatives(group);
            (!alternatives.is_empty()).then_some(Proposal {
                up: group.total > 0.0,
                alternatives,
            })
        })
        .take(most)
        .collect()
}

struct Proposer<'a> {
    database: &'a Database,
    relations: &'a Relations,
    asker: Asker,
    phrasing: Phrasing<'a>,
}

impl Proposer<'_> {
    fn alternatives(&self, group: &Group<'_>) -> Vec<Alternative> {
        let Some(first) = group.parts.first() else {
            return Vec::new();
        };
        let own_cell = group
            .parts
            .iter()
            .find(|part| matches!(part.feature.as_ref(), Feature::Column { .. }));
        if let (Subject::Value { .. }, Some(part)) = (&group.subject, own_cell)
            && let Feature::Column { path, reading } = part.feature.as_ref()
        {
            return self.other_cells(path, *reading, f64::from(part.value));
        }
        match (first.feature.as_ref(), &group.subject) {
            (Feature::Column { path, reading }, _) => self.other_cells(path, *reading, f64::from(first.value)),
            (Feature::Through { first, window, then }, _) => {
                let nearest = nearest_through(self.database, self.relations, self.asker, *first, *window, *then);
                let name = nearest.and_then(|symbol| self.database.symbols.text(symbol));
                name.map_or_else(Vec::new, |name| self.no_rows_behind(*then, name))
            }
            (Feature::Aggregate { lookup, .. }, Subject::Measured { .. }) => self.other_measures(*lookup),
            (feature, Subject::Events { table, .. }) if *table != self.relations.entity() => feature
                .lookups()
                .first()
                .map_or_else(Vec::new, |lookup| self.none_or_few(*lookup, group.total > 0.0)),
            _ => Vec::new(),
        }
    }

    /// Another value of the same cell.
    fn other_cells(&self, path: &ColumnPath, reading: Reading, x: f64) -> Vec<Alternative> {
        let (schema, entity) = (&self.database.schema, self.relations.entity());
        let Some((column, end)) = path.schema(schema, entity).zip(path.end(schema, entity)) else {
            return Vec::new();
        };
        if column.known_at.is_some() || !can_be_otherwise(column, path) {
            return Vec::new();
        }
        let name = path.name(schema, entity);
        let set = |value: Value, shown: f64| Alternative {
            label: self.phrasing.cell(path, reading, shown),
            change: Change {
                set: [(name.clone(), value)].into_iter().collect(),
                ..Change::default()
            },
        };
        match (reading, &column.kind) {
            #[allow(clippy::cast_precision_loss)]
            (Reading::Rank, ColumnType::Ordered { order }) => order
                .iter()
                .enumerate()
                .filter(|(place, _)| (*place as f64 - x).abs() > 0.5 || x.is_nan())
                .map(|(place, value)| set(json!(value), place as f64))
                .collect(),
            (Reading::Number, ColumnType::Boolean) if !x.is_nan() => vec![set(json!(x < 0.5), 1.0 - x.round())],
            (Reading::Number, ColumnType::Number) => self
                .usual_values(end, path.column)
                .into_iter()
                .filter(|value| (value - x).abs() > 1e-9 * x.abs().max(1.0) || x.is_nan())
                .map(|value| set(json!(value), value))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// A low, a middling and a high value of a column as seen so far, rounded as people would say them.
    fn usual_values(&self, table: TableId, column: ColumnId) -> Vec<f64> {
        const MOST: usize = 1_000;
        let rows = self.database.table(table).rows;
        let visible = |row: &RowId| {
            self.database
                .row_time(table, *row)
                .is_none_or(|t| t <= self.asker.anchor)
        };
        let mut seen: Vec<f64> = (0..rows)
            .step_by(rows.div_ceil(MOST).max(1))
            .filter_map(|row| u32::try_from(row).ok().map(RowId))
            .filter(visible)
            .map(|row| self.database.table(table).number(column, row))
            .filter(|x| !x.is_nan())
            .collect();
        seen.sort_by(f64::total_cmp);
        let at = |share: usize| seen.get(seen.len().saturating_sub(1) * share / 10).copied();
        let mut found: Vec<f64> = [1, 5, 9].into_iter().filter_map(at).map(rounded).collect();
        found.dedup();
        found
    }

    /// The key's cells of a row of a series, as the asker has them; `None` when the key is reached over links.
    fn key_cells(&self, spec: &SeriesSpec, lookup: Lookup) -> Option<Map<String, Value>> {
        let (entity, table) = (self.relations.entity(), spec.table(self.relations.entity()));
        let asked = self.relations.set().keys.get(lookup.key)?.cells()?;
        if spec.key.is_empty() || spec.key.len() != asked.len() {
            return None;
        }
        let mut cells = Map::new();
        for (theirs, ours) in spec.key.iter().zip(asked) {
            let symbol = ours.symbol_as_of(self.database, entity, self.asker.row, self.asker.anchor);
            let text = self.database.symbols.text(symbol)?;
            if !theirs.hops.is_empty() {
                return None;
            }
            let column = self.database.schema.column(table, theirs.column);
            cells.insert(column.name.clone(), json!(text));
        }
        Some(cells)
    }

    /// The events gone when they speak for the label; a few more of them when their absence speaks against it.
    fn none_or_few(&self, lookup: Lookup, up: bool) -> Vec<Alternative> {
        let Some(spec) = self.relations.set().series.get(lookup.series) else {
            return Vec::new();
        };
        let table = spec.table(self.relations.entity());
        let Some(mut cells) = self.key_cells(spec, lookup) else {
            return Vec::new();
        };
        let kinds = |other: &SeriesSpec| other.source == spec.source && other.filter.is_some();
        if spec.filter.is_none() && self.relations.set().series.iter().any(kinds) {
            return Vec::new();
        }
        if let Some(filter) = &spec.filter {
            let names = filter
                .path
                .schema(&self.database.schema, table)
                .is_some_and(names_what_happened);
            if !filter.path.hops.is_empty() || !names {
                return Vec::new();
            }
            let column = self.database.schema.column(table, filter.path.column);
            cells.insert(column.name.clone(), json!(filter.equals));
        }
        let name = self.database.schema.table(table).name.clone();
        let view = self.relations.events(self.database, lookup, self.asker);
        let carried = view.map_or(0, |v| v.rows(None, usize::MAX).len());
        let few = |n: usize| Alternative {
            label: self.phrasing.some_events(spec, n),
            change: Change {
                add: [(name.clone(), vec![cells.clone(); n])].into(),
                ..Change::default()
            },
        };
        let none = || Alternative {
            label: self.phrasing.no_events(spec),
            change: Change {
                remove: [(name.clone(), cells.clone())].into(),
                ..Change::default()
            },
        };
        match (carried, &spec.filter) {
            (1.., _) if up => vec![none()],
            (_, Some(_)) if !up && self.database.schema.table(table).time.is_some() => vec![few(FEW)],
            _ => Vec::new(),
        }
    }

    /// The rows that a second step leads to, gone.
    fn no_rows_behind(&self, then: usize, name: &str) -> Vec<Alternative> {
        let Some(spec) = self.relations.set().series.get(then) else {
            return Vec::new();
        };
        let table = spec.table(self.relations.entity());
        let [key] = spec.key.as_slice() else { return Vec::new() };
        if !key.hops.is_empty() {
            return Vec::new();
        }
        let schema = self.database.schema.table(table);
        let cells: Map<String, Value> = [(schema.column(key.column).name.clone(), json!(name))]
            .into_iter()
            .collect();
        vec![Alternative {
            label: self.phrasing.no_events_of(spec, name),
            change: Change {
                remove: [(schema.name.clone(), cells)].into(),
                ..Change::default()
            },
        }]
    }

    /// A newer measurement.
    fn other_measures(&self, lookup: Lookup) -> Vec<Alternative> {
        let Some(spec) = self.relations.set().series.get(lookup.series) else {
            return Vec::new();
        };
        let table = spec.table(self.relations.entity());
        let Measure::Number(path) = &spec.measure else {
            return Vec::new();
        };
        let schema = &self.database.schema;
        let timed = schema.table(table).time.is_some() && table != self.relations.entity();
        if !path.hops.is_empty() || !timed || spec.filter.is_some() {
            return Vec::new();
        }
        let Some(cells) = self.key_cells(spec, lookup) else {
            return Vec::new();
        };
        let column = schema.column(table, path.column).name.clone();
        self.usual_values(table, path.column)
            .into_iter()
            .filter_map(|x| {
                let mut row = cells.clone();
                row.insert(column.clone(), json!(x));
                Some(Alternative {
                    label: self.phrasing.measure(lookup, path, x)?,
                    change: Change {
                        add: [(schema.table(table).name.clone(), vec![row])].into(),
                        ..Change::default()
                    },
                })
            })
            .collect()
    }
}

/// Words of what changes by itself or by somebody's doing, in columns of rows that the asker links to.
const STATES: [&str; 12] = [
    "health",
    "score",
    "status",
    "state",
    "stage",
    "risk",
    "satisfaction",
    "sentiment",
    "csat",
    "nps",
    "rating",
    "priority",
];

/// Whether a person would consider another value: a state, not what somebody is or earns. Of the asker's own row anything
/// but money and spans of time.
fn can_be_otherwise(column: &ColumnSchema, path: &ColumnPath) -> bool {
    let (unit, words) = Unit::of(&column.kind, noun::words(&column.name));
    match unit {
        Unit::None | Unit::YesNo | Unit::Percent if path.hops.is_empty() => true,
        Unit::None | Unit::YesNo | Unit::Percent => words.iter().any(|w| STATES.contains(&w.as_str())),
        _ => false,
    }
}

/// As people would say it: to half a digit, 45 or 90.
fn rounded(x: f64) -> f64 {
    if x == 0.0 {
        return x;
    }
    #[allow(clippy::cast_possible_truncation)]
    let step = 10f64.powi(x.abs().log10().floor() as i32) / 2.0;
    let rounded = (x / step).round() * step;
    // Powers of ten below one are not exact; the shortest writing is meant.
    format!("{rounded:.6}").parse().unwrap_or(rounded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_read_from_json_and_unknown_parts_are_refused() {
        let change: Change =
            serde_json::from_str(r#"{"set": {"priority": "P3"}, "remove": {"events": {"kind": ["a", "b"]}}}"#).unwrap();
        assert_eq!(change.set["priority"], json!("P3"));
        assert!(change.add.is_empty());
        assert!(serde_json::from_str::<Change>(r#"{"sett": {}}"#).is_err());
        let written = serde_json::to_string(&Change::default()).unwrap();
        assert_eq!(written, "{}");
    }

    #[test]
    fn values_to_try_are_round() {
        assert_eq!(rounded(78.34), 80.0);
        assert_eq!(rounded(43.2), 45.0);
        assert_eq!(rounded(-0.01234), -0.01);
        assert_eq!(rounded(123_456.0), 100_000.0);
        assert_eq!(rounded(0.0), 0.0);
    }
}
