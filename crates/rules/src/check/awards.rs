//! Checks on the delegates that a room awarded.

use super::{Reading, Row};
use crate::finding::{Names, delegates, of_needed, open, people};
use crate::{Apportionment, Attendees, ByGroup, Code, Delegates, Detail, Finding, GroupId, Tie};

/// What is wrong with the awards on a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AwardDetail {
    /// V06: a group below the threshold has delegates.
    NonviableAwarded {
        /// Which group.
        group: GroupId,
        /// Its members at final alignment.
        members: Attendees,
        /// How many it needs.
        threshold: Attendees,
        /// What it was awarded.
        award: Delegates,
    },
    /// V07: a viable group has none.
    ViableUnawarded {
        /// Which group.
        group: GroupId,
        /// Its members at final alignment.
        members: Attendees,
        /// How many it needs.
        threshold: Attendees,
    },
    /// V08: more viable groups than delegates.
    Overviable {
        /// Viable groups at final alignment.
        viable: usize,
        /// Delegates to elect.
        electing: Delegates,
    },
    /// V09, V10: the awards do not add up.
    Sum {
        /// Delegates awarded.
        awarded: u64,
        /// Delegates to elect.
        electing: Delegates,
    },
    /// V11: no outcome that the rules allow.
    Unlawful {
        /// The groups whose award no outcome gives.
        differing: Vec<Differing>,
        /// The game of chance that the awards do not fit either.
        tie: Option<Tie>,
    },
    /// V12: a larger group has fewer delegates than a smaller one.
    Inversion {
        /// The larger group.
        larger: GroupId,
        /// What it was awarded.
        award: Delegates,
        /// The smaller group.
        smaller: GroupId,
        /// What that was awarded.
        smaller_award: Delegates,
    },
    /// V13: a game of chance decided, and no record of it is there.
    TieUnrecorded(Tie),
    /// V14: the one delegate did not go to the largest group, or not one was awarded.
    OneDelegate {
        /// Delegates awarded.
        awarded: u64,
        /// The winner, with its members, where there is one.
        winner: Option<(GroupId, Attendees)>,
        /// Members of the largest group.
        largest: Attendees,
    },
    /// V18: delegates to a group that nobody stood in.
    ZeroFinal {
        /// Which group.
        group: GroupId,
        /// What it was awarded.
        award: Delegates,
    },
    /// V23: nobody is viable.
    NobodyViable {
        /// Members of the largest group.
        largest: Attendees,
        /// How many it needs.
        threshold: Attendees,
    },
}

/// A group whose award no outcome of the rules gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Differing {
    /// Which group.
    pub group: GroupId,
    /// What the sheet awards.
    pub award: Delegates,
    /// What the rules give.
    pub lawful: Delegates,
}

impl AwardDetail {
    fn code(&self) -> Code {
        match self {
            Self::NonviableAwarded { .. } => Code::V06,
            Self::ViableUnawarded { .. } => Code::V07,
            Self::Overviable { .. } => Code::V08,
            Self::Sum { awarded, electing } if *awarded > u64::from(*electing) => Code::V09,
            Self::Sum { .. } => Code::V10,
            Self::Unlawful { .. } => Code::V11,
            Self::Inversion { .. } => Code::V12,
            Self::TieUnrecorded(_) => Code::V13,
            Self::OneDelegate { .. } => Code::V14,
            Self::ZeroFinal { .. } => Code::V18,
            Self::NobodyViable { .. } => Code::V23,
        }
    }

    pub(crate) fn message(&self, name: &Names<'_>) -> String {
        match self {
            Self::NonviableAwarded {
                group,
                members,
                threshold,
                award,
            } => {
                format!(
                    "{} has {} but {}",
                    name(*group),
                    delegates(*award),
                    of_needed(*members, *threshold)
                )
            }
            Self::ViableUnawarded {
                group,
                members,
                threshold,
            } => {
                format!(
                    "{} has no delegate with {}",
                    name(*group),
                    of_needed(*members, *threshold)
                )
            }
            Self::Overviable { viable, electing } => {
                format!("{viable} viable groups for {}", delegates(*electing))
            }
            Self::Sum { awarded, electing } => {
                format!("{} awarded where {electing} are elected", delegates(*awarded))
            }
            Self::Unlawful { differing, tie } => unlawful(differing, tie.as_ref(), name),
            Self::Inversion {
                larger,
                award,
                smaller,
                smaller_award,
            } => format!(
                "{} has {}, and {}, which is smaller, has {smaller_award}",
                name(*larger),
                delegates(*award),
                name(*smaller)
            ),
            Self::TieUnrecorded(tie) => {
                format!(
                    "the rules give {}, and none is on record",
                    open(tie.delegates, &tie.among, name)
                )
            }
            Self::OneDelegate {
                awarded,
                winner,
                largest,
            } => one_delegate(*awarded, *winner, *largest, name),
            Self::ZeroFinal { group, award } => {
                format!(
                    "{} has {} and nobody at final alignment",
                    name(*group),
                    delegates(*award)
                )
            }
            Self::NobodyViable { largest, threshold } => {
                format!(
                    "no group is viable: the largest has {}",
                    of_needed(*largest, *threshold)
                )
            }
        }
    }
}

impl From<AwardDetail> for Finding {
    fn from(detail: AwardDetail) -> Self {
        Self::new(detail.code(), Detail::Awards(detail))
    }
}

fn unlawful(differing: &[Differing], tie: Option<&Tie>, name: &Names<'_>) -> String {
    let mut parts: Vec<String> = differing
        .iter()
        .map(|differs| {
            let (lawful, award) = (delegates(differs.lawful), differs.award);
            format!("{} {lawful}, the sheet {award}", name(differs.group))
        })
        .collect();
    parts.extend(tie.map(|tie| open(tie.delegates, &tie.among, name)));
    format!("the rules give {}", parts.join("; "))
}

fn one_delegate(awarded: u64, winner: Option<(GroupId, Attendees)>, largest: Attendees, name: &Names<'_>) -> String {
    match winner {
        Some((group, members)) => format!(
            "{} won the delegate with {}, and the largest group has {largest}",
            name(group),
            people(members)
        ),
        None => format!("{} awarded where the room elects one", delegates(awarded)),
    }
}

/// V06 to V14, V18 and V23.
pub(super) fn check(reading: &Reading<'_>, found: &mut Vec<Finding>) {
    let Some(threshold) = reading.threshold else {
        found.extend(one_delegate_elected(reading));
        return;
    };
    found.extend(sum(reading));
    let Some(outcome) = &reading.outcome else {
        return;
    };
    found.extend(viable_groups(reading, outcome, threshold));
    let awards = reading.sheet.awards.as_ref();
    if let Some(awards) = awards.filter(|awards| !awards.is_zero()) {
        each_group(reading, threshold, found);
        found.extend(inversion(reading));
        found.extend(against_the_rules(outcome, awards, reading));
    }
}

/// V14. Rule: 2.2.
fn one_delegate_elected(reading: &Reading<'_>) -> Option<Finding> {
    let awarded = reading.awarded.unwrap_or(0);
    let largest = reading.rows.iter().map(|row| row.last).max()?;
    let mut winners = reading.groups().filter(|(_, row)| row.award.0 > 0);
    let winner = winners.next().map(|(group, row)| (group, row.last));
    let winner = winner.filter(|_| awarded == 1);
    let is_plain = winner.is_some_and(|(_, members)| members == largest && members.0 > 0);
    let found = AwardDetail::OneDelegate {
        awarded,
        winner,
        largest,
    };
    (!is_plain).then(|| found.into())
}

/// V09, and V10 where nothing else explains the shortage.
fn sum(reading: &Reading<'_>) -> Option<Finding> {
    let electing = reading.electing;
    let awarded = reading.awarded?;
    let is_explained = reading.first.is_none() || reading.last.is_none() || reading.nobody_is_viable();
    let is_wrong = awarded > electing.into() || (awarded < electing.into() && !is_explained);
    is_wrong.then(|| AwardDetail::Sum { awarded, electing }.into())
}

/// V08 and V23.
fn viable_groups(reading: &Reading<'_>, outcome: &Apportionment, threshold: Attendees) -> Option<Finding> {
    if *outcome == Apportionment::NobodyViable {
        let largest = reading.rows.iter().map(|row| row.last).max()?;
        return Some(AwardDetail::NobodyViable { largest, threshold }.into());
    }
    let viable = reading.viable(threshold, |row| row.last);
    let electing = reading.electing;
    let found = AwardDetail::Overviable { viable, electing };
    (!reading.has_enough_for(viable)).then(|| found.into())
}

/// V06, V07 and V18.
fn each_group(reading: &Reading<'_>, threshold: Attendees, found: &mut Vec<Finding>) {
    let all_have_one = reading.has_enough_for(reading.viable(threshold, |row| row.last));
    for (group, row) in reading.groups() {
        let Row {
            last: members, award, ..
        } = *row;
        if award.0 > 0 && members < threshold {
            found.push(
                AwardDetail::NonviableAwarded {
                    group,
                    members,
                    threshold,
                    award,
                }
                .into(),
            );
        }
        if award.0 > 0 && members.0 == 0 {
            found.push(AwardDetail::ZeroFinal { group, award }.into());
        }
        if award.0 == 0 && members >= threshold && all_have_one {
            found.push(
                AwardDetail::ViableUnawarded {
                    group,
                    members,
                    threshold,
                }
                .into(),
            );
        }
    }
}

/// V12: the first pair, by rising size. One is enough to send somebody to the paper.
fn inversion(reading: &Reading<'_>) -> Option<Finding> {
    let mut by_size: Vec<_> = reading
        .groups()
        .filter(|(_, row)| row.last.0 > 0 || row.award.0 > 0)
        .map(|(group, row)| (row.last, row.award, group))
        .collect();
    // Groups of one size stand by rising award, so that a difference between them is never an inversion.
    by_size.sort_unstable();
    let mut most: Option<(Delegates, GroupId)> = None;
    for (_, award, larger) in by_size {
        if let Some((smaller_award, smaller)) = most.filter(|(most, _)| *most > award) {
            let inversion = AwardDetail::Inversion {
                larger,
                award,
                smaller,
                smaller_award,
            };
            return Some(inversion.into());
        }
        most = most.max(Some((award, larger)));
    }
    None
}

/// V11 and V13.
fn against_the_rules(outcome: &Apportionment, awards: &ByGroup<Delegates>, reading: &Reading<'_>) -> Option<Finding> {
    let tie = outcome.tie().cloned();
    if outcome.permits(awards) {
        return tie.map(|tie| AwardDetail::TieUnrecorded(tie).into());
    }
    let differing = reading
        .groups()
        .filter_map(|(group, row)| {
            let lawful = outcome.award(group)?;
            (lawful != row.award).then_some(Differing {
                group,
                award: row.award,
                lawful,
            })
        })
        .collect();
    Some(AwardDetail::Unlawful { differing, tie }.into())
}
