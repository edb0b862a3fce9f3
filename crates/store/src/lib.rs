//! The log on disk.
//!
//! Entries are opaque bytes, numbered from 0. [`Store::append`] returns once they survive a power
//! cut. [`Store::open`] checks every byte first, and refuses a store that lacks anything that was
//! acknowledged, or was changed while it was closed. [`ReadOnly::open`] does the same and changes nothing, so that it needs no
//! room on the disk. [`salvage`] takes out of a damaged one what
//! can still be read, and [`glimpse`] reads one beside the process that has it open.
//!
//! With the entries goes the Merkle tree over them: [`Reader::root`], and [`Reader::nodes`] for proofs and tiles. The
//! checkpoints that were signed over it are kept in a file of their own: [`Checkpoints`]. Photos and documents that entries
//! name by their hashes stand in a folder of their own: [`Files`].
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let parent = tempfile::tempdir()?;
//! # let dir = parent.path().join("log");
//! use tallylog_store::Store;
//!
//! let mut store = Store::create(&dir)?;
//! assert_eq!(store.append(&[b"doors closed", b"first align!"])?.size, 2);
//! assert_eq!(store.reader().entry(0)?.as_deref(), Some(b"doors closed".as_slice()));
//! store.close()?;
//!
//! assert_eq!(Store::open(&dir)?.head().size, 2);
//! # Ok(())
//! # }
//! ```
//!
//! On disk, a store is a folder with:
//!
//! | name | holds |
//! | --- | --- |
//! | `head` | how much was acknowledged, in four slots; the lock |
//! | `entries-<generation>-<marker>/` | the engine's files: each entry in frames that can be found without the engine; the leaf hashes of the tree |
//! | `seal` | while the store is closed: the hash of every block of the engine's files |

mod carve;
mod checkpoints;
mod crown;
mod engine;
mod error;
mod files;
mod folder;
mod frame;
mod glimpse;
mod guard;
mod head;
mod lock;
mod nodes;
mod raw;
mod read_only;
mod reader;
mod recover;
mod room;
mod salvage;
mod seal;
mod store;

pub use checkpoints::{CheckpointFault, Checkpoints, Records, SecondHistory, replace};
pub use error::{Action, Damage, EngineError, Place, Step, StoreError};
pub use files::{FileId, Files, Progress, Upload};
pub use glimpse::glimpse;
pub use head::Head;
pub use nodes::Nodes;
pub use read_only::ReadOnly;
pub use reader::Reader;
pub use room::{Room, is_full, room};
pub use salvage::{Salvage, salvage};
pub use store::Store;

/// The most bytes that an entry may have.
pub const MAX_ENTRY: usize = 65_535;
