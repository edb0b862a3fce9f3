//! Persons and their keys: one person is one, however many keys and spellings of a name there are.

use std::collections::{BTreeMap, BTreeSet};

use tallylog_event::{EntryIndex, PublicKey, Release, Role, Text};
use tallylog_projection::{Author, State, Version, role_name};

use super::hex;
use crate::{Enrolled, Flaw, Report, Revoked, SeveralKeys};

/// Names that differ in case or spaces only are taken for one person: whoever wants two keys for one person would
/// write the name a little differently.
fn folded(person: &Text) -> String {
    let words: Vec<_> = person.as_str().split_whitespace().map(str::to_lowercase).collect();
    words.join(" ")
}

/// What a release lists that needed another person.
///
/// Nobody releases an entry of their own; and where a release needs confirmation, two persons must have given figures.
/// Gives how many reports were looked at as well.
pub(super) fn of_release(state: &State, by: &PublicKey, release: &Release, confirmed: bool) -> (u64, Vec<Flaw>) {
    let Some(releaser) = state.key(by) else {
        return (0, Vec::new());
    };
    let listed = release.entries().iter().filter_map(|entry| {
        let versions = state.versions(state.precinct_of(*entry)?);
        let at = versions.binary_search_by_key(entry, |version| version.entry).ok()?;
        versions.split_at_checked(at + 1).map(|(until, _)| until)
    });
    let (mut looked, mut flaws) = (0, Vec::new());
    for versions in listed {
        looked += 1;
        flaws.extend(own(state, releaser, versions).or_else(|| alone(state, versions, confirmed)));
    }
    (looked, flaws)
}

fn own(state: &State, releaser: &Author, versions: &[Version]) -> Option<Flaw> {
    let version = versions.last()?;
    let author = state.author(version.author);
    (folded(&author.person) == folded(&releaser.person)).then(|| Flaw::OwnRelease {
        person: releaser.person.clone(),
        entered_as: author.person.clone(),
        of: version.entry,
    })
}

fn alone(state: &State, versions: &[Version], confirmed: bool) -> Option<Flaw> {
    let persons: BTreeSet<String> = versions
        .iter()
        .map(|version| folded(&state.author(version.author).person))
        .collect();
    let version = versions.last()?;
    (confirmed && persons.len() < 2).then(|| Flaw::OnePerson {
        person: state.author(version.author).person.clone(),
        of: version.entry,
    })
}

/// Lists who has which keys, and what revoked keys had signed.
pub(super) fn list(state: &State, signed: &BTreeMap<PublicKey, Vec<EntryIndex>>, report: &mut Report) {
    report.enrolments = state.authors().map(|author| enrolled(state, author)).collect();
    report.revocations = state
        .authors()
        .filter_map(|author| {
            let entry = author.revoked?;
            Some(Revoked {
                entry,
                person: author.person.to_string(),
                key: author.key.to_string(),
                before: signed.get(&author.key).cloned().unwrap_or_default(),
            })
        })
        .collect();
    let mut persons: BTreeMap<String, Vec<&Author>> = BTreeMap::new();
    for author in state.authors() {
        persons.entry(folded(&author.person)).or_default().push(author);
    }
    let several = persons.values().filter(|authors| authors.len() > 1);
    report.several_keys = several.map(|authors| several_keys(authors)).collect();
}

fn several_keys(authors: &[&Author]) -> SeveralKeys {
    let persons: BTreeSet<String> = authors.iter().map(|author| author.person.to_string()).collect();
    let keys = authors
        .iter()
        .map(|author| (author.key.to_string(), role_name(&author.role)));
    SeveralKeys {
        persons: persons.into_iter().collect(),
        keys: keys.collect(),
    }
}

fn enrolled(state: &State, author: &Author) -> Enrolled {
    Enrolled {
        entry: author.enrolled,
        person: author.person.to_string(),
        role: role_name(&author.role),
        scope: scope(state, &author.role),
        key: author.key.to_string(),
        fingerprint: fingerprint(&author.key),
    }
}

fn scope(state: &State, role: &Role) -> Vec<String> {
    match role {
        Role::Chair(precincts) => {
            let named = precincts.iter().filter_map(|id| state.roster().precinct(*id));
            named
                .map(|(county, precinct)| format!("{}, {}", county.name, precinct.name))
                .collect()
        }
        Role::Campaign(name) => vec![name.to_string()],
        Role::Registrar
        | Role::Operator
        | Role::Reviewer
        | Role::CorrectionsOfficer
        | Role::Observer
        | Role::Witness
        | Role::Importer
        | Role::Service => Vec::new(),
    }
}

/// The first half of a key: nobody finds another key that begins so.
fn fingerprint(key: &PublicKey) -> String {
    let groups: Vec<String> = key.0.chunks(2).take(8).map(hex).collect();
    groups.join(" ")
}
