//! Decide, then apply.

use std::collections::BTreeMap;

use tallylog_event::{EntryIndex, PublicKey, SubmissionId};

use crate::accepted::Accepted;
use crate::{AuthorId, Refusal, State, admit};

/// The fold of a log: its state, and which submissions it has taken.
#[derive(Clone, Debug, Default)]
pub struct Fold {
    state: State,
    /// Each author's submissions apart, by the order of enrolment: the maps stay small, and looking one up stays cheap.
    submissions: Vec<BTreeMap<SubmissionId, EntryIndex>>,
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
        let (author, _) = self.state.authors.find(author)?;
        self.submitted(author, submission)
    }

    fn submitted(&self, author: AuthorId, submission: &SubmissionId) -> Option<EntryIndex> {
        self.submissions.get(author.place())?.get(submission).copied()
    }

    /// Says whether the log may take an event next. Changes nothing.
    ///
    /// # Errors
    ///
    /// [`Refusal`] if it may not.
    pub fn admit(&self, accepted: &Accepted<'_>) -> Result<(), Refusal> {
        let known = self.state.authors.find(&accepted.author);
        if let Some(entry) = known.and_then(|(author, _)| self.submitted(author, &accepted.body.submission)) {
            return Err(Refusal::SubmissionReused(entry));
        }
        admit::admit(&self.state, known.map(|(_, author)| author), accepted)
    }

    /// Takes an event that [`Fold::admit`] said yes to. Cannot fail.
    pub fn apply(&mut self, accepted: &Accepted<'_>) {
        let Some(author) = self.state.apply(accepted) else {
            return;
        };
        let known = self.submissions.len().max(author.place() + 1);
        self.submissions.resize_with(known, BTreeMap::new);
        if let Some(submissions) = self.submissions.get_mut(author.place()) {
            submissions.insert(accepted.body.submission, accepted.entry);
        }
    }
}
