//! From rows of text to typed columns, once the types are known: every cell that does not fit is NULL, counted and
//! located.

use super::cell::{BadCell, cell_in};
use super::date::DayOrder;
use super::details;
use super::report::{PlacedCell, TableReport};
use super::scan::Sheet;
use super::schema::ColumnType;
use super::symbol::Symbols;
use super::table::{Column, Table};

/// Where a column's cells come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A cell of the row.
    Cell(usize),
    /// The value of a key in a cell of `key: value` details.
    Part(usize, String),
    /// Nowhere: all NULL.
    Absent,
}

/// A column to be read.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) name: String,
    pub(crate) place: Place,
    pub(crate) kind: ColumnType,
    pub(crate) days: DayOrder,
}

/// The line each row starts on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lines {
    rows: usize,
    /// Kept only once a row does not start on the line after the row before it.
    irregular: Option<Vec<u32>>,
}

impl Lines {
    /// The line of a row.
    pub(crate) fn of(&self, row: usize) -> u64 {
        self.irregular
            .as_ref()
            .and_then(|lines| lines.get(row))
            .map_or(row as u64 + 2, |line| u64::from(*line))
    }

    fn push(&mut self, line: u64) {
        let expected = self.rows as u64 + 2;
        if self.irregular.is_none() && line != expected {
            self.irregular = Some((2..expected).map(|l| u32::try_from(l).unwrap_or(u32::MAX)).collect());
        }
        if let Some(lines) = &mut self.irregular {
            lines.push(u32::try_from(line).unwrap_or(u32::MAX));
        }
        self.rows += 1;
    }
}

/// Reads a sheet's rows into the planned columns; bad cells and ragged rows go to the report.
pub(crate) fn fill(sheet: &Sheet, plans: &[Plan], symbols: &mut Symbols, report: &mut TableReport) -> (Table, Lines) {
    let mut columns: Vec<Column> = plans.iter().map(|p| Column::empty(&p.kind)).collect();
    let mut lines = Lines::default();
    let width = sheet.header.len();
    let mut last_line = 0;
    sheet.rows(|line, record| {
        lines.push(line);
        last_line = line;
        if record.len() != width {
            report.bad_cells.add(|| ragged(line, record.len(), width));
        }
        for (plan, column) in plans.iter().zip(&mut columns) {
            let text = match &plan.place {
                Place::Cell(at) => record.get(*at).unwrap_or(""),
                Place::Part(at, key) => record
                    .get(*at)
                    .and_then(|text| details::value_of(text, key))
                    .unwrap_or(""),
                Place::Absent => "",
            };
            match cell_in(&plan.kind, plan.days, text, symbols) {
                Ok(cell) => column.push(cell),
                Err(cell) => {
                    column.push_null();
                    report.bad_cells.add(|| PlacedCell {
                        line,
                        column: plan.name.clone(),
                        cell,
                    });
                }
            }
        }
    });
    if sheet.unclosed_quote(last_line) {
        let text = "a quote that is never closed".to_owned();
        let cell = BadCell {
            text,
            expected: "readable: all that follows it became one cell".to_owned(),
        };
        report.bad_cells.add(|| PlacedCell {
            line: last_line,
            column: String::new(),
            cell,
        });
    }
    report.rows = lines.rows;
    (
        Table {
            columns,
            rows: lines.rows,
        },
        lines,
    )
}

fn ragged(line: u64, cells: usize, width: usize) -> PlacedCell {
    let rest = if cells < width {
        "the missing ones are NULL"
    } else {
        "the rest is left out"
    };
    let cell = BadCell {
        text: format!("a row of {cells}"),
        expected: format!("a row of {width} cells: {rest}"),
    };
    PlacedCell {
        line,
        column: String::new(),
        cell,
    }
}
