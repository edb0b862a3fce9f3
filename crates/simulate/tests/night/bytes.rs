use std::thread;

use tallylog_event::{EntryIndex, Envelope};
use tallylog_simulate::{Night, Options, What, night, reports};

use crate::{FLAWLESS, FULL};

/// Everything that is signed, with what is signed late signed for some entry.
fn signed(night: &Night) -> Vec<Envelope> {
    let entry = EntryIndex(3_000);
    let late = night.plan.iter().flat_map(|planned| match &planned.what {
        What::Arrival(arrival) => vec![arrival.envelope.clone()],
        What::Correction(correction) => vec![correction.sign(entry)],
        What::Case(case) => vec![
            case.open(),
            case.propose(entry, entry),
            case.approve(entry, entry),
            case.close(entry),
        ],
        What::Release(milestone) => vec![milestone.sign(vec![EntryIndex(2_500), entry]).unwrap()],
    });
    night.setup.iter().cloned().chain(late).collect()
}

fn small(seed: u64) -> Night {
    night(&Options::small(seed, 4, 60))
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let (here, there) = (signed(&small(1)), thread::spawn(|| signed(&small(1))).join().unwrap());
    assert!(here == there);
}

#[test]
fn another_seed_gives_other_bytes() {
    let (one, other) = (small(1), small(2));
    assert_ne!(one.contest.id, other.contest.id);
    assert_ne!(one.sheets, other.sheets);
    assert_ne!(one.counties, other.counties);
    let bodies = signed(&one);
    assert!(signed(&other).iter().all(|envelope| !bodies.contains(envelope)));
}

#[test]
fn every_envelope_verifies_and_belongs_to_the_contest() {
    for envelope in signed(&FULL) {
        let verified = envelope.verify().unwrap();
        assert_eq!(verified.body().contest, FULL.contest.id);
    }
}

#[test]
fn errors_leave_the_rooms_and_the_roster_as_they_are() {
    assert_eq!(FULL.sheets, FLAWLESS.sheets);
    assert_eq!(FULL.setup, FLAWLESS.setup);
    assert_eq!(FLAWLESS.injected, []);
}

#[test]
fn further_reports_are_new_submissions_by_chairs() {
    let night = small(3);
    let mut known: Vec<_> = signed(&night)
        .iter()
        .map(|envelope| envelope.decode().unwrap().submission)
        .collect();
    for envelope in reports(9, &night, 500) {
        let verified = envelope.verify().unwrap();
        let precinct = crate::report(&verified.clone().into_parts().0).precinct;
        let chair = night.keys.chair(precinct).unwrap();
        assert_eq!(verified.author(), tallylog_event::PublicKey::of(&chair.key));
        assert!(!known.contains(&verified.body().submission));
        known.push(verified.body().submission);
    }
    assert_eq!(known.len(), signed(&night).len() + 500);
}
