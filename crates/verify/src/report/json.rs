//! A report for programs.

use serde::Serialize;

use super::{Failure, Night, Report, Totals, Verdict};
use crate::time::utc;
use crate::{Check, Weakness};

#[derive(Serialize)]
struct Answer<'a> {
    verified: bool,
    could_not_check: bool,
    /// Entries that are withheld until a release lists them; absent where none is.
    #[serde(skip_serializing_if = "Option::is_none")]
    withheld: Option<u64>,
    /// Entries that were taken in part on the word of those; absent where none was.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rests_on_withheld: Vec<u64>,
    night: Option<NightJson<'a>>,
    weaknesses: Vec<WeaknessJson>,
    checks: Vec<CheckJson>,
    enrolments: Vec<EnrolledJson<'a>>,
    several_keys: Vec<SeveralJson<'a>>,
    revocations: Vec<RevokedJson<'a>>,
    single_registrars: Vec<SingleJson<'a>>,
    abandoned_samples: Vec<AbandonedJson<'a>>,
    foreign_samples: Vec<u64>,
    releases: Vec<ReleaseJson<'a>>,
    totals: Option<TotalsJson<'a>>,
    evidence: Vec<String>,
}

#[derive(Serialize)]
struct NightJson<'a> {
    contest: &'a str,
    name: &'a str,
    kind: &'static str,
    ruleset: &'a str,
    release: &'static str,
    embargo: &'static str,
    fold: u16,
    log_key: &'a str,
    log_key_vouched_by: Vec<&'static str>,
    quorum: QuorumJson<'a>,
    single_registrar: bool,
    abandoned_samples: usize,
    size: u64,
    root: &'a str,
    state_hash: Option<&'a str>,
    cosigners: Vec<CosignerJson<'a>>,
}

#[derive(Serialize)]
struct QuorumJson<'a> {
    by: &'static str,
    needed: usize,
    witnesses: &'a [String],
}

#[derive(Serialize)]
struct WeaknessJson {
    code: &'static str,
    message: String,
}

#[derive(Serialize)]
struct CosignerJson<'a> {
    name: &'a str,
    at: String,
}

#[derive(Serialize)]
struct CheckJson {
    number: u8,
    name: &'static str,
    claim: &'static str,
    verdict: &'static str,
    counts: Vec<CountJson>,
    failures: Vec<FailureJson>,
}

#[derive(Serialize)]
struct CountJson {
    of: &'static str,
    count: u64,
}

#[derive(Serialize)]
struct FailureJson {
    entry: Option<u64>,
    code: &'static str,
    message: String,
}

#[derive(Serialize)]
struct EnrolledJson<'a> {
    entry: u64,
    person: &'a str,
    role: &'static str,
    scope: &'a [String],
    key: &'a str,
    fingerprint: &'a str,
}

#[derive(Serialize)]
struct SeveralJson<'a> {
    persons: &'a [String],
    keys: Vec<KeyJson<'a>>,
}

#[derive(Serialize)]
struct KeyJson<'a> {
    key: &'a str,
    role: &'static str,
}

#[derive(Serialize)]
struct RevokedJson<'a> {
    entry: u64,
    person: &'a str,
    key: &'a str,
    before: Vec<u64>,
}

#[derive(Serialize)]
struct SingleJson<'a> {
    person: &'a str,
    from: u64,
    until: Option<u64>,
}

#[derive(Serialize)]
struct AbandonedJson<'a> {
    announcement: u64,
    abandoned: u64,
    by: Vec<GivenUpJson<'a>>,
}

#[derive(Serialize)]
struct GivenUpJson<'a> {
    person: &'a str,
    reason: &'a str,
}

#[derive(Serialize)]
struct ReleaseJson<'a> {
    entry: u64,
    name: &'a str,
    received_at: String,
    precincts: u64,
}

#[derive(Serialize)]
struct TotalsJson<'a> {
    release: &'a str,
    precincts: u64,
    candidates: Vec<LineJson<'a>>,
}

#[derive(Serialize)]
struct LineJson<'a> {
    name: &'a str,
    first_alignment: u64,
    final_alignment: u64,
    delegates: u64,
    sde: String,
    sde_exact: String,
}

pub(super) fn of(report: &Report) -> Result<String, serde_json::Error> {
    let answer = Answer {
        verified: report.verified(),
        could_not_check: report.could_not_check(),
        withheld: (report.withheld > 0).then_some(report.withheld),
        rests_on_withheld: report.undecided.iter().map(|entry| entry.0).collect(),
        night: report.night.as_ref().map(|of| night(of, report)),
        weaknesses: weaknesses(report),
        checks: report
            .checks()
            .map(|(check, verdict)| one(report, check, verdict))
            .collect(),
        enrolments: enrolments(report),
        several_keys: several(report),
        revocations: revocations(report),
        single_registrars: single(report),
        abandoned_samples: abandoned(report),
        foreign_samples: report.foreign_samples.iter().map(|entry| entry.0).collect(),
        releases: releases(report),
        totals: report.totals.as_ref().map(totals),
        evidence: report.evidence.iter().map(ToString::to_string).collect(),
    };
    let mut text = serde_json::to_string_pretty(&answer)?;
    text.push('\n');
    Ok(text)
}

fn weaknesses(report: &Report) -> Vec<WeaknessJson> {
    let found = report.weaknesses().into_iter();
    found
        .map(|weakness| WeaknessJson {
            code: weakness.code(),
            message: weakness.to_string(),
        })
        .collect()
}

fn night<'a>(night: &'a Night, report: &Report) -> NightJson<'a> {
    let cosigners = night.cosigners.iter();
    NightJson {
        contest: &night.contest,
        name: &night.name,
        kind: night.kind,
        ruleset: &night.ruleset,
        release: night.release,
        embargo: night.embargo,
        fold: night.fold,
        log_key: &night.log_key,
        log_key_vouched_by: night.vouched.iter().map(|vouched| vouched.flag()).collect(),
        quorum: QuorumJson {
            by: if night.quorum.by_reader { "reader" } else { "contest" },
            needed: night.quorum.needed,
            witnesses: &night.quorum.witnesses,
        },
        single_registrar: report.weaknesses().contains(&Weakness::SingleRegistrar),
        abandoned_samples: report.abandoned_samples.len(),
        size: night.size,
        root: &night.root,
        state_hash: night.state.as_deref(),
        cosigners: cosigners
            .map(|(name, at)| CosignerJson { name, at: utc(*at) })
            .collect(),
    }
}

fn one(report: &Report, check: Check, verdict: &Verdict) -> CheckJson {
    let (word, facts, failures) = match verdict {
        Verdict::Passed(facts) => ("passed", facts.as_slice(), [].as_slice()),
        Verdict::Failed(failures) if failures.iter().all(|failure| failure.flaw.is_untold()) => {
            ("could-not-check", [].as_slice(), failures.as_slice())
        }
        Verdict::Failed(failures) => ("failed", [].as_slice(), failures.as_slice()),
        Verdict::NotRun => ("not-run", [].as_slice(), [].as_slice()),
        Verdict::NotAsked => ("not-asked", [].as_slice(), [].as_slice()),
        Verdict::NothingToCompare => ("nothing-to-compare", [].as_slice(), [].as_slice()),
    };
    CheckJson {
        number: check.number(),
        name: check.name(),
        claim: report.claim(check),
        verdict: word,
        counts: facts
            .iter()
            .map(|fact| CountJson {
                of: fact.of,
                count: fact.count,
            })
            .collect(),
        failures: failures.iter().map(failure).collect(),
    }
}

fn failure(failure: &Failure) -> FailureJson {
    FailureJson {
        entry: failure.entry.map(|entry| entry.0),
        code: failure.flaw.code(),
        message: failure.flaw.to_string(),
    }
}

fn enrolments(report: &Report) -> Vec<EnrolledJson<'_>> {
    let all = report.enrolments.iter();
    all.map(|enrolled| EnrolledJson {
        entry: enrolled.entry.0,
        person: &enrolled.person,
        role: enrolled.role,
        scope: &enrolled.scope,
        key: &enrolled.key,
        fingerprint: &enrolled.fingerprint,
    })
    .collect()
}

fn several(report: &Report) -> Vec<SeveralJson<'_>> {
    let all = report.several_keys.iter();
    all.map(|several| SeveralJson {
        persons: &several.persons,
        keys: several.keys.iter().map(|(key, role)| KeyJson { key, role }).collect(),
    })
    .collect()
}

fn revocations(report: &Report) -> Vec<RevokedJson<'_>> {
    let all = report.revocations.iter();
    all.map(|revoked| RevokedJson {
        entry: revoked.entry.0,
        person: &revoked.person,
        key: &revoked.key,
        before: revoked.before.iter().map(|entry| entry.0).collect(),
    })
    .collect()
}

fn single(report: &Report) -> Vec<SingleJson<'_>> {
    let all = report.sole_registrars.iter();
    all.map(|spell| SingleJson {
        person: spell.person.as_str(),
        from: spell.from.0,
        until: spell.until.map(|until| until.0),
    })
    .collect()
}

fn abandoned(report: &Report) -> Vec<AbandonedJson<'_>> {
    let all = report.abandoned_samples.iter();
    all.map(|sample| AbandonedJson {
        announcement: sample.announcement.0,
        abandoned: sample.abandoned.0,
        by: sample
            .by
            .iter()
            .map(|(person, reason)| GivenUpJson {
                person: person.as_str(),
                reason: reason.as_str(),
            })
            .collect(),
    })
    .collect()
}

fn releases(report: &Report) -> Vec<ReleaseJson<'_>> {
    let all = report.releases.iter();
    all.map(|release| ReleaseJson {
        entry: release.entry.0,
        name: &release.name,
        received_at: utc(release.received_at),
        precincts: release.precincts,
    })
    .collect()
}

fn totals(totals: &Totals) -> TotalsJson<'_> {
    let lines = totals.lines.iter();
    TotalsJson {
        release: &totals.release,
        precincts: totals.precincts,
        candidates: lines
            .map(|(name, line)| LineJson {
                name,
                first_alignment: line.first_alignment,
                final_alignment: line.final_alignment,
                delegates: line.delegates,
                sde: line.equivalents.to_string(),
                sde_exact: format!("{}/{}", line.exact.numer(), line.exact.denom()),
            })
            .collect(),
    }
}
