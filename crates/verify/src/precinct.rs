//! The proof of a precinct: these figures, from this entry, are inside this total, and every other precinct is
//! accounted for. One file of a few thousand bytes, checked with the log's key alone.
//!
//! ```text
//! tallylog/precinct/v1
//! results BASE64
//! commitment BASE64
//! HASH ...
//! report BASE64
//! HASH ...
//!
//! CHECKPOINT
//! ```
//!
//! The lines are: the results proof in its own encoding; the entry that commits the root of the results tree, and below
//! it, one a line, the hashes from that leaf to the root of the checkpoint, its sibling first; the entry of the figures
//! with its path, both absent where nothing is counted for the precinct; an empty line; the signed checkpoint. Base64
//! has padding and nothing else.

mod show;

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tallylog_event::{Commitment, Entry, EntryError, Event, EventBody, PublicKey, Report, VerifyError};
use tallylog_projection::{Leaf, ResultsProof, ResultsProofError, Sums, Tally};
use tallylog_rules::{ByGroup, GroupId};
use tallylog_tlog::{
    CheckpointError, Hash, Inclusion, Index, MAX_PATH, Policy, PolicyRefusal, ProofError, SignedCheckpoint,
    TrustedCheckpoint,
};
use thiserror::Error;

const FIRST_LINE: &str = "tallylog/precinct/v1";

/// An entry with its path to the root of a checkpoint, the leaf's sibling first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Included {
    /// The bytes of the entry, which say its place.
    pub entry: Vec<u8>,
    /// The hashes beside the way up.
    pub path: Vec<Hash>,
}

/// The claim that a precinct's figures are inside a total, from anywhere. It says nothing until
/// [`PrecinctProof::verify`] has looked at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrecinctProof {
    results: ResultsProof,
    commitment: Included,
    report: Option<Included>,
    checkpoint: SignedCheckpoint,
}

/// What a proof that holds proves. Only [`PrecinctProof::verify`] makes it.
#[derive(Clone, Debug)]
pub struct ProvenFigures {
    results: ResultsProof,
    totals: Sums,
    commitment: Box<Commitment>,
    report: Option<Entry>,
    checkpoint: TrustedCheckpoint,
}

/// Why a proof does not prove what it claims.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PrecinctFlaw {
    /// Not the lines of such a file in their one spelling.
    #[error("the file is not {FIRST_LINE}, results, a commitment, a report if there is one, and a checkpoint")]
    Layout,
    /// The checkpoint is none.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The checkpoint is not to be trusted.
    #[error(transparent)]
    Policy(#[from] PolicyRefusal),
    /// The results proof does not hold.
    #[error(transparent)]
    Results(#[from] ResultsProofError),
    /// The bytes are no entry.
    #[error("the {of} is no entry: {error}")]
    Entry {
        /// Commitment or report.
        of: &'static str,
        /// Why not.
        error: EntryError,
    },
    /// The log does not have the entry.
    #[error("the log does not have the {of}: {error}")]
    Absent {
        /// Commitment or report.
        of: &'static str,
        /// Why not.
        error: ProofError,
    },
    /// Its author did not sign it, or it is no event.
    #[error("the log has the {of}, and its author did not sign it so: {error}")]
    Envelope {
        /// Commitment or report.
        of: &'static str,
        /// Why not.
        error: VerifyError,
    },
    /// Another kind of event.
    #[error("what stands there as the {0} is another kind of event")]
    Kind(&'static str),
    /// Somebody else than the log committed.
    #[error("the results were committed by the key {0}, which is not the service key that was named")]
    NotTheService(PublicKey),
    /// The results are of another contest, basis or roster than the commitment.
    #[error("the results are of another contest, basis or roster than what was committed")]
    OtherResults,
    /// Figures without the entry that they are from.
    #[error("figures are counted for the precinct, and the entry that they are from is missing")]
    NoReport,
    /// An entry where nothing is counted.
    #[error("nothing is counted for the precinct, and there is an entry all the same")]
    MoreReport,
    /// Another entry than the figures are from.
    #[error("the entry is not the one that the figures are from")]
    OtherReport,
    /// Other figures than the entry's.
    #[error("the figures are not those of the entry that they are said to be from")]
    OtherFigures,
}

impl PrecinctFlaw {
    /// The code, which never changes its meaning.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Layout => "precinct-malformed",
            Self::Checkpoint(error) => error.code(),
            Self::Policy(refusal) => refusal.code(),
            Self::Results(error) => error.code(),
            Self::Entry { .. } => "malformed-entry",
            Self::Absent { error, .. } => error.code(),
            Self::Envelope { error, .. } => match error {
                VerifyError::Signature(_) => "bad-signature",
                VerifyError::Decode(_) => "malformed-event",
                VerifyError::Enrolment(_) => "bad-enrolment",
            },
            Self::Kind(_) => "precinct-other-event",
            Self::NotTheService(_) => "precinct-not-the-service",
            Self::OtherResults => "precinct-other-results",
            Self::NoReport => "precinct-no-report",
            Self::MoreReport => "precinct-more-report",
            Self::OtherReport => "precinct-other-report",
            Self::OtherFigures => "precinct-other-figures",
        }
    }
}

impl PrecinctProof {
    /// Puts a proof together. Nothing is checked.
    #[must_use]
    pub fn new(
        results: ResultsProof,
        commitment: Included,
        report: Option<Included>,
        checkpoint: SignedCheckpoint,
    ) -> Self {
        Self {
            results,
            commitment,
            report,
            checkpoint,
        }
    }

    /// Reads a proof. Nothing is checked but the spelling.
    ///
    /// # Errors
    ///
    /// [`PrecinctFlaw`] if the bytes are not the one encoding of a proof.
    pub fn parse(bytes: &[u8]) -> Result<Self, PrecinctFlaw> {
        let text = str::from_utf8(bytes).map_err(|_| PrecinctFlaw::Layout)?;
        let (head, checkpoint) = text.split_once("\n\n").ok_or(PrecinctFlaw::Layout)?;
        let mut lines = head.lines();
        if lines.next() != Some(FIRST_LINE) {
            return Err(PrecinctFlaw::Layout);
        }
        let results = base64(lines.next(), "results ")?;
        let rest: Vec<&str> = lines.collect();
        let report = rest.iter().position(|line| line.starts_with("report "));
        let (commitment, report) = rest.split_at(report.unwrap_or(rest.len()));
        let proof = Self {
            results: ResultsProof::decode(&results)?,
            commitment: Included::parse(commitment, "commitment ")?,
            report: if report.is_empty() {
                None
            } else {
                Some(Included::parse(report, "report ")?)
            },
            checkpoint: SignedCheckpoint::parse(checkpoint.as_bytes())?,
        };
        if proof.to_string() != text {
            return Err(PrecinctFlaw::Layout);
        }
        Ok(proof)
    }

    /// Checks that the figures are inside the total that the log committed to, that they are those of the entry, and
    /// that a log that `policy` trusts has both entries.
    ///
    /// `service` is the key that the contest names for the log's own events. Without it anybody's commitment counts that
    /// the log took; a full audit looks at that too. Equivalents follow from the roster, which a full audit reads: here
    /// they are the log's word.
    ///
    /// # Errors
    ///
    /// [`PrecinctFlaw`] if any of it does not hold.
    pub fn verify(&self, policy: &Policy, service: Option<&PublicKey>) -> Result<ProvenFigures, PrecinctFlaw> {
        let trusted = policy.verify(&self.checkpoint)?;
        let (entry, body) = self.commitment.verify("commitment", &trusted)?;
        let Event::ResultsCommitted(commitment) = body.event else {
            return Err(PrecinctFlaw::Kind("commitment"));
        };
        if service.is_some_and(|service| *service != entry.envelope.author) {
            return Err(PrecinctFlaw::NotTheService(entry.envelope.author));
        }
        let results = &self.results;
        if (results.contest, results.basis, results.precincts) != (body.contest, commitment.basis, commitment.precincts)
        {
            return Err(PrecinctFlaw::OtherResults);
        }
        let proven = results.verify(&commitment.root)?;
        let report = self.counted(&proven.leaf, &commitment, &trusted)?;
        Ok(ProvenFigures {
            results: results.clone(),
            totals: proven.totals,
            commitment,
            report,
            checkpoint: trusted,
        })
    }

    /// The entry of the figures, if there are any, and that the figures are its own.
    fn counted(
        &self,
        leaf: &Leaf,
        commitment: &Commitment,
        trusted: &TrustedCheckpoint,
    ) -> Result<Option<Entry>, PrecinctFlaw> {
        let (tally, report) = match (&leaf.tally, &self.report) {
            (None, None) => return Ok(None),
            (Some(_), None) => return Err(PrecinctFlaw::NoReport),
            (None, Some(_)) => return Err(PrecinctFlaw::MoreReport),
            (Some(tally), Some(report)) => (tally, report),
        };
        let (entry, body) = report.verify("report", trusted)?;
        if entry.index != tally.entry || entry.index.0 >= commitment.size || !tally.is_of(&entry.envelope) {
            return Err(PrecinctFlaw::OtherReport);
        }
        let filed = body.event.report().ok_or(PrecinctFlaw::Kind("report"))?;
        if body.contest != self.results.contest || filed.precinct != leaf.precinct {
            return Err(PrecinctFlaw::OtherReport);
        }
        if !are_figures_of(tally, filed) {
            return Err(PrecinctFlaw::OtherFigures);
        }
        Ok(Some(entry))
    }
}

impl Included {
    fn parse(lines: &[&str], name: &str) -> Result<Self, PrecinctFlaw> {
        let (entry, path) = lines.split_first().ok_or(PrecinctFlaw::Layout)?;
        if path.len() > MAX_PATH {
            return Err(PrecinctFlaw::Layout);
        }
        let path = path.iter().map(|line| line.parse().map_err(|_| PrecinctFlaw::Layout));
        Ok(Self {
            entry: base64(Some(entry), name)?,
            path: path.collect::<Result<_, _>>()?,
        })
    }

    /// That the log has the entry where it says that it stands, and that its author signed it.
    fn verify(&self, of: &'static str, trusted: &TrustedCheckpoint) -> Result<(Entry, EventBody), PrecinctFlaw> {
        let entry = Entry::decode(&self.entry).map_err(|error| PrecinctFlaw::Entry { of, error })?;
        let claim = Inclusion {
            index: Index(entry.index.0),
            leaf: Hash::leaf(&self.entry),
            size: trusted.checkpoint().size,
            root: trusted.checkpoint().root,
            path: &self.path,
        };
        claim.verify().map_err(|error| PrecinctFlaw::Absent { of, error })?;
        let verified = entry.envelope.clone().verify();
        let (_, body) = verified
            .map_err(|error| PrecinctFlaw::Envelope { of, error })?
            .into_parts();
        Ok((entry, body))
    }
}

/// Whether people and delegates are those that the report gives, and none that it does not give.
fn are_figures_of(tally: &Tally, report: &Report) -> bool {
    let sheet = &report.sheet;
    (1_u16..).zip(&tally.groups).all(|(number, line)| {
        let Ok(group) = GroupId::new(number) else {
            return false;
        };
        line.first_alignment == of(sheet.first_alignment.as_ref(), group)
            && line.final_alignment == of(sheet.final_alignment.as_ref(), group)
            && line.delegates == of(sheet.awards.as_ref(), group)
    })
}

fn of<T: Copy + Default + Into<u64>>(figures: Option<&ByGroup<T>>, group: GroupId) -> u64 {
    figures.map_or(0, |figures| figures.of(group).into())
}

/// The one encoding.
impl fmt::Display for PrecinctProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{FIRST_LINE}\nresults {}", STANDARD.encode(self.results.encode()))?;
        let commitment = ("commitment", &self.commitment);
        let report = self.report.as_ref().map(|report| ("report", report));
        for (name, included) in [commitment].into_iter().chain(report) {
            writeln!(f, "{name} {}", STANDARD.encode(&included.entry))?;
            included.path.iter().try_for_each(|hash| writeln!(f, "{hash}"))?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}

fn base64(line: Option<&str>, name: &str) -> Result<Vec<u8>, PrecinctFlaw> {
    let encoded = line
        .and_then(|line| line.strip_prefix(name))
        .ok_or(PrecinctFlaw::Layout)?;
    STANDARD.decode(encoded).map_err(|_| PrecinctFlaw::Layout)
}
