//! Photos that wait in the outbox, by their hash. A report never waits for them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tallylog_event::{FileHash, FileRef, PrecinctId, Text};

use super::notes::{Described, FileNotes};
use super::{Outbox, OutboxFault};
use crate::device;
use crate::failure::Failure;

/// The most bytes of a photo.
const MOST: u64 = tallylog_server::LARGEST_FILE;

/// How long documents are kept that somebody gave and did not sign for.
const UNSIGNED: Duration = Duration::from_hours(24);

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

/// A photo or a document that an event names, and whose bytes lie here.
#[derive(Clone, Debug)]
pub(crate) struct Lying {
    pub(crate) file: FileRef,
    /// Absent for a document: the event that names it is not kept in the outbox.
    pub(crate) precinct: Option<PrecinctId>,
    /// Its bytes.
    pub(crate) path: PathBuf,
    /// Whether the event that names it is in the log, as far as this device knows, so that a server can know what it is.
    pub(crate) is_bound: bool,
    pub(crate) notes: FileNotes,
}

impl Lying {
    /// How far it has come. The server's word is all that there is: no receipt is made for bytes.
    pub(crate) const fn state(&self) -> &'static str {
        if self.notes.sent_ms.is_some() {
            "sent"
        } else {
            "saved here"
        }
    }

    /// Whether it is still to be sent.
    pub(crate) const fn waits(&self) -> bool {
        self.notes.sent_ms.is_none()
    }
}

/// A photo as a person gave it: what an event says of it, and its bytes.
pub(crate) fn photo(path: &Path) -> Result<(FileRef, Vec<u8>), Failure> {
    let bytes = read(path)?;
    let kind = media_type(&bytes);
    described(path, bytes, kind)
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
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
    std::fs::read(path).map_err(failed)
}

/// A document as a person gave it, of any kind.
pub(crate) fn document(path: &Path) -> Result<(FileRef, Vec<u8>), Failure> {
    let bytes = read(path)?;
    let kind = media_type(&bytes).unwrap_or("application/octet-stream");
    described(path, bytes, Some(kind))
}

fn described(path: &Path, bytes: Vec<u8>, kind: Option<&str>) -> Result<(FileRef, Vec<u8>), Failure> {
    let not_a_photo = || OutboxFault::NotAPhoto(path.to_owned());
    let kind = kind.ok_or_else(not_a_photo)?;
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

    /// Keeps the bytes of documents that an event of a desk is about to name.
    pub(crate) fn keep_documents(&self, documents: &[(FileRef, Vec<u8>)]) -> Result<(), Failure> {
        self.forget_unsigned()?;
        self.keep_photos(documents)?;
        for (file, _) in documents {
            self.note_file(file.hash, |notes| {
                notes.document = Some(Described {
                    size: file.size,
                    media_type: file.media_type.to_string(),
                    signed: false,
                });
                // Whoever names it anew may do so because the server has lost it.
                notes.sent_ms = None;
            })?;
        }
        Ok(())
    }

    /// Takes documents for named: the event is about to be sent.
    pub(crate) fn name_documents(&self, files: &[&FileRef]) -> Result<(), Failure> {
        for file in files {
            if self.file_notes(file.hash).document.is_some() {
                self.note_file(file.hash, |notes| {
                    if let Some(document) = &mut notes.document {
                        document.signed = true;
                    }
                })?;
            }
        }
        Ok(())
    }

    /// Forgets what nobody signed for within a day.
    fn forget_unsigned(&self) -> Result<(), Failure> {
        let is_old = |path: &Path| {
            let changed = std::fs::metadata(path).and_then(|found| found.modified());
            changed.is_ok_and(|changed| changed.elapsed().is_ok_and(|age| age > UNSIGNED))
        };
        let unsigned = self.documents()?.into_iter();
        for document in unsigned.filter(|document| !document.is_bound && is_old(&document.path)) {
            self.forget_documents(&[&document.file])?;
        }
        Ok(())
    }

    /// Forgets documents of an event that the log refused, unless something else names them.
    pub(crate) fn forget_documents(&self, files: &[&FileRef]) -> Result<(), Failure> {
        let items = self.items()?;
        for file in files {
            let is_named = items
                .iter()
                .any(|item| item.files().iter().any(|named| named.hash == file.hash));
            let notes = self.file_notes(file.hash);
            if !is_named && notes.document.is_some() && notes.sent_ms.is_none() {
                for path in [self.photo_path(file.hash), self.file_notes_path(file.hash)] {
                    device::remove_private(&path)?;
                }
            }
        }
        Ok(())
    }

    /// Everything whose bytes lie here and that a signed event names: photos in the order of signing, then documents.
    pub(crate) fn lying(&self) -> Result<Vec<Lying>, Failure> {
        let mut lying: Vec<Lying> = Vec::new();
        for item in self.items()? {
            for file in item.files() {
                let path = self.photo_path(file.hash);
                let known = lying.iter_mut().find(|known| known.file.hash == file.hash);
                match known {
                    Some(known) => known.is_bound |= item.received().is_some(),
                    None if path.exists() => lying.push(Lying {
                        file: file.clone(),
                        precinct: item.precinct(),
                        path,
                        is_bound: item.received().is_some(),
                        notes: self.file_notes(file.hash),
                    }),
                    None => {}
                }
            }
        }
        let documents = self.documents()?.into_iter().filter(|document| document.is_bound);
        for document in documents {
            match lying.iter_mut().find(|known| known.file.hash == document.file.hash) {
                Some(known) => known.is_bound = true,
                None => lying.push(document),
            }
        }
        Ok(lying)
    }

    /// What is to be sent and can be: its event is in the log.
    pub(crate) fn waiting(&self) -> Result<Vec<Lying>, Failure> {
        let mut lying = self.lying()?;
        lying.retain(|file| file.waits() && file.is_bound);
        Ok(lying)
    }

    /// The documents that events of the desks name: whether the log took those, their receipts said at the time.
    fn documents(&self) -> Result<Vec<Lying>, Failure> {
        let folder = self.dir.join("photos");
        let Ok(entries) = std::fs::read_dir(&folder) else {
            return Ok(Vec::new());
        };
        let mut documents = Vec::new();
        for entry in entries {
            let path = entry
                .map_err(|error| Failure::File {
                    path: folder.clone(),
                    error,
                })?
                .path();
            documents.extend(self.as_document(path));
        }
        documents.sort_by_key(|document| document.file.hash);
        Ok(documents)
    }

    fn as_document(&self, path: PathBuf) -> Option<Lying> {
        let name = path.file_name()?.to_str()?;
        let mut hash = [0; 32];
        hex::decode_to_slice(name, &mut hash).ok()?;
        let notes = self.file_notes(FileHash(hash));
        let described = notes.document.clone()?;
        Some(Lying {
            file: FileRef {
                hash: FileHash(hash),
                size: described.size,
                media_type: Text::new(&described.media_type).ok()?,
            },
            precinct: None,
            path,
            is_bound: described.signed,
            notes,
        })
    }

    /// Changes the notes of a file.
    pub(super) fn note_file(&self, hash: FileHash, change: impl FnOnce(&mut FileNotes)) -> Result<(), Failure> {
        let _lock = self.lock()?;
        let mut notes = self.file_notes(hash);
        change(&mut notes);
        let bytes = serde_json::to_vec_pretty(&notes).map_err(|error| Failure::Output(error.into()))?;
        device::write_private(&self.file_notes_path(hash), &bytes)
    }

    /// Notes that cannot be read say nothing: a photo is then asked about once more, and a document is sent by hand.
    fn file_notes(&self, hash: FileHash) -> FileNotes {
        let bytes = std::fs::read(self.file_notes_path(hash)).ok();
        let notes = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        notes.unwrap_or_default()
    }

    fn file_notes_path(&self, hash: FileHash) -> PathBuf {
        self.photo_path(hash).with_extension(super::NOTES)
    }

    fn photo_path(&self, hash: FileHash) -> PathBuf {
        self.dir.join("photos").join(hex::encode(hash.0))
    }
}
