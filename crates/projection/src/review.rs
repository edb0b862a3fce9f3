//! What the checks find in a state: every discrepancy, and where every precinct stands.
//!
//! Discrepancies are state, and a function of it: nothing is remembered that the log does not say.

pub(crate) mod across;
mod claim;
mod past;
pub(crate) mod record;
mod told;

use std::collections::BTreeSet;

use tallylog_event::{CountyId, EntryIndex, PrecinctId, Subject};
use tallylog_rules::{Code, Finding, GroupId, Severity};

pub use self::claim::PoolBefore;
use crate::embargo::rests_on_others;
use crate::{Basis, Counted, State};

/// One discrepancy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discrepancy {
    /// Its kind.
    pub code: Code,
    /// How much it weighs.
    pub severity: Severity,
    /// The county or pool.
    pub county: CountyId,
    /// The precinct; absent where it concerns the county or pool as a whole.
    pub precinct: Option<PrecinctId>,
    /// The version that it is about; absent where it concerns the county or pool as a whole.
    pub entry: Option<EntryIndex>,
    /// Whether it still stands.
    pub life: Life,
    /// The entry that accepted it or ruled on it, if that is in force.
    pub decision: Option<EntryIndex>,
    /// What was found.
    pub cause: Cause,
}

/// Whether a discrepancy still stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Life {
    /// It stands.
    Open,
    /// A reviewer accepted it, with a reason.
    Accepted,
    /// The committee ruled that it stands as it is.
    Ruled,
    /// A later entry took its cause away.
    Resolved,
}

impl Life {
    /// The word for it in interfaces.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Accepted => "accepted",
            Self::Ruled => "ruled",
            Self::Resolved => "resolved",
        }
    }
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The rules found it.
    Finding(Finding),
    /// The rules found it, and the claim held before another site of the pool was corrected.
    StaleClaim {
        /// What the rules found.
        finding: Finding,
        /// The pool at that time.
        before: PoolBefore,
    },
    /// The rules found the same figures in other precincts of the county.
    SameFigures {
        /// Those precincts.
        others: Vec<PrecinctId>,
        /// Who gave the figures first.
        given: Given,
    },
    /// Two sources differ, in these fields.
    SourcesDiffer {
        /// The other source's entry.
        other: EntryIndex,
        /// What differs.
        fields: Vec<&'static str>,
    },
    /// A record was changed, and this is missing.
    Unexplained {
        /// The entry that it replaces.
        replaces: EntryIndex,
        /// What nobody gave.
        missing: Vec<&'static str>,
    },
}

/// Which of the precincts that have the same figures gave them first, in whatever version. Whoever copies figures comes
/// later, and blocks nobody else by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// Nobody asks: the log is of a version before 3, where the figures block all of them.
    Unasked,
    /// This one did.
    First,
    /// Another one did.
    Later {
        /// Which.
        first: PrecinctId,
        /// In which entry.
        entry: EntryIndex,
    },
}

impl Cause {
    fn kind(&self) -> (Code, Severity) {
        let code = match self {
            Self::Finding(finding) | Self::StaleClaim { finding, .. } => return (finding.code, finding.severity),
            Self::SameFigures {
                given: Given::First, ..
            } => return (Code::V21, Severity::Warn),
            Self::SameFigures { .. } => Code::V21,
            Self::SourcesDiffer { .. } => Code::V29,
            Self::Unexplained { .. } => Code::V30,
        };
        (code, code.severity())
    }
}

impl Discrepancy {
    /// One sentence: what was found, with the figures.
    #[must_use]
    pub fn message(&self, state: &State) -> String {
        let name = |group: GroupId| state.group_name(group).to_owned();
        match &self.cause {
            Cause::Finding(finding) => finding.message(&name),
            Cause::StaleClaim { finding, before } => format!(
                "{}; the claim held with the pool's {} people before {} corrected another of its sites",
                finding.message(&name),
                before.attendance,
                before.until
            ),
            Cause::SameFigures { others, given } => {
                let precinct = |id: &PrecinctId| state.roster().precinct(*id).map_or("?", |(_, p)| p.name.as_str());
                let names: Vec<_> = others.iter().map(precinct).collect();
                let same = format!("the same figures in both alignments as {}", names.join(", "));
                match given {
                    Given::Unasked => same,
                    Given::First => format!("{same}; this precinct gave them first"),
                    Given::Later { first, entry } => format!("{same}; {} gave them first, in {entry}", precinct(first)),
                }
            }
            Cause::SourcesDiffer { other, fields } => {
                format!("this source and {other} differ in {}", fields.join(", "))
            }
            Cause::Unexplained { replaces, missing } => {
                format!("the record of {replaces} was changed without {}", missing.join(", "))
            }
        }
    }

    /// A discrepancy of a precinct that stands.
    fn open(precinct: PrecinctId, entry: Option<EntryIndex>, cause: Cause) -> Self {
        let (code, severity) = cause.kind();
        Self {
            code,
            severity,
            county: precinct.county,
            precinct: Some(precinct),
            entry,
            life: Life::Open,
            decision: None,
            cause,
        }
    }

    /// What a decision about it names: the version that it is about, or the county as a whole.
    #[must_use]
    pub fn subject(&self) -> Option<Subject> {
        match (self.precinct, self.entry) {
            (_, Some(entry)) => Some(Subject::Entry(entry)),
            (None, None) => Some(Subject::County(self.county)),
            (Some(_), None) => None,
        }
    }

    /// Whether the rules found it by what the roster says of delegates.
    fn rests_on_the_roster(&self) -> bool {
        match &self.cause {
            Cause::Finding(finding) | Cause::StaleClaim { finding, .. } => finding.code != Code::V31,
            Cause::SameFigures { .. } | Cause::SourcesDiffer { .. } | Cause::Unexplained { .. } => false,
        }
    }

    /// Whether it keeps the precinct from being verified.
    pub(crate) fn holds(&self) -> bool {
        self.life == Life::Open && self.severity >= Severity::Hold
    }
}

/// Where a precinct stands. The flags are independent of each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent flags, counted one by one")]
pub struct PrecinctStatus {
    /// The entry of its record.
    pub record: Option<EntryIndex>,
    /// Whether a blocking or an unreviewed holding discrepancy stands, or a person holds it.
    pub held: bool,
    /// Whether a person holds it.
    pub on_hold: bool,
    /// Whether two sources agree about the record.
    pub confirmed: bool,
    /// Whether the latest release lists it.
    pub released: bool,
    /// Whether the latest release lists its record, and not an older version.
    pub current: bool,
    /// Whether its record is a correction.
    pub corrected: bool,
}

/// Every discrepancy of a state, and where every precinct stands.
#[derive(Clone, Debug)]
pub struct Review {
    discrepancies: Vec<Discrepancy>,
    statuses: Vec<PrecinctStatus>,
}

/// How deep a review looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depth {
    /// At everything, also at what was found once and is over.
    Whole,
    /// At what is not over: nobody decides by the rest, and the log's writer waits for this.
    Standing,
}

impl Review {
    /// Checks every record of `state`.
    #[must_use]
    pub fn of(state: &State) -> Self {
        let all = (0..state.roster().precincts()).collect();
        Self::looking(state, &all, Depth::Whole)
    }

    /// The same without what is over.
    pub(crate) fn standing(state: &State) -> Self {
        let all = (0..state.roster().precincts()).collect();
        Self::looking(state, &all, Depth::Standing)
    }

    /// What is not over of the precincts at these positions in roster order, and what stands across precincts. Of others
    /// it says nothing.
    pub(crate) fn standing_of(state: &State, positions: &BTreeSet<usize>) -> Self {
        Self::looking(state, positions, Depth::Standing)
    }

    fn looking(state: &State, positions: &BTreeSet<usize>, depth: Depth) -> Self {
        let counted = Counted::new(state, Basis::Recorded);
        let mut found = across::of_counties(&counted);
        for position in positions {
            let id = state.roster().at_position(*position);
            if let Some((id, filing)) = id.and_then(|id| Some((id, counted.filing(id)?))) {
                let pool = counted.pool_attendance(id.county);
                record::check(state, id, filing, pool, depth, &mut found);
            }
        }
        found.extend(across::outliers(&counted));
        across::settle(&counted, &mut found);
        found.sort_by_key(|d| (d.county, d.precinct, d.life == Life::Resolved, d.code, d.entry));
        let statuses = statuses(state, positions, &found);
        Self {
            discrepancies: found,
            statuses,
        }
    }

    /// Every discrepancy: counties in roster order, what concerns a county as a whole first, then by precinct; those
    /// that stand before those that were resolved, by code.
    #[must_use]
    pub fn discrepancies(&self) -> &[Discrepancy] {
        &self.discrepancies
    }

    /// The discrepancies of a precinct.
    pub fn of_precinct(&self, precinct: PrecinctId) -> impl Iterator<Item = &Discrepancy> {
        let place = |found: &Discrepancy| (found.county, found.precinct);
        let (start, end) = (
            self.discrepancies
                .partition_point(|found| place(found) < (precinct.county, Some(precinct))),
            self.discrepancies
                .partition_point(|found| place(found) <= (precinct.county, Some(precinct))),
        );
        self.discrepancies.get(start..end).unwrap_or_default().iter()
    }

    /// Whether nothing keeps a precinct from being verified but checks that rest on other precincts too.
    pub(crate) fn is_held_by_others_alone(&self, precinct: PrecinctId) -> bool {
        let mut holding = self.of_precinct(precinct).filter(|found| found.holds());
        holding.all(|found| rests_on_others(found.code))
    }

    /// Where the precinct at `position` in roster order stands.
    #[must_use]
    pub fn status(&self, position: usize) -> PrecinctStatus {
        self.statuses.get(position).copied().unwrap_or_default()
    }
}

fn statuses(state: &State, positions: &BTreeSet<usize>, found: &[Discrepancy]) -> Vec<PrecinctStatus> {
    let mut statuses = vec![PrecinctStatus::default(); state.histories.len()];
    for position in positions {
        if let Some((place, status)) = statuses.get_mut(*position).zip(status(state, *position)) {
            *place = status;
        }
    }
    for precinct in found
        .iter()
        .filter(|found| found.holds())
        .filter_map(|found| found.precinct)
    {
        if let Some(status) = state.roster().position(precinct).and_then(|at| statuses.get_mut(at)) {
            status.held = true;
        }
    }
    statuses
}

/// Where a precinct stands, but for what the checks found.
fn status(state: &State, position: usize) -> Option<PrecinctStatus> {
    let history = state.histories.get(position)?;
    let listed = state.releases.last().and_then(|release| release.entry_of(position));
    let record = history.record();
    let id = state.roster().at_position(position);
    let on_hold = id.is_some_and(|id| state.desks().review.is_held(id));
    Some(PrecinctStatus {
        record: record.map(|version| version.entry),
        held: on_hold,
        on_hold,
        confirmed: record::is_confirmed(state, history),
        released: listed.is_some(),
        current: listed.is_some() && listed == record.map(|version| version.entry),
        corrected: record.is_some_and(|version| version.corrects),
    })
}
