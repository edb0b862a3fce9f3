//! The only reader of the system's clock.

use std::time::{SystemTime, UNIX_EPOCH};

use tallylog_event::UnixMillis;

/// Now, in UTC. A clock set before 1970 reads as 1970: the log's own time never goes back in any case.
#[must_use]
pub fn now() -> UnixMillis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    UnixMillis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
