//! Features of many askers at once, column by column. Every lookup is followed in order of its key and moment, so that
//! neighbours in that order share a run and continue in it, and what they read is near.

use rustc_hash::FxHashMap;

use super::feature::{Feature, Lookup};
use super::series::KeyValue;
use super::view::{Asker, Found, Relations};
use crate::data::{Database, Duration};

/// So many askers are answered together: what is found for them is held as long as a feature still needs it.
const BLOCK: usize = 65_536;

/// The askers' values of one key, and the askers in order of key and moment.
struct Keyed {
    values: Vec<Option<KeyValue>>,
    order: Vec<u32>,
}

impl Relations {
    /// The features of `askers`, one column each in the order of the set, each with a value per asker: bit for bit those of
    /// [`Relations::row`].
    #[must_use]
    pub fn columns(&self, database: &Database, askers: &[Asker]) -> Vec<Vec<f32>> {
        let mut columns: Vec<Vec<f32>> = Vec::new();
        columns.resize_with(self.set().features.len(), || Vec::with_capacity(askers.len()));
        for block in askers.chunks(BLOCK) {
            self.block(database, block, &mut columns);
        }
        columns
    }

    fn block(&self, database: &Database, askers: &[Asker], columns: &mut [Vec<f32>]) {
        let features = &self.set().features;
        let keyed: Vec<Keyed> = (0..self.set().keys.len())
            .map(|key| self.keyed(database, key, askers))
            .collect();
        let lookups: Vec<Vec<Lookup>> = features.iter().map(distinct_lookups).collect();
        let mut left: FxHashMap<Lookup, usize> = FxHashMap::default();
        lookups.iter().flatten().for_each(|l| *left.entry(*l).or_default() += 1);
        let mut places: Vec<usize> = (0..features.len()).collect();
        let window = |place: usize| features[place].window().unwrap_or(Duration(i64::MAX));
        places.sort_by(|&a, &b| (&lookups[a], window(a)).cmp(&(&lookups[b], window(b))));

        let as_they_come: Vec<u32> = (0..askers.len()).map(index).collect();
        let mut held: FxHashMap<Lookup, Vec<Found<'_>>> = FxHashMap::default();
        // Features that look at the same events are answered together, asker by asker, while those events are at hand.
        for alike in places.chunk_by(|&a, &b| lookups[a] == lookups[b]) {
            let mine = &lookups[alike[0]];
            for lookup in mine {
                held.entry(*lookup)
                    .or_insert_with(|| self.found(database, *lookup, &keyed, askers));
            }
            let found: Vec<&[Found<'_>]> = mine.iter().map(|l| held[l].as_slice()).collect();
            let order = mine
                .first()
                .and_then(|l| keyed.get(l.key))
                .map_or(&as_they_come, |k| &k.order);
            let begin = columns[alike[0]].len();
            for &place in alike {
                columns[place].resize(begin + askers.len(), f32::NAN);
            }
            for &i in order {
                let i = i as usize;
                let at = |lookup: &Lookup| match mine.binary_search(lookup) {
                    Ok(place) => &found[place][i],
                    Err(_) => &Found::NoKey,
                };
                for &place in alike {
                    let value = self.value(database, &features[place], askers[i], &at);
                    #[allow(clippy::cast_possible_truncation)]
                    let value = value as f32;
                    columns[place][begin + i] = value;
                }
            }
            for lookup in mine {
                if let Some(uses) = left.get_mut(lookup) {
                    *uses -= alike.len();
                    if *uses == 0 {
                        held.remove(lookup);
                    }
                }
            }
        }
    }

    fn keyed(&self, database: &Database, key: usize, askers: &[Asker]) -> Keyed {
        let key = &self.set().keys[key];
        let values: Vec<_> = askers.iter().map(|a| self.key_value(database, key, *a)).collect();
        let mut order: Vec<u32> = (0..askers.len()).map(index).collect();
        order.sort_unstable_by_key(|&i| (values[i as usize], askers[i as usize].anchor, i));
        Keyed { values, order }
    }

    /// What a lookup finds for every asker.
    fn found<'a>(
        &'a self,
        database: &'a Database,
        lookup: Lookup,
        keyed: &[Keyed],
        askers: &[Asker],
    ) -> Vec<Found<'a>> {
        let mut found = vec![Found::NoKey; askers.len()];
        if let (Some(series), Some(keyed)) = (self.series().get(lookup.series), keyed.get(lookup.key)) {
            let mut sweep = series.sweep(database, self.entity());
            for &i in &keyed.order {
                let i = i as usize;
                if let Some(key) = keyed.values[i] {
                    let view = sweep.view(key, askers[i].anchor, askers[i].known_as);
                    found[i] = view.map_or(Found::Nothing, Found::Events);
                }
            }
        }
        found
    }
}

fn distinct_lookups(feature: &Feature) -> Vec<Lookup> {
    let mut lookups = feature.lookups();
    lookups.sort_unstable();
    lookups.dedup();
    lookups
}

#[allow(clippy::cast_possible_truncation)]
fn index(i: usize) -> u32 {
    i as u32
}
