//! What the desks share: who is at work, on which precinct, with which documents, and what came of what was signed.

mod act;
mod document;
mod fault;
mod place;
mod sheet;

pub(crate) use self::act::{act, confirm};
pub(crate) use self::document::documents;
pub(crate) use self::fault::DeskFault;
pub(crate) use self::place::{place, said};
pub(crate) use self::sheet::{caucus, sheet_of};
