//! The five small tables of the problem statement, read without a schema file.

use bellwether::data::{Cell, ColumnType, Reading, RowId, SourceFile, TableId, Timestamp, read};

fn seed() -> Reading {
    let names = ["accounts", "agents", "product_events", "tickets", "users"];
    let files = names.map(|name| {
        let path = format!("{}/tests/fixtures/seed/{name}.csv", env!("CARGO_MANIFEST_DIR"));
        SourceFile {
            name: format!("{name}.csv"),
            bytes: std::fs::read(path).unwrap(),
        }
    });
    read(files.into(), None).unwrap()
}

fn table(reading: &Reading, name: &str) -> TableId {
    reading.database.schema.find(name).unwrap()
}

fn cell<'a>(reading: &'a Reading, table_name: &str, column: &str, row: usize) -> Cell<'a> {
    let id = table(reading, table_name);
    let column = reading.database.schema.table(id).find(column).unwrap();
    reading.database.table(id).column(column).cell(row)
}

fn kind<'a>(reading: &'a Reading, table_name: &str, column: &str) -> &'a ColumnType {
    let schema = reading.database.schema.table(table(reading, table_name));
    &schema.column(schema.find(column).unwrap()).kind
}

fn links(reading: &Reading, name: &str) -> Vec<String> {
    let schema = &reading.database.schema;
    let from = schema.table(table(reading, name));
    from.links
        .iter()
        .map(|l| format!("{} -> {}", from.column(l.column).name, schema.table(l.table).name))
        .collect()
}

#[test]
fn revenue_is_money() {
    let reading = seed();
    assert_eq!(
        kind(&reading, "accounts", "arr"),
        &ColumnType::Money { currency: "$".into() }
    );
    assert_eq!(cell(&reading, "accounts", "arr", 0), Cell::Number(240_000.0));
}

#[test]
fn priorities_and_tiers_are_ordered() {
    let reading = seed();
    let order = |values: [&str; 3]| ColumnType::Ordered {
        order: values.map(str::to_owned).into(),
    };
    assert_eq!(kind(&reading, "tickets", "priority"), &order(["P1", "P2", "P3"]));
    assert_eq!(kind(&reading, "agents", "tier"), &order(["L1", "L2", "L3/Eng"]));
}

#[test]
fn tickets_exist_from_their_creation_and_accounts_are_a_snapshot() {
    let reading = seed();
    let tickets = reading.database.schema.table(table(&reading, "tickets"));
    assert_eq!(tickets.time, tickets.find("created_date"));
    let created = reading.database.row_time(table(&reading, "tickets"), RowId(0));
    assert_eq!(created, Timestamp::parse("2025-03-02"));
    assert_eq!(reading.database.schema.table(table(&reading, "accounts")).time, None);
}

#[test]
fn every_table_is_keyed_and_linked_as_its_names_say() {
    let reading = seed();
    for (name, key) in [
        ("accounts", "account_id"),
        ("agents", "agent_id"),
        ("product_events", "event_id"),
        ("tickets", "ticket_id"),
        ("users", "user_id"),
    ] {
        let schema = reading.database.schema.table(table(&reading, name));
        assert_eq!(schema.key, schema.find(key), "{name}");
    }
    assert_eq!(links(&reading, "product_events"), ["account_id -> accounts"]);
    assert_eq!(links(&reading, "users"), ["account_id -> accounts"]);
    assert_eq!(
        links(&reading, "tickets"),
        ["account_id -> accounts", "user_id -> users"]
    );
    assert_eq!(links(&reading, "accounts"), [""; 0]);
    let report = reading.report.tables.iter().find(|t| t.name == "tickets").unwrap();
    assert!(report.links.iter().all(|l| l.matched == 3 && l.filled == 3));
}

#[test]
fn details_split_into_columns_of_their_own() {
    let reading = seed();
    assert_eq!(kind(&reading, "product_events", "details"), &ColumnType::Text);
    assert_eq!(
        kind(&reading, "product_events", "details.endpoint"),
        &ColumnType::Category
    );
    assert_eq!(
        kind(&reading, "product_events", "details.query_time"),
        &ColumnType::Number
    );
    assert_eq!(
        cell(&reading, "product_events", "details.query_time", 2),
        Cell::Number(12.5)
    );
    assert_eq!(cell(&reading, "product_events", "details.query_time", 0), Cell::Null);
    let Cell::Symbol(endpoint) = cell(&reading, "product_events", "details.endpoint", 0) else {
        panic!("no endpoint")
    };
    assert_eq!(reading.database.symbols.text(endpoint), Some("/v2/predict"));
}

#[test]
fn nothing_in_the_seed_tables_is_bad() {
    let reading = seed();
    assert!(
        reading
            .report
            .tables
            .iter()
            .all(|t| t.bad_cells.count == 0 && t.duplicate_keys.count == 0)
    );
    assert!(reading.report.notes.is_empty());
}

/// The sentence of the problem statement; the tables hold no outcome, so its column is added, empty.
fn asked(sentence: &str) -> Vec<String> {
    use bellwether::query::{Mode, bind};
    use bellwether::relate::label::Labeler;
    let folder = format!("{}/tests/fixtures/seed", env!("CARGO_MANIFEST_DIR"));
    let files = ["accounts", "agents", "product_events", "tickets", "users"].map(|name| {
        let text = std::fs::read_to_string(format!("{folder}/{name}.csv")).unwrap();
        let header = if name == "tickets" { ",escalated_to_eng" } else { "" };
        let comma = if name == "tickets" { "," } else { "" };
        let lines: Vec<String> = text
            .lines()
            .enumerate()
            .map(|(n, line)| format!("{line}{}", if n == 0 { header } else { comma }))
            .collect();
        SourceFile {
            name: format!("{name}.csv"),
            bytes: lines.join("\n").into_bytes(),
        }
    });
    let stated = "[tickets.columns]\nescalated_to_eng = { type = \"timestamp\" }\n";
    let database = read(files.into(), Some(stated)).unwrap().database;
    let task = bind(sentence, &database.schema, Mode::Extended).unwrap();
    let labeler = Labeler::new(&database, &task).unwrap();
    let now = Timestamp::parse("2025-03-02T12:00:00Z").unwrap();
    let rows = labeler
        .candidates(now)
        .into_iter()
        .filter(|&row| labeler.in_population(row, now));
    rows.map(|row| database.key_text(task.entity, row).unwrap().to_owned())
        .collect()
}

#[test]
fn the_sentence_as_written_asks_about_the_urgent_tickets_only() {
    let sentence = "PREDICT BOOL(TICKETS.ESCALATED_TO_ENG, 0, 48, hours) FOR EACH TICKETS.TICKET_ID";
    assert_eq!(
        asked(&format!("{sentence} WHERE TICKETS.PRIORITY <= 'P2'")),
        ["TK301", "TK303"]
    );
    assert_eq!(asked(sentence), ["TK301", "TK302", "TK303"]);
}
