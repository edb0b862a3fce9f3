//! What is changed, and whether it verifies.

use tallylog_tlog::{
    AddCheckpoint, Consistency, Hash, Inclusion, Index, Latest, Node, NodeSource, Note, Receipt, SignatureLine,
    SignedCheckpoint, Size, Tile, TileId, WitnessKey, prove_inclusion,
};

use crate::trials::Random;
use crate::world::{LEAVES, SIZES, World};

/// One of a kind, as it was issued.
pub(crate) struct Sample {
    pub(crate) bytes: Vec<u8>,
    pub(crate) units: Units,
    pub(crate) judge: Judge,
}

/// Looks at bytes as whoever was given the sample would.
type Judge = Box<dyn Fn(&World, &[u8]) -> Verdict>;

/// What a sample is made of.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Units {
    Lines,
    Hashes,
}

impl Units {
    pub(crate) fn split(self, bytes: &[u8]) -> Vec<&[u8]> {
        match self {
            Self::Lines => bytes.split_inclusive(|byte| *byte == b'\n').collect(),
            Self::Hashes => bytes.chunks(32).collect(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is not spelled rightly.
    Unreadable,
    /// It does not verify.
    Refused,
    /// It verifies, and says what was issued.
    Issued,
    /// It verifies, and says something else.
    Forged,
}

impl Verdict {
    /// What was issued must verify, and nothing else may.
    #[track_caller]
    fn of(verifies: bool, is_issued: bool) -> Self {
        assert!(verifies || !is_issued, "what was issued does not verify");
        match (verifies, is_issued) {
            (false, _) => Self::Refused,
            (true, true) => Self::Issued,
            (true, false) => Self::Forged,
        }
    }
}

type Make = fn(&World, &mut Random) -> Sample;

pub(crate) const KINDS: [(&str, Make); 8] = [
    ("inclusion", inclusion),
    ("consistency", consistency),
    ("note", note),
    ("checkpoint", checkpoint),
    ("cosignature", cosignature),
    ("request", request),
    ("receipt", receipt),
    ("tile", tile),
];

fn of_lines(text: &impl ToString, judge: impl Fn(&World, &[u8]) -> Verdict + 'static) -> Sample {
    Sample {
        bytes: text.to_string().into_bytes(),
        units: Units::Lines,
        judge: Box::new(judge),
    }
}

/// A proof is about roots that somebody signed. One that is changed with the path may be the root of another tree, and
/// nobody was shown that; so it is looked at by itself.
fn of_claim(verifies: bool, has_roots: bool, is_true_of_roots: bool) -> Verdict {
    if !has_roots && !is_true_of_roots {
        return Verdict::Unreadable;
    }
    Verdict::of(verifies, has_roots && is_true_of_roots)
}

fn lines(hashes: &[Hash]) -> String {
    let lines = hashes.iter().flat_map(|hash| [hash.to_string(), "\n".to_owned()]);
    lines.collect()
}

/// Two numbers, and hashes.
fn parse(bytes: &[u8]) -> Option<(u64, u64, Vec<Hash>)> {
    let mut lines = str::from_utf8(bytes).ok()?.lines();
    let (first, second) = lines.next()?.split_once(' ')?;
    let hashes = lines.map(|line| line.parse().ok()).collect::<Option<_>>()?;
    Some((first.parse().ok()?, second.parse().ok()?, hashes))
}

fn some_leaf(random: &mut Random) -> (u64, u64) {
    let size = *random.pick(&SIZES);
    (random.below(size), size)
}

/// Index and size, root, leaf, path.
fn inclusion(world: &World, random: &mut Random) -> Sample {
    let (index, size) = some_leaf(random);
    let ends = vec![world.root(size), world.leaf(index)];
    let hashes = [ends, world.inclusion(index, size)].concat();
    of_lines(&format!("{index} {size}\n{}", lines(&hashes)), |world, bytes| {
        let Some((index, size, hashes)) = parse(bytes) else {
            return Verdict::Unreadable;
        };
        let [root, leaf, path @ ..] = hashes.as_slice() else {
            return Verdict::Unreadable;
        };
        if size > LEAVES {
            return Verdict::Unreadable;
        }
        let claim = Inclusion {
            index: Index(index),
            leaf: *leaf,
            size: Size(size),
            root: *root,
            path,
        };
        let is_there = index < size && world.leaf(index) == *leaf && world.inclusion(index, size) == path;
        of_claim(claim.verify().is_ok(), *root == world.root(size), is_there)
    })
}

/// Two sizes, their roots, and the path.
fn consistency(world: &World, random: &mut Random) -> Sample {
    let (old, new) = some_leaf(random);
    let ends = vec![world.root(old), world.root(new)];
    let hashes = [ends, world.consistency(old, new)].concat();
    of_lines(&format!("{old} {new}\n{}", lines(&hashes)), |world, bytes| {
        let Some((old, new, hashes)) = parse(bytes) else {
            return Verdict::Unreadable;
        };
        let [old_root, new_root, path @ ..] = hashes.as_slice() else {
            return Verdict::Unreadable;
        };
        if old.max(new) > LEAVES {
            return Verdict::Unreadable;
        }
        let claim = Consistency {
            old_size: Size(old),
            old_root: *old_root,
            new_size: Size(new),
            new_root: *new_root,
            path,
        };
        let grew = old <= new && world.consistency(old, new) == path;
        // Every tree has grown from the empty one, whatever its root.
        let has_new_root = *new_root == world.root(new) || (old == 0 && new > 0);
        of_claim(
            claim.verify().is_ok(),
            has_new_root && *old_root == world.root(old),
            grew,
        )
    })
}

fn note(world: &World, random: &mut Random) -> Sample {
    of_lines(random.pick(&world.notes), |world, bytes| {
        let Ok(note) = Note::parse(bytes) else {
            return Verdict::Unreadable;
        };
        let key = world.log.verifier();
        let is_signed = note.signatures().iter().any(|line| line.claims(key)) && world.issued(&note, [key]);
        Verdict::of(note.verify([key]).is_ok(), is_signed)
    })
}

fn checkpoint(world: &World, random: &mut Random) -> Sample {
    let size = *random.pick(&SIZES);
    of_lines(world.checkpoint(size), |world, bytes| {
        let Ok(signed) = SignedCheckpoint::parse(bytes) else {
            return Verdict::Unreadable;
        };
        let verifies = world.policy.verify(&signed).is_ok();
        Verdict::of(verifies, world.meets_policy(signed.note()))
    })
}

/// What a witness answers: lines for a checkpoint that has none yet.
fn cosignature(world: &World, random: &mut Random) -> Sample {
    let size = *random.pick(&SIZES);
    let signatures = world.checkpoint(size).note().signatures();
    let answered = SignatureLine::encode_all(&signatures[1..=1 + random.place(3)]);
    let bare = Note::new(
        world.checkpoint(size).note().unverified_text(),
        signatures[..1].to_vec(),
    )
    .unwrap();
    let bare = SignedCheckpoint::parse(bare.to_string().as_bytes()).unwrap();
    of_lines(&answered, move |world, bytes| {
        let lines = str::from_utf8(bytes)
            .ok()
            .and_then(|text| SignatureLine::parse_all(text).ok());
        let Some(lines) = lines else {
            return Verdict::Unreadable;
        };
        let known = |line: &&SignatureLine| world.witnesses.iter().any(|witness| line.claims(witness.verifier()));
        let known: Vec<_> = lines.iter().filter(known).cloned().collect();
        let Ok(claimed) = Note::new(bare.note().unverified_text(), known.clone()) else {
            return Verdict::Refused;
        };
        let taken = bare.with_cosignatures(&lines, &world.witnesses);
        let is_signed = world.issued(&claimed, world.witnesses.iter().map(WitnessKey::verifier));
        Verdict::of(taken.is_ok_and(|taken| taken != bare), is_signed)
    })
}

/// Asked of a witness that stands at the sample's old size.
fn request(world: &World, random: &mut Random) -> Sample {
    let (old, new) = some_leaf(random);
    let request = AddCheckpoint::new(Size(old), world.consistency(old, new), world.checkpoint(new).clone()).unwrap();
    of_lines(&request, move |world, bytes| {
        let Ok(request) = AddCheckpoint::parse(bytes) else {
            return Verdict::Unreadable;
        };
        let latest = Latest {
            size: Size(old),
            root: world.root(old),
        };
        let judged = request.judge(std::slice::from_ref(&world.log), latest);
        Verdict::of(judged.is_ok(), is_true_request(world, old, bytes))
    })
}

/// Whether a request, which is spelled rightly, has a checkpoint of the log and the one path to it.
fn is_true_request(world: &World, latest: u64, bytes: &[u8]) -> bool {
    let (head, checkpoint) = str::from_utf8(bytes).unwrap().split_once("\n\n").unwrap();
    let signed = SignedCheckpoint::parse(checkpoint.as_bytes()).unwrap();
    let (key, note) = (world.log.verifier(), signed.note());
    if !note.signatures().iter().any(|line| line.claims(key)) || !world.issued(note, [key]) {
        return false;
    }
    let new = signed.unverified().size.0;
    let path = latest <= new && lines(&world.consistency(latest, new)) == format!("{head}\n")[first_line(head)..];
    path && head.lines().next() == Some(format!("old {latest}").as_str())
}

/// The length of the first line, with its newline.
fn first_line(text: &str) -> usize {
    text.find('\n').unwrap_or(text.len()) + 1
}

/// Shown to whoever holds the entry.
fn receipt(world: &World, random: &mut Random) -> Sample {
    let (index, size) = some_leaf(random);
    let leaf = world.leaf(index);
    let extra = vec![7; random.place(3)];
    of_lines(&world.receipt(index, size).with_extra(extra), move |world, bytes| {
        let Ok(receipt) = Receipt::parse(bytes) else {
            return Verdict::Unreadable;
        };
        let verifies = receipt.verify(leaf, &world.policy).is_ok();
        let (Index(index), checkpoint) = (receipt.unverified_index(), receipt.checkpoint());
        let size = checkpoint.unverified().size.0;
        // Where the checkpoint was signed, size and root are those of the log, and there is one path.
        let is_true = world.meets_policy(checkpoint.note())
            && index < size
            && world.leaf(index) == leaf
            && same_path(&receipt, &world.receipt(index, size));
        Verdict::of(verifies, is_true)
    })
}

/// Compares the only parts of a receipt that have no reader of their own.
fn same_path(one: &Receipt, other: &Receipt) -> bool {
    let path = |receipt: &Receipt| {
        let text = receipt.clone().with_extra(Vec::new()).to_string();
        text.split_once("\n\n").map(|(head, _)| head.to_owned())
    };
    path(one) == path(other)
}

/// The nodes of a log of which one tile was served by somebody else.
struct Served<'a> {
    world: &'a World,
    tile: &'a Tile,
}

impl NodeSource for Served<'_> {
    type Error = Node;

    fn node(&self, node: Node) -> Result<Hash, Node> {
        let served = self.tile.node(node);
        served.or_else(|| self.world.nodes.get(&node).copied()).ok_or(node)
    }
}

/// Used to prove a leaf below a row beside the one that was changed.
fn tile(world: &World, random: &mut Random) -> Sample {
    let tiles: Vec<_> = SIZES
        .iter()
        .flat_map(|size| [(0, 0), (0, 1), (0, 2), (0, 3), (1, 0)].map(|(level, index)| (level, index, *size)))
        .filter_map(|(level, index, size)| Some((TileId::in_tree(level, index, Size(size))?, size)))
        .filter(|(id, _)| id.width() > 1)
        .collect();
    let (id, size) = *random.pick(&tiles);
    let genuine = Tile::build(id, &world.nodes).unwrap();
    Sample {
        bytes: genuine.encode(),
        units: Units::Hashes,
        judge: Box::new(move |world, bytes| {
            let Ok(tile) = Tile::parse(id, bytes) else {
                return Verdict::Unreadable;
            };
            let mut rows = tile.rows().iter().zip(genuine.rows());
            let changed = rows.position(|(served, genuine)| served != genuine);
            let claim_verifies = verifies_beside(world, &tile, size, changed.unwrap_or(0));
            Verdict::of(claim_verifies, changed.is_none())
        }),
    }
}

/// Whether a leaf verifies that is below the row beside this one.
fn verifies_beside(world: &World, tile: &Tile, size: u64, row: usize) -> bool {
    let beside = if row == 0 { 1 } else { row - 1 };
    let id = tile.id();
    let row = id.index() * 256 + u64::try_from(beside).unwrap();
    let index = row << (8 * u32::from(id.level()));
    let path = prove_inclusion(Index(index), Size(size), &Served { world, tile }).unwrap();
    let claim = Inclusion {
        index: Index(index),
        leaf: world.leaf(index),
        size: Size(size),
        root: world.root(size),
        path: &path,
    };
    claim.verify().is_ok()
}
