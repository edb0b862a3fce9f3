//! Answers from a state, as messages: the same for a server and for a folder on disk.

mod discrepancies;
mod moment;
mod precinct;
pub(crate) mod public;
mod totals;

pub use discrepancies::discrepancies;
pub use moment::add_root;
pub use precinct::{precinct, precincts};
pub use totals::totals;
