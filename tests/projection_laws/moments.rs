use std::env;
use std::process::Command;

use tallylog_event::{Entry, PrecinctId, UnixMillis};
use tallylog_projection::{Basis, Counted, Filing, Review, Scope, State, Totals};
use tallylog_server::{Replay, Signatures};

use crate::log::{check, one};

/// Everything that a state can be asked for.
#[track_caller]
fn assert_same(one: &State, other: &State) {
    assert_eq!(one.hash(), other.hash());
    assert_eq!(one.size(), other.size());
    for basis in [Basis::Recorded, Basis::Released] {
        let totals = |state| Totals::of(&Counted::new(state, basis), Scope::State);
        assert_eq!(totals(one), totals(other));
    }
    let (review, others) = (Review::of(one), Review::of(other));
    assert_eq!(review.discrepancies(), others.discrepancies());
    let ids: Vec<PrecinctId> = one.roster().ids().collect();
    assert_eq!(ids, other.roster().ids().collect::<Vec<_>>());
    for (position, id) in ids.into_iter().enumerate() {
        assert_eq!(review.status(position), others.status(position));
        assert_eq!(said(one, id), said(other, id));
    }
}

fn said(state: &State, id: PrecinctId) -> Vec<Filing> {
    state
        .versions(id)
        .iter()
        .map(tallylog_projection::Version::filing)
        .collect()
}

#[test]
fn the_state_at_a_size_is_the_fold_of_that_many_entries() {
    check(|_, book| {
        let last = book.state();
        for (size, hash) in (0..).zip(&book.hashes) {
            assert_eq!(last.at(size).unwrap().hash(), *hash, "at {size}");
        }
        assert!(last.at(last.size() + 1).is_none());
        let entries = book.entries.len();
        for size in [0, 1, 5, entries / 2, entries * 3 / 4, entries - 1, entries] {
            let past = last.at(u64::try_from(size).unwrap()).unwrap();
            assert_same(&past, &book.first(size));
        }
    });
}

#[test]
fn a_past_state_has_a_past_of_its_own() {
    check(|_, book| {
        let size = book.size();
        let half = book.state().at(size / 2).unwrap();
        assert_same(
            &half.at(size / 4).unwrap(),
            &book.first(usize::try_from(size / 4).unwrap()),
        );
        assert!(half.at(size / 2 + 1).is_none());
    });
}

#[test]
fn a_replay_of_the_bytes_reaches_the_same_state() {
    check(|_, book| {
        let replayed = Replay::of_bytes(&book.entries, Signatures::Check).unwrap();
        assert_same(replayed.state(), book.state());
    });
}

const CHILD: &str = "TALLYLOG_REPLAY_CHILD";

#[test]
fn another_process_reaches_the_same_hash() {
    let hash = |seed| {
        let (_, book) = one(seed);
        hex::encode(book.state().hash())
    };
    if let Ok(seed) = env::var(CHILD) {
        println!("state {}", hash(seed.parse().unwrap()));
        return;
    }
    for seed in [1, 2] {
        let child = Command::new(env::current_exe().unwrap())
            .args([
                "--exact",
                "--nocapture",
                "moments::another_process_reaches_the_same_hash",
            ])
            .env(CHILD, seed.to_string())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&child.stdout).into_owned();
        assert!(said.contains(&format!("state {}", hash(seed))), "{said}");
    }
}

#[test]
fn the_size_at_a_time_counts_what_was_received_by_then() {
    check(|_, book| {
        let times: Vec<u64> = book
            .entries
            .iter()
            .map(|bytes| Entry::decode(bytes).unwrap().received_at.0)
            .collect();
        assert!(times.is_sorted());
        let asked = times
            .iter()
            .flat_map(|time| [time - 1, *time, time + 1])
            .chain([0, u64::MAX]);
        for time in asked {
            let expected = times.iter().filter(|received| **received <= time).count();
            let size = book.state().size_at(UnixMillis(time));
            assert_eq!(usize::try_from(size), Ok(expected), "{time}");
        }
    });
}

/// A log that differs anywhere has another hash, but for what it never covers: bytes that are no record any more.
#[test]
fn no_two_sizes_of_a_log_have_one_hash() {
    check(|_, book| {
        let distinct: std::collections::BTreeSet<_> = book.hashes.iter().collect();
        assert_eq!(distinct.len(), book.hashes.len());
    });
}
