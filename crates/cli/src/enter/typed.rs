//! An operator at a terminal: one precinct after the other.

use tallylog_event::{CallerCheck, Channel, Text};
use tallylog_rules::Sheet;
use tallylog_wire::v1;
use tokio::runtime::Handle;
use tokio::task::block_in_place;

use super::sign::{Filed, finish};
use super::{ask, find};
use crate::args::enter::EnterArgs;
use crate::desk::{caucus, place};
use crate::device::{Asking, Device};
use crate::failure::{Failure, Outcome};
use crate::worksheet::{self, Ask, Caucus, Filled, Terminal, fill};

/// Goes on until the operator stops.
pub(super) async fn run(
    args: &EnterArgs,
    device: &Device,
    asking: &Asking,
    mut desk: Terminal,
) -> Result<Outcome, Failure> {
    desk.say(&device.about().heading());
    let mut outcome = Outcome::Yes;
    loop {
        let Some(found) = choose(args, asking, &mut desk).await? else {
            return Ok(outcome);
        };
        outcome = one(args, device, asking, &mut desk, &found).await?;
        if args.precinct.is_some() {
            return Ok(outcome);
        }
    }
}

/// Lets the operator find a precinct; `None` to stop.
async fn choose(args: &EnterArgs, asking: &Asking, desk: &mut Terminal) -> Result<Option<v1::DeskPrecinct>, Failure> {
    let mut words = args.precinct.clone();
    loop {
        let typed = match words.take() {
            Some(words) => words,
            None => block_in_place(|| desk.ask("precinct, by number or a few letters; quit stops"))?,
        };
        if typed.trim() == "quit" || typed.trim().is_empty() {
            return Ok(None);
        }
        let county = args.county.as_deref().unwrap_or_default();
        let found = ask::find(asking, typed.trim(), county).await?;
        match found.precincts.as_slice() {
            [] => desk.say("No precinct begins so."),
            [one] => return Ok(Some(one.clone())),
            several => {
                if let Some(exact) = several
                    .iter()
                    .find(|found| Some(&found.precinct) == args.precinct.as_ref())
                {
                    return Ok(Some(exact.clone()));
                }
                desk.say(&find::numbered(&found));
                let number = block_in_place(|| desk.ask("number of the list, or Enter to search again"))?;
                let number = number.trim().parse::<usize>().ok();
                let chosen = number.and_then(|number| several.get(number.checked_sub(1)?));
                if let Some(chosen) = chosen {
                    return Ok(Some(chosen.clone()));
                }
            }
        }
    }
}

/// One precinct, from the claim to the receipt.
async fn one(
    args: &EnterArgs,
    device: &Device,
    asking: &Asking,
    desk: &mut Terminal,
    found: &v1::DeskPrecinct,
) -> Result<Outcome, Failure> {
    let (county, precinct) = (&found.county, &found.precinct);
    desk.say(&format!("{county}, {precinct}: {}", find::standing(found)));
    if !found.refusal.is_empty() {
        desk.say(&format!(
            "You may not enter it: {} [{}]",
            found.refusal, found.refusal_code
        ));
        return Ok(Outcome::No);
    }
    let claim = match ask::claim(asking, county, precinct).await {
        Ok(claim) => claim,
        Err(Failure::Server(status)) => {
            desk.say(status.message());
            return Ok(Outcome::No);
        }
        Err(failure) => return Err(failure),
    };
    if claim.second {
        desk.say("This is the second entry. The first one is not shown: type what you hear or see, and nothing else.");
    }
    let roster = device.roster()?;
    let caucus = caucus(&roster, place(&roster, county, precinct)?)?;
    let (sheet, typed_by) = begun(asking, &caucus, desk, found.draft).await?;
    if !found.phone.is_empty() {
        desk.say(&format!("The roster of chairs has {} at {}.", found.chair, found.phone));
    }
    let (channel, caller) = block_in_place(|| how(desk))?;
    let mut keep = |sheet: &Sheet| {
        let form = worksheet::write(sheet, &caucus);
        block_in_place(|| Handle::current().block_on(ask::save(asking, county, precinct, form)))
    };
    let filled = block_in_place(|| fill(desk, &caucus, sheet, &mut keep))?;
    let Filled::Ready(sheet) = filled else {
        desk.say("Nothing is signed. What you typed is kept: find the precinct again to go on, or hand it over.");
        return Ok(Outcome::No);
    };
    let read_back = block_in_place(|| read_back(desk, &caucus, &sheet, channel))?;
    let typed = Filed {
        sheet: *sheet,
        channel,
        caller,
        read_back,
        typed_by,
    };
    let outcome = finish(args, device, &caucus, typed).await?;
    differs(asking, desk, &caucus).await?;
    Ok(outcome)
}

/// What was typed before, by this operator or by those who handed it over.
async fn begun(
    asking: &Asking,
    caucus: &Caucus,
    desk: &mut Terminal,
    draft: bool,
) -> Result<(Sheet, Vec<Text>), Failure> {
    if !draft {
        return Ok((Sheet::default(), Vec::new()));
    }
    let draft = ask::load(asking, &caucus.county, &caucus.precinct).await?;
    desk.say("What was typed before is taken up again.");
    let sheet = worksheet::read(draft.form.as_bytes(), caucus).unwrap_or_default();
    let typed_by = draft.typed_by.iter().filter_map(|name| Text::new(name.as_str()).ok());
    Ok((sheet, typed_by.collect()))
}

/// How the report came, and how the operator made sure of the caller.
fn how(desk: &mut Terminal) -> Result<(Channel, CallerCheck), Failure> {
    let channel = loop {
        match desk.ask("how did it come: phone, photo or paper")?.trim() {
            "phone" => break Channel::Phone,
            "photo" => break Channel::Photo,
            "paper" => break Channel::Paper,
            other => desk.say(&format!("{other:?} is none of these.")),
        }
    };
    if channel != Channel::Phone {
        return Ok((channel, CallerCheck::NoCaller));
    }
    desk.say("Make sure of the caller: call back at the number on the roster of chairs, or ask for the passphrase.");
    loop {
        match desk
            .ask("caller: back (called back), pass (passphrase) or no (could not make sure)")?
            .trim()
        {
            "back" => return Ok((channel, CallerCheck::CalledBack)),
            "pass" => return Ok((channel, CallerCheck::Passphrase)),
            "no" => return Ok((channel, CallerCheck::Unchecked)),
            other => desk.say(&format!("{other:?} is none of these.")),
        }
    }
}

/// Reads the figures back to a caller.
fn read_back(desk: &mut Terminal, caucus: &Caucus, sheet: &Sheet, channel: Channel) -> Result<bool, Failure> {
    if channel != Channel::Phone {
        return Ok(false);
    }
    desk.say("Read this to the caller:");
    desk.say_all(&worksheet::read_back(caucus, sheet));
    loop {
        match desk
            .ask("does the caller agree, yes or no (no: it is recorded as not read back)")?
            .trim()
        {
            "yes" => return Ok(true),
            "no" => return Ok(false),
            other => desk.say(&format!("{other:?} is neither.")),
        }
    }
}

/// Says that two entries differ, and never in what: a reviewer decides.
async fn differs(asking: &Asking, desk: &mut Terminal, caucus: &Caucus) -> Result<(), Failure> {
    let found = ask::find(asking, &caucus.precinct, &caucus.county).await?;
    let here = found.precincts.iter().find(|found| found.precinct == caucus.precinct);
    if let Some(here) = here
        && here.entries.len() > 1
    {
        desk.say(if here.confirmed {
            "It agrees with the other source: the precinct is confirmed."
        } else if here.held {
            "The precinct is held: a reviewer looks at it and decides. There is nothing that you have to do."
        } else {
            "The entry stands beside the other source."
        });
    }
    Ok(())
}
