//! How far figures could have been otherwise: bootstrap intervals (Efron 1979, percentile method) of ranking figures, all
//! approaches judged on the same resamples, so that the interval of a difference is a paired one. Whole entities are drawn,
//! not rows: an entity asked about at several moments answers much the same each time (cluster bootstrap, Field & Welsh 2007).

use serde::Serialize;

use super::draw::Draws;
use super::metrics::quantile;

/// The ends of an interval, as `[low, high]`.
pub type Ends = [f64; 2];

/// 95 % intervals of one approach's figures.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Intervals {
    /// Of the area under the ROC curve.
    pub roc_auc: Ends,
    /// Of the average precision.
    pub average_precision: Ends,
}

/// How much one approach is ahead of another, on the same resamples.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Lead {
    /// The other approach: of all others the one with the best figure.
    pub over: String,
    /// The figure's difference.
    pub difference: f64,
    /// Its 95 % interval.
    pub interval: Ends,
}

/// One approach's scores in order, highest first; equal ones together.
struct Ranked {
    rows: Vec<usize>,
    /// Where each group of equal scores ends.
    ends: Vec<usize>,
}

/// ROC-AUC and average precision of every approach on every resample; `None` for a resample of one class.
pub struct Resamples {
    figures: Vec<Vec<(f64, f64)>>,
}

/// Which of the two figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ranking {
    /// The area under the ROC curve.
    RocAuc,
    /// The average precision.
    AveragePrecision,
}

/// Rows looked at in all resamples of one approach, at most; and how many resamples there are at least and at most.
const EFFORT: usize = 20_000_000;
const DRAWS: std::ops::RangeInclusive<usize> = 200..=1000;

impl Resamples {
    /// Resamples the entities of `rows` and judges the scores of every approach on each. `scores` has one list an approach,
    /// `clusters` names the entity of each row.
    #[must_use]
    pub fn draw(scores: &[&[f64]], labels: &[f32], clusters: &[u32], seed: u64) -> Self {
        let draws = (EFFORT / labels.len().max(1)).clamp(*DRAWS.start(), *DRAWS.end());
        let (clusters, count) = numbered(clusters);
        let ranked: Vec<Ranked> = scores.iter().map(|s| Ranked::of(s)).collect();
        let mut figures = vec![Vec::with_capacity(draws); scores.len()];
        let mut drawn = vec![0u32; count];
        for draw in 0..draws {
            let stream = Draws::new(seed).stream(0xB007).stream(draw as u64);
            drawn.fill(0);
            (0..count).for_each(|k| drawn[stream.below(k as u64, count)] += 1);
            let weight = |row: usize| f64::from(drawn[clusters[row]]);
            let of_all: Option<Vec<(f64, f64)>> = ranked.iter().map(|r| r.figures(labels, &weight)).collect();
            if let Some(of_all) = of_all {
                figures.iter_mut().zip(of_all).for_each(|(all, one)| all.push(one));
            }
        }
        Self { figures }
    }

    /// The intervals of an approach; `None` when no resample had both classes.
    #[must_use]
    pub fn intervals(&self, approach: usize) -> Option<Intervals> {
        Some(Intervals {
            roc_auc: middle(self.values(approach, Ranking::RocAuc))?,
            average_precision: middle(self.values(approach, Ranking::AveragePrecision))?,
        })
    }

    /// The interval of the difference `approach − other`.
    #[must_use]
    pub fn difference(&self, approach: usize, other: usize, figure: Ranking) -> Option<Ends> {
        let (own, others) = (self.values(approach, figure), self.values(other, figure));
        middle(own.into_iter().zip(others).map(|(a, b)| a - b).collect())
    }

    fn values(&self, approach: usize, figure: Ranking) -> Vec<f64> {
        let all = self.figures.get(approach).map_or(&[][..], Vec::as_slice);
        let value = |&(auc, precision): &(f64, f64)| match figure {
            Ranking::RocAuc => auc,
            Ranking::AveragePrecision => precision,
        };
        all.iter().map(value).collect()
    }
}

impl Ranked {
    fn of(scores: &[f64]) -> Self {
        let mut rows: Vec<usize> = (0..scores.len()).collect();
        rows.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
        let last_of_its_kind = |&k: &usize| {
            rows.get(k)
                .is_none_or(|&next| scores[next].total_cmp(&scores[rows[k - 1]]).is_ne())
        };
        let ends = (1..=rows.len()).filter(last_of_its_kind).collect();
        Self { rows, ends }
    }

    /// ROC-AUC and average precision where a row counts `weight` times.
    fn figures(&self, labels: &[f32], weight: &dyn Fn(usize) -> f64) -> Option<(f64, f64)> {
        let (mut positives, mut negatives, mut pairs, mut precision) = (0.0, 0.0, 0.0, 0.0);
        let mut from = 0;
        for &end in &self.ends {
            let (mut yes, mut no) = (0.0, 0.0);
            for &row in &self.rows[from..end] {
                let weight = weight(row);
                if labels[row] > 0.5 { yes += weight } else { no += weight }
            }
            pairs += no * (positives + 0.5 * yes);
            positives += yes;
            negatives += no;
            if yes > 0.0 {
                precision += yes * positives / (positives + negatives);
            }
            from = end;
        }
        (positives > 0.0 && negatives > 0.0).then(|| (pairs / (positives * negatives), precision / positives))
    }
}

/// The clusters numbered from 0, and their number.
fn numbered(clusters: &[u32]) -> (Vec<usize>, usize) {
    let mut names = clusters.to_vec();
    names.sort_unstable();
    names.dedup();
    let places = clusters.iter().map(|c| names.partition_point(|n| n < c)).collect();
    (places, names.len())
}

/// The central 95 % of values.
fn middle(mut values: Vec<f64>) -> Option<Ends> {
    values.sort_unstable_by(f64::total_cmp);
    Some([quantile(&values, 0.025)?, quantile(&values, 0.975)?])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::metrics;

    fn drawn(rows: u64) -> (Vec<f64>, Vec<f64>, Vec<f32>) {
        let draws = Draws::new(3);
        let truth: Vec<f64> = (0..rows).map(|k| draws.stream(1).uniform(k)).collect();
        let noisy = truth
            .iter()
            .enumerate()
            .map(|(k, p)| (20.0 * (p + 0.6 * draws.stream(2).uniform(k as u64))).round());
        let labels = truth
            .iter()
            .enumerate()
            .map(|(k, p)| f32::from(draws.stream(3).uniform(k as u64) < *p));
        (truth.clone(), noisy.collect(), labels.collect())
    }

    #[test]
    fn each_row_once_gives_the_plain_figures() {
        let (_, noisy, labels) = drawn(500);
        let (auc, precision) = Ranked::of(&noisy).figures(&labels, &|_| 1.0).unwrap();
        assert!((auc - metrics::roc_auc(&noisy, &labels).unwrap()).abs() < 1e-12);
        assert!((precision - metrics::average_precision(&noisy, &labels).unwrap()).abs() < 1e-12);
        assert_eq!(Ranked::of(&[0.3]).figures(&[1.0], &|_| 1.0), None);
    }

    #[test]
    fn a_paired_difference_is_told_apart_where_two_intervals_overlap() {
        let (truth, noisy, labels) = drawn(600);
        let clusters: Vec<u32> = (0..600).collect();
        let resamples = Resamples::draw(&[&truth, &noisy], &labels, &clusters, 1);
        let (own, other) = (resamples.intervals(0).unwrap(), resamples.intervals(1).unwrap());
        assert!(own.roc_auc[0] < other.roc_auc[1], "{own:?} {other:?}");
        assert!(resamples.difference(0, 1, Ranking::RocAuc).unwrap()[0] > 0.0);
        let again = Resamples::draw(&[&truth, &noisy], &labels, &clusters, 1);
        assert_eq!(again.intervals(0), Some(own));
    }

    #[test]
    fn rows_of_one_entity_are_no_further_evidence() {
        let (truth, _, labels) = drawn(300);
        let four = |v: &[f64]| v.iter().flat_map(|x| [*x; 4]).collect::<Vec<f64>>();
        let labels_four: Vec<f32> = labels.iter().flat_map(|x| [*x; 4]).collect();
        let clusters: Vec<u32> = (0..1200).map(|k| k / 4).collect();
        let width = |i: Intervals| i.roc_auc[1] - i.roc_auc[0];
        let once = Resamples::draw(&[&truth], &labels, &(0..300).collect::<Vec<_>>(), 1)
            .intervals(0)
            .unwrap();
        let repeated = four(&truth);
        let clustered = Resamples::draw(&[&repeated], &labels_four, &clusters, 1)
            .intervals(0)
            .unwrap();
        assert!((width(once) / width(clustered) - 1.0).abs() < 0.05);
    }
}
