//! Whether what a model is asked about now is still what it was trained on.

use serde::Serialize;

use super::scorer::Scorer;
use crate::learn::drift::{Drift, LEAST, drift};
use crate::learn::example::Example;
use crate::relate::Asker;

/// What has shifted since training.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Drifted {
    /// Questions asked since training, the latest of them where there are many.
    pub asked: usize,
    /// The features that have shifted, most first; none where too little was asked to tell.
    pub features: Vec<Drift>,
}

/// So many of the latest questions are looked at.
const LATEST: usize = 5_000;

impl Drifted {
    /// Whether enough was asked to tell a shift.
    #[must_use]
    pub fn can_tell(&self) -> bool {
        self.asked >= LEAST
    }
}

/// Compares the features of the questions asked after training with those of the latest training examples, over the whole
/// history that the scorer has.
#[must_use]
pub fn drifted(scorer: &Scorer, asked: &[Example]) -> Drifted {
    let (model, opened) = (&scorer.bundle.model, &scorer.bundle.opened);
    let since = model.watch.trained_to;
    let askers: Vec<Asker> = asked
        .iter()
        .filter(|e| e.in_population && e.asker.anchor > since)
        .map(|e| e.asker)
        .collect();
    let askers = &askers[askers.len().saturating_sub(LATEST)..];
    if askers.len() < LEAST || model.watch.profile.is_empty() {
        return Drifted {
            asked: askers.len(),
            features: Vec::new(),
        };
    }
    let mut columns = vec![Vec::with_capacity(askers.len()); model.features.features.len()];
    for row in scorer.rows_of(askers) {
        columns
            .iter_mut()
            .zip(row)
            .for_each(|(column, value)| column.push(value));
    }
    let (schema, entity) = (&opened.database.schema, scorer.task.entity);
    let names: Vec<String> = (0..columns.len())
        .map(|f| model.features.name(schema, entity, f))
        .collect();
    let columns: Vec<&[f32]> = columns.iter().map(Vec::as_slice).collect();
    Drifted {
        asked: askers.len(),
        features: drift(&names, &model.watch.profile, &columns),
    }
}
