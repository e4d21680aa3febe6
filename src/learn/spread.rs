//! How far a score may be off. Of a probability: the standard error of its log-odds. Two models of the same recipe, each
//! fitted on another half of the earlier examples, differ on later ones by four variances of the whole one (half-sample
//! jackknife: Shao & Wu 1989, "A general theory for jackknife variance estimation"). What both get wrong alike, such as what
//! neither has seen enough of to learn, is not in that difference; the learning curve tells it: from how much better the
//! whole does than its halves follows how far it is from where more examples would lead, errors falling as the square root
//! of their number (Cortes et al. 1993, "Learning curves: asymptotic values and rate of convergence"). The larger of the two
//! sets the scale. Of a number: by how much the halves' mean misses it, which a conformal quantile sets right (Lei et al.
//! 2018, "Distribution-free predictive inference for regression"). How large that is for whom, a small forest learns from
//! these distances (a variance model: Nix & Weigend 1994).

use serde::{Deserialize, Serialize};

use super::boost::boost;
use super::draw::Draws;
use super::error::LearnError;
use super::fit::Fitted;
use super::forest::Forest;
use super::loss::sigmoid;
use super::objective::Objective;
use super::options::BoostOptions;
use super::train::{Progress, Training};
use crate::parallel::split;

/// The share of cases that an interval is meant to hold.
pub const LEVEL: f64 = 0.9;
/// Half the width of that interval of a normal law, in standard errors.
const Z: f64 = 1.645;
/// What no column tells cannot be learnt from answers that are only yes or no: each was asked about once. Where the true
/// probabilities are known, on the synthetic helpdesk, they lie so many times as far off as the model's own error, and the
/// interval is widened by it. A rule of thumb: it would have had to be 1.4 to 2.8 on six helpdesks of seeds 11, 12 and 13,
/// with 6,000 and with 20,000 tickets; on four others of seeds 21 and 22 intervals then held 94 to 98 %, and on one of 60,000
/// tickets 89 % (`examples/coverage.rs`).
const UNTOLD: f64 = 2.0;
/// Later examples that a spread needs.
const LEAST: usize = 60;
/// Later examples it looks at, at most.
const MOST: usize = 8_000;
/// The smallest and largest half width on the log-odds: below nobody sees it, above nothing is said.
const WIDTHS: (f64, f64) = (0.02, 6.0);

/// Half the width of a score's interval, as a function of its features.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// The logarithm of the typical distance, over the model's features.
    pub forest: Forest,
    /// Times this, the interval holds [`LEVEL`] of the cases.
    pub factor: f64,
}

impl Spread {
    /// Half the interval's width for a feature row: on the log-odds, or in the number's unit.
    #[must_use]
    pub fn half_width(&self, row: &[f32]) -> f64 {
        libm::exp(self.forest.raw(row)) * self.factor
    }

    /// The interval around a calibrated score: probabilities, or numbers.
    #[must_use]
    pub fn interval(&self, objective: Objective, score: f64, row: &[f32]) -> [f64; 2] {
        let half = self.half_width(row);
        match objective {
            Objective::YesNo => {
                let half = half.clamp(WIDTHS.0, WIDTHS.1);
                [sigmoid(score - half), sigmoid(score + half)]
            }
            Objective::Number => [score - half, score + half],
        }
    }
}

impl Training {
    /// Learns how far scores of a fit may be off; over the features that its model keeps. `None` where there is too little to learn it from.
    ///
    /// # Errors
    /// When boosting fails.
    pub fn spread(&self, fitted: &Fitted, progress: &mut dyn Progress) -> Result<Option<Spread>, LearnError> {
        let begin = self.split();
        let later: Vec<usize> = (begin.max(self.inside.saturating_sub(MOST))..self.inside).collect();
        let earlier = self.earlier(begin, self.inside);
        if later.len() < LEAST || earlier.len() < LEAST {
            return Ok(None);
        }
        let draws = Draws::new(fitted.seed).stream(0x5A11);
        // Whole entities, so that no half knows of the other's through another age.
        let half_of = |row: usize| draws.uniform(u64::from(self.rows[row].asker.row.0)) < 0.5;
        let halves: [Vec<usize>; 2] = [true, false].map(|side| {
            let half = earlier.iter().copied().filter(|&row| half_of(row) == side);
            half.collect()
        });
        let too_little =
            |half: &Vec<usize>| half.len() < LEAST / 2 || self.objective.check(&self.labels_of(half)).is_err();
        if halves.iter().any(too_little) {
            return Ok(None);
        }
        let of_half = |half: usize, threads: usize, told: &mut dyn FnMut(usize, usize)| {
            self.raw_scores(fitted, &halves[half], &later, threads, told)
        };
        let told = &mut |done, total| progress.stage("how far scores may be off", done, total);
        let raw = split(halves.len(), fitted.threads, &of_half, told);
        let raw = raw.into_iter().collect::<Result<Vec<Vec<f64>>, LearnError>>()?;
        let distances: Vec<f64> = (0..later.len())
            .map(|k| {
                let (a, b) = (raw[0][k], raw[1][k]);
                match self.objective {
                    Objective::YesNo => fitted.platt.slope * (a - b).abs() / 2.0,
                    Objective::Number => (fitted.platt.apply((a + b) / 2.0) - f64::from(self.labels[later[k]])).abs(),
                }
            })
            .collect();
        let matrix = self
            .seen(&fitted.columns, &fitted.encodings, &later)
            .select_columns(&fitted.used());
        let (learnt, kept): (Vec<usize>, Vec<usize>) = (0..later.len()).partition(|k| k % 2 == 0);
        let floor = 0.05 * distances.iter().sum::<f64>() / distances.len() as f64;
        if floor <= 0.0 || !floor.is_finite() {
            return Ok(None);
        }
        let targets: Vec<f32> = learnt.iter().map(|&k| libm::log(distances[k] + floor) as f32).collect();
        let options = BoostOptions {
            iterations: if learnt.len() < 500 { 15 } else { 40 },
            depth: 3,
            learning_rate: Some(0.15),
            l2: 10.0,
            max_bins: 32,
            loss: super::loss::Loss::SquaredError,
            patience: None,
            seed: fitted.seed,
            ..BoostOptions::default()
        };
        let trained = boost(
            &matrix.select_rows(&learnt),
            &targets,
            None,
            None,
            &options,
            &mut |_, _| {},
        )?;
        let mut forest = trained.forest;
        forest.round_to_single();
        let expected = forest.raw_all(&matrix);
        let relative = |&k: &usize| distances[k] / libm::exp(expected[k]);
        let factor = match self.objective {
            // Differences of two normal errors: their root mean square is the standard error.
            Objective::YesNo => {
                let squares: f64 = kept.iter().map(relative).map(|d| d * d).sum();
                let apart = (squares / kept.len().max(1) as f64).sqrt();
                let whole = &fitted.held_out[fitted.held_out.len().saturating_sub(later.len())..];
                let shared = self.left_to_learn(&raw, whole, &later)?;
                // On average over later examples, in units of the learnt scale.
                let scale: f64 = expected.iter().map(|e| libm::exp(2.0 * e)).sum::<f64>() / expected.len() as f64;
                UNTOLD * Z * apart.max(shared / scale.sqrt())
            }
            Objective::Number => {
                let mut sorted: Vec<f64> = kept.iter().map(relative).collect();
                sorted.sort_by(f64::total_cmp);
                // The conformal rank, which counts the case itself.
                let rank = ((sorted.len() + 1) as f64 * LEVEL).ceil() as usize;
                sorted[rank.clamp(1, sorted.len()) - 1]
            }
        };
        Ok(factor.is_finite().then_some(Spread { forest, factor }))
    }

    /// The raw scores of `later` rows by a model of the fit's recipes on `rows` alone.
    fn raw_scores(
        &self,
        fitted: &Fitted,
        rows: &[usize],
        later: &[usize],
        threads: usize,
        told: &mut dyn FnMut(usize, usize),
    ) -> Result<Vec<f64>, LearnError> {
        // As long as these rows ask for, as the whole that they are compared with was.
        let learnt = self.average(&fitted.parts, rows, Some(later), threads, told)?;
        let seen = self.seen(&learnt.columns, &learnt.encodings, later);
        Ok(learnt.forest.raw_all(&seen))
    }

    /// How far log-odds typically are from where ever more examples would lead: the excess of log-loss that the learning
    /// curve still has to lose is half the mean of `p (1 − p)` times its square.
    fn left_to_learn(&self, halves: &[Vec<f64>], whole: &[f64], later: &[usize]) -> Result<f64, LearnError> {
        let labels = self.labels_of(later);
        let judged = |raw: &[f64]| -> Result<(f64, f64), LearnError> {
            let platt = self.objective.calibrate(raw, &labels)?;
            let answers: Vec<f64> = raw.iter().map(|&r| platt.probability(r)).collect();
            let noise = answers.iter().map(|p| p * (1.0 - p)).sum::<f64>() / answers.len().max(1) as f64;
            Ok((self.objective.held_out_loss(&answers, &labels), noise))
        };
        let mut of_halves = 0.0;
        for half in halves {
            of_halves += judged(half)?.0 / halves.len() as f64;
        }
        let (of_whole, noise) = judged(whole)?;
        // Errors fall as n^(−1/2), so halves have √2 times the excess of the whole.
        let excess = (of_halves - of_whole).max(0.0) / (std::f64::consts::SQRT_2 - 1.0);
        Ok((2.0 * excess / noise.max(1e-6)).sqrt())
    }
}
