//! Nights that an honest log made, and nights that a dishonest one made with all the right keys.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper that fails fails its test")]

mod cheats;
mod forge;
mod grounds;
mod honest;
mod identity;
mod precincts;
mod program;
mod receipts;
mod times;
