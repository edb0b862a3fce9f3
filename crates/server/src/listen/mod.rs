//! Who is connected, and how long each may take.

mod peer;

pub(crate) use self::peer::Peer;
