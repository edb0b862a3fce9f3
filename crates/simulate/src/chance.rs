//! Chance from a seed: each part of a night draws from a stream of its own.

use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What a stream decides.
///
/// Streams are apart so that a draw more in one part of the night leaves every other part as it was: the rooms of a
/// seed are the same with human errors and without.
#[derive(Clone, Copy)]
pub(crate) enum Stream {
    Contest,
    Keys,
    People,
    Roster,
    Places,
    Tilt,
    Room,
    Filing,
    Slips,
    Evening,
    Aftermath,
    Milestones,
    Submissions,
    Further,
}

impl Stream {
    const fn tag(self) -> u8 {
        match self {
            Self::Contest => 1,
            Self::Keys => 2,
            Self::People => 3,
            Self::Roster => 4,
            Self::Places => 5,
            Self::Tilt => 6,
            Self::Room => 7,
            Self::Filing => 8,
            Self::Slips => 9,
            Self::Evening => 10,
            Self::Aftermath => 11,
            Self::Milestones => 14,
            Self::Submissions => 12,
            Self::Further => 13,
        }
    }
}

/// One stream.
pub(crate) struct Chance(ChaCha12Rng);

impl Chance {
    pub(crate) fn new(seed: u64, stream: Stream) -> Self {
        Self::of(seed, stream, 0)
    }

    /// A stream for one of many `items`, such as one room.
    pub(crate) fn of(seed: u64, stream: Stream, item: u64) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8] = stream.tag();
        key[16..24].copy_from_slice(&item.to_le_bytes());
        Self(ChaCha12Rng::from_seed(key))
    }

    /// A number below `limit`, which is not 0. The remainder's bias is of no account in a rehearsal.
    pub(crate) fn below(&mut self, limit: u32) -> u32 {
        self.0.next_u32() % limit
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: u32, high: u32) -> u32 {
        low + self.below(high - low + 1)
    }

    /// Yes in `percent` of a hundred cases.
    pub(crate) fn percent(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// Milliseconds from `low` to below `high`.
    pub(crate) fn millis(&mut self, low: u64, high: u64) -> u64 {
        low + self.0.next_u64() % (high - low)
    }

    pub(crate) fn bytes<const LENGTH: usize>(&mut self) -> [u8; LENGTH] {
        let mut bytes = [0; LENGTH];
        self.0.fill_bytes(&mut bytes);
        bytes
    }

    /// A place in a list of `length`, which is not 0.
    pub(crate) fn place(&mut self, length: usize) -> usize {
        let limit = u32::try_from(length).unwrap_or(u32::MAX);
        usize::try_from(self.below(limit)).unwrap_or(0)
    }

    /// One of `items`, which is not empty.
    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.place(items.len())]
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.place(last + 1));
        }
    }

    /// A place in `weights`, each as likely as it is heavy. Their sum is not 0.
    pub(crate) fn weighted(&mut self, weights: &[u32]) -> usize {
        let mut left = self.below(weights.iter().sum());
        for (at, weight) in weights.iter().enumerate() {
            if left < *weight {
                return at;
            }
            left -= weight;
        }
        weights.len() - 1
    }

    /// Shares `total` out by `weights`: whole parts, and what rounding leaves to anybody.
    pub(crate) fn split(&mut self, total: u32, weights: &[u32]) -> Vec<u32> {
        let all: u32 = weights.iter().sum();
        let mut parts: Vec<u32> = weights.iter().map(|weight| total * weight / all).collect();
        let left = total - parts.iter().sum::<u32>();
        for _ in 0..left {
            let lucky = self.weighted(weights);
            parts[lucky] += 1;
        }
        parts
    }
}
