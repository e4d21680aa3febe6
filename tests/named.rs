//! Things that have no time of their own, and rows that name both them and something else: what is known of that something
//! counts (the club that a player last played for), and so does how much they did for each of what they had.

#[path = "common/draws.rs"]
mod draws;

use std::fmt::Write;
use std::path::Path;

use assert_cmd::Command;
use draws::Draws;
use serde_json::Value;

const PLAYERS: usize = 120;
const CLUBS: usize = 30;
const MONTHS: usize = 40;
/// Those that are learnt from.
const LEARNT: usize = 36;

/// A day of a month of four weeks.
fn date(month: usize, day: usize) -> String {
    let first: jiff::civil::Date = "2020-01-01".parse().unwrap();
    let ahead = i64::try_from(28 * month + day).unwrap();
    first.checked_add(jiff::Span::new().days(ahead)).unwrap().to_string()
}

/// Clubs train hard or not, from month to month; each player changes clubs all the time, and is injured in the month after
/// the more often, the harder the latest club trains (`trainings`, which name no player). Who is sloppy, losing many of the
/// balls he has whether he has many or few, is sent off in the month after.
fn write(folder: &Path) {
    let mut draws = Draws::new(7);
    let (mut players, mut clubs) = ("player_id,foot\n".to_owned(), "club_id,country\n".to_owned());
    let mut stints = "stint_id,player_id,club_id,balls,passes,lost,date\n".to_owned();
    let mut trainings = "training_id,club_id,hours,date\n".to_owned();
    let mut injuries = "injury_id,player_id,date\n".to_owned();
    let mut dismissals = "dismissal_id,player_id,date\n".to_owned();
    (0..PLAYERS).for_each(|p| writeln!(players, "P{p},{}", ["left", "right"][p % 2]).unwrap());
    (0..CLUBS).for_each(|c| writeln!(clubs, "C{c},N{}", c % 3).unwrap());
    for month in 0..MONTHS {
        let day = |d: usize| date(month, d);
        let hard: Vec<f64> = (0..CLUBS).map(|_| draws.next()).collect();
        for (club, hard) in hard.iter().enumerate() {
            writeln!(trainings, "T{month}-{club},C{club},{:.1},{}", 2.0 + 8.0 * hard, day(9)).unwrap();
        }
        for player in 0..PLAYERS {
            let club = (draws.next() * CLUBS as f64) as usize;
            let balls = 5 + (draws.next() * 200.0) as usize;
            let sloppy = draws.next();
            let lost = (balls as f64 * 0.4 * sloppy) as usize;
            // Of the rest some are shots, so that passes do not say over again how many are lost.
            let shots = (balls - lost) * ((7 * month + 13 * player) % 10) / 20;
            let place = format!("{month}-{player}");
            writeln!(
                stints,
                "S{place},P{player},C{club},{balls},{},{lost},{}",
                balls - lost - shots,
                day(8)
            )
            .unwrap();
            if draws.next() < 0.8 * hard[club] * hard[club] {
                writeln!(injuries, "I{place},P{player},{}", day(20)).unwrap();
            }
            if draws.next() < 0.8 * sloppy * sloppy {
                writeln!(dismissals, "D{place},P{player},{}", day(21)).unwrap();
            }
        }
    }
    for (name, text) in [
        ("players", players),
        ("clubs", clubs),
        ("stints", stints),
        ("trainings", trainings),
        ("injuries", injuries),
        ("dismissals", dismissals),
    ] {
        std::fs::write(folder.join(format!("{name}.csv")), text).unwrap();
    }
}

fn out(args: &[&str]) -> String {
    let done = Command::new(env!("CARGO_BIN_EXE_bellwether"))
        .args(args)
        .assert()
        .success();
    String::from_utf8(done.get_output().stdout.clone()).unwrap()
}

/// How well the answers rank what came of it, and what is said of the first.
fn asked(what: &str, day: usize) -> (f64, Value) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    write(&data);
    let (data, bundle) = (data.to_str().unwrap(), folder.path().join("bundle"));
    let bundle = bundle.to_str().unwrap();
    let query = format!("PREDICT COUNT({what}.*, 0, 28, days) > 0 FOR EACH players.player_id");
    let moment = |month: usize| format!("{}T00:00:00Z", date(month, 10));
    out(&[
        "train",
        data,
        "--query",
        &query,
        "--until",
        &moment(LEARNT),
        "--out",
        bundle,
    ]);
    let (mut yes, mut no) = (Vec::new(), Vec::new());
    for month in LEARNT..MONTHS {
        let at = moment(month);
        let fell = std::fs::read_to_string(folder.path().join(format!("data/{what}.csv"))).unwrap();
        let listed = out(&["predict", bundle, "--data", data, "--at", &at]);
        for line in listed.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            let came = fell
                .lines()
                .any(|l| l.ends_with(&format!(",{},{}", cells[0], date(month, day))));
            (if came { &mut yes } else { &mut no }).push(cells[2].parse::<f64>().unwrap());
        }
    }
    assert!(yes.len() > 50 && no.len() > 50, "{} {}", yes.len(), no.len());
    let above = |y: &f64| {
        no.iter()
            .map(|n| {
                if y > n {
                    1.0
                } else if y < n {
                    0.0
                } else {
                    0.5
                }
            })
            .sum::<f64>()
    };
    let auc = yes.iter().map(above).sum::<f64>() / (yes.len() * no.len()) as f64;
    let at = moment(MONTHS - 1);
    let told = out(&[
        "explain", bundle, "--data", data, "--entity", "P0", "--at", &at, "--format", "json",
    ]);
    (auc, serde_json::from_str(&told).unwrap())
}

/// The feature that weighs most, and what is said of it.
fn foremost(told: &Value) -> (String, String) {
    let weight = |c: &&Value| c["contribution"].as_f64().unwrap().abs();
    let contributions = told["contributions"].as_array().unwrap();
    let first = contributions
        .iter()
        .max_by(|a, b| weight(a).total_cmp(&weight(b)))
        .unwrap();
    let said = told["reasons"][0]["text"].as_str().unwrap();
    (first["feature"].as_str().unwrap().to_owned(), said.to_owned())
}

#[test]
fn what_the_latest_club_does_is_learnt_from_and_said() {
    let (auc, told) = asked("injuries", 20);
    let (feature, said) = foremost(&told);
    assert!(auc > 0.75, "{auc}");
    assert!(
        feature.contains(" of trainings.hours by latest stints.club_id, "),
        "{feature}"
    );
    assert!(said.to_lowercase().contains("club"), "{said}");
}

#[test]
fn how_much_of_what_there_was_is_learnt_from_and_said() {
    let (auc, told) = asked("dismissals", 21);
    let (feature, said) = foremost(&told);
    assert!(auc > 0.75, "{auc}");
    assert!(feature.starts_with("stints.lost by player_id per stints."), "{feature}");
    assert!(said.contains("per"), "{said}");
}
