//! A folder of a log: the log itself, and the keys with which it goes on.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tallylog_event::{PublicKey, SigningKey};
use tallylog_server::{CodeSecret, INTERVAL, Log, Settings, Shelving, Showing, Signing, Successor, Writer};
use tallylog_store::{Store, StoreError};
use zeroize::Zeroizing;

use crate::failure::Failure;

/// The key that is to succeed the one for the log's own events.
pub(crate) const SUCCESSOR: &str = "service.next";

const PREFIX: &str = "tallylog-secret-key-v1 ";

/// The folder.
#[derive(Clone, Debug)]
pub(crate) struct DataDir {
    root: PathBuf,
}

impl DataDir {
    pub(crate) fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// Where the log lies.
    pub(crate) fn log(&self) -> PathBuf {
        self.root.join("log")
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Whether a log lies here.
    pub(crate) fn has_log(&self) -> bool {
        self.log().exists()
    }

    /// Whether nothing lies here at all.
    pub(crate) fn is_vacant(&self) -> bool {
        match fs::read_dir(&self.root) {
            Ok(mut entries) => entries.next().is_none(),
            Err(error) => error.kind() == ErrorKind::NotFound,
        }
    }

    /// Opens the store of the log that is here.
    pub(crate) fn store(&self) -> Result<Store, Failure> {
        if !self.has_log() {
            return Err(Failure::NoLog(self.root.clone()));
        }
        Ok(Store::open(&self.log())?)
    }

    /// Every checkpoint that this log has signed.
    pub(crate) fn checkpoints(&self) -> PathBuf {
        self.root.join("checkpoints")
    }

    /// The private notebook of the tabulation centre.
    pub(crate) fn notebook(&self) -> PathBuf {
        self.root.join("notebook")
    }

    /// Photos and documents that the log names.
    pub(crate) fn files(&self) -> PathBuf {
        self.root.join("files")
    }

    /// The same, to be shown to some.
    pub(crate) fn shelving(&self, showing: Showing) -> Shelving {
        Shelving {
            dir: self.files(),
            showing,
        }
    }

    /// With what the log here signs. The keys are made where there is no log yet.
    pub(crate) fn signing(&self) -> Result<Signing, Failure> {
        let key = |name| {
            if Store::exists(&self.log()) {
                return self.known_key(name);
            }
            self.key(name).map(|(key, _)| key)
        };
        Ok(Signing {
            log: key("log")?,
            service: key("service").or_else(|lost| self.known_key(SUCCESSOR).map_err(|_| lost))?,
            successor: self.successor(),
            checkpoints: self.checkpoints(),
            interval: INTERVAL,
            witnesses: Vec::new(),
            quorum: 0,
        })
    }

    /// Finds the key that the log names for its own events, whichever file has it.
    fn successor(&self) -> Successor {
        let data = self.clone();
        Arc::new(move |named| {
            let known = [SUCCESSOR, "service"]
                .into_iter()
                .filter_map(|name| data.known_key(name).ok());
            known.into_iter().find(|key| PublicKey::of(key) == *named)
        })
    }

    /// Gives the successor's key its place, once the log on disk names it.
    ///
    /// The name changes in one step. A crash before it leaves both files, one after it the successor's alone: either way
    /// the next start finds the key that the log names. The key before it signs nothing any more.
    pub(crate) fn keep_service(&self, log: &Log) -> Result<(), Failure> {
        let Ok(successor) = self.known_key(SUCCESSOR) else {
            return Ok(());
        };
        if log.state()?.service() != Some(PublicKey::of(&successor)) {
            return Ok(());
        }
        let folder = self.root.join("keys");
        let from = folder.join(format!("{SUCCESSOR}.key"));
        let renamed = fs::rename(&from, folder.join("service.key"));
        renamed
            .and_then(|()| fs::File::open(&folder)?.sync_all())
            .map_err(|error| Failure::File { path: from, error })
    }

    /// What enrolment codes are made from. It lies with the keys: a copy of the folder that lacks it makes other codes, and
    /// so a new one is kept only once it is known that nobody has codes yet ([`DataDir::keep_codes`]).
    pub(crate) fn codes(&self) -> Result<Codes, Failure> {
        let path = self.codes_file();
        let (key, is_new) = match fs::read_to_string(&path) {
            Ok(text) => (parse(&path, &Zeroizing::new(text))?, false),
            Err(error) if error.kind() == ErrorKind::NotFound => (random()?, true),
            Err(error) => return Err(Failure::File { path, error }),
        };
        Ok(Codes { key, is_new })
    }

    /// Keeps what codes are made from, if it is new.
    ///
    /// # Errors
    ///
    /// [`Failure::LostCodes`] where codes were issued before, unless `anew` says that they are to work no longer.
    pub(crate) fn keep_codes(&self, codes: &Codes, log: &Log, anew: bool) -> Result<(), Failure> {
        if !codes.is_new {
            return Ok(());
        }
        let issued = !log.state()?.desks().codes.batches().is_empty();
        if issued && !anew {
            return Err(Failure::LostCodes(self.codes_file()));
        }
        self.adopt_key("codes", &codes.key)
    }

    fn codes_file(&self) -> PathBuf {
        self.root.join("keys").join("codes.key")
    }

    /// Opens the log that is here, for writing.
    pub(crate) fn open(&self, settings: Settings) -> Result<(Log, Writer), Failure> {
        Ok(Log::open(self.store()?, settings)?)
    }

    /// Makes a log here, or opens the one that is.
    pub(crate) fn open_or_create(&self, settings: Settings) -> Result<(Log, Writer), Failure> {
        if self.has_log() {
            match Store::open(&self.log()) {
                // What a process leaves that was killed while it made the log: there is no entry in it.
                Err(StoreError::Missing { .. }) => {
                    let failed = |error| Failure::File {
                        path: self.log(),
                        error,
                    };
                    fs::remove_dir_all(self.log()).map_err(failed)?;
                }
                opened => return Ok(Log::open(opened?, settings)?),
            }
        }
        create_private(&self.root)?;
        Ok(Log::open(Store::create(&self.log())?, settings)?)
    }

    /// Copies the keys of another folder into this one, which is made.
    pub(crate) fn adopt_keys(&self, other: &Self) -> Result<(), Failure> {
        let (from, to) = (other.root.join("keys"), self.root.join("keys"));
        create_private(&to)?;
        if !from.exists() {
            return Ok(());
        }
        let failed = |error| Failure::File {
            path: from.clone(),
            error,
        };
        for key in fs::read_dir(&from).map_err(failed)? {
            let key = key.map_err(failed)?;
            // A copy keeps the permissions of its source.
            fs::copy(key.path(), to.join(key.file_name())).map_err(failed)?;
        }
        Ok(())
    }

    /// The key of this name, which must be there.
    pub(crate) fn known_key(&self, name: &str) -> Result<SigningKey, Failure> {
        let path = self.root.join("keys").join(format!("{name}.key"));
        if !path.exists() {
            return Err(Failure::NoKey { path });
        }
        self.key(name).map(|(key, _)| key)
    }

    /// The key of this name, made now where there is none.
    ///
    /// It is not encrypted, and readable by the owner alone. Says whether it was made.
    pub(crate) fn key(&self, name: &str) -> Result<(SigningKey, bool), Failure> {
        let folder = self.root.join("keys");
        create_private(&folder)?;
        key_file(folder.join(format!("{name}.key")))
    }

    /// Keeps a key that was made elsewhere under this name.
    pub(crate) fn adopt_key(&self, name: &str, key: &SigningKey) -> Result<(), Failure> {
        let folder = self.root.join("keys");
        create_private(&folder)?;
        write(&folder.join(format!("{name}.key")), &Zeroizing::new(key.to_bytes()))
    }
}

/// What enrolment codes are made from, and whether it is kept yet.
pub(crate) struct Codes {
    key: SigningKey,
    is_new: bool,
}

impl Codes {
    /// As the server takes it.
    pub(crate) fn secret(&self) -> CodeSecret {
        CodeSecret::new(self.key.to_bytes())
    }
}

/// The key in a file, made now where there is none; its folder must be there. Says whether it was made.
pub(crate) fn key_file(path: PathBuf) -> Result<(SigningKey, bool), Failure> {
    match fs::read_to_string(&path) {
        Ok(text) => Ok((parse(&path, &Zeroizing::new(text))?, false)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok((make(&path)?, true)),
        Err(error) => Err(Failure::File { path, error }),
    }
}

fn create_private(path: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::DirBuilderExt;
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|error| Failure::File {
        path: path.to_owned(),
        error,
    })
}

fn parse(path: &Path, text: &str) -> Result<SigningKey, Failure> {
    let bad = || Failure::BadKey { path: path.to_owned() };
    let digits = text.trim_end().strip_prefix(PREFIX).ok_or_else(bad)?;
    let mut seed = Zeroizing::new([0; 32]);
    hex::decode_to_slice(digits, seed.as_mut_slice()).map_err(|_| bad())?;
    Ok(SigningKey::from_bytes(&seed))
}

fn make(path: &Path) -> Result<SigningKey, Failure> {
    let key = random()?;
    write(path, &Zeroizing::new(key.to_bytes()))?;
    Ok(key)
}

fn random() -> Result<SigningKey, Failure> {
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(seed.as_mut_slice()).map_err(|_| Failure::Randomness)?;
    Ok(SigningKey::from_bytes(&seed))
}

/// Writes a key under a name of its own, syncs it, and only then gives it its name: a crash leaves a whole key or none.
fn write(path: &Path, seed: &[u8; 32]) -> Result<(), Failure> {
    let failed = |error| Failure::File {
        path: path.to_owned(),
        error,
    };
    let text = Zeroizing::new(format!("{PREFIX}{}\n", hex::encode(seed.as_slice())));
    let draft = path.with_extension("new");
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&draft)
        .map_err(failed)?;
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(failed)?;
    fs::rename(&draft, path).map_err(failed)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(failed)
}
