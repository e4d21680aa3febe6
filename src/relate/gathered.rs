//! The rows of an aggregate, gathered under the row they count for in order of time, so that a window is two binary
//! searches and its count, sum or mean a difference.

use super::condition::{Sight, Test};
use super::path::ColumnPath;
use crate::data::table::Cell;
use crate::data::{Column, ColumnId, Database, RowId, TableId, Timestamp};
use crate::query::ast::Function;
use crate::query::task::{Aggregate, Window};

/// No row.
const NONE: u32 = u32::MAX;

/// What an aggregate comes to.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Outcome<'a> {
    /// One value; [`Cell::Null`] when there is nothing to aggregate.
    One(Cell<'a>),
    /// Whether there is any row.
    Any(bool),
    /// Every distinct value, in the order of first appearance; never empty.
    Several(Vec<Cell<'a>>),
}

/// An aggregate's rows under the rows they count for.
pub(super) struct Gathered<'a> {
    database: &'a Database,
    function: Function,
    table: TableId,
    column: Option<ColumnId>,
    window: Window,
    /// Tested row by row at every question, because its outcome depends on what is known by then.
    late_filter: Option<Test<'a>>,
    /// Whether the column's cells become known after their row.
    late_column: bool,
    /// Where each owner's rows begin; one more than there are owners.
    offsets: Vec<u32>,
    times: Vec<Timestamp>,
    rows: Vec<RowId>,
    /// Running totals of the values within an owner, each as a rounded sum and what the rounding lost.
    totals: Vec<(f64, f64)>,
}

impl<'a> Gathered<'a> {
    /// Gathers the rows of `aggregate` under the rows of `owner`. `hindsight` tells everything the tables hold; without
    /// it, what a cell says counts only once it is known.
    pub(super) fn new(database: &'a Database, aggregate: &Aggregate, owner: TableId, hindsight: bool) -> Self {
        let filter = aggregate
            .filter
            .as_deref()
            .map(|f| Test::new(database, f, aggregate.table, hindsight));
        let late_filter = filter
            .as_ref()
            .is_some_and(|f| !hindsight && f.depends_on_the_moment(aggregate.time));
        let late_column = !hindsight && aggregate.column.is_some_and(|c| becomes_known(database, aggregate, c));
        let mut gathered = Self {
            database,
            function: aggregate.function,
            table: aggregate.table,
            column: aggregate.column,
            window: aggregate.window,
            late_filter: None,
            late_column,
            offsets: Vec::new(),
            times: Vec::new(),
            rows: Vec::new(),
            totals: Vec::new(),
        };
        let early = filter.as_ref().filter(|_| !late_filter);
        let owners = owners(database, aggregate, owner);
        gathered.fill(aggregate, owners, database.table(owner).rows, early);
        gathered.late_filter = filter.filter(|_| late_filter);
        if !late_filter && !late_column && matches!(aggregate.function, Function::Sum | Function::Avg) {
            gathered.total();
        }
        gathered
    }

    fn fill(&mut self, aggregate: &Aggregate, mut owners: Vec<u32>, count: usize, filter: Option<&Test<'a>>) {
        let table = self.database.table(aggregate.table);
        let Column::Time(times) = table.column(aggregate.time) else {
            self.offsets = vec![0; count + 1];
            return;
        };
        let kept = |row: RowId| {
            let present = self.late_column || self.column.is_none_or(|c| self.cell(c, row) != Cell::Null);
            present && filter.is_none_or(|f| f.holds(row, Timestamp::MAX, Sight::Everything))
        };
        for (index, owner) in owners.iter_mut().enumerate() {
            let timeless = times.get(index).is_none_or(|t| *t == Timestamp::MAX);
            if *owner != NONE && (timeless || !kept(row_id(index))) {
                *owner = NONE;
            }
        }
        let mut offsets = vec![0u32; count + 1];
        for owner in owners.iter().filter(|o| **o != NONE) {
            offsets[*owner as usize + 1] += 1;
        }
        for i in 0..count {
            offsets[i + 1] += offsets[i];
        }
        let mut next = offsets.clone();
        let mut rows = vec![RowId(0); offsets[count] as usize];
        for (index, owner) in owners.iter().enumerate().filter(|(_, o)| **o != NONE) {
            let place = &mut next[*owner as usize];
            rows[*place as usize] = row_id(index);
            *place += 1;
        }
        for owner in 0..count {
            let mine = &mut rows[offsets[owner] as usize..offsets[owner + 1] as usize];
            if !mine.is_sorted_by_key(|r| times[r.index()]) {
                mine.sort_by_key(|r| times[r.index()]);
            }
        }
        self.times = rows.iter().map(|r| times[r.index()]).collect();
        self.offsets = offsets;
        self.rows = rows;
    }

    /// Running totals that begin anew at every owner; with the lost part they differ exactly like sums of the values.
    fn total(&mut self) {
        let Some(column) = self.column else { return };
        let mut totals = Vec::with_capacity(self.rows.len());
        for owner in self.offsets.windows(2) {
            let (mut sum, mut lost) = (0.0, 0.0);
            for row in &self.rows[owner[0] as usize..owner[1] as usize] {
                let value = self.number(&self.cell(column, *row));
                let next: f64 = sum + value;
                let back = next - sum;
                lost += (sum - (next - back)) + (value - back);
                sum = next;
                totals.push((sum, lost));
            }
        }
        self.totals = totals;
    }

    fn cell(&self, column: ColumnId, row: RowId) -> Cell<'a> {
        self.database.table(self.table).column(column).cell(row.index())
    }

    /// The places of an owner's rows in the window of a question asked at `anchor`, its late filter not yet applied.
    fn places(&self, owner: RowId, anchor: Timestamp) -> std::ops::Range<usize> {
        let (Some(&begin), Some(&end)) = (self.offsets.get(owner.index()), self.offsets.get(owner.index() + 1)) else {
            return 0..0;
        };
        let (begin, end) = (begin as usize, end as usize);
        let times = &self.times[begin..end];
        let (opens, closes) = (self.window.opens(anchor), self.window.closes(anchor));
        let first = if self.window.start.is_none() {
            0
        } else {
            times.partition_point(|t| *t <= opens)
        };
        let last = times.partition_point(|t| *t <= closes).max(first);
        begin + first..begin + last
    }

    /// The rows in the window with their cells, as known in `sight` of `anchor`.
    fn values(
        &self,
        owner: RowId,
        anchor: Timestamp,
        sight: Sight,
    ) -> impl Iterator<Item = (RowId, Timestamp, Cell<'a>)> {
        let passes = move |row: &RowId| self.late_filter.as_ref().is_none_or(|f| f.holds(*row, anchor, sight));
        let known = sight.moment(anchor);
        self.places(owner, anchor)
            .map(|p| (self.rows[p], self.times[p]))
            .filter(move |(row, _)| passes(row))
            .filter_map(move |(row, time)| {
                let Some(column) = self.column else {
                    return Some((row, time, Cell::Number(1.0)));
                };
                let cell = if self.late_column {
                    ColumnPath::own(column).cell_as_of(self.database, self.table, row, known)
                } else {
                    self.cell(column, row)
                };
                (cell != Cell::Null).then_some((row, time, cell))
            })
    }

    fn is_prepared(&self) -> bool {
        self.late_filter.is_none() && !self.late_column
    }

    fn count(&self, owner: RowId, anchor: Timestamp, sight: Sight) -> usize {
        if self.is_prepared() {
            self.places(owner, anchor).len()
        } else {
            self.values(owner, anchor, sight).count()
        }
    }

    /// The aggregate's value for `owner` as asked at `anchor`.
    pub(super) fn outcome(&self, owner: RowId, anchor: Timestamp, sight: Sight) -> Outcome<'a> {
        let one = |cell: Option<Cell<'a>>| Outcome::One(cell.unwrap_or(Cell::Null));
        let values = || self.values(owner, anchor, sight).map(|(_, _, cell)| cell);
        #[allow(clippy::cast_precision_loss)]
        match self.function {
            Function::Count => one(Some(Cell::Number(self.count(owner, anchor, sight) as f64))),
            Function::Bool => Outcome::Any(self.count(owner, anchor, sight) > 0),
            Function::Sum => one(Some(Cell::Number(self.sum(owner, anchor, sight).0))),
            Function::Avg => match self.sum(owner, anchor, sight) {
                (_, 0) => one(None),
                (sum, count) => one(Some(Cell::Number(sum / count as f64))),
            },
            Function::First => one(values().next()),
            Function::Last => one(values().last()),
            Function::Min => one(values().reduce(|a, b| if self.rank(&b) < self.rank(&a) { b } else { a })),
            Function::Max => one(values().reduce(|a, b| if self.rank(&b) > self.rank(&a) { b } else { a })),
            Function::CountDistinct => one(Some(Cell::Number(distinct(values()).len() as f64))),
            Function::ListDistinct => match distinct(values()) {
                none if none.is_empty() => one(None),
                some => Outcome::Several(some),
            },
        }
    }

    fn sum(&self, owner: RowId, anchor: Timestamp, sight: Sight) -> (f64, usize) {
        let places = self.places(owner, anchor);
        let begin = self.offsets.get(owner.index()).map_or(0, |o| *o as usize);
        if self.is_prepared() {
            let Some(last) = places.end.checked_sub(1).filter(|_| !places.is_empty()) else {
                return (0.0, 0);
            };
            let (sum, lost) = self.totals[last];
            let (sum0, lost0) = if places.start > begin {
                self.totals[places.start - 1]
            } else {
                (0.0, 0.0)
            };
            return ((sum - sum0) + (lost - lost0), places.len());
        }
        self.values(owner, anchor, sight)
            .fold((0.0, 0), |(sum, n), (_, _, cell)| (sum + self.number(&cell), n + 1))
    }

    /// A cell as a number; a category that is written as one counts.
    fn number(&self, cell: &Cell<'a>) -> f64 {
        match cell {
            Cell::Number(x) => *x,
            Cell::Symbol(symbol) => self
                .database
                .symbols
                .text(*symbol)
                .and_then(|t| t.parse().ok())
                .unwrap_or(f64::NAN),
            _ => f64::NAN,
        }
    }

    fn rank<'c>(&self, cell: &Cell<'c>) -> super::condition::Rank<'c>
    where
        'a: 'c,
    {
        super::condition::Rank::of(self.database, self.table, self.column, cell)
    }

    /// The moment of the `n`-th row in the window, counted from 1.
    pub(super) fn nth(&self, n: usize, owner: RowId, anchor: Timestamp) -> Option<Timestamp> {
        let place = n.checked_sub(1)?;
        self.places(owner, anchor).nth(place).map(|p| self.times[p])
    }

    /// The earliest moment by which a row in the window has a cell that passes `test`, and that cell is known.
    pub(super) fn first_passing(
        &self,
        owner: RowId,
        anchor: Timestamp,
        test: impl Fn(&Cell<'a>) -> bool,
    ) -> Option<Timestamp> {
        let column = self.column?;
        let passing = self
            .values(owner, anchor, Sight::Everything)
            .filter(|(_, _, cell)| test(cell));
        passing.map(|(row, time, _)| time.max(self.known(column, row))).min()
    }

    /// The moment by which everything the aggregate rests on is known: the window's end, or later where an outcome
    /// inside it became known later.
    pub(super) fn known_by(&self, owner: RowId, anchor: Timestamp) -> Timestamp {
        let end = self.window.closes(anchor);
        let Some(column) = self.column else { return end };
        if self.database.schema.column(self.table, column).known_at.is_none() {
            return end;
        }
        self.places(owner, anchor)
            .map(|p| self.known(column, self.rows[p]))
            .fold(end, Timestamp::max)
    }

    fn known(&self, column: ColumnId, row: RowId) -> Timestamp {
        match ColumnPath::own(column).cell(self.database, self.table, row) {
            (Cell::Time(_), _) => Timestamp::MIN,
            (_, Timestamp::MAX) => Timestamp::MIN,
            (_, known) => known,
        }
    }

    pub(super) fn function(&self) -> Function {
        self.function
    }

    /// The window's end for a question asked at `anchor`.
    pub(super) fn closes(&self, anchor: Timestamp) -> Timestamp {
        self.window.closes(anchor)
    }
}

/// For each row of the aggregate's table, the row it counts for.
fn owners(database: &Database, aggregate: &Aggregate, owner: TableId) -> Vec<u32> {
    let rows = database.table(aggregate.table).rows;
    let mut here: Vec<u32> = (0..rows).map(|r| row_id(r).0).collect();
    let mut table = aggregate.table;
    for &hop in &aggregate.links {
        let Some(link) = database.schema.table(table).link(hop) else {
            return vec![NONE; rows];
        };
        let mut parents = vec![NONE; database.symbols.len()];
        let count = database.table(link.table).rows;
        if let Some(Column::Symbol(keys)) = database
            .schema
            .table(link.table)
            .key
            .map(|k| database.table(link.table).column(k))
        {
            for (row, key) in keys.iter().enumerate().take(count).rev() {
                if let Some(parent) = parents.get_mut(key.0 as usize) {
                    *parent = row_id(row).0;
                }
            }
        }
        if let Column::Symbol(cells) = database.table(table).column(hop) {
            for row in here.iter_mut().filter(|r| **r != NONE) {
                let key = cells.get(*row as usize).map_or(NONE, |s| s.0);
                *row = parents.get(key as usize).copied().unwrap_or(NONE);
            }
        } else {
            return vec![NONE; rows];
        }
        table = link.table;
    }
    debug_assert_eq!(table, owner);
    here
}

/// Whether the column's cells can become known later than their row.
fn becomes_known(database: &Database, aggregate: &Aggregate, column: ColumnId) -> bool {
    let schema = database.schema.column(aggregate.table, column);
    let moment = matches!(database.table(aggregate.table).column(column), Column::Time(_)) && column != aggregate.time;
    schema.known_at.is_some() || moment
}

fn distinct<'a>(values: impl Iterator<Item = Cell<'a>>) -> Vec<Cell<'a>> {
    #[derive(PartialEq, Eq, Hash)]
    enum Key<'a> {
        Bits(u64),
        Symbol(u32),
        Time(i64),
        Text(&'a str),
    }
    let mut seen = rustc_hash::FxHashSet::default();
    let key = |cell: &Cell<'a>| match cell {
        Cell::Number(x) => Key::Bits((x + 0.0).to_bits()),
        Cell::Symbol(s) => Key::Symbol(s.0),
        Cell::Time(t) => Key::Time(t.0),
        Cell::Text(t) => Key::Text(t),
        Cell::Null => Key::Symbol(NONE),
    };
    values.filter(|cell| seen.insert(key(cell))).collect()
}

#[allow(clippy::cast_possible_truncation)]
fn row_id(index: usize) -> RowId {
    RowId(index as u32)
}
