//! How much a key may say in an hour: all of it at once, if its holder likes.
//!
//! What counts is what the holder signed and the log had not: a stranger who sends other people's names with signatures that
//! do not hold uses up nothing, and neither does a repeat.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tallylog_event::PublicKey;

use crate::limits::{Limit, bytes, grouped};
use crate::problem::Problem;

const HOUR: Duration = Duration::from_hours(1);

/// How much a key may say in an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// How many events.
    pub events: u32,
    /// How many bytes of them together.
    pub bytes: u32,
}

/// How much the keys of each role may say in an hour. Importers have no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowances {
    /// A chair's key, and that of a campaign, an observer or a witness.
    pub person: Allowance,
    /// The key of an operator, a reviewer, a corrections officer or a registrar.
    pub staff: Allowance,
}

impl Allowances {
    /// A chair reports once, and amends when it must. A registrar enrols every chair of a state in one go, and an operator
    /// enters what comes in by telephone; an event has a kilobyte or two.
    pub const DEFAULT: Self = Self {
        person: Allowance {
            events: 600,
            bytes: 4 << 20,
        },
        staff: Allowance {
            events: 20_000,
            bytes: 32 << 20,
        },
    };
}

impl Default for Allowances {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// How long the server has run, by a clock that nobody sets.
pub type Uptime = Arc<dyn Fn() -> Duration + Send + Sync>;

/// The time since this was called.
pub(crate) fn uptime() -> Uptime {
    let start = Instant::now();
    Arc::new(move || start.elapsed())
}

/// The rates that a client can meet.
pub(super) fn limits() -> [Limit; 4] {
    let Allowances { person, staff } = Allowances::DEFAULT;
    let limit = |what, default: String, flag| Limit::new(what, default).flag(flag).code("too-fast");
    [
        limit(
            "events of a chair's or a campaign's key in an hour",
            grouped(person.events),
            "--chair-events",
        ),
        limit(
            "bytes of the events of a chair's or a campaign's key in an hour",
            bytes(person.bytes.into()),
            "--chair-bytes",
        ),
        limit(
            "events of an operator's, reviewer's, officer's or registrar's key in an hour",
            grouped(staff.events),
            "--staff-events",
        ),
        limit(
            "bytes of the events of such a key in an hour",
            bytes(staff.bytes.into()),
            "--staff-bytes",
        ),
    ]
}

/// Which allowance is a key's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    Person,
    Staff,
    Unlimited,
}

/// What each key has used of its allowance.
///
/// Invariant: it has keys that are enrolled, and no others; so nobody can fill it.
pub(crate) struct Rates {
    allowances: Allowances,
    uptime: Uptime,
    used: Mutex<BTreeMap<PublicKey, Used>>,
}

/// Until when a key would have to be silent for its whole allowance to be free again.
#[derive(Clone, Copy, Debug, Default)]
struct Used {
    events: Duration,
    bytes: Duration,
}

impl Rates {
    pub(crate) fn new(allowances: Allowances, uptime: Uptime) -> Self {
        Self {
            allowances,
            uptime,
            used: Mutex::default(),
        }
    }

    /// Says that a key may say so much now. Uses up nothing.
    pub(crate) fn look(&self, key: &PublicKey, class: Class, length: usize) -> Result<(), Problem> {
        self.with(key, class, length, |_, _| {})
    }

    /// Uses up so much of a key's allowance, or nothing where that is more than is left.
    pub(crate) fn charge(&self, key: &PublicKey, class: Class, length: usize) -> Result<(), Problem> {
        self.with(key, class, length, |used, after| *used = after)
    }

    fn with(
        &self,
        key: &PublicKey,
        class: Class,
        length: usize,
        then: impl FnOnce(&mut Used, Used),
    ) -> Result<(), Problem> {
        let allowance = match class {
            Class::Person => self.allowances.person,
            Class::Staff => self.allowances.staff,
            Class::Unlimited => return Ok(()),
        };
        let now = (self.uptime)();
        let mut all = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let used = all.entry(*key).or_default();
        let length = u32::try_from(length).unwrap_or(u32::MAX);
        let after = Used {
            events: used.events.max(now) + HOUR / allowance.events.max(1),
            bytes: used.bytes.max(now) + (HOUR / allowance.bytes.max(1)).saturating_mul(length),
        };
        match after.events.max(after.bytes).saturating_sub(now + HOUR) {
            Duration::ZERO => {
                then(used, after);
                Ok(())
            }
            wait => Err(Problem::TooFast(wait)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    const ALLOWANCES: Allowances = Allowances {
        person: Allowance {
            events: 60,
            bytes: 6_000,
        },
        staff: Allowance {
            events: 3_600,
            bytes: 360_000,
        },
    };

    fn key(number: u8) -> PublicKey {
        PublicKey([number; 32])
    }

    fn rates(now: &Arc<AtomicU64>) -> Rates {
        let now = Arc::clone(now);
        Rates::new(
            ALLOWANCES,
            Arc::new(move || Duration::from_secs(now.load(Ordering::SeqCst))),
        )
    }

    fn wait(answer: Result<(), Problem>) -> u64 {
        match answer {
            Ok(()) => 0,
            Err(Problem::TooFast(wait)) => wait.as_secs(),
            Err(other) => unreachable!("{other}"),
        }
    }

    #[test]
    fn an_hours_events_may_come_at_once_and_then_each_when_its_share_of_the_hour_is_over() {
        let now = Arc::new(AtomicU64::new(5));
        let rates = rates(&now);
        let say = || wait(rates.charge(&key(1), Class::Person, 1));
        assert!((0..60).all(|_| say() == 0));
        assert_eq!([say(), say()], [60, 60], "what is refused uses up nothing");
        now.store(64, Ordering::SeqCst);
        assert_eq!(say(), 1);
        now.store(65, Ordering::SeqCst);
        assert_eq!([say(), say()], [0, 60]);
        now.store(65 + 3_600, Ordering::SeqCst);
        assert!(
            (0..60).all(|_| say() == 0),
            "an hour of silence, and all is as at first"
        );
    }

    #[test]
    fn bytes_count_as_well_as_events() {
        let rates = rates(&Arc::default());
        assert_eq!(wait(rates.charge(&key(1), Class::Person, 5_000)), 0);
        assert_eq!(wait(rates.charge(&key(1), Class::Person, 1_100)), 60);
        assert_eq!(wait(rates.charge(&key(1), Class::Person, 900)), 0);
    }

    #[test]
    fn each_key_has_its_own_staff_have_more_and_importers_have_no_limit() {
        let rates = rates(&Arc::default());
        let classes = [Class::Person, Class::Person, Class::Staff, Class::Unlimited];
        let said = (1..).zip(classes).map(|(number, class)| {
            let says = |_: &u32| rates.charge(&key(number), class, 100).is_ok();
            (0..10_000).take_while(says).count()
        });
        assert_eq!(said.collect::<Vec<_>>(), [60, 60, 3_600, 10_000]);
    }

    #[test]
    fn to_look_uses_up_nothing() {
        let rates = rates(&Arc::default());
        assert!((0..1_000).all(|_| rates.look(&key(1), Class::Person, 100).is_ok()));
        assert_eq!(wait(rates.charge(&key(1), Class::Person, 6_000)), 0);
        assert!(rates.look(&key(1), Class::Person, 100).is_err());
    }
}
