//! Whether explanations are true: what stands behind a score's top reason is taken away, through the whole pipeline, and
//! the score must move the way the reason spoke.

use rustc_hash::FxHashSet;
use serde::Serialize;

use crate::data::{Database, RowId, TableId};
use crate::explain::evidence_rows;
use crate::explain::reason::{Target, top_reason};
use crate::explain::shapley::ShapleyForest;
use crate::learn::train::Model;
use crate::relate::series::Aside;
use crate::relate::{Asker, Relations};

/// How often taking the top reason away moved the score its way.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Deletion {
    /// Scores looked at.
    pub sampled: usize,
    /// Of those, whose top reason rests on rows that can be taken out.
    pub rows_tested: usize,
    /// Of those, moved its way when the rows were gone.
    pub rows_agreed: usize,
    /// Scores whose top reason was tested by giving its features the values that other entities have: cells, measurements,
    /// rates, and what did not happen, none of which can be taken out of the tables.
    pub values_tested: usize,
    /// Of those, moved its way on average.
    pub values_agreed: usize,
    /// All that agreed over all that was tested; `None` when nothing was.
    pub agreement: Option<f64>,
}

/// Others whose values stand in for a reason's own.
const OTHERS: usize = 64;

/// Tests the scores of `askers`.
#[must_use]
pub fn deletion(
    database: &Database,
    relations: &mut Relations,
    model: &Model,
    target: &Target,
    askers: &[Asker],
) -> Deletion {
    let entity = relations.entity();
    let rows = model.rows(database, relations, askers);
    let forest = ShapleyForest::new(&model.forest);
    let step = rows.len().div_ceil(OTHERS).max(1);
    let mut found = Deletion {
        sampled: askers.len(),
        ..Deletion::default()
    };
    for (place, asker) in askers.iter().enumerate() {
        let row = &rows[place];
        let told = forest.explain(row).calibrated(&model.platt);
        let Some(top) = top_reason(database, relations, *asker, row, &told.values, target) else {
            continue;
        };
        let before = model.score(row);
        let moved_its_way = |after: f64| (after - before) * top.contribution < 0.0;
        let mut behind: Vec<(TableId, RowId)> = Vec::new();
        if top.rests_on_rows {
            let rows_of = |feature| evidence_rows(database, relations, *asker, feature);
            behind.extend(top.speaking.iter().flat_map(rows_of));
        }
        if behind.is_empty() {
            let others = rows
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != place)
                .step_by(step);
            let (mut sum, mut n) = (0.0, 0.0);
            for (_, other) in others {
                let mut mixed = row.clone();
                top.places.iter().for_each(|&f| mixed[f] = other[f]);
                sum += model.score(&mixed);
                n += 1.0;
            }
            if n > 0.0 {
                found.values_tested += 1;
                found.values_agreed += usize::from(moved_its_way(sum / n));
            }
            continue;
        }
        let mut aside = Aside::default();
        let tables: FxHashSet<TableId> = behind.iter().map(|(table, _)| *table).collect();
        for table in tables {
            let gone = behind
                .iter()
                .filter(|(t, _)| *t == table)
                .map(|(_, row)| *row)
                .collect();
            relations.hide(database, table, &gone, &mut aside);
        }
        let mut after = relations.row(database, *asker);
        relations.put_back(aside);
        model.fill_learnt(database, entity, *asker, &mut after);
        found.rows_tested += 1;
        found.rows_agreed += usize::from(moved_its_way(model.score(&after)));
    }
    let tested = found.rows_tested + found.values_tested;
    #[allow(clippy::cast_precision_loss)]
    let share = (found.rows_agreed + found.values_agreed) as f64 / tested.max(1) as f64;
    found.agreement = (tested > 0).then_some(share);
    found
}
