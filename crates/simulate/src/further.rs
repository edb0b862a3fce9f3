//! More than a night has, for measurements.

use std::collections::BTreeMap;

use tallylog_event::{
    CallerCheck, Channel, CorrectionKind, Envelope, Event, ManualEntry, PrecinctId, Report, SigningKey, UnixMillis,
};
use tallylog_rules::Sheet;

use crate::chance::{Chance, Stream};
use crate::contest::GROUPS;
use crate::desk::Desk;
use crate::evening::worksheet;
use crate::plan::{Arrival, Milestone, Planned, PlannedCorrection, What};
use crate::room::Room;
use crate::words::text;
use crate::{Night, PlannedCase};

/// Corrections among a hundred of what comes; each is a case of four entries.
const CORRECTION_PERCENT: u32 = 2;
/// Reports that an operator enters, and those that say something else than the room.
const ENTERED_PERCENT: u32 = 40;
const SLIP_PERCENT: u32 = 1;
/// How often operators may enter a precinct, from one correction to the next.
const ENTRIES: usize = 2;
/// How much comes from one release to the next.
const FROM_RELEASE_TO_RELEASE: u64 = 10_000;
/// Milliseconds from one to the next.
const APART: (u64, u64) = (20, 400);

/// `count` more reports of `night`: random precincts, as their rooms were, each signed anew by the chair's own key.
///
/// The same `seed` gives the same reports. No submission id comes twice, and none is one of the night's. One costs
/// little more than its signature.
pub fn reports(seed: u64, night: &Night, count: usize) -> impl Iterator<Item = Envelope> {
    let precincts: Vec<PrecinctId> = night.sheets.keys().copied().collect();
    let mut chance = Chance::of(seed, Stream::Further, 1);
    let mut desk = Desk::further(night.contest.id, seed);
    let first = end(night).0;
    (first..).take(count).filter_map(move |at| {
        let precinct = *chance.pick(&precincts);
        let chair = night.keys.chair(precinct)?;
        let report = Report {
            precinct,
            channel: Channel::App,
            sheet: night.sheets[&precinct].clone(),
            files: Vec::new(),
        };
        Some(desk.seal(&chair.key, UnixMillis(at), Event::Reported(Box::new(report))))
    })
}

/// What a log goes on with after `night`, without end: reports, second entries, slips, corrections that change a
/// precinct's figures, releases. The same `seed` gives the same bytes.
#[must_use]
pub fn further(seed: u64, night: &Night) -> Further<'_> {
    Further {
        night,
        precincts: night.sheets.keys().copied().collect(),
        sheets: night.sheets.clone(),
        entered: BTreeMap::new(),
        desk: Desk::further(night.contest.id, seed),
        chance: Chance::of(seed, Stream::Further, 2),
        now: end(night),
        came: 0,
    }
}

/// See [`further`].
pub struct Further<'a> {
    night: &'a Night,
    precincts: Vec<PrecinctId>,
    /// What each room would say by now.
    sheets: BTreeMap<PrecinctId, Sheet>,
    /// How often operators entered a precinct since its correction. Before that, some did during the night.
    entered: BTreeMap<PrecinctId, usize>,
    desk: Desk,
    chance: Chance,
    now: UnixMillis,
    came: u64,
}

impl Iterator for Further<'_> {
    type Item = Planned;

    fn next(&mut self) -> Option<Planned> {
        self.now.0 += self.chance.millis(APART.0, APART.1);
        self.came += 1;
        let precinct = *self.chance.pick(&self.precincts);
        let what = if self.came.is_multiple_of(FROM_RELEASE_TO_RELEASE) {
            self.release()
        } else if self.chance.percent(CORRECTION_PERCENT) {
            self.correction(precinct)?
        } else {
            self.report(precinct)?
        };
        Some(Planned { at: self.now, what })
    }
}

impl Further<'_> {
    fn report(&mut self, precinct: PrecinctId) -> Option<What> {
        let sheet = if self.chance.percent(SLIP_PERCENT) {
            self.another(precinct)?
        } else {
            self.sheets.get(&precinct)?.clone()
        };
        let report = |channel| Report {
            precinct,
            channel,
            sheet,
            files: Vec::new(),
        };
        let before = self.entered.get(&precinct).copied().unwrap_or(ENTRIES);
        let envelope = if before < ENTRIES && self.chance.percent(ENTERED_PERCENT) {
            self.entered.insert(precinct, before + 1);
            // Never both entries of a precinct by one person.
            let key = one_of(&self.night.keys.operators, before + usize::from(precinct.number))?;
            let entry = Box::new(called_in(report(Channel::Phone)));
            self.desk.seal(key, self.now, Event::Entered(entry))
        } else {
            let key = &self.night.keys.chair(precinct)?.key;
            let report = Box::new(report(Channel::App));
            self.desk.seal(key, self.now, Event::Reported(report))
        };
        Some(What::Arrival(Arrival {
            precinct,
            envelope,
            retry: false,
        }))
    }

    /// A case by which a precinct gets other figures.
    fn correction(&mut self, precinct: PrecinctId) -> Option<What> {
        let sheet = self.another(precinct)?;
        self.sheets.insert(precinct, sheet.clone());
        self.entered.insert(precinct, 0);
        let officer = self.chance.place(self.night.keys.officers.len());
        let correction = PlannedCorrection {
            slot: self.desk.slot(self.now),
            key: one_of(&self.night.keys.officers, officer)?.clone(),
            report: Report {
                precinct,
                channel: Channel::Paper,
                sheet,
                files: Vec::new(),
            },
            kind: CorrectionKind::Transcription,
            reason: text("The worksheet was read again."),
            requested_by: text(GROUPS[officer % GROUPS.len()].0),
            authority: text(""),
            evidence: vec![self.desk.file(&worksheet(precinct))],
        };
        Some(What::Case(Box::new(PlannedCase {
            approver: one_of(&self.night.keys.officers, officer + 1)?.clone(),
            slots: std::array::from_fn(|_| self.desk.slot(self.now)),
            stands: false,
            correction,
        })))
    }

    fn release(&mut self) -> What {
        let reviewer = self.chance.pick(&self.night.keys.reviewers);
        What::Release(Milestone {
            slot: self.desk.slot(self.now),
            key: reviewer.key.clone(),
            name: text(format!("after {} more", self.came)),
        })
    }

    /// The precinct's people in a caucus that went otherwise.
    fn another(&mut self, precinct: PrecinctId) -> Option<Sheet> {
        let people = self.night.sheets.get(&precinct)?.attendance?.people;
        let room = Room::new(&self.night.contest.ruleset, self.night.place(precinct)?, people.0);
        let tilt = GROUPS.map(|(_, weight)| weight * self.chance.between(60, 140));
        Some(room.caucus(&tilt, &mut self.chance))
    }
}

/// One of `people`, who are counted round and round.
fn one_of(people: &[crate::Participant], number: usize) -> Option<&SigningKey> {
    let person = people.get(number.checked_rem(people.len())?)?;
    Some(&person.key)
}

fn called_in(report: Report) -> ManualEntry {
    ManualEntry {
        report,
        caller: CallerCheck::CalledBack,
        read_back: true,
        typed_by: Vec::new(),
    }
}

/// The last moment of the night, and of its days after.
fn end(night: &Night) -> UnixMillis {
    night.plan.last().map(|planned| planned.at).unwrap_or_default()
}
