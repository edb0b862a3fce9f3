//! What happened, as a line for people and as an object for programs.

use serde::Serialize;
use tallylog_projection::{Discrepancy, Happening, News, State};
use tallylog_rules::{ByGroup, GroupId, Sheet};

use crate::time;

/// From how long before its receipt an event was written its line says so.
const LATE_MS: u64 = 60_000;

/// What an entry says, with what it did to the discrepancies.
pub(crate) struct Told {
    pub(crate) happening: Happening,
    pub(crate) news: News,
}

/// An entry, in JSON.
#[derive(Serialize)]
pub(crate) struct Json {
    pub(crate) entry: u64,
    rehearsal: bool,
    received_at: String,
    recorded_at: String,
    kind: &'static str,
    title: String,
    detail: String,
    person: String,
    role: &'static str,
    county: Option<String>,
    precinct: Option<String>,
    attendance: Option<u32>,
    groups: Vec<Group>,
    replaces: Option<u64>,
    changes: Vec<Change>,
    raised: Vec<Found>,
    settled: Vec<Found>,
}

#[derive(Serialize)]
struct Group {
    name: String,
    first_alignment: Option<u32>,
    final_alignment: Option<u32>,
    awarded: Option<u16>,
}

#[derive(Serialize)]
struct Change {
    what: &'static str,
    group: Option<String>,
    old: Option<u64>,
    new: Option<u64>,
}

#[derive(Serialize)]
struct Found {
    code: &'static str,
    name: &'static str,
    severity: &'static str,
    county: Option<String>,
    precinct: Option<String>,
    message: String,
}

impl Told {
    /// One line. A line goes its own way, so each of a rehearsal says that it is of one.
    pub(crate) fn line(&self, state: &State) -> String {
        let happening = &self.happening;
        let mark = if crate::exports::is_rehearsal(state) {
            "REHEARSAL "
        } else {
            ""
        };
        let place =
            names(state, happening).map_or_else(String::new, |(county, precinct)| format!("{county}, {precinct}: "));
        let detail = match happening.detail.as_str() {
            "" => String::new(),
            detail => format!(": {detail}"),
        };
        let mut line = format!(
            "{mark}{} entry {} {place}{}, {} ({}){detail}",
            time::central(happening.received_at.0),
            happening.entry.0,
            happening.title,
            happening.person,
            happening.role,
        );
        if happening.recorded_at.0 + LATE_MS < happening.received_at.0 {
            line += "; written ";
            line += &time::central(happening.recorded_at.0);
        }
        for (what, found) in [("RAISES", &self.news.raised), ("settles", &self.news.settled)] {
            if !found.is_empty() {
                let found: Vec<String> = found.iter().map(|found| self.brief(state, found)).collect();
                line.extend([". ", what, " ", &found.join(", ")]);
            }
        }
        line
    }

    /// A discrepancy by its code, and where it stands if that is not where the line is about.
    fn brief(&self, state: &State, found: &Discrepancy) -> String {
        let place = if found.precinct == self.happening.precinct {
            String::new()
        } else {
            let (county, precinct) = place(state, found);
            format!(
                " on {}",
                [county, precinct].into_iter().flatten().collect::<Vec<_>>().join(", ")
            )
        };
        format!(
            "{} {} ({}){place}",
            found.code.as_str(),
            found.code.name(),
            found.severity.as_str()
        )
    }

    pub(crate) fn json(&self, state: &State) -> Json {
        let happening = &self.happening;
        let (county, precinct) = names(state, happening).unzip();
        let found = |list: &[Discrepancy]| list.iter().map(|found| object(state, found)).collect();
        let (replaces, changes) = happening.replaces.clone().unzip();
        let sheet = happening.sheet.as_ref();
        Json {
            entry: happening.entry.0,
            rehearsal: crate::exports::is_rehearsal(state),
            received_at: time::utc(happening.received_at.0),
            recorded_at: time::utc(happening.recorded_at.0),
            kind: happening.kind,
            title: happening.title.clone(),
            detail: happening.detail.clone(),
            person: happening.person.clone(),
            role: happening.role,
            county,
            precinct,
            attendance: sheet
                .and_then(|sheet| sheet.attendance)
                .map(|attendance| attendance.people.0),
            groups: sheet.map_or_else(Vec::new, |sheet| groups(state, sheet)),
            replaces: replaces.map(|entry| entry.0),
            changes: changes
                .unwrap_or_default()
                .into_iter()
                .map(|change| Change {
                    what: change.what,
                    group: change.group.map(|group| state.group_name(group).to_owned()),
                    old: change.old,
                    new: change.new,
                })
                .collect(),
            raised: found(&self.news.raised),
            settled: found(&self.news.settled),
        }
    }
}

fn names(state: &State, happening: &Happening) -> Option<(String, String)> {
    let (county, precinct) = state.roster().precinct(happening.precinct?)?;
    Some((county.name.to_string(), precinct.name.to_string()))
}

fn place(state: &State, found: &Discrepancy) -> (Option<String>, Option<String>) {
    let county = state
        .roster()
        .county(found.county)
        .map(|county| county.name.to_string());
    let precinct = found.precinct.and_then(|id| state.roster().precinct(id));
    (county, precinct.map(|(_, precinct)| precinct.name.to_string()))
}

fn object(state: &State, found: &Discrepancy) -> Found {
    let (county, precinct) = place(state, found);
    Found {
        code: found.code.as_str(),
        name: found.code.name(),
        severity: found.severity.as_str(),
        county,
        precinct,
        message: found.message(state),
    }
}

fn groups(state: &State, sheet: &Sheet) -> Vec<Group> {
    let candidates = state.contest().map_or(&[][..], |contest| &contest.candidates);
    let numbered = (1_u16..).zip(candidates);
    let groups = numbered.filter_map(|(number, candidate)| {
        let group = GroupId::new(number).ok()?;
        Some(Group {
            name: candidate.name.to_string(),
            first_alignment: of(sheet.first_alignment.as_ref(), group).map(|people| people.0),
            final_alignment: of(sheet.final_alignment.as_ref(), group).map(|people| people.0),
            awarded: of(sheet.awards.as_ref(), group).map(|delegates| delegates.0),
        })
    });
    groups.collect()
}

fn of<T: Copy + Default>(figures: Option<&ByGroup<T>>, group: GroupId) -> Option<T> {
    figures.map(|figures| figures.of(group))
}

/// Breaks a line at blanks, with further lines set in, for a terminal of `width` columns.
pub(crate) fn wrap(line: &str, width: usize) -> String {
    const INDENT: &str = "    ";
    let (mut text, mut column) = (String::new(), 0);
    for word in line.split(' ') {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > width {
            text.push('\n');
            text.push_str(INDENT);
            column = INDENT.len();
        } else if column > 0 {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += length;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_broken_at_blanks_and_set_in() {
        assert_eq!(wrap("one two three", 7), "one two\n    three");
        assert_eq!(wrap("one two three", 80), "one two three");
        // A word that is longer than the terminal is wide stays whole.
        assert_eq!(wrap("a extraordinarily b", 6), "a\n    extraordinarily\n    b");
    }
}
