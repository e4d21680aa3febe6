//! How many of the sample's true probabilities lie within the intervals that a bundle gives:
//! `cargo run --release --example coverage -- BUNDLE SAMPLE FROM` counts the question's tickets created from FROM on.

use std::collections::HashMap;
use std::error::Error;
use std::path::Path;

use bellwether::cli::{bundle_files, folder};
use bellwether::data::Timestamp;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [bundle, sample, from] = arguments.as_slice() else {
        return Err("usage: coverage BUNDLE SAMPLE FROM".into());
    };
    let from = Timestamp::parse(from).ok_or("FROM is no time")?;
    let mut truth: HashMap<String, f64> = HashMap::new();
    for line in csv::Reader::from_path(Path::new(sample).join("truth.csv"))?.records() {
        let line = line?;
        truth.insert(line[0].to_owned(), line[1].parse()?);
    }
    let scorer = bundle_files::open(Path::new(bundle)).map_err(|e| e.to_string())?;
    let reading = folder::read_folder_as(Path::new(sample), &scorer.bundle().opened.database.schema)?;
    let scorer = scorer.over_history(reading.database)?;
    let latest = scorer.bundle().opened.built_at;
    let entity = scorer.task().entity;
    let (mut inside, mut below, mut total, mut width) = (0u32, 0u32, 0u32, 0.0);
    let mut wanted: Vec<f64> = Vec::new();
    let (mut little, mut little_inside) = (0u32, 0u32);
    let mut by_width: Vec<(f64, bool)> = Vec::new();
    for row in scorer.population(latest)?.into_iter().step_by(5) {
        let database = &scorer.bundle().opened.database;
        let Some(at) = database.row_time(entity, row).filter(|at| *at >= from) else {
            continue;
        };
        let key = database.key_text(entity, row).unwrap_or_default().to_owned();
        let card = scorer.card_of_row(row, at)?;
        let (Some(certainty), Some(p)) = (card.certainty, truth.get(&key)) else {
            continue;
        };
        let holds = (certainty.low..=certainty.high).contains(p);
        total += 1;
        inside += u32::from(holds);
        below += u32::from(*p < certainty.low);
        width += certainty.high - certainty.low;
        let log_odds = |p: f64| (p / (1.0 - p)).ln();
        let half = (log_odds(certainty.high) - log_odds(certainty.low)) / 2.0;
        wanted.push((log_odds(p.clamp(1e-6, 1.0 - 1e-6)) - log_odds(certainty.low) - half).abs() / half);
        by_width.push((certainty.high - certainty.low, holds));
        if !certainty.enough {
            little += 1;
            little_inside += u32::from(holds);
        }
    }
    let n = f64::from(total.max(1));
    println!(
        "{total} tickets; {:.1} % of true probabilities inside, {:.1} % below, mean width {:.3}",
        100.0 * f64::from(inside) / n,
        100.0 * f64::from(below) / n,
        width / n
    );
    wanted.sort_by(f64::total_cmp);
    println!(
        "intervals {:.2} times as wide would hold 90 %",
        wanted[wanted.len() * 9 / 10]
    );
    println!("not enough history: {little}, inside {little_inside}");
    by_width.sort_by(|a, b| a.0.total_cmp(&b.0));
    for part in by_width.chunks(by_width.len().div_ceil(5).max(1)) {
        let held = part.iter().filter(|(_, holds)| *holds).count();
        println!(
            "  width {:.3} to {:.3}: {:.1} % inside",
            part[0].0,
            part[part.len() - 1].0,
            100.0 * held as f64 / part.len() as f64
        );
    }
    Ok(())
}
