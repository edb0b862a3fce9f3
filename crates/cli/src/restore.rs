//! Makes a new folder from what can still be read of a damaged one, and from bundles of its log.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use tallylog_projection::{Shown, Signatures, State};
use tallylog_server::{Problem, Replay};
use tallylog_store::{Checkpoints, Store, salvage};
use tallylog_tlog::{SignedCheckpoint, Size};
use tallylog_verify::Bundle;
use tallylog_verify::program::Fault;

use crate::args::RestoreArgs;
use crate::backup::{Copied, beside, room, undo};
use crate::data_dir::DataDir;
use crate::failure::{Failure, Outcome};
use crate::show::{grouped, talk};
use crate::signed;

/// What can still be found of a log.
#[derive(Default)]
struct Found {
    entries: BTreeMap<u64, Vec<u8>>,
    /// How many there were, as far as anybody says.
    size: u64,
    /// What was signed, in order of size.
    notes: Vec<SignedCheckpoint>,
}

pub(crate) fn run(args: &RestoreArgs) -> Result<Outcome, Failure> {
    let (from, to) = (DataDir::new(&args.from), DataDir::new(&args.data_dir));
    if !to.is_vacant()? {
        return Err(Failure::NotEmpty(args.data_dir.clone()));
    }
    if !from.has_log()? && args.bundle.is_empty() {
        return Err(Failure::NoLog(args.from.clone()));
    }
    let mut found = Found::default();
    found.salvage(&from)?;
    for path in &args.bundle {
        found.add_bundle(path)?;
    }
    found.settle_order();
    let entries = found.contiguous(args.prefix)?;
    let fold = Replay::of_bytes(&entries, Signatures::Check)?;
    let size = fold.state().size();
    let made = make(args, &from, &to, &found, &entries, fold.state());
    if made.is_err() {
        undo(&args.data_dir);
    }
    let files = made?;
    files.tell();
    talk(&format!(
        "restored {} entries, verified, into {}",
        grouped(size),
        args.data_dir.display()
    ));
    if found.signed() > size {
        talk(&format!(
            "a checkpoint over {} entries was signed: this copy can be read and verified, and nobody can go on with it, for its next checkpoint would be a second history",
            grouped(found.signed())
        ));
    }
    Ok(files.outcome())
}

fn make(
    args: &RestoreArgs,
    from: &DataDir,
    to: &DataDir,
    found: &Found,
    entries: &[Vec<u8>],
    state: &State,
) -> Result<Copied, Failure> {
    room(&args.reserve, &args.data_dir)?;
    to.adopt_keys(from)?;
    let store = write(entries, to)?;
    let agrees = agrees(&found.notes, state, &store);
    store.close()?;
    agrees?;
    beside(&args.from, &args.data_dir)?;
    let files = Copied::of(from, to, state)?;
    keep(&found.notes, to)?;
    Ok(files)
}

impl Found {
    fn salvage(&mut self, from: &DataDir) -> Result<(), Failure> {
        if from.has_log()? {
            let salvage = salvage(&from.log())?;
            self.size = salvage.head().map_or(0, |head| head.size);
            for read in salvage.entries() {
                let (index, bytes) = read?;
                self.entries.insert(index, bytes);
            }
        }
        if from.checkpoints().exists() {
            let notes = Checkpoints::read(&from.checkpoints())?;
            self.notes.extend(notes.collect::<Result<Vec<_>, _>>()?);
        }
        Ok(())
    }

    /// Takes what is missing from a bundle. Whether it is of the same log shows when the whole is verified: chain,
    /// signatures, and the checkpoints that were signed.
    fn add_bundle(&mut self, path: &Path) -> Result<(), Failure> {
        let bytes = fs::read(path).map_err(|error| Failure::File {
            path: path.to_owned(),
            error,
        })?;
        let bundle = Bundle::parse(&bytes).map_err(|error| Fault::Bundle {
            path: path.to_owned(),
            error,
        })?;
        let count = bundle.entries().count();
        for (index, entry) in (0_u64..).zip(bundle.entries().shown(0..count)) {
            // Of what is withheld there is a hash, and that restores nothing.
            if let Shown::Entry(bytes) = entry {
                self.entries.entry(index).or_insert_with(|| bytes.to_vec());
            }
        }
        self.notes.extend(bundle.checkpoints().iter().cloned());
        Ok(())
    }

    fn settle_order(&mut self) {
        self.notes.sort_by_key(|note| note.unverified().size);
        self.notes.dedup();
    }

    fn signed(&self) -> u64 {
        self.notes.last().map_or(0, |note| note.unverified().size.0)
    }

    /// The entries up to the first that is missing, which must be all of them unless `prefix` is wanted.
    fn contiguous(&self, prefix: bool) -> Result<Vec<Vec<u8>>, Failure> {
        let entries: Vec<Vec<u8>> = (0_u64..)
            .zip(&self.entries)
            .take_while(|(expected, (index, _))| expected == *index)
            .map(|(_, (_, bytes))| bytes.clone())
            .collect();
        let first = u64::try_from(entries.len()).unwrap_or(u64::MAX);
        let known = self.entries.last_key_value().map_or(0, |(index, _)| index + 1);
        let size = self.size.max(self.signed()).max(known);
        if first < size && !prefix {
            let held = u64::try_from(self.entries.len()).unwrap_or(u64::MAX);
            return Err(Failure::Incomplete {
                missing: size - held,
                size,
                first,
            });
        }
        Ok(entries)
    }
}

pub(crate) fn write(entries: &[Vec<u8>], to: &DataDir) -> Result<Store, Failure> {
    let mut store = Store::create(&to.log())?;
    for group in entries.chunks(1_024) {
        store.append(group)?;
    }
    Ok(store)
}

/// Checks that this is the log over which everything was signed that lies within it.
pub(crate) fn agrees(notes: &[SignedCheckpoint], state: &State, store: &Store) -> Result<(), Problem> {
    let Some(key) = signed::log_key(state)? else {
        return Ok(());
    };
    let size = Size(state.size());
    let within: Vec<_> = notes
        .iter()
        .filter(|note| note.unverified().size <= size)
        .cloned()
        .collect();
    signed::agree(&within, &key, size, |size| store.reader().root(size))
}

/// What was signed goes with the log, also where the log itself ends before it: so nobody signs anything else.
pub(crate) fn keep(notes: &[SignedCheckpoint], to: &DataDir) -> Result<(), Failure> {
    let mut file = Checkpoints::open(&to.checkpoints())?;
    for note in notes {
        file.append(note)?;
    }
    Ok(())
}
