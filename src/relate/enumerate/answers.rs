//! The target's own history as candidates: what was answered before, under every key and pair of keys.

use super::Builder;
use crate::relate::feature::{Feature, Function};
use crate::relate::path::ColumnPath;
use crate::relate::series::{Measure, SeriesSpec, Source};

impl Builder<'_> {
    fn labels(key: &[ColumnPath], source: Source) -> SeriesSpec {
        SeriesSpec {
            source,
            key: key.to_vec(),
            filter: None,
            clock: None,
            measure: Measure::Label,
        }
    }

    /// The target's own settled history for every key.
    pub(super) fn histories(&mut self) {
        // Asked at several ages, an entity's own earlier answer says little but how old it is.
        let own_key = self.database.schema.table(self.entity).key.filter(|_| !self.reach.ages);
        let own_key = own_key.map(ColumnPath::own);
        let mut keys: Vec<ColumnPath> = self.shared_keys().into_iter().map(|k| k.path).collect();
        keys.extend(own_key);
        for path in keys {
            self.history(&[path], &[]);
        }
    }

    fn history(&mut self, key: &[ColumnPath], parents: &[ColumnPath]) {
        let weight = self.reach.prior_weight;
        let level = self.set.lookup(&Self::labels(key, Source::Labels), key);
        let overall = self.set.lookup(&Self::labels(&[], Source::Labels), &[]);
        let parents: Vec<_> = parents
            .iter()
            .map(|p| {
                self.set.lookup(
                    &Self::labels(std::slice::from_ref(p), Source::Labels),
                    std::slice::from_ref(p),
                )
            })
            .collect();
        let windows = self.windows(self.entity);
        let month = windows.last().copied();
        self.add(Feature::Rate {
            level,
            parents: parents.clone(),
            overall,
            window: None,
            weight,
        });
        self.add(Feature::Rate {
            level,
            parents,
            overall,
            window: month,
            weight: weight / 4.0,
        });
        self.add(Feature::Aggregate {
            lookup: level,
            function: Function::Last,
            window: None,
        });
        self.add(Feature::Aggregate {
            lookup: level,
            function: Function::Count,
            window: None,
        });
        if !self.reach.yes_or_no {
            return;
        }
        let positives = self.set.lookup(&Self::labels(key, Source::Positives), key);
        for window in windows.iter().skip(1).copied().map(Some).chain([None]) {
            self.add(Feature::Aggregate {
                lookup: positives,
                function: Function::Count,
                window,
            });
        }
        self.add(Feature::Aggregate {
            lookup: positives,
            function: Function::SinceLast,
            window: None,
        });
    }

    /// The target's own history for pairs of keys.
    pub(super) fn pair_histories(&mut self) {
        for key in self.own_pairs() {
            self.history(&key, &key);
        }
    }
}
