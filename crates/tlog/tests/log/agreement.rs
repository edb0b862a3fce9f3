//! Other people's programs about our roots, proofs, notes, checkpoints and tiles, and ours about theirs.
//!
//! `tlog_tiles` and `signed_note` are from Cloudflare's Azul, ported from Go's checksum database; `ct-merkle` is an
//! implementation of RFC 6962 of its own.

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use sha2::Sha256;
use signed_note::{StandardSigner, StandardVerifier, VerifierList};
use tallylog_tlog::{Consistency, Hash, Inclusion, Index, Node, Note, Size, TileId, touched};
use tlog_tiles::{HashReader, check_record, check_tree, prove_record, prove_tree};

use crate::samples::{Grown, ORIGIN, TIME, entry, grown, leaf, log, witness};

/// What the other implementations are asked about: every size to 1,000, and 70,000.
fn sizes() -> impl Iterator<Item = u64> {
    (1..=1_000).chain([70_000])
}

/// Some places below `end`, the first and the last and those around powers of two among them.
fn places(end: u64) -> Vec<u64> {
    let powers = (0..17).flat_map(|level| [(1_u64 << level) - 1, 1 << level, end / (level + 1)]);
    let mut places: Vec<_> = powers.chain([end - 1]).filter(|place| *place < end).collect();
    places.sort_unstable();
    places.dedup();
    places
}

fn theirs(Hash(hash): Hash) -> tlog_tiles::Hash {
    tlog_tiles::Hash(hash)
}

fn all_theirs(path: &[Hash]) -> Vec<tlog_tiles::Hash> {
    path.iter().copied().map(theirs).collect()
}

impl HashReader for Grown {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error> {
        let node = |index: &u64| {
            let (level, index) = tlog_tiles::split_stored_hash_index(*index);
            let level = level.into();
            theirs(self.nodes[&Node { level, index }])
        };
        Ok(indexes.iter().map(node).collect())
    }
}

#[test]
fn tlog_tiles_accepts_our_roots_and_proofs_and_builds_the_same() {
    let grown = grown(70_000);
    for size in sizes() {
        let root = grown.root(size);
        assert_eq!(tlog_tiles::tree_hash(size, &grown).unwrap(), theirs(root), "{size}");
        for place in places(size) {
            let path = all_theirs(&grown.inclusion(place, size));
            check_record(&path, size, theirs(root), place, theirs(leaf(place))).unwrap();
            assert_eq!(prove_record(size, place, &grown).unwrap(), path, "{place} of {size}");
            let old = place + 1;
            let path = all_theirs(&grown.consistency(old, size));
            check_tree(&path, size, theirs(root), old, theirs(grown.root(old))).unwrap();
            assert_eq!(prove_tree(size, old, &grown).unwrap(), path, "{old} to {size}");
        }
    }
}

type TheirTree = MemoryBackedTree<Sha256, Vec<u8>>;

fn their_root(grown: &Grown, size: u64) -> RootHash<Sha256> {
    RootHash::new(grown.root(size).0.into(), size)
}

#[track_caller]
fn check_with_ct_merkle(tree: &TheirTree, grown: &Grown, size: u64) {
    let root = their_root(grown, size);
    assert!(tree.root() == root, "{size}");
    for place in places(size) {
        let ours = grown.inclusion(place, size);
        let bytes: Vec<u8> = ours.iter().flat_map(|hash| hash.0).collect();
        let proof = InclusionProof::try_from_bytes(bytes.clone()).unwrap();
        root.verify_inclusion(&entry(place), place, &proof).unwrap();
        let built = tree.prove_inclusion(usize::try_from(place).unwrap());
        assert_eq!(built.as_bytes(), bytes, "{place} of {size}");

        let old = place + 1;
        let bytes: Vec<u8> = grown.consistency(old, size).iter().flat_map(|hash| hash.0).collect();
        let proof = ConsistencyProof::try_from_bytes(bytes.clone()).unwrap();
        root.verify_consistency(&their_root(grown, old), &proof).unwrap();
        let built = tree.prove_consistency(usize::try_from(size - old).unwrap());
        assert_eq!(built.as_bytes(), bytes, "{old} to {size}");
    }
}

#[test]
fn ct_merkle_accepts_our_roots_and_proofs_and_builds_the_same() {
    let grown = grown(70_000);
    let mut tree = TheirTree::new();
    for size in 1..=70_000 {
        tree.push(entry(size - 1));
        if size <= 1_000 || size == 70_000 {
            check_with_ct_merkle(&tree, &grown, size);
        }
    }
}

#[test]
fn the_others_refuse_what_we_refuse() {
    let grown = grown(100);
    let path = grown.inclusion(57, 100);
    for index in 0..102 {
        let claim = Inclusion {
            index: Index(index),
            leaf: leaf(57),
            size: Size(100),
            root: grown.root(100),
            path: &path,
        };
        let theirs = check_record(&all_theirs(&path), 100, theirs(claim.root), index, theirs(claim.leaf));
        assert_eq!(theirs.is_ok(), claim.verify().is_ok(), "{index}");
    }
    let path = grown.consistency(57, 100);
    for old in 1..100 {
        let claim = Consistency {
            old_size: Size(old),
            old_root: grown.root(57),
            new_size: Size(100),
            new_root: grown.root(100),
            path: &path,
        };
        let theirs = check_tree(
            &all_theirs(&path),
            100,
            theirs(claim.new_root),
            old,
            theirs(claim.old_root),
        );
        assert_eq!(theirs.is_ok(), claim.verify().is_ok(), "{old}");
    }
}

fn their_keys() -> VerifierList {
    let key = StandardVerifier::new(&log().key().to_string()).unwrap();
    VerifierList::new(vec![Box::new(key)])
}

#[test]
fn signed_note_accepts_our_checkpoints_with_and_without_cosignatures() {
    let grown = grown(70_000);
    let keys = their_keys();
    let witnesses = [witness(2).key().clone()];
    for size in sizes() {
        let signed = grown.checkpoint(size);
        let cosigned = signed.with_cosignatures(&[grown.cosigned(size, &witness(2), TIME)], &witnesses);
        for (note, unknown) in [(signed.to_string(), 0), (cosigned.unwrap().to_string(), 1)] {
            let parsed = signed_note::Note::from_bytes(note.as_bytes()).unwrap();
            assert_eq!(parsed.to_bytes(), note.as_bytes());
            let (known_signatures, unknown_signatures) = parsed.verify(&keys).unwrap();
            assert_eq!((known_signatures.len(), unknown_signatures.len()), (1, unknown));
            let checkpoint = tlog_tiles::Checkpoint::from_bytes(parsed.text()).unwrap();
            assert_eq!((checkpoint.origin(), checkpoint.size()), (ORIGIN, size));
            assert_eq!(*checkpoint.hash(), theirs(grown.root(size)));
        }
    }
}

#[test]
fn signed_note_signs_what_we_accept_byte_for_byte() {
    let key = log().key().to_string();
    let id = key.split('+').nth(1).unwrap();
    // The seed of 32 bytes 0x01 behind the type 0x01.
    let secret = format!("PRIVATE+KEY+{ORIGIN}+{id}+{}", "AQEB".repeat(11));
    let signer = StandardSigner::new(&secret).unwrap();
    for text in ["a\n", "two\n\nparts\n", "é — \n"] {
        let mut note = signed_note::Note::new(text.as_bytes(), &[]).unwrap();
        note.add_sigs(&[&signer]).unwrap();
        let ours = log().sign_note(text).unwrap();
        assert_eq!(note.to_bytes(), ours.to_string().as_bytes());
        let parsed = Note::parse(&note.to_bytes()).unwrap();
        assert!(parsed.verify([log().key().verifier()]).is_ok());
    }
}

#[test]
fn tlog_tiles_has_the_same_tiles_at_the_paths_of_another_prefix() {
    let grown = grown(70_000);
    for (old, new) in [
        (0, 1),
        (0, 256),
        (0, 70_000),
        (255, 257),
        (65_535, 65_537),
        (69_000, 70_000),
    ] {
        let ours: Vec<TileId> = touched(Size(old), Size(new)).collect();
        let theirs = tlog_tiles::Tile::new_tiles(8, old, new);
        assert_eq!(ours.len(), theirs.len(), "{old} to {new}");
        for (ours, theirs) in ours.into_iter().zip(theirs) {
            assert_eq!(theirs.path(), ours.to_string().replacen("tile/", "tile/8/", 1));
            let tile = tallylog_tlog::Tile::build(ours, &grown.nodes).unwrap();
            assert_eq!(theirs.read_data(&grown).unwrap(), tile.encode(), "{ours}");
        }
    }
}
