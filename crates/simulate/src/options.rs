//! What a night is made from.

use tallylog_event::{LogIdentity, PublicKey, UnixMillis};

/// When the doors close unless somebody says otherwise: 7 February 2028, 19:00 in Iowa.
pub const DOORS_CLOSE: UnixMillis = UnixMillis(1_833_584_400_000);

/// What a night is made from: the same options give the same bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The seed of all chance.
    pub seed: u64,
    /// The first so many counties by name, one at least, with a pool of satellite sites for every twenty of them or
    /// part of twenty. `None` for all 99 and the five pools.
    pub counties: Option<u16>,
    /// At most so many precincts and sites, one at least, spread over the counties. A county that loses precincts
    /// elects fewer delegates; its delegates to the state convention stay.
    pub precincts: Option<u16>,
    /// Whether people err, at the rates of 2020. Without errors nothing is corrected either.
    pub errors: bool,
    /// The version of admission and fold by which the contest's log is read.
    pub version: u16,
    /// When the doors close. The roster and the keys come in the days before.
    pub start: UnixMillis,
    /// The log's name and key; without it, a name under `.example` and a key from the seed.
    pub log: Option<LogIdentity>,
    /// The key for the log's own events; without it, one from the seed.
    pub service: Option<PublicKey>,
}

impl Options {
    /// The whole night, with errors.
    #[must_use]
    pub fn full(seed: u64) -> Self {
        Self {
            seed,
            counties: None,
            precincts: None,
            errors: true,
            version: 1,
            start: DOORS_CLOSE,
            log: None,
            service: None,
        }
    }

    /// A small night, with errors: see [`Self::counties`] and [`Self::precincts`].
    #[must_use]
    pub fn small(seed: u64, counties: u16, precincts: u16) -> Self {
        Self {
            counties: Some(counties),
            precincts: Some(precincts),
            ..Self::full(seed)
        }
    }
}
