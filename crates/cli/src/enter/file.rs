//! A worksheet from a file: everything that a person would be asked must be said by flags.

use std::path::Path;

use serde::Serialize;
use tallylog_rules::Sheet;

use super::how::How;
use super::sign::{self, Filed};
use super::{ask, known};
use crate::args::Format;
use crate::args::enter::EnterArgs;
use crate::device::{self, Device};
use crate::failure::{Failure, Outcome};
use crate::outbox::{self, Outbox};
use crate::show::{self, talk};
use crate::worksheet::{self, Caucus, Found};

/// What a dry run found.
#[derive(Serialize)]
struct Checked<'a> {
    contest: String,
    county: &'a str,
    precinct: &'a str,
    state: &'static str,
    discrepancies: &'a [Found],
}

pub(super) async fn run(args: &EnterArgs) -> Result<Outcome, Failure> {
    let (caucus, sheet) = read(args)?;
    let how = How::said(args)?;
    let found = worksheet::check(&caucus, &sheet);
    talk(&caucus.heading());
    let said = worksheet::read_back(&caucus, &sheet);
    said.iter()
        .chain(&worksheet::describe_all(&found))
        .for_each(|line| talk(line));
    let confirmed = sign::confirmed(&found, &args.confirm);
    if args.dry_run {
        return dry_run(args.format, &caucus, &found, confirmed.is_ok());
    }
    confirmed?;
    let device = Device::open(&args.device)?;
    let outbox = Outbox::open(device.dir(), device.about())?;
    let signed = sign::known(&outbox, &caucus, &sheet)?;
    if let Some(item) = signed.as_ref().filter(|item| item.waits()) {
        talk("The same was signed before, and is not received yet. Sending.");
        return sign::deliver(args, &device, &outbox, &caucus, item.number).await;
    }
    if let Some(item) = &signed
        && outbox::ask_since(&outbox, &device, item.number).await?.is_gone()
        && !args.again
    {
        talk("The same was entered before, and a reviewer set it aside. Nothing new is signed.");
        return sign::deliver(args, &device, &outbox, &caucus, item.number).await;
    }
    match claim(&device, &caucus).await {
        Ok(()) => {}
        Err(failure) if failure.code() == "same-person" && signed.is_some() => {
            talk("The same was entered before. Nothing new is signed.");
            let number = signed.map_or(0, |item| item.number);
            return sign::deliver(args, &device, &outbox, &caucus, number).await;
        }
        Err(failure) => return Err(failure),
    }
    let filed = Filed {
        sheet,
        how,
        read_back: args.read_back,
        typed_by: Vec::new(),
    };
    sign::finish(args, &device, &outbox, &caucus, filed).await
}

fn read(args: &EnterArgs) -> Result<(Caucus, Sheet), Failure> {
    let path = args.file.as_deref().unwrap_or(Path::new(""));
    let bytes = std::fs::read(path).map_err(|error| Failure::File {
        path: path.to_owned(),
        error,
    })?;
    let bad = |fault| Failure::Worksheet {
        path: path.to_owned(),
        fault,
    };
    let names = match &args.precinct {
        Some(_) => super::named(args)?,
        None => worksheet::named_place(&bytes).map_err(bad)?,
    };
    let caucus = known(args, &names)?;
    let sheet = worksheet::read(&bytes, &caucus).map_err(bad)?;
    Ok((caucus, sheet))
}

/// Takes the precinct, so that nobody is typing it meanwhile, and says who may not before anything is signed. Without a
/// network, or where the server keeps no notebook, the log says it later.
async fn claim(device: &Device, caucus: &Caucus) -> Result<(), Failure> {
    let claimed = async {
        let asking = device.asking().await?;
        ask::claim(&asking, &caucus.county, &caucus.precinct).await
    };
    match claimed.await {
        Ok(claim) => {
            if claim.second {
                talk("This is the second entry.");
            }
            Ok(())
        }
        Err(failure) if device::may_pass(&failure) || failure.code() == "no-notebook" => {
            talk(&format!(
                "Whether somebody else is on this precinct is not known: {failure} [{}]",
                failure.code()
            ));
            Ok(())
        }
        Err(failure) => Err(failure),
    }
}

fn dry_run(format: Format, caucus: &Caucus, found: &[Found], may_sign: bool) -> Result<Outcome, Failure> {
    match format {
        Format::Json => show::json(&Checked {
            contest: caucus.heading(),
            county: &caucus.county,
            precinct: &caucus.precinct,
            state: "not signed",
            discrepancies: found,
        })?,
        Format::Csv => show::csv(found)?,
        Format::Table => talk("A dry run: nothing was signed."),
    }
    Ok(if may_sign { Outcome::Yes } else { Outcome::No })
}
