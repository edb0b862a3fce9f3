//! The private notebook of the tabulation centre: who is on which precinct, drafts of entries, whom to call.
//!
//! It is no part of the log, and nothing of it is ever published: telephone numbers and half a worksheet are nobody's
//! business. What is written into it is on disk before it is answered, like what goes into the log.

mod journal;
pub(crate) mod page;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, RwLock};

use serde::{Deserialize, Serialize};
use tallylog_event::{PrecinctId, Text};

use self::journal::Journal;
pub(crate) use self::journal::Pages;
use self::page::MOST_CLAIMS;
pub(crate) use self::page::{Call, Claim, Claiming, Draft, Page, Place};
use crate::clock;
use crate::limits::{Limit, grouped};
use crate::problem::Problem;
use crate::room::Reserve;

/// For how long after a notebook was begun anew an entry may still come into which others had typed before, in milliseconds:
/// a night.
const A_NIGHT: u64 = 12 * 3_600_000;

/// The limits of the desks.
pub(crate) fn limits() -> Vec<Limit> {
    let most = u64::try_from(MOST_CLAIMS).unwrap_or(u64::MAX);
    let what = "precincts that an operator may be entering at a time";
    vec![Limit::new(what, grouped(most)).code("too-many-claims")]
}

/// How many pages there may be: more than the precincts and counties of any contest.
const MOST_PAGES: usize = 100_000;

/// The notebook. Lists are taken in one look: a page cannot change in the middle of one.
#[derive(Debug)]
pub(crate) struct Notebook {
    /// Whoever writes holds this, also while the disk works.
    journal: Mutex<Journal>,
    /// Held for writing only when the disk has done its work, so nobody who reads waits for it.
    pages: RwLock<Pages>,
    /// Where it lies, and what its disk must have left for anything to be noted.
    path: PathBuf,
    reserve: Reserve,
    begun: Begun,
}

/// When a notebook was begun: it knows of nothing before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Begun {
    /// The size of the log.
    pub(crate) size: u64,
    pub(crate) at_ms: u64,
}

impl Begun {
    /// Whether the notebook is as old as the log: it has seen whatever was typed.
    pub(crate) const fn is_with_the_log(self) -> bool {
        self.size == 0
    }
}

impl Notebook {
    /// Opens the notebook in a file. Where there is none, or not all that was written, it is begun now.
    pub(crate) fn open(path: &Path, reserve: Reserve, now: Begun) -> Result<Self, Problem> {
        let (journal, pages) = Journal::open(path, now)?;
        let begun = journal.begun();
        if !begun.is_with_the_log() {
            tracing::warn!(
                since_entry = begun.size,
                "the notebook is younger than the log: entries are taken whoever is said to have typed into them, and marked for review"
            );
        }
        Ok(Self {
            path: path.to_owned(),
            reserve,
            begun,
            journal: Mutex::new(journal),
            pages: RwLock::new(pages),
        })
    }

    /// When it was begun.
    pub(crate) const fn begun(&self) -> Begun {
        self.begun
    }

    /// Somebody who is said to have typed into an entry of a precinct, and whom the notebook did not see type. For a night
    /// after it was lost or put back it cannot know, and says nothing.
    pub(crate) fn unseen(&self, precinct: PrecinctId, typed_by: &[Text]) -> Result<Option<String>, Problem> {
        let is_late = clock::now().0.saturating_sub(self.begun.at_ms) > A_NIGHT;
        if typed_by.is_empty() || !(self.begun.is_with_the_log() || is_late) {
            return Ok(None);
        }
        Ok(self.page(precinct)?.unseen(typed_by).next().map(ToString::to_string))
    }

    /// The precincts that a person has claimed.
    pub(crate) fn claimed_by(&self, person: &str) -> Result<Vec<(Place, Claim)>, Problem> {
        let pages = self.pages.read().map_err(|_| poisoned())?;
        Ok(claims(&pages, person).map(|(at, claim)| (at, claim.clone())).collect())
    }

    /// The page of a place, blank where nothing is noted.
    pub(crate) fn page(&self, at: impl Into<Place>) -> Result<Page, Problem> {
        let pages = self.pages.read().map_err(|_| poisoned())?;
        Ok(pages.get(&at.into()).cloned().unwrap_or_default())
    }

    /// Changes a page. Returns once the change is on disk; a refusal changes nothing.
    pub(crate) fn change<T>(
        &self,
        at: impl Into<Place>,
        change: impl FnOnce(&mut Page) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        self.change_seeing(at, |_, page| change(page))
    }

    /// The same, by what stands on all pages.
    pub(crate) fn change_seeing<T>(
        &self,
        at: impl Into<Place>,
        change: impl FnOnce(&Pages, &mut Page) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let mut answer = None;
        let mut change = Some(change);
        self.write(&[at.into()], |pages, _, page| {
            if let Some(change) = change.take() {
                answer = Some(change(pages, page)?);
            }
            Ok(())
        })?;
        answer.ok_or_else(poisoned)
    }

    /// Changes pages, all or none. Says how many are others than before.
    pub(crate) fn change_all(
        &self,
        places: &[Place],
        mut change: impl FnMut(usize, &mut Page) -> Result<(), Problem>,
    ) -> Result<usize, Problem> {
        self.write(places, |_, number, page| change(number, page))
    }

    fn write(
        &self,
        places: &[Place],
        mut change: impl FnMut(&Pages, usize, &mut Page) -> Result<(), Problem>,
    ) -> Result<usize, Problem> {
        // Whoever holds this is the only one who writes, so what is read below stays so until the end.
        let mut journal = self.journal.lock().map_err(|_| poisoned())?;
        let pages = self.pages.read().map_err(|_| poisoned())?;
        let mut turned = Pages::new();
        for (number, at) in places.iter().enumerate() {
            let before = turned.get(at).or_else(|| pages.get(at)).cloned().unwrap_or_default();
            let mut page = before.clone();
            change(&pages, number, &mut page)?;
            page.fits()?;
            if page != before {
                turned.insert(*at, page);
            }
        }
        let new = turned.keys().filter(|at| !pages.contains_key(at)).count();
        if pages.len() + new > MOST_PAGES {
            return Err(Problem::NotebookFull);
        }
        if turned.is_empty() {
            return Ok(0);
        }
        self.reserve.check(&self.path)?;
        journal.append(&turned, &pages)?;
        drop(pages);
        let changed = turned.len();
        self.pages.write().map_err(|_| poisoned())?.extend(turned);
        Ok(changed)
    }
}

/// The claims of a person.
pub(crate) fn claims<'a>(pages: &'a Pages, person: &'a str) -> impl Iterator<Item = (Place, &'a Claim)> {
    let claims = pages.iter().filter_map(|(at, page)| Some((*at, page.claim.as_ref()?)));
    claims.filter(move |(_, claim)| claim.person == person)
}

/// A thread ended in the middle of a change. What is on disk is whole.
fn poisoned() -> Problem {
    Problem::NotebookFailed("a change ended in the middle".to_owned())
}
