//! The command line.

use std::path::PathBuf;

use lexopt::prelude::*;
use tallylog_event::PublicKey;
use tallylog_tlog::{Hash, LogKey};
use tallylog_verify::SKEW_MS;

use crate::failure::Failure;

pub(crate) const HELP: &str = "\
Audits a night from a file, and trusts nobody.

    tallylog-verify FILE [options]                       a bundle: every check, by number
    tallylog-verify --receipt FILE --log-key VKEY        a receipt (.tlog-proof): that the log has one event
    tallylog-verify --proof FILE --log-key VKEY          a precinct's proof: that its figures are inside a total

    --policy FILE      which witnesses are enough, by you (C2SP tlog-policy); without it the contest's own policy
    --release NAME     also show the figures of this release, computed from its entries
    --contest HASH     the contest that is meant: the SHA-256 leaf hash of entry 0, in hexadecimal
    --roster DIR       the roster that is meant: counties.csv and precincts.csv
    --ruleset NAME     the ruleset that is meant, such as iowa-2020
    --max-age SECONDS  how long ago enough witnesses may have cosigned the last checkpoint
    --skew SECONDS     how far the log's clock and a witness's may differ; 300
    --format FORMAT    table or json
    --evidence FILE    where to write evidence that the log showed two histories; FILE.evidence beside the bundle
    --log-key VKEY     the log's verifier key, name+id+base64
    --service-key HEX  the key that the contest names for the log's own events, in hexadecimal: for --proof
    --help

exit code 0: verified. 1: does not verify. 2: could not check.
";

/// What is asked.
pub(crate) struct Args {
    pub(crate) of: Of,
    pub(crate) policy: Option<PathBuf>,
    pub(crate) release: Option<String>,
    pub(crate) contest: Option<Hash>,
    pub(crate) roster: Option<PathBuf>,
    pub(crate) ruleset: Option<String>,
    pub(crate) max_age_ms: Option<u64>,
    pub(crate) skew_ms: u64,
    pub(crate) format: Format,
    pub(crate) evidence: Option<PathBuf>,
    pub(crate) log_key: Option<LogKey>,
    pub(crate) service_key: Option<PublicKey>,
}

/// What is looked at.
pub(crate) enum Of {
    Bundle(PathBuf),
    Receipt(PathBuf),
    Proof(PathBuf),
}

#[derive(Clone, Copy)]
pub(crate) enum Format {
    Table,
    Json,
}

/// Reads the command line; nothing if it asks for help.
pub(crate) fn parse(mut parser: lexopt::Parser) -> Result<Option<Args>, Failure> {
    let mut of = None;
    let mut args = Args {
        of: Of::Bundle(PathBuf::new()),
        policy: None,
        release: None,
        contest: None,
        roster: None,
        ruleset: None,
        max_age_ms: None,
        skew_ms: SKEW_MS,
        format: Format::Table,
        evidence: None,
        log_key: None,
        service_key: None,
    };
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(None),
            Value(path) if of.is_none() => of = Some(Of::Bundle(path.into())),
            Long("receipt") if of.is_none() => of = Some(Of::Receipt(parser.value()?.into())),
            Long("proof") if of.is_none() => of = Some(Of::Proof(parser.value()?.into())),
            Long("policy") => args.policy = Some(parser.value()?.into()),
            Long("release") => args.release = Some(parser.value()?.string()?),
            Long("contest") => args.contest = Some(Hash(hexadecimal(&parser.value()?.string()?)?)),
            Long("roster") => args.roster = Some(parser.value()?.into()),
            Long("ruleset") => args.ruleset = Some(parser.value()?.string()?),
            Long("max-age") => args.max_age_ms = Some(seconds(&mut parser)?),
            Long("skew") => args.skew_ms = seconds(&mut parser)?,
            Long("format") => args.format = format(&parser.value()?.string()?)?,
            Long("evidence") => args.evidence = Some(parser.value()?.into()),
            Long("log-key") => args.log_key = Some(parser.value()?.string()?.parse().map_err(Failure::VerifierKey)?),
            Long("service-key") => args.service_key = Some(PublicKey(hexadecimal(&parser.value()?.string()?)?)),
            Short(_) | Long(_) | Value(_) => return Err(argument.unexpected().into()),
        }
    }
    args.of = of.ok_or(Failure::NoFile)?;
    Ok(Some(args))
}

fn seconds(parser: &mut lexopt::Parser) -> Result<u64, Failure> {
    let seconds: u64 = parser.value()?.parse()?;
    Ok(seconds.saturating_mul(1_000))
}

fn format(name: &str) -> Result<Format, Failure> {
    match name {
        "table" => Ok(Format::Table),
        "json" => Ok(Format::Json),
        other => Err(Failure::Format(other.to_owned())),
    }
}

/// 64 lower-case hexadecimal digits.
fn hexadecimal(text: &str) -> Result<[u8; 32], Failure> {
    let bad = || Failure::Hexadecimal(text.to_owned());
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
