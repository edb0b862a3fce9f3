//! Ways to spoil a path.

use tallylog_tlog::Hash;

/// Every path that is one step away: a hash dropped, doubled, added, exchanged with the next, or with one bit changed.
pub(crate) fn spoiled(path: &[Hash]) -> Vec<Vec<Hash>> {
    let mut spoiled = vec![[path, &[Hash::EMPTY]].concat(), [&[Hash::EMPTY], path].concat()];
    for at in 0..path.len() {
        let mut without = path.to_vec();
        without.remove(at);
        spoiled.push(without);
        let mut doubled = path.to_vec();
        doubled.insert(at, path[at]);
        spoiled.push(doubled);
        let bit = at * 37 % 256;
        let mut flipped = path.to_vec();
        flipped[at] = with_flipped(path[at], bit);
        spoiled.push(flipped);
        if at > 0 && path[at] != path[at - 1] {
            let mut exchanged = path.to_vec();
            exchanged.swap(at - 1, at);
            spoiled.push(exchanged);
        }
    }
    spoiled
}

/// Some of a hash's bits: others for each `turn`, and after a few turns all of them.
pub(crate) fn some_bits(turn: u64) -> impl Iterator<Item = usize> {
    let first = usize::try_from(turn % 37).unwrap();
    (first..256).step_by(37)
}

pub(crate) fn with_flipped(Hash(mut bytes): Hash, bit: usize) -> Hash {
    bytes[bit / 8] ^= 1 << (bit % 8);
    Hash(bytes)
}

#[test]
fn no_mutant_is_the_path_itself() {
    let path: Vec<_> = (0..7).map(crate::samples::leaf).collect();
    assert!(spoiled(&path).iter().all(|mutant| *mutant != path));
    assert_eq!(spoiled(&path).len(), 2 + 7 * 3 + 6);
    assert_eq!(spoiled(&[]).len(), 2);
}
