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
