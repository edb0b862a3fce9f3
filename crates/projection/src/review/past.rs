//! What was found in versions that are not the record any longer: the first of each kind.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use tallylog_rules::Code;

use super::record::Desk;
use super::told::{Sources, Told};
use super::{Discrepancy, Life};
use crate::AuthorId;
use crate::differences::Account;

/// What a walk over all versions has found so far, those among them that were set aside.
#[derive(Default)]
pub(super) struct Past<'a> {
    gone: Vec<Discrepancy>,
    codes: BTreeSet<Code>,
    sources: Sources<'a>,
    accounts: Accounts,
}

impl<'a> Past<'a> {
    pub(super) fn take(&mut self, desk: &Desk<'_>, now: &Rc<Told<'a>>, is_record: bool) {
        // Nobody looks for a second one.
        if !self.codes.contains(&Code::V29) {
            if self
                .accounts
                .take(now.version.author, now.version.corrects, Account::of(now.sheet()))
            {
                let first = desk.disagreements(now, &self.sources).next();
                self.add(first);
            }
            self.sources.take(Rc::clone(now));
        }
        if !is_record {
            self.add(desk.earlier(now));
        }
    }

    fn add(&mut self, found: impl IntoIterator<Item = Discrepancy>) {
        let first_of_code = |found: &Discrepancy| self.codes.insert(found.code);
        self.gone.extend(found.into_iter().filter(first_of_code));
    }

    /// Adds what is not among what was found from `first` on: that is over.
    pub(super) fn into_gone(self, first: usize, found: &mut Vec<Discrepancy>) {
        let known: BTreeSet<Code> = found.iter().skip(first).map(|known| known.code).collect();
        let gone = self.gone.into_iter().filter(|gone| !known.contains(&gone.code));
        found.extend(gone.map(|gone| Discrepancy {
            life: Life::Resolved,
            ..gone
        }));
    }
}

/// What each of the devices beside each other says, and how many say the same.
///
/// As long as no two of them differ there are few distinct accounts, however many devices: the figures of the groups are
/// the same, and of each of three figures there is one that is given, or none.
#[derive(Default)]
struct Accounts {
    of: BTreeMap<AuthorId, Account>,
    distinct: BTreeMap<Account, usize>,
}

impl Accounts {
    /// Takes the next version. Says whether it differs from what another device says beside it.
    fn take(&mut self, author: AuthorId, corrects: bool, account: Account) -> bool {
        if corrects {
            self.of.clear();
            self.distinct.clear();
        } else if let Some(old) = self.of.remove(&author) {
            self.forget(&old);
        }
        let differs = self.distinct.keys().any(|known| known.differs(&account));
        *self.distinct.entry(account.clone()).or_default() += 1;
        self.of.insert(author, account);
        differs
    }

    fn forget(&mut self, account: &Account) {
        if let Some(count) = self.distinct.get_mut(account) {
            *count -= 1;
            if *count == 0 {
                self.distinct.remove(account);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tallylog_rules::{Attendance, Attendees, Delegates, Sheet};

    use super::*;

    #[test]
    fn however_many_devices_say_the_same_in_however_many_ways_few_accounts_are_compared() {
        let mut accounts = Accounts::default();
        for number in 0..3_000_u32 {
            let gives = |bit: u32| number & bit == 0;
            let sheet = Sheet {
                attendance: gives(1).then_some(Attendance {
                    people: Attendees(50),
                    counted: gives(8),
                }),
                worksheet_delegates: gives(2).then_some(Delegates(5)),
                worksheet_threshold: gives(4).then_some(Attendees(8)),
                ..Sheet::default()
            };
            assert!(!accounts.take(AuthorId(number % 700), false, Account::of(&sheet)));
            assert!(
                accounts.distinct.len() <= 8,
                "{} to compare with",
                accounts.distinct.len()
            );
        }
    }
}
