//! The recorded verdicts of the reference implementation, and where Bellwether means otherwise.

use std::path::Path;

use assert_cmd::Command;
use serde_json::{Value, json};

fn fixtures() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/pql")
}

fn records(name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(fixtures().join(name)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn ask(action: &str, strict: bool, questions: &[Value]) -> Vec<Value> {
    let mut command = Command::cargo_bin("bellwether").unwrap();
    command
        .args(["query", action, "--jsonl", "--data"])
        .arg(fixtures().join("tables"));
    if strict {
        command.arg("--strict");
    }
    let sent: String = questions.iter().map(|q| format!("{q}\n")).collect();
    let done = command.write_stdin(sent).assert().success();
    let text = String::from_utf8(done.get_output().stdout.clone()).unwrap();
    let answers: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), questions.len());
    answers
}

fn one(action: &str, strict: bool, query: &str) -> Value {
    ask(
        action,
        strict,
        &[json!({"query": query, "anchor_time": "2025-03-01T00:00:00"})],
    )
    .remove(0)
}

fn texts(value: &Value) -> Vec<String> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned))
        .collect()
}

fn same(want: &Value, got: &Value) -> bool {
    match (want, got) {
        (Value::Array(_), Value::Array(_)) => {
            let (mut a, mut b) = (texts(want), texts(got));
            a.sort();
            b.sort();
            a == b
        }
        (Value::Number(a), Value::Number(b)) => {
            let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
            (a - b).abs() <= 1e-6 + 1e-5 * a.abs().max(b.abs())
        }
        _ => want == got,
    }
}

fn assert_labels(want: &Value, got: &Value) {
    let skipped = want.get("tie_ambiguous").map(texts).unwrap_or_default();
    let pairs = |record: &Value| -> Vec<(String, Value)> {
        let labels = record["labels"]
            .as_array()
            .unwrap_or_else(|| panic!("{}: {record}", want["query"]))
            .clone();
        texts(&record["entities"])
            .into_iter()
            .zip(labels)
            .filter(|(entity, _)| !skipped.contains(entity))
            .collect()
    };
    let (a, b) = (pairs(want), pairs(got));
    let names = |pairs: &[(String, Value)]| pairs.iter().map(|p| p.0.clone()).collect::<Vec<_>>();
    assert_eq!(names(&a), names(&b), "{} at {}", want["query"], want["anchor_time"]);
    for ((entity, x), (_, y)) in a.iter().zip(&b) {
        assert!(
            same(x, y),
            "{} at {}: {entity} is {x}, not {y}",
            want["query"],
            want["anchor_time"]
        );
    }
}

#[test]
fn every_recorded_text_has_the_reference_verdict_and_canonical_form() {
    let records = records("syntax.jsonl");
    for (want, got) in records.iter().zip(ask("parse", true, &records)) {
        let ok = want["ok"] == true && want.get("ast_ok") != Some(&json!(false));
        assert_eq!(got["ok"], ok, "{}: {got}", want["query"]);
        if let (true, Some(canonical)) = (ok, want.get("canonical")) {
            assert_eq!(&got["canonical"], canonical);
        }
    }
}

#[test]
fn every_recorded_binding_has_the_reference_verdict_and_task_type() {
    let records = records("semantics.jsonl");
    for (want, got) in records.iter().zip(ask("bind", true, &records)) {
        let ok = want["ok"] == true && want.get("task_error").is_none();
        assert_eq!(got["ok"], ok, "{}: {got}", want["query"]);
        if ok {
            assert_eq!(got["task_type"], want["task_type"], "{}", want["query"]);
        }
    }
}

#[test]
fn every_recorded_label_is_computed() {
    let of_strict: Vec<Value> = records("labels.jsonl")
        .into_iter()
        .filter(|r| r["validator_ok"] == true)
        .collect();
    for (want, got) in of_strict.iter().zip(ask("labels", true, &of_strict)) {
        assert_labels(want, &got);
    }
    let refused: Vec<Value> = records("labels.jsonl")
        .into_iter()
        .filter(|r| r["validator_ok"] == false)
        .collect();
    assert!(!refused.is_empty());
    for (want, got) in refused.iter().zip(ask("labels", false, &refused)) {
        assert_labels(want, &got);
    }
}

#[test]
fn where_the_reference_crashes_the_labels_are_what_is_meant() {
    let records = records("labels_disputed.jsonl");
    for (want, got) in records.iter().zip(ask("labels", true, &records)) {
        assert_labels(want, &got);
    }
}

#[test]
fn every_recorded_training_row_is_laid_out() {
    let records = records("context.jsonl");
    for (want, got) in records.iter().zip(ask("labels", true, &records)) {
        let rows = |record: &Value| -> Vec<(String, String, Value)> {
            let rows = record["rows"].as_array().unwrap().iter();
            rows.map(|r| (r[1].as_str().unwrap().replace('Z', ""), r[0].to_string(), r[2].clone()))
                .collect()
        };
        let (mut a, mut b) = (rows(want), rows(&got));
        a.sort_by_key(|r| (r.0.clone(), r.1.clone()));
        b.sort_by_key(|r| (r.0.clone(), r.1.clone()));
        assert_eq!(a.len(), b.len());
        for (x, y) in a.iter().zip(&b) {
            assert!((&x.0, &x.1) == (&y.0, &y.1) && same(&x.2, &y.2), "{x:?} {y:?}");
        }
    }
}

// Where --strict deviates from the reference on purpose. No recorded query is among them.

/// The reference rewrites a window's unit when an aggregation nested in its filter counts in another; that changes what
/// the query says (30 weeks become 210 days only by luck, 30 months 900 days), so windows stay as written.
#[test]
fn deviation_a_window_keeps_its_unit_whatever_is_nested_in_it() {
    let text = "PREDICT COUNT(T.* WHERE COUNT(E.*, 0, 30, days) > 1, 0, 7, months) > 1 FOR EACH A.id";
    assert_eq!(one("parse", true, text)["canonical"], text);
}

/// The reference drops rows whose operand is NULL from `NOT c IS NULL` and from `c IS NULL OR …`, though not from
/// `c IS NULL`: asking whether a value is missing has an answer when it is.
#[test]
fn deviation_is_null_has_an_answer_inside_not_and_or() {
    let plain = one(
        "labels",
        true,
        "PREDICT ACCOUNTS.csm IS NOT NULL FOR EACH ACCOUNTS.account_id",
    );
    let negated = one(
        "labels",
        true,
        "PREDICT NOT ACCOUNTS.csm IS NULL FOR EACH ACCOUNTS.account_id",
    );
    assert_eq!(plain, negated);
    assert_eq!(plain["entities"].as_array().unwrap().len(), 12);
}

/// The reference accepts LIST_DISTINCT without a window when no table has a time column; there is then no moment to
/// predict from.
#[test]
fn deviation_a_list_needs_a_window() {
    let answer = one(
        "bind",
        true,
        "PREDICT LIST_DISTINCT(USERS.account_id) FOR EACH USERS.user_id",
    );
    assert_eq!(answer["ok"], false);
}

/// The reference's WHERE reads timestamps that lie after the anchor; here a filter sees only what is known by then.
/// (The recorded tables have no such column; `relate::label` tests it.) The reference reads texts of any length and
/// nesting until Python's stack ends; here both are bounded.
#[test]
fn deviation_length_and_nesting_are_bounded() {
    let long = format!("PREDICT T.c = '{}' FOR EACH T.id", "x".repeat(1_000_000));
    assert_eq!(one("parse", true, &long)["ok"], false);
    let deep = format!("PREDICT {}T.c = 1 FOR EACH T.id", "NOT ".repeat(5_000));
    assert_eq!(one("parse", true, &deep)["ok"], false);
    let wrapped = format!(
        "PREDICT {}T.c = 1{} FOR EACH T.id",
        "(".repeat(5_000),
        ")".repeat(5_000)
    );
    assert_eq!(
        one("parse", true, &wrapped)["canonical"],
        "PREDICT T.c = 1 FOR EACH T.id"
    );
}

// What --strict refuses and Bellwether has.

#[test]
fn extended_spelling_is_kind() {
    let canonical =
        "PREDICT COUNT(TICKETS.*, 0, 7, days) > 0 FOR EACH ACCOUNTS.account_id WHERE ACCOUNTS.plan IS NOT NULL";
    let kind =
        "Predict Count(tickets.*, 0, 7, Days) > 0\nFor\n  Each accounts.account_id where accounts.PLAN is   not null";
    assert_eq!(one("bind", true, kind)["ok"], false);
    let answer = one("bind", false, kind);
    assert_eq!(answer["ok"], true, "{answer}");
    let labels = |query: &str| one("labels", false, query);
    assert_eq!(labels(kind), labels(canonical));
}

#[test]
fn the_whole_language_binds_without_strict() {
    for (query, task) in [
        (
            "PREDICT BOOL(ESCALATIONS.at, 0, 48, hours) FOR EACH TICKETS.ticket_id",
            "binary_classification",
        ),
        (
            "PREDICT COUNT(ESCALATIONS.*, 0, 30, days) >= 2 FOR EACH ACCOUNTS.account_id",
            "binary_classification",
        ),
        (
            "PREDICT COUNT_DISTINCT(TICKETS.agent_id, 0, 30, days) FOR EACH ACCOUNTS.account_id",
            "regression",
        ),
        (
            "PREDICT LAST(TICKETS.category, 0, 30, days) FOR EACH ACCOUNTS.account_id",
            "multiclass_classification",
        ),
        (
            "PREDICT LIST_DISTINCT(TICKETS.category, 0, 30, days) CLASSIFY FOR EACH ACCOUNTS.account_id",
            "multilabel_classification",
        ),
        (
            "PREDICT TICKETS.subject CONTAINS 'error' FOR EACH TICKETS.ticket_id WHERE ACCOUNTS.plan = 'pro'",
            "binary_classification",
        ),
        (
            "PREDICT COUNT(ESCALATIONS.*, 0, 7) > 0 FOR TICKETS.ticket_id WHERE TICKETS.created_at >= '2025-01-01'",
            "binary_classification",
        ),
        (
            "PREDICT TICKETS.resolution_hours FOR EACH TICKETS.ticket_id WHERE TICKETS.priority NOT IN ('P1')",
            "regression",
        ),
    ] {
        let answer = one("bind", false, query);
        assert_eq!(answer["task_type"], task, "{query}: {answer}");
        assert_eq!(one("bind", true, query)["ok"], false, "{query}");
    }
}

#[test]
fn bool_means_that_a_row_falls_in_the_window() {
    let bool = one(
        "labels",
        false,
        "PREDICT BOOL(ESCALATIONS.at, 0, 48, hours) FOR EACH TICKETS.ticket_id",
    );
    let standard = one(
        "labels",
        true,
        "PREDICT COUNT(ESCALATIONS.*, 0, 48, hours) > 0 FOR EACH TICKETS.ticket_id",
    );
    assert_eq!(bool, standard);
    assert!(bool["entities"].as_array().unwrap().len() > 10);
}

#[test]
fn a_fault_is_blamed_on_its_place_with_what_was_meant() {
    for (query, column, meant) in [
        (
            "PREDICT COUNT(TICKETS.*, 0, 7, hour) FOR EACH ACCOUNTS.account_id",
            31,
            "hours",
        ),
        (
            "PREDICT COUNT(TICKET.*, 0, 7) FOR EACH ACCOUNTS.account_id",
            14,
            "TICKETS.*",
        ),
        (
            "PREDICT TICKETS.priorty FOR EACH TICKETS.ticket_id",
            8,
            "TICKETS.priority",
        ),
        ("PREDICT TICKETS.priority FOREACH TICKETS.ticket_id", 25, "FOR EACH"),
        (
            "PREDICT TICKETS.priority FOR EACH TICKETS.ticket_id WHER TICKETS.agent_id = 1",
            52,
            "WHERE",
        ),
        (
            "PREDICT TICKETS.priority FOR EACH TICKETS.user_id",
            34,
            "TICKETS.ticket_id",
        ),
        (
            "PREDICT BOOL(TICKETS.ESCALATED_TO_ENG, 0, 48, hours) FOR EACH TICKETS.ticket_id",
            13,
            "ESCALATIONS.at",
        ),
        ("PREDICT CONT(TICKETS.*, 0, 7) FOR EACH ACCOUNTS.account_id", 8, "COUNT"),
        (
            "PREDICT COUNT(ESCALATIONS.*, 0, 7) > 0 FOR EACH TICKETS.ticket_id WHERE TICKETS.priority = 1",
            91,
            "'1'",
        ),
    ] {
        let answer = one("bind", false, query);
        assert_eq!(
            (&answer["column"], &answer["suggestion"]),
            (&json!(column), &json!(meant)),
            "{query}: {answer}"
        );
    }
}

/// The reference keeps rows whose operand is NULL under a lone IS NULL, and drops them as soon as NOT, AND or OR stands around
/// it, so that NOT (x IS NULL) is not x IS NOT NULL. Bellwether means the same by both, in every mode.
#[test]
fn is_null_says_the_same_alone_and_inside_a_condition() {
    let alone = one(
        "labels",
        true,
        "PREDICT TICKETS.resolution_hours IS NOT NULL FOR EACH TICKETS.ticket_id",
    );
    let inside = one(
        "labels",
        true,
        "PREDICT NOT TICKETS.resolution_hours IS NULL FOR EACH TICKETS.ticket_id",
    );
    assert_eq!(alone, inside);
    assert!(alone["labels"].as_array().unwrap().contains(&json!(false)));
}
