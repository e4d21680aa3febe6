//! What readers say of scores counts as a label only while nobody knows better.

use bellwether::data::{Database, SourceFile, Timestamp, read};
use bellwether::learn::example::Examples;
use bellwether::learn::feedback::{self, Admitted};
use bellwether::query::{Mode, Task, bind};

/// Tickets T1 (asked on 10 March, escalated two hours later), T2 (on 1 March, never), T3 (on 10 March, open on the 11th) and T4
/// (on 12 March, which has not come yet).
fn desk() -> (Database, Task) {
    let tickets = "ticket_id,created_at,escalated_at\n\
        T1,2025-03-10T08:00:00Z,2025-03-10T10:00:00Z\n\
        T2,2025-03-01T08:00:00Z,\n\
        T3,2025-03-10T09:00:00Z,\n\
        T4,2025-03-12T09:00:00Z,2025-03-12T09:30:00Z\n";
    let file = SourceFile {
        name: "tickets.csv".to_owned(),
        bytes: tickets.into(),
    };
    let schema = "[tickets]\nkey = \"ticket_id\"\ntime = \"created_at\"\n";
    let database = read(vec![file], Some(schema)).unwrap().database;
    let task = bind(
        "PREDICT BOOL(tickets.escalated_at, 0, 48, hours) FOR EACH tickets.ticket_id",
        &database.schema,
        Mode::Extended,
    )
    .unwrap();
    (database, task)
}

fn until() -> Timestamp {
    Timestamp::parse("2025-03-11T00:00:00Z").unwrap()
}

fn line(entity: &str, verdict: &str, expects: Option<bool>, given: &str) -> String {
    let expects = expects.map_or(String::new(), |yes| format!(r#","expects":{yes}"#));
    format!(
        r#"{{"format":1,"entity":"{entity}","anchor":"2025-03-10T12:00:00Z","probability":0.4,"verdict":"{verdict}"{expects},"reason":"known","given_at":"{given}"}}"#
    )
}

/// What of a file counts, and the labels of the tickets then trained on.
fn admitted(lines: &[String]) -> (Admitted, Vec<(String, f32)>) {
    let (database, task) = desk();
    let before = database.upto(until());
    let mut examples = Examples::gather(&before, &task, until(), &[]).unwrap();
    let history = examples.history.clone();
    let said = feedback::read(&lines.join("\n")).unwrap();
    let counted = examples.admit(&said, &before, task.entity, until());
    assert_eq!(
        examples.history, history,
        "an opinion never becomes the target's own history"
    );
    let mut trained: Vec<(String, f32)> = examples
        .settled_by(until())
        .iter()
        .map(|e| (before.key_text(task.entity, e.asker.row).unwrap().to_owned(), e.label))
        .collect();
    trained.sort_by(|a, b| a.0.cmp(&b.0));
    (counted, trained)
}

fn trained(expected: &[(&str, f32)]) -> Vec<(String, f32)> {
    expected.iter().map(|(id, label)| ((*id).to_owned(), *label)).collect()
}

#[test]
fn a_disagreement_about_an_open_outcome_is_a_label() {
    let (counted, rows) = admitted(&[line("T3", "disagree", Some(true), "2025-03-10T13:00:00Z")]);
    assert_eq!(
        counted,
        Admitted {
            labels: 1,
            settled: 0,
            unknown: 0
        }
    );
    assert!(rows.contains(&("T3".to_owned(), 1.0)), "{rows:?}");
}

#[test]
fn what_really_happened_wins_over_a_disagreement() {
    let (counted, rows) = admitted(&[
        line("T1", "disagree", Some(false), "2025-03-10T13:00:00Z"),
        line("T2", "disagree", Some(true), "2025-03-10T13:00:00Z"),
    ]);
    assert_eq!(
        counted,
        Admitted {
            labels: 0,
            settled: 2,
            unknown: 0
        }
    );
    assert_eq!(rows, trained(&[("T2", 0.0)]));
}

#[test]
fn agreeing_and_snoozing_teach_nothing() {
    let (counted, rows) = admitted(&[
        line("T3", "agree", None, "2025-03-10T13:00:00Z"),
        line("T3", "snooze", None, "2025-03-10T14:00:00Z"),
    ]);
    assert_eq!(counted, Admitted::default());
    assert_eq!(rows, trained(&[("T2", 0.0)]));
}

#[test]
fn the_last_word_about_a_ticket_counts_and_only_if_it_was_said_by_then() {
    let (counted, rows) = admitted(&[
        line("T3", "disagree", Some(true), "2025-03-10T13:00:00Z"),
        line("T3", "disagree", Some(false), "2025-03-10T15:00:00Z"),
        line("T3", "disagree", Some(true), "2025-03-12T15:00:00Z"),
    ]);
    assert_eq!(
        counted,
        Admitted {
            labels: 1,
            settled: 0,
            unknown: 1
        }
    );
    assert!(rows.contains(&("T3".to_owned(), 0.0)), "{rows:?}");
}

#[test]
fn a_ticket_that_the_data_do_not_hold_is_counted_as_such() {
    let (counted, _) = admitted(&[
        line("T9", "disagree", Some(true), "2025-03-10T13:00:00Z"),
        line("T4", "disagree", Some(true), "2025-03-10T13:00:00Z"),
    ]);
    assert_eq!(
        counted,
        Admitted {
            labels: 0,
            settled: 0,
            unknown: 2
        }
    );
}

#[test]
fn a_line_that_is_no_entry_is_named_with_its_number() {
    let good = line("T3", "agree", None, "2025-03-10T13:00:00Z");
    for (bad, because) in [
        ("not json".to_owned(), "no feedback entry"),
        (good.replace("\"format\":1", "\"format\":2"), "format 2"),
        (good.replace("agree", "maybe"), "no feedback entry"),
        (good.replace("2025-03-10T12:00:00Z", "yesterday"), "anchor is no time"),
        (
            line("T3", "disagree", None, "2025-03-10T13:00:00Z"),
            "must say what is expected",
        ),
    ] {
        let error = feedback::read(&format!("{good}\n\n{bad}\n")).unwrap_err().to_string();
        assert!(error.starts_with("line 3: ") && error.contains(because), "{error}");
    }
}
