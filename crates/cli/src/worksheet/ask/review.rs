//! The whole sheet before it is signed: to be corrected line by line, and confirmed.

use tallylog_rules::{GroupId, Sheet};

use super::put::{Put, Typed};
use super::question::{Question, has_one_winner, of_row, written};
use super::{Ask, Filled, Walked, chance, walk};
use crate::failure::Failure;
use crate::worksheet::{Caucus, Found, check, describe, describe_all, read_back};

/// What somebody must type who signs against a blocking discrepancy.
const SAYS_SO: &str = "yes, the worksheet says so";

/// The last question: whether the sheet is read and agreed to, word by word.
pub(crate) type Agree<'a> = &'a mut dyn FnMut(&mut dyn Ask, &Caucus, &Sheet) -> Result<bool, Failure>;

/// A line of the table, by what its number corrects.
#[derive(Clone, Copy)]
enum Row {
    Delegates,
    Attendance,
    Threshold,
    Group(GroupId),
    Winner,
    Chance,
}

pub(super) fn until_confirmed(
    desk: &mut impl Ask,
    caucus: &Caucus,
    mut sheet: Sheet,
    keep: &mut dyn FnMut(&Sheet) -> Result<(), Failure>,
    agree: Agree<'_>,
) -> Result<Filled, Failure> {
    let mut is_shown = false;
    loop {
        if !is_shown {
            show(desk, caucus, &sheet);
            is_shown = true;
        }
        let words = match Typed::ask(desk, "A line's number to correct it, game, sign, or quit")? {
            Typed::Words(words) => words.to_lowercase(),
            Typed::Stop => return Ok(Filled::Stopped),
            Typed::Keep | Typed::Clear | Typed::Back => String::new(),
        };
        match words.as_str() {
            "sign" | "s" => {
                if is_confirmed(desk, caucus, &sheet)? && agree(desk, caucus, &sheet)? {
                    return Ok(Filled::Ready(Box::new(sheet)));
                }
            }
            "game" => {
                if chance::add(desk, caucus, &mut sheet)? == Put::Stop {
                    return Ok(Filled::Stopped);
                }
                keep(&sheet)?;
            }
            number => {
                let Some(row) = row(caucus, &sheet, number) else {
                    desk.say("  Type the number before a line, or one of the words.");
                    continue;
                };
                let list = move |sheet: &Sheet| questions(caucus, sheet, row);
                if walk(desk, caucus, &mut sheet, keep, &list)? == Walked::Stopped {
                    return Ok(Filled::Stopped);
                }
            }
        }
        is_shown = false;
    }
}

fn rows(caucus: &Caucus, sheet: &Sheet) -> Vec<Row> {
    let mut rows = vec![Row::Delegates, Row::Attendance, Row::Threshold];
    rows.extend(caucus.groups().map(|(group, _)| Row::Group(group)));
    if has_one_winner(caucus, sheet) {
        rows.push(Row::Winner);
    }
    if !sheet.games.is_empty() || super::question::waits_for_chance(caucus, sheet) {
        rows.push(Row::Chance);
    }
    rows
}

fn row(caucus: &Caucus, sheet: &Sheet, number: &str) -> Option<Row> {
    let at = number.parse::<usize>().ok()?.checked_sub(1)?;
    rows(caucus, sheet).get(at).copied()
}

fn questions(caucus: &Caucus, sheet: &Sheet, row: Row) -> Vec<Question> {
    match row {
        Row::Delegates => vec![Question::Delegates],
        Row::Attendance if sheet.attendance.is_some() => vec![Question::Attendance, Question::Counted],
        Row::Attendance => vec![Question::Attendance],
        Row::Threshold => vec![Question::Threshold],
        Row::Group(group) => of_row(caucus, sheet, group),
        Row::Winner => vec![Question::Winner],
        Row::Chance => vec![Question::Chance],
    }
}

/// The table with a number before each line, and what the checks found.
fn show(desk: &mut impl Ask, caucus: &Caucus, sheet: &Sheet) {
    desk.say("");
    desk.say(&caucus.heading());
    desk.say(&caucus.title());
    desk.say("");
    let mut names_shown = false;
    for (number, row) in (1..).zip(rows(caucus, sheet)) {
        if matches!(row, Row::Group(_)) && !names_shown {
            names_shown = true;
            desk.say(&format!(
                "{:>5} {:<38} {:>9} {:>9} {:>10}",
                "", "", "first", "final", "delegates"
            ));
        }
        desk.say(&line(number, caucus, sheet, row));
    }
    desk.say("");
    desk.say_all(&describe_all(&check(caucus, sheet)));
    desk.say("");
}

fn line(number: u32, caucus: &Caucus, sheet: &Sheet, row: Row) -> String {
    let (name, value) = match row {
        Row::Delegates => (
            "Delegates to elect, on the worksheet",
            or_dash(sheet.worksheet_delegates),
        ),
        Row::Attendance => ("People who attended", attendance(sheet)),
        Row::Threshold => (
            "Needed to be viable, on the worksheet",
            or_dash(sheet.worksheet_threshold),
        ),
        Row::Winner => ("Who won the one delegate", winner(caucus, sheet)),
        Row::Chance => ("Game of chance", games(caucus, sheet)),
        Row::Group(group) => {
            let first = or_dash(written(sheet.first_alignment.as_ref(), group));
            let last = or_dash(written(sheet.final_alignment.as_ref(), group));
            let award = or_dash(written(sheet.awards.as_ref(), group));
            let name: String = caucus.group(group).chars().take(38).collect();
            return format!("{number:>4}  {name:<38} {first:>9} {last:>9} {award:>10}");
        }
    };
    format!("{number:>4}  {name:<38} {value:>9}")
}

fn or_dash(figure: Option<impl ToString>) -> String {
    figure.map_or_else(|| "-".to_owned(), |figure| figure.to_string())
}

fn attendance(sheet: &Sheet) -> String {
    match sheet.attendance {
        Some(room) if room.counted => format!("{:>9}, counted", room.people),
        Some(room) => format!("{:>9}, not counted on its own", room.people),
        None => "-".to_owned(),
    }
}

fn winner(caucus: &Caucus, sheet: &Sheet) -> String {
    let mut winners = sheet.awards.iter().flatten().filter(|(_, award)| award.0 > 0);
    winners
        .next()
        .map_or_else(|| "-".to_owned(), |(group, _)| caucus.group(*group))
}

fn games(caucus: &Caucus, sheet: &Sheet) -> String {
    let won = sheet
        .games
        .iter()
        .map(|game| format!("won by {}", caucus.list(&game.winners)));
    let won: Vec<_> = won.collect();
    if won.is_empty() {
        "needed, and not on the sheet".to_owned()
    } else {
        won.join("; ")
    }
}

/// Whether somebody says of everything that blocks that the worksheet says so.
fn is_confirmed(desk: &mut impl Ask, caucus: &Caucus, sheet: &Sheet) -> Result<bool, Failure> {
    let found = check(caucus, sheet);
    let mut asked: Vec<&Found> = found.iter().filter(|found| found.blocks).collect();
    asked.dedup_by_key(|found| found.kind);
    for found in asked {
        desk.say_all(&describe(found));
        desk.say(&format!("  If it stands so on the worksheet, type: {SAYS_SO}"));
        if !says_so(&desk.ask(&format!("  {}", found.code))?) {
            desk.say("  Nothing is signed. Correct the line.");
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether the worksheet that lies before somebody says exactly this.
pub(super) fn worksheet_says_so(desk: &mut dyn Ask, caucus: &Caucus, sheet: &Sheet) -> Result<bool, Failure> {
    desk.say("");
    desk.say("  Read this against the worksheet:");
    desk.say_all(&read_back(caucus, sheet));
    desk.say("");
    let answer = desk.ask("  Does the worksheet say exactly this? yes signs it")?;
    let answer = answer.trim().to_lowercase();
    Ok(answer == "yes" || answer == "y")
}

fn says_so(words: &str) -> bool {
    let letters = |text: &str| -> String { text.to_lowercase().chars().filter(|c| c.is_alphabetic()).collect() };
    letters(words) == letters(SAYS_SO)
}
