//! Feature values as small numbers: each column is cut at up to 254 borders, so that histograms have at most 256 bins
//! and a split is "above border b", which the forest states as `value > threshold`.

use super::matrix::Matrix;
use crate::parallel::each;

/// One column, binned. The bin of a value is how many borders lie below it; a missing value is in bin 0.
#[derive(Clone)]
pub(crate) struct BinnedColumn {
    /// Thresholds, strictly ascending, each ≥ the values of its bin and < those of the next.
    pub borders: Vec<f32>,
    /// One bin per row.
    pub bins: Vec<u8>,
}

impl BinnedColumn {
    /// Number of bins: borders + 1.
    pub(crate) fn bin_count(&self) -> usize {
        self.borders.len() + 1
    }
}

/// Bins every column with at most `max_bins` bins (2 to 255); `threads` change nothing but the time.
pub(crate) fn bin(matrix: &Matrix, max_bins: usize, threads: usize) -> Vec<BinnedColumn> {
    let one = |j: usize| bin_column(matrix.column(j), max_bins);
    each(matrix.width(), threads, &one, &mut |_, _| {})
}

/// Bins one column with at most `max_bins` bins.
pub(crate) fn bin_column(values: &[f32], max_bins: usize) -> BinnedColumn {
    place(values, borders(values, max_bins))
}

/// Bins the versions of one column alike: their borders are those of all their values together.
pub(crate) fn bin_versions(versions: &[&[f32]], max_bins: usize) -> Vec<BinnedColumn> {
    let borders = borders(&versions.concat(), max_bins);
    versions.iter().map(|values| place(values, borders.clone())).collect()
}

fn place(values: &[f32], borders: Vec<f32>) -> BinnedColumn {
    let place = |&value: &f32| u8::try_from(borders.partition_point(|&border| value > border)).unwrap_or(u8::MAX);
    let bins = values.iter().map(place).collect();
    BinnedColumn { borders, bins }
}

/// Borders midway between neighbouring values: all of them if there are few, else cutting the rows into bins of equal
/// mass. Where some values are missing, the first border parts them from all others.
#[allow(clippy::cast_precision_loss)]
fn borders(values: &[f32], max_bins: usize) -> Vec<f32> {
    let mut sorted: Vec<f32> = values.iter().copied().filter(|value| !value.is_nan()).collect();
    sorted.sort_unstable_by(f32::total_cmp);
    let mut distinct: Vec<(f32, usize)> = Vec::new();
    for &value in &sorted {
        match distinct.last_mut() {
            Some((last, count)) if *last == value => *count += 1,
            _ => distinct.push((value, 1)),
        }
    }
    let missing = sorted.len() < values.len() && !distinct.is_empty();
    let mut borders = Vec::new();
    if missing {
        borders.push(f32::MIN);
    }
    let bins = max_bins.saturating_sub(usize::from(missing)).max(1);
    let all = distinct.len() <= bins;
    let (mut rows_left, mut bins_left, mut in_bin) = (sorted.len(), bins, 0usize);
    for pair in distinct.windows(2) {
        let ((value, count), (next, next_count)) = (pair[0], pair[1]);
        in_bin += count;
        let aim = rows_left as f64 / bins_left as f64;
        let full = in_bin as f64 >= aim;
        let next_overfills = in_bin as f64 + next_count as f64 - aim > aim - in_bin as f64;
        if all || (bins_left > 1 && (full || next_overfills)) {
            borders.push(midway(value, next));
            rows_left -= in_bin;
            bins_left = bins_left.saturating_sub(1).max(1);
            in_bin = 0;
        }
    }
    borders.sort_unstable_by(f32::total_cmp);
    borders.dedup();
    borders
}

/// A threshold `t` with `low ≤ t < high`, midway where `f32` has room.
#[allow(clippy::cast_possible_truncation)]
fn midway(low: f32, high: f32) -> f32 {
    let middle = f64::midpoint(f64::from(low), f64::from(high)) as f32;
    if middle >= low && middle < high { middle } else { low }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_values_are_all_told_apart_and_missing_ones_too() {
        let column = bin_column(&[3.0, f32::NAN, 1.0, 3.0, 2.0], 255);
        assert_eq!(column.borders, [f32::MIN, 1.5, 2.5]);
        assert_eq!(column.bins, [3, 0, 1, 3, 2]);
    }

    #[test]
    fn many_values_fall_into_bins_of_equal_mass() {
        let values: Vec<f32> = (0..10_000u16).map(|i| f32::from(i).sqrt()).collect();
        let column = bin_column(&values, 100);
        assert_eq!(column.bin_count(), 100);
        let mut mass = [0; 100];
        column.bins.iter().for_each(|&bin| mass[usize::from(bin)] += 1);
        assert!(mass.iter().all(|&rows| (99..=101).contains(&rows)), "{mass:?}");
    }

    #[test]
    fn a_bin_is_the_number_of_thresholds_a_value_is_above() {
        let values = [
            0.1,
            0.1 + f32::EPSILON / 8.0,
            f32::INFINITY,
            f32::NEG_INFINITY,
            f32::NAN,
            f32::MAX,
            -0.0,
            0.0,
        ];
        let column = bin_column(&values, 255);
        for (value, &bin) in values.iter().zip(&column.bins) {
            let above = column.borders.iter().filter(|&border| value > border).count();
            assert_eq!(usize::from(bin), above, "{value}");
        }
        assert!(
            column.borders.windows(2).all(|pair| pair[0] < pair[1]),
            "{:?}",
            column.borders
        );
    }

    #[test]
    fn a_constant_or_empty_column_has_no_border() {
        assert!(bin_column(&[2.0, 2.0], 255).borders.is_empty());
        assert!(bin_column(&[f32::NAN, f32::NAN], 255).borders.is_empty());
        assert!(bin_column(&[], 255).borders.is_empty());
    }
}
