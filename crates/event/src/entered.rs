//! What comes to the operators' desk.

use serde::{Deserialize, Serialize};

use crate::{FileRef, PrecinctId, Report, Text};

/// A report that an operator entered, by telephone, from a photo or from paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManualEntry {
    /// The report.
    pub report: Report,
    /// How the operator made sure of the caller.
    pub caller: CallerCheck,
    /// Whether the figures were read back and agreed to.
    pub read_back: bool,
    /// Other persons who had typed into this entry before it was handed over.
    pub typed_by: Vec<Text>,
}

/// How an operator made sure of a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum CallerCheck {
    /// Nobody called: the worksheet or a photo of it lay before the operator.
    NoCaller,
    /// The operator called back at the number on the roster of chairs.
    CalledBack,
    /// The caller gave the passphrase on the precinct's papers.
    Passphrase,
    /// The operator could not make sure.
    Unchecked,
}

/// Adds photos or scans to what the log has on a precinct.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilesAdded {
    /// The precinct.
    pub precinct: PrecinctId,
    /// The files.
    pub files: Vec<FileRef>,
}
