//! Enrolment codes: how many were issued for which precinct, and which were used.

use std::collections::BTreeMap;

use tallylog_event::{CodeBatch, CodeEvent, CodeWithdrawal, EntryIndex, PrecinctId, Redemption, UnixMillis};

use super::signed::{Signed, before};
use crate::AuthorId;
use crate::accepted::Accepted;
use crate::hash::Form;

/// Enrolment codes: how many were issued for which precinct, and which were used.
#[derive(Clone, Debug, Default)]
pub struct Codes {
    batches: Vec<Batch>,
}

/// A batch of codes with what became of them.
#[derive(Clone, Debug)]
pub struct Batch {
    /// What was issued.
    pub issued: Signed<CodeBatch>,
    used: BTreeMap<u32, EntryIndex>,
    withdrawn: Vec<Signed<CodeWithdrawal>>,
}

/// What one code is good for at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeState {
    /// It enrols a chair.
    Good,
    /// It enrolled one, in this entry.
    Used(EntryIndex),
    /// A registrar withdrew it, in this entry.
    Withdrawn(EntryIndex),
    /// Its time is over.
    Expired,
}

impl Codes {
    /// Every batch, in the order of the log.
    #[must_use]
    pub fn batches(&self) -> &[Batch] {
        &self.batches
    }

    /// The batch that an entry issued.
    #[must_use]
    pub fn batch(&self, entry: EntryIndex) -> Option<&Batch> {
        self.batches.get(self.place(entry)?)
    }

    fn place(&self, entry: EntryIndex) -> Option<usize> {
        self.batches
            .binary_search_by_key(&entry, |batch| batch.issued.entry)
            .ok()
    }

    pub(crate) fn apply(&mut self, accepted: &Accepted<'_>, author: AuthorId, event: &CodeEvent) {
        match event {
            CodeEvent::Issued(batch) => self.batches.push(Batch {
                issued: Signed::new(accepted, author, batch.as_ref()),
                used: BTreeMap::new(),
                withdrawn: Vec::new(),
            }),
            CodeEvent::Redeemed(redemption) => self.redeem(accepted.entry, redemption),
            CodeEvent::Withdrawn(withdrawal) => {
                let place = self.place(withdrawal.batch);
                if let Some(batch) = place.and_then(|place| self.batches.get_mut(place)) {
                    let signed = Signed::new(accepted, author, withdrawal.as_ref());
                    batch.withdrawn.push(signed);
                }
            }
        }
    }

    fn redeem(&mut self, entry: EntryIndex, redemption: &Redemption) {
        let place = self.place(redemption.batch);
        if let Some(batch) = place.and_then(|place| self.batches.get_mut(place)) {
            batch.used.insert(redemption.number, entry);
        }
    }

    /// As it stood when the log had `size` entries.
    pub(crate) fn at(&self, size: u64) -> Self {
        let batches = self.batches.iter().filter(|batch| batch.issued.stood_at(size));
        Self {
            batches: batches.map(|batch| batch.at(size)).collect(),
        }
    }

    pub(crate) fn form(&self, form: &mut Form) {
        form.length(self.batches.len());
        for batch in &self.batches {
            batch.issued.form(form);
            form.length(batch.used.len());
            for (number, entry) in &batch.used {
                form.number((*number).into());
                form.number(entry.0);
            }
            form.length(batch.withdrawn.len());
            for withdrawn in &batch.withdrawn {
                withdrawn.form(form);
            }
        }
    }
}

impl Batch {
    /// How many codes it has.
    #[must_use]
    pub fn codes(&self) -> u32 {
        let precincts = u32::try_from(self.issued.what.precincts.len()).unwrap_or(u32::MAX);
        precincts.saturating_mul(self.issued.what.each.into())
    }

    /// The precinct whose chair a code enrols.
    #[must_use]
    pub fn precinct_of(&self, number: u32) -> Option<PrecinctId> {
        let place = number.checked_div(self.issued.what.each.into())?;
        let place = usize::try_from(place).ok()?;
        self.issued.what.precincts.get(place).copied()
    }

    /// What a code is good for at a time; `None` where the batch has no code of that number.
    #[must_use]
    pub fn code(&self, number: u32, now: UnixMillis) -> Option<CodeState> {
        let precinct = self.precinct_of(number)?;
        Some(if let Some(entry) = self.used.get(&number) {
            CodeState::Used(*entry)
        } else if let Some(by) = self.withdrawn(precinct) {
            CodeState::Withdrawn(by)
        } else if now > self.issued.what.expires_at {
            CodeState::Expired
        } else {
            CodeState::Good
        })
    }

    /// What each code of a precinct is good for at a time, with its number.
    pub fn codes_of(&self, precinct: PrecinctId, now: UnixMillis) -> impl Iterator<Item = (u32, CodeState)> {
        let place = self.issued.what.precincts.iter().position(|id| *id == precinct);
        let each = u32::from(self.issued.what.each);
        let first = place.and_then(|place| u32::try_from(place).ok()?.checked_mul(each));
        let numbers = first.map_or(0..0, |first| first..first.saturating_add(each));
        numbers.filter_map(move |number| Some((number, self.code(number, now)?)))
    }

    /// The entry by which the unused codes of a precinct were withdrawn.
    fn withdrawn(&self, precinct: PrecinctId) -> Option<EntryIndex> {
        let names = |what: &CodeWithdrawal| what.precincts.is_empty() || what.precincts.contains(&precinct);
        let by = self.withdrawn.iter().find(|withdrawn| names(&withdrawn.what))?;
        Some(by.entry)
    }

    fn at(&self, size: u64) -> Self {
        let used = self.used.iter().filter(|(_, entry)| entry.0 < size);
        Self {
            issued: self.issued.clone(),
            used: used.map(|(number, entry)| (*number, *entry)).collect(),
            withdrawn: before(&self.withdrawn, size),
        }
    }
}
