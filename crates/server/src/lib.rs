//! Composition: intake, sequencer, queries and gRPC over one log.
//!
//! Events come in through [`Log::submit`]: signatures are checked on all cores, one writer admits, chains and writes
//! them in groups, and answers when a group is on disk. Queries read the state that the writer publishes after that.

mod clock;
pub mod cosign;
mod grpc;
mod log;
mod problem;
pub mod query;
mod replay;
mod sequencer;
pub mod witness;

pub use clock::now;
pub use grpc::serve;
pub use log::{Answer, Clock, Log, QUEUE, Settings, Writer};
pub use problem::Problem;
pub use replay::Replay;
pub use sequencer::Receipt;
pub use tallylog_projection::{Fault, Signatures};
