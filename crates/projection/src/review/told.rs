//! The versions of a precinct, each unpacked once, as a walk in the order of the log meets them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::rc::Rc;

use tallylog_rules::Sheet;

use crate::state::sheet;
use crate::{AuthorId, Filing, Version};

/// A version with what it says.
pub(super) struct Told<'a> {
    pub(super) version: &'a Version,
    filing: Cow<'a, Filing>,
}

impl<'a> Told<'a> {
    /// Unpacks a version, unless it is the record, which the caller has unpacked.
    pub(super) fn of(version: &'a Version, record: (&'a Version, &'a Filing)) -> Rc<Self> {
        let filing = if version.entry == record.0.entry {
            Cow::Borrowed(record.1)
        } else {
            Cow::Owned(version.filing())
        };
        Rc::new(Self { version, filing })
    }

    pub(super) fn filing(&self) -> &Filing {
        &self.filing
    }

    pub(super) fn sheet(&self) -> &Sheet {
        sheet(&self.filing)
    }
}

/// The latest version of each device, from the latest correction on: those that stand beside each other.
#[derive(Default)]
pub(super) struct Sources<'a>(BTreeMap<AuthorId, Rc<Told<'a>>>);

impl<'a> Sources<'a> {
    pub(super) fn take(&mut self, now: Rc<Told<'a>>) {
        if now.version.corrects {
            self.0.clear();
        }
        self.0.insert(now.version.author, now);
    }

    /// Those of other devices than a version's, latest first. A correction has none beside it.
    pub(super) fn of_others(&self, now: &Told<'_>) -> Vec<&Told<'a>> {
        let is_other = |other: &&Rc<Told<'_>>| !now.version.corrects && other.version.author != now.version.author;
        let mut others: Vec<&Told<'a>> = self.0.values().filter(is_other).map(AsRef::as_ref).collect();
        others.sort_by_key(|other| std::cmp::Reverse(other.version.entry));
        others
    }
}

/// A walk over the standing versions.
#[derive(Default)]
pub(super) struct Walk<'a> {
    sources: Sources<'a>,
    /// The latest of each device, whatever was corrected since.
    latest: BTreeMap<AuthorId, Rc<Told<'a>>>,
    last: Option<Rc<Told<'a>>>,
}

impl<'a> Walk<'a> {
    /// What the next version revises: the record before a correction, or the same device's report before.
    pub(super) fn revised_by(&self, now: &Told<'_>) -> Option<&Told<'a>> {
        let before = if now.version.corrects {
            self.last.as_ref()
        } else {
            self.latest.get(&now.version.author)
        };
        before.map(AsRef::as_ref)
    }

    pub(super) fn take(&mut self, now: Rc<Told<'a>>) {
        self.sources.take(Rc::clone(&now));
        self.latest.insert(now.version.author, Rc::clone(&now));
        self.last = Some(now);
    }

    pub(super) fn last(&self) -> Option<&Told<'a>> {
        self.last.as_deref()
    }

    /// What stands beside the last.
    pub(super) fn sources(&self) -> &Sources<'a> {
        &self.sources
    }
}
