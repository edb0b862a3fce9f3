//! What the roster says of a place, and what follows from it and from the head count.

use crate::{Attendees, Delegates, Ruleset, Sheet};

/// Where a sheet comes from: what the roster says of the place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A precinct, which elects the county-convention delegates that the party apportioned to it.
    Precinct {
        /// Those delegates.
        delegates: Delegates,
    },
    /// A satellite site, whose delegates follow from its attendance.
    Satellite,
}

/// The people that a group needs at first alignment to be viable, or `None` where the room elects its one delegate
/// without groups, or nobody attended.
///
/// A fraction of a person rounds up, and a group of nobody is never viable. Rule: 2.1.
///
/// ```
/// # use tallylog_rules::{Attendees, Delegates, Ruleset, viability_threshold};
/// let rules = Ruleset::iowa_2020();
/// // 15 % of 847 is 127.05. Dividing by 6.67 gives 126.99, one too low.
/// assert_eq!(viability_threshold(&rules, Attendees(847), Delegates(19)), Some(Attendees(128)));
/// assert_eq!(viability_threshold(&rules, Attendees(847), Delegates(1)), None);
/// ```
#[must_use]
pub fn viability_threshold(rules: &Ruleset, room: Attendees, electing: Delegates) -> Option<Attendees> {
    let tiers = rules.viability.iter().rev();
    let tier = tiers.into_iter().find(|tier| tier.from <= electing && electing.0 > 0)?;
    // `validate` refuses a denominator of 0; a ruleset that nobody validated gives no threshold.
    if room.0 == 0 || tier.denominator == 0 {
        return None;
    }
    let needed = (u64::from(room.0) * u64::from(tier.numerator)).div_ceil(tier.denominator.into());
    Some(Attendees(u32::try_from(needed).unwrap_or(u32::MAX).max(1)))
}

/// The delegates of a satellite site that `attendance` people attended; none for nobody. Rule: 3.3.
///
/// ```
/// # use tallylog_rules::{Attendees, Delegates, Ruleset, satellite_delegates};
/// let rules = Ruleset::iowa_2020();
/// assert_eq!(satellite_delegates(&rules, Attendees(20)), Delegates(4));
/// assert_eq!(satellite_delegates(&rules, Attendees(21)), Delegates(5));
/// ```
#[must_use]
pub fn satellite_delegates(rules: &Ruleset, attendance: Attendees) -> Delegates {
    let tiers = rules.satellites.iter().rev();
    tiers
        .into_iter()
        .find(|tier| tier.from <= attendance)
        .map_or(Delegates(0), |tier| tier.delegates)
}

/// The room, in people: the attendance, or the total of first alignment where nobody wrote the attendance down.
///
/// A total that no `u32` holds gives `u32::MAX`: it is a lie whatever stands there, and V01 and V02 say so. Rule: 2.1.
#[must_use]
pub fn room(sheet: &Sheet) -> Attendees {
    if let Some(attendance) = sheet.attendance {
        return attendance.people;
    }
    let first = sheet.first_alignment.as_ref();
    let total = first.map_or(0, crate::ByGroup::total);
    Attendees(u32::try_from(total).unwrap_or(u32::MAX))
}

/// The delegates that a place elects: the roster's, or for a satellite site the table's for its attendance. Rule: 3.3.
#[must_use]
pub fn electing(rules: &Ruleset, place: Place, sheet: &Sheet) -> Delegates {
    match place {
        Place::Precinct { delegates } => delegates,
        Place::Satellite => satellite_delegates(rules, room(sheet)),
    }
}
