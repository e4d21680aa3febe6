//! Of what the amounts in a table's rows are parts: times at bat, of which hits are some; hours on duty, in which calls came
//! in. Found from the amounts alone, without looking at any answer.

use crate::correlation::pearson;
use crate::data::{ColumnId, ColumnSchema, ColumnType, Database, RowId, TableId, Timestamp};

/// Amounts that a table has at least.
const AMOUNTS: usize = 3;
/// Rows that are looked at, at most.
const ROWS: usize = 5_000;
/// The mean correlation with the other amounts that it has at least.
const LEAST: f64 = 0.4;
/// The share of the best mean correlation that it has at least.
const BESIDE: f64 = 0.9;

/// A number or an amount of money that is known with its row.
pub(super) fn is_amount(column: &ColumnSchema) -> bool {
    column.known_at.is_none() && matches!(column.kind, ColumnType::Number | ColumnType::Money { .. })
}

/// The column that says how much there was of what the other amounts are parts of, by the rows up to `until`: of the
/// amounts without a negative that rise and fall with the others, the one that comes to the most. `None` where there is no
/// such column, and of tables without a time.
pub(super) fn exposure(database: &Database, table: TableId, until: Timestamp) -> Option<ColumnId> {
    let schema = database.schema.table(table);
    let rows = database.table(table).rows;
    let seen: Vec<RowId> = (0..rows)
        .step_by(rows.div_ceil(ROWS).max(1))
        .filter_map(|row| u32::try_from(row).ok().map(RowId))
        .filter(|&row| database.row_time(table, row).is_some_and(|t| t <= until))
        .collect();
    let cells = |c: ColumnId| -> Vec<f64> { seen.iter().map(|&row| database.table(table).number(c, row)).collect() };
    let amounts: Vec<(ColumnId, Vec<f64>)> = (0..schema.columns.len())
        .map(ColumnId)
        .filter(|&c| is_amount(schema.column(c)))
        .map(|c| (c, cells(c)))
        .filter(|(_, cells)| cells.iter().all(|x| x.is_nan() || *x >= 0.0))
        .collect();
    if amounts.len() < AMOUNTS {
        return None;
    }
    #[allow(clippy::cast_precision_loss)]
    let mean = |k: usize| {
        let others = amounts.iter().enumerate().filter(|(other, _)| *other != k);
        let together = others.map(|(_, (_, cells))| pearson(&amounts[k].1, cells).unwrap_or(0.0));
        together.sum::<f64>() / (amounts.len() - 1) as f64
    };
    let means: Vec<f64> = (0..amounts.len()).map(mean).collect();
    let least = means.iter().copied().fold(LEAST / BESIDE, f64::max) * BESIDE;
    let total = |k: usize| amounts[k].1.iter().filter(|x| !x.is_nan()).sum::<f64>();
    (0..amounts.len())
        .filter(|&k| means[k] >= least)
        .max_by(|&a, &b| total(a).total_cmp(&total(b)))
        .map(|k| amounts[k].0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{SourceFile, read};
    use std::fmt::Write;

    /// The name of the column found in stints of these columns, of which each cell is made by the row's number.
    fn found(columns: &[&str], cell: impl Fn(usize, usize) -> f64, until: &str) -> Option<String> {
        let mut lines = format!("stint_id,date,{}\n", columns.join(","));
        for row in 0..100 {
            let cells: Vec<String> = (0..columns.len()).map(|c| cell(c, row).to_string()).collect();
            writeln!(
                lines,
                "S{row},2024-{:02}-{:02},{}",
                1 + row / 28,
                1 + row % 28,
                cells.join(",")
            )
            .unwrap();
        }
        let file = SourceFile {
            name: "stints.csv".into(),
            bytes: lines.into_bytes(),
        };
        let database = read(vec![file], None).unwrap().database;
        let table = database.schema.find("stints").unwrap();
        let column = exposure(&database, table, Timestamp::parse(until).unwrap())?;
        Some(database.schema.table(table).column(column).name.clone())
    }

    /// Minutes, and what is done in them: passes in half of them, a goal in every thirtieth.
    fn played(column: usize, row: usize) -> f64 {
        let minutes = ((row * 37) % 90) as f64;
        match column {
            0 => (minutes / 30.0).floor(),
            1 => minutes,
            2 => (minutes / 2.0).floor() + (row % 3) as f64,
            _ => 10_000.0 + ((row * 61) % 97) as f64,
        }
    }

    #[test]
    fn what_the_others_are_parts_of_is_what_comes_to_the_most_of_those_that_go_together() {
        let late = "2025-01-01T00:00:00Z";
        assert_eq!(
            found(&["goals", "minutes", "passes"], played, late).as_deref(),
            Some("minutes")
        );
        // What comes to more and goes its own way is not it.
        let columns = ["goals", "minutes", "passes", "crowd"];
        assert_eq!(found(&columns, played, late).as_deref(), Some("minutes"));
    }

    #[test]
    fn where_amounts_are_few_or_each_go_their_own_way_there_is_none() {
        let late = "2025-01-01T00:00:00Z";
        assert_eq!(found(&["goals", "minutes"], played, late), None);
        let apart = |column: usize, row: usize| ((row * [37, 53, 71][column]) % 89) as f64;
        assert_eq!(found(&["a", "b", "c"], apart, late), None);
        // Nothing is known of the rows to come.
        assert_eq!(
            found(&["goals", "minutes", "passes"], played, "2023-01-01T00:00:00Z"),
            None
        );
    }
}
