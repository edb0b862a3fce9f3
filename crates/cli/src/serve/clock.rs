//! Says whether the machine's clock is believed, and asks whoever is at the terminal.

use std::io::{IsTerminal, stdin};
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use jiff::Timestamp;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::getpgrp;
use rustix::termios::tcgetpgrp;
use tallylog_server::{ClockGuard, Guarding, Log, Standing, Voucher};

use crate::args::ClockArgs;
use crate::data_dir::DataDir;
use crate::failure::Failure;
use crate::show::talk;
use crate::time::shown;

/// How far a time that is said at the start may be from this machine's clock.
const NEAR_MS: u64 = 5 * 60 * 1_000;

/// How often it is looked whether there is a question or an answer.
const LOOK: Duration = Duration::from_millis(250);

/// How the log's clock is guarded, by what was said at the start.
///
/// # Errors
///
/// [`Failure::ClockDiffers`] if a time was said, and this machine's clock says another.
pub(super) fn guarding(args: &ClockArgs, data: &DataDir) -> Result<Guarding, Failure> {
    if let Some(said) = args.clock_is {
        compare(said, tallylog_server::now().0)?;
    }
    Ok(Guarding {
        heartbeat: data.heartbeat(),
        is_vouched: args.trust_clock || args.clock_is.is_some(),
        clocks: Arc::new(tallylog_server::read_clocks),
    })
}

fn compare(said: Timestamp, ours: u64) -> Result<(), Failure> {
    // Before 1970 it is far from any clock.
    let said = u64::try_from(said.as_millisecond()).unwrap_or_default();
    if said.abs_diff(ours) <= NEAR_MS {
        return Ok(());
    }
    Err(Failure::ClockDiffers {
        said: shown(said).utc,
        ours: shown(ours).utc,
    })
}

/// Tells whoever runs the server of each change, and asks whoever is at the terminal while the clock is not believed.
pub(super) fn attend(log: &Log) {
    let Some(guard) = log.clock_guard().cloned() else {
        return;
    };
    // Before the question, which follows from it.
    let mut news = guard.standing();
    let at_start = news.borrow_and_update().clone();
    if !at_start.is_sound() {
        talk(&line(&at_start));
    }
    // Both end with the process: nobody may wait for somebody who does not answer.
    let _telling = tokio::spawn(async move {
        while news.changed().await.is_ok() {
            let standing = news.borrow_and_update().clone();
            talk(&line(&standing));
        }
    });
    if stdin().is_terminal() && std::io::stderr().is_terminal() {
        let _asking = std::thread::spawn(move || while ask(&guard) {});
    }
}

/// What is said of the clock when it has changed.
fn line(standing: &Standing) -> String {
    let others = match standing {
        Standing::Sound(voucher) => return format!("{}; events are taken", vouched(voucher)),
        Standing::Unconfirmed { others, .. } | Standing::Jumped { others, .. } => others,
    };
    if let Some((witness, at)) = others.last() {
        let theirs = shown(at.seconds().saturating_mul(1_000)).text;
        return format!("the witness {witness} says that it is {theirs}: set the clock of the machine that is wrong");
    }
    doubt(standing)
}

fn vouched(voucher: &Voucher) -> String {
    match voucher {
        Voucher::Said | Voucher::Person => "the clock is confirmed".to_owned(),
        Voucher::Recent => "the clock was set, and fits the log".to_owned(),
        Voucher::Witness(name) => format!("the witness {name} confirms the clock"),
        Voucher::Restored => "the clock is what it should be again".to_owned(),
    }
}

fn doubt(standing: &Standing) -> String {
    match standing {
        Standing::Sound(_) => String::new(),
        Standing::Unconfirmed { wall, last, .. } => {
            let last = last.map_or_else(String::new, |last| {
                format!(", and the log was last written to on {}", shown(last.0).text)
            });
            format!(
                "this machine's clock says {}{last}. Nothing is taken until the time is confirmed [clock-unconfirmed]: by a witness, or by a start with --clock-is and the right time, by another clock than this one, written like 2028-02-07T20:14:05-06:00. Where the machine has its time from the network before this starts, --trust-clock says so. What is in the log is shown meanwhile",
                shown(wall.0).text,
            )
        }
        Standing::Jumped { wall, expected, .. } => format!(
            "somebody set this machine's clock: it says {}, and {} was to come. Nothing is taken [clock-jumped] until it is set back, a witness confirms it, or the server is started again with --clock-is and the right time. What is in the log is shown meanwhile",
            shown(wall.0).text,
            shown(expected.0).text,
        ),
    }
}

/// Waits until there is a question, and asks it. `false`: nobody is there any more.
fn ask(guard: &ClockGuard) -> bool {
    if guard.standing().borrow().is_sound() {
        // What is wrong is said meanwhile.
        sleep(LOOK);
        return true;
    }
    let reading = guard.reading();
    talk(&format!("Is it {}? y/N", shown(reading.wall.0).text));
    match answer(guard) {
        Answer::Nobody => return false,
        Answer::Settled => return true,
        Answer::Typed(line) if is_yes(&line) => {
            if !guard.confirm(reading) {
                talk("the clock was set meanwhile; look once more");
            }
            return true;
        }
        Answer::Typed(_) => {}
    }
    talk("Then set this machine's clock, and press Enter");
    !matches!(answer(guard), Answer::Nobody)
}

/// What came of a question.
enum Answer {
    Typed(String),
    /// The clock was confirmed otherwise.
    Settled,
    Nobody,
}

fn answer(guard: &ClockGuard) -> Answer {
    loop {
        if guard.standing().borrow().is_sound() {
            return Answer::Settled;
        }
        let terminal = stdin();
        // A process in the background that reads from its terminal is stopped, and the night with it.
        let in_front = tcgetpgrp(&terminal).is_ok_and(|group| group == getpgrp());
        let mut wanted = [PollFd::new(&terminal, PollFlags::IN)];
        if !in_front {
            sleep(LOOK);
        } else if poll(&mut wanted, Timespec::try_from(LOOK).ok().as_ref()).is_ok_and(|ready| ready > 0) {
            let mut line = String::new();
            return match stdin().read_line(&mut line) {
                Ok(1..) => Answer::Typed(line),
                Ok(0) | Err(_) => Answer::Nobody,
            };
        }
    }
}

fn is_yes(line: &str) -> bool {
    ["y", "yes"].contains(&line.trim().to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_833_588_845_000;

    #[test]
    fn a_time_that_is_said_is_within_five_minutes_of_the_clock() {
        for (said, fits) in [
            ("2028-02-07T20:14:05-06:00", true),
            ("2028-02-08T02:14:05Z", true),
            ("2028-02-08T02:19:05Z", true),
            ("2028-02-08T02:09:05Z", true),
            ("2028-02-08T02:19:06Z", false),
            ("2028-02-08T02:09:04Z", false),
            ("2028-01-29T02:14:05Z", false),
            ("1960-01-29T02:14:05Z", false),
        ] {
            let compared = compare(said.parse().unwrap(), NOW);
            assert_eq!(compared.is_ok(), fits, "{said}");
        }
    }

    #[test]
    fn only_yes_is_yes() {
        let typed = ["y\n", "Y\r\n", " yes \n", "n\n", "\n", "yesterday\n"];
        assert_eq!(typed.map(is_yes), [true, true, true, false, false, false]);
    }
}
