//! Redeems a code.

use std::sync::Mutex;

use tallylog_event::{
    CodeEvent, ContestId, Enrolment, Entry, EntryIndex, Envelope, Event, EventBody, PrecinctId, PublicKey, Redemption,
    Role, Signature, SubmissionId, Text, UnixMillis, chain,
};
use tallylog_projection::{CodeState, DeskRefusal, Refusal, State};
use tallylog_wire::v1;

use super::{CodeSecret, EnrolmentCode, From, Tries};
use crate::problem::Problem;
use crate::query::desk::named;
use crate::{Log, Receipt, clock};

/// A code that is right, and what became of it.
struct Right {
    batch: EntryIndex,
    number: u32,
    state: CodeState,
}

/// Enrols a chair's key against a code, or finds that this was done before for the same key.
pub(crate) async fn redeem(
    log: &Log,
    tries: &Mutex<Tries>,
    from: From,
    request: v1::RedeemRequest,
) -> Result<Receipt, Problem> {
    let now = clock::now();
    let code: EnrolmentCode = request.code.parse().map_err(Problem::CodeMistyped)?;
    let (contest, enrolment, right) = {
        let state = log.state()?;
        let contest = state.contest().ok_or(Problem::Empty)?.id;
        let precinct = named(&state, &request.county, &request.precinct)?;
        let enrolment = enrolment(contest, precinct, request)?;
        // Looked at and counted in one: however many try at once, none of them tries for nothing.
        let mut tries = tries.lock().map_err(|_| Problem::Stopping)?;
        tries.may_try(from, now).map_err(Problem::SlowDown)?;
        let right = find(&state, log.codes()?, &code, precinct, now);
        if right.is_none() {
            tries.wrong(from, now);
        }
        (contest, enrolment, right.ok_or(Problem::CodeWrong)?)
    };
    match right.state {
        CodeState::Good => enrol(log, contest, &right, enrolment).await,
        CodeState::Used(entry) => again(log, entry, &enrolment),
        CodeState::Withdrawn(entry) => Err(Problem::CodeWithdrawn(entry)),
        CodeState::Expired => Err(Refusal::Desk(DeskRefusal::CodeExpired).into()),
    }
}

fn enrolment(contest: ContestId, precinct: PrecinctId, request: v1::RedeemRequest) -> Result<Enrolment, Problem> {
    let enrolment = Enrolment {
        key: PublicKey(request.key.try_into().map_err(|_| Problem::MalformedRequest)?),
        person: Text::new(request.person).map_err(|_| Refusal::BadName)?,
        role: Role::Chair(vec![precinct]),
        possession: Signature(request.possession.try_into().map_err(|_| Problem::MalformedRequest)?),
    };
    enrolment.check(contest).map_err(Problem::BadEnrolment)?;
    Ok(enrolment)
}

/// Compares with every code that a precinct ever had, right or not, so that the time says nothing.
fn find(
    state: &State,
    secret: &CodeSecret,
    code: &EnrolmentCode,
    precinct: PrecinctId,
    now: UnixMillis,
) -> Option<Right> {
    let contest = state.contest()?.id;
    // What is sequenced now is not received before what was last received.
    let now = now.max(state.last_received_at().unwrap_or_default());
    let mut right = None;
    for batch in state.desks().codes.batches() {
        let entry = batch.issued.entry;
        for (number, state) in batch.codes_of(precinct, now) {
            if secret.code(contest, entry, number).is(code) {
                right = Some(Right {
                    batch: entry,
                    number,
                    state,
                });
            }
        }
    }
    right
}

async fn enrol(log: &Log, contest: ContestId, right: &Right, enrolment: Enrolment) -> Result<Receipt, Problem> {
    let signer = log.signer.as_ref().ok_or(Problem::NotSigned)?;
    let service = signer.service(&*log.state()?)?;
    let body = EventBody {
        contest,
        submission: submission(right, &enrolment),
        recorded_at: clock::now(),
        event: Event::Code(CodeEvent::Redeemed(Box::new(Redemption {
            batch: right.batch,
            number: right.number,
            enrolment: enrolment.clone(),
        }))),
    };
    let answer = match log.submit(Envelope::seal(&body, &service)).await {
        // The key had its successor on the way.
        Err(Problem::Refused(Refusal::RevokedKey { .. })) => {
            let successor = signer.service(&*log.state()?)?;
            log.submit(Envelope::seal(&body, &successor)).await
        }
        answer => answer,
    };
    match answer {
        // The same device asked twice at once.
        Err(Problem::Refused(Refusal::Desk(DeskRefusal::CodeUsed(entry)) | Refusal::SubmissionReused(entry))) => {
            again(log, entry, &enrolment)
        }
        taken => taken,
    }
}

/// The receipt of an answer that was lost; for another key the code is used.
fn again(log: &Log, entry: EntryIndex, enrolment: &Enrolment) -> Result<Receipt, Problem> {
    let bytes = log.reader().entry(entry.0)?;
    let bytes = bytes.ok_or(Problem::Unreadable("entry-missing"))?;
    let known = Entry::decode(&bytes).map_err(|_| Problem::Unreadable("entry-damaged"))?;
    let body = known.envelope.decode();
    let body = body.map_err(|_| Problem::Unreadable("entry-damaged"))?;
    // By the key alone: who typed the name otherwise this time finds the one that stands in the receipt.
    let same = matches!(body.event, Event::Code(CodeEvent::Redeemed(before)) if before.enrolment.key == enrolment.key);
    if !same {
        return Err(Refusal::Desk(DeskRefusal::CodeUsed(entry)).into());
    }
    Ok(Receipt {
        entry,
        received_at: known.received_at,
        hash: chain(&bytes),
        known: true,
    })
}

/// A name for each try of a key with a code. Nothing secret is in it.
fn submission(right: &Right, enrolment: &Enrolment) -> SubmissionId {
    let mut hasher = blake3::Hasher::new();
    hasher
        .update(b"tallylog/redemption/v1\0")
        .update(&right.batch.0.to_be_bytes())
        .update(&right.number.to_be_bytes())
        .update(&enrolment.key.0);
    let mut id = [0; 16];
    hasher.finalize_xof().fill(&mut id);
    SubmissionId(id)
}
