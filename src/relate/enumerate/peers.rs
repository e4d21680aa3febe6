//! Earlier rows of the entity's own table that share a value, or two, as candidates.

use super::Builder;
use crate::data::{ColumnId, ColumnType};
use crate::relate::feature::{Feature, Function};
use crate::relate::path::ColumnPath;
use crate::relate::series::{Measure, SeriesSpec};

impl Builder<'_> {
    /// Earlier rows of the entity's own table that share a value: how many, how long ago, what became of them, what is open.
    pub(super) fn peers(&mut self) {
        if self.database.schema.table(self.entity).time.is_none() {
            return;
        }
        for key in self.shared_keys() {
            self.peers_by(&[key.path], true);
        }
        self.peers_by(&[], true);
    }

    fn peers_by(&mut self, key: &[ColumnPath], whole: bool) {
        let entity = self.entity;
        let windows = self.windows(entity);
        let spec = SeriesSpec::rows(entity, key);
        let rows = self.set.lookup(&spec, key);
        for window in windows.iter().copied().map(Some).chain([None]) {
            self.add(Feature::Aggregate {
                lookup: rows,
                function: Function::Count,
                window,
            });
        }
        self.add(Feature::Aggregate {
            lookup: rows,
            function: Function::SinceLast,
            window: None,
        });
        if !whole {
            return;
        }
        let schema = self.database.schema.table(entity).clone();
        for (c, column) in schema.columns.iter().enumerate() {
            let c = ColumnId(c);
            if column.kind == ColumnType::Timestamp && schema.time != Some(c) {
                let clocked = self.set.lookup(
                    &SeriesSpec {
                        clock: Some(c),
                        ..spec.clone()
                    },
                    key,
                );
                for window in windows.iter().skip(1).copied().map(Some).chain([None]) {
                    self.add(Feature::Aggregate {
                        lookup: clocked,
                        function: Function::Count,
                        window,
                    });
                }
                self.add(Feature::Aggregate {
                    lookup: clocked,
                    function: Function::SinceLast,
                    window: None,
                });
                self.add(Feature::Open {
                    begun: rows,
                    ended: clocked,
                });
            }
            if column.is_numeric() && (column.known_at.is_some() || column.kind == ColumnType::Boolean) {
                let measured = self
                    .set
                    .lookup(&spec.measuring(Measure::Number(ColumnPath::own(c))), key);
                for window in [windows.last().copied(), None] {
                    self.add(Feature::Aggregate {
                        lookup: measured,
                        function: Function::Mean,
                        window,
                    });
                }
                self.add(Feature::Aggregate {
                    lookup: measured,
                    function: Function::Last,
                    window: None,
                });
            }
        }
    }

    /// How many earlier rows share a pair of keys.
    pub(super) fn pair_peers(&mut self) {
        if self.database.schema.table(self.entity).time.is_some() {
            for key in self.own_pairs() {
                self.peers_by(&key, false);
            }
        }
    }
}
