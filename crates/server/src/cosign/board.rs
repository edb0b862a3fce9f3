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

    /// Has every witness asked again, also those that cosigned the newest checkpoint.
    pub(super) fn renew(&mut self, now: Instant) {
        for seat in &mut self.seats {
            seat.stale_at = seat.stale_at.map(|stale| stale.min(now));
        }
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

#[cfg(test)]
mod tests {
    use tallylog_tlog::{AddCheckpoint, Latest};

    use super::*;
    use crate::witness::samples::{History, log, signer};

    const PROMPT: Duration = Duration::from_millis(1);
    const TARDY: Duration = Duration::from_millis(251);

    fn board(witnesses: u8, quorum: usize) -> Board {
        let url = |number| format!("http://127.0.0.1:{number}").parse().unwrap();
        let witness = |number| Witness::new(signer(number).key().clone(), url(number));
        let witnesses: Vec<_> = (2..2 + witnesses).map(witness).collect();
        let keys = witnesses.iter().map(|witness| (witness.key().clone(), None));
        let policy = Policy::of_witnesses(log().key().clone(), keys, quorum).unwrap();
        Board::new(policy, &witnesses)
    }

    fn checkpoint(size: u64) -> SignedCheckpoint {
        History::first(9).checkpoint(size)
    }

    fn task(board: &Board, seat: usize, now: Instant) -> Option<Task> {
        match board.next(seat, now) {
            Next::Ask(task) => Some(task),
            Next::Rest(_) | Next::End => None,
        }
    }

    fn cosignature(seat: usize, checkpoint: &SignedCheckpoint) -> Cosignature {
        let request = AddCheckpoint::new(Size(0), Vec::new(), checkpoint.clone()).unwrap();
        let consistent = request.judge(&[log().key().clone()], Latest::NOTHING).unwrap();
        let at = UnixSeconds::new(1_833_328_800).unwrap();
        let line = signer(2 + u8::try_from(seat).unwrap()).cosign(&consistent, at);
        Cosignature { line, at }
    }

    /// The witness cosigns what it is asked for now.
    fn cosigns(board: &mut Board, seat: usize, took: Duration, now: Instant) -> Option<Cosigned> {
        let task = task(board, seat, now).unwrap();
        let cosignature = cosignature(seat, &task.checkpoint);
        board.take(seat, &task, cosignature, took, now)
    }

    #[track_caller]
    fn settles(board: &mut Board, size: u64, cosigners: usize, quorum_met: bool) {
        let cosigned = board.settle(&checkpoint(size)).unwrap();
        assert_eq!((cosigned.cosigners, cosigned.quorum_met), (cosigners, quorum_met));
        let keys: Vec<_> = board.status().into_iter().map(|status| status.key).collect();
        let trusted = cosigned.checkpoint.verify(&[log().key().clone()], &keys).unwrap();
        assert_eq!(trusted.cosigners().len(), cosigners);
    }

    #[test]
    fn a_quorum_counts_witnesses() {
        let now = Instant::now();
        for quorum in 0..=3 {
            let mut board = board(3, quorum);
            board.post(&checkpoint(1)).unwrap();
            for cosigners in 0..=3 {
                settles(&mut board, 1, cosigners, cosigners >= quorum);
                if cosigners < 3 {
                    cosigns(&mut board, cosigners, PROMPT, now);
                }
            }
        }
    }

    #[test]
    fn only_who_was_prompt_is_waited_for() {
        let now = Instant::now();
        let mut board = board(3, 1);
        board.post(&checkpoint(1)).unwrap();
        assert!(!board.is_awaited(), "nobody has answered yet");
        cosigns(&mut board, 0, PROMPT, now);
        cosigns(&mut board, 1, TARDY, now);
        board.fail(2, WitnessFault::Timeout, now);
        board.settle(&checkpoint(1)).unwrap();
        let waited_for = |board: &Board| {
            board
                .status()
                .iter()
                .map(|status| status.waited_for)
                .collect::<Vec<_>>()
        };
        assert_eq!(waited_for(&board), [true, false, false]);
        board.post(&checkpoint(2)).unwrap();
        assert!(board.is_awaited());
        // It hangs, and what goes out without it does not wait for it again.
        board.settle(&checkpoint(2)).unwrap();
        board.post(&checkpoint(3)).unwrap();
        assert!(!board.is_awaited());
        cosigns(&mut board, 0, PROMPT, now);
        assert_eq!(waited_for(&board), [true, false, false]);
    }

    #[test]
    fn what_goes_out_without_a_witness_is_counted_once() {
        let now = Instant::now();
        let mut board = board(2, 1);
        for size in [1, 1, 2] {
            board.post(&checkpoint(size)).unwrap();
            board.settle(&checkpoint(size)).unwrap();
        }
        cosigns(&mut board, 0, PROMPT, now);
        board.settle(&checkpoint(2)).unwrap();
        let counts = board
            .status()
            .into_iter()
            .map(|status| (status.cosigned, status.missed));
        assert_eq!(counts.collect::<Vec<_>>(), [(1, 2), (0, 2)]);
    }

    #[test]
    fn a_late_cosignature_is_added_to_the_newest_checkpoint_alone() {
        let now = Instant::now();
        let mut board = board(2, 2);
        board.post(&checkpoint(1)).unwrap();
        let slow = task(&board, 0, now).unwrap();
        board.settle(&checkpoint(1)).unwrap();
        let added = cosigns(&mut board, 1, PROMPT, now).unwrap();
        assert_eq!((added.cosigners, added.quorum_met), (1, false));
        assert_eq!(board.quorate(), None);
        board.post(&checkpoint(2)).unwrap();
        board.settle(&checkpoint(2)).unwrap();
        let line = cosignature(0, &slow.checkpoint);
        assert_eq!(board.take(0, &slow, line, TARDY, now), None);
        // It completed an older one, which is the largest that met the quorum.
        let quorate = board.quorate().unwrap();
        assert_eq!(quorate.checkpoint.unverified().size, Size(1));
        assert_eq!(quorate.cosigners, 2);
    }

    #[test]
    fn a_smaller_checkpoint_that_is_completed_later_does_not_take_the_place_of_a_larger_one() {
        let now = Instant::now();
        let mut board = board(2, 1);
        board.post(&checkpoint(1)).unwrap();
        let slow = task(&board, 0, now).unwrap();
        board.settle(&checkpoint(1)).unwrap();
        board.post(&checkpoint(2)).unwrap();
        cosigns(&mut board, 1, PROMPT, now);
        settles(&mut board, 2, 1, true);
        let line = cosignature(0, &slow.checkpoint);
        board.take(0, &slow, line, TARDY, now);
        assert_eq!(board.quorate().unwrap().checkpoint.unverified().size, Size(2));
    }

    #[test]
    fn before_a_checkpoint_goes_out_no_update_is_told() {
        let now = Instant::now();
        let mut board = board(1, 1);
        board.post(&checkpoint(1)).unwrap();
        assert_eq!(cosigns(&mut board, 0, PROMPT, now), None);
        settles(&mut board, 1, 1, true);
    }

    #[test]
    fn a_witness_is_asked_from_where_it_stands_for_the_newest() {
        let now = Instant::now();
        let mut board = board(1, 1);
        assert!(task(&board, 0, now).is_none());
        for (size, from) in [(2, 0), (5, 2), (9, 5)] {
            board.post(&checkpoint(size - 1)).unwrap();
            board.post(&checkpoint(size)).unwrap();
            let asked = task(&board, 0, now).unwrap();
            assert_eq!(
                (asked.from, asked.checkpoint.unverified().size),
                (Size(from), Size(size))
            );
            cosigns(&mut board, 0, PROMPT, now);
            assert!(task(&board, 0, now).is_none());
        }
    }

    #[test]
    fn a_witness_that_fails_rests_twice_as_long_each_time() {
        let mut now = Instant::now();
        let mut board = board(1, 1);
        board.post(&checkpoint(1)).unwrap();
        for millis in [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000] {
            board.fail(0, WitnessFault::Unreachable, now);
            let rest = Duration::from_millis(millis);
            assert!(matches!(board.next(0, now), Next::Rest(Some(wait)) if wait == rest));
            now += rest;
            assert!(task(&board, 0, now).is_some());
        }
        cosigns(&mut board, 0, PROMPT, now);
        assert_eq!(board.status()[0].fault, None);
        board.fail(0, WitnessFault::Unreachable, now);
        assert!(task(&board, 0, now + FIRST_REST).is_none(), "it cosigned the newest");
        board.post(&checkpoint(2)).unwrap();
        assert!(
            task(&board, 0, now + FIRST_REST).is_some(),
            "it begins with a short rest again"
        );
    }

    #[test]
    fn a_cosignature_is_renewed_after_a_minute() {
        let now = Instant::now();
        let mut board = board(1, 1);
        board.post(&checkpoint(1)).unwrap();
        cosigns(&mut board, 0, PROMPT, now);
        board.settle(&checkpoint(1)).unwrap();
        let almost = now + REFRESH.checked_sub(PROMPT).unwrap();
        assert!(matches!(board.next(0, almost), Next::Rest(Some(wait)) if wait == PROMPT));
        let renewed = cosigns(&mut board, 0, PROMPT, now + REFRESH).unwrap();
        assert_eq!(renewed.cosigners, 1);
        assert!(task(&board, 0, now + REFRESH).is_none());
    }

    #[test]
    fn a_cosignature_is_renewed_at_once_where_that_is_asked_for() {
        let now = Instant::now();
        let mut board = board(2, 1);
        board.post(&checkpoint(1)).unwrap();
        cosigns(&mut board, 0, PROMPT, now);
        board.fail(1, WitnessFault::Unreachable, now);
        board.renew(now);
        assert!(task(&board, 1, now).is_none(), "who failed has its rest");
        assert_eq!(task(&board, 0, now).unwrap().from, Size(1));
        cosigns(&mut board, 0, PROMPT, now);
        assert!(task(&board, 0, now).is_none());
    }

    #[test]
    fn claims_without_proof_are_an_alarm_when_the_quorum_is_out_of_reach() {
        let now = Instant::now();
        let claim = WitnessFault::ClaimsMore {
            theirs: Size(9),
            ours: Size(1),
        };
        for (witnesses, quorum, needed) in [(1, 1, 1), (3, 2, 2), (3, 3, 1), (3, 1, 3), (5, 3, 3)] {
            let mut board = board(witnesses, quorum);
            board.post(&checkpoint(1)).unwrap();
            for seat in 0..needed {
                assert_eq!(board.alarm(), None, "{seat} claims of {witnesses}, quorum {quorum}");
                board.fail(seat, claim.clone(), now);
            }
            assert_eq!(board.alarm().unwrap().code(), "log-doubted");
            assert_eq!(board.settle(&checkpoint(1)).unwrap_err().code(), "log-doubted");
            assert!(matches!(board.next(0, now), Next::End));
        }
        let mut without_quorum = board(2, 0);
        without_quorum.fail(0, claim.clone(), now);
        without_quorum.fail(1, claim, now);
        assert_eq!(without_quorum.alarm(), None);
    }

    #[test]
    fn a_claim_that_was_given_up_counts_no_more() {
        let now = Instant::now();
        let claim = WitnessFault::ClaimsFork {
            old: Size(1),
            new: Size(2),
        };
        let mut board = board(3, 2);
        board.post(&checkpoint(2)).unwrap();
        board.fail(0, claim.clone(), now);
        cosigns(&mut board, 0, PROMPT, now + FIRST_REST);
        board.fail(1, claim, now);
        assert_eq!(board.alarm(), None);
    }

    #[test]
    fn witnesses_that_are_missing_are_no_alarm() {
        let now = Instant::now();
        let mut board = board(2, 2);
        board.post(&checkpoint(1)).unwrap();
        board.fail(0, WitnessFault::Unreachable, now);
        board.fail(1, WitnessFault::BadCosignature, now);
        settles(&mut board, 1, 0, false);
        assert_eq!(board.status()[1].refused, 1);
    }

    #[test]
    fn old_rounds_are_forgotten() {
        let now = Instant::now();
        let history = History::first(40);
        let mut board = board(1, 1);
        board.post(&history.checkpoint(1)).unwrap();
        let slow = task(&board, 0, now).unwrap();
        for size in 2..=40 {
            board.post(&history.checkpoint(size)).unwrap();
        }
        assert_eq!(board.rounds.len(), ROUNDS);
        let line = cosignature(0, &slow.checkpoint);
        assert_eq!(board.take(0, &slow, line, TARDY, now), None);
        assert_eq!(board.status()[0].size, Some(Size(1)));
    }
}
