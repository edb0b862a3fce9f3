//! A game of chance: who won, by what, and who saw it. Nothing is drawn here.

use tallylog_rules::{Delegates, Game, GameMeans, GroupId, Sheet, lawful};

use super::Ask;
use super::put::{Put, Typed, delegates, unknown};
use super::question::Question;
use crate::failure::Failure;
use crate::worksheet::Caucus;

/// An answer, or that somebody wants to go elsewhere.
enum Got<T> {
    Answer(T),
    Elsewhere(Put),
}

/// Takes the answer, or hands on where somebody wants to go.
macro_rules! got {
    ($asked:expr) => {
        match $asked? {
            Got::Answer(answer) => answer,
            Got::Elsewhere(put) => return Ok(put),
        }
    };
}

/// Asks for the game that the rules ask for. A game that is there already is shown, and kept or taken away.
pub(super) fn put(desk: &mut impl Ask, caucus: &Caucus, sheet: &mut Sheet) -> Result<Put, Failure> {
    let tie = lawful(caucus.rules(), caucus.place, sheet).and_then(|lawful| lawful.tie().cloned());
    let Some(tie) = tie else {
        desk.say("  A game of chance stands on the sheet. Enter keeps it, - takes it away.");
        return Ok(match Typed::ask(desk, "Keep it?")? {
            Typed::Clear => {
                sheet.games.clear();
                Put::Answered
            }
            Typed::Back => Put::Back,
            Typed::Stop => Put::Stop,
            Typed::Keep | Typed::Words(_) => Put::Answered,
        });
    };
    let means = match means(desk, &Question::Chance.prompt(caucus))? {
        Got::Answer(Some(means)) => means,
        Got::Answer(None) => return Ok(Put::Answered),
        Got::Elsewhere(put) => return Ok(put),
    };
    held(desk, caucus, sheet, means, tie.among, tie.delegates)
}

/// Asks for a game that the rules did not ask for, and the worksheet has.
pub(super) fn add(desk: &mut impl Ask, caucus: &Caucus, sheet: &mut Sheet) -> Result<Put, Failure> {
    let among = got!(groups(
        desk,
        caucus,
        "Between whom? names or numbers, with commas",
        |count| {
            if count < 2 {
                Err("A game is between two at least.".to_owned())
            } else {
                Ok(())
            }
        }
    ));
    let count = loop {
        match Typed::ask(desk, "How many delegates did it decide?")? {
            Typed::Words(words) => match delegates(&words) {
                Ok(count) if count.0 > 0 && usize::from(count.0) < among.len() => break count,
                Ok(_) => desk.say("  A game decides fewer delegates than there are groups in it, and one at least."),
                Err(why) => desk.say(&format!("  {why}")),
            },
            Typed::Back | Typed::Keep | Typed::Clear => return Ok(Put::Back),
            Typed::Stop => return Ok(Put::Stop),
        }
    };
    let means = match means(desk, "How was it decided? coin, lot or other")? {
        Got::Answer(Some(means)) => means,
        Got::Answer(None) => return Ok(Put::Back),
        Got::Elsewhere(put) => return Ok(put),
    };
    held(desk, caucus, sheet, means, among, count)
}

fn held(
    desk: &mut impl Ask,
    caucus: &Caucus,
    sheet: &mut Sheet,
    means: GameMeans,
    among: Vec<GroupId>,
    delegates: Delegates,
) -> Result<Put, Failure> {
    let count = usize::from(delegates.0);
    let question = format!(
        "Who won ({count} of {})? names or numbers, with commas",
        caucus.list(&among)
    );
    let winners = got!(groups(desk, caucus, &question, |found| {
        if found == count {
            Ok(())
        } else {
            Err(format!("There are {count} to win; name as many winners."))
        }
    }));
    if winners.iter().any(|winner| !among.contains(winner)) {
        desk.say("  Only those who stood equal can win.");
        return held(desk, caucus, sheet, means, among, delegates);
    }
    let witnesses = match Typed::ask(desk, "Who saw it? names, with commas")? {
        Typed::Words(words) => split(&words).map(str::to_owned).collect(),
        Typed::Keep | Typed::Clear => Vec::new(),
        Typed::Back => return Ok(Put::Back),
        Typed::Stop => return Ok(Put::Stop),
    };
    sheet.games.push(Game {
        among,
        delegates,
        winners,
        means,
        witnesses,
    });
    Ok(Put::Answered)
}

/// `None` where no game was held.
fn means(desk: &mut impl Ask, question: &str) -> Result<Got<Option<GameMeans>>, Failure> {
    loop {
        let words = match Typed::ask(desk, question)? {
            Typed::Words(words) => words.to_lowercase(),
            Typed::Keep | Typed::Clear => return Ok(Got::Answer(None)),
            Typed::Back => return Ok(Got::Elsewhere(Put::Back)),
            Typed::Stop => return Ok(Got::Elsewhere(Put::Stop)),
        };
        let known = match words.as_str() {
            "coin" | "c" => GameMeans::Coin,
            "lot" | "l" => GameMeans::Lot,
            "other" | "o" => GameMeans::Other,
            _ => {
                desk.say("  Type coin, lot or other.");
                continue;
            }
        };
        return Ok(Got::Answer(Some(known)));
    }
}

/// Different groups, in roster order, as many as `enough` takes.
fn groups(
    desk: &mut impl Ask,
    caucus: &Caucus,
    question: &str,
    enough: impl Fn(usize) -> Result<(), String>,
) -> Result<Got<Vec<GroupId>>, Failure> {
    loop {
        let words = match Typed::ask(desk, question)? {
            Typed::Words(words) => words,
            Typed::Keep | Typed::Clear => String::new(),
            Typed::Back => return Ok(Got::Elsewhere(Put::Back)),
            Typed::Stop => return Ok(Got::Elsewhere(Put::Stop)),
        };
        let meant = split(&words).map(|name| caucus.group_meant(name).ok_or_else(|| unknown(caucus, name)));
        let named = meant.collect::<Result<Vec<_>, _>>().and_then(|mut named| {
            named.sort_unstable();
            named.dedup();
            enough(named.len()).map(|()| named)
        });
        match named {
            Ok(named) => return Ok(Got::Answer(named)),
            Err(why) => desk.say(&format!("  {why}")),
        }
    }
}

fn split(words: &str) -> impl Iterator<Item = &str> {
    words.split(',').map(str::trim).filter(|name| !name.is_empty())
}
