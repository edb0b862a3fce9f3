//! Figures in short, and what changes from one sheet to the next.

use tallylog_event::Correction;
use tallylog_rules::{ByGroup, GroupId, Sheet};

use super::words::{after, files, join, kind};
use super::{ChangedFigure, Words};

/// How many changes a line names.
const NAMED: usize = 6;

impl Words<'_> {
    /// Attendance, both alignments, and who has delegates.
    pub(super) fn sheet(&self, sheet: &Sheet) -> String {
        let room = match sheet.attendance {
            Some(attendance) if attendance.counted => format!("{} in the room, ", attendance.people),
            Some(_) | None => String::new(),
        };
        let round = |what: &str, figures: Option<u64>| {
            figures.map_or_else(|| format!("no {what}"), |sum| format!("{what} {sum}"))
        };
        let first = round("first", sheet.first_alignment.as_ref().map(ByGroup::total));
        let last = round("final", sheet.final_alignment.as_ref().map(ByGroup::total));
        let awards = sheet.awards.as_ref().map_or_else(
            || "no delegates".to_owned(),
            |awards| {
                let named: Vec<String> = awards
                    .without_zeros()
                    .iter()
                    .map(|(group, delegates)| format!("{} {delegates}", self.state.group_name(*group)))
                    .collect();
                match named.as_slice() {
                    [] => "no delegates".to_owned(),
                    named => format!("delegates {}", named.join(", ")),
                }
            },
        );
        format!("{room}{first}, {last}, {awards}")
    }

    /// Old and new, why, on whose behalf and by what authority.
    pub(super) fn correction(&self, correction: &Correction) -> String {
        let why = after("", &correction.reason);
        let who = after("asked for by ", &correction.requested_by);
        let authority = after("authority: ", &correction.authority);
        let changes = self.changes(correction);
        let kind = correction
            .kind
            .map_or_else(|| "no kind given".to_owned(), |given| kind(given).to_owned());
        join([
            format!(
                "{kind}, replaces {}: {}",
                correction.replaces,
                self.change_words(&changes)
            ),
            why,
            who,
            authority,
            files(&correction.evidence),
        ])
    }

    /// What a correction changes in the record that it replaces.
    pub(super) fn changes(&self, correction: &Correction) -> Vec<ChangedFigure> {
        let old = self.state.versions(correction.report.precinct);
        let old = old.iter().find(|version| version.entry == correction.replaces);
        let old = old
            .map(|version| version.filing().report().sheet.clone())
            .unwrap_or_default();
        changes(&old, &correction.report.sheet)
    }

    fn change_words(&self, changes: &[ChangedFigure]) -> String {
        if changes.is_empty() {
            return "no figure changes".to_owned();
        }
        let show = |figure: Option<u64>| figure.map_or_else(|| "none".to_owned(), |figure| figure.to_string());
        let words = changes.iter().take(NAMED).map(|change| {
            let group = change
                .group
                .map_or_else(String::new, |group| format!("{} ", self.state.group_name(group)));
            format!("{group}{} {} -> {}", change.what, show(change.old), show(change.new))
        });
        let words: Vec<String> = words.collect();
        match changes.len().saturating_sub(NAMED) {
            0 => words.join(", "),
            more => format!("{} and {more} more", words.join(", ")),
        }
    }
}

fn changes(old: &Sheet, new: &Sheet) -> Vec<ChangedFigure> {
    let room = |sheet: &Sheet| sheet.attendance.map(|attendance| u64::from(attendance.people.0));
    let mut changes = Vec::new();
    note(&mut changes, "attendance", None, room(old), room(new));
    column(
        &mut changes,
        "first",
        old.first_alignment.as_ref(),
        new.first_alignment.as_ref(),
    );
    column(
        &mut changes,
        "final",
        old.final_alignment.as_ref(),
        new.final_alignment.as_ref(),
    );
    column(&mut changes, "delegates", old.awards.as_ref(), new.awards.as_ref());
    let number = |figure: Option<tallylog_rules::Delegates>| figure.map(u64::from);
    note(
        &mut changes,
        "delegates on the worksheet",
        None,
        number(old.worksheet_delegates),
        number(new.worksheet_delegates),
    );
    let people = |figure: Option<tallylog_rules::Attendees>| figure.map(u64::from);
    note(
        &mut changes,
        "threshold on the worksheet",
        None,
        people(old.worksheet_threshold),
        people(new.worksheet_threshold),
    );
    changes
}

/// The figures of every group that either names. A group that one does not name has 0 there, if it names any.
fn column<T: Copy + Default + Into<u64>>(
    changes: &mut Vec<ChangedFigure>,
    what: &'static str,
    old: Option<&ByGroup<T>>,
    new: Option<&ByGroup<T>>,
) {
    let mut groups: Vec<GroupId> = old.into_iter().chain(new).flatten().map(|(group, _)| *group).collect();
    groups.sort_unstable();
    groups.dedup();
    for group in groups {
        let figure = |figures: Option<&ByGroup<T>>| figures.map(|figures| figures.of(group).into());
        note(changes, what, Some(group), figure(old), figure(new));
    }
}

fn note(
    changes: &mut Vec<ChangedFigure>,
    what: &'static str,
    group: Option<GroupId>,
    old: Option<u64>,
    new: Option<u64>,
) {
    if old != new {
        changes.push(ChangedFigure { what, group, old, new });
    }
}
