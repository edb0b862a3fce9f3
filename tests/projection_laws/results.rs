use std::collections::BTreeMap;

use tallylog_event::{Embargo, Envelope, Event, PrecinctId};
use tallylog_projection::{
    Basis, Counted, Counts, FOLD_VERSION, Leaf, Life, PrecinctStatus, ResultsTree, Review, Scope, Standing, State,
    Totals, audit,
};
use tallylog_rules::{Apportionment, Attendance, Attendees, ByGroup, Code, GroupId, Sheet, apportion};
use tallylog_simulate::{Night, Options, night};

use crate::log::{Book, check};
use crate::support::{Pen, corrected, correction, report};

const BASES: [Basis; 2] = [Basis::Recorded, Basis::Released];

fn tree(state: &State, basis: Basis) -> ResultsTree {
    ResultsTree::of(state, basis).unwrap()
}

#[track_caller]
fn assert_same(followed: &ResultsTree, state: &State) {
    let anew = tree(state, followed.basis());
    assert_eq!(followed.leaves(), anew.leaves());
    assert_eq!(followed.sums(), anew.sums());
    assert_eq!((followed.root(), followed.size()), (anew.root(), state.size()));
}

/// The last leaf of a path is a sum over half of a tree: where the sums of a node were stale, a proof would not hold.
#[track_caller]
fn assert_proves(tree: &ResultsTree) {
    let root = tree.root();
    for (position, leaf) in tree.leaves().iter().enumerate() {
        let proven = tree.prove(position).unwrap().verify(&root).unwrap();
        assert_eq!((&proven.leaf, proven.totals), (leaf, tree.sums()));
    }
}

#[test]
fn a_tree_that_follows_the_log_is_the_tree_built_anew() {
    check(|_, book| {
        let mut trees = BASES.map(|basis| tree(&book.state().at(1).unwrap(), basis));
        for size in 1..=book.size() {
            let state = book.state().at(size).unwrap();
            for tree in &mut trees {
                tree.follow(&state);
                assert_same(tree, &state);
            }
        }
        trees.iter().for_each(assert_proves);
    });
}

/// A server asks for the root now and then, and not after every entry.
#[test]
fn a_tree_that_follows_many_entries_at_once_is_the_same() {
    check(|_, book| {
        for basis in BASES {
            for step in [3, 17] {
                let mut followed = tree(&book.state().at(1).unwrap(), basis);
                for size in (1..book.size()).step_by(step) {
                    followed.follow(&book.state().at(size).unwrap());
                }
                followed.follow(book.state());
                assert_same(&followed, book.state());
            }
            let mut back = tree(book.state(), basis);
            back.follow(&book.state().at(book.size() / 2).unwrap());
            assert_same(&back, &book.state().at(book.size() / 2).unwrap());
        }
    });
}

#[test]
fn the_sums_at_the_root_are_the_totals() {
    check(|_, book| {
        for size in [book.size() / 2, book.size() * 3 / 4, book.size()] {
            let state = book.state().at(size).unwrap();
            for basis in BASES {
                let sums = tree(&state, basis).sums();
                let totals = Totals::of(&Counted::new(&state, basis), Scope::State);
                assert_eq!(sums.precincts.counted, u64::try_from(totals.counted).unwrap());
                assert_eq!(sums.groups.len(), totals.lines.len());
                for (group, line) in sums.groups.iter().zip(&totals.lines) {
                    assert_eq!(group.first_alignment, line.first_alignment);
                    assert_eq!(group.final_alignment, line.final_alignment);
                    assert_eq!(group.delegates, line.delegates);
                    assert_eq!(group.equivalents, line.equivalents);
                }
            }
        }
    });
}

fn standing(status: PrecinctStatus) -> Standing {
    Standing {
        held: status.held,
        confirmed: status.confirmed,
        released: status.released,
        current: status.current,
        corrected: status.corrected,
    }
}

fn statuses(state: &State) -> Vec<PrecinctStatus> {
    let review = Review::of(state);
    (0..state.roster().precincts())
        .map(|position| review.status(position))
        .collect()
}

fn counts(statuses: &[PrecinctStatus]) -> Counts {
    let of = |flag: fn(&PrecinctStatus) -> bool| {
        let flagged = statuses.iter().filter(|status| flag(status));
        u64::try_from(flagged.count()).unwrap()
    };
    Counts {
        counted: of(|status| status.record.is_some()),
        held: of(|status| status.held),
        confirmed: of(|status| status.confirmed),
        released: of(|status| status.released),
        current: of(|status| status.current),
        corrected: of(|status| status.corrected),
    }
}

#[test]
fn recorded_leaves_stand_where_the_review_says() {
    check(|_, book| {
        for size in [book.size() / 2, book.size() * 3 / 4, book.size()] {
            let state = book.state().at(size).unwrap();
            let (tree, statuses) = (tree(&state, Basis::Recorded), statuses(&state));
            assert_eq!(tree.sums().precincts, counts(&statuses));
            for (leaf, status) in tree.leaves().iter().zip(&statuses) {
                assert_eq!(leaf.tally.as_ref().map(|tally| tally.entry), status.record);
                let expected = status.record.map(|_| standing(*status));
                assert_eq!(leaf.tally.as_ref().map(|tally| tally.standing), expected);
            }
        }
    });
}

#[test]
fn released_leaves_change_with_a_release_only_and_say_nothing_else() {
    check(|_, book| {
        let mut before: Option<ResultsTree> = None;
        for (size, body) in (1..=book.size()).zip(&book.bodies) {
            let after = tree(&book.state().at(size).unwrap(), Basis::Released);
            let free = matches!(body.event, Event::Released(_) | Event::CountyListed(_));
            assert!(free || before.is_none_or(|before| before.root() == after.root()));
            for tally in after.leaves().iter().filter_map(|leaf| leaf.tally.as_ref()) {
                let Standing {
                    held,
                    confirmed,
                    released,
                    current,
                    corrected: _,
                } = tally.standing;
                assert_eq!((held, confirmed, released, current), (false, false, true, false));
            }
            before = Some(after);
        }
    });
}

#[test]
fn a_leaf_names_the_entry_that_it_counts() {
    check(|_, book| {
        let envelope = |leaf: &Leaf| -> Option<(Envelope, PrecinctId)> {
            let entry = leaf.tally.as_ref()?.entry;
            let bytes = &book.entries[usize::try_from(entry.0).unwrap()];
            Some((tallylog_event::Entry::decode(bytes).unwrap().envelope, leaf.precinct))
        };
        let tree = tree(book.state(), Basis::Recorded);
        for leaf in tree.leaves() {
            let Some((envelope, precinct)) = envelope(leaf) else {
                continue;
            };
            let tally = leaf.tally.as_ref().unwrap();
            assert_eq!(book.state().precinct_of(tally.entry), Some(precinct));
            assert!(tally.is_of(&envelope));
            for other in tree.leaves().iter().filter(|other| other.precinct != precinct) {
                assert!(!other.tally.as_ref().is_some_and(|tally| tally.is_of(&envelope)));
            }
        }
    });
}

#[test]
fn the_audit_counts_the_discrepancies_that_stand() {
    check(|_, book| {
        let audit = audit(book.state());
        assert_eq!(audit.state.0, book.state().hash());
        let review = Review::of(book.state());
        let mut open = BTreeMap::<&str, u32>::new();
        for found in review.discrepancies().iter().filter(|found| found.life == Life::Open) {
            *open.entry(found.code.as_str()).or_default() += 1;
        }
        let said = audit.discrepancies.iter().map(|count| {
            let code = Code::ALL[usize::from(count.code.get()) - 1];
            (code.as_str(), count.open.get())
        });
        assert_eq!(said.collect::<BTreeMap<_, _>>(), open);
    });
}

/// The log takes what its own tree gives it to commit, and the state that follows knows of it.
#[test]
fn what_a_tree_commits_is_admitted() {
    let mut night = night(&Options::small(5, 3, 12));
    for embargo in [Embargo::Open, Embargo::OnRelease] {
        night.contest.embargo = embargo;
        let pen = Pen::new(night.contest.id);
        let opened = Event::ContestOpened(Box::new(night.contest.clone()));
        let mut book = Book::new();
        let opening = pen.sign(&night.keys.registrars[0].key, opened);
        for envelope in std::iter::once(&opening).chain(&night.setup[1..]) {
            book.offer(night.plan[0].at, envelope.clone()).unwrap();
        }
        let mut committed = 0;
        for basis in BASES {
            let tree = tree(book.state(), basis);
            let Some(commitment) = tree.commitment(book.state()) else {
                assert_eq!((embargo, basis), (Embargo::OnRelease, Basis::Recorded));
                continue;
            };
            assert_eq!(commitment.audit.is_some(), embargo == Embargo::Open);
            let event = Event::ResultsCommitted(Box::new(commitment));
            book.offer(night.plan[0].at, pen.sign(&night.keys.service, event))
                .unwrap();
            assert!(tree.commitment(book.state()).is_none(), "it is of another state by now");
            committed += 1;
        }
        assert_eq!(book.state().commitments().len(), committed);
    }
}

/// A lawful sheet of `people`, of whom so many in a hundred stand in the last group, and the others in the first.
fn room(night: &Night, precinct: PrecinctId, people: u32, share: u32) -> Sheet {
    let last = people * share / 100;
    let figures = [(1, people - last), (14, last)].map(|(number, people)| (group(number), Attendees(people)));
    let stood = figures.into_iter().filter(|(_, people)| people.0 > 0).collect();
    let stood = ByGroup::new(stood).unwrap();
    let electing = night.counties[usize::from(precinct.county.0)].precincts[usize::from(precinct.number)].delegates;
    let outcome = apportion(&night.contest.ruleset, Attendees(people), electing, &stood, &[]);
    let awards = if let Apportionment::Settled(awards) = outcome {
        awards
    } else {
        ByGroup::new(vec![(group(1), electing)]).unwrap()
    };
    Sheet {
        attendance: Some(Attendance {
            people: Attendees(people),
            counted: true,
        }),
        first_alignment: Some(stood.clone()),
        final_alignment: Some(stood),
        awards: Some(awards),
        ..Sheet::default()
    }
}

fn group(number: u16) -> GroupId {
    GroupId::new(number).unwrap()
}

/// V31 compares a room with all others, so that a report of one county holds or frees precincts of another.
#[test]
fn a_room_that_comes_to_stand_out_is_held_wherever_the_others_are() {
    let night = night(&Options {
        errors: false,
        ..Options::small(3, 19, 260)
    });
    let mut book = Book::set_up(&night);
    let pen = Pen::new(night.contest.id);
    let mut followed = tree(book.state(), Basis::Recorded);
    let roster = book.state().roster();
    let in_counties = roster
        .ids()
        .enumerate()
        .filter(|(_, id)| roster.precinct(*id).unwrap().1.delegates.0 > 2);
    let precincts: Vec<(usize, PrecinctId)> = in_counties.collect();
    let watched = precincts[1].0;
    let mut held = Vec::new();
    let mut report_share = |position: usize, precinct: PrecinctId, share: u32| {
        let chair = &night.keys.chair(precinct).unwrap().key;
        // Of different sizes, or V21 would hold them.
        let people = 1_000 + u32::try_from(position).unwrap();
        let sheet = room(&night, precinct, people, share);
        let envelope = pen.sign(chair, report(precinct, &sheet));
        book.offer(night.plan[0].at, envelope).unwrap();
        followed.follow(book.state());
        let statuses = statuses(book.state());
        assert_eq!(followed.sums().precincts, counts(&statuses));
        held.push(statuses[watched].held);
    };
    // The watched room alone has the last group, until late rooms have it too; then their chairs take that back.
    for (at, (position, precinct)) in precincts.iter().take(116).enumerate() {
        let share = if *position == watched {
            20
        } else {
            u32::from(at > 103) * 30
        };
        report_share(*position, *precinct, share);
    }
    for (position, precinct) in precincts.iter().skip(104).take(12) {
        report_share(*position, *precinct, 0);
    }
    assert_same(&followed, book.state());
    held.dedup();
    assert_eq!(held, [false, true, false, true]);
}

/// V21 compares the precincts of a county, so that a report of one holds or frees another.
#[test]
fn precincts_that_come_to_have_the_same_figures_are_held_together() {
    share_figures(
        1,
        [
            (0, 500, [false, false, false]),
            (1, 500, [true, true, false]),
            (2, 500, [true, true, true]),
            (1, 501, [true, false, true]),
            (2, 502, [false, false, false]),
            (0, 501, [true, true, false]),
            (1, 500, [false, false, false]),
            (2, 500, [false, true, true]),
        ],
    );
}

/// From version 3 on, those who did not give the figures first; a version that counts no longer gave them as well.
#[test]
fn precincts_that_come_to_have_figures_of_another_are_held_alone() {
    share_figures(
        FOLD_VERSION,
        [
            (0, 500, [false, false, false]),
            (1, 500, [false, true, false]),
            (2, 500, [false, true, true]),
            (1, 501, [false, false, true]),
            (2, 502, [false, false, false]),
            (0, 501, [true, false, false]),
            (1, 500, [false, false, false]),
            (2, 500, [false, false, true]),
        ],
    );
}

/// Which of three precincts are held, each time one of them gives other figures.
#[track_caller]
fn share_figures(version: u16, expected: [(usize, u32, [bool; 3]); 8]) {
    let night = night(&Options {
        errors: false,
        version,
        ..Options::small(3, 2, 60)
    });
    let mut book = Book::set_up(&night);
    let pen = Pen::new(night.contest.id);
    let mut followed = tree(book.state(), Basis::Recorded);
    let roster = book.state().roster();
    let of_county = roster.ids().enumerate().filter(|(_, id)| {
        let (county, precinct) = roster.precinct(*id).unwrap();
        county.id.0 == 0 && precinct.delegates.0 > 2
    });
    let three: Vec<(usize, PrecinctId)> = of_county.take(3).collect();
    for (which, people, held) in expected {
        let precinct = three[which].1;
        let sheet = room(&night, precinct, people, 0);
        let envelope = match book.state().versions(precinct).last() {
            None => pen.sign(&night.keys.chair(precinct).unwrap().key, report(precinct, &sheet)),
            Some(record) => {
                let correction = correction(record.entry.0, precinct, &sheet);
                pen.sign(&night.keys.chair(precinct).unwrap().key, corrected(correction))
            }
        };
        book.offer(night.plan[0].at, envelope).unwrap();
        followed.follow(book.state());
        let standing = |(position, _): &(usize, PrecinctId)| {
            let tally = followed.leaves()[*position].tally.as_ref();
            tally.is_some_and(|tally| tally.standing.held)
        };
        assert_eq!(three.iter().map(standing).collect::<Vec<_>>(), held, "{which} {people}");
        assert_same(&followed, book.state());
    }
}
