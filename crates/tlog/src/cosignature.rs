//! Cosignatures: that a witness saw a checkpoint, and when.

use std::fmt;

use thiserror::Error;

/// Seconds since the Unix epoch, in UTC: from 1 to 2^63 - 1.
///
/// C2SP tlog-cosignature ends there, and a witness must name a time, which 0 is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixSeconds(u64);

/// A number of seconds is no time of a cosignature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a cosignature's time is from 1 to 2^63 - 1 seconds, and this is {0}")]
pub struct TimeError(pub u64);

impl TimeError {
    /// The code, which never changes its meaning.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "cosignature-time"
    }
}

impl UnixSeconds {
    /// Takes a time.
    ///
    /// # Errors
    ///
    /// [`TimeError`] if it is 0 or over 2^63 - 1.
    pub const fn new(seconds: u64) -> Result<Self, TimeError> {
        if seconds == 0 || seconds > i64::MAX.unsigned_abs() {
            return Err(TimeError(seconds));
        }
        Ok(Self(seconds))
    }

    /// The seconds.
    #[must_use]
    pub const fn seconds(self) -> u64 {
        self.0
    }
}

impl fmt::Display for UnixSeconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a witness signs (C2SP tlog-cosignature, "Ed25519 signed message").
pub(crate) fn message(at: UnixSeconds, text: &str) -> String {
    format!("cosignature/v1\ntime {at}\n{text}")
}

/// What stands behind the key id: the time in big-endian order, then the signature.
pub(crate) fn join(at: UnixSeconds, signature: &[u8; 64]) -> Vec<u8> {
    [at.0.to_be_bytes().as_slice(), signature].concat()
}

pub(crate) fn split(bytes: &[u8]) -> Option<(UnixSeconds, &[u8])> {
    let (seconds, signature) = bytes.split_first_chunk()?;
    let at = UnixSeconds::new(u64::from_be_bytes(*seconds)).ok()?;
    Some((at, signature))
}
