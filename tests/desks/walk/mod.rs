//! Random walks through the desks, against a naive model of who may do what.
//!
//! The model keeps books of its own and shares nothing with the fold but the rules of the caucus. At every step it says
//! what the log will answer, and by which code it refuses; and whatever the log took is recounted by hand.

mod attempt;
mod book;
mod command;
mod doubts;
mod judge;
mod laws;
mod shown;
mod vectors;

use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

use tallylog_event::ReleasePolicy;

use self::book::Book;
use self::command::Command;
use crate::centre::Centre;
use crate::trials::{Random, seed, trials};

/// One walk in so many is held against every law at every step, and against the verifier at its end.
const WATCHED: u64 = 25;

/// A walk that went wrong, with what was done.
struct Fault {
    what: String,
    trace: String,
}

/// A centre in which nobody has done anything yet, for each policy and version.
struct Start {
    centres: Vec<Centre>,
}

impl Start {
    fn new() -> Self {
        let policies = [ReleasePolicy::ReportedClear, ReleasePolicy::Confirmed];
        let centre = |fold, policy| {
            let mut centre = Centre::with(|contest| (contest.fold, contest.release) = (fold, policy));
            for (person, job) in book::FURTHER {
                centre.enrol(person, job.role());
            }
            centre
        };
        let all = [2, 3]
            .into_iter()
            .flat_map(|fold| policies.map(|policy| centre(fold, policy)));
        Self { centres: all.collect() }
    }

    fn centre(&self, number: u64, watched: bool) -> Centre {
        let policy = usize::from(!number.is_multiple_of(3));
        let mut centre = self.centres[2 * usize::from(number.is_multiple_of(2)) + policy].clone();
        centre.watched = watched;
        centre
    }
}

/// Does what the commands say until something is not as the model says.
fn walk(mut centre: Centre, commands: &[Command]) -> Result<Book, Fault> {
    let mut book = Book::new(&centre);
    let mut trace = String::new();
    for command in commands {
        let step = book.step(&mut centre, command, &mut trace);
        let step = step.and_then(|taken| laws::hold(&centre, &book, taken));
        if let Err(what) = step {
            return Err(Fault { what, trace });
        }
    }
    let shown = shown::what_is_public_holds_by_itself(&centre);
    let on_trust = shown.map_err(|what| Fault {
        what,
        trace: trace.clone(),
    })?;
    *book.answers.entry("taken on trust".to_owned()).or_default() += u64::try_from(on_trust).unwrap_or(u64::MAX);
    if centre.watched {
        centre.check();
        laws::was_so_at_every_step(&centre);
    }
    laws::nothing_is_lost(&centre, &book).map_err(|what| Fault { what, trace })?;
    Ok(book)
}

/// The same, where a panic is a fault too.
fn tried(centre: Centre, commands: &[Command]) -> Result<Book, Fault> {
    catch_unwind(AssertUnwindSafe(|| walk(centre, commands))).unwrap_or_else(|_| {
        Err(Fault {
            what: "it panicked".to_owned(),
            trace: String::new(),
        })
    })
}

/// Leaves out whatever is not needed for the walk to go wrong.
fn shrunk(start: &Start, number: u64, mut commands: Vec<Command>) -> (Vec<Command>, Option<Fault>) {
    let mut fault = None;
    let mut at = commands.len();
    while at > 0 {
        at -= 1;
        let mut fewer = commands.clone();
        fewer.remove(at);
        if let Err(found) = tried(start.centre(number, true), &fewer) {
            commands = fewer;
            fault = Some(found);
        }
    }
    (commands, fault)
}

#[test]
fn whatever_anybody_does_the_log_answers_as_the_model_says() {
    let start = Start::new();
    let seed = seed();
    let mut codes = std::collections::BTreeMap::<String, u64>::new();
    let count = trials(150, 100_000);
    for number in 0..count {
        let mut random = Random(seed.wrapping_add(number.wrapping_mul(0x9E37_79B9)));
        let commands = command::random(&mut random);
        let watched = number.is_multiple_of(WATCHED);
        match tried(start.centre(number, watched), &commands) {
            Ok(book) => {
                for (code, times) in book.answers {
                    *codes.entry(code).or_default() += times;
                }
            }
            Err(fault) => {
                let (commands, smaller) = shrunk(&start, number, commands);
                let fault = smaller.unwrap_or(fault);
                let mut said = String::new();
                writeln!(said, "walk {number}: {}\n{}", fault.what, fault.trace).unwrap();
                panic!("{said}{} commands", commands.len());
            }
        }
    }
    println!("{count} walks");
    for (code, times) in &codes {
        println!("{times:>9} {code}");
    }
    if count >= 10_000 {
        for expected in judge::CODES {
            assert!(codes.contains_key(expected), "no walk was answered {expected}");
        }
    }
}
