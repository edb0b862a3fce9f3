use std::collections::BTreeSet;

use tallylog_event::{Channel, Correction, CorrectionKind, EntryIndex, Envelope, PrecinctId, Role, SigningKey};
use tallylog_projection::{Life, PrecinctStatus, Review};
use tallylog_rules::{Code, Sheet};
use tallylog_simulate::{Night, Options, night};
use tallylog_wire::v1;

use crate::log::{Book, check};
use crate::support::{Pen, by_channel, corrected, correction, key, report, with_more_people};

#[test]
fn held_are_the_precincts_on_which_something_open_blocks_or_holds() {
    check(|_, book| {
        let request = v1::DiscrepanciesRequest::default();
        let found = tallylog_server::query::discrepancies(book.state(), &request).unwrap();
        let holding: BTreeSet<_> = found
            .discrepancies
            .iter()
            .filter(|found| found.status == "open" && ["block", "hold"].contains(&found.severity.as_str()))
            .filter(|found| !found.precinct.is_empty())
            .map(|found| (&found.county, &found.precinct))
            .collect();
        let totals = tallylog_server::query::totals(book.state(), &v1::TotalsRequest::default()).unwrap();
        assert_eq!(usize::try_from(totals.precincts.unwrap().held()), Ok(holding.len()));
        let listed = v1::PrecinctsRequest {
            state: v1::PrecinctState::Held.into(),
            ..v1::PrecinctsRequest::default()
        };
        let listed = tallylog_server::query::precincts(book.state(), &listed).unwrap();
        let held: BTreeSet<_> = listed
            .precincts
            .iter()
            .map(|held| (&held.county, &held.precinct))
            .collect();
        assert_eq!(held, holding);
    });
}

#[test]
fn nothing_is_confirmed_by_one_person_alone() {
    check(|_, book| {
        let (state, review) = (book.state(), Review::of(book.state()));
        for (position, id) in state.roster().ids().enumerate() {
            let versions = state.versions(id);
            let since = versions.iter().rposition(|version| version.corrects).unwrap_or(0);
            let persons: BTreeSet<_> = versions[since..]
                .iter()
                .map(|version| &state.author(version.author).person)
                .collect();
            let disagree = review
                .of_precinct(id)
                .any(|found| found.code == Code::V29 && found.life == Life::Open);
            // Two persons confirm each other or contradict each other.
            assert_eq!(
                review.status(position).confirmed,
                persons.len() > 1 && !disagree,
                "{id:?}"
            );
        }
    });
}

#[test]
fn what_stands_on_a_precinct_is_about_one_of_its_versions() {
    check(|_, book| {
        for found in Review::of(book.state()).discrepancies() {
            let Some(precinct) = found.precinct else {
                continue;
            };
            let versions = book.state().versions(precinct);
            assert!(
                versions.iter().any(|version| Some(version.entry) == found.entry),
                "{found:?}"
            );
        }
    });
}

/// One precinct without a flaw, and whoever has something to say of it.
struct Desk {
    night: Night,
    book: Book,
    pen: Pen,
    precinct: PrecinctId,
    sheet: Sheet,
}

impl Desk {
    fn new() -> Self {
        let night = night(&Options {
            errors: false,
            ..Options::small(11, 2, 12)
        });
        let book = Book::set_up(&night);
        let pen = Pen::new(night.contest.id);
        let (precinct, sheet) = night.sheets.first_key_value().unwrap();
        Self {
            precinct: *precinct,
            sheet: sheet.clone(),
            night,
            book,
            pen,
        }
    }

    fn chair(&self) -> SigningKey {
        self.night.keys.chair(self.precinct).unwrap().key.clone()
    }

    fn offer(&mut self, envelope: Envelope) -> EntryIndex {
        self.book.offer(self.night.plan[0].at, envelope).unwrap()
    }

    fn by_chair(&mut self, sheet: &Sheet) -> EntryIndex {
        let envelope = self.pen.sign(&self.chair(), report(self.precinct, sheet));
        self.offer(envelope)
    }

    fn by_operator(&mut self, number: usize, sheet: &Sheet) -> EntryIndex {
        let operator = &self.night.keys.operators[number].key;
        let envelope = self
            .pen
            .sign(operator, by_channel(self.precinct, sheet, Channel::Phone));
        self.offer(envelope)
    }

    fn correct(&mut self, replaces: EntryIndex, sheet: &Sheet) -> EntryIndex {
        let correction = correction(replaces.0, self.precinct, sheet);
        let envelope = self.pen.sign(&self.night.keys.officers[0].key, corrected(correction));
        self.offer(envelope)
    }

    fn status(&self) -> PrecinctStatus {
        Review::of(self.book.state()).status(0)
    }

    /// The lives of the discrepancies of a code.
    fn lives(&self, code: Code) -> Vec<Life> {
        let review = Review::of(self.book.state());
        let of_code = review.of_precinct(self.precinct).filter(|found| found.code == code);
        of_code.map(|found| found.life).collect()
    }
}

#[test]
fn two_persons_with_the_same_figures_confirm_each_other() {
    let mut desk = Desk::new();
    let sheet = desk.sheet.clone();
    desk.by_chair(&sheet);
    assert!(!desk.status().confirmed);
    desk.by_operator(0, &sheet);
    assert!(desk.status().confirmed);
    assert_eq!(desk.lives(Code::V29), []);
}

#[test]
fn one_person_with_two_keys_confirms_nothing() {
    let mut desk = Desk::new();
    let sheet = desk.sheet.clone();
    let person = desk.night.keys.chair(desk.precinct).unwrap().person.clone();
    let second = key(20);
    let registrar = desk.night.keys.registrars[0].key.clone();
    let role = Role::Chair(vec![desk.precinct]);
    let enrolment = desk.pen.enrol(&registrar, &second, person.as_str(), role);
    desk.offer(enrolment);
    desk.by_chair(&sheet);
    let again = desk.pen.sign(&second, report(desk.precinct, &sheet));
    desk.offer(again);
    assert!(!desk.status().confirmed);
    desk.by_operator(0, &sheet);
    assert!(desk.status().confirmed);
}

#[test]
fn sending_an_unexplained_change_again_explains_nothing() {
    let mut desk = Desk::new();
    let (sheet, other) = (desk.sheet.clone(), with_more_people(&desk.sheet, 2));
    desk.by_chair(&sheet);
    desk.by_chair(&other);
    assert_eq!(desk.lives(Code::V30), [Life::Open]);
    let record = desk.by_chair(&other);
    assert_eq!(desk.lives(Code::V30), [Life::Open]);
    desk.by_operator(0, &other);
    assert_eq!(desk.lives(Code::V30), [Life::Open]);
    assert!(desk.status().held);
    let record = desk.status().record.unwrap_or(record);
    desk.correct(record, &sheet);
    assert_eq!(desk.lives(Code::V30), [Life::Resolved]);
    assert!(!desk.status().held);
}

#[test]
fn two_devices_of_one_person_that_differ_block_like_two_sources() {
    let mut desk = Desk::new();
    let (sheet, other) = (desk.sheet.clone(), with_more_people(&desk.sheet, 2));
    let person = desk.night.keys.chair(desk.precinct).unwrap().person.clone();
    let second = key(20);
    let registrar = desk.night.keys.registrars[0].key.clone();
    let role = Role::Chair(vec![desk.precinct]);
    let enrolment = desk.pen.enrol(&registrar, &second, person.as_str(), role);
    desk.offer(enrolment);
    desk.by_chair(&sheet);
    let differs = desk.pen.sign(&second, report(desk.precinct, &other));
    desk.offer(differs);
    assert_eq!(desk.lives(Code::V29), [Life::Open]);
    assert!(desk.status().held);
}

#[test]
fn sources_that_differ_block_until_a_correction_and_stay_on_record() {
    let mut desk = Desk::new();
    let (sheet, other) = (desk.sheet.clone(), with_more_people(&desk.sheet, 2));
    desk.by_chair(&sheet);
    let record = desk.by_operator(0, &other);
    assert_eq!(desk.lives(Code::V29), [Life::Open]);
    assert!(desk.status().held && !desk.status().confirmed);
    let corrected = desk.correct(record, &sheet);
    assert_eq!(desk.lives(Code::V29), [Life::Resolved]);
    assert!(!desk.status().held && desk.status().corrected);
    assert_eq!(desk.status().record, Some(corrected));
    // A source that contradicts the correction opens it again.
    let record = desk.by_operator(1, &other);
    assert_eq!(desk.lives(Code::V29), [Life::Open]);
    desk.correct(record, &sheet);
    assert_eq!(desk.lives(Code::V29), [Life::Resolved]);
    assert_eq!(desk.book.state().versions(desk.precinct).len(), 5);
}

#[test]
fn a_third_source_does_not_outvote_the_others() {
    let mut desk = Desk::new();
    let (sheet, other) = (desk.sheet.clone(), with_more_people(&desk.sheet, 2));
    desk.by_chair(&sheet);
    desk.by_operator(0, &other);
    desk.by_operator(1, &sheet);
    assert_eq!(desk.lives(Code::V29), [Life::Open]);
    assert!(desk.status().held && !desk.status().confirmed);
}

#[test]
fn figures_that_one_person_changes_are_unexplained_until_a_correction() {
    let mut desk = Desk::new();
    let (sheet, other) = (desk.sheet.clone(), with_more_people(&desk.sheet, 2));
    desk.by_chair(&sheet);
    desk.by_chair(&sheet);
    assert_eq!(desk.lives(Code::V30), []);
    let record = desk.by_chair(&other);
    assert_eq!(desk.lives(Code::V30), [Life::Open]);
    desk.correct(record, &sheet);
    assert_eq!(desk.lives(Code::V30), [Life::Resolved]);
}

/// Other persons may name what a correction rests on; the fold does not ask who they are.
#[test]
fn a_correction_of_every_kind_becomes_the_record() {
    for kind in [
        CorrectionKind::Transcription,
        CorrectionKind::Rule,
        CorrectionKind::HeadCount,
    ] {
        let mut desk = Desk::new();
        let sheet = with_more_people(&desk.sheet, 2);
        let record = desk.by_chair(&sheet);
        let correction = Correction {
            kind: Some(kind),
            authority: crate::support::text("resolution of 15 February"),
            ..correction(record.0, desk.precinct, &desk.sheet)
        };
        let envelope = desk.pen.sign(&desk.night.keys.officers[0].key, corrected(correction));
        let entry = desk.offer(envelope);
        assert_eq!(desk.status().record, Some(entry));
        assert_eq!(desk.lives(Code::V30), []);
    }
}
