//! Events as the desks sign them.

use std::num::NonZeroU8;

use tallylog_event::{
    Answer, Apportioned, Apportionment, Approval, CallerCheck, Case, CaseEvent, CaseOutcome, Certification, Channel,
    Closing, Correction, CorrectionKind, CountyId, CourseEvent, Decision, EntryIndex, Event, FileHash, FileRef,
    FilesAdded, Hold, Inquiry, InquiryEvent, Lift, ManualEntry, PrecinctId, Proposal, PublicKey, Rejection, Release,
    Report, Resolution, ResolutionOutcome, ReviewEvent, Revocation, RosterAmendment, RosterChange, Ruling, SigningKey,
    Stage, Subject, Text, Unchanged, Verdict,
};
use tallylog_rules::{Code, Delegates, Sheet};

pub(crate) fn text(words: &str) -> Text {
    Text::new(words).unwrap()
}

/// The precinct of a number in a county.
pub(crate) fn place(county: u16, number: u16) -> PrecinctId {
    PrecinctId {
        county: CountyId(county),
        number,
    }
}

/// A report of a sheet, through a channel.
pub(crate) fn report(precinct: PrecinctId, channel: Channel, sheet: &Sheet) -> Report {
    Report {
        precinct,
        channel,
        sheet: sheet.clone(),
        files: Vec::new(),
    }
}

/// What a chair's device signs.
pub(crate) fn reported(precinct: PrecinctId, sheet: &Sheet) -> Event {
    Event::Reported(Box::new(report(precinct, Channel::App, sheet)))
}

/// What an operator signs after a call.
pub(crate) fn entered(precinct: PrecinctId, sheet: &Sheet) -> Event {
    entered_by(precinct, sheet, &[])
}

/// The same, where others had typed into it before.
pub(crate) fn entered_by(precinct: PrecinctId, sheet: &Sheet, typists: &[&str]) -> Event {
    Event::Entered(Box::new(ManualEntry {
        report: report(precinct, Channel::Phone, sheet),
        caller: CallerCheck::CalledBack,
        read_back: true,
        typed_by: typists.iter().map(|name| text(name)).collect(),
    }))
}

/// A transcription with its reason, as a chair amends.
pub(crate) fn amendment(replaces: EntryIndex, precinct: PrecinctId, sheet: &Sheet) -> Correction {
    Correction {
        replaces,
        report: report(precinct, Channel::App, sheet),
        kind: Some(CorrectionKind::Transcription),
        reason: text("differs from the signed worksheet"),
        requested_by: text(""),
        authority: text(""),
        evidence: Vec::new(),
    }
}

/// What a chair's device signs to amend its report.
pub(crate) fn amended(replaces: EntryIndex, precinct: PrecinctId, sheet: &Sheet) -> Event {
    Event::Corrected(Box::new(amendment(replaces, precinct, sheet)))
}

pub(crate) fn document() -> FileRef {
    FileRef {
        hash: FileHash([7; 32]),
        size: 1_000,
        media_type: text("image/jpeg"),
    }
}

pub(crate) fn files(precinct: PrecinctId, files: Vec<FileRef>) -> Event {
    Event::FilesAdded(FilesAdded { precinct, files })
}

pub(crate) fn resolved(
    precinct: PrecinctId,
    first: EntryIndex,
    second: EntryIndex,
    outcome: ResolutionOutcome,
) -> Event {
    Event::Review(ReviewEvent::Resolved(Box::new(Resolution {
        precinct,
        first,
        second,
        outcome,
        reason: text("compared with the photo"),
    })))
}

/// The number of a code, as decisions name it.
pub(crate) fn number(code: Code) -> NonZeroU8 {
    let place = Code::ALL.iter().position(|other| *other == code).unwrap();
    NonZeroU8::new(u8::try_from(place + 1).unwrap()).unwrap()
}

pub(crate) fn decided(subject: Subject, code: Code, verdict: Verdict) -> Event {
    Event::Review(ReviewEvent::Decided(Box::new(Decision {
        subject,
        code: number(code),
        verdict,
        reason: text("looked at the worksheet"),
    })))
}

pub(crate) fn ruling() -> Verdict {
    Verdict::Ruled(Ruling {
        authority: text("resolution 7 of the committee"),
        evidence: vec![document()],
    })
}

pub(crate) fn held(precinct: PrecinctId) -> Event {
    Event::Review(ReviewEvent::Held(Box::new(Hold {
        precinct,
        reason: text("the chair calls back"),
    })))
}

pub(crate) fn lifted(hold: EntryIndex) -> Event {
    Event::Review(ReviewEvent::Lifted(Box::new(Lift {
        hold,
        reason: text("the chair called back"),
    })))
}

pub(crate) fn released(name: &str, entries: &[EntryIndex]) -> Event {
    Event::Released(Release::new(text(name), entries.to_vec()).unwrap())
}

pub(crate) fn revoked(key: &SigningKey) -> Event {
    Event::KeyRevoked(Revocation {
        key: PublicKey::of(key),
        reason: text("the device was lost"),
    })
}

/// A case about one precinct's transcription.
pub(crate) fn case(precinct: PrecinctId) -> Case {
    Case {
        precincts: vec![precinct],
        stage: Stage::Correction,
        kind: CorrectionKind::Transcription,
        requested_by: text("the chair"),
        reason: text("the worksheet says otherwise"),
        authority: text(""),
        evidence: vec![document()],
    }
}

pub(crate) fn opened(case: Case) -> Event {
    Event::Case(CaseEvent::Opened(Box::new(case)))
}

/// What comes of a case: other figures for the record.
pub(crate) fn changed(replaces: EntryIndex, precinct: PrecinctId, sheet: &Sheet) -> CaseOutcome {
    CaseOutcome::Changed(Box::new(Correction {
        report: report(precinct, Channel::Paper, sheet),
        evidence: vec![document()],
        ..amendment(replaces, precinct, sheet)
    }))
}

/// What comes of a case: the record stands.
pub(crate) fn unchanged(record: EntryIndex, precinct: PrecinctId) -> CaseOutcome {
    CaseOutcome::Unchanged(Box::new(Unchanged {
        precinct,
        record,
        findings: text("the worksheet says the same"),
        evidence: vec![document()],
    }))
}

pub(crate) fn proposed(case: EntryIndex, outcome: CaseOutcome) -> Event {
    Event::Case(CaseEvent::Proposed(Box::new(Proposal { case, outcome })))
}

pub(crate) fn approved(proposal: EntryIndex, outcome: CaseOutcome) -> Event {
    Event::Case(CaseEvent::Approved(Box::new(Approval {
        proposal,
        outcome,
        notice: text("a slip was corrected"),
    })))
}

pub(crate) fn rejected(proposal: EntryIndex) -> Event {
    Event::Case(CaseEvent::Rejected(Box::new(Rejection {
        proposal,
        reason: text("misread"),
    })))
}

pub(crate) fn closed(case: EntryIndex) -> Event {
    Event::Case(CaseEvent::Closed(Box::new(Closing {
        case,
        notice: text("the case is closed"),
    })))
}

pub(crate) fn filed(precinct: PrecinctId) -> Event {
    Event::Inquiry(InquiryEvent::Filed(Box::new(Inquiry {
        precinct,
        question: text("our captain counted otherwise"),
        figures: None,
        files: Vec::new(),
    })))
}

pub(crate) fn answered(inquiry: EntryIndex, case: Option<EntryIndex>) -> Event {
    Event::Inquiry(InquiryEvent::Answered(Box::new(Answer {
        inquiry,
        text: text("the worksheet was looked at"),
        case,
        evidence: Vec::new(),
    })))
}

pub(crate) fn paused() -> Event {
    Event::Course(CourseEvent::Paused(text("we check something")))
}

pub(crate) fn resumed() -> Event {
    Event::Course(CourseEvent::Resumed(text("all is well")))
}

pub(crate) fn certified(release: EntryIndex) -> Event {
    Event::Course(CourseEvent::Certified(Box::new(Certification {
        release,
        statement: text("these are the results"),
        evidence: vec![document()],
    })))
}

/// Gives one precinct another number of delegates, and with that the county another sum.
pub(crate) fn apportioned(precinct: PrecinctId, delegates: u16, county_delegates: u16) -> Event {
    roster_amended(RosterChange::Apportionment(Apportionment {
        county: precinct.county,
        county_delegates: Delegates(county_delegates),
        precincts: vec![Apportioned {
            number: precinct.number,
            delegates: Delegates(delegates),
        }],
    }))
}

pub(crate) fn roster_amended(change: RosterChange) -> Event {
    Event::Course(CourseEvent::RosterAmended(Box::new(RosterAmendment {
        change,
        authority: text("the apportionment of January"),
        reason: text("a slip in the list"),
        evidence: vec![document()],
    })))
}
