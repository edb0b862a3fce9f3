//! What is known of the checkpoints that are to be cosigned, and of the witnesses. Nothing here waits for anything.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tallylog_tlog::{Policy, SignatureLine, SignedCheckpoint, Size, UnixSeconds, WitnessKey};

use super::ask::Cosignature;
use super::{Alarm, CAP, Witness, WitnessFault, WitnessUrl};

/// How many checkpoints may still be completed: a slow witness answers for one that is no longer the newest.
const ROUNDS: usize = 16;

/// After how long a witness is asked again for a checkpoint that it cosigned: its time is to stay fresh.
const REFRESH: Duration = Duration::from_mins(1);

/// How long a witness that failed is left alone at first; twice as long after each further failure.
const FIRST_REST: Duration = Duration::from_millis(250);
const LONGEST_REST: Duration = Duration::from_secs(30);

/// A checkpoint with the cosignatures that there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosigned {
    /// The note: the log's signature, then the cosignatures in the order of the witnesses.
    pub checkpoint: SignedCheckpoint,
    /// How many of the witnesses cosigned it.
    pub cosigners: usize,
    /// Whether these are enough.
    pub quorum_met: bool,
}

/// How a witness does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitnessStatus {
    /// Its key, with its name.
    pub key: WitnessKey,
    /// Where it is asked.
    pub url: WitnessUrl,
    /// The largest size that it cosigned since the server started.
    pub size: Option<Size>,
    /// When that was, by the witness's own clock.
    pub at: Option<UnixSeconds>,
    /// How many cosignatures came and held.
    pub cosigned: u64,
    /// How many checkpoints went out without its cosignature, whether or not it came later.
    pub missed: u64,
    /// How many cosignatures did not hold.
    pub refused: u64,
    /// What was wrong when it was last asked; nothing after an answer that holds.
    pub fault: Option<WitnessFault>,
    /// Whether the next checkpoint waits for it.
    pub waited_for: bool,
}

/// What a witness's thread is to do.
#[derive(Clone, Debug)]
pub(super) enum Next {
    Ask(Task),
    /// Nothing, until something changes or at most so long.
    Rest(Option<Duration>),
    End,
}

/// What to ask a witness for.
#[derive(Clone, Debug)]
pub(super) struct Task {
    pub(super) checkpoint: Arc<SignedCheckpoint>,
    pub(super) from: Size,
}

pub(super) struct Board {
    policy: Policy,
    /// The newest last. Never empty once something was posted.
    rounds: VecDeque<Round>,
    seats: Vec<Seat>,
    quorate: Option<Cosigned>,
    alarm: Option<Alarm>,
    closed: bool,
}

/// A checkpoint, and who cosigned it, by seat.
struct Round {
    checkpoint: Arc<SignedCheckpoint>,
    lines: Vec<Option<SignatureLine>>,
    /// Whether it went out.
    settled: bool,
}

/// A witness.
struct Seat {
    status: WitnessStatus,
    /// When it is to be asked again although it cosigned the newest checkpoint.
    stale_at: Option<Instant>,
    rests_until: Option<Instant>,
    rest: Duration,
}

impl Board {
    pub(super) fn new(policy: Policy, witnesses: &[Witness]) -> Self {
        Self {
            policy,
            rounds: VecDeque::new(),
            seats: witnesses.iter().map(Seat::new).collect(),
            quorate: None,
            alarm: None,
            closed: false,
        }
    }

    /// Puts up a checkpoint. The same one again changes nothing.
    pub(super) fn post(&mut self, checkpoint: &SignedCheckpoint) -> Result<(), Alarm> {
        self.check()?;
        if self.newest() == Some(checkpoint) {
            return Ok(());
        }
        if self.rounds.len() == ROUNDS {
            self.rounds.pop_front();
        }
        self.rounds.push_back(Round {
            checkpoint: Arc::new(checkpoint.clone()),
            lines: vec![None; self.seats.len()],
            settled: false,
        });
        Ok(())
    }

    pub(super) fn newest(&self) -> Option<&SignedCheckpoint> {
        self.rounds.back().map(|round| round.checkpoint.as_ref())
    }

    /// Whether a witness that was prompt the last time has not answered yet.
    pub(super) fn is_awaited(&self) -> bool {
        let Some(round) = self.rounds.back() else {
            return false;
        };
        let mut seats = self.seats.iter().zip(&round.lines);
        self.alarm.is_none() && seats.any(|(seat, line)| seat.status.waited_for && line.is_none())
    }

    /// Lets a checkpoint go out as it is. Who is missing is not waited for again until it is prompt.
    pub(super) fn settle(&mut self, checkpoint: &SignedCheckpoint) -> Result<Cosigned, Alarm> {
        self.check()?;
        let mut lines = Vec::new();
        if let Some(round) = self.rounds.iter_mut().find(|round| *round.checkpoint == *checkpoint) {
            lines.clone_from(&round.lines);
            let seats = self.seats.iter_mut().zip(&lines);
            for (seat, _) in seats.filter(|(_, line)| line.is_none() && !round.settled) {
                seat.status.missed += 1;
                seat.status.waited_for = false;
            }
            round.settled = true;
        }
        let cosigned = self.cosigned(checkpoint, &lines);
        self.keep_quorate(&cosigned);
        Ok(cosigned)
    }

    pub(super) fn next(&self, seat: usize, now: Instant) -> Next {
        if self.closed || self.alarm.is_some() {
            return Next::End;
        }
        let (Some(round), Some(seat_state)) = (self.rounds.back(), self.seats.get(seat)) else {
            return Next::Rest(None);
        };
        let has_cosigned = round.lines.get(seat).is_some_and(Option::is_some);
        let stale = seat_state.stale_at.filter(|_| has_cosigned);
        // None of the two: at once.
        let due = seat_state.rests_until.max(stale);
        match due.map(|due| due.saturating_duration_since(now)) {
            Some(wait) if !wait.is_zero() => Next::Rest(Some(wait)),
            Some(_) | None => Next::Ask(Task {
                checkpoint: Arc::clone(&round.checkpoint),
                from: seat_state.status.size.unwrap_or_default(),
            }),
        }
    }

    /// Takes a cosignature that holds. Returns the newest checkpoint if that went out already and has one more now.
    pub(super) fn take(
        &mut self,
        seat: usize,
        task: &Task,
        cosignature: Cosignature,
        took: Duration,
        now: Instant,
    ) -> Option<Cosigned> {
        self.seats.get_mut(seat)?.cosigned(task, &cosignature, took, now);
        let is_newest = self.newest() == Some(&*task.checkpoint);
        let mut rounds = self.rounds.iter_mut();
        let round = rounds.find(|round| Arc::ptr_eq(&round.checkpoint, &task.checkpoint))?;
        *round.lines.get_mut(seat)? = Some(cosignature.line);
        if !round.settled {
            return None;
        }
        let lines = round.lines.clone();
        let cosigned = self.cosigned(&task.checkpoint, &lines);
        self.keep_quorate(&cosigned);
        Some(cosigned).filter(|_| is_newest)
    }

    /// Notes what was wrong. So many claims that the quorum is out of reach are an alarm.
    pub(super) fn fail(&mut self, seat: usize, fault: WitnessFault, now: Instant) {
        let Some(at_fault) = self.seats.get_mut(seat) else {
            return;
        };
        let witness = at_fault.status.key.name().clone();
        at_fault.failed(fault, now);
        let claims = self.seats.iter().filter(|seat| seat.claims()).count();
        let others = self.seats.iter().filter(|seat| !seat.claims());
        let others: Vec<_> = others.map(|seat| &seat.status.key).collect();
        if claims > 0 && !self.policy.is_met_by(&others) {
            self.raise(Alarm::Doubted {
                witness,
                claims,
                witnesses: self.seats.len(),
            });
        }
    }

    /// The first alarm stays.
    pub(super) fn raise(&mut self, alarm: Alarm) {
        self.alarm.get_or_insert(alarm);
    }

    pub(super) const fn alarm(&self) -> Option<&Alarm> {
        self.alarm.as_ref()
    }

    pub(super) const fn close(&mut self) {
        self.closed = true;
    }

    pub(super) const fn quorate(&self) -> Option<&Cosigned> {
        self.quorate.as_ref()
    }

    pub(super) fn status(&self) -> Vec<WitnessStatus> {
        self.seats.iter().map(|seat| seat.status.clone()).collect()
    }

    fn check(&self) -> Result<(), Alarm> {
        self.alarm.clone().map_or(Ok(()), Err)
    }

    fn cosigned(&self, checkpoint: &SignedCheckpoint, lines: &[Option<SignatureLine>]) -> Cosigned {
        let seats = self.seats.iter().zip(lines);
        let present = seats.filter_map(|(seat, line)| Some((&seat.status.key, line.clone()?)));
        let (keys, lines): (Vec<_>, Vec<_>) = present.unzip();
        let known: Vec<_> = keys.iter().map(|key| (*key).clone()).collect();
        // The lines were checked when they came, and there are not too many: see MAX_WITNESSES.
        let merged = checkpoint.with_cosignatures(&lines, &known);
        Cosigned {
            checkpoint: merged.unwrap_or_else(|_| checkpoint.clone()),
            cosigners: keys.len(),
            quorum_met: self.policy.is_met_by(&keys),
        }
    }

    fn keep_quorate(&mut self, cosigned: &Cosigned) {
        let size = |cosigned: &Cosigned| cosigned.checkpoint.unverified().size;
        let is_larger = |kept: &Cosigned| size(kept) <= size(cosigned);
        if cosigned.quorum_met && self.quorate.as_ref().is_none_or(is_larger) {
            self.quorate = Some(cosigned.clone());
        }
    }
}

impl Seat {
    fn new(witness: &Witness) -> Self {
        Self {
            status: WitnessStatus {
                key: witness.key().clone(),
                url: witness.url().clone(),
                size: None,
                at: None,
                cosigned: 0,
                missed: 0,
                refused: 0,
                fault: None,
                waited_for: false,
            },
            stale_at: None,
            rests_until: None,
            rest: FIRST_REST,
        }
    }

    fn cosigned(&mut self, task: &Task, cosignature: &Cosignature, took: Duration, now: Instant) {
        self.status.size = Some(task.checkpoint.unverified().size);
        self.status.at = Some(cosignature.at);
        self.status.cosigned += 1;
        self.status.fault = None;
        self.status.waited_for = took <= CAP;
        self.stale_at = Some(now + REFRESH);
        self.rests_until = None;
        self.rest = FIRST_REST;
    }

    fn failed(&mut self, fault: WitnessFault, now: Instant) {
        self.status.refused += u64::from(fault == WitnessFault::BadCosignature);
        self.status.fault = Some(fault);
        self.status.waited_for = false;
        self.rests_until = Some(now + self.rest);
        self.rest = (self.rest * 2).min(LONGEST_REST);
    }

    fn claims(&self) -> bool {
        self.status.fault.as_ref().is_some_and(WitnessFault::is_claim)
    }
}
