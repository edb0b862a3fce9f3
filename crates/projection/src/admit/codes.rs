//! Enrolment codes.

use std::collections::BTreeSet;

use tallylog_event::{CodeBatch, CodeEvent, CodeWithdrawal, EntryIndex, PrecinctId, Redemption, Role};

use super::authority::is_service;
use super::report::listed;
use super::review::given;
use super::{Signer, enrols, needs};
use crate::desks::{Batch, CodeState};
use crate::{DeskRefusal, Refusal, State};

pub(super) fn admit(state: &State, signer: &Signer<'_>, event: &CodeEvent) -> Result<(), Refusal> {
    let registrar = |role: &Role| matches!(role, Role::Registrar);
    match event {
        CodeEvent::Issued(batch) => {
            needs(signer.author, "a registrar", registrar)?;
            issues(state, signer, batch)
        }
        CodeEvent::Redeemed(redemption) => redeems(state, signer, redemption),
        CodeEvent::Withdrawn(withdrawal) => {
            needs(signer.author, "a registrar", registrar)?;
            withdraws(state, withdrawal)
        }
    }
}

fn issues(state: &State, signer: &Signer<'_>, batch: &CodeBatch) -> Result<(), Refusal> {
    let is_empty = batch.precincts.is_empty() || batch.each == 0;
    if is_empty || !each_once(&batch.precincts) || batch.expires_at < signer.accepted.received_at {
        return Err(DeskRefusal::BadBatch.into());
    }
    batch.precincts.iter().try_for_each(|precinct| listed(state, *precinct))
}

/// The log's own key enrols, within what a registrar allowed: a new key, of a chair of the code's precinct and of no
/// other, once a code, while it is good. Whether the device showed the right code is the server's word.
fn redeems(state: &State, signer: &Signer<'_>, redemption: &Redemption) -> Result<(), Refusal> {
    is_service(state, signer.author)?;
    let batch = known(state, redemption.batch)?;
    let precinct = batch
        .precinct_of(redemption.number)
        .ok_or(DeskRefusal::NotInBatch("it has no code of that number"))?;
    match batch.code(redemption.number, signer.accepted.received_at) {
        Some(CodeState::Used(entry)) => return Err(DeskRefusal::CodeUsed(entry).into()),
        Some(CodeState::Withdrawn(_) | CodeState::Expired) | None => return Err(DeskRefusal::CodeExpired.into()),
        Some(CodeState::Good) => {}
    }
    if redemption.enrolment.role != Role::Chair(vec![precinct]) {
        return Err(DeskRefusal::NotInBatch("a code enrols a chair of its own precinct, and nobody else").into());
    }
    enrols(state, signer, &redemption.enrolment)
}

fn withdraws(state: &State, withdrawal: &CodeWithdrawal) -> Result<(), Refusal> {
    let batch = known(state, withdrawal.batch)?;
    let of_batch = &batch.issued.what.precincts;
    if withdrawal.precincts.iter().any(|precinct| !of_batch.contains(precinct)) {
        return Err(DeskRefusal::NotInBatch("it has no codes for one of these precincts").into());
    }
    given(&withdrawal.reason, "a reason")
}

fn known(state: &State, batch: EntryIndex) -> Result<&Batch, Refusal> {
    let known = state.desks().codes.batch(batch);
    known.ok_or(DeskRefusal::NoSuchBatch(batch).into())
}

/// Whether no precinct comes twice.
pub(super) fn each_once(precincts: &[PrecinctId]) -> bool {
    let distinct: BTreeSet<_> = precincts.iter().collect();
    distinct.len() == precincts.len()
}
