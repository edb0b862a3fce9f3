//! Photos and documents: what the log says of them, what lies beside it, and who may have and send what.

mod ledger;
mod problem;
mod senders;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

use tallylog_event::{FileHash, PublicKey, Role};
use tallylog_projection::{NamedFile, State};
use tallylog_store::{FileId, Files};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

pub use self::ledger::{CHAIR_FILES, PERSON_FILES, Quotas};
use self::ledger::{Disk, Held, Ledger, Sender, Wanted};
pub use self::problem::FileProblem;
use self::senders::Senders;
use crate::access::{Known, Reader};
use crate::clock;
use crate::limits::{Limit, bytes, grouped};
use crate::problem::Problem;
use crate::room::Reserve;

/// The most bytes of a file that a server takes.
pub const LARGEST_FILE: u64 = 64 << 20;

/// How many files are sent and fetched at a time by people with keys, and fetched by everybody else.
const AT_A_TIME: usize = 64;
const AT_A_TIME_BY_THE_PUBLIC: usize = 32;

/// How long a file that has come in part is kept after its last byte.
const KEPT_IN_PART: Duration = Duration::from_hours(72);

/// The limits of files.
pub(crate) fn limits() -> Vec<Limit> {
    let places = |places: usize| grouped(u64::try_from(places).unwrap_or(u64::MAX));
    vec![
        Limit::new("a file", bytes(LARGEST_FILE)).code("file-too-large"),
        Limit::new(
            "files that people with keys send and fetch at a time",
            places(AT_A_TIME),
        )
        .code("busy"),
        Limit::new(
            "files that everybody else fetches at a time",
            places(AT_A_TIME_BY_THE_PUBLIC),
        )
        .code("busy"),
    ]
    .into_iter()
    .chain(ledger::limits())
    .collect()
}

/// Where files are kept, and who sees them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shelving {
    /// The folder; made where there is none.
    pub dir: PathBuf,
    /// Who sees them.
    pub showing: Showing,
}

/// Who sees files. A photo of a worksheet may show signatures, and a letter an address, so nobody sees more by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Showing {
    /// Staff and campaigns, and whoever named the file.
    #[default]
    Insiders,
    /// Everybody, as soon as an entry that names the file is public.
    Everybody,
}

/// The files beside a log.
#[derive(Debug)]
pub(crate) struct Shelf {
    pub(crate) files: Files,
    dir: PathBuf,
    showing: Showing,
    reserve: Reserve,
    quotas: Quotas,
    senders: Senders,
    ledger: Mutex<Ledger>,
    places: Arc<Semaphore>,
    public_places: Arc<Semaphore>,
}

/// A file that a reader may have, as far as the log says what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) id: FileId,
    pub(crate) media_type: String,
    /// Whether the reader may send it, where it is not here.
    pub(crate) is_theirs: bool,
}

impl Shelf {
    /// Opens the folder, or makes one. Where the disk has no room for that it is made when there is.
    pub(crate) fn open(shelving: &Shelving, reserve: Reserve, quotas: Quotas, state: &State) -> Result<Self, Problem> {
        let dir = &shelving.dir;
        let files = match Files::open(dir) {
            Err(error) if error.is_full() => Files::at(dir),
            opened => opened?,
        };
        let shelf = Self {
            files,
            dir: dir.clone(),
            showing: shelving.showing,
            reserve,
            quotas,
            senders: Senders::beside(dir),
            ledger: Mutex::default(),
            places: Arc::new(Semaphore::new(AT_A_TIME)),
            public_places: Arc::new(Semaphore::new(AT_A_TIME_BY_THE_PUBLIC)),
        };
        shelf.sweep()?;
        shelf.count(state)?;
        Ok(shelf)
    }

    /// Counts what lies in the folder, each for whoever sent it.
    fn count(&self, state: &State) -> Result<(), Problem> {
        let sent = self.senders.read();
        let mut ledger = self.ledger();
        for (hash, bytes) in self.files.whole()? {
            let sender = sent.get(&hash).and_then(|key| state.key(key));
            let named = || state.file_named(&FileHash(hash)).first();
            let sender = sender.or_else(|| named().map(|named| state.author(named.author)));
            // What nobody names or sent was put there by whoever runs the server.
            if let Some(sender) = sender {
                ledger.put(Held::Whole(hash), &Sender::author(sender), bytes);
            }
        }
        for (part, sender) in self.files.parts()? {
            if let Some(author) = state.key(&PublicKey(sender)) {
                ledger.put(Held::Part(part.hash, author.key), &Sender::author(author), part.size);
            }
        }
        Ok(())
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        // Nothing that holds it can end in the middle of a change.
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Removes what nobody has gone on sending for three days.
    pub(crate) fn sweep(&self) -> Result<(), Problem> {
        let now = UNIX_EPOCH + Duration::from_millis(clock::now().0);
        let removed = self.files.sweep(now.checked_sub(KEPT_IN_PART).unwrap_or(UNIX_EPOCH))?;
        if removed > 0 {
            tracing::info!(removed, "files that had come in part were removed");
            let mut ledger = self.ledger();
            for (hash, key) in ledger.parts() {
                if self.files.part(hash, &key.0).is_none() {
                    ledger.remove(&Held::Part(hash, key));
                }
            }
        }
        Ok(())
    }

    /// Takes room for the rest of a file, until what comes back is let go of.
    ///
    /// # Errors
    ///
    /// [`FileProblem::Quota`] and its like if the sender has as much here as may be, [`FileProblem::Full`] if what is left
    /// is kept for precincts, [`Problem::DiskFull`] if it is kept for the log.
    pub(crate) fn room_for(
        self: &Arc<Self>,
        state: &State,
        known: &Known,
        file: FileId,
        offset: u64,
    ) -> Result<Taken, Problem> {
        let sender = Sender::of(known);
        let precincts = state.roster().precincts();
        let disk = Disk {
            room: self.reserve.room(&self.dir),
            reserve: self.reserve.bytes,
            precincts: u64::try_from(precincts).unwrap_or(u64::MAX),
            quotas: self.quotas,
        };
        let wanted = Wanted {
            part: Held::Part(file.hash, known.key),
            sender: &sender,
            size: file.size,
            offset,
        };
        self.ledger().want(wanted, disk)?;
        Ok(Taken {
            shelf: Arc::clone(self),
            file,
            key: known.key,
            sender,
        })
    }

    /// Whether the disk has room for the next piece of a file.
    ///
    /// # Errors
    ///
    /// [`Problem::DiskFull`] if what it has is kept for the log.
    pub(crate) fn room_for_more(&self) -> Result<(), Problem> {
        let room = self.reserve.room(&self.dir);
        if room.is_none_or(|room| room.bytes >= self.reserve.bytes) {
            Ok(())
        } else {
            Err(Problem::DiskFull)
        }
    }

    /// A place among those who send and fetch files now.
    pub(crate) fn place(&self, reader: &Reader) -> Result<OwnedSemaphorePermit, Problem> {
        let places = match reader {
            Reader::Known(_) => &self.places,
            Reader::Public => &self.public_places,
        };
        Arc::clone(places).try_acquire_owned().map_err(|_| Problem::Busy)
    }

    /// What the log says of a file, as far as the file is for a reader.
    ///
    /// Invariant: what is said to whoever may not read everything is the same whether or not an entry that is kept back
    /// names the file.
    pub(crate) fn named<'a>(
        &self,
        state: &'a State,
        reader: &Reader,
        hash: &FileHash,
    ) -> Result<Vec<&'a NamedFile>, Problem> {
        let all = state.file_named(hash).iter();
        let named: Vec<_> = all.filter(|named| self.is_for(state, reader, named)).collect();
        if !named.is_empty() {
            return Ok(named);
        }
        if reads_every_file(reader) || self.showing == Showing::Everybody {
            return Err(FileProblem::Unknown.into());
        }
        Err(FileProblem::KeptBack.into())
    }

    /// The file of a hash, and of a size where that was said. Of several that the log describes, the one that is here.
    pub(crate) fn find(
        &self,
        state: &State,
        reader: &Reader,
        hash: &FileHash,
        size: Option<u64>,
    ) -> Result<Shown, Problem> {
        let mut named = self.named(state, reader, hash)?;
        named.retain(|named| size.is_none_or(|size| named.file.size == size));
        let first = named.first().copied();
        let here = named.iter().copied().find(|named| self.files.holds(id(named)));
        let found = here.or(first).ok_or(FileProblem::Unknown)?;
        Ok(Shown {
            id: id(found),
            media_type: found.file.media_type.to_string(),
            is_theirs: named.iter().any(|named| may_send(state, reader, named)),
        })
    }

    fn is_for(&self, state: &State, reader: &Reader, named: &NamedFile) -> bool {
        reads_every_file(reader)
            || is_own(state, reader, named)
            || (self.showing == Showing::Everybody && state.is_public(named.entry))
    }
}

/// Room that was taken for a file which is being sent. When it is let go of, what came is counted as it lies on the disk.
#[derive(Debug)]
pub(crate) struct Taken {
    shelf: Arc<Shelf>,
    file: FileId,
    key: PublicKey,
    sender: Sender,
}

impl Drop for Taken {
    fn drop(&mut self) {
        let Self {
            shelf,
            file,
            key,
            sender,
        } = self;
        let part = Held::Part(file.hash, *key);
        let came = shelf.files.part(file.hash, &key.0);
        let mut ledger = shelf.ledger();
        match came {
            Some(bytes) => ledger.put(part, sender, bytes),
            None => ledger.remove(&part),
        }
    }
}

impl Taken {
    /// Counts the whole file for its sender.
    pub(crate) fn settle(&self) {
        self.shelf.senders.note(self.file.hash, &self.key);
        self.shelf
            .ledger()
            .put(Held::Whole(self.file.hash), &self.sender, self.file.size);
    }
}

/// A file as an event describes it.
pub(crate) const fn id(named: &NamedFile) -> FileId {
    FileId {
        hash: named.file.hash.0,
        size: named.file.size,
    }
}

fn reads_every_file(reader: &Reader) -> bool {
    match reader {
        Reader::Public => false,
        Reader::Known(known) => match known.role {
            Role::Campaign(_) => true,
            Role::Registrar
            | Role::Operator
            | Role::Reviewer
            | Role::CorrectionsOfficer
            | Role::Chair(_)
            | Role::Observer
            | Role::Witness
            | Role::Importer
            | Role::Service => known.is_staff(),
        },
    }
}

fn may_send(state: &State, reader: &Reader, named: &NamedFile) -> bool {
    reader.staff().is_ok() || is_own(state, reader, named)
}

/// Whether the reader is the person who named the file: on whose device it lies.
fn is_own(state: &State, reader: &Reader, named: &NamedFile) -> bool {
    let is_theirs = |known: &Known| known.person == state.author(named.author).person;
    reader.known().is_ok_and(is_theirs)
}
