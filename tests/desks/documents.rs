//! A report never waits for its photo, and neither does an amendment: the document may come later.

use tallylog_projection::Life;
use tallylog_rules::Code;

use crate::centre::{Centre, Person, amended, document, files, place, released, reported, right};

#[test]
fn a_photo_that_comes_later_is_the_document_of_an_amendment() {
    let mut centre = Centre::new();
    let place = place(0, 0);
    let chair = Centre::chair(place);
    let first = centre.take(&chair, reported(place, &right(place, 0)));
    let early = centre.take(&chair, files(place, vec![document()]));
    let amendment = centre.take(&chair, amended(first, place, &right(place, 1)));
    let life = |centre: &Centre| {
        let review = centre.review();
        let found = review.of_precinct(place).find(|found| found.code == Code::V30);
        found.map(|found| found.life)
    };
    assert_eq!(
        life(&centre),
        Some(Life::Open),
        "the photo of {early} was of other figures"
    );
    let vera = Person::Vera.key();
    centre.refuse(&vera, released("First", &[amendment]), "unreleasable");
    centre.take(&chair, files(place, vec![document()]));
    assert_ne!(life(&centre), Some(Life::Open));
    centre.take(&vera, released("First", &[amendment]));
    centre.check();
}

/// What was sent again without a word stays unexplained, whatever photos come.
#[test]
fn a_photo_does_not_explain_what_gives_no_reason() {
    let mut centre = Centre::new();
    let place = place(0, 0);
    let chair = Centre::chair(place);
    centre.take(&chair, reported(place, &right(place, 0)));
    centre.take(&chair, reported(place, &right(place, 1)));
    centre.take(&chair, files(place, vec![document()]));
    assert!(centre.status(place).held);
    centre.check();
}
