//! Which tile, and the path at which it is served.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::Size;

/// How many hashes a full tile has, and how many entries a full bundle.
pub const TILE_WIDTH: u16 = 256;

/// The largest level that a path may name (C2SP tlog-tiles, "Merkle Tree").
const MAX_LEVEL: u8 = 63;

/// A tile's place and width: `tile/<level>/<index>`, and `.p/<width>` if it is partial.
///
/// Invariant: there is a tree of a `u64` of leaves that has it. So every row is a [`Node`](crate::Node).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    level: u8,
    stretch: Stretch,
}

/// An entry bundle's place and width: `tile/entries/<index>`, and `.p/<width>` if it is partial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BundleId(Stretch);

/// What a path under `tile/` names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TilePath {
    /// Hashes.
    Tile(TileId),
    /// Entries.
    Bundle(BundleId),
}

/// Up to 256 neighbours on one level. Invariant: the width is from 1 to 256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Stretch {
    index: u64,
    width: u16,
}

/// Why something is no tile, or no path of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TileError {
    /// Not a path of a tile or bundle.
    #[error("the path is neither tile/<level>/<index> nor tile/entries/<index>, in their one spelling")]
    Path,
    /// No tree is so large.
    #[error("no tree is large enough for this tile")]
    Beyond,
    /// A width that no tile has.
    #[error("a tile is from 1 to 256 hashes wide, and this is {0}")]
    Width(u16),
    /// The bytes are not as many as the width asks for.
    #[error("the tile has {0} bytes, which is not 32 for each of its hashes")]
    Length(usize),
}

impl TileError {
    /// The code, which never changes its meaning.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Path => "tile-path",
            Self::Beyond => "tile-beyond-trees",
            Self::Width(_) => "tile-width",
            Self::Length(_) => "tile-length",
        }
    }
}

impl TileId {
    /// Names a tile.
    ///
    /// # Errors
    ///
    /// [`TileError`] if no tile is so wide, or no tree so large.
    ///
    /// ```
    /// # use tallylog_tlog::TileId;
    /// assert_eq!(TileId::new(0, 1_234_067, 256).unwrap().to_string(), "tile/0/x001/x234/067");
    /// assert_eq!(TileId::new(1, 0, 17).unwrap().to_string(), "tile/1/000.p/17");
    /// ```
    pub fn new(level: u8, index: u64, width: u16) -> Result<Self, TileError> {
        let stretch = Stretch::new(index, width)?;
        let rows = index.checked_mul(u64::from(TILE_WIDTH));
        let end = rows.and_then(|rows| rows.checked_add(u64::from(width)));
        // The leaves before the tile's end are `end << (8 * level)`, and a u64 must count them.
        match end.filter(|end| 8 * u32::from(level) <= end.leading_zeros()) {
            Some(_) => Ok(Self { level, stretch }),
            None => Err(TileError::Beyond),
        }
    }

    /// The tile at a place as it stands in a tree of `size`, if it has any hash there.
    ///
    /// A tree of size s has `floor(s / 256^level)` hashes on a level (C2SP tlog-tiles, "Partial Tiles").
    #[must_use]
    pub fn in_tree(level: u8, index: u64, size: Size) -> Option<Self> {
        let before = index.checked_mul(u64::from(TILE_WIDTH))?;
        let rows = rows_of(level, size).checked_sub(before)?;
        Self::new(level, index, width_of(rows)).ok()
    }

    /// How far above the leaves, in steps of eight levels of the tree.
    #[must_use]
    pub const fn level(self) -> u8 {
        self.level
    }

    /// How many tiles of this level stand before it.
    #[must_use]
    pub const fn index(self) -> u64 {
        self.stretch.index
    }

    /// How many hashes it has.
    #[must_use]
    pub const fn width(self) -> u16 {
        self.stretch.width
    }

    /// The full tile at its place: what a client asks for when the partial one is gone.
    ///
    /// # Errors
    ///
    /// [`TileError::Beyond`] if no tree is so large.
    pub fn full(self) -> Result<Self, TileError> {
        Self::new(self.level, self.stretch.index, TILE_WIDTH)
    }

    /// The entries whose hashes are in it, if it is of the lowest level.
    #[must_use]
    pub fn bundle(self) -> Option<BundleId> {
        (self.level == 0).then_some(BundleId(self.stretch))
    }
}

impl BundleId {
    /// Names an entry bundle.
    ///
    /// # Errors
    ///
    /// [`TileError`] if no bundle is so wide, or no tree so large.
    pub fn new(index: u64, width: u16) -> Result<Self, TileError> {
        TileId::new(0, index, width).map(|tile| Self(tile.stretch))
    }

    /// How many bundles stand before it.
    #[must_use]
    pub const fn index(self) -> u64 {
        self.0.index
    }

    /// How many entries it has.
    #[must_use]
    pub const fn width(self) -> u16 {
        self.0.width
    }
}

impl Stretch {
    const fn new(index: u64, width: u16) -> Result<Self, TileError> {
        if width == 0 || width > TILE_WIDTH {
            return Err(TileError::Width(width));
        }
        Ok(Self { index, width })
    }

    /// Reads `x001/x234/067.p/5`. Spellings that are not the one are left to the comparison of the whole path.
    fn parse(text: &str) -> Result<Self, TileError> {
        let (index, width) = match text.split_once(".p/") {
            Some((index, width)) => (index, width.parse().map_err(|_| TileError::Path)?),
            None => (text, TILE_WIDTH),
        };
        let digits: String = index.chars().filter(char::is_ascii_digit).collect();
        let index = digits.parse().map_err(|_| TileError::Path)?;
        Self::new(index, width)
    }
}

impl FromStr for TilePath {
    type Err = TileError;

    /// Reads a path as it follows a log's prefix, without a slash before it.
    fn from_str(path: &str) -> Result<Self, TileError> {
        let (level, stretch) = path
            .strip_prefix("tile/")
            .and_then(|rest| rest.split_once('/'))
            .ok_or(TileError::Path)?;
        let Stretch { index, width } = Stretch::parse(stretch)?;
        let named = if level == "entries" {
            Self::Bundle(BundleId::new(index, width)?)
        } else {
            let level = level.parse().map_err(|_| TileError::Path)?;
            if level > MAX_LEVEL {
                return Err(TileError::Path);
            }
            Self::Tile(TileId::new(level, index, width)?)
        };
        if named.to_string() != path {
            return Err(TileError::Path);
        }
        Ok(named)
    }
}

impl fmt::Display for TileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tile/{}/{}", self.level, self.stretch)
    }
}

impl fmt::Display for BundleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tile/entries/{}", self.0)
    }
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tile(tile) => tile.fmt(f),
            Self::Bundle(bundle) => bundle.fmt(f),
        }
    }
}

impl fmt::Display for Stretch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.index.to_string();
        let padded = format!("{:0>width$}", digits, width = digits.len().next_multiple_of(3));
        let groups = padded.len() / 3;
        for group in 0..groups {
            let last = group + 1 == groups;
            let (before, after) = if last { ("", "") } else { ("x", "/") };
            write!(f, "{before}{}{after}", &padded[group * 3..group * 3 + 3])?;
        }
        if self.width < TILE_WIDTH {
            write!(f, ".p/{}", self.width)?;
        }
        Ok(())
    }
}

/// How many hashes a tree has on a level of tiles.
pub(crate) fn rows_of(level: u8, Size(size): Size) -> u64 {
    size.checked_shr(8 * u32::from(level)).unwrap_or(0)
}

/// The width of a tile after which so many rows are left.
pub(crate) fn width_of(rows: u64) -> u16 {
    u16::try_from(rows).map_or(TILE_WIDTH, |rows| rows.min(TILE_WIDTH))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, level: u8, index: u64, width: u16) {
        let tile = TileId::new(level, index, width).unwrap();
        assert_eq!(tile.to_string(), path);
        assert_eq!(path.parse(), Ok(TilePath::Tile(tile)));
        if let Some(bundle) = tile.bundle() {
            let path = path.replace("tile/0/", "tile/entries/");
            assert_eq!(bundle.to_string(), path);
            assert_eq!(path.parse(), Ok(TilePath::Bundle(bundle)));
        }
    }

    #[track_caller]
    fn refuses(path: &str, error: TileError) {
        assert_eq!(path.parse::<TilePath>(), Err(error), "{path}");
    }

    #[test]
    fn a_path_has_groups_of_three_digits() {
        check("tile/0/000", 0, 0, 256);
        check("tile/0/x001/000", 0, 1_000, 256);
        check("tile/0/x001/x234/067", 0, 1_234_067, 256);
        check("tile/0/x001/x234/067.p/255", 0, 1_234_067, 255);
        check("tile/1/999.p/1", 1, 999, 1);
        check("tile/7/000.p/255", 7, 0, 255);
    }

    #[test]
    fn a_tile_has_one_path() {
        for path in [
            "",
            "tile",
            "tile/",
            "tile/0",
            "tile/0/",
            "/tile/0/000",
            "tile/0/000/",
            "tile/0/0",
            "tile/0/0000",
            "tile/00/000",
            "tile/+1/000",
            "tile/-1/000",
            "tile/64/000",
            "tile/256/000",
            "tile/x/000",
            "tile/0/x000/001",
            "tile/0/001/000",
            "tile/0/x001",
            "tile/0/x001/x000",
            "tile/0/000.p/",
            "tile/0/000.p/+1",
            "tile/0/000.p/01",
            "tile/0/000.p/256",
            "tile/0/000.p/5.p/5",
            "tile/0/000.p/5/",
            "tile/1/0/000",
            "tile/entries/0",
            "tile/entries/000/",
            "tile/Entries/000",
            "tile/data/000",
            "tile/0/٣٣٣",
            "tile/0/..",
            "tile/0/000?x",
        ] {
            refuses(path, TileError::Path);
        }
        refuses("tile/0/000.p/0", TileError::Width(0));
        refuses("tile/0/000.p/257", TileError::Width(257));
    }

    #[test]
    fn a_tile_that_no_tree_has_is_refused() {
        refuses("tile/8/000.p/1", TileError::Beyond);
        refuses("tile/63/000", TileError::Beyond);
        assert_eq!(TileId::new(0, u64::MAX, 1), Err(TileError::Beyond));
        assert_eq!(TileId::new(255, 0, 1), Err(TileError::Beyond));
        // The last leaves that a u64 counts: one of the 256 is one too many.
        let last = u64::MAX / 256;
        assert!(TileId::new(0, last, 255).is_ok());
        assert_eq!(TileId::new(0, last, 256), Err(TileError::Beyond));
        assert_eq!(TileId::new(0, last, 255).unwrap().full(), Err(TileError::Beyond));
        assert_eq!(TileId::new(7, 0, 256), Err(TileError::Beyond));
    }

    #[test]
    fn a_tree_has_the_tiles_that_the_specification_counts() {
        #[track_caller]
        fn check(size: u64, level: u8, index: u64, width: Option<u16>) {
            let tile = TileId::in_tree(level, index, Size(size));
            assert_eq!(tile.map(TileId::width), width, "{size}: {level}/{index}");
        }
        check(70_000, 0, 272, Some(256));
        check(70_000, 0, 273, Some(112));
        check(70_000, 0, 274, None);
        check(70_000, 1, 0, Some(256));
        check(70_000, 1, 1, Some(17));
        check(70_000, 1, 2, None);
        check(70_000, 2, 0, Some(1));
        check(70_000, 3, 0, None);
        check(256, 0, 0, Some(256));
        check(256, 0, 1, None);
        check(256, 1, 0, Some(1));
        check(0, 0, 0, None);
        check(u64::MAX, 7, 0, Some(255));
        check(u64::MAX, 8, 0, None);
        check(u64::MAX, 63, 0, None);
    }
}
