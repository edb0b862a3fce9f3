//! When to call again, as people say it.

use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp, civil};

use super::CallFault;

/// A time: `+20m` or `+1h` from now, `21:30` of today or else of tomorrow, or a time with its zone.
pub(super) fn parse(text: &str, now_ms: u64) -> Result<u64, CallFault> {
    let bad = || CallFault::Time(text.to_owned());
    let now = i64::try_from(now_ms)
        .ok()
        .and_then(|now| Timestamp::from_millisecond(now).ok());
    let now = now.ok_or_else(bad)?;
    let text = text.trim();
    let time = match text.strip_prefix('+') {
        Some(span) => now.checked_add(duration(span).ok_or_else(bad)?).map_err(|_| bad())?,
        None => match clock(text) {
            Some(clock) => next(clock, now).ok_or_else(bad)?,
            None => text.parse().map_err(|_| bad())?,
        },
    };
    u64::try_from(time.as_millisecond()).map_err(|_| bad())
}

/// `20m` or `1h`, up to a week.
fn duration(text: &str) -> Option<SignedDuration> {
    let (number, of_minutes) = match (text.strip_suffix('m'), text.strip_suffix('h')) {
        (Some(number), _) => (number, 1),
        (None, Some(number)) => (number, 60),
        (None, None) => return None,
    };
    let minutes = number.parse::<i64>().ok()?.checked_mul(of_minutes)?;
    (0..=7 * 24 * 60)
        .contains(&minutes)
        .then(|| SignedDuration::from_mins(minutes))
}

fn clock(text: &str) -> Option<civil::Time> {
    let (hours, minutes) = text.split_once(':')?;
    if hours.len() > 2 || minutes.len() != 2 {
        return None;
    }
    civil::Time::new(hours.parse().ok()?, minutes.parse().ok()?, 0, 0).ok()
}

/// The next time at which a clock in Iowa shows that, in winter.
fn next(clock: civil::Time, now: Timestamp) -> Option<Timestamp> {
    let zone = TimeZone::fixed(Offset::constant(-6));
    let here = now.to_zoned(zone.clone());
    let at = |date: civil::Date| date.to_datetime(clock).to_zoned(zone.clone()).ok();
    let today = at(here.date())?;
    if today.timestamp() >= now {
        return Some(today.timestamp());
    }
    at(here.date().tomorrow().ok()?).map(|tomorrow| tomorrow.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2028-02-07, 20:14:05 in Iowa.
    const NOW: u64 = 1_833_588_845_000;

    #[track_caller]
    fn check(text: &str, expected: Option<u64>) {
        assert_eq!(parse(text, NOW).ok(), expected, "{text}");
    }

    #[test]
    fn a_time_is_from_now_or_of_the_clock_or_whole() {
        check("+20m", Some(NOW + 20 * 60_000));
        check("+1h", Some(NOW + 3_600_000));
        check("+0m", Some(NOW));
        check("2028-02-07T20:14:05-06:00", Some(NOW));
        check("21:14", Some(NOW + 3_600_000 - 5_000));
        check("9:00", Some(NOW + 45_955_000));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "20",
            "+20",
            "+-5m",
            "+m",
            "soon",
            "25:00",
            "21:3",
            "21:60",
            "+999999999h",
            "2028-02-07",
        ] {
            check(text, None);
        }
    }
}
