//! Verifies what is on disk or on a server, by the library of `tallylog-verify`.

mod doubt;

use std::fs;
use std::path::{Path, PathBuf};

use tallylog_event::Embargo;
use tallylog_rules::Ruleset;
use tallylog_tlog::{CheckpointError, Hash, LogKey, Policy, PolicyError, PolicyFault, SignedCheckpoint};
use tallylog_verify::{
    Age, Bundle, BundleError, Evidence, Keys, Options, PrecinctProof, Report, RosterError, audit, opening, read_roster,
    verify_receipt,
};
use thiserror::Error;

use self::doubt::Doubt;
use crate::args::{Format, SourceArgs, VerifyArgs};
use crate::failure::{Failure, Outcome};
use crate::mirror::{self, Mirror, Reach};
use crate::show::{self, talk};

/// Why what was given to verify, or to verify by, cannot be used.
#[derive(Debug, Error)]
pub(crate) enum VerifyFault {
    #[error(transparent)]
    Bundle(BundleError),
    #[error(transparent)]
    Policy(PolicyError),
    #[error("the policy and --log-key contradict each other: {0}")]
    LogKey(PolicyFault),
    #[error(transparent)]
    Roster(RosterError),
    #[error("this is no checkpoint that was remembered: {0}")]
    State(CheckpointError),
}

impl VerifyFault {
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::Bundle(error) => error.code(),
            Self::Policy(error) => error.code(),
            Self::LogKey(fault) => fault.code(),
            Self::Roster(error) => error.code(),
            Self::State(error) => error.code(),
        }
    }
}

pub(crate) fn run(args: &VerifyArgs) -> Result<Outcome, Failure> {
    match (&args.file, &args.server, &args.receipt, &args.proof) {
        (Some(path), ..) => bundle(path, args),
        (_, Some(url), ..) => server(url, args),
        (_, _, Some(path), _) => receipt(path, args),
        (_, _, _, Some(path)) => proof(path, args),
        // The command line asks for one of them.
        (None, None, None, None) => Ok(Outcome::No),
    }
}

fn bundle(path: &Path, args: &VerifyArgs) -> Result<Outcome, Failure> {
    let bytes = read(path)?;
    if let Some(other) = other_log(&bytes, args) {
        return refuse(args.format, other.code(), &other.to_string());
    }
    Ok(outcome(&check(&bytes, path, args, 0)?))
}

/// What there is to say if a night is of another log than the one that was named.
///
/// Keys in the file are what the file says; the audit compares them with its first entry and with the signatures.
fn other_log(bytes: &[u8], args: &VerifyArgs) -> Option<Doubt> {
    let wanted = args.log_key.as_ref()?;
    let policy = Policy::parse(Bundle::parse(bytes).ok()?.policy().as_bytes()).ok()?;
    let named = policy.logs().next()?;
    (named != wanted).then(|| Doubt::OtherLog {
        named: Box::new(named.clone()),
        wanted: Box::new(wanted.clone()),
    })
}

fn outcome(report: &Report) -> Outcome {
    if report.verified() { Outcome::Yes } else { Outcome::No }
}

/// Makes every check, says what came of it and how many further entries nobody could check, and keeps evidence.
fn check(bytes: &[u8], path: &Path, args: &VerifyArgs, kept_back: u64) -> Result<Report, Failure> {
    let not_a_bundle = |error| fault(path, VerifyFault::Bundle(error));
    let report = audit(bytes, &options(args)?).map_err(not_a_bundle)?;
    show::data(&match args.format {
        Format::Json => with_kept_back(&report, kept_back).map_err(|error| Failure::Output(error.into()))?,
        Format::Table | Format::Csv => report.table() + &withheld(kept_back),
    })?;
    for (number, evidence) in report.evidence.iter().enumerate() {
        keep(&args.evidence, number, evidence)?;
    }
    Ok(report)
}

/// Fetches everything, and remembers the last checkpoint when it verifies as the continuation of the one before.
fn server(url: &str, args: &VerifyArgs) -> Result<Outcome, Failure> {
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
        if let Some(other) = other_log(&bytes, args) {
            return refuse(args.format, other.code(), &other.to_string());
        }
        return conclude(&bytes, url, args, &reach, 0);
    }
    let shown = reach.shown.unverified().size;
    let (within, beyond): (Vec<_>, Vec<_>) = remembered.into_iter().partition(|note| note.unverified().size <= shown);
    let mut bytes = Vec::new();
    mirror::write(&mirror, &reach.shown, &within, &mut bytes, Path::new(url))?;
    if let Some(other) = other_log(&bytes, args) {
        return refuse(args.format, other.code(), &other.to_string());
    }
    if let Some(doubt) = doubts(&mirror, &reach, &bytes, &beyond)? {
        return refuse(args.format, doubt.code(), &doubt.to_string());
    }
    conclude(&bytes, url, args, &reach, reach.kept_back())
}

/// Makes every check, and remembers the latest checkpoint where they hold.
fn conclude(bytes: &[u8], url: &str, args: &VerifyArgs, reach: &Reach, kept_back: u64) -> Result<Outcome, Failure> {
    let report = check(bytes, Path::new(url), args, kept_back)?;
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
    note.map(Some).map_err(|error| fault(path, VerifyFault::State(error)))
}

fn receipt(path: &Path, args: &VerifyArgs) -> Result<Outcome, Failure> {
    match verify_receipt(&read(path)?, &trust(args)?) {
        Ok(proven) => say(args.format, || proven.table(), proven.json()),
        Err(flaw) => refuse(args.format, flaw.code(), &flaw.to_string()),
    }
}

fn proof(path: &Path, args: &VerifyArgs) -> Result<Outcome, Failure> {
    let bytes = read(path)?;
    let policy = trust(args)?;
    match PrecinctProof::parse(&bytes).and_then(|proof| proof.verify(&policy, None)) {
        Ok(proven) => say(args.format, || proven.table(), proven.json()),
        Err(flaw) => refuse(args.format, flaw.code(), &flaw.to_string()),
    }
}

fn say(
    format: Format,
    table: impl FnOnce() -> String,
    json: Result<String, serde_json::Error>,
) -> Result<Outcome, Failure> {
    show::data(&match format {
        Format::Json => json.map_err(|error| Failure::Output(error.into()))?,
        Format::Table | Format::Csv => table(),
    })?;
    Ok(Outcome::Yes)
}

fn refuse(format: Format, code: &str, message: &str) -> Result<Outcome, Failure> {
    match format {
        Format::Json => show::json(&serde_json::json!({ "verified": false, "code": code, "message": message }))?,
        Format::Table | Format::Csv => show::data(&format!("does not verify: {message} [{code}]\n"))?,
    }
    Ok(Outcome::No)
}

fn options(args: &VerifyArgs) -> Result<Options, Failure> {
    let roster = args.roster.as_deref().map(roster).transpose()?;
    let named = |name: &String| Ruleset::built_in(name).ok_or_else(|| Failure::NoRuleset(name.clone()));
    Ok(Options {
        // The log's key alone asks for no witnesses: the contest's own policy asks for more.
        policy: args.policy.as_ref().map_or(Ok(None), |_| policy(args))?,
        release: args.release.clone(),
        contest: args.contest.as_deref().map(hash).transpose()?,
        roster,
        ruleset: args.ruleset.as_ref().map(named).transpose()?,
        skew_ms: args.skew.saturating_mul(1_000),
        age: args.max_age.map(|seconds| Age {
            now: tallylog_server::now(),
            most_ms: seconds.saturating_mul(1_000),
        }),
    })
}

fn roster(folder: &Path) -> Result<Vec<tallylog_event::County>, Failure> {
    let counties = read(&folder.join("counties.csv"))?;
    let precincts = read(&folder.join("precincts.csv"))?;
    read_roster(&counties, &precincts).map_err(|error| fault(folder, VerifyFault::Roster(error)))
}

/// Whom a receipt or a proof is checked against.
fn trust(args: &VerifyArgs) -> Result<Policy, Failure> {
    policy(args)?.ok_or(Failure::NoLogKey)
}

/// The reader's policy, and the log's key with it.
fn policy(args: &VerifyArgs) -> Result<Option<Policy>, Failure> {
    let Some(path) = &args.policy else {
        return Ok(args.log_key.clone().map(Policy::of_log));
    };
    let policy = Policy::parse(&read(path)?).map_err(|error| fault(path, VerifyFault::Policy(error)))?;
    let added = |key: &LogKey| !policy.logs().any(|log| log == key);
    match args.log_key.clone().filter(added) {
        None => Ok(Some(policy)),
        Some(key) => {
            let policy = policy
                .with_log(key)
                .map_err(|error| fault(path, VerifyFault::LogKey(error)))?;
            Ok(Some(policy))
        }
    }
}

/// 64 lower-case hexadecimal digits.
fn hash(text: &str) -> Result<Hash, Failure> {
    let mut bytes = [0; 32];
    let lower = !text.contains(|letter: char| letter.is_ascii_uppercase());
    match hex::decode_to_slice(text, &mut bytes) {
        Ok(()) if lower => Ok(Hash(bytes)),
        Ok(()) | Err(_) => Err(Failure::BadHash(text.to_owned())),
    }
}

fn keep(path: &Path, number: usize, evidence: &Evidence) -> Result<(), Failure> {
    let path = match number {
        0 => path.to_owned(),
        _ => PathBuf::from(format!("{}.{}", path.display(), number + 1)),
    };
    tallylog_store::replace(&path, evidence.to_string().as_bytes())?;
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

fn fault(path: &Path, fault: VerifyFault) -> Failure {
    Failure::Verify {
        path: path.to_owned(),
        fault,
    }
}
