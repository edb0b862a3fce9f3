//! Looks at the clock while a log is served.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval};

use super::{ClockGuard, Standing};
use crate::Log;

/// How often the clock is looked at where no event makes somebody look.
const LOOK: Duration = Duration::from_secs(1);

/// How often it is noted that the clock is believed. A start believes it within an hour of that.
const BEAT: Duration = Duration::from_mins(1);

/// Looks at the clock, notes when it is believed, asks the witnesses when it is not, and has the log go on when it is
/// again.
pub(crate) async fn keep_watch(log: Log) {
    let Some(guard) = log.clock_guard().cloned() else {
        return;
    };
    let mut news = guard.standing();
    let mut looks = interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut last_beat: Option<Instant> = None;
    // As if it had been until now: whoever confirms it may be faster than the first look.
    let mut doubted = Some(0);
    loop {
        tokio::select! {
            _ = looks.tick() => {}
            _ = news.changed() => {}
        }
        // For the look alone: what it finds is the standing.
        let _seen = guard.time();
        let standing = news.borrow_and_update().clone();
        match doubt(&standing) {
            None => {
                if doubted.take().is_some() {
                    log.resume();
                }
                if last_beat.is_none_or(|at| at.elapsed() >= BEAT) {
                    last_beat = Some(Instant::now());
                    beat(&guard);
                }
            }
            Some(wall) => {
                if doubted.replace(wall) != Some(wall) {
                    ask_witnesses(&log);
                }
            }
        }
    }
}

/// What is doubted, so that the witnesses are asked once for each time that the clock shows.
fn doubt(standing: &Standing) -> Option<u64> {
    match standing {
        Standing::Sound(_) => None,
        Standing::Unconfirmed { wall, .. } | Standing::Jumped { wall, .. } => Some(wall.0),
    }
}

/// Apart, since it waits for the disk.
fn beat(guard: &Arc<ClockGuard>) {
    let guard = Arc::clone(guard);
    let _detached = tokio::task::spawn_blocking(move || {
        if let Err(error) = guard.beat() {
            tracing::warn!(code = error.code(), %error, "the heartbeat could not be written");
        }
    });
}

/// Their time comes with a cosignature, and they cosign what they have cosigned before.
fn ask_witnesses(log: &Log) {
    let cosigners = log.signer.as_ref().and_then(|signer| signer.cosigners());
    if let Some(cosigners) = cosigners {
        cosigners.renew();
    }
}
