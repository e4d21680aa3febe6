//! Completes a report from the linked database: what each column holds, how many links lead somewhere, which keys occur
//! twice, how far the rows reach in time.

use super::fill::Lines;
use super::report::{ColumnReport, Known, LinkReport, Located, PlacedKey, Report};
use super::schema::{ColumnId, Link, Origin, TableId};
use super::table::{Column, Database, RowId};
use super::time::Timestamp;

/// Fills in everything about the tables of `report` but what reading their cells already put there.
///
/// `outcomes` tells how each column's `known_at` is known, `lines` where each row starts, both by table.
pub(crate) fn account(database: &Database, outcomes: &[Vec<Option<Origin>>], lines: &[Lines], report: &mut Report) {
    for (index, entry) in report.tables.iter_mut().enumerate() {
        let id = TableId(index);
        let (schema, table, starts) = (database.schema.table(id), database.table(id), &lines[index]);
        let known = |column: Option<ColumnId>, origin: &Option<_>| {
            Some(Known {
                column: schema.column(column?).name.clone(),
                origin: origin.clone()?,
            })
        };
        entry.key = known(schema.key, &schema.key_origin);
        entry.time = known(schema.time, &schema.time_origin);
        for (at, (column, cells)) in schema.columns.iter().zip(&table.columns).enumerate() {
            let (nulls, distinct) = contents(cells);
            entry.columns.push(ColumnReport {
                name: column.name.clone(),
                kind: column.kind.clone(),
                origin: column.origin.clone(),
                absent: false,
                nulls,
                distinct,
                known_at: known(column.known_at, outcomes[index].get(at).unwrap_or(&None)),
            });
        }
        if let Some(Column::Symbol(keys)) = schema.key.map(|key| table.column(key)) {
            for (row, key) in keys.iter().enumerate() {
                let first = database.row_of_key(id, *key);
                if key.is_null() {
                    entry.missing_keys += 1;
                } else if first.is_some_and(|first| first.index() != row) {
                    let text = database.symbols.text(*key).unwrap_or("").to_owned();
                    entry.duplicate_keys.add(|| PlacedKey {
                        line: starts.of(row),
                        key: text,
                    });
                }
            }
        }
        if let Some(Column::Time(times)) = schema.time.map(|time| table.column(time)) {
            let real = || times.iter().filter(|t| **t != Timestamp::MAX);
            entry.missing_times = times.len() - real().count();
            entry.span = real()
                .min()
                .zip(real().max())
                .map(|(a, b)| [a.to_string(), b.to_string()]);
        }
        entry.links = schema
            .links
            .iter()
            .map(|link| link_report(database, id, link, starts))
            .collect();
    }
}

/// How many cells are NULL, and how many different values symbols have.
fn contents(cells: &Column) -> (usize, Option<usize>) {
    match cells {
        Column::Number(v) => (v.iter().filter(|x| x.is_nan()).count(), None),
        Column::Time(v) => (v.iter().filter(|t| **t == Timestamp::MAX).count(), None),
        Column::Text(v) => ((0..v.len()).filter(|row| v.get(*row).is_none()).count(), None),
        Column::Symbol(v) => {
            let filled = || v.iter().filter(|s| !s.is_null()).map(|s| s.0 as usize);
            let mut seen = vec![false; filled().max().map_or(0, |last| last + 1)];
            filled().for_each(|symbol| seen[symbol] = true);
            let distinct = seen.iter().filter(|seen| **seen).count();
            (v.len() - filled().count(), Some(distinct))
        }
    }
}

fn link_report(database: &Database, table: TableId, link: &Link, lines: &Lines) -> LinkReport {
    let (mut filled, mut matched, mut dangling) = (0, 0, Located::default());
    if let Column::Symbol(cells) = database.table(table).column(link.column) {
        for (row, symbol) in cells.iter().enumerate().filter(|(_, s)| !s.is_null()) {
            filled += 1;
            let target: Option<RowId> = database.row_of_key(link.table, *symbol);
            if target.is_some() {
                matched += 1;
            } else {
                dangling.add(|| PlacedKey {
                    line: lines.of(row),
                    key: database.symbols.text(*symbol).unwrap_or("").to_owned(),
                });
            }
        }
    }
    LinkReport {
        column: database.schema.table(table).column(link.column).name.clone(),
        table: database.schema.table(link.table).name.clone(),
        origin: link.origin.clone(),
        filled,
        matched,
        dangling,
    }
}
