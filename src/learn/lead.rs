//! Lead time: how long before the event a warning was there, for the events that were warned of.

use std::collections::BTreeMap;

use serde::Serialize;

use super::example::Example;
use crate::data::{Database, RowId, Timestamp};
use crate::query::Task;
use crate::relate::label::Labeler;

/// The share of the rows that is reviewed, those that score highest: what counts as a warning.
const REVIEWED: f64 = 0.2;

/// How early warnings came.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct LeadTime {
    /// The share of rows that counts as warned of, those that score highest.
    pub reviewed_share: f64,
    /// Events whose moment is known.
    pub events: usize,
    /// Of those, warned of before they came.
    pub warned: usize,
    /// Hours from the first warning to the event, in the middle.
    pub median_hours: f64,
    /// A tenth of the warnings came later than this many hours before the event.
    pub shortest_tenth_hours: f64,
}

/// The moments at which positives came true, row by row.
pub struct Events {
    at: Vec<Option<Timestamp>>,
    /// Whether an entity has one life, in which its first warning counts.
    one_life: bool,
}

impl Events {
    /// When the yes of each example came true, where the tables say: a flag or a count that is settled by the window's end
    /// only has no moment. `None` when no example has one.
    #[must_use]
    pub fn of(database: &Database, task: &Task, examples: &[Example]) -> Option<Self> {
        let labeler = Labeler::new(database, task).ok()?;
        let moment = |e: &Example| {
            let (row, anchor) = (e.asker.row, e.asker.anchor);
            let at = labeler.settled_at(row, anchor);
            (e.label > 0.5 && at > anchor && at != task.horizon.closes(anchor)).then_some(at)
        };
        let at: Vec<Option<Timestamp>> = examples.iter().map(moment).collect();
        at.iter().any(Option::is_some).then(|| Self {
            at,
            one_life: database.schema.table(task.entity).time.is_some(),
        })
    }

    /// How early the scores of `examples` warned; `None` when they never did.
    #[must_use]
    pub fn lead(&self, examples: &[Example], scores: &[f64]) -> Option<LeadTime> {
        let edge = edge(scores)?;
        // An entity with a life of its own has one event and may be warned of at any age; another is asked anew each time.
        let life = |place: usize| {
            let row = examples[place].asker.row;
            if self.one_life { (row, 0) } else { (row, place) }
        };
        let mut events: BTreeMap<(RowId, usize), Timestamp> = BTreeMap::new();
        for (place, at) in self.at.iter().enumerate() {
            if let Some(at) = at {
                events.insert(life(place), *at);
            }
        }
        let mut first: BTreeMap<(RowId, usize), Timestamp> = BTreeMap::new();
        for (place, example) in examples.iter().enumerate() {
            let (life, anchor) = (life(place), example.asker.anchor);
            if scores[place] >= edge && events.get(&life).is_some_and(|at| anchor < *at) {
                let earliest = first.entry(life).or_insert(anchor);
                *earliest = anchor.min(*earliest);
            }
        }
        let mut hours: Vec<f64> = first
            .iter()
            .filter_map(|(life, warned)| Some((*events.get(life)? - *warned).as_hours()))
            .collect();
        hours.sort_by(f64::total_cmp);
        Some(LeadTime {
            reviewed_share: REVIEWED,
            events: events.len(),
            warned: hours.len(),
            median_hours: *hours.get(hours.len() / 2)?,
            shortest_tenth_hours: *hours.get(hours.len() / 10)?,
        })
    }
}

/// The lowest score that is still reviewed: equal scores are reviewed together or not at all.
#[allow(clippy::cast_precision_loss)]
fn edge(scores: &[f64]) -> Option<f64> {
    let mut sorted = scores.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let fits = |end: usize| end as f64 <= REVIEWED * sorted.len() as f64;
    let ends = (1..=sorted.len()).filter(|&end| sorted.get(end).is_none_or(|next| *next < sorted[end - 1]));
    ends.take_while(|&end| fits(end)).last().map(|end| sorted[end - 1])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relate::view::Asker;

    fn example(row: u32, hour: i64, label: f32) -> Example {
        Example {
            asker: Asker::new(RowId(row), Timestamp(hour * 3_600_000)),
            label,
            closed_at: Timestamp(0),
            in_population: true,
        }
    }

    #[test]
    fn equal_scores_are_reviewed_together_or_not_at_all() {
        let mut scores = vec![0.9, 0.8, 0.8];
        scores.extend([0.1; 7]);
        assert_eq!(edge(&scores), Some(0.9));
        scores[2] = 0.7;
        assert_eq!(edge(&scores), Some(0.8));
        assert_eq!(edge(&[0.5; 10]), None);
    }

    #[test]
    fn the_first_warning_of_a_life_counts() {
        let hour = |h: i64| Some(Timestamp(h * 3_600_000));
        // Ticket 0 is warned of at 2 h and again at 6 h, its event at 10 h; ticket 1 is warned of, and nothing comes.
        let mut examples = vec![example(0, 2, 0.0), example(0, 6, 1.0), example(1, 6, 0.0)];
        examples.extend((2..14).map(|row| example(row, 6, 0.0)));
        let mut at = vec![None, hour(10)];
        at.resize(examples.len(), None);
        let mut scores = vec![0.9, 0.9, 0.9];
        scores.resize(examples.len(), 0.1);
        let events = |one_life| Events {
            at: at.clone(),
            one_life,
        };
        let lead = events(true).lead(&examples, &scores).unwrap();
        assert_eq!((lead.events, lead.warned, lead.median_hours), (1, 1, 8.0));
        assert_eq!(events(false).lead(&examples, &scores).unwrap().median_hours, 4.0);
    }
}
