//! What the checks find, written down once more and as plainly as possible. The rules of one sheet are the rules'.

use std::collections::BTreeMap;

use tallylog_event::{CountyId, EntryIndex, Subject};
use tallylog_rules::{
    ByGroup, Code, Delegates, Place, Ruleset, Severity, Sheet, check_revision, check_sheet, check_sum, figures_key,
};

use super::book::{Book, Filed, Ruled};

/// Something that was found and is not over.
#[derive(Clone, Debug)]
pub(super) struct Doubt {
    pub(super) subject: Subject,
    pub(super) code: Code,
    pub(super) severity: Severity,
    /// The place that it keeps back.
    pub(super) at: Option<usize>,
    /// The other source, where two differ.
    pub(super) other: Option<EntryIndex>,
    pub(super) life: Option<Ruled>,
}

/// A group's figures in every column, with zero for none.
type Columns = BTreeMap<(u8, u16), u64>;

fn columns(sheet: &Sheet) -> Columns {
    fn put<T: Copy + Into<u64>>(into: &mut Columns, column: u8, figures: Option<&ByGroup<T>>) {
        for (group, figure) in figures.into_iter().flatten() {
            if (*figure).into() > 0 {
                into.insert((column, group.number()), (*figure).into());
            }
        }
    }
    let mut all = Columns::new();
    put(&mut all, 0, sheet.first_alignment.as_ref());
    put(&mut all, 1, sheet.final_alignment.as_ref());
    put(&mut all, 2, sheet.awards.as_ref());
    all
}

/// Whether two sheets contradict each other.
pub(super) fn differ(one: &Sheet, other: &Sheet) -> bool {
    fn clash<T: PartialEq>(one: Option<T>, other: Option<T>) -> bool {
        one.zip(other).is_some_and(|(one, other)| one != other)
    }
    columns(one) != columns(other)
        || clash(
            one.attendance.map(|room| room.people),
            other.attendance.map(|room| room.people),
        )
        || clash(one.worksheet_delegates, other.worksheet_delegates)
        || clash(one.worksheet_threshold, other.worksheet_threshold)
}

impl Book {
    fn rules(&self, at: usize) -> (Ruleset, Place) {
        let delegates = Delegates(self.delegates[at]);
        (Ruleset::iowa_2020(), Place::Precinct { delegates })
    }

    /// Everything that was found and is not over, decided about or not.
    pub(super) fn doubts(&self) -> Vec<Doubt> {
        let mut all: Vec<Doubt> = (0..4).flat_map(|at| self.of_place(at)).collect();
        all.extend(self.twins());
        all.extend(self.sum_of_benton());
        all
    }

    fn doubt(&self, at: usize, entry: EntryIndex, code: Code, severity: Severity) -> Doubt {
        Doubt {
            subject: Subject::Entry(entry),
            code,
            severity,
            at: Some(at),
            other: None,
            life: self.in_force(Subject::Entry(entry), code).map(|(_, ruled)| ruled),
        }
    }

    /// The same, of what depends on how many delegates a county's precincts elect.
    fn by_roster(&self, at: usize, entry: EntryIndex, code: Code, severity: Severity) -> Doubt {
        let mut doubt = self.doubt(at, entry, code, severity);
        let since = self.in_force(doubt.subject, code).map(|(by, _)| by);
        if self.amended[at / 2] > since {
            doubt.life = None;
        }
        doubt
    }

    fn in_force(&self, subject: Subject, code: Code) -> Option<(EntryIndex, Ruled)> {
        let last = self.decisions.get(&(subject, code.number())).copied();
        last.filter(|(_, ruled)| *ruled != Ruled::Reopened)
    }

    fn of_place(&self, at: usize) -> Vec<Doubt> {
        let standing: Vec<&Filed> = self.filed[at].iter().filter(|filed| filed.aside.is_none()).collect();
        let Some((record, earlier)) = standing.split_last() else {
            return Vec::new();
        };
        let (rules, place) = self.rules(at);
        let mut found: Vec<Doubt> = check_sheet(&rules, place, None, 4, &record.sheet)
            .into_iter()
            .map(|finding| self.by_roster(at, record.entry, finding.code, finding.severity))
            .collect();
        found.extend(self.sources(at, record, earlier));
        found.extend(self.revisions(at, &standing));
        found
    }

    /// Every other device that spoke since the last correction, and said something else.
    fn sources(&self, at: usize, record: &Filed, earlier: &[&Filed]) -> Vec<Doubt> {
        let mut found = Vec::new();
        let mut heard = vec![record.hand];
        if record.corrects {
            return found;
        }
        for other in earlier.iter().rev() {
            if !heard.contains(&other.hand) {
                heard.push(other.hand);
                if differ(&record.sheet, &other.sheet) {
                    found.push(Doubt {
                        other: Some(other.entry),
                        ..self.doubt(at, record.entry, Code::V29, Severity::Block)
                    });
                }
            }
            if other.corrects {
                break;
            }
        }
        found
    }

    /// What was changed without a word, until a correction that explains itself.
    fn revisions(&self, at: usize, standing: &[&Filed]) -> Vec<Doubt> {
        let (rules, place) = self.rules(at);
        let documented = |filed: &Filed| filed.explained || self.files[at] > Some(filed.entry);
        let explained = standing.iter().rposition(|filed| filed.corrects && documented(filed));
        let mut found = Vec::new();
        for (number, new) in standing.iter().enumerate() {
            let before = &standing[..number];
            let old = if new.corrects {
                before.last()
            } else {
                before.iter().rfind(|old| old.hand == new.hand)
            };
            let (Some(old), false) = (old, explained.is_some_and(|explained| explained > number)) else {
                continue;
            };
            if let Some(stale) = check_revision(&rules, place, &old.sheet, &new.sheet) {
                found.push(self.by_roster(at, new.entry, stale.code, stale.severity));
            }
            let says_why = if new.corrects {
                documented(new)
            } else {
                new.sheet == old.sheet
            };
            if !says_why {
                found.push(self.doubt(at, new.entry, Code::V30, Severity::Block));
            }
        }
        found
    }

    fn twins(&self) -> Vec<Doubt> {
        let mut found = Vec::new();
        for (one, other) in [(0, 1), (1, 0), (2, 3), (3, 2)] {
            let (Some(record), Some(twin)) = (self.record(one), self.record(other)) else {
                continue;
            };
            let key = figures_key(&record.sheet);
            if key.is_some() && key == figures_key(&twin.sheet) {
                let mut doubt = self.doubt(one, record.entry, Code::V21, Severity::Block);
                if self.fold > 2 {
                    if self.gave(one, record) < self.gave(other, record) {
                        doubt.severity = Severity::Warn;
                    } else {
                        doubt.life = doubt.life.filter(|ruled| *ruled == Ruled::Settled);
                    }
                    found.push(doubt);
                    continue;
                }
                let by = self.in_force(doubt.subject, Code::V21).map(|(by, _)| by);
                if by.is_some_and(|by| self.since(other, twin) > by) {
                    doubt.life = None;
                }
                found.push(doubt);
            }
        }
        found
    }

    /// When a place first gave the figures of a record, be it in a version that counts no longer.
    fn gave(&self, at: usize, record: &Filed) -> Option<EntryIndex> {
        let key = figures_key(&record.sheet);
        let mut all = self.filed[at].iter();
        all.find(|filed| figures_key(&filed.sheet) == key)
            .map(|filed| filed.entry)
    }

    /// When a place came to count the version that it counts.
    fn since(&self, at: usize, record: &Filed) -> EntryIndex {
        let later = self.filed[at].iter().filter(|filed| filed.entry > record.entry);
        later.filter_map(|filed| filed.aside).max().unwrap_or(record.entry)
    }

    /// Only Benton ever has reports of all its precincts.
    fn sum_of_benton(&self) -> Option<Doubt> {
        let records = self.record(2).zip(self.record(3))?;
        let awarded = |filed: &Filed| filed.sheet.awards.as_ref().map_or(0, ByGroup::total);
        let expected = u64::from(self.county_delegates(1));
        let finding = check_sum(awarded(records.0) + awarded(records.1), expected)?;
        let subject = Subject::County(CountyId(1));
        let decided = self.in_force(subject, Code::V28);
        let since = decided.map(|(by, _)| by);
        let over = self.amended[1] > since
            || [(2, records.0), (3, records.1)]
                .iter()
                .any(|(at, filed)| Some(self.since(*at, filed)) > since);
        Some(Doubt {
            subject,
            code: finding.code,
            severity: finding.severity,
            at: None,
            other: None,
            life: decided.map(|(_, ruled)| ruled).filter(|_| !over),
        })
    }

    pub(super) fn on_hold(&self, at: usize) -> bool {
        self.holds.iter().any(|(_, place, stands)| *place == at && *stands)
    }

    pub(super) fn kept_back(&self, at: usize) -> bool {
        let keeps = |doubt: &Doubt| doubt.at == Some(at) && doubt.life.is_none() && doubt.severity >= Severity::Hold;
        self.on_hold(at) || self.doubts().iter().any(keeps)
    }

    /// Whether two persons gave the record's figures, and no device says otherwise.
    pub(super) fn confirmed(&self, at: usize) -> bool {
        let Some(record) = self.record(at) else {
            return false;
        };
        let mut heard: Vec<&Filed> = Vec::new();
        for filed in self.filed[at].iter().rev().filter(|filed| filed.aside.is_none()) {
            if heard.iter().all(|known| known.hand != filed.hand) {
                heard.push(filed);
            }
            if filed.corrects {
                break;
            }
        }
        if record.by_case && heard.len() == 1 {
            return true;
        }
        let apart = |other: &&Filed| other.hands.iter().all(|hand| !record.hands.contains(hand));
        heard.iter().any(apart)
            && heard
                .iter()
                .all(|other| other.entry == record.entry || !differ(&record.sheet, &other.sheet))
    }

    /// Whether the policy lets a place's record out.
    pub(super) fn may_go_out(&self, at: usize) -> bool {
        self.record(at).is_some() && !self.kept_back(at) && (!self.confirmed_only || self.confirmed(at))
    }
}
