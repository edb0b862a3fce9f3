//! What is verified, and by what.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{ArgGroup, ArgMatches, Args as Group, Command, Error, FromArgMatches, Id};
use tallylog_tlog::LogKey;

use super::Format;
use crate::verify::VerifyFault;

/// What can be verified, by the names of its flags.
const SUBJECTS: [&str; 4] = ["file", "server", "receipt", "proof"];

/// What is verified, against what.
#[derive(Debug, Group)]
#[command(group = ArgGroup::new("subject").required(true).multiple(true).args(["file", "server", "receipt", "proof"]))]
pub(crate) struct VerifyArgs {
    // The first, since each of the others takes what it reads out of what was found.
    #[command(flatten)]
    pub(crate) typed: Typed,
    /// A bundle.
    pub(crate) file: Option<PathBuf>,
    /// A running server, or any host of its files: everything is fetched, and nothing of it believed.
    #[arg(long, env = "TALLYLOG_SERVER", value_name = "URL")]
    pub(crate) server: Option<String>,
    /// Asks the server in the name of this device's person, for what is not for everybody yet.
    #[arg(long, env = "TALLYLOG_DEVICE", value_name = "DIR")]
    pub(crate) device: Option<PathBuf>,
    /// A file with the passphrase of the device's key [default: asked for on the terminal].
    #[arg(long, env = "TALLYLOG_PASSPHRASE_FILE", value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// A receipt (.tlog-proof): that the log has one event.
    #[arg(long, env = "TALLYLOG_RECEIPT", value_name = "FILE")]
    pub(crate) receipt: Option<PathBuf>,
    /// A proof of a precinct's figures.
    #[arg(long, env = "TALLYLOG_PROOF", value_name = "FILE")]
    pub(crate) proof: Option<PathBuf>,
    /// The log's verifier key: the log that is meant. It must be known for a receipt or a proof.
    #[arg(long, env = "TALLYLOG_LOG_KEY", value_name = "VKEY")]
    pub(crate) log_key: Option<LogKey>,
    /// The key for the log's own events, in hexadecimal: of entry 0 for a night, the one that committed for a proof.
    #[arg(long, env = "TALLYLOG_SERVICE_KEY", value_name = "HEX")]
    pub(crate) service_key: Option<String>,
    /// Remembers the last checkpoint of a server here, and wants it continued.
    #[arg(long, env = "TALLYLOG_STATE", value_name = "FILE")]
    pub(crate) state: Option<PathBuf>,
    /// Which witnesses are enough, by you (C2SP tlog-policy) [default: the contest's own policy].
    #[arg(long, env = "TALLYLOG_POLICY", value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// Show the figures of this release, computed from its entries.
    #[arg(long, env = "TALLYLOG_RELEASE", value_name = "NAME")]
    pub(crate) release: Option<String>,
    /// The contest that is meant: the SHA-256 leaf hash of entry 0, in hexadecimal.
    #[arg(long, env = "TALLYLOG_CONTEST", value_name = "HASH")]
    pub(crate) contest: Option<String>,
    /// The roster that is meant: a folder with counties.csv and precincts.csv.
    #[arg(long, env = "TALLYLOG_ROSTER", value_name = "DIR")]
    pub(crate) roster: Option<PathBuf>,
    /// The ruleset that is meant, such as iowa-2020.
    #[arg(long, env = "TALLYLOG_RULESET", value_name = "NAME")]
    pub(crate) ruleset: Option<String>,
    /// How long ago enough witnesses may have cosigned the last checkpoint, in seconds.
    #[arg(long, env = "TALLYLOG_MAX_AGE", value_name = "SECONDS")]
    pub(crate) max_age: Option<u64>,
    /// How far the log's clock and a witness's may differ, in seconds [default: 300].
    #[arg(long, env = "TALLYLOG_SKEW", value_name = "SECONDS")]
    pub(crate) skew: Option<u64>,
    /// Where evidence that the log showed two histories is written [default: FILE.evidence beside the bundle, or
    /// tallylog.evidence for a server].
    #[arg(long, env = "TALLYLOG_EVIDENCE", value_name = "FILE")]
    pub(crate) evidence: Option<PathBuf>,
    /// How to write the answer.
    #[arg(long, env = "TALLYLOG_FORMAT", default_value = "table")]
    pub(crate) format: Format,
}

/// The flags that were typed: the others are from the environment, or nobody's.
#[derive(Debug)]
pub(crate) struct Typed {
    flags: BTreeSet<String>,
}

impl Typed {
    fn has(&self, flag: &str) -> bool {
        self.flags.contains(flag)
    }
}

impl FromArgMatches for Typed {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let ids = matches.ids().map(Id::as_str);
        let typed = ids.filter(|id| matches.value_source(id) == Some(ValueSource::CommandLine));
        Ok(Self {
            flags: typed.map(str::to_owned).collect(),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// It only looks on.
impl Group for Typed {
    fn augment_args(command: Command) -> Command {
        command
    }

    fn augment_args_for_update(command: Command) -> Command {
        command
    }
}

impl VerifyArgs {
    /// What was typed comes before what stands in the environment, where variables are exported once for a whole night: one
    /// that says nothing about what is verified is passed over. A flag that was typed never is.
    pub(crate) fn settle(&mut self) -> Result<(), VerifyFault> {
        self.settle_subject()?;
        let is_fetched = self.server.is_some();
        for (flag, place) in [
            ("device", &mut self.device),
            ("passphrase_file", &mut self.passphrase_file),
            ("state", &mut self.state),
        ] {
            if is_fetched {
                continue;
            }
            if self.typed.has(flag) {
                return Err(VerifyFault::NoServer(flag.replace('_', "-")));
            }
            *place = None;
        }
        if self.receipt.is_some() || self.proof.is_some() {
            self.pass_over_a_nights();
        }
        match self.format {
            Format::Csv if self.typed.has("format") => Err(VerifyFault::Csv),
            Format::Csv => {
                self.format = Format::Table;
                Ok(())
            }
            Format::Table | Format::Json => Ok(()),
        }
    }

    /// Leaves one thing to verify: the one that was typed, or the only one in the environment.
    fn settle_subject(&mut self) -> Result<(), VerifyFault> {
        let typed = &self.typed;
        if SUBJECTS.into_iter().any(|subject| typed.has(subject)) {
            self.file.take_if(|_| !typed.has("file"));
            self.server.take_if(|_| !typed.has("server"));
            self.receipt.take_if(|_| !typed.has("receipt"));
            self.proof.take_if(|_| !typed.has("proof"));
        }
        let files = [&self.file, &self.receipt, &self.proof];
        let given = files.into_iter().flatten().count() + usize::from(self.server.is_some());
        if given == 1 { Ok(()) } else { Err(VerifyFault::Several) }
    }

    /// Passes over variables that speak of a night, where a receipt or a precinct's proof is verified.
    fn pass_over_a_nights(&mut self) {
        let typed = &self.typed;
        self.release.take_if(|_| !typed.has("release"));
        self.contest.take_if(|_| !typed.has("contest"));
        self.roster.take_if(|_| !typed.has("roster"));
        self.ruleset.take_if(|_| !typed.has("ruleset"));
        self.max_age.take_if(|_| !typed.has("max_age"));
        self.skew.take_if(|_| !typed.has("skew"));
        self.evidence.take_if(|_| !typed.has("evidence"));
        // A proof is checked with the key that committed.
        if self.receipt.is_some() {
            self.service_key.take_if(|_| !typed.has("service_key"));
        }
    }
}
