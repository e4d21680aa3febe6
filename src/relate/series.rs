//! Events grouped by key in order of time, with running totals, so that an aggregate over a window is two binary searches.
//!
//! A series is a declarative [`SeriesSpec`] and its contents: a [`Run`] for each key, which a [`RunView`] reads as of a
//! moment. Each run begins with totals of what was folded away ([`Series::fold`]), so the whole history and the short tail
//! that a bundle carries are one structure and one code path.

mod aside;
#[cfg(test)]
mod law;
mod run;
mod spec;
mod sweep;
mod window;

use rustc_hash::FxHashMap;

pub use aside::Aside;
pub(crate) use run::symbol_of;
pub use run::{Run, Totals};
pub use spec::{Event, Filter, KeyValue, Measure, SeriesSpec, SettledLabel, Source};
pub use sweep::Sweep;
pub use window::RunView;

use run::Own;

use super::path::Ways;
use crate::data::{Database, RowId, TableId, Timestamp};

/// The contents of a series.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// What its events are.
    pub spec: SeriesSpec,
    runs: FxHashMap<KeyValue, Run>,
    /// Events at or before this moment are in the runs' base.
    folded_to: Timestamp,
}

impl Series {
    /// Groups and sorts the events of `database` (and `labels`, for a label series).
    #[must_use]
    pub fn build(spec: SeriesSpec, database: &Database, entity: TableId, labels: &[SettledLabel]) -> Self {
        Self::build_along(spec, database, entity, labels, None)
    }

    /// As [`Series::build`], where many rows were followed already.
    pub(crate) fn build_along(
        spec: SeriesSpec,
        database: &Database,
        entity: TableId,
        labels: &[SettledLabel],
        ways: Option<&Ways>,
    ) -> Self {
        let mut series = Self {
            spec,
            runs: FxHashMap::default(),
            folded_to: Timestamp::MIN,
        };
        series.fill(database, entity, labels, Timestamp::MIN, ways);
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
        let runs = totals
            .into_iter()
            .map(|(key, base)| (key, Run::after(base, measured)))
            .collect();
        let mut series = Self { spec, runs, folded_to };
        series.fill(database, entity, labels, folded_to, None);
        series
    }

    fn fill(
        &mut self,
        database: &Database,
        entity: TableId,
        labels: &[SettledLabel],
        after: Timestamp,
        ways: Option<&Ways>,
    ) {
        let spec = self.spec.clone();
        let maker = spec.maker(database, entity, ways);
        let mut gathered: FxHashMap<KeyValue, Vec<Event>> = FxHashMap::default();
        let mut take = |row, label| {
            if let Some((key, event)) = maker.event(row, label)
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
