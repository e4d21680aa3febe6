//! Facts of the sample, read back from its files.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use super::{END, SampleFiles, SampleOptions, generate};
use crate::data::{Duration, Timestamp};

type Row = BTreeMap<String, String>;

fn sample() -> &'static SampleFiles {
    static SAMPLE: OnceLock<SampleFiles> = OnceLock::new();
    SAMPLE.get_or_init(|| {
        generate(&SampleOptions {
            tickets: 20_000,
            seed: 7,
        })
    })
}

fn rows(files: &SampleFiles, name: &str) -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(files.bytes(name).unwrap());
    reader.deserialize().map(Result::unwrap).collect()
}

fn column(name: &str, column: &str) -> BTreeSet<String> {
    rows(sample(), name).iter().map(|r| r[column].clone()).collect()
}

fn time(row: &Row, column: &str) -> Option<Timestamp> {
    Timestamp::parse(&row[column])
}

fn escalates(row: &Row) -> bool {
    let created = time(row, "created_at").unwrap();
    time(row, "escalated_to_eng").is_some_and(|at| at > created && at <= created + Duration::hours(48))
}

/// Tickets whose window closed within the log, with their true probabilities.
fn settled() -> Vec<(Row, f64)> {
    let truth = rows(sample(), "truth.csv");
    let tickets = rows(sample(), "tickets.csv");
    assert_eq!(tickets.len(), truth.len());
    tickets
        .into_iter()
        .zip(truth)
        .inspect(|(ticket, answer)| assert_eq!(ticket["ticket_id"], answer["ticket_id"]))
        .map(|(ticket, answer)| (ticket, answer["probability"].parse().unwrap()))
        .filter(|(ticket, _)| time(ticket, "created_at").unwrap() + Duration::hours(48) <= END)
        .collect()
}

fn share(rows: &[(Row, f64)], keep: impl Fn(&Row, f64) -> bool) -> f64 {
    let kept: Vec<bool> = rows
        .iter()
        .filter(|(r, p)| keep(r, *p))
        .map(|(r, _)| escalates(r))
        .collect();
    assert!(kept.len() >= 30, "only {} tickets", kept.len());
    kept.iter().filter(|e| **e).count() as f64 / kept.len() as f64
}

/// The chance that an escalating ticket ranks above another (Mann and Whitney 1947), ties counted half.
fn roc_auc(rows: &[(Row, f64)], score: impl Fn(&Row, f64) -> f64) -> f64 {
    let mut ranked: Vec<(f64, bool)> = rows.iter().map(|(r, p)| (score(r, *p), escalates(r))).collect();
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut below, mut wins) = (0.0, 0.0);
    for tied in ranked.chunk_by(|a, b| a.0 == b.0) {
        let positive = tied.iter().filter(|t| t.1).count() as f64;
        let negative = tied.len() as f64 - positive;
        wins += positive * (below + negative / 2.0);
        below += negative;
    }
    wins / (below * (ranked.len() as f64 - below))
}

/// When each account saw server errors, in order.
fn server_errors() -> BTreeMap<String, Vec<Timestamp>> {
    let mut errors: BTreeMap<String, Vec<Timestamp>> = BTreeMap::new();
    for event in rows(sample(), "product_events.csv")
        .iter()
        .filter(|e| e["event_type"] == "API 500 error")
    {
        errors
            .entry(event["account_id"].clone())
            .or_default()
            .push(time(event, "at").unwrap());
    }
    errors
}

fn errors_in_two_days(errors: &BTreeMap<String, Vec<Timestamp>>, ticket: &Row) -> usize {
    let at = time(ticket, "created_at").unwrap();
    let seen = errors.get(&ticket["account_id"]).map_or(&[][..], Vec::as_slice);
    seen.iter()
        .filter(|e| **e <= at && **e > at - Duration::hours(48))
        .count()
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    let options = SampleOptions { tickets: 500, seed: 11 };
    assert_eq!(generate(&options), generate(&options));
    assert_ne!(generate(&options), generate(&SampleOptions { seed: 12, ..options }));
}

#[test]
fn about_one_ticket_in_nine_escalates_within_two_days() {
    for (tickets, seed) in [(20_000, 7), (2_000, 2), (6_000, 3)] {
        let files = generate(&SampleOptions { tickets, seed });
        let tickets = rows(&files, "tickets.csv");
        let share = tickets.iter().filter(|t| escalates(t)).count() as f64 / tickets.len() as f64;
        assert!((0.08..=0.15).contains(&share), "seed {seed}: {share}");
    }
}

#[test]
fn every_world_is_complete_however_small() {
    for tickets in [1, 50, 300] {
        let files = generate(&SampleOptions { tickets, seed: 5 });
        assert_eq!(rows(&files, "tickets.csv").len(), tickets);
        assert_eq!(rows(&files, "truth.csv").len(), tickets);
        assert_eq!(rows(&files, "accounts.csv").len(), 8);
    }
}

#[test]
fn the_true_probabilities_are_calibrated() {
    let settled = settled();
    let mut ranked: Vec<(f64, bool)> = settled.iter().map(|(r, p)| (*p, escalates(r))).collect();
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
    for tenth in ranked.chunks(ranked.len().div_ceil(10)) {
        let size = tenth.len() as f64;
        let expected = tenth.iter().map(|t| t.0).sum::<f64>() / size;
        let observed = tenth.iter().filter(|t| t.1).count() as f64 / size;
        let spread = tenth.iter().map(|t| t.0 * (1.0 - t.0)).sum::<f64>().sqrt() / size;
        assert!(
            (observed - expected).abs() < 4.0 * spread,
            "expected {expected}, observed {observed}"
        );
    }
}

#[test]
fn the_truth_ranks_well_and_priority_hardly() {
    let settled = settled();
    let truth = roc_auc(&settled, |_, p| p);
    let priority = roc_auc(&settled, |r, _| -r["priority"][1..].parse::<f64>().unwrap());
    assert!((0.86..=0.92).contains(&truth), "{truth}");
    assert!((0.52..=0.60).contains(&priority), "{priority}");
}

#[test]
fn the_same_words_mean_little_without_errors_behind_them() {
    let settled = settled();
    let errors = server_errors();
    let of_errors = |r: &Row| r["category"] == "API error";
    let real = share(&settled, |r, _| of_errors(r) && errors_in_two_days(&errors, r) >= 3);
    let hollow = share(&settled, |r, _| of_errors(r) && errors_in_two_days(&errors, r) == 0);
    assert!(real > 6.0 * hollow, "{real} against {hollow}");
}

#[test]
fn nothing_is_known_after_the_end_and_every_life_is_in_order() {
    let tickets = rows(sample(), "tickets.csv");
    let mut open = 0;
    for t in &tickets {
        let created = time(t, "created_at").unwrap();
        let moments = ["first_response_at", "escalated_to_eng", "resolved_at"].map(|c| time(t, c));
        let known: Vec<Timestamp> = std::iter::once(created).chain(moments.into_iter().flatten()).collect();
        assert!(known.is_sorted(), "{t:?}");
        assert!(known.iter().all(|at| *at <= END), "{t:?}");
        assert_eq!(t["resolution_hours"].is_empty(), moments[2].is_none());
        if let Some(resolved) = moments[2] {
            let hours: f64 = t["resolution_hours"].parse().unwrap();
            assert!((hours - (resolved - created).as_hours()).abs() <= 0.0051);
        }
        open += usize::from(moments[2].is_none());
    }
    assert!((20..=400).contains(&open), "{open} open tickets");
    for (file, at) in [
        ("product_events.csv", "at"),
        ("deployments.csv", "deployed_at"),
        ("account_health.csv", "measured_at"),
    ] {
        assert!(
            rows(sample(), file).iter().all(|r| time(r, at).unwrap() <= END),
            "{file}"
        );
    }
}

#[test]
fn every_link_leads_to_a_row() {
    let accounts = column("accounts.csv", "account_id");
    let agents = column("agents.csv", "agent_id");
    let endpoints = column("deployments.csv", "endpoint");
    let users: BTreeMap<String, Row> = rows(sample(), "users.csv")
        .into_iter()
        .map(|u| (u["user_id"].clone(), u))
        .collect();
    for file in ["account_health.csv", "users.csv", "product_events.csv"] {
        assert!(column(file, "account_id").is_subset(&accounts), "{file}");
    }
    for t in rows(sample(), "tickets.csv") {
        let user = &users[&t["user_id"]];
        assert_eq!(user["account_id"], t["account_id"]);
        assert!(time(user, "signup").unwrap() <= time(&t, "created_at").unwrap());
        assert!(accounts.contains(&t["account_id"]) && agents.contains(&t["agent_id"]));
        assert!(t["endpoint"].is_empty() || endpoints.contains(&t["endpoint"]));
    }
}

#[test]
fn a_specialist_resolves_the_own_topic_three_times_faster() {
    let specialty: BTreeMap<String, String> = rows(sample(), "agents.csv")
        .into_iter()
        .map(|a| (a["agent_id"].clone(), a["specialty"].clone()))
        .collect();
    let mut hours: BTreeMap<bool, Vec<f64>> = BTreeMap::new();
    for t in rows(sample(), "tickets.csv") {
        if t["category"] == "API error" && t["escalated_to_eng"].is_empty() && !t["resolution_hours"].is_empty() {
            let own = specialty[&t["agent_id"]] == "API issues";
            hours
                .entry(own)
                .or_default()
                .push(t["resolution_hours"].parse().unwrap());
        }
    }
    let median = |own: bool| {
        let mut sorted = hours[&own].clone();
        sorted.sort_by(f64::total_cmp);
        sorted[sorted.len() / 2]
    };
    let factor = median(false) / median(true);
    assert!((2.6..=3.5).contains(&factor), "{factor}");
}

#[test]
fn the_schema_names_only_files_and_columns_that_exist() {
    let text = std::str::from_utf8(sample().bytes("schema.toml").unwrap()).unwrap();
    let schema: toml::Table = text.parse().unwrap();
    assert_eq!(schema["truth"]["ignore"].as_bool(), Some(true));
    for (table, entry) in schema.iter().filter(|(name, _)| *name != "truth") {
        let bytes = sample().bytes(&format!("{table}.csv")).unwrap();
        let header = csv::Reader::from_reader(bytes).headers().unwrap().clone();
        let has = |column: &str| assert!(header.iter().any(|h| h == column), "{table}.{column}");
        ["key", "time"]
            .iter()
            .filter_map(|k| entry.get(k))
            .for_each(|c| has(c.as_str().unwrap()));
        for part in ["links", "columns"].iter().filter_map(|k| entry.get(k)) {
            part.as_table().unwrap().keys().for_each(|c| has(c));
        }
    }
}
