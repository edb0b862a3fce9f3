//! A log and a witness with the keys of the golden vectors, and a second history of the log.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tallylog_event::UnixMillis;
use tallylog_tlog::{
    AddCheckpoint, Hash, KeyName, LogKey, LogSigner, Node, SignedCheckpoint, SigningKey, Size, Tree, WitnessSigner,
    prove_consistency,
};

use super::{Folder, Witness, WitnessError};
use crate::Clock;

pub(crate) const ORIGIN: &str = "caucus.example/2028-ia-dem";

/// When the witness of the golden vectors cosigns, in seconds.
pub(crate) const TIME: u64 = 1_833_328_800;

pub(crate) fn name(text: &str) -> KeyName {
    KeyName::new(text).unwrap()
}

pub(crate) fn log() -> LogSigner {
    LogSigner::new(name(ORIGIN), SigningKey::from_bytes(&[1; 32]))
}

/// The witness of the golden vectors is number 2.
pub(crate) fn signer(number: u8) -> WitnessSigner {
    let name = name(&format!("witness.example/w{}", number - 1));
    WitnessSigner::new(name, SigningKey::from_bytes(&[number; 32]))
}

/// A log's tree, with its roots at every size.
pub(crate) struct History {
    nodes: BTreeMap<Node, Hash>,
    roots: Vec<Hash>,
}

impl History {
    pub(crate) fn new(size: u64, entry: impl Fn(u64) -> String) -> Self {
        let (mut tree, mut nodes) = (Tree::new(), BTreeMap::new());
        let mut roots = vec![tree.root()];
        for index in 0..size {
            nodes.extend(tree.append(Hash::leaf(entry(index).as_bytes())));
            roots.push(tree.root());
        }
        Self { nodes, roots }
    }

    /// The entries of the golden vectors.
    pub(crate) fn first(size: u64) -> Self {
        Self::new(size, |index| format!("event-{index}"))
    }

    /// The same up to three entries; then others.
    pub(crate) fn second(size: u64) -> Self {
        Self::new(size, |index| {
            format!("{}-{index}", if index < 3 { "event" } else { "other" })
        })
    }

    pub(crate) fn checkpoint(&self, size: u64) -> SignedCheckpoint {
        log().sign_checkpoint(Size(size), self.roots[usize::try_from(size).unwrap()])
    }

    pub(crate) fn prove(&self, old: Size, new: Size) -> Option<Vec<Hash>> {
        prove_consistency(old, new, &self.nodes).ok()
    }

    pub(crate) fn request(&self, old: u64, new: u64) -> String {
        let path = self.prove(Size(old), Size(new)).unwrap();
        AddCheckpoint::new(Size(old), path, self.checkpoint(new))
            .unwrap()
            .to_string()
    }
}

/// A clock that is set by hand, in seconds.
#[derive(Clone)]
pub(crate) struct Hands(Arc<AtomicU64>);

impl Hands {
    pub(crate) fn at(seconds: u64) -> Self {
        Self(Arc::new(AtomicU64::new(seconds)))
    }

    pub(crate) fn set(&self, seconds: u64) {
        self.0.store(seconds, Ordering::SeqCst);
    }

    pub(crate) fn clock(&self) -> Clock {
        let hands = self.clone();
        Arc::new(move || UnixMillis(hands.0.load(Ordering::SeqCst) * 1_000 + 999))
    }
}

pub(crate) fn open_as(dir: &Path, number: u8, logs: Vec<LogKey>, hands: &Hands) -> Result<Witness, WitnessError> {
    Witness::open(Folder::open(dir)?, signer(number), logs, hands.clock())
}

/// The witness of the golden vectors, which watches their log.
pub(crate) fn open(dir: &Path, hands: &Hands) -> Witness {
    open_as(dir, 2, vec![log().key().clone()], hands).unwrap()
}
