//! The log's clock against the witnesses', and the night's age.

use tallylog_event::UnixMillis;
use tallylog_verify::{Age, Options, SKEW_MS, Verdict, audit};

use crate::forge::{Forge, Sealed, Taken, chained, failed, fails_at, report};

/// A night with two checkpoints, the first cosigned so long after its last entry.
fn sealed(forge: &Forge, taken: &Taken, size: usize, after_ms: u64) -> Vec<u8> {
    let entries = chained(taken);
    let first = Sealed {
        after_ms,
        ..Sealed::of(size)
    };
    let checkpoints = [first, Sealed::of(entries.len())].map(|sealed| forge.seal(&entries, sealed));
    forge.file(&entries, &checkpoints)
}

/// Where the night begins, days after the roster was loaded: the entry before was received long before.
fn pause(taken: &Taken) -> usize {
    let gaps = taken.windows(2).map(|pair| pair[1].0.0 - pair[0].0.0);
    let (at, _) = gaps.enumerate().max_by_key(|(_, gap)| *gap).unwrap();
    at + 1
}

#[test]
fn an_entry_that_goes_back_in_time_is_found() {
    let forge = Forge::new(1);
    let mut taken = forge.uncommitted();
    let at = taken.len() - 5;
    taken[at].0 = UnixMillis(taken[at - 1].0.0 - 1);
    fails_at(&forge.bundle(&chained(&taken)), 7, "clock-back", at);
}

#[test]
fn a_post_dated_entry_is_found_where_a_checkpoint_with_it_was_cosigned_before() {
    let forge = Forge::new(2);
    let honest = forge.uncommitted();
    let at = honest.len() - 8;
    let entries = chained(&honest);
    let cosigned_ms = honest[at].0.0 / 1_000 * 1_000;
    for (later_ms, found) in [(SKEW_MS, false), (SKEW_MS + 999, false), (SKEW_MS + 1_000, true)] {
        // From here on everything came later, says the log.
        let mut taken = honest.clone();
        for (received_at, _) in &mut taken[at..] {
            *received_at = UnixMillis((cosigned_ms + later_ms).max(received_at.0));
        }
        let changed = chained(&taken);
        let mut tree = tallylog_tlog::Tree::new();
        for entry in &changed[..=at] {
            tree.append(tallylog_tlog::Hash::leaf(entry));
        }
        let signed = forge.log.sign_checkpoint(tree.size(), tree.root());
        let first = forge.cosign(&signed, &[0, 1], cosigned_ms / 1_000);
        let bytes = forge.file(&changed, &[first, forge.seal(&changed, Sealed::of(changed.len()))]);
        if found {
            fails_at(&bytes, 7, "post-dated", at);
        } else {
            assert!(report(&bytes).verified(), "{later_ms}: {}", report(&bytes).table());
        }
    }
    assert_eq!(entries.len(), honest.len());
}

#[test]
fn a_back_dated_entry_is_found_where_a_checkpoint_without_it_was_cosigned_later() {
    let forge = Forge::new(3);
    let taken = forge.uncommitted();
    let at = pause(&taken);
    let gap = taken[at].0.0 - taken[at - 1].0.0;
    let honest = sealed(&forge, &taken, at, gap);
    assert!(report(&honest).verified(), "{}", report(&honest).table());
    // The log says that it had this long before; the checkpoint that it signed until then lacks it.
    let mut lied = taken;
    lied[at].0 = lied[at - 1].0;
    fails_at(&sealed(&forge, &lied, at, gap), 7, "back-dated", at);
}

#[test]
fn every_cosignature_time_is_judged_by_itself_whatever_a_policy_asks_for() {
    for quorum in [0, 1, 2] {
        let forge = Forge::of(&tallylog_simulate::Options::small(4, 3, 20), |contest| {
            contest.witnesses.quorum = quorum;
        });
        let entries = chained(&forge.uncommitted());
        let signed = forge.seal(&entries, Sealed::of(entries.len()).by(&[0]));
        assert!(quorum == 2 || report(&forge.file(&entries, std::slice::from_ref(&signed))).verified());
        let wrong = forge.cosign(&signed, &[1], 1_000_000);
        fails_at(&forge.file(&entries, &[wrong]), 7, "post-dated", entries.len() - 1);
    }
}

#[test]
fn each_witness_whose_time_contradicts_the_log_is_named() {
    let forge = Forge::new(4);
    let entries = chained(&forge.uncommitted());
    let signed = forge.seal(&entries, Sealed::of(entries.len()).by(&[]));
    let wrong = forge.cosign(&signed, &[0, 1], 1_000_000);
    let report = report(&forge.file(&entries, &[wrong]));
    let table = report.table();
    assert_eq!(failed(&report), (Some(7), vec!["post-dated", "post-dated"]), "{table}");
    assert!(
        table.contains("witness.example/w1") && table.contains("witness.example/w2"),
        "{table}"
    );
}

#[test]
fn a_check_that_compared_nothing_says_so_and_does_not_pass() {
    let options = tallylog_simulate::Options::small(6, 3, 20);
    let forge = Forge::of(&options, |contest| {
        contest.witnesses.quorum = 0;
        contest.witnesses.witnesses.clear();
    });
    let taken = forge.uncommitted();
    let entries = chained(&taken[..forge.night.setup.len()]);
    let sealed = forge.seal(&entries, Sealed::of(entries.len()).by(&[]));
    let report = report(&forge.file(&entries, &[sealed]));
    assert!(report.verified(), "{}", report.table());
    let nothing: Vec<u8> = report
        .checks()
        .filter(|(_, verdict)| **verdict == Verdict::NothingToCompare)
        .map(|(check, _)| check.number())
        .collect();
    assert_eq!(nothing, [5, 7, 11, 12, 13, 14, 15], "{}", report.table());
    assert!(
        report.table().contains(" 7 time          nothing to compare"),
        "{}",
        report.table()
    );
    let json: serde_json::Value = serde_json::from_str(&report.json().unwrap()).unwrap();
    assert_eq!(json["checks"][6]["verdict"], "nothing-to-compare");
}

#[test]
fn a_night_is_as_old_as_its_last_quorum() {
    let forge = Forge::new(5);
    let taken = forge.uncommitted();
    let bytes = forge.bundle(&chained(&taken));
    let cosigned_ms = (taken.last().unwrap().0.0 + 1_000) / 1_000 * 1_000;
    let of_age = |now_ms: u64| {
        let age = Age {
            now: UnixMillis(now_ms),
            most_ms: 60_000,
        };
        let options = Options {
            age: Some(age),
            ..Options::default()
        };
        failed(&audit(&bytes, &options).unwrap()).1
    };
    assert_eq!(of_age(cosigned_ms), [""; 0]);
    assert_eq!(of_age(cosigned_ms + 60_000), [""; 0]);
    assert_eq!(of_age(cosigned_ms + 60_001), ["too-old"]);
    assert_eq!(of_age(cosigned_ms - SKEW_MS), [""; 0]);
    assert_eq!(of_age(cosigned_ms - SKEW_MS - 1), ["from-the-future"]);
}

#[test]
fn without_a_quorum_nothing_says_how_old_a_night_is() {
    let options = tallylog_simulate::Options::small(6, 3, 20);
    let forge = Forge::of(&options, |contest| contest.witnesses.quorum = 0);
    let bytes = forge.bundle(&chained(&forge.uncommitted()));
    assert!(report(&bytes).verified());
    let age = Age {
        now: UnixMillis(0),
        most_ms: u64::MAX,
    };
    let options = Options {
        age: Some(age),
        ..Options::default()
    };
    let report = audit(&bytes, &options).unwrap();
    assert_eq!(failed(&report), (Some(16), vec!["age-unknown"]));
}
