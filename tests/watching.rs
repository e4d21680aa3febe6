//! What a model may not read, what may have leaked, and what has changed since: through the command line.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::OnceLock;

use assert_cmd::Command;
use serde_json::Value;

const QUERY: &str = "PREDICT BOOL(tickets.escalated_to_eng, 0, 48, hours) FOR EACH tickets.ticket_id";

fn run(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_bellwether"))
        .args(args)
        .output()
        .unwrap()
}

/// Standard output and standard error of a run that must succeed.
fn told(args: &[&str]) -> (String, String) {
    let output = run(args);
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    assert!(output.status.success(), "{args:?}: {}", text(&output.stderr));
    (text(&output.stdout), text(&output.stderr))
}

/// What `train` says of a desk until October.
fn trained(desk: &str, bundle: &str, more: &[&str]) -> String {
    let usual = [
        "train",
        desk,
        "--query",
        QUERY,
        "--until",
        "2025-10-01",
        "--out",
        bundle,
    ];
    told(&[&usual, more].concat()).1
}

fn refused(args: &[&str]) -> (i32, String) {
    let output = run(args);
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

/// A desk of 3,000 tickets, and a bundle trained on it up to November; both are left as they are.
fn place() -> &'static Path {
    static PLACE: OnceLock<tempfile::TempDir> = OnceLock::new();
    PLACE
        .get_or_init(|| {
            let place = tempfile::tempdir().unwrap();
            let path = |name: &str| place.path().join(name).to_str().unwrap().to_owned();
            told(&["sample", &path("desk"), "--tickets", "3000", "--seed", "5"]);
            let notes = trained(&path("desk"), &path("bundle"), &[]);
            assert!(!notes.contains("suspected leak"), "a false alarm: {notes}");
            assert!(notes.contains("accounts has no time column"), "{notes}");
            place
        })
        .path()
}

fn at(name: &str) -> String {
    place().join(name).to_str().unwrap().to_owned()
}

/// A copy of the desk in which one table's text is another.
fn altered(table: &str, alter: impl Fn(&str) -> String) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(place().join("desk")).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), folder.path().join(file.file_name())).unwrap();
    }
    let file = folder.path().join(format!("{table}.csv"));
    let text = alter(&std::fs::read_to_string(&file).unwrap());
    std::fs::write(file, text).unwrap();
    let path = folder.path().to_str().unwrap().to_owned();
    (folder, path)
}

/// A table's text without a column.
fn without_column(text: &str, name: &str) -> String {
    rewritten(text, name, |_, _| None)
}

/// A table's text in which a column's cells are others: `alter` is given the row's number and the cell.
fn with_column(text: &str, name: &str, alter: impl Fn(usize, &str) -> String) -> String {
    rewritten(text, name, |row, cell| {
        Some(if row == 0 { cell.to_owned() } else { alter(row, cell) })
    })
}

fn rewritten(text: &str, name: &str, alter: impl Fn(usize, &str) -> Option<String>) -> String {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes());
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut column = None;
    for (row, record) in reader.records().map(Result::unwrap).enumerate() {
        let place = *column.get_or_insert_with(|| record.iter().position(|header| header == name).unwrap());
        let cells = record.iter().enumerate().filter_map(|(at, cell)| {
            if at == place {
                alter(row, cell)
            } else {
                Some(cell.to_owned())
            }
        });
        writer.write_record(cells).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

/// The bundle's copy, which may be refreshed.
fn bundle_copy() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let bundle = folder.path().join("bundle");
    std::fs::create_dir(&bundle).unwrap();
    for file in std::fs::read_dir(place().join("bundle")).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), bundle.join(file.file_name())).unwrap();
    }
    let path = bundle.to_str().unwrap().to_owned();
    (folder, path)
}

fn manifest(bundle: &str) -> Value {
    serde_json::from_slice(&std::fs::read(PathBuf::from(bundle).join("manifest.json")).unwrap()).unwrap()
}

fn names(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|n| n.as_str().unwrap()).collect()
}

#[test]
fn an_excluded_table_and_column_are_read_by_no_feature() {
    let folder = tempfile::tempdir().unwrap();
    let bundle = folder.path().join("b").to_str().unwrap().to_owned();
    let desk = at("desk");
    let usual = manifest(&at("bundle"));
    assert!(names(&usual["features"]).iter().any(|f| f.contains("product_events")));
    let (excluded, budget) = ("--exclude", "--budget");
    let notes = trained(
        &desk,
        &bundle,
        &[excluded, "product_events", excluded, "TICKETS.category", budget, "400"],
    );
    assert!(
        notes.contains("features that read product_events (--exclude)"),
        "{notes}"
    );
    assert!(notes.contains("beyond the budget of 400"), "{notes}");
    let manifest = manifest(&bundle);
    assert_eq!(names(&manifest["excluded"]), ["product_events", "tickets.category"]);
    for feature in names(&manifest["features"]) {
        assert!(
            !feature.contains("product_events") && !feature.contains("category"),
            "{feature}"
        );
    }
    // The bundle needs neither.
    let (without, desk) = altered("tickets", |text| without_column(text, "category"));
    std::fs::remove_file(without.path().join("product_events.csv")).unwrap();
    let (_, notes) = told(&["refresh", &bundle, "--data", &desk, "--until", "2025-10-15"]);
    assert!(!notes.contains("lacks"), "{notes}");
    assert_eq!(
        names(&self::manifest(&bundle)["excluded"]),
        ["product_events", "tickets.category"]
    );
}

#[test]
fn a_name_that_is_not_there_is_refused_with_the_one_that_was_meant() {
    let desk = at("desk");
    let ask =
        |option: &str, text: &str| refused(&["evaluate", &desk, "--query", QUERY, "--cut", "2025-10-01", option, text]);
    for (option, text, expected) in [
        ("--exclude", "tickets.categry", "did you mean tickets.category?"),
        ("--exclude", "acounts", "did you mean accounts?"),
        ("--exclude", "tickets", "exclude its columns one by one"),
        ("--monotone", "tickets.priority", "write WHAT=up or WHAT=down"),
        ("--monotone", "tickets.prioritty=up", "did you mean tickets.priority?"),
        (
            "--monotone",
            "tickets.category=up",
            "is no number and no ordered category",
        ),
        ("--monotone", "tickets.priority=sideways", "neither up nor down"),
    ] {
        let (code, error) = ask(option, text);
        assert_eq!(code, 2, "{error}");
        assert_eq!(error.trim_end().lines().count(), 1, "{error}");
        assert!(error.contains(expected), "{error}");
    }
}

/// The desk with further columns on its tickets, written from a ticket's place in order of time, counted from the last, and
/// whether it was escalated.
fn with_columns(names: &str, cells: impl Fn(usize, bool) -> String) -> (tempfile::TempDir, String) {
    altered("tickets", |text| {
        let header = text.lines().next().unwrap();
        let escalated = header.split(',').position(|c| c == "escalated_to_eng").unwrap();
        let records: Vec<csv::StringRecord> = csv::Reader::from_reader(text.as_bytes())
            .records()
            .map(Result::unwrap)
            .collect();
        let mut wider = format!("{header},{names}\n");
        for (place, record) in records.iter().enumerate() {
            let quoted = |c: &str| format!("\"{}\"", c.replace('"', "\"\""));
            let line: Vec<String> = record.iter().map(quoted).collect();
            let further = cells(records.len() - 1 - place, !record[escalated].is_empty());
            writeln!(wider, "{},{further}", line.join(",")).unwrap();
        }
        wider
    })
}

/// The leak watch's lines about a desk, but for the notes about tables without time.
fn watched(desk: &str) -> Vec<Value> {
    let (text, _) = told(&[
        "evaluate",
        desk,
        "--query",
        QUERY,
        "--cut",
        "2025-10-01",
        "--format",
        "json",
    ]);
    let evaluation: Value = serde_json::from_str(&text).unwrap();
    let leaks = evaluation["leaks"].as_array().unwrap().iter();
    leaks.filter(|l| l["kind"] != "snapshot").cloned().collect()
}

#[test]
fn a_planted_leak_is_named_with_the_remedy_and_no_other_column_is_blamed() {
    // Who dealt with it in the end: the answer by another name.
    let by = |_, escalated| if escalated { "engineering" } else { "support" }.to_owned();
    let (_folder, leaky) = with_columns("handled_by", by);
    let suspected = watched(&leaky);
    assert_eq!(suspected.len(), 1, "{suspected:?}");
    assert_eq!(
        (&suspected[0]["column"], &suspected[0]["kind"]),
        (&"tickets.handled_by".into(), &"too_good".into())
    );
    let remedy = suspected[0]["remedy"].as_str().unwrap();
    assert!(
        remedy.contains("--exclude tickets.handled_by") && remedy.contains("known_at"),
        "{remedy}"
    );
}

#[test]
fn what_is_written_with_the_outcome_or_late_in_a_tickets_life_is_named() {
    let cause = ["bug", "limit", "outage"];
    let code = ["fixed", "told", "moved", "none"];
    let (_folder, leaky) = with_columns("cause,closing_code,state,channel", |age, escalated| {
        // Engineering writes a cause, but for one time in ten; support does once in a hundred.
        let written = if escalated { age % 10 != 0 } else { age % 100 == 0 };
        let cause = if written { cause[age % 3] } else { "" };
        // A code is filled in and the state changed when the ticket is closed, some days on.
        let closed = age >= 40;
        let code = if closed && age % 25 != 0 { code[age % 4] } else { "" };
        let state = if closed && age % 90 != 0 { "closed" } else { "open" };
        // This one is harmless.
        let channel = ["mail", "phone", ""][age % 3];
        format!("{cause},{code},{state},{channel}")
    });
    let mut found: Vec<(String, String)> = watched(&leaky)
        .iter()
        .map(|l| ["column", "kind"].map(|f| l[f].as_str().unwrap().to_owned()).into())
        .collect();
    found.sort();
    let expected = [
        ("tickets.cause", "known_with_outcome"),
        ("tickets.closing_code", "written_later"),
        ("tickets.state", "written_later"),
    ];
    assert_eq!(
        found,
        expected.map(|(column, kind)| (column.to_owned(), kind.to_owned()))
    );
}

#[test]
fn a_report_is_written_whole_and_alone() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.html");
    let path = report.to_str().unwrap();
    let desk = at("desk");
    let evaluate = |path: &str| {
        run(&[
            "evaluate",
            &desk,
            "--query",
            QUERY,
            "--cut",
            "2025-10-01",
            "--report",
            path,
        ])
    };
    let output = evaluate(path);
    assert!(output.status.success());
    let table = String::from_utf8(output.stdout).unwrap();
    let figures = table.lines().take_while(|l| !l.starts_with("taking the top reason"));
    let too_long: Vec<&str> = figures
        .filter(|l| l.chars().count() > 100 && !l.starts_with("note: "))
        .collect();
    assert!(too_long.is_empty(), "{too_long:?}");
    assert!(
        table.contains("lead time") && table.contains("against the best of the others"),
        "{table}"
    );
    let page = std::fs::read_to_string(&report).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>"));
    assert_eq!(page.matches("<svg ").count(), 4);
    assert!(!page.contains("<script") && page.contains("Reviewing a fifth of the tickets finds"));
    assert!(table.contains("what acting on the scores would save:") && page.contains("cting on the scores saves"));
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        1,
        "nothing beside it"
    );
    let output = evaluate(folder.path().join("none/report.html").to_str().unwrap());
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("there is no folder"));
}

#[test]
fn a_shifted_column_is_named_by_refresh_and_the_same_world_is_quiet() {
    let desk = at("desk");
    let refresh = |data: &str| {
        let (_folder, bundle) = bundle_copy();
        let (text, _) = told(&[
            "refresh",
            &bundle,
            "--data",
            data,
            "--until",
            "2025-11-15",
            "--format",
            "json",
        ]);
        serde_json::from_str::<Value>(&text).unwrap()["drift"].clone()
    };
    let large = |drift: &Value| -> Vec<String> {
        let features = drift["features"].as_array().unwrap().iter();
        let large = features.filter(|f| f["shift"] == "large");
        large.map(|f| f["feature"].as_str().unwrap().to_owned()).collect()
    };
    let quiet = refresh(&desk);
    assert!(quiet["asked"].as_u64().unwrap() > 200, "{quiet}");
    assert_eq!(large(&quiet), Vec::<String>::new());
    // From October on health is measured on another scale.
    let (_folder, shifted) = altered("account_health", |text| {
        let mut lines = text.lines();
        let mut shifted = format!("{}\n", lines.next().unwrap());
        for line in lines {
            let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
            if cells[2].as_str() > "2025-10" {
                cells[3] = format!("{}", cells[3].parse::<f64>().unwrap() / 10.0);
            }
            writeln!(shifted, "{}", cells.join(",")).unwrap();
        }
        shifted
    });
    let found = large(&refresh(&shifted));
    assert!(!found.is_empty());
    assert!(found.iter().all(|f| f.contains("health_score")), "{found:?}");
    let (_folder, bundle) = bundle_copy();
    let (text, notes) = told(&["refresh", &bundle, "--data", &shifted, "--until", "2025-11-15"]);
    assert_eq!(text.trim_end().lines().count(), 1, "{text}");
    assert!(
        notes.contains("large shift (PSI ") && notes.contains("train again"),
        "{notes}"
    );
}

/// The probability of each ticket, as a bundle has it at a moment.
fn predicted(bundle: &str, desk: &str, rows: &str) -> Vec<f64> {
    let (text, _) = told(&["predict", bundle, "--data", desk, "--rows", rows]);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.records().map(|row| row.unwrap()[2].parse().unwrap()).collect()
}

#[test]
fn a_refreshed_bundle_has_learnt_from_what_was_answered_since() {
    // From October on hardly anything escalates any more.
    let tickets = std::fs::read_to_string(place().join("desk/tickets.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(tickets.as_bytes());
    let created = reader
        .headers()
        .unwrap()
        .iter()
        .position(|h| h == "created_at")
        .unwrap();
    let all: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let calm = |row: usize| &all[row - 1][created] > "2025-10" && !row.is_multiple_of(5);
    let (_folder, desk) = altered("tickets", |text| {
        with_column(text, "escalated_to_eng", |row, cell| {
            if calm(row) { String::new() } else { cell.to_owned() }
        })
    });
    let (folder, stale) = bundle_copy();
    let (_other, fresh) = bundle_copy();
    let refresh = |bundle: &str, until: &str| {
        let (text, notes) = told(&["refresh", bundle, "--data", &desk, "--until", until, "--format", "json"]);
        (serde_json::from_str::<Value>(&text).unwrap(), notes)
    };
    let (nothing, _) = refresh(&stale, "2025-10-01");
    assert_eq!(nothing["answered_since_training"], Value::Null);
    let (since, _) = refresh(&fresh, "2025-11-15");
    let since = &since["answered_since_training"];
    let number = |v: &Value| v.as_f64().unwrap();
    assert!(number(&since["rows"]) > 200.0, "{since}");
    assert!(number(&since["observed"]) < number(&since["expected"]), "{since}");

    let later: Vec<&csv::StringRecord> = all.iter().filter(|row| &row[created] > "2025-11-16").collect();
    let rows = folder.path().join("rows.csv");
    let mut asked = "ticket_id,anchor\n".to_owned();
    for row in &later {
        writeln!(asked, "{},{}", &row[0], &row[created]).unwrap();
    }
    std::fs::write(&rows, asked).unwrap();
    let rows = rows.to_str().unwrap();
    let (before, after) = (predicted(&stale, &desk, rows), predicted(&fresh, &desk, rows));
    assert_eq!(before.len(), later.len());
    let mean = |answers: &[f64]| answers.iter().sum::<f64>() / answers.len() as f64;
    assert!(
        mean(&after) < 0.8 * mean(&before),
        "{} then {}",
        mean(&before),
        mean(&after)
    );

    // The card says so, and its parts still make up the whole.
    let key = (&later[0][0], &later[0][created]);
    let (text, _) = told(&[
        "explain", &fresh, "--data", &desk, "--entity", key.0, "--at", key.1, "--format", "json",
    ]);
    let card: Value = serde_json::from_str(&text).unwrap();
    let parts = card["contributions"].as_array().unwrap();
    let sum = |field: &str| parts.iter().map(|part| number(&part[field])).sum::<f64>();
    assert!((number(&card["base_log_odds"]) + sum("contribution") - number(&card["log_odds"])).abs() < 1e-6);
    assert!((sum("share") - 1.0).abs() < 1e-9);
    let last = parts.last().unwrap();
    assert_eq!(last["feature"], "answers of similar tickets since training");
    assert!(number(&last["contribution"]) < -0.3, "{last}");
    let said = card["reasons"].as_array().unwrap().iter();
    let said = said
        .filter(|reason| reason["text"] == "Similar tickets since training")
        .count();
    assert_eq!(said, 1, "{text}");

    // Once more over the same tables changes nothing.
    let files = |bundle: &str| std::fs::read(PathBuf::from(bundle).join("manifest.json")).unwrap();
    let before = files(&fresh);
    let (_, notes) = refresh(&fresh, "2025-11-15");
    assert_eq!(notes, "");
    assert_eq!(before, files(&fresh));
}

#[test]
fn a_score_comes_with_an_interval_around_it() {
    let (desk, bundle) = (at("desk"), at("bundle"));
    let tickets = std::fs::read_to_string(place().join("desk/tickets.csv")).unwrap();
    for line in tickets.lines().skip(2_600).step_by(97) {
        let key = line.split(',').next().unwrap();
        let (text, _) = told(&["explain", &bundle, "--data", &desk, "--entity", key, "--format", "json"]);
        let card: Value = serde_json::from_str(&text).unwrap();
        let certainty = &card["certainty"];
        let number = |v: &Value| v.as_f64().unwrap();
        let (low, p, high) = (
            number(&certainty["low"]),
            number(&card["probability"]),
            number(&certainty["high"]),
        );
        assert!(
            0.0 <= low && low < p && p < high && high <= 1.0,
            "{certainty} around {p}"
        );
        assert!(certainty["text"].as_str().unwrap().contains('%'), "{certainty}");
        assert_eq!(number(&certainty["level"]), 0.9);
    }
}

#[test]
fn a_monotone_measure_never_turns_the_score_round() {
    let folder = tempfile::tempdir().unwrap();
    let bundle = folder.path().join("b").to_str().unwrap().to_owned();
    told(&[
        "train",
        &at("desk"),
        "--query",
        QUERY,
        "--until",
        "2025-10-01",
        "--out",
        &bundle,
        "--monotone",
        "account_health.health_score=down",
        "--monotone",
        "count of product_events by account_id, 48 h=up",
    ]);
    let scorer = bellwether::cli::bundle_files::open(Path::new(&bundle)).unwrap();
    let model = &scorer.bundle().model;
    let features = &scorer.bundle().manifest.features;
    let constrained: Vec<(usize, f64)> = features
        .iter()
        .enumerate()
        .filter_map(|(place, name)| match name.as_str() {
            "count of product_events by account_id, 48 h" => Some((place, 1.0)),
            "last of account_health.health_score by account_id, ever" => Some((place, -1.0)),
            _ => None,
        })
        .collect();
    assert!(!constrained.is_empty(), "{features:?}");
    for (place, sign) in constrained {
        for seed in 0..40u32 {
            // Rows over all the features' thresholds.
            let mut row: Vec<f32> = (0..features.len())
                .map(|f| {
                    let splits = model
                        .forest
                        .trees
                        .iter()
                        .flat_map(|t| &t.splits)
                        .filter(|s| s.feature as usize == f);
                    let thresholds: Vec<f32> = splits.map(|s| s.threshold).collect();
                    thresholds
                        .get((seed as usize * 31 + f * 17) % thresholds.len().max(1))
                        .map_or(0.0, |t| t + 1e-3)
                })
                .collect();
            let mut last = f64::NEG_INFINITY;
            for value in -5..120 {
                row[place] = value as f32;
                let score = sign * model.score(&row);
                assert!(score >= last - 1e-4, "{} at {value}", features[place]);
                last = score;
            }
        }
    }
}

#[test]
fn tables_that_lack_what_the_model_reads_are_not_taken_for_whole() {
    let (_folder, bundle) = bundle_copy();
    let before = manifest(&bundle);
    let files = || std::fs::read_dir(&bundle).unwrap().count();
    let count = files();
    let ask = |command: &str, desk: &str| run(&[command, &bundle, "--data", desk]);
    let lacks = |desk: &str, what: &str| {
        let output = ask("refresh", desk);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(
            said.contains(&format!("lacks {what}")) && said.contains("train anew"),
            "{said}"
        );
        assert_eq!(
            (manifest(&bundle), files()),
            (before.clone(), count),
            "nothing is written"
        );
        let output = ask("predict", desk);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{said}");
        assert!(
            said.contains("note: ") && said.contains(&format!("lacks {what}")),
            "{said}"
        );
    };
    let (without, desk) = altered("tickets", str::to_owned);
    let (_, notes) = told(&["predict", &bundle, "--data", &desk]);
    assert!(!notes.contains("lacks"), "{notes}");
    std::fs::remove_file(without.path().join("product_events.csv")).unwrap();
    lacks(&desk, "product_events.csv");
    let (_without, desk) = altered("account_health", |text| without_column(text, "health_score"));
    lacks(&desk, "health_score of account_health.csv");
    let (_without, desk) = altered("tickets", |text| without_column(text, "escalated_to_eng"));
    lacks(&desk, "escalated_to_eng of tickets.csv");
    // Times as some spreadsheets write them: none can be read.
    let (_without, desk) = altered("account_health", |text| {
        with_column(text, "measured_at", |_, time| time[..4].to_owned() + "?")
    });
    lacks(
        &desk,
        "what measured_at of account_health.csv says (line 2, column measured_at: ",
    );
    // What is asked about must be there to be asked.
    for command in ["refresh", "predict"] {
        let (without, desk) = altered("tickets", |text| without_column(text, "ticket_id"));
        let refused = |what: &str| {
            let output = ask(command, &desk);
            let said = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(1), "{said}");
            assert!(
                said.contains(&format!("lacks {what}, and the bundle is asked about its rows")),
                "{said}"
            );
        };
        refused("ticket_id of tickets.csv");
        std::fs::remove_file(without.path().join("tickets.csv")).unwrap();
        refused("tickets.csv");
    }
}

#[test]
fn cells_that_cannot_be_read_are_told_by_every_command_that_goes_on_without_them() {
    let (_folder, bundle) = bundle_copy();
    let (_altered, desk) = altered("account_health", |text| {
        with_column(text, "health_score", |row, score| {
            if row == 7 { "good".to_owned() } else { score.to_owned() }
        })
    });
    let told_of = |notes: &str| {
        let note = notes
            .lines()
            .find(|line| line.contains("1 bad cell"))
            .unwrap_or_default();
        assert!(
            note.contains("note: account_health.csv: ") && note.contains("line 8, column health_score"),
            "{notes}"
        );
        assert!(!notes.contains("lacks"), "{notes}");
    };
    told_of(&told(&["predict", &bundle, "--data", &desk]).1);
    told_of(&told(&["refresh", &bundle, "--data", &desk]).1);
    told_of(&told(&["query", "bind", QUERY, "--data", &desk]).1);
    let out = Path::new(&desk).join("new").to_str().unwrap().to_owned();
    told_of(&trained(&desk, &out, &["--budget", "60"]));
}
