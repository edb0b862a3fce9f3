//! Whether this machine's time of day may be believed.
//!
//! A log that was stamped once with a time that had not come has that time in every later entry until it comes. So a
//! server believes its clock only while it goes on as the machine's steady clock does, and at first only if the log
//! was written to a short while ago, or somebody says that the clock is right.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tallylog_event::UnixMillis;
use tallylog_store::StoreError;
use tallylog_tlog::{KeyName, UnixSeconds};
use tokio::sync::watch;

use super::heartbeat::Heartbeat;
use super::{Clocks, Reading};
use crate::problem::Problem;

/// How far the two clocks may drift apart between two looks. What is more was no drift: somebody set the clock.
const JUMP: Duration = Duration::from_secs(5);

/// How long a log may have been left alone for a start to believe the clock without being told.
const RECENT: Duration = Duration::from_hours(1);

/// How far a witness's time may be from ours to confirm it, and ours before the last that the log was written to.
/// Verifiers allow the same by default.
pub(super) const NEAR: Duration = Duration::from_mins(5);

/// How a log's clock is guarded.
#[derive(Clone)]
pub struct Guarding {
    /// The file that says when the clock was last believed, made where there is none.
    pub heartbeat: PathBuf,
    /// Whether somebody has said that the clock is right.
    pub is_vouched: bool,
    /// Where both clocks are read.
    pub clocks: Clocks,
}

/// Whether the clock is believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is, and events are taken.
    Sound(Voucher),
    /// Not since the start.
    Unconfirmed {
        /// What it said then.
        wall: UnixMillis,
        /// When the log was last written to, as far as that is known.
        last: Option<UnixMillis>,
        /// The witnesses whose time is another.
        others: Vec<(KeyName, UnixSeconds)>,
    },
    /// Not since somebody set it.
    Jumped {
        /// What it said then.
        wall: UnixMillis,
        /// What it would have said if nobody had set it.
        expected: UnixMillis,
        /// The witnesses whose time is another.
        others: Vec<(KeyName, UnixSeconds)>,
    },
}

/// By what the clock is believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Voucher {
    /// The log was written to a short while ago, by this clock.
    Recent,
    /// Whoever started the server said so.
    Said,
    /// Somebody at the terminal has compared it.
    Person,
    /// A witness has the same time.
    Witness(KeyName),
    /// It was set back to what it should be.
    Restored,
}

/// Believes a clock, or does not.
pub struct ClockGuard {
    clocks: Clocks,
    heartbeat: Heartbeat,
    readings: Mutex<Readings>,
    /// Changed by whoever holds the readings.
    standing: watch::Sender<Standing>,
}

struct Readings {
    /// The last one that was believed, or the first: by it a clock is known again that is set back.
    believed: Reading,
    latest: Reading,
}

impl Standing {
    /// Whether events are taken.
    #[must_use]
    pub const fn is_sound(&self) -> bool {
        matches!(self, Self::Sound(_))
    }

    const fn unconfirmed(reading: Reading, last: Option<UnixMillis>) -> Self {
        Self::Unconfirmed {
            wall: reading.wall,
            last,
            others: Vec::new(),
        }
    }

    const fn jumped(reading: Reading, expected: UnixMillis) -> Self {
        Self::Jumped {
            wall: reading.wall,
            expected,
            others: Vec::new(),
        }
    }
}

impl Reading {
    /// What the time of day would be at another reading if nobody had set it since this one.
    fn expects_at(self, other: Self) -> UnixMillis {
        let passed = millis(other.steady.saturating_sub(self.steady));
        UnixMillis(self.wall.0.saturating_add(passed))
    }

    /// Whether nobody set the clock between this reading and a later one.
    fn leads_to(self, later: Self) -> bool {
        self.expects_at(later).0.abs_diff(later.wall.0) <= millis(JUMP)
    }
}

impl ClockGuard {
    /// Reads the heartbeat, and compares the clock with when the log was last written to.
    pub(crate) fn new(guarding: &Guarding, last_entry: Option<UnixMillis>) -> Self {
        let reading = (guarding.clocks)();
        let heartbeat = Heartbeat::new(&guarding.heartbeat);
        let last = last_written(last_entry, heartbeat.last());
        let standing = if guarding.is_vouched {
            Standing::Sound(Voucher::Said)
        } else if last.is_some_and(|last| is_recent(last, reading.wall)) {
            Standing::Sound(Voucher::Recent)
        } else {
            Standing::unconfirmed(reading, last)
        };
        Self {
            clocks: guarding.clocks.clone(),
            heartbeat,
            readings: Mutex::new(Readings {
                believed: reading,
                latest: reading,
            }),
            standing: watch::Sender::new(standing),
        }
    }

    /// The time, if it is believed.
    ///
    /// # Errors
    ///
    /// [`Problem::ClockUnconfirmed`] and [`Problem::ClockJumped`].
    pub(crate) fn time(&self) -> Result<UnixMillis, Problem> {
        let reading = self.look(&mut self.readings());
        match &*self.standing.borrow() {
            Standing::Sound(_) => Ok(reading.wall),
            Standing::Unconfirmed { .. } => Err(Problem::ClockUnconfirmed),
            Standing::Jumped { .. } => Err(Problem::ClockJumped),
        }
    }

    /// Whether the clock is believed, and news of it.
    #[must_use]
    pub fn standing(&self) -> watch::Receiver<Standing> {
        self.standing.subscribe()
    }

    /// What somebody may confirm: the clocks as they are now.
    #[must_use]
    pub fn reading(&self) -> Reading {
        (self.clocks)()
    }

    /// Somebody has compared the time of a reading, and it was right. Says whether it still is: not if the clock was set
    /// since.
    pub fn confirm(&self, compared: Reading) -> bool {
        let mut readings = self.readings();
        let reading = self.look(&mut readings);
        let holds = compared.leads_to(reading);
        if holds && !self.standing.borrow().is_sound() {
            self.believe(&mut readings, Voucher::Person);
        }
        holds
    }

    /// A witness has just cosigned at this time.
    pub(crate) fn heard(&self, witness: &KeyName, at: UnixSeconds) {
        let mut readings = self.readings();
        let reading = self.look(&mut readings);
        if self.standing.borrow().is_sound() {
            return;
        }
        let theirs = at.seconds().saturating_mul(1_000);
        if reading.wall.0.abs_diff(theirs) <= millis(NEAR) {
            return self.believe(&mut readings, Voucher::Witness(witness.clone()));
        }
        self.standing.send_if_modified(|standing| {
            let (Standing::Unconfirmed { others, .. } | Standing::Jumped { others, .. }) = standing else {
                return false;
            };
            let is_news = others.iter().all(|(name, _)| name != witness);
            others.retain(|(name, _)| name != witness);
            others.push((witness.clone(), at));
            is_news
        });
    }

    /// Notes that the clock is believed now, for the next start; where it is not, there is nothing to note.
    pub(super) fn beat(&self) -> Result<(), StoreError> {
        let Ok(now) = self.time() else {
            return Ok(());
        };
        self.heartbeat.beat(now)
    }

    /// Reads the clocks, and sees whether they are believed.
    fn look(&self, readings: &mut Readings) -> Reading {
        let reading = (self.clocks)();
        let was_set = !readings.latest.leads_to(reading);
        readings.latest = reading;
        let is_as_before = readings.believed.leads_to(reading);
        if is_as_before && self.standing.borrow().is_sound() {
            readings.believed = reading;
            return reading;
        }
        let standing = self.standing.borrow().clone();
        match standing {
            Standing::Jumped { .. } if is_as_before => self.believe(readings, Voucher::Restored),
            Standing::Sound(_) | Standing::Jumped { .. } => {
                if was_set {
                    let expected = readings.believed.expects_at(reading);
                    self.standing.send_replace(Standing::jumped(reading, expected));
                }
            }
            Standing::Unconfirmed { last, .. } => {
                if last.is_some_and(|last| is_recent(last, reading.wall)) {
                    self.believe(readings, Voucher::Recent);
                } else if was_set {
                    // What a witness said was about the time before.
                    self.standing.send_replace(Standing::unconfirmed(reading, last));
                }
            }
        }
        reading
    }

    fn believe(&self, readings: &mut Readings, voucher: Voucher) {
        readings.believed = readings.latest;
        self.standing.send_replace(Standing::Sound(voucher));
    }

    fn readings(&self) -> MutexGuard<'_, Readings> {
        self.readings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When the log was last written to by a clock that was believed: its last entry, or the heartbeat.
///
/// An entry that is more than an hour after the last heartbeat was stamped ahead, since a server that takes entries beats.
/// Then the heartbeat counts, so that such a log goes on by the right clock and by no other.
fn last_written(entry: Option<UnixMillis>, beat: Option<UnixMillis>) -> Option<UnixMillis> {
    let Some(beat) = beat else {
        return entry;
    };
    let ahead = beat.0.saturating_add(millis(RECENT));
    let entry = entry.filter(|entry| entry.0 <= ahead);
    entry.max(Some(beat))
}

/// Whether a log that was last written to then may be going on now.
fn is_recent(last: UnixMillis, now: UnixMillis) -> bool {
    let earliest = last.0.saturating_sub(millis(NEAR));
    let latest = last.0.saturating_add(millis(RECENT));
    (earliest..=latest).contains(&now.0)
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use tempfile::TempDir;

    use super::*;

    const SECOND: u64 = 1_000;
    const MINUTE: u64 = 60 * SECOND;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;

    /// 2028-02-07, 20:14:05 in Iowa.
    const NOW: u64 = 1_833_588_845_000;

    /// A machine with two clocks, and a folder.
    struct Machine {
        wall: Arc<AtomicU64>,
        steady: Arc<AtomicU64>,
        folder: TempDir,
    }

    impl Machine {
        fn at(wall: u64) -> Self {
            Self {
                wall: Arc::new(AtomicU64::new(wall)),
                steady: Arc::new(AtomicU64::new(DAY)),
                folder: tempfile::tempdir().unwrap(),
            }
        }

        fn path(&self) -> PathBuf {
            self.folder.path().join("heartbeat")
        }

        fn start(&self, last_entry: Option<u64>) -> ClockGuard {
            self.starts(last_entry, false)
        }

        fn starts(&self, last_entry: Option<u64>, is_vouched: bool) -> ClockGuard {
            let (wall, steady) = (Arc::clone(&self.wall), Arc::clone(&self.steady));
            let clocks: Clocks = Arc::new(move || Reading {
                wall: UnixMillis(wall.load(Ordering::SeqCst)),
                steady: Duration::from_millis(steady.load(Ordering::SeqCst)),
            });
            let guarding = Guarding {
                heartbeat: self.path(),
                is_vouched,
                clocks,
            };
            ClockGuard::new(&guarding, last_entry.map(UnixMillis))
        }

        /// Time goes by.
        fn passes(&self, millis: u64) {
            self.wall.fetch_add(millis, Ordering::SeqCst);
            self.steady.fetch_add(millis, Ordering::SeqCst);
        }

        /// Somebody sets the clock.
        fn is_set(&self, wall: u64) {
            self.wall.store(wall, Ordering::SeqCst);
        }

        fn says(&self) -> u64 {
            self.wall.load(Ordering::SeqCst)
        }
    }

    fn name(of: &str) -> KeyName {
        KeyName::new(of).unwrap()
    }

    fn seconds(millis: u64) -> UnixSeconds {
        UnixSeconds::new(millis / 1_000).unwrap()
    }

    #[track_caller]
    fn is(guard: &ClockGuard, expected: Result<u64, &str>) {
        let time = guard.time();
        let time = time.as_ref().map(|time| time.0).map_err(Problem::code);
        assert_eq!(time, expected);
    }

    #[test]
    fn a_start_believes_the_clock_if_the_log_was_written_to_within_the_hour() {
        let cases = [
            // A log that was opened or written to a moment ago, and an hour ago.
            (Some(NOW - 2 * SECOND), None, true),
            (Some(NOW - HOUR), None, true),
            (Some(NOW - HOUR - 1), None, false),
            (Some(NOW - 10 * DAY), None, false),
            // A clock that is behind, as far as clocks differ, and further.
            (Some(NOW + 5 * MINUTE), None, true),
            (Some(NOW + 5 * MINUTE + 1), None, false),
            (Some(NOW + 10 * DAY), None, false),
            // A server that took nothing for a day, and stood until a moment ago.
            (Some(NOW - DAY), Some(NOW - 10 * SECOND), true),
            (Some(NOW - DAY), Some(NOW - 2 * HOUR), false),
            // What came after the last beat.
            (Some(NOW - 30 * SECOND), Some(NOW - HOUR - 20 * SECOND), true),
            // A clock that was set back behind a beat.
            (Some(NOW - DAY), Some(NOW + DAY), false),
            // A log that was stamped ahead goes on by the clock of the beats, and not by the one that was ahead.
            (Some(NOW + 10 * DAY), Some(NOW - MINUTE), true),
            (Some(NOW - MINUTE), Some(NOW - 10 * DAY), false),
            // A folder that says nothing.
            (None, None, false),
            (None, Some(NOW - MINUTE), true),
        ];
        for (entry, beat, is_believed) in cases {
            let machine = Machine::at(NOW);
            if let Some(beat) = beat {
                Heartbeat::new(&machine.path()).beat(UnixMillis(beat)).unwrap();
            }
            let time = machine.start(entry).time();
            let expected = if is_believed {
                Ok(UnixMillis(NOW))
            } else {
                Err(Problem::ClockUnconfirmed)
            };
            assert_eq!(time, expected, "last entry {entry:?}, last beat {beat:?}");
        }
    }

    #[test]
    fn a_clock_that_somebody_vouches_for_is_believed_at_the_start_and_not_when_it_jumps() {
        let machine = Machine::at(NOW);
        let guard = machine.starts(Some(NOW - 10 * DAY), true);
        is(&guard, Ok(NOW));
        machine.is_set(NOW + DAY);
        is(&guard, Err("clock-jumped"));
    }

    #[test]
    fn a_clock_that_is_set_while_the_server_runs_is_not_believed_in_either_direction() {
        for (by, is_believed) in [
            (5_000, true),
            (5_001, false),
            (-5_000, true),
            (-5_001, false),
            (864_000_000, false),
            (-864_000_000, false),
        ] {
            let machine = Machine::at(NOW);
            let guard = machine.start(Some(NOW));
            machine.passes(MINUTE);
            machine.is_set(machine.says().saturating_add_signed(by));
            let expected = if is_believed {
                Ok(machine.says())
            } else {
                Err("clock-jumped")
            };
            is(&guard, expected);
        }
    }

    #[test]
    fn a_jump_is_seen_however_long_nobody_looked_and_a_clock_that_only_goes_on_never_jumps() {
        let machine = Machine::at(NOW);
        let guard = machine.start(Some(NOW));
        // A week without a look, or a machine that slept: both clocks went on.
        machine.passes(7 * DAY);
        is(&guard, Ok(NOW + 7 * DAY));
        // Slewed by four seconds in each of ten hours.
        for _ in 0..10 {
            machine.passes(HOUR);
            machine.is_set(machine.says() + 4 * SECOND);
            is(&guard, Ok(machine.says()));
        }
        machine.passes(7 * DAY);
        machine.is_set(machine.says() + 6 * SECOND);
        is(&guard, Err("clock-jumped"));
    }

    #[test]
    fn a_clock_that_is_set_back_to_what_it_should_be_is_believed_again() {
        let machine = Machine::at(NOW);
        let guard = machine.start(Some(NOW));
        machine.is_set(NOW + 10 * DAY);
        is(&guard, Err("clock-jumped"));
        machine.passes(HOUR);
        is(&guard, Err("clock-jumped"));
        // It is not enough that it goes on evenly, nor that it comes nearer.
        machine.is_set(NOW + HOUR + MINUTE);
        is(&guard, Err("clock-jumped"));
        machine.is_set(NOW + HOUR + 4 * SECOND);
        is(&guard, Ok(NOW + HOUR + 4 * SECOND));
        assert_eq!(*guard.standing().borrow(), Standing::Sound(Voucher::Restored));
    }

    #[test]
    fn a_witness_confirms_the_time_that_it_has_to_within_five_minutes() {
        for (theirs, is_believed) in [
            (NOW + 5 * MINUTE, true),
            (NOW - 5 * MINUTE, true),
            (NOW + 5 * MINUTE + SECOND, false),
            (NOW - 10 * DAY, false),
        ] {
            let machine = Machine::at(NOW);
            let unconfirmed = machine.start(Some(NOW - 10 * DAY));
            let jumped = machine.start(Some(NOW - HOUR));
            machine.is_set(NOW - HOUR);
            assert!(jumped.time().is_err());
            machine.is_set(NOW + HOUR);
            assert!(jumped.time().is_err());
            machine.is_set(NOW);
            let jumped_to = NOW + 20 * MINUTE;
            unconfirmed.heard(&name("press.example/w"), seconds(theirs));
            is(
                &unconfirmed,
                if is_believed { Ok(NOW) } else { Err("clock-unconfirmed") },
            );
            machine.is_set(jumped_to);
            assert!(jumped.time().is_err());
            jumped.heard(&name("press.example/w"), seconds(theirs + 20 * MINUTE));
            is(
                &jumped,
                if is_believed {
                    Ok(jumped_to)
                } else {
                    Err("clock-jumped")
                },
            );
        }
    }

    #[test]
    fn a_witness_with_another_time_is_news_once_and_takes_nothing_from_a_clock_that_is_believed() {
        let machine = Machine::at(NOW);
        let guard = machine.start(Some(NOW - DAY));
        let mut news = guard.standing();
        for (witness, is_news) in [("one", true), ("one", false), ("two", true), ("one", false)] {
            news.mark_unchanged();
            guard.heard(&name(witness), seconds(NOW - 10 * DAY));
            assert_eq!(news.has_changed().unwrap(), is_news, "{witness}");
        }
        guard.heard(&name("three"), seconds(NOW));
        guard.heard(&name("one"), seconds(NOW - 10 * DAY));
        is(&guard, Ok(NOW));
        assert_eq!(
            *guard.standing().borrow(),
            Standing::Sound(Voucher::Witness(name("three")))
        );
    }

    #[test]
    fn a_person_confirms_the_time_that_was_shown_and_no_other() {
        let machine = Machine::at(NOW);
        let guard = machine.start(Some(NOW - DAY));
        let shown = guard.reading();
        machine.passes(MINUTE);
        machine.is_set(machine.says() + DAY);
        assert!(!guard.confirm(shown), "it was set between the question and the answer");
        is(&guard, Err("clock-unconfirmed"));
        let shown = guard.reading();
        machine.passes(MINUTE);
        assert!(guard.confirm(shown));
        is(&guard, Ok(machine.says()));
    }

    #[test]
    fn a_clock_that_is_set_right_before_anybody_confirms_it_is_believed() {
        let machine = Machine::at(NOW + 10 * DAY);
        let guard = machine.start(Some(NOW));
        is(&guard, Err("clock-unconfirmed"));
        machine.is_set(NOW + MINUTE);
        is(&guard, Ok(NOW + MINUTE));
    }

    #[test]
    fn a_clock_that_is_not_believed_does_not_beat() {
        let machine = Machine::at(NOW);
        let guard = machine.start(Some(NOW - DAY));
        guard.beat().unwrap();
        assert!(!machine.path().exists());
        assert!(guard.confirm(guard.reading()));
        guard.beat().unwrap();
        machine.is_set(NOW + 10 * DAY);
        guard.beat().unwrap();
        assert_eq!(Heartbeat::new(&machine.path()).last(), Some(UnixMillis(NOW)));
        // So it is not believed after a restart either.
        is(&machine.start(Some(NOW)), Err("clock-unconfirmed"));
    }
}
