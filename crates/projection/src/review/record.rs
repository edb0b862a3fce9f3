//! Checks on one precinct: its record, its sources and its revisions.

use tallylog_event::{Contest, PrecinctId, SiteKind};
use tallylog_rules::{ByGroup, Code, Finding, Place, Pool, Sheet, check_revision, check_sheet};

use super::claim::{PoolBefore, held_before};
use super::{Cause, Discrepancy, Life};
use crate::history::{History, sources};
use crate::state::sheet;
use crate::{Counted, Filing, State, Version};

/// What a precinct is checked against.
struct Desk<'a> {
    state: &'a State,
    contest: &'a Contest,
    counted: &'a Counted<'a>,
    precinct: PrecinctId,
    place: Place,
}

pub(super) fn check(
    state: &State,
    contest: &Contest,
    counted: &Counted<'_>,
    precinct: PrecinctId,
    position: usize,
    found: &mut Vec<Discrepancy>,
) {
    let (Some(history), Some(place)) = (state.histories.get(position), state.place(precinct)) else {
        return;
    };
    let (Some((record, earlier)), Some(filing)) = (history.versions().split_last(), counted.filing(precinct)) else {
        return;
    };
    let desk = Desk {
        state,
        contest,
        counted,
        precinct,
        place,
    };
    let first = found.len();
    desk.record(record, filing, found);
    found.extend(desk.disagreements(history.versions(), filing));
    desk.revisions(earlier, record, filing, first, found);
}

impl Desk<'_> {
    fn discrepancy(&self, version: &Version, cause: Cause) -> Discrepancy {
        Discrepancy::open(self.precinct, Some(version.entry), cause)
    }

    fn findings(&self, sheet: &Sheet) -> Vec<Finding> {
        let groups = u16::try_from(self.contest.candidates.len()).unwrap_or(u16::MAX);
        let ratio = self.counted.ratio_of(self.precinct, sheet);
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
            .then(|| held_before(self.counted, self.precinct, sheet(filing)))
            .flatten()
    }

    fn pool(&self) -> Option<Pool> {
        let county = self.state.roster().county(self.precinct.county)?;
        (county.kind == SiteKind::Satellites).then(|| Pool {
            equivalents: county.state_delegates,
            attendance: self.counted.pool_attendance(county.id),
        })
    }

    /// V29: the last of `versions`, which says `filing`, against the latest of every other device that stands beside it.
    /// Two devices of one person are two sources here, though they confirm nothing.
    fn disagreements(&self, versions: &[Version], filing: &Filing) -> Vec<Discrepancy> {
        let mut beside = sources(versions, |author| author).into_iter();
        let Some((_, last)) = beside.next() else {
            return Vec::new();
        };
        let disagreement = |(_, other): (_, &Version)| {
            let fields = differing(sheet(filing), sheet(&other.filing()));
            let other = other.entry;
            (!fields.is_empty()).then(|| self.discrepancy(last, Cause::SourcesDiffer { other, fields }))
        };
        beside.filter_map(disagreement).collect()
    }

    /// V26 and V30 on every revision, and what earlier versions had that the record has no longer: their own flaws, and
    /// the disagreements that a correction ended.
    fn revisions(
        &self,
        earlier: &[Version],
        record: &Version,
        filing: &Filing,
        first: usize,
        found: &mut Vec<Discrepancy>,
    ) {
        let mut before: Option<(&Version, Filing)> = None;
        let mut past = Vec::new();
        for (at, version) in earlier.iter().enumerate() {
            let now = version.filing();
            let findings = self.findings(sheet(&now)).into_iter();
            past.extend(
                findings
                    .filter(|finding| self.lasts(finding))
                    .map(|finding| self.discrepancy(version, Cause::Finding(finding))),
            );
            if let Some((old, old_filing)) = &before {
                past.extend(self.revision((old, old_filing), (version, &now)));
                if version.corrects {
                    past.extend(self.disagreements(&earlier[..at], old_filing));
                }
            }
            before = Some((version, now));
        }
        if let Some((old, old_filing)) = &before {
            found.extend(self.revision((old, old_filing), (record, filing)));
            if record.corrects {
                past.extend(self.disagreements(earlier, old_filing));
            }
        }
        for mut gone in past {
            if found[first..].iter().all(|known| known.code != gone.code) {
                gone.life = Life::Resolved;
                found.push(gone);
            }
        }
    }

    /// Whether what was found in an earlier version can be judged today: the worth of a site's delegates moves with its
    /// pool, so a claim of the past is not held against today's pool.
    fn lasts(&self, finding: &Finding) -> bool {
        finding.code != Code::V22 || matches!(self.place, Place::Precinct { .. })
    }

    fn revision(&self, old: (&Version, &Filing), new: (&Version, &Filing)) -> Vec<Discrepancy> {
        let one_source = new.0.corrects || old.0.author == new.0.author;
        if !one_source {
            return Vec::new();
        }
        let stale = check_revision(&self.contest.ruleset, self.place, sheet(old.1), sheet(new.1));
        let stale = stale.map(|finding| self.discrepancy(new.0, Cause::Finding(finding)));
        let missing = unexplained(old.1, new.1);
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

/// Whether two persons gave the figures of the record.
pub(super) fn is_confirmed(state: &State, history: &History) -> bool {
    let Some(record) = history.record() else {
        return false;
    };
    let sources = sources(history.versions(), |author| &state.author(author).person);
    if sources.len() < 2 {
        return false;
    }
    let filing = record.filing();
    sources
        .iter()
        .all(|(_, other)| other.entry == record.entry || differing(sheet(&filing), sheet(&other.filing())).is_empty())
}

/// V30: what a changed record lacks. Every revision is signed, so its author is always known.
fn unexplained(old: &Filing, new: &Filing) -> Vec<&'static str> {
    match new {
        Filing::Report(report) if report.sheet == *sheet(old) => Vec::new(),
        Filing::Report(_) => vec!["a kind", "a reason", "a source document"],
        Filing::Correction(correction) => {
            let documents = correction.evidence.len() + correction.report.files.len();
            [
                (correction.kind.is_none(), "a kind"),
                (correction.reason.is_blank(), "a reason"),
                (documents == 0, "a source document"),
            ]
            .into_iter()
            .filter_map(|(missing, what)| missing.then_some(what))
            .collect()
        }
    }
}

/// The fields in which two sources differ. Whether a zero was written down or left out makes no difference; a figure of
/// the worksheet that one source does not give is not held against the other.
fn differing(one: &Sheet, other: &Sheet) -> Vec<&'static str> {
    fn apart<T: Copy + Default + PartialEq>(one: Option<&ByGroup<T>>, other: Option<&ByGroup<T>>) -> bool {
        let plain = |figures: Option<&ByGroup<T>>| figures.map(ByGroup::without_zeros);
        plain(one).unwrap_or_default() != plain(other).unwrap_or_default()
    }
    fn contradict<T: PartialEq>(one: Option<T>, other: Option<T>) -> bool {
        one.zip(other).is_some_and(|(one, other)| one != other)
    }
    let people = |sheet: &Sheet| sheet.attendance.map(|attendance| attendance.people);
    [
        (contradict(people(one), people(other)), "attendance"),
        (
            apart(one.first_alignment.as_ref(), other.first_alignment.as_ref()),
            "first alignment",
        ),
        (
            apart(one.final_alignment.as_ref(), other.final_alignment.as_ref()),
            "final alignment",
        ),
        (apart(one.awards.as_ref(), other.awards.as_ref()), "delegates"),
        (
            contradict(one.worksheet_delegates, other.worksheet_delegates),
            "delegates to elect",
        ),
        (
            contradict(one.worksheet_threshold, other.worksheet_threshold),
            "viability number",
        ),
    ]
    .into_iter()
    .filter_map(|(differs, what)| differs.then_some(what))
    .collect()
}
