//! Random changes to proofs: a part by default, all of them with `TALLYLOG_TRIALS=full`.

use tallylog_projection::{ResultsProof, ResultsTree};

use crate::nights::small;
use crate::oracle::{counts_of, figures_of};
use crate::trials::{Random, seed, trials};

fn pick(random: &mut Random, bound: usize) -> usize {
    usize::try_from(random.below(u64::try_from(bound).unwrap())).unwrap()
}

/// Changes bytes: a bit, a byte, a cut, a copy.
fn scramble(random: &mut Random, bytes: &mut Vec<u8>) {
    for _ in 0..=random.below(3) {
        if bytes.is_empty() {
            return;
        }
        let at = pick(random, bytes.len());
        let byte = u8::try_from(random.below(256)).unwrap();
        match random.below(5) {
            0 => bytes[at] ^= 1 << random.below(8),
            1 => bytes[at] = byte,
            2 => bytes.insert(at, byte),
            3 => drop(bytes.remove(at)),
            _ => bytes.truncate(at),
        }
    }
}

/// Changes what a proof says, so that it always decodes.
fn lie(random: &mut Random, proof: &mut ResultsProof, other: &ResultsProof) {
    let step = pick(random, proof.path.len());
    let group = pick(random, proof.groups.len());
    let figure = pick(random, 4);
    let by = 1_u64 << random.below(64);
    match random.below(9) {
        0 => proof.path[step].hash[pick(random, 32)] ^= 1 << random.below(8),
        1 => {
            let figure = &mut *figures_of(&mut proof.path[step].sums.groups[group])[figure];
            *figure = figure.wrapping_add(by);
        }
        2 => {
            let count = &mut *counts_of(&mut proof.path[step].sums.precincts)[pick(random, 6)];
            *count = count.wrapping_sub(by);
        }
        3 => proof.position = u32::try_from(random.below(80)).unwrap(),
        4 => proof.precincts = u32::try_from(random.below(80)).unwrap(),
        5 => proof.leaf = other.leaf.clone(),
        6 => proof.path[step] = other.path[step % other.path.len()].clone(),
        7 => proof.path.swap(step, 0),
        _ => {
            if let Some(tally) = &mut proof.leaf.tally {
                let figure = &mut *figures_of(&mut tally.groups[group])[figure];
                *figure = figure.wrapping_sub(by);
            }
        }
    }
}

/// Refuses a changed proof that still shows something, unless it says what an honest one says.
#[track_caller]
fn never_verifies(tree: &ResultsTree, proof: &ResultsProof) -> bool {
    let honest = tree.prove(usize::try_from(proof.position).unwrap());
    if honest.as_ref() == Some(proof) {
        return false;
    }
    let answer = proof.verify(&tree.root());
    assert!(answer.is_err(), "{proof:?}");
    true
}

#[test]
fn a_proof_whose_bytes_were_changed_never_verifies() {
    let tree = small();
    let mut random = Random(seed());
    let (mut decoded, wanted) = (0, trials(5_000, 500_000));
    for _ in 0..wanted {
        let position = pick(&mut random, tree.leaves().len());
        let mut bytes = tree.prove(position).unwrap().encode();
        scramble(&mut random, &mut bytes);
        if let Ok(proof) = ResultsProof::decode(&bytes) {
            assert_eq!(proof.encode(), bytes, "a second spelling");
            decoded += u64::from(never_verifies(&tree, &proof));
        }
    }
    println!("{wanted} changed proofs, of which {decoded} could be read");
    assert!(decoded > wanted / 20, "most were not even read");
}

#[test]
fn a_proof_that_says_something_else_never_verifies() {
    let tree = small();
    let mut random = Random(seed());
    let (mut changed, wanted) = (0, trials(5_000, 500_000));
    for _ in 0..wanted {
        let [mut proof, other] = [0; 2].map(|_: u8| tree.prove(pick(&mut random, tree.leaves().len())).unwrap());
        lie(&mut random, &mut proof, &other);
        changed += u64::from(never_verifies(&tree, &proof));
    }
    println!("{wanted} proofs, of which {changed} say something else");
    assert!(changed > wanted / 2);
}

#[test]
fn every_flipped_bit_of_a_proof_is_seen() {
    let tree = small();
    for position in [0, 20, 36] {
        let bytes = tree.prove(position).unwrap().encode();
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            if let Ok(proof) = ResultsProof::decode(&flipped) {
                assert!(never_verifies(&tree, &proof), "bit {bit}");
            }
        }
    }
}

#[test]
fn a_proof_cut_short_or_followed_by_more_is_refused() {
    let bytes = small().prove(11).unwrap().encode();
    for length in 0..bytes.len() {
        let code = ResultsProof::decode(&bytes[..length]).unwrap_err().code();
        assert_eq!(code, "results-proof-malformed", "{length}");
    }
    let longer = [&bytes[..], &[0]].concat();
    assert_eq!(
        ResultsProof::decode(&longer).unwrap_err().code(),
        "results-proof-not-canonical"
    );
    let endless = vec![0xFF; (1 << 20) + 1];
    assert_eq!(
        ResultsProof::decode(&endless).unwrap_err().code(),
        "results-proof-too-large"
    );
}
