//! SHA-256 as RFC 6962 uses it: leaves and nodes are hashed so that neither can pass for the other.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use thiserror::Error;

/// What is hashed before a leaf, and before the two halves of a node (RFC 6962, section 2.1).
const LEAF: [u8; 1] = [0x00];
const NODE: [u8; 1] = [0x01];

/// A hash in the tree. Written as base64, as all the formats have it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

/// A text is not the base64 of 32 bytes, with padding and without anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("this is not the base64 of 32 bytes")]
pub struct HashError;

impl HashError {
    /// The code, which never changes its meaning.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "hash-malformed"
    }
}

impl Hash {
    /// The root of the empty tree: the SHA-256 of nothing (RFC 6962, section 2.1).
    pub const EMPTY: Self = Self([
        0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, //
        0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
    ]);

    /// The hash of a leaf: `SHA-256(0x00 || entry)` (RFC 6962, section 2.1).
    ///
    /// ```
    /// # use tallylog_tlog::Hash;
    /// assert_eq!(Hash::leaf(b"event-0").to_string(), "ZzTbOxm2Tcg3A/mh9K7naX37KS+04IJ8xj+KNRsbNgk=");
    /// ```
    #[must_use]
    pub fn leaf(entry: &[u8]) -> Self {
        Self(Sha256::new().chain_update(LEAF).chain_update(entry).finalize().into())
    }

    /// The hash of a node: `SHA-256(0x01 || left || right)` (RFC 6962, section 2.1).
    #[must_use]
    pub fn node(left: &Self, right: &Self) -> Self {
        let hash = Sha256::new().chain_update(NODE).chain_update(left.0);
        Self(hash.chain_update(right.0).finalize().into())
    }

    /// The Merkle tree hash over the hashes of neighbouring leaves (RFC 6962, section 2.1).
    ///
    /// Over a power of two of neighbouring nodes of one level, the first of which is a multiple of that power, it is
    /// the hash of the node above them.
    ///
    /// ```
    /// # use tallylog_tlog::Hash;
    /// let [a, b, c] = [b"a", b"b", b"c"].map(|entry| Hash::leaf(entry));
    /// assert_eq!(Hash::over(&[a, b, c]), Hash::node(&Hash::node(&a, &b), &c));
    /// assert_eq!(Hash::over(&[]), Hash::EMPTY);
    /// ```
    #[must_use]
    pub fn over(leaves: &[Self]) -> Self {
        match leaves {
            [] => Self::EMPTY,
            [only] => *only,
            more => {
                // The largest power of two below their number.
                let (left, right) = more.split_at(1 << (more.len() - 1).ilog2());
                Self::node(&Self::over(left), &Self::over(right))
            }
        }
    }
}

impl FromStr for Hash {
    type Err = HashError;

    fn from_str(text: &str) -> Result<Self, HashError> {
        let bytes = STANDARD.decode(text).map_err(|_| HashError)?;
        bytes.try_into().map(Self).map_err(|_| HashError)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refuses(text: &str) {
        assert_eq!(text.parse::<Hash>(), Err(HashError), "{text}");
    }

    #[test]
    fn the_empty_tree_has_the_hash_of_nothing() {
        assert_eq!(Hash::EMPTY.0, <[u8; 32]>::from(Sha256::digest(b"")));
    }

    #[test]
    fn a_leaf_that_spells_out_a_node_is_not_that_node() {
        let (left, right) = (Hash::leaf(b"left"), Hash::leaf(b"right"));
        let spelled = [NODE.as_slice(), &left.0, &right.0].concat();
        assert_ne!(Hash::leaf(&spelled), Hash::node(&left, &right));
        assert_ne!(Hash::node(&left, &right), Hash::node(&right, &left));
    }

    #[test]
    fn a_hash_has_one_spelling() {
        let text = Hash::EMPTY.to_string();
        assert_eq!(text.parse(), Ok(Hash::EMPTY));
        refuses("");
        refuses(text.trim_end_matches('='));
        refuses(&format!("{text}\n"));
        refuses(&format!(" {text}"));
        refuses(&format!("{text}="));
        // The last character before the padding carries two bits that belong to no byte.
        refuses(&text.replace("uFU=", "uFV="));
        // 31 and 33 bytes, and the alphabet of URLs.
        refuses(&STANDARD.encode([0; 31]));
        refuses(&STANDARD.encode([0; 33]));
        refuses(&text.replace('/', "_").replace('+', "-"));
    }
}
