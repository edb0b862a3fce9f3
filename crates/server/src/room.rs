//! The room on the log's disk that is kept free for the log.
//!
//! Uploads are refused as soon as less than the reserve is free, events when less than a quarter of it is. The last
//! quarter is for what must not fail once something was taken: commitments, checkpoints, the seal.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fmt, io};

use tallylog_store::{Room, room};

use crate::limits::{Limit, bytes};
use crate::problem::Problem;

/// How many bytes of the disk are kept free for the log, unless it is said otherwise.
pub const RESERVE: u64 = 64 << 20;

/// How many times an event's bytes may come to be written before they are where they stay: the engine moves pages.
const WRITTEN: u64 = 8;

/// Says how much room there is where something lies.
pub type Probe = Arc<dyn Fn(&Path) -> io::Result<Room> + Send + Sync>;

/// How much of a disk is kept free for the log.
#[derive(Clone)]
pub struct Reserve {
    /// How many bytes; 0 looks at nothing, and goes on until a write fails.
    pub bytes: u64,
    /// Who is asked how much room there is.
    pub probe: Probe,
}

impl fmt::Debug for Reserve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reserve")
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}

impl Default for Reserve {
    fn default() -> Self {
        Self::of(RESERVE)
    }
}

/// The limits of the disk.
pub(crate) fn limits() -> Vec<Limit> {
    vec![
        Limit::new("what the disk must have left for files to be taken", bytes(RESERVE))
            .flag("--reserve")
            .code("disk-full"),
        Limit::new("what it must have left for events to be taken", bytes(RESERVE / 4))
            .flag("--reserve")
            .code("disk-full"),
    ]
}

impl Reserve {
    /// So many bytes, of what the system says.
    #[must_use]
    pub fn of(bytes: u64) -> Self {
        let probe = Arc::new(room);
        Self { bytes, probe }
    }

    /// What there is where `path` lies; `None` where nobody looks, or the system does not tell.
    pub(crate) fn room(&self, path: &Path) -> Option<Room> {
        if self.bytes == 0 {
            return None;
        }
        (self.probe)(path).ok()
    }

    /// How much must be free for events to be taken.
    const fn floor(&self) -> u64 {
        self.bytes / 4
    }

    /// Says whether a log that lies at `path` would take events.
    #[must_use]
    pub fn takes_events(&self, path: &Path) -> bool {
        self.room(path).is_none_or(|room| room.bytes >= self.floor())
    }

    /// Refuses what would be written at `path` beside the log, where there is no room for it.
    pub(crate) fn check(&self, path: &Path) -> Result<(), Problem> {
        if self.takes_events(path) {
            Ok(())
        } else {
            Err(Problem::DiskFull)
        }
    }
}

/// What of the log's disk is left for events: looked at before each group of them.
pub(crate) struct Budget {
    reserve: Reserve,
    dir: PathBuf,
    /// How many bytes; `None` where nobody counts.
    left: Option<u64>,
    /// Whether the last look found it full, so that this is said once.
    is_full: bool,
}

impl Budget {
    pub(crate) fn new(reserve: Reserve, dir: &Path) -> Self {
        let dir = dir.to_owned();
        Self {
            reserve,
            dir,
            left: None,
            is_full: false,
        }
    }

    /// Looks at the disk again.
    pub(crate) fn look(&mut self) {
        let room = self.reserve.room(&self.dir);
        self.left = room.map(|room| room.bytes.saturating_sub(self.reserve.floor()));
        self.note(self.is_spent());
    }

    /// Takes what an entry of so many bytes needs.
    ///
    /// # Errors
    ///
    /// [`Problem::DiskFull`] where that is not left, and nothing was taken.
    pub(crate) fn take(&mut self, bytes: usize) -> Result<(), Problem> {
        let needed = u64::try_from(bytes).unwrap_or(u64::MAX).saturating_mul(WRITTEN);
        let Some(left) = self.left else {
            return Ok(());
        };
        self.left = Some(left.checked_sub(needed).ok_or(Problem::DiskFull)?);
        Ok(())
    }

    /// Whether nothing is left.
    pub(crate) fn is_spent(&self) -> bool {
        self.left == Some(0)
    }

    fn note(&mut self, is_full: bool) {
        if std::mem::replace(&mut self.is_full, is_full) == is_full {
            return;
        }
        let (dir, reserve) = (self.dir.display(), self.reserve.bytes);
        if is_full {
            tracing::warn!(%dir, reserve, "the disk is full: no event is taken until there is room on it");
        } else {
            tracing::info!(%dir, "the disk has room again, and events are taken");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    fn budget(reserve: u64, free: u64) -> Budget {
        let bytes = Arc::new(AtomicU64::new(free));
        let probe: Probe = Arc::new(move |_| {
            Ok(Room {
                bytes: bytes.load(Ordering::Relaxed),
                files: None,
            })
        });
        let mut budget = Budget::new(Reserve { bytes: reserve, probe }, Path::new("/"));
        budget.look();
        budget
    }

    #[test]
    fn a_group_takes_no_more_than_the_disk_has_above_the_floor() {
        let mut budget = budget(4_000, 1_000 + 8 * 300);
        assert_eq!(budget.take(200), Ok(()));
        assert_eq!(budget.take(101), Err(Problem::DiskFull));
        assert_eq!(budget.take(100), Ok(()));
        assert_eq!(budget.take(1), Err(Problem::DiskFull));
        budget.look();
        assert_eq!(budget.take(300), Ok(()));
    }

    #[test]
    fn a_reserve_of_nothing_looks_at_nothing() {
        assert_eq!(budget(0, 0).take(65_535), Ok(()));
        let unknown: Probe = Arc::new(|_| Err(io::ErrorKind::Unsupported.into()));
        let mut budget = Budget::new(
            Reserve {
                bytes: 4_000,
                probe: unknown,
            },
            Path::new("/"),
        );
        budget.look();
        assert_eq!(budget.take(65_535), Ok(()));
    }
}
