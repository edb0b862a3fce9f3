//! Decide, then apply.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use tallylog_event::{EntryIndex, PublicKey, SubmissionId};

use crate::accepted::Accepted;
use crate::{AuthorId, Refusal, State, admit};

/// The fold of a log: its state, and which submissions it has taken.
#[derive(Debug, Default)]
pub struct Fold {
    state: State,
    submissions: Submissions,
}

/// Which submissions a fold has taken, for whoever looks them up while the fold goes on. It follows that fold alone: a
/// copy of the fold has submissions of its own.
#[derive(Clone, Debug, Default)]
pub struct Submissions(Arc<RwLock<ByAuthor>>);

/// Each author's submissions apart, by the order of enrolment: the maps stay small, and looking one up stays cheap.
type ByAuthor = Vec<BTreeMap<SubmissionId, EntryIndex>>;

impl Clone for Fold {
    fn clone(&self) -> Self {
        Self {
            state: self.state.clone(),
            submissions: self.submissions.apart(),
        }
    }
}

impl Submissions {
    /// The entry of a submission by the author who was enrolled at this place, the first one at 0. The entry may not be
    /// durable yet.
    #[must_use]
    pub fn entry(&self, author: usize, submission: &SubmissionId) -> Option<EntryIndex> {
        let submissions = self.0.read().unwrap_or_else(PoisonError::into_inner);
        submissions.get(author)?.get(submission).copied()
    }

    fn take(&self, author: usize, submission: SubmissionId, entry: EntryIndex) {
        let mut submissions = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let known = submissions.len().max(author + 1);
        submissions.resize_with(known, BTreeMap::new);
        if let Some(submissions) = submissions.get_mut(author) {
            submissions.insert(submission, entry);
        }
    }

    fn apart(&self) -> Self {
        let submissions = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Self(Arc::new(RwLock::new(submissions.clone())))
    }
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

    /// The submissions that it has taken, and takes from now on.
    #[must_use]
    pub fn submissions(&self) -> Submissions {
        self.submissions.clone()
    }

    /// The entry of an author's submission.
    #[must_use]
    pub fn submission(&self, author: &PublicKey, submission: &SubmissionId) -> Option<EntryIndex> {
        let (author, _) = self.state.authors.find(author)?;
        self.submitted(author, submission)
    }

    fn submitted(&self, author: AuthorId, submission: &SubmissionId) -> Option<EntryIndex> {
        self.submissions.entry(author.place(), submission)
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

    /// Takes the place of the next entry, which whoever reads the log is not shown.
    pub(crate) fn withhold(&mut self) {
        self.state.withhold();
    }

    /// Takes an event that [`Fold::admit`] said yes to. Cannot fail.
    pub fn apply(&mut self, accepted: &Accepted<'_>) {
        let Some(author) = self.state.apply(accepted) else {
            return;
        };
        self.submissions
            .take(author.place(), accepted.body.submission, accepted.entry);
    }
}
