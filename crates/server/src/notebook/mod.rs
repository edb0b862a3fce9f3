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

use self::journal::{Journal, Pages};
pub(crate) use self::page::{Call, Claim, Draft, Page, Place};
use crate::problem::Problem;
use crate::room::Reserve;

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
}

impl Notebook {
    /// Opens the notebook in a file, or makes one.
    pub(crate) fn open(path: &Path, reserve: Reserve) -> Result<Self, Problem> {
        let (journal, pages) = Journal::open(path)?;
        Ok(Self {
            path: path.to_owned(),
            reserve,
            journal: Mutex::new(journal),
            pages: RwLock::new(pages),
        })
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
        let mut answer = None;
        let mut change = Some(change);
        self.change_all(&[at.into()], |_, page| {
            if let Some(change) = change.take() {
                answer = Some(change(page)?);
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
        // Whoever holds this is the only one who writes, so what is read below stays so until the end.
        let mut journal = self.journal.lock().map_err(|_| poisoned())?;
        let pages = self.pages.read().map_err(|_| poisoned())?;
        let mut turned = Pages::new();
        for (number, at) in places.iter().enumerate() {
            let before = turned.get(at).or_else(|| pages.get(at)).cloned().unwrap_or_default();
            let mut page = before.clone();
            change(number, &mut page)?;
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

/// A thread ended in the middle of a change. What is on disk is whole.
fn poisoned() -> Problem {
    Problem::NotebookFailed("a change ended in the middle".to_owned())
}
