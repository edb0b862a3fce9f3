//! How much room a disk has.

use std::io::{self, ErrorKind};
use std::path::Path;

/// What a file system has left for those who are not its superuser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// How many bytes.
    pub bytes: u64,
    /// How many further files, where it counts them.
    pub files: Option<u64>,
}

/// Asks how much room there is where `path` lies, or would lie.
///
/// # Errors
///
/// What the system says, where nothing above the path can be asked.
pub fn room(path: &Path) -> io::Result<Room> {
    let mut at = path;
    loop {
        match rustix::fs::statvfs(at) {
            Ok(found) => {
                return Ok(Room {
                    bytes: found.f_bavail.saturating_mul(found.f_frsize),
                    // Some file systems make room for a file when it comes, and count none.
                    files: (found.f_files > 0).then_some(found.f_favail),
                });
            }
            Err(rustix::io::Errno::NOENT) => {}
            Err(error) => return Err(error.into()),
        }
        at = match at.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            Some(_) => Path::new("."),
            None => return Err(ErrorKind::NotFound.into()),
        };
    }
}

/// Whether the system refused a write because there is no room for it.
#[must_use]
pub fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_exist_yet_has_the_room_of_the_folder_above_it() {
        let dir = tempfile::tempdir().unwrap();
        assert!(room(&dir.path().join("not/made/yet")).unwrap().bytes > 0);
        assert!(room(Path::new("not-made-yet")).unwrap().bytes > 0);
    }
}
