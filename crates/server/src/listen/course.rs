//! How fast something goes that must not wait for ever.

use std::time::{Duration, Instant};

use super::terms::Pace;

/// How something goes. Only the time is counted in which the other side is waited for.
#[derive(Debug, Default)]
pub(super) struct Course {
    since: Option<Instant>,
    waited: Duration,
    bytes: u64,
    is_slow: bool,
}

impl Course {
    /// The other side is waited for from now on, unless it was already.
    pub(super) fn wait(&mut self, now: Instant) {
        if self.since.is_none() && self.waited.is_zero() {
            // What came before anybody had to wait is no store to live on.
            self.bytes = 0;
        }
        self.since.get_or_insert(now);
    }

    /// Nobody is waited for any more.
    pub(super) fn rest(&mut self, now: Instant, pace: &Pace) {
        if let Some(since) = self.since.take() {
            self.waited += now.saturating_duration_since(since);
        }
        if self.waited > pace.pause {
            self.is_slow |= self.is_behind(self.waited, pace);
            self.waited = Duration::ZERO;
            self.bytes = 0;
        }
    }

    /// So many bytes went.
    pub(super) fn went(&mut self, bytes: usize, now: Instant, pace: &Pace) {
        self.bytes = self.bytes.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
        self.rest(now, pace);
    }

    /// Whether the other side is too slow.
    pub(super) fn is_too_slow(&self, now: Instant, pace: &Pace) -> bool {
        let Some(since) = self.since else {
            return self.is_slow;
        };
        // How much came is judged when something comes: a phone sends in lumps.
        self.is_slow || now.saturating_duration_since(since) > pace.pause
    }

    fn is_behind(&self, waited: Duration, pace: &Pace) -> bool {
        u128::from(self.bytes) * 1_000 < u128::from(pace.bytes_per_second) * waited.as_millis()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACE: Pace = Pace {
        pause: Duration::from_secs(10),
        bytes_per_second: 1_024,
    };

    /// Whether somebody is too slow who is waited for so many times, for so many seconds, for so many bytes each time.
    fn is_too_slow(times: u32, seconds: u64, bytes: usize) -> bool {
        let (mut course, mut now) = (Course::default(), Instant::now());
        let mut slow = false;
        for _ in 0..times {
            course.wait(now);
            now += Duration::from_secs(seconds);
            slow |= course.is_too_slow(now, &PACE);
            course.went(bytes, now, &PACE);
        }
        slow || course.is_too_slow(now, &PACE)
    }

    #[test]
    fn a_pause_is_too_long_whatever_came_before() {
        assert!(!is_too_slow(1, 10, 100));
        assert!(is_too_slow(1, 11, 1 << 20));
    }

    #[test]
    fn a_phone_on_2g_is_fast_enough_and_a_byte_at_a_time_is_not() {
        assert!(!is_too_slow(100, 1, 2_000));
        assert!(!is_too_slow(100, 9, 9 * 1_024));
        assert!(is_too_slow(3, 9, 1));
    }

    #[test]
    fn nobody_lives_on_what_went_before() {
        let (mut course, now) = (Course::default(), Instant::now());
        course.went(100 << 20, now, &PACE);
        let at = |seconds| now + Duration::from_secs(seconds);
        course.wait(at(0));
        course.went(1, at(8), &PACE);
        course.wait(at(8));
        course.went(1, at(17), &PACE);
        assert!(course.is_too_slow(at(17), &PACE));
    }

    #[test]
    fn time_in_which_nobody_is_waited_for_does_not_count() {
        let (mut course, now) = (Course::default(), Instant::now());
        course.wait(now);
        course.rest(now + Duration::from_secs(1), &PACE);
        assert!(!course.is_too_slow(now + Duration::from_hours(1), &PACE));
    }
}
