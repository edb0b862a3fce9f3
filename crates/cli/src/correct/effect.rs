//! Old and new side by side, and what that moves.

use serde::Serialize;
use tallylog_wire::v1;

use crate::show::{decimal, new_table};

/// A figure of a group at a place that a correction moves.
#[derive(Serialize)]
pub(super) struct Moved<'a> {
    scope: &'a str,
    place: &'a str,
    group: &'a str,
    first_alignment: [u64; 2],
    final_alignment: [u64; 2],
    delegates: [u64; 2],
    sde: [String; 2],
    sde_exact: [&'a str; 2],
    national_delegates: Option<[u32; 2]>,
}

/// What moves; what stays as it is is left out.
pub(super) fn moved(effect: &v1::Effect) -> Vec<Moved<'_>> {
    let lines = effect
        .places
        .iter()
        .flat_map(|place| place.lines.iter().map(move |line| (place, line)));
    lines
        .filter(|(_, line)| moves(line))
        .map(|(place, line)| Moved {
            scope: &place.scope,
            place: &place.name,
            group: &line.name,
            first_alignment: [line.first_alignment_old, line.first_alignment_new],
            final_alignment: [line.final_alignment_old, line.final_alignment_new],
            delegates: [line.delegates_old, line.delegates_new],
            sde: [decimal(line.sde_old), decimal(line.sde_new)],
            sde_exact: [&line.sde_exact_old, &line.sde_exact_new],
            national_delegates: line.national_old.zip(line.national_new).map(|(old, new)| [old, new]),
        })
        .collect()
}

fn moves(line: &v1::EffectLine) -> bool {
    line.first_alignment_old != line.first_alignment_new
        || line.final_alignment_old != line.final_alignment_new
        || line.delegates_old != line.delegates_new
        || line.sde_exact_old != line.sde_exact_new
        || line.national_old != line.national_new
}

/// What moves, as a table of eighty columns.
pub(super) fn table(effect: &v1::Effect) -> String {
    let moved = moved(effect);
    if moved.is_empty() {
        return "no figure moves\n".to_owned();
    }
    let mut text = String::new();
    for place in &effect.places {
        let of_place = moved
            .iter()
            .filter(|line| line.scope == place.scope)
            .collect::<Vec<_>>();
        if of_place.is_empty() {
            continue;
        }
        let mut table = new_table(&["group", "first", "final", "delegates", "SDE", "national"], 1);
        for line in of_place {
            table.add_row([
                line.group.to_owned(),
                both(&line.first_alignment),
                both(&line.final_alignment),
                both(&line.delegates),
                both(&line.sde),
                line.national_delegates
                    .map_or_else(String::new, |national| both(&national)),
            ]);
        }
        text.extend([format!("{} {}\n{table}\n", place.scope, place.name)]);
    }
    if effect.national_settled_old != effect.national_settled_new {
        text += "whether every national delegate is settled changes as well\n";
    }
    text
}

fn both<T: PartialEq + ToString>([old, new]: &[T; 2]) -> String {
    if old == new {
        return old.to_string();
    }
    format!("{} > {}", old.to_string(), new.to_string())
}

/// Two worksheets side by side, with what the rules give for each.
pub(super) fn sides(old: Option<&v1::SheetFigures>, new: Option<&v1::SheetFigures>) -> String {
    let Some(old) = old else { return String::new() };
    let new_figures = new.unwrap_or(old);
    let figure = |figure: Option<u32>| figure.map_or_else(|| "-".to_owned(), |figure| figure.to_string());
    let mut text = format!(
        "attendance {}, room by the rules {}\n",
        both(&[figure(old.attendance), figure(new_figures.attendance)]),
        both(&[old.room, new_figures.room])
    );
    let mut table = new_table(&["group", "first", "final", "worksheet's award", "rules' award"], 1);
    for (old, new) in old.groups.iter().zip(&new_figures.groups) {
        let line = [
            [figure(old.first_alignment), figure(new.first_alignment)],
            [figure(old.final_alignment), figure(new.final_alignment)],
            [figure(old.awarded), figure(new.awarded)],
            [figure(old.lawful), figure(new.lawful)],
        ];
        if line.iter().flatten().all(|figure| figure == "0" || figure == "-") {
            continue;
        }
        let [first, last, awarded, lawful] = line.each_ref().map(both);
        table.add_row([old.name.clone(), first, last, awarded, lawful]);
    }
    text.extend([format!("{table}\n")]);
    if new.is_none() {
        text += "the record stands as it is\n";
    }
    text
}
