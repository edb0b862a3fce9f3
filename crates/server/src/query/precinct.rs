//! A precinct with its history, and lists of precincts.

use std::collections::{BTreeMap, VecDeque};

use prost::Message;
use tallylog_event::{Channel, Correction, CorrectionKind, EntryIndex, PrecinctId, SiteKind};
use tallylog_projection::{Basis, Counted, Discrepancy, Filing, Review, State, Version, role_name};
use tallylog_rules::room;
use tallylog_wire::v1;

use super::sheets::{Sheets, file};
use super::{discrepancies, moment};
use crate::problem::Problem;

/// How many versions of a precinct an answer has at most. One device can send tens of thousands.
const MOST_VERSIONS: usize = 256;

/// After so many bytes of versions an answer has enough of them: clients take 4 MiB.
const ENOUGH: usize = 1 << 20;

/// Answers for a precinct with the versions of its record.
///
/// # Errors
///
/// [`Problem`] if the moment, the county or the precinct does not exist.
pub fn precinct(state: &State, request: &v1::PrecinctRequest) -> Result<v1::PrecinctResponse, Problem> {
    let state = moment::at(state, request.moment.as_ref())?;
    let named = moment::precinct(&state, &request.county, &request.precinct)?;
    let review = state.review();
    let counted = Counted::new(&state, Basis::Recorded);
    let page = Page {
        sheets: Sheets::of(&state, &counted, &named),
        found: Some(by_entry(review, named.id)),
        state: &state,
        id: named.id,
    };
    let all: Vec<&Version> = state.versions(named.id).iter().collect();
    let versions = page.latest(&all, review.status(named.position).record, request.before);
    Ok(v1::PrecinctResponse {
        position: Some(moment::position(&state)?),
        county: named.county.name.to_string(),
        precinct: named.precinct.name.to_string(),
        code: named.precinct.code.to_string(),
        county_delegates: matches!(named.county.kind, SiteKind::Precincts { .. })
            .then(|| named.precinct.delegates.0.into()),
        status: moment::word(review.status(named.position)).into(),
        version_count: versions.count,
        earlier: versions.earlier,
        versions: versions.shown,
    })
}

/// What the checks found on a precinct, by the version that it is about.
fn by_entry(review: &Review, id: PrecinctId) -> BTreeMap<Option<EntryIndex>, Vec<&Discrepancy>> {
    let mut found = BTreeMap::<_, Vec<_>>::new();
    for one in review.of_precinct(id) {
        found.entry(one.entry).or_default().push(one);
    }
    found
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
    let review = state.review();
    let summary = |(position, id): (usize, PrecinctId)| {
        let (county, precinct) = state.roster().precinct(id)?;
        let status = review.status(position);
        Some(v1::PrecinctSummary {
            county: county.name.to_string(),
            precinct: precinct.name.to_string(),
            status: moment::word(status).into(),
            record: status.record.map(|entry| entry.0),
            confirmed: Some(status.confirmed),
            held: Some(status.held),
            released: status.released,
            corrected: status.corrected,
        })
    };
    let wanted = v1::PrecinctState::try_from(request.state).map_err(|_| Problem::MalformedRequest)?;
    let listed = moment::precincts(&state, county).filter_map(summary);
    Ok(v1::PrecinctsResponse {
        position: Some(moment::position(&state)?),
        precincts: listed.filter(|summary| is_in(summary, wanted)).collect(),
    })
}

/// Whether a precinct is in a state. States overlap: one that was released may be held by now.
pub(super) fn is_in(summary: &v1::PrecinctSummary, state: v1::PrecinctState) -> bool {
    match state {
        v1::PrecinctState::Unspecified => true,
        v1::PrecinctState::Awaiting => summary.record.is_none(),
        v1::PrecinctState::Reported => summary.record.is_some(),
        v1::PrecinctState::Confirmed => summary.confirmed == Some(true),
        v1::PrecinctState::Held => summary.held == Some(true),
        v1::PrecinctState::Released => summary.released,
        v1::PrecinctState::Corrected => summary.corrected,
        v1::PrecinctState::Withheld => summary.status == i32::from(v1::PrecinctState::Withheld),
    }
}

/// What the versions of a precinct are shown with.
pub(super) struct Page<'a> {
    pub(super) sheets: Sheets<'a>,
    /// What the checks found, by version; absent for whoever is not shown that.
    pub(super) found: Option<BTreeMap<Option<EntryIndex>, Vec<&'a Discrepancy>>>,
    pub(super) state: &'a State,
    pub(super) id: PrecinctId,
}

/// Some of the versions of a precinct.
pub(super) struct Versions {
    pub(super) shown: Vec<v1::Version>,
    pub(super) count: u32,
    pub(super) earlier: Option<u64>,
}

impl Page<'_> {
    /// The latest of these versions, in the order of the log: of all, or of those before an entry.
    pub(super) fn latest(&self, all: &[&Version], record: Option<EntryIndex>, before: u64) -> Versions {
        let until = match before {
            0 => all.len(),
            before => all.partition_point(|version| version.entry.0 < before),
        };
        let (mut bytes, mut shown) = (0_usize, VecDeque::new());
        let mut rest = all.iter().take(until).rev().peekable();
        while shown.len() < MOST_VERSIONS
            && let Some(version) = rest.next_if(|_| bytes < ENOUGH)
        {
            let message = self.version(version);
            bytes = bytes.saturating_add(message.encoded_len());
            shown.push_front(message);
        }
        let earlier = rest.peek().and_then(|_| shown.front()).map(|first| first.entry);
        // What counts is shown first of all, however much of what came after it was set aside.
        let missing = record.filter(|record| before == 0 && earlier.is_some_and(|earlier| record.0 < earlier));
        let record = missing.and_then(|record| all.iter().find(|version| version.entry == record));
        if let Some(record) = record {
            shown.push_front(self.version(record));
        }
        Versions {
            shown: shown.into(),
            count: u32::try_from(all.len()).unwrap_or(u32::MAX),
            earlier,
        }
    }

    pub(super) fn version(&self, version: &Version) -> v1::Version {
        let filing = version.filing();
        let report = filing.report();
        let sheet = &report.sheet;
        let author = self.state.author(version.author);
        let found = self.found.as_ref().and_then(|found| found.get(&Some(version.entry)));
        let found = found.into_iter().flatten();
        v1::Version {
            entry: version.entry.0,
            received_at_ms: version.received_at.0,
            recorded_at_ms: version.recorded_at().0,
            channel: channel(report.channel).to_owned(),
            author: author.person.to_string(),
            role: role_name(&author.role).to_owned(),
            key: author.key.0.to_vec(),
            attendance: sheet.attendance.map(|attendance| attendance.people.0),
            attendance_counted: sheet.attendance.map(|attendance| attendance.counted),
            room: room(sheet).0,
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
        (self.found.is_some() || self.state.is_public(by)).then_some(by)
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
