//! What the log committed to: the state, the results and the discrepancies, against what its entries give.

use std::collections::BTreeMap;

use tallylog_event::{Commitment, OpenCounts, ResultsRoot};
use tallylog_projection::{ResultsTree, State, audit};

use crate::{Check, Flaw, Report};

/// How many claims were compared.
#[derive(Default)]
pub(super) struct Seen {
    commitments: u64,
    audits: u64,
}

impl Seen {
    /// Compares a commitment with `state`, which holds every entry before it and no other.
    ///
    /// The tree is built anew for each, and not kept up to date as the server does: a fault in that would stay unseen.
    pub(super) fn compare(&mut self, state: &State, commitment: &Commitment) -> Vec<(Check, Flaw)> {
        self.commitments += 1;
        let mut flaws = Vec::new();
        let (claimed, found) = (commitment.root, root(state, commitment));
        if claimed != found {
            flaws.push((Check::Results, Flaw::ResultsRoot { claimed, found }));
        }
        if let Some(claim) = &commitment.audit {
            self.audits += 1;
            let ours = audit(state);
            let (claimed, found) = (claim.state, ours.state);
            if claimed != found {
                flaws.push((Check::Fold, Flaw::State { claimed, found }));
            }
            flaws.extend(of_discrepancies(&claim.discrepancies, &ours.discrepancies));
        }
        flaws
    }

    /// Says that nothing else is wrong.
    pub(super) fn conclude(&self, report: &mut Report) {
        for (check, count, of) in [
            (Check::Fold, self.audits, "state hashes"),
            (Check::Results, self.commitments, "results roots"),
            (Check::Discrepancies, self.audits, "counts of discrepancies"),
        ] {
            report.compared(check, [(count, of)]);
        }
    }
}

/// The log takes a commitment only when its contest is open; without one there would be no tree.
fn root(state: &State, commitment: &Commitment) -> ResultsRoot {
    ResultsTree::of(state, commitment.basis).map_or(ResultsRoot([0; 32]), |tree| tree.root())
}

/// Every code of which another number stands than was claimed.
fn of_discrepancies(claimed: &OpenCounts, found: &OpenCounts) -> Vec<(Check, Flaw)> {
    let counts = |counts: &OpenCounts| -> BTreeMap<u8, u32> {
        counts
            .iter()
            .map(|count| (count.code.get(), count.open.get()))
            .collect()
    };
    let (claimed, found) = (counts(claimed), counts(found));
    let of = |counts: &BTreeMap<u8, u32>, code| counts.get(&code).copied().unwrap_or(0);
    let flaws = (1..=u8::MAX).filter_map(|code| {
        let (claimed, found) = (of(&claimed, code), of(&found, code));
        let flaw = Flaw::Discrepancies { code, claimed, found };
        (claimed != found).then_some((Check::Discrepancies, flaw))
    });
    flaws.collect()
}
