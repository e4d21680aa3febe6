//! Writes the feature table of a bundle's question over a folder of tables, with each example's answer and the bundle's own
//! probability, so that other learners can be compared on the same columns:
//! `cargo run --release --example export -- BUNDLE DATA FEATURES.csv`.

use std::error::Error;
use std::path::Path;

use bellwether::cli::{bundle_files, folder};
use bellwether::learn::example::{Examples, feature_rows};
use bellwether::relate::Asker;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [bundle, data, out] = arguments.as_slice() else {
        return Err("usage: export BUNDLE DATA FEATURES.csv".into());
    };
    let scorer = bundle_files::open(Path::new(bundle)).map_err(|e| e.to_string())?;
    let reading = folder::read_folder_as(Path::new(data), &scorer.bundle().opened.database.schema)?;
    let scorer = scorer.over_history(reading.database)?;
    let (opened, entity) = (&scorer.bundle().opened, scorer.task().entity);
    let model = &scorer.bundle().model;
    let examples = Examples::gather(&opened.database, scorer.task(), opened.built_at, &model.ages)?;
    let examples = examples.settled_by(opened.built_at);
    let askers: Vec<Asker> = examples.iter().map(|e| e.asker).collect();
    let probabilities = scorer.answers(&askers, &mut |_, _| {})?;
    let mut rows = feature_rows(&opened.database, &opened.relations, &askers);
    let mut writer = csv::Writer::from_path(out)?;
    let places = 0..model.features.features.len();
    let names = places.map(|f| {
        model
            .features
            .name(&opened.database.schema, entity, f)
            .replace([',', '[', ']', '='], " ")
    });
    let given = ["entity", "anchor", "closed_at", "label", "probability"].map(str::to_owned);
    writer.write_record(given.into_iter().chain(names))?;
    for ((example, row), probability) in examples.iter().zip(&mut rows).zip(probabilities) {
        model.fill_learnt(&opened.database, entity, example.asker, row);
        let key = opened
            .database
            .key_text(entity, example.asker.row)
            .unwrap_or_default()
            .to_owned();
        let given = [
            key,
            example.asker.anchor.to_string(),
            example.closed_at.to_string(),
            example.label.to_string(),
            probability.to_string(),
        ];
        let cells = row
            .iter()
            .map(|x| if x.is_nan() { String::new() } else { x.to_string() });
        writer.write_record(given.into_iter().chain(cells))?;
    }
    writer.flush()?;
    Ok(())
}
