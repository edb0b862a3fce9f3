//! What another device of the chair has reported: known from the server alone, where it answers.

use std::time::Duration;

use tallylog_rules::{Attendance, Attendees, ByGroup, Delegates, Game, GameMeans, GroupId, Sheet};
use tallylog_wire::v1;
use tallylog_wire::v1::results_client::ResultsClient;

use crate::device::Device;
use crate::failure::Failure;
use crate::worksheet::Caucus;

/// How long the server may take. Without an answer the report goes on: it needs no network.
const ANSWER: Duration = Duration::from_secs(3);

/// A record that this device did not sign.
#[derive(Clone, Debug)]
pub(super) struct Elsewhere {
    pub(super) entry: u64,
    pub(super) sheet: Sheet,
}

impl Elsewhere {
    /// Whether these are its figures. The server says 0 of a group whose row is empty.
    pub(super) fn has(&self, sheet: &Sheet) -> bool {
        without_zeros(&self.sheet) == without_zeros(sheet)
    }
}

fn without_zeros(sheet: &Sheet) -> Sheet {
    Sheet {
        first_alignment: sheet.first_alignment.as_ref().map(above_zero),
        final_alignment: sheet.final_alignment.as_ref().map(above_zero),
        awards: sheet.awards.as_ref().map(above_zero),
        ..sheet.clone()
    }
}

fn above_zero<T: Copy + Default + PartialEq>(column: &ByGroup<T>) -> ByGroup<T> {
    let above = column.iter().filter(|(_, figure)| *figure != T::default()).copied();
    // Rows of a column that is in order stay in order.
    ByGroup::new(above.collect()).unwrap_or_else(|_| column.clone())
}

/// The record of a precinct, if a chair made it and the server says so.
pub(super) async fn record(device: &Device, caucus: &Caucus) -> Option<Elsewhere> {
    let asked = tokio::time::timeout(ANSWER, ask(device, caucus)).await;
    let answer = asked.ok()?.ok()?;
    let mut standing = answer
        .versions
        .into_iter()
        .filter(|version| version.set_aside_by.is_none());
    let record = standing.next_back()?;
    (record.role == "chair").then(|| Elsewhere {
        entry: record.entry,
        sheet: sheet(&record, caucus),
    })
}

async fn ask(device: &Device, caucus: &Caucus) -> Result<v1::PrecinctResponse, Failure> {
    let request = v1::PrecinctRequest {
        county: caucus.county.clone(),
        precinct: caucus.precinct.clone(),
        moment: None,
        before: 0,
    };
    let asking = device.asking().await?;
    asking
        .ask(async |service| ResultsClient::new(service).precinct(request.clone()).await)
        .await
}

/// What the worksheet of a version says, and nothing that the rules make of it: it may be amended and signed.
fn sheet(version: &v1::Version, caucus: &Caucus) -> Sheet {
    let attendance = version.attendance.map(|people| Attendance {
        people: Attendees(people),
        counted: version.attendance_counted.unwrap_or_default(),
    });
    let delegates = |figure: u32| u16::try_from(figure).ok().map(Delegates);
    Sheet {
        attendance,
        first_alignment: column(version, caucus, |group| group.first_alignment.map(Attendees)),
        final_alignment: column(version, caucus, |group| group.final_alignment.map(Attendees)),
        awards: column(version, caucus, |group| group.awarded.and_then(delegates)),
        worksheet_delegates: version.worksheet_delegates.and_then(delegates),
        worksheet_threshold: version.worksheet_threshold.map(Attendees),
        games: version.games.iter().filter_map(|held| game(held, caucus)).collect(),
        claimed: None,
    }
}

fn game(held: &v1::Game, caucus: &Caucus) -> Option<Game> {
    let groups =
        |names: &[String]| -> Option<Vec<GroupId>> { names.iter().map(|name| caucus.group_named(name)).collect() };
    Some(Game {
        among: groups(&held.among)?,
        delegates: Delegates(u16::try_from(held.delegates).ok()?),
        winners: groups(&held.winners)?,
        means: match held.means.as_str() {
            "coin" => GameMeans::Coin,
            "lot" => GameMeans::Lot,
            _ => GameMeans::Other,
        },
        witnesses: held.witnesses.clone(),
    })
}

fn column<T: Copy>(
    version: &v1::Version,
    caucus: &Caucus,
    of: impl Fn(&v1::GroupFigures) -> Option<T>,
) -> Option<ByGroup<T>> {
    let written = version.groups.iter().filter_map(|group| {
        let id: GroupId = caucus.group_named(&group.name)?;
        of(group).map(|figure| (id, figure))
    });
    let written: Vec<_> = written.collect();
    ByGroup::new(written)
        .ok()
        .filter(|figures| figures.iter().next().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amendment_starts_from_what_the_worksheet_says_and_never_from_the_room_of_the_rules() {
        let caucus = crate::worksheet::samples::caucus(5);
        let silent = v1::Version {
            room: 37,
            ..v1::Version::default()
        };
        assert_eq!(sheet(&silent, &caucus).attendance, None);
        let said = v1::Version {
            attendance: Some(40),
            attendance_counted: Some(true),
            room: 37,
            ..v1::Version::default()
        };
        let attendance = Attendance {
            people: Attendees(40),
            counted: true,
        };
        assert_eq!(sheet(&said, &caucus).attendance, Some(attendance));
    }
}
