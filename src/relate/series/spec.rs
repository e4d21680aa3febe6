//! What the events of a series are, as a value: which rows, keyed by what, filtered, at which moment, measuring what. It
//! knows how to make an event of a row, which happens at the latest of all moments at which a cell it depends on becomes
//! visible; that is what makes every aggregate point-in-time.

use serde::{Deserialize, Serialize};

use crate::data::table::Cell;
use crate::data::{ColumnId, Database, RowId, Symbol, TableId, Timestamp};
use crate::relate::path::{ColumnPath, Reader, Ways, moment, row_times};

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

impl SeriesSpec {
    /// The rows of a table, grouped by this key.
    #[must_use]
    pub fn rows(table: TableId, key: &[ColumnPath]) -> Self {
        Self {
            source: Source::Table(table),
            key: key.to_vec(),
            filter: None,
            clock: None,
            measure: Measure::Presence,
        }
    }

    /// The same events, each carrying this.
    #[must_use]
    pub fn measuring(&self, measure: Measure) -> Self {
        Self {
            measure,
            ..self.clone()
        }
    }

    /// Those of the events whose cell at the end of `path` is the category `equals`.
    #[must_use]
    pub fn of_kind(&self, path: ColumnPath, equals: String) -> Self {
        Self {
            filter: Some(Filter { path, equals }),
            ..self.clone()
        }
    }

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
        self.maker(database, entity, None).event(row, label)
    }

    /// What makes its events, with everything looked up that is the same for all rows.
    pub(super) fn maker<'a>(&self, database: &'a Database, entity: TableId, ways: Option<&'a Ways>) -> Maker<'a> {
        let table = self.table(entity);
        let reader = |path: &ColumnPath| {
            let reader = path.reader_along(database, table, ways);
            match reader.own_symbols() {
                Some(symbols) => Cells::Own(symbols),
                None => Cells::Any(reader),
            }
        };
        Maker {
            source: self.source,
            begun: row_times(database, table),
            clock: self.clock.map(|clock| database.table(table).times(clock)),
            // NULL, which no cell holds, where the tables do not know the category.
            filter: self.filter.as_ref().map(|filter| {
                let wanted = database.symbols.find(&filter.equals).unwrap_or(Symbol::NULL);
                (reader(&filter.path), wanted)
            }),
            key: self.key.iter().take(2).map(reader).collect(),
            measure: match &self.measure {
                Measure::Presence => Measuring::Presence,
                Measure::Label => Measuring::Label,
                Measure::Number(path) => Measuring::Number(reader(path)),
                Measure::Category(path) => Measuring::Category(reader(path)),
            },
        }
    }

    /// The columns that an event is made of, besides its moment's: its key, what it is filtered by, what it measures.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &ColumnPath> {
        let measure = match &self.measure {
            Measure::Number(path) | Measure::Category(path) => Some(path),
            Measure::Presence | Measure::Label => None,
        };
        self.key
            .iter()
            .chain(self.filter.as_ref().map(|filter| &filter.path))
            .chain(measure)
    }

    /// True for series of earlier answers.
    #[must_use]
    pub fn is_history(&self) -> bool {
        matches!(self.source, Source::Labels | Source::Positives)
    }

    pub(super) fn is_measured(&self) -> bool {
        matches!(self.measure, Measure::Number(_) | Measure::Label)
    }
}

/// Makes events of rows.
pub(super) struct Maker<'a> {
    source: Source,
    /// When the rows begin to exist.
    begun: Option<&'a [Timestamp]>,
    clock: Option<&'a [Timestamp]>,
    filter: Option<(Cells<'a>, Symbol)>,
    key: Vec<Cells<'a>>,
    measure: Measuring<'a>,
}

/// A [`Measure`] whose columns are looked up already.
enum Measuring<'a> {
    Presence,
    Number(Cells<'a>),
    Category(Cells<'a>),
    Label,
}

/// The cells that a path leads to.
enum Cells<'a> {
    /// Symbols of the row itself, visible with it.
    Own(&'a [Symbol]),
    Any(Reader<'a>),
}

impl<'a> Cells<'a> {
    /// The cell of a row that begins to exist at `begun`; `at` is moved to when the cell becomes visible, where that is later.
    #[inline]
    fn see(&self, row: RowId, begun: Timestamp, at: &mut Timestamp) -> Cell<'a> {
        match self {
            Self::Own(symbols) => {
                *at = (*at).max(begun);
                match symbols.get(row.index()) {
                    Some(&symbol) if !symbol.is_null() => Cell::Symbol(symbol),
                    _ => Cell::Null,
                }
            }
            Self::Any(reader) => {
                let (cell, visible) = reader.cell(row);
                *at = (*at).max(visible);
                cell
            }
        }
    }
}

impl Maker<'_> {
    /// As [`SeriesSpec::event`].
    #[inline]
    pub(super) fn event(&self, row: RowId, label: Option<&SettledLabel>) -> Option<(KeyValue, Event)> {
        let begun = self.begun.map_or(Timestamp::MIN, |begun| moment(begun, row));
        let known = match self.source {
            Source::Table(_) => begun,
            Source::Labels => label?.closed_at,
            Source::Positives => label.filter(|l| l.value > 0.5)?.settled_at,
        };
        let mut at = known.max(self.clock.map_or(Timestamp::MIN, |clock| moment(clock, row)));
        if let Some((filter, wanted)) = &self.filter
            && (wanted.is_null() || filter.see(row, begun, &mut at) != Cell::Symbol(*wanted))
        {
            return None;
        }
        let mut key = [Symbol::NULL; 2];
        for (part, cells) in key.iter_mut().zip(&self.key) {
            let Cell::Symbol(symbol) = cells.see(row, begun, &mut at) else {
                return None;
            };
            *part = symbol;
        }
        let value = match &self.measure {
            Measuring::Presence => 1.0,
            Measuring::Label => label?.value,
            Measuring::Number(cells) => match cells.see(row, begun, &mut at) {
                Cell::Number(number) => number,
                _ => return None,
            },
            Measuring::Category(cells) => match cells.see(row, begun, &mut at) {
                Cell::Symbol(symbol) => f64::from(symbol.0),
                _ => return None,
            },
        };
        (at != Timestamp::MAX).then_some(((key[0], key[1]), Event { at, row, value }))
    }
}
