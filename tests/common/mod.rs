//! A small made-up helpdesk of random rows, for laws that must hold whatever the tables say.

use bellwether::data::schema::Origin;
use bellwether::data::table::Cell;
use bellwether::data::*;
use bellwether::relate::SettledLabel;
use proptest::prelude::*;

pub const TICKETS: TableId = TableId(3);
const HOUR: i64 = Duration::HOUR.0;

/// A row of random small numbers; what they mean depends on the table.
pub type Draw = [u16; 8];

#[derive(Clone, Debug)]
pub struct World {
    pub accounts: Vec<Draw>,
    pub deployments: Vec<Draw>,
    pub events: Vec<Draw>,
    pub tickets: Vec<Draw>,
    /// Whether accounts have a time column of their own.
    pub timed_accounts: bool,
    /// Whether a ticket's status changes by link to the ticket instead of the account.
    pub events_by_ticket: bool,
}

pub fn worlds() -> impl Strategy<Value = World> {
    let rows = |n| prop::collection::vec(prop::array::uniform8(0u16..1000), 0..n);
    (rows(6), rows(8), rows(40), rows(30), any::<bool>(), any::<bool>()).prop_map(
        |(accounts, deployments, events, tickets, timed_accounts, events_by_ticket)| World {
            accounts,
            deployments,
            events,
            tickets,
            timed_accounts,
            events_by_ticket,
        },
    )
}

fn column(name: &str, kind: ColumnType, known_at: Option<usize>) -> ColumnSchema {
    ColumnSchema {
        name: name.into(),
        kind,
        known_at: known_at.map(ColumnId),
        origin: Origin::Stated,
    }
}

fn table(name: &str, time: Option<usize>, columns: Vec<ColumnSchema>, links: &[(usize, usize)]) -> TableSchema {
    TableSchema {
        name: name.into(),
        key: Some(ColumnId(0)),
        key_origin: None,
        time: time.map(ColumnId),
        time_origin: None,
        columns,
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

impl World {
    pub fn schema(&self) -> Schema {
        use ColumnType::{Category, Id, Number, Timestamp};
        let ordered = ColumnType::Ordered {
            order: vec!["P1".into(), "P2".into(), "P3".into()],
        };
        let owner = if self.events_by_ticket { (1, 3) } else { (1, 0) };
        Schema {
            tables: vec![
                table(
                    "accounts",
                    self.timed_accounts.then_some(3),
                    vec![
                        column("account_id", Id, None),
                        column("plan", Category, None),
                        column("arr", Number, None),
                        column("since", Timestamp, None),
                    ],
                    &[],
                ),
                table(
                    "deployments",
                    Some(2),
                    vec![
                        column("deployment_id", Id, None),
                        column("endpoint", Category, None),
                        column("deployed_at", Timestamp, None),
                    ],
                    &[],
                ),
                table(
                    "events",
                    Some(2),
                    vec![
                        column("event_id", Id, None),
                        column("owner_id", Id, None),
                        column("at", Timestamp, None),
                        column("kind", Category, None),
                        column("endpoint", Category, None),
                        column("amount", Number, None),
                    ],
                    &[owner],
                ),
                table(
                    "tickets",
                    Some(2),
                    vec![
                        column("ticket_id", Id, None),
                        column("account_id", Id, None),
                        column("created_at", Timestamp, None),
                        column("category", Category, None),
                        column("priority", ordered, None),
                        column("resolved_at", Timestamp, None),
                        column("hours", Number, Some(5)),
                        column("escalated_at", Timestamp, None),
                    ],
                    &[(1, 0)],
                ),
            ],
        }
    }

    /// The tables; with `scramble`, every cell that is not visible at that moment is redrawn, and later rows too (their
    /// times stay later).
    pub fn database(&self, scramble: Option<(Timestamp, u16)>) -> Database {
        let schema = self.schema();
        let tables = schema
            .tables
            .iter()
            .map(|t| Table {
                columns: t.columns.iter().map(|c| Column::empty(&c.kind)).collect(),
                rows: 0,
            })
            .collect();
        let mut database = Database::new(schema, tables, Symbols::default());
        let salt = |d: &Draw, hidden: bool| match scramble {
            Some((_, salt)) if hidden => d.map(|x| (x * 7 + salt) % 1000),
            _ => *d,
        };
        let later = |t: i64| scramble.is_some_and(|(moment, _)| t > moment.0);
        // A moment that must stay on its side of the scrambling moment.
        let moved = |t: i64, draw: u16| match scramble {
            Some((moment, salt)) if t > moment.0 => moment.0 + 1 + i64::from((draw + salt) % 50) * HOUR,
            _ => t,
        };
        let plans = ["Free", "Growth", "Enterprise"];
        let endpoints = ["/v1", "/v2", "/v3", "/v4"];
        let kinds = ["500", "429", "login"];
        let priorities = ["P1", "P2", "P3"];
        let put = |database: &mut Database, t: usize, cells: Vec<Option<Drawn>>| {
            let symbols: Vec<Symbol> = cells
                .iter()
                .map(|c| {
                    if let Some(Drawn::Name(s)) = c {
                        database.symbols.intern(s)
                    } else {
                        Symbol::NULL
                    }
                })
                .collect();
            let row: Vec<Cell<'_>> = cells
                .iter()
                .zip(symbols)
                .map(|(c, s)| match c {
                    None => Cell::Null,
                    Some(Drawn::Name(_)) => Cell::Symbol(s),
                    Some(Drawn::Number(x)) => Cell::Number(*x),
                    Some(Drawn::Time(t)) => Cell::Time(Timestamp(*t)),
                })
                .collect();
            database.push_row(TableId(t), &row);
        };
        for (i, d) in self.accounts.iter().enumerate() {
            let since = i64::from(d[3] % 40) * HOUR;
            let hidden = self.timed_accounts && later(since);
            let v = salt(d, hidden);
            put(
                &mut database,
                0,
                vec![
                    name(format!("A{i}")),
                    name(plans[v[1] as usize % 3]),
                    number(v[2]),
                    time(if self.timed_accounts { moved(since, d[3]) } else { since }),
                ],
            );
        }
        for (i, d) in self.deployments.iter().enumerate() {
            let at = i64::from(d[2] % 60) * HOUR;
            let v = salt(d, later(at));
            put(
                &mut database,
                1,
                vec![
                    name(format!("D{i}")),
                    name(endpoints[v[1] as usize % 4]),
                    time(moved(at, d[2])),
                ],
            );
        }
        let owners = if self.events_by_ticket {
            ("T", self.tickets.len())
        } else {
            ("A", self.accounts.len())
        };
        for (i, d) in self.events.iter().enumerate() {
            let at = i64::from(d[2] % 60) * HOUR;
            let v = salt(d, later(at));
            let owner = format!("{}{}", owners.0, v[1] as usize % (owners.1 + 1));
            put(
                &mut database,
                2,
                vec![
                    name(format!("E{i}")),
                    name(owner),
                    time(moved(at, d[2])),
                    name(kinds[v[3] as usize % 3]),
                    name(endpoints[v[4] as usize % 4]),
                    (!v[5].is_multiple_of(3)).then(|| Drawn::Number(f64::from(v[5]) / 7.0)),
                ],
            );
        }
        for (i, d) in self.tickets.iter().enumerate() {
            let created = i64::from(d[2] % 60) * HOUR;
            let v = salt(d, later(created));
            let resolved = (!d[5].is_multiple_of(3)).then(|| created + i64::from(d[5] % 30) * HOUR);
            let escalated = d[7].is_multiple_of(3).then(|| created + i64::from(d[7] % 20) * HOUR);
            let hours = resolved.map(|r| if later(r) { salt(d, true)[6] } else { d[6] });
            put(
                &mut database,
                3,
                vec![
                    name(format!("T{i}")),
                    name(format!("A{}", v[1] as usize % (self.accounts.len() + 1))),
                    time(moved(created, d[2])),
                    name(kinds[v[3] as usize % 3]),
                    name(priorities[v[4] as usize % 3]),
                    resolved.map(|r| Drawn::Time(moved(r, d[5]))),
                    hours.map(|h| Drawn::Number(f64::from(h))),
                    escalated.map(|e| Drawn::Time(moved(e, d[7]))),
                ],
            );
        }
        database
    }
}

enum Drawn {
    Name(String),
    Number(f64),
    Time(i64),
}

fn name(text: impl Into<String>) -> Option<Drawn> {
    Some(Drawn::Name(text.into()))
}

fn number(x: u16) -> Option<Drawn> {
    (!x.is_multiple_of(5)).then(|| Drawn::Number(f64::from(x)))
}

fn time(ms: i64) -> Option<Drawn> {
    Some(Drawn::Time(ms))
}

/// Whether each ticket escalated within 10 hours of its creation, and when that was settled.
#[allow(dead_code)]
pub fn labels(database: &Database) -> Vec<SettledLabel> {
    let tickets = database.table(TICKETS);
    (0..u32::try_from(tickets.rows).unwrap())
        .map(RowId)
        .map(|row| {
            let anchor = tickets.time(ColumnId(2), row);
            let escalated = tickets.time(ColumnId(7), row);
            let closes = anchor + Duration::hours(10);
            let yes = escalated > anchor && escalated <= closes;
            SettledLabel {
                row,
                anchor,
                settled_at: if yes { escalated } else { closes },
                closed_at: closes,
                value: f64::from(u8::from(yes)),
            }
        })
        .collect()
}
