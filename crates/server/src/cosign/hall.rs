//! Where the log and the threads of its witnesses meet.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tallylog_tlog::{LogKey, Policy, SignedCheckpoint};
use tokio::sync::watch;

use super::ask::{Answer, Asker, Question};
use super::board::{Board, Next, Task};
use super::client::Client;
use super::{Alarm, CosignError, Cosigned, Heard, MAX_WITNESSES, Prove, Witness, WitnessStatus};

/// Invariant: the board is never held while anybody is asked or anything is read.
pub(super) struct Hall {
    log: LogKey,
    witnesses: Vec<Witness>,
    policy: Policy,
    prove: Prove,
    heard: Heard,
    board: Mutex<Board>,
    /// For the threads: there may be something to do.
    work: Condvar,
    /// For the log: an answer came.
    changes: watch::Sender<()>,
    updates: watch::Sender<Option<Cosigned>>,
    alarms: watch::Sender<Option<Alarm>>,
}

impl Hall {
    pub(super) fn new(
        log: LogKey,
        witnesses: Vec<Witness>,
        quorum: usize,
        prove: Prove,
        heard: Heard,
    ) -> Result<Self, CosignError> {
        if witnesses.len() > MAX_WITNESSES {
            return Err(CosignError::TooMany(witnesses.len()));
        }
        let with_urls = witnesses
            .iter()
            .map(|witness| (witness.key().clone(), Some(witness.url().to_string())));
        let policy = Policy::of_witnesses(log.clone(), with_urls, quorum)?;
        Ok(Self {
            board: Mutex::new(Board::new(policy.clone(), &witnesses)),
            log,
            witnesses,
            policy,
            prove,
            heard,
            work: Condvar::new(),
            changes: watch::Sender::new(()),
            updates: watch::Sender::new(None),
            alarms: watch::Sender::new(None),
        })
    }

    /// Starts a thread for each witness.
    pub(super) fn staff(self: &Arc<Self>) -> Result<(), CosignError> {
        for (seat, witness) in self.witnesses.iter().enumerate() {
            let hall = Arc::clone(self);
            let started = std::thread::Builder::new()
                .name(format!("witness-{}", seat + 1))
                .spawn(move || hall.attend(seat));
            // Nobody waits for its end: it may be in the middle of a question, which ends by itself.
            let _detached = started.map_err(|_| CosignError::Thread(witness.key().name().clone()))?;
        }
        Ok(())
    }

    pub(super) fn post(&self, checkpoint: &SignedCheckpoint) -> Result<(), Alarm> {
        self.board().post(checkpoint)?;
        self.work.notify_all();
        Ok(())
    }

    pub(super) fn renew(&self) {
        self.board().renew(Instant::now());
        self.work.notify_all();
    }

    pub(super) fn is_awaiting(&self) -> bool {
        self.board().is_awaited()
    }

    pub(super) fn settle(&self, checkpoint: &SignedCheckpoint) -> Result<Cosigned, Alarm> {
        let mut board = self.board();
        let cosigned = board.settle(checkpoint)?;
        // Under the lock, so that an earlier state never overwrites a later one.
        self.updates.send_replace(Some(cosigned.clone()));
        Ok(cosigned)
    }

    pub(super) fn changes(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }

    pub(super) fn updates(&self) -> watch::Receiver<Option<Cosigned>> {
        self.updates.subscribe()
    }

    pub(super) fn alarms(&self) -> watch::Receiver<Option<Alarm>> {
        self.alarms.subscribe()
    }

    pub(super) fn quorate(&self) -> Option<Cosigned> {
        self.board().quorate().cloned()
    }

    pub(super) fn status(&self) -> Vec<WitnessStatus> {
        self.board().status()
    }

    pub(super) const fn policy(&self) -> &Policy {
        &self.policy
    }

    pub(super) fn close(&self) {
        self.board().close();
        self.work.notify_all();
    }

    /// A witness's thread.
    fn attend(&self, seat: usize) {
        let Some(witness) = self.witnesses.get(seat) else {
            return;
        };
        let asker = Asker {
            client: Client::new(),
            log: &self.log,
            witness,
            prove: &self.prove,
        };
        while let Some(task) = self.next(seat) {
            self.ask(seat, &asker, &task);
        }
    }

    /// Waits for something to do. `None`: the thread is to end.
    fn next(&self, seat: usize) -> Option<Task> {
        let mut board = self.board();
        loop {
            match board.next(seat, Instant::now()) {
                Next::Ask(task) => return Some(task),
                Next::End => return None,
                Next::Rest(None) => board = self.work.wait(board).unwrap_or_else(PoisonError::into_inner),
                Next::Rest(Some(longest)) => {
                    let waited = self.work.wait_timeout(board, longest);
                    (board, _) = waited.unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
    }

    fn ask(&self, seat: usize, asker: &Asker<'_>, task: &Task) {
        let newest = || self.board().newest().unwrap_or(&task.checkpoint).clone();
        let began = Instant::now();
        let answer = asker.ask(&Question {
            from: task.from,
            checkpoint: &task.checkpoint,
            newest: &newest,
        });
        let now = Instant::now();
        if let Ok(Answer::Cosigned(cosignature)) = &answer {
            (self.heard)(asker.witness.key().name(), cosignature.at);
        }
        let mut board = self.board();
        match answer {
            Ok(Answer::Cosigned(cosignature)) => {
                let late = board.take(seat, task, cosignature, now - began, now);
                if late.is_some() {
                    self.updates.send_replace(late);
                }
            }
            Ok(Answer::Shown(alarm)) => board.raise(*alarm),
            Err(fault) => {
                tracing::warn!(witness = %asker.witness.key().name(), code = fault.code(), "{fault}");
                board.fail(seat, fault, now);
            }
        }
        self.announce(&board);
    }

    /// Tells whoever waits that something changed.
    fn announce(&self, board: &Board) {
        if let Some(alarm) = board.alarm()
            && self.alarms.borrow().is_none()
        {
            tracing::error!(code = alarm.code(), "{alarm}");
            self.alarms.send_replace(Some(alarm.clone()));
            self.work.notify_all();
        }
        self.changes.send_replace(());
    }

    /// A thread that panicked left the board whole: each change of it is one call that does not panic half-way.
    fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
