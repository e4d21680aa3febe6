//! Curves over ranked scores, as points to draw: ROC, precision–recall, recall against workload, reliability.

use serde::Serialize;

/// Rows of one score.
pub(crate) struct Step {
    pub rows: usize,
    pub positives: usize,
    pub score: f64,
}

/// Rows grouped by score, highest first.
pub(crate) struct Ranking {
    pub steps: Vec<Step>,
    pub rows: usize,
    pub positives: usize,
}

impl Ranking {
    pub(crate) fn new(scores: &[f64], labels: &[f32]) -> Self {
        let mut rows: Vec<(f64, bool)> = scores
            .iter()
            .zip(labels)
            .map(|(&s, &label)| (s + 0.0, label > 0.5))
            .collect();
        rows.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
        let mut steps: Vec<Step> = Vec::new();
        for &(score, positive) in &rows {
            match steps.last_mut() {
                Some(step) if step.score.total_cmp(&score).is_eq() => {
                    step.rows += 1;
                    step.positives += usize::from(positive);
                }
                _ => steps.push(Step {
                    rows: 1,
                    positives: usize::from(positive),
                    score,
                }),
            }
        }
        let positives = steps.iter().map(|step| step.positives).sum();
        Self {
            steps,
            rows: rows.len(),
            positives,
        }
    }

    pub(crate) fn negatives(&self) -> usize {
        self.rows - self.positives
    }

    /// Positives expected among the `share` of rows that score highest.
    pub(crate) fn caught(&self, share: f64) -> f64 {
        let mut left = share.clamp(0.0, 1.0) * self.rows as f64;
        let mut caught = 0.0;
        for step in &self.steps {
            let taken = left.min(step.rows as f64);
            caught += step.positives as f64 * taken / step.rows as f64;
            left -= taken;
        }
        caught
    }
}

/// A point of a curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Across.
    pub x: f64,
    /// Up.
    pub y: f64,
}

/// False-positive rate against true-positive rate, from (0, 0) to (1, 1); empty unless both classes are there.
#[must_use]
pub fn roc(scores: &[f64], labels: &[f32]) -> Vec<Point> {
    let ranking = Ranking::new(scores, labels);
    if ranking.positives == 0 || ranking.negatives() == 0 {
        return Vec::new();
    }
    let (positives, negatives) = (ranking.positives as f64, ranking.negatives() as f64);
    let mut points = vec![Point { x: 0.0, y: 0.0 }];
    points.extend(running(&ranking).map(|(rows, caught)| Point {
        x: (rows - caught) / negatives,
        y: caught / positives,
    }));
    points
}

/// Recall against precision, one point per distinct score, highest first; empty without positives.
#[must_use]
pub fn precision_recall(scores: &[f64], labels: &[f32]) -> Vec<Point> {
    let ranking = Ranking::new(scores, labels);
    if ranking.positives == 0 {
        return Vec::new();
    }
    let positives = ranking.positives as f64;
    running(&ranking)
        .map(|(rows, caught)| Point {
            x: caught / positives,
            y: caught / rows,
        })
        .collect()
}

/// Share of rows reviewed against share of positives caught, from (0, 0) to (1, 1); empty without positives.
#[must_use]
pub fn recall_by_workload(scores: &[f64], labels: &[f32]) -> Vec<Point> {
    let ranking = Ranking::new(scores, labels);
    if ranking.positives == 0 {
        return Vec::new();
    }
    let (all, positives) = (ranking.rows as f64, ranking.positives as f64);
    let mut points = vec![Point { x: 0.0, y: 0.0 }];
    points.extend(running(&ranking).map(|(rows, caught)| Point {
        x: rows / all,
        y: caught / positives,
    }));
    points
}

/// (rows, positives) at or above each distinct score.
fn running(ranking: &Ranking) -> impl Iterator<Item = (f64, f64)> + '_ {
    ranking.steps.iter().scan((0.0, 0.0), |sum, step| {
        sum.0 += step.rows as f64;
        sum.1 += step.positives as f64;
        Some(*sum)
    })
}

/// One bin of a reliability curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ReliabilityBin {
    /// Mean predicted probability.
    pub probability: f64,
    /// Rate of positives.
    pub rate: f64,
    /// Rows.
    pub rows: usize,
}

/// Predicted against observed in at most `bins` bins of equal mass, lowest probabilities first. Equal probabilities are
/// never parted, so bins may hold a few rows more.
#[must_use]
pub fn reliability(probabilities: &[f64], labels: &[f32], bins: usize) -> Vec<ReliabilityBin> {
    let ranking = Ranking::new(probabilities, labels);
    let size = ranking.rows as f64 / bins.max(1) as f64;
    let mut found = Vec::new();
    let (mut rows, mut positives, mut sum, mut before) = (0, 0, 0.0, 0usize);
    for step in ranking.steps.iter().rev() {
        rows += step.rows;
        positives += step.positives;
        sum += step.rows as f64 * step.score;
        let seen = before + rows;
        if seen == ranking.rows || seen as f64 >= size * (found.len() + 1) as f64 {
            let count = rows as f64;
            found.push(ReliabilityBin {
                probability: sum / count,
                rate: positives as f64 / count,
                rows,
            });
            (rows, positives, sum, before) = (0, 0, 0.0, seen);
        }
    }
    found
}

/// What a report or a page draws of one approach.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Curves {
    /// Share of positives caught when 0, 1, … 100 % of the rows are reviewed, those that score highest first; equal scores in
    /// no order. Empty without positives.
    pub recall_by_workload: Vec<f64>,
    /// Predicted against observed.
    pub reliability: Vec<ReliabilityBin>,
}

impl Curves {
    /// The curves of probabilities whose outcomes are known.
    #[must_use]
    pub fn of(probabilities: &[f64], labels: &[f32]) -> Self {
        const BINS: usize = 10;
        let ranking = Ranking::new(probabilities, labels);
        let shares = (0..=100).filter(|_| ranking.positives > 0);
        Self {
            recall_by_workload: shares
                .map(|percent| ranking.caught(f64::from(percent) / 100.0) / ranking.positives as f64)
                .collect(),
            reliability: reliability(probabilities, labels, BINS),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reviewing_everything_catches_everything_and_equal_scores_are_in_no_order() {
        let labels = [1.0, 0.0, 1.0, 0.0];
        let blind = Curves::of(&[0.5; 4], &labels).recall_by_workload;
        assert_eq!((blind[0], blind[50], blind[100]), (0.0, 0.5, 1.0));
        let sharp = Curves::of(&[0.9, 0.1, 0.8, 0.2], &labels).recall_by_workload;
        assert_eq!((sharp[25], sharp[50], sharp[100]), (0.5, 1.0, 1.0));
        assert!(Curves::of(&[0.5], &[0.0]).recall_by_workload.is_empty());
    }

    #[test]
    fn the_area_under_the_drawn_roc_is_the_auc() {
        let scores = [0.9, 0.8, 0.8, 0.7, 0.4, 0.4, 0.4, 0.1];
        let labels = [1.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0];
        let area: f64 = roc(&scores, &labels)
            .windows(2)
            .map(|p| (p[1].x - p[0].x) * (p[0].y + p[1].y) / 2.0)
            .sum();
        assert!((area - crate::learn::metrics::roc_auc(&scores, &labels).unwrap()).abs() < 1e-12);
        assert_eq!(
            recall_by_workload(&scores, &labels).last(),
            Some(&Point { x: 1.0, y: 1.0 })
        );
        assert_eq!(
            precision_recall(&scores, &labels)[1],
            Point {
                x: 2.0 / 3.0,
                y: 2.0 / 3.0
            }
        );
    }

    #[test]
    fn reliability_bins_hold_equal_shares_of_the_rows() {
        let probabilities: Vec<f64> = (0..100).map(|k| f64::from(k) / 100.0).collect();
        let labels: Vec<f32> = (0..100u8).map(|k| f32::from(k >= 50)).collect();
        let bins = reliability(&probabilities, &labels, 10);
        assert_eq!(bins.len(), 10);
        assert!(bins.iter().all(|bin| bin.rows == 10));
        assert!((bins[0].probability - 0.045).abs() < 1e-12);
        assert_eq!((bins[4].rate, bins[5].rate), (0.0, 1.0));
        assert_eq!(reliability(&[0.2; 7], &[0.0; 7], 3).len(), 1);
        assert!(reliability(&[], &[], 3).is_empty());
    }
}
