//! A feature as a declarative value: path, filter, window, aggregate. Features are serialised in the bundle, phrased by
//! `explain/`, and computed by [`super::view::Relations`]; they are never closures.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::key::Key;
use super::path::ColumnPath;
use super::series::SeriesSpec;
use super::view::Asker;
use crate::data::{ColumnId, Database, Duration, TableId};

/// Which series, asked under which of the entity's keys: places in [`FeatureSet::series`] and [`FeatureSet::keys`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Lookup {
    /// Place in [`FeatureSet::series`].
    pub series: usize,
    /// Place in [`FeatureSet::keys`].
    pub key: usize,
}

/// How a cell becomes a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Reading {
    /// A number, an amount or a boolean, as it is.
    Number,
    /// An ordered category's place in its order, from 0.
    Rank,
    /// Hours from a timestamp, or from the beginning of a year, to the moment of asking.
    Age,
}

/// What is computed of a key's events in a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Function {
    /// The number of events; 0 for none.
    Count,
    /// The sum of measures; 0 for none.
    Sum,
    /// The mean measure.
    Mean,
    /// The smallest measure.
    Min,
    /// The largest measure.
    Max,
    /// The last measure.
    Last,
    /// The last measure less the last one before the window.
    Change,
    /// Hours since the last event; without a window.
    SinceLast,
    /// The number of distinct categories.
    Distinct,
}

/// A part of the anchor's place in the calendar (UTC).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Calendar {
    /// 0 to 23.
    HourOfDay,
    /// 1 (Monday) to 7.
    DayOfWeek,
    /// 1 to 12.
    MonthOfYear,
}

/// One column of the feature matrix. A value that is not known is NaN.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Feature {
    /// A cell of the entity's row or of a row it links to, as visible at the anchor.
    Column {
        /// From the entity's table.
        path: ColumnPath,
        /// How the cell becomes a number.
        reading: Reading,
    },
    /// An aggregate over a key's events in `(anchor − window, anchor]`; over all of them without a window.
    Aggregate {
        /// Whose events.
        lookup: Lookup,
        /// What of them.
        function: Function,
        /// How far back.
        window: Option<Duration>,
    },
    /// The share of a key's events that pass a filter, among all its events in the window; NaN for none.
    Share {
        /// The events that pass.
        part: Lookup,
        /// All of them.
        whole: Lookup,
        /// How far back.
        window: Option<Duration>,
    },
    /// What events measure together for each of another thing that they measure (hits for each time at bat): `Σ part / Σ whole`
    /// over the window; NaN where `whole` comes to nothing.
    Ratio {
        /// The measure above.
        part: Lookup,
        /// The measure below.
        whole: Lookup,
        /// How far back.
        window: Option<Duration>,
    },
    /// The mean settled label of a key, shrunk: `(Σ + w·prior) / (n + w)`, the prior being the mean of the `parents`' rates,
    /// each shrunk toward the overall mean in the same way.
    Rate {
        /// The key's label series.
        level: Lookup,
        /// Coarser keys; empty: straight to `overall`.
        parents: Vec<Lookup>,
        /// The label series without a key.
        overall: Lookup,
        /// How far back at `level`.
        window: Option<Duration>,
        /// `w`, in events.
        weight: f64,
    },
    /// Rows begun less rows ended: what is open at the anchor.
    Open {
        /// Series of beginnings.
        begun: Lookup,
        /// Series of ends.
        ended: Lookup,
    },
    /// Two steps: the categories among a key's events in the window (endpoints that failed), each looked up in another
    /// series (deployments by endpoint); hours since the latest event found there.
    Through {
        /// Events that carry a category.
        first: Lookup,
        /// How far back among them.
        window: Duration,
        /// Series keyed by that category.
        then: usize,
    },
    /// An aggregate over the events of the kind that goes with the entity's own category: of a ticket about an API, its
    /// account's API errors. NaN where none goes with it.
    Matched {
        /// The category, from the entity's table.
        by: ColumnPath,
        /// Its values, each with the events that go with it.
        cases: Vec<(String, Lookup)>,
        /// What of them.
        function: Function,
        /// How far back.
        window: Option<Duration>,
    },
    /// The anchor's place in the calendar.
    Calendar(Calendar),
    /// The mean label of the training examples that share these categories; the statistics are not of this room.
    Encoded {
        /// From the entity's table.
        paths: Vec<ColumnPath>,
    },
    /// What earlier rows that share many of these categories turned out to be; their answers are not of this room.
    Alike {
        /// From the entity's table.
        paths: Vec<ColumnPath>,
    },
    /// The text score of these columns of the entity's row; the model is not of this room.
    Text {
        /// Text columns of the entity's table.
        columns: Vec<ColumnId>,
    },
}

/// Features, and the keys and series they share.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FeatureSet {
    /// Keys of the entity.
    pub keys: Vec<Key>,
    /// Series looked into.
    pub series: Vec<SeriesSpec>,
    /// The columns of the feature matrix, in order.
    pub features: Vec<Feature>,
}

impl FeatureSet {
    /// The place of the feature that is a score of text, and the columns that it reads.
    #[must_use]
    pub fn text(&self) -> Option<(usize, &[ColumnId])> {
        let mut features = self.features.iter().enumerate();
        features.find_map(|(place, feature)| match feature {
            Feature::Text { columns } => Some((place, columns.as_slice())),
            _ => None,
        })
    }

    /// The place of the feature that is what rows alike turned out to be, and their categories.
    #[must_use]
    pub fn alike(&self) -> Option<(usize, &[ColumnPath])> {
        let mut features = self.features.iter().enumerate();
        features.find_map(|(place, feature)| match feature {
            Feature::Alike { paths } => Some((place, paths.as_slice())),
            _ => None,
        })
    }

    /// The place of a key of cells, added when new.
    pub fn key(&mut self, paths: &[ColumnPath]) -> usize {
        let same = |key: &Key| key.cells() == Some(paths);
        place(&mut self.keys, paths, same, |paths| Key::Cells(paths.to_vec()))
    }

    /// The place of the key that is the category of the latest event found there, added when new.
    pub fn latest(&mut self, events: Lookup) -> usize {
        let key = Key::Latest(events);
        place(&mut self.keys, &key, |k| *k == key, Key::clone)
    }

    /// Another set's lookup in this one; its series and keys are added when new.
    fn adopt(&mut self, other: &Self, lookup: Lookup) -> Lookup {
        let key = match &other.keys[lookup.key] {
            Key::Cells(paths) => self.key(paths),
            Key::Latest(events) => {
                let events = self.adopt(other, *events);
                self.latest(events)
            }
        };
        Lookup {
            series: self.series(&other.series[lookup.series]),
            key,
        }
    }

    /// The cells that a lookup starts from: those of its key, or of the key under which the latest event is found.
    #[must_use]
    pub fn cells_of(&self, lookup: Lookup) -> &[ColumnPath] {
        match self.keys.get(lookup.key) {
            Some(Key::Cells(paths)) => paths,
            Some(Key::Latest(events)) => self.keys.get(events.key).and_then(Key::cells).unwrap_or(&[]),
            None => &[],
        }
    }

    /// Every series that a feature reads, places in [`FeatureSet::series`].
    #[must_use]
    pub fn series_of(&self, feature: &Feature) -> Vec<usize> {
        let lookups = feature.lookups();
        let behind = lookups.iter().filter_map(|l| match self.keys.get(l.key) {
            Some(Key::Latest(events)) => Some(events.series),
            _ => None,
        });
        let then = match feature {
            Feature::Through { then, .. } => Some(*then),
            _ => None,
        };
        lookups.iter().map(|l| l.series).chain(behind).chain(then).collect()
    }

    /// The place of a series, added when new.
    pub fn series(&mut self, spec: &SeriesSpec) -> usize {
        place(&mut self.series, spec, |s| s == spec, SeriesSpec::clone)
    }

    /// A series under a key, both added when new.
    pub fn lookup(&mut self, spec: &SeriesSpec, paths: &[ColumnPath]) -> Lookup {
        Lookup {
            series: self.series(spec),
            key: self.key(paths),
        }
    }

    /// The features at these places only, with just the keys and series that they use.
    #[must_use]
    pub fn keep(&self, places: &[usize]) -> Self {
        let mut kept = Self::default();
        for &place in places {
            if let Some(feature) = self.features.get(place) {
                let mut feature = feature.clone();
                feature.for_each_lookup(&mut |l| *l = kept.adopt(self, *l));
                if let Feature::Through { then, .. } = &mut feature {
                    *then = kept.series(&self.series[*then]);
                }
                kept.features.push(feature);
            }
        }
        kept
    }

    /// The longest window of any feature: how much of the tail a bundle must carry.
    #[must_use]
    pub fn longest_window(&self) -> Duration {
        self.features
            .iter()
            .filter_map(Feature::window)
            .max()
            .unwrap_or(Duration(0))
    }
}

fn place<T, Q: ?Sized>(all: &mut Vec<T>, wanted: &Q, same: impl Fn(&T) -> bool, make: impl Fn(&Q) -> T) -> usize {
    all.iter().position(same).unwrap_or_else(|| {
        all.push(make(wanted));
        all.len() - 1
    })
}

impl Feature {
    /// How far back it looks; `None` for no limit or no window at all.
    #[must_use]
    pub fn window(&self) -> Option<Duration> {
        match self {
            Self::Aggregate { window, .. }
            | Self::Share { window, .. }
            | Self::Ratio { window, .. }
            | Self::Rate { window, .. }
            | Self::Matched { window, .. } => *window,
            Self::Through { window, .. } => Some(*window),
            _ => None,
        }
    }

    /// Visits every lookup.
    pub fn for_each_lookup(&mut self, visit: &mut dyn FnMut(&mut Lookup)) {
        match self {
            Self::Aggregate { lookup, .. } | Self::Through { first: lookup, .. } => visit(lookup),
            Self::Share { part, whole, .. } | Self::Ratio { part, whole, .. } => {
                [part, whole].into_iter().for_each(visit);
            }
            Self::Open { begun, ended } => [begun, ended].into_iter().for_each(visit),
            Self::Matched { cases, .. } => cases.iter_mut().map(|(_, lookup)| lookup).for_each(visit),
            Self::Rate {
                level,
                parents,
                overall,
                ..
            } => {
                visit(level);
                parents.iter_mut().for_each(&mut *visit);
                visit(overall);
            }
            Self::Column { .. } | Self::Calendar(_) | Self::Text { .. } | Self::Encoded { .. } | Self::Alike { .. } => {
            }
        }
    }

    /// The category that it encodes by itself.
    #[must_use]
    pub fn category(&self) -> Option<&ColumnPath> {
        match self {
            Self::Encoded { paths } if paths.len() == 1 => paths.first(),
            _ => None,
        }
    }

    /// Every lookup.
    #[must_use]
    pub fn lookups(&self) -> Vec<Lookup> {
        let mut found = Vec::new();
        self.clone().for_each_lookup(&mut |l| found.push(*l));
        found
    }

    /// The feature as it is for one asker: what goes with its category is an aggregate like any other.
    #[must_use]
    pub fn for_asker(&self, database: &Database, entity: TableId, asker: Asker) -> Cow<'_, Self> {
        match self {
            Self::Matched {
                by,
                cases,
                function,
                window,
            } => match matched(by, cases, database, entity, asker) {
                Some(lookup) => Cow::Owned(Self::Aggregate {
                    lookup,
                    function: *function,
                    window: *window,
                }),
                None => Cow::Borrowed(self),
            },
            _ => Cow::Borrowed(self),
        }
    }
}

/// The events that go with the asker's category, if any do.
pub(super) fn matched(
    by: &ColumnPath,
    cases: &[(String, Lookup)],
    database: &Database,
    entity: TableId,
    asker: Asker,
) -> Option<Lookup> {
    let text = database
        .symbols
        .text(by.symbol_as_of(database, entity, asker.row, asker.anchor))?;
    cases.iter().find(|(value, _)| value == text).map(|(_, lookup)| *lookup)
}
