//! Under an embargo nobody without rights learns anything of what was not released, whatever they ask.

mod certified;
mod night;
#[macro_use]
mod questions;
mod reader;
mod shared;
mod veil;
mod walks;

use std::time::Duration;

use prost::Message;
use sha2::{Digest, Sha256};
use tallylog_event::{Basis, Entry, Signature, SigningKey, chain};
use tallylog_projection::{Accepted, Fold, ResultsTree, State, audit};
use tallylog_tlog::Hash;
use tallylog_wire::v1;
use tallylog_wire::v1::log_client::LogClient;

use self::night::{Hidden, Kept};
use self::reader::{Answer, Reading};

/// Every call of the interface, from its own description.
fn calls() -> Vec<String> {
    let files = prost_types::FileDescriptorSet::decode(v1::DESCRIPTORS).unwrap().file;
    let services = files.iter().flat_map(|file| &file.service);
    let calls = services.flat_map(|service| {
        let methods = service.method.iter();
        methods.map(move |method| format!("{}.{}", service.name(), method.name()))
    });
    calls.collect()
}

/// Every path of the server, from its own program.
fn paths() -> Vec<&'static str> {
    let programs = [
        include_str!("../../../crates/server/src/http.rs"),
        include_str!("../../../crates/server/src/pages.rs"),
        include_str!("../../../crates/server/src/files.rs"),
    ];
    let routes = programs
        .into_iter()
        .flat_map(|program| program.split(".route(\"").skip(1));
    routes.map(|rest| rest.split('"').next().unwrap()).collect()
}

async fn everything(night: &Hidden, key: Option<&SigningKey>) -> Vec<Answer> {
    let mut reading = Reading::by(night, key).await;
    for call in calls() {
        reading.call(&call).await;
    }
    for path in paths() {
        reading.path(path).await;
    }
    reading.answers
}

/// Both without rights: nobody in particular, and an observer.
fn readers(night: &Hidden) -> [Option<&SigningKey>; 2] {
    [None, Some(&night.observer)]
}

#[tokio::test(flavor = "multi_thread")]
async fn nights_that_differ_in_one_report_or_in_which_precinct_gave_it_look_alike_to_the_public() {
    let one = Hidden::with(Kept::default()).await;
    let others = [
        Kept {
            awaited: 1,
            ..Kept::default()
        },
        // Longer, and held by what the checks find.
        Kept {
            awaited: 4_000,
            photos: 3,
            ..Kept::default()
        },
        Kept {
            amended: 1,
            ..Kept::default()
        },
        Kept {
            amended: 4_000,
            ..Kept::default()
        },
        Kept {
            lacking: true,
            ..Kept::default()
        },
    ];
    let mut shown = Vec::new();
    for reader in readers(&one) {
        shown.push(everything(&one, reader).await);
    }
    for kept in others {
        let other = Hidden::with(kept).await;
        for (reader, before) in readers(&other).into_iter().zip(&shown) {
            let answers = everything(&other, reader).await;
            assert_eq!(answers.len(), before.len());
            assert!(answers.len() > 1_500, "{}", answers.len());
            for (now, before) in answers.iter().zip(before) {
                assert_eq!(
                    now.shown, before.shown,
                    "{kept:?}: {} or {}",
                    now.question, before.question
                );
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_read_everything_can_tell_such_nights_apart() {
    let (one, other) = (
        Hidden::with(Kept::default()).await,
        Hidden::with(Kept {
            awaited: 1,
            ..Kept::default()
        })
        .await,
    );
    let mut shown = Vec::new();
    for night in [&one, &other] {
        let mut reading = Reading::by(night, Some(&night.campaign)).await;
        for call in ["Results.Totals", "Results.Figures", "Log.Entries"] {
            reading.call(call).await;
        }
        shown.push(reading.answers);
    }
    let differing = shown[0]
        .iter()
        .zip(&shown[1])
        .filter(|(one, other)| one.shown != other.shown);
    let names: std::collections::BTreeSet<_> = differing
        .filter_map(|(one, _)| one.question.split(' ').next())
        .collect();
    assert_eq!(names.into_iter().collect::<Vec<_>>(), ["entries", "figures", "totals"]);
}

/// What whoever guesses the reports that are kept back can compute: everything but signatures, and what comes of them.
async fn guesses(night: &Hidden) -> Vec<(String, Vec<u8>)> {
    let mut guesses = Vec::new();
    for kept in &night.kept {
        let body = kept.body.clone();
        let with_key = [kept.author.0.as_slice(), &body].concat();
        for (what, bytes) in [("body", &body), ("body by its author", &with_key)] {
            guesses.push((format!("SHA-256 of a {what}"), Sha256::digest(bytes).to_vec()));
            guesses.push((format!("leaf hash of a {what}"), Hash::leaf(bytes).0.to_vec()));
            guesses.push((format!("BLAKE3 of a {what}"), chain(bytes).0.to_vec()));
        }
        guesses.push(("a body".to_owned(), body));
    }
    let (entries, state) = recorded(night).await;
    for entry in entries.iter().filter(|entry| !state.is_public(entry.index)) {
        let at = entry.index.0 + 1;
        let then = state.at(at).unwrap();
        let tree = ResultsTree::of(&then, Basis::Recorded).unwrap();
        guesses.push((format!("the state's hash at {at}"), audit(&then).state.0.to_vec()));
        guesses.push((format!("the root of what is recorded at {at}"), tree.root().0.to_vec()));
        let kept = tree.leaves().iter().filter_map(|leaf| leaf.tally.as_ref());
        let kept = kept.filter(|tally| !state.is_public(tally.entry));
        guesses.extend(kept.map(|tally| (format!("what was signed in {}", tally.entry), tally.signed.to_vec())));
        let mut unsigned = entry.clone();
        unsigned.envelope.signature = Signature([0; 64]);
        let hash = Hash::leaf(&unsigned.encode()).0.to_vec();
        guesses.push((format!("{} without its signature", entry.index), hash));
        let body = entry.envelope.body.clone();
        guesses.push((format!("the body of {}", entry.index), body));
    }
    guesses
}

/// Everything that is in the log, by somebody who may read it.
async fn recorded(night: &Hidden) -> (Vec<Entry>, State) {
    let mut reader = LogClient::new(Reading::by(night, Some(&night.campaign)).await.service());
    let asked = v1::EntriesRequest { from: 0, until: 0 };
    let mut messages = reader.entries(asked).await.unwrap().into_inner();
    let (mut entries, mut fold) = (Vec::new(), Fold::default());
    while let Some(message) = messages.message().await.unwrap() {
        let entry = Entry::decode(&message.bytes).unwrap();
        let body = entry.envelope.decode().unwrap();
        fold.apply(&Accepted::new(entry.index, entry.received_at, &entry.envelope, &body));
        entries.push(entry);
    }
    (entries, fold.into_state())
}

/// Where one of them stands, if it does: as it is, or in hexadecimal.
fn standing<'a>(answers: &'a [Answer], guess: &[u8]) -> Option<&'a str> {
    let finder = memchr::memmem::Finder::new(guess).into_owned();
    let written = hex::encode(guess);
    let text = memchr::memmem::Finder::new(written.as_bytes());
    let has = |answer: &&Answer| finder.find(&answer.raw).is_some() || text.find(&answer.raw).is_some();
    answers.iter().find(has).map(|answer| answer.question.as_str())
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_is_shown_can_be_computed_from_a_guess_of_what_is_kept_back() {
    let night = Hidden::with(Kept::default()).await;
    let guesses = guesses(&night).await;
    let mut shown = Vec::new();
    for reader in readers(&night) {
        shown.extend(everything(&night, reader).await);
    }
    for (what, guess) in &guesses {
        assert_eq!(standing(&shown, guess), None, "{what}");
    }
    // The same eyes see it where it is shown.
    let seen = everything(&night, Some(&night.campaign)).await;
    for wanted in ["a body", "the body of", "the state's hash at"] {
        let shown = guesses.iter().filter(|(what, _)| what.starts_with(wanted));
        assert!(
            shown.clone().count() > 0 && shown.into_iter().all(|(_, guess)| standing(&seen, guess).is_some()),
            "{wanted}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_waits_before_what_is_kept_back() {
    let night = Hidden::with(Kept::default()).await;
    for key in readers(&night) {
        let reading = Reading::by(&night, key).await;
        let mut log = LogClient::new(reading.service());
        for from in [night.first - 1, night.first, night.first + 1, reading.end] {
            let asked = v1::SubscribeRequest { from };
            let mut entries = log.subscribe(asked).await.unwrap().into_inner();
            for entry in from..night.first {
                assert_eq!(entries.message().await.unwrap().unwrap().entry, entry);
            }
            let more = tokio::time::timeout(Duration::from_millis(50), entries.message()).await;
            assert!(more.is_err(), "{from}: {more:?}");
        }
    }
}
