//! What the rules say while somebody types. It is said, and changes nothing.

use tallylog_rules::{Attendees, ByGroup, GroupId, Place, Sheet, lawful, room, viability_threshold};

use super::question::Question;
use crate::worksheet::{Caucus, wrap};

/// What there is to say after an answer.
pub(super) fn after(question: Question, caucus: &Caucus, sheet: &Sheet) -> Vec<String> {
    let last = caucus.groups().last().map(|(group, _)| group);
    let said = match question {
        Question::Delegates => roster(caucus, sheet),
        Question::Attendance => needed(caucus, sheet),
        Question::Threshold => other_threshold(caucus, sheet),
        Question::First(group) if Some(group) == last => first(caucus, sheet),
        Question::Final(group) if Some(group) == last => last_alignment(caucus, sheet),
        Question::Chance => given(caucus, sheet),
        Question::Award(group) if Some(group) == last => awarded(caucus, sheet),
        Question::Counted | Question::First(_) | Question::Final(_) | Question::Award(_) | Question::Winner => {
            Vec::new()
        }
    };
    said.iter()
        .flat_map(|sentence| wrap(&format!("> {sentence}"), 2))
        .collect()
}

fn roster(caucus: &Caucus, sheet: &Sheet) -> Vec<String> {
    match (caucus.place, sheet.worksheet_delegates) {
        (Place::Precinct { delegates }, Some(written)) if delegates != written => vec![format!(
            "The party gave this precinct {delegates}. Keep {written} only if the worksheet says so."
        )],
        (Place::Precinct { .. } | Place::Satellite, _) => Vec::new(),
    }
}

fn needed(caucus: &Caucus, sheet: &Sheet) -> Vec<String> {
    if caucus.elects_one() {
        return vec!["The room elects one delegate, and nobody needs to be viable.".to_owned()];
    }
    let electing = caucus.electing(sheet);
    let threshold = threshold(caucus, sheet);
    let said = threshold.map(|needed| {
        format!(
            "{electing} delegates, {} people: a group needs {needed} to be viable.",
            room(sheet)
        )
    });
    said.into_iter().collect()
}

/// The rules' number, where the room has one.
fn threshold(caucus: &Caucus, sheet: &Sheet) -> Option<Attendees> {
    viability_threshold(caucus.rules(), room(sheet), caucus.electing(sheet))
}

fn other_threshold(caucus: &Caucus, sheet: &Sheet) -> Vec<String> {
    match (threshold(caucus, sheet), sheet.worksheet_threshold) {
        (Some(needed), Some(written)) if needed != written => vec![format!(
            "The rules ask {needed}. Keep {written} only if the worksheet says so."
        )],
        (_, _) => Vec::new(),
    }
}

fn first(caucus: &Caucus, sheet: &Sheet) -> Vec<String> {
    let Some(figures) = &sheet.first_alignment else {
        return vec!["Nothing is written for first alignment.".to_owned()];
    };
    let mut said = vec![together(figures, sheet)];
    said.extend(viable(caucus, sheet, figures));
    said
}

fn last_alignment(caucus: &Caucus, sheet: &Sheet) -> Vec<String> {
    let Some(figures) = &sheet.final_alignment else {
        return vec!["Nothing is written for final alignment.".to_owned()];
    };
    let mut said = vec![together(figures, sheet)];
    if let Some(first) = sheet.first_alignment.as_ref().map(ByGroup::total)
        && figures.total() > first
    {
        said.push(format!("That is more than the {first} at first alignment."));
    }
    said.extend(viable(caucus, sheet, figures));
    said.extend(given(caucus, sheet));
    said
}

fn together(figures: &ByGroup<Attendees>, sheet: &Sheet) -> String {
    match sheet.attendance {
        Some(attendance) => format!("Together {} of {} who attended.", figures.total(), attendance.people),
        None => format!("Together {}.", figures.total()),
    }
}

fn viable(caucus: &Caucus, sheet: &Sheet, figures: &ByGroup<Attendees>) -> Option<String> {
    let needed = threshold(caucus, sheet)?;
    let (viable, short): (Vec<_>, Vec<_>) = figures
        .iter()
        .filter(|(_, people)| people.0 > 0)
        .partition(|(_, people)| *people >= needed);
    let ids = |of: &[&(GroupId, Attendees)]| caucus.list(&of.iter().map(|(id, _)| *id).collect::<Vec<_>>());
    let short = if short.is_empty() {
        String::new()
    } else {
        format!(" Not viable, below {needed}: {}.", ids(&short))
    };
    Some(if viable.is_empty() {
        format!("Nobody is viable.{short}")
    } else {
        format!("Viable: {}.{short}", ids(&viable))
    })
}

/// What the rules give, and what they leave to chance.
fn given(caucus: &Caucus, sheet: &Sheet) -> Vec<String> {
    let Some(lawful) = lawful(caucus.rules(), caucus.place, sheet) else {
        return Vec::new();
    };
    let settled = caucus.groups().filter_map(|(group, name)| {
        let delegates = lawful.of(group).filter(|delegates| delegates.0 > 0)?;
        Some(format!("{name} {delegates}"))
    });
    let settled: Vec<_> = settled.collect();
    let mut said = Vec::new();
    if !settled.is_empty() {
        said.push(format!("The rules give {}.", settled.join(", ")));
    }
    said.extend(lawful.tie().map(|tie| {
        let now: Vec<_> = tie
            .among
            .iter()
            .map(|group| format!("{} {}", caucus.group(*group), tie.awards.of(*group)))
            .collect();
        format!(
            "{} stand equal: a game of chance decides {} more among them.",
            now.join(", "),
            tie.delegates
        )
    }));
    said
}

fn awarded(caucus: &Caucus, sheet: &Sheet) -> Vec<String> {
    let total = sheet.awards.as_ref().map_or(0, ByGroup::total);
    vec![format!("Together {total} of {}.", caucus.electing(sheet))]
}
