//! The laws that training and serving rest on, over random tables.

mod common;
#[path = "common/schemas.rs"]
mod schemas;

use bellwether::bundle::Shard;
use bellwether::data::{Database, Duration, RowId, TableId, Timestamp};
use bellwether::relate::enumerate::{Reach, enumerate};
use bellwether::relate::series::Aside;
use bellwether::relate::{Asker, Feature, FeatureSet, Function, Key, Relations, SettledLabel};
use common::{TICKETS, labels, worlds};
use proptest::prelude::*;
use rustc_hash::FxHashSet;
use schemas::{HOURS, schemes};

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

/// A number of events or of their categories in a window, counted one by one.
fn counted(relations: &Relations, database: &Database, feature: &Feature, asker: Asker) -> Option<f32> {
    let Feature::Aggregate {
        lookup,
        function: function @ (Function::Count | Function::Distinct),
        window: Some(window),
    } = feature
    else {
        return None;
    };
    let inside = |at: Timestamp| at > asker.anchor - *window && at <= asker.anchor;
    let mut values: Vec<f64> = relations
        .events(database, *lookup, asker)?
        .latest(None, usize::MAX)
        .into_iter()
        .filter(|event| inside(event.at))
        .map(|event| event.value)
        .collect();
    if *function == Function::Distinct {
        values.sort_by(f64::total_cmp);
        values.dedup();
    }
    Some(values.len() as f32)
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
    fn whatever_the_schema_nothing_after_a_moment_changes_a_feature(schemes in schemes(), hour in 0..HOURS, salt in 1u64..900) {
        let moment = Timestamp(hour * Duration::HOUR.0);
        let entity = schemes.entity();
        let whole = schemes.database(None);
        let set = enumerate(&whole, entity, moment, &Reach::default()).set;
        let scramble = Some((moment, salt));
        let (truncated, scrambled) = (whole.upto(moment), schemes.database(scramble));
        let build = |database: &Database, labels: Vec<SettledLabel>| Relations::build(database, entity, set.clone(), &labels, &mut |_, _| {});
        let before = build(&whole, schemes.labels(&whole, None));
        let there = |row: &RowId| whole.row_time(entity, *row).is_none_or(|at| at <= moment);
        let rows: Vec<RowId> = (0..u32::try_from(whole.table(entity).rows).unwrap()).map(RowId).filter(there).collect();
        for (what, other, labels) in [
            ("deleting", &truncated, schemes.labels(&truncated, None)),
            ("scrambling", &scrambled, schemes.labels(&scrambled, scramble)),
        ] {
            let after = build(other, labels);
            for &row in &rows {
                let key = whole.key_text(entity, row).unwrap();
                let there = other.row_of_key(entity, other.symbols.find(key).unwrap()).unwrap();
                let (a, b) = (before.row(&whole, Asker::new(row, moment)), after.row(other, Asker::new(there, moment)));
                if let Some(f) = same(&a, &b) {
                    prop_assert!(false, "{what} the future changes {} of {key}: {} to {}", set.name(&whole.schema, entity, f), a[f], b[f]);
                }
            }
        }
    }

    #[test]
    fn many_askers_answered_at_once_get_what_each_would_get_alone(schemes in schemes(), hours in prop::collection::vec(0..HOURS, 1..6), live in 0..HOURS) {
        let entity = schemes.entity();
        let whole = schemes.database(None);
        let set = enumerate(&whole, entity, Timestamp(HOURS * Duration::HOUR.0), &Reach::default()).set;
        let labels = schemes.labels(&whole, None);
        let mut relations = Relations::build(&whole, entity, set.clone(), &labels, &mut |_, _| {});
        // Some rows come in late and out of order, as live ones do.
        let late = Timestamp(live * Duration::HOUR.0);
        for table in (0..whole.schema.tables.len()).map(TableId) {
            let rows: FxHashSet<RowId> = (0..u32::try_from(whole.table(table).rows).unwrap())
                .map(RowId)
                .filter(|&row| whole.row_time(table, row).is_some_and(|at| at > late))
                .collect();
            relations.hide(&whole, table, &rows, &mut Aside::default());
            rows.into_iter().for_each(|row| relations.insert(&whole, table, row));
        }
        let rows = u32::try_from(whole.table(entity).rows).unwrap();
        let askers: Vec<Asker> = hours.iter().flat_map(|&hour| (0..rows).map(move |row| Asker::new(RowId(row), Timestamp(hour * Duration::HOUR.0)))).collect();
        let columns = relations.columns(&whole, &askers);
        for (i, asker) in askers.iter().enumerate() {
            let at_once: Vec<f32> = columns.iter().map(|column| column[i]).collect();
            if let Some(f) = same(&relations.row(&whole, *asker), &at_once) {
                prop_assert!(false, "{} of {asker:?} differs: {} at once", set.name(&whole.schema, entity, f), at_once[f]);
            }
            for (f, feature) in set.features.iter().enumerate() {
                if let Some(counted) = counted(&relations, &whole, feature, *asker) {
                    prop_assert_eq!(at_once[f], counted, "{} of {:?}", set.name(&whole.schema, entity, f), asker);
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
            let got = opened.relations.row(&opened.database, Asker { known_as, ..Asker::new(place, moment) });
            opened.database.pop_row(TICKETS);
            if let Some(f) = same(&expected, &got) {
                prop_assert!(false, "{} of {key}: {} in the history, {} in the bundle", set.name(&database.schema, TICKETS, f), expected[f], got[f]);
            }
        }
        database.tables.clear();
    }

    #[test]
    fn whatever_the_schema_a_bundle_gives_the_features_of_the_whole_history(schemes in schemes(), build in 10..HOURS, ahead in 0i64..40) {
        let built_at = Timestamp(build * Duration::HOUR.0);
        let moment = built_at + Duration::hours(ahead);
        let entity = schemes.entity();
        let database = schemes.database(None).upto(built_at);
        let labels: Vec<SettledLabel> = schemes.labels(&database, None).into_iter().filter(|l| l.closed_at <= built_at).collect();
        let set = enumerate(&database, entity, built_at, &Reach::default()).set;
        let short: Vec<usize> = (0..set.features.len()).filter(|&f| set.features[f].window().is_none_or(|w| w <= Duration::hours(24))).collect();
        let set = set.keep(&short);
        let whole = Relations::build(&database, entity, set.clone(), &labels, &mut |_, _| {});
        let shard = Shard::pack(&database, &whole, &labels, built_at, &[]);
        let bytes = postcard::to_stdvec(&shard).unwrap();
        let mut opened = postcard::from_bytes::<Shard>(&bytes).unwrap().open().unwrap();
        for row in (0..u32::try_from(database.table(entity).rows).unwrap()).map(RowId) {
            let expected = whole.row(&database, Asker::new(row, moment));
            let cells: Vec<_> = database.table(entity).columns.iter().map(|c| c.cell(row.index())).map(|c| translated(&database, &mut opened.database, c)).collect();
            let key = database.key_text(entity, row).unwrap();
            let known = opened.database.symbols.find(key).and_then(|key| opened.database.row_of_key(entity, key));
            let place = opened.database.push_row(entity, &cells);
            let asker = Asker { known_as: known.unwrap_or(place), ..Asker::new(place, moment) };
            let got = opened.relations.row(&opened.database, asker);
            opened.database.pop_row(entity);
            if let Some(f) = same(&expected, &got) {
                prop_assert!(false, "{} of {key}: {} in the history, {} in the bundle", set.name(&database.schema, entity, f), expected[f], got[f]);
            }
        }
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

#[test]
fn random_schemas_are_of_every_shape() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let drawn: Vec<_> = (0..200)
        .map(|_| schemes().new_tree(&mut runner).unwrap().current())
        .collect();
    let (mut most_tables, mut snapshots, mut all_timed, mut linked, mut outcomes, mut features) = (0, 0, 0, 0, 0, 0);
    let mut named = 0;
    for schemes in &drawn {
        let (tables, timed, links, known_later) = schemes.describe();
        most_tables = most_tables.max(tables);
        snapshots += usize::from(timed < tables);
        all_timed += usize::from(timed == tables);
        linked += usize::from(links > tables);
        outcomes += usize::from(known_later > 0);
        let set = enumerate(
            &schemes.database(None),
            schemes.entity(),
            Timestamp(40 * Duration::HOUR.0),
            &Reach::default(),
        )
        .set;
        features = features.max(set.features.len());
        named += usize::from(set.keys.iter().any(|key| matches!(key, Key::Latest(_))));
    }
    assert_eq!(most_tables, 5);
    for (what, found) in [
        ("snapshots", snapshots),
        ("all timed", all_timed),
        ("linked", linked),
        ("outcomes", outcomes),
        ("of things named by rows", named),
    ] {
        assert!(found > 20, "only {found} of 200 are {what}");
    }
    assert!(features > 400, "at most {features} features");
}
