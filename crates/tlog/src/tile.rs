//! Tiles: the tree in pieces that never change once they are full.

use crate::tile_path::{rows_of, width_of};
use crate::{Hash, Node, NodeSource, Size, TILE_WIDTH, TileError, TileId};

/// How many levels of the tree a tile spans.
const HEIGHT: u32 = 8;

/// The hashes of a tile.
///
/// One that came from elsewhere says nothing. Proofs that were built from it are checked against a checkpoint, like
/// any others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tile {
    id: TileId,
    rows: Vec<Hash>,
}

impl Tile {
    /// Reads a tile's hashes from where the nodes of a tree are kept.
    ///
    /// # Errors
    ///
    /// What the source says when it cannot give a node.
    pub fn build<S: NodeSource>(id: TileId, nodes: &S) -> Result<Self, S::Error> {
        let first = first_row(id);
        let rows = first..first + u64::from(id.width());
        let level = HEIGHT * u32::from(id.level());
        let hashes = rows.map(|index| nodes.node(Node { level, index }));
        Ok(Self {
            id,
            rows: hashes.collect::<Result<_, _>>()?,
        })
    }

    /// Reads a tile as it was served.
    ///
    /// # Errors
    ///
    /// [`TileError::Length`] if the bytes are not 32 for each of its hashes.
    pub fn parse(id: TileId, bytes: &[u8]) -> Result<Self, TileError> {
        let (hashes, rest) = bytes.as_chunks();
        if !rest.is_empty() || hashes.len() != usize::from(id.width()) {
            return Err(TileError::Length(bytes.len()));
        }
        Ok(Self {
            id,
            rows: hashes.iter().copied().map(Hash).collect(),
        })
    }

    /// The bytes to serve.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        self.rows.iter().flat_map(|hash| hash.0).collect()
    }

    /// Which tile it is.
    #[must_use]
    pub const fn id(&self) -> TileId {
        self.id
    }

    /// Its hashes: those of neighbouring subtrees of `256^level` leaves each.
    #[must_use]
    pub fn rows(&self) -> &[Hash] {
        &self.rows
    }

    /// The hash of a node that lies in the tile, be it one of its rows or hashed from them.
    #[must_use]
    pub fn node(&self, node: Node) -> Option<Hash> {
        let above = node.level.checked_sub(HEIGHT * u32::from(self.id.level()))?;
        if above >= HEIGHT {
            return None;
        }
        let first = node.index.checked_mul(1 << above)?.checked_sub(first_row(self.id))?;
        let first = usize::try_from(first).ok()?;
        let rows = self.rows.get(first..first.checked_add(1 << above)?)?;
        Some(Hash::over(rows))
    }

    /// Which tile holds a node, in a tree of `size`: what to fetch for a proof.
    ///
    /// ```
    /// # use tallylog_tlog::{Node, Size, Tile};
    /// let tile = Tile::holding(Node { level: 10, index: 3 }, Size(70_000)).unwrap();
    /// assert_eq!(tile.to_string(), "tile/1/000");
    /// ```
    #[must_use]
    pub fn holding(node: Node, size: Size) -> Option<TileId> {
        let level = u8::try_from(node.level / HEIGHT).ok()?;
        let first = node.index.checked_mul(1 << (node.level % HEIGHT))?;
        TileId::in_tree(level, first / u64::from(TILE_WIDTH), size)
    }
}

/// The tiles that differ between a tree of `old` leaves and the one of `new` that it grew into: what to write.
///
/// From the lowest level up, and on each level from left to right. The entry bundles that differ are those of the
/// tiles of level 0.
///
/// ```
/// # use tallylog_tlog::{Size, touched};
/// let paths: Vec<_> = touched(Size(255), Size(257)).map(|tile| tile.to_string()).collect();
/// assert_eq!(paths, ["tile/0/000", "tile/0/001.p/1", "tile/1/000.p/1"]);
/// ```
pub fn touched(old: Size, new: Size) -> impl Iterator<Item = TileId> {
    // A u64 of leaves has tiles of eight levels.
    (0..8).flat_map(move |level| {
        let (had, has) = (rows_of(level, old), rows_of(level, new));
        let width = u64::from(TILE_WIDTH);
        // Where nothing was added the first tile is not before the end.
        let end = if had < has { has.div_ceil(width) } else { 0 };
        (had / width..end).filter_map(move |index| TileId::new(level, index, width_of(has - index * width)).ok())
    })
}

/// The place of a tile's first hash on its level. It cannot overflow: a tile that no tree has is no `TileId`.
fn first_row(id: TileId) -> u64 {
    id.index() * u64::from(TILE_WIDTH)
}
