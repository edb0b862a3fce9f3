//! The seal of a store that was closed: the hash of every block of every file of the engine.
//!
//! A sealed store is opened only if every byte is as it was, even where the engine would not look.
//! Damage is found before the engine sees it.
//!
//! The head holds the hash of the seal, and so vouches for it. The order of closing and opening:
//!
//! 1. To close, the engine lets go of its files, they are synced, the seal is written and synced,
//!    and then the head says "sealed". A crash before that leaves a store that is not sealed, which
//!    is always lawful; the half-written seal is not looked at.
//! 2. To open, everything is compared, and then the head says "not sealed", durably, before the
//!    engine may write a byte. A crash after that leaves a store that is not sealed.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::StoreError;
use crate::error::{Action, Damage};
use crate::folder;
use crate::head::sync_dir;

const BLOCK: usize = 64 * 1024;

/// What the seal says of one file.
#[derive(Debug, PartialEq, Eq)]
struct Sealed {
    path: PathBuf,
    length: u64,
    /// One for each block of 64 KiB, in order.
    blocks: Vec<[u8; 32]>,
}

fn path(dir: &Path) -> PathBuf {
    dir.join("seal")
}

/// Seals the files of `folder`, durably, and returns the hash of the seal.
pub(crate) fn write(dir: &Path, folder: &Path) -> Result<[u8; 32], StoreError> {
    let mut bytes = Vec::new();
    for file in folder::files(folder)? {
        File::open(&file)
            .map_err(StoreError::io(Action::Opened, &file))?
            .sync_all()
            .map_err(StoreError::sync(&file))?;
        encode(&hash(&file)?, folder, &mut bytes);
        file.parent().map_or(Ok(()), sync_dir)?;
    }
    sync_dir(folder)?;
    let path = path(dir);
    fs::write(&path, &bytes).map_err(StoreError::io(Action::Written, &path))?;
    File::open(&path)
        .map_err(StoreError::io(Action::Opened, &path))?
        .sync_all()
        .map_err(StoreError::sync(&path))?;
    sync_dir(dir)?;
    Ok(blake3::hash(&bytes).into())
}

/// Refuses any difference between the files of `folder` and the seal whose hash is `expected`.
pub(crate) fn verify(dir: &Path, folder: &Path, expected: [u8; 32]) -> Result<(), StoreError> {
    let path = path(dir);
    if !folder::exists(&path)? {
        return Err(StoreError::damaged(&path, 0, Damage::Missing));
    }
    let bytes = fs::read(&path).map_err(StoreError::io(Action::Read, &path))?;
    if blake3::hash(&bytes) != expected {
        return Err(StoreError::damaged(&path, 0, Damage::Changed));
    }
    let sealed = decode(&bytes, folder).ok_or_else(|| StoreError::damaged(&path, 0, Damage::Changed))?;
    for file in &sealed {
        verify_file(file)?;
    }
    let unexpected = folder::files(folder)?
        .into_iter()
        .find(|found| sealed.iter().all(|file| file.path != *found));
    match unexpected {
        Some(file) => Err(StoreError::damaged(&file, 0, Damage::Unexpected)),
        None => Ok(()),
    }
}

/// Removes a seal that no longer holds. Only tidies up: the head has already disowned it.
pub(crate) fn remove(dir: &Path) -> Result<(), StoreError> {
    let path = path(dir);
    if folder::exists(&path)? {
        fs::remove_file(&path).map_err(StoreError::io(Action::Removed, &path))?;
    }
    Ok(())
}

fn verify_file(expected: &Sealed) -> Result<(), StoreError> {
    let path = &expected.path;
    if !folder::exists(path)? {
        return Err(StoreError::damaged(path, 0, Damage::Missing));
    }
    let found = hash(path)?;
    let blocks = (0_u64..).step_by(BLOCK).zip(expected.blocks.iter().zip(&found.blocks));
    // The last block of a file that was cut differs as well, but it says more that it was cut.
    if found.length == expected.length {
        let mut changed = blocks.filter(|(_, (expected, found))| expected != found);
        return changed.next().map_or(Ok(()), |(offset, _)| {
            Err(StoreError::damaged(path, offset, Damage::Changed))
        });
    }
    let damage = Damage::Length {
        expected: expected.length,
        found: found.length,
    };
    Err(StoreError::damaged(path, expected.length.min(found.length), damage))
}

fn hash(path: &Path) -> Result<Sealed, StoreError> {
    let mut file = File::open(path).map_err(StoreError::io(Action::Opened, path))?;
    let mut blocks = Vec::new();
    let mut length = 0;
    let mut block = Vec::with_capacity(BLOCK);
    loop {
        block.clear();
        let limit = u64::try_from(BLOCK).unwrap_or(u64::MAX);
        let read = (&mut file)
            .take(limit)
            .read_to_end(&mut block)
            .map_err(StoreError::io(Action::Read, path))?;
        if read == 0 {
            return Ok(Sealed {
                path: path.to_owned(),
                length,
                blocks,
            });
        }
        length += u64::try_from(read).unwrap_or(0);
        blocks.push(blake3::hash(&block).into());
    }
}

/// Appends: length of the name, name, length of the file, hashes of its blocks.
fn encode(file: &Sealed, folder: &Path, out: &mut Vec<u8>) {
    let name = file
        .path
        .strip_prefix(folder)
        .unwrap_or(&file.path)
        .as_os_str()
        .as_encoded_bytes();
    out.extend_from_slice(&u64::try_from(name.len()).unwrap_or(u64::MAX).to_be_bytes());
    out.extend_from_slice(name);
    out.extend_from_slice(&file.length.to_be_bytes());
    out.extend(file.blocks.as_flattened());
}

/// Reads what `encode` wrote. The bytes are vouched for by their hash.
fn decode(bytes: &[u8], folder: &Path) -> Option<Vec<Sealed>> {
    let mut files = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let name_length = usize::try_from(take_u64(&mut rest)?).ok()?;
        let name = str::from_utf8(rest.split_off(..name_length)?).ok()?;
        let length = take_u64(&mut rest)?;
        let count = usize::try_from(length).ok()?.div_ceil(BLOCK);
        let (blocks, _) = rest.split_off(..count * 32)?.as_chunks();
        files.push(Sealed {
            path: folder.join(name),
            length,
            blocks: blocks.to_vec(),
        });
    }
    Some(files)
}

fn take_u64(bytes: &mut &[u8]) -> Option<u64> {
    let (number, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(u64::from_be_bytes(*number))
}
