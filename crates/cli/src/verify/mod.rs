//! Verifies what is on disk or on a server, by the library of `tallylog-verify`.

mod doubt;

use std::path::Path;

use tallylog_event::{Embargo, PublicKey};
use tallylog_tlog::{CheckpointError, Hash, SignedCheckpoint};
use tallylog_verify::program::{Answer, Fault, Flags, hexadecimal, read, refused};
use tallylog_verify::{Bundle, Keys, Report, audit, opening};
use thiserror::Error;

use self::doubt::Doubt;
use crate::args::verify::VerifyArgs;
use crate::args::{Format, SourceArgs};
use crate::failure::{Failure, Outcome};
use crate::mirror::{self, Mirror, Reach};
use crate::show::{self, talk};

/// Why what was given to verify by cannot be used.
#[derive(Debug, Error)]
pub(crate) enum VerifyFault {
    #[error("this is no checkpoint that was remembered: {0}")]
    State(CheckpointError),
    #[error("`verify` answers as a table or as json, and not as csv; leave out --format, or give one of them")]
    Csv,
    #[error("one thing is verified at a time: a FILE, or what --server, --receipt or --proof names")]
    Several,
    #[error("--{0} says nothing where no server is asked; leave it out, or name one with --server")]
    NoServer(String),
}

impl VerifyFault {
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::State(error) => error.code(),
            Self::Csv | Self::Several => "bad-arguments",
            Self::NoServer(_) => "idle-flag",
        }
    }
}

pub(crate) fn run(mut args: VerifyArgs) -> Result<Outcome, Failure> {
    args.settle().map_err(Failure::VerifyFlags)?;
    let flags = flags(&args)?;
    match (&args.file, &args.server, &args.receipt, &args.proof) {
        (Some(path), ..) => bundle(path, &flags, args.format),
        (_, Some(url), ..) => server(url, &flags, &args),
        (_, _, Some(path), _) => say(args.format, &flags.receipt(path)?),
        (_, _, _, Some(path)) => say(args.format, &flags.proof(path)?),
        // The command line asks for one of them.
        (None, None, None, None) => Ok(Outcome::No),
    }
}

/// The flags that `tallylog-verify` takes as well.
fn flags(args: &VerifyArgs) -> Result<Flags, Failure> {
    let digits = |text: &Option<String>| text.as_deref().map(hexadecimal).transpose();
    Ok(Flags {
        policy: args.policy.clone(),
        release: args.release.clone(),
        contest: digits(&args.contest)?.map(Hash),
        roster: args.roster.clone(),
        ruleset: args.ruleset.clone(),
        max_age: args.max_age,
        skew: args.skew,
        evidence: args.evidence.clone(),
        log_key: args.log_key.clone(),
        service_key: digits(&args.service_key)?.map(PublicKey),
    })
}

fn bundle(path: &Path, flags: &Flags, format: Format) -> Result<Outcome, Failure> {
    Ok(outcome(&check(&read(path)?, path, flags, format, 0)?))
}

fn outcome(report: &Report) -> Outcome {
    if report.verified() {
        Outcome::Yes
    } else if report.could_not_check() {
        Outcome::Unknown
    } else {
        Outcome::No
    }
}

/// Makes every check, says what came of it and how many further entries nobody could check, and keeps evidence.
fn check(bytes: &[u8], path: &Path, flags: &Flags, format: Format, kept_back: u64) -> Result<Report, Failure> {
    let not_a_bundle = |error| Fault::Bundle {
        path: path.to_owned(),
        error,
    };
    let options = flags.options(|| Some(tallylog_server::now()))?;
    let report = audit(bytes, &options).map_err(not_a_bundle)?;
    let answer = Answer {
        verified: report.verified(),
        table: report.table() + &withheld(kept_back),
        json: with_kept_back(&report, kept_back).map_err(Fault::Json)?,
    };
    say(format, &answer)?;
    for (number, evidence) in report.evidence.iter().enumerate() {
        talk(&flags.write_evidence(path, number, evidence)?);
    }
    Ok(report)
}

/// Fetches everything, and remembers the last checkpoint when it verifies as the continuation of the one before.
fn server(url: &str, flags: &Flags, args: &VerifyArgs) -> Result<Outcome, Failure> {
    let remembered = args.state.as_deref().map(remembered).transpose()?.flatten();
    let mirror = Mirror::open(&SourceArgs {
        data_dir: None,
        server: Some(url.to_owned()),
        device: args.device.clone(),
        passphrase_file: args.passphrase_file.clone(),
    })?;
    let reach = mirror.reach()?;
    let now = reach.latest.unverified().size;
    if let Some(before) = remembered
        .as_ref()
        .map(|note| note.unverified().size)
        .filter(|before| *before > now)
    {
        let shrunk = Doubt::Shrunk { before, now };
        return refuse(args.format, shrunk.code(), &shrunk.to_string());
    }
    if reach.kept_back() > 0
        && let Some(shown) = mirror.shown(now)?
    {
        let (mut bytes, remembered) = (Vec::new(), remembered.as_slice());
        mirror::write_shown(&mirror, &reach.latest, &shown, remembered, &mut bytes, Path::new(url))?;
        return conclude(&bytes, url, flags, args, &reach, 0);
    }
    let shown = reach.shown.unverified().size;
    let (within, beyond): (Vec<_>, Vec<_>) = remembered.into_iter().partition(|note| note.unverified().size <= shown);
    let mut bytes = Vec::new();
    mirror::write(&mirror, &reach.shown, &within, &mut bytes, Path::new(url))?;
    if let Some(doubt) = doubts(&mirror, &reach, &bytes, &beyond)? {
        return refuse(args.format, doubt.code(), &doubt.to_string());
    }
    conclude(&bytes, url, flags, args, &reach, reach.kept_back())
}

/// Makes every check, and remembers the latest checkpoint where they hold.
fn conclude(
    bytes: &[u8],
    url: &str,
    flags: &Flags,
    args: &VerifyArgs,
    reach: &Reach,
    kept_back: u64,
) -> Result<Outcome, Failure> {
    // Beside a URL there is no place for evidence.
    let flags = Flags {
        evidence: Some(flags.evidence.clone().unwrap_or_else(|| "tallylog.evidence".into())),
        ..flags.clone()
    };
    let report = check(bytes, Path::new(url), &flags, args.format, kept_back)?;
    if report.verified()
        && let Some(path) = &args.state
    {
        tallylog_store::replace(path, reach.latest.to_string().as_bytes())?;
    }
    Ok(outcome(&report))
}

/// What there is to say against what is kept back: it may be, and the log's key has signed it as a continuation of what is
/// shown.
fn doubts(mirror: &Mirror, reach: &Reach, shown: &[u8], beyond: &[SignedCheckpoint]) -> Result<Option<Doubt>, Failure> {
    if reach.kept_back() == 0 {
        return Ok(None);
    }
    // What is no bundle, or of no contest, is for the audit to say.
    let Ok(bundle) = Bundle::parse(shown) else {
        return Ok(None);
    };
    let entries = bundle.entries();
    let Some(contest) = entries.range(0..1).next().and_then(opening) else {
        return Ok(None);
    };
    if contest.embargo == Embargo::Open {
        return Ok(Some(Doubt::KeptBack(reach.kept_back())));
    }
    let Ok(keys) = Keys::new(&contest, &[]) else {
        return Ok(None);
    };
    let signed = reach.latest.verify(std::slice::from_ref(keys.log()), &[]).is_ok();
    let continued = signed && reach.continues(mirror, entries.range(0..entries.count()), beyond)?;
    Ok((!continued).then_some(Doubt::NotContinued))
}

/// What is said of entries that were not there to be verified.
fn withheld(kept_back: u64) -> String {
    match kept_back {
        0 => String::new(),
        _ => format!(
            "withheld: {} further entries are kept back until a release; the log's key has signed their hashes as a\n\
             continuation of what was verified. Staff and campaigns verify them with --device.\n",
            show::grouped(kept_back)
        ),
    }
}

fn with_kept_back(report: &Report, kept_back: u64) -> Result<String, serde_json::Error> {
    let text = report.json()?;
    if kept_back == 0 {
        return Ok(text);
    }
    let mut value: serde_json::Value = serde_json::from_str(&text)?;
    value["withheld"] = kept_back.into();
    Ok(serde_json::to_string_pretty(&value)? + "\n")
}

fn remembered(path: &Path) -> Result<Option<SignedCheckpoint>, Failure> {
    if !path.exists() {
        return Ok(None);
    }
    let note = SignedCheckpoint::parse(&read(path)?);
    note.map(Some).map_err(|error| Failure::Verify {
        path: path.to_owned(),
        fault: VerifyFault::State(error),
    })
}

fn say(format: Format, answer: &Answer) -> Result<Outcome, Failure> {
    show::data(match format {
        Format::Json => &answer.json,
        Format::Table | Format::Csv => &answer.table,
    })?;
    Ok(if answer.verified { Outcome::Yes } else { Outcome::No })
}

fn refuse(format: Format, code: &str, message: &str) -> Result<Outcome, Failure> {
    say(format, &refused(code, message)?)
}
