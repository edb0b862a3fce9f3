//! Redeems a code: a chair's device comes to its key.

use std::io::IsTerminal;

use dialoguer::Input;
use serde::Serialize;
use tallylog_event::{CodeEvent, Enrolment, Event, Role, Text, chain};
use tallylog_server::EnrolmentCode;
use tallylog_tlog::Policy;
use tallylog_verify::verify_receipt;
use tallylog_wire::v1;
use tallylog_wire::v1::keys_client::KeysClient;

use super::KeysFault;
use crate::args::Format;
use crate::args::device::DeviceArgs;
use crate::args::keys::RedeemArgs;
use crate::device::{About, Device, DeviceFault, Received, Seat, Since, log_words, short_words};
use crate::enrol::{Known, key_words, name, seat};
use crate::failure::{Failure, Outcome};
use crate::show::{self, talk};
use crate::source::connect;

/// Makes a chair's device, and has its key enrolled against a code.
pub(crate) async fn enrol(args: &RedeemArgs) -> Result<Outcome, Failure> {
    let person = name(&args.person)?;
    let code = code(args)?;
    let known = Known::of_server(&args.server, args.log_key.as_ref()).await?;
    let seat = seat(&known, &args.county, &args.precinct)?;
    let contest = known.contest()?;
    // A key that is there is of a try whose answer was lost: the server knows it again.
    let key = Device::new_key(&DeviceArgs {
        device: args.device.clone(),
        passphrase_file: args.passphrase_file.clone(),
        server: Some(args.server.clone()),
    })?;
    let role = Role::Chair(vec![seat.id]);
    let enrolment = Enrolment::new(contest.id, person, role.clone(), &key);
    let answer = ask(args, &seat, &code, &enrolment).await?;
    let (received, person) = prove(&known, answer, &enrolment)?;
    let about = About {
        contest: contest.id,
        contest_name: contest.name.to_string(),
        kind: contest.kind,
        log_key: known.log_key.clone(),
        server: args.server.clone(),
        person,
        role,
        seats: vec![seat],
        key: enrolment.key,
    };
    known.finish(&args.device, &about)?;
    said(args, &about, &received)
}

/// The code, looked at before anything is made or asked.
fn code(args: &RedeemArgs) -> Result<EnrolmentCode, Failure> {
    let typed = match &args.code {
        Some(code) => code.clone(),
        None if std::io::stdin().is_terminal() => Input::new()
            .with_prompt("The code on the strip")
            .validate_with(|typed: &String| typed.parse::<EnrolmentCode>().map(|_| ()))
            .interact_text()
            .map_err(|dialoguer::Error::IO(error)| Failure::Terminal(error))?,
        None => return Err(KeysFault::NoCode.into()),
    };
    Ok(typed.parse().map_err(KeysFault::Mistyped)?)
}

async fn ask(
    args: &RedeemArgs,
    seat: &Seat,
    code: &EnrolmentCode,
    enrolment: &Enrolment,
) -> Result<v1::Receipt, Failure> {
    let request = v1::RedeemRequest {
        county: seat.county.clone(),
        precinct: seat.precinct.clone(),
        code: code.to_string(),
        person: enrolment.person.to_string(),
        key: enrolment.key.0.to_vec(),
        possession: enrolment.possession.0.to_vec(),
    };
    let answer = KeysClient::new(connect(&args.server).await?).redeem(request).await?;
    Ok(answer.into_inner().receipt.unwrap_or_default())
}

/// The receipt must prove that the log's own key enrolled this key for this precinct; and under which name.
fn prove(known: &Known, receipt: v1::Receipt, enrolment: &Enrolment) -> Result<(Received, Text), Failure> {
    let proven =
        verify_receipt(&receipt.proof, &Policy::of_log(known.log_key.clone())).map_err(DeviceFault::BadReceipt)?;
    let entry = proven.entry();
    let body = entry.envelope.decode().map_err(|_| DeviceFault::OtherReceipt)?;
    let Event::Code(CodeEvent::Redeemed(redemption)) = body.event else {
        return Err(DeviceFault::OtherReceipt.into());
    };
    let enrolled = redemption.enrolment;
    let is_ours = enrolled.key == enrolment.key && enrolled.role == enrolment.role;
    // A successor of the service's key signs too, where the contest's version has one; whoever audits the log looks
    // whether two persons made it one.
    let by_service = known.state.has_acts() || entry.envelope.author == known.contest()?.service;
    if !is_ours || !by_service {
        return Err(DeviceFault::OtherReceipt.into());
    }
    let received = Received {
        entry: entry.index.0,
        at_ms: entry.received_at.0,
        words: short_words(&chain(&entry.encode())),
        since: receipt.since.as_ref().map(Since::of),
        proof: receipt.proof,
    };
    Ok((received, enrolled.person))
}

/// What came of it.
#[derive(Serialize)]
struct Enrolled<'a> {
    person: &'a str,
    county: &'a str,
    precinct: &'a str,
    key: String,
    key_words: String,
    log_key: String,
    log_words: String,
    receipt: u64,
    words: &'a str,
}

fn said(args: &RedeemArgs, about: &About, received: &Received) -> Result<Outcome, Failure> {
    talk(&about.heading());
    let how = if args.log_key.is_some() {
        "as you said"
    } else {
        "as the server says: compare the words with the strip, and if they differ do not use this device and call the party"
    };
    let words = log_words(&about.log_key);
    talk(&format!("it trusts the log of the key {words} ({how})"));
    received.news().into_iter().for_each(talk);
    let seat = about.seats.first();
    let row = Enrolled {
        person: about.person.as_str(),
        county: seat.map_or("", |seat| &seat.county),
        precinct: seat.map_or("", |seat| &seat.precinct),
        key: hex::encode(about.key.0),
        key_words: key_words(&about.key),
        log_key: about.log_key.to_string(),
        log_words: words,
        receipt: received.entry,
        words: &received.words,
    };
    match args.format {
        Format::Table => show::data(&format!(
            "enrolled {} as chair of {}, {}\nthe key for the worksheet: {}\nreceipt {}, {}\n",
            row.person, row.precinct, row.county, row.key_words, row.receipt, row.words
        ))?,
        Format::Json => show::json(&row)?,
        Format::Csv => show::csv(&[row])?,
    }
    Ok(Outcome::Yes)
}
