//! What became of an event, for whoever sends it again: the receipt of that time says nothing of it.

use tallylog_event::{Embargo, EntryIndex, ResolutionOutcome, Subject, Verdict};
use tallylog_projection::Fate;
use tallylog_rules::{Attendees, Code};

use crate::centre::{
    Centre, Person, amended, answered, case, changed, closed, decided, entered, filed, held, lifted, opened, paused,
    place, proposed, rejected, released, reported, resolved, resumed, revoked, right,
};
use crate::samples::{abandoned, announced};

#[track_caller]
fn fate(centre: &Centre, entry: EntryIndex) -> Fate {
    centre.state().since(entry).unwrap().fate
}

#[test]
fn figures_that_were_set_aside_are_said_to_be_so_and_the_precinct_to_await_a_report() {
    let mut centre = Centre::new();
    let place = place(0, 0);
    let first = centre.take(&Centre::chair(place), reported(place, &right(place, 0)));
    assert_eq!(fate(&centre, first), Fate::Stands);
    let second = centre.take(&Person::Olga.key(), entered(place, &right(place, 1)));
    assert_eq!(fate(&centre, first), Fate::Replaced(second));
    assert!(!centre.state().since(first).unwrap().precinct.unwrap().same_figures);
    let vera = Person::Vera.key();
    let discarded = centre.take(&vera, resolved(place, first, second, ResolutionOutcome::DiscardBoth));
    for entry in [first, second] {
        let since = centre.state().since(entry).unwrap();
        assert_eq!(since.fate, Fate::SetAside(discarded));
        assert_eq!(since.precinct.unwrap().record, None);
    }
    let again = centre.take(&Centre::chair(place), reported(place, &right(place, 0)));
    let since = centre.state().since(first).unwrap();
    assert_eq!(since.fate, Fate::SetAside(discarded));
    assert_eq!(since.precinct.unwrap().record, Some(again));
    assert_eq!(fate(&centre, again), Fate::Stands);
}

#[test]
fn whoever_is_asked_to_enter_again_is_named_to_whoever_sends_the_first_entry_again() {
    let mut centre = Centre::new();
    let place = place(0, 0);
    let first = centre.take(&Person::Olga.key(), entered(place, &right(place, 0)));
    let second = centre.take(&Person::Omar.key(), entered(place, &right(place, 1)));
    let vera = Person::Vera.key();
    let redo = centre.take(&vera, resolved(place, first, second, ResolutionOutcome::RedoFirst));
    let since = centre.state().since(first).unwrap();
    assert_eq!(since.fate, Fate::SetAside(redo));
    let now = since.precinct.unwrap();
    assert_eq!(now.record, Some(second));
    assert_eq!(now.asked.unwrap().as_str(), "Olga");
}

#[test]
fn an_entry_that_was_confirmed_or_amended_is_replaced_by_the_record() {
    let mut centre = Centre::new();
    let place = place(0, 0);
    let first = centre.take(&Centre::chair(place), reported(place, &right(place, 0)));
    let same = centre.take(&Person::Olga.key(), entered(place, &right(place, 0)));
    let since = centre.state().since(first).unwrap();
    assert_eq!(since.fate, Fate::Replaced(same));
    assert!(since.precinct.unwrap().same_figures);
    let other = crate::centre::place(0, 1);
    let chair = Centre::chair(other);
    let report = centre.take(&chair, reported(other, &right(other, 0)));
    let amendment = centre.take(&chair, amended(report, other, &right(other, 1)));
    assert_eq!(fate(&centre, report), Fate::Replaced(amendment));
    assert_eq!(fate(&centre, amendment), Fate::Stands);
}

#[test]
fn a_hold_stands_until_it_is_lifted_and_is_said_of_the_report_that_it_holds() {
    let mut centre = Centre::new();
    let place = place(0, 0);
    let vera = Person::Vera.key();
    let report = centre.take(&Centre::chair(place), reported(place, &right(place, 0)));
    let hold = centre.take(&vera, held(place));
    let on_hold = |centre: &Centre| centre.state().since(report).unwrap().precinct.unwrap().on_hold;
    assert_eq!((fate(&centre, hold), on_hold(&centre)), (Fate::Stands, Some(hold)));
    let lift = centre.take(&vera, lifted(hold));
    assert_eq!((fate(&centre, hold), on_hold(&centre)), (Fate::Ended(lift), None));
    assert_eq!(fate(&centre, lift), Fate::Stands);
}

#[test]
fn what_desks_decided_ends_with_what_undoes_it() {
    let mut centre = Centre::new();
    let (here, there) = (place(0, 0), place(0, 1));
    let (vera, rhea, cleo) = (Person::Vera.key(), Person::Rhea.key(), Person::Cleo.key());
    let mut sheet = right(here, 0);
    sheet.worksheet_threshold = Some(Attendees(1));
    let record = centre.take(&Centre::chair(here), reported(here, &sheet));
    let accept = |verdict| decided(Subject::Entry(record), Code::V25, verdict);
    let accepted = centre.take(&vera, accept(Verdict::Accepted));
    assert_eq!(fate(&centre, accepted), Fate::Stands);
    let reopened = centre.take(&Person::Viktor.key(), accept(Verdict::Reopened));
    assert_eq!(fate(&centre, accepted), Fate::Replaced(reopened));

    let chair = Centre::chair(there);
    let enrolled = centre
        .state()
        .key(&tallylog_event::PublicKey::of(&chair))
        .unwrap()
        .enrolled;
    assert_eq!(fate(&centre, enrolled), Fate::Stands);
    let gone = centre.take(&rhea, revoked(&chair));
    assert_eq!(fate(&centre, enrolled), Fate::Ended(gone));

    let pause = centre.take(&rhea, paused());
    assert_eq!(fate(&centre, pause), Fate::Stands);
    let go_on = centre.take(&rhea, resumed());
    assert_eq!(fate(&centre, pause), Fate::Ended(go_on));

    let inquiry = centre.take(&Person::Alder.key(), filed(here));
    let file = centre.take(&cleo, opened(case(here)));
    let proposal = centre.take(&cleo, proposed(file, changed(record, here, &right(here, 1))));
    let refusal = centre.take(&Person::Carl.key(), rejected(proposal));
    assert_eq!(fate(&centre, proposal), Fate::Ended(refusal));
    let close = centre.take(&cleo, closed(file));
    assert_eq!(fate(&centre, file), Fate::Ended(close));
    let answer = centre.take(&cleo, answered(inquiry, None));
    assert_eq!(fate(&centre, inquiry), Fate::Ended(answer));
}

#[test]
fn an_earlier_release_and_an_abandoned_sample_are_over() {
    let mut centre = Centre::with(|contest| contest.fold = tallylog_projection::FOLD_VERSION);
    let place = place(0, 0);
    let vera = Person::Vera.key();
    let report = centre.take(&Centre::chair(place), reported(place, &right(place, 0)));
    let first = centre.take(&vera, released("First", &[report]));
    assert_eq!(fate(&centre, first), Fate::Stands);
    let second = centre.take(&vera, released("Second", &[report]));
    assert_eq!(fate(&centre, first), Fate::Replaced(second));
    let said = announced(&centre, 1);
    let said = centre.take(&vera, said);
    assert_eq!(fate(&centre, said), Fate::Stands);
    let one = centre.take(&vera, abandoned(said, None));
    let two = centre.take(&Person::Viktor.key(), abandoned(said, Some(one)));
    assert_eq!(fate(&centre, said), Fate::Ended(two));
}

/// Whoever sends public bytes may have them from the log: the same is said of what was set aside later and of what was not.
#[test]
fn of_an_entry_that_a_release_made_public_nothing_is_said_that_is_withheld() {
    let mut centre = Centre::with(|contest| contest.embargo = Embargo::OnRelease);
    let (here, there) = (place(0, 0), place(0, 1));
    let vera = Person::Vera.key();
    let reports = [here, there].map(|place| centre.take(&Centre::chair(place), reported(place, &right(place, 0))));
    assert_eq!(fate(&centre, reports[0]), Fate::Stands);
    centre.take(&vera, released("First", &reports));
    let second = centre.take(&Person::Olga.key(), entered(here, &right(here, 1)));
    let discarded = resolved(here, reports[0], second, ResolutionOutcome::DiscardBoth);
    let discarded = centre.take(&vera, discarded);
    let [one, other] = reports.map(|entry| centre.state().since(entry).unwrap());
    assert_eq!((one.fate, one.precinct.is_none()), (Fate::Withheld, true));
    assert_eq!(one, other);
    // Nobody but its author and the staff can have this one.
    assert_eq!(fate(&centre, second), Fate::SetAside(discarded));
}
