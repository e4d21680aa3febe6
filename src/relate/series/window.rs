//! What an asker sees of a run: the events up to a moment, less the asker's own, counted and summed in windows before it. A
//! window is two binary searches.

use std::cell::Cell as Slot;

use super::run::{Own, Run, symbol_of};
use super::spec::Event;
use crate::data::{RowId, Symbol, Timestamp};

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

impl<'a> RunView<'a> {
    pub(super) fn new(run: &'a Run, moment: Timestamp, end: usize, own: Own) -> Self {
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

    /// The last event's category, where it carries one.
    #[must_use]
    pub fn last_category(&self) -> Option<Symbol> {
        let (_, value) = self.last()?;
        Some(symbol_of(value)).filter(|symbol| !symbol.is_null())
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
