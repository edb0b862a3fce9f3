//! Checks on one precinct: its record, its sources and its revisions.

use tallylog_event::{Contest, EntryIndex, PrecinctId, Role, SiteKind, Verdict};
use tallylog_rules::{Code, Finding, Place, Pool, Sheet, check_revision, check_sheet};

use super::claim::{PoolBefore, held_before};
use super::past::Past;
use super::told::{Sources, Told, Walk};
use super::{Cause, Depth, Discrepancy, Life};
use crate::counted::ratio;
use crate::history::{History, sources};
use crate::state::sheet;
use crate::{Filing, State, Version, differences};

/// What a precinct is checked against.
pub(super) struct Desk<'a> {
    state: &'a State,
    contest: &'a Contest,
    /// The attendance of its pool over the sites that reported; 0 for a precinct of a county.
    pool_attendance: u64,
    precinct: PrecinctId,
    place: Place,
}

/// What is found on a precinct by itself. `filing` is what its record says, which the caller has unpacked.
///
/// Every other version is unpacked once, whoever sent how many of them.
pub(crate) fn check(
    state: &State,
    precinct: PrecinctId,
    filing: &Filing,
    pool_attendance: u64,
    depth: Depth,
    found: &mut Vec<Discrepancy>,
) {
    let (Some(contest), Some(place)) = (state.contest(), state.place(precinct)) else {
        return;
    };
    let Some((history, record)) = state
        .history(precinct)
        .and_then(|history| Some((history, history.record()?)))
    else {
        return;
    };
    let desk = Desk {
        state,
        contest,
        pool_attendance,
        precinct,
        place,
    };
    let first = found.len();
    desk.record(record, filing, found);
    if history.versions().len() > 1 {
        desk.history(history, (record, filing), depth, first, found);
    }
    for discrepancy in &mut found[first..] {
        settle(state, discrepancy);
    }
}

/// Lets a reviewer's decision have its say: it is about one version, and one of a later version is open again. So is
/// one that was weighed by delegates which the precinct does not elect any more, or by a pool that has moved.
pub(crate) fn settle(state: &State, found: &mut Discrepancy) {
    let decided = found
        .subject()
        .and_then(|subject| state.desks().review.in_force(subject, found.code.number()));
    let Some(decision) = decided.filter(|_| found.life == Life::Open) else {
        return;
    };
    let is_amended = found.rests_on_the_roster() && state.roster().is_amended_since(found.county, decision.entry);
    if is_amended || has_moved(state, found, decision.entry) {
        return;
    }
    found.life = match decision.what.verdict {
        Verdict::Accepted => Life::Accepted,
        Verdict::Ruled(_) => Life::Ruled,
        Verdict::Reopened => Life::Open,
    };
    found.decision = Some(decision.entry);
}

/// Whether a claim was decided about, and another site of its pool counts another version since.
fn has_moved(state: &State, found: &Discrepancy, decision: EntryIndex) -> bool {
    let county = state.roster().county(found.county);
    let is_pool = county.is_some_and(|county| county.kind == SiteKind::Satellites);
    let mut sites = state.roster().positions(found.county);
    found.code == Code::V22
        && is_pool
        && sites.any(|position| {
            let site = state.roster().at_position(position);
            site.is_some_and(|site| state.counts_anew(site, decision))
        })
}

impl Desk<'_> {
    fn discrepancy(&self, version: &Version, cause: Cause) -> Discrepancy {
        Discrepancy::open(self.precinct, Some(version.entry), cause)
    }

    fn findings(&self, sheet: &Sheet) -> Vec<Finding> {
        let groups = u16::try_from(self.contest.candidates.len()).unwrap_or(u16::MAX);
        let ratio = ratio(self.state, self.precinct, sheet, self.pool_attendance);
        check_sheet(&self.contest.ruleset, self.place, ratio, groups, sheet)
    }

    fn record(&self, record: &Version, filing: &Filing, found: &mut Vec<Discrepancy>) {
        for mut finding in self.findings(sheet(filing)) {
            if let Some(pool) = self.pool() {
                finding = finding.in_pool(pool);
            }
            let cause = match self.pool_before(&finding, filing) {
                Some(before) => Cause::StaleClaim { finding, before },
                None => Cause::Finding(finding),
            };
            found.push(self.discrepancy(record, cause));
        }
    }

    fn pool_before(&self, finding: &Finding, filing: &Filing) -> Option<PoolBefore> {
        (finding.code == Code::V22)
            .then(|| held_before(self.state, self.precinct.county, self.pool_attendance, sheet(filing)))
            .flatten()
    }

    fn pool(&self) -> Option<Pool> {
        let county = self.state.roster().county(self.precinct.county)?;
        (county.kind == SiteKind::Satellites).then_some(Pool {
            equivalents: county.state_delegates,
            attendance: self.pool_attendance,
        })
    }

    /// V29: a version against the latest of every other device that stands beside it.
    /// Two devices of one person are two sources here, though they confirm nothing.
    pub(super) fn disagreements<'s, 't: 's>(
        &'s self,
        now: &'s Told<'t>,
        beside: &'s Sources<'t>,
    ) -> impl Iterator<Item = Discrepancy> {
        beside.of_others(now).into_iter().filter_map(|other| {
            let fields = differing(now.sheet(), other.sheet());
            let other = other.version.entry;
            (!fields.is_empty()).then(|| self.discrepancy(now.version, Cause::SourcesDiffer { other, fields }))
        })
    }

    /// What the history of a precinct shows beyond its record: V29, V26 and V30, and what earlier versions had that the
    /// record has no longer.
    ///
    /// A revision that nobody explained stays one, whatever is sent after it: only an explained correction resolves it.
    ///
    /// What was set aside is no source beside the others and was revised by nobody; what was found in it is over.
    ///
    /// From `first` on stands what was found on the precinct before.
    fn history(
        &self,
        history: &History,
        record: (&Version, &Filing),
        depth: Depth,
        first: usize,
        found: &mut Vec<Discrepancy>,
    ) {
        let mut walk = Walk::default();
        let mut past = Past::default();
        let mut explained = None;
        let mut revisions = Vec::new();
        for version in history.versions() {
            let now = Told::of(version, record);
            if depth == Depth::Whole {
                past.take(self, &now, version.entry == record.0.entry);
            }
            if history.set_aside_by(version.entry).is_some() {
                continue;
            }
            if now.version.corrects && self.lacks(&now).is_empty() {
                explained = Some(version.entry);
            }
            if let Some(before) = walk.revised_by(&now) {
                revisions.extend(self.revision(before, &now));
            }
            walk.take(now);
        }
        if let Some(last) = walk.last() {
            found.extend(self.disagreements(last, walk.sources()));
        }
        for mut revision in revisions {
            if explained > revision.entry {
                revision.life = Life::Resolved;
            }
            found.push(revision);
        }
        past.into_gone(first, found);
    }

    /// What the rules find in an earlier version, as far as it can be judged today.
    pub(super) fn earlier(&self, now: &Told<'_>) -> impl Iterator<Item = Discrepancy> {
        let findings = self.findings(now.sheet()).into_iter();
        let lasting = findings.filter(|finding| self.lasts(finding));
        lasting.map(|finding| self.discrepancy(now.version, Cause::Finding(finding)))
    }

    /// Whether what was found in an earlier version can be judged today: the worth of a site's delegates moves with its
    /// pool, so a claim of the past is not held against today's pool.
    fn lasts(&self, finding: &Finding) -> bool {
        finding.code != Code::V22 || matches!(self.place, Place::Precinct { .. })
    }

    /// V30: what a revision lacks. Every revision is signed, so its author is always known. The document may come after
    /// it, as files that somebody adds to the precinct: nothing waits for a photo.
    fn lacks(&self, told: &Told<'_>) -> Vec<&'static str> {
        let Filing::Correction(correction) = told.filing() else {
            return vec!["a kind", "a reason", "a source document"];
        };
        let added = self.state.desks().entry.files(self.precinct);
        let documented = !correction.evidence.is_empty()
            || !correction.report.files.is_empty()
            || added.last().is_some_and(|added| added.entry > told.version.entry);
        [
            (correction.kind.is_none(), "a kind"),
            (correction.reason.is_blank(), "a reason"),
            (!documented, "a source document"),
        ]
        .into_iter()
        .filter_map(|(missing, what)| missing.then_some(what))
        .collect()
    }

    fn revision(&self, old: &Told<'_>, new: &Told<'_>) -> Vec<Discrepancy> {
        let stale = check_revision(&self.contest.ruleset, self.place, old.sheet(), new.sheet());
        let stale = stale.map(|finding| self.discrepancy(new.version, Cause::Finding(finding)));
        let missing = if new.sheet() == old.sheet() && !new.version.corrects {
            Vec::new()
        } else {
            self.lacks(new)
        };
        let unexplained = (!missing.is_empty()).then(|| {
            let cause = Cause::Unexplained {
                replaces: old.version.entry,
                missing,
            };
            self.discrepancy(new.version, cause)
        });
        stale.into_iter().chain(unexplained).collect()
    }
}

/// Whether two persons gave the figures of the record, neither with a hand in what the other gave, and no device gives
/// others. What an officer corrects in a log with desks, another proposed.
pub(crate) fn is_confirmed(state: &State, history: &History) -> bool {
    let Some(record) = history.record() else {
        return false;
    };
    let devices = sources(history.standing(), |author| author);
    let by_two_officers = record.corrects && matches!(state.author(record.author).role, Role::CorrectionsOfficer);
    if by_two_officers && state.contest().is_some_and(|contest| contest.fold > 1) && devices.len() == 1 {
        return true;
    }
    let hands = state.typists(record);
    let by_others = |version: &Version| state.typists(version).iter().all(|hand| !hands.contains(hand));
    if !devices.iter().any(|version| by_others(version)) {
        return false;
    }
    let filing = record.filing();
    devices
        .iter()
        .all(|other| other.entry == record.entry || differing(sheet(&filing), sheet(&other.filing())).is_empty())
}

/// Whether two versions differ in any figure that both give.
pub(crate) fn differ(one: &Version, other: &Version) -> bool {
    !differing(sheet(&one.filing()), sheet(&other.filing())).is_empty()
}

/// The fields in which two sources differ, each once.
fn differing(one: &Sheet, other: &Sheet) -> Vec<&'static str> {
    let mut fields: Vec<_> = differences(one, other)
        .iter()
        .map(|found| found.field.as_str())
        .collect();
    fields.dedup();
    fields
}
