//! The events of the desks among the samples.

use tallylog_event::{
    Abandonment, Act, ActWithdrawal, AnnouncedSample, Announcement, Answer, Apportioned, Apportionment, Approval,
    AuthorityEvent, CallerCheck, Case, CaseEvent, CaseOutcome, Certification, Channel, Closing, CodeBatch, CodeEvent,
    CodeWithdrawal, CorrectionKind, CountyId, CourseEvent, Decision, EntryIndex, Event, FilesAdded, Hold, Inquiry,
    InquiryEvent, Lift, ManualEntry, PaperEvent, PaperReading, Proposal, Redemption, Rejection, Resolution,
    ResolutionOutcome, ReviewEvent, Revocation, Role, RosterAmendment, RosterChange, Ruling, Sample, Seconding, Stage,
    Subject, Succession, TreeRoot, Unchanged, UnixMillis, Verdict,
};
use tallylog_rules::Delegates;

use crate::samples::{correction, enrolment, group, letter, photo, place, report, sheet, text};

/// Every golden event of the desks, by the name of its line.
pub(crate) fn events() -> Vec<(&'static str, Event)> {
    let mut events = codes();
    events.extend(entered());
    events.extend(resolutions());
    events.extend(reviews());
    events.extend(cases());
    events.extend(inquiries());
    events.extend(course());
    events.extend(paper());
    events.extend(announced());
    events.extend(authority());
    events
}

fn codes() -> Vec<(&'static str, Event)> {
    let issued = CodeBatch {
        precincts: vec![place(76, 0), place(76, 300)],
        each: 2,
        expires_at: UnixMillis(1_833_591_600_000),
    };
    let redeemed = Redemption {
        batch: EntryIndex(200),
        number: 3,
        enrolment: enrolment(Role::Chair(vec![place(76, 300)])),
    };
    let withdrawn = CodeWithdrawal {
        batch: EntryIndex(200),
        precincts: vec![place(76, 0)],
        reason: text("the envelope was open"),
    };
    vec![
        ("codes-issued", Event::Code(CodeEvent::Issued(Box::new(issued)))),
        ("code-redeemed", Event::Code(CodeEvent::Redeemed(Box::new(redeemed)))),
        (
            "codes-withdrawn",
            Event::Code(CodeEvent::Withdrawn(Box::new(withdrawn))),
        ),
    ]
}

fn entered() -> Vec<(&'static str, Event)> {
    let entry = |channel, caller, read_back, typed_by: &[&str]| {
        Event::Entered(Box::new(ManualEntry {
            report: report(channel, sheet(), vec![photo()]),
            caller,
            read_back,
            typed_by: typed_by.iter().copied().map(text).collect(),
        }))
    };
    let files = FilesAdded {
        precinct: place(76, 300),
        files: vec![photo(), letter()],
    };
    vec![
        (
            "entered-photo",
            entry(Channel::Photo, CallerCheck::NoCaller, false, &[]),
        ),
        (
            "entered-called-back",
            entry(Channel::Phone, CallerCheck::CalledBack, true, &["Lee, A."]),
        ),
        (
            "entered-passphrase",
            entry(Channel::Phone, CallerCheck::Passphrase, true, &["Lee, A.", "Ito, B."]),
        ),
        (
            "entered-unchecked",
            entry(Channel::Paper, CallerCheck::Unchecked, false, &[]),
        ),
        ("files-added", Event::FilesAdded(files)),
    ]
}

fn resolutions() -> Vec<(&'static str, Event)> {
    [
        ("resolved-keep-first", ResolutionOutcome::KeepFirst),
        ("resolved-keep-second", ResolutionOutcome::KeepSecond),
        ("resolved-redo-first", ResolutionOutcome::RedoFirst),
        ("resolved-redo-second", ResolutionOutcome::RedoSecond),
        ("resolved-discard-both", ResolutionOutcome::DiscardBoth),
    ]
    .into_iter()
    .map(|(name, outcome)| {
        let resolution = Resolution {
            precinct: place(76, 300),
            first: EntryIndex(1_000),
            second: EntryIndex(1_001),
            outcome,
            reason: text("the photo shows 18"),
        };
        (name, Event::Review(ReviewEvent::Resolved(Box::new(resolution))))
    })
    .collect()
}

fn reviews() -> Vec<(&'static str, Event)> {
    let decision = |subject, code: u8, verdict| {
        Event::Review(ReviewEvent::Decided(Box::new(Decision {
            subject,
            code: code.try_into().unwrap(),
            verdict,
            reason: text("the chair's notes say so"),
        })))
    };
    let ruling = Ruling {
        authority: text("SCC 2028-02-09"),
        evidence: vec![letter()],
    };
    let entry = Subject::Entry(EntryIndex(1_000));
    let hold = Hold {
        precinct: place(76, 300),
        reason: text("two sheets came in"),
    };
    let lift = Lift {
        hold: EntryIndex(1_010),
        reason: text("one was a copy"),
    };
    vec![
        ("accepted", decision(entry, 8, Verdict::Accepted)),
        (
            "accepted-county",
            decision(Subject::County(CountyId(76)), 28, Verdict::Accepted),
        ),
        ("ruled", decision(entry, 1, Verdict::Ruled(ruling))),
        ("reopened", decision(entry, 8, Verdict::Reopened)),
        ("held", Event::Review(ReviewEvent::Held(Box::new(hold)))),
        ("hold-lifted", Event::Review(ReviewEvent::Lifted(Box::new(lift)))),
    ]
}

fn cases() -> Vec<(&'static str, Event)> {
    let case = |stage, kind| {
        Event::Case(CaseEvent::Opened(Box::new(Case {
            precincts: vec![place(76, 0), place(76, 300)],
            stage,
            kind,
            requested_by: text("Polk county party"),
            reason: text("two digits changed places"),
            authority: text("SCC 2028-02-09"),
            evidence: vec![letter()],
        })))
    };
    let changed = CaseOutcome::Changed(Box::new(correction(Some(CorrectionKind::Rule))));
    let unchanged = CaseOutcome::Unchanged(Box::new(Unchanged {
        precinct: place(76, 0),
        record: EntryIndex(900),
        findings: text("the cards agree"),
        evidence: vec![photo()],
    }));
    let proposed = |outcome| {
        Event::Case(CaseEvent::Proposed(Box::new(Proposal {
            case: EntryIndex(1_100),
            outcome,
        })))
    };
    let approved = |outcome| {
        Event::Case(CaseEvent::Approved(Box::new(Approval {
            proposal: EntryIndex(1_101),
            outcome,
            notice: text("Altoona-1 was corrected"),
        })))
    };
    let rejected = Rejection {
        proposal: EntryIndex(1_101),
        reason: text("the scan is of another precinct"),
    };
    let closed = Closing {
        case: EntryIndex(1_100),
        notice: text("one precinct changed, one did not"),
    };
    vec![
        (
            "case-correction",
            case(Stage::Correction, CorrectionKind::Transcription),
        ),
        ("case-recanvass", case(Stage::Recanvass, CorrectionKind::Rule)),
        ("case-recount", case(Stage::Recount, CorrectionKind::HeadCount)),
        ("proposed-change", proposed(changed.clone())),
        ("proposed-no-change", proposed(unchanged.clone())),
        ("approved-change", approved(changed)),
        ("approved-no-change", approved(unchanged)),
        ("rejected", Event::Case(CaseEvent::Rejected(Box::new(rejected)))),
        ("case-closed", Event::Case(CaseEvent::Closed(Box::new(closed)))),
    ]
}

fn inquiries() -> Vec<(&'static str, Event)> {
    let filed = Inquiry {
        precinct: place(76, 300),
        question: text("our captain counted 20"),
        figures: Some(sheet()),
        files: vec![photo()],
    };
    let bare = Inquiry {
        figures: None,
        files: vec![],
        ..filed.clone()
    };
    let answer = |case| {
        Event::Inquiry(InquiryEvent::Answered(Box::new(Answer {
            inquiry: EntryIndex(1_200),
            text: text("the worksheet says 18"),
            case,
            evidence: vec![letter()],
        })))
    };
    vec![
        ("inquiry-filed", Event::Inquiry(InquiryEvent::Filed(Box::new(filed)))),
        ("inquiry-bare", Event::Inquiry(InquiryEvent::Filed(Box::new(bare)))),
        ("inquiry-answered", answer(None)),
        ("inquiry-answered-case", answer(Some(EntryIndex(1_100)))),
    ]
}

fn course() -> Vec<(&'static str, Event)> {
    let certified = Certification {
        release: EntryIndex(1_300),
        statement: text("as canvassed"),
        evidence: vec![letter()],
    };
    let amended = |change| {
        Event::Course(CourseEvent::RosterAmended(Box::new(RosterAmendment {
            change,
            authority: text("SCC 2028-01-20"),
            reason: text("a digit was dropped"),
            evidence: vec![letter()],
        })))
    };
    let apportionment = Apportionment {
        county: CountyId(76),
        county_delegates: Delegates(861),
        precincts: vec![Apportioned {
            number: 300,
            delegates: Delegates(8),
        }],
    };
    vec![
        ("paused", Event::Course(CourseEvent::Paused(text("until 21:30")))),
        ("resumed", Event::Course(CourseEvent::Resumed(text("we go on")))),
        ("certified", Event::Course(CourseEvent::Certified(Box::new(certified)))),
        (
            "apportionment-amended",
            amended(RosterChange::Apportionment(apportionment)),
        ),
        ("candidate-withdrawn", amended(RosterChange::Withdrawn(group(12)))),
    ]
}

fn paper() -> Vec<(&'static str, Event)> {
    let drawn = Sample {
        dice: text("41536241536241536241"),
        size: 70_000,
        root: TreeRoot([0x7E; 32]),
        precincts: vec![place(76, 300), place(3, 0)],
    };
    let read = PaperReading {
        sample: EntryIndex(1_400),
        precinct: place(76, 300),
        sheet: sheet(),
        files: vec![photo()],
    };
    vec![
        ("sample-drawn", Event::Paper(PaperEvent::Drawn(Box::new(drawn)))),
        ("paper-read", Event::Paper(PaperEvent::Read(Box::new(read)))),
    ]
}

fn announced() -> Vec<(&'static str, Event)> {
    let announcement = Announcement {
        size: 70_000,
        root: TreeRoot([0x7E; 32]),
        precincts: 300,
    };
    let sample = AnnouncedSample {
        announcement: EntryIndex(70_001),
        dice: text("41536241536241536241"),
        precincts: vec![place(76, 300), place(3, 0)],
    };
    let abandonment = |seconds, reason| {
        Event::Paper(PaperEvent::Abandoned(Box::new(Abandonment {
            announcement: EntryIndex(70_001),
            seconds,
            reason: text(reason),
        })))
    };
    vec![
        (
            "sample-announced",
            Event::Paper(PaperEvent::Announced(Box::new(announcement))),
        ),
        (
            "sample-drawn-from",
            Event::Paper(PaperEvent::DrawnFrom(Box::new(sample))),
        ),
        ("sample-abandoned", abandonment(None, "a die rolled off the table")),
        (
            "sample-abandoned-by-two",
            abandonment(Some(EntryIndex(70_002)), "seen by me"),
        ),
    ]
}

fn authority() -> Vec<(&'static str, Event)> {
    let enrol = Act::Enrol(enrolment(Role::Reviewer));
    let revoke = Act::Revoke(Revocation {
        key: enrolment(Role::Registrar).key,
        reason: text("the laptop was stolen"),
    });
    let succeed = Act::Succeed(Succession {
        enrolment: enrolment(Role::Service),
        reason: text("the server's disk was lost"),
    });
    let proposed = |act: &Act| Event::Authority(AuthorityEvent::Proposed(Box::new(act.clone())));
    let seconded = |act: &Act| {
        Event::Authority(AuthorityEvent::Seconded(Box::new(Seconding {
            proposal: EntryIndex(1_500),
            act: act.clone(),
        })))
    };
    let withdrawn = ActWithdrawal {
        proposal: EntryIndex(1_500),
        reason: text("nobody knows this person"),
    };
    vec![
        ("enrolment-proposed", proposed(&enrol)),
        ("revocation-proposed", proposed(&revoke)),
        ("succession-proposed", proposed(&succeed)),
        ("enrolment-seconded", seconded(&enrol)),
        ("revocation-seconded", seconded(&revoke)),
        ("succession-seconded", seconded(&succeed)),
        ("act-withdrawn", Event::Authority(AuthorityEvent::Withdrawn(withdrawn))),
    ]
}
