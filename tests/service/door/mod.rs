//! The front door: whoever says nothing, sends half of something, reads nothing or sends too much is let go, and nobody else
//! feels it.

mod bytes;
mod places;
mod raw;
mod silent;
mod sizes;
mod slow;

use std::time::Duration;

use tallylog_server::{Pace, Terms};

/// Terms on which whoever waits is let go at once. For those alone: others may be slow on a busy machine.
fn impatient() -> Terms {
    Terms {
        head: SOON,
        idle: SOON,
        pace: Pace {
            pause: SOON,
            ..Terms::default().pace
        },
        ..Terms::default()
    }
}

const SOON: Duration = Duration::from_millis(300);
