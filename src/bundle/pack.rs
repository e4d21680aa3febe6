//! Columns as short sequences: whole numbers and moments as variable-length integers, the rest as they are. Packing then
//! unpacking gives the same cells bit for bit.

use serde::{Deserialize, Serialize};

use crate::data::{Column, ColumnType, Symbol, Timestamp};

/// Numbers in as few bytes as keep them exact; NaN is NULL.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum PackedNumbers {
    /// Every number is whole and below 2⁵³: zigzag integers, NULL as the value past the largest.
    Whole {
        /// The numbers.
        values: Vec<i64>,
        /// What stands for NULL.
        null: i64,
    },
    /// Every number is exactly a 32-bit float.
    Single(Vec<f32>),
    /// As they are.
    Double(Vec<f64>),
}

/// Moments as differences in units of the coarsest step that keeps them exact; NULL is the value past the largest.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PackedTimes {
    /// Milliseconds per unit.
    unit: i64,
    /// The first moment, in units.
    start: i64,
    /// Differences between neighbours, in units; `None` is NULL and leaves the running value as it is.
    steps: Vec<Option<i64>>,
}

/// A column's cells, or nothing when no feature reads it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum PackedColumn {
    /// Not carried: every cell reads as NULL.
    Absent,
    /// Numbers.
    Numbers(PackedNumbers),
    /// Places in the shard's symbol list plus one; 0 is NULL.
    Symbols(Vec<u32>),
    /// Moments.
    Times(PackedTimes),
}

impl PackedNumbers {
    /// Packs numbers; NaN is NULL.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, clippy::float_cmp, clippy::cast_precision_loss)]
    pub fn pack(values: &[f64]) -> Self {
        const WHOLE: f64 = 9_007_199_254_740_992.0;
        let whole = |x: f64| x.is_nan() || (x == x.trunc() && x.abs() < WHOLE && !(x == 0.0 && x.is_sign_negative()));
        if values.iter().all(|&x| whole(x)) {
            let largest = values
                .iter()
                .filter(|x| !x.is_nan())
                .map(|&x| x as i64)
                .max()
                .unwrap_or(-1);
            let null = largest + 1;
            return Self::Whole {
                values: values
                    .iter()
                    .map(|&x| if x.is_nan() { null } else { x as i64 })
                    .collect(),
                null,
            };
        }
        if values.iter().all(|&x| x.is_nan() || f64::from(x as f32) == x) {
            return Self::Single(values.iter().map(|&x| x as f32).collect());
        }
        Self::Double(values.to_vec())
    }

    /// The numbers packed.
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub fn unpack(&self) -> Vec<f64> {
        match self {
            Self::Whole { values, null } => values
                .iter()
                .map(|&x| if x == *null { f64::NAN } else { x as f64 })
                .collect(),
            Self::Single(values) => values.iter().map(|&x| f64::from(x)).collect(),
            Self::Double(values) => values.clone(),
        }
    }
}

impl PackedTimes {
    /// Packs moments; [`Timestamp::MAX`] is NULL.
    #[must_use]
    pub fn pack(times: &[Timestamp]) -> Self {
        let known = || times.iter().filter(|t| **t != Timestamp::MAX).map(|t| t.0);
        let unit = [86_400_000, 3_600_000, 60_000, 1_000]
            .into_iter()
            .find(|unit| known().all(|t| t % unit == 0))
            .unwrap_or(1);
        let start = known().next().unwrap_or(0) / unit;
        let mut running = start;
        let steps = times
            .iter()
            .map(|t| {
                (*t != Timestamp::MAX).then(|| {
                    let here = t.0 / unit;
                    let step = here.wrapping_sub(running);
                    running = here;
                    step
                })
            })
            .collect();
        Self { unit, start, steps }
    }

    /// The moments packed.
    #[must_use]
    pub fn unpack(&self) -> Vec<Timestamp> {
        let mut running = self.start;
        let moment = |step: &Option<i64>| {
            step.map_or(Timestamp::MAX, |step| {
                running = running.wrapping_add(step);
                Timestamp(running.wrapping_mul(self.unit))
            })
        };
        self.steps.iter().map(moment).collect()
    }
}

impl PackedColumn {
    /// The cells as a column of type `kind` with `rows` rows; `None` when the packing is of another type or length.
    #[must_use]
    pub fn unpack(&self, kind: &ColumnType, rows: usize) -> Option<Column> {
        let column = match (self, Column::empty(kind)) {
            (Self::Absent, mut empty) => {
                (0..rows).for_each(|_| empty.push_null());
                empty
            }
            (Self::Numbers(values), Column::Number(_)) => Column::Number(values.unpack()),
            (Self::Symbols(values), Column::Symbol(_)) => Column::Symbol(
                values
                    .iter()
                    .map(|&n| n.checked_sub(1).map_or(Symbol::NULL, Symbol))
                    .collect(),
            ),
            (Self::Times(values), Column::Time(_)) => Column::Time(values.unpack()),
            _ => return None,
        };
        (column.len() == rows).then_some(column)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_come_back_bit_for_bit(values in prop::collection::vec(prop_oneof![
            Just(f64::NAN), (-1000i64..1000).prop_map(|x| x as f64), any::<f32>().prop_map(f64::from), any::<f64>(),
        ], 0..40)) {
            let back = PackedNumbers::pack(&values).unpack();
            prop_assert_eq!(values.len(), back.len());
            for (a, b) in values.iter().zip(&back) {
                prop_assert!(a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan()));
            }
        }

        #[test]
        fn moments_come_back_exactly(values in prop::collection::vec(prop_oneof![
            Just(Timestamp::MAX), (0i64..2_000_000_000).prop_map(|s| Timestamp(s * 1000)), any::<i32>().prop_map(|ms| Timestamp(i64::from(ms))),
        ], 0..40)) {
            prop_assert_eq!(PackedTimes::pack(&values).unpack(), values);
        }
    }
}
