//! The states of a moment ago: a page asks for the totals, and then for everything else of the same moment.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tallylog_projection::State;

/// How many are kept. Each shares with the others whatever did not change.
const KEPT: usize = 8;

/// The latest states of which somebody was told something.
#[derive(Default)]
pub(super) struct Recent(Mutex<VecDeque<Arc<State>>>);

impl Recent {
    /// Keeps a state that is the present one.
    pub(super) fn keep(&self, state: &Arc<State>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.back().is_none_or(|last| last.size() < state.size()) {
            kept.push_back(Arc::clone(state));
        }
        if kept.len() > KEPT {
            kept.pop_front();
        }
    }

    /// The state of so many entries, if it is one of them.
    pub(super) fn of_size(&self, size: u64) -> Option<Arc<State>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|state| state.size() == size).cloned()
    }
}
