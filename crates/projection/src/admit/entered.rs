//! Manual entries, and files.

use tallylog_event::{Channel, Contest, ContestKind, EntryIndex, FilesAdded, ManualEntry, PrecinctId, Role, Text};

use super::ceilings::{files_another, typed_by_operators};
use super::report::{fits, in_scope, open_for_reports};
use super::{Signer, needs};
use crate::{DeskRefusal, Refusal, State, Version};

pub(super) fn enters(state: &State, open: &Contest, signer: &Signer<'_>, entry: &ManualEntry) -> Result<(), Refusal> {
    needs(signer.author, "an operator, by phone, photo or paper", |role| {
        matches!(role, Role::Operator)
            && open.kind != ContestKind::Archive
            && matches!(entry.report.channel, Channel::Phone | Channel::Photo | Channel::Paper)
    })?;
    open_for_reports(state)?;
    fits(state, open, &entry.report)?;
    let person = &signer.author.person;
    if signer.has_ceilings() {
        typed_by_operators(state, person, &entry.typed_by)?;
    }
    another_hand(state, person, &entry.typed_by, entry.report.precinct)?;
    files_another(state, signer, &entry.report)
}

impl State {
    /// Says whether an operator may enter a precinct now, into whose entry others have typed: what the log will say,
    /// before anybody types.
    ///
    /// # Errors
    ///
    /// [`Refusal`] if not.
    pub fn may_enter(&self, person: &Text, typed_by: &[Text], precinct: PrecinctId) -> Result<(), Refusal> {
        let version = self.contest().map_or(0, |contest| contest.fold);
        if version < super::DESKS {
            return Err(DeskRefusal::NotInVersion(version).into());
        }
        open_for_reports(self)?;
        if version >= super::CEILINGS {
            let others: Vec<Text> = typed_by.iter().filter(|name| *name != person).cloned().collect();
            typed_by_operators(self, person, &others)?;
        }
        another_hand(self, person, typed_by, precinct)
    }

    /// What operators entered for a precinct and what still stands, since the last correction, in the order of the log.
    #[must_use]
    pub fn entered(&self, precinct: PrecinctId) -> Vec<&Version> {
        manual_entries(self, precinct)
    }
}

/// Never both entries of one precinct by one person: nobody who typed into the one may have typed into the other.
fn another_hand(state: &State, person: &Text, typed_by: &[Text], precinct: PrecinctId) -> Result<(), Refusal> {
    typed_by.iter().try_for_each(|person| is_known(state, person))?;
    let entered = manual_entries(state, precinct);
    for known in &entered {
        let typists = state.typists(known);
        let same = |hand: &&Text| typists.contains(hand);
        if let Some(hand) = std::iter::once(person).chain(typed_by).find(same) {
            return Err(same_person(hand, known.entry));
        }
    }
    if let [first, .., second] = entered.as_slice() {
        return Err(DeskRefusal::Entered {
            first: first.entry,
            second: second.entry,
        }
        .into());
    }
    match state.desks().entry.assigned(precinct) {
        Some((asked, by)) if asked != person => Err(DeskRefusal::Assigned {
            person: asked.clone(),
            by,
        }
        .into()),
        Some(_) | None => Ok(()),
    }
}

/// Whether somebody was ever enrolled under this name, as it is written.
pub(super) fn is_known(state: &State, person: &Text) -> Result<(), Refusal> {
    match state.authors.alike(person) {
        Some(known) if known.person == *person => Ok(()),
        Some(_) | None => Err(DeskRefusal::UnknownPerson(person.clone()).into()),
    }
}

pub(super) fn same_person(person: &Text, entry: EntryIndex) -> Refusal {
    DeskRefusal::SamePerson {
        person: person.clone(),
        entry,
    }
    .into()
}

/// What operators entered for a precinct and what still stands, since the last correction.
fn manual_entries(state: &State, precinct: PrecinctId) -> Vec<&Version> {
    let Some(history) = state.history(precinct) else {
        return Vec::new();
    };
    let standing: Vec<&Version> = history.standing().collect();
    let since = standing
        .iter()
        .rposition(|version| version.corrects)
        .map_or(0, |at| at + 1);
    let since = standing.get(since..).unwrap_or_default();
    let by_operators = since
        .iter()
        .filter(|version| matches!(state.author(version.author).role, Role::Operator));
    by_operators.copied().collect()
}

/// Whoever brings files to a precinct: its chair, or staff at a desk.
pub(super) fn adds_files(
    state: &State,
    open: &Contest,
    signer: &Signer<'_>,
    added: &FilesAdded,
) -> Result<(), Refusal> {
    needs(
        signer.author,
        "a chair for its own precinct, an operator, a reviewer or a corrections officer",
        |role| {
            open.kind != ContestKind::Archive
                && matches!(
                    role,
                    Role::Chair(_) | Role::Operator | Role::Reviewer | Role::CorrectionsOfficer
                )
        },
    )?;
    if let Role::Chair(precincts) = &signer.author.role {
        in_scope(precincts, added.precinct)?;
    }
    if state.roster().precinct(added.precinct).is_none() {
        return Err(Refusal::UnknownPrecinct(added.precinct));
    }
    if added.files.is_empty() {
        return Err(DeskRefusal::NoFiles.into());
    }
    Ok(())
}
