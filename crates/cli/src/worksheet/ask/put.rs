//! Asks one question, and puts the answer where it belongs.

use tallylog_rules::{Attendance, Attendees, ByGroup, Delegates, GroupId, Sheet};

use super::question::{Question, written};
use super::{Ask, chance};
use crate::failure::Failure;
use crate::worksheet::Caucus;

/// What came of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Put {
    Answered,
    Back,
    Stop,
}

/// What was typed, as far as every question understands it.
pub(super) enum Typed {
    /// Nothing: leave it as it is.
    Keep,
    /// Take it away.
    Clear,
    Back,
    Stop,
    Words(String),
}

impl Typed {
    /// Asks, and says what can be typed to whoever wants to know.
    pub(super) fn ask(desk: &mut impl Ask, question: &str) -> Result<Self, Failure> {
        loop {
            let words = desk.ask(&format!("  {question}"))?;
            return Ok(match words.trim() {
                "" => Self::Keep,
                "-" => Self::Clear,
                "<" | "back" => Self::Back,
                "quit" => Self::Stop,
                "?" | "help" => {
                    desk.say("  Enter: leave it as it is.  -: nothing stands there.  <: back.  quit: stop.");
                    continue;
                }
                words => Self::Words(words.to_owned()),
            });
        }
    }
}

pub(super) fn put(desk: &mut impl Ask, caucus: &Caucus, sheet: &mut Sheet, question: Question) -> Result<Put, Failure> {
    if question == Question::Chance {
        return chance::put(desk, caucus, sheet);
    }
    let prompt = match current(caucus, sheet, question) {
        Some(current) => format!("{} [{current}]", question.prompt(caucus)),
        None => question.prompt(caucus),
    };
    loop {
        let answer = match Typed::ask(desk, &prompt)? {
            Typed::Keep => return Ok(Put::Answered),
            Typed::Back => return Ok(Put::Back),
            Typed::Stop => return Ok(Put::Stop),
            Typed::Clear => None,
            Typed::Words(words) => Some(words),
        };
        match set(caucus, sheet, question, answer.as_deref()) {
            Ok(()) => return Ok(Put::Answered),
            Err(why) => desk.say(&format!("  {why}")),
        }
    }
}

/// What stands there now.
fn current(caucus: &Caucus, sheet: &Sheet, question: Question) -> Option<String> {
    match question {
        Question::Delegates => sheet.worksheet_delegates.map(|figure| figure.to_string()),
        Question::Attendance => sheet.attendance.map(|attendance| attendance.people.to_string()),
        Question::Counted => {
            let counted = sheet.attendance?.counted;
            Some(if counted { "yes" } else { "no" }.to_owned())
        }
        Question::Threshold => sheet.worksheet_threshold.map(|figure| figure.to_string()),
        Question::First(group) => figure(sheet.first_alignment.as_ref(), group),
        Question::Final(group) => figure(sheet.final_alignment.as_ref(), group),
        Question::Award(group) => figure(sheet.awards.as_ref(), group),
        Question::Winner => {
            let mut winners = sheet.awards.iter().flatten().filter(|(_, award)| award.0 > 0);
            winners.next().map(|(group, _)| caucus.group(*group))
        }
        Question::Chance => None,
    }
}

fn figure<T: Copy + ToString>(column: Option<&ByGroup<T>>, group: GroupId) -> Option<String> {
    written(column, group).map(|figure| figure.to_string())
}

/// Puts an answer, or says why it is none. `None` takes what stands there away.
fn set(caucus: &Caucus, sheet: &mut Sheet, question: Question, answer: Option<&str>) -> Result<(), String> {
    match question {
        Question::Delegates => sheet.worksheet_delegates = answer.map(delegates).transpose()?,
        Question::Threshold => sheet.worksheet_threshold = people(caucus, answer)?,
        Question::Attendance => {
            let counted = sheet.attendance.is_none_or(|attendance| attendance.counted);
            sheet.attendance = people(caucus, answer)?.map(|people| Attendance { people, counted });
        }
        Question::Counted => {
            let counted = yes(answer.unwrap_or_default())?;
            sheet.attendance = sheet.attendance.map(|attendance| Attendance { counted, ..attendance });
        }
        Question::First(group) => with(&mut sheet.first_alignment, group, people(caucus, answer)?),
        Question::Final(group) => with(&mut sheet.final_alignment, group, people(caucus, answer)?),
        Question::Award(group) => with(&mut sheet.awards, group, answer.map(delegates).transpose()?),
        Question::Winner => sheet.awards = answer.map(|name| winner(caucus, name)).transpose()?,
        Question::Chance => {}
    }
    Ok(())
}

pub(super) fn delegates(words: &str) -> Result<Delegates, String> {
    let number = words.parse().map(Delegates);
    number.map_err(|_| format!("{words:?} is no number of delegates; type digits only."))
}

fn people(caucus: &Caucus, words: Option<&str>) -> Result<Option<Attendees>, String> {
    let Some(words) = words else { return Ok(None) };
    let most = caucus.rules().largest_room;
    let number = words.parse().map(Attendees);
    let number = number.map_err(|_| format!("{words:?} is no number of people; type digits only."))?;
    if number > most {
        return Err(format!(
            "No room has more than {most} people; look for a slip of the finger."
        ));
    }
    Ok(Some(number))
}

fn yes(words: &str) -> Result<bool, String> {
    match words.to_lowercase().as_str() {
        "yes" | "y" => Ok(true),
        "no" | "n" => Ok(false),
        _ => Err("Type yes or no.".to_owned()),
    }
}

fn winner(caucus: &Caucus, name: &str) -> Result<ByGroup<Delegates>, String> {
    let meant = caucus.group_meant(name).ok_or_else(|| unknown(caucus, name))?;
    ByGroup::new(vec![(meant, Delegates(1))]).map_err(|error| error.to_string())
}

pub(super) fn unknown(caucus: &Caucus, name: &str) -> String {
    let names: Vec<_> = (1..)
        .zip(caucus.groups())
        .map(|(at, (_, name)): (u32, _)| format!("{at} {name}"))
        .collect();
    format!("{name:?} is none of these, or more than one: {}.", names.join(", "))
}

/// Puts a figure of a group into a column. A column without figures is absent: nobody wrote it.
fn with<T: Copy>(column: &mut Option<ByGroup<T>>, group: GroupId, figure: Option<T>) {
    let others = column.iter().flatten().filter(|(id, _)| *id != group).copied();
    let mut figures: Vec<_> = others.chain(figure.map(|figure| (group, figure))).collect();
    figures.sort_by_key(|(id, _)| *id);
    *column = ByGroup::new(figures)
        .ok()
        .filter(|figures| figures.iter().next().is_some());
}
