//! What is public of a night under an embargo is verified by itself: what a forger can hide behind what is withheld, and what not.

use std::cell::Cell;

use tallylog_event::{
    Case, CorrectionKind, Embargo, EntryIndex, Event, PaperEvent, PrecinctId, ReleasePolicy, ResolutionOutcome, Sample,
    Stage, Subject, TreeRoot,
};
use tallylog_projection::{FOLD_VERSION, draw};
use tallylog_rules::Code;
use tallylog_verify::{Options, Report, audit};

use crate::centre::{
    Centre, Person, Wrong, amended, answered, approved, bundle_in_part, case, certified, changed, copied, decided,
    document, entered, filed, files, held, lifted, opened, place, proposed, public, released, reported, resolved,
    revoked, right, ruling, text, write_withheld, wrong,
};

fn centre() -> Centre {
    Centre::with(|contest| (contest.fold, contest.embargo) = (FOLD_VERSION, Embargo::OnRelease))
}

/// The precinct that is released, and one that is not.
fn places() -> [PrecinctId; 2] {
    [place(0, 0), place(0, 1)]
}

fn reports(centre: &mut Centre, precinct: PrecinctId) -> EntryIndex {
    centre.take(&Centre::chair(precinct), reported(precinct, &right(precinct, 0)))
}

/// What the verifier says of what is public, where further entries are withheld.
fn audited(centre: &Centre, hidden: &[EntryIndex]) -> Report {
    let mut is_shown = public(centre.state());
    for entry in hidden {
        is_shown[usize::try_from(entry.0).unwrap()] = false;
    }
    let bytes = bundle_in_part(&centre.contest, &centre.entries, &is_shown);
    write_withheld(&numbered(), &bytes);
    audit(&bytes, &Options::default()).unwrap()
}

/// A name for each bundle that a test makes, after the test.
fn numbered() -> String {
    thread_local!(static MADE: Cell<usize> = const { Cell::new(0) });
    let thread = std::thread::current();
    let test = thread.name().unwrap().rsplit("::").next().unwrap();
    format!("desks-{test}-{}", MADE.replace(MADE.get() + 1))
}

#[track_caller]
fn verifies(centre: &Centre, hidden: &[EntryIndex], on_trust: &[EntryIndex]) {
    let report = audited(centre, hidden);
    assert!(report.verified() && report.withheld > 0, "{}", report.table());
    assert_eq!(report.undecided, on_trust, "{}", report.table());
}

#[track_caller]
fn fails(centre: &Centre, hidden: &[EntryIndex], code: &str, at: EntryIndex) {
    let report = audited(centre, hidden);
    let failures: Vec<_> = report.failures().collect();
    let found: Vec<_> = failures
        .iter()
        .map(|(_, failure)| (failure.flaw.code(), failure.entry))
        .collect();
    assert_eq!(found, [(code, Some(at))], "{}", report.table());
}

fn recount(precincts: &[PrecinctId]) -> Case {
    Case {
        precincts: precincts.to_vec(),
        stage: Stage::Recount,
        kind: CorrectionKind::HeadCount,
        authority: text("the order of the recount"),
        ..case(precincts[0])
    }
}

/// What a recount finds for a precinct.
fn recounted(record: EntryIndex, precinct: PrecinctId) -> tallylog_event::CaseOutcome {
    let mut outcome = changed(record, precinct, &right(precinct, 1));
    if let tallylog_event::CaseOutcome::Changed(correction) = &mut outcome {
        correction.kind = Some(CorrectionKind::HeadCount);
        correction.authority = text("the order of the recount");
    }
    outcome
}

#[test]
fn a_release_is_verified_by_what_it_lists() {
    let mut centre = centre();
    let [one, other] = places();
    let record = reports(&mut centre, one);
    reports(&mut centre, other);
    centre.take(&Person::Vera.key(), released("first", &[record]));
    verifies(&centre, &[], &[]);
}

/// A case of several precincts is withheld until all of them are released. What is proposed in it is not, and is held against
/// everything else.
#[test]
fn a_correction_of_a_released_precinct_in_a_case_that_is_withheld_is_taken_with_a_word() {
    let mut centre = centre();
    let [one, other] = places();
    let record = reports(&mut centre, one);
    reports(&mut centre, other);
    let case = centre.take(&Person::Cleo.key(), opened(recount(&[one, other])));
    let proposal = centre.take(&Person::Cleo.key(), proposed(case, recounted(record, one)));
    let approval = centre.take(&Person::Carl.key(), approved(proposal, recounted(record, one)));
    centre.take(&Person::Vera.key(), released("first", &[approval]));
    verifies(&centre, &[], &[proposal]);
    assert!(
        audited(&centre, &[])
            .table()
            .contains(&format!("{proposal} rests in part on what is withheld"))
    );
}

#[test]
fn a_correction_of_one_officer_alone_is_found_though_its_case_is_withheld() {
    let mut centre = centre();
    let [one, other] = places();
    let record = reports(&mut centre, one);
    reports(&mut centre, other);
    let case = centre.take(&Person::Cleo.key(), opened(recount(&[one, other])));
    let proposal = centre.take(&Person::Cleo.key(), proposed(case, recounted(record, one)));
    let approval = centre.slip_in(&Person::Cleo.key(), approved(proposal, recounted(record, one)));
    centre.slip_in(&Person::Vera.key(), released("first", &[approval]));
    fails(&centre, &[], "same-person", approval);
    // Nor is it any better to hide that a proposal was one's own.
    fails(&centre, &[proposal], "no-such-proposal", approval);
}

#[test]
fn two_proposals_that_wait_for_one_precinct_are_found_though_their_case_is_withheld() {
    let mut centre = centre();
    let [one, other] = places();
    let record = reports(&mut centre, one);
    reports(&mut centre, other);
    let case = centre.take(&Person::Cleo.key(), opened(recount(&[one, other])));
    let waiting = centre.take(&Person::Cleo.key(), proposed(case, recounted(record, one)));
    let second = centre.slip_in(&Person::Carl.key(), proposed(case, recounted(record, one)));
    centre.take(&Person::Vera.key(), released("first", &[record]));
    fails(&centre, &[], "proposal-open", second);
    verifies(&centre, &[second], &[waiting]);
}

#[test]
fn figures_that_nobody_proposed_are_found_though_the_case_is_withheld() {
    let mut centre = centre();
    let [one, other] = places();
    let record = reports(&mut centre, one);
    reports(&mut centre, other);
    let case = centre.take(&Person::Cleo.key(), opened(recount(&[one, other])));
    let proposal = centre.take(&Person::Cleo.key(), proposed(case, recounted(record, one)));
    let mut outcome = recounted(record, one);
    if let tallylog_event::CaseOutcome::Changed(correction) = &mut outcome {
        correction.report.sheet = right(one, 2);
    }
    let approval = centre.slip_in(&Person::Carl.key(), approved(proposal, outcome));
    centre.slip_in(&Person::Vera.key(), released("first", &[approval]));
    fails(&centre, &[], "not-as-proposed", approval);
}

/// Whatever an event about a released precinct speaks of is public with it: a forger who says that it is withheld is found.
#[test]
fn what_a_released_precinct_rests_on_cannot_be_withheld() {
    let mut centre = centre();
    let [one, other] = places();
    let first = reports(&mut centre, one);
    reports(&mut centre, other);
    let amendment = centre.take(&Centre::chair(one), amended(first, one, &right(one, 1)));
    centre.take(&Centre::chair(one), files(one, vec![document()]));
    let hold = centre.take(&Person::Vera.key(), held(one));
    let lift = centre.take(&Person::Vera.key(), lifted(hold));
    let inquiry = centre.take(&Person::Alder.key(), filed(one));
    let answer = centre.take(&Person::Vera.key(), answered(inquiry, None));
    let release = centre.take(&Person::Vera.key(), released("first", &[amendment]));
    verifies(&centre, &[], &[]);
    fails(&centre, &[first], "not-the-record", amendment);
    fails(&centre, &[amendment], "not-a-report", release);
    fails(&centre, &[hold], "no-such-hold", lift);
    fails(&centre, &[lift], "unreleasable", release);
    fails(&centre, &[inquiry], "no-such-inquiry", answer);
}

/// A decision about one precinct is public with it; one about a check of several is not, until all of them are released.
#[test]
fn a_release_over_a_check_of_several_precincts_is_taken_with_a_word_and_over_a_check_of_one_is_not() {
    let mut centre = centre();
    let [one, other] = places();
    let first = reports(&mut centre, one);
    let twin = centre.take(&Centre::chair(other), reported(other, &copied(one)));
    reports(&mut centre, place(0, 2));
    let decision = decided(Subject::Entry(twin), Code::V21, ruling());
    centre.take(&Person::Vera.key(), decision);
    let release = centre.take(&Person::Vera.key(), released("first", &[first, twin]));
    verifies(&centre, &[], &[release]);

    let mut centre = self::centre();
    reports(&mut centre, other);
    let bad = centre.take(&Centre::chair(one), reported(one, &wrong(one, Wrong::Threshold)));
    let accepted = decided(Subject::Entry(bad), Code::V25, tallylog_event::Verdict::Accepted);
    let decision = centre.take(&Person::Vera.key(), accepted);
    let release = centre.take(&Person::Vera.key(), released("first", &[bad]));
    verifies(&centre, &[], &[]);
    fails(&centre, &[decision], "unreleasable", release);
}

/// The decision would be about the precincts of the county, and so be public with the last of them.
#[test]
fn a_check_of_several_precincts_excuses_a_release_no_more_once_releases_list_them_all() {
    let [one, other] = places();
    let (third, elsewhere) = (place(0, 2), place(1, 0));
    let night = |is_decided: fn(&mut Centre, Event) -> Option<EntryIndex>| {
        let mut centre = centre();
        let first = reports(&mut centre, one);
        let twin = centre.take(&Centre::chair(other), reported(other, &copied(one)));
        let last = reports(&mut centre, third);
        reports(&mut centre, elsewhere);
        let decision = decided(Subject::Entry(twin), Code::V21, ruling());
        let decision = is_decided(&mut centre, decision);
        let release = centre.slip_in(&Person::Viktor.key(), released("first", &[first, twin]));
        verifies(&centre, &[], &[release]);
        centre.slip_in(&Person::Viktor.key(), released("second", &[first, twin, last]));
        (centre, decision, release)
    };
    let (centre, _, release) = night(|_, _| None);
    fails(&centre, &[], "unreleasable", release);
    let (centre, decision, release) = night(|centre, event| Some(centre.take(&Person::Vera.key(), event)));
    verifies(&centre, &[], &[]);
    fails(&centre, &[decision.unwrap()], "unreleasable", release);
}

/// Whatever it is about, it is public by then.
#[test]
fn nothing_may_be_withheld_that_stands_before_releases_which_list_every_precinct() {
    let mut centre = centre();
    let all = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (2, 0), (2, 1)].map(|(county, number)| place(county, number));
    let records = all.map(|precinct| reports(&mut centre, precinct));
    let revocation = centre.take(&Person::Rhea.key(), revoked(&Person::Nora.key()));
    centre.take(&Person::Vera.key(), released("all but one", &records[1..]));
    verifies(&centre, &[revocation], &[]);
    centre.take(&Person::Vera.key(), released("all", &records));
    fails(&centre, &[revocation], "kept-back", revocation);
    let hold = centre.take(&Person::Vera.key(), held(all[0]));
    verifies(&centre, &[hold], &[]);
    fails(&centre, &[revocation, hold], "kept-back", revocation);
}

/// Samples that were not announced are held against the tree as a whole, withheld entries and all.
#[test]
fn a_paper_sample_is_of_this_log_though_entries_under_it_are_withheld() {
    let mut centre = Centre::with(|contest| (contest.fold, contest.embargo) = (2, Embargo::OnRelease));
    reports(&mut centre, place(0, 0));
    let (dice, size) = ("12345612345612345612", centre.size());
    let root = centre.root(size);
    let sample = |root| Sample {
        dice: text(dice),
        size,
        root,
        precincts: draw(centre.state().roster(), dice, &root)[..2].to_vec(),
    };
    let [ours, theirs] = [sample(root), sample(TreeRoot([7; 32]))];
    centre.take(&Person::Rhea.key(), Event::Paper(PaperEvent::Drawn(Box::new(ours))));
    let foreign = centre.take(&Person::Rhea.key(), Event::Paper(PaperEvent::Drawn(Box::new(theirs))));
    verifies(&centre, &[], &[]);
    assert_eq!(audited(&centre, &[]).foreign_samples, [foreign]);
}

#[test]
fn figures_of_a_release_that_is_withheld_are_not_given() {
    let mut centre = centre();
    let [one, other] = places();
    let record = reports(&mut centre, one);
    reports(&mut centre, other);
    let release = centre.take(&Person::Vera.key(), released("first", &[record]));
    let asked = Options {
        release: Some("first".to_owned()),
        ..Options::default()
    };
    let report =
        |is_shown: &[bool]| audit(&bundle_in_part(&centre.contest, &centre.entries, is_shown), &asked).unwrap();
    let mut is_shown = public(centre.state());
    assert!(report(&is_shown).verified() && report(&is_shown).totals.is_some());
    is_shown[usize::try_from(release.0).unwrap()] = false;
    let found = report(&is_shown);
    let codes: Vec<_> = found.failures().map(|(_, failure)| failure.flaw.code()).collect();
    assert_eq!(codes, ["no-release"], "{}", found.table());
}

/// What opens the contest is needed by everything, and a roster or a key by whatever follows from it.
#[test]
fn what_the_night_is_opened_with_cannot_be_withheld() {
    let mut centre = centre();
    let [one, other] = places();
    let record = reports(&mut centre, one);
    reports(&mut centre, other);
    centre.take(&Person::Vera.key(), released("first", &[record]));
    fails(&centre, &[EntryIndex(0)], "entry-0-no-contest", EntryIndex(0));
    fails(&centre, &[EntryIndex(1)], "county-out-of-turn", EntryIndex(2));
    let proposal = EntryIndex(4);
    fails(&centre, &[proposal], "no-such-act", EntryIndex(5));
}

/// With both in one release: what may be excused hides nothing else.
#[test]
fn a_check_of_several_precincts_excuses_no_other() {
    let mut centre = centre();
    let [one, other] = places();
    let first = reports(&mut centre, one);
    let twin = centre.take(&Centre::chair(other), reported(other, &copied(one)));
    reports(&mut centre, place(0, 2));
    let hold = centre.take(&Person::Vera.key(), held(other));
    let release = centre.slip_in(&Person::Vera.key(), released("first", &[first, twin]));
    assert!(hold < release);
    fails(&centre, &[], "unreleasable", release);

    let mut centre = self::centre();
    let twin = centre.take(&Centre::chair(other), reported(other, &copied(one)));
    let bad = centre.take(&Centre::chair(one), reported(one, &wrong(one, Wrong::Threshold)));
    reports(&mut centre, place(0, 2));
    let release = centre.slip_in(&Person::Vera.key(), released("first", &[twin, bad]));
    fails(&centre, &[], "unreleasable", release);
}

#[test]
fn a_second_source_that_nobody_is_shown_confirms_nothing() {
    let mut centre = Centre::with(|contest| {
        (contest.fold, contest.embargo) = (FOLD_VERSION, Embargo::OnRelease);
        contest.release = ReleasePolicy::Confirmed;
    });
    let [one, other] = places();
    reports(&mut centre, other);
    let first = reports(&mut centre, one);
    let second = centre.take(&Person::Olga.key(), entered(one, &right(one, 0)));
    let release = centre.take(&Person::Vera.key(), released("first", &[second]));
    verifies(&centre, &[], &[]);
    fails(&centre, &[first], "unreleasable", release);
}

#[test]
fn once_the_results_are_certified_nothing_may_be_withheld_from_the_first_entry_on() {
    let mut centre = centre();
    let [one, other] = places();
    let record = reports(&mut centre, one);
    let rest = reports(&mut centre, other);
    let release = centre.take(&Person::Vera.key(), released("first", &[record]));
    verifies(&centre, &[], &[]);
    let certification = centre.take(&Person::Rhea.key(), certified(release));
    fails(&centre, &[rest], "kept-back", rest);
    // The certification itself can be hidden: then nobody can tell it from a report.
    verifies(&centre, &[rest, certification], &[]);
}

#[test]
fn a_contest_without_an_embargo_withholds_nothing() {
    let mut centre = Centre::new();
    let record = reports(&mut centre, place(0, 0));
    fails(&centre, &[record], "kept-back", record);
}

/// What hashes cannot show, and `docs/PROOFS.md` says so: a withheld entry may be one that everybody should see.
#[test]
fn a_revocation_that_is_withheld_is_not_seen_until_everything_is() {
    let mut centre = centre();
    let [one, other] = places();
    let record = reports(&mut centre, one);
    reports(&mut centre, other);
    let revocation = centre.take(&Person::Rhea.key(), revoked(&Person::Viktor.key()));
    let release = centre.slip_in(&Person::Viktor.key(), released("first", &[record]));
    fails(&centre, &[], "revoked-key", release);
    verifies(&centre, &[revocation], &[]);
}

/// Somebody asks for an entry again, and the answer is withheld: the precinct is not released by what stood before.
#[test]
fn a_version_that_was_set_aside_cannot_be_released_by_hiding_who_set_it_aside() {
    let mut centre = centre();
    let [one, other] = places();
    reports(&mut centre, other);
    let first = reports(&mut centre, one);
    let second = centre.take(&Person::Olga.key(), entered(one, &right(one, 1)));
    let outcome = ResolutionOutcome::KeepFirst;
    let resolution = centre.take(&Person::Vera.key(), resolved(one, first, second, outcome));
    let release = centre.slip_in(&Person::Viktor.key(), released("first", &[second]));
    fails(&centre, &[], "unreleasable", release);
    fails(&centre, &[resolution], "unreleasable", release);
    let is_release = |event: &Event| matches!(event, Event::Released(_));
    assert!(is_release(&centre.bodies.last().unwrap().event));
}
