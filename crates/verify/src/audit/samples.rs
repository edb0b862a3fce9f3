//! Samples of paper audits that were not announced: whether the log ever had the checkpoints that they name.
//!
//! Those that are announced are refused where it had not, as part of admission.

use std::collections::BTreeMap;

use tallylog_event::EntryIndex;
use tallylog_projection::{Drawn, State};
use tallylog_tlog::{Hash, Node, Size, Tree};

use crate::Bundle;

/// The samples whose checkpoint the log never had.
pub(super) fn foreign(bundle: &Bundle<'_>, state: &State) -> Vec<EntryIndex> {
    let all = state.desks().paper.samples().iter();
    let unannounced: Vec<&Drawn> = all.filter(|drawn| drawn.announcement.is_none()).collect();
    if unannounced.is_empty() {
        return Vec::new();
    }
    let mut tree = Tree::new();
    let mut nodes = BTreeMap::new();
    for entry in bundle.entries().shown(0..bundle.entries().count()) {
        nodes.extend(tree.append(entry.leaf()));
    }
    let foreign = unannounced.into_iter().filter(|drawn| !is_of(drawn, &nodes));
    foreign.map(|drawn| drawn.sample.entry).collect()
}

/// A sample is of fewer entries than stand before it.
fn is_of(drawn: &Drawn, nodes: &BTreeMap<Node, Hash>) -> bool {
    let tree = Tree::open(Size(drawn.sample.what.size), nodes);
    tree.is_ok_and(|tree| tree.root().0 == drawn.sample.what.root.0)
}
