//! Which precincts a discrepancy holds, kept up to date without a look at every precinct.
//!
//! [`crate::Review`] says the same of a whole state, and the tests hold the two against each other.

use std::collections::{BTreeMap, BTreeSet};

use tallylog_event::{CountyId, Decision, EntryIndex, PrecinctId, Subject, Verdict};
use tallylog_rules::{Code, FiguresKey, Sheet, figures_key};

use super::outliers::Outliers;
use crate::review::across::{asks_who_was_first, first_given};
use crate::review::{Depth, record as checks};
use crate::{Discrepancy, Filing, Signed, State};

/// Precincts by their positions in roster order.
#[derive(Clone, Debug)]
pub(super) struct Holds {
    /// Those that something holds whatever the others say.
    own: Vec<bool>,
    /// The figures by which each is compared within its county (V21).
    figures: Vec<Option<FiguresKey>>,
    /// The entry that first gave those figures of it, where that is asked.
    given: Vec<Option<EntryIndex>>,
    /// Those of the same figures, by county.
    same: Vec<BTreeMap<FiguresKey, BTreeSet<usize>>>,
    outliers: Outliers,
}

impl Holds {
    pub(super) fn new(counties: usize, precincts: usize, groups: usize) -> Self {
        Self {
            own: vec![false; precincts],
            figures: vec![None; precincts],
            given: vec![None; precincts],
            same: vec![BTreeMap::new(); counties],
            outliers: Outliers::new(precincts, groups),
        }
    }

    /// Takes up the figures of a precinct, or that it has none any longer. Those whose figures were the same, or are now,
    /// are touched: what is said of one of them depends on how old the others are.
    pub(super) fn refile(
        &mut self,
        state: &State,
        position: usize,
        id: PrecinctId,
        sheet: Option<&Sheet>,
        touched: &mut BTreeSet<usize>,
    ) {
        self.outliers.refile(position, sheet);
        let (Some(figures), Some(given), Some(same)) = (
            self.figures.get_mut(position),
            self.given.get_mut(position),
            self.same.get_mut(usize::from(id.county.0)),
        ) else {
            return;
        };
        let new = sheet.and_then(figures_key);
        if *figures == new {
            let alike = new.as_ref().and_then(|figures| same.get(figures));
            touched.extend(alike.into_iter().flatten());
            return;
        }
        if let Some(old) = figures.take()
            && let Some(others) = same.get_mut(&old)
        {
            others.remove(&position);
            touched.extend(others.iter());
            if others.is_empty() {
                same.remove(&old);
            }
        }
        *given = new
            .as_ref()
            .filter(|_| asks_who_was_first(state))
            .and_then(|figures| first_given(state, id, figures));
        if let Some(new) = &new {
            let others = same.entry(new.clone()).or_default();
            others.insert(position);
            touched.extend(others.iter());
        }
        *figures = new;
    }

    /// Checks a precinct by itself.
    pub(super) fn check(&mut self, state: &State, position: usize, id: PrecinctId, filing: Option<&Filing>, pool: u64) {
        let mut found = Vec::new();
        if let Some(filing) = filing {
            checks::check(state, id, filing, pool, Depth::Standing, &mut found);
        }
        if let Some(own) = self.own.get_mut(position) {
            *own = found.iter().any(Discrepancy::holds);
        }
    }

    /// Touches those that stand out from all others no longer, or only now.
    pub(super) fn settle(&mut self, touched: &mut BTreeSet<usize>) {
        self.outliers.settle(touched);
    }

    /// Whether something holds a precinct.
    pub(super) fn hold(&self, state: &State, position: usize, id: PrecinctId) -> bool {
        let own = self.own.get(position).copied().unwrap_or(false);
        let decided = |code| decision(state, position, code);
        own || state.desks().review.is_held(id)
            || self.has_twin(state, position, id.county)
            || (self.outliers.name(position) && decided(Code::V31).is_none())
    }

    /// Whether others have the same figures and hold this precinct by it: where it is asked who gave them first, those who
    /// were later, unless the committee ruled on it; elsewhere all, unless a reviewer has decided about all of them.
    fn has_twin(&self, state: &State, position: usize, county: CountyId) -> bool {
        let figures = self.figures.get(position).and_then(Option::as_ref);
        let same = self.same.get(usize::from(county.0));
        let Some(alike) = figures.and_then(|figures| same?.get(figures)) else {
            return false;
        };
        let mut others = alike.iter().filter(|other| **other != position);
        if asks_who_was_first(state) {
            let given = |position: usize| self.given.get(position).copied().flatten();
            let is_later = others.any(|other| given(*other) < given(position));
            return is_later && !is_ruled(state, position, Code::V21);
        }
        let decision = decision(state, position, Code::V21);
        let since = |position: usize| state.histories.get(position)?.since();
        others.any(|other| decision.is_none_or(|decision| since(*other) > Some(decision)))
    }
}

/// The entry that decided about a discrepancy of a record and is in force.
fn decision(state: &State, position: usize, code: Code) -> Option<EntryIndex> {
    decided(state, position, code).map(|decision| decision.entry)
}

fn decided(state: &State, position: usize, code: Code) -> Option<&Signed<Decision>> {
    let subject = Subject::Entry(record(state, position)?);
    state.desks().review.in_force(subject, code.number())
}

/// Whether the committee ruled on a discrepancy of a record.
fn is_ruled(state: &State, position: usize, code: Code) -> bool {
    decided(state, position, code).is_some_and(|decision| matches!(decision.what.verdict, Verdict::Ruled(_)))
}

fn record(state: &State, position: usize) -> Option<EntryIndex> {
    state.histories.get(position)?.record().map(|version| version.entry)
}
