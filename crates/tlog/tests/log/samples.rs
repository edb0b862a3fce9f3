//! A log and a witness whose keys are those of the golden vectors.

use std::collections::BTreeMap;

use tallylog_tlog::{
    AddCheckpoint, Hash, Index, KeyName, Latest, LogSigner, Node, Receipt, SignatureLine, SignedCheckpoint, SigningKey,
    Size, Tree, UnixSeconds, WitnessSigner, prove_consistency, prove_inclusion,
};

pub(crate) const ORIGIN: &str = "caucus.example/2028-ia-dem";
pub(crate) const TIME: u64 = 1_833_328_800;

/// A tree with all its nodes, and the root at each size.
pub(crate) struct Grown {
    pub(crate) tree: Tree,
    pub(crate) nodes: BTreeMap<Node, Hash>,
    pub(crate) roots: Vec<Hash>,
}

pub(crate) fn entry(index: u64) -> Vec<u8> {
    format!("event-{index}").into_bytes()
}

pub(crate) fn leaf(index: u64) -> Hash {
    Hash::leaf(&entry(index))
}

pub(crate) fn grown(size: u64) -> Grown {
    let (mut tree, mut nodes) = (Tree::new(), BTreeMap::new());
    let mut roots = vec![tree.root()];
    for index in 0..size {
        nodes.extend(tree.append(leaf(index)));
        roots.push(tree.root());
    }
    Grown { tree, nodes, roots }
}

impl Grown {
    pub(crate) fn root(&self, size: u64) -> Hash {
        self.roots[usize::try_from(size).unwrap()]
    }

    pub(crate) fn inclusion(&self, index: u64, size: u64) -> Vec<Hash> {
        prove_inclusion(Index(index), Size(size), &self.nodes).unwrap()
    }

    pub(crate) fn consistency(&self, old: u64, new: u64) -> Vec<Hash> {
        prove_consistency(Size(old), Size(new), &self.nodes).unwrap()
    }

    pub(crate) fn latest(&self, size: u64) -> Latest {
        Latest {
            size: Size(size),
            root: self.root(size),
        }
    }

    pub(crate) fn checkpoint(&self, size: u64) -> SignedCheckpoint {
        log().sign_checkpoint(Size(size), self.root(size))
    }

    pub(crate) fn request(&self, old: u64, new: u64) -> AddCheckpoint {
        AddCheckpoint::new(Size(old), self.consistency(old, new), self.checkpoint(new)).unwrap()
    }

    pub(crate) fn cosigned(&self, size: u64, witness: &WitnessSigner, at: u64) -> SignatureLine {
        let consistent = self.request(0, size).judge(&[log().key().clone()], Latest::NOTHING);
        witness.cosign(&consistent.unwrap(), time(at))
    }

    pub(crate) fn receipt(&self, index: u64, size: u64) -> Receipt {
        Receipt::new(Index(index), self.inclusion(index, size), self.checkpoint(size)).unwrap()
    }
}

pub(crate) fn name(text: &str) -> KeyName {
    KeyName::new(text).unwrap()
}

pub(crate) fn time(seconds: u64) -> UnixSeconds {
    UnixSeconds::new(seconds).unwrap()
}

pub(crate) fn log() -> LogSigner {
    LogSigner::new(name(ORIGIN), SigningKey::from_bytes(&[1; 32]))
}

/// Another log of the same name.
pub(crate) fn impostor() -> LogSigner {
    LogSigner::new(name(ORIGIN), SigningKey::from_bytes(&[9; 32]))
}

/// The witness of the golden vectors is number 2.
pub(crate) fn witness(number: u8) -> WitnessSigner {
    let name = name(&format!("witness.example/w{}", number - 1));
    WitnessSigner::new(name, SigningKey::from_bytes(&[number; 32]))
}
