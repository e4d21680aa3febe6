//! Views of one series for many askers. Asked in order of key and moment, each begins where the last one ended.

use super::run::{Own, Run};
use super::spec::{KeyValue, Maker, Source};
use super::{RunView, Series};
use crate::data::{Database, RowId, TableId, Timestamp};

/// One series, asked again and again.
pub struct Sweep<'a, 'd> {
    series: &'a Series,
    /// Makes the askers' own events, where the series is of their table.
    own: Option<Maker<'d>>,
    last: Option<(KeyValue, Option<&'a Run>, usize)>,
}

impl Series {
    /// Views for askers of `entity`, one after the other.
    #[must_use]
    pub fn sweep<'a, 'd>(&'a self, database: &'d Database, entity: TableId) -> Sweep<'a, 'd> {
        Sweep {
            series: self,
            own: (self.spec.source == Source::Table(entity)).then(|| self.spec.maker(database, entity, None)),
            last: None,
        }
    }
}

impl<'a> Sweep<'a, '_> {
    /// As [`Series::view`], leaving out the event that the row `known_as` of the entity's table is.
    pub fn view(&mut self, key: KeyValue, moment: Timestamp, known_as: RowId) -> Option<RunView<'a>> {
        let (run, from) = match self.last {
            Some((last, run, end)) if last == key => (run, end),
            _ => (self.series.runs.get(&key), 0),
        };
        let end = run.map_or(0, |run| reached(&run.times, from, moment));
        self.last = Some((key, run, end));
        let run = run?;
        let own = match self.own.as_ref().and_then(|maker| maker.event(known_as, None)) {
            Some((own_key, event)) if own_key == key && event.at <= moment => run.find(&event, self.series.folded_to),
            _ => Own::Absent,
        };
        Some(RunView::new(run, moment, end, own))
    }
}

/// How many of `times` are at or before `moment`, given that `from` was the answer for some other moment.
fn reached(times: &[Timestamp], from: usize, moment: Timestamp) -> usize {
    let back = from == 0 || times.get(from - 1).is_none_or(|&last| last > moment);
    if back {
        return times.partition_point(|&t| t <= moment);
    }
    let (mut low, mut stride) = (from, 1);
    while let Some(&time) = times.get(low + stride - 1) {
        if time > moment {
            return low + times[low..low + stride - 1].partition_point(|&t| t <= moment);
        }
        (low, stride) = (low + stride, stride * 2);
    }
    low + times[low..].partition_point(|&t| t <= moment)
}
