//! What a release would list now, and what it would leave out and why; and the releases that were made.

use tallylog_event::{PrecinctId, PublicKey, ReleasePolicy, Text};
use tallylog_projection::{Basis, Counted, Life, Released, Review, State, Version};
use tallylog_rules::Severity;
use tallylog_wire::v1;

use super::book::Book;
use super::{figures, inquiries, moment};
use crate::problem::Problem;

/// Answers for a release that somebody is about to sign. Admission decides; this says beforehand what it would say.
///
/// # Errors
///
/// [`Problem`] if there is no contest, or the key is none.
pub fn release_preview(
    state: &State,
    request: &v1::ReleasePreviewRequest,
) -> Result<v1::ReleasePreviewResponse, Problem> {
    let contest = state.contest().ok_or(Problem::Empty)?;
    let review = state.review();
    let desk = Desk {
        state,
        review,
        person: signer(state, &request.key)?,
        policy: contest.release,
    };
    let (mut entries, mut held, mut awaiting) = (Vec::new(), Vec::new(), 0);
    for (position, id) in state.roster().ids().enumerate() {
        match state
            .counted(id, Basis::Recorded)
            .map(|record| (record, desk.keeps(position, id, record)))
        {
            None => awaiting += 1,
            Some((record, None)) => entries.push(record.entry),
            Some((_, Some(kept))) => held.push(kept),
        }
    }
    entries.sort_unstable();
    Ok(v1::ReleasePreviewResponse {
        position: Some(moment::position(state)?),
        policy: policy(contest.release).to_owned(),
        held,
        precincts: u32::try_from(state.roster().precincts()).unwrap_or(u32::MAX),
        awaiting,
        inquiries: inquiries::open(state),
        before: state
            .releases()
            .last()
            .map(|release| release.name.to_string())
            .unwrap_or_default(),
        places: figures::places(state, &Counted::listing(state, &entries)),
        entries: entries.iter().map(|entry| entry.0).collect(),
    })
}

/// The person behind the key that would sign; nobody if it is not said.
fn signer<'a>(state: &'a State, key: &[u8]) -> Result<Option<&'a Text>, Problem> {
    if key.is_empty() {
        return Ok(None);
    }
    let key = PublicKey(key.try_into().map_err(|_| Problem::MalformedRequest)?);
    Ok(state.key(&key).map(|author| &author.person))
}

pub(super) const fn policy(policy: ReleasePolicy) -> &'static str {
    match policy {
        ReleasePolicy::AsListed => "as listed",
        ReleasePolicy::ReportedClear => "reported without blocking discrepancies",
        ReleasePolicy::Confirmed => "confirmed",
    }
}

struct Desk<'a> {
    state: &'a State,
    review: &'a Review,
    person: Option<&'a Text>,
    policy: ReleasePolicy,
}

impl Desk<'_> {
    /// What keeps a record out of a release, if anything does.
    fn keeps(&self, position: usize, id: PrecinctId, record: &Version) -> Option<v1::ReleaseHeld> {
        let status = self.review.status(position);
        let listed = self.policy == ReleasePolicy::AsListed;
        let unconfirmed = self.policy == ReleasePolicy::Confirmed && !status.confirmed;
        let own = !listed
            && self
                .person
                .is_some_and(|person| self.state.typists(record).contains(&person));
        if !(own || unconfirmed || (status.held && !listed)) {
            return None;
        }
        let (county, precinct) = self.state.roster().precinct(id)?;
        Some(v1::ReleaseHeld {
            county: county.name.to_string(),
            precinct: precinct.name.to_string(),
            entry: record.entry.0,
            codes: self.codes(id),
            unconfirmed,
            own,
            hold: self.hold(id),
            released: status.released,
        })
    }

    /// The codes of what holds a precinct, each once.
    fn codes(&self, id: PrecinctId) -> Vec<String> {
        let found = self.review.of_precinct(id);
        let holds = found.filter(|found| found.life == Life::Open && found.severity >= Severity::Hold);
        let mut codes: Vec<_> = holds.map(|found| found.code.as_str().to_owned()).collect();
        codes.dedup();
        codes
    }

    /// The reasons of the holds that stand.
    fn hold(&self, id: PrecinctId) -> String {
        let holds = self.state.desks().review.holds(id).iter();
        let standing = holds.filter(|hold| hold.lifted.is_none());
        let reasons: Vec<_> = standing.map(|hold| hold.hold.what.reason.to_string()).collect();
        reasons.join("; ")
    }
}

/// Answers for every release, in the order of the log.
///
/// # Errors
///
/// [`Problem`] if the moment does not exist, or an entry cannot be read.
pub fn releases(book: Book<'_>, request: &v1::ReleasesRequest) -> Result<v1::ReleasesResponse, Problem> {
    let state = moment::at(book.state, request.moment.as_ref())?;
    let book = book.at(&state);
    let later = state.releases().iter().skip(1).map(Some).chain(std::iter::once(None));
    let pairs = state.releases().iter().zip(later);
    let summaries = pairs.map(|(release, next)| summary(book, release, next));
    Ok(v1::ReleasesResponse {
        position: Some(moment::position(&state)?),
        releases: summaries.collect::<Result<_, _>>()?,
    })
}

fn summary(book: Book<'_>, release: &Released, next: Option<&Released>) -> Result<v1::ReleaseSummary, Problem> {
    let (signed, _) = book.read(release.entry)?;
    let certified = book.state.desks().course.certification();
    Ok(v1::ReleaseSummary {
        name: release.name.to_string(),
        signed: Some(signed),
        precincts: u32::try_from(release.precincts()).unwrap_or(u32::MAX),
        inquiries: inquiries::open_at(book.state, release.entry.0),
        superseded_by: next.map(|next| next.name.to_string()).unwrap_or_default(),
        certified: certified.is_some_and(|certified| certified.what.release == release.entry),
    })
}
