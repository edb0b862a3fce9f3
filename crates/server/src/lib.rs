//! Composition: intake, sequencer, checkpoints, queries, gRPC and HTTP over one log.
//!
//! Events come in through [`Log::submit`]: signatures are checked on all cores, one writer admits, chains and writes
//! them in groups, and answers when a group is on disk. Queries read the state that the writer publishes after that.

mod access;
mod apart;
mod checkpointing;
mod clock;
mod codes;
mod committed;
pub mod cosign;
mod desk;
mod files;
mod grpc;
mod http;
mod limits;
mod log;
mod notebook;
mod pages;
mod problem;
mod proofs;
pub mod query;
mod replay;
mod sequencer;
mod shelf;
mod signing;
pub mod witness;

pub use access::{Known, Reader};
pub use clock::now;
pub use codes::{CodeSecret, EnrolmentCode, MistypedCode};
pub use committed::{PrecinctParts, Which};
pub use grpc::serve;
pub use limits::{Limit, limits};
pub use log::{Answer, Clock, Log, QUEUE, Settings, Writer};
pub use problem::Problem;
pub use proofs::{Prefix, ProvenEntry};
pub use replay::Replay;
pub use sequencer::Receipt;
pub use shelf::{FileProblem, LARGEST_FILE, Shelving, Showing};
pub use signing::{INTERVAL, Published, Signing, Successor};
pub use tallylog_projection::{Fault, Signatures};
