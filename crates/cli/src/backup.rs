//! Copies a log into a folder of its own, also while a server writes it.

use std::fs;
use std::path::Path;

use tallylog_projection::Signatures;
use tallylog_server::Replay;
use tallylog_store::{Checkpoints, glimpse};

use crate::args::keep::BackupArgs;
use crate::data_dir::DataDir;
use crate::failure::{Failure, Outcome};
use crate::restore::{agrees, keep, write};
use crate::show::{grouped, talk};

/// Files beside the log that go with it.
const BESIDE: [&str; 2] = ["policy", "notebook"];

pub(crate) fn run(args: &BackupArgs) -> Result<Outcome, Failure> {
    let (from, to) = (DataDir::new(&args.data_dir), DataDir::new(&args.to));
    if !from.has_log() {
        return Err(Failure::NoLog(args.data_dir.clone()));
    }
    if !to.is_vacant() {
        return Err(Failure::NotEmpty(args.to.clone()));
    }
    // What was signed comes first: the entries that are read after it hold at least what it covers, so that no checkpoint
    // of the backup is ahead of its entries.
    let notes = if from.checkpoints().exists() {
        Checkpoints::read(&from.checkpoints())?.collect::<Result<Vec<_>, _>>()?
    } else {
        Vec::new()
    };
    let entries = glimpse(&from.log())?.1;
    let fold = Replay::of_bytes(&entries, Signatures::Check)?;
    to.adopt_keys(&from)?;
    let store = write(&entries, &to)?;
    let agreed = agrees(&notes, fold.state(), &store);
    store.close()?;
    agreed?;
    beside(&args.data_dir, &args.to)?;
    // The last file: a folder without it is no backup that was finished.
    keep(&notes, &to)?;
    talk(&format!(
        "backed up {} entries and {} checkpoints, verified, into {}; it holds the log's secret keys",
        grouped(fold.state().size()),
        grouped(u64::try_from(notes.len()).unwrap_or(u64::MAX)),
        args.to.display()
    ));
    Ok(Outcome::Yes)
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
