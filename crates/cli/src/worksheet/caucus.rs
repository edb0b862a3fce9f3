//! One precinct's caucus, as the roster and the contest have it.

use tallylog_event::{ContestKind, PrecinctId};
use tallylog_projection::State;
use tallylog_rules::{Delegates, Desk, Finding, GroupId, Place, Ruleset, Sheet, check_sheet, electing};

/// What must be known of a precinct to fill in its worksheet.
#[derive(Clone, Debug)]
pub(crate) struct Caucus {
    pub(crate) id: PrecinctId,
    pub(crate) county: String,
    pub(crate) precinct: String,
    pub(crate) place: Place,
    contest: String,
    kind: ContestKind,
    rules: Ruleset,
    /// Names in roster order.
    groups: Vec<String>,
    /// Who is told what to check: whoever types.
    desk: Desk,
}

impl Caucus {
    /// The caucus of a precinct; `None` before there is a contest, or where the roster lacks the precinct.
    pub(crate) fn of(state: &State, id: PrecinctId) -> Option<Self> {
        let contest = state.contest()?;
        let (county, precinct) = state.roster().precinct(id)?;
        Some(Self {
            id,
            county: county.name.to_string(),
            precinct: precinct.name.to_string(),
            place: state.place(id)?,
            contest: contest.name.to_string(),
            kind: contest.kind,
            rules: contest.ruleset.clone(),
            groups: contest.candidates.iter().map(|group| group.name.to_string()).collect(),
            desk: Desk::Chair,
        })
    }

    /// The same for an operator, who has a caller or a picture, and not the room.
    pub(crate) fn for_operator(mut self) -> Self {
        self.desk = Desk::Operator;
        self
    }

    pub(crate) const fn desk(&self) -> Desk {
        self.desk
    }

    /// What stands above everything shown: the contest, and that it is no real night where it is none.
    pub(crate) fn heading(&self) -> String {
        match self.kind {
            ContestKind::Rehearsal => format!("REHEARSAL, not a real night: {}", self.contest),
            ContestKind::Archive => format!("ARCHIVE of published results: {}", self.contest),
            ContestKind::Election => self.contest.clone(),
        }
    }

    /// County and precinct.
    pub(crate) fn title(&self) -> String {
        format!("{}, {}", self.county, self.precinct)
    }

    pub(crate) const fn rules(&self) -> &Ruleset {
        &self.rules
    }

    /// Every group in roster order.
    pub(crate) fn groups(&self) -> impl Iterator<Item = (GroupId, &str)> {
        let ids = (1..=u16::MAX).filter_map(|number| GroupId::new(number).ok());
        ids.zip(self.groups.iter().map(String::as_str))
    }

    /// A group's name.
    pub(crate) fn group(&self, id: GroupId) -> String {
        let at = usize::from(id.number()) - 1;
        self.groups.get(at).map_or_else(|| id.to_string(), Clone::clone)
    }

    /// Names in a sentence.
    pub(crate) fn list(&self, groups: &[GroupId]) -> String {
        let names: Vec<_> = groups.iter().map(|group| self.group(*group)).collect();
        names.join(", ")
    }

    /// The group that is called exactly so.
    pub(crate) fn group_named(&self, name: &str) -> Option<GroupId> {
        self.groups().find(|(_, known)| *known == name).map(|(id, _)| id)
    }

    /// The group that a person means: by its number in the list, or by its name's beginning if only one begins so.
    pub(crate) fn group_meant(&self, words: &str) -> Option<GroupId> {
        let words = words.trim().to_lowercase();
        if let Ok(number) = words.parse::<usize>() {
            return self.groups().nth(number.checked_sub(1)?).map(|(id, _)| id);
        }
        let begins = |name: &str| !words.is_empty() && name.to_lowercase().starts_with(&words);
        let mut meant = self.groups().filter(|(_, name)| begins(name));
        let first = meant.next()?.0;
        meant.next().is_none().then_some(first)
    }

    /// The delegates that the precinct elects; a satellite site's follow from its attendance.
    pub(crate) fn electing(&self, sheet: &Sheet) -> Delegates {
        electing(&self.rules, self.place, sheet)
    }

    /// Whether the room elects one delegate without groups. Rule: 2.2.
    pub(crate) const fn elects_one(&self) -> bool {
        matches!(self.place, Place::Precinct { delegates } if delegates.0 == 1)
    }

    /// Everything that is wrong with a sheet by itself.
    pub(crate) fn findings(&self, sheet: &Sheet) -> Vec<Finding> {
        let groups = u16::try_from(self.groups.len()).unwrap_or(u16::MAX);
        check_sheet(&self.rules, self.place, None, groups, sheet)
    }
}
