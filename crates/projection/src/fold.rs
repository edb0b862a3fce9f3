//! Decide, then apply.

use std::collections::BTreeMap;

use tallylog_event::{EntryIndex, PublicKey, SubmissionId};

use crate::accepted::Accepted;
use crate::{Refusal, State, admit};

/// The fold of a log: its state, and which submissions it has taken.
#[derive(Debug, Default)]
pub struct Fold {
    state: State,
    /// Each author's submissions apart: the maps stay small, and looking one up stays cheap.
    submissions: BTreeMap<PublicKey, BTreeMap<SubmissionId, EntryIndex>>,
}

impl Fold {
    /// The state so far.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Gives up the state, for a reader that admits nothing more.
    #[must_use]
    pub fn into_state(self) -> State {
        self.state
    }

    /// The entry of an author's submission.
    #[must_use]
    pub fn submission(&self, author: &PublicKey, submission: &SubmissionId) -> Option<EntryIndex> {
        self.submissions.get(author)?.get(submission).copied()
    }

    /// Says whether the log may take an event next. Changes nothing.
    ///
    /// # Errors
    ///
    /// [`Refusal`] if it may not.
    pub fn admit(&self, accepted: &Accepted<'_>) -> Result<(), Refusal> {
        if let Some(entry) = self.submission(&accepted.author, &accepted.body.submission) {
            return Err(Refusal::SubmissionReused(entry));
        }
        admit::admit(&self.state, accepted)
    }

    /// Takes an event that [`Fold::admit`] said yes to. Cannot fail.
    pub fn apply(&mut self, accepted: &Accepted<'_>) {
        self.submissions
            .entry(accepted.author)
            .or_default()
            .insert(accepted.body.submission, accepted.entry);
        self.state.apply(accepted);
    }
}

impl State {
    /// Takes an event that a [`Fold`] over the same entries has taken: for a copy that is read while the other decides.
    pub fn follow(&mut self, accepted: &Accepted<'_>) {
        self.apply(accepted);
    }
}
