//! From rows of text to typed columns, once the types are known: every cell that does not fit is NULL, counted and
//! located.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::cell::{BadCell, cell_in};
use super::date::DayOrder;
use super::details;
use super::report::{KEPT, Located, PlacedCell, TableReport};
use super::scan::{Reader, Row, Sheet};
use super::schema::ColumnType;
use super::symbol::{Symbol, Symbols};
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
    let filling = plans.iter().zip(&mut columns).enumerate();
    let mut groups: Vec<Filling> = filling
        .map(|(at, (plan, column))| Filling::of(at, plan, column))
        .collect();
    let mut starts = Starts {
        width: sheet.header.len(),
        ..Starts::default()
    };
    let filling = groups
        .iter_mut()
        .map(|group| -> Reader<'_> { Box::new(|batch| group.push(batch.rows())) });
    let starting: Reader<'_> = Box::new(|batch| starts.push(batch.rows()));
    sheet.read_by(std::iter::once(starting).chain(filling).collect());
    let misfits = groups.iter_mut().map(|group| std::mem::take(&mut group.misfits));
    report.bad_cells = together(std::iter::once(starts.misfits).chain(misfits).collect());
    number(groups, symbols);
    let lines = starts.lines;
    let last_line = lines.rows.checked_sub(1).map_or(0, |row| lines.of(row));
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

/// What does not fit, each with the place of its column, that of the whole row being 0.
type Misfits = Located<(usize, PlacedCell)>;

/// Where rows start, and which have too few or too many cells.
#[derive(Default)]
struct Starts {
    /// Cells of the header.
    width: usize,
    lines: Lines,
    misfits: Misfits,
}

impl Starts {
    fn push(&mut self, rows: &[Row]) {
        for (line, record) in rows {
            self.lines.push(*line);
            if record.len() != self.width {
                self.misfits.add(|| (0, ragged(*line, record.len(), self.width)));
            }
        }
    }
}

/// A column that is being read, and its place among all. Its symbols are numbered within it, so that every column can have
/// a reader of its own.
struct Filling<'a> {
    at: usize,
    plan: &'a Plan,
    column: &'a mut Column,
    symbols: Symbols,
    /// For each symbol the row that it first occurs in.
    firsts: Vec<usize>,
    misfits: Misfits,
}

impl<'a> Filling<'a> {
    fn of(at: usize, plan: &'a Plan, column: &'a mut Column) -> Self {
        Self {
            at,
            plan,
            column,
            symbols: Symbols::default(),
            firsts: Vec::new(),
            misfits: Misfits::default(),
        }
    }

    fn push(&mut self, rows: &[Row]) {
        let plan = self.plan;
        for (line, record) in rows {
            let text = match &plan.place {
                Place::Cell(cell) => record.get(*cell).unwrap_or(""),
                Place::Part(cell, key) => record
                    .get(*cell)
                    .and_then(|text| details::value_of(text, key))
                    .unwrap_or(""),
                Place::Absent => "",
            };
            match cell_in(&plan.kind, plan.days, text, &mut self.symbols) {
                Ok(cell) => self.column.push(cell),
                Err(cell) => {
                    self.column.push_null();
                    let place = || PlacedCell {
                        line: *line,
                        column: plan.name.clone(),
                        cell,
                    };
                    self.misfits.add(|| (1 + self.at, place()));
                }
            }
            if self.symbols.len() > self.firsts.len() {
                self.firsts.push(self.column.len() - 1);
            }
        }
    }
}

/// Numbers the symbols of all columns together, in the order in which they occur row by row.
fn number(columns: Vec<Filling<'_>>, symbols: &mut Symbols) {
    let mut numbers: Vec<Vec<Symbol>> = vec![Vec::new(); columns.len()];
    let longest = columns.iter().map(|column| column.firsts.len()).max();
    symbols.reserve(longest.unwrap_or(0));
    let first = |at: usize, symbol: usize| Some(Reverse((*columns[at].firsts.get(symbol)?, at)));
    let mut next: BinaryHeap<Reverse<(usize, usize)>> = (0..columns.len()).filter_map(|at| first(at, 0)).collect();
    while let Some(Reverse((_, at))) = next.pop() {
        let own = u32::try_from(numbers[at].len()).unwrap_or(u32::MAX);
        let text = columns[at].symbols.text(Symbol(own)).unwrap_or("");
        numbers[at].push(symbols.intern(text));
        next.extend(first(at, numbers[at].len()));
    }
    for (filling, numbers) in columns.into_iter().zip(numbers) {
        if let Column::Symbol(cells) = filling.column {
            for cell in cells.iter_mut().filter(|cell| !cell.is_null()) {
                *cell = numbers[cell.0 as usize];
            }
        }
    }
}

/// What several readers found, in the order of lines and then of columns.
fn together(found: Vec<Misfits>) -> Located<PlacedCell> {
    let count = found.iter().map(|misfits| misfits.count).sum();
    let mut first: Vec<(usize, PlacedCell)> = found.into_iter().flat_map(|misfits| misfits.first).collect();
    first.sort_by_key(|(column, place)| (place.line, *column));
    first.truncate(KEPT);
    Located {
        count,
        first: first.into_iter().map(|(_, place)| place).collect(),
    }
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

#[cfg(test)]
mod tests {
    use super::super::read::{SourceFile, read};
    use super::super::symbol::Symbol;
    use std::collections::HashSet;
    use std::fmt::Write;

    const ROWS: usize = 20_000;
    const STATED: &str = r#"
        [events]
        key = "id"
        time = "at"
        [events.columns]
        kind = { type = "category" }
        note = { type = "text" }
        amount = { type = "number" }
    "#;

    #[test]
    fn rows_of_many_batches_are_read_as_if_one_by_one() {
        let mut lines = "id,kind,note,amount,at\n".to_owned();
        let (mut symbols, mut bad, mut line): (Vec<String>, Vec<(u64, &str)>, u64) = (Vec::new(), Vec::new(), 2);
        let mut kinds = HashSet::new();
        let note = |k: usize| {
            format!(
                "note {k}{}",
                if k.is_multiple_of(7) {
                    "\nin two lines, that is"
                } else {
                    ""
                }
            )
        };
        for k in 0..ROWS {
            let kind = format!("K{}", k * k % 1_009);
            let (amount, at) = (k.is_multiple_of(4_999), k.is_multiple_of(3_001));
            let number = if amount { "many".to_owned() } else { k.to_string() };
            let moment = if at { "then" } else { "2026-03-01" };
            let ragged = k.is_multiple_of(6_000);
            let end = if ragged { ",one more" } else { "" };
            writeln!(lines, "E{k},{kind},\"{}\",{number},{moment}{end}", note(k)).unwrap();
            let found = [(ragged, ""), (amount, "amount"), (at, "at")];
            bad.extend(found.iter().filter(|(is, _)| *is).map(|(_, column)| (line, *column)));
            symbols.push(format!("E{k}"));
            if kinds.insert(kind.clone()) {
                symbols.push(kind);
            }
            line += 1 + u64::from(k.is_multiple_of(7));
        }
        let bytes = lines.into_bytes();
        let name = "events.csv".to_owned();
        let reading = read(vec![SourceFile { name, bytes }], Some(STATED)).unwrap();
        let (report, database) = (&reading.report.tables[0], &reading.database);
        let found: Vec<(u64, &str)> = report
            .bad_cells
            .first
            .iter()
            .map(|b| (b.line, b.column.as_str()))
            .collect();
        assert_eq!((report.rows, report.bad_cells.count, found), (ROWS, bad.len(), bad));
        assert_eq!(database.symbols.len(), symbols.len());
        for (number, text) in symbols.iter().enumerate() {
            assert_eq!(database.symbols.text(Symbol(number as u32)), Some(text.as_str()));
        }
        let table = &database.tables[0];
        for k in 0..ROWS {
            let super::Column::Text(notes) = &table.columns[2] else {
                panic!("{:?}", table.columns[2]);
            };
            assert_eq!(notes.get(k), Some(note(k).as_str()));
        }
    }
}
