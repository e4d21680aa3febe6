//! What the native scorer says of a queue, to hold against what a browser says of it.
//!
//!     cargo run --release --example parity -- BUNDLE TICKETS.json AT
//!
//! `TICKETS.json` is a list of rows of the entity's table, `AT` an RFC 3339 time. Prints one JSON object: a probability, the
//! contributions and the agents for each row, and the queue routed at once.

use std::error::Error;
use std::fs::read;
use std::path::Path;

use bellwether::data::Timestamp;
use bellwether::score::{RouteOptions, Scorer};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [bundle, tickets, at] = arguments.as_slice() else {
        return Err("usage: parity BUNDLE TICKETS.json AT".into());
    };
    let folder = Path::new(bundle);
    let manifest = String::from_utf8(read(folder.join("manifest.json"))?)?;
    let files: Value = serde_json::from_str(&manifest)?;
    let file = |name: &str| {
        let path = files["files"][name]["path"].as_str().unwrap_or_default();
        read(folder.join(path))
    };
    let mut scorer = Scorer::open(&manifest, &file("model")?, &file("tables")?)?;
    let at = Timestamp::parse(at).ok_or("AT is no time")?;
    let tickets = String::from_utf8(read(tickets)?)?;
    let probabilities = scorer.score(&tickets, at)?;
    let rows: Vec<Value> = serde_json::from_str(&tickets)?;
    let mut contributions = Vec::with_capacity(rows.len());
    for row in &rows {
        let card = scorer.card(&row.to_string(), at)?;
        contributions.push(card.contributions.iter().map(|c| c.contribution).collect::<Vec<_>>());
    }
    let routed = scorer.route(&tickets, &RouteOptions::default(), at)?;
    let probabilities: Vec<Option<f64>> = probabilities.into_iter().map(|p| p.is_finite().then_some(p)).collect();
    println!(
        "{}",
        json!({ "probabilities": probabilities, "contributions": contributions, "routed": routed })
    );
    Ok(())
}
