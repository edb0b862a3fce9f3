//! Checks on what else the worksheet or its source says: its own numbers, and the equivalents that it claims.

use super::{Reading, Row};
use crate::finding::{Names, delegates, people};
use crate::{Attendees, Code, Delegates, Detail, Equivalents, Finding, Fraction, GroupId, Place, published};

/// What is wrong with the rest of a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaperDetail {
    /// V22: claimed equivalents do not follow from the awards.
    Claim(Claim),
    /// V24: not the number of delegates that the party apportioned.
    WrongDelegates {
        /// On the worksheet.
        worksheet: Delegates,
        /// In the roster.
        roster: Delegates,
    },
    /// V25: not the threshold of the rules.
    WrongThreshold {
        /// On the worksheet.
        worksheet: Attendees,
        /// By the rules.
        threshold: Attendees,
        /// The room.
        room: Attendees,
    },
    /// V27: not the number of delegates that a site of this size has.
    SatelliteDelegates {
        /// On the worksheet.
        worksheet: Delegates,
        /// In the table.
        table: Delegates,
        /// The site's attendance.
        attendance: Attendees,
    },
    /// V32: a group that the roster does not have.
    UnknownGroup {
        /// Its number.
        group: GroupId,
        /// How many groups the roster has.
        groups: u16,
    },
}

/// Equivalents that a source claims, and what its awards are worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Whose.
    pub group: GroupId,
    /// What the source claims.
    pub claimed: Equivalents,
    /// What the awards are worth.
    pub expected: Equivalents,
    /// The awards.
    pub delegates: Delegates,
    /// The equivalents of one delegate.
    pub ratio: Fraction,
    /// The site, where the place is one.
    pub site: Option<Site>,
    /// The site's pool, once the caller has added it with [`Finding::in_pool`].
    pub pool: Option<Pool>,
}

/// What a satellite site brings to the worth of its delegates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Site {
    /// Its attendance.
    pub attendance: Attendees,
    /// Its delegates.
    pub delegates: Delegates,
}

/// What satellite sites share: any of them moves the others' worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pool {
    /// The equivalents that the pool has.
    pub equivalents: Delegates,
    /// The people at the sites that have reported.
    pub attendance: u64,
}

impl PaperDetail {
    const fn code(&self) -> Code {
        match self {
            Self::Claim(_) => Code::V22,
            Self::WrongDelegates { .. } => Code::V24,
            Self::WrongThreshold { .. } => Code::V25,
            Self::SatelliteDelegates { .. } => Code::V27,
            Self::UnknownGroup { .. } => Code::V32,
        }
    }

    pub(crate) fn message(&self, name: &Names<'_>) -> String {
        match self {
            Self::Claim(claim) => claim.message(name),
            Self::WrongDelegates { worksheet, roster } => {
                format!("{} on the worksheet, {roster} in the roster", delegates(*worksheet))
            }
            Self::WrongThreshold {
                worksheet,
                threshold,
                room,
            } => format!(
                "the worksheet asks {} of a viable group; the rules ask {threshold} in a room of {room}",
                people(*worksheet)
            ),
            Self::SatelliteDelegates {
                worksheet,
                table,
                attendance,
            } => format!(
                "{} on the worksheet; a site of {} has {table}",
                delegates(*worksheet),
                people(*attendance)
            ),
            Self::UnknownGroup { group, groups } => {
                format!("figures for {group}, and the roster has {groups} groups")
            }
        }
    }
}

impl Claim {
    fn message(&self, name: &Names<'_>) -> String {
        let count = self.delegates;
        let worth = match (self.site, self.pool) {
            (Some(site), Some(pool)) => format!(
                "{}/{} x {}/{}",
                pool.equivalents, pool.attendance, site.attendance, site.delegates
            ),
            _ => self.ratio.to_string(),
        };
        format!(
            "{}: the source claims {} for {}; {count} x {worth} gives {}",
            name(self.group),
            self.claimed,
            delegates(count),
            self.expected
        )
    }
}

impl From<PaperDetail> for Finding {
    fn from(detail: PaperDetail) -> Self {
        Self::new(detail.code(), Detail::Paper(detail))
    }
}

/// V22, V24, V25, V27, and V32 for groups.
pub(super) fn check(reading: &Reading<'_>, ratio: Option<Fraction>, groups: u16, found: &mut Vec<Finding>) {
    found.extend(wrong_delegates(reading));
    found.extend(wrong_threshold(reading));
    claims(reading, ratio, found);
    let unknown = reading.groups().skip(groups.into());
    let unknown = unknown.filter(|(_, row)| !is_blank(row));
    found.extend(unknown.map(|(group, _)| PaperDetail::UnknownGroup { group, groups }.into()));
}

fn wrong_delegates(reading: &Reading<'_>) -> Option<Finding> {
    let worksheet = reading.sheet.worksheet_delegates?;
    let expected = reading.electing;
    let detail = match reading.place {
        Place::Precinct { delegates: roster } => PaperDetail::WrongDelegates { worksheet, roster },
        Place::Satellite => PaperDetail::SatelliteDelegates {
            worksheet,
            table: expected,
            attendance: reading.room,
        },
    };
    (worksheet != expected).then(|| detail.into())
}

fn wrong_threshold(reading: &Reading<'_>) -> Option<Finding> {
    let worksheet = reading.sheet.worksheet_threshold?;
    // Where the room elects its delegate there is no threshold, and whatever was written there decided nothing.
    let threshold = reading.threshold?;
    let room = reading.room;
    let detail = PaperDetail::WrongThreshold {
        worksheet,
        threshold,
        room,
    };
    (worksheet != threshold).then(|| detail.into())
}

/// V22. Without awards there is nothing to compare a claim with: V16 asks for them.
fn claims(reading: &Reading<'_>, ratio: Option<Fraction>, found: &mut Vec<Finding>) {
    let sheet = reading.sheet;
    let (Some(ratio), Some(_), Some(_)) = (ratio, &sheet.claimed, &sheet.awards) else {
        return;
    };
    let site = match reading.place {
        Place::Precinct { .. } => None,
        Place::Satellite => Some(Site {
            attendance: reading.room,
            delegates: reading.electing,
        }),
    };
    for (group, row) in reading.groups() {
        let Row { award, claimed, .. } = *row;
        let expected = published(award, ratio);
        if claimed != expected {
            let claim = Claim {
                group,
                claimed,
                expected,
                delegates: award,
                ratio,
                site,
                pool: None,
            };
            found.push(PaperDetail::Claim(claim).into());
        }
    }
}

fn is_blank(row: &Row) -> bool {
    row.first.0 == 0 && row.last.0 == 0 && row.award.0 == 0 && row.claimed.0 == 0
}
