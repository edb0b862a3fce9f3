//! Caucuses for tests.

use std::collections::VecDeque;

use tallylog_event::{CountyId, PrecinctId};
use tallylog_projection::State;
use tallylog_rules::{Delegates, Place};
use tallylog_server::{Replay, Signatures};
use tallylog_simulate::{Options, night};

use super::{Ask, Caucus};
use crate::failure::Failure;

/// The state of a small rehearsal before anybody reports.
pub(crate) fn state() -> State {
    let night = night(&Options::small(5, 1, 3));
    let mut entries = Vec::new();
    let mut previous = tallylog_event::EntryHash([0; 32]);
    for (at, envelope) in night.setup.into_iter().enumerate() {
        let entry = tallylog_event::Entry {
            index: tallylog_event::EntryIndex(u64::try_from(at).unwrap()),
            received_at: tallylog_event::UnixMillis(1),
            previous,
            envelope,
        };
        entries.push(entry.encode());
        previous = tallylog_event::EntryHash(*blake3::hash(entries.last().unwrap()).as_bytes());
    }
    Replay::of_bytes(&entries, Signatures::Trust).unwrap().into_state()
}

/// A precinct that elects so many delegates.
pub(crate) fn caucus(delegates: u16) -> Caucus {
    let id = PrecinctId {
        county: CountyId(0),
        number: 0,
    };
    let mut caucus = Caucus::of(&state(), id).unwrap();
    caucus.place = Place::Precinct {
        delegates: Delegates(delegates),
    };
    caucus
}

/// Answers from a list, and remembers what was said.
#[derive(Default)]
pub(crate) struct Script {
    answers: VecDeque<String>,
    pub(crate) said: String,
}

impl Script {
    pub(crate) fn new(answers: &[&str]) -> Self {
        Self {
            answers: answers.iter().map(|answer| (*answer).to_owned()).collect(),
            said: String::new(),
        }
    }

    pub(crate) fn is_used_up(&self) -> bool {
        self.answers.is_empty()
    }
}

impl Ask for Script {
    fn ask(&mut self, question: &str) -> Result<String, Failure> {
        let answer = self.answers.pop_front();
        let answer = answer.unwrap_or_else(|| panic!("{question} has no answer; said:\n{}", self.said));
        self.say(&format!("{question}: {answer}"));
        Ok(answer)
    }

    fn say(&mut self, line: &str) {
        self.said.push_str(line);
        self.said.push('\n');
    }
}
