//! The operators' desk: find a precinct, claim it, type or read its worksheet, read it back, sign.
//!
//! No figure of another person's entry is ever asked for here: whoever makes a second entry is told that it differs, and
//! never in what.

mod ask;
mod draft;
mod fault;
mod file;
mod find;
mod how;
mod sign;
mod typed;

use tallylog_event::Role;
use tallylog_projection::role_name;

use self::draft::Draft;
pub(crate) use self::fault::EnterFault;
use crate::args::enter::EnterArgs;
use crate::desk::{caucus, place};
use crate::device::{About, Device};
use crate::failure::{Failure, Outcome};
use crate::show::{self, talk};
use crate::worksheet::{self, Caucus, Terminal};

pub(crate) async fn run(args: &EnterArgs) -> Result<Outcome, Failure> {
    let about = Device::look(&args.device)?;
    if args.leave {
        return leave(args, &about).await;
    }
    operator(&about)?;
    if args.print_template {
        show::data(&worksheet::template(&known(args, &named(args)?)?))?;
        return Ok(Outcome::Yes);
    }
    if args.file.is_some() {
        return file::run(args).await;
    }
    if let Some(words) = &args.find {
        return find::list(&Device::open(&args.device)?, words, args).await;
    }
    if let Some(to) = &args.hand_over {
        return hand_over(args, to).await;
    }
    let desk = Terminal::here().ok_or(EnterFault::NoWorksheet)?;
    typed::run(args, desk).await
}

fn operator(about: &About) -> Result<(), EnterFault> {
    if about.role == Role::Operator {
        return Ok(());
    }
    Err(EnterFault::NotAnOperator(role_name(&about.role)))
}

/// The county and the precinct that flags name.
fn named(args: &EnterArgs) -> Result<(String, String), EnterFault> {
    match (&args.county, &args.precinct) {
        (Some(county), Some(precinct)) => Ok((county.clone(), precinct.clone())),
        (None | Some(_), None | Some(_)) => Err(EnterFault::WhichPrecinct),
    }
}

/// The caucus of a place by the roster on the device.
fn known(args: &EnterArgs, (county, precinct): &(String, String)) -> Result<Caucus, Failure> {
    let roster = Device::roster_of(&args.device.device)?;
    Ok(caucus(&roster, place(&roster, county, precinct)?)?.for_operator())
}

/// Gives what was typed to another operator; what the server lacks of it goes there first.
async fn hand_over(args: &EnterArgs, to: &str) -> Result<Outcome, Failure> {
    let caucus = known(args, &named(args)?)?;
    let device = Device::open(&args.device)?;
    let asking = device.asking().await?;
    let draft = Draft::of(device.dir(), &caucus);
    draft.bring(&asking, &caucus).await?;
    let typed_by = ask::hand_over(&asking, &caucus.county, &caucus.precinct, to).await?;
    draft.remove()?;
    find::handed_over(args.format, &caucus, to, &typed_by)?;
    Ok(Outcome::Yes)
}

/// Gives a precinct back.
async fn leave(args: &EnterArgs, about: &About) -> Result<Outcome, Failure> {
    if !matches!(about.role, Role::Operator | Role::Reviewer | Role::Registrar) {
        operator(about)?;
    }
    let caucus = known(args, &named(args)?)?;
    let device = Device::open(&args.device)?;
    ask::unclaim(&device.asking().await?, &caucus.county, &caucus.precinct, args.discard).await?;
    if args.discard {
        Draft::of(device.dir(), &caucus).remove()?;
    }
    talk(&format!("{} is free.", caucus.title()));
    Ok(Outcome::Yes)
}
