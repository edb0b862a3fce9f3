//! What is looked at before a worksheet is signed.

use serde::Serialize;
use tallylog_rules::{Code, Severity, Sheet};

use super::{Caucus, wrap};

/// A discrepancy, for people and for programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Found {
    #[serde(skip)]
    pub(crate) kind: Code,
    pub(crate) code: &'static str,
    pub(crate) name: &'static str,
    pub(crate) severity: &'static str,
    /// Whether somebody must say that the worksheet says so.
    pub(crate) blocks: bool,
    pub(crate) message: String,
    /// What to check on the paper.
    pub(crate) check: &'static str,
}

/// Whether every blocking discrepancy was confirmed, and nothing else.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Confirmed {
    /// All, and no other.
    Yes,
    /// These are there, and nobody said that the worksheet says so.
    Missing(Vec<Code>),
    /// These were confirmed, and are not there: who confirmed had another worksheet before them.
    Stale(Vec<Code>),
}

/// Every discrepancy of a sheet by itself, in the order of the codes.
pub(crate) fn check(caucus: &Caucus, sheet: &Sheet) -> Vec<Found> {
    let found = caucus.findings(sheet).into_iter();
    let found = found.map(|finding| Found {
        kind: finding.code,
        code: finding.code.as_str(),
        name: finding.code.name(),
        severity: finding.severity.as_str(),
        blocks: finding.severity == Severity::Block,
        message: finding.message(&|group| caucus.group(group)),
        check: finding.code.advice_for(caucus.desk()),
    });
    found.collect()
}

/// Compares what blocks with what somebody confirmed.
pub(crate) fn confirmed(found: &[Found], confirmed: &[Code]) -> Confirmed {
    let mut blocking: Vec<Code> = found
        .iter()
        .filter(|found| found.blocks)
        .map(|found| found.kind)
        .collect();
    blocking.dedup();
    let stale: Vec<Code> = confirmed
        .iter()
        .filter(|code| !blocking.contains(code))
        .copied()
        .collect();
    if !stale.is_empty() {
        return Confirmed::Stale(stale);
    }
    blocking.retain(|code| !confirmed.contains(code));
    if blocking.is_empty() {
        Confirmed::Yes
    } else {
        Confirmed::Missing(blocking)
    }
}

/// A discrepancy as lines for a terminal.
pub(crate) fn describe(found: &Found) -> Vec<String> {
    let weight = match found.severity {
        "block" => "BLOCKS until somebody settles it",
        "hold" => "holds the precinct for review",
        "warn" => "worth a look",
        _ => "for information",
    };
    let mut lines = vec![format!("  {} {}: {weight}", found.code, found.name)];
    lines.extend(wrap(&found.message, 6));
    lines.extend(wrap(&format!("On the paper: {}", found.check), 6));
    lines
}

/// All of them, or that there are none.
pub(crate) fn describe_all(found: &[Found]) -> Vec<String> {
    if found.is_empty() {
        return vec!["  The checks found nothing.".to_owned()];
    }
    found.iter().flat_map(describe).collect()
}
