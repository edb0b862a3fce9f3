//! What may differ between two nights: hashes over entries that are kept back, and nothing else.

use tallylog_event::{Entry, EntryHash};
use tallylog_tlog::{BundleId, EntryBundle, Receipt, SignedCheckpoint};
use tallylog_wire::v1;

/// What stands for a hash that may differ.
const VEILED: [u8; 4] = *b"hash";

/// Takes the place of hashes over the first entry that is kept back, and over later ones. Hashes of what comes before are
/// left as they are.
#[derive(Clone, Copy)]
pub(super) struct Veil {
    pub(super) first: u64,
}

impl Veil {
    /// A hash that covers the first `size` entries.
    pub(super) fn hash(self, size: u64, hash: &mut Vec<u8>) {
        assert!(hash.len() == 32 || hash.is_empty(), "{hash:?}");
        if size > self.first && !hash.is_empty() {
            *hash = VEILED.to_vec();
        }
    }

    pub(super) fn path(self, size: u64, path: &mut [Vec<u8>]) {
        for hash in path {
            self.hash(size, hash);
        }
    }

    pub(super) fn position(self, position: &mut Option<v1::Position>) {
        if let Some(position) = position {
            self.hash(position.size, &mut position.root);
        }
    }

    /// An entry names the one before by its hash.
    pub(super) fn entry(self, bytes: &mut Vec<u8>) {
        let mut entry = Entry::decode(bytes).unwrap();
        if entry.index.0 > self.first {
            entry.previous = EntryHash::NONE;
        }
        *bytes = entry.encode();
    }

    pub(super) fn proven(self, size: u64, proven: &mut Option<v1::ProvenEntry>) {
        if let Some(proven) = proven {
            self.path(size, &mut proven.path);
            self.entry(&mut proven.bytes);
        }
    }

    /// A checkpoint says how long the log is; its root and signatures are over all of it. Returns the size.
    pub(super) fn note(self, note: &mut Vec<u8>) -> u64 {
        let size = SignedCheckpoint::parse(note).unwrap().unverified().size.0;
        if size > self.first {
            *note = format!("a checkpoint over {size} entries").into_bytes();
        }
        size
    }

    /// A receipt: the entry, and how long the path is.
    pub(super) fn receipt(self, proof: &mut Vec<u8>) {
        let receipt = Receipt::parse(proof).unwrap();
        let mut entry = receipt.unsigned_extra().to_vec();
        self.entry(&mut entry);
        let lines = String::from_utf8(proof.clone()).unwrap().lines().count();
        *proof = [format!("{lines} lines, ").into_bytes(), entry].concat();
    }

    /// A tile of hashes: at level 0 those of entries, one by one.
    pub(super) fn tile(self, level: u8, hashes: &mut [u8]) {
        for (index, hash) in (0_u64..).zip(hashes.chunks_mut(32)) {
            if level > 0 || index >= self.first {
                hash.fill(0);
            }
        }
    }

    /// Entries, or the hashes of those that are withheld.
    pub(super) fn shown(self, from: u64, page: &mut Vec<u8>) {
        let (mut rest, mut veiled, mut index) = (page.as_slice(), Vec::new(), from);
        while let Some((length, after)) = rest.split_first_chunk() {
            let length = usize::from(u16::from_be_bytes(*length));
            let (bytes, after) = after.split_at(if length == 0 { 32 } else { length });
            if length == 0 && index < self.first {
                veiled.extend(bytes);
            } else if length == 0 {
                veiled.extend(VEILED);
            } else {
                let mut entry = bytes.to_vec();
                self.entry(&mut entry);
                veiled.extend(entry);
            }
            (rest, index) = (after, index + 1);
        }
        *page = veiled;
    }

    pub(super) fn bundle(self, id: BundleId, bytes: &mut Vec<u8>) {
        let bundle = EntryBundle::parse(id, bytes).unwrap();
        let mut entries: Vec<_> = bundle.entries().iter().map(|entry| entry.to_vec()).collect();
        for entry in &mut entries {
            self.entry(entry);
        }
        *bytes = entries.concat();
    }
}
