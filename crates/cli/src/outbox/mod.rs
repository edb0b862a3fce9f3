//! What a device has signed, in its folder `outbox/`: signed first, sent when there is a network, kept for good.
//!
//! - `000001.event`: what was signed, on disk before anything of it is sent, and never changed.
//! - `000001.json`: how sending went. A crash may lose the last of it, and then less is claimed than is true.
//! - `000001.tlog-proof`: the receipt. Its being there counts for nothing: it is checked whenever it is read.
//! - `photos/HASH`: photos and documents, to be sent apart and kept; `HASH.json`: how sending one went.
//! - `lock` is held for moments, to number and to note; `signing` from the look at what was signed to the signature; `sending` by whoever sends events, `uploading` by whoever sends photos.

mod fault;
mod item;
mod lock;
mod notes;
mod pace;
mod photos;
mod run;
mod send;
mod show;
mod since;
#[cfg(test)]
mod tests;
mod upload;

use std::path::{Path, PathBuf};

use tallylog_event::{Envelope, FileHash, PrecinctId, Role};

pub(crate) use self::fault::OutboxFault;
pub(crate) use self::item::{Item, Standing};
pub(crate) use self::lock::Lock;
pub(crate) use self::notes::{Notes, Trouble, TroubleKind};
pub(crate) use self::photos::{Lying, document, photo};
pub(crate) use self::run::{list, photo as add_photos, send as send_now, watch};
pub(crate) use self::send::{Sending, send};
pub(crate) use self::show::{Line, tell};
pub(crate) use self::since::ask_since;
pub(crate) use self::upload::{Uploading, upload, upload_after};
use crate::device::{self, About, Device, Seat};
use crate::failure::Failure;

const EVENT: &str = "event";
const NOTES: &str = "json";
const RECEIPT: &str = "tlog-proof";

/// A device's outbox.
#[derive(Clone, Debug)]
pub(crate) struct Outbox {
    dir: PathBuf,
    about: About,
}

impl Outbox {
    /// The outbox of a device's folder; made where there is none.
    pub(crate) fn open(device: &Path, about: &About) -> Result<Self, Failure> {
        let dir = device.join("outbox");
        device::private_folder(&dir)?;
        // The folder's own name must survive a power cut before anything in it counts as saved.
        device::sync_folder(device)?;
        Ok(Self {
            dir,
            about: with_names(device, about.clone()),
        })
    }

    pub(crate) const fn about(&self) -> &About {
        &self.about
    }

    /// Lets nobody else decide what to sign, as long as the lock is held: whoever looks and then signs holds it for both.
    pub(crate) fn signing(&self) -> Result<Lock, Failure> {
        Lock::wait(&self.dir.join("signing"))
    }

    /// Keeps what was signed. When this returns it is on disk, and survives a power cut.
    pub(crate) fn keep(&self, envelope: &Envelope) -> Result<Item, Failure> {
        let _lock = self.lock()?;
        let last = self.numbers()?.last().copied().unwrap_or(0);
        let number = last + 1;
        device::write_private(&self.path(number, EVENT), &item::write(envelope))?;
        self.item(number)
    }

    /// Everything that was signed, in that order. What cannot be read is left out: [`Outbox::damaged`] names it.
    pub(crate) fn items(&self) -> Result<Vec<Item>, Failure> {
        let items = self.numbers()?.into_iter().map(|number| self.item(number));
        let readable = items.filter(|item| !is_damaged(item));
        readable.collect()
    }

    /// Files that are not as this device signed them.
    pub(crate) fn damaged(&self) -> Result<Vec<PathBuf>, Failure> {
        let numbers = self.numbers()?.into_iter();
        let damaged = numbers.filter(|number| is_damaged(&self.item(*number)));
        Ok(damaged.map(|number| self.path(number, EVENT)).collect())
    }

    /// The items of one precinct that nothing has set aside.
    pub(crate) fn of(&self, precinct: PrecinctId) -> Result<Vec<Item>, Failure> {
        let mut items = self.items()?;
        items.retain(|item| item.precinct() == Some(precinct) && !item.notes.set_aside);
        Ok(items)
    }

    /// One item as it lies on disk now.
    pub(crate) fn item(&self, number: u32) -> Result<Item, Failure> {
        let path = self.path(number, EVENT);
        let bytes = std::fs::read(&path).map_err(|error| Failure::File {
            path: path.clone(),
            error,
        })?;
        let read = item::read(&bytes, self.about.key);
        let (envelope, body) = read.ok_or(OutboxFault::Damaged(path))?;
        let receipt = self.path(number, RECEIPT);
        let notes = self.notes(number);
        let proof = std::fs::read(&receipt).ok();
        let received = proof.and_then(|proof| device::check_receipt(&envelope, proof, &self.about.log_key).ok());
        let state = match received {
            Some(received) => Standing::Received(received),
            None if notes.sent_ms.is_some() => Standing::Sent,
            None => Standing::SavedHere,
        };
        Ok(Item {
            number,
            envelope,
            body,
            notes,
            state,
            receipt,
        })
    }

    /// Sets an item aside: something signed later stands in its place.
    pub(crate) fn set_aside(&self, item: &Item) -> Result<(), Failure> {
        self.note(item.number, |notes| notes.set_aside = true)
    }

    /// Changes the notes of an item.
    fn note(&self, number: u32, change: impl FnOnce(&mut Notes)) -> Result<(), Failure> {
        let _lock = self.lock()?;
        let mut notes = self.notes(number);
        change(&mut notes);
        let bytes = serde_json::to_vec_pretty(&notes).map_err(|error| Failure::Output(error.into()))?;
        device::write_private(&self.path(number, NOTES), &bytes)
    }

    /// Keeps a receipt that was checked.
    fn keep_receipt(&self, number: u32, proof: &[u8]) -> Result<(), Failure> {
        let _lock = self.lock()?;
        device::write_private(&self.path(number, RECEIPT), proof)
    }

    /// Notes that cannot be read say nothing, and nothing depends on them but how much is claimed.
    fn notes(&self, number: u32) -> Notes {
        let bytes = std::fs::read(self.path(number, NOTES)).ok();
        let notes = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        notes.unwrap_or_default()
    }

    fn numbers(&self) -> Result<Vec<u32>, Failure> {
        let failed = |error| Failure::File {
            path: self.dir.clone(),
            error,
        };
        let entries = std::fs::read_dir(&self.dir).map_err(failed)?;
        let mut numbers = Vec::new();
        for entry in entries {
            numbers.extend(item::number(&entry.map_err(failed)?.path()));
        }
        numbers.sort_unstable();
        Ok(numbers)
    }

    fn path(&self, number: u32, end: &str) -> PathBuf {
        self.dir.join(format!("{number:06}.{end}"))
    }

    fn lock(&self) -> Result<Lock, Failure> {
        Lock::wait(&self.dir.join("lock"))
    }
}

/// A hash as people compare it at a glance.
fn short(hash: FileHash) -> String {
    hash.to_string().chars().take(12).collect()
}

/// An operator's device has no precincts of its own, and may sign of every one: the roster has their names. Without it
/// numbers alone are known, and nothing else is lost.
fn with_names(device: &Path, mut about: About) -> About {
    if !matches!(about.role, Role::Chair(_))
        && let Ok(roster) = Device::roster_of(device)
    {
        let known = roster.roster();
        about.seats = known
            .ids()
            .filter_map(|id| {
                let (county, precinct) = known.precinct(id)?;
                Some(Seat {
                    id,
                    county: county.name.to_string(),
                    precinct: precinct.name.to_string(),
                })
            })
            .collect();
    }
    about
}

const fn is_damaged(item: &Result<Item, Failure>) -> bool {
    matches!(item, Err(Failure::Outbox(OutboxFault::Damaged(_))))
}
