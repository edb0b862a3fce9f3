//! Chance, and how much of it.

use std::time::{SystemTime, UNIX_EPOCH};

/// `SplitMix64`: small, seedable, and the same everywhere.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % bound
    }
}

/// The seed of this run: printed, so that a failure can be run again with `TALLYLOG_SEED`.
pub(crate) fn seed() -> u64 {
    let given = std::env::var("TALLYLOG_SEED").ok().map(|seed| seed.parse().unwrap());
    let seed = given.unwrap_or_else(|| SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs());
    println!("TALLYLOG_SEED={seed}");
    seed
}

/// How many trials to run: `full` ones if `TALLYLOG_TRIALS=full`.
pub(crate) fn trials(quick: u64, full: u64) -> u64 {
    let all = std::env::var("TALLYLOG_TRIALS").is_ok_and(|trials| trials == "full");
    if all { full } else { quick }
}
