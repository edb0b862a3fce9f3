//! A log with its witnesses, and everything that they ever signed.

use std::collections::{BTreeMap, BTreeSet};

use tallylog_tlog::{
    AddCheckpoint, Hash, Index, KeyName, Latest, LogKey, LogSigner, Node, Note, Policy, Receipt, SignatureLine,
    SignedCheckpoint, SigningKey, Size, Tree, UnixSeconds, VerifierKey, WitnessKey, WitnessSigner, prove_consistency,
    prove_inclusion,
};

/// How many leaves the log has.
pub(crate) const LEAVES: u64 = 1_000;

/// The sizes of which there are checkpoints.
pub(crate) const SIZES: [u64; 18] = [
    1, 2, 3, 4, 5, 7, 8, 9, 64, 100, 255, 256, 257, 511, 512, 513, 777, LEAVES,
];

/// How many of the three witnesses must have cosigned.
const QUORUM: usize = 2;

pub(crate) struct World {
    pub(crate) leaves: Vec<Hash>,
    pub(crate) nodes: BTreeMap<Node, Hash>,
    roots: Vec<Hash>,
    pub(crate) log: LogKey,
    pub(crate) witnesses: Vec<WitnessKey>,
    pub(crate) policy: Policy,
    /// Of each size, with all cosignatures.
    checkpoints: BTreeMap<u64, SignedCheckpoint>,
    pub(crate) notes: Vec<Note>,
    /// Every text with every line that was ever signed for it.
    issued: BTreeSet<(String, String)>,
}

impl World {
    pub(crate) fn new() -> Self {
        let log = LogSigner::new(name("log.example/night"), SigningKey::from_bytes(&[1; 32]));
        let signers = [2, 3, 4].map(|number| {
            let name = name(&format!("witness.example/w{number}"));
            WitnessSigner::new(name, SigningKey::from_bytes(&[number; 32]))
        });
        let witnesses: Vec<_> = signers.iter().map(|signer| signer.key().clone()).collect();
        let listed = witnesses.iter().map(|key| (key.clone(), None));
        let mut world = Self {
            leaves: Vec::new(),
            nodes: BTreeMap::new(),
            roots: vec![Hash::EMPTY],
            log: log.key().clone(),
            policy: Policy::of_witnesses(log.key().clone(), listed, QUORUM).unwrap(),
            witnesses,
            checkpoints: BTreeMap::new(),
            notes: Vec::new(),
            issued: BTreeSet::new(),
        };
        world.grow();
        for size in SIZES {
            world.sign(&log, &signers, size);
        }
        for text in ["a text\n", "two\nlines\n", "with an empty line\n\nin it\n"] {
            let note = log.sign_note(text).unwrap();
            world.record(&note);
            world.notes.push(note);
        }
        world
    }

    fn grow(&mut self) {
        let mut tree = Tree::new();
        for index in 0..LEAVES {
            let leaf = Hash::leaf(&index.to_be_bytes());
            self.leaves.push(leaf);
            self.nodes.extend(tree.append(leaf));
            self.roots.push(tree.root());
        }
    }

    /// Signs a checkpoint, and cosigns it at two times, of which the second is published.
    fn sign(&mut self, log: &LogSigner, signers: &[WitnessSigner], size: u64) {
        let mut checkpoint = log.sign_checkpoint(Size(size), self.root(size));
        let request = AddCheckpoint::new(Size(0), Vec::new(), checkpoint.clone()).unwrap();
        let consistent = request.judge(std::slice::from_ref(&self.log), Latest::NOTHING).unwrap();
        for at in [1_833_328_800, 1_833_328_900] {
            let at = UnixSeconds::new(at + size).unwrap();
            let lines: Vec<_> = signers.iter().map(|signer| signer.cosign(&consistent, at)).collect();
            checkpoint = checkpoint.with_cosignatures(&lines, &self.witnesses).unwrap();
            self.record(checkpoint.note());
        }
        self.checkpoints.insert(size, checkpoint);
    }

    fn record(&mut self, note: &Note) {
        let text = note.unverified_text();
        let lines = note.signatures().iter();
        self.issued
            .extend(lines.map(|line| (text.to_owned(), line.to_string())));
    }

    /// Whether everything in a note that claims to be of these keys was signed.
    pub(crate) fn issued<'k>(&self, note: &Note, keys: impl IntoIterator<Item = &'k VerifierKey>) -> bool {
        let text = note.unverified_text();
        let issued = |line: &SignatureLine| self.issued.contains(&(text.to_owned(), line.to_string()));
        let keys: Vec<_> = keys.into_iter().collect();
        let mut known = note
            .signatures()
            .iter()
            .filter(|line| keys.iter().any(|key| line.claims(key)));
        known.all(issued)
    }

    /// Whether a checkpoint is as the policy wants it, by what was signed and without looking at a signature.
    pub(crate) fn meets_policy(&self, note: &Note) -> bool {
        let signed_by = |key: &VerifierKey| note.signatures().iter().any(|line| line.claims(key));
        let cosigners = self
            .witnesses
            .iter()
            .filter(|witness| signed_by(witness.verifier()))
            .count();
        signed_by(self.log.verifier()) && cosigners >= QUORUM && self.issued(note, self.keys())
    }

    fn keys(&self) -> impl Iterator<Item = &VerifierKey> {
        let witnesses = self.witnesses.iter().map(WitnessKey::verifier);
        witnesses.chain([self.log.verifier()])
    }

    /// The root of a size that the log had.
    pub(crate) fn root(&self, size: u64) -> Hash {
        self.roots[usize::try_from(size).unwrap()]
    }

    pub(crate) fn leaf(&self, index: u64) -> Hash {
        self.leaves[usize::try_from(index).unwrap()]
    }

    /// The one path that proves a leaf.
    pub(crate) fn inclusion(&self, index: u64, size: u64) -> Vec<Hash> {
        prove_inclusion(Index(index), Size(size), &self.nodes).unwrap()
    }

    pub(crate) fn consistency(&self, old: u64, new: u64) -> Vec<Hash> {
        prove_consistency(Size(old), Size(new), &self.nodes).unwrap()
    }

    pub(crate) fn checkpoint(&self, size: u64) -> &SignedCheckpoint {
        &self.checkpoints[&size]
    }

    pub(crate) fn receipt(&self, index: u64, size: u64) -> Receipt {
        Receipt::new(Index(index), self.inclusion(index, size), self.checkpoint(size).clone()).unwrap()
    }
}

fn name(text: &str) -> KeyName {
    KeyName::new(text).unwrap()
}
