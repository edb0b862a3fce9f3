//! Photos, scans and documents that stand beside the log, each under the BLAKE3 hash of its bytes.
//!
//! | name | holds |
//! | --- | --- |
//! | `HASH` | a whole file: it has that hash, or its bytes have changed since |
//! | `HASH.damaged` | one whose bytes had changed when it was read |
//! | `partial/HASH-SENDER` | what has come of a file from one sender |
//!
//! A file gets its name when its hash was computed from the disk and its bytes are synced. What a crash leaves before that
//! is a partial file, whose bytes promise nothing: the hash at the end decides.

mod upload;

use std::fs::{self, DirBuilder, File};
use std::io::{ErrorKind, Read, Seek};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

pub use self::upload::{Progress, Upload};
use crate::StoreError;
use crate::error::Action;
use crate::head::sync_dir;

const PARTIAL: &str = "partial";
const DAMAGED: &str = "damaged";

/// How many bytes are read and hashed at a time.
const PIECE: usize = 64 << 10;

/// A file as somebody announced it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileId {
    /// The BLAKE3 hash of its bytes.
    pub hash: [u8; 32],
    /// How many bytes it has.
    pub size: u64,
}

/// The folder of files.
#[derive(Clone, Debug)]
pub struct Files {
    dir: PathBuf,
}

impl Files {
    /// Opens the folder, or makes an empty one that its owner alone can enter.
    ///
    /// # Errors
    ///
    /// Whatever the disk says.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        let partial = dir.join(PARTIAL);
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&partial);
        made.map_err(StoreError::io(Action::Created, &partial))?;
        sync_dir(dir)?;
        // The folder's own name is on disk before anything in it counts.
        let parent = dir.canonicalize().map_err(StoreError::io(Action::Opened, dir))?;
        parent.parent().map_or(Ok(()), sync_dir)?;
        Ok(Self { dir: dir.to_owned() })
    }

    /// The folder as it is, to look into: nothing is made, and there may be none.
    #[must_use]
    pub fn at(dir: &Path) -> Self {
        Self { dir: dir.to_owned() }
    }

    /// Whether a whole file is there. Nobody looks at its bytes before it is read.
    #[must_use]
    pub fn holds(&self, file: FileId) -> bool {
        let found = fs::metadata(self.path(file));
        found.is_ok_and(|found| found.is_file() && found.len() == file.size)
    }

    /// Opens a file after hashing every byte of it, and changes nothing.
    ///
    /// # Errors
    ///
    /// [`StoreError::FileMissing`] if there is none, [`StoreError::FileDamaged`] if its bytes have changed, and whatever
    /// the disk says.
    pub fn check(&self, id: FileId) -> Result<File, StoreError> {
        let path = self.path(id);
        let mut file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(StoreError::FileMissing { path });
            }
            Err(error) => return Err(StoreError::io(Action::Opened, &path)(error)),
        };
        if hashed(&mut file, &path)? != id {
            return Err(StoreError::FileDamaged { path });
        }
        file.rewind().map_err(StoreError::io(Action::Read, &path))?;
        Ok(file)
    }

    /// The same for whoever serves it: one that is not what its name says is set aside, and is missing from then on, so
    /// that it can be sent again.
    ///
    /// # Errors
    ///
    /// Those of [`Files::check`].
    pub fn read(&self, id: FileId) -> Result<File, StoreError> {
        let read = self.check(id);
        if let Err(StoreError::FileDamaged { path }) = &read {
            let aside = path.with_extension(DAMAGED);
            fs::rename(path, &aside).map_err(StoreError::io(Action::Written, &aside))?;
            sync_dir(&self.dir)?;
            return Err(StoreError::FileDamaged { path: aside });
        }
        read
    }

    /// How many bytes of a file have come from a sender; all of them if it is whole.
    #[must_use]
    pub fn offset(&self, file: FileId, sender: &[u8; 32]) -> u64 {
        if self.holds(file) {
            return file.size;
        }
        let partial = fs::metadata(self.partial(file, sender));
        partial.map_or(0, |partial| partial.len().min(file.size))
    }

    /// How many bytes of a file have come from a sender; `None` if nothing is kept of it.
    #[must_use]
    pub fn part(&self, hash: [u8; 32], sender: &[u8; 32]) -> Option<u64> {
        let partial = fs::metadata(self.partial(FileId { hash, size: 0 }, sender));
        partial.ok().map(|partial| partial.len())
    }

    /// Every file that is whole, by its name alone, with how many bytes it has.
    ///
    /// # Errors
    ///
    /// Whatever the disk says.
    pub fn whole(&self) -> Result<Vec<([u8; 32], u64)>, StoreError> {
        let found = list(&self.dir)?.into_iter();
        Ok(found.filter_map(|(name, bytes)| Some((parse(&name)?, bytes))).collect())
    }

    /// Every part of a file, by the hash of the whole and how many bytes have come, with its sender.
    ///
    /// # Errors
    ///
    /// Whatever the disk says.
    pub fn parts(&self) -> Result<Vec<(FileId, [u8; 32])>, StoreError> {
        let part = |(name, size): (String, u64)| {
            let (file, sender) = name.split_once('-')?;
            let hash = parse(file)?;
            Some((FileId { hash, size }, parse(sender)?))
        };
        Ok(list(&self.dir.join(PARTIAL))?.into_iter().filter_map(part).collect())
    }

    /// Goes on with what a sender has sent of a file, from `offset` on.
    ///
    /// # Errors
    ///
    /// [`StoreError::OtherOffset`] if something else has come so far, [`StoreError::UploadInUse`] if the same sender is
    /// at it already, and whatever the disk says.
    pub fn resume(&self, file: FileId, sender: &[u8; 32], offset: u64) -> Result<Upload, StoreError> {
        if self.holds(file) {
            return Err(StoreError::OtherOffset { offset: file.size });
        }
        if !crate::folder::exists(&self.dir.join(PARTIAL))? {
            // There was no room for the folder when this was opened.
            Self::open(&self.dir)?;
        }
        Upload::resume(self, file, self.partial(file, sender), offset)
    }

    /// Takes a whole file from somewhere else, such as another folder of files.
    ///
    /// # Errors
    ///
    /// [`StoreError::FileDiffers`] or [`StoreError::FileTooLong`] if it is not the file that was announced, and whatever
    /// the disk says.
    pub fn put(&self, file: FileId, from: &mut impl Read) -> Result<(), StoreError> {
        if self.check(file).is_ok() {
            return Ok(());
        }
        let partial = self.partial(file, &[0; 32]);
        remove(&partial)?;
        let mut upload = Upload::resume(self, file, partial.clone(), 0)?;
        let mut piece = vec![0; PIECE];
        loop {
            match from.read(&mut piece).map_err(StoreError::io(Action::Read, &partial))? {
                0 => break,
                read => upload.write(piece.get(..read).unwrap_or_default())?,
            }
        }
        match upload.end()? {
            Progress::Whole => Ok(()),
            Progress::Partial(_) => {
                remove(&partial)?;
                Err(StoreError::FileDiffers)
            }
        }
    }

    /// Removes what came of files that nobody has gone on sending since a time; says how many there were.
    ///
    /// # Errors
    ///
    /// Whatever the disk says.
    pub fn sweep(&self, since: SystemTime) -> Result<usize, StoreError> {
        let folder = self.dir.join(PARTIAL);
        let mut removed = 0;
        for (name, _) in list(&folder)? {
            let path = folder.join(name);
            let changed = fs::metadata(&path).and_then(|found| found.modified());
            // What is gone by now was finished meanwhile.
            if changed.is_ok_and(|changed| changed < since) {
                remove(&path)?;
                removed += 1;
            }
        }
        Ok(removed)
    }

    fn path(&self, file: FileId) -> PathBuf {
        self.dir.join(name(file))
    }

    fn partial(&self, file: FileId, sender: &[u8; 32]) -> PathBuf {
        let sender = blake3::Hash::from_bytes(*sender).to_hex();
        self.dir.join(PARTIAL).join(format!("{}-{sender}", name(file)))
    }
}

/// The files in a folder with their lengths; none where there is no folder.
fn list(folder: &Path) -> Result<Vec<(String, u64)>, StoreError> {
    let listed = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        listed => listed.map_err(StoreError::io(Action::Listed, folder))?,
    };
    let mut found = Vec::new();
    for entry in listed {
        let entry = entry.map_err(StoreError::io(Action::Listed, folder))?;
        let name = entry.file_name().into_string().ok();
        // What is gone by now was finished or removed meanwhile.
        if let (Some(name), Ok(known)) = (name, entry.metadata())
            && known.is_file()
        {
            found.push((name, known.len()));
        }
    }
    Ok(found)
}

/// The hash that a name says.
fn parse(name: &str) -> Option<[u8; 32]> {
    blake3::Hash::from_hex(name).ok().map(|hash| *hash.as_bytes())
}

fn name(file: FileId) -> String {
    blake3::Hash::from_bytes(file.hash).to_hex().to_string()
}

/// What the bytes of a file say of themselves, from its beginning to its end.
fn hashed(file: &mut File, path: &Path) -> Result<FileId, StoreError> {
    let mut hasher = blake3::Hasher::new();
    file.rewind().map_err(StoreError::io(Action::Read, path))?;
    let mut piece = vec![0; PIECE];
    loop {
        match file.read(&mut piece).map_err(StoreError::io(Action::Read, path))? {
            0 => break,
            read => {
                hasher.update(piece.get(..read).unwrap_or_default());
            }
        }
    }
    Ok(FileId {
        hash: *hasher.finalize().as_bytes(),
        size: hasher.count(),
    })
}

fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(StoreError::io(Action::Removed, path)(error)),
        Ok(()) | Err(_) => Ok(()),
    }
}
