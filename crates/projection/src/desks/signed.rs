//! What somebody signed at a desk.

use std::sync::Arc;

use serde::Serialize;
use tallylog_event::EntryIndex;

use crate::AuthorId;
use crate::accepted::Accepted;
use crate::hash::Form;

/// What somebody signed at a desk.
#[derive(Debug)]
pub struct Signed<T> {
    /// Its entry.
    pub entry: EntryIndex,
    /// Who.
    pub author: AuthorId,
    /// What.
    pub what: Arc<T>,
}

impl<T> Clone for Signed<T> {
    fn clone(&self) -> Self {
        Self {
            entry: self.entry,
            author: self.author,
            what: Arc::clone(&self.what),
        }
    }
}

impl<T> Signed<T> {
    /// Whether it stood in the log when that had `size` entries.
    pub(crate) fn stood_at(&self, size: u64) -> bool {
        self.entry.0 < size
    }
}

impl<T: Clone> Signed<T> {
    pub(crate) fn new(accepted: &Accepted<'_>, author: AuthorId, what: &T) -> Self {
        Self {
            entry: accepted.entry,
            author,
            what: Arc::new(what.clone()),
        }
    }
}

impl<T: Serialize> Signed<T> {
    /// Its part of a state's canonical form: the entry, the key by the order of enrolment, and what was signed.
    pub(crate) fn form(&self, form: &mut Form) {
        form.number(self.entry.0);
        form.number(self.author.0.into());
        form.said(&*self.what);
    }
}

/// The part of what may have been signed, or not yet: a list of one or none.
pub(crate) fn form_of<T: Serialize>(signed: Option<&Signed<T>>, form: &mut Form) {
    form.length(usize::from(signed.is_some()));
    if let Some(signed) = signed {
        signed.form(form);
    }
}

/// The part of a list: how many there are, then each.
pub(crate) fn form_of_all<T: Serialize>(all: &[Signed<T>], form: &mut Form) {
    form.length(all.len());
    for signed in all {
        signed.form(form);
    }
}

/// What was signed in the first `size` entries, out of a list in the order of the log.
pub(crate) fn before<T>(all: &[Signed<T>], size: u64) -> Vec<Signed<T>> {
    let until = all.partition_point(|signed| signed.stood_at(size));
    all.iter().take(until).cloned().collect()
}
