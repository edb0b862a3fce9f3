//! Events as the desks sign them.

use std::num::NonZeroU8;

use tallylog_event::{
    CallerCheck, Channel, Correction, CorrectionKind, CountyId, Decision, EntryIndex, Event, FileHash, FileRef,
    FilesAdded, Hold, Lift, ManualEntry, PrecinctId, PublicKey, Release, Report, Resolution, ResolutionOutcome,
    ReviewEvent, Revocation, Ruling, SigningKey, Subject, Text, Verdict,
};
use tallylog_rules::{Code, Sheet};

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
