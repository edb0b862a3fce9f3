//! Plays a night: sends what was signed when its moment has come, and signs corrections and releases late.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use tallylog_event::{Basis, EntryIndex, UnixMillis};
use tallylog_projection::Review;
use tallylog_server::{Answer, Log, Problem};
use tallylog_simulate::{Milestone, Night, Planned, PlannedCase, PlannedCorrection, What, further};
use tokio::time::{Instant, sleep_until};

use super::documents::Documents;
use super::screen::Screen;
use super::{NightClock, devices};
use crate::failure::Failure;

/// The longest pause between two events that is played: nights are quiet, and the days after are long.
const LONGEST_PAUSE: u64 = 10_000;

/// What comes after a night follows from this seed.
const SEED_OF_MORE: u64 = 1;

/// How many events of what comes after a night wait for their receipts: what a log writes at once.
const TOGETHER: usize = 4_096;

/// How often the figures are shown during a night.
const LOOKS: u32 = 8;

pub(super) struct Driver {
    log: Log,
    clock: NightClock,
    screen: Screen,
    address: SocketAddr,
}

/// Counts of what was sent.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) retries: u64,
    pub(super) refused: u64,
}

impl Driver {
    pub(super) fn new(log: Log, clock: NightClock, screen: Screen, address: SocketAddr) -> Self {
        Self {
            log,
            clock,
            screen,
            address,
        }
    }

    /// Says that the server stays up.
    pub(super) fn stay(&self) {
        self.screen.stay(self.address);
    }

    /// Plays the whole night within `seconds`, or as fast as the machine can if that is 0. Its people get devices in a
    /// folder, if there is one for them. Goes on until the log has `entries`, if the night is over before that.
    pub(super) async fn play(
        &self,
        night: &Night,
        mut documents: Documents,
        seconds: u64,
        people: Option<&Path>,
        entries: u64,
    ) -> Result<(), Failure> {
        let mut under_way = Vec::new();
        for envelope in &night.setup {
            let body = envelope.decode().map_err(Problem::MalformedEvent)?;
            self.clock.set(body.recorded_at);
            under_way.push(self.log.enqueue_in_turn(envelope.clone()).await?);
        }
        let mut tally = Tally::default();
        self.settle(&mut under_way, &mut tally).await;
        self.screen.open(night);
        if let Some(folder) = people {
            let made = devices::write(folder, night, &self.log, self.address)?;
            self.screen.devices(folder, &made);
        }

        let pace = Pace::new(&night.plan, seconds);
        let (started, mut looked) = (Instant::now(), 0);
        for (planned, due) in night.plan.iter().zip(&pace.due) {
            let due = pace.scale(*due);
            sleep_until(started + due).await;
            let look = pace.look(due);
            if look > looked {
                looked = look;
                self.settle(&mut under_way, &mut tally).await;
                self.screen.look(&*self.log.state()?, self.address)?;
                tokio::task::block_in_place(|| documents.put(&self.log))?;
            }
            self.happen(planned, &mut under_way, &mut tally).await?;
        }
        self.go_on(night, entries, &mut under_way, &mut tally).await?;
        self.settle(&mut under_way, &mut tally).await;
        self.screen.close(&*self.log.state()?, &tally, self.address)?;
        tokio::task::block_in_place(|| documents.put(&self.log))
    }

    /// Lets more happen than a night has, until the log has so many entries.
    async fn go_on(
        &self,
        night: &Night,
        entries: u64,
        under_way: &mut Vec<Answer>,
        tally: &mut Tally,
    ) -> Result<(), Failure> {
        for planned in further(SEED_OF_MORE, night) {
            if under_way.len() >= TOGETHER || self.size_with(under_way) >= entries {
                self.settle(under_way, tally).await;
            }
            if self.size_with(under_way) >= entries {
                break;
            }
            self.happen(&planned, under_way, tally).await?;
        }
        Ok(())
    }

    /// How many entries the log has at most once everything is taken that was sent.
    fn size_with(&self, under_way: &[Answer]) -> u64 {
        let sent = u64::try_from(under_way.len()).unwrap_or(u64::MAX);
        self.log.reader().head().size.saturating_add(sent)
    }

    async fn happen(&self, planned: &Planned, under_way: &mut Vec<Answer>, tally: &mut Tally) -> Result<(), Failure> {
        match &planned.what {
            What::Arrival(arrival) => {
                self.clock.set(planned.at);
                under_way.push(self.log.enqueue_in_turn(arrival.envelope.clone()).await?);
                let size = self.log.reader().head().size;
                self.screen.progress(planned.at, size, &self.log)?;
            }
            What::Correction(correction) => {
                self.settle(under_way, tally).await;
                self.clock.set(planned.at);
                self.correct(correction, planned.at, tally).await?;
            }
            What::Case(case) => {
                self.settle(under_way, tally).await;
                self.clock.set(planned.at);
                self.work_on(case, planned.at, tally).await?;
            }
            What::Release(milestone) => {
                self.settle(under_way, tally).await;
                self.clock.set(planned.at);
                self.release(milestone, planned.at, tally).await?;
            }
        }
        Ok(())
    }

    async fn correct(&self, planned: &PlannedCorrection, at: UnixMillis, tally: &mut Tally) -> Result<(), Failure> {
        let record = self
            .log
            .state()?
            .versions(planned.precinct())
            .last()
            .map(|version| (version.entry, version.filing()));
        let Some((replaces, before)) = record else {
            return Ok(());
        };
        match self.log.submit(planned.sign(replaces)).await {
            Ok(_) => self.screen.corrected(at, planned, &before, &*self.log.state()?),
            Err(problem) => self.refused(&problem, tally),
        }
        Ok(())
    }

    /// Takes a case through its steps, by its two officers.
    async fn work_on(&self, planned: &PlannedCase, at: UnixMillis, tally: &mut Tally) -> Result<(), Failure> {
        let record = self
            .log
            .state()?
            .counted(planned.precinct(), Basis::Recorded)
            .map(|version| (version.entry, version.filing()));
        let Some((record, before)) = record else {
            return Ok(());
        };
        match self.steps(planned, record).await {
            Ok(()) if planned.stands() => {}
            Ok(()) => self
                .screen
                .corrected(at, planned.correction(), &before, &*self.log.state()?),
            Err(problem) => self.refused(&problem, tally),
        }
        Ok(())
    }

    async fn steps(&self, planned: &PlannedCase, record: EntryIndex) -> Result<(), Problem> {
        let case = self.log.submit(planned.open()).await?.entry;
        let proposal = self.log.submit(planned.propose(case, record)).await?.entry;
        self.log.submit(planned.approve(proposal, record)).await?;
        self.log.submit(planned.close(case)).await?;
        Ok(())
    }

    /// Releases every record that nothing holds.
    async fn release(&self, milestone: &Milestone, at: UnixMillis, tally: &mut Tally) -> Result<(), Failure> {
        let mut clear: Vec<EntryIndex> = {
            let state = self.log.state()?;
            let review = Review::of(&state);
            let statuses = (0..state.roster().precincts()).map(|position| review.status(position));
            statuses
                .filter(|status| !status.held)
                .filter_map(|status| status.record)
                .collect()
        };
        clear.sort_unstable();
        let precincts = clear.len();
        // The entries of different precincts differ.
        let Ok(envelope) = milestone.sign(clear) else {
            return Ok(());
        };
        match self.log.submit(envelope).await {
            Ok(_) => self.screen.released(at, milestone.name().as_str(), precincts),
            Err(problem) => self.refused(&problem, tally),
        }
        Ok(())
    }

    /// Waits for everything that was sent.
    async fn settle(&self, under_way: &mut Vec<Answer>, tally: &mut Tally) {
        for answer in under_way.drain(..) {
            match answer.await.unwrap_or(Err(Problem::Stopping)) {
                Ok(receipt) => tally.retries += u64::from(receipt.known),
                Err(problem) => self.refused(&problem, tally),
            }
        }
    }

    fn refused(&self, problem: &Problem, tally: &mut Tally) {
        tally.refused += 1;
        self.screen.line(&format!("refused [{}]: {problem}", problem.code()));
    }
}

/// When everything is due, in played milliseconds from the start.
struct Pace {
    due: Vec<u64>,
    whole: u64,
    seconds: u64,
}

impl Pace {
    fn new(plan: &[Planned], seconds: u64) -> Self {
        let mut played = 0;
        let mut before = plan.first().map_or(UnixMillis(0), |first| first.at);
        let due = plan
            .iter()
            .map(|planned| {
                played += (planned.at.0 - before.0).min(LONGEST_PAUSE);
                before = planned.at;
                played
            })
            .collect();
        Self {
            due,
            whole: played.max(1),
            seconds,
        }
    }

    fn scale(&self, due: u64) -> Duration {
        Duration::from_millis(due * self.seconds * 1_000 / self.whole)
    }

    /// How many looks at the figures are due by then; none in a night that is played at once.
    fn look(&self, due: Duration) -> u128 {
        due.as_millis() * u128::from(LOOKS) / u128::from(self.seconds.max(1) * 1_000)
    }
}
