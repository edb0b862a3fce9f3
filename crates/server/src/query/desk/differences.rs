//! Two sources of a precinct, field by field.

use tallylog_event::PrecinctId;
use tallylog_projection::{Cause, Life, State, Version};
use tallylog_rules::{ByGroup, GroupId, Sheet};
use tallylog_wire::v1;

use super::{Desk, entry, named, standing};
use crate::problem::Problem;
use crate::query::moment;

/// Answers with the two sources of a precinct that a reviewer has to settle.
pub(crate) fn differences(
    desk: Desk<'_>,
    request: &v1::DifferencesRequest,
) -> Result<v1::DifferencesResponse, Problem> {
    let state = desk.state;
    let position = moment::position(state)?;
    let id = named(state, &request.county, &request.precinct)?;
    let (first, second) = pair(state, id).ok_or(Problem::NothingToCompare)?;
    let (county, precinct) = state.roster().precinct(id).ok_or(Problem::Empty)?;
    Ok(v1::DifferencesResponse {
        position: Some(position),
        county: county.name.to_string(),
        precinct: precinct.name.to_string(),
        fields: fields(state, &first.filing().report().sheet, &second.filing().report().sheet),
        first: Some(entry(state, first)),
        second: Some(entry(state, second)),
    })
}

/// The two that an open V29 is about; where none is, the latest two by different keys.
fn pair(state: &State, id: PrecinctId) -> Option<(&Version, &Version)> {
    let review = state.review();
    let named = review
        .of_precinct(id)
        .filter(|found| found.life == Life::Open)
        .find_map(|found| match found.cause {
            Cause::SourcesDiffer { other, .. } => Some((other, found.entry?)),
            Cause::Finding(_) | Cause::StaleClaim { .. } | Cause::SameFigures { .. } | Cause::Unexplained { .. } => {
                None
            }
        });
    let stands = |version: &&Version| state.set_aside_by(id, version.entry).is_none();
    let version = |entry| state.version(id, entry).filter(stands);
    let (one, other) = if let Some((one, other)) = named {
        (version(one)?, version(other)?)
    } else {
        let last = standing(state, id).next_back()?;
        let before = standing(state, id).rfind(|version| version.author != last.author)?;
        (before, last)
    };
    Some(if one.entry < other.entry {
        (one, other)
    } else {
        (other, one)
    })
}

/// Every field that either gives, in worksheet order.
fn fields(state: &State, first: &Sheet, second: &Sheet) -> Vec<v1::DeskField> {
    let mut fields = vec![
        field("attendance", first, second, |sheet| {
            sheet.attendance.map(|attendance| attendance.people.0)
        }),
        field("delegates to elect", first, second, |sheet| {
            sheet.worksheet_delegates.map(|delegates| delegates.0.into())
        }),
        field("viability number", first, second, |sheet| {
            sheet.worksheet_threshold.map(|people| people.0)
        }),
    ];
    let groups = state.contest().map_or(0, |contest| contest.candidates.len());
    let groups: Vec<GroupId> = (1_u16..)
        .take(groups)
        .filter_map(|number| GroupId::new(number).ok())
        .collect();
    for (name, column) in COLUMNS {
        for group in &groups {
            let mut row = field(name, first, second, |sheet| column(sheet, *group));
            // A zero says as little as nothing, where the other source says nothing.
            row.differs = row.first.unwrap_or_default() != row.second.unwrap_or_default();
            state.group_name(*group).clone_into(&mut row.group);
            fields.push(row);
        }
    }
    fields.retain(|row| row.first.is_some() || row.second.is_some());
    fields
}

/// A figure of a group in one of the result sets.
type Column = fn(&Sheet, GroupId) -> Option<u32>;

const COLUMNS: [(&str, Column); 3] = [
    ("first alignment", |sheet, group| {
        of(sheet.first_alignment.as_ref(), group).map(|people| people.0)
    }),
    ("final alignment", |sheet, group| {
        of(sheet.final_alignment.as_ref(), group).map(|people| people.0)
    }),
    ("delegates", |sheet, group| {
        of(sheet.awards.as_ref(), group).map(|delegates| delegates.0.into())
    }),
];

fn of<T: Copy>(figures: Option<&ByGroup<T>>, group: GroupId) -> Option<T> {
    let mut figures = figures.into_iter().flatten();
    figures.find(|(known, _)| *known == group).map(|(_, figure)| *figure)
}

/// A field of the whole worksheet. What one source does not give is not held against the other.
fn field(name: &str, first: &Sheet, second: &Sheet, of: impl Fn(&Sheet) -> Option<u32>) -> v1::DeskField {
    let (first, second) = (of(first), of(second));
    v1::DeskField {
        field: name.to_owned(),
        group: String::new(),
        first,
        second,
        differs: first.zip(second).is_some_and(|(first, second)| first != second),
    }
}
