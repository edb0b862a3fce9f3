//! Answers from a state, as messages: the same for a server and for a folder on disk.

mod book;
mod cases;
mod course;
pub(crate) mod desk;
mod discrepancies;
mod effect;
mod figures;
mod files;
mod happenings;
mod inquiries;
pub(crate) mod keys;
mod moment;
mod paper;
mod precinct;
pub(crate) mod public;
mod releases;
mod roster;
mod sheets;
mod timeline;
mod totals;

pub use book::Book;
pub use cases::{case, cases};
pub use course::course;
pub use discrepancies::discrepancies;
pub use effect::effect;
pub use figures::figures;
pub(crate) use files::files;
pub use happenings::happenings;
pub use inquiries::inquiries;
pub use moment::add_root;
pub use paper::paper_audit;
pub use precinct::{precinct, precincts};
pub use releases::{release_preview, releases};
pub use roster::roster;
pub use timeline::{Asked, next_step, timeline};
pub use totals::totals;
