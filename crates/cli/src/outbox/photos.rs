//! Photos that wait in the outbox, by their hash. A report never waits for them.

use std::path::{Path, PathBuf};

use tallylog_event::{FileHash, FileRef, PrecinctId, Text};

use super::{Outbox, OutboxFault};
use crate::device;
use crate::failure::Failure;

/// The most bytes of a photo.
const MOST: u64 = 64 << 20;

/// How a file of a kind begins, at which byte, and its media type.
const KINDS: &[(usize, &[u8], &str)] = &[
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypheix", "image/heic"),
    (4, b"ftypmif1", "image/heif"),
    (0, b"%PDF-", "application/pdf"),
];

/// A photo of which a signed event speaks, and whose bytes lie here.
#[derive(Clone, Debug)]
pub(crate) struct Waiting {
    pub(crate) file: FileRef,
    pub(crate) precinct: PrecinctId,
    /// Its bytes.
    pub(crate) path: PathBuf,
    /// Whether the event that names it is in the log, so that a server can know what it is.
    pub(crate) is_bound: bool,
}

/// A photo as a person gave it: what an event says of it, and its bytes.
pub(crate) fn photo(path: &Path) -> Result<(FileRef, Vec<u8>), Failure> {
    let failed = |error| Failure::File {
        path: path.to_owned(),
        error,
    };
    let size = std::fs::metadata(path).map_err(failed)?.len();
    if size > MOST {
        return Err(OutboxFault::PhotoTooLarge {
            path: path.to_owned(),
            bytes: size,
            most: MOST,
        }
        .into());
    }
    let bytes = std::fs::read(path).map_err(failed)?;
    let not_a_photo = || OutboxFault::NotAPhoto(path.to_owned());
    let kind = media_type(&bytes).ok_or_else(not_a_photo)?;
    let file = FileRef {
        hash: FileHash(*blake3::hash(&bytes).as_bytes()),
        size: u64::try_from(bytes.len()).map_err(|_| not_a_photo())?,
        media_type: Text::new(kind).map_err(|_| not_a_photo())?,
    };
    Ok((file, bytes))
}

/// By the bytes and not by the name: names lie.
pub(crate) fn media_type(bytes: &[u8]) -> Option<&'static str> {
    let kind = KINDS
        .iter()
        .find(|(at, begins, _)| bytes.get(*at..).is_some_and(|rest| rest.starts_with(begins)));
    kind.map(|(_, _, kind)| *kind)
}

impl Outbox {
    /// Keeps the bytes of photos, on disk before an event that names them is signed.
    pub(crate) fn keep_photos(&self, photos: &[(FileRef, Vec<u8>)]) -> Result<(), Failure> {
        if photos.is_empty() {
            return Ok(());
        }
        device::private_folder(&self.dir.join("photos"))?;
        device::sync_folder(&self.dir)?;
        let _lock = self.lock()?;
        for (file, bytes) in photos {
            device::write_private(&self.photo_path(file.hash), bytes)?;
        }
        Ok(())
    }

    /// The photos whose bytes still lie here. Whoever has sent one away removes its file.
    pub(crate) fn waiting(&self) -> Result<Vec<Waiting>, Failure> {
        let mut waiting: Vec<Waiting> = Vec::new();
        for item in self.items()? {
            let Some(precinct) = item.precinct() else { continue };
            for file in item.files() {
                let path = self.photo_path(file.hash);
                let is_known = waiting.iter().any(|known| known.file.hash == file.hash);
                if path.exists() && !is_known {
                    waiting.push(Waiting {
                        file: file.clone(),
                        precinct,
                        path,
                        is_bound: item.received().is_some(),
                    });
                }
            }
        }
        Ok(waiting)
    }

    fn photo_path(&self, hash: FileHash) -> PathBuf {
        self.dir.join("photos").join(hex::encode(hash.0))
    }
}
