//! What is made of text and of categories together: what the words add to the columns, learnt from earlier rows only; and
//! the combinations of three categories that are worth looking at.

use std::collections::BTreeSet;
use std::fmt::Write;

use bellwether::bundle::BundleFiles;
use bellwether::cli::arguments::bind;
use bellwether::cli::folder::read_folder;
use bellwether::data::table::Cell;
use bellwether::data::{ColumnId, Database};
use bellwether::learn::metrics::roc_auc;
use bellwether::learn::text::TextModel;
use bellwether::learn::train::{Progress, TrainOptions, Training};
use bellwether::learn::wording::text_scores;
use bellwether::query::Task;
use bellwether::relate::{Asker, Feature};
use bellwether::score::Scorer;
use serde_json::json;

const LETTERS: usize = 1_600;
const QUERY: &str = "PREDICT BOOL(letters.answered_at, 0, 24, hours) FOR EACH letters.letter_id";

struct Silent;

impl Progress for Silent {
    fn stage(&mut self, _: &str, _: usize, _: usize) {}
    fn note(&mut self, _: String) {}
}

/// A number from 0 to 1 that a place and a purpose always have.
fn chance(place: usize, purpose: u64) -> f64 {
    let mut x = (place as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ purpose.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 31)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((x ^ (x >> 29)) >> 11) as f64 / (1u64 << 53) as f64
}

fn moment(hours: usize) -> String {
    format!(
        "2026-{:02}-{:02}T{:02}:00:00Z",
        1 + hours / 672,
        1 + hours % 672 / 24,
        hours % 24
    )
}

/// Letters as these lines have them, and the question.
fn asked_of(lines: &str) -> (Database, Task) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("letters.csv"), lines).unwrap();
    let database = read_folder(folder.path()).unwrap().database;
    let task = bind(QUERY, &database.schema).map_err(|_| "bound").unwrap();
    (database, task)
}

/// Letters that name what they are about, as their column does, and some of which are overdue, as no column tells.
fn letters(answered: impl Fn(usize, &str, bool) -> f64) -> (Database, Task) {
    let mut lines = "letter_id,written_at,kind,body,answered_at\n".to_owned();
    for k in 0..LETTERS {
        let kind = ["engine", "berth"][usize::from(chance(k, 1) < 0.5)];
        let overdue = chance(k, 2) < 0.3;
        let word = |n: u64| format!("w{}", (chance(k, 10 + n) * 400.0) as usize);
        let closing = if overdue { "this is overdue" } else { "thank you" };
        let body = format!(
            "a question about the {kind} {} {} {} {closing}",
            word(1),
            word(2),
            word(3)
        );
        let at = if chance(k, 3) < answered(k, kind, overdue) {
            moment(4 * k + 5)
        } else {
            String::new()
        };
        writeln!(lines, "L{k},{},{kind},{body},{at}", moment(4 * k)).unwrap();
    }
    asked_of(&lines)
}

fn column_named(database: &Database, task: &Task, name: &str) -> ColumnId {
    let columns = &database.schema.table(task.entity).columns;
    ColumnId(columns.iter().position(|c| c.name == name).unwrap())
}

fn gathered(database: &Database, task: &Task) -> Training {
    let until = database.latest().unwrap();
    Training::gather(database, task, until, &TrainOptions::default(), &mut Silent).unwrap()
}

#[test]
fn the_words_tell_what_the_columns_do_not() {
    let (database, task) = letters(|_, kind, overdue| match (kind, overdue) {
        ("engine", false) => 0.6,
        ("engine", true) => 0.82,
        (_, false) => 0.06,
        _ => 0.17,
    });
    let data = gathered(&database, &task);
    let apart = |model: &TextModel, one: &str, other: &str| model.score(&[Some(one)]) - model.score(&[Some(other)]);
    let of_kind = |model| apart(model, "about the engine", "about the berth");
    let of_delay = |model| apart(model, "about the berth this is overdue", "about the berth thank you");
    let (_, alone) = data.words_alone(&database, task.entity, &mut Silent).unwrap().unwrap();
    let added = data.text.as_ref().unwrap();
    // In truth 2.8 and 1.1 to 1.2.
    assert!(
        of_kind(&alone) > 1.0,
        "alone they repeat the column: {}",
        of_kind(&alone)
    );
    assert!(of_kind(added).abs() < 0.3, "{}", of_kind(added));
    assert!(of_delay(added) > 0.6, "{}", of_delay(added));
}

#[test]
fn a_known_row_scores_the_same_whatever_a_page_shows_of_its_text_and_an_unknown_one_does_not() {
    let (database, task) = letters(|_, _, overdue| if overdue { 0.8 } else { 0.1 });
    let data = gathered(&database, &task);
    let fitted = data
        .fit(&data.all_columns(), &TrainOptions::default(), &mut Silent)
        .unwrap();
    let until = database.latest().unwrap();
    let files = BundleFiles::pack(&database, &task, &data.model(&fitted), &[], until, None, None).unwrap();
    let manifest = serde_json::to_string(&files.manifest).unwrap();
    let mut scorer = Scorer::open(&manifest, &files.model, &files.tables).unwrap();
    let body = |closing: &str| format!("a question about the engine w1 w2 w3 {closing}");
    let written = moment(4 * (LETTERS - 1));
    let row = |key: &str, body: Option<String>| json!({"letter_id": key, "written_at": written, "kind": "engine", "body": body});
    let Cell::Text(own) = database
        .table(task.entity)
        .column(column_named(&database, &task, "body"))
        .cell(LETTERS - 1)
    else {
        panic!("a letter has a body")
    };
    let last = format!("L{}", LETTERS - 1);
    let asked = json!([
        row(&last, Some(own.to_owned())),
        row(&last, None),
        row(&last, Some("this is over".to_owned())),
        row("L-new", Some(body("this is overdue"))),
        row("L-new", Some(body("thank you"))),
        row("L-new", None),
    ]);
    let scores = scorer.score(&asked.to_string(), until).unwrap();
    assert_eq!(scores[0].to_bits(), scores[1].to_bits(), "{scores:?}");
    assert_eq!(scores[0].to_bits(), scores[2].to_bits(), "{scores:?}");
    assert!(scores[3] > scores[4] + 0.2, "{scores:?}");
    assert!((scores[3] - scores[5]).abs() > 0.02, "{scores:?}");
    assert!(
        !files.tables.windows(7).any(|bytes| bytes == b"overdue"),
        "a bundle carries no text"
    );
}

#[test]
fn no_row_is_scored_by_a_model_that_has_seen_its_answer() {
    let (database, task) = letters(|k, _, _| if chance(k, 7) < 0.5 { 0.95 } else { 0.05 });
    let data = gathered(&database, &task);
    let (out_of_time, model) = data.words_alone(&database, task.entity, &mut Silent).unwrap().unwrap();
    let scored: Vec<usize> = (0..data.inside).filter(|&row| !out_of_time[row].is_nan()).collect();
    assert!(
        scored.len() > data.inside * 8 / 10 && scored.len() < data.inside,
        "{}",
        scored.len()
    );
    let (_, columns) = data.set.text().unwrap();
    let askers: Vec<Asker> = data.rows.iter().map(|e| e.asker).collect();
    let seen = text_scores(&model, &database, task.entity, columns, &askers);
    let auc = |scores: &[f32]| {
        let of: Vec<f64> = scored.iter().map(|&row| f64::from(scores[row])).collect();
        let labels: Vec<f32> = scored.iter().map(|&row| data.labels[row]).collect();
        roc_auc(&of, &labels).unwrap()
    };
    let column = data.matrix.column(data.set.text().unwrap().0);
    assert!((auc(&out_of_time) - 0.5).abs() < 0.06, "{}", auc(&out_of_time));
    assert!((auc(column) - 0.5).abs() < 0.06, "{}", auc(column));
    assert!(
        auc(&seen) > 0.65,
        "a model that has seen the answers would tell them: {}",
        auc(&seen)
    );
}

#[test]
fn what_tells_in_pairs_is_looked_at_in_threes() {
    let mut lines = "letter_id,written_at,kind,dock,flag,crew,answered_at\n".to_owned();
    for k in 0..LETTERS {
        let value = |purpose: u64| (chance(k, purpose) * 4.0) as usize;
        let (kind, dock, flag, crew) = (value(1), value(2), value(3), value(4));
        let likely = if (kind, dock) == (0, 1) {
            [0.95, 0.9, 0.1, 0.5][flag]
        } else {
            0.1
        };
        let at = if chance(k, 5) < likely {
            moment(4 * k + 5)
        } else {
            String::new()
        };
        writeln!(lines, "L{k},{},k{kind},d{dock},f{flag},c{crew},{at}", moment(4 * k)).unwrap();
    }
    let (database, task) = asked_of(&lines);
    let data = gathered(&database, &task);
    let threes: Vec<BTreeSet<&str>> = (data.set.features.iter())
        .filter_map(|feature| match feature {
            Feature::Encoded { paths } if paths.len() == 3 => Some(paths),
            _ => None,
        })
        .map(|paths| {
            paths
                .iter()
                .map(|p| database.schema.column(task.entity, p.column).name.as_str())
                .collect()
        })
        .collect();
    assert!(threes.contains(&BTreeSet::from(["kind", "dock", "flag"])), "{threes:?}");
    let once: BTreeSet<_> = threes.iter().collect();
    assert_eq!(once.len(), threes.len(), "none twice, in whatever order: {threes:?}");
    assert!(threes.iter().all(|three| three.len() == 3), "{threes:?}");
    let fitted = data
        .fit(&data.all_columns(), &TrainOptions::default(), &mut Silent)
        .unwrap();
    let model = data.model(&fitted);
    let whole = model
        .features
        .features
        .iter()
        .any(|f| matches!(f, Feature::Encoded { paths } if paths.len() == 3));
    assert!(whole, "what three values say together is looked at");
}
