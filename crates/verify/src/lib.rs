//! The verifier: audits a whole night from bytes, and trusts neither the party nor the server.
//!
//! - A [`Bundle`] is a night in one file: entries, checkpoints with cosignatures, keys.
//! - [`audit`] makes every [`Check`] and gives a [`Report`]: what holds, what does not, which entry and why.
//! - [`Evidence`] is what convicts a log that showed two histories.
//! - [`verify_receipt`] looks at what a device was given for one event, and [`PrecinctProof`] shows that a precinct's
//!   figures are inside a total.
//!
//! It links the rules, the events, the fold and the log's formats: the server runs the same fold, and nothing here
//! knows that there is a server. There is no network and no clock; [`program`] alone reads files and obeys flags, for both
//! programs that have them.

mod audit;
mod bundle;
mod check;
mod evidence;
mod flaw;
mod keys;
mod precinct;
pub mod program;
mod receipt;
mod report;
mod roster;
mod ruleset;
mod time;
mod weakness;

pub use audit::{Age, Options, SKEW_MS, audit};
pub use bundle::{Bundle, BundleError, Entries, begin, begin_in_part, frame, withheld};
pub use check::Check;
pub use evidence::{Evidence, EvidenceError};
pub use flaw::Flaw;
pub use keys::{Keys, KeysError, Owner, independent, opening};
pub use precinct::{Included, PrecinctFlaw, PrecinctProof, ProvenFigures};
pub use receipt::{ProvenEntry, ReceiptFlaw, receipt, verify_receipt};
pub use report::{
    Enrolled, Fact, Failure, Night, Quorum, Release, Report, Revoked, SeveralKeys, Totals, Verdict, Vouched,
};
pub use roster::{RosterDifference, RosterError, RosterFault, read_roster};
pub use ruleset::RulesetDifference;
pub use weakness::Weakness;
