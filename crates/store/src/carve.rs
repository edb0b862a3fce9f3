//! Finds entries in the raw bytes of the engine's files.
//!
//! The engine keeps values whole and uncompressed, in one place of one file. So every entry
//! that was ever written, and not overwritten since, can be found by its frames: by reading only,
//! without the engine, whatever else is damaged. Pages are rewritten now and then, so most entries
//! are there more than once, and any intact copy will do.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use memchr::memmem;

use crate::StoreError;
use crate::error::{Action, Place};
use crate::folder;
use crate::frame::{BLOCK, Decoded, Joiner, Marker, decode};

const WINDOW: usize = 1 << 20;

/// Where a frame lies.
#[derive(Clone, Copy, Debug)]
struct Spot {
    file: usize,
    offset: u64,
    length: usize,
    parts: u16,
}

/// What was found in a set of files.
#[derive(Debug, Default)]
pub(crate) struct Carved {
    files: Vec<(PathBuf, File, Marker)>,
    /// By index and part.
    spots: BTreeMap<(u64, u16), Spot>,
    /// Where frames lie that are damaged or partly overwritten, by the index that they claim.
    remains: BTreeMap<u64, (usize, u64)>,
}

impl Carved {
    /// Looks through every file of a folder; what was found before takes precedence.
    pub(crate) fn add(&mut self, dir: &Path, marker: Marker) -> Result<(), StoreError> {
        for path in folder::files(dir)? {
            let file = File::open(&path).map_err(StoreError::io(Action::Opened, &path))?;
            self.files.push((path, file, marker));
            self.scan(self.files.len() - 1)?;
        }
        Ok(())
    }

    fn scan(&mut self, file: usize) -> Result<(), StoreError> {
        let mut window: Vec<u8> = Vec::with_capacity(WINDOW + BLOCK);
        let mut offset = 0;
        loop {
            let (path, source, _) = &self.files[file];
            let room = u64::try_from(WINDOW + BLOCK - window.len()).unwrap_or(0);
            let read = source
                .take(room)
                .read_to_end(&mut window)
                .map_err(StoreError::io(Action::Read, path))?;
            // A frame that begins before `until` ends within the window.
            let until = if read == 0 {
                window.len()
            } else {
                window.len().saturating_sub(BLOCK)
            };
            let done = self.scan_window(file, offset, &window, until);
            if read == 0 {
                return Ok(());
            }
            window.drain(..done);
            offset += u64::try_from(done).unwrap_or(0);
        }
    }

    /// Looks for frames that begin before `until`, and returns how far it got.
    fn scan_window(&mut self, file: usize, offset: u64, window: &[u8], until: usize) -> usize {
        let marker = self.files[file].2;
        let finder = memmem::Finder::new(&marker.0);
        let mut at = 0;
        while let Some(hit) = finder.find(&window[at..]).filter(|hit| at + hit < until) {
            at += hit;
            let here = offset + u64::try_from(at).unwrap_or(0);
            match decode(marker, &window[at..]) {
                Some(Decoded::Frame { piece, length }) => {
                    let spot = Spot {
                        file,
                        offset: here,
                        length,
                        parts: piece.parts,
                    };
                    self.spots.entry((piece.index, piece.part)).or_insert(spot);
                    // What an entry holds is never looked at: it is not ours.
                    at += length;
                }
                Some(Decoded::Broken { index }) => {
                    self.remains.entry(index).or_insert((file, here));
                    at += 1;
                }
                None => at += 1,
            }
        }
        at.max(until)
    }

    /// The indexes of the entries of which every part was found, in order.
    pub(crate) fn indexes(&self) -> impl Iterator<Item = u64> {
        self.spots
            .iter()
            .filter(|((index, part), spot)| *part == 0 && self.is_whole(*index, spot.parts))
            .map(|((index, _), _)| *index)
    }

    fn is_whole(&self, index: u64, parts: u16) -> bool {
        (1..parts).all(|part| self.spots.contains_key(&(index, part)))
    }

    /// How many entries there are from 0 on without a gap.
    pub(crate) fn contiguous(&self) -> u64 {
        let gapless = (0..)
            .zip(self.indexes())
            .take_while(|(expected, index)| expected == index);
        gapless.last().map_or(0, |(index, _)| index + 1)
    }

    /// How many bytes of frames were found, each once.
    pub(crate) fn bytes(&self) -> u64 {
        let lengths = self
            .spots
            .values()
            .map(|spot| u64::try_from(spot.length).unwrap_or(u64::MAX));
        lengths.fold(0, u64::saturating_add)
    }

    /// Whether anything was found of entries from `index` on.
    pub(crate) fn has_from(&self, index: u64) -> bool {
        let frames = self.spots.range((index, 0)..).next().is_some();
        frames || self.remains.range(index..).next().is_some()
    }

    /// Where the damaged remains of an entry lie.
    pub(crate) fn remains(&self, index: u64) -> Option<Place> {
        let (file, offset) = *self.remains.get(&index)?;
        Some(Place {
            path: self.files[file].0.clone(),
            offset,
        })
    }

    /// Reads an entry; `None` if not all of it was found, or it has changed since.
    pub(crate) fn entry(&self, index: u64) -> Result<Option<Vec<u8>>, StoreError> {
        let mut joiner = Joiner::default();
        for spot in self.spots.range((index, 0)..=(index, u16::MAX)).map(|(_, spot)| spot) {
            let (path, file, marker) = &self.files[spot.file];
            let mut bytes = vec![0; spot.length];
            file.read_exact_at(&mut bytes, spot.offset)
                .map_err(StoreError::io(Action::Read, path))?;
            let Some(Decoded::Frame { piece, .. }) = decode(*marker, &bytes) else {
                return Ok(None);
            };
            match joiner.push(piece) {
                Ok(Some((_, entry))) => return Ok(Some(entry)),
                Ok(None) => {}
                Err(_) => return Ok(None),
            }
        }
        Ok(None)
    }
}
