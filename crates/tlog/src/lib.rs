//! The verifiable log in the public transparency-log formats of C2SP, byte for byte, over opaque leaves.
//!
//! - A [`Tree`] grows leaf by leaf and says which nodes each leaf completes. From those nodes, wherever they are kept,
//!   [`prove_inclusion`] and [`prove_consistency`] build proofs; [`Inclusion`] and [`Consistency`] are the claims.
//! - A [`SignedCheckpoint`] is a log's statement of its size and root. It says nothing until
//!   [`SignedCheckpoint::verify`] or a [`Policy`] has looked at it and made it a [`TrustedCheckpoint`].
//! - A [`Tile`] and an [`EntryBundle`] are how tree and entries are served; a [`Receipt`] is a proof to keep.
//! - An [`AddCheckpoint`] is what a log asks of a witness, and [`AddCheckpoint::judge`] is what the witness decides.
//!
//! Invariant: what was parsed encodes to the bytes it was parsed from. There is one spelling of everything but a
//! policy, which people write. Nothing here knows what a leaf means.
//!
//! Sources: RFC 6962, and signed-note, tlog-checkpoint, tlog-cosignature, tlog-tiles, tlog-proof, tlog-witness and
//! tlog-policy of <https://c2sp.org>.

mod bundle;
mod checkpoint;
mod consistency;
mod cosignature;
mod hash;
mod inclusion;
mod key;
mod leaves;
mod name;
mod note;
mod place;
mod policy;
mod proof;
mod receipt;
mod signature_line;
mod signed;
mod signer;
mod tile;
mod tile_path;
mod tree;
mod witness;

pub use bundle::{BundleError, EntryBundle, MAX_ENTRY_BYTES};
pub use checkpoint::{Checkpoint, CheckpointError};
pub use consistency::{Consistency, prove_consistency};
pub use cosignature::{TimeError, UnixSeconds};
pub use ed25519_dalek::SigningKey;
pub use hash::{Hash, HashError};
pub use inclusion::{Inclusion, prove_inclusion};
pub use key::{KeyError, LogKey, Scheme, VerifierKey, WitnessKey};
pub use name::{KeyId, KeyName, NameError};
pub use note::{MAX_NOTE_BYTES, MAX_SIGNATURES, Note, NoteError, VerifiedNote};
pub use place::{Index, MissingNode, Node, NodeSource, Size};
pub use policy::{MAX_POLICY_BYTES, Policy, PolicyError, PolicyFault, PolicyRefusal};
pub use proof::{MAX_PATH, ProofError, ProveError};
pub use receipt::{Receipt, ReceiptError, ReceiptRefusal, VerifiedReceipt};
pub use signature_line::SignatureLine;
pub use signed::{SignedCheckpoint, TrustedCheckpoint};
pub use signer::{LogSigner, WitnessSigner};
pub use tile::{Tile, touched};
pub use tile_path::{BundleId, TILE_WIDTH, TileError, TileId, TilePath};
pub use tree::Tree;
pub use witness::{
    AddCheckpoint, Consistent, Latest, MAX_CONSISTENCY_PATH, RequestError, WitnessRefusal, encode_conflict,
    monitoring_path, parse_conflict,
};
