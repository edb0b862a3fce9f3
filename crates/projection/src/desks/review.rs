//! The reviewers' desk: resolutions, decisions and holds.

use std::collections::BTreeMap;

use tallylog_event::{Decision, EntryIndex, Hold, PrecinctId, Resolution, ReviewEvent, Subject, Text, Verdict};

use super::signed::{Signed, before};
use crate::AuthorId;
use crate::accepted::Accepted;
use crate::hash::Form;

/// What reviewers decided.
#[derive(Clone, Debug, Default)]
pub struct ReviewDesk {
    resolutions: Vec<Signed<Resolution>>,
    decisions: BTreeMap<(Subject, u8), Vec<Signed<Decision>>>,
    holds: BTreeMap<PrecinctId, Vec<StandingHold>>,
    /// The precinct of each hold.
    held: BTreeMap<EntryIndex, PrecinctId>,
}

/// A person's hold on a precinct.
#[derive(Clone, Debug)]
pub struct StandingHold {
    /// The hold.
    pub hold: Signed<Hold>,
    /// The entry that lifted it, by whom and why.
    pub lifted: Option<(EntryIndex, AuthorId, Text)>,
}

impl ReviewDesk {
    /// Every resolution, in the order of the log.
    #[must_use]
    pub fn resolutions(&self) -> &[Signed<Resolution>] {
        &self.resolutions
    }

    /// Every decision about a discrepancy, in the order of the log.
    #[must_use]
    pub fn decisions(&self, subject: Subject, code: u8) -> &[Signed<Decision>] {
        self.decisions.get(&(subject, code)).map_or(&[], Vec::as_slice)
    }

    /// The decision by which a discrepancy does not hold: the last, if that did not open it again.
    #[must_use]
    pub fn in_force(&self, subject: Subject, code: u8) -> Option<&Signed<Decision>> {
        let last = self.decisions(subject, code).last()?;
        match last.what.verdict {
            Verdict::Accepted | Verdict::Ruled(_) => Some(last),
            Verdict::Reopened => None,
        }
    }

    /// The holds of a precinct, in the order of the log, those that were lifted among them.
    #[must_use]
    pub fn holds(&self, precinct: PrecinctId) -> &[StandingHold] {
        self.holds.get(&precinct).map_or(&[], Vec::as_slice)
    }

    /// Whether a person holds a precinct.
    #[must_use]
    pub fn is_held(&self, precinct: PrecinctId) -> bool {
        self.holds(precinct).iter().any(|hold| hold.lifted.is_none())
    }

    /// The precinct that a hold still holds.
    #[must_use]
    pub fn held_by(&self, hold: EntryIndex) -> Option<PrecinctId> {
        let precinct = *self.held.get(&hold)?;
        let stands = |known: &&StandingHold| known.hold.entry == hold && known.lifted.is_none();
        self.holds(precinct).iter().find(stands).map(|_| precinct)
    }

    /// The entry that lifted a hold.
    pub(crate) fn lifted(&self, hold: EntryIndex) -> Option<EntryIndex> {
        let precinct = self.held.get(&hold)?;
        let known = self.holds(*precinct).iter().find(|known| known.hold.entry == hold)?;
        known.lifted.as_ref().map(|(by, ..)| *by)
    }

    /// The latest decision about what an entry decided, where that is a later one.
    pub(crate) fn decided_again(&self, decision: EntryIndex) -> Option<EntryIndex> {
        let mut about = self.decisions.values();
        let same = about.find(|decisions| decisions.iter().any(|known| known.entry == decision))?;
        same.last().map(|last| last.entry).filter(|last| *last > decision)
    }

    pub(crate) fn apply(&mut self, accepted: &Accepted<'_>, author: AuthorId, event: &ReviewEvent) {
        let entry = accepted.entry;
        match event {
            ReviewEvent::Resolved(resolution) => self.resolutions.push(Signed::new(accepted, author, resolution)),
            ReviewEvent::Decided(decision) => {
                let about = (decision.subject, decision.code.get());
                let decisions = self.decisions.entry(about).or_default();
                decisions.push(Signed::new(accepted, author, decision));
            }
            ReviewEvent::Held(hold) => {
                self.held.insert(entry, hold.precinct);
                self.holds.entry(hold.precinct).or_default().push(StandingHold {
                    hold: Signed::new(accepted, author, hold),
                    lifted: None,
                });
            }
            ReviewEvent::Lifted(lift) => {
                let holds = self.held.get(&lift.hold).and_then(|id| self.holds.get_mut(id));
                for hold in holds
                    .into_iter()
                    .flatten()
                    .filter(|known| known.hold.entry == lift.hold)
                {
                    hold.lifted.get_or_insert((entry, author, lift.reason.clone()));
                }
            }
        }
    }

    /// As it stood when the log had `size` entries.
    pub(crate) fn at(&self, size: u64) -> Self {
        let cut = |holds: &Vec<StandingHold>| -> Vec<StandingHold> {
            let earlier = holds.iter().filter(|known| known.hold.entry.0 < size);
            let as_then = earlier.map(|known| StandingHold {
                hold: known.hold.clone(),
                lifted: known.lifted.clone().filter(|(by, ..)| by.0 < size),
            });
            as_then.collect()
        };
        Self {
            resolutions: before(&self.resolutions, size),
            decisions: earlier(&self.decisions, |decisions| before(decisions, size)),
            holds: earlier(&self.holds, cut),
            held: self
                .held
                .range(..EntryIndex(size))
                .map(|(hold, id)| (*hold, *id))
                .collect(),
        }
    }

    /// Every event of the desk by its entry and author: what was signed there stands in the entry itself.
    pub(crate) fn form(&self, form: &mut Form) {
        form.length(self.resolutions.len());
        for resolution in &self.resolutions {
            form.number(resolution.entry.0);
            form.number(resolution.author.0.into());
        }
        form.length(self.decisions.len());
        for decisions in self.decisions.values() {
            form.length(decisions.len());
            for decision in decisions {
                form.number(decision.entry.0);
                form.number(decision.author.0.into());
            }
        }
        form.length(self.held.len());
        for hold in self.holds.values().flatten() {
            form.number(hold.hold.entry.0);
            form.number(hold.hold.author.0.into());
            form.number(hold.lifted.as_ref().map_or(0, |(by, ..)| by.0));
        }
    }
}

/// The lists that had anything by then.
fn earlier<K: Ord + Copy, T>(all: &BTreeMap<K, Vec<T>>, cut: impl Fn(&Vec<T>) -> Vec<T>) -> BTreeMap<K, Vec<T>> {
    let cut = all.iter().map(|(key, list)| (*key, cut(list)));
    cut.filter(|(_, list)| !list.is_empty()).collect()
}
