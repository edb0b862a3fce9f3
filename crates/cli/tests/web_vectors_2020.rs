//! The night of 3 February 2020 for the fold that the pages have in TypeScript: its log, and what it comes to.
//!
//! It stands in `target/web-vectors/` afterwards, where `npm test` in `crates/web/ui` reads it. Without the published
//! results beside the project nothing is written, and what an earlier run wrote is taken away.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

#[path = "../../../tests/web_vectors/figures.rs"]
mod figures;
mod support;

use std::fs;

use serde_json::Value;
use support::{iowa, run, text};
use tallylog_event::{Entry, Event};
use tallylog_projection::{Accepted, Fold};
use tallylog_verify::Bundle;

const NAME: &str = "iowa-2020";

#[test]
fn the_real_night_is_written_with_what_it_comes_to_at_every_release() {
    figures::clear(NAME);
    let Some(from) = iowa() else { return };
    let folder = tempfile::tempdir().unwrap();
    let (data, file) = (folder.path().join("data"), folder.path().join("night.tallylog"));
    for args in [
        ["import", text(&from), "--data-dir", text(&data)].as_slice(),
        &["bundle", "--data-dir", text(&data), "-o", text(&file)],
    ] {
        assert_eq!(run(args).code, Some(0));
    }
    let bytes = fs::read(&file).unwrap();
    let bundle = Bundle::parse(&bytes).unwrap();
    let entries: Vec<Vec<u8>> = bundle
        .entries()
        .range(0..bundle.entries().count())
        .map(<[u8]>::to_vec)
        .collect();
    let (fold, moments) = folded(&entries);
    figures::write(NAME, &entries, &moments, fold.state());
    println!("{} entries, {} moments", entries.len(), moments.len());
}

/// Folds the log, and looks at everything after each release and at the end.
fn folded(entries: &[Vec<u8>]) -> (Fold, Vec<Value>) {
    let mut fold = Fold::default();
    let mut moments = Vec::new();
    for bytes in entries {
        let entry = Entry::decode(bytes).unwrap();
        let body = entry.envelope.decode().unwrap();
        let accepted = Accepted::new(entry.index, entry.received_at, &entry.envelope, &body);
        fold.admit(&accepted).unwrap();
        fold.apply(&accepted);
        let is_last = fold.state().size() == u64::try_from(entries.len()).unwrap();
        if is_last || matches!(body.event, Event::Released(_)) {
            moments.push(figures::moment(fold.state()));
        }
    }
    (fold, moments)
}
