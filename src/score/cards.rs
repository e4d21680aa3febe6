//! A card for a row: the score, why, how sure it is, and who should take it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::card::{Band, Card, Method};
use super::route::tier_policy;
use super::rows::LiveRow;
use super::scorer::{Features, ScoreError, Scorer, objects};
use super::whatif::Asked;
use crate::bundle::OpenBundle;
use crate::data::{RowId, Timestamp};
use crate::explain::reason::{Lean, Parts, contributions, reasons};
use crate::impact::Costs;
use crate::learn::objective::Objective;

/// Reasons shown on a card.
pub(super) const REASONS: usize = 5;
/// Agents suggested.
const AGENTS: usize = 3;

impl Scorer {
    /// The card of a row that the tables hold, scored whatever is known of it.
    ///
    /// # Errors
    /// When the model fails.
    pub fn card_of_row(&self, row: RowId, moment: Timestamp) -> Result<Card, ScoreError> {
        let mut found = self.features(row, row, moment, Vec::new());
        found.known = true;
        self.card_with(row, found, REASONS)
    }

    /// As [`Scorer::card_of_row`] with every reason, not the strongest alone: their shares sum to 1.
    ///
    /// # Errors
    /// When the model fails.
    pub fn whole_card_of_row(&self, row: RowId, moment: Timestamp) -> Result<Card, ScoreError> {
        let mut found = self.features(row, row, moment, Vec::new());
        found.known = true;
        self.card_with(row, found, usize::MAX)
    }

    /// The card of one row of the entity's table (a JSON object) as of `now`.
    ///
    /// # Errors
    /// When `row` is no object, or the model fails.
    pub fn card(&mut self, row: &str, now: Timestamp) -> Result<Card, ScoreError> {
        let row: Map<String, Value> = serde_json::from_str(row).map_err(|e| ScoreError::Rows(e.to_string()))?;
        let mut card = self.with_row(&row, now, Self::card_of)?;
        if card.probability.is_some() || card.value.is_some() {
            let live = LiveRow::read(&self.bundle.opened.database, self.task.entity, &row);
            card.what_if = self.chips(Asked {
                live: &live,
                known_as: None,
                now,
            })?;
        }
        Ok(card)
    }

    /// The cards of rows of the entity's table (a JSON list of objects) as of `now`, without changes worth trying, which cost
    /// many scores each.
    ///
    /// # Errors
    /// When `rows` is no list of objects, or the model fails.
    pub fn cards(&mut self, rows: &str, now: Timestamp) -> Result<Vec<Card>, ScoreError> {
        let rows = objects(rows)?;
        rows.iter().map(|row| self.with_row(row, now, Self::card_of)).collect()
    }

    fn card_of(&self, row: RowId, known_as: RowId, now: Timestamp, faults: Vec<String>) -> Result<Card, ScoreError> {
        self.card_with(row, self.features(row, known_as, now, faults), REASONS)
    }

    pub(super) fn card_with(&self, row: RowId, found: Features, most: usize) -> Result<Card, ScoreError> {
        let now = found.asker.asked;
        let OpenBundle {
            manifest,
            opened,
            model,
            skills,
            foreign,
            ..
        } = &self.bundle;
        let database = &opened.database;
        let answer = self
            .bundle
            .answers(std::slice::from_ref(&found.row))?
            .first()
            .map(|&answer| self.answer_from(found.asker, &found.row, answer))
            .filter(|_| found.known);
        let yes_or_no = model.objective == Objective::YesNo;
        let probability = answer.filter(|_| yes_or_no);
        let told = self.told_from(found.asker, &found.row)?;
        let instead = |place: usize, other: f32| {
            let mut row = found.row.clone();
            if let Some(value) = row.get_mut(place) {
                *value = other;
            }
            told.score - told.since.map_or(0.0, |since| since.shift) - self.score_from(found.asker, &row)
        };
        let agents = skills.as_ref().map_or_else(Vec::new, |skills| {
            let wanted = skills.wanted(database, self.task.entity, row, probability.filter(|p| !p.is_nan()));
            let policy = tier_policy(skills.tiers().len(), &Costs::default());
            let desk = skills.desk(now, skills.usual_capacity(), &BTreeMap::new(), false);
            skills.suggest(&wanted, &desk, &policy, AGENTS, &self.target)
        });
        Ok(Card {
            entity: database.key_text(self.task.entity, row).unwrap_or_default().to_owned(),
            anchor: now.to_string(),
            kind: model.objective,
            language: self.target.language,
            probability,
            log_odds: (found.known && yes_or_no).then_some(told.score),
            base_log_odds: yes_or_no.then_some(told.base),
            base_rate: manifest.base_rate,
            lift: probability.zip(manifest.base_rate).map(|(p, base)| p / base),
            certainty: answer.and_then(|_| self.certainty(found.asker, &found.row, told.score)),
            band: probability
                .zip(manifest.thresholds.as_ref())
                .map_or(Band::Unknown, |(p, thresholds)| Band::of(p, thresholds)),
            value: answer.filter(|_| !yes_or_no),
            shown: answer.filter(|_| !yes_or_no).map(|x| self.target.show(x)),
            base_value: (!yes_or_no).then_some(told.base),
            unit: manifest.unit.clone(),
            horizon_hours: manifest.horizon_hours,
            reasons: if found.known {
                reasons(
                    database,
                    &opened.relations,
                    found.asker,
                    Parts {
                        values: &found.row,
                        shapley: &told.values,
                        errors: told.errors.as_deref(),
                        learnt: &self.learnt(found.asker),
                        tokens: &model.tokens(database, self.task.entity, found.asker),
                        since: told.since,
                        lean: (!*foreign).then(|| Lean::new(&instead)),
                    },
                    &self.target,
                    most,
                )
            } else {
                Vec::new()
            },
            contributions: contributions(
                &model.features,
                &database.schema,
                self.task.entity,
                &found.row,
                &told.values,
                told.since,
            ),
            explanation: if *foreign { Method::Sampled } else { Method::Exact },
            partial: found.partial,
            agents,
            what_if: Vec::new(),
            hypothetical: None,
        })
    }
}
