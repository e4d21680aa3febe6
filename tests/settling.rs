//! A page open for weeks: what no window reaches any more is folded into totals, and nothing that is asked notices.

mod common;

use bellwether::bundle::Shard;
use bellwether::bundle::shard::Opened;
use bellwether::data::table::Cell;
use bellwether::data::{Database, Duration, RowId, TableId, Timestamp};
use bellwether::relate::enumerate::{Reach, enumerate};
use bellwether::relate::{Asker, FeatureSet, Relations};
use common::{TICKETS, World, labels, worlds};
use proptest::prelude::*;

const EVENTS: TableId = TableId(2);
/// Windows short enough that much of a small history leaves them.
const WINDOW: Duration = Duration(24 * Duration::HOUR.0);

fn cells(from: &Database, to: &mut Database, table: TableId, row: RowId) -> Vec<Cell<'static>> {
    let columns = &from.table(table).columns;
    let cell = |cell: Cell<'_>| match cell {
        Cell::Symbol(s) => from
            .symbols
            .text(s)
            .map_or(Cell::Null, |text| Cell::Symbol(to.symbols.intern(text))),
        Cell::Number(x) => Cell::Number(x),
        Cell::Time(t) => Cell::Time(t),
        _ => Cell::Null,
    };
    columns.iter().map(|c| c.cell(row.index())).map(cell).collect()
}

/// A world in which no row is older than the longest window when the last row that it speaks of comes: what waits for
/// longer than any window could reach is let go when rows are folded.
fn in_time(mut world: World) -> World {
    let hour = |row: &common::Draw| row[2] % 60;
    let accounts: Vec<u16> = world
        .accounts
        .iter()
        .map(|a| if world.timed_accounts { a[3] % 40 } else { 0 })
        .collect();
    let owner =
        |begun: &[u16], row: &common::Draw| begun.get(row[1] as usize % (begun.len() + 1)).copied().unwrap_or(0);
    let soon = |complete: u16, row: &common::Draw| complete < hour(row) + 24;
    world.tickets.retain(|ticket| soon(owner(&accounts, ticket), ticket));
    let owners = if world.events_by_ticket {
        world.tickets.iter().map(|t| hour(t).max(owner(&accounts, t))).collect()
    } else {
        accounts
    };
    world.events.retain(|event| soon(owner(&owners, event), event));
    world
}

const TABLES: [TableId; 4] = [TableId(0), TableId(1), TICKETS, EVENTS];

/// The rows of `all` that came after `from` and up to `to`, table by table.
fn came(all: &Database, from: Timestamp, to: Timestamp) -> [Vec<RowId>; 4] {
    TABLES.map(|table| {
        let rows = (0..u32::try_from(all.table(table).rows).unwrap()).map(RowId);
        rows.filter(|&row| all.row_time(table, row).is_some_and(|t| t > from && t <= to))
            .collect()
    })
}

fn take_in(opened: &mut Opened, all: &Database, table: TableId, row: RowId) {
    let cells = cells(all, &mut opened.database, table, row);
    let place = opened.database.push_row(table, &cells);
    opened.relations.insert(&opened.database, table, place);
}

/// As a page takes them in: every row after those it speaks of.
fn ingest(opened: &mut Opened, all: &Database, from: Timestamp, to: Timestamp) {
    for (table, rows) in TABLES.into_iter().zip(came(all, from, to)) {
        rows.into_iter().for_each(|row| take_in(opened, all, table, row));
    }
}

/// The same rows, each table's in its order, but the tables in any: `turns` says which comes next.
fn ingest_in_turns(opened: &mut Opened, all: &Database, from: Timestamp, to: Timestamp, turns: &[usize]) {
    let mut left = came(all, from, to).map(std::collections::VecDeque::from);
    let mut turns = turns.iter().copied().cycle();
    while left.iter().any(|rows| !rows.is_empty()) {
        let turn = turns.next().unwrap_or(0);
        let place = (0..4)
            .map(|step| (turn + step) % 4)
            .find(|&p| !left[p].is_empty())
            .unwrap();
        let row = left[place].pop_front().unwrap();
        take_in(opened, all, TABLES[place], row);
    }
}

fn features(opened: &mut Opened, all: &Database, ticket: RowId, moment: Timestamp) -> Vec<f32> {
    let cells = cells(all, &mut opened.database, TICKETS, ticket);
    let place = opened.database.push_row(TICKETS, &cells);
    let key = all
        .key_text(TICKETS, ticket)
        .and_then(|key| opened.database.symbols.find(key));
    let known_as = key
        .and_then(|key| opened.database.row_of_key(TICKETS, key))
        .unwrap_or(place);
    let asker = Asker {
        known_as,
        ..Asker::new(place, moment)
    };
    let row = opened.relations.row(&opened.database, asker);
    opened.database.pop_row(TICKETS);
    row
}

fn bundle(world: &World, built_at: Timestamp) -> (Opened, FeatureSet) {
    let history = world.database(None).upto(built_at);
    let set = enumerate(&history, TICKETS, built_at, &Reach::default()).set;
    let short: Vec<usize> = (0..set.features.len())
        .filter(|&f| set.features[f].window().is_none_or(|w| w <= WINDOW))
        .collect();
    let set = set.keep(&short);
    let labels = labels(&history);
    let whole = Relations::build(&history, TICKETS, set.clone(), &labels, &mut |_, _| {});
    (
        Shard::pack(&history, &whole, &labels, built_at, &[]).open().unwrap(),
        set,
    )
}

/// As the next instance reads it.
fn settled(opened: &Opened, now: Timestamp) -> Opened {
    let bytes = postcard::to_stdvec(&opened.settled(now)).unwrap();
    postcard::from_bytes::<Shard>(&bytes).unwrap().open().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn folding_what_no_window_reaches_changes_no_feature_at_any_later_moment(
        world in worlds().prop_map(in_time), build in 10i64..40, lived in 0i64..40, ahead in 0i64..60, again in 0i64..30,
    ) {
        let hour = |h: i64| Timestamp(h * Duration::HOUR.0);
        let all = world.database(None);
        let (mut unpruned, set) = bundle(&world, hour(build));
        let mut pruned = unpruned.clone();
        let mut from = build;
        for now in [build + lived, build + lived + again] {
            for opened in [&mut unpruned, &mut pruned] {
                ingest(opened, &all, hour(from), hour(now));
            }
            pruned = settled(&pruned, hour(now));
            from = now;
        }
        let moment = hour(from + ahead);
        for opened in [&mut unpruned, &mut pruned] {
            ingest(opened, &all, hour(from), moment);
        }
        for row in (0..u32::try_from(all.table(TICKETS).rows).unwrap()).map(RowId) {
            if all.row_time(TICKETS, row).is_some_and(|t| t > moment) {
                continue;
            }
            let (a, b) = (features(&mut unpruned, &all, row, moment), features(&mut pruned, &all, row, moment));
            for f in 0..a.len() {
                let same = a[f].to_bits() == b[f].to_bits() || (a[f].is_nan() && b[f].is_nan());
                prop_assert!(same, "{}: {} before, {} folded", set.name(&all.schema, TICKETS, f), a[f], b[f]);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn rows_that_come_before_those_they_speak_of_count_as_if_they_had_come_in_order(
        world in worlds(), build in 0i64..40, lived in 1i64..60, turns in prop::collection::vec(0usize..4, 1..12),
    ) {
        let hour = |h: i64| Timestamp(h * Duration::HOUR.0);
        let all = world.database(None);
        let (mut ordered, set) = bundle(&world, hour(build));
        let mut mixed = ordered.clone();
        let moment = hour(build + lived);
        ingest(&mut ordered, &all, hour(build), moment);
        ingest_in_turns(&mut mixed, &all, hour(build), moment, &turns);
        for row in (0..u32::try_from(all.table(TICKETS).rows).unwrap()).map(RowId) {
            if all.row_time(TICKETS, row).is_some_and(|t| t > moment) {
                continue;
            }
            let (a, b) = (features(&mut ordered, &all, row, moment), features(&mut mixed, &all, row, moment));
            for f in 0..a.len() {
                let same = a[f].to_bits() == b[f].to_bits() || (a[f].is_nan() && b[f].is_nan());
                prop_assert!(same, "{}: {} in order, {} mixed", set.name(&all.schema, TICKETS, f), a[f], b[f]);
            }
        }
    }
}

#[test]
fn events_that_no_window_reaches_leave_the_page() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let world = (0..200)
        .map(|_| worlds().new_tree(&mut runner).unwrap().current())
        .max_by_key(|w| w.events.len())
        .unwrap();
    let all = world.database(None);
    let hour = |h: i64| Timestamp(h * Duration::HOUR.0);
    let (mut opened, _) = bundle(&world, hour(10));
    ingest(&mut opened, &all, hour(10), hour(60));
    let before = opened.database.table(EVENTS).rows;
    let symbols = opened.database.symbols.len();
    let later = settled(&opened, hour(1_000));
    assert!(before > 10, "only {before} events");
    assert_eq!(
        later.database.table(EVENTS).rows,
        0,
        "every event is older than the window"
    );
    assert!(later.database.symbols.len() < symbols, "their names go with them");
    assert_eq!(later.database.table(TICKETS).rows, opened.database.table(TICKETS).rows);
}
