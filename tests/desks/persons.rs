//! Two persons are two persons, whatever names they give and whatever roles they have.

use tallylog_event::{Enrolment, EntryIndex, Event, PrecinctId, ResolutionOutcome, Role, SigningKey, Subject};
use tallylog_projection::ContestFault;
use tallylog_rules::Code;

use crate::centre::{
    Centre, Person, answered, approved, case, changed, decided, entered, entered_by, filed, key, opened, place,
    proposed, released, reported, resolved, right, ruling, text, unlike,
};

fn enrolled(centre: &Centre, name: &str, role: Role, key: &SigningKey) -> Event {
    Event::KeyEnrolled(Box::new(Enrolment::new(centre.contest.id, text(name), role, key)))
}

#[test]
fn nobody_becomes_another_person_by_another_spelling() {
    let mut centre = Centre::new();
    let spellings = [
        "OLGA",
        " Olga",
        "Olga ",
        "olga.",
        "\u{41E}lga",  // A Cyrillic letter.
        "Olg\u{430}",  // Another.
        "\u{39F}lga",  // A Greek one.
        "Olga\u{301}", // A mark above the last letter.
        "Ol\u{AD}ga",  // A hyphen that is not shown.
        "\u{2F}Olga",  // Signs around the name.
        "\u{FF2F}lga", // A wide letter.
        "Olg\u{E1}",   // An accent.
    ];
    for spelling in spellings {
        let again = enrolled(&centre, spelling, Role::Operator, &key(2_000));
        let refusal = centre.refuse(&Person::Rhea.key(), again, "alike-name");
        assert!(refusal.to_string().contains("Olga"), "{refusal}");
    }
    centre.enrol("Olga", Role::Operator);
    centre.enrol("Olga B.", Role::Operator);
}

#[test]
fn the_first_registrars_have_names_that_can_be_told_apart() {
    for (first, second) in [("Rhea", "rhea "), (" ", "Rolf")] {
        let mut contest = crate::centre::contest();
        contest.registrars[0].person = text(first);
        contest.registrars[1].person = text(second);
        let refusal = Centre::opens(&contest).unwrap_err();
        assert_eq!(refusal, tallylog_projection::Refusal::BadContest(ContestFault::Persons));
    }
}

#[test]
fn a_campaign_has_a_name() {
    let mut centre = Centre::new();
    let nameless = enrolled(&centre, "Cy of nobody", Role::Campaign(text(" ")), &key(2_000));
    centre.refuse(&Person::Rhea.key(), nameless, "bad-name");
}

#[test]
fn whoever_typed_into_an_entry_is_somebody_with_a_key() {
    let mut centre = Centre::new();
    let place = place(0, 0);
    let sheet = right(place, 0);
    for unknown in ["omar", "Oskar"] {
        let handed_over = entered_by(place, &sheet, &[unknown]);
        centre.refuse(&Person::Olga.key(), handed_over, "unknown-person");
    }
    centre.take(&Person::Olga.key(), entered_by(place, &sheet, &["Omar"]));
}

/// Otto signs what Omar had begun; Omar is the chair as well.
#[test]
fn figures_of_one_person_are_not_confirmed_by_a_colleague_who_only_signed() {
    let mut centre = Centre::new();
    let place = place(0, 0);
    let chair = centre.enrol("Omar", Role::Chair(vec![place]));
    centre.take(&chair, reported(place, &right(place, 0)));
    centre.take(&Person::Otto.key(), entered_by(place, &right(place, 0), &["Omar"]));
    assert!(!centre.status(place).confirmed);
    centre.take(&Person::Olga.key(), entered(place, &right(place, 0)));
    assert!(centre.status(place).confirmed);
    centre.check();
}

/// A correction by Cleo and Carl in a case, and a key by which Cleo reviews.
fn corrected(centre: &mut Centre, place: PrecinctId) -> (EntryIndex, SigningKey) {
    let record = centre.take(&Centre::chair(place), reported(place, &right(place, 0)));
    let case = centre.take(&Person::Cleo.key(), opened(case(place)));
    let outcome = changed(record, place, &right(place, 1));
    let proposal = centre.take(&Person::Cleo.key(), proposed(case, outcome.clone()));
    let correction = centre.take(&Person::Carl.key(), approved(proposal, outcome));
    (correction, centre.enrol("Cleo", Role::Reviewer))
}

#[test]
fn whoever_proposed_a_correction_does_not_release_it() {
    let mut centre = Centre::new();
    let (correction, cleo) = corrected(&mut centre, place(0, 0));
    centre.refuse(&cleo, released("First", &[correction]), "own-entry");
    centre.take(&Person::Vera.key(), released("First", &[correction]));
}

#[test]
fn two_officers_may_correct_a_precinct_twice() {
    let mut centre = Centre::new();
    let place = place(0, 0);
    let (correction, _) = corrected(&mut centre, place);
    let case = centre.take(&Person::Carl.key(), opened(case(place)));
    let outcome = changed(correction, place, &right(place, 2));
    let proposal = centre.take(&Person::Carl.key(), proposed(case, outcome.clone()));
    centre.take(&Person::Cleo.key(), approved(proposal, outcome));
}

/// What two officers corrected is not set aside with what one of them typed at another desk.
#[test]
fn setting_aside_an_operators_entry_leaves_a_correction_that_the_same_person_approved() {
    let mut centre = Centre::new();
    let place = place(0, 0);
    let (correction, _) = corrected(&mut centre, place);
    let carl = centre.enrol("Carl", Role::Operator);
    let first = centre.take(&carl, entered(place, &right(place, 0)));
    let second = centre.take(&Person::Olga.key(), entered(place, &right(place, 2)));
    centre.take(
        &Person::Vera.key(),
        resolved(place, first, second, ResolutionOutcome::DiscardBoth),
    );
    assert_eq!(centre.record(place), Some(correction));
}

#[test]
fn nobody_rules_on_a_difference_to_an_entry_of_their_own() {
    let mut centre = Centre::new();
    let place = place(0, 0);
    let vera = centre.enrol("Vera", Role::Operator);
    centre.take(&vera, entered(place, &right(place, 0)));
    let other = centre.take(&Person::Olga.key(), entered(place, &unlike(place, &right(place, 0))));
    let verdict = || decided(Subject::Entry(other), Code::V29, ruling());
    centre.refuse(&Person::Vera.key(), verdict(), "own-entry");
    centre.take(&Person::Viktor.key(), verdict());
}

#[test]
fn nobody_answers_an_inquiry_of_their_own() {
    let mut centre = Centre::new();
    let alder = centre.enrol("Ada of Alder", Role::Reviewer);
    let inquiry = centre.take(&Person::Alder.key(), filed(place(0, 0)));
    centre.refuse(&alder, answered(inquiry, None), "same-person");
    centre.take(&Person::Vera.key(), answered(inquiry, None));
}
