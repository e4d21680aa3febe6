//! Labels of 60,000 tickets at one anchor with a window over 5,000,000 events, on one core: from a bound question to every
//! answer, the indexes built on the way. `./build.sh bench` runs it.

use std::hint::black_box;

use bellwether::data::schema::Origin;
use bellwether::data::table::Cell;
use bellwether::data::{
    Column, ColumnId, ColumnSchema, ColumnType, Database, Duration, Link, Schema, Symbol, Symbols, Table, TableId,
    TableSchema, Timestamp,
};
use bellwether::query::{Mode, bind};
use bellwether::relate::Labeler;
use criterion::{Criterion, criterion_group, criterion_main};

const TICKETS: usize = 60_000;
const EVENTS: usize = 5_000_000;
const YEAR: i64 = 365 * Duration::DAY.0;

fn table(name: &str, columns: &[(&str, ColumnType)], time: Option<usize>, link: Option<(usize, usize)>) -> TableSchema {
    TableSchema {
        name: name.into(),
        key: Some(ColumnId(0)),
        key_origin: None,
        time: time.map(ColumnId),
        time_origin: None,
        columns: columns
            .iter()
            .map(|(name, kind)| ColumnSchema {
                name: (*name).into(),
                kind: kind.clone(),
                known_at: None,
                origin: Origin::Stated,
            })
            .collect(),
        links: link
            .map(|(column, table)| Link {
                column: ColumnId(column),
                table: TableId(table),
                origin: Origin::Stated,
            })
            .into_iter()
            .collect(),
    }
}

/// Numbers that are the same on every machine.
fn mixed(n: usize) -> usize {
    let mut x = (n as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x ^= x >> 31;
    x = x.wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (x ^ (x >> 29)) as usize
}

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
    let empty = |schema: &TableSchema| Table {
        columns: schema.columns.iter().map(|c| Column::empty(&c.kind)).collect(),
        rows: 0,
    };
    let tables = schema.tables.iter().map(empty).collect();
    let mut symbols = Symbols::default();
    let keys: Vec<Symbol> = (0..TICKETS).map(|t| symbols.intern(&format!("T{t}"))).collect();
    let kinds: Vec<Symbol> = (0..12).map(|k| symbols.intern(&format!("kind {k}"))).collect();
    let mut database = Database::new(schema, tables, symbols);
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
