//! What the other tests of the desks rest on.

use tallylog_rules::Severity;

use crate::centre::{Centre, Person, place, reported, right};

#[test]
fn a_night_of_the_second_version_takes_reports_and_holds_none_that_is_right() {
    let mut centre = Centre::new();
    for precinct in centre.state().roster().ids().collect::<Vec<_>>() {
        centre.take(&Centre::chair(precinct), reported(precinct, &right(precinct, 0)));
    }
    let review = centre.review();
    let held = review
        .discrepancies()
        .iter()
        .find(|found| found.severity >= Severity::Hold);
    assert_eq!(held, None);
    assert_eq!(centre.clear().len(), 7);
    centre.check();
}

#[test]
fn a_chair_reports_for_its_own_precinct_alone() {
    let mut centre = Centre::new();
    let (own, other) = (place(0, 0), place(0, 1));
    centre.refuse(&Centre::chair(own), reported(other, &right(other, 0)), "out-of-scope");
    centre.refuse(&Person::Nora.key(), reported(own, &right(own, 0)), "wrong-role");
}
