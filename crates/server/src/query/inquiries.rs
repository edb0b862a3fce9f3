//! What campaigns asked, and what they were answered.

use tallylog_event::Role;
use tallylog_projection::{Asked, Basis, Counted, State};
use tallylog_wire::v1;

use super::moment;
use super::sheets::{Sheets, file, place_name, signed};
use crate::problem::Problem;

/// Answers for the inquiries, or some of them, in the order of the log.
///
/// # Errors
///
/// [`Problem`] if the moment does not exist.
pub fn inquiries(state: &State, request: &v1::InquiriesRequest) -> Result<v1::InquiriesResponse, Problem> {
    let state = moment::at(state, request.moment.as_ref())?;
    let desk = &state.desks().inquiries;
    let all = desk.all().iter();
    let wanted = all.filter(|asked| !(request.open && asked.answer.is_some()));
    let counted = Counted::new(&state, Basis::Recorded);
    let messages = wanted.map(|asked| message(&state, &counted, asked));
    let named = messages.filter(|inquiry| {
        let place = inquiry.precinct.clone().unwrap_or_default();
        is(&request.county, &place.county)
            && is(&request.precinct, &place.precinct)
            && is(&request.campaign, &inquiry.campaign)
    });
    Ok(v1::InquiriesResponse {
        position: Some(moment::position(&state)?),
        inquiries: named.collect(),
        open: open(&state),
    })
}

/// How many wait for an answer.
pub(super) fn open(state: &State) -> u32 {
    u32::try_from(state.desks().inquiries.open().count()).unwrap_or(u32::MAX)
}

/// How many inquiries waited when the log had `size` entries.
pub(super) fn open_at(state: &State, size: u64) -> u32 {
    let asked = state.desks().inquiries.all().iter();
    let open = asked.filter(|asked| {
        let answered = asked.answer.as_ref().is_some_and(|answer| answer.entry.0 < size);
        asked.inquiry.entry.0 < size && !answered
    });
    u32::try_from(open.count()).unwrap_or(u32::MAX)
}

fn is(wanted: &str, name: &str) -> bool {
    wanted.is_empty() || wanted == name
}

fn message(state: &State, counted: &Counted<'_>, asked: &Asked) -> v1::CampaignInquiry {
    let inquiry = &asked.inquiry.what;
    let sheets = Sheets::of_id(state, counted, inquiry.precinct);
    let figures = inquiry.figures.as_ref().zip(sheets.as_ref());
    let campaign = match &state.author(asked.inquiry.author).role {
        Role::Campaign(name) => name.to_string(),
        Role::Registrar
        | Role::Chair(_)
        | Role::Operator
        | Role::Reviewer
        | Role::CorrectionsOfficer
        | Role::Observer
        | Role::Witness
        | Role::Importer
        | Role::Service => String::new(),
    };
    let answer = asked.answer.as_ref();
    v1::CampaignInquiry {
        filed: Some(signed(state, &asked.inquiry)),
        campaign,
        precinct: Some(place_name(state, inquiry.precinct)),
        question: inquiry.question.to_string(),
        figures: figures.map(|(sheet, sheets)| sheets.figures(sheet)),
        files: inquiry.files.iter().map(file).collect(),
        answered: answer.map(|answer| signed(state, answer)),
        answer: answer.map(|answer| answer.what.text.to_string()).unwrap_or_default(),
        case: answer.and_then(|answer| answer.what.case).map(|case| case.0),
        evidence: answer
            .map(|answer| answer.what.evidence.iter().map(file).collect())
            .unwrap_or_default(),
    }
}
