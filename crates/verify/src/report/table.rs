//! A report for people.

use tallylog_event::EntryIndex;
use tallylog_projection::{AbandonedSample, SoleRegistrar};

use super::{Enrolled, Failure, Night, Quorum, Report, Totals, Verdict};
use crate::time::utc;
use crate::{Check, Weakness};

/// Whom a list of enrolments is printed for: a county, not a state.
const SHOWN: usize = 60;
/// As wide as a terminal is at the least.
const COLUMNS: usize = 80;

pub(super) fn of(report: &Report) -> String {
    let mut text = Vec::new();
    if let Some(night) = &report.night {
        heading(&mut text, night);
        grounds(&mut text, report, night);
    }
    for (check, verdict) in report.checks() {
        one(&mut text, report, check, verdict);
    }
    text.push(String::new());
    people(&mut text, report);
    text.extend(report.sole_registrars.iter().map(alone));
    text.extend(report.abandoned_samples.iter().map(abandoned));
    text.extend(report.foreign_samples.iter().copied().map(foreign));
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
    } else if report.could_not_check() {
        text.push("could not check: use a newer tallylog-verify".to_owned());
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
}

/// What the verdict rests on, and what it is weaker for.
fn grounds(text: &mut Vec<String>, report: &Report, night: &Night) {
    let lists = match night.release {
        "confirmed" => "what two sources confirmed",
        "clear" => "what nothing holds up",
        _ => "whatever it lists",
    };
    text.push(format!("release     {}: a release may hold {lists}", night.release));
    let public = match night.embargo {
        "open" => "contents are public at once",
        _ => "contents are public with their release",
    };
    text.push(format!("embargo     {}: {public}", night.embargo));
    text.push(format!("fold        {}", night.fold));
    text.push(format!("log key     {}", night.log_key));
    let vouched: Vec<_> = night.vouched.iter().map(|vouched| vouched.flag()).collect();
    text.push(match vouched.as_slice() {
        [] => "vouched     by nobody: the file alone names this key".to_owned(),
        flags => format!("vouched     by you, with {}", flags.join(", ")),
    });
    let Quorum {
        by_reader,
        needed,
        witnesses,
    } = &night.quorum;
    let by = if *by_reader { "your policy" } else { "the contest" };
    let witnesses: Vec<_> = witnesses.iter().map(String::as_str).collect();
    text.extend(quorum_lines(by, *needed, &witnesses));
    text.push(format!(
        "abandoned   {}",
        counted(
            report.abandoned_samples.len(),
            "sample of the paper audit",
            "samples of the paper audit"
        )
    ));
    text.push(format!("registrars  {} from the start", night.registrars));
    for weakness in report.weaknesses() {
        text.extend(weakness_lines(&weakness));
    }
    text.push(String::new());
}

/// Whose cosignatures are enough.
pub(crate) fn quorum_lines(by: &str, needed: usize, witnesses: &[&str]) -> Vec<String> {
    let known = counted(witnesses.len(), "witness", "witnesses");
    let names = if witnesses.is_empty() {
        String::new()
    } else {
        format!(": {}", witnesses.join(", "))
    };
    wrapped("quorum      ", &format!("{by} asks for {needed} of {known}{names}"))
}

/// A weakness, by name.
pub(crate) fn weakness_lines(weakness: &Weakness) -> Vec<String> {
    wrapped("weakness    ", &format!("{weakness} [{}]", weakness.code()))
}

fn counted(number: usize, one: &str, many: &str) -> String {
    counted_u64(len(number), one, many)
}

fn counted_u64(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { many })
}

/// Lines of at most 80 columns, broken at spaces, under the text that follows `head`. A word that is longer stays whole.
fn wrapped(head: &str, text: &str) -> Vec<String> {
    let width = |text: &str| text.chars().count();
    let indent = " ".repeat(width(head));
    let mut lines = Vec::new();
    let mut line = head.to_owned();
    for word in text.split(' ') {
        let is_fresh = width(&line) == width(head);
        if !is_fresh && width(&line) + 1 + width(word) > COLUMNS {
            lines.push(std::mem::replace(&mut line, format!("{indent}{word}")));
        } else {
            if !is_fresh {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines.push(line);
    lines
}

fn one(text: &mut Vec<String>, report: &Report, check: Check, verdict: &Verdict) {
    let (word, facts) = match verdict {
        Verdict::Passed(facts) => ("passed", facts.as_slice()),
        Verdict::Failed(failures) if failures.iter().all(|failure| failure.flaw.is_untold()) => {
            ("COULD NOT", [].as_slice())
        }
        Verdict::Failed(_) => ("FAILED", [].as_slice()),
        Verdict::NotRun => ("not run", [].as_slice()),
        Verdict::NotAsked => ("not asked", [].as_slice()),
        Verdict::NothingToCompare => ("nothing to compare", [].as_slice()),
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
    let head = format!("{:>2} {:<14}{word:<20}", check.number(), check.name());
    text.extend(wrapped(&head, &format!("{}{counts}", report.claim(check))));
    if let Verdict::Failed(failures) = verdict {
        text.extend(failures.iter().flat_map(why));
    }
}

fn why(failure: &Failure) -> Vec<String> {
    let entry = failure.entry.map_or_else(String::new, |entry| format!("{entry}: "));
    wrapped("     ", &format!("{entry}{} [{}]", failure.flaw, failure.flaw.code()))
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

fn abandoned(sample: &AbandonedSample) -> String {
    let by: Vec<String> = sample
        .by
        .iter()
        .map(|(person, reason)| format!("{person} ({reason})"))
        .collect();
    format!(
        "a paper sample was abandoned: {} announced it, and {} gave it up by {}",
        sample.announcement,
        by.join(" and "),
        sample.abandoned
    )
}

/// Whoever could name any root could look for one that draws the precincts that they wish.
fn foreign(sample: EntryIndex) -> String {
    format!("the paper sample of {sample} names a checkpoint that this log never had: its precincts could be chosen")
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
