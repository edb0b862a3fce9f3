//! Checks that need more than one sheet: the caller brings the other sheets, or their sums.

use crate::finding::{Names, people};
use crate::{Attendees, ByGroup, Code, Detail, Finding, GroupId, Place, Round, Ruleset, Sheet, lawful::outcome, room};

/// From how many people on the same figures in two precincts are no coincidence. Rule: V21.
const ENOUGH_TO_TELL_APART: u64 = 10;

/// From how many other rooms on V31 compares. Rule: V31.
pub const ENOUGH_ROOMS: u64 = 100;

/// What is wrong with a sheet beside others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AcrossDetail {
    /// V21: another precinct of the county has the same figures.
    Duplicate,
    /// V26: figures and awards no longer belong together.
    Stale(Edited),
    /// V28: the awards of a county or pool are not as many as it has.
    PoolSum {
        /// Delegates awarded.
        awarded: u64,
        /// Delegates that it has.
        expected: u64,
    },
    /// V31: far more people for a group than anywhere else.
    Outlier {
        /// Which group.
        group: GroupId,
        /// In which round.
        round: Round,
        /// Its members here.
        members: Attendees,
        /// The room.
        room: Attendees,
        /// Its members in all other rooms.
        elsewhere: u64,
        /// Everybody in all other rooms.
        total: u64,
    },
}

/// What a revision changed although the other depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edited {
    /// Attendance or alignments, and the awards stayed as they were.
    Figures,
    /// The awards, and the figures stayed as they were.
    Awards,
}

/// The sums over all other rooms that have reported.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Elsewhere {
    /// People in each group, in one round.
    pub groups: ByGroup<u64>,
    /// How many rooms.
    pub rooms: u64,
}

/// The figures of a sheet, so that two sheets can be compared and sorted: equal keys of two precincts are V21.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FiguresKey {
    first: ByGroup<Attendees>,
    last: ByGroup<Attendees>,
}

impl AcrossDetail {
    const fn code(&self) -> Code {
        match self {
            Self::Duplicate => Code::V21,
            Self::Stale(_) => Code::V26,
            Self::PoolSum { .. } => Code::V28,
            Self::Outlier { .. } => Code::V31,
        }
    }

    pub(crate) fn message(&self, name: &Names<'_>) -> String {
        match self {
            Self::Duplicate => "another precinct of the county has the same figures in both alignments".to_owned(),
            Self::Stale(Edited::Figures) => {
                "the people were edited and the awards, lawful before, no longer follow from them".to_owned()
            }
            Self::Stale(Edited::Awards) => {
                "the awards were edited and no longer follow from the people, which were not".to_owned()
            }
            Self::PoolSum { awarded, expected } => {
                format!("the awards add up to {awarded} delegates of {expected}")
            }
            Self::Outlier {
                group,
                round,
                members,
                room,
                elsewhere,
                total,
            } => format!(
                "{} has {} of {room} at {}, and {elsewhere} of {total} in all other rooms",
                name(*group),
                people(*members),
                round.as_str()
            ),
        }
    }
}

impl From<AcrossDetail> for Finding {
    fn from(detail: AcrossDetail) -> Self {
        Self::new(detail.code(), Detail::Across(detail))
    }
}

/// The figures by which V21 compares precincts of one county, or `None` with fewer than ten people.
///
/// Whether a zero was written down or left out makes no difference.
#[must_use]
pub fn figures_key(sheet: &Sheet) -> Option<FiguresKey> {
    let plain = |figures: Option<&ByGroup<Attendees>>| figures.map(ByGroup::without_zeros).unwrap_or_default();
    let key = FiguresKey {
        first: plain(sheet.first_alignment.as_ref()),
        last: plain(sheet.final_alignment.as_ref()),
    };
    let people = key.first.total().max(key.last.total());
    (people >= ENOUGH_TO_TELL_APART).then_some(key)
}

/// V21, for each of the precincts whose [`figures_key`] is the same.
#[must_use]
pub fn duplicate() -> Finding {
    AcrossDetail::Duplicate.into()
}

/// V26: an amendment that changed the people and not the awards, or the awards and not the people, and so made lawful
/// awards unlawful. Awards that were unlawful before are V11 and not this.
#[must_use]
pub fn check_revision(rules: &Ruleset, place: Place, before: &Sheet, after: &Sheet) -> Option<Finding> {
    let edited = match (
        same_people(before, after),
        same(before.awards.as_ref(), after.awards.as_ref()),
    ) {
        (false, true) => Edited::Figures,
        (true, false) => Edited::Awards,
        (true, true) | (false, false) => return None,
    };
    let became_unlawful = is_lawful(rules, place, before)? && !is_lawful(rules, place, after)?;
    became_unlawful.then(|| AcrossDetail::Stale(edited).into())
}

fn same_people(before: &Sheet, after: &Sheet) -> bool {
    room(before) == room(after)
        && same(before.first_alignment.as_ref(), after.first_alignment.as_ref())
        && same(before.final_alignment.as_ref(), after.final_alignment.as_ref())
}

fn same<T: Copy + Default + PartialEq>(before: Option<&ByGroup<T>>, after: Option<&ByGroup<T>>) -> bool {
    let nothing = ByGroup::default();
    before.unwrap_or(&nothing).agrees_with(after.unwrap_or(&nothing))
}

/// `None` without a final alignment or awards.
fn is_lawful(rules: &Ruleset, place: Place, sheet: &Sheet) -> Option<bool> {
    Some(outcome(rules, place, sheet)?.permits(sheet.awards.as_ref()?))
}

/// V28: whether the delegates `awarded` by a county or pool are as many as it has.
#[must_use]
pub fn check_sum(awarded: u64, expected: u64) -> Option<Finding> {
    (awarded != expected).then(|| AcrossDetail::PoolSum { awarded, expected }.into())
}

/// V31: groups with 15 % of a room of 20 or more that have less than 1 % of all other rooms, once there are 100.
///
/// `elsewhere` holds the sums of the same `round`. Ask for first alignment: figures under another name show there. At
/// final alignment a small candidate is viable in a few rooms and nowhere else, so every real success stands out: in
/// the last uncorrected release of 2020 it is 7 sites against 57.
#[must_use]
pub fn check_outliers(round: Round, sheet: &Sheet, elsewhere: &Elsewhere) -> Vec<Finding> {
    if elsewhere.rooms < ENOUGH_ROOMS {
        return Vec::new();
    }
    let total = elsewhere.groups.total();
    let outliers =
        prominent(round, sheet).filter(|(group, _)| beyond_a_hundredth(elsewhere.groups.of(*group), total) < 0);
    let outlier = |(group, members): (GroupId, Attendees)| AcrossDetail::Outlier {
        group,
        round,
        members,
        room: room(sheet),
        elsewhere: elsewhere.groups.of(group),
        total,
    };
    outliers.map(|figure| outlier(figure).into()).collect()
}

/// Groups with 15 % of a room of 20 or more.
fn prominent(round: Round, sheet: &Sheet) -> impl Iterator<Item = (GroupId, Attendees)> {
    let figures = people_of(round, sheet);
    let room = room(sheet);
    let figures = figures.filter(|_| room.0 >= 20).into_iter().flatten().copied();
    figures.filter(move |(_, members)| u64::from(*members) * 100 >= u64::from(room) * 15)
}

fn people_of(round: Round, sheet: &Sheet) -> Option<&ByGroup<Attendees>> {
    match round {
        Round::First => sheet.first_alignment.as_ref(),
        Round::Final => sheet.final_alignment.as_ref(),
        Round::Awards => None,
    }
}

/// By how much 100 times `members` is more than `all`, people both: below 0 where a group has under 1 %.
///
/// It is a sum over rooms like its parts, which is what lets V31 be kept up to date: [`prominence`].
#[must_use]
pub fn beyond_a_hundredth(members: u64, all: u64) -> i128 {
    i128::from(members) * 100 - i128::from(all)
}

/// The groups that V31 could name in a room, each with what it has [`beyond_a_hundredth`] of the room's round.
///
/// [`check_outliers`] names a group exactly while this is more than what the group has beyond a hundredth of all rooms,
/// this one included, and there are [`ENOUGH_ROOMS`] others. So whoever keeps rooms in the order of this figure finds
/// those that a new report changes without looking at the others.
///
/// ```
/// # use tallylog_rules::{Attendees, ByGroup, GroupId, Round, Sheet, prominence};
/// let sheet = Sheet { first_alignment: Some(ByGroup::numbered([Attendees(38), Attendees(2)])?), ..Sheet::default() };
/// assert_eq!(prominence(Round::First, &sheet), [(GroupId::new(1)?, 3_760)]);
/// # Ok::<(), tallylog_rules::GroupsError>(())
/// ```
#[must_use]
pub fn prominence(round: Round, sheet: &Sheet) -> Vec<(GroupId, i128)> {
    let figures = people_of(round, sheet);
    let all = figures.map_or(0, ByGroup::total);
    let prominent = prominent(round, sheet);
    prominent
        .map(|(group, members)| (group, beyond_a_hundredth(members.into(), all)))
        .collect()
}
