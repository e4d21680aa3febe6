//! What came true, for whom, and from when on that is known: windows, NULLs, order, and nothing seen before its time.

use bellwether::data::schema::{ColumnSchema, ColumnType, Link, Origin, Schema, TableSchema};
use bellwether::data::table::Cell;
use bellwether::data::{Column, ColumnId, Database, Duration, RowId, Symbols, Table, TableId, Timestamp};
use bellwether::query::{Mode, Task, bind};
use bellwether::relate::label::{Label, Labeler};

fn at(hour: i64) -> Timestamp {
    Timestamp::parse("2025-01-01").unwrap() + Duration::hours(hour)
}

fn column(name: &str, kind: ColumnType) -> ColumnSchema {
    ColumnSchema {
        name: name.into(),
        kind,
        known_at: None,
        origin: Origin::Stated,
    }
}

fn table(name: &str, columns: Vec<ColumnSchema>, time: Option<usize>, links: &[(usize, usize)]) -> TableSchema {
    let link = |&(column, table): &(usize, usize)| Link {
        column: ColumnId(column),
        table: TableId(table),
        origin: Origin::Stated,
    };
    TableSchema {
        name: name.into(),
        key: Some(ColumnId(0)),
        key_origin: None,
        time: time.map(ColumnId),
        time_origin: None,
        columns,
        links: links.iter().map(link).collect(),
    }
}

/// Two accounts; tickets t1 (hour 0, P1, escalated at 5, resolved at 30 after 30 hours) and t2 (hour 2, P3, never, open);
/// replies to t1 at hours 1, 3 and 10.
fn desk() -> Database {
    let order = ["P1", "P2", "P3"].map(str::to_owned).to_vec();
    let mut hours = column("resolution_hours", ColumnType::Number);
    hours.known_at = Some(ColumnId(4));
    let mut escalated = column("escalated_to_eng", ColumnType::Boolean);
    escalated.known_at = Some(ColumnId(7));
    let schema = Schema {
        tables: vec![
            table(
                "accounts",
                vec![column("id", ColumnType::Id), column("plan", ColumnType::Category)],
                None,
                &[],
            ),
            table(
                "replies",
                vec![
                    column("id", ColumnType::Id),
                    column("ticket", ColumnType::Id),
                    column("at", ColumnType::Timestamp),
                    column("words", ColumnType::Number),
                ],
                Some(2),
                &[(1, 2)],
            ),
            table(
                "tickets",
                vec![
                    column("ticket_id", ColumnType::Id),
                    column("account_id", ColumnType::Id),
                    column("created_at", ColumnType::Timestamp),
                    column("priority", ColumnType::Ordered { order }),
                    column("resolved_at", ColumnType::Timestamp),
                    hours,
                    escalated,
                    column("escalated_at", ColumnType::Timestamp),
                    column("vip", ColumnType::Boolean),
                ],
                Some(2),
                &[(1, 0)],
            ),
        ],
    };
    let tables = schema
        .tables
        .iter()
        .map(|t| Table {
            columns: t.columns.iter().map(|c| Column::empty(&c.kind)).collect(),
            rows: 0,
        })
        .collect();
    let mut symbols = Symbols::default();
    let mut s = |text: &str| Cell::Symbol(symbols.intern(text));
    let (a1, a2, t1, t2, gold, free, p1, p3) = (
        s("a1"),
        s("a2"),
        s("t1"),
        s("t2"),
        s("gold"),
        s("free"),
        s("P1"),
        s("P3"),
    );
    let (r1, r2, r3) = (s("r1"), s("r2"), s("r3"));
    let mut database = Database::new(schema, tables, symbols);
    database.push_row(TableId(0), &[a1, gold]);
    database.push_row(TableId(0), &[a2, free]);
    for (reply, hour, words) in [(r1, 1, 10.0), (r2, 3, 0.1), (r3, 10, 0.2)] {
        database.push_row(TableId(1), &[reply, t1, Cell::Time(at(hour)), Cell::Number(words)]);
    }
    let yes = Cell::Number(1.0);
    database.push_row(
        TableId(2),
        &[
            t1,
            a1,
            Cell::Time(at(0)),
            p1,
            Cell::Time(at(30)),
            Cell::Number(30.0),
            yes,
            Cell::Time(at(5)),
            yes,
        ],
    );
    database.push_row(TableId(2), &[t2, a2, Cell::Time(at(2)), p3]);
    database
}

fn task(database: &Database, query: &str) -> Task {
    bind(query, &database.schema, Mode::Extended).unwrap_or_else(|fault| panic!("{}", fault.render()))
}

fn asked<T>(query: &str, question: impl Fn(&Labeler<'_>) -> T) -> T {
    let database = desk();
    let task = task(&database, query);
    question(&Labeler::new(&database, &task).unwrap())
}

const T1: RowId = RowId(0);
const T2: RowId = RowId(1);

#[test]
fn the_products_own_sentence_works_as_written() {
    let query = "PREDICT BOOL(TICKETS.ESCALATED_TO_ENG, 0, 48, hours) FOR EACH TICKETS.TICKET_ID WHERE TICKETS.PRIORITY <= 'P2'";
    asked(query, |labeler| {
        assert_eq!(labeler.label(T1, at(0)), Some(Label::Bool(true)));
        assert_eq!(labeler.label(T2, at(2)), Some(Label::Bool(false)));
        assert!(labeler.in_population(T1, at(0)));
        assert!(!labeler.in_population(T2, at(2)), "P3 comes after P2");
        assert_eq!(labeler.settled_at(T1, at(0)), at(5), "a yes is known when it happens");
        assert_eq!(
            labeler.settled_at(T2, at(2)),
            at(50),
            "a no is known when the window closes"
        );
        let anchors: Vec<_> = labeler.anchors(at(100)).iter().map(|e| (e.row, e.anchor)).collect();
        assert_eq!(anchors, [(T1, at(0)), (T2, at(2))]);
    });
}

#[test]
fn a_window_is_open_at_its_start_and_closed_at_its_end() {
    let count = |query: &str, anchor| asked(query, |l| l.label(T1, anchor));
    let query = "PREDICT COUNT(replies.*, 0, 2, hours) FOR EACH tickets.ticket_id";
    assert_eq!(
        count(query, at(1)),
        Some(Label::Number(1.0)),
        "(1, 3] holds hour 3 and not hour 1"
    );
    assert_eq!(count(query, at(3)), Some(Label::Number(0.0)));
}

#[test]
fn count_and_sum_of_nothing_are_zero_and_other_aggregates_drop_out() {
    for (function, label) in [
        ("COUNT", Some(Label::Number(0.0))),
        ("SUM", Some(Label::Number(0.0))),
        ("AVG", None),
        ("LAST", None),
    ] {
        let query = format!("PREDICT {function}(replies.words, 0, 9, days) FOR EACH tickets.ticket_id");
        assert_eq!(asked(&query, |l| l.label(T2, at(2))), label, "{query}");
    }
    let sum = "PREDICT SUM(replies.words, 2, 24, hours) = 0.30000000000000004 FOR EACH tickets.ticket_id";
    assert_eq!(
        asked(sum, |l| l.label(T1, at(0))),
        Some(Label::Bool(true)),
        "a sum in a window is the sum of its values"
    );
}

#[test]
fn a_null_operand_drops_a_label_and_fails_a_filter() {
    let target = "PREDICT tickets.resolution_hours > 3 OR tickets.priority = 'P3' FOR EACH tickets.ticket_id";
    assert_eq!(
        asked(target, |l| (l.label(T1, at(0)), l.label(T2, at(2)))),
        (Some(Label::Bool(true)), None)
    );
    let filter = "PREDICT COUNT(replies.*, 0, 1) FOR EACH tickets.ticket_id WHERE NOT tickets.resolution_hours > 3";
    assert!(
        asked(filter, |l| l.in_population(T2, at(2))),
        "NOT turns a failed comparison with NULL true"
    );
}

#[test]
fn a_filter_sees_nothing_later_than_the_anchor() {
    let seen = |filter: &str, hour| {
        let query = format!("PREDICT COUNT(replies.*, 0, 1) FOR EACH tickets.ticket_id WHERE {filter}");
        asked(&query, |l| l.in_population(T1, at(hour)))
    };
    assert!(!seen("tickets.resolved_at IS NOT NULL", 29) && seen("tickets.resolved_at IS NOT NULL", 30));
    assert!(!seen("tickets.resolution_hours = 30", 29) && seen("tickets.resolution_hours = 30", 30));
    assert!(!seen("COUNT(replies.*, -INF, 0) >= 2", 2) && seen("COUNT(replies.*, -INF, 0) >= 2", 3));
    assert!(!seen("BOOL(tickets.escalated_at, -1, 0, days)", 4) && seen("BOOL(tickets.escalated_at, -1, 0, days)", 5));
    assert!(seen("accounts.plan = 'gold'", 0) && !seen("accounts.plan = 'free'", 0));
    assert!(!seen("tickets.priority = 'P1'", -1), "the ticket does not exist yet");
}

#[test]
fn a_filter_inside_an_aggregate_of_the_past_sees_only_what_was_known() {
    let query = "PREDICT COUNT(tickets.*, 0, 1) FOR EACH accounts.id \
                 WHERE COUNT(tickets.* WHERE tickets.resolution_hours > 3, -INF, 0) = 1";
    assert!(!asked(query, |l| l.in_population(T1, at(29))));
    assert!(asked(query, |l| l.in_population(T1, at(30))));
    let maximum =
        "PREDICT COUNT(tickets.*, 0, 1) FOR EACH accounts.id WHERE MAX(tickets.resolution_hours, -INF, 0) = 30";
    assert!(!asked(maximum, |l| l.in_population(T1, at(29))));
    assert!(asked(maximum, |l| l.in_population(T1, at(30))));
}

#[test]
fn a_label_settles_when_it_can_no_longer_change() {
    let settled = |query: &str, row, anchor| asked(query, |l| l.settled_at(row, anchor));
    let of = |condition: &str| format!("PREDICT {condition} FOR EACH tickets.ticket_id");
    assert_eq!(settled(&of("COUNT(replies.*, 0, 1) >= 2"), T1, at(0)), at(3));
    assert_eq!(settled(&of("COUNT(replies.*, 0, 1) = 0"), T1, at(0)), at(1));
    assert_eq!(settled(&of("COUNT(replies.*, 0, 1) > 3"), T1, at(0)), at(24));
    assert_eq!(settled(&of("MIN(replies.words, 0, 1) < 1"), T1, at(0)), at(3));
    assert_eq!(settled(&of("NOT COUNT(replies.*, 0, 1) > 0"), T1, at(0)), at(1));
    assert_eq!(
        settled(
            &of("COUNT(replies.*, 0, 1) > 0 AND BOOL(tickets.escalated_at, 0, 1)"),
            T1,
            at(0)
        ),
        at(5)
    );
    assert_eq!(
        settled(
            &of("COUNT(replies.*, 0, 1) > 0 OR BOOL(tickets.escalated_at, 0, 1)"),
            T1,
            at(0)
        ),
        at(1)
    );
    assert_eq!(
        settled(&of("tickets.resolution_hours"), T1, at(0)),
        at(30),
        "an outcome, once it is known"
    );
    assert_eq!(settled(&of("tickets.priority"), T1, at(7)), at(7));
    let average = "PREDICT AVG(tickets.resolution_hours, 0, 6, hours) FOR EACH accounts.id";
    assert_eq!(
        settled(average, T1, at(-1)),
        at(30),
        "not before the last outcome in the window is known"
    );
}

#[test]
fn a_flag_without_a_moment_is_taken_as_it_stands_and_settles_with_the_window() {
    let database = desk();
    let task = task(
        &database,
        "PREDICT BOOL(tickets.vip, 0, 24, hours) FOR EACH tickets.ticket_id",
    );
    assert_eq!(task.notes.len(), 1);
    let labeler = Labeler::new(&database, &task).unwrap();
    assert_eq!(labeler.label(T1, at(0)), Some(Label::Bool(true)));
    assert_eq!(labeler.settled_at(T1, at(0)), at(24));
}

#[test]
fn an_assumption_keeps_the_entities_for_which_it_came_true() {
    let query =
        "PREDICT COUNT(replies.*, 0, 1) > 0 FOR EACH tickets.ticket_id ASSUMING BOOL(tickets.escalated_at, 0, 1)";
    assert_eq!(
        asked(query, |l| (l.label(T1, at(0)), l.label(T2, at(2)))),
        (Some(Label::Bool(true)), None)
    );
    assert!(
        asked(query, |l| l.in_population(T2, at(2))),
        "whom it is asked about does not depend on the future"
    );
}

#[test]
fn rows_two_links_away_count_for_the_entity() {
    let query = "PREDICT COUNT(replies.*, 0, 5, hours) FOR EACH accounts.id";
    assert_eq!(asked(query, |l| l.label(T1, at(0))), Some(Label::Number(2.0)));
    assert_eq!(asked(query, |l| l.label(T2, at(0))), Some(Label::Number(0.0)));
}

#[test]
fn an_entity_without_a_time_is_asked_on_a_grid_whose_windows_have_closed() {
    let query = "PREDICT COUNT(replies.*, 0, 4, hours) > 0 FOR EACH accounts.id";
    let anchors: Vec<_> = asked(query, |l| l.anchors(at(14))).iter().map(|e| e.anchor).collect();
    assert_eq!(anchors, [at(2), at(2), at(6), at(6), at(10), at(10)]);
    let tiny = "PREDICT COUNT(replies.*, 0, 1, seconds) > 0 FOR EACH accounts.id";
    assert!(asked(tiny, |l| l.anchors(at(24 * 4_000)).len()) <= 200_000);
}

#[test]
fn a_forecast_has_a_value_per_time_frame() {
    let query = "PREDICT COUNT(replies.*, 0, 5, hours) FORECAST 3 TIMEFRAMES FOR EACH tickets.ticket_id";
    let frames = asked(query, |l| l.label(T1, at(0)));
    assert_eq!(frames, Some(Label::Frames(vec![Some(2.0), Some(1.0), Some(0.0)])));
}

#[test]
fn changing_the_future_changes_no_population() {
    let query = "PREDICT COUNT(replies.*, 0, 1) FOR EACH tickets.ticket_id WHERE COUNT(replies.*, -INF, 0) < 3 \
                 AND NOT BOOL(tickets.escalated_at, -INF, 0) AND tickets.resolution_hours IS NULL";
    let database = desk();
    for hour in 0..40 {
        let before = database.upto(at(hour));
        for row in [T1, T2] {
            let of = |database: &Database| {
                let task = task(database, query);
                Labeler::new(database, &task).unwrap().in_population(row, at(hour))
            };
            assert_eq!(of(&database), of(&before), "{row:?} at hour {hour}");
        }
    }
}
