//! Any event of the desks, for properties.
//!
//! Each strategy is boxed: nested by value, they would be more than the stack of a test holds.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use tallylog_event::{
    Abandonment, Act, ActWithdrawal, AnnouncedSample, Announcement, Answer, Apportioned, Apportionment, Approval,
    AuthorityEvent, CallerCheck, Case, CaseEvent, CaseOutcome, Certification, Closing, CodeBatch, CodeEvent,
    CodeWithdrawal, CorrectionKind, CountyId, CourseEvent, Decision, EntryIndex, Event, FileRef, FilesAdded, Hold,
    Inquiry, InquiryEvent, Lift, ManualEntry, PaperEvent, PaperReading, Proposal, Redemption, Rejection, Resolution,
    ResolutionOutcome, ReviewEvent, Revocation, RosterAmendment, RosterChange, Ruling, Sample, Seconding, Stage,
    Subject, Succession, TreeRoot, Unchanged, UnixMillis, Verdict,
};

use crate::any::{
    any_u16, any_u64, choice, correction, delegates, enrolment, file, group, precinct_id, public_key, report, sheet,
    text,
};

/// Any event of the desks.
pub(crate) fn event() -> BoxedStrategy<Event> {
    prop_oneof![
        code().prop_map(Event::Code),
        entered().prop_map(|entry| Event::Entered(Box::new(entry))),
        (precinct_id(), files()).prop_map(|(precinct, files)| Event::FilesAdded(FilesAdded { precinct, files })),
        review().prop_map(Event::Review),
        case().prop_map(Event::Case),
        inquiry().prop_map(Event::Inquiry),
        course().prop_map(Event::Course),
        paper().prop_map(Event::Paper),
        authority().prop_map(Event::Authority),
    ]
    .boxed()
}

fn entry() -> BoxedStrategy<EntryIndex> {
    any_u64().prop_map(EntryIndex).boxed()
}

fn files() -> BoxedStrategy<Vec<FileRef>> {
    vec(file(), 0..3).boxed()
}

fn code() -> BoxedStrategy<CodeEvent> {
    prop_oneof![
        (vec(precinct_id(), 0..4), any::<u8>(), any_u64()).prop_map(|(precincts, each, expires_at)| {
            CodeEvent::Issued(Box::new(CodeBatch {
                precincts,
                each,
                expires_at: UnixMillis(expires_at),
            }))
        }),
        (entry(), any::<u32>(), enrolment().boxed()).prop_map(|(batch, number, enrolment)| {
            CodeEvent::Redeemed(Box::new(Redemption {
                batch,
                number,
                enrolment,
            }))
        }),
        (entry(), vec(precinct_id(), 0..4), text()).prop_map(|(batch, precincts, reason)| {
            CodeEvent::Withdrawn(Box::new(CodeWithdrawal {
                batch,
                precincts,
                reason,
            }))
        }),
    ]
    .boxed()
}

fn entered() -> BoxedStrategy<ManualEntry> {
    let caller = choice([
        CallerCheck::NoCaller,
        CallerCheck::CalledBack,
        CallerCheck::Passphrase,
        CallerCheck::Unchecked,
    ]);
    (report().boxed(), caller, any::<bool>(), vec(text(), 0..3))
        .prop_map(|(report, caller, read_back, typed_by)| ManualEntry {
            report,
            caller,
            read_back,
            typed_by,
        })
        .boxed()
}

fn review() -> BoxedStrategy<ReviewEvent> {
    let outcome = choice([
        ResolutionOutcome::KeepFirst,
        ResolutionOutcome::KeepSecond,
        ResolutionOutcome::RedoFirst,
        ResolutionOutcome::RedoSecond,
        ResolutionOutcome::DiscardBoth,
    ]);
    let subject = prop_oneof![
        entry().prop_map(Subject::Entry),
        any_u16().prop_map(|county| Subject::County(CountyId(county))),
    ];
    let verdict = prop_oneof![
        Just(Verdict::Accepted),
        (text(), files()).prop_map(|(authority, evidence)| Verdict::Ruled(Ruling { authority, evidence })),
        Just(Verdict::Reopened),
    ];
    prop_oneof![
        (precinct_id(), entry(), entry(), outcome, text()).prop_map(|(precinct, first, second, outcome, reason)| {
            ReviewEvent::Resolved(Box::new(Resolution {
                precinct,
                first,
                second,
                outcome,
                reason,
            }))
        }),
        (subject, 1..=u8::MAX, verdict, text()).prop_map(|(subject, code, verdict, reason)| {
            ReviewEvent::Decided(Box::new(Decision {
                subject,
                code: code.try_into().unwrap(),
                verdict,
                reason,
            }))
        }),
        (precinct_id(), text()).prop_map(|(precinct, reason)| ReviewEvent::Held(Box::new(Hold { precinct, reason }))),
        (entry(), text()).prop_map(|(hold, reason)| ReviewEvent::Lifted(Box::new(Lift { hold, reason }))),
    ]
    .boxed()
}

fn outcome() -> BoxedStrategy<CaseOutcome> {
    prop_oneof![
        correction()
            .boxed()
            .prop_map(|correction| CaseOutcome::Changed(Box::new(correction))),
        (precinct_id(), entry(), text(), files()).prop_map(|(precinct, record, findings, evidence)| {
            CaseOutcome::Unchanged(Box::new(Unchanged {
                precinct,
                record,
                findings,
                evidence,
            }))
        }),
    ]
    .boxed()
}

fn opened() -> BoxedStrategy<Case> {
    let stage = choice([Stage::Correction, Stage::Recanvass, Stage::Recount]);
    let kind = choice([
        CorrectionKind::Transcription,
        CorrectionKind::Rule,
        CorrectionKind::HeadCount,
    ]);
    (vec(precinct_id(), 0..4), stage, kind, (text(), text(), text()), files())
        .prop_map(
            |(precincts, stage, kind, (requested_by, reason, authority), evidence)| Case {
                precincts,
                stage,
                kind,
                requested_by,
                reason,
                authority,
                evidence,
            },
        )
        .boxed()
}

fn case() -> BoxedStrategy<CaseEvent> {
    prop_oneof![
        opened().prop_map(|case| CaseEvent::Opened(Box::new(case))),
        (entry(), outcome()).prop_map(|(case, outcome)| CaseEvent::Proposed(Box::new(Proposal { case, outcome }))),
        (entry(), outcome(), text()).prop_map(|(proposal, outcome, notice)| {
            CaseEvent::Approved(Box::new(Approval {
                proposal,
                outcome,
                notice,
            }))
        }),
        (entry(), text()).prop_map(|(proposal, reason)| CaseEvent::Rejected(Box::new(Rejection { proposal, reason }))),
        (entry(), text()).prop_map(|(case, notice)| CaseEvent::Closed(Box::new(Closing { case, notice }))),
    ]
    .boxed()
}

fn inquiry() -> BoxedStrategy<InquiryEvent> {
    prop_oneof![
        (precinct_id(), text(), option::of(sheet().boxed()), files()).prop_map(
            |(precinct, question, figures, files)| {
                InquiryEvent::Filed(Box::new(Inquiry {
                    precinct,
                    question,
                    figures,
                    files,
                }))
            }
        ),
        (entry(), text(), option::of(entry()), files()).prop_map(|(inquiry, text, case, evidence)| {
            InquiryEvent::Answered(Box::new(Answer {
                inquiry,
                text,
                case,
                evidence,
            }))
        }),
    ]
    .boxed()
}

fn course() -> BoxedStrategy<CourseEvent> {
    let apportioned = (any_u16(), delegates()).prop_map(|(number, delegates)| Apportioned { number, delegates });
    let change = prop_oneof![
        (any_u16(), delegates(), vec(apportioned, 0..4)).prop_map(|(county, county_delegates, precincts)| {
            RosterChange::Apportionment(Apportionment {
                county: CountyId(county),
                county_delegates,
                precincts,
            })
        }),
        group().prop_map(RosterChange::Withdrawn),
    ];
    prop_oneof![
        text().prop_map(CourseEvent::Paused),
        text().prop_map(CourseEvent::Resumed),
        (entry(), text(), files()).prop_map(|(release, statement, evidence)| {
            CourseEvent::Certified(Box::new(Certification {
                release,
                statement,
                evidence,
            }))
        }),
        (change, text(), text(), files()).prop_map(|(change, authority, reason, evidence)| {
            CourseEvent::RosterAmended(Box::new(RosterAmendment {
                change,
                authority,
                reason,
                evidence,
            }))
        }),
    ]
    .boxed()
}

fn paper() -> BoxedStrategy<PaperEvent> {
    let sample = (text(), any_u64(), any::<[u8; 32]>(), vec(precinct_id(), 0..5));
    prop_oneof![
        sample.prop_map(|(dice, size, root, precincts)| {
            PaperEvent::Drawn(Box::new(Sample {
                dice,
                size,
                root: TreeRoot(root),
                precincts,
            }))
        }),
        (entry(), precinct_id(), sheet().boxed(), files()).prop_map(|(sample, precinct, sheet, files)| {
            PaperEvent::Read(Box::new(PaperReading {
                sample,
                precinct,
                sheet,
                files,
            }))
        }),
        announced(),
    ]
    .boxed()
}

fn announced() -> impl Strategy<Value = PaperEvent> {
    prop_oneof![
        (any_u64(), any::<[u8; 32]>(), any::<u32>()).prop_map(|(size, root, precincts)| {
            PaperEvent::Announced(Box::new(Announcement {
                size,
                root: TreeRoot(root),
                precincts,
            }))
        }),
        (entry(), text(), vec(precinct_id(), 0..5)).prop_map(|(announcement, dice, precincts)| {
            PaperEvent::DrawnFrom(Box::new(AnnouncedSample {
                announcement,
                dice,
                precincts,
            }))
        }),
        (entry(), option::of(entry()), text()).prop_map(|(announcement, seconds, reason)| {
            PaperEvent::Abandoned(Box::new(Abandonment {
                announcement,
                seconds,
                reason,
            }))
        }),
    ]
}

fn act() -> BoxedStrategy<Act> {
    prop_oneof![
        enrolment().prop_map(Act::Enrol),
        (public_key(), text()).prop_map(|(key, reason)| Act::Revoke(Revocation { key, reason })),
        (enrolment(), text()).prop_map(|(enrolment, reason)| Act::Succeed(Succession { enrolment, reason })),
    ]
    .boxed()
}

fn authority() -> BoxedStrategy<AuthorityEvent> {
    prop_oneof![
        act().prop_map(|act| AuthorityEvent::Proposed(Box::new(act))),
        (entry(), act()).prop_map(|(proposal, act)| AuthorityEvent::Seconded(Box::new(Seconding { proposal, act }))),
        (entry(), text()).prop_map(|(proposal, reason)| AuthorityEvent::Withdrawn(ActWithdrawal { proposal, reason })),
    ]
    .boxed()
}
