//! How long the rows that answer a question stay away now and then, and as of when a question is answered once they have
//! stayed away for longer than that: the tables end there, and an empty window says nothing.

use serde::{Deserialize, Serialize};

use crate::data::{Column, ColumnId, Database, Duration, RowId, TableId, Timestamp};
use crate::query::Task;

/// The moments of the rows that the target's aggregates are over, ascending.
#[derive(Clone, Debug, PartialEq)]
pub struct Beat {
    /// The tables of those rows, and the columns that hold their moments.
    of: Vec<(TableId, ColumnId)>,
    moments: Vec<Timestamp>,
}

impl Beat {
    /// Of a question about entities without a time of their own, asked as of any moment; `None` of another one, whose own
    /// row says how far the tables go, and of a target that is no aggregate. `end` stands for rows that are not there any
    /// more, where none is.
    #[must_use]
    pub fn of(database: &Database, task: &Task, end: Timestamp) -> Option<Self> {
        if database.schema.table(task.entity).time.is_some() {
            return None;
        }
        let mut of: Vec<(TableId, ColumnId)> = task.target.aggregates().iter().map(|a| (a.table, a.time)).collect();
        of.sort_unstable();
        of.dedup();
        let mut moments = Vec::new();
        for &(table, time) in &of {
            if let Column::Time(times) = database.table(table).column(time) {
                moments.extend(times.iter().copied().filter(|t| *t != Timestamp::MAX));
            }
        }
        moments.sort_unstable();
        moments.dedup();
        if moments.is_empty() {
            moments.push(end);
        }
        (!of.is_empty()).then_some(Self { of, moments })
    }

    /// Takes note of a row that came later.
    pub fn note(&mut self, database: &Database, table: TableId, row: RowId) {
        for &(_, time) in self.of.iter().filter(|(of, _)| *of == table) {
            let Column::Time(times) = database.table(table).column(time) else {
                continue;
            };
            if let Some(&moment) = times.get(row.index()).filter(|t| **t != Timestamp::MAX)
                && let Err(place) = self.moments.binary_search(&moment)
            {
                self.moments.insert(place, moment);
            }
        }
    }

    /// The latest of them that is not after `moment`.
    #[must_use]
    pub fn latest(&self, moment: Timestamp) -> Option<Timestamp> {
        let later = self.moments.partition_point(|t| *t <= moment);
        later.checked_sub(1).and_then(|place| self.moments.get(place)).copied()
    }

    /// What the rest is below at 99 of 100 moments between two.
    fn rest_in_99_of_100(&self, first: Timestamp, until: Timestamp) -> Duration {
        let within = self.moments.iter().copied().filter(|t| (first..until).contains(t));
        let marks: Vec<Timestamp> = [first].into_iter().chain(within).chain([until]).collect();
        let mut gaps: Vec<i64> = marks.windows(2).map(|pair| (pair[1] - pair[0]).0.max(0)).collect();
        gaps.sort_unstable();
        // For a rest of r, a gap g has min(g, r) of its time below it.
        let wanted = gaps.iter().fold(0_i64, |sum, gap| sum.saturating_add(*gap)) / 100 * 99;
        let (mut shorter, mut longer) = (0, i64::try_from(gaps.len()).unwrap_or(i64::MAX));
        for gap in gaps {
            if longer.saturating_mul(gap).saturating_add(shorter) >= wanted {
                return Duration((wanted - shorter) / longer.max(1));
            }
            shorter += gap;
            longer -= 1;
        }
        Duration(0)
    }

    /// How long before `moment` the latest was.
    #[must_use]
    pub fn rest(&self, moment: Timestamp) -> Option<Duration> {
        self.latest(moment).map(|latest| moment - latest)
    }
}

/// How long the latest row had been there at the moments of a stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lull {
    /// When questions were asked: the median.
    pub usual: Duration,
    /// At any moment: what hardly ever was exceeded, in 1 of 100.
    pub longest: Duration,
}

impl Lull {
    /// Of questions asked at these moments, and of all moments from the first of them to `until`; `None` where no row was
    /// before any of them.
    #[must_use]
    pub fn measure(beat: &Beat, anchors: impl Iterator<Item = Timestamp>, until: Timestamp) -> Option<Self> {
        let (mut first, mut rests) = (until, Vec::new());
        for anchor in anchors {
            if let Some(rest) = beat.rest(anchor) {
                first = first.min(anchor);
                rests.push(rest);
            }
        }
        rests.sort_unstable();
        let usual = *rests.get(rests.len() / 2)?;
        Some(Self {
            usual,
            longest: beat.rest_in_99_of_100(first, until).max(usual),
        })
    }

    /// The moment as of which a question asked at `asked` is answered: that one, or, when the rows have stayed away for
    /// longer than they used to, the usual while after the latest.
    #[must_use]
    pub fn known_at(&self, beat: &Beat, asked: Timestamp) -> Timestamp {
        match beat.latest(asked) {
            Some(latest) if asked - latest > self.longest => latest + self.usual,
            _ => asked,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(n: i64) -> Timestamp {
        Timestamp(0) + Duration::days(n)
    }

    /// A row every ten days for a year, then none.
    fn beat() -> Beat {
        Beat {
            of: Vec::new(),
            moments: (0..37).map(|k| day(10 * k)).collect(),
        }
    }

    #[test]
    fn while_rows_come_as_they_used_to_a_question_is_answered_as_of_its_own_moment() {
        // Asked in step with the rows, four days after each: that they stay away for ten is known all the same.
        let lull = Lull::measure(&beat(), (1..36).map(|k| day(10 * k + 4)), day(360)).unwrap();
        assert_eq!(lull.usual, Duration::days(4));
        assert!(lull.longest > Duration::days(9) && lull.longest < Duration::days(10));
        for asked in [day(0), day(17), day(360), day(369)] {
            assert_eq!(lull.known_at(&beat(), asked), asked);
        }
    }

    #[test]
    fn once_they_stay_away_it_is_answered_as_of_the_usual_while_after_the_latest() {
        let lull = Lull::measure(&beat(), (1..36).map(|k| day(10 * k + k % 8)), day(365)).unwrap();
        let end = day(360) + lull.usual;
        for asked in [day(380), day(1000), Timestamp::MAX] {
            assert_eq!(lull.known_at(&beat(), asked), end);
        }
        // As of a moment from which the later rows were not seen it is another one.
        assert_eq!(lull.known_at(&beat(), day(100)), day(100));
    }

    #[test]
    fn a_pause_that_comes_every_year_is_no_end() {
        // Ten races in a hundred days, then none until the next year.
        let season = |year: i64| (0..10).map(move |k| day(365 * year + 10 * k));
        let beat = Beat {
            of: Vec::new(),
            moments: (0..6).flat_map(season).collect(),
        };
        let lull = Lull::measure(&beat, (1..60).map(|k| day(30 * k)), day(365 * 6)).unwrap();
        let last = day(365 * 5 + 90);
        assert_eq!(
            lull.known_at(&beat, last + Duration::days(250)),
            last + Duration::days(250)
        );
        assert_eq!(lull.known_at(&beat, last + Duration::days(300)), last + lull.usual);
    }

    #[test]
    fn a_question_before_the_first_row_is_left_as_it_is() {
        let lull = Lull::measure(&beat(), [day(5)].into_iter(), day(9)).unwrap();
        assert_eq!(lull.known_at(&beat(), day(-1)), day(-1));
        assert_eq!(Lull::measure(&beat(), [day(-1)].into_iter(), day(9)), None);
    }
}
