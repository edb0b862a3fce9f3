//! How much of a log is for whoever asks: all of it, or what comes before the first entry that is kept back.

use tallylog_server::Problem;
use tallylog_tlog::{BundleId, Hash, SignedCheckpoint, Size, TILE_WIDTH, TileId, TilePath, Tree};

use super::Mirror;
use crate::failure::Failure;

/// What a log has, and how much of it can be read.
pub(crate) struct Reach {
    /// The latest checkpoint of whose entries every one can be read.
    pub(crate) shown: SignedCheckpoint,
    /// The latest of all.
    pub(crate) latest: SignedCheckpoint,
}

impl Reach {
    /// How many entries are there and kept back.
    pub(crate) fn kept_back(&self) -> u64 {
        self.latest.unverified().size.0 - self.shown.unverified().size.0
    }

    /// Says whether the latest checkpoint, and others `beyond` what is shown, are over the entries that were read: what is
    /// kept back has hashes, and these are for everybody. Nobody has looked at the signatures.
    pub(crate) fn continues<'a>(
        &self,
        mirror: &Mirror,
        entries: impl Iterator<Item = &'a [u8]>,
        beyond: &[SignedCheckpoint],
    ) -> Result<bool, Failure> {
        let mut notes: Vec<_> = beyond
            .iter()
            .chain([&self.latest])
            .map(SignedCheckpoint::unverified)
            .collect();
        let mut read = entries.map(Hash::leaf);
        let (mut tree, mut size) = (Tree::new(), 0);
        for leaf in mirror.leaves(self.latest.unverified().size) {
            let leaf = leaf?;
            if read.next().is_some_and(|read| read != leaf) {
                return Ok(false);
            }
            tree.append(leaf);
            size += 1;
            notes.retain(|note| note.size.0 != size || note.root != tree.root());
        }
        Ok(notes.is_empty())
    }
}

impl Mirror {
    /// Looks how much can be read.
    pub(crate) fn reach(&self) -> Result<Reach, Failure> {
        let latest = self.checkpoint()?;
        if self.shows(latest.unverified().size)? {
            return Ok(Reach {
                shown: latest.clone(),
                latest,
            });
        }
        let mut notes = self.checkpoints(latest.unverified().size)?;
        let (mut least, mut most) = (0, notes.len());
        while least < most {
            let middle = least.midpoint(most);
            let there = notes.get(middle).map_or(Size(0), |note| note.unverified().size);
            if self.shows(there)? {
                least = middle + 1;
            } else {
                most = middle;
            }
        }
        notes.truncate(least);
        let shown = notes.pop().ok_or(Problem::Embargoed)?;
        Ok(Reach { shown, latest })
    }

    /// Whether the last of so many entries can be read, and with it all before.
    fn shows(&self, size: Size) -> Result<bool, Failure> {
        let Some(last) = size.0.checked_sub(1) else {
            return Ok(true);
        };
        let width = u64::from(TILE_WIDTH);
        let entries = u16::try_from(last % width + 1).unwrap_or(TILE_WIDTH);
        let id = BundleId::new(last / width, entries).map_err(|_| Problem::NoTile)?;
        match self.tile(TilePath::Bundle(id)) {
            Ok(_) => Ok(true),
            Err(Failure::Problem(Problem::Embargoed)) => Ok(false),
            Err(failure) => Err(failure),
        }
    }

    /// The hash of every entry of a log of `size`, in order.
    fn leaves(&self, size: Size) -> impl Iterator<Item = Result<Hash, Failure>> {
        let width = u64::from(TILE_WIDTH);
        let tiles = (0..size.0.div_ceil(width)).map(move |index| {
            let hashes = u16::try_from(width.min(size.0 - index * width)).unwrap_or(TILE_WIDTH);
            let id = TileId::new(0, index, hashes).map_err(|_| Problem::NoTile)?;
            self.tile(TilePath::Tile(id))
        });
        tiles.flat_map(|tile| match tile {
            Ok(bytes) => bytes.as_chunks::<32>().0.iter().map(|hash| Ok(Hash(*hash))).collect(),
            Err(failure) => vec![Err(failure)],
        })
    }
}
