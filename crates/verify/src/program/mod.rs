//! What `tallylog-verify` and `tallylog verify` do with their flags. It stands here once, so that a flag cannot mean one
//! thing in one program and another, or nothing, in the other.
//!
//! A flag that is given is obeyed or refused: whoever names a log's key and is told *verified* must have had it compared.

mod fault;
mod replace;
mod trust;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use tallylog_event::{PublicKey, UnixMillis};
use tallylog_rules::Ruleset;
use tallylog_tlog::{Hash, LogKey};

pub use self::fault::Fault;
use self::trust::Trust;
use crate::{Age, Evidence, Options, PrecinctProof, SKEW_MS, read_roster, verify_receipt};

/// What is verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A whole night, from a file or a server.
    Night,
    /// A receipt.
    Receipt,
    /// A precinct's proof.
    Proof,
}

/// The flags that both programs take.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    /// `--policy`
    pub policy: Option<PathBuf>,
    /// `--release`
    pub release: Option<String>,
    /// `--contest`
    pub contest: Option<Hash>,
    /// `--roster`
    pub roster: Option<PathBuf>,
    /// `--ruleset`
    pub ruleset: Option<String>,
    /// `--max-age`, in seconds
    pub max_age: Option<u64>,
    /// `--skew`, in seconds
    pub skew: Option<u64>,
    /// `--evidence`
    pub evidence: Option<PathBuf>,
    /// `--log-key`
    pub log_key: Option<LogKey>,
    /// `--service-key`
    pub service_key: Option<PublicKey>,
}

/// The verdict on a receipt or a proof.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Whether it proves what it is for.
    pub verified: bool,
    /// For people.
    pub table: String,
    /// For programs.
    pub json: String,
}

impl Flags {
    /// What a night is audited with. The time is looked at for `--max-age` alone.
    ///
    /// # Errors
    ///
    /// [`Fault`] if a file cannot be read, or the flags contradict each other.
    pub fn options(&self, now: impl FnOnce() -> Option<UnixMillis>) -> Result<Options, Fault> {
        let age = match self.max_age {
            Some(seconds) => Some(Age {
                now: now().ok_or(Fault::Clock)?,
                most_ms: seconds.saturating_mul(1_000),
            }),
            None => None,
        };
        let known = |name: &String| Ruleset::built_in(name).ok_or_else(|| Fault::NoRuleset(name.clone()));
        Ok(Options {
            // The log's key alone asks for no witnesses, and the contest asks for more: it is compared by itself.
            policy: self
                .policy
                .as_deref()
                .map(|path| trust::policy(path, self.log_key.as_ref()))
                .transpose()?,
            log_key: self.log_key.clone(),
            service_key: self.service_key,
            release: self.release.clone(),
            contest: self.contest,
            roster: self.roster.as_deref().map(roster).transpose()?,
            ruleset: self.ruleset.as_ref().map(known).transpose()?,
            skew_ms: self.skew.map_or(SKEW_MS, |seconds| seconds.saturating_mul(1_000)),
            age,
        })
    }

    /// Refuses flags that say nothing of what is verified: they would be passed over, and the verdict taken for more than
    /// it is.
    ///
    /// # Errors
    ///
    /// [`Fault::Idle`] for the first.
    pub fn refuse_idle(&self, subject: Subject) -> Result<(), Fault> {
        let of_night = [
            ("--release", self.release.is_some()),
            ("--contest", self.contest.is_some()),
            ("--roster", self.roster.is_some()),
            ("--ruleset", self.ruleset.is_some()),
            ("--max-age", self.max_age.is_some()),
            ("--skew", self.skew.is_some()),
            ("--evidence", self.evidence.is_some()),
        ];
        let (idle, what) = match subject {
            Subject::Night => return Ok(()),
            Subject::Receipt => ("--service-key", "a receipt"),
            Subject::Proof => ("", "a precinct's proof"),
        };
        let of_receipt = [(idle, subject == Subject::Receipt && self.service_key.is_some())];
        match of_night.iter().chain(&of_receipt).find(|(_, is_given)| *is_given) {
            Some((flag, _)) => Err(Fault::Idle { flag, what }),
            None => Ok(()),
        }
    }

    /// Verifies a receipt.
    ///
    /// # Errors
    ///
    /// [`Fault`] if it cannot be checked.
    pub fn receipt(&self, path: &Path) -> Result<Answer, Fault> {
        self.refuse_idle(Subject::Receipt)?;
        let bytes = read(path)?;
        let trust = Trust::new(self)?;
        match verify_receipt(&bytes, trust.policy()) {
            Ok(proven) => trust.answer(&proven.table(), &proven.json()?),
            Err(flaw) => refused(flaw.code(), &flaw.to_string()),
        }
    }

    /// Verifies a precinct's proof.
    ///
    /// # Errors
    ///
    /// [`Fault`] if it cannot be checked.
    pub fn proof(&self, path: &Path) -> Result<Answer, Fault> {
        self.refuse_idle(Subject::Proof)?;
        let bytes = read(path)?;
        let trust = Trust::new(self)?;
        let proof = PrecinctProof::parse(&bytes);
        match proof.and_then(|proof| proof.verify(trust.policy(), self.service_key.as_ref())) {
            Ok(proven) => trust.answer(&proven.table(), &proven.json()?),
            Err(flaw) => refused(flaw.code(), &flaw.to_string()),
        }
    }

    /// Where evidence is written: where it was asked for, or beside what was verified. The second piece gets a number.
    #[must_use]
    pub fn evidence_path(&self, of: &Path, number: usize) -> PathBuf {
        let beside = || {
            let mut name = OsString::from(of);
            name.push(".evidence");
            name
        };
        let mut name = self.evidence.as_ref().map_or_else(beside, OsString::from);
        if number > 0 {
            name.push(format!(".{}", number + 1));
        }
        PathBuf::from(name)
    }

    /// Writes evidence that a log showed two histories, and says where.
    ///
    /// # Errors
    ///
    /// [`Fault::File`] if it cannot be written.
    pub fn write_evidence(&self, of: &Path, number: usize, evidence: &Evidence) -> Result<String, Fault> {
        let path = self.evidence_path(of, number);
        replace::replace(&path, evidence.to_string().as_bytes()).map_err(|error| Fault::File {
            path: path.clone(),
            error,
        })?;
        Ok(format!(
            "evidence that the log showed two histories is in {}",
            path.display()
        ))
    }
}

/// The verdict on something that does not hold.
///
/// # Errors
///
/// None that could be met: the answer holds texts alone.
pub fn refused(code: &str, message: &str) -> Result<Answer, Fault> {
    let value = serde_json::json!({ "verified": false, "code": code, "message": message });
    Ok(Answer {
        verified: false,
        table: format!("does not verify: {message} [{code}]\n"),
        json: serde_json::to_string_pretty(&value)? + "\n",
    })
}

/// 64 lower-case hexadecimal digits.
///
/// # Errors
///
/// [`Fault::Hexadecimal`] if the text is not that.
pub fn hexadecimal(text: &str) -> Result<[u8; 32], Fault> {
    let bad = || Fault::Hexadecimal(text.to_owned());
    let digit = |byte: &u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = text.as_bytes().as_chunks();
    let bytes: Option<Vec<u8>> = pairs
        .iter()
        .map(|[high, low]| Some(digit(high)? << 4 | digit(low)?))
        .collect();
    let bytes = bytes.filter(|_| rest.is_empty()).ok_or_else(bad)?;
    bytes.try_into().map_err(|_| bad())
}

/// The bytes of a file.
///
/// # Errors
///
/// [`Fault::File`] if it cannot be read.
pub fn read(path: &Path) -> Result<Vec<u8>, Fault> {
    fs::read(path).map_err(|error| Fault::File {
        path: path.to_owned(),
        error,
    })
}

fn roster(folder: &Path) -> Result<Vec<tallylog_event::County>, Fault> {
    let counties = read(&folder.join("counties.csv"))?;
    let precincts = read(&folder.join("precincts.csv"))?;
    read_roster(&counties, &precincts).map_err(|error| Fault::Roster {
        path: folder.to_owned(),
        error,
    })
}
