//! Writes a small file so that nobody finds half of it.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

/// Replaces a file by one of these bytes. After a crash there are the old bytes or the new ones.
///
/// Of a link the target is replaced. What is no file, such as a terminal, is written to.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if !path.exists() {
        return through_draft(path, bytes);
    }
    let target = path.canonicalize()?;
    if target.is_file() {
        through_draft(&target, bytes)
    } else {
        fs::write(target, bytes)
    }
}

fn through_draft(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let draft = path.with_file_name(name);
    let replaced = write(&draft, bytes).and_then(|()| fs::rename(&draft, path));
    if replaced.is_err() {
        // On a full disk a half file takes room from whoever makes some.
        let _gone = fs::remove_file(&draft);
    }
    replaced?;
    sync_folder(path)
}

/// Where a folder can be synced: elsewhere the system does it by itself.
fn sync_folder(path: &Path) -> io::Result<()> {
    let path = path.canonicalize()?;
    match path.parent().filter(|_| cfg!(unix)) {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

fn write(draft: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(draft)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// Whoever reads the old file still has all of it: a second name of it keeps its bytes.
    #[test]
    fn a_file_is_replaced_whole_and_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        replace(&at("evidence"), b"old").unwrap();
        fs::hard_link(at("evidence"), at("kept")).unwrap();
        replace(&at("evidence"), b"new").unwrap();
        assert_eq!(fs::read(at("evidence")).unwrap(), b"new");
        assert_eq!(fs::read(at("kept")).unwrap(), b"old");
        assert_eq!(names(folder.path()), ["evidence", "kept"]);
    }

    #[test]
    fn what_cannot_be_replaced_is_left_as_it_was_and_no_draft_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("evidence")).unwrap();
        replace(&folder.path().join("evidence"), b"new").unwrap_err();
        replace(&folder.path().join("nowhere/evidence"), b"new").unwrap_err();
        assert_eq!(names(folder.path()), ["evidence"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_and_its_target_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("target"), b"old").unwrap();
        std::os::unix::fs::symlink(at("target"), at("link")).unwrap();
        replace(&at("link"), b"new").unwrap();
        assert!(at("link").is_symlink());
        assert_eq!(fs::read(at("target")).unwrap(), b"new");
        assert_eq!(names(folder.path()), ["link", "target"]);
    }
}
