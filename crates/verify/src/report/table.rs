//! A report for people.

use tallylog_projection::SoleRegistrar;

use super::{Enrolled, Failure, Night, Report, Totals, Verdict};
use crate::Check;
use crate::time::utc;

/// Whom a list of enrolments is printed for: a county, not a state.
const SHOWN: usize = 60;

pub(super) fn of(report: &Report) -> String {
    let mut text = Vec::new();
    if let Some(night) = &report.night {
        heading(&mut text, night);
    }
    for (check, verdict) in report.checks() {
        one(&mut text, check, verdict);
    }
    text.push(String::new());
    people(&mut text, report);
    text.extend(report.sole_registrars.iter().map(alone));
    for release in &report.releases {
        text.push(format!(
            "release {}: entry {}, {}, {} precincts",
            release.name,
            release.entry.0,
            utc(release.received_at),
            grouped(release.precincts)
        ));
    }
    if let Some(totals) = &report.totals {
        figures(&mut text, totals);
    }
    if report.withheld > 0 {
        withheld(&mut text, report);
    }
    if report.verified() && report.withheld > 0 {
        text.push("verified: everything that is public so far; the rest is withheld until released".to_owned());
    } else if report.verified() {
        text.push("verified".to_owned());
    } else {
        let mut failed: Vec<_> = report.failures().map(|(check, _)| check).collect();
        failed.dedup();
        let named: Vec<_> = failed
            .iter()
            .map(|check| format!("{} ({})", check.number(), check.name()))
            .collect();
        text.push(format!("does not verify: check {}", named.join(", ")));
    }
    text.push(String::new());
    text.join("\n")
}

/// What the verdict does not cover.
fn withheld(text: &mut Vec<String>, report: &Report) {
    let (entries, hashes, it) = match report.withheld {
        1 => ("entry is", "Its hash is", "it says, and whether it"),
        _ => ("entries are", "Their hashes are", "they say, and whether they"),
    };
    text.push(format!(
        "{} {entries} withheld until released. {hashes} in the tree; what {it} may be withheld, was not checked.",
        grouped(report.withheld)
    ));
    text.extend(report.undecided.iter().map(|entry| {
        format!("{entry} rests in part on what is withheld: a case or a decision about several precincts. That part was not checked.")
    }));
}

fn heading(text: &mut Vec<String>, night: &Night) {
    match night.kind {
        "rehearsal" => text.push(format!("REHEARSAL, not a real night: {}", night.name)),
        "archive" => text.push(format!("ARCHIVE of published results: {}", night.name)),
        _ => text.push(night.name.clone()),
    }
    text.push(format!("contest     {}", night.contest));
    text.push(format!("ruleset     {}", night.ruleset));
    text.push(format!("log         {}", night.log_key));
    text.push(format!(
        "size        {} entries, root {}",
        grouped(night.size),
        night.root
    ));
    if let Some(state) = &night.state {
        text.push(format!("state hash  {state}"));
    }
    for (name, at) in &night.cosigners {
        text.push(format!("cosigned    by {name} at {}", utc(*at)));
    }
    text.push(String::new());
}

fn one(text: &mut Vec<String>, check: Check, verdict: &Verdict) {
    let (word, facts) = match verdict {
        Verdict::Passed(facts) => ("passed", facts.as_slice()),
        Verdict::Failed(_) => ("FAILED", [].as_slice()),
        Verdict::NotRun => ("not run", [].as_slice()),
        Verdict::NotAsked => ("not asked", [].as_slice()),
        Verdict::NotApplicable => ("nothing there", [].as_slice()),
    };
    let counts: Vec<_> = facts
        .iter()
        .map(|fact| format!("{} {}", grouped(fact.count), fact.of))
        .collect();
    let counts = if counts.is_empty() {
        String::new()
    } else {
        format!(" ({})", counts.join(", "))
    };
    text.push(format!(
        "{:>2} {:<14}{word:<15}{}{counts}",
        check.number(),
        check.name(),
        check.claim()
    ));
    if let Verdict::Failed(failures) = verdict {
        text.extend(failures.iter().map(why));
    }
}

fn why(failure: &Failure) -> String {
    let entry = failure.entry.map_or_else(String::new, |entry| format!("{entry}: "));
    format!("     {entry}{} [{}]", failure.flaw, failure.flaw.code())
}

fn people(text: &mut Vec<String>, report: &Report) {
    if report.enrolments.len() <= SHOWN {
        for enrolled in &report.enrolments {
            let Enrolled {
                entry,
                person,
                role,
                scope,
                fingerprint,
                ..
            } = enrolled;
            let of = if scope.is_empty() {
                String::new()
            } else {
                format!(" of {}", scope.join("; "))
            };
            text.push(format!(
                "key of {person}, {role}{of}: {fingerprint} (enrolled by {entry})"
            ));
        }
    } else {
        text.push(format!(
            "{} keys are enrolled; --format json lists them with persons, roles and fingerprints",
            grouped(len(report.enrolments.len()))
        ));
    }
    for several in &report.several_keys {
        text.push(format!(
            "{} has {} keys",
            several.persons.join(", also written "),
            several.keys.len()
        ));
    }
    for revoked in &report.revocations {
        let before: Vec<_> = revoked.before.iter().map(|entry| entry.0.to_string()).collect();
        let before = if before.is_empty() {
            "it had signed nothing".to_owned()
        } else {
            format!("entries {} are its, from before, and stand", before.join(", "))
        };
        text.push(format!(
            "{} revoked the key {} of {}: {before}",
            revoked.entry, revoked.key, revoked.person
        ));
    }
}

/// A verdict says where it rests on one person.
fn alone(spell: &SoleRegistrar) -> String {
    let SoleRegistrar { person, from, until } = spell;
    let until = until.map_or_else(|| "to the end".to_owned(), |until| format!("to {until}"));
    format!("a single registrar, {person}, from {from} {until}: staff were enrolled by this person alone")
}

fn figures(text: &mut Vec<String>, totals: &Totals) {
    text.push(format!(
        "\nrelease {} as its {} entries give it",
        totals.release,
        grouped(totals.precincts)
    ));
    text.push(format!(
        "{:<24}{:>12}{:>12}{:>12}{:>14}{:>14}",
        "group", "first", "final", "delegates", "SDE", "SDE exact"
    ));
    for (name, line) in &totals.lines {
        text.push(format!(
            "{name:<24}{:>12}{:>12}{:>12}{:>14}{:>14}",
            grouped(line.first_alignment),
            grouped(line.final_alignment),
            grouped(line.delegates),
            line.equivalents,
            super::rounded(line)
        ));
    }
    text.push(String::new());
}

fn len(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// A number with thousands set apart.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
