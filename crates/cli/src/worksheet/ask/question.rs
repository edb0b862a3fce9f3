//! The questions, in the order of the worksheet.

use tallylog_rules::{ByGroup, GroupId, Sheet, lawful};

use crate::worksheet::Caucus;

/// One line of the worksheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Question {
    /// Delegates to elect.
    Delegates,
    /// People who attended.
    Attendance,
    /// Whether they were counted on their own.
    Counted,
    /// People needed to be viable.
    Threshold,
    First(GroupId),
    Final(GroupId),
    /// Who won a game of chance.
    Chance,
    Award(GroupId),
    /// Who won where the room elects one.
    Winner,
}

/// Part of a worksheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Room,
    First,
    Final,
    Chance,
    Awards,
}

impl Question {
    pub(super) const fn column(self) -> Column {
        match self {
            Self::Delegates | Self::Attendance | Self::Counted | Self::Threshold => Column::Room,
            Self::First(_) => Column::First,
            Self::Final(_) => Column::Final,
            Self::Chance => Column::Chance,
            Self::Award(_) | Self::Winner => Column::Awards,
        }
    }

    /// What stands above its column.
    pub(super) fn heading(self, caucus: &Caucus) -> String {
        match self {
            Self::Delegates | Self::Attendance | Self::Counted | Self::Threshold => "THE ROOM".to_owned(),
            Self::First(_) => "FIRST ALIGNMENT: people in each group".to_owned(),
            Self::Final(_) => "FINAL ALIGNMENT: people in each group".to_owned(),
            Self::Chance => "GAME OF CHANCE".to_owned(),
            Self::Award(_) => "DELEGATES of each group, as the worksheet has them".to_owned(),
            Self::Winner => format!("THE ONE DELEGATE of {}", caucus.precinct),
        }
    }

    pub(super) fn prompt(self, caucus: &Caucus) -> String {
        match self {
            Self::Delegates => "Delegates to elect, on the worksheet".to_owned(),
            Self::Attendance => "People who attended".to_owned(),
            Self::Counted => "Were they counted on their own? yes or no".to_owned(),
            Self::Threshold => "People needed to be viable, on the worksheet".to_owned(),
            Self::First(group) | Self::Final(group) | Self::Award(group) => caucus.group(group),
            Self::Chance => "How was it decided? coin, lot, other, or - for not at all".to_owned(),
            Self::Winner => "Who won it? name or number".to_owned(),
        }
    }
}

/// Every question of a worksheet, as far as it is filled in.
pub(super) fn all(caucus: &Caucus, sheet: &Sheet) -> Vec<Question> {
    let mut asked = vec![Question::Delegates, Question::Attendance];
    if sheet.attendance.is_some() {
        asked.push(Question::Counted);
    }
    if !caucus.elects_one() {
        asked.push(Question::Threshold);
    }
    asked.extend(caucus.groups().map(|(group, _)| Question::First(group)));
    asked.extend(caucus.groups().map(|(group, _)| Question::Final(group)));
    if waits_for_chance(caucus, sheet) || !sheet.games.is_empty() {
        asked.push(Question::Chance);
    }
    asked.extend(awards(caucus, sheet));
    asked
}

/// The questions of a group's row.
pub(super) fn of_row(caucus: &Caucus, sheet: &Sheet, group: GroupId) -> Vec<Question> {
    let mut asked = vec![Question::First(group), Question::Final(group)];
    if !has_one_winner(caucus, sheet) {
        asked.push(Question::Award(group));
    }
    asked
}

fn awards(caucus: &Caucus, sheet: &Sheet) -> Vec<Question> {
    if has_one_winner(caucus, sheet) {
        return vec![Question::Winner];
    }
    caucus.groups().map(|(group, _)| Question::Award(group)).collect()
}

/// Where the room elects one, a single question will do, unless the worksheet says something that it cannot.
pub(super) fn has_one_winner(caucus: &Caucus, sheet: &Sheet) -> bool {
    caucus.elects_one() && sheet.awards.as_ref().is_none_or(|awards| awards.total() <= 1)
}

/// Whether the rules ask for a game of chance that is not on the sheet.
pub(super) fn waits_for_chance(caucus: &Caucus, sheet: &Sheet) -> bool {
    lawful(caucus.rules(), caucus.place, sheet).is_some_and(|lawful| lawful.tie().is_some())
}

/// The figure that stands in a column for a group; `None` where nothing was written.
pub(super) fn written<T: Copy>(column: Option<&ByGroup<T>>, group: GroupId) -> Option<T> {
    let found = column?.iter().find(|(id, _)| *id == group);
    found.map(|(_, figure)| *figure)
}
