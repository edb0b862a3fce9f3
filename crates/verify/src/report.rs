//! What an audit says.

mod json;
mod table;

use std::collections::BTreeMap;

use tallylog_event::{EntryIndex, UnixMillis};
use tallylog_projection::{AbandonedSample, Line, SoleRegistrar};

pub(crate) use self::table::{quorum_lines, weakness_lines};
use crate::{Check, Evidence, Flaw, Weakness, weakness};

/// The outcome of an audit: a verdict for each check, and lists for people.
#[derive(Clone, Debug, Default)]
pub struct Report {
    verdicts: BTreeMap<Check, Verdict>,
    /// What the night is.
    pub night: Option<Night>,
    /// Every key that was enrolled, in order; the registrars and the log's own first.
    pub enrolments: Vec<Enrolled>,
    /// Every key that was withdrawn, in order of enrolment.
    pub revocations: Vec<Revoked>,
    /// The persons who have several keys, by name.
    pub several_keys: Vec<SeveralKeys>,
    /// The spells in which a single registrar could do alone what takes two persons.
    pub sole_registrars: Vec<SoleRegistrar>,
    /// The samples of paper audits that were announced and given up.
    pub abandoned_samples: Vec<AbandonedSample>,
    /// The samples that were not announced, and name a checkpoint that the log never had.
    pub foreign_samples: Vec<EntryIndex>,
    /// The releases in the order of the log.
    pub releases: Vec<Release>,
    /// The figures of the release that was asked for.
    pub totals: Option<Totals>,
    /// How many entries are withheld until a release lists them.
    pub withheld: u64,
    /// The events that were taken in part on the word of those: proposals in cases that are withheld, and releases over what is
    /// decided about in entries that are.
    pub undecided: Vec<EntryIndex>,
    /// Proof that the log showed two histories.
    pub evidence: Vec<Evidence>,
}

/// How a check ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It holds. What was counted on the way.
    Passed(Vec<Fact>),
    /// It does not hold. There is one reason at least.
    Failed(Vec<Failure>),
    /// An earlier check failed, so that nothing can be said.
    NotRun,
    /// It was not asked for.
    NotAsked,
    /// There is nothing in this night that it could look at. It holds of nothing, and says nothing.
    NothingToCompare,
}

/// A number of things that were looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fact {
    /// How many.
    pub count: u64,
    /// Of what, in the plural.
    pub of: &'static str,
}

/// One reason for which a check failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The entry that it is about, if it is about one.
    pub entry: Option<EntryIndex>,
    /// What is wrong.
    pub flaw: Flaw,
}

/// What a night is: of what log, how large, and in what state.
#[derive(Clone, Debug)]
pub struct Night {
    /// The SHA-256 leaf hash of entry 0 in lower-case hexadecimal: the name of the contest that cannot be taken by another.
    pub contest: String,
    /// What people call it.
    pub name: String,
    /// `election`, `rehearsal` or `archive`.
    pub kind: &'static str,
    /// The name of its ruleset.
    pub ruleset: String,
    /// What a release may list: `as-listed`, `clear` or `confirmed`.
    pub release: &'static str,
    /// When contents become public: `open` or `on-release`.
    pub embargo: &'static str,
    /// The version of admission and fold.
    pub fold: u16,
    /// How many persons were registrars from the start.
    pub registrars: usize,
    /// The log's verifier key.
    pub log_key: String,
    /// Which of the reader's flags speak for the log's key; none if the file alone does.
    pub vouched: Vec<Vouched>,
    /// Whose cosignatures are enough.
    pub quorum: Quorum,
    /// How many entries there are.
    pub size: u64,
    /// The root of the last checkpoint, in base64.
    pub root: String,
    /// The hash of the state, in lower-case hexadecimal; absent where the entries were not folded.
    pub state: Option<String>,
    /// The known witnesses that cosigned the last checkpoint, and when.
    pub cosigners: Vec<(String, UnixMillis)>,
}

/// What of the reader's speaks for the log's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vouched {
    /// The key itself.
    LogKey,
    /// A policy that names it.
    Policy,
    /// The hash of entry 0, which names it.
    Contest,
}

impl Vouched {
    /// The flag with which the reader said so.
    #[must_use]
    pub const fn flag(self) -> &'static str {
        match self {
            Self::LogKey => "--log-key",
            Self::Policy => "--policy",
            Self::Contest => "--contest",
        }
    }
}

/// Whose cosignatures are enough.
#[derive(Clone, Debug)]
pub struct Quorum {
    /// Whether the reader says so, and not the contest.
    pub by_reader: bool,
    /// How many witnesses are enough at the least; 0 if nobody has to cosign.
    pub needed: usize,
    /// The witnesses that may count, by name.
    pub witnesses: Vec<String>,
}

/// A key that was enrolled.
#[derive(Clone, Debug)]
pub struct Enrolled {
    /// The entry.
    pub entry: EntryIndex,
    /// Whose it is.
    pub person: String,
    /// What it may sign.
    pub role: &'static str,
    /// A chair's precincts, as county and precinct; a campaign's name.
    pub scope: Vec<String>,
    /// The key, in lower-case hexadecimal.
    pub key: String,
    /// The first half of it in groups of four, as it stands on a worksheet.
    pub fingerprint: String,
}

/// A key that was withdrawn.
#[derive(Clone, Debug)]
pub struct Revoked {
    /// The entry that withdrew it.
    pub entry: EntryIndex,
    /// Whose it was.
    pub person: String,
    /// The key, in lower-case hexadecimal.
    pub key: String,
    /// What it had signed before, which stands.
    pub before: Vec<EntryIndex>,
}

/// A person with several keys.
#[derive(Clone, Debug)]
pub struct SeveralKeys {
    /// The names under which the keys were enrolled: one, unless they differ in case or spaces only.
    pub persons: Vec<String>,
    /// The keys, in lower-case hexadecimal, each with its role.
    pub keys: Vec<(String, &'static str)>,
}

/// A release.
#[derive(Clone, Debug)]
pub struct Release {
    /// Its entry.
    pub entry: EntryIndex,
    /// Its name.
    pub name: String,
    /// When the log took it.
    pub received_at: UnixMillis,
    /// How many precincts it lists.
    pub precincts: u64,
}

/// The figures of a release, computed anew from its entries.
#[derive(Clone, Debug)]
pub struct Totals {
    /// The release's name.
    pub release: String,
    /// How many precincts it lists.
    pub precincts: u64,
    /// Every group's name and figures, in roster order.
    pub lines: Vec<(String, Line)>,
}

impl Report {
    /// Whether every check was made, or set aside for a reason that the report names, and nothing failed.
    #[must_use]
    pub fn verified(&self) -> bool {
        self.checks()
            .all(|(_, verdict)| !matches!(verdict, Verdict::Failed(_) | Verdict::NotRun))
    }

    /// Whether nothing is wrong as far as could be checked, and something could not: the night has a kind of event that
    /// this program does not know.
    #[must_use]
    pub fn could_not_check(&self) -> bool {
        !self.verified() && self.failures().all(|(_, failure)| failure.flaw.is_untold())
    }

    /// Every check with its verdict, by number.
    pub fn checks(&self) -> impl Iterator<Item = (Check, &Verdict)> {
        Check::ALL.into_iter().map(|check| (check, self.verdict(check)))
    }

    /// How a check ended.
    #[must_use]
    pub fn verdict(&self, check: Check) -> &Verdict {
        self.verdicts.get(&check).unwrap_or(&Verdict::NotRun)
    }

    /// What holds of a check that passed. Without a quorum nobody says how many cosignatures are enough.
    #[must_use]
    pub fn claim(&self, check: Check) -> &'static str {
        let needed = self.night.as_ref().map(|night| night.quorum.needed);
        match (check, needed) {
            (Check::Witnesses, Some(0)) => "every cosignature holds; nobody says how many are enough",
            _ => check.claim(),
        }
    }

    /// What the verdict is weaker for.
    #[must_use]
    pub fn weaknesses(&self) -> Vec<Weakness> {
        weakness::of(self)
    }

    /// Every reason for which a check failed, by number of the check.
    pub fn failures(&self) -> impl Iterator<Item = (Check, &Failure)> {
        self.verdicts.iter().flat_map(|(check, verdict)| {
            let failures = match verdict {
                Verdict::Failed(failures) => failures.as_slice(),
                Verdict::Passed(_) | Verdict::NotRun | Verdict::NotAsked | Verdict::NothingToCompare => &[],
            };
            failures.iter().map(|failure| (*check, failure))
        })
    }

    /// The answer for people.
    #[must_use]
    pub fn table(&self) -> String {
        table::of(self)
    }

    /// The answer for programs.
    ///
    /// # Errors
    ///
    /// None that could be met: the answer holds texts and numbers alone.
    pub fn json(&self) -> Result<String, serde_json::Error> {
        json::of(self)
    }

    /// Says that a check holds, unless it failed already.
    pub(crate) fn pass(&mut self, check: Check, facts: impl IntoIterator<Item = (u64, &'static str)>) {
        let facts = facts.into_iter().map(|(count, of)| Fact { count, of });
        self.verdicts
            .entry(check)
            .or_insert_with(|| Verdict::Passed(facts.collect()));
    }

    /// Says that a check holds of so many things, unless it failed already. Of nothing at all, nothing holds.
    pub(crate) fn compared<const N: usize>(&mut self, check: Check, facts: [(u64, &'static str); N]) {
        if facts.iter().all(|(count, _)| *count == 0) {
            self.verdicts.entry(check).or_insert(Verdict::NothingToCompare);
        } else {
            self.pass(check, facts);
        }
    }

    pub(crate) fn set_aside(&mut self, check: Check, verdict: Verdict) {
        self.verdicts.insert(check, verdict);
    }

    /// Says that a check does not hold.
    pub(crate) fn fail(&mut self, check: Check, entry: Option<EntryIndex>, flaw: impl Into<Flaw>) {
        let failure = Failure {
            entry,
            flaw: flaw.into(),
        };
        match self.verdicts.get_mut(&check) {
            Some(Verdict::Failed(failures)) => failures.push(failure),
            Some(Verdict::Passed(_) | Verdict::NotRun | Verdict::NotAsked | Verdict::NothingToCompare) | None => {
                self.verdicts.insert(check, Verdict::Failed(vec![failure]));
            }
        }
    }
}

/// The exact equivalents, rounded half up to ten-thousandths once, at the end.
fn rounded(line: &Line) -> String {
    let (numerator, denominator) = (line.exact.numer(), line.exact.denom());
    let ten_thousandths = (numerator * 20_000_u32 + denominator) / (denominator * 2_u32);
    let whole = &ten_thousandths / 10_000_u32;
    let rest = ten_thousandths % 10_000_u32;
    format!("{whole}.{:0>4}", rest.to_string())
}
