//! Questions asked long after the tables end: as of when they are answered, by what, and what is said about it.

use super::scorer::{ScoreError, Scorer};
use super::told::ToldApart;
use crate::data::{Duration, Timestamp};
use crate::explain::shapley::ShapleyForest;
use crate::explain::words::fill;
use crate::learn::residuals::Correction;
use crate::learn::stale::{Aged, Stale};
use crate::relate::Asker;

impl Scorer {
    /// The moment as of which a question asked at `asked` is answered.
    #[must_use]
    pub fn known_at(&self, asked: Timestamp) -> Timestamp {
        match (&self.bundle.model.stale, &self.beat) {
            // Before what a bundle has folded into totals nothing can be told apart any more.
            (Some(stale), Some(beat)) => stale
                .lull
                .known_at(beat, asked)
                .max(self.bundle.opened.folded_to.min(asked)),
            _ => asked,
        }
    }

    /// An asker who knows what there is to know at the moment asked.
    pub(super) fn as_known(&self, asker: Asker) -> Asker {
        asker.known_from(self.known_at(asker.asked))
    }

    /// How answers age, and how old the knowledge is that an answer rests on; `None` where it is not older than the question.
    fn aged(&self, asker: Asker) -> Option<(&Stale, Duration)> {
        let age = asker.asked - asker.anchor;
        let stale = self.bundle.model.stale.as_ref()?;
        (age > Duration(0)).then_some((stale, age))
    }

    /// What answers that came after training say of an asker's score; `None` where there are none, and where the knowledge
    /// is old that it rests on.
    pub(super) fn since(&self, asker: Asker) -> Option<Correction> {
        let residuals = self.bundle.residuals.as_ref().filter(|_| self.aged(asker).is_none())?;
        let (database, objective) = (&self.bundle.opened.database, self.bundle.model.objective);
        residuals.correction(database, self.task.entity, objective, asker)
    }

    /// The model's answer to a feature row, corrected by later answers, or what its age leaves of it.
    pub(super) fn answer_from(&self, asker: Asker, row: &[f32], answer: f64) -> f64 {
        let objective = self.bundle.model.objective;
        let (aged, since) = (self.aged(asker), self.since(asker));
        if aged.is_none() && since.is_none() {
            return answer;
        }
        let score = match aged {
            _ if !self.bundle.foreign => self.score_from(asker, row),
            Some((stale, age)) => stale.fade(age).apply(objective.score_of(answer)),
            None => objective.score_of(answer),
        };
        objective.answer(score + since.map_or(0.0, |since| since.shift))
    }

    /// The score of a feature row by our trees, before later answers correct it, or what its age leaves of it.
    pub(super) fn score_from(&self, asker: Asker, row: &[f32]) -> f64 {
        let fresh = self.bundle.model.score(row);
        self.aged(asker)
            .map_or(fresh, |(stale, age)| stale.score(fresh, row, age))
    }

    /// A score told apart, likewise.
    pub(super) fn told_from(&self, asker: Asker, row: &[f32]) -> Result<ToldApart, ScoreError> {
        let Some((stale, age)) = self.aged(asker) else {
            let mut told = self.tell_apart(row)?;
            told.since = self.since(asker);
            told.score += told.since.map_or(0.0, |since| since.shift);
            return Ok(told);
        };
        if let (Some(Aged { forest, platt }), false) = (&stale.aged, self.bundle.foreign) {
            let row = Aged::row(row, age);
            let told = ShapleyForest::new(forest).explain(&row).calibrated(platt);
            // That knowledge is old is where the score starts from, no reason for it.
            let (mut base, mut values) = (told.base, told.values);
            base += values.pop().unwrap_or(0.0);
            return Ok(ToldApart {
                score: platt.apply(forest.raw(&row)),
                base,
                since: None,
                values,
                errors: None,
            });
        }
        // Every part shrinks alike, so that they still sum to the score.
        let map = stale.fade(age);
        let mut told = self.tell_apart(row)?;
        told.score = map.apply(told.score);
        told.base = map.apply(told.base);
        told.values.iter_mut().for_each(|value| *value *= map.slope);
        told.errors.iter_mut().flatten().for_each(|error| *error *= map.slope);
        Ok(told)
    }

    /// Says that the tables end before the moment asked about; `None` where they do not.
    pub(super) fn said_of_the_end(&self, asker: Asker) -> Option<String> {
        let latest = self.beat.as_ref()?.latest(asker.asked)?;
        (asker.anchor < asker.asked).then(|| {
            let day = |moment: Timestamp| moment.to_string().chars().take(10).collect::<String>();
            fill(
                self.words().tables_end,
                &[("end", &day(latest)), ("moment", &day(asker.anchor))],
            )
        })
    }
}
