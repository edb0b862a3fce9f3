//! Who sent which file: a line for each, beside the folder of files.
//!
//! It decides whose quota a file counts for, and nothing else. So it is not synced: of a file whose line is lost it is
//! taken that whoever named it first has sent it.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use tallylog_event::{FileHash, PublicKey};

/// The file.
#[derive(Debug)]
pub(super) struct Senders {
    path: PathBuf,
}

impl Senders {
    /// The file that belongs to a folder of files.
    pub(super) fn beside(files: &Path) -> Self {
        Self {
            path: files.with_extension("senders"),
        }
    }

    /// The sender of each file, the last where it was sent several times.
    pub(super) fn read(&self) -> BTreeMap<[u8; 32], PublicKey> {
        let text = match fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) => {
                if error.kind() != ErrorKind::NotFound {
                    tracing::warn!(%error, path = %self.path.display(), "nobody knows who sent which file");
                }
                return BTreeMap::new();
            }
        };
        text.lines().filter_map(parse).collect()
    }

    pub(super) fn note(&self, file: [u8; 32], sender: &PublicKey) {
        let line = format!("{} {}\n", FileHash(file), blake3::Hash::from_bytes(sender.0).to_hex());
        let written = self.open().and_then(|mut file| file.write_all(line.as_bytes()));
        if let Err(error) = written {
            tracing::warn!(%error, path = %self.path.display(), "it was not noted who sent a file");
        }
    }

    fn open(&self) -> io::Result<File> {
        OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(&self.path)
    }
}

fn parse(line: &str) -> Option<([u8; 32], PublicKey)> {
    let (file, sender) = line.split_once(' ')?;
    let bytes = |digits| blake3::Hash::from_hex(digits).ok().map(|hash| *hash.as_bytes());
    Some((bytes(file)?, PublicKey(bytes(sender)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_sender_of_a_file_counts_and_half_a_line_does_not() {
        let dir = tempfile::tempdir().unwrap();
        let senders = Senders::beside(&dir.path().join("files"));
        assert_eq!(senders.read(), BTreeMap::new());
        for (file, sender) in [(1, 7), (2, 8), (1, 9)] {
            senders.note([file; 32], &PublicKey([sender; 32]));
        }
        let mut text = fs::read(&senders.path).unwrap();
        text.extend(b"0303");
        fs::write(&senders.path, text).unwrap();
        let expected = [([1; 32], PublicKey([9; 32])), ([2; 32], PublicKey([8; 32]))];
        assert_eq!(senders.read(), BTreeMap::from(expected));
    }
}
