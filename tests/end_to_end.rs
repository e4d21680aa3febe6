//! The main job through the command line, as a user runs it: tables and a query become a bundle, scores and reasons.

use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;

const QUERY: &str =
    "PREDICT BOOL(TICKETS.ESCALATED_TO_ENG, 0, 48, hours) FOR EACH TICKETS.TICKET_ID WHERE TICKETS.PRIORITY <= 'P2'";

fn bellwether() -> Command {
    Command::new(env!("CARGO_BIN_EXE_bellwether"))
}

fn out(command: &mut Command) -> String {
    let done = command.assert().success();
    String::from_utf8(done.get_output().stdout.clone()).unwrap()
}

/// The exit code, and standard error, which holds no panic.
fn refused(command: &mut Command) -> (i32, String) {
    let done = command.assert().failure();
    let error = String::from_utf8(done.get_output().stderr.clone()).unwrap();
    assert!(!error.contains("panicked"), "{error}");
    (done.get_output().status.code().unwrap(), error)
}

fn sample(folder: &Path, tickets: &str) {
    bellwether()
        .args(["sample", folder.to_str().unwrap(), "--tickets", tickets, "--seed", "3"])
        .assert()
        .success();
}

fn train(desk: &Path, query: &str, more: &[&str], bundle: &Path) {
    let (desk, bundle) = (desk.to_str().unwrap(), bundle.to_str().unwrap());
    out(bellwether()
        .args(["train", desk, "--query", query, "--out", bundle])
        .args(more));
}

#[test]
fn tables_and_a_query_become_a_bundle_scores_and_reasons() {
    let folder = tempfile::tempdir().unwrap();
    let (desk, bundle) = (folder.path().join("desk"), folder.path().join("bundle"));
    let (desk, bundle) = (desk.to_str().unwrap(), bundle.to_str().unwrap());
    sample(Path::new(desk), "4000");
    train(Path::new(desk), QUERY, &["--until", "2025-11-30"], Path::new(bundle));

    let manifest: Value =
        serde_json::from_slice(&std::fs::read(Path::new(bundle).join("manifest.json")).unwrap()).unwrap();
    assert_eq!(manifest["query"], QUERY);
    assert_eq!(manifest["built_at"], "2025-11-30T00:00:00Z");

    let scores = folder.path().join("scores.csv");
    out(bellwether().args([
        "predict",
        bundle,
        "--data",
        desk,
        "--at",
        "2025-11-30",
        "--output",
        scores.to_str().unwrap(),
    ]));
    let mut reader = csv::Reader::from_path(&scores).unwrap();
    assert_eq!(reader.headers().unwrap(), vec!["entity", "anchor", "probability"]);
    let first: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert!(
        first
            .iter()
            .all(|r| (0.0..=1.0).contains(&r[2].parse::<f64>().unwrap()))
    );

    let ticket = &first[first.len() / 2][0];
    let told = out(bellwether().args([
        "explain",
        bundle,
        "--data",
        desk,
        "--entity",
        ticket,
        "--at",
        "2025-11-30",
        "--format",
        "json",
    ]));
    let told: Value = serde_json::from_str(&told).unwrap();
    let number = |v: &Value| v.as_f64().unwrap();
    let contributions = told["contributions"].as_array().unwrap();
    let sum: f64 = contributions.iter().map(|c| number(&c["contribution"])).sum();
    assert!((number(&told["base_log_odds"]) + sum - number(&told["log_odds"])).abs() < 1e-6);
    let shares: f64 = contributions.iter().map(|c| number(&c["share"])).sum();
    assert!((shares - 1.0).abs() < 1e-9);
    let logistic = 1.0 / (1.0 + (-number(&told["log_odds"])).exp());
    assert!(
        (logistic - number(&told["probability"])).abs() < 1e-5,
        "the trees and the ONNX model differ"
    );
    assert!(!told["reasons"].as_array().unwrap().is_empty());
    let listed: f64 = first[first.len() / 2][2].parse().unwrap();
    assert!(
        (listed - number(&told["probability"])).abs() < 1e-6,
        "predict and explain differ"
    );
}

#[test]
fn a_ticket_that_is_asked_about_before_it_begins_is_not_explained_and_its_score_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let (desk, bundle) = (folder.path().join("desk"), folder.path().join("bundle"));
    sample(&desk, "1500");
    train(&desk, QUERY, &["--until", "2025-10-01"], &bundle);
    // A ticket that has lost its moment never begins.
    let tickets = desk.join("tickets.csv");
    let mut reader = csv::Reader::from_path(&tickets).unwrap();
    let header = reader.headers().unwrap().clone();
    let created = header.iter().position(|name| name == "created_at").unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let mut writer = csv::Writer::from_path(&tickets).unwrap();
    writer.write_record(&header).unwrap();
    for row in &rows {
        let lost = |at: usize| at == created && &row[0] == "TK000006";
        let cells = row
            .iter()
            .enumerate()
            .map(|(at, cell)| if lost(at) { "" } else { cell });
        writer.write_record(cells).unwrap();
    }
    writer.flush().unwrap();

    let (desk, bundle) = (desk.to_str().unwrap(), bundle.to_str().unwrap());
    let explain = |ticket: &str, more: &[&str]| {
        let mut command = bellwether();
        command
            .args(["explain", bundle, "--data", desk, "--entity", ticket])
            .args(more);
        command
    };
    let (code, error) = refused(&mut explain("TK001500", &["--at", "2025-06-01"]));
    assert_eq!(code, 1);
    assert!(
        error.contains("\"TK001500\" begins at 2025-12-") && error.contains("--at"),
        "{error}"
    );
    assert!(out(&mut explain("TK001500", &["--at", "2025-12-31T23:00:00Z"])).contains("TK001500"));
    for more in [&[][..], &["--at", "2025-06-01"]] {
        let (code, error) = refused(&mut explain("TK000006", more));
        assert_eq!(code, 1);
        assert!(error.contains("\"TK000006\" has no created_at"), "{error}");
    }

    let list = folder.path().join("rows.csv");
    let predict = |asked: &str| {
        std::fs::write(&list, asked).unwrap();
        let mut command = bellwether();
        command.args(["predict", bundle, "--data", desk, "--rows", list.to_str().unwrap()]);
        command
    };
    let done = predict("entity,anchor\nTK000001,2025-06-01\nTK001500,2025-06-01\n")
        .assert()
        .success();
    let note = String::from_utf8(done.get_output().stderr.clone()).unwrap();
    assert!(
        note.contains("1 of 2 rows are asked about before they begin (\"TK001500\""),
        "{note}"
    );
    let (code, error) = refused(&mut predict("entity\nTK000001\nTK000006\n"));
    assert_eq!(code, 1);
    assert!(
        error.contains("line 3: tickets \"TK000006\" has no created_at"),
        "{error}"
    );
}

#[test]
fn rows_are_scored_as_of_their_own_moment_whatever_lies_later() {
    let folder = tempfile::tempdir().unwrap();
    let (desk, bundle) = (folder.path().join("desk"), folder.path().join("bundle"));
    sample(&desk, "3000");
    train(&desk, QUERY, &["--until", "2025-10-01"], &bundle);
    let tickets = std::fs::read_to_string(desk.join("tickets.csv")).unwrap();
    let asked: Vec<&str> = tickets
        .lines()
        .skip(1)
        .filter_map(|l| l.split(',').next())
        .step_by(7)
        .take(40)
        .collect();
    let rows = folder.path().join("rows.csv");
    std::fs::write(
        &rows,
        format!(
            "entity,anchor\n{}",
            asked
                .iter()
                .map(|t| format!("{t},2025-09-01T00:00:00Z\n"))
                .collect::<String>()
        ),
    )
    .unwrap();
    let predict = |data: &Path| {
        out(bellwether().args([
            "predict",
            bundle.to_str().unwrap(),
            "--data",
            data.to_str().unwrap(),
            "--rows",
            rows.to_str().unwrap(),
        ]))
    };
    let whole = predict(&desk);
    assert_eq!(whole.lines().count(), asked.len() + 1);

    // The same folder without anything that happened after the moment.
    let earlier = folder.path().join("earlier");
    std::fs::create_dir(&earlier).unwrap();
    std::fs::copy(desk.join("schema.toml"), earlier.join("schema.toml")).unwrap();
    let moments = [
        ("accounts", ""),
        ("account_health", "measured_at"),
        ("users", "signup"),
        ("agents", ""),
        ("tickets", "created_at"),
        ("product_events", "at"),
        ("deployments", "deployed_at"),
    ];
    for (table, moment) in moments {
        let mut reader = csv::Reader::from_path(desk.join(format!("{table}.csv"))).unwrap();
        let headers = reader.headers().unwrap().clone();
        let column = headers.iter().position(|h| h == moment);
        let mut writer = csv::Writer::from_path(earlier.join(format!("{table}.csv"))).unwrap();
        writer.write_record(&headers).unwrap();
        for record in reader.records().map(Result::unwrap) {
            if column.is_none_or(|c| &record[c] <= "2025-09-01T00:00:00Z") {
                writer.write_record(&record).unwrap();
            }
        }
    }
    assert_eq!(whole, predict(&earlier));
}

#[test]
fn approaches_are_compared_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let desk = folder.path().join("desk");
    sample(&desk, "4000");
    let told = out(bellwether().args([
        "evaluate",
        desk.to_str().unwrap(),
        "--query",
        QUERY,
        "--cut",
        "2025-09-01",
        "--format",
        "json",
    ]));
    let told: Value = serde_json::from_str(&told).unwrap();
    let names: Vec<&str> = told["approaches"]
        .as_array()
        .unwrap()
        .iter()
        .map(|a| a["name"].as_str().unwrap())
        .collect();
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
    let auc = |name: &str| {
        told["approaches"]
            .as_array()
            .unwrap()
            .iter()
            .find(|a| a["name"] == name)
            .unwrap()["roc_auc"]
            .as_f64()
            .unwrap()
    };
    assert!((auc("constant") - 0.5).abs() < 1e-12);
    assert!(auc("relational") > auc("priority"), "relations see more than priority");
}

#[test]
fn bad_input_gets_one_clear_line_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let desk = folder.path().join("desk");
    sample(&desk, "300");
    let (desk, bundle) = (desk.to_str().unwrap(), folder.path().join("bundle"));
    let target = bundle.to_str().unwrap();
    let train =
        |data: &str, query: &str| refused(bellwether().args(["train", data, "--query", query, "--out", target]));

    let (code, error) = train("/nonexistent/desk", QUERY);
    assert_eq!(code, 1);
    assert!(
        error.contains("/nonexistent/desk") && error.lines().count() == 1,
        "{error}"
    );

    let (code, error) = train(
        desk,
        "PREDCT BOOL(TICKETS.ESCALATED_TO_ENG, 0, 48, hours) FOR EACH TICKETS.TICKET_ID",
    );
    assert_eq!(code, 2);
    assert!(error.contains("PREDICT"), "{error}");

    let (code, error) = train(
        desk,
        "PREDICT BOOL(TICKETS.ESCALATED_TO_ENGG, 0, 48, hours) FOR EACH TICKETS.TICKET_ID",
    );
    assert_eq!(code, 2);
    assert!(error.to_lowercase().contains("escalated_to_eng"), "{error}");

    let empty = folder.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    assert_eq!(train(empty.to_str().unwrap(), QUERY).0, 1);
    std::fs::write(empty.join("tickets.csv"), "").unwrap();
    let (code, error) = train(empty.to_str().unwrap(), QUERY);
    assert_eq!(code, 1);
    assert!(error.contains("tickets.csv"), "{error}");
    assert!(!bundle.exists(), "a bundle was written");

    std::fs::create_dir(&bundle).unwrap();
    std::fs::write(bundle.join("manifest.json"), "{\"format\": 1").unwrap();
    let (code, error) = refused(bellwether().args(["predict", target, "--data", desk]));
    assert_eq!(code, 1);
    assert!(error.lines().count() == 1 && error.contains("manifest.json"), "{error}");
}

#[test]
fn a_damaged_bundle_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (desk, bundle) = (folder.path().join("desk"), folder.path().join("bundle"));
    sample(&desk, "2500");
    let query = "PREDICT BOOL(tickets.escalated_to_eng, 0, 48, hours) FOR EACH tickets.ticket_id";
    train(&desk, query, &[], &bundle);
    let tables = std::fs::read_dir(&bundle)
        .unwrap()
        .map(|e| e.unwrap().path())
        .find(|p| p.extension().is_some_and(|e| e == "bin"))
        .unwrap();
    let mut bytes = std::fs::read(&tables).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&tables, bytes).unwrap();
    let (code, error) =
        refused(bellwether().args(["predict", bundle.to_str().unwrap(), "--data", desk.to_str().unwrap()]));
    assert_eq!(code, 1);
    assert!(error.contains("SHA-256") && error.lines().count() == 1, "{error}");
}
