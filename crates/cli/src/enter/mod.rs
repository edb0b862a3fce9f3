//! The operators' desk: find a precinct, claim it, type or read its worksheet, sign.

mod ask;
mod fault;
mod find;
mod sign;
mod typed;

use tallylog_event::{CallerCheck, Channel, Role};
use tallylog_projection::role_name;

pub(crate) use self::fault::EnterFault;
use crate::args::enter::{Caller, Came, EnterArgs};
use crate::desk::{caucus, place, sheet_of};
use crate::device::{About, Device};
use crate::failure::{Failure, Outcome};
use crate::show::talk;
use crate::worksheet::{self, Terminal};

pub(crate) async fn run(args: &EnterArgs) -> Result<Outcome, Failure> {
    operator(&Device::look(&args.device)?)?;
    let device = Device::open(&args.device)?;
    let asking = device.asking().await?;
    if let Some(words) = &args.find {
        return find::list(&asking, words, args).await;
    }
    if let Some(to) = &args.hand_over {
        return hand_over(args, &asking, to).await;
    }
    if args.file.is_some() {
        return from_file(args, &device).await;
    }
    let desk = Terminal::here().ok_or(EnterFault::NoWorksheet)?;
    typed::run(args, &device, &asking, desk).await
}

fn operator(about: &About) -> Result<(), EnterFault> {
    if about.role == Role::Operator {
        return Ok(());
    }
    Err(EnterFault::NotAnOperator(role_name(&about.role)))
}

async fn hand_over(args: &EnterArgs, asking: &crate::device::Asking, to: &str) -> Result<Outcome, Failure> {
    let (county, precinct) = named(args)?;
    let typed_by = ask::hand_over(asking, &county, &precinct, to).await?;
    talk(&format!(
        "{county}, {precinct} is {to}'s now; whoever typed stays on record: {}",
        typed_by.join(", ")
    ));
    Ok(Outcome::Yes)
}

fn named(args: &EnterArgs) -> Result<(String, String), Failure> {
    if let Some(path) = &args.file
        && args.precinct.is_none()
    {
        let bytes = std::fs::read(path).map_err(|error| Failure::File {
            path: path.clone(),
            error,
        })?;
        return worksheet::named_place(&bytes).map_err(|fault| Failure::Worksheet {
            path: path.clone(),
            fault,
        });
    }
    match (&args.county, &args.precinct) {
        (Some(county), Some(precinct)) => Ok((county.clone(), precinct.clone())),
        (None | Some(_), None | Some(_)) => Err(EnterFault::WhichPrecinct.into()),
    }
}

/// A worksheet from a file: everything that a person would be asked must be said by flags.
async fn from_file(args: &EnterArgs, device: &Device) -> Result<Outcome, Failure> {
    let roster = device.roster()?;
    let (county, precinct) = named(args)?;
    let caucus = caucus(&roster, place(&roster, &county, &precinct)?)?;
    let path = args.file.as_deref().ok_or(EnterFault::NoWorksheet)?;
    let sheet = sheet_of(path, &caucus)?;
    let found = worksheet::check(&caucus, &sheet);
    talk(&caucus.heading());
    for line in worksheet::read_back(&caucus, &sheet)
        .iter()
        .chain(&worksheet::describe_all(&found))
    {
        talk(line);
    }
    sign::confirmed(&found, &args.confirm)?;
    let channel = args.channel.ok_or(EnterFault::NoWorksheet)?;
    let entry = sign::Filed {
        sheet,
        channel: said_channel(channel),
        caller: said_caller(args.caller.unwrap_or(match channel {
            Came::Phone => Caller::Unchecked,
            Came::Photo | Came::Paper => Caller::None,
        })),
        read_back: args.read_back,
        typed_by: Vec::new(),
    };
    sign::finish(args, device, &caucus, entry).await
}

const fn said_channel(came: Came) -> Channel {
    match came {
        Came::Phone => Channel::Phone,
        Came::Photo => Channel::Photo,
        Came::Paper => Channel::Paper,
    }
}

const fn said_caller(caller: Caller) -> CallerCheck {
    match caller {
        Caller::None => CallerCheck::NoCaller,
        Caller::CalledBack => CallerCheck::CalledBack,
        Caller::Passphrase => CallerCheck::Passphrase,
        Caller::Unchecked => CallerCheck::Unchecked,
    }
}
