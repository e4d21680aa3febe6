//! A file written whole or not at all.

use std::io::Write;
use std::path::Path;

use super::Failure;

/// Writes a file beside its place, then moves it there: a broken run leaves an older one as it was.
///
/// # Errors
/// When the folder does not exist or the disk refuses.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let parent = path
        .parent()
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let refused = |e: &std::io::Error| Failure::file("write", path, e);
    let mut fresh = tempfile::Builder::new()
        .prefix(".bellwether-")
        .tempfile_in(parent)
        .map_err(|e| refused(&e))?;
    fresh.write_all(bytes).map_err(|e| refused(&e))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let readable = std::fs::Permissions::from_mode(0o644);
        fresh.as_file().set_permissions(readable).map_err(|e| refused(&e))?;
    }
    fresh.persist(path).map_err(|e| refused(&e.error))?;
    Ok(())
}

/// Refuses a place that no file can be written to, before any work is done.
///
/// # Errors
/// A line that says so.
pub fn check_target(path: &Path) -> Result<(), Failure> {
    let parent = path
        .parent()
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    if path.is_dir() {
        return Err(Failure::work(format!("{} is a folder; name a file", path.display())));
    }
    if !parent.is_dir() {
        return Err(Failure::work(format!(
            "cannot write {}: there is no folder {}",
            path.display(),
            parent.display()
        )));
    }
    Ok(())
}
