//! When a row begins to exist and when a value in it becomes known, from what the timestamp columns hold.

use super::infer::counted;
use super::naming::{beginning, snake};
use super::schema::{ColumnId, ColumnSchema, ColumnType, Origin, TableSchema};
use super::stated::{Said, StatedTable};
use super::table::{Cell, Column, Table};
use super::time::Timestamp;

/// Completes a table's schema with its time column and its outcomes, as stated or else as its cells suggest. Returns how
/// each column's `known_at` is known.
pub(crate) fn settle(schema: &mut TableSchema, table: &Table, stated: Option<&StatedTable>) -> Vec<Option<Origin>> {
    let found = match stated.map(|s| &s.time) {
        Some(Said::None) => None,
        Some(Said::This(spot)) => schema.find(&spot.name).map(|column| (column, Origin::Stated)),
        _ => time_column(&schema.columns, table).map(|(column, reason)| (column, Origin::Guessed(reason))),
    };
    (schema.time, schema.time_origin) = found.unzip();
    let outcomes = (0..schema.columns.len()).map(|index| {
        let column = ColumnId(index);
        let said = stated
            .and_then(|s| s.column(&schema.columns[index].name))
            .map(|c| &c.known_at);
        let found = match (said, schema.time) {
            (Some(Said::None), _) => None,
            (Some(Said::This(spot)), _) => schema.find(&spot.name).map(|at| (at, Origin::Stated)),
            (_, Some(time)) if schema.key != Some(column) && schema.columns[index].kind != ColumnType::Timestamp => {
                known_at(&schema.columns, table, column, time).map(|(at, reason)| (at, Origin::Guessed(reason)))
            }
            _ => None,
        };
        let (known_at, origin) = found.unzip();
        schema.columns[index].known_at = known_at;
        origin
    });
    outcomes.collect()
}

/// A note on a column that is named like the time column but that too many rows lack, when no other is.
pub(crate) fn missed_time(schema: &TableSchema, table: &Table) -> Option<String> {
    if schema.time.is_some() {
        return None;
    }
    let named = timestamps(&schema.columns, table)
        .filter(|(c, _)| beginning(&snake(&schema.columns[c.0].name)).is_some_and(|r| r <= 2));
    let (column, times) = named.min_by_key(|(_, times)| times.iter().filter(|t| **t == Timestamp::MAX).count())?;
    let missing = times.iter().filter(|t| **t == Timestamp::MAX).count();
    let (name, rows) = (&schema.columns[column.0].name, counted(table.rows, "row"));
    (missing > 0).then(|| format!("{name} is named like the time column, but {missing} of {rows} lack it: the table is a snapshot unless schema.toml states time = \"{name}\""))
}

/// The column whose moment begins the row, with the reason; `None` for a snapshot.
pub(crate) fn time_column(columns: &[ColumnSchema], table: &Table) -> Option<(ColumnId, String)> {
    let mut best: Option<(u8, usize, ColumnId)> = None;
    for (column, times) in timestamps(columns, table) {
        let Some(rank) = beginning(&snake(&columns[column.0].name)) else {
            continue;
        };
        let filled = times.iter().filter(|t| **t != Timestamp::MAX).count();
        let enough = if rank <= 1 {
            filled * 10 >= table.rows * 9
        } else {
            filled == table.rows
        };
        if filled == 0 || !enough {
            continue;
        }
        let later = timestamps(columns, table)
            .filter(|(other, others)| *other != column && mostly_before(others, times))
            .count();
        if best.is_none_or(|(r, l, _)| (rank, later) < (r, l)) {
            best = Some((rank, later, column));
        }
    }
    let (rank, _, column) = best?;
    let reason = match rank {
        0 | 1 => "its name",
        2 => "its name; no row lacks it",
        _ => "no row lacks it, and no other moment is earlier",
    };
    Some((column, reason.to_owned()))
}

/// The timestamp column before whose moment `column` is unknown, with the reason: an outcome such as hours to resolution.
pub(crate) fn known_at(
    columns: &[ColumnSchema],
    table: &Table,
    column: ColumnId,
    time: ColumnId,
) -> Option<(ColumnId, String)> {
    let Column::Time(begun) = table.column(time) else {
        return None;
    };
    let cells = table.column(column);
    let later = timestamps(columns, table).filter(|(other, moments)| *other != time && mostly_before(begun, moments));
    let mut same: Option<(ColumnId, &[Timestamp])> = None;
    for (other, moments) in later {
        if let Some(unit) = spans(cells, begun, moments) {
            return Some((
                other,
                format!(
                    "it is the {unit} from {} to {}",
                    columns[time.0].name, columns[other.0].name
                ),
            ));
        }
        let known = present_together(cells, moments);
        // Two moments that fit equally well: the later one keeps more of the future out.
        if known && same.is_none_or(|(_, earlier)| mostly_before(earlier, moments)) {
            same = Some((other, moments));
        }
    }
    let (other, moments) = same?;
    let filled = moments.iter().filter(|t| **t != Timestamp::MAX).count();
    let rows = counted(filled, "row");
    Some((
        other,
        format!(
            "it has a value on exactly the {rows} where {} has one",
            columns[other.0].name
        ),
    ))
}

fn timestamps<'a>(columns: &'a [ColumnSchema], table: &'a Table) -> impl Iterator<Item = (ColumnId, &'a [Timestamp])> {
    columns
        .iter()
        .enumerate()
        .filter(|(_, c)| c.kind == ColumnType::Timestamp)
        .filter_map(|(index, _)| {
            let Column::Time(times) = table.column(ColumnId(index)) else {
                return None;
            };
            Some((ColumnId(index), times.as_slice()))
        })
}

/// True when on at least 95 % of the rows that have both, the first is not after the second.
fn mostly_before(first: &[Timestamp], second: &[Timestamp]) -> bool {
    let (mut both, mut before) = (0_usize, 0_usize);
    for (a, b) in first
        .iter()
        .zip(second)
        .filter(|(a, b)| **a != Timestamp::MAX && **b != Timestamp::MAX)
    {
        both += 1;
        before += usize::from(a <= b);
    }
    both > 0 && before * 20 >= both * 19
}

/// True when cell and moment are there, or missing, on exactly the same rows: at least five of the one and one of the other.
fn present_together(cells: &Column, moments: &[Timestamp]) -> bool {
    let mut filled = 0_usize;
    for (row, moment) in moments.iter().enumerate() {
        let known = *moment != Timestamp::MAX;
        if known == (cells.cell(row) == Cell::Null) {
            return false;
        }
        filled += usize::from(known);
    }
    filled >= 5 && filled < moments.len()
}

/// The unit in which the numbers are the time from one moment to the other, within 1 % on at least 95 % of at least five rows.
#[allow(clippy::cast_precision_loss)]
fn spans(cells: &Column, from: &[Timestamp], to: &[Timestamp]) -> Option<&'static str> {
    let Column::Number(numbers) = cells else { return None };
    let rows: Vec<(f64, f64)> = numbers
        .iter()
        .zip(from.iter().zip(to))
        .filter(|(x, (a, b))| !x.is_nan() && **a != Timestamp::MAX && **b != Timestamp::MAX)
        .map(|(x, (a, b))| (*x, (*b - *a).0 as f64))
        .collect();
    let filled = numbers.iter().filter(|x| !x.is_nan()).count();
    if rows.len() < 5 || rows.len() * 20 < filled * 19 {
        return None;
    }
    [("seconds", 1e3), ("minutes", 6e4), ("hours", 3.6e6), ("days", 8.64e7)]
        .into_iter()
        .find_map(|(unit, ms)| {
            // Half of the last digit that a figure with two decimals shows.
            let close = rows
                .iter()
                .filter(|(x, span)| (x - span / ms).abs() <= (0.01 * (span / ms).abs()).max(0.005))
                .count();
            let varied = rows.iter().any(|(x, _)| *x != 0.0);
            (varied && close * 20 >= rows.len() * 19).then_some(unit)
        })
}
