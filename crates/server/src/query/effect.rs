//! What a correction would change, from the precinct up to the state.

use num_rational::BigRational;
use tallylog_event::{CaseEvent, CaseOutcome, Correction, Event, EventBody};
use tallylog_projection::{Basis, Change, Counted, Line, State, Totals};
use tallylog_rules::{Equivalents, GroupId, National};
use tallylog_wire::v1;

use super::moment;
use super::sheets::Sheets;
use crate::problem::Problem;

/// Answers for a proposal or a correction that nobody has signed.
///
/// # Errors
///
/// [`Problem`] if the bytes are no such event, or the precinct is not in the roster.
pub fn effect(state: &State, request: &v1::EffectRequest) -> Result<v1::EffectResponse, Problem> {
    let body = EventBody::decode(&request.body).map_err(Problem::MalformedEvent)?;
    let outcome = match body.event {
        Event::Case(CaseEvent::Proposed(proposal)) => proposal.outcome,
        Event::Case(CaseEvent::Approved(approval)) => approval.outcome,
        Event::Corrected(correction) => CaseOutcome::Changed(correction),
        Event::ContestOpened(_)
        | Event::CountyListed(_)
        | Event::KeyEnrolled(_)
        | Event::KeyRevoked(_)
        | Event::Reported(_)
        | Event::Released(_)
        | Event::ResultsCommitted(_)
        | Event::Code(_)
        | Event::Entered(_)
        | Event::FilesAdded(_)
        | Event::Review(_)
        | Event::Case(CaseEvent::Opened(_) | CaseEvent::Rejected(_) | CaseEvent::Closed(_))
        | Event::Inquiry(_)
        | Event::Course(_)
        | Event::Paper(_)
        | Event::Authority(_) => return Err(Problem::NotACorrection),
    };
    let id = outcome.precinct();
    let counted = Counted::new(state, Basis::Recorded);
    let sheets = Sheets::of_id(state, &counted, id).ok_or(Problem::NotACorrection)?;
    let record = state.counted(id, Basis::Recorded);
    let effect = match &outcome {
        CaseOutcome::Changed(correction) => of_correction(state, correction),
        CaseOutcome::Unchanged(_) => None,
    };
    Ok(v1::EffectResponse {
        position: Some(moment::position(state)?),
        precinct: Some(sheets.name()),
        old: record.map(|record| sheets.figures(&record.filing().report().sheet)),
        new: match &outcome {
            CaseOutcome::Changed(correction) => Some(sheets.figures(&correction.report.sheet)),
            CaseOutcome::Unchanged(_) => None,
        },
        effect,
    })
}

/// What changes if a correction takes the place of its precinct's record.
pub(super) fn of_correction(state: &State, correction: &Correction) -> Option<v1::Effect> {
    let effect = state.effect(correction.report.precinct, &correction.report.sheet)?;
    let (county, precinct) = state.roster().precinct(correction.report.precinct)?;
    let place = |scope, name: String, change| place(state, scope, name, change);
    let mut places = vec![
        place("precinct", precinct.name.to_string(), &effect.precinct),
        place("county", county.name.to_string(), &effect.county_totals),
    ];
    let district = effect.district.as_ref();
    places.extend(district.map(|(number, change)| place("district", number.to_string(), change)));
    places.push(whole(place("state", String::new(), &effect.state), &effect.national));
    let settled = |national: &Option<National>| national.as_ref().is_none_or(National::is_settled);
    Some(v1::Effect {
        proposal: None,
        places,
        national_settled_old: settled(&effect.national.before),
        national_settled_new: settled(&effect.national.after),
    })
}

/// The state, with its national delegates.
fn whole(mut place: v1::EffectPlace, national: &Change<Option<National>>) -> v1::EffectPlace {
    for (number, line) in (1_u16..).zip(&mut place.lines) {
        let of = |national: &Option<National>| {
            let total = national.as_ref()?.total(GroupId::new(number).ok()?);
            u32::try_from(total).ok()
        };
        (line.national_old, line.national_new) = (of(&national.before), of(&national.after));
    }
    place
}

fn place(state: &State, scope: &str, name: String, change: &Change<Totals>) -> v1::EffectPlace {
    let pairs = (1_u16..).zip(change.before.lines.iter().zip(&change.after.lines));
    let lines = pairs.filter_map(|(number, (old, new))| {
        let group = GroupId::new(number).ok()?;
        Some(line(state.group_name(group), old, new))
    });
    v1::EffectPlace {
        scope: scope.to_owned(),
        name,
        lines: lines.collect(),
    }
}

fn line(name: &str, old: &Line, new: &Line) -> v1::EffectLine {
    let fraction = |exact: &BigRational| format!("{}/{}", exact.numer(), exact.denom());
    v1::EffectLine {
        name: name.to_owned(),
        delegates_old: old.delegates,
        delegates_new: new.delegates,
        sde_old: old.equivalents.0,
        sde_new: new.equivalents.0,
        sde_difference: difference(old.equivalents, new.equivalents),
        sde_exact_old: fraction(&old.exact),
        sde_exact_new: fraction(&new.exact),
        sde_exact_difference: fraction(&(&new.exact - &old.exact)),
        first_alignment_old: old.first_alignment,
        first_alignment_new: new.first_alignment,
        final_alignment_old: old.final_alignment,
        final_alignment_new: new.final_alignment,
        national_old: None,
        national_new: None,
    }
}

/// Equivalents are far below what an `i64` holds: admission limits every figure.
fn difference(old: Equivalents, new: Equivalents) -> i64 {
    let signed = |equivalents: Equivalents| i64::try_from(equivalents.0).unwrap_or(i64::MAX);
    signed(new).saturating_sub(signed(old))
}
