//! What a view counts is what one would count by hand.

use proptest::prelude::*;

use super::run::{Own, Run};
use super::spec::{Event, Measure};
use super::window::RunView;
use crate::data::{ColumnId, RowId, Timestamp};
use crate::relate::ColumnPath;

/// Events at these moments of these categories, put in as live rows are.
fn run(events: &[(i64, u32)]) -> Run {
    let measure = Measure::Category(ColumnPath::own(ColumnId(0)));
    let mut run = Run::default();
    for (row, &(at, category)) in (0u32..).zip(events) {
        let event = Event {
            at: Timestamp(at),
            row: RowId(row),
            value: f64::from(category),
        };
        run.insert(event, &measure);
    }
    run
}

proptest! {
    #[test]
    fn a_window_holds_the_events_and_categories_counted_by_hand(
        events in prop::collection::vec((0i64..40, 0u32..5), 0..40),
        own in 0usize..40,
        moment in 0i64..45,
        windows in prop::collection::vec(-2i64..45, 1..6),
    ) {
        let run = run(&events);
        let end = run.times.partition_point(|&t| t <= Timestamp(moment));
        let left_out = run.rows.iter().position(|r| r.index() == own).filter(|&p| p < end);
        let view = RunView::new(&run, Timestamp(moment), end, left_out.map_or(Own::Absent, Own::At));
        for after in windows {
            let inside = |&(row, &(at, _)): &(usize, &(i64, u32))| at > after && at <= moment && row != own;
            let mut categories: Vec<u32> = events.iter().enumerate().filter(inside).map(|(_, &(_, c))| c).collect();
            prop_assert_eq!(view.count(Some(Timestamp(after))), categories.len() as f64);
            categories.sort_unstable();
            categories.dedup();
            prop_assert_eq!(view.distinct(Timestamp(after)), categories.len());
            let seen: Vec<u32> = view.categories(Timestamp(after)).iter().map(|s| s.0).collect();
            prop_assert_eq!(seen, categories);
        }
    }
}
