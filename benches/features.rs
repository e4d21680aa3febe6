//! A hundred features of 60,000 tickets over 5,000,000 events, on one core: rows a second, and what the series behind them
//! take to build. The same features as SQL are in `compare/features.sql`.

mod helpdesk;

use std::hint::black_box;
use std::time::Instant;

use bellwether::data::table::Cell;
use bellwether::data::{ColumnId, ColumnType, Database, Duration, RowId, Schema, Symbol, Symbols, TableId, Timestamp};
use bellwether::relate::series::{Filter, Measure, SeriesSpec, Source};
use bellwether::relate::{Asker, ColumnPath, Feature, FeatureSet, Function, Relations};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use helpdesk::{EVENTS, TICKETS, YEAR, mixed, table, unfilled};

const ACCOUNTS: usize = 1_200;
const KINDS: usize = 12;
const ENDPOINTS: usize = 40;
const TICKETS_TABLE: TableId = TableId(1);
const EVENTS_TABLE: TableId = TableId(2);

fn database() -> Database {
    use ColumnType::{Category, Id, Number, Timestamp as Time};
    let schema = Schema {
        tables: vec![
            table("accounts", &[("account_id", Id)], None, None),
            table(
                "tickets",
                &[("ticket_id", Id), ("account_id", Id), ("created_at", Time)],
                Some(2),
                Some((1, 0)),
            ),
            table(
                "events",
                &[
                    ("event_id", Id),
                    ("account_id", Id),
                    ("at", Time),
                    ("kind", Category),
                    ("endpoint", Category),
                    ("amount", Number),
                ],
                Some(2),
                Some((1, 0)),
            ),
        ],
    };
    let mut symbols = Symbols::default();
    let mut names =
        |word: &str, n: usize| -> Vec<Symbol> { (0..n).map(|k| symbols.intern(&format!("{word} {k}"))).collect() };
    let (accounts, tickets) = (names("account", ACCOUNTS), names("ticket", TICKETS));
    let (kinds, endpoints) = (names("kind", KINDS), names("endpoint", ENDPOINTS));
    let mut database = unfilled(schema, symbols);
    for &key in &accounts {
        database.push_row(TableId(0), &[Cell::Symbol(key)]);
    }
    for (t, &key) in tickets.iter().enumerate() {
        let draw = mixed(t);
        let created = Timestamp((draw % YEAR as usize) as i64);
        database.push_row(
            TICKETS_TABLE,
            &[
                Cell::Symbol(key),
                Cell::Symbol(accounts[(draw >> 40) % ACCOUNTS]),
                Cell::Time(created),
            ],
        );
    }
    for e in 0..EVENTS {
        let draw = mixed(e + TICKETS);
        let row = [
            Cell::Null,
            Cell::Symbol(accounts[(draw >> 40) % ACCOUNTS]),
            Cell::Time(Timestamp((draw % YEAR as usize) as i64)),
            Cell::Symbol(kinds[(draw >> 8) % KINDS]),
            Cell::Symbol(endpoints[(draw >> 20) % ENDPOINTS]),
            Cell::Number((draw % 1000) as f64),
        ];
        database.push_row(EVENTS_TABLE, &row);
    }
    database
}

/// The hundred: of each kind the events in five windows and the hours since the last; of all events in those windows the
/// number, the sum, mean and largest amount and the different endpoints; the account's tickets in three windows.
fn features() -> FeatureSet {
    let mut set = FeatureSet::default();
    let key = [ColumnPath::own(ColumnId(1))];
    let hours = [1, 24, 48, 168, 720].map(Duration::hours);
    let spec = |table: TableId, measure: Measure, kind: Option<usize>| SeriesSpec {
        source: Source::Table(table),
        key: key.to_vec(),
        filter: kind.map(|k| Filter {
            path: ColumnPath::own(ColumnId(3)),
            equals: format!("kind {k}"),
        }),
        clock: None,
        measure,
    };
    let mut add = |spec: &SeriesSpec, function: Function, window: Option<Duration>| {
        let lookup = set.lookup(spec, &key);
        set.features.push(Feature::Aggregate {
            lookup,
            function,
            window,
        });
    };
    for kind in 0..KINDS {
        let events = spec(EVENTS_TABLE, Measure::Presence, Some(kind));
        hours.iter().for_each(|w| add(&events, Function::Count, Some(*w)));
        add(&events, Function::SinceLast, None);
    }
    let amounts = spec(EVENTS_TABLE, Measure::Number(ColumnPath::own(ColumnId(5))), None);
    let endpoints = spec(EVENTS_TABLE, Measure::Category(ColumnPath::own(ColumnId(4))), None);
    for window in hours {
        for function in [Function::Count, Function::Sum, Function::Mean, Function::Max] {
            add(&amounts, function, Some(window));
        }
        add(&endpoints, Function::Distinct, Some(window));
    }
    let tickets = spec(TICKETS_TABLE, Measure::Presence, None);
    hours[2..].iter().for_each(|w| add(&tickets, Function::Count, Some(*w)));
    assert_eq!(set.features.len(), 100);
    set
}

fn rows(bench: &mut Criterion) {
    let database = database();
    let begun = Instant::now();
    let relations = Relations::build(&database, TICKETS_TABLE, features(), &[], &mut |_, _| {});
    println!(
        "series of {EVENTS} events built in {:.1} s",
        begun.elapsed().as_secs_f64()
    );
    let askers: Vec<Asker> = (0..TICKETS)
        .map(|t| RowId(t as u32))
        .map(|row| Asker::new(row, database.row_time(TICKETS_TABLE, row).unwrap()))
        .collect();
    let begun = Instant::now();
    black_box(relations.columns(&database, &askers));
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "100 features of {TICKETS} tickets: {:.0} rows a second on one core",
        TICKETS as f64 / seconds
    );
    let mut group = bench.benchmark_group("features");
    group.throughput(Throughput::Elements(1_000)).sample_size(20);
    let thousand: Vec<Asker> = askers.iter().step_by(TICKETS / 1_000).copied().collect();
    group.bench_function("a hundred of a thousand tickets, one at a time", |b| {
        b.iter(|| {
            for asker in &thousand {
                black_box(relations.row(&database, *asker));
            }
        });
    });
    group.throughput(Throughput::Elements(TICKETS as u64)).sample_size(10);
    group.bench_function("a hundred of all tickets, column by column", |b| {
        b.iter(|| black_box(relations.columns(&database, &askers)));
    });
    group.finish();
}

criterion_group!(benches, rows);
criterion_main!(benches);
