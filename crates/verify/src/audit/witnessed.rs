//! What the witnesses' clocks say of the log's.

use std::collections::BTreeSet;

use tallylog_event::{EntryIndex, UnixMillis};
use tallylog_tlog::{KeyName, Policy, TrustedCheckpoint, UnixSeconds, WitnessKey};

use super::skim::Skim;
use super::{Age, Options};
use crate::{Check, Flaw, Report};

/// Compares received times with the times of cosignatures, and the last of these with the reader's clock.
///
/// An entry that a checkpoint covers was there when the checkpoint was cosigned; one that it does not cover came later.
/// Both to within the skew. Received times never decrease, so the entries at the edge of the checkpoint stand for all.
///
/// Every time is judged by itself, whatever a policy asks for: a witness that disagrees is wrong or has caught the log, and
/// either way somebody has to look. Of each witness the first contradiction is told.
pub(super) fn check(
    trusted: &[TrustedCheckpoint],
    policy: &Policy,
    skim: &Skim,
    options: &Options,
    report: &mut Report,
) {
    let (mut compared, mut told) = (0_u64, BTreeSet::new());
    for checkpoint in trusted {
        for (witness, at) in checkpoint.cosigners() {
            compared += u64::from(is_comparable(checkpoint, skim));
            if let Some((entry, flaw)) = disagreement(checkpoint, witness.name(), *at, skim, options.skew_ms)
                && told.insert(*witness.public_key())
            {
                report.fail(Check::Time, Some(entry), flaw);
            }
        }
    }
    report.compared(Check::Time, [(compared, "cosignature times")]);
    if let Some(age) = options.age {
        match freshness(trusted.last(), policy, age, options.skew_ms) {
            Some(flaw) => report.fail(Check::Freshness, None, flaw),
            None => report.pass(Check::Freshness, []),
        }
    }
}

/// Whether there is an entry at the edge of a checkpoint whose time can be read.
fn is_comparable(checkpoint: &TrustedCheckpoint, skim: &Skim) -> bool {
    let size = checkpoint.checkpoint().size.0;
    let covered = size
        .checked_sub(1)
        .is_some_and(|last| skim.received.contains_key(&last));
    covered || skim.received.contains_key(&size)
}

/// How one cosignature contradicts the log's own times.
fn disagreement(
    checkpoint: &TrustedCheckpoint,
    witness: &KeyName,
    at: UnixSeconds,
    skim: &Skim,
    skew_ms: u64,
) -> Option<(EntryIndex, Flaw)> {
    let size = checkpoint.checkpoint().size.0;
    let cosigned_at = millis(at);
    let received = |index: u64| Some((EntryIndex(index), *skim.received.get(&index)?));
    // A cosignature names the second in which it was made.
    let latest = cosigned_at.0.saturating_add(999).saturating_add(skew_ms);
    if let Some((entry, received_at)) = size.checked_sub(1).and_then(received)
        && received_at.0 > latest
    {
        let witness = witness.clone();
        let flaw = Flaw::PostDated {
            received_at,
            witness,
            cosigned_at,
        };
        return Some((entry, flaw));
    }
    if let Some((entry, received_at)) = received(size)
        && received_at.0 < cosigned_at.0.saturating_sub(skew_ms)
    {
        let witness = witness.clone();
        let flaw = Flaw::BackDated {
            received_at,
            witness,
            cosigned_at,
        };
        return Some((entry, flaw));
    }
    None
}

fn freshness(last: Option<&TrustedCheckpoint>, policy: &Policy, age: Age, skew_ms: u64) -> Option<Flaw> {
    let Some(cosigned_at) = last.and_then(|last| quorum_at(last, policy)) else {
        return Some(Flaw::NoAge);
    };
    if cosigned_at.0 > age.now.0.saturating_add(skew_ms) {
        return Some(Flaw::Future(cosigned_at));
    }
    if cosigned_at.0 < age.now.0.saturating_sub(age.most_ms) {
        return Some(Flaw::Stale(cosigned_at));
    }
    None
}

/// The latest time at or after which enough witnesses cosigned; none if nobody has to.
fn quorum_at(checkpoint: &TrustedCheckpoint, policy: &Policy) -> Option<UnixMillis> {
    let mut latest_first = checkpoint.cosigners().to_vec();
    latest_first.sort_by_key(|(_, at)| std::cmp::Reverse(*at));
    let mut enough: Vec<&WitnessKey> = Vec::new();
    if policy.is_met_by(&enough) {
        return None;
    }
    for (witness, at) in &latest_first {
        enough.push(witness);
        if policy.is_met_by(&enough) {
            return Some(millis(*at));
        }
    }
    None
}

pub(super) fn millis(at: UnixSeconds) -> UnixMillis {
    UnixMillis(at.seconds().saturating_mul(1_000))
}
