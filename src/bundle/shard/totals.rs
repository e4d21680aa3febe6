//! The totals of what happened before the rows that a bundle carries, key by key, packed as columns: of each series only what
//! some feature asks of its past.

use serde::{Deserialize, Serialize};

use super::Dictionary;
use crate::bundle::pack::{PackedNumbers, PackedTimes};
use crate::data::{Symbol, TableId, Timestamp};
use crate::relate::feature::{Feature, FeatureSet, Function};
use crate::relate::key::Key;
use crate::relate::series::{KeyValue, Measure, Series, Source, Totals, symbol_of};

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct PackedTotals {
    first: Vec<u32>,
    second: Vec<u32>,
    counts: Vec<u32>,
    sums: Option<PackedNumbers>,
    last: Option<PackedMoments>,
    previous: Option<PackedMoments>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct PackedMoments {
    at: PackedTimes,
    values: PackedNumbers,
}

/// What features ask of a series' folded past.
#[derive(Clone, Copy, Default)]
struct Needs {
    counts: bool,
    last: bool,
}

fn needs(set: &FeatureSet, series: usize) -> Needs {
    let mut needs = Needs::default();
    for feature in &set.features {
        let touches = feature.lookups().iter().any(|l| l.series == series);
        match feature {
            Feature::Aggregate {
                function: Function::Last | Function::SinceLast | Function::Change,
                ..
            }
            | Feature::Matched {
                function: Function::SinceLast,
                ..
            } if touches => needs.last = true,
            Feature::Aggregate { window: None, .. }
            | Feature::Share { window: None, .. }
            | Feature::Ratio { window: None, .. }
            | Feature::Open { .. }
                if touches =>
            {
                needs.counts = true
            }
            Feature::Rate { level, window, .. } if touches => {
                needs.counts |= window.is_none() || level.series != series
            }
            Feature::Through { then, .. } if *then == series => needs.last = true,
            _ => {}
        }
    }
    let leads = |key: &Key| matches!(key, Key::Latest(events) if events.series == series);
    needs.last |= set.keys.iter().any(leads);
    needs
}

impl PackedTotals {
    /// Packs the totals of the series at `place` of the set; empty where no feature asks of its past.
    pub(super) fn pack(
        set: &FeatureSet,
        place: usize,
        series: &Series,
        folded_to: Timestamp,
        entity: TableId,
        dictionary: &mut Dictionary,
    ) -> Self {
        let needs = needs(set, place);
        if !needs.counts && !needs.last {
            return Self::default();
        }
        let totals = series.fold(folded_to);
        let measured = matches!(series.spec.measure, Measure::Number(_) | Measure::Label);
        let category = matches!(series.spec.measure, Measure::Category(_));
        let own_rows = series.spec.source == Source::Table(entity);
        let mut moments = |pick: fn(&Totals) -> Option<(Timestamp, f64)>| {
            let times: Vec<Timestamp> = totals
                .iter()
                .map(|(_, t)| pick(t).map_or(Timestamp::MAX, |l| l.0))
                .collect();
            // A category by its number in the dictionary.
            let mut value = |measure: f64| {
                if category {
                    f64::from(dictionary.number(symbol_of(measure)))
                } else {
                    measure
                }
            };
            let values: Vec<f64> = totals
                .iter()
                .map(|(_, t)| pick(t).map_or(f64::NAN, |l| value(l.1)))
                .collect();
            PackedMoments {
                at: PackedTimes::pack(&times),
                values: PackedNumbers::pack(&values),
            }
        };
        let last = needs.last.then(|| moments(|t| t.last));
        let previous = (needs.last && own_rows).then(|| moments(|t| t.previous));
        Self {
            first: totals.iter().map(|((a, _), _)| dictionary.number(*a)).collect(),
            second: if series.spec.key.len() > 1 {
                totals.iter().map(|((_, b), _)| dictionary.number(*b)).collect()
            } else {
                Vec::new()
            },
            counts: totals.iter().map(|(_, t)| t.count).collect(),
            sums: measured.then(|| PackedNumbers::pack(&totals.iter().map(|(_, t)| t.sum).collect::<Vec<_>>())),
            last,
            previous,
        }
    }

    /// The totals of a series that measures this, key by key; `None` when the columns differ in length.
    pub(super) fn unpack(&self, measure: &Measure) -> Option<Vec<(KeyValue, Totals)>> {
        let n = self.first.len();
        let symbol = |number: u32| number.checked_sub(1).map_or(Symbol::NULL, Symbol);
        let category = matches!(measure, Measure::Category(_));
        let read = |event: Option<(Timestamp, f64)>| {
            event.map(|(at, value)| {
                let value = if category {
                    f64::from(symbol(symbol_of(value).0).0)
                } else {
                    value
                };
                (at, value)
            })
        };
        let sums = self.sums.as_ref().map_or_else(|| vec![0.0; n], PackedNumbers::unpack);
        let last = self.last.as_ref().map_or_else(|| vec![None; n], PackedMoments::unpack);
        let previous = self
            .previous
            .as_ref()
            .map_or_else(|| vec![None; n], PackedMoments::unpack);
        let second = if self.second.is_empty() {
            vec![0; n]
        } else {
            self.second.clone()
        };
        let fits = [self.counts.len(), sums.len(), last.len(), previous.len(), second.len()]
            .iter()
            .all(|&len| len == n);
        fits.then(|| {
            (0..n)
                .map(|i| {
                    let totals = Totals {
                        count: self.counts[i],
                        sum: sums[i],
                        last: read(last[i]),
                        previous: read(previous[i]),
                    };
                    ((symbol(self.first[i]), symbol(second[i])), totals)
                })
                .collect()
        })
    }
}

impl PackedMoments {
    fn unpack(&self) -> Vec<Option<(Timestamp, f64)>> {
        let values = self.values.unpack();
        self.at
            .unpack()
            .into_iter()
            .zip(values)
            .map(|(at, value)| (at != Timestamp::MAX).then_some((at, value)))
            .collect()
    }
}
