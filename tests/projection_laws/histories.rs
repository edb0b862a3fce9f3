//! What the history of a precinct shows is what the rules say of it, written down here as they are said and without a
//! thought of how long it takes; and it is found by looking at each version once.

use proptest::prelude::*;
use tallylog_event::{
    CorrectionKind, EntryIndex, Envelope, Event, PrecinctId, Resolution, ResolutionOutcome, ReviewEvent, Role,
    SigningKey,
};
use tallylog_projection::{
    Accepted, AuthorId, Basis, Cause, Counted, Discrepancy, Filing, Fold, Life, Review, State, Version, differences,
};
use tallylog_rules::{Attendees, Code, Finding, Place, Sheet, check_revision, check_sheet};
use tallylog_simulate::{Night, Options, night};

use crate::support::{Pen, by_channel, corrected, correction, key, report, text, with_more_people};

/// The rules of a history, case by case.
struct Spec<'a> {
    state: &'a State,
    id: PrecinctId,
    place: Place,
    counted: Counted<'a>,
}

type Told<'a> = (&'a Version, Filing);

fn sheet<'t>(told: &'t Told<'_>) -> &'t Sheet {
    &told.1.report().sheet
}

impl<'a> Spec<'a> {
    fn of(state: &'a State, id: PrecinctId) -> Self {
        Self {
            state,
            id,
            place: state.place(id).unwrap(),
            counted: Counted::new(state, Basis::Recorded),
        }
    }

    fn found(&self, about: &Version, cause: Cause) -> Discrepancy {
        let code = match &cause {
            Cause::Finding(finding) => finding.code,
            Cause::SourcesDiffer { .. } => Code::V29,
            Cause::Unexplained { .. } => Code::V30,
            Cause::StaleClaim { .. } | Cause::SameFigures { .. } => unreachable!("no site, and no twin"),
        };
        Discrepancy {
            severity: if let Cause::Finding(finding) = &cause {
                finding.severity
            } else {
                code.severity()
            },
            code,
            county: self.id.county,
            precinct: Some(self.id),
            entry: Some(about.entry),
            life: Life::Open,
            decision: None,
            cause,
        }
    }

    fn findings(&self, sheet: &Sheet) -> Vec<Finding> {
        let contest = self.state.contest().unwrap();
        let groups = u16::try_from(contest.candidates.len()).unwrap();
        check_sheet(
            &contest.ruleset,
            self.place,
            self.counted.ratio_of(self.id, sheet),
            groups,
            sheet,
        )
    }

    /// A source disagrees with the latest of each other device since the latest correction.
    fn disagreements(&self, told: &[Told<'_>], at: usize) -> Vec<Discrepancy> {
        let (now, before) = (&told[at], &told[..at]);
        if now.0.corrects {
            return Vec::new();
        }
        let since = before.iter().rposition(|(old, _)| old.corrects).unwrap_or(0);
        let mut seen: Vec<AuthorId> = vec![now.0.author];
        let mut found = Vec::new();
        for other in before[since..].iter().rev() {
            if seen.contains(&other.0.author) {
                continue;
            }
            seen.push(other.0.author);
            let differing = differences(sheet(now), sheet(other));
            let mut fields: Vec<_> = differing.iter().map(|found| found.field.as_str()).collect();
            fields.dedup();
            if !fields.is_empty() {
                let other = other.0.entry;
                found.push(self.found(now.0, Cause::SourcesDiffer { other, fields }));
            }
        }
        found
    }

    fn lacks(&self, told: &Told<'_>) -> Vec<&'static str> {
        let Filing::Correction(correction) = &told.1 else {
            return vec!["a kind", "a reason", "a source document"];
        };
        let mut added = self.state.desks().entry.files(self.id).iter();
        let documented = !correction.evidence.is_empty()
            || !correction.report.files.is_empty()
            || added.any(|added| added.entry > told.0.entry);
        let lacks = [
            (correction.kind.is_none(), "a kind"),
            (correction.reason.is_blank(), "a reason"),
            (!documented, "a source document"),
        ];
        lacks
            .into_iter()
            .filter(|(lacks, _)| *lacks)
            .map(|(_, what)| what)
            .collect()
    }

    fn revision(&self, old: &Told<'_>, new: &Told<'_>) -> Vec<Discrepancy> {
        let ruleset = &self.state.contest().unwrap().ruleset;
        let stale = check_revision(ruleset, self.place, sheet(old), sheet(new));
        let mut found: Vec<_> = stale
            .map(|finding| self.found(new.0, Cause::Finding(finding)))
            .into_iter()
            .collect();
        let missing = self.lacks(new);
        if !missing.is_empty() && (sheet(old) != sheet(new) || new.0.corrects) {
            let replaces = old.0.entry;
            found.push(self.found(new.0, Cause::Unexplained { replaces, missing }));
        }
        found
    }

    fn all(&self) -> Vec<Discrepancy> {
        let versions = self.state.versions(self.id).iter();
        let all: Vec<Told<'_>> = versions.map(|version| (version, version.filing())).collect();
        let stands = |told: &&Told<'_>| self.state.set_aside_by(self.id, told.0.entry).is_none();
        let told: Vec<Told<'_>> = all.iter().filter(stands).cloned().collect();
        let Some(record) = told.last() else {
            return Vec::new();
        };
        let on = |told: &Told<'_>| -> Vec<Discrepancy> {
            let findings = self.findings(sheet(told)).into_iter();
            findings
                .map(|finding| self.found(told.0, Cause::Finding(finding)))
                .collect()
        };
        let mut found = on(record);
        if all.len() > 1 {
            found.extend(self.disagreements(&told, told.len() - 1));
            let explained = told
                .iter()
                .rposition(|one| one.0.corrects && self.lacks(one).is_empty());
            for (at, now) in told.iter().enumerate() {
                let same_device = |old: &&Told<'_>| now.0.corrects || old.0.author == now.0.author;
                let Some(before) = told[..at].iter().rev().find(same_device) else {
                    continue;
                };
                for mut revision in self.revision(before, now) {
                    if explained.is_some_and(|explained| explained > at) {
                        revision.life = Life::Resolved;
                    }
                    found.push(revision);
                }
            }
            for (at, now) in all.iter().enumerate() {
                let mut gone = self.disagreements(&all, at);
                if now.0.entry != record.0.entry {
                    gone.extend(on(now));
                }
                for gone in gone {
                    if found.iter().all(|known| known.code != gone.code) {
                        found.push(Discrepancy {
                            life: Life::Resolved,
                            ..gone
                        });
                    }
                }
            }
        }
        found.sort_by_key(|found| (found.life == Life::Resolved, found.code, found.entry));
        found
    }

    /// The latest of each device since the latest correction agree, and two persons are among them.
    fn confirmed(&self) -> bool {
        let standing: Vec<_> = self
            .state
            .versions(self.id)
            .iter()
            .filter(|version| self.state.set_aside_by(self.id, version.entry).is_none())
            .collect();
        let since = standing.iter().rposition(|version| version.corrects).unwrap_or(0);
        let mut devices: Vec<&Version> = Vec::new();
        for version in standing.get(since..).unwrap_or_default().iter().rev() {
            if devices.iter().all(|known| known.author != version.author) {
                devices.push(version);
            }
        }
        let Some(record) = devices.first() else {
            return false;
        };
        let hands = self.state.typists(record);
        let by_others = |version: &&Version| self.state.typists(version).iter().all(|hand| !hands.contains(hand));
        let agree = |version: &&Version| {
            let (one, other) = (record.filing(), version.filing());
            differences(&one.report().sheet, &other.report().sheet).is_empty()
        };
        devices.iter().any(by_others) && devices.iter().all(agree)
    }
}

/// A precinct in the making, by devices that may say anything.
struct Precinct {
    night: Night,
    pen: Pen,
    fold: Fold,
    id: PrecinctId,
    sheets: Vec<Sheet>,
    devices: Vec<SigningKey>,
}

/// What happens: a device or a reviewer, figures or entries, how.
type Step = (u8, u8, u8);

impl Precinct {
    fn new() -> Self {
        let night = night(&Options {
            errors: false,
            ..Options::small(11, 2, 12)
        });
        let (id, sheet) = night.sheets.first_key_value().unwrap();
        let (id, sheet) = (*id, sheet.clone());
        let chair = night.keys.chair(id).unwrap();
        let (first, person) = (chair.key.clone(), chair.person.clone());
        let mut without = sheet.clone();
        without.attendance = None;
        let mut threshold = sheet.clone();
        threshold.worksheet_threshold = Some(Attendees(99));
        let mut precinct = Self {
            pen: Pen::new(night.contest.id),
            fold: Fold::default(),
            id,
            sheets: vec![with_more_people(&sheet, 2), without, threshold, sheet],
            devices: vec![
                first,
                key(20),
                night.keys.operators[0].key.clone(),
                night.keys.operators[1].key.clone(),
            ],
            night,
        };
        for envelope in precinct.night.setup.clone() {
            precinct.apply(&envelope);
        }
        let role = Role::Chair(vec![id]);
        let second = precinct
            .pen
            .enrol(&precinct.night.keys.registrars[0].key, &key(20), person.as_str(), role);
        precinct.apply(&second);
        precinct
    }

    /// Applies without asking who may: this is about what is found, whatever was taken.
    fn apply(&mut self, envelope: &Envelope) {
        let body = envelope.decode().unwrap();
        let index = EntryIndex(self.fold.state().size());
        self.fold
            .apply(&Accepted::new(index, self.night.plan[0].at, envelope, &body));
    }

    fn step(&mut self, (who, what, how): Step) {
        let versions: Vec<_> = self
            .fold
            .state()
            .versions(self.id)
            .iter()
            .map(|version| version.entry)
            .collect();
        let device = self.devices[usize::from(who) % self.devices.len()].clone();
        let sheet = self.sheets[usize::from(what) % self.sheets.len()].clone();
        let named = |number: u8| versions.get(usize::from(number) % versions.len().max(1)).copied();
        let event = match (how % 8, versions.last()) {
            (0, Some(_)) => match (named(who), named(what)) {
                (Some(first), Some(second)) if first < second => {
                    Event::Review(ReviewEvent::Resolved(Box::new(Resolution {
                        precinct: self.id,
                        first,
                        second,
                        outcome: match how {
                            0..64 => ResolutionOutcome::KeepFirst,
                            64..128 => ResolutionOutcome::KeepSecond,
                            _ => ResolutionOutcome::DiscardBoth,
                        },
                        reason: text("the sheet says so"),
                    })))
                }
                _ => report(self.id, &sheet),
            },
            (1, Some(last)) => corrected(correction(last.0, self.id, &sheet)),
            (2, Some(last)) => {
                let mut unexplained = correction(last.0, self.id, &sheet);
                unexplained.kind = (how > 100).then_some(CorrectionKind::Transcription);
                unexplained.evidence.clear();
                corrected(unexplained)
            }
            _ => by_channel(self.id, &sheet, tallylog_event::Channel::Phone),
        };
        let envelope = self.pen.sign(&device, event);
        self.apply(&envelope);
    }

    fn check(&self) {
        let state = self.fold.state();
        let spec = Spec::of(state, self.id);
        let review = Review::of(state);
        let across = [Code::V21, Code::V31];
        let found: Vec<_> = review
            .of_precinct(self.id)
            .filter(|found| !across.contains(&found.code))
            .cloned()
            .collect();
        assert_eq!(found, spec.all());
        let position = state.roster().position(self.id).unwrap();
        assert_eq!(review.status(position).confirmed, spec.confirmed());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_a_history_shows_is_what_the_rules_say_of_it(steps in prop::collection::vec(any::<Step>(), 1..40)) {
        let mut precinct = Precinct::new();
        for (at, step) in steps.iter().enumerate() {
            precinct.step(*step);
            if at % 5 == 0 {
                precinct.check();
            }
        }
        precinct.check();
        let state = precinct.fold.state();
        for size in state.size().saturating_sub(10)..=state.size() {
            let then = state.at(size).unwrap();
            prop_assert_eq!(then.size(), size);
            let standing = then.versions(precinct.id).iter();
            let record = standing.rev().find(|version| then.set_aside_by(precinct.id, version.entry).is_none());
            let counted = then.counted(precinct.id, Basis::Recorded);
            prop_assert_eq!(counted.map(|version| version.entry), record.map(|version| version.entry));
        }
    }
}
