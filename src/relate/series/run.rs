//! One key's events in order of time, with running totals. It begins with the totals of what was folded away, so that a
//! whole history and the tail that a bundle carries are one structure; live events are put in their place by time.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::spec::{Event, Measure};
use crate::data::{RowId, Symbol, Timestamp};

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
    pub(super) base: Totals,
    pub(super) times: Vec<Timestamp>,
    pub(super) rows: Vec<RowId>,
    /// Measures; empty for presence and categories.
    pub(super) values: Vec<f64>,
    /// Running sums of the measures; `sums[i]` covers the base and events before `i`. Empty for presence and categories.
    pub(super) sums: Vec<f64>,
    /// Categories as symbols; empty otherwise.
    pub(super) symbols: Vec<u32>,
    /// For each category one more than the place of the event before that had it, 0 for none; empty otherwise.
    pub(super) earlier: Vec<u32>,
}

/// Where in a run the asker's own event is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Own {
    Absent,
    At(usize),
    Folded(Timestamp, f64),
}

impl Run {
    /// No event but those that are in totals already.
    pub(super) fn after(base: Totals, measured: bool) -> Self {
        Self {
            base,
            sums: if measured { vec![base.sum] } else { Vec::new() },
            ..Self::default()
        }
    }

    pub(super) fn reserve(&mut self, more: usize) {
        self.times.reserve_exact(more);
        self.rows.reserve_exact(more);
    }

    pub(super) fn push(&mut self, event: Event, measure: &Measure) {
        self.times.push(event.at);
        self.rows.push(event.row);
        match measure {
            Measure::Presence => {}
            Measure::Category(_) => self.symbols.push(symbol_of(event.value).0),
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

    pub(super) fn insert(&mut self, event: Event, measure: &Measure) {
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
    pub(super) fn note_earlier(&mut self, place: usize) {
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
    pub(super) fn value(&self, index: usize) -> f64 {
        match (self.values.get(index), self.symbols.get(index)) {
            (Some(&value), _) => value,
            (None, Some(&symbol)) => f64::from(symbol),
            (None, None) => 1.0,
        }
    }

    /// Where the asker's own event is.
    pub(super) fn find(&self, event: &Event, folded_to: Timestamp) -> Own {
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

    pub(super) fn totals(&self, moment: Timestamp, measured: bool) -> Totals {
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

/// The symbol of a category's measure.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub(crate) fn symbol_of(measure: f64) -> Symbol {
    Symbol(measure as u32)
}
