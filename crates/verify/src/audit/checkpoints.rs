//! The checkpoints: who signed them, and whether they are of one history.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::ops::Range;

use tallylog_projection::in_lanes;
use tallylog_tlog::{Hash, Policy, SignedCheckpoint, TrustedCheckpoint};

use super::skim::Skim;
use crate::{Bundle, Check, Evidence, Flaw, Keys, Report};

/// Checks every checkpoint, and gives those of this history whose signatures all hold.
pub(super) fn check(
    bundle: &Bundle<'_>,
    keys: &Keys,
    policy: &Policy,
    skim: &Skim,
    report: &mut Report,
) -> Vec<TrustedCheckpoint> {
    let mut trusted = signatures(bundle.checkpoints(), keys, report);
    // What witnesses say of another history says nothing of this one.
    let roots: BTreeMap<u64, Hash> = sizes(bundle.checkpoints()).zip(skim.roots.iter().copied()).collect();
    trusted.retain(|trusted| {
        let claim = trusted.checkpoint();
        roots.get(&claim.size.0) == Some(&claim.root)
    });
    history(bundle.checkpoints(), keys, skim, report);
    if let Some(Err(refusal)) = bundle.checkpoints().last().map(|last| policy.verify(last)) {
        report.fail(Check::Witnesses, None, Flaw::Quorum(refusal));
    }
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    report.pass(Check::Checkpoints, [(count(bundle.checkpoints().len()), "checkpoints")]);
    let cosignatures = trusted.iter().map(|trusted| trusted.cosigners().len()).sum();
    report.compared(Check::Witnesses, [(count(cosignatures), "cosignatures")]);
    trusted
}

fn sizes(checkpoints: &[SignedCheckpoint]) -> impl Iterator<Item = u64> {
    checkpoints.iter().map(|checkpoint| checkpoint.unverified().size.0)
}

/// Looks at every signature, on all cores: a night has a checkpoint a few times a second.
fn signatures(checkpoints: &[SignedCheckpoint], keys: &Keys, report: &mut Report) -> Vec<TrustedCheckpoint> {
    let mut trusted = Vec::new();
    let place = |index: u64| usize::try_from(index).unwrap_or(usize::MAX);
    let work = |range: Range<u64>| {
        let chunk = checkpoints
            .get(place(range.start)..place(range.end))
            .unwrap_or_default();
        let judged: Vec<_> = chunk.iter().map(|signed| judge(signed, keys)).collect();
        Ok::<_, Infallible>(judged)
    };
    let size = u64::try_from(checkpoints.len()).unwrap_or(u64::MAX);
    let Ok(()) = in_lanes(size, &work, |judged| {
        for outcome in judged {
            match outcome {
                Ok(checkpoint) => trusted.push(checkpoint.clone()),
                Err((check, flaw)) => report.fail(*check, None, flaw.clone()),
            }
        }
        Ok(())
    });
    trusted
}

/// The log must have signed, and everybody else who did must be known: readers of notes ignore lines of unknown keys, so
/// nothing else would notice if one were changed.
fn judge(signed: &SignedCheckpoint, keys: &Keys) -> Result<TrustedCheckpoint, (Check, Flaw)> {
    let size = signed.unverified().size.0;
    let log = std::slice::from_ref(keys.log());
    signed
        .verify(log, &[])
        .map_err(|error| (Check::Checkpoints, Flaw::Checkpoint { size, error }))?;
    signers(signed, keys).map_err(|flaw| (Check::Witnesses, flaw))?;
    signed
        .verify(log, keys.witnesses())
        .map_err(|error| (Check::Witnesses, Flaw::Cosignature { size, error }))
}

fn signers(signed: &SignedCheckpoint, keys: &Keys) -> Result<(), Flaw> {
    let size = signed.unverified().size.0;
    let lines = signed.note().signatures();
    let known = || keys.witnesses().iter().map(tallylog_tlog::WitnessKey::verifier);
    for line in lines {
        let mut known = known().chain([keys.log().verifier()]);
        let Some(key) = known.find(|key| line.claims(key)) else {
            let name = line.name().clone();
            return Err(Flaw::UnknownSigner { size, name });
        };
        if lines.iter().filter(|line| line.claims(key)).count() > 1 {
            let name = line.name().clone();
            return Err(Flaw::SignerTwice { size, name });
        }
    }
    Ok(())
}

/// Each checkpoint must be what the tree was at its size: then all are consistent with each other.
fn history(checkpoints: &[SignedCheckpoint], keys: &Keys, skim: &Skim, report: &mut Report) {
    for (one, other) in checkpoints.iter().zip(checkpoints.iter().skip(1)) {
        if let Ok(evidence) = Evidence::new(keys.log(), one, other) {
            report.fail(Check::Checkpoints, None, Flaw::TwoRoots(evidence.size()));
            report.evidence.push(evidence);
        }
    }
    // Entries that are not those of the last checkpoint say nothing of the log's history: the file is damaged.
    if checkpoints
        .last()
        .is_some_and(|last| last.unverified().root != skim.root)
    {
        return;
    }
    // The last is compared with the entries by a check of its own.
    let earlier = checkpoints.iter().zip(&skim.roots).rev().skip(1).rev();
    for (signed, found) in earlier {
        let claim = signed.unverified();
        if claim.root != *found {
            let flaw = Flaw::Inconsistent {
                size: claim.size.0,
                claimed: claim.root,
                found: *found,
            };
            report.fail(Check::Checkpoints, None, flaw);
        }
    }
}
