//! The front door: who is connected, how long each may take, and how much may be under way.
//!
//! Places are kept for those who speak. Nobody new is refused; who gives way is in [`places`].

mod answer;
mod course;
mod exchange;
mod house;
mod ledger;
mod methods;
mod peer;
mod places;
mod received;
mod speech;
mod terms;
mod wire;

pub(crate) use self::house::serve;
pub(crate) use self::peer::Peer;
pub use self::terms::{CONNECTIONS_PER_ADDRESS, Pace, Terms};
use crate::limits::Limit;

/// The limits of whatever comes in.
pub(crate) fn limits() -> Vec<Limit> {
    [terms::limits(), methods::limits()].concat()
}
