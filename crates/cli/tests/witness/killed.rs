//! A witness that is killed at any moment never cosigns two roots of one size, nor a smaller size after a larger one.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use tallylog_tlog::{
    AddCheckpoint, Hash, LogSigner, MissingNode, Node, NodeSource, SignatureLine, SignedCheckpoint, Size, Tree,
    WitnessKey, monitoring_path, prove_consistency,
};

use crate::key;
use crate::process::{Process, add_checkpoint, signer, vkey};
use crate::random::{Random, seed, trials};

const CLIENTS: usize = 4;

/// A log whose owner wants as many histories as it can get cosigned.
struct Liar {
    log: LogSigner,
    witness: WitnessKey,
    known: Mutex<Known>,
    next_leaf: AtomicU64,
}

/// What was seen of the witness.
struct Known {
    /// The history that the witness follows.
    tree: Tree,
    nodes: BTreeMap<Node, Hash>,
    /// The root of every size that was cosigned.
    roots: BTreeMap<Size, Hash>,
    /// The leaves that were proposed as the next, by the root that they give.
    proposed: BTreeMap<Hash, Hash>,
}

/// The next checkpoint in one of many histories.
struct Proposal {
    body: String,
    checkpoint: SignedCheckpoint,
}

/// The nodes of a tree with one leaf more.
struct Grown<'a>(&'a BTreeMap<Node, Hash>, BTreeMap<Node, Hash>);

impl NodeSource for Grown<'_> {
    type Error = MissingNode;

    fn node(&self, node: Node) -> Result<Hash, MissingNode> {
        self.1.node(node).or_else(|_| self.0.node(node))
    }
}

impl Liar {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap()
    }

    /// One leaf more than the witness has, and another one each time.
    fn propose(&self) -> Proposal {
        let mut known = self.known();
        let leaf = Hash::leaf(&self.next_leaf.fetch_add(1, Ordering::SeqCst).to_be_bytes());
        let mut tree = known.tree.clone();
        let grown = tree.append(leaf).into_iter().collect();
        let path = prove_consistency(known.tree.size(), tree.size(), &Grown(&known.nodes, grown)).unwrap();
        known.proposed.insert(tree.root(), leaf);
        let checkpoint = self.log.sign_checkpoint(tree.size(), tree.root());
        let request = AddCheckpoint::new(known.tree.size(), path, checkpoint.clone()).unwrap();
        Proposal {
            body: request.to_string(),
            checkpoint,
        }
    }

    /// Takes note of a cosignature, and sees whether the witness kept its promise.
    fn saw(&self, cosigned: &SignedCheckpoint) {
        let trusted = cosigned
            .verify(&[self.log.key().clone()], std::slice::from_ref(&self.witness))
            .unwrap();
        let (size, root) = (trusted.checkpoint().size, trusted.checkpoint().root);
        let mut known = self.known();
        let first = *known.roots.entry(size).or_insert(root);
        assert_eq!(first, root, "two roots of size {size}");
        if size.0 == known.tree.size().0 + 1 {
            let leaf = known.proposed[&root];
            let grown = known.tree.append(leaf);
            known.nodes.extend(grown);
            known.proposed.clear();
            assert_eq!(known.tree.root(), root);
        }
    }

    /// What the witness shows after a start: the last that it answered, or one that it was asked for and did not answer.
    fn look(&self, process: &Process) {
        let (status, note) = process
            .get(&format!("/{}", monitoring_path(self.log.key().name())))
            .unwrap();
        let Some(largest) = self.known().roots.last_key_value().map(|(size, _)| *size) else {
            assert!(status == 404 || status == 200);
            if status == 200 {
                self.saw(&SignedCheckpoint::parse(note.as_bytes()).unwrap());
            }
            return;
        };
        assert_eq!(status, 200, "it has forgotten size {largest}");
        let shown = SignedCheckpoint::parse(note.as_bytes()).unwrap();
        assert!(
            shown.unverified().size >= largest,
            "{} after {largest}",
            shown.unverified().size
        );
        self.saw(&shown);
    }

    /// Asks for what must be refused: another root of the size that was cosigned, and the sizes before.
    fn tempt(&self, process: &Process) {
        let size = self.known().tree.size();
        let roots = self.known().roots.clone();
        for old in [size.0, size.0.saturating_sub(1), 0] {
            let other = self.log.sign_checkpoint(size, Hash::leaf(b"other"));
            let refused = process.add_checkpoint(&format!("old {old}\n\n{other}")).unwrap().0;
            assert_eq!(refused, if old == size.0 { 422 } else { 409 });
        }
        if let Some((before, root)) = roots.range(..size).next_back() {
            let earlier = self.log.sign_checkpoint(*before, *root);
            for old in [before.0, 0] {
                let refused = process.add_checkpoint(&format!("old {old}\n\n{earlier}")).unwrap();
                assert_eq!(refused, (409, format!("{size}\n")));
            }
        }
    }

    /// Asks until the witness is gone.
    fn press(&self, address: &str, stop: &AtomicBool) {
        while !stop.load(Ordering::SeqCst) {
            let proposal = self.propose();
            match add_checkpoint(address, &proposal.body) {
                Ok((200, lines)) => {
                    let lines = SignatureLine::parse_all(&lines).unwrap();
                    let witnesses = std::slice::from_ref(&self.witness);
                    self.saw(&proposal.checkpoint.with_cosignatures(&lines, witnesses).unwrap());
                }
                // Another client was faster.
                Ok((409 | 422, _)) => {}
                Ok((status, body)) => panic!("{status} {body}"),
                Err(_) => return,
            }
        }
    }
}

#[test]
fn a_killed_witness_keeps_its_promise() {
    let rounds = trials(30, 1_000);
    let mut random = Random(seed());
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("w");
    let liar = Liar {
        log: signer(1),
        witness: key(&dir, &[]).trim().parse().unwrap(),
        known: Mutex::new(Known {
            tree: Tree::new(),
            nodes: BTreeMap::new(),
            roots: BTreeMap::new(),
            proposed: BTreeMap::new(),
        }),
        next_leaf: AtomicU64::new(0),
    };
    let log = vkey(&liar.log);
    for _ in 0..rounds {
        let mut process = Process::start(&dir, &["--log", &log]);
        liar.look(&process);
        if liar.known().tree.size().0 > 0 {
            liar.tempt(&process);
        }
        let stop = AtomicBool::new(false);
        thread::scope(|scope| {
            let (address, stop) = (process.address.clone(), &stop);
            for _ in 0..CLIENTS {
                let (liar, address) = (&liar, address.clone());
                scope.spawn(move || liar.press(&address, stop));
            }
            thread::sleep(Duration::from_micros(random.below(80_000)));
            process.kill();
            stop.store(true, Ordering::SeqCst);
        });
    }
    let known = liar.known();
    let size = known.tree.size();
    assert!(size.0 > rounds / 2, "it hardly got to work: {size}");
    println!("{rounds} rounds, {size} sizes");
}
