//! What the log committed to: the state, the results and the discrepancies, against what its entries give.

use std::collections::BTreeMap;

use tallylog_event::{Audit, Commitment, StateHash};
use tallylog_projection::{Life, Review, State};

use crate::{Check, Flaw, Report, Verdict};

/// How many claims were compared.
#[derive(Default)]
pub(super) struct Seen {
    commitments: u64,
    audits: u64,
}

impl Seen {
    /// Compares a commitment with `state`, which holds every entry before it and no other.
    pub(super) fn compare(&mut self, state: &State, commitment: &Commitment) -> Vec<(Check, Flaw)> {
        self.commitments += 1;
        let mut flaws = Vec::new();
        if let Some(audit) = &commitment.audit {
            self.audits += 1;
            flaws.extend(of_state(state, audit));
            flaws.extend(of_discrepancies(state, audit));
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
            if count == 0 {
                report.set_aside(check, Verdict::NotApplicable);
            } else {
                report.pass(check, [(count, of)]);
            }
        }
    }
}

fn of_state(state: &State, audit: &Audit) -> Option<(Check, Flaw)> {
    let found = StateHash(state.hash());
    let claimed = audit.state;
    (claimed != found).then_some((Check::Fold, Flaw::State { claimed, found }))
}

/// Every code of which another number stands than was claimed.
fn of_discrepancies(state: &State, audit: &Audit) -> Vec<(Check, Flaw)> {
    let mut found: BTreeMap<u8, u32> = BTreeMap::new();
    for discrepancy in Review::of(state).discrepancies() {
        if discrepancy.life == Life::Open {
            *found.entry(number(discrepancy.code)).or_default() += 1;
        }
    }
    let claims = audit.discrepancies.iter();
    let claimed: BTreeMap<u8, u32> = claims.map(|claim| (claim.code.get(), claim.open.get())).collect();
    let of = |counts: &BTreeMap<u8, u32>, code| counts.get(&code).copied().unwrap_or(0);
    let flaws = (1..=u8::MAX).filter_map(|code| {
        let (claimed, found) = (of(&claimed, code), of(&found, code));
        let flaw = Flaw::Discrepancies { code, claimed, found };
        (claimed != found).then_some((Check::Discrepancies, flaw))
    });
    flaws.collect()
}

/// The number of a code: 1 for V01.
fn number(code: tallylog_rules::Code) -> u8 {
    code.as_str().trim_start_matches('V').parse().unwrap_or(0)
}
