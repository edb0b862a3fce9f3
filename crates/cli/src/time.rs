//! Times as people read and write them.

use jiff::Timestamp;
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
