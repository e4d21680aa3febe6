//! Data folders on disk: which files are tables, read into memory one by one.

use std::fs;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::data::Schema;
use crate::data::read::{ReadError, Reading, SourceFile, read, read_as};

/// Why a folder could not be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FolderError {
    /// There is no such folder.
    #[error("{} is not a folder; name the folder that holds your tables as CSV files", .0.display())]
    Missing(PathBuf),
    /// Nothing in it is a table.
    #[error("{} holds no .csv file; put one CSV file per table there{}", .0.display(), .1)]
    NoTables(PathBuf, &'static str),
    /// The disk refused.
    #[error("cannot read {}: {}", .0.display(), .1)]
    Disk(PathBuf, std::io::Error),
    /// A file is no table, or the schema file is wrong.
    #[error("{}: {}", .0.display(), .1)]
    Read(PathBuf, ReadError),
}

/// Reads a folder's tables, as its `schema.toml` says and inferring the rest.
///
/// # Errors
/// When the folder or a file in it cannot be read as tables.
pub fn read_folder(folder: &Path) -> Result<Reading, FolderError> {
    let files = files(folder)?;
    let at = folder.join("schema.toml");
    let stated = if at.is_file() { Some(fs::read_to_string(&at).map_err(|e| FolderError::Disk(at, e))?) } else { None };
    read(files, stated.as_deref()).map_err(|e| FolderError::Read(folder.to_owned(), e))
}

/// Reads a folder's tables as exactly the tables and columns of `schema`.
///
/// # Errors
/// When the folder or a file in it cannot be read as tables.
pub fn read_folder_as(folder: &Path, schema: &Schema) -> Result<Reading, FolderError> {
    read_as(files(folder)?, schema).map_err(|e| FolderError::Read(folder.to_owned(), e))
}

fn files(folder: &Path) -> Result<Vec<SourceFile>, FolderError> {
    if !folder.is_dir() {
        return Err(FolderError::Missing(folder.to_owned()));
    }
    let disk = |e| FolderError::Disk(folder.to_owned(), e);
    let mut found = Vec::new();
    let mut parquet = false;
    for entry in fs::read_dir(folder).map_err(disk)? {
        let path = entry.map_err(disk)?.path();
        let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase());
        match extension.as_deref() {
            Some("csv") if path.is_file() => found.push(path),
            Some("parquet") => {
                parquet = true;
                eprintln!("note: {} is not read: Parquet is not supported yet; save it as CSV", path.display());
            }
            _ => {}
        }
    }
    if found.is_empty() {
        let hint = if parquet { " (Parquet is not read yet)" } else { "" };
        return Err(FolderError::NoTables(folder.to_owned(), hint));
    }
    found.sort();
    found
        .into_iter()
        .map(|path| {
            let bytes = fs::read(&path).map_err(|e| FolderError::Disk(path.clone(), e))?;
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            Ok(SourceFile { name, bytes })
        })
        .collect()
}
