//! Events of the kind that goes with a ticket's category: found without looking at any label, and the same count that a
//! person would make.

use std::fmt::Write;
use std::path::Path;

use bellwether::bundle::Shard;
use bellwether::cli::folder::read_folder;
use bellwether::data::table::Cell;
use bellwether::data::{Database, Duration, RowId, TableId, Timestamp};
use bellwether::relate::enumerate::{Reach, enumerate};
use bellwether::relate::{Asker, Feature, FeatureSet, Function, Relations};

/// Boats call about leaks when they leaked, about engines when one stalled, and about berths whatever happened.
fn write_harbour(folder: &Path) {
    let clock = |hour: usize| {
        format!(
            "2026-{:02}-{:02}T{:02}:30:00Z",
            1 + hour / 672,
            1 + hour % 672 / 24,
            hour % 24
        )
    };
    let mut boats = "boat_id,flag\n".to_owned();
    let mut calls = "call_id,boat_id,called_at,topic\n".to_owned();
    let mut signals = "signal_id,boat_id,at,kind\n".to_owned();
    for boat in 0..30 {
        writeln!(boats, "B{boat},{}", ["FR", "NO"][boat % 2]).unwrap();
    }
    for call in 0..600usize {
        let (boat, hour) = (call * 7 % 30, 40 + call * 2);
        let topic = ["leak", "engine", "berth"][call % 3];
        writeln!(calls, "C{call},B{boat},{},{topic}", clock(hour)).unwrap();
        let signs: &[&str] = match (topic, call % 5) {
            ("leak", 0..4) => &["water", "water"],
            ("engine", 0..4) => &["stall"],
            _ => &[],
        };
        for (k, kind) in signs.iter().chain(&["position"]).enumerate() {
            writeln!(signals, "S{call}-{k},B{boat},{},{kind}", clock(hour - 1 - k)).unwrap();
        }
    }
    std::fs::write(folder.join("boats.csv"), boats).unwrap();
    std::fs::write(folder.join("calls.csv"), calls).unwrap();
    std::fs::write(folder.join("signals.csv"), signals).unwrap();
}

struct Harbour {
    database: Database,
    calls: TableId,
    set: FeatureSet,
    until: Timestamp,
}

fn harbour() -> Harbour {
    let folder = tempfile::tempdir().unwrap();
    write_harbour(folder.path());
    let database = read_folder(folder.path()).unwrap().database;
    let calls = TableId(database.schema.tables.iter().position(|t| t.name == "calls").unwrap());
    let until = database.latest().unwrap();
    let set = enumerate(&database, calls, until, &Reach::default()).set;
    let matched: Vec<usize> = (0..set.features.len())
        .filter(|&f| matches!(set.features[f], Feature::Matched { .. }))
        .collect();
    let set = set.keep(&matched);
    Harbour {
        database,
        calls,
        set,
        until,
    }
}

fn rows(database: &Database, table: TableId) -> impl Iterator<Item = RowId> + use<> {
    (0..u32::try_from(database.table(table).rows).unwrap()).map(RowId)
}

#[test]
fn what_goes_with_a_topic_is_what_is_seen_around_it_and_not_around_others() {
    let Harbour {
        database, calls, set, ..
    } = harbour();
    let names: Vec<String> = (0..set.features.len())
        .map(|f| set.name(&database.schema, calls, f))
        .collect();
    assert!(
        names.contains(&"count of signals[kind that goes with topic] by boat_id, 48 h".to_owned()),
        "{names:?}"
    );
    let Feature::Matched { cases, .. } = &set.features[0] else {
        panic!("the set holds matched features only");
    };
    let found: Vec<(&str, &str)> = cases
        .iter()
        .map(|(value, lookup)| {
            let filter = set.series[lookup.series].filter.as_ref().unwrap();
            (value.as_str(), filter.equals.as_str())
        })
        .collect();
    assert_eq!(
        found,
        [("engine", "stall"), ("leak", "water")],
        "nothing goes with berths"
    );
}

#[test]
fn its_value_is_the_count_of_that_kind_and_unknown_where_none_goes_with_the_topic() {
    let Harbour {
        database, calls, set, ..
    } = harbour();
    let relations = Relations::build(&database, calls, set.clone(), &[], &mut |_, _| {});
    let place = set
        .features
        .iter()
        .position(|f| matches!(f, Feature::Matched { function: Function::Count, window: Some(w), .. } if *w == Duration::hours(48)))
        .unwrap();
    let mut known = 0;
    for row in rows(&database, calls) {
        let at = database.row_time(calls, row).unwrap();
        let asker = Asker::new(row, at);
        let value = relations.row(&database, asker)[place];
        let resolved = set.features[place].for_asker(&database, calls, asker);
        match resolved.as_ref() {
            Feature::Aggregate { lookup, .. } => {
                let view = relations.events(&database, *lookup, asker);
                let counted = view.map_or(0.0, |v| v.count(Some(at - Duration::hours(48))));
                assert!((f64::from(value) - counted).abs() < 1e-9);
                known += 1;
            }
            _ => assert!(value.is_nan()),
        }
    }
    assert_eq!(known, 400, "leaks and engines, not berths");
}

#[test]
fn a_bundle_gives_the_same_values() {
    let Harbour {
        database,
        calls,
        set,
        until,
    } = harbour();
    let relations = Relations::build(&database, calls, set, &[], &mut |_, _| {});
    let shard = Shard::pack(&database, &relations, &[], until, &[]);
    let bytes = postcard::to_stdvec(&shard).unwrap();
    let mut opened = postcard::from_bytes::<Shard>(&bytes).unwrap().open().unwrap();
    for row in rows(&database, calls).step_by(7) {
        // The call's row comes with the question.
        let cells: Vec<Cell<'_>> = database
            .table(calls)
            .columns
            .iter()
            .map(|column| match column.cell(row.index()) {
                Cell::Symbol(s) => Cell::Symbol(opened.database.symbols.intern(database.symbols.text(s).unwrap())),
                other => other,
            })
            .collect();
        let place = opened.database.push_row(calls, &cells);
        let a = relations.row(&database, Asker::new(row, until));
        let b = opened.relations.row(&opened.database, Asker::new(place, until));
        opened.database.pop_row(calls);
        assert!(
            a.iter().zip(&b).all(|(a, b)| a == b || (a.is_nan() && b.is_nan())),
            "{a:?} {b:?}"
        );
    }
}
