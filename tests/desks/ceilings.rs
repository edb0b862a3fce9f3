//! What no one person may pass from version 3 on, and what an honest night never feels of it.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tallylog_event::{
    Basis, Channel, Correction, EntryIndex, Event, FileRef, InquiryEvent, ManualEntry, PaperEvent, PaperReading,
    PrecinctId, ResolutionOutcome, Role, RosterChange, SigningKey, Subject, Verdict,
};
use tallylog_projection::{FOLD_VERSION, MOST_FILES, MOST_HANDS, MOST_VERSIONS, Refusal};
use tallylog_rules::{Attendees, Code, GroupId, Sheet};

use crate::centre::{
    Centre, Person, amended, amendment, answered, approved, audited, bundle, case, certified, changed, copied, decided,
    document, entered, entered_by, files, opened, place, proposed, report, reported, resolved, revoked, right,
    roster_amended, ruling, service_key, text, unchanged,
};
use crate::figures::{lawful, moment};

/// Before ceilings, and with them.
const FOLDS: [u16; 2] = [2, FOLD_VERSION];

fn here() -> PrecinctId {
    place(0, 0)
}

fn centre(fold: u16) -> Centre {
    Centre::with(|contest| contest.fold = fold)
}

/// Taken under version 2, and what version 3 says.
#[track_caller]
fn only_newer(centres: &mut [Centre; 2], key: &SigningKey, event: &Event, code: &str) {
    let [older, newer] = centres;
    older.take(key, event.clone());
    newer.refuse(key, event.clone(), code);
}

/// As many versions of a precinct as one key may file, in an older log and in one with ceilings: reports and amendments,
/// some of which a reviewer set aside.
fn full() -> [Centre; 2] {
    FOLDS.map(|fold| {
        let mut centre = centre(fold);
        centre.watched = false;
        let chair = Centre::chair(here());
        for number in 0..u32::try_from(MOST_VERSIONS).unwrap() {
            let sheet = right(here(), number % 2);
            let event = match centre.record(here()) {
                Some(record) if number % 3 == 0 => amended(record, here(), &sheet),
                Some(_) | None => reported(here(), &sheet),
            };
            centre.take(&chair, event);
            if number == 100 {
                let versions = centre.state().versions(here());
                let [.., first, second] = versions else { unreachable!() };
                let discarded = resolved(here(), first.entry, second.entry, ResolutionOutcome::DiscardBoth);
                centre.take(&Person::Vera.key(), discarded);
            }
        }
        assert_eq!(centre.state().versions(here()).len(), MOST_VERSIONS);
        centre
    })
}

#[test]
fn one_key_files_256_versions_of_a_precinct_and_no_more() {
    let mut centres = full();
    let chair = Centre::chair(here());
    let once_more = reported(here(), &right(here(), 2));
    only_newer(&mut centres, &chair, &once_more, "too-many-versions");
    let [_, newer] = &mut centres;
    let record = newer.record(here()).unwrap();
    newer.refuse(&chair, amended(record, here(), &right(here(), 2)), "too-many-versions");
    // Whoever else speaks of the precinct still may, be it the same person with another key.
    newer.take(&Person::Olga.key(), entered(here(), &right(here(), 2)));
    let second = newer.enrol("Chair 0/0", Role::Chair(vec![here()]));
    newer.take(&second, once_more);
}

#[test]
fn an_officer_approves_256_versions_of_a_precinct_and_no_more() {
    let mut centres = FOLDS.map(centre);
    for centre in &mut centres {
        centre.watched = false;
        let case = centre.take(&Person::Cleo.key(), opened(case(here())));
        for _ in 0..MOST_VERSIONS {
            // Nobody approves twice in a row: the chair takes each correction back.
            centre.take(&Centre::chair(here()), reported(here(), &right(here(), 0)));
            let (proposal, outcome) = proposal(centre, case);
            centre.take(&Person::Carl.key(), approved(proposal, outcome));
        }
        centre.take(&Person::Olga.key(), entered(here(), &right(here(), 0)));
        let (proposal, outcome) = proposal(centre, case);
        let approval = approved(proposal, outcome.clone());
        if centre.contest.fold == 2 {
            centre.take(&Person::Carl.key(), approval);
        } else {
            centre.refuse(&Person::Carl.key(), approval, "too-many-versions");
            // Another officer's key has room.
            let third = centre.enrol("Cora", Role::CorrectionsOfficer);
            centre.take(&third, approved(proposal, outcome));
        }
    }
}

fn proposal(centre: &mut Centre, case: EntryIndex) -> (EntryIndex, tallylog_event::CaseOutcome) {
    let record = centre.record(here()).unwrap();
    let outcome = changed(record, here(), &right(here(), 1));
    let proposal = centre.take(&Person::Cleo.key(), proposed(case, outcome.clone()));
    (proposal, outcome)
}

/// Every kind of event that names files, with so many in all.
#[expect(clippy::too_many_lines, reason = "a list of every kind")]
fn naming(count: usize) -> Vec<Event> {
    let many = |count: usize| -> Vec<FileRef> { vec![document(); count] };
    let (sheet, entry) = (right(here(), 0), EntryIndex(1));
    let mut filing = report(here(), Channel::App, &sheet);
    filing.files = many(count);
    // Half stand with the figures, and half as what they rest on.
    let correction = || Correction {
        report: tallylog_event::Report {
            files: many(count / 2),
            ..report(here(), Channel::App, &sheet)
        },
        evidence: many(count - count / 2),
        ..amendment(entry, here(), &sheet)
    };
    let changes = || tallylog_event::CaseOutcome::Changed(Box::new(correction()));
    let stands = || match unchanged(entry, here()) {
        tallylog_event::CaseOutcome::Unchanged(mut stands) => {
            stands.evidence = many(count);
            tallylog_event::CaseOutcome::Unchanged(stands)
        }
        tallylog_event::CaseOutcome::Changed(_) => unreachable!(),
    };
    let mut a_case = case(here());
    a_case.evidence = many(count);
    let ruled = match ruling() {
        Verdict::Ruled(mut ruling) => {
            ruling.evidence = many(count);
            Verdict::Ruled(ruling)
        }
        Verdict::Accepted | Verdict::Reopened => unreachable!(),
    };
    let mut all = vec![
        Event::Reported(Box::new(filing.clone())),
        Event::Entered(Box::new(ManualEntry {
            report: filing,
            caller: tallylog_event::CallerCheck::CalledBack,
            read_back: true,
            typed_by: Vec::new(),
        })),
        Event::Corrected(Box::new(correction())),
        files(here(), many(count)),
        decided(Subject::Entry(entry), Code::V17, ruled),
        opened(a_case),
        proposed(entry, changes()),
        proposed(entry, stands()),
        approved(entry, changes()),
        approved(entry, stands()),
        Event::Paper(PaperEvent::Read(Box::new(PaperReading {
            sample: entry,
            precinct: here(),
            sheet: Sheet::default(),
            files: many(count),
        }))),
    ];
    let withdrawn = RosterChange::Withdrawn(GroupId::new(1).unwrap());
    let others = [
        crate::centre::filed(here()),
        answered(entry, None),
        certified(entry),
        roster_amended(withdrawn),
    ];
    all.extend(others.map(|mut event| {
        if let Event::Inquiry(InquiryEvent::Filed(inquiry)) = &mut event {
            inquiry.files = many(count);
        } else if let Event::Inquiry(InquiryEvent::Answered(answer)) = &mut event {
            answer.evidence = many(count);
        } else if let Event::Course(tallylog_event::CourseEvent::Certified(certification)) = &mut event {
            certification.evidence = many(count);
        } else if let Event::Course(tallylog_event::CourseEvent::RosterAmended(amendment)) = &mut event {
            amendment.evidence = many(count);
        }
        event
    }));
    all
}

#[test]
fn no_event_of_any_kind_names_more_than_64_files() {
    let [mut older, mut newer] = FOLDS.map(centre);
    let is_ceiling = |answer: Result<EntryIndex, Refusal>| answer.is_err_and(|no| no == Refusal::TooManyFiles);
    let vera = Person::Vera.key();
    for (few, many) in naming(MOST_FILES).into_iter().zip(naming(MOST_FILES + 1)) {
        assert_eq!(many.files().len(), MOST_FILES + 1);
        newer.refuse(&vera, many.clone(), "too-many-files");
        // What else is wrong with it is another matter.
        assert!(!is_ceiling(newer.offer(&vera, few)));
        assert!(!is_ceiling(older.offer(&vera, many)));
    }
    let chair = Centre::chair(here());
    newer.take(&chair, files(here(), vec![document(); MOST_FILES]));
    older.take(&chair, files(here(), vec![document(); MOST_FILES + 1]));
}

#[test]
fn whoever_says_the_same_again_is_told_that_it_is_the_record() {
    let mut centres = FOLDS.map(centre);
    let chair = Centre::chair(here());
    for centre in &mut centres {
        centre.take(&chair, reported(here(), &right(here(), 0)));
    }
    only_newer(
        &mut centres,
        &chair,
        &reported(here(), &right(here(), 0)),
        "repeats-itself",
    );
    // A correction that changes nothing, and shows nothing, says nothing either.
    let [_, newer] = &mut centres;
    let record = newer.record(here()).unwrap();
    let nothing_new = amended(record, here(), &right(here(), 0));
    let refusal = newer.refuse(&chair, nothing_new, "repeats-itself");
    assert_eq!(refusal, Refusal::RepeatsItself(record));
}

/// Each comes after the chair's report, which is the record then.
#[test]
fn whoever_says_something_new_is_heard() {
    let sheet = right(here(), 0);
    let record = |centre: &Centre| centre.record(here()).unwrap();
    let chair = Centre::chair(here());
    let photo = || vec![document()];
    let with_photo = || {
        Event::Reported(Box::new(tallylog_event::Report {
            files: photo(),
            ..report(here(), Channel::App, &sheet)
        }))
    };
    let corrects = |centre: &Centre, channel, evidence| {
        Event::Corrected(Box::new(Correction {
            report: report(here(), channel, &sheet),
            evidence,
            ..amendment(record(centre), here(), &sheet)
        }))
    };
    let scene = || {
        let mut centre = centre(FOLD_VERSION);
        centre.take(&chair, reported(here(), &sheet));
        centre
    };
    // A new photo, with the report or as what a correction rests on.
    let mut centre = scene();
    centre.take(&chair, with_photo());
    centre.refuse(&chair, with_photo(), "repeats-itself");
    let mut centre = scene();
    let documented = corrects(&centre, Channel::App, photo());
    centre.take(&chair, documented);
    let again = corrects(&centre, Channel::App, photo());
    centre.refuse(&chair, again, "repeats-itself");
    // Another channel.
    let mut centre = scene();
    let on_paper = corrects(&centre, Channel::Paper, Vec::new());
    centre.take(&chair, on_paper);
    // Other figures, and back to the first.
    let mut centre = scene();
    for variant in [1, 0, 1] {
        let corrected = amended(record(&centre), here(), &right(here(), variant));
        centre.take(&chair, corrected);
    }
    // A figure that a worksheet gives beyond those of the alignments.
    let mut centre = scene();
    let mut fuller = sheet.clone();
    fuller.worksheet_threshold = Some(Attendees(7));
    centre.take(&chair, reported(here(), &fuller));
    // After somebody else spoke, be it in the same words.
    let mut centre = scene();
    centre.take(&Person::Olga.key(), entered(here(), &sheet));
    centre.take(&chair, reported(here(), &sheet));
    centre.check();
}

#[test]
fn whoever_is_set_aside_or_asked_again_may_say_the_same() {
    let chair = Centre::chair(here());
    let (sheet, other) = (right(here(), 0), right(here(), 1));
    for outcome in [ResolutionOutcome::DiscardBoth, ResolutionOutcome::RedoSecond] {
        let mut centre = centre(FOLD_VERSION);
        let first = centre.take(&chair, reported(here(), &sheet));
        let second = centre.take(&Person::Olga.key(), entered(here(), &other));
        centre.take(&Person::Vera.key(), resolved(here(), first, second, outcome));
        // In the one case nothing of the chair's stands, and in the other a redo is owed.
        centre.take(&chair, reported(here(), &sheet));
    }
    let mut centre = centre(FOLD_VERSION);
    let first = centre.take(&chair, reported(here(), &sheet));
    let second = centre.take(&Person::Olga.key(), entered(here(), &other));
    let again = resolved(here(), first, second, ResolutionOutcome::RedoSecond);
    centre.take(&Person::Vera.key(), again);
    centre.take(&Person::Olga.key(), entered(here(), &other));
}

#[test]
fn an_entry_names_at_most_four_other_operators_as_its_typists() {
    let mut centres = FOLDS.map(centre);
    let more = ["Oona", "Orla", "Oskar"];
    for centre in &mut centres {
        for name in more {
            centre.enrol(name, Role::Operator);
        }
        // Vera operates as well, by another key.
        centre.enrol("Vera", Role::Operator);
    }
    let by = |place, typists: &[&str]| entered_by(place, &right(place, 0), typists);
    let olga = Person::Olga.key();
    let cases: [(&[&str], &str); 6] = [
        (&["Omar", "Otto", "Oona", "Orla", "Oskar"], "too-many-hands"),
        (&["Olga"], "hand-twice"),
        (&["Omar", "Omar"], "hand-twice"),
        (&["Viktor"], "not-an-operator"),
        (&["Chair 0/0"], "not-an-operator"),
        (&["Rhea"], "not-an-operator"),
    ];
    let places = [
        place(0, 0),
        place(0, 1),
        place(0, 2),
        place(1, 0),
        place(1, 1),
        place(2, 0),
    ];
    for ((typists, code), place) in cases.into_iter().zip(places) {
        only_newer(&mut centres, &olga, &by(place, typists), code);
    }
    let [_, newer] = &mut centres;
    newer.refuse(&olga, by(here(), &["Nobody"]), "unknown-person");
    let four = ["Omar", "Vera", "Orla", "Oskar"];
    assert_eq!(four.len(), MOST_HANDS);
    newer.take(&olga, by(here(), &four));
    // A key that was lost types no more; another of the same person does.
    newer.take(&Person::Rhea.key(), revoked(&Person::Otto.key()));
    newer.refuse(&olga, by(place(0, 1), &["Otto"]), "not-an-operator");
    newer.enrol("Otto", Role::Operator);
    newer.take(&olga, by(place(0, 1), &["Otto"]));
    newer.check();
}

/// What the server asks before anybody types. Whoever goes on with a draft may have typed into it before.
#[test]
fn a_desk_is_told_beforehand_whom_an_entry_may_name() {
    let [older, newer] = FOLDS.map(centre);
    let names = |names: &[&str]| names.iter().map(|name| text(name)).collect::<Vec<_>>();
    let answer = |centre: &Centre, typists: &[&str]| {
        let answer = centre.state().may_enter(&text("Olga"), &names(typists), here());
        answer.map_err(|refusal| refusal.code())
    };
    for centre in [&older, &newer] {
        assert_eq!(answer(centre, &["Olga", "Omar"]), Ok(()));
    }
    assert_eq!(answer(&older, &["Vera"]), Ok(()));
    assert_eq!(answer(&newer, &["Vera"]), Err("not-an-operator"));
    assert_eq!(
        answer(&newer, &["Omar", "Otto", "Vera", "Viktor", "Cleo"]),
        Err("too-many-hands")
    );
}

/// A server that took what it must refuse would be found out: by the verifier, for the same reason.
#[test]
fn a_log_in_which_somebody_passed_a_ceiling_does_not_verify() {
    let mut centre = centre(FOLD_VERSION);
    let (chair, olga) = (Centre::chair(here()), Person::Olga.key());
    let sheet = right(here(), 0);
    centre.take(&chair, reported(here(), &sheet));
    centre.refuse(&chair, reported(here(), &sheet), "repeats-itself");
    let many = files(here(), vec![document(); MOST_FILES + 1]);
    centre.refuse(&chair, many, "too-many-files");
    for (typists, code) in [
        (vec!["Omar", "Otto", "Vera", "Viktor", "Cleo"], "too-many-hands"),
        (vec!["Olga"], "hand-twice"),
        (vec!["Vera"], "not-an-operator"),
    ] {
        centre.refuse(&olga, entered_by(here(), &sheet, &typists), code);
    }
    let [_, mut full] = full();
    full.refuse(&chair, reported(here(), &right(here(), 2)), "too-many-versions");
    for (centre, kinds) in [(&centre, 5), (&full, 1)] {
        assert_eq!(centre.refused.len(), kinds);
        for (size, code, entry) in &centre.refused {
            let taken = &centre.entries[..usize::try_from(*size).unwrap()];
            let forged = [taken, std::slice::from_ref(entry)].concat();
            let report = audited(&centre.contest, &forged);
            let found: Vec<_> = report.failures().map(|(_, failure)| failure.flaw.code()).collect();
            assert_eq!(found, [*code], "{}", report.table());
        }
    }
}

/// Everything that a log of version 2 takes and one of version 3 refuses, and twins of which both block.
fn without_ceilings() -> (Centre, Vec<Value>) {
    let mut centre = centre(2);
    let [one, other] = [here(), place(0, 1)];
    let (chair, vera) = (Centre::chair(one), Person::Vera.key());
    let mut moments = Vec::new();
    let mut look = |centre: &mut Centre| {
        moments.push(moment(centre.state()));
        // Whoever verifies it computes hash and counts again.
        let commitment = centre.results(Basis::Recorded).commitment(centre.state()).unwrap();
        centre.take(&service_key(), Event::ResultsCommitted(Box::new(commitment)));
    };
    let again = reported(one, &copied(one));
    for event in [again.clone(), again, files(one, vec![document(); MOST_FILES + 1])] {
        centre.take(&chair, event);
    }
    let typists = ["Omar", "Otto", "Vera", "Viktor", "Cleo", "Olga", "Olga"];
    centre.take(&Person::Olga.key(), entered_by(one, &copied(one), &typists));
    look(&mut centre);
    let twin = centre.take(&Centre::chair(other), reported(other, &copied(one)));
    let ruled = decided(Subject::Entry(twin), Code::V21, ruling());
    centre.take(&vera, ruled);
    look(&mut centre);
    // The other twin speaks again, and the ruling is over.
    centre.take(&chair, reported(one, &copied(one)));
    look(&mut centre);
    for number in 0..u32::try_from(MOST_VERSIONS).unwrap() {
        centre.take(&chair, reported(one, &right(one, number % 2)));
    }
    look(&mut centre);
    (centre, moments)
}

#[test]
#[ignore = "writes a golden night, which is added and never edited"]
fn a_night_without_ceilings_is_written() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let path = |ending| golden.join(format!("ceilings-of-version-2.{ending}"));
    assert!(!path("json").exists());
    let (centre, moments) = without_ceilings();
    let expected = json!({ "moments": moments, "lawful": lawful(centre.state()) });
    fs::write(path("json"), expected.to_string()).unwrap();
    fs::write(path("tallylog"), bundle(&centre.contest, &centre.entries)).unwrap();
}
