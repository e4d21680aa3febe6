//! What is kept of more candidate features than the budget allows.

#[path = "common/sports.rs"]
mod sports;

use bellwether::cli::folder;
use bellwether::data::{Database, TableId};
use bellwether::query::{Mode, bind};
use bellwether::relate::enumerate::{Candidates, Reach, enumerate};

const QUERY: &str = "PREDICT COUNT(results.*, 0, 30, days) > 0 FOR EACH drivers.driver_id";

struct Championship {
    database: Database,
    drivers: TableId,
}

impl Championship {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        sports::write(folder.path(), 40);
        let database = folder::read_folder(folder.path()).unwrap().database;
        let drivers = bind(QUERY, &database.schema, Mode::Extended).unwrap().entity;
        Self { database, drivers }
    }

    fn candidates(&self, budget: usize, events: usize) -> Candidates {
        let reach = Reach {
            budget,
            events,
            ..Reach::default()
        };
        enumerate(&self.database, self.drivers, self.database.latest().unwrap(), &reach)
    }

    fn names(&self, candidates: &Candidates) -> Vec<String> {
        let set = &candidates.set;
        let name = |place| set.name(&self.database.schema, self.drivers, place);
        (0..set.features.len()).map(name).collect()
    }
}

#[test]
fn a_tight_budget_keeps_something_of_every_table_that_links_to_the_entity() {
    let championship = Championship::new();
    let all = championship.names(&championship.candidates(usize::MAX, usize::MAX));
    assert!(all.len() > 300, "{}", all.len());
    let tight = championship.candidates(100, usize::MAX);
    let names = championship.names(&tight);
    assert_eq!(names.len(), 100);
    for table in ["results", "qualifying", "standings"] {
        for what in ["count of", "mean of"] {
            let of_it = |name: &&String| name.starts_with(&format!("{what} {table}")) && name.contains("by driver_id");
            assert!(names.iter().any(|name| of_it(&name)), "{what} {table}: {names:#?}");
        }
    }
    assert!(
        tight
            .dropped
            .iter()
            .any(|line| line.contains("beyond the budget of 100") && line.contains("same entities")),
        "{:?}",
        tight.dropped
    );
}

#[test]
fn what_is_kept_stays_in_its_order_and_nothing_is_left_out_that_would_fit() {
    let championship = Championship::new();
    let whole = championship.candidates(usize::MAX, usize::MAX);
    let all = championship.names(&whole);
    assert!(!whole.dropped.iter().any(|line| line.contains("budget")));
    for budget in [1, 20, 100, all.len() - 1, all.len()] {
        let names = championship.names(&championship.candidates(budget, usize::MAX));
        assert_eq!(names.len(), budget);
        let mut rest = all.iter();
        assert!(names.iter().all(|name| rest.any(|other| other == name)), "{budget}");
    }
}

#[test]
fn events_are_budgeted_too() {
    let championship = Championship::new();
    let read = |candidates: &Candidates| -> usize {
        let rows = |spec: &bellwether::relate::series::SeriesSpec| {
            championship.database.table(spec.table(championship.drivers)).rows
        };
        candidates.set.series.iter().map(rows).sum()
    };
    let whole = read(&championship.candidates(usize::MAX, usize::MAX));
    for events in [0, 1_000, whole / 2] {
        let few = championship.candidates(usize::MAX, events);
        assert!(read(&few) <= events);
        assert!(
            few.dropped.iter().any(|line| line.contains("would read more than")),
            "{:?}",
            few.dropped
        );
    }
    // Cells cost nothing.
    assert!(!championship.candidates(usize::MAX, 0).set.features.is_empty());
}
