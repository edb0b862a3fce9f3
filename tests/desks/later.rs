//! What was decided speaks of what stood then, and what was certified stays.

use tallylog_event::{ContestKind, ReleasePolicy, ResolutionOutcome, Role, Subject, Verdict};
use tallylog_projection::Life;
use tallylog_rules::{Attendees, ByGroup, Code, Delegates, Equivalents};

use crate::centre::{
    Centre, Person, apportioned, certified, copied, decided, entered, held, lifted, place, released, reported,
    resolved, right, ruling,
};
use crate::timeline_law::{BASES, follow};

#[test]
fn after_certification_no_reviewer_changes_a_record() {
    let mut centre = Centre::new();
    let place = place(0, 0);
    let first = centre.take(&Centre::chair(place), reported(place, &right(place, 0)));
    let second = centre.take(&Person::Olga.key(), entered(place, &right(place, 0)));
    let release = centre.take(&Person::Vera.key(), released("All", &[second]));
    centre.take(&Person::Rhea.key(), certified(release));
    let discarded = resolved(place, first, second, ResolutionOutcome::DiscardBoth);
    centre.refuse(&Person::Vera.key(), discarded, "certified");
}

#[test]
fn after_certification_no_registrar_changes_what_delegates_are_worth() {
    let mut centre = Centre::new();
    let place = place(0, 0);
    let release = centre.take(&Person::Vera.key(), released("All", &[]));
    centre.take(&Person::Rhea.key(), certified(release));
    centre.refuse(&Person::Rhea.key(), apportioned(place, 5, 16), "certified");
}

#[test]
fn a_release_is_certified_while_everything_in_it_stands() {
    let mut centre = Centre::new();
    let place = place(0, 0);
    let chair = Centre::chair(place);
    let vera = Person::Vera.key();
    let first = centre.take(&chair, reported(place, &right(place, 0)));
    let release = centre.take(&vera, released("First", &[first]));
    let hold = centre.take(&vera, held(place));
    centre.refuse(&Person::Rhea.key(), certified(release), "unreleasable");
    centre.take(&vera, lifted(hold));
    let same = centre.take(&Person::Olga.key(), entered(place, &right(place, 0)));
    centre.refuse(&Person::Rhea.key(), certified(release), "unreleasable");
    let release = centre.take(&vera, released("Second", &[same]));
    centre.take(&Person::Rhea.key(), certified(release));
}

/// The viability number on the worksheet is wrong by the old apportionment and by the new, in two ways.
#[test]
fn a_decision_is_over_once_the_roster_is_amended() {
    let mut centre = Centre::new();
    let place = place(0, 0);
    let mut sheet = right(place, 0);
    sheet.worksheet_threshold = Some(Attendees(1));
    let record = centre.take(&Centre::chair(place), reported(place, &sheet));
    let accepted = || decided(Subject::Entry(record), Code::V25, Verdict::Accepted);
    centre.take(&Person::Vera.key(), accepted());
    let life = |centre: &Centre| {
        let review = centre.review();
        let found = review.of_precinct(place).find(|found| found.code == Code::V25);
        found.map(|found| found.life)
    };
    assert_eq!(life(&centre), Some(Life::Accepted));
    centre.take(&Person::Rhea.key(), apportioned(place, 3, 14));
    assert_eq!(life(&centre), Some(Life::Open));
    centre.take(&Person::Vera.key(), accepted());
    assert_eq!(life(&centre), Some(Life::Accepted));
    centre.check();
}

#[test]
fn what_delegates_were_worth_before_an_amendment_they_were_worth() {
    let mut centre = Centre::new();
    let (here, there) = (place(0, 0), place(0, 1));
    centre.take(&Centre::chair(here), reported(here, &right(here, 0)));
    let rhea = Person::Rhea.key();
    centre.take(&rhea, apportioned(here, 3, 14));
    let second = centre.take(&Centre::chair(there), reported(there, &right(there, 0)));
    centre.take(&Person::Vera.key(), released("First", &[second]));
    centre.take(&rhea, apportioned(there, 2, 12));
    for basis in BASES {
        follow(centre.state(), basis, 0..centre.state().size(), 10_000);
        follow(centre.state(), basis, 0..centre.state().size(), 3);
    }
}

/// The policy by which everything listed goes out is an archive's: elsewhere it gives an importer no say.
#[test]
fn an_importer_releases_nothing_outside_an_archive() {
    let mut centre = Centre::with(|contest| {
        contest.kind = ContestKind::Election;
        contest.release = ReleasePolicy::AsListed;
    });
    let place = place(0, 0);
    let record = centre.take(&Centre::chair(place), reported(place, &right(place, 0)));
    let importer = centre.enrol("Ida", Role::Importer);
    centre.refuse(&importer, released("Mine", &[record]), "wrong-role");
    let vera = centre.enrol("Vera", Role::Chair(vec![place]));
    let own = centre.take(&vera, reported(place, &right(place, 0)));
    centre.refuse(&Person::Vera.key(), released("Own", &[own]), "own-entry");
    centre.take(&Person::Viktor.key(), released("All", &[own]));
}

/// A claim of a satellite site by which the committee let it stand, until another site moved the pool.
#[test]
fn a_ruling_on_a_claim_is_over_once_its_pool_has_moved() {
    let mut centre = Centre::new();
    let (site, other) = (place(2, 0), place(2, 1));
    let mut sheet = right(site, 0);
    sheet.claimed = Some(ByGroup::numbered([Equivalents(1)]).unwrap());
    let record = centre.take(&Centre::chair(site), reported(site, &sheet));
    let life = |centre: &Centre| {
        let review = centre.review();
        let found = review.of_precinct(site).find(|found| found.code == Code::V22);
        found.map(|found| found.life)
    };
    assert_eq!(life(&centre), Some(Life::Open));
    centre.take(
        &Person::Vera.key(),
        decided(Subject::Entry(record), Code::V22, ruling()),
    );
    assert_eq!(life(&centre), Some(Life::Ruled));
    centre.take(&Centre::chair(other), reported(other, &right(other, 0)));
    assert_eq!(life(&centre), Some(Life::Open));
    centre.check();
}

/// Two precincts have the same figures, and the committee ruled on that; then one of them counts what it said before.
#[test]
fn a_ruling_on_twins_is_over_once_one_of_them_counts_another_version() {
    let mut centre = Centre::new();
    let (one, other) = (place(0, 0), place(0, 1));
    let twin = copied(one);
    let record = centre.take(&Centre::chair(one), reported(one, &twin));
    let first = centre.take(&Person::Olga.key(), entered(other, &twin));
    let mut newer = twin.clone();
    newer.worksheet_delegates = Some(Delegates(31));
    let mut same = twin;
    same.worksheet_delegates = Some(Delegates(4));
    let chair = centre.take(&Centre::chair(other), reported(other, &same));
    let second = centre.take(&Person::Omar.key(), entered(other, &newer));
    let ruled = decided(Subject::Entry(record), Code::V21, ruling());
    centre.take(&Person::Vera.key(), ruled);
    let life = |centre: &Centre| {
        let review = centre.review();
        let found = review.of_precinct(one).find(|found| found.code == Code::V21);
        found.map(|found| found.life)
    };
    assert_eq!(life(&centre), Some(Life::Ruled));
    let kept = resolved(other, chair, second, ResolutionOutcome::KeepFirst);
    centre.take(&Person::Vera.key(), kept);
    assert_eq!((centre.record(other), life(&centre)), (Some(chair), Some(Life::Open)));
    let _ = first;
    centre.check();
}
