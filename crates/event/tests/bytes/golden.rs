//! Golden bytes: what was once written decodes for ever, and to the same value.

use std::collections::BTreeMap;

use ed25519_dalek::VerifyingKey;
use tallylog_event::{ContestId, Entry, EntryHash, Event, EventBody, Role, chain};

use crate::samples::{CONTEST, body, enrolment, entries, events, place};

const EVENTS: &str = include_str!("../../golden/events.txt");
const ENTRIES: &str = include_str!("../../golden/entries.txt");

/// Reads lines of a name and bytes in hexadecimal.
fn lines(file: &'static str) -> BTreeMap<&'static str, Vec<u8>> {
    let lines = file.lines().filter(|line| !line.starts_with('#'));
    let named = lines.map(|line| line.split_once(' ').unwrap());
    let mut all = BTreeMap::new();
    for (name, bytes) in named {
        let before = all.insert(name, hex::decode(bytes).unwrap());
        assert_eq!(before, None, "{name} comes twice");
    }
    all
}

/// The bytes of every golden event.
pub(crate) fn golden_bodies() -> BTreeMap<&'static str, Vec<u8>> {
    lines(EVENTS)
}

/// The bytes of the golden entries, in the order of the log.
pub(crate) fn golden_entries() -> [Vec<u8>; 2] {
    ["entry-0", "entry-1"].map(|name| lines(ENTRIES).remove(name).unwrap())
}

/// Compares `got` with the golden line `name`; where there is none, fails with the line to append.
#[track_caller]
fn check(file: &BTreeMap<&str, Vec<u8>>, name: &str, got: &[u8]) {
    let golden = file.get(name).map(hex::encode);
    assert_eq!(
        golden,
        Some(hex::encode(got)),
        "to append:\n{name} {}\n",
        hex::encode(got)
    );
}

#[test]
fn every_golden_event_decodes_to_its_value_and_encodes_back() {
    let golden = golden_bodies();
    for (name, event) in events() {
        let value = body(event);
        check(&golden, name, &value.encode());
        assert_eq!(EventBody::decode(&golden[name]), Ok(value), "{name}");
    }
}

#[test]
fn every_golden_line_has_its_value() {
    let mut names: Vec<_> = events().into_iter().map(|(name, _)| name).collect();
    names.sort_unstable();
    assert_eq!(golden_bodies().into_keys().collect::<Vec<_>>(), names);
}

#[test]
fn the_golden_entries_decode_to_their_values_and_encode_back() {
    let golden = lines(ENTRIES);
    for (name, entry) in ["entry-0", "entry-1"].into_iter().zip(entries()) {
        check(&golden, name, &entry.encode());
        assert_eq!(Entry::decode(&golden[name]), Ok(entry), "{name}");
    }
}

#[test]
fn a_golden_envelope_holds_and_says_what_was_sealed() {
    let golden = lines(ENTRIES);
    let [_, report] = entries();
    check(&golden, "envelope-author", &report.envelope.author.0);
    check(&golden, "envelope-body", &report.envelope.body);
    check(&golden, "envelope-signature", &report.envelope.signature.0);
    assert_eq!(report.envelope.body, golden_bodies()["reported-app"]);
    let verified = report.envelope.clone().verify().unwrap();
    assert_eq!(verified.author(), report.envelope.author);
    assert_eq!(verified.body().encode(), report.envelope.body);
    assert_eq!(verified.into_parts().0, report.envelope);
}

/// The message is golden as well, because a verifier in another language builds it from the enrolment's parts.
#[test]
fn a_golden_proof_of_possession_holds() {
    let golden = lines(ENTRIES);
    let enrolment = enrolment(Role::Chair(vec![place(76, 0), place(76, 300)]));
    let parts = (CONTEST, &enrolment.person, &enrolment.role);
    let message = [
        b"tallylog/possession/v1\0",
        postcard::to_stdvec(&parts).unwrap().as_slice(),
    ]
    .concat();
    check(&golden, "possession-key", &enrolment.key.0);
    check(&golden, "possession-message", &message);
    check(&golden, "possession-signature", &enrolment.possession.0);
    let key = VerifyingKey::from_bytes(&enrolment.key.0).unwrap();
    key.verify_strict(&message, &enrolment.possession.0.into()).unwrap();
    assert_eq!(enrolment.check_possession(CONTEST), Ok(()));
}

#[test]
fn the_golden_entries_form_a_chain() {
    let golden = lines(ENTRIES);
    check(&golden, "chain-0", &chain(&golden["entry-0"]).0);
    check(&golden, "chain-1", &chain(&golden["entry-1"]).0);
    let [opening, report] = golden_entries().map(|bytes| Entry::decode(&bytes).unwrap());
    assert_eq!(opening.previous, EntryHash::NONE);
    assert_eq!(report.previous, chain(&golden["entry-0"]));
}

#[test]
fn the_chain_is_plain_blake3() {
    let empty = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";
    assert_eq!(chain(b"").to_string(), empty);
}

#[test]
fn the_opening_repeats_the_contest_of_its_body() {
    let [opening, _] = golden_entries().map(|bytes| Entry::decode(&bytes).unwrap());
    let EventBody { contest, event, .. } = opening.envelope.decode().unwrap();
    assert!(matches!(event, Event::ContestOpened(opened) if opened.id == contest));
    assert_ne!(contest, ContestId([0; 16]));
}
