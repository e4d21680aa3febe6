//! A closer look at an evaluation: whether its explanations are true, where the risk is concentrated, and whether routing
//! by past resolutions would have been faster. All of it on what came after the cut.

use serde::Serialize;

use super::audit::{Deletion, deletion};
use super::impact::{A_DAY, HeldOut, Report, report};
use super::scorer::ScoreError;
use crate::data::{Database, Timestamp};
use crate::explain::reason::Target;
use crate::explain::segment::{Segment, segments};
use crate::explain::shapley::ShapleyForest;
use crate::impact::Costs;
use crate::learn::approaches::Judged;
use crate::learn::example::{Example, Examples, matrix};
use crate::learn::objective::Objective;
use crate::query::Task;
use crate::relate::{Asker, Relations};
use crate::route::judge::{Judgement, judge};
use crate::route::{RoleNames, Roles};

/// What is added to the figures of an evaluation.
#[derive(Clone, Debug, Serialize)]
pub struct CloserLook {
    /// Whether taking the top reason away moves the score its way.
    pub explanations: Deletion,
    /// What each feature of the model matters, in their order.
    pub importance: Vec<Importance>,
    /// Where the risk is, found before the cut and measured after it.
    pub segments: Vec<Segment>,
    /// What acting on the scores would cost and save; `None` of numbers.
    pub impact: Option<Report>,
    /// Whether suggested agents were faster; `None` where the schema has no agents or too little was resolved.
    pub routing: Option<Judgement>,
}

/// How much a feature matters.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Importance {
    /// Its name.
    pub feature: String,
    /// Its part of all that moves scores: its mean absolute Shapley value over that of all features.
    pub share: f64,
}

/// Scores whose explanations are tested.
const EXPLAINED: usize = 400;
/// Examples that segments are looked for in, and measured on.
const SEGMENTED: usize = 20_000;

/// Looks closer at a judged model. `database` is the whole history.
///
/// # Errors
/// When the labels cannot be computed, or a cost is out of range.
pub fn closer_look(
    database: &Database,
    task: &Task,
    judged: &Judged,
    cut: Timestamp,
    costs: &Costs,
) -> Result<CloserLook, ScoreError> {
    let latest = database.latest().unwrap_or(cut);
    let examples = Examples::gather(database, task, latest, &judged.model.ages)?;
    let set = judged.model.features.clone();
    let mut relations = Relations::build(database, task.entity, set, &examples.history, &mut |_, _| {});
    let target = Target::of(task, &database.schema);
    let askers: Vec<Asker> = thinned(&judged.test, EXPLAINED).iter().map(|e| e.asker).collect();
    let explanations = deletion(database, &mut relations, &judged.model, &target, &askers);
    let importance = importance(database, &relations, judged, &askers);
    let segments = match judged.model.objective {
        Objective::YesNo => {
            let before: Vec<Example> = examples
                .settled_by(cut)
                .into_iter()
                .filter(|e| e.asker.anchor < cut)
                .collect();
            let (before, after) = (thinned(&before, SEGMENTED), thinned(&judged.test, SEGMENTED));
            let values = |of: &[Example]| {
                let askers: Vec<Asker> = of.iter().map(|e| e.asker).collect();
                matrix(database, &relations, &askers, &mut |_, _| {})
            };
            let (past, later) = (values(&before)?, values(&after)?);
            segments(database, &relations, &target, (&before, &past), (&after, &later))
        }
        Objective::Number => Vec::new(),
    };
    let impact = match judged.model.objective {
        Objective::YesNo => {
            let held_out = HeldOut {
                examples: judged.test.clone(),
                probabilities: judged.answers.clone(),
                how: format!("asked about from {cut} on, by the model trained on what was settled by then"),
            };
            Some(report(&held_out, database, task, costs, &[], A_DAY)?)
        }
        Objective::Number => None,
    };
    let routing = Roles::find(database, task.entity, &RoleNames::default())
        .ok()
        .and_then(|roles| judge(database, &roles, &examples.history, cut, latest));
    Ok(CloserLook {
        explanations,
        importance,
        segments,
        impact,
        routing,
    })
}

/// The mean absolute Shapley value of each feature over some askers, as shares of their sum.
fn importance(database: &Database, relations: &Relations, judged: &Judged, askers: &[Asker]) -> Vec<Importance> {
    let model = &judged.model;
    let forest = ShapleyForest::new(&model.forest);
    let mut sums = vec![0.0; model.features.features.len()];
    for row in model.rows(database, relations, askers) {
        let told = forest.explain(&row).values;
        sums.iter_mut().zip(told).for_each(|(sum, value)| *sum += value.abs());
    }
    let total: f64 = sums.iter().sum();
    let names = judged.evaluation.features.iter().cloned();
    names
        .zip(sums)
        .map(|(feature, sum)| Importance {
            feature,
            share: if total > 0.0 { sum / total } else { 0.0 },
        })
        .collect()
}

/// At most `most` examples, spread evenly.
fn thinned(all: &[Example], most: usize) -> Vec<Example> {
    all.iter().step_by(all.len().div_ceil(most).max(1)).copied().collect()
}
