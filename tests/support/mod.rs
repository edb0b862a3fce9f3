//! What the tests of a night have in common: pens that sign, and logs that are served.

#![allow(dead_code, unused_imports, reason = "each test uses a part of it")]

mod gate;
pub(crate) mod otherwise;
mod served;

use std::sync::atomic::{AtomicU64, Ordering};

use tallylog_event::{
    Channel, ContestId, Correction, CorrectionKind, Enrolment, EntryIndex, Envelope, Event, EventBody, FileHash,
    FileRef, PrecinctId, PublicKey, Release, Report, Revocation, Role, SigningKey, SubmissionId, Text, UnixMillis,
};
use tallylog_rules::{Attendees, ByGroup, Sheet};

pub(crate) use gate::Gate;
pub(crate) use served::{Client, Served, check_refusal, log_key, request, signing};

/// Signs events of one contest, each under a submission id of its own.
pub(crate) struct Pen {
    contest: ContestId,
    next: AtomicU64,
}

impl Pen {
    pub(crate) fn new(contest: ContestId) -> Self {
        let next = AtomicU64::new(1);
        Self { contest, next }
    }

    pub(crate) fn body(&self, event: Event) -> EventBody {
        let mut submission = [0xA5; 16];
        submission[..8].copy_from_slice(&self.next.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        EventBody {
            contest: self.contest,
            submission: SubmissionId(submission),
            recorded_at: UnixMillis(1_833_584_400_000),
            event,
        }
    }

    pub(crate) fn sign(&self, key: &SigningKey, event: Event) -> Envelope {
        Envelope::seal(&self.body(event), key)
    }

    /// The enrolment of `key`, by `registrar`.
    pub(crate) fn enrol(&self, registrar: &SigningKey, key: &SigningKey, person: &str, role: Role) -> Envelope {
        let enrolment = Enrolment::new(self.contest, text(person), role, key);
        self.sign(registrar, Event::KeyEnrolled(Box::new(enrolment)))
    }

    pub(crate) fn revoke(&self, registrar: &SigningKey, key: &SigningKey) -> Envelope {
        let reason = text("the device was lost");
        let key = PublicKey::of(key);
        self.sign(registrar, Event::KeyRevoked(Revocation { key, reason }))
    }

    pub(crate) fn release(&self, reviewer: &SigningKey, name: &str, entries: &[u64]) -> Envelope {
        let entries = entries.iter().copied().map(EntryIndex).collect();
        self.sign(reviewer, Event::Released(Release::new(text(name), entries).unwrap()))
    }
}

pub(crate) fn text(words: &str) -> Text {
    Text::new(words).unwrap()
}

/// A key that nobody else has.
pub(crate) fn key(number: u8) -> SigningKey {
    SigningKey::from_bytes(&[number; 32])
}

pub(crate) fn report(precinct: PrecinctId, sheet: &Sheet) -> Event {
    by_channel(precinct, sheet, Channel::App)
}

pub(crate) fn by_channel(precinct: PrecinctId, sheet: &Sheet, channel: Channel) -> Event {
    Event::Reported(Box::new(Report {
        precinct,
        channel,
        sheet: sheet.clone(),
        files: Vec::new(),
    }))
}

/// A transcription by the book: a test takes away what it is about.
pub(crate) fn correction(replaces: u64, precinct: PrecinctId, sheet: &Sheet) -> Correction {
    Correction {
        replaces: EntryIndex(replaces),
        report: Report {
            precinct,
            channel: Channel::Paper,
            sheet: sheet.clone(),
            files: Vec::new(),
        },
        kind: Some(CorrectionKind::Transcription),
        reason: text("differs from the signed worksheet"),
        requested_by: text("Ada Marsh"),
        authority: text(""),
        evidence: vec![document()],
    }
}

pub(crate) fn corrected(correction: Correction) -> Event {
    Event::Corrected(Box::new(correction))
}

pub(crate) fn document() -> FileRef {
    FileRef {
        hash: FileHash([7; 32]),
        size: 1_000,
        media_type: text("image/jpeg"),
    }
}

/// What an event says of a photo with these bytes.
pub(crate) fn file_of(bytes: &[u8]) -> FileRef {
    FileRef {
        // BLAKE3, which is also what chains entries.
        hash: FileHash(tallylog_event::chain(bytes).0),
        size: u64::try_from(bytes.len()).unwrap(),
        media_type: text("image/jpeg"),
    }
}

/// The sheet with `more` people for the first group at first alignment.
pub(crate) fn with_more_people(sheet: &Sheet, more: u32) -> Sheet {
    let mut figures: Vec<_> = sheet.first_alignment.iter().flatten().copied().collect();
    figures[0].1 = Attendees(figures[0].1.0 + more);
    Sheet {
        first_alignment: Some(ByGroup::new(figures).unwrap()),
        ..sheet.clone()
    }
}
