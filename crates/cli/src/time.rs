//! Times as people read and write them.

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use tallylog_wire::v1;
use tallylog_wire::v1::moment::At;

use crate::args::MomentArgs;
use crate::failure::Failure;

/// The moment that was asked for.
pub(crate) fn moment(args: &MomentArgs) -> Result<Option<v1::Moment>, Failure> {
    let at = match (&args.release, &args.as_of) {
        (Some(release), _) => At::Release(release.clone()),
        (None, Some(as_of)) => at(as_of)?,
        (None, None) => return Ok(None),
    };
    Ok(Some(v1::Moment { at: Some(at) }))
}

fn at(as_of: &str) -> Result<At, Failure> {
    let bad = || Failure::BadMoment(as_of.to_owned());
    if as_of.bytes().all(|byte| byte.is_ascii_digit()) {
        return as_of.parse().map(At::Size).map_err(|_| bad());
    }
    let time: Timestamp = as_of.parse().map_err(|_| bad())?;
    u64::try_from(time.as_millisecond()).map(At::TimeMs).map_err(|_| bad())
}

/// A time in UTC, to the millisecond.
pub(crate) fn utc(millis: u64) -> String {
    let time = i64::try_from(millis)
        .ok()
        .and_then(|millis| Timestamp::from_millisecond(millis).ok());
    time.map_or_else(|| "?".to_owned(), |time| format!("{time:.3}"))
}

/// The same to the second, for formats that know no smaller part.
pub(crate) fn utc_seconds(millis: u64) -> String {
    utc(millis - millis % 1_000).replace(".000Z", "Z")
}

/// A time as people in Iowa read it on a winter's evening, with its zone; it can be given to `--as-of` again.
pub(crate) fn central(millis: u64) -> String {
    zoned(millis, "%Y-%m-%dT%H:%M:%S%:z")
}

/// The day of a time, there.
pub(crate) fn date(millis: u64) -> String {
    zoned(millis, "%Y-%m-%d")
}

fn zoned(millis: u64, format: &str) -> String {
    let time = i64::try_from(millis)
        .ok()
        .and_then(|millis| Timestamp::from_millisecond(millis).ok());
    // Caucuses are held in February, when no clock is put forward.
    let zone = TimeZone::fixed(Offset::constant(-6));
    time.map_or_else(
        || "?".to_owned(),
        |time| time.to_zoned(zone).strftime(format).to_string(),
    )
}

/// A time as it is shown to whoever has to compare it with a clock.
pub(crate) struct Shown {
    /// In words, by the zone of this machine, with the zone's name.
    pub(crate) text: String,
    /// In UTC, as it can be said to a flag.
    pub(crate) utc: String,
}

/// A time for somebody at this machine, whose zone is the one that the machine has.
pub(crate) fn shown(millis: u64) -> Shown {
    shown_in(millis, TimeZone::system())
}

fn shown_in(millis: u64, zone: TimeZone) -> Shown {
    let time = i64::try_from(millis)
        .ok()
        .and_then(|millis| Timestamp::from_millisecond(millis).ok());
    let utc = utc_seconds(millis);
    let Some(time) = time else {
        return Shown { text: utc.clone(), utc };
    };
    let zoned = time.to_zoned(zone);
    let name = zoned.time_zone().iana_name();
    let name = name.map_or_else(|| zoned.offset().to_string(), str::to_owned);
    let words = zoned.strftime("%A, %-d %B %Y, %H:%M:%S");
    let text = if zoned.offset() == Offset::UTC {
        format!("{words} (UTC)")
    } else {
        format!("{words} ({name}; {utc})")
    };
    Shown { text, utc }
}
