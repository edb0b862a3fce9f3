//! The days after: corrections of the three kinds of 2020, each in its days and with its authority.

use std::collections::BTreeMap;

use tallylog_event::{Channel, CorrectionKind, FileRef, PrecinctId, Report, SigningKey, Text, UnixMillis};
use tallylog_rules::Sheet;

use crate::Keys;
use crate::PlannedCase;
use crate::chance::Chance;
use crate::contest::GROUPS;
use crate::desk::Desk;
use crate::evening::worksheet;
use crate::filing::{after, working_day_ms};
use crate::injection::Spoilt;
use crate::plan::{Planned, PlannedCorrection, What};
use crate::slip::{Slip, scaled};
use crate::words::text;

/// Slips that nobody ever corrects: some are in the record of 2020 to this day.
const NEVER_CORRECTED_PERCENT: u32 = 8;
/// Precincts whose cards were counted again in 2020 and whose figures stood.
const RECOUNTED_UNCHANGED: usize = 4;
/// All groups but Uncommitted and Other.
const CANDIDATES: usize = GROUPS.len() - 2;

/// What the corrections of a night rest on.
pub(crate) struct Aftermath<'a> {
    /// The version of admission: before 2 there are no correction cases.
    pub(crate) version: u16,
    pub(crate) start: UnixMillis,
    pub(crate) sheets: &'a BTreeMap<PrecinctId, Sheet>,
    pub(crate) spoilt: &'a BTreeMap<PrecinctId, Spoilt>,
    pub(crate) keys: &'a Keys,
    pub(crate) chance: Chance,
}

impl Aftermath<'_> {
    /// The corrections, in roster order.
    pub(crate) fn corrections(mut self, desk: &mut Desk) -> Vec<Planned> {
        let mut planned = Vec::new();
        for (precinct, spoilt) in self.spoilt {
            if !self.chance.percent(NEVER_CORRECTED_PERCENT) {
                let case = remedy(spoilt.slip, &mut self.chance);
                planned.push(self.correction(*precinct, &case, desk));
            }
        }
        for precinct in self.recounted_unchanged() {
            planned.push(self.correction(precinct, &UNCHANGED, desk));
        }
        planned
    }

    /// Close rooms that were right all along.
    fn recounted_unchanged(&mut self) -> Vec<PrecinctId> {
        let right = self.sheets.keys().filter(|id| !self.spoilt.contains_key(id));
        let mut right: Vec<PrecinctId> = right.copied().collect();
        self.chance.shuffle(&mut right);
        right.truncate(scaled(RECOUNTED_UNCHANGED, self.sheets.len()));
        right
    }

    fn correction(&mut self, precinct: PrecinctId, case: &Case, desk: &mut Desk) -> Planned {
        let (first_day, last_day) = days(case.kind);
        let day = self.chance.between(first_day, last_day).into();
        let at = after(self.start, working_day_ms(day, &mut self.chance));
        let correction = PlannedCorrection {
            slot: desk.slot(at),
            key: self.officer(),
            report: Report {
                precinct,
                channel: Channel::Paper,
                sheet: self.sheets[&precinct].clone(),
                files: vec![desk.file(&worksheet(precinct))],
            },
            kind: case.kind,
            reason: text(case.reason),
            requested_by: self.requested_by(),
            authority: text(authority(case.kind)),
            evidence: evidence(precinct, case.kind, desk),
        };
        let what = if self.version < 2 {
            What::Correction(Box::new(correction))
        } else {
            What::Case(Box::new(self.case(correction, at, case.stands, desk)))
        };
        Planned { at, what }
    }

    /// The same as a case, which another officer than the first approves.
    fn case(&mut self, correction: PlannedCorrection, at: UnixMillis, stands: bool, desk: &mut Desk) -> PlannedCase {
        let others = self.keys.officers.iter().map(|officer| &officer.key);
        let others: Vec<&SigningKey> = others.filter(|key| **key != correction.key).collect();
        PlannedCase {
            approver: (*self.chance.pick(&others)).clone(),
            slots: std::array::from_fn(|_| desk.slot(at)),
            stands,
            correction,
        }
    }

    fn officer(&mut self) -> SigningKey {
        self.chance.pick(&self.keys.officers).key.clone()
    }

    /// The campaigns asked for most corrections of 2020.
    fn requested_by(&mut self) -> Text {
        let (candidate, _) = self.chance.pick(&GROUPS[..CANDIDATES]);
        text(format!("{candidate} campaign"))
    }
}

/// Why a correction is made, and by what right.
struct Case {
    kind: CorrectionKind,
    reason: &'static str,
    /// Whether the record turns out to be right.
    stands: bool,
}

const UNCHANGED: Case = Case {
    kind: CorrectionKind::HeadCount,
    reason: "The preference cards were counted again. The figures stand.",
    stands: true,
};

/// What mends a slip: what was misread is read again, arithmetic waits for the rules, and people for their cards.
fn remedy(slip: Slip, chance: &mut Chance) -> Case {
    let (kind, reason) = match slip {
        Slip::AnothersFigures => (
            CorrectionKind::Transcription,
            "The figures of another precinct were entered.",
        ),
        Slip::ColumnShifted => (
            CorrectionKind::Transcription,
            "A group's figures were entered one column beside it.",
        ),
        Slip::RoundMissing => (
            CorrectionKind::Transcription,
            "An alignment on the worksheet was not entered.",
        ),
        Slip::SourcesDiffer => (
            CorrectionKind::Transcription,
            "The second entry swapped two lines of the worksheet.",
        ),
        Slip::WrongDelegates | Slip::WrongThreshold | Slip::GameUnrecorded => (
            CorrectionKind::Transcription,
            "The chair's notes complete the worksheet.",
        ),
        Slip::AwardMoved => (
            CorrectionKind::Rule,
            "The worksheet awards a delegate to the wrong group.",
        ),
        Slip::SumMiscounted => (
            CorrectionKind::Rule,
            "The worksheet awards another number of delegates than the precinct elects.",
        ),
        Slip::LockInBroken => (
            CorrectionKind::HeadCount,
            "A viable group lost members at final alignment.",
        ),
        Slip::FirstUndercounted if chance.percent(50) => (
            CorrectionKind::Transcription,
            "The tally sheet has more people at first alignment than were entered.",
        ),
        Slip::FirstUndercounted => (
            CorrectionKind::HeadCount,
            "The worksheet has more people at final than at first alignment.",
        ),
    };
    Case {
        kind,
        reason,
        stands: false,
    }
}

/// Days after the night: 9, 16 to 18 and 25 to 27 February in 2020.
const fn days(kind: CorrectionKind) -> (u32, u32) {
    match kind {
        CorrectionKind::Transcription => (3, 6),
        CorrectionKind::Rule => (13, 15),
        CorrectionKind::HeadCount => (22, 24),
    }
}

const fn authority(kind: CorrectionKind) -> &'static str {
    match kind {
        CorrectionKind::Transcription => "",
        CorrectionKind::Rule => "Rehearsal: resolution of the state central committee on the recanvass",
        CorrectionKind::HeadCount => "Rehearsal: order of the recanvass and recount committee",
    }
}

/// The worksheet; for what the worksheet itself has wrong, also the document that lets somebody change it.
fn evidence(precinct: PrecinctId, kind: CorrectionKind, desk: &mut Desk) -> Vec<FileRef> {
    let mut evidence = vec![desk.file(&worksheet(precinct))];
    match kind {
        CorrectionKind::Transcription => {}
        CorrectionKind::Rule => evidence.push(desk.file(authority(kind))),
        CorrectionKind::HeadCount => {
            evidence.push(desk.file(authority(kind)));
            let cards = format!("Tally of the preference cards. {}", worksheet(precinct));
            evidence.push(desk.file(&cards));
        }
    }
    evidence
}
