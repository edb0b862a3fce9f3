//! Correction cases: what was proposed in each, and what came of it.

use std::collections::BTreeMap;

use tallylog_event::{Approval, Case, CaseEvent, CaseOutcome, Closing, EntryIndex, PrecinctId, Proposal, Rejection};

use super::signed::{Signed, form_of};
use crate::AuthorId;
use crate::accepted::Accepted;
use crate::hash::Form;

/// Correction cases.
#[derive(Clone, Debug, Default)]
pub struct Cases {
    files: Vec<CaseFile>,
    /// What was proposed in cases that whoever reads the log is not shown. Whoever is shown everything has none.
    apart: Vec<Proposed>,
    /// The case of each proposal.
    proposals: BTreeMap<EntryIndex, EntryIndex>,
    /// The proposal of each approval.
    approvals: BTreeMap<EntryIndex, EntryIndex>,
}

/// A correction case with everything that was done in it.
#[derive(Clone, Debug)]
pub struct CaseFile {
    /// The case as it was opened.
    pub opened: Signed<Case>,
    /// What was proposed in it, in the order of the log.
    pub proposals: Vec<Proposed>,
    /// Who closed it, with what the public was told; absent while it is open.
    pub closed: Option<Signed<Closing>>,
}

/// A proposal, and what came of it.
#[derive(Clone, Debug)]
pub struct Proposed {
    /// The proposal.
    pub proposal: Signed<Proposal>,
    /// What came of it; absent while nobody has decided.
    pub decided: Option<Decided>,
}

/// What came of a proposal.
#[derive(Clone, Debug)]
pub enum Decided {
    /// Another person approved it.
    Approved(Signed<Approval>),
    /// It was turned down.
    Rejected(Signed<Rejection>),
}

impl Cases {
    /// Every case, in the order of the log.
    #[must_use]
    pub fn all(&self) -> &[CaseFile] {
        &self.files
    }

    /// Those that are not closed.
    pub fn open(&self) -> impl Iterator<Item = &CaseFile> {
        self.files.iter().filter(|file| file.closed.is_none())
    }

    /// Those that are about a precinct.
    pub fn of_precinct(&self, precinct: PrecinctId) -> impl Iterator<Item = &CaseFile> {
        self.files
            .iter()
            .filter(move |file| file.opened.what.precincts.contains(&precinct))
    }

    /// The case that an entry opened.
    #[must_use]
    pub fn case(&self, entry: EntryIndex) -> Option<&CaseFile> {
        self.files.get(self.place(entry)?)
    }

    /// The proposal that an entry made, with its case.
    #[must_use]
    pub fn proposal(&self, entry: EntryIndex) -> Option<(&CaseFile, &Proposed)> {
        let file = self.case(*self.proposals.get(&entry)?)?;
        Some((file, file.proposals.get(place_in(&file.proposals, entry)?)?))
    }

    /// The proposal that an entry made, in whatever case.
    pub(crate) fn made(&self, entry: EntryIndex) -> Option<&Proposed> {
        let apart = || self.apart.get(place_in(&self.apart, entry)?);
        self.proposal(entry).map(|(_, proposed)| proposed).or_else(apart)
    }

    /// The proposal for a precinct that nobody has decided about, in whatever case. There is one at most.
    #[must_use]
    pub fn open_proposal(&self, precinct: PrecinctId) -> Option<&Proposed> {
        let about = |proposed: &&Proposed| proposed.proposal.what.outcome.precinct() == precinct;
        let apart = self.apart.iter().filter(|proposed| proposed.decided.is_none());
        self.open().flat_map(CaseFile::open_proposals).chain(apart).find(about)
    }

    /// The proposal that an entry approved.
    pub(crate) fn proposed(&self, approval: EntryIndex) -> Option<&Proposed> {
        let proposed = self.made(*self.approvals.get(&approval)?)?;
        proposed.approved().filter(|by| by.entry == approval).map(|_| proposed)
    }

    fn place(&self, entry: EntryIndex) -> Option<usize> {
        self.files.binary_search_by_key(&entry, |file| file.opened.entry).ok()
    }

    pub(crate) fn apply(&mut self, accepted: &Accepted<'_>, author: AuthorId, event: &CaseEvent) {
        match event {
            CaseEvent::Opened(case) => self.files.push(CaseFile {
                opened: Signed::new(accepted, author, case.as_ref()),
                proposals: Vec::new(),
                closed: None,
            }),
            CaseEvent::Proposed(proposal) => self.propose(Signed::new(accepted, author, proposal.as_ref())),
            CaseEvent::Approved(approval) => {
                let approved = Signed::new(accepted, author, approval.as_ref());
                self.approvals.insert(accepted.entry, approval.proposal);
                self.decide(approval.proposal, Decided::Approved(approved));
            }
            CaseEvent::Rejected(rejection) => {
                let rejected = Signed::new(accepted, author, rejection.as_ref());
                self.decide(rejection.proposal, Decided::Rejected(rejected));
            }
            CaseEvent::Closed(closing) => {
                let place = self.place(closing.case);
                if let Some(file) = place.and_then(|place| self.files.get_mut(place)) {
                    let closed = || Signed::new(accepted, author, closing.as_ref());
                    file.closed.get_or_insert_with(closed);
                }
            }
        }
    }

    fn propose(&mut self, proposal: Signed<Proposal>) {
        let place = self.place(proposal.what.case);
        let case = place.and_then(|place| self.files.get_mut(place));
        if case.is_some() {
            self.proposals.insert(proposal.entry, proposal.what.case);
        }
        let proposals = case.map_or(&mut self.apart, |file| &mut file.proposals);
        proposals.push(Proposed {
            proposal,
            decided: None,
        });
    }

    fn decide(&mut self, proposal: EntryIndex, decided: Decided) {
        let case = self.proposals.get(&proposal).and_then(|case| self.place(*case));
        let case = case.and_then(|place| self.files.get_mut(place));
        let proposals = case.map_or(&mut self.apart, |file| &mut file.proposals);
        let place = place_in(proposals, proposal);
        if let Some(proposed) = place.and_then(|place| proposals.get_mut(place)) {
            proposed.decided.get_or_insert(decided);
        }
    }

    /// As they stood when the log had `size` entries.
    pub(crate) fn at(&self, size: u64) -> Self {
        let files = self.files.iter().filter(|file| file.opened.stood_at(size));
        let earlier = |known: &BTreeMap<EntryIndex, EntryIndex>| {
            let earlier = known.range(..EntryIndex(size));
            earlier.map(|(entry, of)| (*entry, *of)).collect()
        };
        Self {
            files: files.map(|file| file.at(size)).collect(),
            apart: proposals_at(&self.apart, size),
            proposals: earlier(&self.proposals),
            approvals: earlier(&self.approvals),
        }
    }

    pub(crate) fn form(&self, form: &mut Form) {
        form.length(self.files.len());
        for file in &self.files {
            file.form(form);
        }
    }
}

/// Where a proposal stands among others, in the order of the log.
fn place_in(proposals: &[Proposed], proposal: EntryIndex) -> Option<usize> {
    let by_entry = proposals.binary_search_by_key(&proposal, |proposed| proposed.proposal.entry);
    by_entry.ok()
}

/// As they stood when the log had `size` entries.
fn proposals_at(proposals: &[Proposed], size: u64) -> Vec<Proposed> {
    let made = proposals.iter().filter(|proposed| proposed.proposal.stood_at(size));
    let made = made.map(|proposed| Proposed {
        proposal: proposed.proposal.clone(),
        decided: proposed.decided.clone().filter(|decided| decided.entry().0 < size),
    });
    made.collect()
}

impl CaseFile {
    /// The proposals that nobody has decided about.
    pub fn open_proposals(&self) -> impl Iterator<Item = &Proposed> {
        self.proposals.iter().filter(|proposed| proposed.decided.is_none())
    }

    /// What came of the case for a precinct: the latest approval.
    #[must_use]
    pub fn outcome(&self, precinct: PrecinctId) -> Option<&Signed<Approval>> {
        let approved = self.proposals.iter().rev().filter_map(Proposed::approved);
        approved
            .into_iter()
            .find(|approval| approval.what.outcome.precinct() == precinct)
    }

    fn at(&self, size: u64) -> Self {
        Self {
            opened: self.opened.clone(),
            proposals: proposals_at(&self.proposals, size),
            closed: self.closed.clone().filter(|closed| closed.stood_at(size)),
        }
    }

    fn form(&self, form: &mut Form) {
        self.opened.form(form);
        form.length(self.proposals.len());
        for proposed in &self.proposals {
            proposed.proposal.form(form);
            match &proposed.decided {
                None => form.number(0),
                Some(Decided::Approved(approval)) => {
                    form.number(1);
                    approval.form(form);
                }
                Some(Decided::Rejected(rejection)) => {
                    form.number(2);
                    rejection.form(form);
                }
            }
        }
        form_of(self.closed.as_ref(), form);
    }
}

impl Proposed {
    /// The approval, where there is one.
    #[must_use]
    pub fn approved(&self) -> Option<&Signed<Approval>> {
        match self.decided.as_ref()? {
            Decided::Approved(approval) => Some(approval),
            Decided::Rejected(_) => None,
        }
    }

    /// Whether its approval changes the record.
    #[must_use]
    pub fn changes(&self) -> bool {
        matches!(self.proposal.what.outcome, CaseOutcome::Changed(_))
    }
}

impl Decided {
    /// The entry that decided.
    #[must_use]
    pub fn entry(&self) -> EntryIndex {
        match self {
            Self::Approved(approval) => approval.entry,
            Self::Rejected(rejection) => rejection.entry,
        }
    }

    /// Who decided.
    #[must_use]
    pub fn author(&self) -> AuthorId {
        match self {
            Self::Approved(approval) => approval.author,
            Self::Rejected(rejection) => rejection.author,
        }
    }
}
