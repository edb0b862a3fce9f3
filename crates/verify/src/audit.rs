//! Every check of a bundle, the cheap ones first.

mod checkpoints;
mod commitments;
mod fold;
mod people;
mod samples;
mod skim;
mod witnessed;

use std::collections::BTreeSet;

use tallylog_event::{Contest, ContestKind, County, Embargo, EntryIndex, PublicKey, ReleasePolicy, Text, UnixMillis};
use tallylog_rules::Ruleset;
use tallylog_tlog::{Hash, LogKey, Policy, TrustedCheckpoint};

use crate::flaw::check_of;
use crate::{
    Bundle, BundleError, Check, Flaw, Keys, Night, Quorum, Report, Verdict, Vouched, independent, opening, ruleset,
};

/// How far the log's clock and a witness's may differ unless somebody says otherwise: five minutes.
pub const SKEW_MS: u64 = 5 * 60 * 1_000;

/// What an audit is asked beside what it always looks at.
#[derive(Clone, Debug)]
pub struct Options {
    /// Which witnesses are enough, by the reader. Without it the bundle's own policy counts, which is that of entry 0.
    pub policy: Option<Policy>,
    /// The log that is meant, by its key.
    pub log_key: Option<LogKey>,
    /// The key that is meant for the log's own events, as entry 0 names it.
    pub service_key: Option<PublicKey>,
    /// The release whose figures are wanted.
    pub release: Option<String>,
    /// The SHA-256 leaf hash of entry 0 of the contest that is meant.
    pub contest: Option<Hash>,
    /// The roster that is meant.
    pub roster: Option<Vec<County>>,
    /// The ruleset that is meant.
    pub ruleset: Option<Ruleset>,
    /// How far the log's clock and a witness's may differ, in milliseconds.
    pub skew_ms: u64,
    /// How old the last checkpoint may be.
    pub age: Option<Age>,
}

/// How old the last checkpoint may be, and what the time is: no clock is read here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Age {
    /// The time.
    pub now: UnixMillis,
    /// The most, in milliseconds.
    pub most_ms: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            policy: None,
            log_key: None,
            service_key: None,
            release: None,
            contest: None,
            roster: None,
            ruleset: None,
            skew_ms: SKEW_MS,
            age: None,
        }
    }
}

/// Makes every check of a bundle.
///
/// Where a cheap check fails the dear ones are not run: a bit that changed is found without a single signature of an
/// event. The report says of each check what became of it.
///
/// # Errors
///
/// [`BundleError`] if the bytes are no bundle, or one of another version: about those nothing can be said.
pub fn audit(bytes: &[u8], options: &Options) -> Result<Report, BundleError> {
    let mut report = Report::default();
    set_aside(&mut report, options);
    match Bundle::parse(bytes) {
        Ok(bundle) => {
            let bytes = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            report.pass(Check::Format, [(bytes, "bytes")]);
            look_at(&bundle, options, &mut report);
        }
        Err(error) if error.is_foreign() => return Err(error),
        Err(error) => report.fail(Check::Format, None, error),
    }
    Ok(report)
}

/// What nobody asked for.
fn set_aside(report: &mut Report, options: &Options) {
    for (check, asked) in [
        (Check::Freshness, options.age.is_some()),
        (Check::Contest, options.contest.is_some()),
        (Check::Roster, options.roster.is_some()),
        (Check::Ruleset, options.ruleset.is_some()),
    ] {
        if !asked {
            report.set_aside(check, Verdict::NotAsked);
        }
    }
}

fn look_at(bundle: &Bundle<'_>, options: &Options, report: &mut Report) {
    let opening = bundle.entries().entry(0).and_then(opening);
    let keys = keys(bundle, opening.as_ref(), options, report);
    let skim = skim::of(bundle);
    of_entries(bundle, &skim, report);
    if let (Some(keys), Some(contest)) = (&keys, &opening) {
        let policy = options.policy.as_ref().unwrap_or(keys.policy());
        let trusted = checkpoints::check(bundle, keys, policy, &skim, report);
        witnessed::check(&trusted, policy, &skim, options, report);
        report.night = Some(night(bundle, contest, keys, options, &trusted));
    }
    identity(bundle, opening.as_ref(), options, report);
    let cheap = Check::ALL.into_iter().take_while(|check| *check <= Check::Time);
    let sound = cheap
        .clone()
        .all(|check| matches!(report.verdict(check), Verdict::Passed(_) | Verdict::NothingToCompare));
    if sound {
        let policies = [keys.as_ref().map(Keys::policy), options.policy.as_ref()];
        fold::check(
            bundle,
            options,
            &policies
                .map(Option::into_iter)
                .into_iter()
                .flatten()
                .collect::<Vec<_>>(),
            report,
        );
    }
}

/// The keys of entry 0, if the file's policy is exactly theirs.
///
/// Further witnesses are taken from the file: what they signed is shown, and their word does not count for the quorum.
///
/// They must be those that the reader named, and no witness, of the contest's choice or the reader's, one of them.
fn keys(bundle: &Bundle<'_>, contest: Option<&Contest>, options: &Options, report: &mut Report) -> Option<Keys> {
    let outcome = contest.ok_or(Flaw::NoContest).and_then(|contest| {
        let written = Policy::parse(bundle.policy().as_bytes()).map_err(Flaw::PolicyUnreadable)?;
        let witnesses: Vec<_> = written.witnesses().map(|(key, _)| key.clone()).collect();
        let keys = Keys::new(contest, &witnesses)?;
        if keys.text() != bundle.policy() {
            return Err(Flaw::PolicyDiffers);
        }
        as_named(&keys, contest, options)?;
        Ok(keys)
    });
    match outcome {
        Ok(keys) => {
            let witnesses = u64::try_from(keys.witnesses().len()).unwrap_or(u64::MAX);
            report.pass(Check::Policy, [(1, "log"), (witnesses, "witnesses")]);
            Some(keys)
        }
        Err(flaw) => {
            report.fail(Check::Policy, Some(EntryIndex(0)), flaw);
            None
        }
    }
}

/// Compares the keys with those that the reader named.
fn as_named(keys: &Keys, contest: &Contest, options: &Options) -> Result<(), Flaw> {
    if let Some(wanted) = options.log_key.as_ref().filter(|wanted| *wanted != keys.log()) {
        return Err(Flaw::OtherLog {
            named: Box::new(keys.log().clone()),
            wanted: Box::new(wanted.clone()),
        });
    }
    if let Some(wanted) = options.service_key.filter(|wanted| *wanted != contest.service) {
        let named = contest.service;
        return Err(Flaw::OtherService { named, wanted });
    }
    match &options.policy {
        Some(policy) => Ok(independent(contest, policy)?),
        None => Ok(()),
    }
}

/// What the entries are, one after the other, without what they say.
fn of_entries(bundle: &Bundle<'_>, skim: &skim::Skim, report: &mut Report) {
    let entries = bundle.entries().count();
    let claimed = bundle
        .checkpoints()
        .last()
        .map_or(Hash::EMPTY, |last| last.unverified().root);
    if skim.root == claimed {
        report.pass(Check::Tree, [(entries, "entries")]);
    } else {
        let found = skim.root;
        report.fail(
            Check::Tree,
            None,
            Flaw::WrongRoot {
                entries,
                claimed,
                found,
            },
        );
    }
    for (entry, fault) in &skim.faults {
        report.fail(check_of(fault), Some(*entry), fault.clone());
    }
    report.pass(Check::Chain, [(entries - bundle.entries().withheld(), "entries")]);
}

/// Whether contest and ruleset are those that the reader means.
fn identity(bundle: &Bundle<'_>, contest: Option<&Contest>, options: &Options, report: &mut Report) {
    if let (Some(named), Some(first)) = (options.contest, bundle.entries().entry(0)) {
        let found = Hash::leaf(first);
        if found == named {
            report.pass(Check::Contest, []);
        } else {
            let flaw = Flaw::OtherContest {
                named: hex(&named.0),
                found: hex(&found.0),
            };
            report.fail(Check::Contest, Some(EntryIndex(0)), flaw);
        }
    }
    if let (Some(named), Some(contest)) = (&options.ruleset, contest) {
        for difference in ruleset::differences(&contest.ruleset, named) {
            report.fail(Check::Ruleset, Some(EntryIndex(0)), difference);
        }
        report.pass(Check::Ruleset, []);
    }
}

fn night(
    bundle: &Bundle<'_>,
    contest: &Contest,
    keys: &Keys,
    options: &Options,
    trusted: &[TrustedCheckpoint],
) -> Night {
    let last = bundle.checkpoints().last();
    let cosigned = trusted
        .iter()
        .filter(|trusted| last.is_some_and(|last| last.unverified() == trusted.checkpoint()))
        .flat_map(TrustedCheckpoint::cosigners);
    let persons: BTreeSet<&Text> = contest.registrars.iter().map(|registrar| &registrar.person).collect();
    Night {
        contest: bundle
            .entries()
            .entry(0)
            .map(|first| hex(&Hash::leaf(first).0))
            .unwrap_or_default(),
        name: contest.name.to_string(),
        kind: match contest.kind {
            ContestKind::Election => "election",
            ContestKind::Rehearsal => "rehearsal",
            ContestKind::Archive => "archive",
        },
        ruleset: contest.ruleset.name.clone(),
        release: match contest.release {
            ReleasePolicy::AsListed => "as-listed",
            ReleasePolicy::ReportedClear => "clear",
            ReleasePolicy::Confirmed => "confirmed",
        },
        embargo: match contest.embargo {
            Embargo::Open => "open",
            Embargo::OnRelease => "on-release",
        },
        fold: contest.fold,
        registrars: persons.len(),
        log_key: keys.log().to_string(),
        vouched: vouched(keys, options),
        quorum: quorum(contest, keys, options),
        size: bundle.entries().count(),
        root: last.map(|last| last.unverified().root.to_string()).unwrap_or_default(),
        state: None,
        cosigners: cosigned
            .map(|(witness, at)| (witness.name().to_string(), witnessed::millis(*at)))
            .collect(),
    }
}

/// What of the reader's speaks for the log's key. Whatever speaks against it fails a check.
fn vouched(keys: &Keys, options: &Options) -> Vec<Vouched> {
    let of_policy = |policy: &Policy| policy.logs().any(|log| log == keys.log());
    let vouched = [
        options.log_key.is_some().then_some(Vouched::LogKey),
        options
            .policy
            .as_ref()
            .is_some_and(of_policy)
            .then_some(Vouched::Policy),
        options.contest.is_some().then_some(Vouched::Contest),
    ];
    vouched.into_iter().flatten().collect()
}

fn quorum(contest: &Contest, keys: &Keys, options: &Options) -> Quorum {
    let policy = options.policy.as_ref().unwrap_or(keys.policy());
    let names = policy.witnesses().map(|(witness, _)| witness.name().to_string());
    // Of the contest's own policy, further witnesses are shown and never count.
    let counting = match options.policy {
        Some(_) => usize::MAX,
        None => contest.witnesses.witnesses.len(),
    };
    Quorum {
        by_reader: options.policy.is_some(),
        needed: policy.needs(),
        witnesses: names.take(counting).collect(),
    }
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0x0f]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}
