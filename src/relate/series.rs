//! Events grouped by key in order of time, with running totals, so that an aggregate over a window is two binary searches.
//!
//! A series is a declarative [`SeriesSpec`] (which rows, keyed by what, filtered, at which moment, measuring what) and its
//! contents. An event happens at the latest of all moments at which a cell it depends on becomes visible; that is what
//! makes every aggregate point-in-time. Each key's [`Run`] begins with totals of what was folded away
//! ([`Series::fold`]), so the whole history and the short tail that a bundle carries are one structure and one code path.

mod aside;
#[cfg(test)]
mod law;
mod sweep;

use std::cell::Cell as Slot;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

pub use aside::Aside;
pub use sweep::Sweep;

use super::path::ColumnPath;
use crate::data::table::Cell;
use crate::data::{ColumnId, Database, RowId, Symbol, TableId, Timestamp};

/// Which rows become events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Source {
    /// The rows of a table.
    Table(TableId),
    /// Earlier answers to the question itself: one event per (entity, anchor), at the moment its window closed.
    Labels,
    /// Of those, the ones whose answer was yes, at the moment that was known.
    Positives,
}

/// Keeps the rows whose cell at the end of `path` is the category `equals`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Filter {
    /// From the source's table.
    pub path: ColumnPath,
    /// The category kept.
    pub equals: String,
}

/// What an event carries.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Measure {
    /// Nothing but having happened.
    Presence,
    /// A number.
    Number(ColumnPath),
    /// A category; kept to count distinct ones and to look further from them.
    Category(ColumnPath),
    /// The settled label: 1 or 0, or the quantity for regression.
    Label,
}

/// A series as a value: what its events are.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SeriesSpec {
    /// Which rows.
    pub source: Source,
    /// What they are grouped by, from the source's table (the entity's table for labels); empty: all in one group.
    pub key: Vec<ColumnPath>,
    /// Which of them.
    pub filter: Option<Filter>,
    /// The timestamp column whose moment is the event; `None`: the row's own time.
    pub clock: Option<ColumnId>,
    /// What each event carries; events whose measure is NULL are left out.
    pub measure: Measure,
}

/// The value of a key: up to two symbols, unused ones NULL.
pub type KeyValue = (Symbol, Symbol);

/// One settled answer to the question.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SettledLabel {
    /// The entity's row.
    pub row: RowId,
    /// The moment it was asked about.
    pub anchor: Timestamp,
    /// The moment from which the answer is known.
    pub settled_at: Timestamp,
    /// The moment by which either answer would have been known: rates count an answer from here on, since a yes is often
    /// known long before a no could be, and the latest answers would seem to be nearly all yes.
    pub closed_at: Timestamp,
    /// 1 or 0, or the quantity for regression.
    pub value: f64,
}

/// One event, before grouping.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Event {
    /// When it happened, and from when it is visible.
    pub at: Timestamp,
    /// The source row.
    pub row: RowId,
    /// The measure: a number, or a category's symbol as a number.
    pub value: f64,
}

/// Totals of folded events, and the last two of them (the last may have to be left out when it is the asker itself).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Totals {
    /// The number of events.
    pub count: u32,
    /// The sum of their measures.
    pub sum: f64,
    /// The last event's moment and measure.
    pub last: Option<(Timestamp, f64)>,
    /// The one before.
    pub previous: Option<(Timestamp, f64)>,
}

/// One key's events in order of time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Run {
    base: Totals,
    times: Vec<Timestamp>,
    rows: Vec<RowId>,
    /// Measures; empty for presence and categories.
    values: Vec<f64>,
    /// Running sums of the measures; `sums[i]` covers the base and events before `i`. Empty for presence and categories.
    sums: Vec<f64>,
    /// Categories as symbols; empty otherwise.
    symbols: Vec<u32>,
    /// For each category one more than the place of the event before that had it, 0 for none; empty otherwise.
    earlier: Vec<u32>,
}

/// A key's events up to a moment, less the asker's own.
#[derive(Clone, Debug)]
pub struct RunView<'a> {
    run: &'a Run,
    moment: Timestamp,
    /// Events up to the moment.
    end: usize,
    /// The asker's own event among them.
    own: Own,
    /// The window looked at last, by the moment it begins after, and its first event: the next is often the same or longer.
    begun: Slot<(Timestamp, usize)>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Own {
    Absent,
    At(usize),
    Folded(Timestamp, f64),
}

/// The contents of a series.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// What its events are.
    pub spec: SeriesSpec,
    runs: FxHashMap<KeyValue, Run>,
    /// Events at or before this moment are in the runs' base.
    folded_to: Timestamp,
}

impl SeriesSpec {
    /// The table whose rows (or whose entities' rows, for labels) the paths start from.
    #[must_use]
    pub fn table(&self, entity: TableId) -> TableId {
        match self.source {
            Source::Table(table) => table,
            Source::Labels | Source::Positives => entity,
        }
    }

    /// The key and event of a row; `None` when it is no event of this series. `label` is the answer for label series.
    #[must_use]
    pub fn event(
        &self,
        database: &Database,
        entity: TableId,
        row: RowId,
        label: Option<&SettledLabel>,
    ) -> Option<(KeyValue, Event)> {
        self.event_where(database, entity, row, label, self.wanted(database))
    }

    /// The symbol that the filter keeps: NULL, which no cell holds, where the tables do not know its category; `None`: no filter.
    fn wanted(&self, database: &Database) -> Option<Symbol> {
        let filter = self.filter.as_ref()?;
        Some(database.symbols.find(&filter.equals).unwrap_or(Symbol::NULL))
    }

    /// As [`SeriesSpec::event`], the filter's category looked up already.
    fn event_where(
        &self,
        database: &Database,
        entity: TableId,
        row: RowId,
        label: Option<&SettledLabel>,
        wanted: Option<Symbol>,
    ) -> Option<(KeyValue, Event)> {
        let table = self.table(entity);
        let mut at = match self.source {
            Source::Table(_) => database.row_time(table, row).unwrap_or(Timestamp::MIN),
            Source::Labels => label?.closed_at,
            Source::Positives => label.filter(|l| l.value > 0.5)?.settled_at,
        };
        if let Some(clock) = self.clock {
            at = at.max(database.table(table).time(clock, row));
        }
        let mut see = |path: &ColumnPath| {
            let (cell, visible) = path.cell(database, table, row);
            at = at.max(visible);
            cell
        };
        if let (Some(filter), Some(wanted)) = (&self.filter, wanted)
            && (wanted.is_null() || see(&filter.path) != Cell::Symbol(wanted))
        {
            return None;
        }
        let mut key = [Symbol::NULL; 2];
        for (part, path) in key.iter_mut().zip(&self.key) {
            let Cell::Symbol(symbol) = see(path) else { return None };
            *part = symbol;
        }
        let value = match &self.measure {
            Measure::Presence => 1.0,
            Measure::Label => label?.value,
            Measure::Number(path) => match see(path) {
                Cell::Number(number) => number,
                _ => return None,
            },
            Measure::Category(path) => match see(path) {
                Cell::Symbol(symbol) => f64::from(symbol.0),
                _ => return None,
            },
        };
        (at != Timestamp::MAX).then_some(((key[0], key[1]), Event { at, row, value }))
    }
}

impl Series {
    /// Groups and sorts the events of `database` (and `labels`, for a label series).
    #[must_use]
    pub fn build(spec: SeriesSpec, database: &Database, entity: TableId, labels: &[SettledLabel]) -> Self {
        let mut series = Self {
            spec,
            runs: FxHashMap::default(),
            folded_to: Timestamp::MIN,
        };
        series.fill(database, entity, labels, Timestamp::MIN);
        series
    }

    /// As [`Series::build`], starting from the totals of everything up to `folded_to`.
    #[must_use]
    pub fn resume(
        spec: SeriesSpec,
        totals: impl IntoIterator<Item = (KeyValue, Totals)>,
        folded_to: Timestamp,
        database: &Database,
        entity: TableId,
        labels: &[SettledLabel],
    ) -> Self {
        let measured = spec.is_measured();
        let with_base = |base: Totals| Run {
            base,
            sums: if measured { vec![base.sum] } else { Vec::new() },
            ..Run::default()
        };
        let runs = totals.into_iter().map(|(key, base)| (key, with_base(base))).collect();
        let mut series = Self { spec, runs, folded_to };
        series.fill(database, entity, labels, folded_to);
        series
    }

    fn fill(&mut self, database: &Database, entity: TableId, labels: &[SettledLabel], after: Timestamp) {
        let spec = self.spec.clone();
        let wanted = spec.wanted(database);
        let mut gathered: FxHashMap<KeyValue, Vec<Event>> = FxHashMap::default();
        let mut take = |row, label| {
            if let Some((key, event)) = spec.event_where(database, entity, row, label, wanted)
                && (event.at > after || after == Timestamp::MIN)
            {
                gathered.entry(key).or_default().push(event);
            }
        };
        match spec.source {
            Source::Table(table) => {
                let rows = u32::try_from(database.table(table).rows).unwrap_or(u32::MAX);
                (0..rows).for_each(|row| take(RowId(row), None));
            }
            Source::Labels | Source::Positives => labels.iter().for_each(|label| take(label.row, Some(label))),
        }
        for (key, mut events) in gathered {
            if !events.is_sorted_by_key(|e| e.at) {
                events.sort_by_key(|e| (e.at, e.row));
            }
            let run = self.runs.entry(key).or_default();
            run.reserve(events.len());
            for event in events {
                run.push(event, &spec.measure);
            }
            run.note_earlier(0);
        }
    }

    /// Adds a live row's event, in its place by time. Events at or before the folded moment are refused: they are counted already.
    pub fn insert(&mut self, database: &Database, entity: TableId, row: RowId, label: Option<&SettledLabel>) -> bool {
        match self.spec.event(database, entity, row, label) {
            Some((key, event)) if event.at > self.folded_to => {
                self.runs.entry(key).or_default().insert(event, &self.spec.measure);
                true
            }
            _ => false,
        }
    }

    /// The events of a key up to and including `moment`.
    #[must_use]
    pub fn view(&self, key: KeyValue, moment: Timestamp) -> Option<RunView<'_>> {
        let run = self.runs.get(&key)?;
        let end = run.times.partition_point(|&t| t <= moment);
        Some(RunView::new(run, moment, end, Own::Absent))
    }

    /// The totals of every key as of `moment`, in order of key: what a bundle carries of the time up to there.
    #[must_use]
    pub fn fold(&self, moment: Timestamp) -> Vec<(KeyValue, Totals)> {
        let measured = self.spec.is_measured();
        let mut folded: Vec<_> = self
            .runs
            .iter()
            .map(|(&key, run)| (key, run.totals(moment, measured)))
            .collect();
        folded.retain(|(_, totals)| totals.count > 0);
        folded.sort_by_key(|(key, _)| *key);
        folded
    }

    /// The source rows of all events after `moment`.
    #[must_use]
    pub fn rows_after(&self, moment: Timestamp) -> Vec<RowId> {
        let later = |run: &Run| run.rows[run.times.partition_point(|&t| t <= moment)..].to_vec();
        self.runs.values().flat_map(later).collect()
    }

    /// The number of keys.
    #[must_use]
    pub fn keys(&self) -> usize {
        self.runs.len()
    }
}

impl SeriesSpec {
    /// True for series of earlier answers.
    #[must_use]
    pub fn is_history(&self) -> bool {
        matches!(self.source, Source::Labels | Source::Positives)
    }

    fn is_measured(&self) -> bool {
        matches!(self.measure, Measure::Number(_) | Measure::Label)
    }
}

impl Run {
    fn reserve(&mut self, more: usize) {
        self.times.reserve_exact(more);
        self.rows.reserve_exact(more);
    }

    fn push(&mut self, event: Event, measure: &Measure) {
        self.times.push(event.at);
        self.rows.push(event.row);
        match measure {
            Measure::Presence => {}
            Measure::Category(_) => self.symbols.push(symbol_number(event.value)),
            Measure::Number(_) | Measure::Label => {
                if self.sums.is_empty() {
                    self.sums.push(self.base.sum);
                }
                let before = self.sums.last().copied().unwrap_or(0.0);
                self.sums.push(before + event.value);
                self.values.push(event.value);
            }
        }
    }

    fn insert(&mut self, event: Event, measure: &Measure) {
        // Of one moment in order of the rows, as they are built.
        let first = self.times.partition_point(|&t| t < event.at);
        let same_moment = self.times[first..].iter().zip(&self.rows[first..]);
        let earlier = same_moment
            .take_while(|&(&t, &r)| t == event.at && r <= event.row)
            .count();
        let place = first + earlier;
        let later: Vec<Event> = (place..self.times.len())
            .map(|i| Event {
                at: self.times[i],
                row: self.rows[i],
                value: self.value(i),
            })
            .collect();
        self.times.truncate(place);
        self.rows.truncate(place);
        self.symbols.truncate(place);
        self.earlier.truncate(place);
        self.values.truncate(place);
        self.sums.truncate(place + 1);
        self.push(event, measure);
        later.into_iter().for_each(|e| self.push(e, measure));
        self.note_earlier(place);
    }

    /// Finds for the categories from `place` on where each was last before.
    #[allow(clippy::cast_possible_truncation)]
    fn note_earlier(&mut self, place: usize) {
        self.earlier.truncate(place);
        if self.symbols.len() == place + 1 {
            let last = self.symbols[..place].iter().rposition(|s| *s == self.symbols[place]);
            self.earlier.push(last.map_or(0, |l| l as u32 + 1));
            return;
        }
        let mut last: FxHashMap<u32, u32> = FxHashMap::default();
        for (i, &symbol) in self.symbols.iter().enumerate() {
            let before = last.insert(symbol, i as u32 + 1).unwrap_or(0);
            if i >= place {
                self.earlier.push(before);
            }
        }
    }

    /// An event's measure: a number, a category's symbol as a number, or 1 for presence.
    fn value(&self, index: usize) -> f64 {
        match (self.values.get(index), self.symbols.get(index)) {
            (Some(&value), _) => value,
            (None, Some(&symbol)) => f64::from(symbol),
            (None, None) => 1.0,
        }
    }

    /// Where the asker's own event is.
    fn find(&self, event: &Event, folded_to: Timestamp) -> Own {
        if event.at <= folded_to {
            return Own::Folded(event.at, event.value);
        }
        let first = self.times.partition_point(|&t| t < event.at);
        let same_moment = self.times[first..].iter().take_while(|&&t| t == event.at).count();
        match self.rows[first..first + same_moment]
            .iter()
            .position(|&r| r == event.row)
        {
            Some(offset) => Own::At(first + offset),
            None => Own::Absent,
        }
    }

    fn totals(&self, moment: Timestamp, measured: bool) -> Totals {
        let end = self.times.partition_point(|&t| t <= moment);
        let event = |i: usize| (self.times[i], self.value(i));
        #[allow(clippy::cast_possible_truncation)]
        let mut totals = Totals {
            count: self.base.count + end as u32,
            ..self.base
        };
        if measured && let Some(&sum) = self.sums.get(end) {
            totals.sum = sum;
        }
        if end >= 1 {
            totals.previous = if end >= 2 { Some(event(end - 2)) } else { self.base.last };
            totals.last = Some(event(end - 1));
        }
        totals
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn symbol_number(value: f64) -> u32 {
    value as u32
}

impl<'a> RunView<'a> {
    fn new(run: &'a Run, moment: Timestamp, end: usize, own: Own) -> Self {
        let begun = Slot::new((Timestamp::MAX, end));
        Self {
            run,
            moment,
            end,
            own,
            begun,
        }
    }

    /// The first event inside `(moment − window, moment]`. Windows are short beside a history, so it is looked for from the
    /// end, or from where a shorter window began, in strides that double.
    fn start(&self, after: Timestamp) -> usize {
        let (last, begun) = self.begun.get();
        if after == last {
            return begun;
        }
        let from = if after < last { begun } else { self.end };
        let start = begins(&self.run.times[..from], after);
        self.begun.set((after, start));
        start
    }

    fn own_in(&self, start: usize) -> Option<usize> {
        match self.own {
            Own::At(index) if index >= start && index < self.end => Some(index),
            _ => None,
        }
    }

    /// Events after `after`, or ever.
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub fn count(&self, after: Option<Timestamp>) -> f64 {
        match after {
            Some(after) => {
                let start = self.start(after);
                (self.end - start - usize::from(self.own_in(start).is_some())) as f64
            }
            None => {
                f64::from(self.run.base.count) + self.end as f64
                    - f64::from(u8::from(self.own != Own::Absent && self.own_counts()))
            }
        }
    }

    fn own_counts(&self) -> bool {
        match self.own {
            Own::Absent => false,
            Own::At(index) => index < self.end,
            Own::Folded(..) => self.run.base.count > 0,
        }
    }

    /// The sum of measures after `after`, or ever; 0 for none.
    #[must_use]
    pub fn sum(&self, after: Option<Timestamp>) -> f64 {
        let sums = &self.run.sums;
        let Some(&total) = sums.get(self.end) else { return 0.0 };
        match after {
            Some(after) => {
                let start = self.start(after);
                let own = self.own_in(start).map_or(0.0, |i| self.run.values[i]);
                total - sums[start] - own
            }
            None => {
                let own = match self.own {
                    Own::At(i) if i < self.end => self.run.values[i],
                    Own::Folded(_, value) if self.own_counts() => value,
                    _ => 0.0,
                };
                total - own
            }
        }
    }

    /// The last event's moment and measure (1 for presence).
    #[must_use]
    pub fn last(&self) -> Option<(Timestamp, f64)> {
        let mut index = self.end;
        while index > 0 {
            index -= 1;
            if self.own != Own::At(index) {
                return Some((self.run.times[index], self.run.value(index)));
            }
        }
        match self.own {
            // Another event of the same moment and measure in its place would read the same.
            Own::Folded(at, value) if self.run.base.last == Some((at, value)) => self.run.base.previous,
            _ => self.run.base.last,
        }
    }

    /// The last measure at or before an earlier moment; `None` when no event is that old.
    #[must_use]
    pub fn last_before(&self, moment: Timestamp) -> Option<f64> {
        let end = self.run.times[..self.end].partition_point(|&t| t <= moment);
        if end > 0 {
            Some(self.run.value(end - 1))
        } else {
            self.run.base.last.map(|(_, value)| value)
        }
    }

    /// The smallest and largest measure after `after` (events in the tail only).
    #[must_use]
    pub fn extremes(&self, after: Timestamp) -> Option<(f64, f64)> {
        let start = self.start(after);
        let own = self.own_in(start).unwrap_or(self.end);
        let wider = |seen: Option<(f64, f64)>, x: f64| match seen {
            None => Some((x, x)),
            Some((low, high)) => Some((low.min(x), high.max(x))),
        };
        let among = |seen, events: std::ops::Range<usize>| match self.run.values.get(events.clone()) {
            Some(values) => values.iter().copied().fold(seen, wider),
            None => events.map(|i| self.run.value(i)).fold(seen, wider),
        };
        let before = among(None, start..own.min(self.end));
        among(before, (own + 1).min(self.end)..self.end)
    }

    /// The places of events after `after`, one for each distinct category.
    fn firsts(&self, after: Timestamp) -> impl Iterator<Item = usize> {
        let start = self.start(after);
        let end = self.end.min(self.run.earlier.len());
        let own = self.own_in(start).unwrap_or(usize::MAX);
        let before_own = self.run.earlier.get(own).copied().unwrap_or(0);
        (start..end).filter(move |&i| {
            let earlier = match self.run.earlier[i] as usize {
                e if e == own.wrapping_add(1) && e > 0 => before_own as usize,
                e => e,
            };
            i != own && earlier <= start
        })
    }

    /// The number of distinct categories after `after`.
    #[must_use]
    pub fn distinct(&self, after: Timestamp) -> usize {
        self.firsts(after).count()
    }

    /// The distinct categories after `after`, in order of symbol.
    #[must_use]
    pub fn categories(&self, after: Timestamp) -> Vec<Symbol> {
        let mut seen: Vec<Symbol> = self.firsts(after).map(|i| Symbol(self.run.symbols[i])).collect();
        seen.sort_unstable();
        seen
    }

    /// The source rows of the events after `after`, latest first: what an explanation can point at.
    #[must_use]
    pub fn rows(&self, after: Option<Timestamp>, most: usize) -> Vec<(RowId, Timestamp)> {
        let start = after.map_or(0, |after| self.start(after));
        (start..self.end)
            .rev()
            .filter(|&i| self.own != Own::At(i))
            .take(most)
            .map(|i| (self.run.rows[i], self.run.times[i]))
            .collect()
    }

    /// The events after `after` with their measures, latest first.
    #[must_use]
    pub fn latest(&self, after: Option<Timestamp>, most: usize) -> Vec<Event> {
        let start = after.map_or(0, |after| self.start(after));
        let event = |i: usize| Event {
            at: self.run.times[i],
            row: self.run.rows[i],
            value: self.run.value(i),
        };
        (start..self.end)
            .rev()
            .filter(|&i| self.own != Own::At(i))
            .take(most)
            .map(event)
            .collect()
    }

    /// The moment the view is taken at.
    #[must_use]
    pub fn moment(&self) -> Timestamp {
        self.moment
    }
}

/// The place of the first of `times` later than `after`.
fn begins(times: &[Timestamp], after: Timestamp) -> usize {
    let (mut high, mut stride) = (times.len(), 1);
    while high > 0 {
        let low = high.saturating_sub(stride);
        if times[low] <= after {
            return low + 1 + times[low + 1..high].partition_point(|&t| t <= after);
        }
        (high, stride) = (low, stride * 2);
    }
    0
}
