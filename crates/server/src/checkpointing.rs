//! The round in which checkpoints are signed, cosigned and shown.

use std::sync::Arc;
use std::time::Duration;

use tallylog_store::Checkpoints;
use tallylog_tlog::SignedCheckpoint;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::Log;
use crate::cosign::{Alarm, Cosigned, Cosigners};
use crate::problem::Problem;
use crate::signing::Signer;

/// How long a start waits for witnesses to say what they have seen of this log.
const HEARING: Duration = Duration::from_secs(2);

/// How long after a disk was found full the next checkpoint is tried.
const FULL: Duration = Duration::from_secs(2);

/// How often it is looked whether they have.
const LOOK: Duration = Duration::from_millis(20);

/// Signs and shows a checkpoint whenever the log has grown, no sooner than an interval after the last one.
///
/// Ends when the log is closed, or when nothing more may be signed.
pub(crate) async fn keep_signing(log: Log) {
    let Ok(signer) = log.signer().cloned() else {
        return;
    };
    while let Err(problem) = run(&log, &signer).await {
        if !problem.is_full() {
            tracing::error!(code = problem.code(), %problem, "no more checkpoints are signed");
            signer.halt(problem);
            return;
        }
        tracing::warn!(code = problem.code(), %problem, "no checkpoint is signed until the disk has room");
        sleep(FULL).await;
    }
}

async fn run(log: &Log, signer: &Arc<Signer>) -> Result<(), Problem> {
    let mut sizes = log.sizes();
    signer.start_cosigners()?;
    let mut news = signer.cosigners().map(News::of);
    hear_witnesses(signer).await?;
    loop {
        let due = Instant::now() + signer.interval();
        sizes.mark_unchanged();
        signer.start_cosigners()?;
        news = news.or_else(|| signer.cosigners().map(News::of));
        sign(signer).await?;
        sleep_until(due).await;
        loop {
            tokio::select! {
                // The log is closed, and whoever closed it signs what is left.
                grown = sizes.changed() => match grown {
                    Ok(()) => break,
                    Err(_) => return Ok(()),
                },
                cosigned = next(&mut news) => publish(signer, cosigned.map_err(|alarm| raise(signer, alarm))?).await?,
            }
        }
    }
}

/// A log that was set back to an older copy does not know it, and its witnesses do: before it signs anything new they
/// are asked about the last thing that it signed.
async fn hear_witnesses(signer: &Arc<Signer>) -> Result<(), Problem> {
    let latest = signer.latest().borrow().clone();
    let (Some(cosigners), Some(latest)) = (signer.cosigners(), latest) else {
        return Ok(());
    };
    gather(signer, cosigners, latest.note.clone()).await?;
    let heard = async {
        while cosigners
            .status()
            .iter()
            .any(|witness| witness.at.is_none() && witness.fault.is_none())
        {
            sleep(LOOK).await;
        }
    };
    // A witness that cannot be reached keeps nobody from starting.
    let _late = timeout(HEARING, heard).await;
    let alarm = cosigners.alarms().borrow().clone();
    if let Some(alarm) = alarm {
        return Err(raise(signer, alarm));
    }
    // Perhaps it was signed when nobody was asked to cosign it.
    let cosigned = cosigners.updates().borrow().clone();
    match cosigned {
        Some(cosigned) => publish(signer, cosigned.checkpoint).await,
        None => Ok(()),
    }
}

async fn sign(signer: &Arc<Signer>) -> Result<(), Problem> {
    let at_work = Arc::clone(signer);
    let made = tokio::task::spawn_blocking(move || at_work.sign()).await;
    let Some(note) = made.map_err(|_| Problem::Stopping)?? else {
        return Ok(());
    };
    let note = match signer.cosigners() {
        Some(cosigners) => gather(signer, cosigners, note).await?,
        None => note,
    };
    publish(signer, note).await
}

async fn gather(signer: &Signer, cosigners: &Cosigners, note: SignedCheckpoint) -> Result<SignedCheckpoint, Problem> {
    let gathered = cosigners.gather(note).await;
    gathered
        .map(|cosigned| cosigned.checkpoint)
        .map_err(|alarm| raise(signer, alarm))
}

async fn publish(signer: &Arc<Signer>, note: SignedCheckpoint) -> Result<(), Problem> {
    let at_work = Arc::clone(signer);
    let published = tokio::task::spawn_blocking(move || at_work.publish(note)).await;
    published.map_err(|_| Problem::Stopping)?
}

/// What comes of the witnesses between checkpoints.
struct News {
    updates: watch::Receiver<Option<Cosigned>>,
    alarms: watch::Receiver<Option<Alarm>>,
}

impl News {
    fn of(cosigners: &Cosigners) -> Self {
        Self {
            updates: cosigners.updates(),
            alarms: cosigners.alarms(),
        }
    }

    /// The next checkpoint with a cosignature that came late.
    async fn next(&mut self) -> Result<SignedCheckpoint, Alarm> {
        loop {
            let updates = &mut self.updates;
            tokio::select! {
                Ok(()) = updates.changed() => {
                    if let Some(cosigned) = updates.borrow_and_update().clone() {
                        return Ok(cosigned.checkpoint);
                    }
                }
                Ok(()) = self.alarms.changed() => {
                    if let Some(alarm) = self.alarms.borrow_and_update().clone() {
                        return Err(alarm);
                    }
                }
                // Those who ask the witnesses have ended.
                else => std::future::pending().await,
            }
        }
    }
}

/// The next news; never, where nobody is asked.
async fn next(news: &mut Option<News>) -> Result<SignedCheckpoint, Alarm> {
    match news {
        Some(news) => news.next().await,
        None => std::future::pending().await,
    }
}

/// Keeps what a witness has shown, beside the file of checkpoints.
fn raise(signer: &Signer, alarm: Alarm) -> Problem {
    let notes = Checkpoints::text(alarm.evidence());
    let path = signer.file().with_extension("evidence");
    if let Err(error) = tallylog_store::replace(&path, format!("{alarm}\n\n{notes}").as_bytes()) {
        tracing::error!(%error, path = %path.display(), "the evidence could not be kept");
    }
    Problem::Alarm(Box::new(alarm))
}
