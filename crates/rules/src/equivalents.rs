//! State delegate equivalents: what a delegate to a county convention is worth at the state convention.

use num_rational::{BigRational, Ratio};

use crate::{Attendees, Delegates, Equivalents};

/// The equivalents of one delegate of one place, exactly and in lowest terms.
pub type Fraction = Ratio<u64>;

/// The equivalents of one delegate of a precinct, or `None` for a county without delegates. Rule: 3.1.
#[must_use]
pub fn county_ratio(state_delegates: Delegates, county_delegates: Delegates) -> Option<Fraction> {
    ratio(state_delegates.into(), county_delegates.into())
}

/// The equivalents of one of the `delegates` of a site that `site` of the pool's `pool_attendance` people attended.
///
/// `None` for a site that nobody attended, that has no delegates, or that is larger than its pool. Rule: 3.4.
///
/// ```
/// # use tallylog_rules::{Attendees, Delegates, Equivalents, published, site_ratio};
/// // A pool of 6 equivalents and 452 people: 20 of them at this site, which has 4 delegates.
/// let ratio = site_ratio(Delegates(6), Attendees(20), 452, Delegates(4)).unwrap();
/// assert_eq!(published(Delegates(1), ratio), Equivalents(664));
/// ```
#[must_use]
pub fn site_ratio(pool: Delegates, site: Attendees, pool_attendance: u64, delegates: Delegates) -> Option<Fraction> {
    if site.0 == 0 || u64::from(site) > pool_attendance {
        return None;
    }
    let value = u64::from(pool) * u64::from(site);
    ratio(value, pool_attendance.checked_mul(delegates.into())?)
}

fn ratio(numerator: u64, denominator: u64) -> Option<Fraction> {
    (denominator > 0).then(|| Ratio::new(numerator, denominator))
}

/// The equivalents of `delegates`, rounded half up to ten-thousandths, as the party publishes them.
///
/// Every published total is the sum of such rounded values, so it differs from the rounded sum of [`exact`] values.
/// Rule: 3.2.
///
/// ```
/// # use tallylog_rules::{Delegates, Equivalents, county_ratio, published};
/// let adair = county_ratio(Delegates(4), Delegates(51)).unwrap();
/// assert_eq!(published(Delegates(1), adair), Equivalents(784));
/// ```
#[must_use]
pub fn published(delegates: Delegates, ratio: Fraction) -> Equivalents {
    // u16 * u64 * 20,000 is far below u128::MAX.
    let doubled = u128::from(delegates.0) * u128::from(*ratio.numer()) * 20_000;
    let denominator = u128::from(*ratio.denom());
    let rounded = (doubled + denominator) / (2 * denominator);
    Equivalents(u64::try_from(rounded).unwrap_or(u64::MAX))
}

/// The equivalents of `delegates`, exactly. Rule: 3.1.
#[must_use]
pub fn exact(delegates: Delegates, ratio: Fraction) -> BigRational {
    let one = BigRational::new((*ratio.numer()).into(), (*ratio.denom()).into());
    one * BigRational::from_integer(delegates.0.into())
}
