//! Two precincts with the same figures (V21): from version 3 on whoever gave them first is only warned.

use tallylog_event::{EntryIndex, PrecinctId, ResolutionOutcome, Subject, Verdict};
use tallylog_projection::{Cause, FOLD_VERSION, Given, Life};
use tallylog_rules::{Code, Severity};

use crate::centre::{
    Centre, Person, amended, approved, case, changed, copied, decided, entered, opened, place, proposed, reported,
    resolved, right, ruling,
};

/// Two precincts that elect alike, and a third of the same county.
fn places() -> [PrecinctId; 3] {
    [place(0, 0), place(0, 1), place(0, 2)]
}

fn centre() -> Centre {
    Centre::with(|contest| contest.fold = FOLD_VERSION)
}

/// How V21 weighs on a precinct, and whether it stands.
fn twin(centre: &Centre, precinct: PrecinctId) -> Option<(Severity, Life)> {
    let review = centre.review();
    let found = review.of_precinct(precinct).find(|found| found.code == Code::V21);
    found.map(|found| (found.severity, found.life))
}

const WARNED: Option<(Severity, Life)> = Some((Severity::Warn, Life::Open));
const BLOCKED: Option<(Severity, Life)> = Some((Severity::Block, Life::Open));

fn is_held(centre: &Centre, precinct: PrecinctId) -> bool {
    centre.status(precinct).held
}

/// The chair of `precinct` reports the first place's figures.
fn copies(centre: &mut Centre, precinct: PrecinctId) -> EntryIndex {
    centre.take(&Centre::chair(precinct), reported(precinct, &copied(place(0, 0))))
}

#[test]
fn a_chair_who_copies_a_neighbour_blocks_the_own_precinct_alone() {
    let [one, other, _] = places();
    let mut centre = centre();
    let first = copies(&mut centre, one);
    copies(&mut centre, other);
    assert_eq!((twin(&centre, one), twin(&centre, other)), (WARNED, BLOCKED));
    assert_eq!((is_held(&centre, one), is_held(&centre, other)), (false, true));
    let review = centre.review();
    let said = |precinct| {
        let found = review.of_precinct(precinct).find(|found| found.code == Code::V21);
        found.unwrap().message(centre.state())
    };
    assert_eq!(
        said(one),
        "the same figures in both alignments as Adair 2; this precinct gave them first"
    );
    assert_eq!(
        said(other),
        format!("the same figures in both alignments as Adair 1; Adair 1 gave them first, in {first}")
    );
    centre.check();
}

#[test]
fn older_logs_block_both() {
    let [one, other, _] = places();
    let mut centre = Centre::new();
    copies(&mut centre, one);
    copies(&mut centre, other);
    assert_eq!((twin(&centre, one), twin(&centre, other)), (BLOCKED, BLOCKED));
    let review = centre.review();
    let found = review.of_precinct(one).find(|found| found.code == Code::V21).unwrap();
    assert_eq!(
        found.cause,
        Cause::SameFigures {
            others: vec![other],
            given: Given::Unasked
        }
    );
}

/// Again with every version: the neighbour is free all the time, and a third who copies blocks nobody either.
#[test]
fn whoever_copies_again_blocks_nobody_again() {
    let [one, other, third] = places();
    let mut centre = centre();
    copies(&mut centre, one);
    for variant in [1, 2] {
        copies(&mut centre, other);
        assert!(!is_held(&centre, one));
        centre.take(&Centre::chair(other), reported(other, &right(other, variant)));
        assert_eq!((twin(&centre, one), twin(&centre, other)), (None, None));
    }
    copies(&mut centre, other);
    copies(&mut centre, third);
    assert_eq!(
        places().map(|precinct| twin(&centre, precinct)),
        [WARNED, BLOCKED, BLOCKED]
    );
    centre.check();
}

/// What was set aside or corrected was said all the same, and was said first.
#[test]
fn figures_that_count_no_longer_were_given_all_the_same() {
    let [one, other, _] = places();
    let (copy, own) = (copied(one), right(one, 1));
    let chair = Centre::chair(one);
    let amends: fn(&mut Centre, PrecinctId) = |centre, one| {
        let record = centre.record(one).unwrap();
        centre.take(&Centre::chair(one), amended(record, one, &right(one, 1)));
    };
    let is_set_aside: fn(&mut Centre, PrecinctId) = |centre, one| {
        let first = centre.record(one).unwrap();
        let second = centre.take(&Person::Olga.key(), entered(one, &right(one, 1)));
        let kept = resolved(one, first, second, ResolutionOutcome::KeepSecond);
        centre.take(&Person::Vera.key(), kept);
    };
    for gone in [amends, is_set_aside] {
        let mut centre = centre();
        centre.take(&chair, reported(one, &copy));
        gone(&mut centre, one);
        assert_ne!(copy, own);
        copies(&mut centre, other);
        assert_eq!((twin(&centre, one), twin(&centre, other)), (None, None));
        // The first comes back to its figures.
        let record = centre.record(one).unwrap();
        let case = centre.take(&Person::Cleo.key(), opened(case(one)));
        let outcome = changed(record, one, &copy);
        let proposal = centre.take(&Person::Cleo.key(), proposed(case, outcome.clone()));
        centre.take(&Person::Carl.key(), approved(proposal, outcome));
        assert_eq!((twin(&centre, one), twin(&centre, other)), (WARNED, BLOCKED));
        assert_eq!((is_held(&centre, one), is_held(&centre, other)), (false, true));
        centre.check();
    }
}

/// The committee ruled that the later one has its own figures: no twin takes that back by speaking again, or by joining.
#[test]
fn a_ruling_on_the_later_twin_outlasts_what_others_say() {
    let [one, other, third] = places();
    let mut centre = centre();
    copies(&mut centre, one);
    let record = copies(&mut centre, other);
    let ruled = decided(Subject::Entry(record), Code::V21, ruling());
    let accepted = decided(Subject::Entry(record), Code::V21, Verdict::Accepted);
    centre.refuse(&Person::Vera.key(), accepted, "blocking-discrepancy");
    centre.take(&Person::Vera.key(), ruled);
    assert!(!is_held(&centre, other));
    centre.take(&Person::Olga.key(), entered(one, &copied(one)));
    copies(&mut centre, third);
    assert_eq!(twin(&centre, other), Some((Severity::Block, Life::Ruled)));
    assert_eq!(
        places().map(|precinct| is_held(&centre, precinct)),
        [false, false, true]
    );
    centre.check();
}

/// A warning may be accepted; should it come to block, because the other had given the figures even before, it is open.
#[test]
fn what_was_accepted_as_a_warning_is_not_accepted_as_a_block() {
    let [one, other, third] = places();
    let mut centre = centre();
    centre.take(&Centre::chair(other), reported(other, &copied(one)));
    centre.take(&Centre::chair(other), reported(other, &right(other, 1)));
    let record = copies(&mut centre, one);
    copies(&mut centre, third);
    assert_eq!(twin(&centre, one), WARNED);
    let accepted = decided(Subject::Entry(record), Code::V21, Verdict::Accepted);
    centre.take(&Person::Vera.key(), accepted);
    assert_eq!(twin(&centre, one), Some((Severity::Warn, Life::Accepted)));
    centre.take(&Centre::chair(other), reported(other, &copied(one)));
    assert_eq!((twin(&centre, one), twin(&centre, other)), (BLOCKED, WARNED));
    assert!(is_held(&centre, one));
    centre.check();
}
