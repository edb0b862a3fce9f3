//! When a server last had a clock that it believed: a line in a file of the data folder.

use std::path::{Path, PathBuf};

use tallylog_event::UnixMillis;
use tallylog_store::StoreError;

const PREFIX: &str = "tallylog-heartbeat-v1 ";

pub(super) struct Heartbeat(PathBuf);

impl Heartbeat {
    pub(super) fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// The last beat. A file that is not as it was written is as good as none: somebody is asked for the time.
    pub(super) fn last(&self) -> Option<UnixMillis> {
        let text = std::fs::read_to_string(&self.0).ok()?;
        let digits = text.trim_end().strip_prefix(PREFIX)?;
        digits.parse().ok().map(UnixMillis)
    }

    /// A crash leaves the beat before this one, or this one.
    pub(super) fn beat(&self, now: UnixMillis) -> Result<(), StoreError> {
        tallylog_store::replace(&self.0, format!("{PREFIX}{}\n", now.0).as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_beat_is_read_back_and_anything_else_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("heartbeat");
        let heartbeat = Heartbeat::new(&path);
        assert_eq!(heartbeat.last(), None);
        for now in [5, 1_833_588_845_000] {
            heartbeat.beat(UnixMillis(now)).unwrap();
            assert_eq!(heartbeat.last(), Some(UnixMillis(now)));
        }
        for other in [
            "",
            "5",
            "tallylog-heartbeat-v1 ",
            "tallylog-heartbeat-v1 -5",
            "tallylog-heartbeat-v2 5",
        ] {
            std::fs::write(&path, other).unwrap();
            assert_eq!(heartbeat.last(), None, "{other:?}");
        }
    }
}
