//! Walks for the fold that the pages have in TypeScript: what their logs hold, and what they come to.
//!
//! They stand in `target/web-vectors/` beside the nights of `tests/web_vectors`, with more of what desks do to each other
//! than any night has.

use serde_json::Value;
use tallylog_event::Event;
use tallylog_projection::Basis;

use super::book::Book;
use super::{Start, command};
use crate::centre::{Centre, service_key};
use crate::figures;
use crate::trials::{Random, trials};

/// One step in so many is followed by a look at everything, and one look in so many by a commitment.
const LOOKS: u64 = 3;
const COMMITS: u64 = 3;

#[test]
fn walks_are_written_with_what_they_come_to() {
    for first in ["walk-0", "walk-1"] {
        figures::clear(first);
    }
    let start = Start::new();
    let count = trials(100, 2_000);
    let sizes: u64 = (0..count).map(|number| written(&start, number)).sum();
    println!("{count} walks, {sizes} entries");
}

/// Walks, and writes the log of it.
fn written(start: &Start, number: u64) -> u64 {
    let mut centre = start.centre(number, false);
    let mut random = Random(number);
    let mut book = Book::new(&centre);
    let mut moments = Vec::new();
    for command in command::random(&mut random) {
        let taken = book.step(&mut centre, &command, &mut String::new()).unwrap();
        if taken && random.below(LOOKS) == 0 {
            look(&mut centre, &mut random, &mut moments);
        }
    }
    moments.push(figures::moment(centre.state()));
    let name = format!("walk-{number:04}");
    figures::write(&name, &centre.entries, &moments, centre.state());
    figures::write_refused(&name, &centre.refused);
    centre.size()
}

fn look(centre: &mut Centre, random: &mut Random, moments: &mut Vec<Value>) {
    moments.push(figures::moment(centre.state()));
    if random.below(COMMITS) == 0 {
        let basis = *random.pick(&[Basis::Recorded, Basis::Released]);
        let commitment = centre.results(basis).commitment(centre.state()).unwrap();
        centre.take(&service_key(), Event::ResultsCommitted(Box::new(commitment)));
    }
}
