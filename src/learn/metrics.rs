//! How good scores are: ranking, probability and workload metrics over (score, label) pairs. A label above 0.5 is a
//! positive. Metrics that need both classes, or a row, are `None` without them.

use super::curves::Ranking;
use super::draw::Draws;

/// Chance that a positive scores above a negative, ties counting half (area under the ROC curve).
#[must_use]
pub fn roc_auc(scores: &[f64], labels: &[f32]) -> Option<f64> {
    let ranking = Ranking::new(scores, labels);
    let (positives, negatives) = (ranking.positives as f64, ranking.negatives() as f64);
    let (mut above, mut pairs) = (0.0, 0.0);
    for step in &ranking.steps {
        let negatives_here = (step.rows - step.positives) as f64;
        pairs += negatives_here * (above + 0.5 * step.positives as f64);
        above += step.positives as f64;
    }
    (positives > 0.0 && negatives > 0.0).then(|| pairs / (positives * negatives))
}

/// `Σ (recall_k − recall_{k−1}) · precision_k` over the distinct scores, highest first, as scikit-learn defines it.
#[must_use]
pub fn average_precision(scores: &[f64], labels: &[f32]) -> Option<f64> {
    let ranking = Ranking::new(scores, labels);
    let (mut caught, mut reviewed, mut sum) = (0.0, 0.0, 0.0);
    for step in &ranking.steps {
        caught += step.positives as f64;
        reviewed += step.rows as f64;
        sum += step.positives as f64 * caught / reviewed;
    }
    (ranking.positives > 0).then(|| sum / ranking.positives as f64)
}

/// Mean cross-entropy in nats; probabilities are kept at least `1e-15` away from 0 and 1.
#[must_use]
pub fn log_loss(probabilities: &[f64], labels: &[f32]) -> Option<f64> {
    mean(probabilities, labels, |p, label| {
        let p = p.clamp(1e-15, 1.0 - 1e-15);
        -(label * libm::log(p) + (1.0 - label) * libm::log1p(-p))
    })
}

/// Mean squared difference of probability and label.
#[must_use]
pub fn brier(probabilities: &[f64], labels: &[f32]) -> Option<f64> {
    mean(probabilities, labels, |p, label| (p - label) * (p - label))
}

/// Mean absolute difference of prediction and number.
#[must_use]
pub fn mae(predictions: &[f64], numbers: &[f32]) -> Option<f64> {
    mean(predictions, numbers, |x, y| (x - y).abs())
}

/// Root of the mean squared difference of prediction and number.
#[must_use]
pub fn rmse(predictions: &[f64], numbers: &[f32]) -> Option<f64> {
    mean(predictions, numbers, |x, y| (x - y) * (x - y)).map(f64::sqrt)
}

/// The share of the numbers' variance that the predictions explain; below 0 where their mean would do better. `None` when
/// all numbers are the same.
#[must_use]
pub fn r2(predictions: &[f64], numbers: &[f32]) -> Option<f64> {
    let middle = mean(predictions, numbers, |_, y| y)?;
    let spread = mean(predictions, numbers, |_, y| (y - middle) * (y - middle))?;
    let error = mean(predictions, numbers, |x, y| (x - y) * (x - y))?;
    (spread > 0.0).then(|| 1.0 - error / spread)
}

/// Pearson's correlation; `None` when either side is constant.
#[must_use]
pub fn correlation(scores: &[f64], numbers: &[f32]) -> Option<f64> {
    let (x0, y0) = (mean(scores, numbers, |x, _| x)?, mean(scores, numbers, |_, y| y)?);
    let (xx, yy) = (
        mean(scores, numbers, |x, _| (x - x0) * (x - x0))?,
        mean(scores, numbers, |_, y| (y - y0) * (y - y0))?,
    );
    let xy = mean(scores, numbers, |x, y| (x - x0) * (y - y0))?;
    (xx > 0.0 && yy > 0.0).then(|| xy / (xx * yy).sqrt())
}

fn mean(probabilities: &[f64], labels: &[f32], of: impl Fn(f64, f64) -> f64) -> Option<f64> {
    let sum: f64 = probabilities
        .iter()
        .zip(labels)
        .map(|(&p, &label)| of(p, f64::from(label)))
        .sum();
    let rows = probabilities.len().min(labels.len());
    (rows > 0).then(|| sum / rows as f64)
}

/// Expected calibration error over `bins` bins of equal mass: the mean over rows of their bin's
/// |mean probability − rate of positives|.
#[must_use]
pub fn ece(probabilities: &[f64], labels: &[f32], bins: usize) -> Option<f64> {
    let bins = super::curves::reliability(probabilities, labels, bins);
    let rows: usize = bins.iter().map(|bin| bin.rows).sum();
    let gap: f64 = bins
        .iter()
        .map(|bin| bin.rows as f64 * (bin.probability - bin.rate).abs())
        .sum();
    (rows > 0).then(|| gap / rows as f64)
}

/// Share of the positives among the `share` of rows that score highest; rows tied at the edge count in proportion.
#[must_use]
pub fn recall_at(scores: &[f64], labels: &[f32], share: f64) -> Option<f64> {
    let ranking = Ranking::new(scores, labels);
    (ranking.positives > 0).then(|| ranking.caught(share) / ranking.positives as f64)
}

/// Share of the rows that need no review when the highest scores are reviewed until `recall` of the positives is
/// reached; within tied scores positives are spread evenly.
#[must_use]
pub fn workload_saved_at(scores: &[f64], labels: &[f32], recall: f64) -> Option<f64> {
    let ranking = Ranking::new(scores, labels);
    if ranking.positives == 0 {
        return None;
    }
    let wanted = recall.clamp(0.0, 1.0) * ranking.positives as f64;
    let (mut caught, mut reviewed) = (0.0, 0.0);
    for step in &ranking.steps {
        let (positives, rows) = (step.positives as f64, step.rows as f64);
        if caught + positives >= wanted {
            if positives > 0.0 {
                reviewed += rows * (wanted - caught) / positives;
            }
            break;
        }
        caught += positives;
        reviewed += rows;
    }
    Some(1.0 - reviewed / ranking.rows as f64)
}

/// Rate of positives in the tenth of rows that score highest, over the rate in all rows.
#[must_use]
pub fn lift_top_decile(scores: &[f64], labels: &[f32]) -> Option<f64> {
    recall_at(scores, labels, 0.1).map(|recall| recall / 0.1)
}

/// A metric of (scores, labels) such as [`roc_auc`].
pub type Metric<'a> = dyn Fn(&[f64], &[f32]) -> Option<f64> + 'a;

/// The ends of an interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The central `level` (e.g. 0.95) interval of `metric` over `draws` bootstrap samples of the rows (percentile method,
/// Efron 1979). Samples in which the metric is `None` are left out; `None` if all are.
#[must_use]
pub fn bootstrap_interval(
    metric: &Metric,
    scores: &[f64],
    labels: &[f32],
    draws: usize,
    level: f64,
    seed: u64,
) -> Option<Interval> {
    let rows = scores.len().min(labels.len());
    if rows == 0 {
        return None;
    }
    let sample = |draw: usize| {
        let stream = Draws::new(seed).stream(draw as u64);
        let picked = (0..rows).map(|k| stream.below(k as u64, rows));
        let (scores, labels): (Vec<f64>, Vec<f32>) = picked.map(|row| (scores[row], labels[row])).unzip();
        metric(&scores, &labels)
    };
    let mut values: Vec<f64> = (0..draws).filter_map(sample).collect();
    values.sort_unstable_by(f64::total_cmp);
    let tail = (1.0 - level.clamp(0.0, 1.0)) / 2.0;
    Some(Interval {
        low: quantile(&values, tail)?,
        high: quantile(&values, 1.0 - tail)?,
    })
}

/// The `share` quantile of ascending values, linear between neighbours.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub(super) fn quantile(ascending: &[f64], share: f64) -> Option<f64> {
    let place = share * (ascending.len().checked_sub(1)?) as f64;
    let low = ascending.get(place.floor() as usize)?;
    let high = ascending.get(place.ceil() as usize)?;
    Some(low + (high - low) * place.fract())
}

/// Wilson's 95 % interval of a rate, within 0 and 1.
#[must_use]
#[allow(clippy::cast_precision_loss)]
pub fn wilson(positives: usize, n: usize) -> (f64, f64) {
    const Z: f64 = 1.959_964;
    if n == 0 {
        return (0.0, 1.0);
    }
    let (n, p) = (n as f64, positives as f64 / n as f64);
    let middle = (p + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
    let margin = Z / (1.0 + Z * Z / n) * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    ((middle - margin).max(0.0), (middle + margin).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCORES: [f64; 8] = [0.9, 0.8, 0.8, 0.7, 0.4, 0.4, 0.4, 0.1];
    const LABELS: [f32; 8] = [1.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0];

    fn close(found: Option<f64>, expected: f64) {
        let found = found.unwrap();
        assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
    }

    #[test]
    fn wilson_holds_the_rate_and_narrows_with_more_examples() {
        let (low, high) = wilson(30, 100);
        assert!(low < 0.3 && high > 0.3 && low > 0.2 && high < 0.4);
        let (lower, higher) = wilson(300, 1000);
        assert!(lower > low && higher < high);
        assert_eq!(wilson(0, 0), (0.0, 1.0));
        for n in 1..200 {
            assert!(wilson(0, n).0.is_sign_positive() && wilson(0, n).0 < 1e-12, "{n}");
            assert!(wilson(n, n).1 <= 1.0, "{n}");
        }
    }

    #[test]
    fn auc_counts_a_tie_as_half_a_win() {
        // 0.9 beats 5; 0.8 ties 1 and beats 4; 0.4 ties 2 and beats 1: 5 + 4.5 + 2 of 15.
        close(roc_auc(&SCORES, &LABELS), 11.5 / 15.0);
        close(roc_auc(&[1.0, 1.0, 1.0], &[1.0, 0.0, 0.0]), 0.5);
        assert_eq!(roc_auc(&[0.3, 0.4], &[1.0, 1.0]), None);
    }

    #[test]
    fn average_precision_steps_over_tied_scores_at_once() {
        // After 0.9: 1/1; after both 0.8: 2/3; after the three 0.4: 3/7.
        close(average_precision(&SCORES, &LABELS), (1.0 + 2.0 / 3.0 + 3.0 / 7.0) / 3.0);
        assert_eq!(average_precision(&[0.3], &[0.0]), None);
    }

    #[test]
    fn log_loss_and_brier_of_known_probabilities() {
        close(log_loss(&[0.5, 0.25], &[1.0, 0.0]), (2f64.ln() - 0.75f64.ln()) / 2.0);
        close(brier(&[0.5, 0.25], &[1.0, 0.0]), (0.25 + 0.0625) / 2.0);
        assert!(log_loss(&[0.0], &[1.0]).unwrap().is_finite());
        assert_eq!(brier(&[], &[]), None);
    }

    #[test]
    fn ece_is_zero_when_each_bin_keeps_its_promise() {
        close(ece(&[0.25, 0.25, 0.25, 0.25], &[0.0, 1.0, 0.0, 0.0], 2), 0.0);
        close(ece(&[0.1, 0.1, 0.9, 0.9], &[0.0, 0.0, 1.0, 1.0], 2), 0.1);
    }

    #[test]
    fn reviewing_a_share_catches_the_positives_ranked_first() {
        close(recall_at(&SCORES, &LABELS, 0.125), 1.0 / 3.0);
        close(recall_at(&SCORES, &LABELS, 0.25), 1.5 / 3.0);
        close(recall_at(&SCORES, &LABELS, 1.0), 1.0);
        close(workload_saved_at(&SCORES, &LABELS, 1.0), 1.0 / 8.0);
        close(workload_saved_at(&SCORES, &LABELS, 1.0 / 3.0), 7.0 / 8.0);
        close(lift_top_decile(&SCORES, &LABELS), 0.8 / 3.0 * 10.0);
    }

    #[test]
    fn a_bootstrap_interval_holds_the_value_and_narrows_with_rows() {
        let draws = Draws::new(1);
        let make = |rows: u64| -> (Vec<f64>, Vec<f32>) {
            (0..rows)
                .map(|k| (draws.uniform(k), f32::from(draws.uniform(k + rows) < draws.uniform(k))))
                .unzip()
        };
        let width = |rows| {
            let (scores, labels) = make(rows);
            let interval = bootstrap_interval(&roc_auc, &scores, &labels, 200, 0.95, 9).unwrap();
            let value = roc_auc(&scores, &labels).unwrap();
            assert!(interval.low < value && value < interval.high);
            assert_eq!(
                Some(interval),
                bootstrap_interval(&roc_auc, &scores, &labels, 200, 0.95, 9)
            );
            interval.high - interval.low
        };
        assert!(width(4_000) < 0.7 * width(400));
    }
}
