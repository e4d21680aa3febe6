//! Series changed for the length of one question and put back exactly: a key's run is kept aside, whole, before it is
//! touched.

use rustc_hash::FxHashSet;

use super::run::Run;
use super::spec::{Event, KeyValue, SeriesSpec, Source};
use crate::data::table::Cell;
use crate::data::{Database, RowId, Symbol, TableId};
use crate::relate::view::Relations;

/// Runs as they were, in the order in which they were kept.
#[derive(Debug, Default)]
pub struct Aside {
    kept: Vec<(usize, KeyValue, Option<Run>)>,
}

impl SeriesSpec {
    /// The group a row belongs to, whenever its cells become visible; `None` when a part of the key is NULL.
    fn key_of(&self, database: &Database, entity: TableId, row: RowId) -> Option<KeyValue> {
        let mut key = [Symbol::NULL; 2];
        for (part, path) in key.iter_mut().zip(&self.key) {
            let Cell::Symbol(symbol) = path.cell(database, self.table(entity), row).0 else {
                return None;
            };
            *part = symbol;
        }
        Some((key[0], key[1]))
    }
}

impl Run {
    fn without(&self, gone: &FxHashSet<RowId>, spec: &SeriesSpec) -> Self {
        let mut left = Self::after(self.base, spec.is_measured());
        for i in (0..self.times.len()).filter(|&i| !gone.contains(&self.rows[i])) {
            let event = Event {
                at: self.times[i],
                row: self.rows[i],
                value: self.value(i),
            };
            left.push(event, &spec.measure);
        }
        left.note_earlier(0);
        left
    }
}

impl Relations {
    /// Takes the events of `gone` (rows of `table`) out of every series, answers to the question among them. What a bundle
    /// carries as totals only stays counted. Returns how many of the rows were an event anywhere.
    pub fn hide(&mut self, database: &Database, table: TableId, gone: &FxHashSet<RowId>, aside: &mut Aside) -> usize {
        let entity = self.entity();
        let mut seen: FxHashSet<RowId> = FxHashSet::default();
        for (place, series) in self.series_mut().iter_mut().enumerate() {
            if series.spec.table(entity) != table {
                continue;
            }
            let mut keys: Vec<KeyValue> = gone
                .iter()
                .filter_map(|&row| series.spec.key_of(database, entity, row))
                .collect();
            keys.sort_unstable();
            keys.dedup();
            for key in keys {
                let touched = |run: &&mut Run| run.rows.iter().any(|row| gone.contains(row));
                if let Some(run) = series.runs.get_mut(&key).filter(touched) {
                    seen.extend(run.rows.iter().filter(|row| gone.contains(row)));
                    let left = run.without(gone, &series.spec);
                    aside.kept.push((place, key, Some(std::mem::replace(run, left))));
                }
            }
        }
        seen.len()
    }

    /// As [`Relations::insert`], to be undone. Returns whether the row became an event anywhere.
    pub fn insert_for_now(&mut self, database: &Database, table: TableId, row: RowId, aside: &mut Aside) -> bool {
        let entity = self.entity();
        let mut any = false;
        for (place, series) in self.series_mut().iter_mut().enumerate() {
            if series.spec.source != Source::Table(table) {
                continue;
            }
            if let Some((key, _)) = series.spec.event(database, entity, row, None) {
                let before = series.runs.get(&key).cloned();
                if series.insert(database, entity, row, None) {
                    aside.kept.push((place, key, before));
                    any = true;
                }
            }
        }
        any
    }

    /// Puts every run back that was kept aside.
    pub fn put_back(&mut self, aside: Aside) {
        for (place, key, run) in aside.kept.into_iter().rev() {
            if let Some(series) = self.series_mut().get_mut(place) {
                match run {
                    Some(run) => series.runs.insert(key, run),
                    None => series.runs.remove(&key),
                };
            }
        }
    }
}
