//! Inquiries and answers.

use tallylog_event::{Answer, Contest, Inquiry, InquiryEvent, Role};

use super::entered::same_person;
use super::report::{figures_fit, listed};
use super::review::given;
use super::{Signer, needs};
use crate::{DeskRefusal, Refusal, State};

pub(super) fn admit(state: &State, open: &Contest, signer: &Signer<'_>, event: &InquiryEvent) -> Result<(), Refusal> {
    match event {
        InquiryEvent::Filed(inquiry) => {
            needs(signer.author, "a campaign", |role| matches!(role, Role::Campaign(_)))?;
            files(state, open, inquiry)
        }
        InquiryEvent::Answered(answer) => {
            needs(signer.author, "a reviewer or a corrections officer", |role| {
                matches!(role, Role::Reviewer | Role::CorrectionsOfficer)
            })?;
            answers(state, signer, answer)
        }
    }
}

fn files(state: &State, open: &Contest, inquiry: &Inquiry) -> Result<(), Refusal> {
    listed(state, inquiry.precinct)?;
    given(&inquiry.question, "a question")?;
    inquiry
        .figures
        .as_ref()
        .map_or(Ok(()), |figures| figures_fit(open, figures))
}

/// Nobody answers what they asked themselves, as a campaign.
fn answers(state: &State, signer: &Signer<'_>, answer: &Answer) -> Result<(), Refusal> {
    let asked = state.desks().inquiries.inquiry(answer.inquiry);
    let asked = asked
        .filter(|asked| asked.answer.is_none())
        .ok_or(DeskRefusal::NoSuchInquiry(answer.inquiry))?;
    let person = &signer.author.person;
    if state.author(asked.inquiry.author).person == *person {
        return Err(same_person(person, asked.inquiry.entry));
    }
    given(&answer.text, "an answer")?;
    let Some(entry) = answer.case else {
        return Ok(());
    };
    let precinct = asked.inquiry.what.precinct;
    let case = state.desks().cases.case(entry).ok_or(DeskRefusal::NoSuchCase(entry))?;
    if case.opened.what.precincts.contains(&precinct) {
        Ok(())
    } else {
        Err(DeskRefusal::NotInCase(precinct).into())
    }
}
