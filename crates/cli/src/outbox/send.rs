//! Sends what waits, in the order in which it was signed, and believes receipts alone.

use std::time::Duration;

use tallylog_event::PrecinctId;

use super::lock::Lock;
use super::pace::Pace;
use super::{Item, Outbox, OutboxFault, Trouble, TroubleKind};
use crate::device::{self, DeviceFault, Handing};
use crate::failure::Failure;

/// How long an answer is waited for even by somebody without patience.
pub(super) const SHORTEST_ANSWER: Duration = Duration::from_secs(3);

/// How often to look whether another process has sent it.
pub(super) const LOOK: Duration = Duration::from_millis(100);

/// How sending ended.
#[derive(Debug)]
pub(crate) enum Sending {
    /// Everything is received.
    Done,
    /// Something was refused, or a receipt does not hold. The notes say what.
    Trouble,
    /// Patience is over.
    Waits(OutboxFault),
}

/// Sends what waits until everything is received or refused, or patience is over; `None` never ends.
pub(crate) async fn send(outbox: &Outbox, patience: Option<Duration>) -> Result<Sending, Failure> {
    let mut pace = Pace::new(patience);
    let mut settled = Vec::new();
    loop {
        let sending = Lock::attempt(&outbox.dir.join("sending"))?;
        let next = if sending.is_some() {
            let left = pace.left().unwrap_or(device::ANSWER);
            round(outbox, &mut settled, left.clamp(SHORTEST_ANSWER, device::ANSWER)).await?;
            pace.next()?
        } else {
            LOOK
        };
        drop(sending);
        let waiting = open(outbox, &settled)?;
        if waiting.is_empty() {
            return Ok(if settled.is_empty() {
                Sending::Done
            } else {
                Sending::Trouble
            });
        }
        if pace.is_over() {
            return Ok(Sending::Waits(OutboxFault::NotReceived {
                waiting: waiting.len(),
                trouble: last_trouble(&waiting),
            }));
        }
        pace.rest(next).await;
    }
}

fn last_trouble(waiting: &[Item]) -> String {
    let mut troubles = waiting.iter().filter_map(|item| item.notes.trouble.as_ref());
    troubles.next_back().map_or_else(
        || "another process is sending".to_owned(),
        |trouble| format!("{} [{}]", trouble.message, trouble.code),
    )
}

/// What may yet be received in this run: not what was settled, and not what stands behind it.
fn open(outbox: &Outbox, settled: &[u32]) -> Result<Vec<Item>, Failure> {
    let mut items = outbox.items()?;
    items.retain(Item::waits);
    let blocked: Vec<PrecinctId> = items
        .iter()
        .filter(|item| settled.contains(&item.number))
        .filter_map(Item::precinct)
        .collect();
    items.retain(|item| item.precinct().is_none_or(|precinct| !blocked.contains(&precinct)));
    Ok(items)
}

/// Tries everything once, those of one precinct in order. What was refused now is not tried again in this run.
async fn round(outbox: &Outbox, settled: &mut Vec<u32>, answer: Duration) -> Result<(), Failure> {
    let mut blocked = Vec::new();
    for item in open(outbox, settled)? {
        if item.precinct().is_some_and(|precinct| blocked.contains(&precinct)) {
            continue;
        }
        let Some(failure) = attempt(outbox, &item, answer).await? else {
            continue;
        };
        blocked.extend(item.precinct());
        let trouble = trouble(&failure);
        let (kind, is_lost) = (trouble.kind, device::is_unreachable(&failure));
        outbox.note(item.number, |notes| {
            notes.trouble = Some(trouble);
            // A server that now refuses has it no more, whatever it said before.
            notes.sent_ms = notes.sent_ms.filter(|_| kind != TroubleKind::Refused);
        })?;
        match kind {
            TroubleKind::Refused | TroubleKind::Alarm => settled.push(item.number),
            // Nobody answers: the others would only wait for the same silence.
            TroubleKind::Passing if is_lost => break,
            TroubleKind::Passing => {}
        }
    }
    Ok(())
}

/// One try. What is wrong with this device's own disk ends the command; what is wrong elsewhere is handed back.
async fn attempt(outbox: &Outbox, item: &Item, answer: Duration) -> Result<Option<Failure>, Failure> {
    outbox.note(item.number, |notes| {
        notes.tries += 1;
        notes.last_try_ms = Some(tallylog_server::now().0);
    })?;
    let mut server = match Handing::to(&outbox.about().server, answer).await {
        Ok(server) => server,
        Err(failure @ (Failure::Unreachable { .. } | Failure::Device(DeviceFault::NoAnswer(_)))) => {
            return Ok(Some(failure));
        }
        Err(failure) => return Err(failure),
    };
    if item.notes.sent_ms.is_none() {
        if let Err(failure) = server.hand_over(&item.envelope).await {
            return Ok(Some(failure));
        }
        outbox.note(item.number, |notes| notes.sent_ms = Some(tallylog_server::now().0))?;
    }
    match server.receipt(&item.envelope, &outbox.about().log_key).await {
        Ok(received) => {
            outbox.keep_receipt(item.number, &received.proof)?;
            outbox.note(item.number, |notes| {
                notes.trouble = None;
                notes.since = received.since;
            })?;
            Ok(None)
        }
        Err(failure) => Ok(Some(failure)),
    }
}

fn trouble(failure: &Failure) -> Trouble {
    let code = failure.code();
    Trouble {
        kind: kind(failure, &code),
        code,
        message: failure.to_string(),
    }
}

fn kind(failure: &Failure, code: &str) -> TroubleKind {
    if let Failure::Device(DeviceFault::BadReceipt(_) | DeviceFault::OtherReceipt) = failure {
        return TroubleKind::Alarm;
    }
    let is_late = matches!(failure, Failure::Device(DeviceFault::NoReceipt(_)));
    // A night that is paused goes on, and a clock is confirmed; what was signed waits for that.
    if is_late || device::may_pass(failure) || ["entry-paused", "clock-unconfirmed"].contains(&code) {
        TroubleKind::Passing
    } else {
        TroubleKind::Refused
    }
}
