//! The only reader of the system's clocks, and what keeps a wrong time out of the log.

mod guard;
mod heartbeat;
mod keeping;

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustix::time::{ClockId, clock_gettime};
use tallylog_event::UnixMillis;

pub use self::guard::{ClockGuard, Guarding, Standing, Voucher};
pub(crate) use self::keeping::keep_watch;
use crate::problem::Problem;

/// What the log is stamped with: the time, or why there is none.
pub(crate) type Stamps = Arc<dyn Fn() -> Result<UnixMillis, Problem> + Send + Sync>;

/// Where both clocks of a machine are read.
pub type Clocks = Arc<dyn Fn() -> Reading + Send + Sync>;

/// Two reads that are further apart than this were interrupted, and say nothing of each other.
const APART: Duration = Duration::from_millis(100);

/// What both clocks of a machine say at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The time of day. Whoever administers the machine can set it.
    pub wall: UnixMillis,
    /// The time since the machine started. Nobody can set it.
    pub steady: Duration,
}

/// Now, in UTC. A clock set before 1970 reads as 1970: the log's own time never goes back in any case.
#[must_use]
pub fn now() -> UnixMillis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    UnixMillis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// Both clocks of this machine.
#[must_use]
pub fn read() -> Reading {
    let mut tries = 0;
    loop {
        let (before, wall, after) = (steady(), now(), steady());
        tries += 1;
        // The process may be stopped between two reads, for as long as anybody likes: that is no jump.
        if after.saturating_sub(before) < APART || tries == 3 {
            return Reading { wall, steady: before };
        }
    }
}

/// The time since the machine started, sleep included: a machine that slept has not had its clock set.
fn steady() -> Duration {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    const SINCE_START: ClockId = ClockId::Boottime;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    const SINCE_START: ClockId = ClockId::Monotonic;
    Duration::try_from(clock_gettime(SINCE_START)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steady_clock_goes_on_with_the_time_of_day() {
        let before = read();
        std::thread::sleep(Duration::from_millis(20));
        let after = read();
        assert!(after.steady >= before.steady + Duration::from_millis(20));
        assert!(after.wall >= before.wall);
    }
}
