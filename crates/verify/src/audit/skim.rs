//! A first look at every entry: its hashes, its place and its time. No signature, and nothing of what it says.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use tallylog_event::{Entry, EntryError, EntryHash, EntryIndex, UnixMillis, chain};
use tallylog_projection::{Fault, Refusal, Shown, in_lanes};
use tallylog_tlog::{Hash, Tree};

use crate::Bundle;

/// What a first look gives.
pub(super) struct Skim {
    /// The root over all entries.
    pub(super) root: Hash,
    /// The root of as many entries as each checkpoint covers, by its place in the file.
    pub(super) roots: Vec<Hash>,
    /// The first entry that breaks the chain, and the first whose time goes back.
    pub(super) faults: Vec<(EntryIndex, Fault)>,
    /// When the entries at the edges of checkpoints were received: the last that each covers, and the one after it.
    pub(super) received: BTreeMap<u64, UnixMillis>,
}

/// What a core gives of one entry.
struct Glance {
    leaf: Hash,
    /// Absent where the entry is withheld: then nothing but its leaf is there.
    shown: Option<Linked>,
}

struct Linked {
    chain: EntryHash,
    entry: Result<Seen, EntryError>,
}

struct Seen {
    index: EntryIndex,
    received_at: UnixMillis,
    previous: EntryHash,
}

/// Hashes on all cores; tree, chain and clock here, in the order of the log.
pub(super) fn of(bundle: &Bundle<'_>) -> Skim {
    let mut walk = Walk::new(bundle);
    let work = |range: std::ops::Range<u64>| {
        let glances: Vec<Glance> = bundle.entries().shown(range).map(|entry| glance(&entry)).collect();
        Ok::<_, Infallible>(glances)
    };
    let Ok(()) = in_lanes(bundle.entries().count(), &work, |glances: &Vec<Glance>| {
        for glance in glances {
            walk.take(glance);
        }
        Ok(())
    });
    walk.end()
}

fn glance(entry: &Shown<&[u8]>) -> Glance {
    let bytes = match entry {
        Shown::Entry(bytes) => bytes,
        Shown::Withheld(leaf) => {
            return Glance {
                leaf: *leaf,
                shown: None,
            };
        }
    };
    let shown = Linked {
        chain: chain(bytes),
        entry: Entry::decode(bytes).map(|entry| Seen {
            index: entry.index,
            received_at: entry.received_at,
            previous: entry.previous,
        }),
    };
    Glance {
        leaf: Hash::leaf(bytes),
        shown: Some(shown),
    }
}

struct Walk {
    tree: Tree,
    /// The sizes of the checkpoints that are still to come, the last first.
    sizes: Vec<u64>,
    edges: BTreeSet<u64>,
    roots: Vec<Hash>,
    /// The hash of the entry before; absent where that is withheld.
    last: Option<EntryHash>,
    chain: Option<(EntryIndex, Fault)>,
    now: UnixMillis,
    clock: Option<(EntryIndex, Fault)>,
    received: BTreeMap<u64, UnixMillis>,
}

impl Walk {
    fn new(bundle: &Bundle<'_>) -> Self {
        let sizes = bundle
            .checkpoints()
            .iter()
            .map(|checkpoint| checkpoint.unverified().size.0);
        let edges = sizes.clone().flat_map(|size| [size.saturating_sub(1), size]);
        let mut walk = Self {
            tree: Tree::new(),
            edges: edges.collect(),
            sizes: sizes.rev().collect(),
            roots: Vec::new(),
            last: Some(EntryHash::NONE),
            chain: None,
            now: UnixMillis(0),
            clock: None,
            received: BTreeMap::new(),
        };
        walk.note_roots();
        walk
    }

    fn take(&mut self, glance: &Glance) {
        let place = EntryIndex(self.tree.size().0);
        if let Some(shown) = &glance.shown {
            if self.chain.is_none() {
                self.chain = self.fault(place, shown).map(|fault| (place, fault));
            }
            // Once the chain is broken the order of the file is not that of the log, and its clock says nothing.
            if let (Ok(seen), None) = (&shown.entry, &self.chain) {
                self.look_at_clock(place, seen.received_at);
            }
        }
        self.last = glance.shown.as_ref().map(|shown| shown.chain);
        self.tree.append(glance.leaf);
        self.note_roots();
    }

    fn fault(&self, place: EntryIndex, shown: &Linked) -> Option<Fault> {
        match &shown.entry {
            Err(error) => Some(Fault::Layout(error.clone())),
            Ok(seen) if seen.index != place => Some(Fault::Place(seen.index)),
            Ok(seen) => {
                let found = self.last.filter(|found| seen.previous != *found)?;
                Some(Fault::Chain {
                    named: seen.previous,
                    found,
                })
            }
        }
    }

    fn look_at_clock(&mut self, place: EntryIndex, received: UnixMillis) {
        if received < self.now && self.clock.is_none() {
            let previous = self.now;
            let refusal = Refusal::ClockBack { received, previous };
            self.clock = Some((place, Fault::Refused(refusal)));
        }
        self.now = received;
        if self.edges.contains(&place.0) {
            self.received.insert(place.0, received);
        }
    }

    fn note_roots(&mut self) {
        while self.sizes.pop_if(|size| *size == self.tree.size().0).is_some() {
            self.roots.push(self.tree.root());
        }
    }

    fn end(self) -> Skim {
        Skim {
            root: self.tree.root(),
            roots: self.roots,
            faults: self.chain.into_iter().chain(self.clock).collect(),
            received: self.received,
        }
    }
}
