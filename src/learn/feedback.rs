//! What readers said of scores, as a page exports it: JSON lines, one entry a line. Only a disagreement is a label, and only
//! while the entity's own outcome is still open; what really happened always wins, and a model never learns from agreement
//! with itself.

use serde::Deserialize;
use thiserror::Error;

use super::example::Examples;
use crate::data::{Database, TableId, Timestamp};

/// Why a feedback file cannot be read.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum FeedbackError {
    /// A line is no entry.
    #[error("line {line}: {reason}; export the feedback again from the page")]
    Line {
        /// Its number, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
}

/// What a reader said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The score is right.
    Agree,
    /// The score is wrong; what is expected instead.
    Disagree,
    /// Not now.
    Snooze,
}

/// One line of the file.
#[derive(Debug, Deserialize)]
struct Line {
    format: u32,
    entity: String,
    anchor: String,
    verdict: Verdict,
    #[serde(default)]
    expects: Option<bool>,
    given_at: String,
}

/// The format that is read.
const FORMAT: u32 = 1;

/// One reader's view of one score.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feedback {
    /// The entity's key.
    pub entity: String,
    /// The moment the score spoke of.
    pub anchor: Timestamp,
    /// What was said.
    pub verdict: Verdict,
    /// With a disagreement: what is expected instead.
    pub expects: Option<bool>,
    /// When it was said.
    pub given_at: Timestamp,
}

/// Reads JSON lines; empty lines are passed over.
///
/// # Errors
/// The first line that is no entry of this format, and why.
pub fn read(text: &str) -> Result<Vec<Feedback>, FeedbackError> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(place, line)| {
            entry(line).map_err(|reason| FeedbackError::Line {
                line: place + 1,
                reason,
            })
        })
        .collect()
}

fn entry(line: &str) -> Result<Feedback, String> {
    let line: Line = serde_json::from_str(line).map_err(|e| format!("no feedback entry ({e})"))?;
    if line.format != FORMAT {
        return Err(format!(
            "format {} is not {FORMAT}, which this version reads",
            line.format
        ));
    }
    let time = |name: &str, text: &str| {
        Timestamp::parse(text).ok_or_else(|| format!("{name} is no time such as 2025-03-02T09:42:00Z: {text:?}"))
    };
    if line.verdict == Verdict::Disagree && line.expects.is_none() {
        return Err("a disagreement must say what is expected (expects: true or false)".to_owned());
    }
    Ok(Feedback {
        anchor: time("anchor", &line.anchor)?,
        given_at: time("given_at", &line.given_at)?,
        entity: line.entity,
        verdict: line.verdict,
        expects: line.expects,
    })
}

/// What became of a feedback file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Admitted {
    /// Disagreements that count as labels.
    pub labels: usize,
    /// Disagreements passed over because the entity's own outcome is known.
    pub settled: usize,
    /// Disagreements about entities or moments that the data do not hold, or given after `until`.
    pub unknown: usize,
}

impl std::fmt::Display for Admitted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "feedback: {} disagreements count as labels; {} are about outcomes that are known, {} about nothing in these data",
            self.labels, self.settled, self.unknown
        )
    }
}

impl Examples {
    /// Lets disagreements stand for answers that are still open at `until`: the latest one about an entity counts, for the
    /// latest question asked of that entity by the moment the score spoke of.
    #[allow(clippy::cast_precision_loss)]
    pub fn admit(&mut self, feedback: &[Feedback], database: &Database, entity: TableId, until: Timestamp) -> Admitted {
        let mut said: Vec<&Feedback> = feedback.iter().filter(|f| f.verdict == Verdict::Disagree).collect();
        said.sort_by_key(|f| f.given_at);
        let mut admitted = Admitted::default();
        for (place, view) in said.iter().enumerate() {
            if said[place + 1..]
                .iter()
                .any(|later| later.entity == view.entity && later.given_at <= until)
            {
                continue;
            }
            let row = database
                .symbols
                .find(&view.entity)
                .and_then(|key| database.row_of_key(entity, key));
            let asked = self
                .all
                .iter_mut()
                .filter(|e| Some(e.asker.row) == row && e.asker.anchor <= view.anchor)
                .max_by_key(|e| e.asker.anchor);
            match (asked, view.expects) {
                (Some(example), Some(expects)) if view.given_at <= until => {
                    let known = example.closed_at <= until
                        || self.history.iter().any(|h| {
                            h.row == example.asker.row
                                && h.settled_at <= until
                                && (h.anchor == example.asker.anchor
                                    || (h.value > 0.5 && h.settled_at > example.asker.anchor))
                        });
                    if known {
                        admitted.settled += 1;
                    } else {
                        example.label = f32::from(u8::from(expects));
                        example.closed_at = view.given_at;
                        admitted.labels += 1;
                    }
                }
                _ => admitted.unknown += 1,
            }
        }
        admitted
    }
}
