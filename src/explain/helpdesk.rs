//! A small made helpdesk for tests: the seed's tables with deployments, a history of escalations and enough rows to enumerate.

use crate::data::RowId;
use crate::data::schema::Origin;
use crate::data::table::{Cell, Database, Table};
use crate::data::{
    Column, ColumnId, ColumnSchema, ColumnType, Duration, Link, Schema, Symbols, TableId, TableSchema, Timestamp,
};
use crate::relate::SettledLabel;

pub(super) const ACCOUNTS: TableId = TableId(0);
pub(super) const EVENTS: TableId = TableId(2);
pub(super) const TICKETS: TableId = TableId(3);

/// The moment of the ticket that the tests ask about.
pub(super) fn now() -> Timestamp {
    Timestamp::parse("2025-03-02T12:00:00Z").unwrap()
}

pub(super) fn table(
    name: &str,
    columns: &[(&str, ColumnType)],
    time: Option<usize>,
    links: &[(usize, usize)],
) -> TableSchema {
    let column = |(name, kind): &(&str, ColumnType)| ColumnSchema {
        name: (*name).to_owned(),
        kind: kind.clone(),
        known_at: None,
        origin: Origin::Stated,
    };
    TableSchema {
        name: name.to_owned(),
        key: Some(ColumnId(0)),
        key_origin: Some(Origin::Stated),
        time: time.map(ColumnId),
        time_origin: time.map(|_| Origin::Stated),
        columns: columns.iter().map(column).collect(),
        links: links
            .iter()
            .map(|&(c, t)| Link {
                column: ColumnId(c),
                table: TableId(t),
                origin: Origin::Stated,
            })
            .collect(),
    }
}

fn schema() -> Schema {
    use ColumnType::{Boolean, Category, Id, Money, Number, Ordered, Text, Timestamp};
    let order = ["P1", "P2", "P3", "P4"].map(str::to_owned).to_vec();
    let mut tickets = table(
        "tickets",
        &[
            ("ticket_id", Id),
            ("created_at", Timestamp),
            ("account_id", Id),
            ("user_id", Id),
            ("category", Category),
            ("priority", Ordered { order }),
            ("subject", Text),
            ("resolved_at", Timestamp),
            ("resolution_hours", Number),
            ("escalated_to_eng", Timestamp),
            ("is_reopened", Boolean),
        ],
        Some(1),
        &[(2, 0), (3, 4)],
    );
    tickets.columns[8].known_at = Some(ColumnId(7));
    tickets.columns[10].known_at = Some(ColumnId(7));
    let money = Money {
        currency: "$".to_owned(),
    };
    Schema {
        tables: vec![
            table(
                "accounts",
                &[
                    ("account_id", Id),
                    ("plan", Category),
                    ("arr", money),
                    ("health_score", Number),
                ],
                None,
                &[],
            ),
            table(
                "deployments",
                &[
                    ("deployment_id", Id),
                    ("deployed_at", Timestamp),
                    ("endpoint", Category),
                ],
                Some(1),
                &[],
            ),
            table(
                "product_events",
                &[
                    ("event_id", Id),
                    ("occurred_at", Timestamp),
                    ("account_id", Id),
                    ("event_type", Category),
                    ("details.endpoint", Category),
                    ("query_time_ms", Number),
                ],
                Some(1),
                &[(2, 0)],
            ),
            tickets,
            table(
                "users",
                &[
                    ("user_id", Id),
                    ("account_id", Id),
                    ("role", Category),
                    ("tenure_days", Number),
                ],
                None,
                &[(1, 0)],
            ),
        ],
    }
}

struct Maker {
    database: Database,
    labels: Vec<SettledLabel>,
}

enum Put<'a> {
    S(&'a str),
    N(f64),
    T(Timestamp),
    X(&'a str),
    None,
}

impl Maker {
    fn row(&mut self, table: TableId, cells: &[Put<'_>]) -> RowId {
        let symbols = &mut self.database.symbols;
        let cells: Vec<Cell<'_>> = cells
            .iter()
            .map(|put| match put {
                Put::S(text) => Cell::Symbol(symbols.intern(text)),
                Put::N(x) => Cell::Number(*x),
                Put::T(t) => Cell::Time(*t),
                Put::X(text) => Cell::Text(text),
                Put::None => Cell::Null,
            })
            .collect();
        self.database.push_row(table, &cells)
    }
}

/// The helpdesk, its settled labels, and the row of TK301, asked about at [`now`]: seven API 500 errors in 48 hours on
/// /v2/predict, which was deployed three days ago; a user with three earlier escalations in twelve tickets; an account of $240K in
/// critical health.
pub(super) fn helpdesk() -> (Database, Vec<SettledLabel>, RowId) {
    use Put::{N, None, S, T, X};
    let schema = schema();
    let empty = |t: &TableSchema| Table {
        columns: t.columns.iter().map(|c| Column::empty(&c.kind)).collect(),
        rows: 0,
    };
    let tables = schema.tables.iter().map(empty).collect();
    let mut made = Maker {
        database: Database::new(schema, tables, Symbols::default()),
        labels: Vec::new(),
    };
    for i in 0..5 {
        let (account, user) = (format!("ACC30{}", i + 1), format!("U30{}", i + 1));
        let plan = ["Enterprise", "Growth"][i % 2];
        made.row(
            TableId(0),
            &[
                S(&account),
                S(plan),
                N([240_000.0, 36_000.0, 180_000.0, 60_000.0, 900.0][i]),
                N([45.0, 82.0, 68.0, 90.0, 71.0][i]),
            ],
        );
        made.row(
            TableId(4),
            &[
                S(&user),
                S(&account),
                S(["Developer", "Admin"][i % 2]),
                N([450.0, 120.0, 280.0, 30.0, 61.0][i]),
            ],
        );
    }
    let ago = |hours: i64| now() - Duration::hours(hours);
    for (id, hours, endpoint) in [
        ("D1", 72, "/v2/predict"),
        ("D2", 400, "/v2/predict"),
        ("D3", 500, "/v1/train"),
    ] {
        made.row(TableId(1), &[S(id), T(ago(hours)), S(endpoint)]);
    }
    let endpoints = ["/v2/predict", "/v1/train"];
    for i in 0..7 {
        made.row(
            EVENTS,
            &[
                S(&format!("PE{i}")),
                T(ago(40 - 5 * i)),
                S("ACC301"),
                S("API 500 error"),
                S(endpoints[0]),
                None,
            ],
        );
    }
    for i in 0..12_i64 {
        let account = format!("ACC30{}", i % 5 + 1);
        let kind = ["Slow query", "login_failed", "API 500 error"][usize::try_from(i % 3).unwrap()];
        #[allow(clippy::cast_precision_loss)]
        made.row(
            EVENTS,
            &[
                S(&format!("PF{i}")),
                T(ago(100 + 50 * i)),
                S(&account),
                S(kind),
                S(endpoints[1]),
                N(100.0 + i as f64),
            ],
        );
    }
    for i in 0..40_i64 {
        let who = if i < 12 { 1 } else { i % 5 + 1 };
        let made_at = ago(700 - 15 * i);
        let escalated = [2, 5, 9, 21].contains(&i);
        let resolved = made_at + Duration::hours(10);
        let category = ["API error", "Performance", "Feature request"][usize::try_from(i % 3).unwrap()];
        let cells = [
            S(&format!("TK{i}")),
            T(made_at),
            S(&format!("ACC30{who}")),
            S(&format!("U30{who}")),
            S(category),
            S(["P1", "P2", "P3"][usize::try_from(i % 3).unwrap()]),
            X("it fails"),
            if i % 10 == 9 { None } else { T(resolved) },
            N(10.0),
            if escalated {
                T(made_at + Duration::hours(3))
            } else {
                None
            },
            N(if i % 4 == 0 { 1.0 } else { 0.0 }),
        ];
        let row = made.row(TICKETS, &cells);
        let settled_at = if escalated {
            made_at + Duration::hours(3)
        } else {
            made_at + Duration::hours(48)
        };
        made.labels.push(SettledLabel {
            row,
            anchor: made_at,
            settled_at,
            closed_at: made_at + Duration::hours(48),
            value: if escalated { 1.0 } else { 0.0 },
        });
    }
    let row = made.row(
        TICKETS,
        &[
            S("TK301"),
            T(now()),
            S("ACC301"),
            S("U301"),
            S("API error"),
            S("P1"),
            X("500 on predict"),
            None,
            None,
            None,
            None,
        ],
    );
    (made.database, made.labels, row)
}
