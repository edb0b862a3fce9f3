//! What the rules give for a sheet, beside what the sheet says.

use crate::{Apportionment, Delegates, GroupId, Place, Ruleset, Sheet, Tie, apportion, electing, room};

/// The delegates that the rules give the groups of one sheet.
///
/// Invariant: the apportionment is settled or waits for a game of chance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lawful(Apportionment);

/// What the rules give for `sheet`, with the games of chance that it records.
///
/// `None` where they give no award: without a final alignment, with nobody present or nobody viable, and where the
/// room elects its one delegate.
///
/// ```
/// # use tallylog_rules::{Attendees, ByGroup, Delegates, GroupId, Place, Ruleset, Sheet, lawful};
/// let groups = ByGroup::numbered([100, 50, 50].map(Attendees))?;
/// let sheet = Sheet {
///     first_alignment: Some(groups.clone()),
///     final_alignment: Some(groups),
///     ..Sheet::default()
/// };
/// let place = Place::Precinct { delegates: Delegates(6) };
/// let lawful = lawful(&Ruleset::iowa_2020(), place, &sheet).unwrap();
/// assert_eq!(lawful.of(GroupId::new(1)?), Some(Delegates(3)));
/// assert_eq!(lawful.of(GroupId::new(2)?), None); // Two delegates or one: a game of chance decides.
/// # Ok::<(), tallylog_rules::GroupsError>(())
/// ```
#[must_use]
pub fn lawful(rules: &Ruleset, place: Place, sheet: &Sheet) -> Option<Lawful> {
    let outcome = outcome(rules, place, sheet)?;
    let gives_awards = matches!(outcome, Apportionment::Settled(_) | Apportionment::Chance(_));
    gives_awards.then_some(Lawful(outcome))
}

/// The apportionment of a sheet that has a final alignment.
pub(crate) fn outcome(rules: &Ruleset, place: Place, sheet: &Sheet) -> Option<Apportionment> {
    let last = sheet.final_alignment.as_ref().filter(|last| !last.is_zero())?;
    let electing = electing(rules, place, sheet);
    Some(apportion(rules, room(sheet), electing, last, &sheet.games))
}

impl Lawful {
    /// The delegates of `group` where all lawful outcomes agree, `None` where a game of chance is yet to decide.
    #[must_use]
    pub fn of(&self, group: GroupId) -> Option<Delegates> {
        self.0.award(group)
    }

    /// The game of chance that the rules ask for and the sheet does not record.
    #[must_use]
    pub const fn tie(&self) -> Option<&Tie> {
        self.0.tie()
    }
}
