//! The state of a contest as a fold of its log: `admit` may refuse, `apply` cannot fail.
//!
//! Server and verifier run the same fold over the same entries and reach the same state, byte for byte. There is no
//! clock here, no storage and no randomness: what an answer depends on is in the log.

mod accepted;
mod admit;
mod audits;
mod counted;
mod desks;
mod differences;
mod effect;
mod embargo;
mod feed;
mod files;
mod filings;
mod fold;
mod hash;
mod history;
mod likeness;
mod people;
mod progress;
mod refusal;
mod replay;
mod results;
mod review;
mod roster;
mod shared;
mod since;
mod state;
mod timeline;
mod totals;

pub use accepted::Accepted;
pub use admit::{FEWEST_DICE, FOLD_VERSION, LARGEST_CLAIM, MOST_FILES, MOST_HANDS, MOST_VERSIONS, check_dice};
pub use audits::{AbandonedSample, PaperFinding};
pub use counted::Counted;
pub use desks::{
    ActDecided, AddedFiles, Announced, AnnouncementEnd, Asked, Authority, Batch, CaseFile, Cases, CodeState, Codes,
    Course, Decided, Desks, Drawn, EntryDesk, EntryNote, Inquiries, PaperAudit, Pause, Proposed, ProposedAct,
    ReviewDesk, Signed, StandingHold, draw, draw_announced,
};
pub use differences::{Difference, Field, differences};
pub use effect::{Change, Effect};
pub use feed::{ChangedFigure, Happening, News, Words, kind_of};
pub use files::NamedFile;
pub use fold::{Fold, Submissions};
pub use history::{Filing, Version};
pub use people::{Author, AuthorId, SoleRegistrar, role_name};
pub use progress::Enrolled;
pub use refusal::{CommitmentFault, ContestFault, CountyFault, DeskRefusal, Refusal};
pub use replay::{Fault, Reading, ReplayError, Replayed, Shown, Signatures, Visitor, in_lanes, replay, replay_shown};
pub use results::{
    Counts, GroupFigures, Leaf, MAX_RESULTS_PROOF_BYTES, Node, ProvenPrecinct, ResultsProof, ResultsProofError,
    ResultsTree, Standing, Sums, Tally, audit,
};
pub use review::{Cause, Discrepancy, Given, Life, PoolBefore, PrecinctStatus, Review};
pub use roster::Roster;
pub use since::{Fate, PrecinctNow, Since};
pub use state::{Committed, Released, State};
pub use tallylog_event::Basis;
pub use timeline::{CountyFigures, Step, Timeline, step_ends};
pub use totals::{Line, Scope, Totals, national};
