//! A precinct with its history, and lists of precincts.

use tallylog_event::{Channel, Correction, CorrectionKind, EntryIndex, PrecinctId, SiteKind};
use tallylog_projection::{Basis, Counted, Filing, Review, State, Version, role_name};
use tallylog_rules::room;
use tallylog_wire::v1;

use super::sheets::{Sheets, file};
use super::{discrepancies, moment};
use crate::problem::Problem;

/// Answers for a precinct with every version of its record.
///
/// # Errors
///
/// [`Problem`] if the moment, the county or the precinct does not exist.
pub fn precinct(state: &State, request: &v1::PrecinctRequest) -> Result<v1::PrecinctResponse, Problem> {
    let state = moment::at(state, request.moment.as_ref())?;
    let named = moment::precinct(&state, &request.county, &request.precinct)?;
    let review = Review::of(&state);
    let counted = Counted::new(&state, Basis::Recorded);
    let page = Page {
        sheets: Sheets::of(&state, &counted, &named),
        review: Some(&review),
        state: &state,
        id: named.id,
    };
    Ok(v1::PrecinctResponse {
        position: Some(moment::position(&state)?),
        county: named.county.name.to_string(),
        precinct: named.precinct.name.to_string(),
        code: named.precinct.code.to_string(),
        county_delegates: matches!(named.county.kind, SiteKind::Precincts { .. })
            .then(|| named.precinct.delegates.0.into()),
        status: moment::word(review.status(named.position)).into(),
        versions: state
            .versions(named.id)
            .iter()
            .map(|version| page.version(version))
            .collect(),
    })
}

/// Answers for the precincts, or those of a county or in a state.
///
/// # Errors
///
/// [`Problem`] if the moment or the county does not exist.
pub fn precincts(state: &State, request: &v1::PrecinctsRequest) -> Result<v1::PrecinctsResponse, Problem> {
    let state = moment::at(state, request.moment.as_ref())?;
    let county = match request.county.as_str() {
        "" => None,
        name => Some(moment::county(&state, name)?),
    };
    let review = Review::of(&state);
    let summary = |(position, id): (usize, PrecinctId)| {
        let (county, precinct) = state.roster().precinct(id)?;
        let status = review.status(position);
        Some(v1::PrecinctSummary {
            county: county.name.to_string(),
            precinct: precinct.name.to_string(),
            status: moment::word(status).into(),
            record: status.record.map(|entry| entry.0),
            confirmed: status.confirmed,
            held: status.held,
            released: status.released,
            corrected: status.corrected,
        })
    };
    let listed = moment::precincts(&state, county).filter_map(summary);
    Ok(v1::PrecinctsResponse {
        position: Some(moment::position(&state)?),
        precincts: listed.filter(|summary| is_in(summary, request.state())).collect(),
    })
}

/// Whether a precinct is in a state. States overlap: one that was released may be held by now.
pub(super) fn is_in(summary: &v1::PrecinctSummary, state: v1::PrecinctState) -> bool {
    match state {
        v1::PrecinctState::Unspecified => true,
        v1::PrecinctState::Awaiting => summary.record.is_none(),
        v1::PrecinctState::Reported => summary.record.is_some(),
        v1::PrecinctState::Confirmed => summary.confirmed,
        v1::PrecinctState::Held => summary.held,
        v1::PrecinctState::Released => summary.released,
        v1::PrecinctState::Corrected => summary.corrected,
    }
}

/// What the versions of a precinct are shown with.
pub(super) struct Page<'a> {
    pub(super) sheets: Sheets<'a>,
    /// What the checks found; absent for whoever is not shown that.
    pub(super) review: Option<&'a Review>,
    pub(super) state: &'a State,
    pub(super) id: PrecinctId,
}

impl Page<'_> {
    pub(super) fn version(&self, version: &Version) -> v1::Version {
        let filing = version.filing();
        let report = filing.report();
        let sheet = &report.sheet;
        let author = self.state.author(version.author);
        let found = self.review.into_iter().flat_map(|review| review.of_precinct(self.id));
        let found = found.filter(|found| found.entry == Some(version.entry));
        v1::Version {
            entry: version.entry.0,
            received_at_ms: version.received_at.0,
            recorded_at_ms: version.recorded_at().0,
            channel: channel(report.channel).to_owned(),
            author: author.person.to_string(),
            role: role_name(&author.role).to_owned(),
            key: author.key.0.to_vec(),
            attendance: room(sheet).0,
            attendance_counted: sheet.attendance.is_some_and(|attendance| attendance.counted),
            threshold: self.sheets.threshold(sheet),
            worksheet_delegates: sheet.worksheet_delegates.map(|delegates| delegates.0.into()),
            worksheet_threshold: sheet.worksheet_threshold.map(|people| people.0),
            groups: self.sheets.groups(sheet),
            games: sheet.games.iter().map(|game| self.sheets.game(game)).collect(),
            files: report.files.iter().map(file).collect(),
            discrepancies: found.map(|found| discrepancies::message(self.state, found)).collect(),
            correction: match &filing {
                Filing::Report(_) => None,
                Filing::Correction(correction) => Some(explanation(correction)),
            },
            set_aside_by: self.set_aside_by(version).map(|by| by.0),
        }
    }

    /// Whoever is not shown what the checks found is shown public entries alone.
    fn set_aside_by(&self, version: &Version) -> Option<EntryIndex> {
        let by = self.state.set_aside_by(self.id, version.entry)?;
        (self.review.is_some() || self.state.is_public(by)).then_some(by)
    }
}

pub(super) fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::App => "app",
        Channel::Phone => "phone",
        Channel::Photo => "photo",
        Channel::Paper => "paper",
        Channel::Import => "import",
    }
}

fn explanation(correction: &Correction) -> v1::Correction {
    let kind = match correction.kind {
        None => "",
        Some(CorrectionKind::Transcription) => "transcription",
        Some(CorrectionKind::Rule) => "rule",
        Some(CorrectionKind::HeadCount) => "head count",
    };
    v1::Correction {
        replaces: correction.replaces.0,
        kind: kind.to_owned(),
        reason: correction.reason.to_string(),
        requested_by: correction.requested_by.to_string(),
        authority: correction.authority.to_string(),
        evidence: correction.evidence.iter().map(file).collect(),
    }
}
