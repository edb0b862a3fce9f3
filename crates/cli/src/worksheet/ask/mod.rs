//! Asks for a worksheet line by line, in the order of the paper, and computes as one types.

mod chance;
mod put;
mod question;
mod remark;
mod review;

#[cfg(test)]
mod tests;

use std::io::IsTerminal;

use tallylog_rules::Sheet;

use self::put::Put;
use self::question::{Question, all};
pub(crate) use self::review::Agree;
use super::{Caucus, wrap};
use crate::failure::Failure;
use crate::show;

/// What can be typed.
const HOW: &str = "Type what the worksheet says, line by line. Enter leaves a line as it is, - takes an answer away, \
                   < goes back a line, quit stops without signing.";

/// Somebody who is asked, and told.
pub(crate) trait Ask {
    /// Asks, and gives back what was typed.
    fn ask(&mut self, question: &str) -> Result<String, Failure>;
    /// Says a line.
    fn say(&mut self, line: &str);
    /// Says lines.
    fn say_all(&mut self, lines: &[String]) {
        for line in lines {
            self.say(line);
        }
    }
}

/// A person at a terminal.
pub(crate) struct Terminal(());

impl Terminal {
    /// `None` where nobody can be asked.
    pub(crate) fn here() -> Option<Self> {
        let is_there = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
        is_there.then_some(Self(()))
    }
}

impl Ask for Terminal {
    fn ask(&mut self, question: &str) -> Result<String, Failure> {
        let input = dialoguer::Input::<String>::new();
        let asked = input.with_prompt(question).allow_empty(true).interact_text();
        asked.map_err(|dialoguer::Error::IO(error)| Failure::Terminal(error))
    }

    fn say(&mut self, line: &str) {
        show::talk(line);
    }
}

/// How the asking ended.
#[derive(Debug)]
pub(crate) enum Filled {
    /// The worksheet says so, whoever typed it has confirmed.
    Ready(Box<Sheet>),
    /// It was left as it is.
    Stopped,
}

/// Asks for everything that is missing, shows the whole, lets every line be corrected, and has it confirmed.
///
/// `keep` is told of the sheet after every answer, so that nothing typed is lost.
pub(crate) fn fill(
    desk: &mut impl Ask,
    caucus: &Caucus,
    sheet: Sheet,
    keep: &mut dyn FnMut(&Sheet) -> Result<(), Failure>,
) -> Result<Filled, Failure> {
    fill_until(desk, caucus, sheet, keep, &mut review::worksheet_says_so)
}

/// The same, with another last question before it is signed.
pub(crate) fn fill_until(
    desk: &mut impl Ask,
    caucus: &Caucus,
    mut sheet: Sheet,
    keep: &mut dyn FnMut(&Sheet) -> Result<(), Failure>,
    agree: Agree<'_>,
) -> Result<Filled, Failure> {
    desk.say("");
    desk.say(&caucus.heading());
    desk.say(&caucus.title());
    if is_unfinished(&sheet) {
        desk.say("");
        desk.say_all(&wrap(HOW, 2));
        if walk(desk, caucus, &mut sheet, keep, &|sheet| all(caucus, sheet))? == Walked::Stopped {
            return Ok(Filled::Stopped);
        }
    }
    review::until_confirmed(desk, caucus, sheet, keep, agree)
}

/// Whether a part of the worksheet has nothing at all: a draft that somebody left, or a new one.
const fn is_unfinished(sheet: &Sheet) -> bool {
    sheet.attendance.is_none()
        || sheet.first_alignment.is_none()
        || sheet.final_alignment.is_none()
        || sheet.awards.is_none()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Walked {
    Through,
    Stopped,
}

/// Asks one question after the other. What is asked may depend on the answers so far.
fn walk(
    desk: &mut impl Ask,
    caucus: &Caucus,
    sheet: &mut Sheet,
    keep: &mut dyn FnMut(&Sheet) -> Result<(), Failure>,
    list: &dyn Fn(&Sheet) -> Vec<Question>,
) -> Result<Walked, Failure> {
    let mut at = 0;
    let mut column = None;
    while let Some(question) = list(sheet).get(at).copied() {
        if column != Some(question.column()) {
            column = Some(question.column());
            desk.say("");
            desk.say(&format!("  {}", question.heading(caucus)));
        }
        match put::put(desk, caucus, sheet, question)? {
            Put::Answered => {
                keep(sheet)?;
                desk.say_all(&remark::after(question, caucus, sheet));
                at += 1;
            }
            Put::Back => at = at.saturating_sub(1),
            Put::Stop => return Ok(Walked::Stopped),
        }
    }
    Ok(Walked::Through)
}
