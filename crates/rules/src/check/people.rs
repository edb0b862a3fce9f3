//! Checks on the people of the two alignments.

use super::{Reading, Row};
use crate::finding::{Names, of_needed, people};
use crate::{Attendees, Code, Delegates, Detail, Finding, GroupId, Round, Severity};

/// From how many people on a move between rows looks like a slip of the pen, and a group out of nothing is noted.
const NOTABLE: Attendees = Attendees(5);

/// What is wrong with the people on a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeopleDetail {
    /// V01: more people at final than at first alignment.
    FinalOverFirst {
        /// Total at first alignment.
        first: u64,
        /// Total at final alignment.
        last: u64,
    },
    /// V02: more people in a round than were counted in the room.
    OverAttendance {
        /// Which round.
        round: Round,
        /// Its total.
        total: u64,
        /// The attendance.
        room: Attendees,
    },
    /// V03: people left between the alignments.
    Left {
        /// Total at first alignment.
        first: u64,
        /// Total at final alignment.
        last: u64,
    },
    /// V04, V05: a viable group lost members.
    Shrank {
        /// Which group.
        group: GroupId,
        /// Its members at first alignment.
        first: Attendees,
        /// Its members at final alignment.
        last: Attendees,
        /// How many groups were viable at first alignment.
        viable: usize,
        /// Delegates to elect: with fewer than viable groups, the smallest must realign.
        electing: Delegates,
    },
    /// V15: people stayed in a group that is not viable.
    Stayed {
        /// Which group.
        group: GroupId,
        /// How many stayed.
        members: Attendees,
        /// How many it needs.
        threshold: Attendees,
    },
    /// V16: a result set is missing while another is there.
    MissingRound(Round),
    /// V17: everything is zero or absent.
    Empty,
    /// V19: one group's people stand under its neighbour.
    Shifted {
        /// The group that has nobody any more.
        from: GroupId,
        /// How many it had at first alignment.
        lost: Attendees,
        /// Its neighbour in roster order.
        to: GroupId,
        /// How many that has out of nothing.
        gained: Attendees,
    },
    /// V20: a group out of nothing.
    Surged {
        /// Which group.
        group: GroupId,
        /// Its members at final alignment.
        members: Attendees,
    },
}

impl PeopleDetail {
    fn code(&self) -> Code {
        match self {
            Self::FinalOverFirst { .. } => Code::V01,
            Self::OverAttendance { .. } => Code::V02,
            Self::Left { .. } => Code::V03,
            Self::Shrank { viable, electing, .. } if *viable <= usize::from(electing.0) => Code::V04,
            Self::Shrank { .. } => Code::V05,
            Self::Stayed { .. } => Code::V15,
            Self::MissingRound(_) => Code::V16,
            Self::Empty => Code::V17,
            Self::Shifted { .. } => Code::V19,
            Self::Surged { .. } => Code::V20,
        }
    }

    pub(crate) fn message(&self, name: &Names<'_>) -> String {
        match self {
            Self::FinalOverFirst { first, last } => {
                format!(
                    "{} at final alignment, but only {first} at first alignment",
                    people(*last)
                )
            }
            Self::OverAttendance { round, total, room } => {
                format!(
                    "{} at {}, but only {room} were counted in the room",
                    people(*total),
                    round.as_str()
                )
            }
            Self::Left { first, last } => {
                format!("{} of {first} left between the alignments", people(first - last))
            }
            Self::Shrank {
                group,
                first,
                last,
                viable,
                electing,
            } => format!(
                "{} was viable with {first} and has {last} at final alignment ({viable} viable groups for {electing} delegates)",
                name(*group)
            ),
            Self::Stayed {
                group,
                members,
                threshold,
            } => {
                format!("{} still has {}", name(*group), of_needed(*members, *threshold))
            }
            Self::MissingRound(round) => format!("{} missing while other figures are there", round.as_str()),
            Self::Empty => "every figure is zero or absent".to_owned(),
            Self::Shifted { from, lost, to, gained } => format!(
                "{} fell from {lost} to 0 while {}, beside it, rose from 0 to {gained}",
                name(*from),
                name(*to)
            ),
            Self::Surged { group, members } => {
                format!(
                    "{} has {} at final alignment and had nobody at first",
                    name(*group),
                    people(*members)
                )
            }
        }
    }
}

impl From<PeopleDetail> for Finding {
    fn from(detail: PeopleDetail) -> Self {
        let mut finding = Self::new(detail.code(), Detail::People(detail));
        if let Detail::People(PeopleDetail::Left { first, last }) = finding.detail
            && !many_left(first, last)
        {
            finding.severity = Severity::Inform;
        }
        finding
    }
}

/// More than a tenth. Rule: V03.
const fn many_left(first: u64, last: u64) -> bool {
    // Totals of 65,535 groups of u32::MAX people stay below 2^48.
    (first - last) * 10 > first
}

/// V16 and V17: result sets that are not there.
pub(super) fn missing(reading: &Reading<'_>, found: &mut Vec<Finding>) {
    let rounds = [
        (Round::First, reading.first),
        (Round::Final, reading.last),
        (Round::Awards, reading.awarded),
    ];
    let absent = rounds.iter().filter(|(_, total)| total.is_none());
    if reading.room.0 == 0 && absent.clone().count() == rounds.len() {
        found.push(PeopleDetail::Empty.into());
        return;
    }
    for (round, _) in absent {
        // Where nobody is viable, no award is the lawful one: V23 speaks of it.
        if *round != Round::Awards || !reading.nobody_is_viable() {
            found.push(PeopleDetail::MissingRound(*round).into());
        }
    }
}

/// V01, V02, V03: totals against each other and against the room.
pub(super) fn totals(reading: &Reading<'_>, found: &mut Vec<Finding>) {
    if let (Some(first), Some(last)) = (reading.first, reading.last) {
        if last > first {
            found.push(PeopleDetail::FinalOverFirst { first, last }.into());
        } else if last < first {
            found.push(PeopleDetail::Left { first, last }.into());
        }
    }
    let room = reading.room;
    if reading.sheet.attendance.is_some_and(|attendance| attendance.counted) {
        for (round, total) in [(Round::First, reading.first), (Round::Final, reading.last)] {
            if let Some(total) = total.filter(|total| *total > room.into()) {
                found.push(PeopleDetail::OverAttendance { round, total, room }.into());
            }
        }
    }
}

/// V04, V05, V15, V19, V20: what became of each group.
pub(super) fn groups(reading: &Reading<'_>, found: &mut Vec<Finding>) {
    if reading.last.is_none() {
        return;
    }
    if let Some(threshold) = reading.threshold {
        stayed(reading, threshold, found);
        if reading.first.is_some() {
            shrank(reading, threshold, found);
        }
    }
    if reading.first.is_some() {
        surged(reading, found);
        shifted(reading, found);
    }
}

fn stayed(reading: &Reading<'_>, threshold: Attendees, found: &mut Vec<Finding>) {
    for (group, row) in reading.groups() {
        let members = row.last;
        if members.0 > 0 && members < threshold {
            found.push(
                PeopleDetail::Stayed {
                    group,
                    members,
                    threshold,
                }
                .into(),
            );
        }
    }
}

fn shrank(reading: &Reading<'_>, threshold: Attendees, found: &mut Vec<Finding>) {
    let viable = reading.viable(threshold, |row| row.first);
    for (group, row) in reading.groups() {
        if row.first >= threshold && row.last < row.first {
            let shrank = PeopleDetail::Shrank {
                group,
                first: row.first,
                last: row.last,
                viable,
                electing: reading.electing,
            };
            found.push(shrank.into());
        }
    }
}

fn surged(reading: &Reading<'_>, found: &mut Vec<Finding>) {
    for (group, row) in reading.groups().filter(|(_, row)| has_surged(row)) {
        let members = row.last;
        found.push(PeopleDetail::Surged { group, members }.into());
    }
}

const fn has_surged(row: &Row) -> bool {
    row.first.0 == 0 && row.last.0 >= NOTABLE.0
}

const fn has_emptied(row: &Row) -> bool {
    row.first.0 >= NOTABLE.0 && row.last.0 == 0
}

fn shifted(reading: &Reading<'_>, found: &mut Vec<Finding>) {
    let beside = reading.groups().zip(reading.groups().skip(1));
    for ((left, left_row), (right, right_row)) in beside {
        let (from, lost, to, gained) = if has_emptied(left_row) && has_surged(right_row) {
            (left, left_row.first, right, right_row.last)
        } else if has_surged(left_row) && has_emptied(right_row) {
            (right, right_row.first, left, left_row.last)
        } else {
            continue;
        };
        found.push(PeopleDetail::Shifted { from, lost, to, gained }.into());
    }
}
