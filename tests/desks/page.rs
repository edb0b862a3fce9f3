//! The page on the desks says what the code does, in both directions: every step that is taken, and every refusal.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use tallylog_event::{Basis, EntryIndex, Event, PrecinctId, ResolutionOutcome, SigningKey, Subject, Verdict};
use tallylog_projection::{FOLD_VERSION, Life};
use tallylog_rules::{Code, Severity, Sheet};

use crate::centre::{
    Centre, Person, Wrong, amended, approved, case, changed, decided, document, entered, entered_by, held, lifted,
    opened, place, proposed, released, reported, resolved, right, ruling, unchanged, unlike, wrong,
};

/// Where the walk takes place.
fn here() -> PrecinctId {
    place(0, 0)
}

/// Where a precinct stands, by the names of the page.
fn standing(centre: &Centre) -> &'static str {
    let status = centre.status(here());
    let review = centre.review();
    let differs = review
        .of_precinct(here())
        .any(|found| found.code == Code::V29 && found.life == Life::Open);
    let filed = !centre.state().versions(here()).is_empty();
    let asked = centre.state().desks().entry.assigned(here()).is_some();
    match status.record {
        _ if status.on_hold => "on hold",
        _ if asked => "redo owed",
        None if filed => "set aside",
        None => "awaiting",
        Some(_) if differs => "differing",
        Some(_) if status.held => "in doubt",
        Some(_) if status.current => "released",
        Some(_) if status.corrected => "corrected",
        Some(_) if status.confirmed => "confirmed",
        Some(_) => "reported",
    }
}

/// Brings a precinct there.
type Way = fn(&mut Centre);

const STATES: [(&str, Way); 10] = [
    ("awaiting", |_| {}),
    ("reported", |centre| {
        centre.take(&Centre::chair(here()), reported(here(), &right(here(), 0)));
    }),
    ("differing", |centre| {
        centre.take(&Centre::chair(here()), reported(here(), &right(here(), 0)));
        centre.take(&Person::Olga.key(), entered(here(), &right(here(), 1)));
    }),
    ("confirmed", |centre| {
        centre.take(&Centre::chair(here()), reported(here(), &right(here(), 0)));
        centre.take(&Person::Olga.key(), entered(here(), &right(here(), 0)));
    }),
    ("in doubt", |centre| {
        let sheet = wrong(here(), Wrong::Threshold);
        centre.take(&Centre::chair(here()), reported(here(), &sheet));
    }),
    ("on hold", |centre| {
        centre.take(&Centre::chair(here()), reported(here(), &right(here(), 0)));
        centre.take(&Person::Vera.key(), held(here()));
    }),
    ("redo owed", |centre| {
        let first = centre.take(&Centre::chair(here()), reported(here(), &right(here(), 0)));
        let second = centre.take(&Person::Olga.key(), entered(here(), &right(here(), 1)));
        let again = resolved(here(), first, second, ResolutionOutcome::RedoSecond);
        centre.take(&Person::Vera.key(), again);
    }),
    ("set aside", |centre| {
        let first = centre.take(&Centre::chair(here()), reported(here(), &right(here(), 0)));
        let second = centre.take(&Person::Olga.key(), entered(here(), &right(here(), 1)));
        let discarded = resolved(here(), first, second, ResolutionOutcome::DiscardBoth);
        centre.take(&Person::Vera.key(), discarded);
    }),
    ("released", |centre| {
        let record = centre.take(&Centre::chair(here()), reported(here(), &right(here(), 0)));
        centre.take(&Person::Vera.key(), released("First", &[record]));
    }),
    ("corrected", |centre| {
        let record = centre.take(&Centre::chair(here()), reported(here(), &right(here(), 0)));
        corrects(centre, record, changed(record, here(), &right(here(), 1)));
    }),
];

/// A proposal of Cleo's that Carl approves.
fn corrects(centre: &mut Centre, _: EntryIndex, outcome: tallylog_event::CaseOutcome) {
    let case = centre.take(&Person::Cleo.key(), opened(case(here())));
    let proposal = centre.take(&Person::Cleo.key(), proposed(case, outcome.clone()));
    centre.take(&Person::Carl.key(), approved(proposal, outcome));
}

/// What somebody does there, with the page's name for it.
type Deed = fn(&mut Centre) -> (SigningKey, Event);

fn record(centre: &Centre) -> EntryIndex {
    centre.record(here()).unwrap_or(EntryIndex(1))
}

/// The record's figures, or right ones where there is none.
fn alike(centre: &Centre) -> Sheet {
    let counted = centre.state().counted(here(), Basis::Recorded);
    counted.map_or_else(|| right(here(), 0), |version| version.filing().report().sheet.clone())
}

fn otherwise(centre: &Centre) -> Sheet {
    unlike(here(), &alike(centre))
}

/// The last two versions, whether they stand or not.
fn pair(centre: &Centre) -> (EntryIndex, EntryIndex) {
    match centre.state().versions(here()) {
        [.., first, second] => (first.entry, second.entry),
        [] | [_] => (EntryIndex(1), EntryIndex(2)),
    }
}

fn resolves(centre: &Centre, outcome: ResolutionOutcome) -> (SigningKey, Event) {
    let (first, second) = pair(centre);
    (Person::Vera.key(), resolved(here(), first, second, outcome))
}

/// Decides about whatever holds the record; where nothing does, about an empty report.
fn decides(centre: &Centre, verdict: Verdict) -> (SigningKey, Event) {
    let review = centre.review();
    let mut found = review.of_precinct(here());
    let doubt = found.find(|found| found.life == Life::Open && found.severity >= Severity::Hold);
    let code = doubt.map_or(Code::V17, |doubt| doubt.code);
    (
        Person::Vera.key(),
        decided(Subject::Entry(record(centre)), code, verdict),
    )
}

/// Opens a case for Cleo, who proposes; somebody else is to approve.
fn proposal(centre: &mut Centre, by: Person) -> (SigningKey, Event) {
    let record = record(centre);
    let outcome = changed(record, here(), &otherwise(centre));
    let case = centre.take(&Person::Cleo.key(), opened(case(here())));
    let event = match centre.offer(&Person::Cleo.key(), proposed(case, outcome.clone())) {
        Ok(proposal) => approved(proposal, outcome),
        Err(_) => proposed(case, outcome),
    };
    (by.key(), event)
}

const DEEDS: [(&str, Deed); 21] = [
    ("chair reports, alike", |centre| {
        (Centre::chair(here()), reported(here(), &alike(centre)))
    }),
    ("chair reports, otherwise", |centre| {
        (Centre::chair(here()), reported(here(), &otherwise(centre)))
    }),
    ("chair amends", |centre| {
        let Event::Corrected(mut correction) = amended(record(centre), here(), &otherwise(centre)) else {
            unreachable!()
        };
        correction.evidence.push(document());
        (Centre::chair(here()), Event::Corrected(correction))
    }),
    ("operator enters, alike", |centre| {
        (Person::Omar.key(), entered(here(), &alike(centre)))
    }),
    ("operator enters, otherwise", |centre| {
        (Person::Omar.key(), entered(here(), &otherwise(centre)))
    }),
    ("same operator enters", |centre| {
        (Person::Olga.key(), entered(here(), &alike(centre)))
    }),
    ("operator enters what the same operator began", |centre| {
        (Person::Omar.key(), entered_by(here(), &alike(centre), &["Olga"]))
    }),
    ("reviewer keeps first", |centre| {
        resolves(centre, ResolutionOutcome::KeepFirst)
    }),
    ("reviewer keeps second", |centre| {
        resolves(centre, ResolutionOutcome::KeepSecond)
    }),
    ("reviewer asks for first again", |centre| {
        resolves(centre, ResolutionOutcome::RedoFirst)
    }),
    ("reviewer asks for second again", |centre| {
        resolves(centre, ResolutionOutcome::RedoSecond)
    }),
    ("reviewer discards both", |centre| {
        resolves(centre, ResolutionOutcome::DiscardBoth)
    }),
    ("reviewer accepts", |centre| decides(centre, Verdict::Accepted)),
    ("reviewer rules", |centre| decides(centre, ruling())),
    ("reviewer holds", |_| (Person::Vera.key(), held(here()))),
    ("reviewer lifts", |centre| {
        let holds = centre.state().desks().review.holds(here());
        let hold = holds.last().map_or(EntryIndex(1), |hold| hold.hold.entry);
        (Person::Vera.key(), lifted(hold))
    }),
    ("reviewer releases", |centre| {
        (Person::Vera.key(), released("Next", &[record(centre)]))
    }),
    ("reviewer releases an own entry", |centre| {
        let vera = centre.enrol("Vera", tallylog_event::Role::Chair(vec![here()]));
        let own = centre.take(&vera, reported(here(), &alike(centre)));
        (Person::Vera.key(), released("Next", &[own]))
    }),
    ("second officer approves", |centre| proposal(centre, Person::Carl)),
    ("same officer approves", |centre| proposal(centre, Person::Cleo)),
    ("second officer finds it right", |centre| {
        let record = record(centre);
        let case = centre.take(&Person::Cleo.key(), opened(case(here())));
        let outcome = unchanged(record, here());
        let event = match centre.offer(&Person::Cleo.key(), proposed(case, outcome.clone())) {
            Ok(proposal) => approved(proposal, outcome),
            Err(_) => proposed(case, outcome),
        };
        (Person::Carl.key(), event)
    }),
];

/// From where, by what, to where; and by what which refusals come.
type Found = (BTreeSet<[String; 3]>, BTreeMap<String, BTreeSet<String>>);

fn tried() -> Found {
    let (mut steps, mut refusals) = (BTreeSet::new(), BTreeMap::<String, BTreeSet<String>>::new());
    for (from, way) in STATES {
        let mut start = Centre::with(|contest| contest.fold = FOLD_VERSION);
        way(&mut start);
        assert_eq!(standing(&start), from);
        for (what, deed) in DEEDS {
            let mut centre = start.clone();
            let (key, event) = deed(&mut centre);
            match centre.offer(&key, event) {
                Ok(_) if standing(&centre) == from => {}
                Ok(_) => {
                    steps.insert([from, what, standing(&centre)].map(str::to_owned));
                }
                Err(refusal) => {
                    let codes = refusals.entry(what.to_owned()).or_default();
                    codes.insert(refusal.code().to_owned());
                }
            }
        }
    }
    (steps, refusals)
}

fn rows(heading: &str) -> Vec<Vec<String>> {
    rows_of("DESKS.md", heading, "")
}

/// The cells of the table under a heading of a page, of that with this header where there are several.
fn rows_of(page: &str, heading: &str, header: &str) -> Vec<Vec<String>> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(page);
    let page = fs::read_to_string(path).unwrap();
    let section = page.split(heading).nth(1).unwrap().split("\n## ").next().unwrap();
    let rows = section.lines().skip_while(|line| !line.starts_with(header));
    let rows = rows.skip_while(|line| !line.starts_with("| "));
    rows.take_while(|line| line.starts_with("| "))
        .skip(1)
        .filter(|line| !line.starts_with("| ---"))
        .map(|line| {
            line.trim_matches('|')
                .split('|')
                .map(|cell| cell.trim().to_owned())
                .collect()
        })
        .collect()
}

fn named(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn every_step_of_a_precinct_is_on_the_page_and_every_step_of_the_page_is_taken() {
    let (steps, refusals) = tried();
    let mut listed = BTreeSet::new();
    for row in rows("## Steps of a precinct\n") {
        for from in named(&row[1]) {
            let step = [from, row[0].clone(), named(&row[2])[0].clone()];
            assert!(listed.insert(step), "{row:?} stands twice");
        }
    }
    assert_eq!(listed, steps, "the page first, then the code");
    let listed: BTreeMap<_, BTreeSet<_>> = rows("## What is refused\n")
        .into_iter()
        .map(|row| (row[0].clone(), named(&row[1]).into_iter().collect()))
        .collect();
    assert_eq!(listed, refusals, "the page first, then the code");
}

/// Which flag a word is for, by the page, and whether it must be set; none where the word is for all others.
type Words = Vec<(String, Option<(String, bool)>)>;

fn words() -> Words {
    let rows = rows_of("ARCHITECTURE.md", "## The flags of a precinct\n", "| word |");
    rows.into_iter()
        .map(|row| {
            let flag = named(&row[1]).pop();
            let flag = flag.map(|flag| (flag, !row[1].ends_with(" is not set")));
            (named(&row[0]).remove(0), flag)
        })
        .collect()
}

/// The word for a precinct: of the first line that applies.
fn word<'a>(words: &'a Words, centre: &Centre) -> &'a str {
    let status = centre.status(here());
    let is_set = |flag: &str| match flag {
        "record" => status.record.is_some(),
        "held" => status.held,
        "on_hold" => status.on_hold,
        "confirmed" => status.confirmed,
        "released" => status.released,
        "current" => status.current,
        "corrected" => status.corrected,
        other => unreachable!("no flag {other}"),
    };
    let applies = |flag: &Option<(String, bool)>| flag.as_ref().is_none_or(|(flag, set)| is_set(flag) == *set);
    &words.iter().find(|(_, flag)| applies(flag)).unwrap().0
}

/// What word follows which, and which words a state of the desks has, in two steps from anywhere.
#[derive(Default)]
struct Seen {
    turns: BTreeMap<String, BTreeSet<String>>,
    states: BTreeMap<String, BTreeSet<String>>,
}

impl Seen {
    fn walk(&mut self, words: &Words, start: &Centre, steps: u32) {
        let at = word(words, start);
        let states = self.states.entry(standing(start).to_owned()).or_default();
        states.insert(at.to_owned());
        if steps == 0 {
            return;
        }
        for (_, deed) in DEEDS {
            let mut centre = start.clone();
            let (key, event) = deed(&mut centre);
            let before = word(words, &centre);
            if centre.offer(&key, event).is_err() {
                continue;
            }
            let after = word(words, &centre);
            if before != after {
                let turns = self.turns.entry(before.to_owned()).or_default();
                turns.insert(after.to_owned());
            }
            self.walk(words, &centre, steps - 1);
        }
    }
}

/// Both ways: what the page says that a word may become, and how the page of the desks says that a state is shown.
#[test]
fn every_change_of_the_word_for_a_precinct_is_on_the_page_and_every_one_of_the_page_is_made() {
    let words = words();
    let mut seen = Seen::default();
    for (_, way) in STATES {
        let mut start = Centre::with(|contest| contest.fold = FOLD_VERSION);
        start.watched = false;
        way(&mut start);
        seen.walk(&words, &start, 2);
    }
    let listed = |rows: Vec<Vec<String>>, name: fn(&str) -> String, cell: usize| -> BTreeMap<_, BTreeSet<_>> {
        let cells = rows.into_iter().map(|row| (name(&row[0]), named(&row[cell])));
        cells.map(|(of, all)| (of, all.into_iter().collect())).collect()
    };
    let turns = rows_of("ARCHITECTURE.md", "## The flags of a precinct\n", "| word |");
    assert_eq!(
        listed(turns, |cell| named(cell).remove(0), 2),
        seen.turns,
        "the page first, then the code"
    );
    let states = rows("## Where a precinct stands\n");
    let names: BTreeSet<_> = states.iter().map(|row| row[0].clone()).collect();
    assert_eq!(names, BTreeSet::from(STATES.map(|(name, _)| name.to_owned())));
    assert_eq!(
        listed(states, str::to_owned, 2),
        seen.states,
        "the page first, then the code"
    );
}
