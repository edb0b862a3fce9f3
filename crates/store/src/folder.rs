//! The engine's folders inside the store's: one at a time is in use, numbered by generation.

use std::fs;
use std::path::{Path, PathBuf};

use crate::StoreError;
use crate::error::Action;
use crate::frame::Marker;

const PREFIX: &str = "entries-";

/// The folder of one generation.
///
/// Its name carries the marker of the frames, so that they can be found without the head.
pub(crate) fn path(dir: &Path, generation: u64, marker: Marker) -> PathBuf {
    dir.join(format!("{PREFIX}{generation}-{:016x}", u64::from_be_bytes(marker.0)))
}

/// Whether something is there. That it cannot be looked at is not that it is missing.
pub(crate) fn exists(path: &Path) -> Result<bool, StoreError> {
    path.try_exists().map_err(StoreError::io(Action::Opened, path))
}

/// Every folder of the engine with the marker that its name says, the newest generation first.
pub(crate) fn all(dir: &Path) -> Result<Vec<(PathBuf, Marker)>, StoreError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).map_err(StoreError::io(Action::Listed, dir))? {
        let path = entry.map_err(StoreError::io(Action::Listed, dir))?.path();
        if let Some((generation, marker)) = parse(&path) {
            found.push((generation, path, marker));
        }
    }
    found.sort_by_key(|(generation, ..)| std::cmp::Reverse(*generation));
    Ok(found.into_iter().map(|(_, path, marker)| (path, marker)).collect())
}

fn parse(path: &Path) -> Option<(u64, Marker)> {
    let name = path.file_name()?.to_str()?.strip_prefix(PREFIX)?;
    let (generation, marker) = name.split_once('-')?;
    let marker = u64::from_str_radix(marker, 16).ok()?;
    Some((generation.parse().ok()?, Marker(marker.to_be_bytes())))
}

/// Every file in a folder and the folders in it, in order of path.
pub(crate) fn files(dir: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).map_err(StoreError::io(Action::Listed, dir))? {
        let entry = entry.map_err(StoreError::io(Action::Listed, dir))?;
        let path = entry.path();
        if entry
            .file_type()
            .map_err(StoreError::io(Action::Listed, &path))?
            .is_dir()
        {
            files.extend(self::files(&path)?);
        } else {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Removes every folder of the engine but `keep`.
pub(crate) fn remove_others(dir: &Path, keep: &Path) -> Result<(), StoreError> {
    for (path, _) in all(dir)? {
        if path != keep {
            fs::remove_dir_all(&path).map_err(StoreError::io(Action::Removed, &path))?;
        }
    }
    Ok(())
}
