//! The approaches compared: what each knows of a ticket, trained on the same examples before the cut and judged on the same
//! examples after it.

use std::cmp::Ordering;

use serde::Serialize;

use super::bootstrap::{Intervals, Lead, Ranking, Resamples};
use super::curves::Curves;
use super::error::LearnError;
use super::example::{Example, Examples, matrix};
use super::fit::Fitted;
use super::lead::{Events, LeadTime};
use super::leaks::{Leak, leaks, snapshots};
use super::matrix::Matrix;
use super::objective::{Objective, mean};
use super::residuals::{Residuals, latest_answered};
use super::train::{Model, Progress, TrainOptions, Training, evenly};
use super::wording::text_scores;
use crate::data::{Database, Timestamp};
use crate::query::Task;
use crate::relate::feature::{Feature, Reading};
use crate::relate::view::{Asker, Relations};

/// One approach's figures on the examples after the cut.
#[derive(Clone, Debug, Serialize)]
pub struct Approach {
    /// constant, priority, text, `category_rate`, `entity_rate`, `own_columns` or relational.
    pub name: String,
    /// What it looked at, or why it could look at nothing.
    pub note: String,
    /// `roc_auc`, `average_precision`, `log_loss` and more, by name; of numbers `mae`, `rmse` and `r2`.
    #[serde(flatten)]
    pub figures: std::collections::BTreeMap<String, f64>,
    /// 95 % bootstrap intervals; none of numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intervals: Option<Intervals>,
    /// How long before the event its warnings were there, where the event has a moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lead_time: Option<LeadTime>,
    /// To draw; none of numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub curves: Option<Curves>,
    /// The answers to the tested examples: probabilities, or numbers.
    #[serde(skip)]
    pub answers: Vec<f64>,
}

/// How far the relational approach is ahead of the best of the others, by either figure.
#[derive(Clone, Debug, Serialize)]
pub struct Ahead {
    /// By the area under the ROC curve.
    pub roc_auc: Lead,
    /// By the average precision.
    pub average_precision: Lead,
}

/// The comparison.
#[derive(Clone, Debug, Serialize)]
pub struct Evaluation {
    /// The query.
    pub query: String,
    /// `binary` or `regression`.
    pub kind: Objective,
    /// RFC 3339; labels settled by then are trained on, questions asked from then on are tested.
    pub cut: String,
    /// Examples trained on.
    pub train_examples: usize,
    /// The share of yes among them, or their mean number.
    pub train_mean: f64,
    /// Examples tested on.
    pub test_examples: usize,
    /// The share of yes among them, or their mean number.
    pub test_mean: f64,
    /// In the order constant to relational.
    pub approaches: Vec<Approach>,
    /// How far the relational approach is ahead, paired; none of numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ahead: Option<Ahead>,
    /// The features that the relational model looks at.
    pub features: Vec<String>,
    /// What may tell the answer because it was written after it.
    pub leaks: Vec<Leak>,
    /// What was excluded.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub excluded: Vec<String>,
}

/// What evaluation gives besides its figures: for whoever wants to look closer.
pub struct Judged {
    /// The figures.
    pub evaluation: Evaluation,
    /// The relational model.
    pub model: Model,
    /// The tested examples.
    pub test: Vec<Example>,
    /// The relational answers to the tested examples: probabilities, or numbers.
    pub answers: Vec<f64>,
}

/// Trains every approach on what was settled by `cut` and judges it on the questions asked from `cut` on.
///
/// # Errors
/// As [`super::train::train`]; also when no tested example is settled, or all have one answer.
pub fn evaluate(
    database: &Database,
    task: &Task,
    cut: Timestamp,
    options: &TrainOptions,
    progress: &mut dyn Progress,
) -> Result<Judged, LearnError> {
    let latest = database.latest().unwrap_or(cut);
    let everything = Examples::gather(database, task, latest, &options.ages)?;
    let objective = Objective::of(task.kind)?;
    let answered = everything.settled_by(latest).into_iter();
    let (earlier, later): (Vec<Example>, Vec<Example>) = answered.partition(|e| e.asker.anchor < cut);
    let test = evenly(later, options, progress);
    // What was asked before the cut and answered after it.
    let between = latest_answered(earlier.into_iter().filter(|e| e.closed_at > cut).collect());
    let labels: Vec<f32> = test.iter().map(|e| e.label).collect();
    check_test(objective, cut, &labels)?;
    let before = database.upto(cut);
    let data = Training::gather(&before, task, cut, options, progress)?;
    drop(before);
    let entity = task.entity;
    let relations = Relations::build(
        database,
        entity,
        data.set.clone(),
        &everything.history,
        &mut |done, total| {
            progress.stage("linking tables for the test", done, total);
        },
    );
    let known = (everything.all.as_slice(), latest);
    let alike = data.alike.as_ref().map(|alike| alike.over(database, entity, known));
    let askers: Vec<Asker> = test.iter().map(|e| e.asker).collect();
    let mut rows_of = |askers: &[Asker]| -> Result<Matrix, LearnError> {
        let mut rows = matrix(database, &relations, askers, &mut |done, total| {
            progress.stage("computing test features", done, total)
        })?;
        if let (Some(model), Some((place, columns))) = (&data.text, data.set.text()) {
            rows.replace_column(place, text_scores(model, database, entity, columns, askers))?;
        }
        if let (Some(alike), Some(place)) = (&alike, data.alike_column()) {
            rows.replace_column(place, alike.values(database, entity, askers))?;
        }
        Ok(rows)
    };
    let rows = rows_of(&askers)?;
    let askers_between: Vec<Asker> = between.iter().map(|e| e.asker).collect();
    let rows_between = rows_of(&askers_between)?;
    drop(relations);

    let compare = Comparison {
        database,
        task,
        data: &data,
        test: &rows,
        labels: &labels,
    };
    let mut approaches = vec![
        compare.constant()?,
        compare.priority()?,
        compare.text(&askers, progress)?,
    ];
    approaches.push(compare.rate("category_rate", false)?);
    approaches.push(compare.rate("entity_rate", true)?);
    let own = data.fit(&data.own_columns(), options, progress)?;
    let scores = |fitted: &Fitted, rows: &Matrix, askers: &[Asker]| -> Result<Vec<f64>, LearnError> {
        let seen = data.as_fitted(fitted, database, entity, rows, askers)?;
        let raw = fitted.forest.raw_all(&seen).into_iter();
        Ok(raw.map(|r| fitted.platt.apply(r)).collect())
    };
    let answers = |scores: &[f64]| scores.iter().map(|&s| objective.answer(s)).collect::<Vec<f64>>();
    approaches.push(compare.judged(
        "own_columns",
        format!(
            "{} of the entity's own columns and pairs of them",
            own.forest.features_used().len()
        ),
        &answers(&scores(&own, &rows, &askers)?),
    ));
    let relational = data.fit(&data.all_columns(), options, progress)?;
    let model = data.model(&relational);
    let told = scores(&relational, &rows, &askers)?;
    let expected = [
        answers(&scores(&relational, &rows_between, &askers_between)?),
        answers(&told),
    ];
    let residuals = Residuals::of(
        database,
        entity,
        &model.features,
        &[between, test.clone()].concat(),
        &expected.concat(),
    );
    let corrected = |(asker, score): (&Asker, f64)| {
        let since = residuals
            .as_ref()
            .and_then(|residuals| residuals.correction(database, entity, objective, *asker));
        score + since.map_or(0.0, |since| since.shift)
    };
    let answers = answers(&askers.iter().zip(told).map(corrected).collect::<Vec<f64>>());
    let by_answers = match residuals {
        Some(_) => ", corrected by answers known since the cut",
        None => "",
    };
    approaches.push(compare.judged(
        "relational",
        format!(
            "{} features over linked tables{by_answers}",
            model.features.features.len()
        ),
        &answers,
    ));

    let mut leaks = leaks(database, task, &data);
    leaks.extend(snapshots(database, task, &model.features));
    let events = match objective {
        Objective::YesNo => Events::of(database, task, &test),
        Objective::Number => None,
    };
    for approach in &mut approaches {
        approach.lead_time = events.as_ref().and_then(|e| e.lead(&test, &approach.answers));
    }
    let ahead = match objective {
        Objective::YesNo => with_intervals(&mut approaches, &test, &labels, options.seed),
        Objective::Number => None,
    };
    let features = (0..model.features.features.len())
        .map(|f| model.features.name(&database.schema, entity, f))
        .collect();
    let evaluation = Evaluation {
        query: task.query.canonical(),
        kind: objective,
        cut: cut.to_string(),
        train_examples: data.inside,
        train_mean: mean(data.own_labels()),
        test_examples: labels.len(),
        test_mean: mean(&labels),
        approaches,
        ahead,
        features,
        leaks,
        excluded: data.excluded.clone(),
    };
    Ok(Judged {
        evaluation,
        model,
        test,
        answers,
    })
}

/// Gives every approach its intervals, and says how far the last one is ahead of the others.
fn with_intervals(approaches: &mut [Approach], test: &[Example], labels: &[f32], seed: u64) -> Option<Ahead> {
    let clusters: Vec<u32> = test.iter().map(|e| e.asker.row.0).collect();
    let scores: Vec<&[f64]> = approaches.iter().map(|a| a.answers.as_slice()).collect();
    let resamples = Resamples::draw(&scores, labels, &clusters, seed);
    for (place, approach) in approaches.iter_mut().enumerate() {
        approach.intervals = resamples.intervals(place);
    }
    let (last, others) = approaches.split_last()?;
    let lead = |figure: &str, ranking: Ranking| {
        let of = |approach: &Approach| approach.figures.get(figure).copied();
        let places = (0..others.len()).filter(|&place| of(&others[place]).is_some());
        let best = places.max_by(|&a, &b| of(&others[a]).partial_cmp(&of(&others[b])).unwrap_or(Ordering::Equal))?;
        Some(Lead {
            over: others[best].name.clone(),
            difference: of(last)? - of(&others[best])?,
            interval: resamples.difference(others.len(), best, ranking)?,
        })
    };
    Some(Ahead {
        roc_auc: lead("roc_auc", Ranking::RocAuc)?,
        average_precision: lead("average_precision", Ranking::AveragePrecision)?,
    })
}

/// Refuses a test that cannot tell approaches apart.
fn check_test(objective: Objective, cut: Timestamp, labels: &[f32]) -> Result<(), LearnError> {
    match objective {
        Objective::YesNo => {
            let positives = labels.iter().filter(|l| **l > 0.5).count();
            if positives == 0 || positives == labels.len() {
                return Err(LearnError::NothingToTest {
                    cut,
                    examples: labels.len(),
                    positives,
                });
            }
        }
        Objective::Number if labels.is_empty() => return Err(LearnError::NoTest { cut }),
        Objective::Number => {}
    }
    Ok(())
}

struct Comparison<'a> {
    database: &'a Database,
    task: &'a Task,
    data: &'a Training,
    test: &'a Matrix,
    labels: &'a [f32],
}

impl Comparison<'_> {
    fn judged(&self, name: &str, note: String, answers: &[f64]) -> Approach {
        Approach {
            name: name.to_owned(),
            note,
            figures: self.data.objective.figures(answers, self.labels).into_iter().collect(),
            intervals: None,
            lead_time: None,
            curves: (self.data.objective == Objective::YesNo).then(|| Curves::of(answers, self.labels)),
            answers: answers.to_vec(),
        }
    }

    fn constant(&self) -> Result<Approach, LearnError> {
        Ok(self.judged(
            "constant",
            "the training examples' mean".to_owned(),
            &vec![mean(self.data.own_labels()); self.labels.len()],
        ))
    }

    /// What an approach comes to when there is nothing for it to look at.
    fn blind(&self, name: &str, why: &str) -> Result<Approach, LearnError> {
        let mut approach = self.constant()?;
        approach.name = name.to_owned();
        approach.note = format!("{why}: equals constant");
        Ok(approach)
    }

    /// The mean answer at each value of the ordered column: what a priority-based rule knows.
    fn priority(&self) -> Result<Approach, LearnError> {
        let schema = self.database.schema.table(self.task.entity);
        let ranks: Vec<(usize, &str)> = self
            .data
            .set
            .features
            .iter()
            .enumerate()
            .filter_map(|(place, feature)| match feature {
                Feature::Column {
                    path,
                    reading: Reading::Rank,
                } if path.hops.is_empty() => Some((place, schema.column(path.column).name.as_str())),
                _ => None,
            })
            .collect();
        let telling = |name: &str| {
            ["priority", "severity", "urgency", "impact"]
                .iter()
                .position(|w| name.to_lowercase().contains(w))
                .unwrap_or(9)
        };
        let Some(&(place, name)) = ranks.iter().min_by_key(|(_, name)| telling(name)) else {
            return self.blind("priority", "the entity has no ordered column");
        };
        let overall = mean(self.data.own_labels());
        let column = self.data.own_column(place);
        let rate = |value: f32| {
            let same = column
                .iter()
                .zip(self.data.own_labels())
                .filter(|(x, _)| **x == value || (x.is_nan() && value.is_nan()));
            let (n, sum) = same.fold((0.0, 0.0), |(n, sum), (_, label)| (n + 1.0, sum + f64::from(*label)));
            (sum + 20.0 * overall) / (n + 20.0)
        };
        let mut known: Vec<f32> = column.to_vec();
        known.sort_by(f32::total_cmp);
        known.dedup_by(|a, b| a.to_bits() == b.to_bits());
        let rates: Vec<(f32, f64)> = known.into_iter().map(|value| (value, rate(value))).collect();
        let of = |value: &f32| {
            rates
                .iter()
                .find(|(v, _)| v.to_bits() == value.to_bits())
                .map_or(overall, |(_, r)| *r)
        };
        Ok(self.judged(
            "priority",
            format!("rates by {name}"),
            &self.test.column(place).iter().map(of).collect::<Vec<_>>(),
        ))
    }

    /// The words alone, whatever the columns say.
    fn text(&self, askers: &[Asker], progress: &mut dyn Progress) -> Result<Approach, LearnError> {
        let entity = self.task.entity;
        let alone = self.data.words_alone(self.database, entity, progress)?;
        let (Some((_, columns)), Some((scores, model))) = (self.data.set.text(), alone) else {
            return self.blind("text", "the entity has no text column");
        };
        // A score of words is log-odds: of a yes, or of a number above the median.
        let blank = match self.data.objective {
            Objective::YesNo => self.data.objective.score_of(mean(self.data.own_labels())),
            Objective::Number => 0.0,
        };
        let asked = text_scores(&model, self.database, entity, columns, askers);
        let (note, scores) = ("words of the text columns".to_owned(), &scores[..self.data.inside]);
        self.calibrated("text", note, (scores, &asked), blank, f64::from)
    }

    /// The historical rate of the one column that told most before the cut: a category, or a linked entity.
    fn rate(&self, name: &str, linked: bool) -> Result<Approach, LearnError> {
        let schema = self.database.schema.table(self.task.entity);
        let split = self.data.split();
        let overall = mean(self.data.own_labels());
        let mut best: Option<(f64, usize, String)> = None;
        for (place, feature) in self.data.set.features.iter().enumerate() {
            let Feature::Rate {
                level,
                window: None,
                parents,
                ..
            } = feature
            else {
                continue;
            };
            let Some([path]) = self.data.set.keys[level.key].cells() else {
                continue;
            };
            // What is asked about time and again has a history of its own.
            let itself = schema.key == Some(path.column);
            let names_an_entity = schema.link(path.column).is_some() || (itself && schema.time.is_none());
            if !path.hops.is_empty() || !parents.is_empty() || names_an_entity != linked || (itself && !linked) {
                continue;
            }
            let scores: Vec<f64> = self.data.own_column(place)[..split]
                .iter()
                .map(|&x| if x.is_nan() { overall } else { f64::from(x) })
                .collect();
            let telling = self.data.objective.telling(&scores, &self.data.own_labels()[..split]);
            if best.as_ref().is_none_or(|(so_far, ..)| telling > *so_far) {
                best = Some((telling, place, schema.column(path.column).name.clone()));
            }
        }
        match best {
            Some((_, place, column)) => {
                let objective = self.data.objective;
                let what = match objective {
                    Objective::YesNo => "rate",
                    Objective::Number => "mean",
                };
                self.calibrated(
                    name,
                    format!("historical {what} of {column}"),
                    (self.data.own_column(place), self.test.column(place)),
                    objective.score_of(overall),
                    |seen| objective.score_of(f64::from(seen)),
                )
            }
            None => self.blind(
                name,
                if linked {
                    "the entity is asked about once and links to no other table"
                } else {
                    "the entity has no category column"
                },
            ),
        }
    }

    /// One column as a score, of the training and of the tested examples, calibrated on the former; `blank` stands where
    /// it is not known.
    fn calibrated(
        &self,
        name: &str,
        note: String,
        (learnt_from, asked): (&[f32], &[f32]),
        blank: f64,
        score: impl Fn(f32) -> f64,
    ) -> Result<Approach, LearnError> {
        let objective = self.data.objective;
        let of = |x: &f32| if x.is_nan() { blank } else { score(*x) };
        let train: Vec<f64> = learnt_from.iter().map(of).collect();
        let map = objective.calibrate(&train, self.data.own_labels())?;
        let answers: Vec<f64> = asked.iter().map(|x| objective.answer(map.apply(of(x)))).collect();
        Ok(self.judged(name, note, &answers))
    }
}
