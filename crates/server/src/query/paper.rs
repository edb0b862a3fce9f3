//! The paper audit: what was announced, drawn and read, and where paper and log differ.

use tallylog_event::{Abandonment, EntryIndex};
use tallylog_projection::{Announced, Basis, Counted, Difference, Drawn, PaperFinding, Signed, State, Version};
use tallylog_wire::v1;

use super::moment;
use super::sheets::{Sheets, file, place_name, signed};
use crate::problem::Problem;

/// Answers for a sample, or for all of them.
///
/// # Errors
///
/// [`Problem`] if the moment or the sample does not exist.
pub fn paper_audit(state: &State, request: &v1::PaperAuditRequest) -> Result<v1::PaperAuditResponse, Problem> {
    let state = moment::at(state, request.moment.as_ref())?;
    let desk = &state.desks().paper;
    let drawn = match request.sample.map(EntryIndex) {
        None => desk.samples().iter().collect(),
        Some(entry) => vec![desk.sample(entry).ok_or(Problem::NoSample(entry))?],
    };
    let announced = desk.announcements().iter();
    Ok(v1::PaperAuditResponse {
        position: Some(moment::position(&state)?),
        samples: drawn.into_iter().map(|drawn| message(&state, drawn)).collect(),
        announcements: announced.map(|announced| announcement(&state, announced)).collect(),
    })
}

fn announcement(state: &State, announced: &Announced) -> v1::PaperAnnouncement {
    let what = &announced.announcement.what;
    let given_up = announced.given_up.iter();
    v1::PaperAnnouncement {
        announced: Some(signed(state, &announced.announcement)),
        size: what.size,
        root: what.root.0.to_vec(),
        precincts: what.precincts,
        given_up: given_up.map(|one| abandonment(state, announced, one)).collect(),
        drawn: announced.drawn().map(|entry| entry.0),
        abandoned: announced.abandoned().map(|entry| entry.0),
    }
}

/// The first of two waits while its announcement is open, and its key was not revoked.
fn abandonment(state: &State, announced: &Announced, one: &Signed<Abandonment>) -> v1::PaperAbandonment {
    let stands = state.author(one.author).revoked.is_none();
    v1::PaperAbandonment {
        signed: Some(signed(state, one)),
        reason: one.what.reason.to_string(),
        seconds: one.what.seconds.map(|first| first.0),
        waits: stands && announced.ended.is_none(),
    }
}

fn message(state: &State, drawn: &Drawn) -> v1::PaperSample {
    let sample = &drawn.sample.what;
    let counted = Counted::new(state, Basis::Recorded);
    let findings = state.paper_findings(drawn.sample.entry).unwrap_or_default();
    v1::PaperSample {
        drawn: Some(signed(state, &drawn.sample)),
        dice: sample.dice.to_string(),
        size: sample.size,
        root: sample.root.0.to_vec(),
        precincts: findings.iter().map(|found| precinct(state, &counted, found)).collect(),
        announcement: drawn.announcement.map(|entry| entry.0),
    }
}

fn precinct(state: &State, counted: &Counted<'_>, found: &PaperFinding) -> v1::PaperPrecinct {
    let name = place_name(state, found.precinct);
    let compared = |(entry, differing): &(EntryIndex, Vec<Difference>)| v1::PaperComparison {
        record: entry.0,
        differences: differing.iter().map(|differs| difference(state, differs)).collect(),
    };
    let page = Sheets::of_id(state, counted, found.precinct);
    let figures = |sheet: &tallylog_rules::Sheet| page.as_ref().map(|page| page.figures(sheet));
    let reading = found.reading.as_ref();
    let sampled = found.sampled.as_ref();
    let version = sampled.and_then(|(entry, _)| state.version(found.precinct, *entry));
    v1::PaperPrecinct {
        county: name.county,
        precinct: name.precinct,
        read: reading.map(|reading| signed(state, reading)),
        paper: reading.and_then(|reading| figures(&reading.what.sheet)),
        files: reading
            .into_iter()
            .flat_map(|reading| &reading.what.files)
            .map(file)
            .collect(),
        sampled: sampled.map(compared),
        now: found.record.as_ref().map(compared),
        agrees: found.agrees(),
        recorded_by: version.map_or_else(Vec::new, |version| hands(state, version)),
        recorded: version.and_then(|version| figures(&version.filing().report().sheet)),
    }
}

/// Each person once.
fn hands(state: &State, version: &Version) -> Vec<String> {
    let mut hands: Vec<String> = Vec::new();
    for person in state.typists(version) {
        if !hands.iter().any(|known| known == person.as_str()) {
            hands.push(person.to_string());
        }
    }
    hands
}

fn difference(state: &State, differs: &Difference) -> v1::PaperDifference {
    v1::PaperDifference {
        field: differs.field.as_str().to_owned(),
        group: differs
            .group
            .map(|group| state.group_name(group).to_owned())
            .unwrap_or_default(),
        log: differs.one,
        paper: differs.other,
    }
}
