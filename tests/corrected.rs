//! Answers that are known already speak for rows that are alike: as a feature, and as a correction of scores by what the
//! model has missed since it was trained. The formulas against ones written down on their own, and what may count at a moment.

use std::fmt::Write;

use assert_cmd::Command;
use bellwether::cli::arguments::bind;
use bellwether::cli::folder::read_folder;
use bellwether::data::{ColumnId, Database, Duration, RowId, TableId, Timestamp};
use bellwether::learn::alike::Alike;
use bellwether::learn::approaches::evaluate;
use bellwether::learn::example::Example;
use bellwether::learn::objective::Objective;
use bellwether::learn::residuals::{Residuals, latest_answered};
use bellwether::learn::train::{Progress, TrainOptions};
use bellwether::relate::Asker;
use bellwether::relate::feature::{Feature, FeatureSet};
use bellwether::relate::path::ColumnPath;
use proptest::prelude::*;

const JOBS: usize = 2_600;

/// A number below `below` that a place and a purpose always have.
fn drawn(place: usize, purpose: u64, below: u64) -> u64 {
    let mut x = (place as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ purpose.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 31)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (x ^ (x >> 29)) % below
}

/// The categories of a job: of four kinds, at three sites, by five crews.
fn categories(job: usize) -> [u64; 3] {
    [drawn(job, 1, 4), drawn(job, 2, 3), drawn(job, 3, 5)]
}

fn begun(job: usize) -> Timestamp {
    Timestamp::parse("2026-01-01T00:00:00Z").unwrap() + Duration::hours(job as i64)
}

/// Jobs, an hour after each other, and features over their kind, their site, and their site and crew together.
fn jobs() -> (Database, TableId, FeatureSet) {
    let mut lines = "job_id,begun_at,kind,site,crew\n".to_owned();
    for job in 0..JOBS {
        let [kind, site, crew] = categories(job);
        writeln!(lines, "J{job},{},kind {kind},site {site},crew {crew}", begun(job)).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("jobs.csv"), lines).unwrap();
    let database = read_folder(folder.path()).unwrap().database;
    let table = database.schema.find("jobs").unwrap();
    let path = |name: &str| {
        let columns = &database.schema.table(table).columns;
        ColumnPath::own(ColumnId(columns.iter().position(|c| c.name == name).unwrap()))
    };
    let encoded = |names: &[&str]| Feature::Encoded {
        paths: names.iter().map(|name| path(name)).collect(),
    };
    let features = FeatureSet {
        features: vec![encoded(&["kind"]), encoded(&["site"]), encoded(&["site", "crew"])],
        ..FeatureSet::default()
    };
    (database, table, features)
}

/// An answer to each job that is known so many hours after it began, and what was expected of it.
fn answered(job: usize, hours: i64, label: f32) -> Example {
    Example {
        asker: asker(job),
        label,
        closed_at: begun(job) + Duration::hours(hours),
        in_population: true,
    }
}

/// The features that read the answers of jobs alike by kind, site and crew.
fn of_likes(features: &FeatureSet) -> FeatureSet {
    let mut paths: Vec<ColumnPath> = Vec::new();
    for feature in &features.features {
        let Feature::Encoded { paths: of_one } = feature else {
            continue;
        };
        for path in of_one {
            if !paths.contains(path) {
                paths.push(path.clone());
            }
        }
    }
    FeatureSet {
        features: vec![Feature::Alike { paths }],
        ..FeatureSet::default()
    }
}

fn asker(job: usize) -> Asker {
    Asker::new(RowId(job as u32), begun(job))
}

/// The correction as the documentation states it.
fn stated(answers: &[(Example, f64)], job: usize, objective: Objective) -> Option<f64> {
    let mut known: Vec<&(Example, f64)> = answers.iter().filter(|(e, _)| e.closed_at <= begun(job)).collect();
    known.sort_by_key(|(e, _)| (e.closed_at, e.asker.anchor));
    let latest = &known[known.len().saturating_sub(2_048)..];
    let (mut missed, mut information) = (0.0, 0.0);
    for (example, expected) in latest {
        let other = categories(example.asker.row.0 as usize);
        let different = other.iter().zip(categories(job)).filter(|(a, b)| **a != *b).count();
        let weight = (-6.0 * different as f64 / 3.0).exp();
        missed += weight * (f64::from(example.label) - expected);
        information += weight
            * match objective {
                Objective::YesNo => expected * (1.0 - expected),
                Objective::Number => 1.0,
            };
    }
    (!latest.is_empty()).then(|| match objective {
        Objective::YesNo => (missed / (information + 1.0)).clamp(-2.0, 2.0),
        Objective::Number => missed / (information + 20.0),
    })
}

#[test]
fn a_correction_is_the_weighted_miss_over_its_information() {
    let (database, table, features) = jobs();
    let answers: Vec<(Example, f64)> = (0..JOBS - 50)
        .map(|job| {
            let expected = f64::from(0.02 + 0.9 * drawn(job, 4, 1_000) as f32 / 1_000.0);
            let label = f32::from(u8::from(drawn(job, 5, 3) == 0));
            (answered(job, 1 + drawn(job, 6, 60) as i64, label), expected)
        })
        .collect();
    let (examples, expected): (Vec<Example>, Vec<f64>) = answers.iter().copied().unzip();
    let residuals = Residuals::of(&database, table, &features, &examples, &expected).unwrap();
    assert_eq!(residuals.len(), JOBS - 50);
    let kept = latest_answered(examples.clone());
    let of_kept: Vec<f64> = kept.iter().map(|e| expected[e.asker.row.0 as usize]).collect();
    let latest = Residuals::of(&database, table, &features, &kept, &of_kept).unwrap();
    assert_eq!(latest.len(), 2_048);
    for objective in [Objective::YesNo, Objective::Number] {
        for job in (0..JOBS).step_by(37).chain(JOBS - 5..JOBS) {
            let found = residuals.correction(&database, table, objective, asker(job));
            let wanted = stated(&answers, job, objective);
            assert_eq!(found.is_some(), wanted.is_some(), "job {job}");
            if let (Some(found), Some(wanted)) = (found, wanted) {
                assert!((found.shift - wanted).abs() < 1e-5, "job {job}: {found:?}, {wanted}");
                assert!(found.shift * (found.observed - found.expected) >= 0.0, "{found:?}");
            }
        }
        // What is dropped for a bundle corrects nothing that is asked after its end.
        let last = asker(JOBS - 1);
        let of = |residuals: &Residuals| residuals.correction(&database, table, objective, last);
        assert_eq!(of(&latest).map(|c| c.shift), of(&residuals).map(|c| c.shift));
    }
}

/// The mean answer of jobs alike as the documentation states it: of the latest 4,096, those that the question leaves out for
/// half, and a tenth of a row of the mean of all.
fn likes(examples: &[Example], job: usize, base: f64) -> f64 {
    let mut known: Vec<&Example> = examples.iter().filter(|e| e.closed_at <= begun(job)).collect();
    known.sort_by_key(|e| (e.closed_at, e.asker.anchor));
    let (mut sum, mut total) = (0.1 * base, 0.1);
    for example in &known[known.len().saturating_sub(4_096)..] {
        let other = categories(example.asker.row.0 as usize % JOBS);
        let different = other.iter().zip(categories(job)).filter(|(a, b)| **a != *b).count();
        let inside = if example.in_population { 1.0 } else { 0.5 };
        let weight = inside * (-14.0 * different as f64 / 3.0).exp();
        sum += weight * f64::from(example.label);
        total += weight;
    }
    sum / total
}

#[test]
fn what_jobs_alike_turned_out_to_be_is_their_weighted_mean() {
    let (database, table, features) = jobs();
    // Each job twice, so that there are more than count.
    let examples: Vec<Example> = (0..2 * JOBS)
        .map(|k| {
            let job = k % JOBS;
            let label = f32::from(u8::from(drawn(job, 5, 3) == 0)) * (1 + k / JOBS) as f32 / 2.0;
            Example {
                in_population: drawn(k, 7, 4) > 0,
                ..answered(job, 1 + drawn(k, 6, 60) as i64, label)
            }
        })
        .collect();
    let set = of_likes(&features);
    let (_, paths) = set.alike().unwrap();
    assert_eq!(paths.len(), 3);
    for objective in [Objective::YesNo, Objective::Number] {
        let alike = Alike::of(
            &database,
            table,
            paths,
            (&examples, begun(JOBS + 9_999)),
            (0.2, objective),
        );
        let askers: Vec<Asker> = (0..JOBS).step_by(41).chain(JOBS - 3..JOBS).map(asker).collect();
        let found = alike.values(&database, table, &askers);
        for (asker, found) in askers.iter().zip(&found) {
            let wanted = likes(&examples, asker.row.0 as usize, 0.2);
            let wanted = match objective {
                Objective::YesNo => (wanted / (1.0 - wanted)).ln(),
                Objective::Number => wanted,
            };
            assert!(
                (f64::from(*found) - wanted).abs() < 1e-5,
                "{asker:?}: {found}, {wanted}"
            );
            assert_eq!(alike.value(&database, table, *asker).to_bits(), found.to_bits());
        }
        // The first job knows of none, and a bundle's own asker needs no more than a bundle keeps.
        assert!(
            (f64::from(found[0])
                - if objective == Objective::YesNo {
                    0.25_f64.ln()
                } else {
                    0.2
                })
            .abs()
                < 1e-6
        );
        let later = Asker::new(RowId(7), begun(JOBS) + Duration::hours(100));
        // Whose answers were still open when they were gathered does not count later either.
        let until = begun(400);
        let gathered: Vec<Example> = examples.iter().filter(|e| e.closed_at <= until).copied().collect();
        let value = |examples: &[Example], until: Timestamp| {
            let alike = Alike::of(&database, table, paths, (examples, until), (0.2, objective));
            alike.value(&database, table, later)
        };
        assert_eq!(value(&examples, until), value(&gathered, begun(JOBS + 9_999)));
        assert_ne!(value(&examples, until), alike.value(&database, table, later));
        let kept = alike.clone().latest();
        assert_eq!(
            kept.value(&database, table, later),
            alike.value(&database, table, later)
        );
        assert!(postcard::to_stdvec(&kept).unwrap().len() < postcard::to_stdvec(&alike).unwrap().len());
    }
}

#[test]
fn answers_from_a_file_that_do_not_fit_their_feature_are_refused() {
    let (database, table, features) = jobs();
    let set = of_likes(&features);
    let examples: Vec<Example> = (0..9).map(|job| answered(job, 1, 1.0)).collect();
    let known = (examples.as_slice(), begun(JOBS));
    let alike = Alike::of(&database, table, set.alike().unwrap().1, known, (0.2, Objective::YesNo));
    let written = serde_json::to_value(&alike).unwrap();
    let read = |value: &serde_json::Value| serde_json::from_value::<Alike>(value.clone()).unwrap();
    assert_eq!(read(&written).of_features(&set), Some(alike));
    assert_eq!(read(&written).of_features(&features), None, "no such feature");
    for (list, damaged) in [
        ("/answered/labels", serde_json::json!([1.0])),
        ("/answered/categories", serde_json::json!([1, 2, 3])),
        ("/inside", serde_json::json!([true])),
        ("/base", serde_json::json!(1.0)),
    ] {
        let mut other = written.clone();
        *other.pointer_mut(list).unwrap() = damaged;
        assert_eq!(read(&other).of_features(&set), None, "{list}");
    }
}

#[test]
fn a_correction_is_bounded_however_much_speaks_for_it() {
    let (database, table, features) = jobs();
    let examples: Vec<Example> = (0..2_000).map(|job| answered(job, 1, 1.0)).collect();
    let sure = vec![1e-4; 2_000];
    let residuals = Residuals::of(&database, table, &features, &examples, &sure).unwrap();
    assert_eq!(residuals.len(), 2_000);
    let found = residuals
        .correction(&database, table, Objective::YesNo, asker(2_100))
        .unwrap();
    assert_eq!(found.shift, 2.0);
    assert!(
        (found.observed - 1.0).abs() < 1e-9 && (found.expected - 1e-4).abs() < 1e-9,
        "{found:?}"
    );
}

#[test]
fn where_nothing_makes_rows_alike_or_nothing_is_answered_nothing_is_corrected() {
    let (database, table, features) = jobs();
    let one = [answered(3, 1, 1.0)];
    assert!(Residuals::of(&database, table, &FeatureSet::default(), &one, &[0.5]).is_none());
    assert!(Residuals::of(&database, table, &features, &[], &[]).is_none());
    let residuals = Residuals::of(&database, table, &features, &one, &[0.5]).unwrap();
    assert!(
        residuals
            .correction(&database, table, Objective::YesNo, asker(3))
            .is_none(),
        "not known yet"
    );
    assert!(
        residuals
            .correction(&database, table, Objective::YesNo, asker(4))
            .is_some()
    );
}

#[test]
fn lists_from_a_file_that_do_not_fit_are_refused() {
    let (database, table, features) = jobs();
    let examples: Vec<Example> = (0..9).map(|job| answered(job, 1, 1.0)).collect();
    let residuals = Residuals::of(&database, table, &features, &examples, &[0.5; 9]).unwrap();
    let written = serde_json::to_value(&residuals).unwrap();
    let read = |value: serde_json::Value| serde_json::from_value::<Residuals>(value).unwrap();
    assert_eq!(read(written.clone()).of_features(&features), Some(residuals));
    assert_eq!(read(written.clone()).of_features(&FeatureSet::default()), None);
    for (list, damaged) in [
        ("/answered/labels", serde_json::json!([1.0])),
        ("/expected", serde_json::json!([])),
        ("/answered/categories", serde_json::json!([1, 2, 3])),
    ] {
        let mut other = written.clone();
        *other.pointer_mut(list).unwrap() = damaged;
        assert_eq!(read(other).of_features(&features), None, "{list}");
    }
    let mut other = written;
    let times = other["answered"]["known_at"].as_array_mut().unwrap();
    times.reverse();
    assert_eq!(read(other).of_features(&features), None, "times fall");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// The law of time: an answer that is known later than a question changes nothing of it, whatever it is.
    #[test]
    fn what_is_known_later_corrects_nothing(
        hours in prop::collection::vec(1_i64..300, 200),
        labels in prop::collection::vec(any::<bool>(), 200),
        asked in 0_usize..400,
    ) {
        let (database, table, features) = jobs();
        let all: Vec<Example> = hours.iter().zip(&labels).enumerate()
            .map(|(job, (&hours, &label))| answered(job, hours, f32::from(u8::from(label))))
            .collect();
        let correction = |examples: &[Example]| {
            let residuals = Residuals::of(&database, table, &features, examples, &vec![0.3; examples.len()]);
            residuals.and_then(|r| r.correction(&database, table, Objective::YesNo, asker(asked)))
        };
        let known: Vec<Example> = all.iter().filter(|e| e.closed_at <= begun(asked)).copied().collect();
        let turned: Vec<Example> = all.iter()
            .map(|e| Example { label: if e.closed_at <= begun(asked) { e.label } else { 1.0 - e.label }, ..*e })
            .collect();
        prop_assert_eq!(correction(&all), correction(&known));
        prop_assert_eq!(correction(&all), correction(&turned));
        let set = of_likes(&features);
        let alike = |examples: &[Example]| {
            let known = (examples, begun(1_000));
            let alike = Alike::of(&database, table, set.alike().unwrap().1, known, (0.3, Objective::YesNo));
            alike.value(&database, table, asker(asked))
        };
        prop_assert_eq!(alike(&all), alike(&known));
        prop_assert_eq!(alike(&all), alike(&turned));
    }
}

struct Silent;

impl Progress for Silent {
    fn stage(&mut self, _: &str, _: usize, _: usize) {}
    fn note(&mut self, _: String) {}
}

#[test]
fn an_evaluation_answers_each_question_as_of_its_moment_whatever_came_later() {
    let folder = tempfile::tempdir().unwrap();
    let desk = folder.path().join("desk");
    Command::new(env!("CARGO_BIN_EXE_bellwether"))
        .args(["sample", desk.to_str().unwrap(), "--tickets", "900", "--seed", "8"])
        .assert()
        .success();
    let database = read_folder(&desk).unwrap().database;
    let query = "PREDICT BOOL(tickets.escalated_to_eng, 0, 48, hours) FOR EACH tickets.ticket_id";
    let task = bind(query, &database.schema).map_err(|_| "bound").unwrap();
    let at = |text: &str| Timestamp::parse(text).unwrap();
    let judged = |database: &Database| {
        let options = TrainOptions {
            threads: 2,
            ..TrainOptions::default()
        };
        evaluate(database, &task, at("2025-09-01T00:00:00Z"), &options, &mut Silent).unwrap()
    };
    let end = at("2025-11-15T00:00:00Z");
    let (whole, short) = (judged(&database), judged(&database.upto(end)));
    let relational = whole.evaluation.approaches.last().unwrap();
    assert!(
        relational.note.ends_with("corrected by answers known since the cut"),
        "{}",
        relational.note
    );
    let mut compared = 0;
    for (example, answer) in short.test.iter().zip(&short.answers) {
        let same = whole.test.iter().position(|e| e.asker == example.asker).unwrap();
        assert!((whole.answers[same] - answer).abs() < 1e-9, "{:?}", example.asker);
        compared += 1;
    }
    assert!(compared > 80, "{compared}");
}
