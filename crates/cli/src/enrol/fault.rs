//! Why a key could not be enrolled.

use thiserror::Error;

/// Why a key could not be enrolled.
#[derive(Debug, Error)]
pub(crate) enum EnrolFault {
    #[error("the file is no request of `tallylog key new`; nothing was enrolled, have it sent again")]
    Request,
    #[error(
        "the request is for contest {0}, and not for the registrar's; nothing was enrolled, make a device for this contest"
    )]
    OtherContest(String),
    #[error("the request is for the log's own key, which `tallylog key succeed` proposes; nothing was enrolled")]
    OfService,
    #[error("the request is not for the log's own key; give the one that `tallylog key successor` wrote")]
    NotOfService,
    #[error("the server's log has another key than was said; do not go on, and ask whoever gave you the key")]
    OtherLog,
    #[error("the server cannot prove that its log begins with what it shows; do not go on, and ask the party")]
    Unproven,
    #[error("{0:?} is no name that can be recorded; write it without hidden characters")]
    Name(String),
    #[error("the roster has no {precinct:?} in {county:?}; check both names")]
    NoPlace {
        /// The county or pool.
        county: String,
        /// The precinct or site.
        precinct: String,
    },
}

impl EnrolFault {
    /// The stable code.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::Request => "bad-request-file",
            Self::OtherContest(_) => "request-of-another-contest",
            Self::OfService => "request-of-service",
            Self::NotOfService => "request-not-of-service",
            Self::OtherLog => "another-log-key",
            Self::Unproven => "log-unproven",
            Self::Name(_) => "bad-person",
            Self::NoPlace { .. } => "no-such-place",
        }
    }
}
