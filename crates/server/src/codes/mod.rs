//! One-time enrolment codes: made from a secret whenever they are asked for, and shown to nobody but a registrar.
//!
//! Invariant: no code, and nothing that follows from one, is written to the log, to a file, or to what the server says of
//! itself.

mod code;
mod redeem;
mod tries;

use crate::limits::Limit;

pub use self::code::{CodeSecret, EnrolmentCode, MistypedCode};
pub(crate) use self::redeem::redeem;
pub(crate) use self::tries::{From, Tries};

/// The limits of enrolment.
pub(crate) fn limits() -> Vec<Limit> {
    vec![tries::limit()]
}
