//! What reading tables finds, states and refuses, on tables small enough to see.

use bellwether::data::report::TableReport;
use bellwether::data::{Cell, ColumnType, Reading, Schema, SourceFile, read, read_as, to_toml};
use proptest::prelude::*;

fn files(tables: &[(&str, &str)]) -> Vec<SourceFile> {
    tables
        .iter()
        .map(|(name, text)| SourceFile {
            name: format!("{name}.csv"),
            bytes: text.as_bytes().to_vec(),
        })
        .collect()
}

fn reading(tables: &[(&str, &str)]) -> Reading {
    read(files(tables), None).unwrap()
}

fn report<'a>(reading: &'a Reading, table: &str) -> &'a TableReport {
    reading.report.tables.iter().find(|t| t.name == table).unwrap()
}

fn cell<'a>(reading: &'a Reading, table: &str, column: &str, row: usize) -> Cell<'a> {
    let id = reading.database.schema.find(table).unwrap();
    let column = reading.database.schema.table(id).find(column).unwrap();
    reading.database.table(id).column(column).cell(row)
}

fn kind(reading: &Reading, table: &str, column: &str) -> ColumnType {
    let id = reading.database.schema.find(table).unwrap();
    let schema = reading.database.schema.table(id);
    schema.column(schema.find(column).unwrap()).kind.clone()
}

/// The schema without how it is known.
fn facts(schema: &Schema) -> String {
    let mut schema = schema.clone();
    let stated = || bellwether::data::schema::Origin::Stated;
    for table in &mut schema.tables {
        table.key_origin = None;
        table.time_origin = None;
        table.columns.iter_mut().for_each(|c| c.origin = stated());
        table.links.iter_mut().for_each(|l| l.origin = stated());
    }
    serde_json::to_string_pretty(&schema).unwrap()
}

const ACCOUNTS: &str = "account_id,plan,arr\n10,pro,80341.19\n20,free,54040.51\n30,free,\n";
const TICKETS: &str = "ticket_id,account_id,subject,created_at,resolved_at,resolution_hours,csat\n\
5000,10,\"api, \"\"down\"\"\",2025-01-01T00:00:00,2025-01-01T02:00:00,2.0,5\n\
5001,20,login,2025-01-02T00:00:00,2025-01-02T03:00:00,3.0,4\n\
5002,20,billing,2025-01-03T00:00:00,,,\n\
5003,10,login,2025-01-04T00:00:00,2025-01-04T01:00:00,1.0,1\n\
5004,99,\"two\nlines\",2025-01-05T00:00:00,2025-01-06T00:00:00,24.0,2\n\
5005,30,login,2025-01-06T00:00:00,2025-01-06T12:00:00,12.0,5\n";

#[test]
fn numbers_that_name_rows_are_identifiers() {
    let reading = reading(&[("ACCOUNTS", ACCOUNTS), ("TICKETS", TICKETS)]);
    for (table, column) in [
        ("ACCOUNTS", "account_id"),
        ("TICKETS", "account_id"),
        ("TICKETS", "ticket_id"),
    ] {
        assert_eq!(kind(&reading, table, column), ColumnType::Id, "{table}.{column}");
    }
    assert_eq!(kind(&reading, "ACCOUNTS", "arr"), ColumnType::Number);
}

#[test]
fn a_link_counts_and_places_the_values_that_lead_nowhere() {
    let reading = reading(&[("ACCOUNTS", ACCOUNTS), ("TICKETS", TICKETS)]);
    let link = &report(&reading, "TICKETS").links[0];
    assert_eq!((link.filled, link.matched, link.dangling.count), (6, 5, 1));
    assert_eq!(
        (link.dangling.first[0].line, link.dangling.first[0].key.as_str()),
        (6, "99")
    );
}

#[test]
fn a_column_named_like_a_link_with_other_values_is_not_linked_and_that_is_noted() {
    let reading = reading(&[("accounts", ACCOUNTS), ("users", "user_id,account_id\n1,7\n2,8\n")]);
    assert!(report(&reading, "users").links.is_empty());
    assert_eq!(
        report(&reading, "users").notes,
        ["account_id is named like a link to accounts, but only 0 % of its cells are keys of accounts: not linked"]
    );
}

#[test]
fn hours_to_resolution_are_unknown_until_resolved() {
    let reading = reading(&[("tickets", TICKETS)]);
    let known = |column: &str| {
        let column = report(&reading, "tickets")
            .columns
            .iter()
            .find(|c| c.name == column)
            .unwrap();
        column.known_at.as_ref().map(|k| k.column.clone())
    };
    assert_eq!(known("resolution_hours").as_deref(), Some("resolved_at"));
    assert_eq!(known("csat").as_deref(), Some("resolved_at"));
    assert_eq!(known("account_id"), None);
    assert_eq!(report(&reading, "tickets").time.as_ref().unwrap().column, "created_at");
}

#[test]
fn a_key_or_time_that_is_nearly_one_is_not_taken_and_not_passed_over() {
    let reading = reading(&[("tickets", "ticket_id,opened_at\n1,2025-01-01\n1,\n2,2025-01-02\n")]);
    let table = report(&reading, "tickets");
    assert!(table.key.is_none() && table.time.is_none());
    assert_eq!(
        table.notes,
        [
            "ticket_id is named like the key, but has 2 different values in 3 rows: state key = \"ticket_id\" to take it as the key",
            "opened_at is named like the time column, but 1 of 3 rows lack it: the table is a snapshot unless schema.toml states time = \"opened_at\"",
        ]
    );
}

#[test]
fn bad_cells_are_null_counted_and_placed() {
    let mut text = String::from("id,n,note\n");
    (1..=40).for_each(|i| text.push_str(&format!("{i},{i},\"a\nb\"\n")));
    text.push_str("41,many,x\n42,7\n43,8,x,y\n");
    let reading = reading(&[("t", &text)]);
    let table = report(&reading, "t");
    let bad: Vec<String> = table
        .bad_cells
        .first
        .iter()
        .map(|b| format!("{} {:?} {}", b.line, b.column, b.cell))
        .collect();
    assert_eq!(
        bad,
        [
            "82 \"n\" \"many\" is not a number",
            "83 \"\" \"a row of 2\" is not a row of 3 cells: the missing ones are NULL",
            "84 \"\" \"a row of 4\" is not a row of 3 cells: the rest is left out",
        ]
    );
    assert_eq!(table.bad_cells.count, 3);
    assert_eq!(cell(&reading, "t", "n", 40), Cell::Null);
    assert_eq!(cell(&reading, "t", "n", 42), Cell::Number(8.0));
}

#[test]
fn lines_are_counted_alike_with_either_line_ending() {
    for end in ["\n", "\r\n"] {
        let text = ["id,n", "1,1", "2,2", "", "2,oops", "3,3"].join(end);
        let reading = read(
            files(&[("t", &text)]),
            Some("[t]\nkey = \"id\"\ncolumns = { n = { type = \"number\" } }"),
        )
        .unwrap();
        assert_eq!(report(&reading, "t").bad_cells.first[0].line, 5, "{end:?}");
        assert_eq!(report(&reading, "t").duplicate_keys.first[0].line, 5, "{end:?}");
    }
}

#[test]
fn a_quote_that_is_never_closed_is_reported_where_it_opens() {
    let reading = reading(&[("t", "id,note\n1,fine\n2,\"open\n3,lost\n4,lost\n")]);
    let bad = &report(&reading, "t").bad_cells;
    assert_eq!((bad.count, bad.first[0].line), (1, 3));
    assert!(bad.first[0].cell.text.contains("never closed"));
}

#[test]
fn a_column_of_slashed_dates_is_read_when_one_of_them_shows_the_order() {
    let day_first = reading(&[("t", "id,at\n1,03/04/2025\n2,25/04/2025\n")]);
    assert_eq!(
        cell(&day_first, "t", "at", 0).clone(),
        Cell::Time(bellwether::data::Timestamp::parse("2025-04-03").unwrap())
    );
    let unknown = reading(&[("t", "id,at\n1,03/04/2025\n2,05/06/2025\n")]);
    assert_eq!(report(&unknown, "t").bad_cells.count, 2);
}

#[test]
fn what_is_stated_holds_and_false_states_that_there_is_none() {
    let stated = "[tickets]\nkey = false\ntime = false\nlinks = { account_id = false }\n[tickets.columns]\nsubject = { type = \"category\" }\ncsat = { known_at = false }\n";
    let reading = read(files(&[("accounts", ACCOUNTS), ("tickets", TICKETS)]), Some(stated)).unwrap();
    let tickets = report(&reading, "tickets");
    assert!(tickets.key.is_none() && tickets.time.is_none() && tickets.links.is_empty());
    assert_eq!(kind(&reading, "tickets", "subject"), ColumnType::Category);
}

#[test]
fn what_is_stated_of_nothing_is_refused_with_its_line() {
    let refusal = |stated: &str| {
        read(files(&[("accounts", ACCOUNTS), ("tickets", TICKETS)]), Some(stated))
            .unwrap_err()
            .to_string()
    };
    for (stated, said) in [
        (
            "[ticket]",
            "line 1: there is no table \"ticket\": did you mean \"tickets\"?",
        ),
        (
            "[product_events]",
            "line 1: there is no table \"product_events\": it is one of accounts, tickets; \
             add product_events.csv, or take [product_events] out",
        ),
        (
            "[tickets]\ntime = \"created\"",
            "line 2: there is no column of tickets called \"created\": did you mean \"created_at\"?",
        ),
        (
            "[tickets]\nlinks = { account_id = \"account\" }",
            "line 2: there is no table \"account\": did you mean \"accounts\"?",
        ),
        (
            "[tickets.columns]\nsubjet = { type = \"text\" }",
            "line 2: there is no column of tickets called \"subjet\": did you mean \"subject\"?",
        ),
        (
            "[tickets.columns]\nticket_id = { type = \"number\" }",
            "line 2: ticket_id is a key: its type is \"id\"",
        ),
        (
            "[tickets]\ntime = \"created_at\"\n[tickets.columns]\ncreated_at = { type = \"text\" }",
            "line 4: created_at tells a moment: its type is \"timestamp\"",
        ),
    ] {
        assert_eq!(refusal(stated), format!("schema.toml {said}"));
    }
}

#[test]
fn answers_other_formats_and_ignored_tables_are_left_out_and_noted() {
    let mut all = files(&[
        ("tickets", TICKETS),
        ("truth", "ticket_id,probability,driver\n5000,0.1,x\n"),
        ("scratch", ""),
    ]);
    all.push(SourceFile {
        name: "events.parquet".into(),
        bytes: Vec::new(),
    });
    let reading = read(all, Some("[scratch]\nignore = true")).unwrap();
    assert_eq!(reading.database.schema.tables.len(), 1);
    let notes = reading.report.notes.join("\n");
    for file in [
        "truth.csv: left out",
        "scratch.csv: left out",
        "events.parquet: Parquet files are not read yet",
    ] {
        assert!(notes.contains(file), "{file}: {notes}");
    }
}

#[test]
fn a_settled_schema_is_read_exactly_whatever_the_files_hold() {
    let trained = reading(&[
        ("accounts", ACCOUNTS),
        ("tickets", TICKETS),
        (
            "events",
            "event_id,account_id,details\n1,10,endpoint: /v2\n2,20,endpoint: /v1\n",
        ),
    ]);
    let schema = &trained.database.schema;
    let now = files(&[
        ("tickets", "extra,subject,ticket_id,created_at\nx,hello,1,2025-02-01\n"),
        ("events", "event_id,details\n7,endpoint: /v3\n"),
        ("more", "a\n1\n"),
    ]);
    let reading = read_as(now, schema).unwrap();
    assert_eq!(&reading.database.schema, schema);
    assert!(
        matches!(cell(&reading, "tickets", "subject", 0), Cell::Symbol(s) if reading.database.symbols.text(s) == Some("hello"))
    );
    assert_eq!(cell(&reading, "tickets", "csat", 0), Cell::Null);
    assert!(matches!(
        cell(&reading, "events", "details.endpoint", 0),
        Cell::Symbol(_)
    ));
    assert_eq!(
        report(&reading, "accounts").notes,
        ["there is no accounts.csv: the table is taken as empty"]
    );
    assert!(
        report(&reading, "tickets")
            .notes
            .iter()
            .any(|n| n == "left out, as the schema lacks them: extra")
    );
    assert!(
        report(&reading, "tickets")
            .notes
            .iter()
            .any(|n| n == "tickets.csv has no column csat: it is taken as NULL")
    );
    assert_eq!(
        reading.report.notes,
        ["more.csv: left out, as the schema has no such table"]
    );
}

#[test]
fn a_written_schema_reads_back_as_the_same_schema() {
    let tables = [
        (
            "accounts",
            "account_id,plan,arr,odd \"name\"\nA,pro,\"$1,000\",x\nB,free,$2K,y\n",
        ),
        ("tickets", TICKETS),
        (
            "events",
            "event_id,account_id,at,details\n1,A,2025-01-01,endpoint: /v2; took: 3s\n2,B,2025-01-02,endpoint: /v1\n",
        ),
    ];
    let guessed = reading(&tables);
    let written = to_toml(&guessed.report);
    let stated = read(files(&tables), Some(&written)).unwrap_or_else(|e| panic!("{e}\n{written}"));
    assert_eq!(
        facts(&stated.database.schema),
        facts(&guessed.database.schema),
        "{written}"
    );
    assert!(
        written.contains("[events]") && written.contains("\"details.took\" = { type = \"number\" }"),
        "{written}"
    );
}

proptest! {
    #[test]
    fn no_bytes_are_too_strange_to_read(a in prop::collection::vec(any::<u8>(), 0..200), b in "[-a-z0-9,;:\"\n\r$%. ]{0,200}", schema in "[\\[\\]a-z=\"{}\n ]{0,60}") {
        for bytes in [a, b.clone().into_bytes(), format!("id,at,x_id,details\n{b}").into_bytes()] {
            let named = |name: &str| SourceFile { name: name.into(), bytes: bytes.clone() };
            let _ = read(vec![named("x.csv")], Some(&schema));
            if let Ok(reading) = read(vec![named("x.csv"), named("y.csv")], None) {
                prop_assert!(read_as(vec![named("x.csv")], &reading.database.schema).is_ok());
                let written = to_toml(&reading.report);
                let again = read(vec![named("x.csv"), named("y.csv")], Some(&written));
                prop_assert!(again.is_ok(), "{}\n{}", again.unwrap_err(), written);
                prop_assert_eq!(facts(&again.unwrap().database.schema), facts(&reading.database.schema));
            }
        }
    }
}
