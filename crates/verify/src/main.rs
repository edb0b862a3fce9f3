//! Audits a night from a file: `tallylog-verify night.tallylog`. Files, flags and the clock are here and nowhere else.

mod args;
mod failure;

use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use tallylog_event::UnixMillis;
use tallylog_rules::Ruleset;
use tallylog_tlog::{LogKey, Policy};
use tallylog_verify::{Age, Evidence, Options, PrecinctProof, Report, audit, read_roster, verify_receipt};

use crate::args::{Args, Format, Of};
use crate::failure::Failure;

/// How a verification ended. The number is the process's exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum Outcome {
    Verified = 0,
    DoesNotVerify = 1,
    CouldNotCheck = 2,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Verified => Self::SUCCESS,
            Outcome::DoesNotVerify => Self::from(1),
            Outcome::CouldNotCheck => Self::from(2),
        }
    }
}

fn main() -> ExitCode {
    match run() {
        Ok(outcome) => outcome.into(),
        Err(failure) => {
            talk(&format!("{failure} [{}]", failure.code()));
            Outcome::CouldNotCheck.into()
        }
    }
}

fn run() -> Result<Outcome, Failure> {
    match args::parse(lexopt::Parser::from_env())? {
        None => {
            data(args::HELP)?;
            Ok(Outcome::Verified)
        }
        Some(args) => match &args.of {
            Of::Bundle(path) => night(path, &args),
            Of::Receipt(path) => receipt(path, &args),
            Of::Proof(path) => proof(path, &args),
        },
    }
}

fn night(path: &Path, args: &Args) -> Result<Outcome, Failure> {
    let bytes = read(path)?;
    let report = audit(&bytes, &options(args)?).map_err(Failure::Bundle)?;
    say(args.format, &report)?;
    for (number, evidence) in report.evidence.iter().enumerate() {
        write_evidence(path, args.evidence.as_deref(), number, evidence)?;
    }
    Ok(if report.verified() {
        Outcome::Verified
    } else if report.could_not_check() {
        Outcome::CouldNotCheck
    } else {
        Outcome::DoesNotVerify
    })
}

fn say(format: Format, report: &Report) -> Result<(), Failure> {
    match format {
        Format::Table => data(&report.table()),
        Format::Json => data(&report.json().map_err(|error| Failure::Output(error.into()))?),
    }
}

fn options(args: &Args) -> Result<Options, Failure> {
    let age = match args.max_age_ms {
        Some(most_ms) => Some(Age { now: now()?, most_ms }),
        None => None,
    };
    let roster = match &args.roster {
        Some(folder) => {
            let counties = read(&folder.join("counties.csv"))?;
            let precincts = read(&folder.join("precincts.csv"))?;
            Some(read_roster(&counties, &precincts).map_err(Failure::Roster)?)
        }
        None => None,
    };
    let known = |name: &String| Ruleset::built_in(name).ok_or_else(|| Failure::NoRuleset(name.clone()));
    Ok(Options {
        policy: args.policy.as_deref().map(policy).transpose()?,
        release: args.release.clone(),
        contest: args.contest,
        roster,
        ruleset: args.ruleset.as_ref().map(known).transpose()?,
        skew_ms: args.skew_ms,
        age,
    })
}

fn policy(path: &Path) -> Result<Policy, Failure> {
    Policy::parse(&read(path)?).map_err(Failure::Policy)
}

fn receipt(path: &Path, args: &Args) -> Result<Outcome, Failure> {
    let bytes = read(path)?;
    let policy = trust(args.log_key.as_ref(), args.policy.as_deref())?;
    match verify_receipt(&bytes, &policy) {
        Ok(proven) => {
            data(&match args.format {
                Format::Table => proven.table(),
                Format::Json => proven.json().map_err(|error| Failure::Output(error.into()))?,
            })?;
            Ok(Outcome::Verified)
        }
        Err(flaw) => refuse(args.format, flaw.code(), &flaw.to_string()),
    }
}

fn proof(path: &Path, args: &Args) -> Result<Outcome, Failure> {
    let bytes = read(path)?;
    let policy = trust(args.log_key.as_ref(), args.policy.as_deref())?;
    let proven = PrecinctProof::parse(&bytes).and_then(|proof| proof.verify(&policy, args.service_key.as_ref()));
    match proven {
        Ok(proven) => {
            data(&match args.format {
                Format::Table => proven.table(),
                Format::Json => proven.json().map_err(|error| Failure::Output(error.into()))?,
            })?;
            Ok(Outcome::Verified)
        }
        Err(flaw) => refuse(args.format, flaw.code(), &flaw.to_string()),
    }
}

/// Whom a receipt or proof is checked against: a log's key alone, or a policy of the reader's.
fn trust(log_key: Option<&LogKey>, path: Option<&Path>) -> Result<Policy, Failure> {
    match (log_key, path) {
        (Some(key), None) => Ok(Policy::of_log(key.clone())),
        (Some(key), Some(path)) => {
            let policy = policy(path)?;
            let known = policy.logs().any(|log| log == key);
            if known {
                return Ok(policy);
            }
            policy.with_log(key.clone()).map_err(Failure::LogKey)
        }
        (None, Some(path)) => policy(path),
        (None, None) => Err(Failure::NoLogKey),
    }
}

fn refuse(format: Format, code: &'static str, message: &str) -> Result<Outcome, Failure> {
    match format {
        Format::Table => data(&format!("does not verify: {message} [{code}]\n"))?,
        Format::Json => {
            let answer = serde_json::json!({ "verified": false, "code": code, "message": message });
            data(&format!("{answer:#}\n"))?;
        }
    }
    Ok(Outcome::DoesNotVerify)
}

/// Writes evidence where it was asked for, or beside the file that it came from. What stands there is kept.
fn write_evidence(of: &Path, asked: Option<&Path>, number: usize, evidence: &Evidence) -> Result<(), Failure> {
    let mut name = asked.map_or_else(
        || {
            let mut name = OsString::from(of);
            name.push(".evidence");
            name
        },
        OsString::from,
    );
    if number > 0 {
        name.push(format!(".{}", number + 1));
    }
    let path = PathBuf::from(name);
    fs::write(&path, evidence.to_string()).map_err(|error| Failure::File {
        path: path.clone(),
        error,
    })?;
    talk(&format!(
        "evidence that the log showed two histories is in {}",
        path.display()
    ));
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| Failure::File {
        path: path.to_owned(),
        error,
    })
}

#[expect(
    clippy::disallowed_types,
    reason = "the one place that reads the clock, for --max-age"
)]
fn now() -> Result<UnixMillis, Failure> {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_err(|_| Failure::Clock)?;
    u64::try_from(since.as_millis())
        .map(UnixMillis)
        .map_err(|_| Failure::Clock)
}

/// Writes data to stdout.
fn data(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        // Whoever reads has had enough, as `head` has.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => written.map_err(Failure::Output),
    }
}

/// Writes talk to stderr. A terminal that is gone needs none.
fn talk(line: &str) {
    let _gone = writeln!(std::io::stderr().lock(), "{line}");
}
