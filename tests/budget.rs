//! Candidate features over nine tables: what a year gives, and what is kept of more than the budget allows.

#[path = "common/sports.rs"]
mod sports;

use bellwether::cli::folder;
use bellwether::data::{Database, RowId, TableId, Timestamp};
use bellwether::query::{Mode, bind};
use bellwether::relate::enumerate::{Candidates, Reach, enumerate};
use bellwether::relate::{Asker, Relations};

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

#[test]
fn a_number_that_is_a_year_is_also_an_age() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    let mut people = "person_id,birth_year,light_years\n".to_owned();
    let mut games = "game_id,person_id,date\n".to_owned();
    for k in 0..40 {
        people += &format!("P{k},{},{}\n", 1960 + k, 4.5 + f64::from(k));
        games += &format!("G{k},P{k},2010-0{}-01\n", 1 + k % 9);
    }
    write("people.csv", &people);
    write("games.csv", &games);
    let database = folder::read_folder(folder.path()).unwrap().database;
    let query = "PREDICT COUNT(games.*, 0, 30, days) > 0 FOR EACH people.person_id";
    let entity = bind(query, &database.schema, Mode::Extended).unwrap().entity;
    let asked = Timestamp::parse("2010-01-01").unwrap();
    let set = enumerate(&database, entity, asked, &Reach::default()).set;
    let names: Vec<String> = (0..set.features.len())
        .map(|f| set.name(&database.schema, entity, f))
        .collect();
    let place = |name: &str| names.iter().position(|n| n == name);
    assert!(
        place("birth_year").is_some() && place("light_years").is_some(),
        "{names:?}"
    );
    assert!(
        place("hours since light_years").is_none(),
        "not every number of that name is a year"
    );
    let age = place("hours since birth_year").unwrap();
    let relations = Relations::build(&database, entity, set, &[], &mut |_, _| {});
    let row = relations.row(&database, Asker::new(RowId(0), asked));
    let hours = (asked - Timestamp::parse("1960-01-01").unwrap()).as_hours();
    assert!((f64::from(row[age]) - hours).abs() < 1.0, "{} {hours}", row[age]);
}
