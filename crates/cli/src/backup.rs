//! Copies a log into a folder of its own, also while a server writes it.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use tallylog_projection::{Signatures, State};
use tallylog_server::Replay;
use tallylog_store::{Checkpoints, FileId, Files, StoreError, glimpse};

use crate::args::keep::BackupArgs;
use crate::args::size::ReserveArgs;
use crate::data_dir::DataDir;
use crate::failure::{Failure, Outcome};
use crate::restore::{agrees, keep, write};
use crate::show::{grouped, talk};

/// Files beside the log that go with it.
const BESIDE: [&str; 2] = ["policy", "notebook"];

pub(crate) fn run(args: &BackupArgs) -> Result<Outcome, Failure> {
    let (from, to) = (DataDir::new(&args.data_dir), DataDir::new(&args.to));
    if !from.has_log()? {
        return Err(Failure::NoLog(args.data_dir.clone()));
    }
    if !to.is_vacant()? {
        return Err(Failure::NotEmpty(args.to.clone()));
    }
    let done = copy(args, &from, &to);
    if done.is_err() {
        undo(&args.to);
    }
    done
}

fn copy(args: &BackupArgs, from: &DataDir, to: &DataDir) -> Result<Outcome, Failure> {
    // What was signed comes first: the entries that are read after it hold at least what it covers, so that no checkpoint
    // of the backup is ahead of its entries.
    let notes = if from.checkpoints().exists() {
        Checkpoints::read(&from.checkpoints())?.collect::<Result<Vec<_>, _>>()?
    } else {
        Vec::new()
    };
    let entries = glimpse(&from.log())?.1;
    let fold = Replay::of_bytes(&entries, Signatures::Check)?;
    room(&args.reserve, &args.to)?;
    to.adopt_keys(from)?;
    let store = write(&entries, to)?;
    let agreed = agrees(&notes, fold.state(), &store);
    store.close()?;
    agreed?;
    beside(&args.data_dir, &args.to)?;
    let files = Copied::of(from, to, fold.state())?;
    // The last file: a folder without it is no backup that was finished.
    keep(&notes, to)?;
    files.tell();
    talk(&format!(
        "backed up {} entries and {} checkpoints, verified, into {}; it holds the log's secret keys",
        grouped(fold.state().size()),
        grouped(u64::try_from(notes.len()).unwrap_or(u64::MAX)),
        args.to.display()
    ));
    Ok(files.outcome())
}

/// Refuses to begin where the disk has no room for a log beside what is kept free.
pub(crate) fn room(reserve: &ReserveArgs, to: &Path) -> Result<(), Failure> {
    if reserve.kept().takes_events(to) {
        Ok(())
    } else {
        Err(Failure::DiskFull(to.to_owned()))
    }
}

/// Takes away what was made of a copy that did not come to its end: the folder was empty before.
pub(crate) fn undo(folder: &Path) {
    if let Err(error) = fs::remove_dir_all(folder)
        && error.kind() != ErrorKind::NotFound
    {
        talk(&format!("{} could not be taken away: {error}", folder.display()));
    }
}

/// What came of copying photos and documents.
#[derive(Default)]
pub(crate) struct Copied {
    whole: u64,
    /// Named by the log, and not there.
    missing: u64,
    damaged: Vec<StoreError>,
}

impl Copied {
    /// Copies every file that the log names, as far as it is there and is that file. The folder it comes from is only read.
    pub(crate) fn of(from: &DataDir, to: &DataDir, state: &State) -> Result<Self, Failure> {
        let (source, target) = (Files::at(&from.files()), Files::open(&to.files())?);
        let mut copied = Self::default();
        for (_, named) in state.files() {
            // Two events may say different things of one hash; at most one of them is true.
            let ids = named.iter().map(|named| FileId {
                hash: named.file.hash.0,
                size: named.file.size,
            });
            copied.take(&source, &target, ids)?;
        }
        Ok(copied)
    }

    fn take(&mut self, source: &Files, target: &Files, ids: impl Iterator<Item = FileId>) -> Result<(), Failure> {
        let mut damaged = None;
        for id in ids {
            match source.check(id) {
                Ok(mut file) => {
                    target.put(id, &mut file)?;
                    self.whole += 1;
                    return Ok(());
                }
                Err(StoreError::FileMissing { .. }) => {}
                Err(error @ StoreError::FileDamaged { .. }) => damaged = Some(error),
                Err(error) => return Err(error.into()),
            }
        }
        self.missing += u64::from(damaged.is_none());
        self.damaged.extend(damaged);
        Ok(())
    }

    pub(crate) fn tell(&self) {
        for error in &self.damaged {
            talk(&format!("tallylog: {error} [{}]", error.code()));
        }
        if self.whole + self.missing > 0 || !self.damaged.is_empty() {
            talk(&format!(
                "{} photos and documents, each with its hash; {} that the log names were never sent, {} are damaged and were left out",
                grouped(self.whole),
                grouped(self.missing),
                self.damaged.len()
            ));
        }
    }

    /// No where something that was there cannot be copied.
    pub(crate) fn outcome(&self) -> Outcome {
        if self.damaged.is_empty() {
            Outcome::Yes
        } else {
            Outcome::No
        }
    }
}

/// Copies what lies beside a log.
pub(crate) fn beside(from: &Path, to: &Path) -> Result<(), Failure> {
    for name in BESIDE {
        let path = from.join(name);
        if path.exists() {
            fs::copy(&path, to.join(name)).map_err(|error| Failure::File { path, error })?;
        }
    }
    Ok(())
}
