//! The paper audit: what was drawn, what was read, and where paper and log differ.

use tallylog_event::EntryIndex;
use tallylog_projection::{Basis, Counted, Difference, Drawn, PaperFinding, State};
use tallylog_wire::v1;

use super::moment;
use super::sheets::{Sheets, file, place_name, signed};
use crate::problem::Problem;

/// Answers for a sample, or for the latest.
///
/// # Errors
///
/// [`Problem`] if the moment or the sample does not exist.
pub fn paper_audit(state: &State, request: &v1::PaperAuditRequest) -> Result<v1::PaperAuditResponse, Problem> {
    let state = moment::at(state, request.moment.as_ref())?;
    let desk = &state.desks().paper;
    let drawn = match request.sample.map(EntryIndex) {
        None => desk.samples().last(),
        Some(entry) => Some(desk.sample(entry).ok_or(Problem::NoSample(entry))?),
    };
    Ok(v1::PaperAuditResponse {
        position: Some(moment::position(&state)?),
        sample: drawn.map(|drawn| message(&state, drawn)),
        samples: u32::try_from(desk.samples().len()).unwrap_or(u32::MAX),
    })
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
    }
}

fn precinct(state: &State, counted: &Counted<'_>, found: &PaperFinding) -> v1::PaperPrecinct {
    let name = place_name(state, found.precinct);
    let compared = |(entry, differing): &(EntryIndex, Vec<Difference>)| v1::PaperComparison {
        record: entry.0,
        differences: differing.iter().map(|differs| difference(state, differs)).collect(),
    };
    let reading = found.reading.as_ref();
    let paper =
        reading.and_then(|reading| Some(Sheets::of_id(state, counted, found.precinct)?.figures(&reading.what.sheet)));
    v1::PaperPrecinct {
        county: name.county,
        precinct: name.precinct,
        read: reading.map(|reading| signed(state, reading)),
        paper,
        files: reading
            .into_iter()
            .flat_map(|reading| &reading.what.files)
            .map(file)
            .collect(),
        sampled: found.sampled.as_ref().map(compared),
        now: found.record.as_ref().map(compared),
        agrees: found.agrees(),
    }
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
