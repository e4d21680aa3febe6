//! `bellwether sample DIR`: writes the synthetic helpdesk into a folder, whole or not at all.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anstream::println;
use clap::Args;
use indicatif::ProgressBar;

use crate::sample::{SampleFile, SampleOptions, generate};

/// Write a believable SaaS helpdesk, with its true probabilities in truth.csv. All of it is made up.
#[derive(Clone, Debug, Args)]
pub struct SampleArgs {
    /// The folder to write; it must not exist or be empty
    pub dir: PathBuf,
    /// Tickets in the year; accounts, users and events follow
    #[arg(long, value_name = "N", default_value_t = 60_000, value_parser = clap::value_parser!(u32).range(1..=5_000_000))]
    pub tickets: u32,
    /// The same seed writes the same bytes
    #[arg(long, value_name = "S", default_value_t = 7)]
    pub seed: u64,
}

/// Why no sample was written.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// The folder holds something.
    #[error("{} is not empty; name a new folder or remove it first", .0.display())]
    NotEmpty(PathBuf),
    /// The path is something else.
    #[error("{} is not a folder; name a new folder", .0.display())]
    NotAFolder(PathBuf),
    /// The disk refused.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Generates and writes the sample; the folder appears only once it is complete.
///
/// # Errors
/// When the folder holds something already, or cannot be written.
pub fn run(args: &SampleArgs) -> Result<(), SampleError> {
    let dir = vacant(&args.dir)?;
    let bar = ProgressBar::new_spinner().with_message(format!("simulating a year of {} tickets", args.tickets));
    bar.enable_steady_tick(Duration::from_millis(100));
    let sample = generate(&SampleOptions {
        tickets: args.tickets as usize,
        seed: args.seed,
    });
    bar.set_message("writing");
    write_whole(&dir, &sample.files).map_err(|source| SampleError::Write {
        path: args.dir.clone(),
        source,
    })?;
    bar.finish_and_clear();
    let bytes: usize = sample.files.iter().map(|f| f.bytes.len()).sum();
    println!(
        "wrote {}: {} synthetic tickets and {} product events in {} files, {:.1} MB (seed {})",
        args.dir.display(),
        args.tickets,
        sample.events,
        sample.files.len(),
        bytes as f64 / 1e6,
        args.seed,
    );
    Ok(())
}

/// The folder's real place, when nothing is in it.
fn vacant(dir: &Path) -> Result<PathBuf, SampleError> {
    let entries = match fs::read_dir(dir) {
        Ok(mut entries) => entries.next(),
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(dir.to_path_buf()),
        Err(e) if e.kind() == io::ErrorKind::NotADirectory => return Err(SampleError::NotAFolder(dir.to_path_buf())),
        Err(source) => {
            return Err(SampleError::Write {
                path: dir.to_path_buf(),
                source,
            });
        }
    };
    if entries.is_some() {
        return Err(SampleError::NotEmpty(dir.to_path_buf()));
    }
    dir.canonicalize().map_err(|source| SampleError::Write {
        path: dir.to_path_buf(),
        source,
    })
}

/// Writes into a temporary sibling, then renames: a broken run leaves nothing behind.
fn write_whole(dir: &Path, files: &[SampleFile]) -> io::Result<()> {
    let parent = dir
        .parent()
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    fs::create_dir_all(parent)?;
    let sibling = tempfile::Builder::new()
        .prefix(".bellwether-sample-")
        .tempdir_in(parent)?;
    let whole = sibling.path().join("sample");
    fs::create_dir(&whole)?;
    for file in files {
        fs::write(whole.join(file.name), &file.bytes)?;
    }
    if dir.exists() {
        fs::remove_dir(dir)?;
    }
    fs::rename(&whole, dir)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(dir: PathBuf) -> SampleArgs {
        SampleArgs {
            dir,
            tickets: 40,
            seed: 1,
        }
    }

    #[test]
    fn a_folder_that_holds_something_is_left_as_it_is() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("mine.txt"), "mine").unwrap();
        let refusal = run(&args(place.path().to_path_buf())).unwrap_err();
        assert!(matches!(refusal, SampleError::NotEmpty(_)));
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1);
        let refusal = run(&args(place.path().join("mine.txt"))).unwrap_err();
        assert!(matches!(refusal, SampleError::NotAFolder(_)));
    }

    #[test]
    fn the_folder_appears_whole_and_nothing_beside_it() {
        let place = tempfile::tempdir().unwrap();
        let new = place.path().join("new");
        let empty = place.path().join("empty");
        fs::create_dir(&empty).unwrap();
        for dir in [&new, &empty] {
            run(&args(dir.clone())).unwrap();
            assert_eq!(fs::read_dir(dir).unwrap().count(), 10);
        }
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 2);
    }
}
