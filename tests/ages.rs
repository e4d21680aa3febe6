//! Asked again as a ticket grows old (`--ages`): who is still open, what is known by then, and what a bundle remembers.

mod common;

use assert_cmd::Command;
use bellwether::data::{ColumnId, Database, Duration, RowId, Timestamp};
use bellwether::learn::example::Examples;
use bellwether::query::{Mode, Task, bind};
use bellwether::relate::enumerate::{Reach, enumerate};
use bellwether::relate::{Asker, Ends, Relations};
use common::{TICKETS, World, worlds};
use proptest::prelude::*;
use serde_json::Value;

const QUERY: &str = "PREDICT BOOL(tickets.escalated_at, 0, 10, hours) FOR EACH tickets.ticket_id";

fn task(database: &Database) -> Task {
    bind(QUERY, &database.schema, Mode::Extended).unwrap()
}

fn ages() -> Vec<Duration> {
    [0, 3, 12].map(Duration::hours).to_vec()
}

/// A moment of a ticket: 2 created, 5 resolved, 7 escalated.
fn moment(database: &Database, row: RowId, column: usize) -> Timestamp {
    database.table(TICKETS).time(ColumnId(column), row)
}

fn key(database: &Database, row: RowId) -> String {
    database.key_text(TICKETS, row).unwrap().to_owned()
}

/// The feature rows of every question that can be asked by `moment`, by ticket and anchor.
fn rows_of(database: &Database, world: &World, moment: Timestamp) -> Vec<(String, Timestamp, Vec<f32>)> {
    let task = task(database);
    let examples = Examples::gather(database, &task, moment, &ages()).unwrap();
    let reach = Reach {
        ages: true,
        ..Reach::default()
    };
    let set = enumerate(&world.database(None), TICKETS, moment, &reach).set;
    let relations = Relations::build(database, TICKETS, set, &examples.history, &mut |_, _| {});
    let mut rows: Vec<_> = examples
        .all
        .iter()
        .map(|e| {
            let Asker { row, anchor, .. } = e.asker;
            (key(database, row), anchor, relations.row(database, e.asker))
        })
        .collect();
    rows.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
    rows
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_ticket_is_asked_about_at_every_age_at_which_it_is_open(world in worlds()) {
        let database = world.database(None);
        let until = Timestamp(200 * Duration::HOUR.0);
        let examples = Examples::gather(&database, &task(&database), until, &ages()).unwrap();
        for row in (0..u32::try_from(database.table(TICKETS).rows).unwrap()).map(RowId) {
            let created = moment(&database, row, 2);
            let over = moment(&database, row, 5).min(moment(&database, row, 7));
            let mut asked: Vec<Duration> = examples.all.iter().filter(|e| e.asker.row == row).map(|e| e.asker.anchor - created).collect();
            asked.sort_unstable();
            let open: Vec<Duration> = ages().into_iter().filter(|&age| age == Duration(0) || over > created + age).collect();
            prop_assert_eq!(asked, open);
        }
    }

    #[test]
    fn history_holds_one_answer_for_each_ticket_whatever_the_ages(world in worlds()) {
        let database = world.database(None);
        let until = Timestamp(200 * Duration::HOUR.0);
        let task = task(&database);
        let with = Examples::gather(&database, &task, until, &ages()).unwrap();
        let without = Examples::gather(&database, &task, until, &[]).unwrap();
        prop_assert_eq!(&with.history, &without.history);
        let rows: std::collections::BTreeSet<RowId> = with.history.iter().map(|l| l.row).collect();
        prop_assert_eq!(rows.len(), with.history.len());
    }

    #[test]
    fn nothing_after_an_anchor_changes_who_is_open_or_a_feature_at_any_age(world in worlds(), hour in 0i64..60, salt in 1u16..900) {
        let moment = Timestamp(hour * Duration::HOUR.0);
        let whole = world.database(None);
        let before = rows_of(&whole, &world, moment);
        for other in [whole.upto(moment), world.database(Some((moment, salt)))] {
            let after = rows_of(&other, &world, moment);
            prop_assert_eq!(before.len(), after.len());
            for (a, b) in before.iter().zip(&after) {
                prop_assert_eq!((&a.0, a.1), (&b.0, b.1));
                let same = a.2.iter().zip(&b.2).all(|(x, y)| x.to_bits() == y.to_bits() || (x.is_nan() && y.is_nan()));
                prop_assert!(same, "{} at {} reads the future", a.0, a.1);
            }
        }
    }
}

#[test]
fn a_resolved_ticket_is_closed_even_when_the_answer_is_open() {
    let world = World {
        accounts: vec![[1; 8]],
        deployments: Vec::new(),
        events: Vec::new(),
        // Resolved after 10 hours, never escalated.
        tickets: vec![[0, 0, 5, 1, 1, 10, 7, 1]],
        timed_accounts: false,
        events_by_ticket: false,
    };
    let database = world.database(None);
    let ends = Ends::of(&database, &task(&database));
    let open = |hours| {
        ends.is_open(
            &database,
            RowId(0),
            moment(&database, RowId(0), 2) + Duration::hours(hours),
        )
    };
    assert!(open(9) && !open(10));
}

#[test]
fn the_age_is_a_feature_when_ages_are_asked_about() {
    let world = World {
        accounts: vec![[1; 8]],
        deployments: Vec::new(),
        events: Vec::new(),
        tickets: vec![[0, 0, 5, 1, 1, 10, 7, 1]],
        timed_accounts: false,
        events_by_ticket: false,
    };
    let database = world.database(None);
    let age_in = |ages: bool| {
        let reach = Reach {
            ages,
            ..Reach::default()
        };
        let set = enumerate(&database, TICKETS, Timestamp(100 * Duration::HOUR.0), &reach).set;
        let place =
            (0..set.features.len()).find(|&f| set.name(&database.schema, TICKETS, f) == "hours since created_at")?;
        let relations = Relations::build(&database, TICKETS, set, &[], &mut |_, _| {});
        let anchor = moment(&database, RowId(0), 2) + Duration::hours(12);
        Some(relations.row(&database, Asker::new(RowId(0), anchor))[place])
    };
    assert_eq!(age_in(true), Some(12.0));
    assert_eq!(age_in(false), None);
}

#[test]
fn a_bundle_trained_at_ages_says_so_and_has_an_example_for_each() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (desk, bundle) = (path("desk"), path("bundle"));
    let run = |args: &[&str]| {
        let done = Command::new(env!("CARGO_BIN_EXE_bellwether"))
            .args(args)
            .assert()
            .success();
        String::from_utf8(done.get_output().stdout.clone()).unwrap()
    };
    run(&["sample", &desk, "--tickets", "3000", "--seed", "4"]);
    let query = "PREDICT BOOL(tickets.escalated_to_eng, 0, 48, hours) FOR EACH tickets.ticket_id";
    run(&[
        "train",
        &desk,
        "--query",
        query,
        "--ages",
        "24h,0h,4h",
        "--out",
        &bundle,
    ]);
    let manifest = std::fs::read(folder.path().join("bundle/manifest.json")).unwrap();
    let manifest: Value = serde_json::from_slice(&manifest).unwrap();
    assert_eq!(manifest["ages_hours"], serde_json::json!([0.0, 4.0, 24.0]));
    assert!(
        manifest["examples"].as_u64().unwrap() > 3_500,
        "{}",
        manifest["examples"]
    );
    let told = run(&[
        "evaluate",
        &desk,
        "--query",
        query,
        "--cut",
        "2025-10-01",
        "--ages",
        "0h,4h,24h",
        "--format",
        "json",
    ]);
    let told: Value = serde_json::from_str(&told).unwrap();
    assert!(told["approaches"][6]["roc_auc"].as_f64().unwrap() > 0.6, "{told}");
}
