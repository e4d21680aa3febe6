//! Until when a row is open: whether it still makes sense to ask about it, some time after it began. It is open while the
//! answer is not decided and its life has not ended, as far as the tables said by then.

use crate::data::{ColumnId, ColumnType, Database, RowId, TableId, Timestamp};
use crate::query::Task;
use crate::query::task::BoundTarget;

/// Words in the names of moments at which a row's life ends.
const CLOSING: [&str; 14] = [
    "closed",
    "resolved",
    "solved",
    "done",
    "ended",
    "end",
    "finished",
    "completed",
    "cancelled",
    "canceled",
    "deleted",
    "expired",
    "archived",
    "settled",
];

/// The moments of the entity's own row after which it is no longer asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ends {
    entity: TableId,
    /// Each of them decides the answer: it happened, or it is known.
    deciding: Vec<ColumnId>,
    /// Each of them ends the row's life.
    closing: Vec<ColumnId>,
    /// Moments at which outcomes become known, in a table without a closing moment: the row ends with the last of them.
    outcomes: Vec<ColumnId>,
}

impl Ends {
    /// What ends a row that the task asks about.
    #[must_use]
    pub fn of(database: &Database, task: &Task) -> Self {
        let schema = database.schema.table(task.entity);
        let mut ends = Self {
            entity: task.entity,
            deciding: Vec::new(),
            closing: Vec::new(),
            outcomes: Vec::new(),
        };
        let known_at = |column: ColumnId| {
            let column_schema = schema.column(column);
            match column_schema.kind {
                ColumnType::Timestamp => Some(column),
                _ => column_schema.known_at,
            }
        };
        match &task.target {
            BoundTarget::Column(reach) if reach.links.is_empty() => ends.deciding.extend(known_at(reach.column)),
            BoundTarget::Condition(condition) => condition.each_column(&mut |reach| {
                if reach.links.is_empty() {
                    ends.deciding.extend(known_at(reach.column));
                }
            }),
            _ => {}
        }
        for aggregate in task.target.aggregates() {
            // A row that counts for itself happens once, at a moment of its own.
            if aggregate.table == task.entity && aggregate.links.is_empty() && Some(aggregate.time) != schema.time {
                ends.deciding.push(aggregate.time);
            }
        }
        let timestamps = || {
            (0..schema.columns.len())
                .map(ColumnId)
                .filter(|&c| schema.column(c).kind == ColumnType::Timestamp && Some(c) != schema.time)
        };
        ends.closing
            .extend(timestamps().filter(|&c| closes(&schema.column(c).name)));
        if ends.closing.is_empty() {
            let is_outcome = |c: &ColumnId| schema.columns.iter().any(|other| other.known_at == Some(*c));
            ends.outcomes.extend(timestamps().filter(is_outcome));
        }
        ends
    }

    /// Whether a row is open at `moment`, nothing later being seen.
    #[must_use]
    pub fn is_open(&self, database: &Database, row: RowId, moment: Timestamp) -> bool {
        let table = database.table(self.entity);
        let passed = |column: &ColumnId| table.time(*column, row) <= moment;
        let over = !self.outcomes.is_empty() && self.outcomes.iter().all(passed);
        !(self.deciding.iter().any(passed) || self.closing.iter().any(passed) || over)
    }
}

fn closes(name: &str) -> bool {
    let mut words = name.split(|c: char| !c.is_ascii_alphanumeric());
    words.any(|word| CLOSING.iter().any(|c| word.eq_ignore_ascii_case(c)))
        || CLOSING
            .iter()
            .any(|c| c.len() > 4 && name.to_ascii_lowercase().starts_with(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_that_end_a_life_are_known_by_their_names() {
        for name in [
            "resolved_at",
            "closed_on",
            "closedAt",
            "CLOSED_DATE",
            "end_date",
            "cancelled_at",
        ] {
            assert!(closes(name), "{name}");
        }
        for name in [
            "first_response_at",
            "escalated_at",
            "renewal_date",
            "sent_at",
            "tender_at",
        ] {
            assert!(!closes(name), "{name}");
        }
    }
}
