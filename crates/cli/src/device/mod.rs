//! A person's device: a folder with a key, what it is for, and the log that it trusts.
//!
//! - `key.age`: the key, encrypted with a passphrase.
//! - `device.json`: what may be read without it: contest, pinned log key, server, person, role, precincts.
//! - `roster.entries`: the log's first entries, contest and roster, as the pinned key has signed for them.
//! - `outbox/`: what the device has signed, and its receipts.
//!
//! `device.json` comes last: a folder without it was not finished, and whoever made it begins again with the same key.

mod about;
mod ask;
mod fault;
mod key_file;
mod passphrase;
mod private;
mod read;
mod roster;
mod send;
mod since;
mod words;

use std::path::{Path, PathBuf};

use tallylog_event::SigningKey;
use tallylog_projection::State;

pub(crate) use self::about::{About, Seat};
pub(crate) use self::ask::{Asking, Service};
pub(crate) use self::fault::DeviceFault;
pub(crate) use self::private::{
    folder as private_folder, remove as remove_private, sync_folder, write as write_private,
};
pub(crate) use self::read::SignedReads;
pub(crate) use self::send::{
    ANSWER, Handing, Received, check_receipt, deliver, envelope, is_unreachable, may_pass, send,
};
pub(crate) use self::since::Since;
pub(crate) use self::words::{log_words, short_words};
use crate::args::device::DeviceArgs;
use crate::failure::Failure;

/// A device whose key is open.
pub(crate) struct Device {
    dir: PathBuf,
    about: About,
    key: SigningKey,
}

impl Device {
    /// Opens the device of a folder: asks for the passphrase where no file has it.
    ///
    /// The server that was said counts for this time, and not the one that the device was made for.
    pub(crate) fn open(args: &DeviceArgs) -> Result<Self, Failure> {
        let about = Self::look(args)?;
        let passphrase = passphrase::known(args.passphrase_file.as_deref(), &about.person)?;
        let key = key_file::open(&args.device, passphrase)?;
        if tallylog_event::PublicKey::of(&key) != about.key {
            return Err(DeviceFault::OtherKey(args.device.clone()).into());
        }
        Ok(Self {
            dir: args.device.clone(),
            about,
            key,
        })
    }

    /// What is known of a device without its key.
    pub(crate) fn look(args: &DeviceArgs) -> Result<About, Failure> {
        let mut about = About::read(&args.device)?;
        if let Some(server) = &args.server {
            about.server.clone_from(server);
        }
        Ok(about)
    }

    /// The key of a device that is being made: it is there and can be opened, or it is made now.
    pub(crate) fn new_key(args: &DeviceArgs) -> Result<SigningKey, Failure> {
        if About::exists(&args.device) {
            return Err(DeviceFault::Taken(args.device.clone()).into());
        }
        if key_file::exists(&args.device) {
            let passphrase = passphrase::known(args.passphrase_file.as_deref(), "this device")?;
            return key_file::open(&args.device, passphrase);
        }
        private_folder(&args.device)?;
        let passphrase = passphrase::new(args.passphrase_file.as_deref())?;
        key_file::make(&args.device, passphrase)
    }

    /// Makes a whole device around a key that is there.
    pub(crate) fn make(
        dir: &Path,
        about: &About,
        key: &SigningKey,
        passphrase: &str,
        entries: &[Vec<u8>],
    ) -> Result<(), Failure> {
        if About::exists(dir) {
            return Err(DeviceFault::Taken(dir.to_owned()).into());
        }
        private_folder(dir)?;
        key_file::keep(dir, key, passphrase.to_owned().into())?;
        Self::finish(dir, about, entries)
    }

    /// Finishes a device: from now on it can be opened. The entries are the log's first, contest and roster.
    pub(crate) fn finish(dir: &Path, about: &About, entries: &[Vec<u8>]) -> Result<(), Failure> {
        roster::write(dir, entries)?;
        about.write(dir)
    }

    pub(crate) const fn key(&self) -> &SigningKey {
        &self.key
    }

    pub(crate) const fn about(&self) -> &About {
        &self.about
    }

    /// The folder.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Contest and roster as they were when the device was made, without a server: amendments since are not in it.
    pub(crate) fn roster(&self) -> Result<State, Failure> {
        Self::roster_of(&self.dir)
    }

    /// The same of a folder whose key stays closed.
    pub(crate) fn roster_of(dir: &Path) -> Result<State, Failure> {
        roster::read(dir)
    }

    /// Connects to the server, to ask it in this person's name.
    pub(crate) async fn asking(&self) -> Result<Asking, Failure> {
        Asking::connect(&self.about.server, Some(self.signed_reads())).await
    }

    /// Signs what is asked of a server, for what is not for everybody.
    pub(crate) fn signed_reads(&self) -> SignedReads {
        SignedReads::new(self.key.clone(), self.about.contest, self.about.origin())
    }
}

/// The key stays out of what a program says of itself.
impl std::fmt::Debug for Device {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Device").field("dir", &self.dir).finish_non_exhaustive()
    }
}
