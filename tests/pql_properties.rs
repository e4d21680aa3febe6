//! Laws of the query language: reading what was rendered changes nothing, and no input makes it panic or hang.

use bellwether::data::schema::{ColumnSchema, ColumnType, Link, Origin, Schema, TableSchema};
use bellwether::data::{ColumnId, TableId};
use bellwether::query::{Mode, bind, parse};
use proptest::prelude::*;

const TOKENS: &[&str] = &[
    "PREDICT",
    "FOR EACH",
    "FOR",
    "WHERE",
    "ASSUMING",
    "AND",
    "OR",
    "NOT",
    "COUNT(",
    "SUM(",
    "BOOL(",
    "LIST_DISTINCT(",
    "tickets.*",
    "tickets.id",
    "tickets.at",
    "tickets.text",
    "accounts.id",
    "accounts.`a b`",
    "(",
    ")",
    ",",
    "0",
    "7",
    "-INF",
    "-3",
    "1.5e3",
    "days",
    "hour",
    "months",
    "=",
    "!=",
    "<",
    ">=",
    "IN",
    "IS NOT",
    "IS",
    "LIKE",
    "'%x%'",
    "'a\\'b'",
    "NULL",
    "true",
    "2025-01-31",
    "10:20:30",
    "RANK",
    "TOP",
    "5",
    "CLASSIFY",
    "FORECAST",
    "TIMEFRAMES",
    "#",
    "\n",
    "`",
    "'",
    "é",
    "999999999999999999999999999999999999999999",
    "CONTAINS",
    "STARTS WITH",
];

fn schema() -> Schema {
    let column = |name: &str, kind| ColumnSchema {
        name: name.into(),
        kind,
        known_at: None,
        origin: Origin::Stated,
    };
    let table = |name: &str, columns, time, links| TableSchema {
        name: name.into(),
        key: Some(ColumnId(0)),
        key_origin: None,
        time,
        time_origin: None,
        columns,
        links,
    };
    let accounts = vec![column("id", ColumnType::Id), column("a b", ColumnType::Number)];
    let tickets = vec![
        column("id", ColumnType::Id),
        column("account", ColumnType::Id),
        column("at", ColumnType::Timestamp),
        column("text", ColumnType::Text),
    ];
    let link = Link {
        column: ColumnId(1),
        table: TableId(0),
        origin: Origin::Stated,
    };
    Schema {
        tables: vec![
            table("accounts", accounts, None, vec![]),
            table("tickets", tickets, Some(ColumnId(2)), vec![link]),
        ],
    }
}

fn soup() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(TOKENS), 0..60).prop_map(|tokens| tokens.join(" "))
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof!["[a-zA-Z_][a-zA-Z0-9_]{0,6}", "`[ a-z.é-]{1,6}`"]
}

fn column() -> impl Strategy<Value = String> {
    (name(), name()).prop_map(|(table, column)| format!("{table}.{column}"))
}

fn constant() -> impl Strategy<Value = String> {
    let one = || {
        prop_oneof![
            "-?[0-9]{1,6}",
            "-?[0-9]{1,4}\\.[0-9]{1,3}",
            "'[ a-z%#é]{0,6}'",
            Just("NULL".to_owned()),
            Just("true".to_owned()),
            Just("2025-01-31 10:00:00".to_owned()),
        ]
    };
    prop_oneof![4 => one(), 1 => prop::collection::vec("-?[0-9]{1,4}", 2..4).prop_map(|v| format!("({})", v.join(",")))]
}

fn operator() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "=",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "IN",
        "IS",
        "IS NOT",
        "CONTAINS",
        "ENDS WITH",
        "is in",
    ])
}

fn aggregation() -> impl Strategy<Value = String> {
    let unit = prop::sample::select(vec!["", ", days", ", HOURS", ", months", ", weeks"]);
    let function = prop::sample::select(vec!["COUNT", "sum", "LIST_DISTINCT", "LAST"]);
    (function, column(), 0..9i32, 1..9i32, unit)
        .prop_map(|(f, c, start, length, unit)| format!("{f}({c}, {start}, {}{unit})", start + length))
}

fn condition() -> impl Strategy<Value = String> {
    let operand = prop_oneof![column(), aggregation()];
    let leaf = prop_oneof![
        4 => (operand, operator(), constant()).prop_map(|(o, op, c)| format!("{o} {op} {c}")),
        1 => (column(), "'%?[a-z%]{0,4}%?'").prop_map(|(c, pattern)| format!("{c} LIKE {pattern}")),
        1 => column().prop_map(|c| format!("BOOL({c}, 0, 2, hours)")),
    ];
    leaf.prop_recursive(6, 40, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|c| format!("NOT {c}")),
            inner.clone().prop_map(|c| format!("({c})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} AND {b}")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("{a} OR {b}")),
        ]
    })
}

fn query() -> impl Strategy<Value = String> {
    let target = prop_oneof![column(), aggregation(), condition()];
    let problem = prop::sample::select(vec!["", " RANK TOP 5", " CLASSIFY", " FORECAST 3 TIMEFRAMES"]);
    let filter = prop::option::of(condition());
    let assuming = prop::option::of(condition());
    (target, problem, column(), filter, assuming).prop_map(|(target, problem, key, filter, assuming)| {
        let filter = filter.map(|c| format!(" WHERE {c}")).unwrap_or_default();
        let assuming = assuming.map(|c| format!(" ASSUMING {c}")).unwrap_or_default();
        format!("PREDICT {target}{problem} FOR EACH {key}{filter}{assuming}")
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn reading_what_was_rendered_changes_nothing(text in query()) {
        let read = parse(&text, Mode::Extended).map_err(|e| TestCaseError::fail(e.render()))?;
        let again = parse(&read.canonical(), Mode::Extended).map_err(|e| TestCaseError::fail(e.render()))?;
        prop_assert_eq!(&read, &again);
        prop_assert_eq!(read.canonical(), again.canonical());
    }

    #[test]
    fn what_strict_reads_is_read_alike_without_it(text in query()) {
        if let Ok(strict) = parse(&text, Mode::Strict) {
            let again = parse(&strict.canonical(), Mode::Strict).map_err(|e| TestCaseError::fail(e.render()))?;
            prop_assert_eq!(&strict, &again);
            prop_assert!(parse(&text, Mode::Extended).is_ok());
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let text = String::from_utf8_lossy(&bytes);
        for mode in [Mode::Strict, Mode::Extended] {
            if let Err(fault) = parse(&text, mode) {
                prop_assert!(fault.line() >= 1 && !fault.render().is_empty());
            }
        }
    }

    #[test]
    fn no_soup_of_tokens_makes_it_panic(text in soup(), wanted in query()) {
        let schema = schema();
        for text in [&text, &format!("PREDICT {text}"), &format!("{wanted} {text}"), &wanted] {
            for mode in [Mode::Strict, Mode::Extended] {
                if let Err(fault) = bind(text, &schema, mode) {
                    prop_assert!(!fault.render().is_empty() && !fault.message().is_empty());
                }
            }
        }
    }
}

#[test]
fn the_worst_texts_are_refused_in_bounded_time() {
    let begun = std::time::Instant::now();
    let schema = schema();
    for piece in [
        "(",
        "NOT ",
        "COUNT(t.c WHERE ",
        "t.c = 1 AND ",
        "((1,",
        "'",
        "`",
        "#",
        "t.c LIKE '%",
        "1",
        "-",
        "t.c IN (",
    ] {
        for length in [60_000, 1_000_000] {
            let text = format!("PREDICT {}", piece.repeat(length / piece.len()));
            for mode in [Mode::Strict, Mode::Extended] {
                if let Err(fault) = bind(&text, &schema, mode) {
                    assert!(fault.render().len() < 4_000);
                }
            }
        }
    }
    let many = format!(
        "PREDICT {}tickets.text = 'x' FOR EACH tickets.id",
        "tickets.text = 'x' OR ".repeat(1_500)
    );
    let task = bind(&many, &schema, Mode::Extended).unwrap();
    assert_eq!(parse(&task.query.canonical(), Mode::Extended).unwrap(), task.query);
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}
