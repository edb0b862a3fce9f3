//! The command line.

use std::path::PathBuf;

use lexopt::prelude::*;
use tallylog_event::PublicKey;
use tallylog_tlog::Hash;
use tallylog_verify::program::{Flags, hexadecimal};

use crate::failure::Failure;

pub(crate) const HELP: &str = "\
Audits a night from a file, and trusts nobody.

    tallylog-verify FILE [options]
                       a bundle: every check, by number
    tallylog-verify --receipt FILE --log-key VKEY
                       a receipt (.tlog-proof): that the log has one event
    tallylog-verify --proof FILE --log-key VKEY
                       a precinct's proof: that its figures are inside a total

    --policy FILE      which witnesses are enough, by you (C2SP tlog-policy);
                       without it the contest's own policy
    --release NAME     also show the figures of this release, computed from
                       its entries
    --contest HASH     the contest that is meant: the SHA-256 leaf hash of
                       entry 0, in hexadecimal
    --roster DIR       the roster that is meant: counties.csv, precincts.csv
    --ruleset NAME     the ruleset that is meant, such as iowa-2020
    --max-age SECONDS  how long ago enough witnesses may have cosigned the
                       last checkpoint
    --skew SECONDS     how far the log's clock and a witness's may differ; 300
    --format FORMAT    table or json
    --evidence FILE    where to write evidence that the log showed two
                       histories; FILE.evidence beside the bundle
    --log-key VKEY     the log's verifier key, name+id+base64: the log that is
                       meant
    --service-key HEX  the key for the log's own events, in hexadecimal: that
                       of entry 0 for a bundle; the one that committed for a
                       proof
    --help

These need a network, and are refused here; `tallylog verify` takes them, and
every flag above with the same meaning:

    --server URL  --state FILE  --device DIR  --passphrase-file FILE

A flag that says nothing about what is verified is refused.
exit code 0: verified. 1: does not verify. 2: could not check.
";

/// What is asked.
pub(crate) struct Args {
    pub(crate) of: Of,
    pub(crate) flags: Flags,
    pub(crate) format: Format,
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
    let (mut of, mut shown, mut flags) = (None, None, Flags::default());
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(None),
            Value(path) if of.is_none() => of = Some(Of::Bundle(path.into())),
            Long("receipt") if of.is_none() => of = Some(Of::Receipt(parser.value()?.into())),
            Long("proof") if of.is_none() => of = Some(Of::Proof(parser.value()?.into())),
            Long("policy") => once("--policy", &mut flags.policy, parser.value()?.into())?,
            Long("release") => once("--release", &mut flags.release, parser.value()?.string()?)?,
            Long("contest") => once("--contest", &mut flags.contest, Hash(digits(&mut parser)?))?,
            Long("roster") => once("--roster", &mut flags.roster, parser.value()?.into())?,
            Long("ruleset") => once("--ruleset", &mut flags.ruleset, parser.value()?.string()?)?,
            Long("max-age") => once("--max-age", &mut flags.max_age, parser.value()?.parse()?)?,
            Long("skew") => once("--skew", &mut flags.skew, parser.value()?.parse()?)?,
            Long("format") => once("--format", &mut shown, format(&parser.value()?.string()?)?)?,
            Long("evidence") => once("--evidence", &mut flags.evidence, parser.value()?.into())?,
            Long("log-key") => {
                let key = parser.value()?.string()?.parse().map_err(Failure::VerifierKey)?;
                once("--log-key", &mut flags.log_key, key)?;
            }
            Long("service-key") => once("--service-key", &mut flags.service_key, PublicKey(digits(&mut parser)?))?,
            Long("server") => return Err(Failure::NeedsNetwork("--server")),
            Long("state") => return Err(Failure::NeedsNetwork("--state")),
            Long("device") => return Err(Failure::NeedsNetwork("--device")),
            Long("passphrase-file") => return Err(Failure::NeedsNetwork("--passphrase-file")),
            Short(_) | Long(_) | Value(_) => return Err(argument.unexpected().into()),
        }
    }
    Ok(Some(Args {
        of: of.ok_or(Failure::NoFile)?,
        flags,
        format: shown.unwrap_or(Format::Table),
    }))
}

/// Takes a flag. Of two values one would be passed over.
fn once<T>(flag: &'static str, place: &mut Option<T>, value: T) -> Result<(), Failure> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(Failure::Twice(flag)),
    }
}

fn digits(parser: &mut lexopt::Parser) -> Result<[u8; 32], Failure> {
    Ok(hexadecimal(&parser.value()?.string()?)?)
}

fn format(name: &str) -> Result<Format, Failure> {
    match name {
        "table" => Ok(Format::Table),
        "json" => Ok(Format::Json),
        other => Err(Failure::Format(other.to_owned())),
    }
}
