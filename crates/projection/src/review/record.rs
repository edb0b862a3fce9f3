//! Checks on one precinct: its record, its sources and its revisions.

use tallylog_event::{Contest, EntryIndex, PrecinctId, Role, SiteKind, Verdict};
use tallylog_rules::{Code, Finding, Place, Pool, Sheet, check_revision, check_sheet};

use super::claim::{PoolBefore, held_before};
use super::{Cause, Discrepancy, Life};
use crate::counted::ratio;
use crate::history::{History, sources};
use crate::state::sheet;
use crate::{Filing, State, Version, differences};

/// A version with what it says.
type Told<'a> = (&'a Version, Filing);

/// What a precinct is checked against.
struct Desk<'a> {
    state: &'a State,
    contest: &'a Contest,
    /// The attendance of its pool over the sites that reported; 0 for a precinct of a county.
    pool_attendance: u64,
    precinct: PrecinctId,
    place: Place,
}

/// What is found on a precinct by itself. `filing` is what its record says, which the caller has unpacked.
pub(crate) fn check(
    state: &State,
    precinct: PrecinctId,
    filing: &Filing,
    pool_attendance: u64,
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
        desk.history(history, first, found);
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

    /// V29: the version at `last`, against the latest of every other device that stands beside it there.
    /// Two devices of one person are two sources here, though they confirm nothing.
    fn disagreements(&self, told: &[Told<'_>], last: usize) -> Vec<Discrepancy> {
        let Some((now, before)) = told.get(..=last).and_then(<[Told<'_>]>::split_last) else {
            return Vec::new();
        };
        let since = if now.0.corrects {
            before.len()
        } else {
            before.iter().rposition(|(old, _)| old.corrects).unwrap_or(0)
        };
        let mut seen = vec![now.0.author];
        let mut found = Vec::new();
        for (other, filing) in before.get(since..).unwrap_or_default().iter().rev() {
            if seen.contains(&other.author) {
                continue;
            }
            seen.push(other.author);
            let fields = differing(sheet(&now.1), sheet(filing));
            if !fields.is_empty() {
                let other = other.entry;
                found.push(self.discrepancy(now.0, Cause::SourcesDiffer { other, fields }));
            }
        }
        found
    }

    /// What the history of a precinct shows beyond its record: V29, V26 and V30, and what earlier versions had that the
    /// record has no longer.
    ///
    /// A revision that nobody explained stays one, whatever is sent after it: only an explained correction resolves it.
    ///
    /// What was set aside is no source beside the others and was revised by nobody; what was found in it is over.
    fn history(&self, history: &History, first: usize, found: &mut Vec<Discrepancy>) {
        let all: Vec<Told<'_>> = history
            .versions()
            .iter()
            .map(|version| (version, version.filing()))
            .collect();
        let stands = |told: &&Told<'_>| history.set_aside_by(told.0.entry).is_none();
        let told: Vec<Told<'_>> = all.iter().filter(stands).cloned().collect();
        let explained = told
            .iter()
            .rposition(|one| one.0.corrects && self.lacks(one).is_empty());
        let last = told.len().saturating_sub(1);
        found.extend(self.disagreements(&told, last));
        for (at, now) in told.iter().enumerate() {
            if let Some(before) = before(&told, at) {
                let resolved = explained.is_some_and(|explained| explained > at);
                found.extend(self.revision(before, now).into_iter().map(|mut revision| {
                    revision.life = if resolved { Life::Resolved } else { Life::Open };
                    revision
                }));
            }
        }
        for mut gone in self.past(&all, told.last().map(|(record, _)| record.entry)) {
            if found[first..].iter().all(|known| known.code != gone.code) {
                gone.life = Life::Resolved;
                found.push(gone);
            }
        }
    }

    /// What was found in every version but the record, and between sources that do not all stand any longer.
    fn past(&self, all: &[Told<'_>], record: Option<EntryIndex>) -> Vec<Discrepancy> {
        let mut past = Vec::new();
        for (at, now) in all.iter().enumerate() {
            past.extend(self.disagreements(all, at));
            if Some(now.0.entry) == record {
                continue;
            }
            let findings = self
                .findings(sheet(&now.1))
                .into_iter()
                .filter(|finding| self.lasts(finding));
            past.extend(findings.map(|finding| self.discrepancy(now.0, Cause::Finding(finding))));
        }
        past
    }

    /// Whether what was found in an earlier version can be judged today: the worth of a site's delegates moves with its
    /// pool, so a claim of the past is not held against today's pool.
    fn lasts(&self, finding: &Finding) -> bool {
        finding.code != Code::V22 || matches!(self.place, Place::Precinct { .. })
    }

    /// V30: what a revision lacks. Every revision is signed, so its author is always known. The document may come after
    /// it, as files that somebody adds to the precinct: nothing waits for a photo.
    fn lacks(&self, (version, filing): &Told<'_>) -> Vec<&'static str> {
        let Filing::Correction(correction) = filing else {
            return vec!["a kind", "a reason", "a source document"];
        };
        let added = self.state.desks().entry.files(self.precinct);
        let documented = !correction.evidence.is_empty()
            || !correction.report.files.is_empty()
            || added.iter().any(|added| added.entry > version.entry);
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
        let stale = check_revision(&self.contest.ruleset, self.place, sheet(&old.1), sheet(&new.1));
        let stale = stale.map(|finding| self.discrepancy(new.0, Cause::Finding(finding)));
        let missing = if new.1.report().sheet == *sheet(&old.1) && !new.0.corrects {
            Vec::new()
        } else {
            self.lacks(new)
        };
        let unexplained = (!missing.is_empty()).then(|| {
            let cause = Cause::Unexplained {
                replaces: old.0.entry,
                missing,
            };
            self.discrepancy(new.0, cause)
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
    if !devices.iter().any(|(_, version)| by_others(version)) {
        return false;
    }
    let filing = record.filing();
    devices
        .iter()
        .all(|(_, other)| other.entry == record.entry || differing(sheet(&filing), sheet(&other.filing())).is_empty())
}

/// What the version at `at` revises: the record before a correction, or the same device's report before.
fn before<'t, 'v>(told: &'t [Told<'v>], at: usize) -> Option<&'t Told<'v>> {
    let (now, earlier) = told.get(..=at)?.split_last()?;
    if now.0.corrects {
        return earlier.last();
    }
    earlier.iter().rev().find(|(old, _)| old.author == now.0.author)
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
