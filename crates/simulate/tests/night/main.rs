//! What a night promises.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper that fails fails its test")]

mod bytes;
mod plan;
mod rates;
mod shape;

use std::sync::LazyLock;

use tallylog_event::{Envelope, Event, Report};
use tallylog_simulate::{Night, Options, night};

/// A whole night, made once for all tests.
static FULL: LazyLock<Night> = LazyLock::new(|| night(&Options::full(2028)));

/// The same night with people who make no mistakes.
static FLAWLESS: LazyLock<Night> = LazyLock::new(|| {
    night(&Options {
        errors: false,
        ..Options::full(2028)
    })
});

fn event(envelope: &Envelope) -> Event {
    envelope.decode().unwrap().event
}

fn report(envelope: &Envelope) -> Report {
    let Event::Reported(report) = event(envelope) else {
        panic!("not a report");
    };
    *report
}
