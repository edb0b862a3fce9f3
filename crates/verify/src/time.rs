//! Times as people read them.

use jiff::Timestamp;
use tallylog_event::UnixMillis;

/// A time in UTC, to the millisecond.
pub(crate) fn utc(UnixMillis(millis): UnixMillis) -> String {
    let time = i64::try_from(millis)
        .ok()
        .and_then(|millis| Timestamp::from_millisecond(millis).ok());
    time.map_or_else(|| format!("{millis} ms after 1970"), |time| format!("{time:.3}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_shown_in_utc() {
        assert_eq!(utc(UnixMillis(1_580_779_201_500)), "2020-02-04T01:20:01.500Z");
        assert_eq!(utc(UnixMillis(u64::MAX)), "18446744073709551615 ms after 1970");
    }
}
