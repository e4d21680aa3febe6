//! The rows a reason rests on, latest first, so that a person can check it.

use serde::Serialize;

use super::phrase::nearest_through;
use super::words::Words;
use crate::data::table::Cell;
use crate::data::{ColumnId, ColumnType, Database, RowId, Symbol, TableId, Timestamp};
use crate::relate::feature::{Feature, Lookup};
use crate::relate::path::ColumnPath;
use crate::relate::series::{Measure, Source};
use crate::relate::{Asker, Relations};

/// Rows shown for one reason at most.
const MOST: usize = 20;

/// One row behind a reason.
#[derive(Serialize, Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The table it is in.
    pub table: String,
    /// Its key; `None` where keys are not carried (events in a bundle).
    pub key: Option<String>,
    /// The row's key and its categories, as far as they are carried: "PE01 · API 500 error · /v2/predict".
    pub text: String,
    /// When it happened, RFC 3339; `None` for rows of a snapshot.
    pub at: Option<String>,
}

/// The rows behind a feature, at most twenty, latest first; the entity's own row for its own cells and text;
/// earlier rows with the same values for what was learnt of them; empty for the calendar.
pub(super) fn evidence(
    database: &Database,
    relations: &Relations,
    asker: Asker,
    feature: &Feature,
    words: &Words,
) -> Vec<Evidence> {
    let entity = relations.entity();
    let row = |table: TableId, (row, at): (RowId, Timestamp), measure: Option<&ColumnPath>| Evidence {
        table: database.schema.table(table).name.clone(),
        key: database.key_text(table, row).map(str::to_owned),
        text: row_text(database, table, row, measure, words),
        at: (at != Timestamp::MIN).then(|| at.to_string()),
    };
    let of_lookup = |lookup: Lookup, after: Option<Timestamp>| -> Vec<Evidence> {
        let spec = &relations.set().series[lookup.series];
        let measure = match &spec.measure {
            Measure::Number(path) => Some(path),
            _ => None,
        };
        let rows = relations
            .events(database, lookup, asker)
            .map_or_else(Vec::new, |v| v.rows(after, MOST));
        rows.into_iter()
            .map(|found| row(spec.table(entity), found, measure))
            .collect()
    };
    let since = |window: Option<crate::data::Duration>| window.map(|w| asker.anchor - w);
    match feature {
        Feature::Column { path, .. } => path
            .row(database, entity, asker.row)
            .filter(|(_, _, visible)| *visible <= asker.anchor)
            .map(|(table, at, _)| {
                row(
                    table,
                    (at, database.row_time(table, at).unwrap_or(Timestamp::MIN)),
                    Some(&ColumnPath::own(path.column)),
                )
            })
            .into_iter()
            .collect(),
        Feature::Aggregate { lookup, window, .. } => of_lookup(*lookup, since(*window)),
        Feature::Share { part, window, .. } | Feature::Ratio { part, window, .. } => of_lookup(*part, since(*window)),
        Feature::Rate { level, window, .. } => {
            let view = relations.events(database, *level, asker);
            let events = view.map_or_else(Vec::new, |v| v.latest(since(*window), usize::MAX));
            events
                .into_iter()
                .filter(|e| e.value > 0.5)
                .take(MOST)
                .map(|e| row(entity, (e.row, e.at), None))
                .collect()
        }
        Feature::Open { begun, ended } => {
            let Source::Table(table) = relations.set().series[begun.series].source else {
                return Vec::new();
            };
            let Some(clock) = relations.set().series[ended.series].clock else {
                return Vec::new();
            };
            let view = relations.events(database, *begun, asker);
            let rows = view.map_or_else(Vec::new, |v| v.rows(None, usize::MAX));
            let open = rows
                .into_iter()
                .filter(|(r, _)| database.table(table).time(clock, *r) > asker.anchor);
            open.take(MOST).map(|found| row(table, found, None)).collect()
        }
        Feature::Through { first, window, then } => {
            let Some(series) = relations.series().get(*then) else {
                return Vec::new();
            };
            let nearest = nearest_through(database, relations, asker, *first, *window, *then);
            let view = nearest.and_then(|category| series.view((category, Symbol::NULL), asker.anchor));
            let mut found: Vec<Evidence> = view
                .map_or_else(Vec::new, |v| v.rows(None, 1))
                .into_iter()
                .map(|f| row(series.spec.table(entity), f, None))
                .collect();
            found.extend(of_lookup(*first, since(Some(*window))));
            found.truncate(MOST);
            found
        }
        Feature::Text { .. } => vec![row(
            entity,
            (
                asker.row,
                database.row_time(entity, asker.row).unwrap_or(Timestamp::MIN),
            ),
            None,
        )],
        Feature::Encoded { paths } => alike(database, entity, paths, asker, 0)
            .into_iter()
            .map(|found| row(entity, found, None))
            .collect(),
        // Others hardly count.
        Feature::Alike { paths } => alike(database, entity, paths, asker, paths.len() / 3)
            .into_iter()
            .map(|found| row(entity, found, None))
            .collect(),
        Feature::Calendar(_) | Feature::Matched { .. } => Vec::new(),
    }
}

/// Rows of the entity's table from before the moment that have the asker's values but for so many, those that have most of
/// them first and then the latest, at most twenty.
fn alike(
    database: &Database,
    entity: TableId,
    paths: &[ColumnPath],
    asker: Asker,
    but: usize,
) -> Vec<(RowId, Timestamp)> {
    let value = |path: &ColumnPath, row: RowId| path.symbol_as_of(database, entity, row, asker.anchor);
    let wanted: Vec<Symbol> = paths.iter().map(|path| value(path, asker.row)).collect();
    let key = |row: RowId| {
        database
            .schema
            .table(entity)
            .key
            .map(|c| database.table(entity).symbol(c, row))
    };
    let own = key(asker.row);
    let before = |row: RowId| {
        let at = database.row_time(entity, row).unwrap_or(Timestamp::MIN);
        (at <= asker.anchor && row != asker.row && row != asker.known_as && (own.is_none() || key(row) != own))
            .then_some(at)
    };
    let different = |row: RowId| {
        let pairs = paths.iter().zip(&wanted);
        pairs.filter(|(path, wanted)| value(path, row) != **wanted).count()
    };
    let mut found: Vec<(usize, RowId, Timestamp)> = (0..u32::try_from(database.table(entity).rows).unwrap_or(u32::MAX))
        .map(RowId)
        .filter_map(|row| Some((different(row), row, before(row)?)))
        .filter(|(different, ..)| *different <= but)
        .collect();
    found.sort_by_key(|&(different, row, at)| (different, std::cmp::Reverse((at, row))));
    found.truncate(MOST);
    found.into_iter().map(|(_, row, at)| (row, at)).collect()
}

/// The rows whose going would take a feature's evidence away: all of them, by table and row; none for cells, the calendar
/// and the text.
#[must_use]
pub fn evidence_rows(
    database: &Database,
    relations: &Relations,
    asker: Asker,
    feature: &Feature,
) -> Vec<(TableId, RowId)> {
    let entity = relations.entity();
    let of_lookup = |lookup: Lookup, window: Option<crate::data::Duration>, positive: bool| {
        let table = relations.set().series[lookup.series].table(entity);
        let view = relations.events(database, lookup, asker);
        let events = view.map_or_else(Vec::new, |v| v.latest(window.map(|w| asker.anchor - w), usize::MAX));
        let kept = events.into_iter().filter(|e| !positive || e.value > 0.5);
        kept.map(|e| (table, e.row)).collect::<Vec<_>>()
    };
    match feature {
        Feature::Aggregate { lookup, window, .. } => of_lookup(*lookup, *window, false),
        Feature::Share { part, window, .. } | Feature::Ratio { part, window, .. } => of_lookup(*part, *window, false),
        Feature::Rate { level, window, .. } => of_lookup(*level, *window, true),
        Feature::Open { begun, .. } => of_lookup(*begun, None, false),
        Feature::Through { first, window, then } => {
            let Some(series) = relations.series().get(*then) else {
                return Vec::new();
            };
            let nearest = nearest_through(database, relations, asker, *first, *window, *then);
            let view = nearest.and_then(|category| series.view((category, Symbol::NULL), asker.anchor));
            let rows = view.map_or_else(Vec::new, |v| v.rows(None, 1));
            rows.into_iter()
                .map(|(row, _)| (series.spec.table(entity), row))
                .collect()
        }
        Feature::Column { .. }
        | Feature::Calendar(_)
        | Feature::Text { .. }
        | Feature::Encoded { .. }
        | Feature::Alike { .. }
        | Feature::Matched { .. } => Vec::new(),
    }
}

/// A row in a few words: its key, its categories, and the measured quantity; what is not carried is left out.
fn row_text(database: &Database, table: TableId, row: RowId, measure: Option<&ColumnPath>, words: &Words) -> String {
    const PARTS: usize = 4;
    let schema = database.schema.table(table);
    let cell = |c: ColumnId| match database.table(table).column(c).cell(row.index()) {
        Cell::Symbol(symbol) => database.symbols.text(symbol),
        _ => None,
    };
    let mut parts: Vec<String> = database.key_text(table, row).map(str::to_owned).into_iter().collect();
    let others = (0..schema.columns.len())
        .map(ColumnId)
        .filter(|c| schema.key != Some(*c));
    let (links, categories): (Vec<ColumnId>, Vec<ColumnId>) = others
        .filter(|&c| {
            matches!(
                schema.column(c).kind,
                ColumnType::Id | ColumnType::Category | ColumnType::Ordered { .. }
            )
        })
        .partition(|&c| schema.link(c).is_some());
    for c in categories.into_iter().chain(links) {
        if parts.len() < PARTS {
            parts.extend(cell(c).filter(|text| !text.is_empty()).map(str::to_owned));
        }
    }
    if let Some(Cell::Number(x)) = measure.map(|path| path.cell(database, table, row).0) {
        parts.push(super::number::number(x, words));
    }
    if parts.is_empty() {
        format!("{} {}", words.row(&schema.name), row.0)
    } else {
        parts.join(" · ")
    }
}
