//! The laws that training and serving rest on, over random tables.

mod common;

use bellwether::bundle::Shard;
use bellwether::data::{Database, Duration, RowId, Timestamp};
use bellwether::relate::enumerate::{Reach, enumerate};
use bellwether::relate::{Asker, FeatureSet, Relations};
use common::{TICKETS, labels, worlds};
use proptest::prelude::*;

fn relations(database: &Database, set: &FeatureSet) -> Relations {
    Relations::build(database, TICKETS, set.clone(), &labels(database), &mut |_, _| {})
}

fn row_of(database: &Database, key: &str) -> Option<RowId> {
    database.row_of_key(TICKETS, database.symbols.find(key)?)
}

fn same(a: &[f32], b: &[f32]) -> Option<usize> {
    assert_eq!(a.len(), b.len());
    (0..a.len()).find(|&i| a[i].to_bits() != b[i].to_bits() && !(a[i].is_nan() && b[i].is_nan()))
}

/// The tickets that exist at a moment, asked about at that moment.
fn asked(database: &Database, moment: Timestamp) -> Vec<String> {
    (0..u32::try_from(database.table(TICKETS).rows).unwrap())
        .map(RowId)
        .filter(|&row| database.row_time(TICKETS, row).is_some_and(|t| t <= moment))
        .map(|row| database.key_text(TICKETS, row).unwrap().to_owned())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn nothing_after_a_moment_changes_a_feature_at_that_moment(world in worlds(), hour in 0i64..60, salt in 1u16..900) {
        let moment = Timestamp(hour * Duration::HOUR.0);
        let whole = world.database(None);
        let set = enumerate(&whole, TICKETS, moment, &Reach::default()).set;
        let (truncated, scrambled) = (whole.upto(moment), world.database(Some((moment, salt))));
        let before = relations(&whole, &set);
        for (what, other) in [("deleting", &truncated), ("scrambling", &scrambled)] {
            let after = relations(other, &set);
            for key in asked(&whole, moment) {
                let (a, b) = (row_of(&whole, &key).unwrap(), row_of(other, &key).unwrap());
                let (a, b) = (before.row(&whole, Asker::new(a, moment)), after.row(other, Asker::new(b, moment)));
                if let Some(f) = same(&a, &b) {
                    prop_assert!(false, "{what} the future changes {} of {key}: {} to {}", set.name(&whole.schema, TICKETS, f), a[f], b[f]);
                }
            }
        }
    }

    #[test]
    fn a_bundle_gives_the_features_of_the_whole_history_from_its_build_on(world in worlds(), build in 20i64..60, ahead in 0i64..90) {
        let built_at = Timestamp(build * Duration::HOUR.0);
        let moment = built_at + Duration::hours(ahead);
        let mut database = world.database(None).upto(built_at);
        let set = enumerate(&database, TICKETS, built_at, &Reach::default()).set;
        // Windows short enough that much of this small history is folded away.
        let short: Vec<usize> = (0..set.features.len()).filter(|&f| set.features[f].window().is_none_or(|w| w <= Duration::hours(24))).collect();
        let set = set.keep(&short);
        let whole = relations(&database, &set);
        let shard = Shard::pack(&database, &whole, &labels(&database), built_at, &[]);
        let bytes = postcard::to_stdvec(&shard).unwrap();
        let mut opened = postcard::from_bytes::<Shard>(&bytes).unwrap().open().unwrap();
        for key in asked(&database, built_at) {
            let row = row_of(&database, &key).unwrap();
            let expected = whole.row(&database, Asker::new(row, moment));
            // The ticket's row comes with the call.
            let cells: Vec<_> = database.table(TICKETS).columns.iter().map(|c| c.cell(row.index())).map(|c| translated(&database, &mut opened.database, c)).collect();
            let place = opened.database.push_row(TICKETS, &cells);
            let known_as = row_of(&opened.database, &key).unwrap();
            let got = opened.relations.row(&opened.database, Asker { row: place, anchor: moment, known_as });
            opened.database.pop_row(TICKETS);
            if let Some(f) = same(&expected, &got) {
                prop_assert!(false, "{} of {key}: {} in the history, {} in the bundle", set.name(&database.schema, TICKETS, f), expected[f], got[f]);
            }
        }
        database.tables.clear();
    }
}

fn translated<'a>(
    from: &Database,
    to: &mut Database,
    cell: bellwether::data::table::Cell<'a>,
) -> bellwether::data::table::Cell<'a> {
    use bellwether::data::table::Cell;
    match cell {
        Cell::Symbol(s) => Cell::Symbol(to.symbols.intern(from.symbols.text(s).unwrap())),
        other => other,
    }
}

#[test]
fn random_tables_give_features_of_every_kind() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let world = (0..200)
        .map(|_| worlds().new_tree(&mut runner).unwrap().current())
        .max_by_key(|w| w.events.len() + w.tickets.len())
        .unwrap();
    let database = world.database(None);
    let set = enumerate(&database, TICKETS, Timestamp(60 * Duration::HOUR.0), &Reach::default()).set;
    assert!(set.features.len() > 200, "only {} features", set.features.len());
    let names: std::collections::BTreeSet<String> = (0..set.features.len())
        .map(|f| set.name(&database.schema, TICKETS, f))
        .collect();
    assert_eq!(names.len(), set.features.len(), "two features have one name");
}
