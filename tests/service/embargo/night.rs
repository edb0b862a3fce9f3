//! A night under an embargo, with two reports that no release lists.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tallylog_event::{
    CallerCheck, Case, CaseEvent, CaseOutcome, Channel, CorrectionKind, CourseEvent, Embargo, Envelope, Event, Hold,
    Inquiry, InquiryEvent, ManualEntry, PrecinctId, Proposal, Report, ReviewEvent, Role, SigningKey, Stage, UnixMillis,
};
use tallylog_rules::Sheet;
use tallylog_server::{Settings, Shelving, Showing};
use tallylog_simulate::{Options, night};
use tallylog_store::{FileId, Files};

use crate::support::{Pen, Served, correction, document, file_of, key, report, signing, text, with_more_people};

/// When the night's clock begins, and how far it goes with every look at it: the same on every night.
const START: u64 = 1_833_584_400_000;
const STEP: u64 = 60_000;

/// What the two reports say that no release lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Kept {
    /// How many more people stand in the report of a precinct that was in no release.
    pub(super) awaited: u32,
    /// How many photos that report names.
    pub(super) photos: usize,
    /// How many more people stand in what amends a precinct that was in one.
    pub(super) amended: u32,
    /// The precinct has not reported at all: another that is in no release reports in its place, and all that the desks say is
    /// of that one.
    pub(super) lacking: bool,
}

/// The night, served.
pub(super) struct Hidden {
    pub(super) served: Served,
    /// The first entry that is kept back: the report of a precinct that was in no release.
    pub(super) first: u64,
    /// The two reports.
    pub(super) kept: [Envelope; 2],
    pub(super) observer: SigningKey,
    /// Who may read everything.
    pub(super) campaign: SigningKey,
    /// Of the awaited report, also where it did not come.
    pub(super) precinct: PrecinctId,
}

impl Hidden {
    /// Plays the night. Nights that differ in what is kept differ in nothing else, not even in a time.
    pub(super) async fn with(kept: Kept) -> Self {
        let served = embargoed().await;
        let rooms: Vec<_> = served.rooms();
        let rooms: Vec<(PrecinctId, SigningKey, Sheet)> = rooms
            .into_iter()
            .map(|(id, chair, sheet)| (id, chair.clone(), sheet.clone()))
            .collect();
        let (observer, campaign) = (key(81), key(82));
        let enrol = |key, person, role| served.pen.enrol(served.registrar(), key, person, role);
        served.take(enrol(&observer, "Otis Observer", Role::Observer)).await;
        let of = Role::Campaign(text("the Dove campaign"));
        served.take(enrol(&campaign, "Cara Campaign", of)).await;

        let mut entries = Vec::new();
        for (precinct, chair, sheet) in &rooms[..2] {
            entries.push(served.take(served.pen.sign(chair, report(*precinct, sheet))).await);
        }
        served
            .take(served.pen.release(served.reviewer(), "first", &entries))
            .await;

        let awaited = served.pen.sign(&rooms[2].1, awaited(&rooms[2], kept));
        let instead = served.pen.sign(&rooms[4].1, report(rooms[4].0, &rooms[4].2));
        let reported = if kept.lacking {
            (&rooms[4], instead)
        } else {
            (&rooms[2], awaited.clone())
        };
        let first = served.take(reported.1).await;
        entries.push(
            served
                .take(served.pen.sign(&rooms[3].1, report(rooms[3].0, &rooms[3].2)))
                .await,
        );
        work_on(&served, reported.0, &campaign).await;
        let amended = served.pen.sign(
            &rooms[0].1,
            report(rooms[0].0, &with_more_people(&rooms[0].2, 1 + kept.amended)),
        );
        served.take(amended.clone()).await;
        for notice in [
            CourseEvent::Paused(text("a line is down")),
            CourseEvent::Resumed(text("it is up again")),
        ] {
            served
                .take(served.pen.sign(served.registrar(), Event::Course(notice)))
                .await;
        }
        let second = served.pen.release(served.reviewer(), "second", &entries[1..]);
        served.take(second).await;
        served.covered(served.client.size().await).await;
        Self {
            served,
            first,
            kept: [awaited, amended],
            observer,
            campaign,
            precinct: rooms[2].0,
        }
    }
}

/// A log of version 2 under an embargo, by a clock of its own, in which everybody is enrolled.
pub(super) async fn embargoed() -> Served {
    let mut night = night(&Options {
        errors: false,
        version: 2,
        ..Options::small(11, 2, 12)
    });
    night.contest.embargo = Embargo::OnRelease;
    let mut opening = night.setup[0].decode().unwrap();
    opening.event = Event::ContestOpened(Box::new(night.contest.clone()));
    night.setup[0] = Envelope::seal(&opening, &night.keys.registrars[0].key);
    let pen = Pen::new(night.contest.id);
    let dir = tempfile::tempdir().unwrap();
    let ticks = AtomicU64::new(START);
    let settings = Settings {
        signing: Some(signing(&night, dir.path())),
        clock: Arc::new(move || UnixMillis(ticks.fetch_add(STEP, Ordering::Relaxed))),
        notebook: Some(dir.path().join("notebook")),
        files: Some(with_the_photo(dir.path())),
        ..Settings::default()
    };
    let setup = night.setup.clone();
    let served = Served::open(dir, night, pen, settings).await;
    for envelope in setup {
        served.take(envelope).await;
    }
    served
}

/// The photo of the worksheet that no release lists.
pub(super) fn photo() -> Vec<u8> {
    b"\xff\xd8\xff a worksheet with its signatures".to_vec()
}

/// A folder that has the photo, on a server that shows everybody what public entries name.
fn with_the_photo(dir: &Path) -> Shelving {
    let dir = dir.join("files");
    let file = file_of(&photo());
    let id = FileId {
        hash: file.hash.0,
        size: file.size,
    };
    Files::open(&dir).unwrap().put(id, &mut photo().as_slice()).unwrap();
    Shelving {
        dir,
        showing: Showing::Everybody,
    }
}

fn awaited((precinct, _, sheet): &(PrecinctId, SigningKey, Sheet), kept: Kept) -> Event {
    Event::Reported(Box::new(Report {
        precinct: *precinct,
        channel: Channel::App,
        sheet: with_more_people(sheet, kept.awaited),
        files: vec![file_of(&photo()); kept.photos],
    }))
}

/// Everything that the desks say of a precinct, none of which is public before its figures are.
async fn work_on(served: &Served, (precinct, _, sheet): &(PrecinctId, SigningKey, Sheet), campaign: &SigningKey) {
    let pen = &served.pen;
    let manual = Event::Entered(Box::new(ManualEntry {
        report: Report {
            precinct: *precinct,
            channel: Channel::Phone,
            sheet: sheet.clone(),
            files: Vec::new(),
        },
        caller: CallerCheck::CalledBack,
        read_back: true,
        typed_by: Vec::new(),
    }));
    let record = served.take(pen.sign(served.operator(), manual)).await;
    let hold = Event::Review(ReviewEvent::Held(Box::new(Hold {
        precinct: *precinct,
        reason: text("the chair calls back"),
    })));
    served.take(pen.sign(served.reviewer(), hold)).await;
    let inquiry = Event::Inquiry(InquiryEvent::Filed(Box::new(Inquiry {
        precinct: *precinct,
        question: text("is this our captain's count?"),
        figures: Some(sheet.clone()),
        files: vec![document()],
    })));
    served.take(pen.sign(campaign, inquiry)).await;
    let case = Event::Case(CaseEvent::Opened(Box::new(Case {
        precincts: vec![*precinct],
        stage: Stage::Correction,
        kind: CorrectionKind::Transcription,
        requested_by: text("Ada Marsh"),
        reason: text("differs from the signed worksheet"),
        authority: text(""),
        evidence: vec![document()],
    })));
    let case = served.take(pen.sign(served.officer(), case)).await;
    let proposal = Event::Case(CaseEvent::Proposed(Box::new(Proposal {
        case: tallylog_event::EntryIndex(case),
        outcome: CaseOutcome::Changed(Box::new(correction(record, *precinct, &with_more_people(sheet, 2)))),
    })));
    served.take(pen.sign(served.officer(), proposal)).await;
}
