//! Questions for a number through the command line: how many hours, how many tickets; and the questions that bind but are
//! not trained yet.

use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;

fn bellwether(args: &[&str]) -> assert_cmd::assert::Assert {
    Command::new(env!("CARGO_BIN_EXE_bellwether")).args(args).assert()
}

fn out(args: &[&str]) -> String {
    String::from_utf8(bellwether(args).success().get_output().stdout.clone()).unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}

/// A desk of 3,000 tickets and where to put a bundle.
fn desk() -> (tempfile::TempDir, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (desk, bundle) = (path("desk"), path("bundle"));
    out(&["sample", &desk, "--tickets", "3000", "--seed", "5"]);
    (folder, desk, bundle)
}

#[test]
fn hours_to_resolution_are_predicted_and_explained_as_a_number() {
    let (folder, desk, bundle) = desk();
    let query = "PREDICT tickets.resolution_hours FOR EACH tickets.ticket_id";
    out(&[
        "train",
        &desk,
        "--query",
        query,
        "--until",
        "2025-11-01",
        "--out",
        &bundle,
    ]);
    let manifest: Value =
        serde_json::from_slice(&std::fs::read(Path::new(&bundle).join("manifest.json")).unwrap()).unwrap();
    assert_eq!(manifest["kind"], "regression");
    assert_eq!(manifest["unit"], "hours");
    assert!(number(&manifest["base_value"]) > 1.0);
    assert!(manifest.get("base_rate").is_none() && manifest.get("thresholds").is_none());

    let rows = folder.path().join("rows.csv");
    let tickets = std::fs::read_to_string(Path::new(&desk).join("tickets.csv")).unwrap();
    let asked: Vec<&str> = tickets
        .lines()
        .skip(1)
        .filter_map(|l| l.split(',').next())
        .step_by(97)
        .collect();
    std::fs::write(&rows, format!("entity\n{}\n", asked.join("\n"))).unwrap();
    let listed = out(&["predict", &bundle, "--data", &desk, "--rows", rows.to_str().unwrap()]);
    let mut reader = csv::Reader::from_reader(listed.as_bytes());
    assert_eq!(reader.headers().unwrap(), vec!["entity", "anchor", "prediction"]);
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(records.len(), asked.len());
    let spread: Vec<f64> = records.iter().map(|r| r[2].parse().unwrap()).collect();
    assert!(
        spread.iter().any(|x| *x > 1.5),
        "hours are not probabilities: {spread:?}"
    );

    let record = &records[records.len() / 2];
    let told = out(&[
        "explain", &bundle, "--data", &desk, "--entity", &record[0], "--at", &record[1], "--format", "json",
    ]);
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["kind"], "regression");
    assert!(told.get("probability").is_none() && told.get("band").is_none());
    let sum: f64 = told["contributions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| number(&c["contribution"]))
        .sum();
    let prediction = number(&told["prediction"]);
    assert!((number(&told["base_value"]) + sum - prediction).abs() < 1e-3 * prediction.abs().max(1.0));
    assert!((record[2].parse::<f64>().unwrap() - prediction).abs() < 1e-4 * prediction.abs().max(1.0));
    let reasons: Vec<&str> = told["reasons"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|r| r["text"].as_str())
        .collect();
    assert!(
        // A number has a mean and no rate; "rate limit" is a word of the tables.
        !reasons.is_empty()
            && reasons
                .iter()
                .all(|text| !text.replace("rate limit", "").contains(" rate")),
        "{reasons:?}"
    );
}

#[test]
fn approaches_to_a_number_are_compared_by_their_errors() {
    let (_folder, desk, _) = desk();
    let query = "PREDICT tickets.resolution_hours FOR EACH tickets.ticket_id";
    let told = out(&[
        "evaluate",
        &desk,
        "--query",
        query,
        "--cut",
        "2025-10-01",
        "--format",
        "json",
    ]);
    let told: Value = serde_json::from_str(&told).unwrap();
    let approaches = told["approaches"].as_array().unwrap();
    let names: Vec<&str> = approaches.iter().filter_map(|a| a["name"].as_str()).collect();
    assert_eq!(
        names,
        [
            "constant",
            "priority",
            "text",
            "category_rate",
            "entity_rate",
            "own_columns",
            "relational"
        ]
    );
    for approach in approaches {
        assert!(number(&approach["mae"]) > 0.0 && number(&approach["rmse"]) >= number(&approach["mae"]));
        assert!(number(&approach["r2"]) <= 1.0);
        assert!(approach.get("roc_auc").is_none());
    }
    let rmse = |name: &str| number(&approaches.iter().find(|a| a["name"] == name).unwrap()["rmse"]);
    assert!(rmse("relational") < rmse("constant"), "{approaches:?}");
}

#[test]
fn an_aggregate_over_an_entity_without_a_time_is_predicted_as_of_any_moment() {
    let (_folder, desk, bundle) = desk();
    let query = "PREDICT COUNT(tickets.*, 0, 30, days) FOR EACH accounts.account_id";
    out(&["train", &desk, "--query", query, "--out", &bundle]);
    let listed = out(&["predict", &bundle, "--data", &desk, "--at", "2025-10-01"]);
    assert!(listed.starts_with("entity,anchor,prediction\n"));
    assert!(listed.lines().count() > 50);
}

#[test]
fn questions_without_a_model_bind_and_are_refused_by_training_in_one_line() {
    let (_folder, desk, bundle) = desk();
    for (query, word) in [
        ("PREDICT tickets.category FOR EACH tickets.ticket_id", "multiclass"),
        (
            "PREDICT LIST_DISTINCT(tickets.category, 0, 30, days) CLASSIFY FOR EACH accounts.account_id",
            "multilabel",
        ),
        (
            "PREDICT LIST_DISTINCT(tickets.agent_id, 0, 30, days) RANK TOP 3 FOR EACH accounts.account_id",
            "ranking",
        ),
        (
            "PREDICT COUNT(tickets.*, 0, 7, days) FORECAST 4 TIMEFRAMES FOR EACH accounts.account_id",
            "forecast",
        ),
    ] {
        let bound = out(&["query", "bind", query, "--data", &desk]);
        assert!(bound.contains("\"ok\": true"), "{bound}");
        let labels = out(&["query", "labels", query, "--data", &desk, "--at", "2025-06-01"]);
        let labels: Value = serde_json::from_str(&labels).unwrap();
        assert!(!labels["labels"].as_array().unwrap().is_empty(), "{query}");
        for command in [
            vec!["train", &desk, "--query", query, "--out", &bundle],
            vec!["evaluate", &desk, "--query", query, "--cut", "2025-10-01"],
        ] {
            let refused = bellwether(&command).failure().code(1);
            let error = String::from_utf8(refused.get_output().stderr.clone()).unwrap();
            assert!(error.contains(word) && error.contains("not trained yet"), "{error}");
            assert_eq!(error.trim().lines().count(), 1, "{error}");
        }
        assert!(!Path::new(&bundle).exists(), "something was written");
    }
}

#[test]
fn a_ticket_that_is_not_resolved_yet_is_no_example() {
    let (_folder, desk, _) = desk();
    let query = "PREDICT tickets.resolution_hours FOR EACH tickets.ticket_id";
    let labels = out(&[
        "query",
        "labels",
        query,
        "--data",
        &desk,
        "--at",
        "2025-12-31T23:00:00Z",
    ]);
    let labels: Value = serde_json::from_str(&labels).unwrap();
    let tickets = std::fs::read_to_string(Path::new(&desk).join("tickets.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(tickets.as_bytes());
    let column = |name: &str, headers: &csv::StringRecord| headers.iter().position(|h| h == name).unwrap();
    let headers = reader.headers().unwrap().clone();
    let (hours, created) = (column("resolution_hours", &headers), column("created_at", &headers));
    let resolved = reader
        .records()
        .map(Result::unwrap)
        .filter(|r| !r[hours].is_empty() && &r[created] <= "2025-12-31T23:00:00Z")
        .count();
    assert_eq!(labels["entities"].as_array().unwrap().len(), resolved);
}

#[test]
fn every_question_of_the_guide_binds_to_the_sample() {
    let (_folder, desk, _) = desk();
    let guide = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/pql.md")).unwrap();
    let questions: Vec<&str> = guide
        .lines()
        .filter(|line| line.starts_with("    PREDICT ") && !line.contains(" target "))
        .map(str::trim)
        .collect();
    assert!(questions.len() >= 4);
    for question in questions {
        let bound = out(&["query", "bind", question, "--data", &desk]);
        assert!(bound.contains("\"ok\": true"), "{question}\n{bound}");
    }
}
