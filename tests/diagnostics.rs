//! What a person reads who got a query wrong, held against the reports that were read and found good
//! (`tests/fixtures/pql/diagnostics.txt`; after a change, look at the file this test leaves in `target/`).

use std::fmt::Write;
use std::path::Path;

use assert_cmd::Command;
use serde_json::{Value, json};

const GOLDEN: &str = "tests/fixtures/pql/diagnostics.txt";

fn reports(queries: &[&str]) -> Vec<Value> {
    let sent: String = queries.iter().fold(String::new(), |mut text, query| {
        writeln!(text, "{}", json!({ "query": query })).unwrap();
        text
    });
    let done = Command::new(env!("CARGO_BIN_EXE_bellwether"))
        .args(["query", "bind", "--jsonl", "--data", "tests/fixtures/pql/tables"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .write_stdin(sent)
        .assert()
        .success();
    let text = String::from_utf8(done.get_output().stdout.clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn golden() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(GOLDEN)).unwrap()
}

/// The queries of the golden file: what stands between `>>> ` and the line that begins the report.
fn queries(text: &str) -> Vec<&str> {
    text.split(">>> ")
        .skip(1)
        .filter_map(|block| Some(block.split_once("\nerror: ")?.0))
        .collect()
}

#[test]
fn every_wrong_query_is_reported_as_a_person_found_good() {
    let golden = golden();
    let queries = queries(&golden);
    assert!(queries.len() >= 40, "{}", queries.len());
    let mut found = String::new();
    for (query, report) in queries.iter().zip(reports(&queries)) {
        assert_eq!(report["ok"], false, "{query}");
        writeln!(
            found,
            ">>> {query}\n{}\n",
            report["rendered"].as_str().unwrap().trim_end()
        )
        .unwrap();
    }
    if found != golden {
        let left = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/diagnostics.txt");
        std::fs::write(&left, &found).unwrap();
        let first = golden.lines().zip(found.lines()).find(|(a, b)| a != b);
        panic!("reports have changed, see target/diagnostics.txt; first: {first:#?}");
    }
}

#[test]
fn no_report_lists_tokens_of_a_grammar_or_runs_over() {
    let golden = golden();
    for report in reports(&queries(&golden)) {
        let text = report["rendered"].as_str().unwrap();
        for token in ["FQN", "WILDCARD", "IDENTIFIER", "Keyword(", "TokenKind", "AGGR"] {
            assert!(!text.contains(token), "{text}");
        }
        assert!(text.lines().count() <= 8, "{text}");
        assert!(report["line"].as_u64().unwrap() >= 1 && report["column"].is_u64());
    }
}
