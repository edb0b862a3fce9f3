//! A precinct never waits for somebody who does not come.

use tallylog_event::ResolutionOutcome;

use crate::centre::{Centre, Person, entered, place, resolved, right};

/// Olga is to enter again, and has gone home.
#[test]
fn a_reviewer_takes_back_what_was_asked_of_somebody() {
    for outcome in [ResolutionOutcome::KeepSecond, ResolutionOutcome::DiscardBoth] {
        let mut centre = Centre::new();
        let place = place(0, 0);
        let first = centre.take(&Person::Olga.key(), entered(place, &right(place, 0)));
        let second = centre.take(&Person::Omar.key(), entered(place, &right(place, 1)));
        let vera = Person::Vera.key();
        centre.take(&vera, resolved(place, first, second, ResolutionOutcome::RedoFirst));
        let third = entered(place, &right(place, 1));
        centre.refuse(&Person::Otto.key(), third.clone(), "entry-assigned");
        // What is set aside cannot be kept, nor asked for again.
        for wrong in [
            ResolutionOutcome::KeepFirst,
            ResolutionOutcome::RedoFirst,
            ResolutionOutcome::RedoSecond,
        ] {
            centre.refuse(&vera, resolved(place, first, second, wrong), "nothing-to-resolve");
        }
        centre.take(&vera, resolved(place, first, second, outcome));
        centre.take(&Person::Otto.key(), third);
        centre.refuse(&vera, resolved(place, first, second, outcome), "nothing-to-resolve");
        assert_eq!(centre.status(place).confirmed, outcome == ResolutionOutcome::KeepSecond);
        centre.check();
    }
}
