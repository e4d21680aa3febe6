//! `bellwether refresh`.

use std::path::PathBuf;

use clap::Args;

use super::arguments::moment;
use super::{Failure, bundle_files, folder};
use crate::bundle::BundleFiles;
use crate::data::Timestamp;
use crate::learn::example::Examples;
use crate::route::Skills;

/// Bring a bundle's tables up to date; the model stays as it is.
#[derive(Debug, Args)]
pub struct RefreshArgs {
    /// The bundle's folder
    bundle: PathBuf,
    /// The folder of tables
    #[arg(long, value_name = "DATA")]
    data: PathBuf,
    /// Read nothing later than this [default: the latest time in the tables]
    #[arg(long, value_name = "T", value_parser = moment)]
    until: Option<Timestamp>,
}

/// Runs it.
///
/// # Errors
/// What is wrong with the bundle or the tables; the bundle is then as it was.
pub fn run(args: &RefreshArgs) -> Result<(), Failure> {
    let scorer = bundle_files::open(&args.bundle)?;
    let reading = folder::read_folder_as(&args.data, &scorer.bundle().opened.database.schema)?;
    let until = args
        .until
        .or_else(|| reading.database.latest())
        .unwrap_or(scorer.bundle().opened.built_at);
    let database = reading.database.upto(until);
    let history = Examples::gather(&database, scorer.task(), until, &[])?.history;
    let skills = Skills::found(&database, scorer.task().entity, &history, until);
    let bundle = BundleFiles::pack(
        &database,
        scorer.task(),
        &scorer.bundle().model,
        &history,
        until,
        skills,
    )?;
    bundle_files::write(&args.bundle, &bundle)?;
    println!(
        "wrote {}: tables as of {until}, {} KB; the model is the same",
        args.bundle.display(),
        bundle.tables.len() / 1024
    );
    Ok(())
}
