//! The folder of a witness: its lock, its verifier key, and a folder for each log.

use std::fs::{self, DirBuilder, File, TryLockError};
use std::io::{self, ErrorKind};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use tallylog_store::{Action, StoreError, is_full, replace};
use tallylog_tlog::{KeyName, Size, WitnessKey, monitoring_path};

use super::WitnessError;
use super::record::Record;

/// The name of the file with what was cosigned last: the same as in the path under which it is monitored.
const RECORD: &str = "checkpoint";

/// The most pieces of evidence that are kept of a log. Each proves enough.
const MAX_EVIDENCE: usize = 100;

/// A witness's folder, which no other process has.
#[derive(Debug)]
pub struct Folder {
    dir: PathBuf,
    /// Locked for as long as it is open.
    _lock: File,
}

/// Where the record of one log lies, and the evidence against it.
#[derive(Debug)]
pub(super) struct Place {
    dir: PathBuf,
}

impl Folder {
    /// Takes a folder, which is made if there is none, for its owner alone.
    ///
    /// # Errors
    ///
    /// [`WitnessError`] if another process has it, or the system refuses.
    pub fn open(dir: &Path) -> Result<Self, WitnessError> {
        make(dir).map_err(at(dir))?;
        sync(parent(dir))?;
        let path = dir.join("lock");
        let lock = File::options().write(true).create(true).truncate(false).open(&path);
        let lock = lock.map_err(at(&path))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self {
                dir: dir.to_owned(),
                _lock: lock,
            }),
            Err(TryLockError::WouldBlock) => Err(WitnessError::InUse { dir: dir.to_owned() }),
            Err(TryLockError::Error(source)) => Err(WitnessError::Io { path, source }),
        }
    }

    /// Where the secret key of the witness in `dir` belongs. It is written and read by whoever keeps keys.
    #[must_use]
    pub fn secret_key(dir: &Path) -> PathBuf {
        dir.join("witness.key")
    }

    /// The verifier key of the witness in `dir`, once its name is settled. Needs no lock: it never changes.
    ///
    /// # Errors
    ///
    /// [`WitnessError`] if the file cannot be read or holds something else.
    pub fn verifier_key(dir: &Path) -> Result<Option<WitnessKey>, WitnessError> {
        let path = dir.join("witness.vkey");
        let Some(bytes) = read(&path)? else {
            return Ok(None);
        };
        let text = String::from_utf8_lossy(&bytes);
        let key = text.trim_end_matches('\n').parse();
        key.map(Some).map_err(|fault| WitnessError::Key { path, fault })
    }

    /// Settles the verifier key, and with it the name.
    ///
    /// # Errors
    ///
    /// [`WitnessError::Store`] if the system refuses.
    pub fn settle(&self, key: &WitnessKey) -> Result<(), WitnessError> {
        Ok(replace(&self.dir.join("witness.vkey"), format!("{key}\n").as_bytes())?)
    }

    /// The place of a log, which is made.
    pub(super) fn place(&self, origin: &KeyName) -> Result<Place, WitnessError> {
        let record = self.dir.join(monitoring_path(origin));
        let dir = record.parent().unwrap_or(&self.dir).to_owned();
        make(&dir).map_err(at(&dir))?;
        sync(&self.dir)?;
        Ok(Place { dir })
    }
}

impl Place {
    pub(super) fn path(&self) -> &Path {
        &self.dir
    }

    pub(super) fn record(&self) -> PathBuf {
        self.dir.join(RECORD)
    }

    pub(super) fn read(&self) -> Result<Option<Vec<u8>>, WitnessError> {
        read(&self.record())
    }

    /// Returns once the record is on disk in place of the one before.
    pub(super) fn keep(&self, record: &Record) -> Result<(), WitnessError> {
        Ok(replace(&self.record(), record.bytes())?)
    }

    /// Keeps evidence, unless there is some for this size, or more than enough.
    pub(super) fn keep_evidence(&self, size: Size, notes: &[u8]) -> Result<(), WitnessError> {
        let path = self.dir.join(format!("fork-{size}"));
        let kept = fs::read_dir(&self.dir).map_err(at(&self.dir))?;
        if path.exists() || kept.count() > MAX_EVIDENCE {
            return Ok(());
        }
        Ok(replace(&path, notes)?)
    }
}

/// Makes a folder for its owner alone, unless it is there.
fn make(dir: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir)
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, WitnessError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(at(path)(source)),
    }
}

/// The folder in which a path stands.
fn parent(path: &Path) -> &Path {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    parent.unwrap_or(Path::new("."))
}

fn sync(dir: &Path) -> Result<(), WitnessError> {
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(at(dir))
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> WitnessError {
    let path = path.to_owned();
    move |source| {
        if is_full(&source) {
            return StoreError::of_io(Action::Written, &path, source).into();
        }
        WitnessError::Io { path, source }
    }
}
