//! What a correction would move, before anybody approves it.

use tallylog_event::{Basis, CountyId, District, PrecinctId};
use tallylog_rules::{National, Sheet};

use crate::{Counted, Scope, State, Totals, national};

/// Figures before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change<T> {
    /// Those of the log as it is.
    pub before: T,
    /// Those it would have.
    pub after: T,
}

impl<T: PartialEq> Change<T> {
    /// Whether anything moves.
    #[must_use]
    pub fn moves(&self) -> bool {
        self.before != self.after
    }
}

/// What other figures of one precinct would do to the recorded totals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// On the precinct.
    pub precinct: Change<Totals>,
    /// The county or pool.
    pub county: CountyId,
    /// On the county or pool: a satellite site moves what every site of its pool is worth.
    pub county_totals: Change<Totals>,
    /// On the congressional district, by number; absent for sites out of state.
    pub district: Option<(u8, Change<Totals>)>,
    /// On the state.
    pub state: Change<Totals>,
    /// On the projection of national delegates.
    pub national: Change<Option<National>>,
}

impl State {
    /// What `sheet` instead of a precinct's record would do to every total; `None` where the precinct has no record.
    ///
    /// It is a function of this state alone: the figures are put into a copy of what is counted, and nothing else moves.
    #[must_use]
    pub fn effect(&self, precinct: PrecinctId, sheet: &Sheet) -> Option<Effect> {
        let before = Counted::new(self, Basis::Recorded);
        let after = Counted::new(self, Basis::Recorded).with(precinct, sheet)?;
        let (county, _) = self.roster().precinct(precinct)?;
        let change = |scope| Change {
            before: Totals::of(&before, scope),
            after: Totals::of(&after, scope),
        };
        Some(Effect {
            precinct: Change {
                before: Totals::of_precinct(&before, precinct),
                after: Totals::of_precinct(&after, precinct),
            },
            county: county.id,
            county_totals: change(Scope::County(county.id)),
            district: match county.district {
                District::Congressional(number) => Some((number, change(Scope::District(number)))),
                District::StateOnly => None,
            },
            state: change(Scope::State),
            national: Change {
                before: national(&before),
                after: national(&after),
            },
        })
    }
}
