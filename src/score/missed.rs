//! What a bundle's model has missed since it was trained, over the whole history that its scorer has.

use super::scorer::{ScoreError, Scorer};
use crate::learn::example::Example;
use crate::learn::residuals::{Residuals, latest_answered};
use crate::relate::Asker;

/// The latest questions that were answered after training, each with the answer that the model, uncorrected, gives it as of its
/// moment; none where none was answered or the model heeds no category. `asked` holds what the tables can ask up to the moment
/// that they end.
///
/// # Errors
/// When the model fails.
pub fn missed(
    scorer: &Scorer,
    asked: &[Example],
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Option<Residuals>, ScoreError> {
    let (trained_to, until) = (scorer.bundle.model.watch.trained_to, scorer.bundle.opened.built_at);
    let answered = |e: &&Example| e.in_population && e.closed_at > trained_to && e.closed_at <= until;
    let answered = latest_answered(asked.iter().filter(answered).copied().collect());
    let askers: Vec<Asker> = answered.iter().map(|e| e.asker).collect();
    let answers = scorer.uncorrected(&askers, progress)?;
    let (database, features) = (&scorer.bundle.opened.database, &scorer.bundle.model.features);
    Ok(Residuals::of(
        database,
        scorer.task.entity,
        features,
        &answered,
        &answers,
    ))
}
