//! The crate graph is the one that the architecture page draws.
