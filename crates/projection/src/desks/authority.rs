//! Acts that take two persons: what was proposed, what came of it, and the keys that the log's own events have had.

use tallylog_event::{Act, ActWithdrawal, AuthorityEvent, EntryIndex, PublicKey, Seconding};

use super::signed::Signed;
use crate::AuthorId;
use crate::accepted::Accepted;
use crate::hash::Form;

/// Acts that take two persons.
#[derive(Clone, Debug, Default)]
pub struct Authority {
    proposals: Vec<ProposedAct>,
    /// Every successor of the contest's service key, with the entry that made it so.
    services: Vec<(EntryIndex, PublicKey)>,
}

/// An act that was proposed, and what came of it.
#[derive(Clone, Debug)]
pub struct ProposedAct {
    /// The proposal.
    pub proposal: Signed<Act>,
    /// What came of it; absent while it waits.
    pub decided: Option<ActDecided>,
}

/// What came of a proposal.
#[derive(Clone, Debug)]
pub enum ActDecided {
    /// Another person seconded it, and with that it is so.
    Seconded(Signed<Seconding>),
    /// It was turned down, or taken back.
    Withdrawn(Signed<ActWithdrawal>),
}

impl Authority {
    /// Every proposal, in the order of the log.
    #[must_use]
    pub fn all(&self) -> &[ProposedAct] {
        &self.proposals
    }

    /// The proposals that wait for a second.
    pub fn waiting(&self) -> impl Iterator<Item = &ProposedAct> {
        self.proposals.iter().filter(|proposed| proposed.decided.is_none())
    }

    /// The proposal that an entry made.
    #[must_use]
    pub fn proposal(&self, entry: EntryIndex) -> Option<&ProposedAct> {
        self.proposals.get(self.place(entry)?)
    }

    /// The latest successor of the contest's service key.
    pub(crate) fn service(&self) -> Option<PublicKey> {
        self.services.last().map(|(_, key)| *key)
    }

    fn place(&self, entry: EntryIndex) -> Option<usize> {
        self.proposals
            .binary_search_by_key(&entry, |proposed| proposed.proposal.entry)
            .ok()
    }

    pub(crate) fn apply(&mut self, accepted: &Accepted<'_>, author: AuthorId, event: &AuthorityEvent) {
        match event {
            AuthorityEvent::Proposed(act) => self.proposals.push(ProposedAct {
                proposal: Signed::new(accepted, author, act.as_ref()),
                decided: None,
            }),
            AuthorityEvent::Seconded(seconding) => {
                if let Act::Succeed(succession) = &seconding.act {
                    self.services.push((accepted.entry, succession.enrolment.key));
                }
                let seconded = Signed::new(accepted, author, seconding.as_ref());
                self.decide(seconding.proposal, ActDecided::Seconded(seconded));
            }
            AuthorityEvent::Withdrawn(withdrawal) => {
                let withdrawn = Signed::new(accepted, author, withdrawal);
                self.decide(withdrawal.proposal, ActDecided::Withdrawn(withdrawn));
            }
        }
    }

    fn decide(&mut self, proposal: EntryIndex, decided: ActDecided) {
        let place = self.place(proposal);
        if let Some(proposed) = place.and_then(|place| self.proposals.get_mut(place)) {
            proposed.decided.get_or_insert(decided);
        }
    }

    /// As it stood when the log had `size` entries.
    pub(crate) fn at(&self, size: u64) -> Self {
        let until = self
            .proposals
            .partition_point(|proposed| proposed.proposal.stood_at(size));
        let proposals = self.proposals.iter().take(until).map(|proposed| ProposedAct {
            proposal: proposed.proposal.clone(),
            decided: proposed.decided.clone().filter(|decided| decided.entry().0 < size),
        });
        let services = self.services.iter().filter(|(entry, _)| entry.0 < size);
        Self {
            proposals: proposals.collect(),
            services: services.copied().collect(),
        }
    }

    /// The service's keys are not in it: they follow from what was seconded.
    pub(crate) fn form(&self, form: &mut Form) {
        form.length(self.proposals.len());
        for proposed in &self.proposals {
            proposed.proposal.form(form);
            match &proposed.decided {
                None => form.number(0),
                Some(ActDecided::Seconded(seconding)) => {
                    form.number(1);
                    seconding.form(form);
                }
                Some(ActDecided::Withdrawn(withdrawal)) => {
                    form.number(2);
                    withdrawal.form(form);
                }
            }
        }
    }
}

impl ActDecided {
    /// The entry that decided.
    #[must_use]
    pub const fn entry(&self) -> EntryIndex {
        match self {
            Self::Seconded(seconding) => seconding.entry,
            Self::Withdrawn(withdrawal) => withdrawal.entry,
        }
    }
}
