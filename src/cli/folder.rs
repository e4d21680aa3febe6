//! A data folder on disk: its files' bytes for [`crate::data::read`], its `schema.toml`, and what went wrong with which path.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::data::{ReadError, Reading, Schema, SourceFile, read, read_as};

/// The name of the file that states what would otherwise be inferred.
pub const SCHEMA_FILE: &str = "schema.toml";

/// Endings of files that hold tables, or would if they could be read.
const TABLE_ENDINGS: [&str; 5] = [".csv", ".parquet", ".tsv", ".csv.gz", ".xlsx"];

/// Why a folder was not read. One line, naming the path and the remedy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FolderError {
    /// Nothing is at the path.
    #[error("{}: there is no such folder; name the folder that holds your tables as .csv files", .0.display())]
    Missing(PathBuf),
    /// The path is a file.
    #[error("{}: this is a file; name the folder it is in", .0.display())]
    NotAFolder(PathBuf),
    /// The system refused.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// What could not be read.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The files are no database.
    #[error("{}: {source}", path.display())]
    Tables {
        /// The folder.
        path: PathBuf,
        /// What is wrong.
        source: ReadError,
    },
}

/// Reads the tables of a folder, as its `schema.toml` states and else as inferred.
///
/// # Errors
/// [`FolderError`] when the folder or a file in it cannot be read, or a file cannot be a table.
pub fn read_folder(path: &Path) -> Result<Reading, FolderError> {
    let files = files(path)?;
    let stated = stated(&path.join(SCHEMA_FILE))?;
    read(files, stated.as_deref()).map_err(|source| FolderError::Tables {
        path: path.to_owned(),
        source,
    })
}

/// Reads the tables of a folder as a schema that is already settled has them; see [`read_as`].
///
/// # Errors
/// As [`read_folder`].
pub fn read_folder_as(path: &Path, schema: &Schema) -> Result<Reading, FolderError> {
    read_as(files(path)?, schema).map_err(|source| FolderError::Tables {
        path: path.to_owned(),
        source,
    })
}

/// The files that look like tables, in order of name; the contents of those that are no CSV are left unread.
fn files(folder: &Path) -> Result<Vec<SourceFile>, FolderError> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |source| FolderError::Unreadable { path, source }
    };
    match fs::metadata(folder) {
        Ok(found) if found.is_dir() => {}
        Ok(_) => return Err(FolderError::NotAFolder(folder.to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(FolderError::Missing(folder.to_owned())),
        Err(error) => return Err(unreadable(folder)(error)),
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable(folder))? {
        let path = entry.map_err(unreadable(folder))?.path();
        let name = path
            .file_name()
            .map(|n| n.to_string_lossy().into_owned())
            .unwrap_or_default();
        let lower = name.to_lowercase();
        if name.starts_with('.') || !path.is_file() || !TABLE_ENDINGS.iter().any(|e| lower.ends_with(e)) {
            continue;
        }
        let bytes = if lower.ends_with(".csv") {
            fs::read(&path).map_err(unreadable(&path))?
        } else {
            Vec::new()
        };
        files.push(SourceFile { name, bytes });
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

/// The text of the schema file, when there is one.
fn stated(path: &Path) -> Result<Option<String>, FolderError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(FolderError::Unreadable {
            path: path.to_owned(),
            source,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(files: &[(&str, &[u8])]) -> String {
        let dir = tempfile::tempdir().unwrap();
        for (name, bytes) in files {
            fs::write(dir.path().join(name), bytes).unwrap();
        }
        let error = read_folder(dir.path()).unwrap_err().to_string();
        assert_eq!(error.lines().count(), 1, "{error}");
        error.replace(&dir.path().display().to_string(), "DIR")
    }

    #[test]
    fn every_unreadable_folder_is_told_in_one_line_with_the_remedy() {
        assert!(
            read_folder(Path::new("/no/such"))
                .unwrap_err()
                .to_string()
                .starts_with("/no/such: there is no such folder")
        );
        assert!(message(&[]).starts_with("DIR: no tables: there is no .csv file"));
        assert!(message(&[("tickets.parquet", b"PAR1")]).contains("tickets.parquet: Parquet files are not read yet"));
        assert_eq!(
            message(&[("a.csv", b"")]),
            "DIR: a.csv: the file is empty; give it a header line of column names, or remove it"
        );
        assert!(message(&[("a.csv", b"x,y,x\n")]).contains("a.csv line 1: two columns are called \"x\""));
        assert!(message(&[("a.csv", b"x\n1\n\xff\n")]).contains("a.csv line 3: the text is not UTF-8"));
        assert!(message(&[("a.csv", b"x\n"), ("A.csv", b"x\n")]).contains("A.csv and a.csv are both the table"));
        assert!(
            message(&[("a.csv", b"x\n"), (SCHEMA_FILE, b"[b]\n")])
                .contains("schema.toml line 1: there is no table \"b\"")
        );
    }
}
