//! Audits a night from a file: `tallylog-verify night.tallylog`. The command line and the clock are here and nowhere else.

mod args;
mod failure;

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use tallylog_event::UnixMillis;
use tallylog_verify::audit;
use tallylog_verify::program::{Answer, Fault, read};

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
            Of::Receipt(path) => say(args.format, &args.flags.receipt(path)?),
            Of::Proof(path) => say(args.format, &args.flags.proof(path)?),
        },
    }
}

fn night(path: &Path, args: &Args) -> Result<Outcome, Failure> {
    let bytes = read(path)?;
    let report = audit(&bytes, &args.flags.options(now)?).map_err(|error| Fault::Bundle {
        path: path.to_owned(),
        error,
    })?;
    let answer = Answer {
        verified: report.verified(),
        table: report.table(),
        json: report.json().map_err(Fault::Json)?,
    };
    say(args.format, &answer)?;
    for (number, evidence) in report.evidence.iter().enumerate() {
        talk(&args.flags.write_evidence(path, number, evidence)?);
    }
    Ok(if report.verified() {
        Outcome::Verified
    } else if report.could_not_check() {
        Outcome::CouldNotCheck
    } else {
        Outcome::DoesNotVerify
    })
}

fn say(format: Format, answer: &Answer) -> Result<Outcome, Failure> {
    data(match format {
        Format::Table => &answer.table,
        Format::Json => &answer.json,
    })?;
    Ok(if answer.verified {
        Outcome::Verified
    } else {
        Outcome::DoesNotVerify
    })
}

#[expect(
    clippy::disallowed_types,
    reason = "the one place that reads the clock, for --max-age"
)]
fn now() -> Option<UnixMillis> {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .ok()?;
    u64::try_from(since.as_millis()).ok().map(UnixMillis)
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
