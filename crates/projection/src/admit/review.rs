//! Resolutions, decisions and holds.

use tallylog_event::{
    Contest, Decision, EntryIndex, Hold, Lift, PrecinctId, Resolution, ResolutionOutcome, ReviewEvent, Role, Ruling,
    Subject, Text, Verdict,
};
use tallylog_rules::{Code, Severity};

use super::course::not_certified;
use super::{Signer, needs};
use crate::review::record::differ;
use crate::{Cause, DeskRefusal, Discrepancy, Life, Refusal, Review, State, Version};

pub(super) fn admit(state: &State, _open: &Contest, signer: &Signer<'_>, event: &ReviewEvent) -> Result<(), Refusal> {
    needs(signer.author, "a reviewer", |role| matches!(role, Role::Reviewer))?;
    match event {
        ReviewEvent::Resolved(resolution) => resolves(state, signer, resolution),
        ReviewEvent::Decided(decision) => decides(state, signer, decision),
        ReviewEvent::Held(hold) => holds(state, hold),
        ReviewEvent::Lifted(lift) => lifts(state, lift),
    }
}

/// A reviewer settles what two others entered: a chair's or an operator's, but never what two officers corrected.
///
/// What was asked of somebody who does not come can be taken back: then one of both is set aside already.
fn resolves(state: &State, signer: &Signer<'_>, resolution: &Resolution) -> Result<(), Refusal> {
    not_certified(&state.desks().course)?;
    given(&resolution.reason, "a reason")?;
    let nothing = || DeskRefusal::NothingToResolve(resolution.first, resolution.second);
    let first = named(state, resolution.precinct, resolution.first);
    let second = named(state, resolution.precinct, resolution.second);
    let (first, second) = first
        .zip(second)
        .filter(|(first, second)| first.version.entry < second.version.entry)
        .ok_or_else(nothing)?;
    not_own(state, signer, first.version)?;
    not_own(state, signer, second.version)?;
    let differ = differ(first.version, second.version);
    let fits = match (first.aside, second.aside) {
        (false, false) => match resolution.outcome {
            ResolutionOutcome::DiscardBoth => true,
            ResolutionOutcome::KeepFirst | ResolutionOutcome::KeepSecond => differ,
            ResolutionOutcome::RedoFirst => differ && first.by_operator,
            ResolutionOutcome::RedoSecond => differ && second.by_operator,
        },
        (true, false) => matches!(
            resolution.outcome,
            ResolutionOutcome::KeepSecond | ResolutionOutcome::DiscardBoth
        ),
        (false, true) => matches!(
            resolution.outcome,
            ResolutionOutcome::KeepFirst | ResolutionOutcome::DiscardBoth
        ),
        (true, true) => false,
    };
    if fits { Ok(()) } else { Err(nothing().into()) }
}

/// One of the two entries that a resolution names.
struct Named<'a> {
    version: &'a Version,
    by_operator: bool,
    /// Whether it was set aside to be made again, and nobody has done so.
    aside: bool,
}

fn named(state: &State, precinct: PrecinctId, entry: EntryIndex) -> Option<Named<'_>> {
    let history = state.history(precinct)?;
    let version = history.version(entry)?;
    let role = &state.author(version.author).role;
    let aside = history.set_aside_by(entry);
    let asked = state.desks().entry.assigned(precinct).map(|(_, by)| by);
    let counts = aside.is_none() || aside == asked;
    (counts && matches!(role, Role::Chair(_) | Role::Operator)).then_some(Named {
        version,
        by_operator: matches!(role, Role::Operator),
        aside: aside.is_some(),
    })
}

fn decides(state: &State, signer: &Signer<'_>, decision: &Decision) -> Result<(), Refusal> {
    given(&decision.reason, "a reason")?;
    if let Subject::Entry(entry) = decision.subject {
        own_entry(state, signer, entry)?;
    }
    let code = usize::from(decision.code.get()) - 1;
    let code = *Code::ALL.get(code).ok_or(DeskRefusal::NoSuchDiscrepancy)?;
    let about_one = match decision.subject {
        Subject::Entry(entry) => state.position_of(entry),
        Subject::County(_) => None,
    };
    let review = Review::standing_of(state, &about_one.into_iter().collect());
    let mut about = review
        .discrepancies()
        .iter()
        .filter(|found| found.code == code && found.subject() == Some(decision.subject))
        .filter(|found| found.life != Life::Resolved);
    for found in about.clone() {
        if let Cause::SourcesDiffer { other, .. } = &found.cause {
            own_entry(state, signer, *other)?;
        }
    }
    let stands = |life: Life| move |found: &Discrepancy| found.life == life;
    match &decision.verdict {
        Verdict::Accepted => {
            let mut open = about.filter(|found| found.life == Life::Open).peekable();
            open.peek().ok_or(DeskRefusal::NoSuchDiscrepancy)?;
            if open.any(|found| found.severity >= Severity::Block) {
                return Err(DeskRefusal::Blocking.into());
            }
            Ok(())
        }
        Verdict::Ruled(ruling) => {
            about
                .find(|found| stands(Life::Open)(found))
                .ok_or(DeskRefusal::NoSuchDiscrepancy)?;
            authorised(ruling)
        }
        Verdict::Reopened => {
            let decided = |found: &&Discrepancy| stands(Life::Accepted)(found) || stands(Life::Ruled)(found);
            about.find(decided).ok_or(DeskRefusal::NoSuchDiscrepancy)?;
            Ok(())
        }
    }
}

fn authorised(ruling: &Ruling) -> Result<(), Refusal> {
    given(&ruling.authority, "an authority: the committee's ruling")?;
    if ruling.evidence.is_empty() {
        return Err(DeskRefusal::Unjustified("the document of the ruling, as evidence").into());
    }
    Ok(())
}

fn holds(state: &State, hold: &Hold) -> Result<(), Refusal> {
    given(&hold.reason, "a reason")?;
    if state.roster().precinct(hold.precinct).is_none() {
        return Err(Refusal::UnknownPrecinct(hold.precinct));
    }
    Ok(())
}

fn lifts(state: &State, lift: &Lift) -> Result<(), Refusal> {
    given(&lift.reason, "a reason")?;
    let held = state.desks().review.held_by(lift.hold);
    held.map(|_| ()).ok_or(DeskRefusal::NoSuchHold(lift.hold).into())
}

pub(super) fn given(text: &Text, what: &'static str) -> Result<(), Refusal> {
    if text.is_blank() {
        return Err(DeskRefusal::Unjustified(what).into());
    }
    Ok(())
}

/// Nobody reviews what they typed.
pub(super) fn own_entry(state: &State, signer: &Signer<'_>, entry: EntryIndex) -> Result<(), Refusal> {
    let version = state.precinct_of(entry).and_then(|precinct| {
        let history = state.history(precinct)?;
        history.version(entry)
    });
    version.map_or(Ok(()), |version| not_own(state, signer, version))
}

fn not_own(state: &State, signer: &Signer<'_>, version: &Version) -> Result<(), Refusal> {
    if state.typists(version).contains(&&signer.author.person) {
        return Err(DeskRefusal::OwnEntry(version.entry).into());
    }
    Ok(())
}
