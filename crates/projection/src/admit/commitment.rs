//! Committed results.

use tallylog_event::{Basis, Commitment, Contest, Embargo};

use super::authority::is_service;
use crate::accepted::Accepted;
use crate::refusal::CommitmentFault;
use crate::{Author, Refusal, State};

/// Whether the log's own key commits the results of exactly the entries before, and no more of them than is public.
///
/// The root is not computed again here: admission would cost as much as a whole tree. Whoever verifies the log does.
pub(super) fn commits(
    state: &State,
    open: &Contest,
    author: &Author,
    accepted: &Accepted<'_>,
    commitment: &Commitment,
) -> Result<(), Refusal> {
    is_service(state, author)?;
    if commitment.size != accepted.entry.0 {
        return Err(Refusal::CommitmentOutOfTurn {
            given: commitment.size,
            size: accepted.entry.0,
        });
    }
    fault(state, open, commitment).map_or(Ok(()), |fault| Err(Refusal::BadCommitment(fault)))
}

fn fault(state: &State, open: &Contest, commitment: &Commitment) -> Option<CommitmentFault> {
    if usize::try_from(commitment.precincts) != Ok(state.roster().precincts()) {
        return Some(CommitmentFault::Precincts);
    }
    match (open.embargo, commitment.basis, &commitment.audit) {
        (Embargo::OnRelease, Basis::Recorded, _) | (Embargo::OnRelease, _, Some(_)) => Some(CommitmentFault::Embargo),
        (Embargo::Open, _, None) => Some(CommitmentFault::Audit),
        (Embargo::OnRelease, Basis::Released, None) | (Embargo::Open, _, Some(_)) => None,
    }
}
