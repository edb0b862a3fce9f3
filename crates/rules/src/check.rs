//! The checks on one report, and on one report beside others.
//!
//! A check compares what the worksheet says with the roster, with itself and with the rules. It never repairs.

mod across;
mod awards;
mod paper;
mod people;

pub use across::{
    AcrossDetail, ENOUGH_ROOMS, Edited, Elsewhere, FiguresKey, beyond_a_hundredth, check_outliers, check_revision,
    check_sum, duplicate, figures_key, prominence,
};
pub use awards::{AwardDetail, Differing};
pub use paper::{Claim, PaperDetail, Pool, Site};
pub use people::PeopleDetail;

use crate::{
    Apportionment, Attendees, ByGroup, Delegates, Equivalents, Finding, Fraction, GroupId, Place, Ruleset, Sheet,
    electing, lawful::outcome, room, viability_threshold,
};

/// Everything that is wrong with one sheet, in the order of the codes.
///
/// It needs the sheet, the `ratio` of the place's county or site (`None` leaves V22 out) and what the roster says: the
/// `place`, and how many `groups` there are. `docs/RULES.md` says what each code means.
///
/// Nothing is computed twice and no wide integers are used, so a sheet takes about as long as reading it.
#[must_use]
pub fn check_sheet(rules: &Ruleset, place: Place, ratio: Option<Fraction>, groups: u16, sheet: &Sheet) -> Vec<Finding> {
    let reading = Reading::new(rules, place, sheet);
    let mut found = Vec::new();
    people::missing(&reading, &mut found);
    // Rule: without anybody there is no share and nothing else to say.
    if reading.room.0 > 0 {
        people::totals(&reading, &mut found);
        people::groups(&reading, &mut found);
        awards::check(&reading, &mut found);
        paper::check(&reading, ratio, groups, &mut found);
    }
    found.sort_by_key(|finding| finding.code);
    found
}

/// A sheet laid out for the checks, with what the rules say of it.
struct Reading<'a> {
    sheet: &'a Sheet,
    place: Place,
    room: Attendees,
    electing: Delegates,
    /// `None` where the room elects its delegate without groups.
    threshold: Option<Attendees>,
    /// Totals of the rounds; `None` for one that is absent or all zeros, as published data has it.
    first: Option<u64>,
    last: Option<u64>,
    awarded: Option<u64>,
    /// What the rules give; `None` without a final alignment.
    outcome: Option<Apportionment>,
    /// A row for every group from 1 to the last one that the sheet names: neighbours stand side by side.
    rows: Vec<Row>,
}

#[derive(Clone, Copy, Default)]
struct Row {
    first: Attendees,
    last: Attendees,
    award: Delegates,
    claimed: Equivalents,
}

impl<'a> Reading<'a> {
    fn new(rules: &Ruleset, place: Place, sheet: &'a Sheet) -> Self {
        let room = room(sheet);
        let electing = electing(rules, place, sheet);
        Self {
            sheet,
            place,
            room,
            electing,
            threshold: viability_threshold(rules, room, electing),
            first: total(sheet.first_alignment.as_ref()),
            last: total(sheet.final_alignment.as_ref()),
            awarded: total(sheet.awards.as_ref()),
            outcome: outcome(rules, place, sheet),
            rows: rows(sheet),
        }
    }

    /// Every group, with its row.
    fn groups(&self) -> impl Iterator<Item = (GroupId, &Row)> {
        let ids = (1..=u16::MAX).filter_map(|number| GroupId::new(number).ok());
        ids.zip(&self.rows)
    }

    fn nobody_is_viable(&self) -> bool {
        self.outcome == Some(Apportionment::NobodyViable)
    }

    /// How many groups are viable by the figures that `of` picks.
    fn viable(&self, threshold: Attendees, of: impl Fn(&Row) -> Attendees) -> usize {
        self.rows.iter().filter(|row| of(row) >= threshold).count()
    }

    /// Whether the rules let every viable group among `viable` have a delegate.
    fn has_enough_for(&self, viable: usize) -> bool {
        viable <= usize::from(self.electing.0)
    }
}

fn total<T: Copy + Into<u64>>(round: Option<&ByGroup<T>>) -> Option<u64> {
    round.map(ByGroup::total).filter(|total| *total > 0)
}

fn rows(sheet: &Sheet) -> Vec<Row> {
    let mut rows = Vec::new();
    lay_out(&mut rows, sheet.first_alignment.as_ref(), |row| &mut row.first);
    lay_out(&mut rows, sheet.final_alignment.as_ref(), |row| &mut row.last);
    lay_out(&mut rows, sheet.awards.as_ref(), |row| &mut row.award);
    lay_out(&mut rows, sheet.claimed.as_ref(), |row| &mut row.claimed);
    rows
}

fn lay_out<T: Copy>(rows: &mut Vec<Row>, round: Option<&ByGroup<T>>, column: impl Fn(&mut Row) -> &mut T) {
    let Some(round) = round else { return };
    let needed = round.last().map_or(0, |group| usize::from(group.number()));
    if rows.len() < needed {
        rows.resize(needed, Row::default());
    }
    for (group, figure) in round {
        *column(&mut rows[usize::from(group.number()) - 1]) = *figure;
    }
}
