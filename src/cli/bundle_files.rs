//! Bundles on disk: read whole, written whole or not at all.

use std::fs;
use std::io;
use std::path::Path;

use super::Failure;
use crate::bundle::{BundleFiles, Manifest};
use crate::score::Scorer;

/// Opens the bundle in a folder.
///
/// # Errors
/// When a file is missing or unusable.
pub fn open(folder: &Path) -> Result<Scorer, Failure> {
    let at = folder.join("manifest.json");
    let manifest = fs::read_to_string(&at).map_err(|e| match e.kind() {
        io::ErrorKind::NotFound => Failure::work(format!(
            "{} is not a bundle: it has no manifest.json; make one with bellwether train",
            folder.display()
        )),
        _ => Failure::file("read", &at, &e),
    })?;
    let files = Manifest::parse(&manifest)
        .map_err(|e| Failure::work(format!("{}: {e}", folder.display())))?
        .files;
    let read = |name: &str| fs::read(folder.join(name)).map_err(|e| Failure::file("read", &folder.join(name), &e));
    let (model, tables) = (read(&files.model.path)?, read(&files.tables.path)?);
    Scorer::open(&manifest, &model, &tables).map_err(|e| Failure::work(format!("{}: {e}", folder.display())))
}

/// Writes a bundle into a new folder, or in place of an older bundle.
///
/// # Errors
/// When the folder holds something else, or the disk refuses; the older bundle is then as it was.
pub fn write(folder: &Path, bundle: &BundleFiles) -> Result<(), Failure> {
    check_target(folder)?;
    let parent = match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let refused = |e: &io::Error| Failure::file("write", folder, e);
    fs::create_dir_all(parent).map_err(|e| refused(&e))?;
    let fresh = tempfile::Builder::new()
        .prefix(".bellwether-")
        .tempdir_in(parent)
        .map_err(|e| refused(&e))?;
    let manifest = bundle.manifest.to_json()?;
    let files = &bundle.manifest.files;
    let directory = files
        .directory
        .as_ref()
        .map(|file| (file.path.as_str(), bundle.directory.as_slice()));
    for (name, bytes) in [
        (files.model.path.as_str(), bundle.model.as_slice()),
        (&files.tables.path, &bundle.tables),
        ("manifest.json", manifest.as_bytes()),
    ]
    .into_iter()
    .chain(directory)
    {
        fs::write(fresh.path().join(name), bytes).map_err(|e| refused(&e))?;
    }
    set_readable(fresh.path()).map_err(|e| refused(&e))?;
    let older = tempfile::Builder::new()
        .prefix(".bellwether-")
        .tempdir_in(parent)
        .map_err(|e| refused(&e))?;
    if folder.exists() {
        fs::rename(folder, older.path().join("bundle")).map_err(|e| refused(&e))?;
    }
    fs::rename(fresh.path(), folder).map_err(|e| {
        let _ = fs::rename(older.path().join("bundle"), folder);
        refused(&e)
    })?;
    let _ = fresh.keep();
    Ok(())
}

/// Refuses a folder that is neither new, empty, nor a bundle, before any work is done.
///
/// # Errors
/// A line that says so.
pub fn check_target(folder: &Path) -> Result<(), Failure> {
    let Ok(mut entries) = fs::read_dir(folder) else {
        return if folder.exists() {
            Err(Failure::work(format!(
                "{} is a file; name a folder for the bundle",
                folder.display()
            )))
        } else {
            Ok(())
        };
    };
    if entries.next().is_none() || folder.join("manifest.json").is_file() {
        Ok(())
    } else {
        Err(Failure::work(format!(
            "{} holds something that is no bundle; name a new folder",
            folder.display()
        )))
    }
}

/// Temporary folders are private; a bundle is served, so others may read it.
fn set_readable(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?;
    }
    let _ = folder;
    Ok(())
}
