//! Questions about entities without a time column, over nine linked tables that have nothing to do with tickets: trained on
//! a grid of moments, asked as of any moment.

#[path = "common/sports.rs"]
mod sports;

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;

fn bellwether(args: &[&str]) -> assert_cmd::assert::Assert {
    Command::new(env!("CARGO_BIN_EXE_bellwether")).args(args).assert()
}

fn out(args: &[&str]) -> String {
    String::from_utf8(bellwether(args).success().get_output().stdout.clone()).unwrap()
}

struct Championship {
    folder: tempfile::TempDir,
}

impl Championship {
    fn of(races: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("data")).unwrap();
        sports::write(&folder.path().join("data"), races);
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn data(&self) -> String {
        self.path("data").display().to_string()
    }

    /// What `explain` says of a driver, as JSON.
    fn explained(&self, driver: &str, at: &str, language: &str) -> Value {
        let (data, bundle) = (self.data(), self.path("bundle").display().to_string());
        let told = out(&[
            "explain",
            &bundle,
            "--data",
            &data,
            "--entity",
            driver,
            "--at",
            at,
            "--language",
            language,
            "--format",
            "json",
        ]);
        serde_json::from_str(&told).unwrap()
    }

    /// Trains, predicts as of a moment and row by row, and explains one of the answers; gives the CSV of the former.
    fn through(&self, query: &str, until: &str, at: &str) -> Vec<csv::StringRecord> {
        let (data, bundle) = (self.data(), self.path("bundle").display().to_string());
        out(&["train", &data, "--query", query, "--until", until, "--out", &bundle]);
        let listed = out(&["predict", &bundle, "--data", &data, "--at", at]);
        let mut reader = csv::Reader::from_reader(listed.as_bytes());
        let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert!(!records.is_empty(), "{query}");
        let rows = self.path("rows.csv");
        let wanted: String = records.iter().take(5).map(|r| format!("{},{at}\n", &r[0])).collect();
        std::fs::write(&rows, format!("entity,anchor\n{wanted}")).unwrap();
        let again = out(&["predict", &bundle, "--data", &data, "--rows", rows.to_str().unwrap()]);
        for (line, record) in again.lines().skip(1).zip(&records) {
            assert_eq!(
                line,
                record.iter().collect::<Vec<_>>().join(","),
                "--rows and --at differ"
            );
        }
        let told = self.explained(&records[0][0], at, "en");
        let answer = told["probability"]
            .as_f64()
            .or_else(|| told["prediction"].as_f64())
            .unwrap();
        assert!((answer - records[0][2].parse::<f64>().unwrap()).abs() < 1e-4 * answer.abs().max(1.0));
        records
    }
}

#[test]
fn a_date_of_birth_is_not_when_a_driver_is_asked_about() {
    let championship = Championship::of(40);
    let told = out(&["inspect", &championship.data()]);
    assert!(told.contains("dob"), "{told}");
    let labels = out(&[
        "query",
        "labels",
        "PREDICT MIN(qualifying.position, 0, 30, days) <= 3 FOR EACH drivers.driver_id",
        "--data",
        &championship.data(),
        "--at",
        "2015-06-01",
    ]);
    let labels: Value = serde_json::from_str(&labels).unwrap();
    // Twelve or thirteen drivers race in a month; those who do not have no best place.
    let entities = labels["entities"].as_array().unwrap().len();
    assert!((12..=14).contains(&entities), "{labels}");
}

#[test]
fn who_will_qualify_in_front_is_learnt_over_nine_tables() {
    let championship = Championship::of(120);
    let query = "PREDICT MIN(qualifying.position, 0, 30, days) <= 3 FOR EACH drivers.driver_id";
    let records = championship.through(query, "2017-06-01", "2017-07-01");
    assert_eq!(records.len(), 24, "every driver can be asked about");
    let told = out(&[
        "evaluate",
        &championship.data(),
        "--query",
        query,
        "--cut",
        "2017-06-01",
        "--format",
        "json",
    ]);
    let told: Value = serde_json::from_str(&told).unwrap();
    let relational = &told["approaches"][6];
    assert_eq!(relational["name"], "relational");
    assert!(relational["roc_auc"].as_f64().unwrap() > 0.8, "{relational}");
}

#[test]
fn conditions_of_several_aggregates_assumptions_months_and_open_pasts_train() {
    let championship = Championship::of(80);
    for query in [
        "PREDICT COUNT(results.* WHERE results.status = 'Retired', 0, 60, days) > 0 FOR EACH drivers.driver_id \
         ASSUMING COUNT(results.*, 0, 60, days) >= 1",
        "PREDICT NOT (SUM(results.points, 0, 2, months) > 20 OR MAX(results.position, 0, 2, months) < 4) \
         AND COUNT(qualifying.*, 0, 2, months) > 0 FOR EACH drivers.driver_id",
        "PREDICT SUM(constructor_results.points, 0, 30, days) >= 30 FOR EACH constructors.constructor_id \
         WHERE COUNT(results.*, -INF, 0, days) > 0",
    ] {
        let records = championship.through(query, "2016-11-01", "2016-12-01");
        assert!(
            records
                .iter()
                .all(|r| (0.0..=1.0).contains(&r[2].parse::<f64>().unwrap())),
            "{query}"
        );
    }
}

#[test]
fn the_mean_place_of_the_next_races_is_a_number() {
    let championship = Championship::of(80);
    let query = "PREDICT AVG(results.position, 0, 60, days) FOR EACH drivers.driver_id";
    let records = championship.through(query, "2016-11-01", "2016-12-01");
    assert!(records.iter().any(|r| r[2].parse::<f64>().unwrap() > 2.0));
}

#[test]
fn what_has_no_beginning_has_no_age() {
    let championship = Championship::of(20);
    let bundle = championship.path("bundle").display().to_string();
    let refused = bellwether(&[
        "train",
        &championship.data(),
        "--query",
        "PREDICT COUNT(results.*, 0, 30, days) > 0 FOR EACH drivers.driver_id",
        "--ages",
        "0h,24h",
        "--out",
        &bundle,
    ])
    .failure()
    .code(2);
    let error = String::from_utf8(refused.get_output().stderr.clone()).unwrap();
    assert!(error.contains("drivers has no time column"), "{error}");
    assert!(!Path::new(&bundle).exists());
}

#[test]
fn long_after_the_tables_end_a_question_is_answered_from_what_was_known_then() {
    let championship = Championship::of(160);
    let query = "PREDICT MIN(qualifying.position, 0, 60, days) <= 3 FOR EACH drivers.driver_id \
                 WHERE COUNT(qualifying.*, -60, 0, days) > 0";
    let (data, bundle) = (championship.data(), championship.path("bundle").display().to_string());
    // The last race is on 2019-07-08.
    out(&[
        "train",
        &data,
        "--query",
        query,
        "--until",
        "2019-07-10",
        "--out",
        &bundle,
    ]);
    let asked_at = |moment: &str| {
        let assert = bellwether(&["predict", &bundle, "--data", &data, "--at", moment]).success();
        let told = assert.get_output();
        let mut reader = csv::Reader::from_reader(told.stdout.as_slice());
        let answers: Vec<(String, f64)> = reader
            .records()
            .map(Result::unwrap)
            .map(|r| (r[0].to_owned(), r[2].parse().unwrap()))
            .collect();
        (answers, String::from_utf8(told.stderr.clone()).unwrap())
    };
    let (soon, quiet) = asked_at("2019-07-12");
    let (late, told) = asked_at("2020-07-12");
    let names = |answers: &[(String, f64)]| answers.iter().map(|a| a.0.clone()).collect::<Vec<_>>();
    assert_eq!(names(&soon), names(&late), "who is known to race is asked about");
    assert!(!quiet.contains("after the tables end"), "{quiet}");
    assert!(
        told.contains("12 of 12 rows are asked about after the tables end"),
        "{told}"
    );
    // Pace does not change here: whoever was likely to be in front still is.
    let likely = |answers: &[(String, f64)]| {
        let likely = answers.iter().filter(|a| a.1 > 0.5);
        likely.map(|a| a.0.clone()).collect::<Vec<_>>()
    };
    assert!((3..=9).contains(&likely(&soon).len()), "{soon:?}");
    assert_eq!(likely(&soon), likely(&late));

    let explained = |language: &str| championship.explained(&late[0].0, "2020-07-12", language);
    let card = explained("en");
    assert_eq!(card["anchor"], "2020-07-12T00:00:00Z");
    assert!(
        card["partial"].to_string().contains("The tables end on 2019-07-"),
        "{card}"
    );
    assert!(explained("de")["partial"].to_string().contains("Die Tabellen enden am"));
    let parts: f64 = card["contributions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["contribution"].as_f64().unwrap())
        .sum();
    let whole = card["log_odds"].as_f64().unwrap();
    assert!(
        (card["base_log_odds"].as_f64().unwrap() + parts - whole).abs() < 1e-6,
        "{card}"
    );
    let probability = 1.0 / (1.0 + (-whole).exp());
    assert!((probability - late[0].1).abs() < 1e-6, "{card}");
}
