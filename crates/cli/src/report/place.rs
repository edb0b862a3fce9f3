//! Which precinct is meant.

use super::ReportFault;
use crate::device::{About, Seat};
use crate::failure::Failure;

/// The one seat of a device that is meant: named, or the only one.
pub(crate) fn seat<'a>(about: &'a About, county: Option<&str>, precinct: Option<&str>) -> Result<&'a Seat, Failure> {
    let is_meant = |seat: &&Seat| {
        county.is_none_or(|name| seat.county.eq_ignore_ascii_case(name))
            && precinct.is_none_or(|name| seat.precinct.eq_ignore_ascii_case(name))
    };
    let mut meant = about.seats.iter().filter(is_meant);
    let known = || {
        let seats = about.seats.iter();
        let names: Vec<_> = seats
            .map(|seat| format!("{}, {}", seat.county, seat.precinct))
            .collect();
        names.join("; ")
    };
    let Some(first) = meant.next() else {
        let asked: Vec<_> = county.into_iter().chain(precinct).collect();
        return Err(ReportFault::NoSeat {
            asked: asked.join(", "),
            known: known(),
        }
        .into());
    };
    match meant.next() {
        None => Ok(first),
        Some(_) => Err(ReportFault::WhichSeat(known()).into()),
    }
}
