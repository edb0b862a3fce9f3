//! Correction cases.

use tallylog_event::{
    Case, CaseEvent, CaseOutcome, Correction, CorrectionKind, EntryIndex, Event, Role, Stage as Of, Unchanged,
};
use tallylog_rules::Attendees;

use crate::centre::{
    Centre, Person, approved, case, changed, closed, entered, entered_by, opened, place, proposed, rejected, reported,
    right, unchanged,
};
use crate::stage::{FREE, Forged, NOWHERE, Rule, SITE, Stage, blank, by, rule, with};

fn opening(stage: &mut Stage, change: impl FnOnce(&mut Case)) -> Forged {
    let (one, _) = stage.officers();
    by(one, opened(with(case(FREE), change)))
}

/// A record, a case about it, and who opened it with the other officer.
fn open(stage: &mut Stage) -> (EntryIndex, EntryIndex, Person, Person) {
    let record = stage.centre.take(&Centre::chair(FREE), reported(FREE, &right(FREE, 0)));
    let (one, other) = stage.officers();
    let case = stage.take(one, opened(case(FREE)));
    (record, case, one, other)
}

/// A proposal to change the record, with a change.
fn proposing(stage: &mut Stage, change: impl FnOnce(&mut Correction)) -> Forged {
    let (record, case, one, _) = open(stage);
    let CaseOutcome::Changed(correction) = changed(record, FREE, &right(FREE, 1)) else {
        unreachable!()
    };
    let outcome = CaseOutcome::Changed(Box::new(with(*correction, change)));
    by(one, proposed(case, outcome))
}

fn finding(stage: &mut Stage, change: impl FnOnce(&mut Unchanged)) -> Forged {
    let (record, case, one, _) = open(stage);
    let CaseOutcome::Unchanged(found) = unchanged(record, FREE) else {
        unreachable!()
    };
    by(
        one,
        proposed(case, CaseOutcome::Unchanged(Box::new(with(*found, change)))),
    )
}

/// What is proposed, and by whom it is to be approved.
struct Proposed {
    case: EntryIndex,
    entry: EntryIndex,
    outcome: CaseOutcome,
    one: Person,
    other: Person,
}

fn pending(stage: &mut Stage) -> Proposed {
    let (record, case, one, other) = open(stage);
    let outcome = match stage.random.below(2) {
        0 => changed(record, FREE, &right(FREE, 1)),
        _ => unchanged(record, FREE),
    };
    let entry = stage.take(one, proposed(case, outcome.clone()));
    Proposed {
        case,
        entry,
        outcome,
        one,
        other,
    }
}

/// The event without its notice or reason.
fn silent(event: Event) -> Event {
    let Event::Case(mut event) = event else { unreachable!() };
    match &mut event {
        CaseEvent::Approved(approval) => approval.notice = blank(),
        CaseEvent::Rejected(rejection) => rejection.reason = blank(),
        CaseEvent::Closed(closing) => closing.notice = blank(),
        CaseEvent::Opened(_) | CaseEvent::Proposed(_) => unreachable!(),
    }
    Event::Case(event)
}

pub(crate) fn rules() -> Vec<Rule> {
    let mut all = opens();
    all.extend(proposals());
    all.extend(approvals());
    all.extend(ends());
    all
}

fn opens() -> Vec<Rule> {
    vec![
        rule("a case of no precinct", "bad-case", |stage| {
            opening(stage, |of| of.precincts.clear())
        }),
        rule("a case of a precinct twice", "bad-case", |stage| {
            opening(stage, |of| {
                of.stage = Of::Recanvass;
                of.precincts = vec![FREE, SITE, FREE];
            })
        }),
        rule("a correction of several precincts", "bad-case", |stage| {
            opening(stage, |of| of.precincts.push(SITE))
        }),
        rule("people are counted without a recount", "bad-case", |stage| {
            let at = [Of::Correction, Of::Recanvass][stage.random.place(2)];
            opening(stage, |of| {
                of.kind = CorrectionKind::HeadCount;
                of.stage = at;
            })
        }),
        rule("a case of a precinct that there is not", "unknown-precinct", |stage| {
            opening(stage, |of| of.precincts = vec![NOWHERE])
        }),
        rule("a case that nobody asked for", "unjustified", |stage| {
            opening(stage, |of| of.requested_by = blank())
        }),
        rule("a case for no reason", "unjustified", |stage| {
            opening(stage, |of| of.reason = blank())
        }),
        rule("a case without a document", "unjustified", |stage| {
            opening(stage, |of| of.evidence.clear())
        }),
        rule("a case without an authority", "unjustified", |stage| {
            let (kind, at) = [
                (CorrectionKind::Rule, Of::Correction),
                (CorrectionKind::Transcription, Of::Recanvass),
                (CorrectionKind::HeadCount, Of::Recount),
            ][stage.random.place(3)];
            opening(stage, |of| (of.kind, of.stage) = (kind, at))
        }),
    ]
}

fn proposals() -> Vec<Rule> {
    vec![
        rule("a proposal in no case", "no-such-case", |stage| {
            let record = stage.record();
            let (one, _) = stage.officers();
            by(one, proposed(record, changed(record, FREE, &right(FREE, 1))))
        }),
        rule("a proposal in a case that was closed", "no-such-case", |stage| {
            let (record, case, one, _) = open(stage);
            stage.take(one, closed(case));
            by(one, proposed(case, changed(record, FREE, &right(FREE, 1))))
        }),
        rule("a proposal about a precinct outside the case", "not-in-case", |stage| {
            let here = place(0, 0);
            proposing(stage, |of| of.report.precinct = here)
        }),
        rule("two proposals about a precinct", "proposal-open", |stage| {
            let Proposed { case, outcome, one, .. } = pending(stage);
            by(one, proposed(case, outcome))
        }),
        rule("a proposal about what is not the record", "not-the-record", |stage| {
            let entry = EntryIndex(stage.random.below(9));
            proposing(stage, |of| of.replaces = entry)
        }),
        rule("a finding about what is not the record", "not-the-record", |stage| {
            let entry = EntryIndex(stage.random.below(9));
            finding(stage, |of| of.record = entry)
        }),
        rule("a proposal of another kind than its case", "not-the-kind", |stage| {
            let kind = [None, Some(CorrectionKind::Rule), Some(CorrectionKind::HeadCount)][stage.random.place(3)];
            proposing(stage, |of| of.kind = kind)
        }),
        rule(
            "a proposal by another authority than its case",
            "not-the-kind",
            |stage| proposing(stage, |of| of.authority = crate::centre::text("resolution 9")),
        ),
        rule("a proposal for no reason", "unexplained-correction", |stage| {
            proposing(stage, |of| of.reason = blank())
        }),
        rule("a proposal without a document", "unexplained-correction", |stage| {
            proposing(stage, |of| of.evidence.clear())
        }),
        rule("a proposal of figures that no room has", "figure-too-large", |stage| {
            proposing(stage, |of| of.report.sheet.worksheet_threshold = Some(Attendees(9_999)))
        }),
        rule("a finding that says nothing", "unjustified", |stage| {
            finding(stage, |of| of.findings = blank())
        }),
        rule("a finding without a document", "unjustified", |stage| {
            finding(stage, |of| of.evidence.clear())
        }),
    ]
}

fn approvals() -> Vec<Rule> {
    vec![
        rule("nothing is approved", "no-such-proposal", |stage| {
            let (record, case, _, other) = open(stage);
            by(other, approved(case, unchanged(record, FREE)))
        }),
        rule("what was turned down is approved", "no-such-proposal", |stage| {
            let Proposed {
                entry, outcome, other, ..
            } = pending(stage);
            stage.take(other, rejected(entry));
            by(other, approved(entry, outcome))
        }),
        rule("what was approved is approved again", "no-such-proposal", |stage| {
            let Proposed {
                entry, outcome, other, ..
            } = pending(stage);
            stage.take(other, approved(entry, outcome.clone()));
            by(other, approved(entry, outcome))
        }),
        rule("whoever proposed approves", "same-person", |stage| {
            let Proposed {
                entry, outcome, one, ..
            } = pending(stage);
            by(one, approved(entry, outcome))
        }),
        rule("whoever proposed approves with another key", "same-person", |stage| {
            let Proposed {
                entry, outcome, one, ..
            } = pending(stage);
            let spare = stage.centre.enrol(one.name(), Role::CorrectionsOfficer);
            Forged::Event(spare, approved(entry, outcome))
        }),
        rule(
            "whoever typed the record approves its correction",
            "same-person",
            |stage| {
                let (typist, second, _) = stage.operators();
                let record = match stage.random.below(2) {
                    0 => stage.take(typist, entered(FREE, &right(FREE, 0))),
                    _ => stage.take(second, entered_by(FREE, &right(FREE, 0), &[typist.name()])),
                };
                let (one, _) = stage.officers();
                let case = stage.take(one, opened(case(FREE)));
                let outcome = changed(record, FREE, &right(FREE, 1));
                let proposal = stage.take(one, proposed(case, outcome.clone()));
                let officer = stage.centre.enrol(typist.name(), Role::CorrectionsOfficer);
                Forged::Event(officer, approved(proposal, outcome))
            },
        ),
        rule(
            "another outcome than was proposed is approved",
            "not-as-proposed",
            |stage| {
                let Proposed {
                    entry, outcome, other, ..
                } = pending(stage);
                let record = match &outcome {
                    CaseOutcome::Changed(correction) => correction.replaces,
                    CaseOutcome::Unchanged(unchanged) => unchanged.record,
                };
                by(other, approved(entry, changed(record, FREE, &right(FREE, 2))))
            },
        ),
        rule("an approval after the record has moved", "not-the-record", |stage| {
            let Proposed {
                entry, outcome, other, ..
            } = pending(stage);
            stage.centre.take(&Centre::chair(FREE), reported(FREE, &right(FREE, 2)));
            by(other, approved(entry, outcome))
        }),
        rule("an approval without a notice", "unjustified", |stage| {
            let Proposed {
                entry, outcome, other, ..
            } = pending(stage);
            by(other, silent(approved(entry, outcome)))
        }),
    ]
}

fn ends() -> Vec<Rule> {
    vec![
        rule("nothing is turned down", "no-such-proposal", |stage| {
            let (_, case, _, other) = open(stage);
            by(other, rejected(case))
        }),
        rule("a proposal is turned down for no reason", "unjustified", |stage| {
            let Proposed { entry, other, .. } = pending(stage);
            by(other, silent(rejected(entry)))
        }),
        rule("a case with a proposal is closed", "proposal-open", |stage| {
            let Proposed { case, one, .. } = pending(stage);
            by(one, closed(case))
        }),
        rule("a case is closed twice", "no-such-case", |stage| {
            let (_, case, one, other) = open(stage);
            stage.take(one, closed(case));
            by(other, closed(case))
        }),
        rule("a case is closed without a notice", "unjustified", |stage| {
            let (_, case, one, _) = open(stage);
            by(one, silent(closed(case)))
        }),
    ]
}
