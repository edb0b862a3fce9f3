//! Which precincts a discrepancy holds, kept up to date without a look at every precinct.
//!
//! [`crate::Review`] says the same of a whole state, and the tests hold the two against each other.

use std::collections::{BTreeMap, BTreeSet};

use tallylog_event::{CountyId, PrecinctId};
use tallylog_rules::{FiguresKey, Sheet, figures_key};

use super::outliers::Outliers;
use crate::review::record;
use crate::{Discrepancy, Filing, State};

/// Precincts by their positions in roster order.
#[derive(Clone, Debug)]
pub(super) struct Holds {
    /// Those that something holds whatever the others say.
    own: Vec<bool>,
    /// The figures by which each is compared within its county (V21).
    figures: Vec<Option<FiguresKey>>,
    /// Those of the same figures, by county.
    same: Vec<BTreeMap<FiguresKey, BTreeSet<usize>>>,
    outliers: Outliers,
}

impl Holds {
    pub(super) fn new(counties: usize, precincts: usize, groups: usize) -> Self {
        Self {
            own: vec![false; precincts],
            figures: vec![None; precincts],
            same: vec![BTreeMap::new(); counties],
            outliers: Outliers::new(precincts, groups),
        }
    }

    /// Takes up the figures of a precinct. Those whose figures were the same, or are now, are touched.
    pub(super) fn refile(&mut self, position: usize, county: CountyId, sheet: &Sheet, touched: &mut BTreeSet<usize>) {
        self.outliers.refile(position, sheet);
        let (Some(figures), Some(same)) = (self.figures.get_mut(position), self.same.get_mut(usize::from(county.0)))
        else {
            return;
        };
        let new = figures_key(sheet);
        if *figures == new {
            return;
        }
        if let Some(old) = figures.take()
            && let Some(others) = same.get_mut(&old)
        {
            others.remove(&position);
            touched.extend(others.iter().take(TOLD_APART));
            if others.is_empty() {
                same.remove(&old);
            }
        }
        if let Some(new) = &new {
            let others = same.entry(new.clone()).or_default();
            others.insert(position);
            touched.extend(others.iter().take(TOLD_APART));
        }
        *figures = new;
    }

    /// Checks a precinct by itself.
    pub(super) fn check(&mut self, state: &State, position: usize, id: PrecinctId, filing: &Filing, pool: u64) {
        let mut found = Vec::new();
        record::check(state, id, filing, pool, &mut found);
        if let Some(own) = self.own.get_mut(position) {
            *own = found.iter().any(Discrepancy::holds);
        }
    }

    /// Touches those that stand out from all others no longer, or only now.
    pub(super) fn settle(&mut self, touched: &mut BTreeSet<usize>) {
        self.outliers.settle(touched);
    }

    /// Whether something holds a precinct.
    pub(super) fn hold(&self, position: usize, county: CountyId) -> bool {
        let own = self.own.get(position).copied().unwrap_or(false);
        own || self.has_twin(position, county) || self.outliers.name(position)
    }

    fn has_twin(&self, position: usize, county: CountyId) -> bool {
        let figures = self.figures.get(position).and_then(Option::as_ref);
        let same = self.same.get(usize::from(county.0));
        let alike = figures.and_then(|figures| same?.get(figures));
        alike.is_some_and(|alike| alike.len() > 1)
    }
}

/// With a third of the same figures the first two are held already, and with one gone of three they still are.
const TOLD_APART: usize = 2;
