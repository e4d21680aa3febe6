//! Acting on scores through the command line: who takes what, what it saves, and what an evaluation says besides figures.

use std::path::Path;
use std::sync::OnceLock;

use assert_cmd::Command;
use serde_json::Value;

const QUERY: &str = "PREDICT BOOL(TICKETS.ESCALATED_TO_ENG, 0, 48, hours) FOR EACH TICKETS.TICKET_ID";

fn bellwether() -> Command {
    Command::new(env!("CARGO_BIN_EXE_bellwether"))
}

fn json(arguments: &[&str]) -> Value {
    let done = bellwether()
        .args(arguments)
        .args(["--format", "json"])
        .assert()
        .success();
    serde_json::from_slice(&done.get_output().stdout).unwrap()
}

fn refused(arguments: &[&str]) -> (i32, String) {
    let done = bellwether().args(arguments).assert().failure();
    let error = String::from_utf8(done.get_output().stderr.clone()).unwrap();
    assert!(
        !error.contains("panicked") && error.trim().lines().count() == 1,
        "{error}"
    );
    (done.get_output().status.code().unwrap(), error)
}

/// A helpdesk, and a bundle built two months before its end.
fn folder() -> &'static Path {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    FOLDER
        .get_or_init(|| {
            let folder = tempfile::tempdir().unwrap();
            let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
            let (desk, bundle) = (at("desk"), at("bundle"));
            bellwether()
                .args(["sample", &desk, "--tickets", "6000", "--seed", "9"])
                .assert()
                .success();
            let until = ["--until", "2025-11-01", "--out", &bundle];
            bellwether()
                .args(["train", &desk, "--query", QUERY])
                .args(until)
                .assert()
                .success();
            folder
        })
        .path()
}

fn at(name: &str) -> String {
    folder().join(name).to_str().unwrap().to_owned()
}

#[test]
fn a_queue_is_routed_with_reasons_and_nobody_who_is_away() {
    let (desk, bundle) = (at("desk"), at("bundle"));
    let arguments = [
        "route",
        &bundle,
        "--data",
        &desk,
        "--at",
        "2025-12-10T12:00:00Z",
        "--away",
        "AG001,AG002",
        "--top",
        "2",
    ];
    let routed = json(&arguments);
    let tickets = routed["tickets"].as_array().unwrap();
    assert!(!tickets.is_empty());
    for ticket in tickets {
        let suggestions = ticket["suggestions"].as_array().unwrap();
        assert_eq!(suggestions.len(), 2);
        for named in suggestions.iter().chain([&ticket["assigned"]]) {
            assert!(
                !["AG001", "AG002"].contains(&named["agent"].as_str().unwrap()),
                "{named}"
            );
            assert!(named["text"].as_str().unwrap().contains("team median"), "{named}");
        }
        assert!(["L1", "L2", "L3/Eng"].contains(&ticket["tier_needed"].as_str().unwrap()));
    }
    let assigned: u64 = routed["agents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|a| a["assigned"].as_u64().unwrap())
        .sum();
    assert_eq!(assigned, tickets.len() as u64);
    let (code, error) = refused(&["route", &bundle, "--data", &desk, "--away", "AG999"]);
    assert!(
        code == 1 && error.contains("agents has no row with that key"),
        "{error}"
    );
    let (code, error) = refused(&["route", &bundle, "--data", &desk, "--agent", "priority"]);
    assert!(code == 1 && error.contains("must be a column that links"), "{error}");
}

#[test]
fn an_explanation_is_given_in_the_language_asked_for() {
    let (desk, bundle) = (at("desk"), at("bundle"));
    let asked = ["explain", &bundle, "--data", &desk, "--entity", "TK005900"];
    let said = |tag: &str| json(&[asked.as_slice(), &["--language", tag]].concat());
    let (english, german) = (said("en"), said("de-AT"));
    assert_eq!(
        (english["language"].as_str(), german["language"].as_str()),
        (Some("en"), Some("de"))
    );
    assert_eq!(english["contributions"], german["contributions"]);
    let texts = |card: &Value| -> String {
        let all = |list: &str| card[list].as_array().unwrap().clone();
        let words = |of: Value| ["text", "value", "label"].map(|field| of[field].to_string()).concat();
        ["reasons", "what_if", "agents"]
            .into_iter()
            .flat_map(all)
            .map(words)
            .collect()
    };
    for word in [
        " of this ",
        "latest",
        "prior ",
        "Escalation rate",
        "none",
        "team median",
        " open",
    ] {
        assert!(!texts(&german).contains(word), "{word} in {}", texts(&german));
    }
    assert!(texts(&german).contains("Median des Teams") && texts(&english).contains("team median"));
    let done = bellwether().args(asked).args(["--language", "fr"]).assert().failure();
    assert_eq!(done.get_output().status.code(), Some(2));
}

#[test]
fn a_ranking_question_binds_and_is_refused_for_training_in_one_line() {
    let desk = at("desk");
    let query = "PREDICT LIST_DISTINCT(TICKETS.AGENT_ID, 0, 30, days) RANK TOP 3 FOR EACH ACCOUNTS.ACCOUNT_ID";
    let done = bellwether()
        .args(["query", "bind", "--data", &desk, query])
        .assert()
        .success();
    let bound: Value = serde_json::from_slice(&done.get_output().stdout).unwrap();
    assert_eq!(
        (&bound["ok"], &bound["task_type"]),
        (&true.into(), &"temporal_link_prediction".into())
    );
    let (code, error) = refused(&["train", &desk, "--query", query, "--out", &at("ranked")]);
    assert!(
        code == 1 && error.contains("ranking question") && error.trim().lines().count() == 1,
        "{error}"
    );
    assert!(!std::path::Path::new(&at("ranked")).exists());
}

#[test]
fn impact_is_counted_on_tickets_after_the_build() {
    let (desk, bundle) = (at("desk"), at("bundle"));
    let report = json(&["impact", &bundle, "--data", &desk, "--threshold", "0.3", "--a-day", "2"]);
    let counted = &report["counted_on"];
    assert!(counted["from"].as_str().unwrap() >= "2025-11-01");
    let (tickets, rate) = (counted["tickets"].as_u64().unwrap(), counted["rate"].as_f64().unwrap());
    assert!(tickets > 500);
    // 5,000 tickets a month at $500 an escalation: $3.6 M a year at 12 %.
    let a_year = report["escalations_a_year"].as_f64().unwrap();
    assert!((a_year - 3_600_000.0 * rate / 0.12).abs() < 1.0, "{a_year}");
    let ways = report["ways"].as_array().unwrap();
    assert_eq!(ways.len(), 2);
    for way in ways {
        let n = |name: &str| way[name].as_u64().unwrap();
        assert_eq!(n("tickets"), tickets);
        #[allow(clippy::cast_precision_loss)]
        let escalated = (n("caught") + n("missed")) as f64 / tickets as f64;
        assert!((escalated - rate).abs() < 1e-9);
        let saving = way["saving_a_year"].as_f64().unwrap();
        let interval: Vec<f64> = way["saving_interval"]
            .as_array()
            .unwrap()
            .iter()
            .map(|x| x.as_f64().unwrap())
            .collect();
        assert!(interval[0] < saving && saving < interval[1]);
    }
    // Two a day over two months.
    assert!(ways[1]["reviewed"].as_u64().unwrap() <= 2 * 62);
    assert!(report["best"]["tickets"].as_u64().unwrap() < tickets);
    // Money is of 5,000 tickets a month; these tables have fewer, and two a day of them are more a day there.
    let a_day = counted["a_day"].as_f64().unwrap();
    #[allow(clippy::cast_precision_loss)]
    let expected = tickets as f64 / 60.0;
    assert!((a_day / expected - 1.0).abs() < 0.1, "{a_day} a day");
    let said = bellwether()
        .args(["impact", &bundle, "--data", &desk, "--a-day", "2"])
        .assert()
        .success();
    let said = String::from_utf8(said.get_output().stdout.clone()).unwrap();
    assert!(
        said.contains("the settings count 164: 2 a day here is the share that"),
        "{said}"
    );
    let settings = folder().join("volume.toml");
    std::fs::write(&settings, format!("tickets_a_month = {}", a_day * 365.0 / 12.0)).unwrap();
    let costs = ["--costs", settings.to_str().unwrap()];
    let own = bellwether()
        .args(["impact", &bundle, "--data", &desk, "--a-day", "2"])
        .args(costs)
        .assert()
        .success();
    let own = String::from_utf8(own.get_output().stdout.clone()).unwrap();
    assert!(!own.contains("the settings count"), "{own}");
}

#[test]
fn a_time_zone_that_is_none_ends_routing_with_the_cell_and_a_remedy() {
    let (desk, bundle) = (at("desk"), at("bundle"));
    let other = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(&desk).unwrap().map(Result::unwrap) {
        std::fs::copy(file.path(), other.path().join(file.file_name())).unwrap();
    }
    let agents = other.path().join("agents.csv");
    let text = std::fs::read_to_string(&agents).unwrap();
    let (path, data) = (agents.to_str().unwrap(), other.path().to_str().unwrap());
    assert!(text.contains("UTC+1"), "{path} has no hours in a zone");
    std::fs::write(&agents, text.replace("UTC+1", "Europe/Berlin")).unwrap();
    bellwether().args(["route", &bundle, "--data", data]).assert().success();
    std::fs::write(&agents, text.replace("UTC+1", "Europe/Berln")).unwrap();
    let (code, error) = refused(&["route", &bundle, "--data", data]);
    assert_eq!(code, 1);
    for part in ["agents.working_hours of AG0", "Europe/Berln", "Europe/Berlin", "UTC+1"] {
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn settings_that_do_not_exist_are_refused_in_one_line() {
    let (desk, bundle) = (at("desk"), at("bundle"));
    let settings = folder().join("costs.toml");
    let settings_path = settings.to_str().unwrap();
    for (text, says) in [
        ("reveiw_cost = 3.0", "unknown field `reveiw_cost`"),
        ("review_cost = -1.0", "must be 0 or more"),
        ("delay_factor = 0.5", "must be 1 or more"),
    ] {
        std::fs::write(&settings, text).unwrap();
        let (code, error) = refused(&["impact", &bundle, "--data", &desk, "--costs", settings_path]);
        assert!(
            code == 1 && error.contains(says) && error.contains("costs.toml"),
            "{error}"
        );
    }
    let (code, error) = refused(&["impact", &bundle, "--data", &desk, "--threshold", "3"]);
    assert!(code == 2 && error.contains("from 0 to 1"), "{error}");
}

#[test]
fn an_evaluation_tells_whether_reasons_are_true_and_where_the_risk_is() {
    let desk = at("desk");
    let found = json(&["evaluate", &desk, "--query", QUERY, "--cut", "2025-10-01"]);
    assert_eq!(found["approaches"].as_array().unwrap().len(), 7);
    assert!(
        found["explanations"]["agreement"].as_f64().unwrap() >= 0.95,
        "{}",
        found["explanations"]
    );
    let segments = found["segments"].as_array().unwrap();
    assert!(!segments.is_empty());
    let best = &segments[0];
    assert!(best["lift"].as_f64().unwrap() > 3.0, "{best}");
    for segment in segments {
        let of = |name: &str| segment[name].as_f64().unwrap();
        let interval: Vec<f64> = segment["interval"]
            .as_array()
            .unwrap()
            .iter()
            .map(|x| x.as_f64().unwrap())
            .collect();
        assert!(interval[0] <= of("lift") && of("lift") <= interval[1], "{segment}");
        assert!((1..=3).contains(&segment["conditions"].as_array().unwrap().len()));
        assert!(
            segment["text"].as_str().unwrap().contains("× the base rate ("),
            "{segment}"
        );
    }
    assert_eq!(found["routing"]["ways"].as_array().unwrap().len(), 4);
    let impact = &found["impact"];
    assert_eq!(impact["counted_on"]["tickets"], found["test_examples"]);
    let best = &impact["best"];
    let of = |name: &str| best[name].as_u64().unwrap();
    assert!(
        of("caught") > 0 && of("caught") + of("missed") <= of("tickets"),
        "{best}"
    );
    let saving = best["saving_a_year"].as_f64().unwrap();
    assert!(best["saving_interval"][0].as_f64().unwrap() <= saving, "{best}");
}
