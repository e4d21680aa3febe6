//! What a model answers with, a probability or a number, and everything that follows from that: the loss, the calibration,
//! when there is enough to learn from, and the figures by which answers are judged.

use serde::{Deserialize, Serialize};

use super::calibrate::Platt;
use super::error::LearnError;
use super::loss::{Loss, logit, sigmoid};
use super::metrics;
use crate::query::TaskKind;

/// What a model answers with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Objective {
    /// The probability of a yes; raw scores are log-odds.
    #[serde(rename = "binary")]
    YesNo,
    /// A number; raw scores are the number itself.
    #[serde(rename = "regression")]
    Number,
}

/// Fewer examples, or fewer of either answer, are not enough to learn from.
const LEAST: usize = 10;

impl Objective {
    /// The objective of a question.
    ///
    /// # Errors
    /// [`LearnError::NotTrainedYet`] for questions that no model is trained for.
    pub fn of(kind: TaskKind) -> Result<Self, LearnError> {
        match kind {
            TaskKind::Binary => Ok(Self::YesNo),
            TaskKind::Regression => Ok(Self::Number),
            _ => Err(LearnError::NotTrainedYet(kind.word())),
        }
    }

    /// What boosting minimises.
    #[must_use]
    pub const fn loss(self) -> Loss {
        match self {
            Self::YesNo => Loss::Logloss,
            Self::Number => Loss::SquaredError,
        }
    }

    /// The affine map of raw scores of held-out rows to their labels: Platt scaling for a yes or no, least squares for a
    /// number.
    ///
    /// # Errors
    /// No rows, or sizes that do not match.
    pub fn calibrate(self, raw: &[f64], labels: &[f32]) -> Result<Platt, LearnError> {
        match self {
            Self::YesNo => Platt::fit(raw, labels, None),
            Self::Number => Platt::least_squares(raw, labels),
        }
    }

    /// The answer that a calibrated score stands for: a probability, or the number itself.
    #[must_use]
    pub fn answer(self, calibrated: f64) -> f64 {
        match self {
            Self::YesNo => sigmoid(calibrated),
            Self::Number => calibrated,
        }
    }

    /// The score that stands for an answer, away from certainty: the opposite of [`Objective::answer`].
    #[must_use]
    pub fn score_of(self, answer: f64) -> f64 {
        match self {
            Self::YesNo => logit(answer.clamp(1e-4, 1.0 - 1e-4)),
            Self::Number => answer,
        }
    }

    /// A calibration moved so that the mean answer to `raw` is the mean of `labels`; its slope stays.
    #[must_use]
    pub fn centred(self, platt: Platt, raw: &[f64], labels: &[f32]) -> Platt {
        let wanted = mean(labels);
        #[allow(clippy::cast_precision_loss)]
        let n = raw.len().max(1) as f64;
        let answered = |intercept: f64| {
            let moved = Platt { intercept, ..platt };
            raw.iter().map(|&r| self.answer(moved.apply(r))).sum::<f64>() / n
        };
        if raw.is_empty() {
            return platt;
        }
        match self {
            Self::Number => Platt {
                intercept: platt.intercept + wanted - answered(platt.intercept),
                ..platt
            },
            Self::YesNo if wanted <= 0.0 || wanted >= 1.0 => platt,
            Self::YesNo => {
                let (mut low, mut high) = (platt.intercept - 10.0, platt.intercept + 10.0);
                for _ in 0..60 {
                    let middle = f64::midpoint(low, high);
                    if answered(middle) < wanted {
                        low = middle;
                    } else {
                        high = middle;
                    }
                }
                Platt {
                    intercept: f64::midpoint(low, high),
                    ..platt
                }
            }
        }
    }

    /// Refuses labels that nothing can be learnt from.
    ///
    /// # Errors
    /// Too few examples, of either answer for a yes or no; or one number throughout.
    pub fn check(self, labels: &[f32]) -> Result<(), LearnError> {
        let examples = labels.len();
        match self {
            Self::YesNo => {
                let positives = labels.iter().filter(|l| **l > 0.5).count();
                if positives < LEAST || examples - positives < LEAST {
                    return Err(LearnError::TooFew {
                        examples,
                        positives,
                        least: LEAST,
                    });
                }
            }
            Self::Number => {
                let least = 2 * LEAST;
                if examples < least {
                    return Err(LearnError::TooFewNumbers { examples, least });
                }
                if let Some(&value) = labels.first().filter(|first| labels.iter().all(|l| l == *first)) {
                    return Err(LearnError::OneNumber { examples, value });
                }
            }
        }
        Ok(())
    }

    /// Labels in `[0, 1]` for a model of words: the answer itself, or whether the number is above the median of those given.
    #[must_use]
    pub fn as_classes(self, labels: &[f32]) -> Vec<f32> {
        match self {
            Self::YesNo => labels.to_vec(),
            Self::Number => {
                let mut sorted = labels.to_vec();
                sorted.sort_by(f32::total_cmp);
                let median = sorted.get(sorted.len().saturating_sub(1) / 2).copied().unwrap_or(0.0);
                labels.iter().map(|&l| f32::from(u8::from(l > median))).collect()
            }
        }
    }

    /// What decides between models on held-out rows: log-loss, or the mean squared error.
    #[must_use]
    pub fn held_out_loss(self, answers: &[f64], labels: &[f32]) -> f64 {
        let loss = match self {
            Self::YesNo => metrics::log_loss(answers, labels),
            Self::Number => metrics::rmse(answers, labels).map(|e| e * e),
        };
        loss.unwrap_or(f64::INFINITY)
    }

    /// How well one column alone orders the labels, the higher the better: the area under the ROC curve, or the squared
    /// correlation.
    #[must_use]
    pub fn telling(self, column: &[f64], labels: &[f32]) -> f64 {
        match self {
            Self::YesNo => metrics::roc_auc(column, labels).unwrap_or(0.5),
            Self::Number => metrics::correlation(column, labels).map_or(0.0, |r| r * r),
        }
    }

    /// The figures reported of held-out answers, by name; those that are not defined for these labels are left out.
    #[must_use]
    pub fn figures(self, answers: &[f64], labels: &[f32]) -> Vec<(String, f64)> {
        let all: Vec<(&str, Option<f64>)> = match self {
            Self::YesNo => vec![
                ("roc_auc", metrics::roc_auc(answers, labels)),
                ("average_precision", metrics::average_precision(answers, labels)),
                ("log_loss", metrics::log_loss(answers, labels)),
                ("brier", metrics::brier(answers, labels)),
                ("ece", metrics::ece(answers, labels, 10)),
                ("recall_at_10", metrics::recall_at(answers, labels, 0.1)),
                ("recall_at_20", metrics::recall_at(answers, labels, 0.2)),
                ("workload_saved_at_80", metrics::workload_saved_at(answers, labels, 0.8)),
                (
                    "workload_saved_at_87",
                    metrics::workload_saved_at(answers, labels, 0.87),
                ),
                ("lift_top_decile", metrics::lift_top_decile(answers, labels)),
            ],
            Self::Number => vec![
                ("mae", metrics::mae(answers, labels)),
                ("rmse", metrics::rmse(answers, labels)),
                ("r2", metrics::r2(answers, labels)),
            ],
        };
        all.into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)))
            .collect()
    }
}

/// The mean label; 0 for none.
#[must_use]
pub fn mean(labels: &[f32]) -> f64 {
    #[allow(clippy::cast_precision_loss)]
    let n = labels.len().max(1) as f64;
    labels.iter().map(|&l| f64::from(l)).sum::<f64>() / n
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_without_a_model_are_refused_in_one_line() {
        for kind in [
            TaskKind::Multiclass,
            TaskKind::Multilabel,
            TaskKind::Ranking { top: Some(3) },
            TaskKind::Forecast { frames: 4 },
        ] {
            let refusal = Objective::of(kind).unwrap_err().to_string();
            assert_eq!(refusal.lines().count(), 1);
            assert!(refusal.contains("not trained yet"), "{refusal}");
        }
    }

    #[test]
    fn numbers_need_twenty_examples_that_differ() {
        let check = |labels: &[f32]| Objective::Number.check(labels);
        assert!(matches!(
            check(&[1.0; 19]),
            Err(LearnError::TooFewNumbers { examples: 19, .. })
        ));
        assert!(matches!(
            check(&[4.0; 30]),
            Err(LearnError::OneNumber { examples: 30, .. })
        ));
        let rising: Vec<f32> = (0..20u8).map(f32::from).collect();
        assert!(check(&rising).is_ok());
    }

    #[test]
    fn half_of_the_numbers_are_above_their_median() {
        let classes = Objective::Number.as_classes(&[5.0, 900.0, 1.0, 7.0]);
        assert_eq!(classes, [0.0, 1.0, 0.0, 1.0]);
        assert_eq!(Objective::YesNo.as_classes(&[1.0, 0.0]), [1.0, 0.0]);
    }
}
