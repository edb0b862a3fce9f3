//! Tiles and bundles: what is in them, which of them a growth touches, and proofs from nothing else.

use std::collections::{BTreeMap, BTreeSet};

use tallylog_tlog::{
    BundleError, BundleId, EntryBundle, Hash, Index, MAX_ENTRY_BYTES, Node, NodeSource, Size, TILE_WIDTH, Tile,
    TileError, TileId, Tree, prove_consistency, prove_inclusion, touched,
};

use crate::oracle;
use crate::samples::{entry, grown};

/// Every tile of a tree, by the formula of the specification: `floor(size / 256^level)` hashes on a level.
fn all(size: u64) -> BTreeSet<TileId> {
    let mut tiles = BTreeSet::new();
    for level in 0..8_u8 {
        let rows = size / 256_u64.pow(level.into());
        for index in 0..rows / 256 {
            tiles.insert(TileId::new(level, index, 256).unwrap());
        }
        if !rows.is_multiple_of(256) {
            let width = u16::try_from(rows % 256).unwrap();
            tiles.insert(TileId::new(level, rows / 256, width).unwrap());
        }
    }
    tiles
}

#[track_caller]
fn check_touched(old: u64, new: u64) {
    let expected: Vec<_> = all(new).difference(&all(old)).copied().collect();
    let given: Vec<_> = touched(Size(old), Size(new)).collect();
    assert_eq!(given, expected, "{old} to {new}");
}

#[test]
fn a_growth_touches_the_tiles_that_differ() {
    for (old, new) in [
        (0, 0),
        (0, 1),
        (0, 255),
        (0, 256),
        (0, 257),
        (255, 256),
        (256, 256),
        (256, 257),
        (257, 512),
    ] {
        check_touched(old, new);
    }
    for (old, new) in [
        (0, 70_000),
        (65_535, 65_536),
        (65_536, 65_537),
        (65_535, 70_000),
        (69_999, 70_000),
    ] {
        check_touched(old, new);
    }
    for old in (0..1_100).step_by(13) {
        for new in (old..1_100).step_by(17) {
            check_touched(old, new);
        }
    }
    assert_eq!(touched(Size(9), Size(8)).count(), 0);
    assert_eq!(touched(Size(u64::MAX - 1), Size(u64::MAX)).count(), 1);
}

/// The example of C2SP tlog-tiles, "Partial Tiles".
#[test]
fn a_tree_of_70_000_has_the_tiles_of_the_example() {
    let paths: Vec<_> = touched(Size(0), Size(70_000)).map(|tile| tile.to_string()).collect();
    assert_eq!(paths.len(), 273 + 1 + 1 + 1 + 1);
    assert_eq!(
        paths[272..],
        [
            "tile/0/272",
            "tile/0/273.p/112",
            "tile/1/000",
            "tile/1/001.p/17",
            "tile/2/000.p/1"
        ]
    );
}

#[test]
fn each_row_of_a_tile_is_the_root_over_its_leaves() {
    let size = 70_000;
    let (grown, leaves) = (grown(size), oracle::leaves(size));
    for id in all(size) {
        let tile = Tile::build(id, &grown.nodes).unwrap();
        assert_eq!(tile.rows().len(), usize::from(id.width()));
        let span = 256_usize.pow(id.level().into());
        let first = usize::try_from(id.index()).unwrap() * 256;
        for (at, hash) in tile.rows().iter().enumerate() {
            let from = (first + at) * span;
            assert_eq!(*hash, oracle::root(&leaves[from..from + span]), "row {at} of {id}");
        }
        assert_eq!(Tile::parse(id, &tile.encode()), Ok(tile.clone()));
        let bytes = usize::from(id.width()) * 32;
        assert_eq!(tile.encode().len(), bytes);
    }
}

/// A tree of which there is nothing but its tiles, as a client sees it.
struct Served {
    size: Size,
    tiles: BTreeMap<TileId, Tile>,
}

impl NodeSource for Served {
    type Error = Node;

    fn node(&self, node: Node) -> Result<Hash, Node> {
        let id = Tile::holding(node, self.size).ok_or(node)?;
        self.tiles.get(&id).and_then(|tile| tile.node(node)).ok_or(node)
    }
}

fn served(size: u64) -> Served {
    let grown = grown(size);
    let tiles = all(size).into_iter().map(|id| {
        let bytes = Tile::build(id, &grown.nodes).unwrap().encode();
        (id, Tile::parse(id, &bytes).unwrap())
    });
    Served {
        size: Size(size),
        tiles: tiles.collect(),
    }
}

#[test]
fn tiles_alone_are_enough_for_root_and_proofs() {
    for size in [1, 2, 255, 256, 257, 511, 513, 1_000, 65_536, 70_000] {
        let (served, grown) = (served(size), grown(size));
        assert_eq!(Tree::open(Size(size), &served).unwrap(), grown.tree);
        for index in [0, 1, 255, 256, size / 2, size.saturating_sub(2), size - 1] {
            let index = index.min(size - 1);
            let path = prove_inclusion(Index(index), Size(size), &served);
            assert_eq!(path, Ok(grown.inclusion(index, size)), "{index} of {size}");
            let path = prove_consistency(Size(index), Size(size), &served);
            assert_eq!(path, Ok(grown.consistency(index, size)), "{index} to {size}");
        }
    }
}

#[test]
fn a_tile_has_no_nodes_but_its_own() {
    let grown = grown(70_000);
    let tile = Tile::build(TileId::new(1, 1, 17).unwrap(), &grown.nodes).unwrap();
    let node = |level, index| tile.node(Node { level, index });
    for (place, hash) in &grown.nodes {
        let inside = (8..16).contains(&place.level) && (place.index << (place.level - 8)) >= 256;
        assert_eq!(tile.node(*place), inside.then_some(*hash), "{place}");
    }
    assert_eq!(node(16, 0), None);
    assert_eq!(node(8, 273), None);
    assert_eq!(node(8, u64::MAX), None);
    assert_eq!(node(15, u64::MAX), None);
    assert_eq!(node(u32::MAX, 0), None);
    assert_eq!(
        Tile::holding(
            Node {
                level: u32::MAX,
                index: 0
            },
            Size(u64::MAX)
        ),
        None
    );
    assert_eq!(
        Tile::holding(
            Node {
                level: 7,
                index: u64::MAX
            },
            Size(u64::MAX)
        ),
        None
    );
}

#[test]
fn a_tile_of_another_length_is_refused() {
    let id = TileId::new(0, 0, 2).unwrap();
    for length in [0, 1, 32, 63, 65, 96] {
        assert_eq!(Tile::parse(id, &vec![0; length]), Err(TileError::Length(length)));
    }
    assert!(Tile::parse(id, &[0; 64]).is_ok());
}

#[test]
fn a_bundle_gives_back_its_entries() {
    for width in [1, 2, 255, 256_u16] {
        let entries: Vec<_> = (0..u64::from(width)).map(entry).collect();
        let bundle = EntryBundle::new(entries.iter().map(Vec::as_slice).collect()).unwrap();
        let bytes = bundle.encode();
        let id = BundleId::new(0, width).unwrap();
        let parsed = EntryBundle::parse(id, &bytes).unwrap();
        assert_eq!(parsed.entries(), entries);
        assert_eq!(parsed, bundle);
    }
}

#[test]
fn a_bundle_frames_empty_entries_and_the_longest() {
    let longest = vec![7; MAX_ENTRY_BYTES];
    let bundle = EntryBundle::new(vec![&longest, b"", b"x"]).unwrap();
    let bytes = bundle.encode();
    assert_eq!(bytes[..2], [0xff, 0xff]);
    assert_eq!(EntryBundle::parse(BundleId::new(0, 3).unwrap(), &bytes), Ok(bundle));
    let too_long = vec![7; MAX_ENTRY_BYTES + 1];
    assert_eq!(EntryBundle::new(vec![&too_long]), Err(BundleError::Long(65_536)));
}

#[test]
fn a_bundle_has_as_many_entries_as_its_path_says() {
    let id = BundleId::new(0, 2).unwrap();
    let parse = |bytes: &'static [u8]| EntryBundle::parse(id, bytes).map(|bundle| bundle.entries().len());
    assert_eq!(parse(b"\0\x01a\0\x01b"), Ok(2));
    let width = |found| Err(BundleError::Width { found, expected: 2 });
    assert_eq!(parse(b""), width(0));
    assert_eq!(parse(b"\0\x01a"), width(1));
    assert_eq!(parse(b"\0\0\0\0\0\0"), width(3));
    assert_eq!(parse(b"\0\x01a\0"), Err(BundleError::Cut(1)));
    assert_eq!(parse(b"\0\x01a\0\x02b"), Err(BundleError::Cut(1)));
    assert_eq!(parse(b"\x01"), Err(BundleError::Cut(0)));
    assert_eq!(EntryBundle::new(Vec::new()), Err(BundleError::Count(0)));
    let many = vec![b"".as_slice(); usize::from(TILE_WIDTH) + 1];
    assert_eq!(EntryBundle::new(many), Err(BundleError::Count(257)));
}
