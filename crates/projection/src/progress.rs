//! How far the enrolment of chairs has come.

use tallylog_event::{CountyId, Role, UnixMillis};

use crate::State;
use crate::desks::CodeState;

/// How far the enrolment of chairs has come, in a precinct or a county.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Enrolled {
    /// Precincts.
    pub precincts: usize,
    /// Those of which a chair has a key that stands.
    pub ready: usize,
    /// Keys of chairs that stand. One key may be for several precincts.
    pub keys: usize,
    /// Codes that were used.
    pub used: usize,
    /// Codes that are good and not used yet.
    pub waiting: usize,
    /// Codes that nobody used in time, or that were withdrawn.
    pub lapsed: usize,
}

impl Enrolled {
    fn and(self, other: Self) -> Self {
        Self {
            precincts: self.precincts + other.precincts,
            ready: self.ready + other.ready,
            keys: self.keys + other.keys,
            used: self.used + other.used,
            waiting: self.waiting + other.waiting,
            lapsed: self.lapsed + other.lapsed,
        }
    }
}

impl State {
    /// How far every precinct's enrolment has come when the clock reads `now`, in roster order.
    #[must_use]
    pub fn enrolment(&self, now: UnixMillis) -> Vec<Enrolled> {
        let one = Enrolled {
            precincts: 1,
            ..Enrolled::default()
        };
        let mut all = vec![one; self.roster().precincts()];
        for author in self.authors().filter(|author| author.revoked.is_none()) {
            if let Role::Chair(precincts) = &author.role {
                for position in precincts.iter().filter_map(|id| self.roster().position(*id)) {
                    if let Some(enrolled) = all.get_mut(position) {
                        enrolled.keys += 1;
                        enrolled.ready = 1;
                    }
                }
            }
        }
        self.count_codes(now, &mut all);
        all
    }

    fn count_codes(&self, now: UnixMillis, all: &mut [Enrolled]) {
        for batch in self.desks().codes.batches() {
            for number in 0..batch.codes() {
                let precinct = batch.precinct_of(number);
                let position = precinct.and_then(|id| self.roster().position(id));
                let Some(enrolled) = position.and_then(|position| all.get_mut(position)) else {
                    continue;
                };
                match batch.code(number, now) {
                    Some(CodeState::Good) => enrolled.waiting += 1,
                    Some(CodeState::Used(_)) => enrolled.used += 1,
                    Some(CodeState::Withdrawn(_) | CodeState::Expired) => enrolled.lapsed += 1,
                    None => {}
                }
            }
        }
    }

    /// The same for a county, out of what every precinct has.
    #[must_use]
    pub fn enrolment_of(&self, county: CountyId, all: &[Enrolled]) -> Enrolled {
        let precincts = all.get(self.roster().positions(county)).unwrap_or_default();
        precincts.iter().copied().fold(Enrolled::default(), Enrolled::and)
    }
}
