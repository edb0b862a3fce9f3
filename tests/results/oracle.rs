//! The results tree once more, written from `docs/EVENTS.md` and sharing no code with the product.
//!
//! A forger uses it, too: it hashes whatever it is given, and adds as it is told.

use sha2::{Digest, Sha256};
use tallylog_event::{ContestId, ResultsRoot, Text};
use tallylog_projection::{Basis, Counts, GroupFigures, Leaf, Node, ResultsProof, Sums};

/// How a node's sums come from those of its two children.
pub(crate) type Add = fn(&Sums, &Sums) -> Sums;

/// What a tree is of, beside its leaves.
#[derive(Clone)]
pub(crate) struct Setting {
    pub(crate) contest: ContestId,
    pub(crate) basis: Basis,
    pub(crate) groups: Vec<Text>,
    pub(crate) precincts: u32,
}

fn varint(mut number: u64, into: &mut Vec<u8>) {
    while number > 0x7F {
        into.push(u8::try_from(number & 0x7F).unwrap() | 0x80);
        number >>= 7;
    }
    into.push(u8::try_from(number).unwrap());
}

fn length(length: usize, into: &mut Vec<u8>) {
    varint(u64::try_from(length).unwrap(), into);
}

fn text(text: &Text, into: &mut Vec<u8>) {
    length(text.as_str().len(), into);
    into.extend(text.as_str().bytes());
}

fn figures(groups: &[GroupFigures], into: &mut Vec<u8>) {
    length(groups.len(), into);
    for group in groups {
        let figures = [group.first_alignment, group.final_alignment, group.delegates];
        for figure in figures {
            varint(figure, into);
        }
        varint(group.equivalents.0, into);
    }
}

pub(crate) fn sums_bytes(sums: &Sums) -> Vec<u8> {
    let Counts {
        counted,
        held,
        confirmed,
        released,
        current,
        corrected,
    } = sums.precincts;
    let mut bytes = Vec::new();
    for count in [counted, held, confirmed, released, current, corrected] {
        varint(count, &mut bytes);
    }
    figures(&sums.groups, &mut bytes);
    bytes
}

pub(crate) fn leaf_bytes(leaf: &Leaf) -> Vec<u8> {
    let mut bytes = Vec::new();
    varint(leaf.precinct.county.0.into(), &mut bytes);
    varint(leaf.precinct.number.into(), &mut bytes);
    text(&leaf.county, &mut bytes);
    text(&leaf.name, &mut bytes);
    let Some(tally) = &leaf.tally else {
        bytes.push(0);
        return bytes;
    };
    bytes.push(1);
    varint(tally.entry.0, &mut bytes);
    bytes.extend(tally.signed);
    let standing = tally.standing;
    let flags = [
        standing.held,
        standing.confirmed,
        standing.released,
        standing.current,
        standing.corrected,
    ];
    bytes.extend(flags.map(u8::from));
    figures(&tally.groups, &mut bytes);
    bytes
}

fn hash(parts: &[&[u8]]) -> [u8; 32] {
    Sha256::digest(parts.concat()).into()
}

pub(crate) fn leaf_hash(leaf: &Leaf) -> [u8; 32] {
    hash(&[b"tallylog/results-leaf/v1\0", &leaf_bytes(leaf)])
}

pub(crate) fn node_hash(left: &Node, right: &Node) -> [u8; 32] {
    let sums = [&left.sums, &right.sums].map(sums_bytes);
    hash(&[
        b"tallylog/results-node/v1\0",
        &left.hash,
        &sums[0],
        &right.hash,
        &sums[1],
    ])
}

pub(crate) fn signed(author: &[u8; 32], body: &[u8]) -> [u8; 32] {
    hash(&[b"tallylog/results-signed/v1\0", author, body])
}

pub(crate) fn root_of(setting: &Setting, top: &Node) -> ResultsRoot {
    let mut bytes = setting.contest.0.to_vec();
    bytes.push(match setting.basis {
        Basis::Recorded => 0,
        Basis::Released => 1,
    });
    length(setting.groups.len(), &mut bytes);
    setting.groups.iter().for_each(|group| text(group, &mut bytes));
    varint(setting.precincts.into(), &mut bytes);
    bytes.extend(top.hash);
    bytes.extend(sums_bytes(&top.sums));
    ResultsRoot(hash(&[b"tallylog/results-root/v1\0", &bytes]))
}

/// The node of a leaf, with the sums that it comes to.
pub(crate) fn node(leaf: &Leaf, groups: usize) -> Node {
    let nothing = Sums {
        precincts: Counts::default(),
        groups: vec![GroupFigures::default(); groups],
    };
    let sums = leaf.tally.as_ref().map_or(nothing, |tally| Sums {
        precincts: Counts {
            counted: 1,
            held: tally.standing.held.into(),
            confirmed: tally.standing.confirmed.into(),
            released: tally.standing.released.into(),
            current: tally.standing.current.into(),
            corrected: tally.standing.corrected.into(),
        },
        groups: tally.groups.clone(),
    });
    Node {
        hash: leaf_hash(leaf),
        sums,
    }
}

/// The largest power of two below a size of two or more: where RFC 6962 splits.
fn split(size: usize) -> usize {
    size.next_power_of_two() / 2
}

/// The node over some leaves, by the recursive definition of RFC 6962.
pub(crate) fn over(leaves: &[Node], add: Add) -> Node {
    if let [leaf] = leaves {
        return leaf.clone();
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (left, right) = (over(left, add), over(right, add));
    Node {
        hash: node_hash(&left, &right),
        sums: add(&left.sums, &right.sums),
    }
}

/// The siblings on the way up from a leaf.
pub(crate) fn path(leaves: &[Node], position: usize, add: Add) -> Vec<Node> {
    if leaves.len() < 2 {
        return Vec::new();
    }
    let at = split(leaves.len());
    let (left, right) = leaves.split_at(at);
    let (mut path, sibling) = if position < at {
        (path(left, position, add), right)
    } else {
        (path(right, position - at, add), left)
    };
    path.push(over(sibling, add));
    path
}

/// Proof and root of a tree over any nodes: an honest one, or whatever a forger makes of it.
pub(crate) fn prove(setting: &Setting, nodes: &[Node], leaf: (usize, &Leaf), add: Add) -> (ResultsProof, ResultsRoot) {
    let proof = ResultsProof {
        contest: setting.contest,
        basis: setting.basis,
        groups: setting.groups.clone(),
        precincts: setting.precincts,
        position: u32::try_from(leaf.0).unwrap(),
        leaf: leaf.1.clone(),
        path: path(nodes, leaf.0, add),
    };
    (proof, root_of(setting, &over(nodes, add)))
}

/// Adds as everybody does.
pub(crate) fn honest(one: &Sums, other: &Sums) -> Sums {
    one.checked_add(other).unwrap()
}

/// Adds as a processor does, so that the largest number is one below nothing.
pub(crate) fn wrapping(one: &Sums, other: &Sums) -> Sums {
    let mut sum = one.clone();
    let groups = sum.groups.iter_mut().zip(&other.groups);
    groups.for_each(|(sum, other)| {
        for (figure, more) in figures_of(sum).into_iter().zip(figures_of(&mut other.clone())) {
            *figure = figure.wrapping_add(*more);
        }
    });
    for (count, more) in counts_of(&mut sum.precincts)
        .into_iter()
        .zip(counts_of(&mut other.precincts.clone()))
    {
        *count = count.wrapping_add(*more);
    }
    sum
}

/// The figures of a group, one by one.
pub(crate) fn figures_of(group: &mut GroupFigures) -> [&mut u64; 4] {
    [
        &mut group.first_alignment,
        &mut group.final_alignment,
        &mut group.delegates,
        &mut group.equivalents.0,
    ]
}

/// The counts, one by one.
pub(crate) fn counts_of(counts: &mut Counts) -> [&mut u64; 6] {
    [
        &mut counts.counted,
        &mut counts.held,
        &mut counts.confirmed,
        &mut counts.released,
        &mut counts.current,
        &mut counts.corrected,
    ]
}
