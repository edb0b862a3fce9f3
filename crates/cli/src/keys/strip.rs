//! What is printed for one code.

use serde::Serialize;
use tallylog_wire::v1;
use tallylog_wire::v1::code::Ended;

use crate::device::{About, log_words};
use crate::time::utc_seconds;

/// What is printed for one code.
#[derive(Serialize)]
pub(super) struct Strip {
    /// With the word REHEARSAL before it where it is one.
    pub(super) contest: String,
    pub(super) county: String,
    pub(super) precinct: String,
    /// Empty where it is good no more.
    pub(super) code: String,
    pub(super) state: String,
    pub(super) expires: String,
    pub(super) batch: u64,
    pub(super) number: u32,
    pub(super) server: String,
    pub(super) log_key: String,
    /// The log's key in words, to be compared with what the device shows.
    pub(super) log_words: String,
}

impl Strip {
    pub(super) fn of(about: &About, batch: &v1::CodesResponse, code: &v1::Code) -> Self {
        Self {
            contest: about.heading(),
            county: code.county.clone(),
            precinct: code.precinct.clone(),
            code: code.code.clone(),
            state: match &code.ended {
                None => "good".to_owned(),
                Some(Ended::Used(by)) => format!("used by entry {by}"),
                Some(Ended::Withdrawn(by)) => format!("withdrawn by entry {by}"),
                Some(Ended::Expired(_)) => "expired".to_owned(),
            },
            expires: utc_seconds(batch.expires_at_ms),
            batch: batch.batch,
            number: code.number,
            server: about.server.clone(),
            log_key: about.log_key.to_string(),
            log_words: log_words(&about.log_key),
        }
    }

    pub(super) fn is_good(&self) -> bool {
        !self.code.is_empty()
    }

    /// What its chair types.
    pub(super) fn command(&self) -> [String; 2] {
        [
            format!(
                "tallylog key enrol --server {} --device FOLDER --person \"YOUR NAME\" \\",
                self.server
            ),
            format!("    --county \"{}\" --precinct \"{}\"", self.county, self.precinct),
        ]
    }
}
