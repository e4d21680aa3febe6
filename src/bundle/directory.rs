//! `directory-<hash>.json`: how what a page shows (an address, a name, the entity's own key) leads to the keys of the tables.
//!
//! A page that shows a ticket knows its requester's address, not the key of the row; the directory does, by hash. It holds no
//! address and no name: [`fingerprint`] of each, cut to eight bytes. That keeps lists of people out of a file that is served;
//! it is no secret, for who knows an address can ask whether it is in there. It carries no free text either.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Number, Value};
use sha2::{Digest, Sha256};

use crate::data::table::Cell;
use crate::data::{Column, ColumnId, ColumnType, Database, Duration, Link, RowId, TableId, Timestamp};

/// The format this version writes.
const FORMAT: u32 = 1;
/// How far back the entity's own rows go.
pub(super) const REACH: Duration = Duration::days(30);
/// The share of a column's values that must occur once for the column to tell rows apart.
const TELLING: f64 = 0.9;

/// The directory, as JSON. See the module's comment.
#[derive(Debug, Serialize)]
pub struct Directory {
    format: u32,
    /// The entity's columns, for a page that maps its fields to them.
    columns: Vec<EntityColumn>,
    /// By link column of the entity: what leads to its keys.
    links: BTreeMap<String, Leads>,
    /// The entity's own rows of the last 30 days, without free text, by the fingerprint of their key.
    rows: Leads,
}

#[derive(Debug, Serialize)]
struct EntityColumn {
    name: String,
    kind: &'static str,
    /// Whether it says from when on the row exists.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    time: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    order: Vec<String>,
    /// The table that the column links to.
    #[serde(skip_serializing_if = "Option::is_none")]
    links_to: Option<String>,
}

/// Fingerprints, and the cells of the entity's row that each stands for.
#[derive(Debug, Default, Serialize)]
struct Leads {
    /// Whether what is fingerprinted looks like an e-mail address.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    by_address: bool,
    cells: Vec<String>,
    keys: BTreeMap<String, Vec<Value>>,
}

impl Directory {
    /// The directory of a database that holds nothing later than `built_at`.
    #[must_use]
    pub fn of(database: &Database, entity: TableId, built_at: Timestamp) -> Self {
        let schema = database.schema.table(entity);
        let columns = schema.columns.iter().enumerate().map(|(place, column)| EntityColumn {
            name: column.name.clone(),
            kind: kind(&column.kind),
            time: schema.time == Some(ColumnId(place)),
            order: match &column.kind {
                ColumnType::Ordered { order } => order.clone(),
                _ => Vec::new(),
            },
            links_to: schema
                .link(ColumnId(place))
                .map(|link| database.schema.table(link.table).name.clone()),
        });
        let links = schema
            .links
            .iter()
            .filter_map(|link| Some((schema.column(link.column).name.clone(), leads(database, entity, link)?)));
        Self {
            format: FORMAT,
            columns: columns.collect(),
            links: links.collect(),
            rows: recent(database, entity, built_at - REACH),
        }
    }

    /// Its bytes; the same directory gives the same bytes.
    ///
    /// # Errors
    /// Never for directories that [`Directory::of`] gave.
    pub fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }
}

/// SHA-256 of the trimmed, lower-cased text: its first eight bytes, in hexadecimal.
#[must_use]
pub fn fingerprint(text: &str) -> String {
    let digest = Sha256::digest(text.trim().to_lowercase().as_bytes());
    digest.iter().take(8).map(|b| format!("{b:02x}")).collect()
}

fn kind(kind: &ColumnType) -> &'static str {
    match kind {
        ColumnType::Id => "id",
        ColumnType::Number => "number",
        ColumnType::Money { .. } => "money",
        ColumnType::Category => "category",
        ColumnType::Ordered { .. } => "ordered",
        ColumnType::Boolean => "boolean",
        ColumnType::Timestamp => "timestamp",
        ColumnType::Text => "text",
    }
}

/// What leads to the rows of a linked table: its values that tell rows apart. A row also says which other links of the entity
/// it implies: a user's row names the account. None when nothing tells rows apart.
fn leads(database: &Database, entity: TableId, link: &Link) -> Option<Leads> {
    let (schema, target) = (database.schema.table(entity), database.schema.table(link.table));
    let implied: Vec<(ColumnId, String)> = target
        .links
        .iter()
        .filter_map(|onward| {
            let mut same = schema
                .links
                .iter()
                .filter(|own| own.table == onward.table && own.column != link.column);
            Some((onward.column, schema.column(same.next()?.column).name.clone()))
        })
        .collect();
    let mut found = Leads {
        cells: std::iter::once(schema.column(link.column).name.clone())
            .chain(implied.iter().map(|(_, name)| name.clone()))
            .collect(),
        ..Leads::default()
    };
    let mut doubtful = Vec::new();
    for place in (0..target.columns.len()).map(ColumnId) {
        if Some(place) == target.key || target.link(place).is_some() || !tells_apart(database, link.table, place) {
            continue;
        }
        let (mut addresses, mut values) = (0_usize, 0_usize);
        for row in rows(database, link.table) {
            let (Some(text), Some(key)) = (
                text(database, link.table, place, row),
                database.key_text(link.table, row),
            ) else {
                continue;
            };
            values += 1;
            addresses += usize::from(looks_like_an_address(text));
            let cells = std::iter::once(Value::from(key))
                .chain(
                    implied
                        .iter()
                        .map(|&(column, _)| cell(database, link.table, column, row)),
                )
                .collect();
            let hash = fingerprint(text);
            if found.keys.insert(hash.clone(), cells).is_some() {
                doubtful.push(hash);
            }
        }
        found.by_address |= addresses * 10 >= values * 9 && values > 0;
    }
    // What two rows share leads to neither.
    for hash in doubtful {
        found.keys.remove(&hash);
    }
    (!found.keys.is_empty()).then_some(found)
}

/// The entity's rows since a moment (all of them in a table without a time column), free text left out.
fn recent(database: &Database, entity: TableId, since: Timestamp) -> Leads {
    let schema = database.schema.table(entity);
    let kept: Vec<ColumnId> = (0..schema.columns.len())
        .map(ColumnId)
        .filter(|&column| schema.column(column).kind != ColumnType::Text)
        .collect();
    let keys = rows(database, entity)
        .filter(|&row| {
            database
                .row_time(entity, row)
                .is_none_or(|at| at > since && at != Timestamp::MAX)
        })
        .filter_map(|row| {
            let cells = kept.iter().map(|&column| cell(database, entity, column, row)).collect();
            Some((fingerprint(database.key_text(entity, row)?), cells))
        });
    Leads {
        by_address: false,
        keys: keys.collect(),
        cells: kept.iter().map(|&column| schema.column(column).name.clone()).collect(),
    }
}

fn rows(database: &Database, table: TableId) -> impl Iterator<Item = RowId> + use<> {
    (0..u32::try_from(database.table(table).rows).unwrap_or(u32::MAX)).map(RowId)
}

/// Whether nearly every value of a column is of one row alone.
fn tells_apart(database: &Database, table: TableId, column: ColumnId) -> bool {
    if !matches!(
        database.table(table).column(column),
        Column::Symbol(_) | Column::Text(_)
    ) {
        return false;
    }
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for row in rows(database, table) {
        if let Some(text) = text(database, table, column, row) {
            *counts.entry(text.trim().to_lowercase()).or_default() += 1;
        }
    }
    let once = counts.values().filter(|&&n| n == 1).count();
    let all: usize = counts.values().sum();
    #[allow(clippy::cast_precision_loss)]
    let share = once as f64 / all as f64;
    all > 0 && share >= TELLING
}

fn text(database: &Database, table: TableId, column: ColumnId, row: RowId) -> Option<&str> {
    match database.table(table).column(column).cell(row.index()) {
        Cell::Symbol(symbol) => database.symbols.text(symbol),
        Cell::Text(text) => Some(text),
        _ => None,
    }
    .filter(|text| !text.trim().is_empty())
}

fn looks_like_an_address(text: &str) -> bool {
    let mut parts = text.trim().split('@');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(name), Some(host), None) => {
            !name.is_empty() && host.len() > 2 && !text.trim().contains(char::is_whitespace)
        }
        _ => false,
    }
}

fn cell(database: &Database, table: TableId, column: ColumnId, row: RowId) -> Value {
    match database.table(table).column(column).cell(row.index()) {
        Cell::Null => Value::Null,
        Cell::Number(x) => Number::from_f64(x).map_or(Value::Null, Value::Number),
        Cell::Symbol(symbol) => database.symbols.text(symbol).map_or(Value::Null, Value::from),
        Cell::Time(at) => Value::from(at.to_string()),
        Cell::Text(text) => Value::from(text),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::data::read::{SourceFile, read};

    fn desk() -> Database {
        let file = |name: &str, text: &str| SourceFile {
            name: name.to_owned(),
            bytes: text.as_bytes().to_vec(),
        };
        let files = vec![
            file("accounts.csv", "account_id,name\nA1,Alder\nA2,Birch\nA3,Cedar\n"),
            file(
                "users.csv",
                "user_id,account_id,email\nU1,A1,Ann@alder.example\nU2,A2,bob@birch.example\nU3,A3,cy@cedar.example\n",
            ),
            file(
                "tickets.csv",
                "ticket_id,account_id,user_id,created_at,subject,priority\n\
                 T1,A1,U1,2025-01-01T00:00:00Z,It fails on every second call we make to it,P1\n\
                 T2,A2,U2,2025-03-01T00:00:00Z,It is slow since the change of yesterday at noon,P2\n",
            ),
        ];
        let stated = "[tickets]\ntime = \"created_at\"\nlinks = { account_id = \"accounts\", user_id = \"users\" }\n[tickets.columns]\nsubject = { type = \"text\" }\n\
                      [users]\nlinks = { account_id = \"accounts\" }\n[users.columns]\nemail = { type = \"text\" }\n[accounts.columns]\nname = { type = \"text\" }\n";
        read(files, Some(stated)).expect("a small desk").database
    }

    fn directory() -> Value {
        let database = desk();
        let entity = database.schema.find("tickets").expect("tickets");
        let bytes = Directory::of(
            &database,
            entity,
            Timestamp::parse("2025-03-02T00:00:00Z").expect("a time"),
        )
        .to_bytes();
        serde_json::from_slice(&bytes.expect("bytes")).expect("JSON")
    }

    #[test]
    fn an_address_leads_to_the_user_and_to_the_users_account_whatever_its_letter_case() {
        let users = &directory()["links"]["user_id"];
        assert_eq!(users["by_address"], json!(true));
        assert_eq!(users["cells"], json!(["user_id", "account_id"]));
        assert_eq!(users["keys"][fingerprint(" ann@ALDER.example")], json!(["U1", "A1"]));
    }

    #[test]
    fn a_name_leads_to_its_account() {
        let accounts = &directory()["links"]["account_id"];
        assert_eq!(accounts["keys"][fingerprint("birch")], json!(["A2"]));
    }

    #[test]
    fn the_entitys_recent_rows_are_there_without_their_text() {
        let rows = &directory()["rows"];
        assert_eq!(
            rows["cells"],
            json!(["ticket_id", "account_id", "user_id", "created_at", "priority"])
        );
        assert_eq!(
            rows["keys"],
            json!({ fingerprint("T2"): ["T2", "A2", "U2", "2025-03-01T00:00:00Z", "P2"] })
        );
    }

    #[test]
    fn no_address_and_no_name_is_in_it() {
        let text = directory().to_string().to_lowercase();
        for personal in ["alder", "birch", "ann", "@", "slow"] {
            assert!(!text.contains(personal), "{personal}");
        }
    }

    #[test]
    fn what_two_rows_share_leads_to_neither() {
        let mut database = desk();
        let users = database.schema.find("users").expect("users");
        for n in 0..40 {
            let key = Cell::Symbol(database.symbols.intern(&format!("N{n}")));
            let address = format!("n{n}@cedar.example");
            database.push_row(users, &[key, Cell::Null, Cell::Text(&address)]);
        }
        let twin = Cell::Symbol(database.symbols.intern("U9"));
        database.push_row(users, &[twin, Cell::Null, Cell::Text("bob@birch.example")]);
        let entity = database.schema.find("tickets").expect("tickets");
        let made = Directory::of(&database, entity, Timestamp(0));
        assert!(
            !made.links["user_id"]
                .keys
                .contains_key(&fingerprint("bob@birch.example"))
        );
        assert!(
            made.links["user_id"]
                .keys
                .contains_key(&fingerprint("n7@cedar.example"))
        );
    }
}
