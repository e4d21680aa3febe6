//! Labels of 60,000 tickets at one anchor with a window over 5,000,000 events, on one core: from a bound question to every
//! answer, the indexes built on the way. `./build.sh bench` runs it.

mod helpdesk;

use std::hint::black_box;

use bellwether::data::table::Cell;
use bellwether::data::{ColumnType, Database, Duration, Schema, Symbol, Symbols, TableId, Timestamp};
use bellwether::query::{Mode, bind};
use bellwether::relate::Labeler;
use criterion::{Criterion, criterion_group, criterion_main};
use helpdesk::{EVENTS, TICKETS, YEAR, mixed, table, unfilled};

fn database() -> Database {
    use ColumnType::{Category, Id, Number, Timestamp as Time};
    let tickets = [("ticket_id", Id), ("created_at", Time)];
    let events = [
        ("event_id", Id),
        ("ticket_id", Id),
        ("at", Time),
        ("kind", Category),
        ("amount", Number),
    ];
    let schema = Schema {
        tables: vec![
            table("tickets", &tickets, Some(1), None),
            table("events", &events, Some(2), Some((1, 0))),
        ],
    };
    let mut symbols = Symbols::default();
    let keys: Vec<Symbol> = (0..TICKETS).map(|t| symbols.intern(&format!("T{t}"))).collect();
    let kinds: Vec<Symbol> = (0..12).map(|k| symbols.intern(&format!("kind {k}"))).collect();
    let mut database = unfilled(schema, symbols);
    for (t, &key) in keys.iter().enumerate() {
        let created = Timestamp((mixed(t) % 180) as i64 * Duration::DAY.0);
        database.push_row(TableId(0), &[Cell::Symbol(key), Cell::Time(created)]);
    }
    for e in 0..EVENTS {
        let draw = mixed(e + TICKETS);
        let at = Timestamp((draw % YEAR as usize) as i64);
        let row = [
            Cell::Null,
            Cell::Symbol(keys[(draw >> 8) % TICKETS]),
            Cell::Time(at),
            Cell::Symbol(kinds[(draw >> 20) % kinds.len()]),
            Cell::Number((draw % 1000) as f64),
        ];
        database.push_row(TableId(1), &row);
    }
    database
}

fn labels(bench: &mut Criterion) {
    let database = database();
    let anchor = Timestamp(200 * Duration::DAY.0);
    let mut group = bench.benchmark_group("labels of 60,000 tickets over 5,000,000 events");
    group.sample_size(10);
    for (name, query) in [
        (
            "count",
            "PREDICT COUNT(events.*, 0, 30, days) > 2 FOR EACH tickets.ticket_id",
        ),
        (
            "filtered sum",
            "PREDICT SUM(events.amount WHERE events.kind = 'kind 3', 0, 30, days) FOR EACH tickets.ticket_id",
        ),
        (
            "maximum",
            "PREDICT MAX(events.amount, 0, 30, days) FOR EACH tickets.ticket_id",
        ),
    ] {
        let task = bind(query, &database.schema, Mode::Extended).expect("the question fits the tables");
        group.bench_function(name, |b| {
            b.iter(|| {
                let labeler = Labeler::new(&database, &task).expect("bound to this schema");
                let rows = labeler.candidates(anchor);
                let answered = rows.iter().filter(|row| labeler.label(**row, anchor).is_some()).count();
                black_box(answered)
            });
        });
    }
    group.finish();
}

criterion_group!(benches, labels);
criterion_main!(benches);
