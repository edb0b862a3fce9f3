//! Issues codes, shows them again, and withdraws them.

use jiff::Timestamp;
use tallylog_event::{CodeBatch, CodeEvent, CodeWithdrawal, EntryIndex, Event, PrecinctId, UnixMillis};
use tallylog_projection::State;
use tallylog_wire::v1;
use tallylog_wire::v1::keys_client::KeysClient;

use super::strip::Strip;
use super::{Done, KeysFault, done, pdf};
use crate::args::keys::{CodesArgs, CodesFormat, WithdrawArgs};
use crate::device::{Device, send, write_private};
use crate::enrol::{EnrolFault, name};
use crate::failure::{Failure, Outcome};
use crate::show::{self, talk};

/// How long codes are good where nobody says it, in milliseconds.
const GOOD_FOR: u64 = 30 * 24 * 3_600_000;

/// Issues a batch of codes, or shows one again.
pub(crate) async fn codes(args: &CodesArgs) -> Result<Outcome, Failure> {
    if args.format == CodesFormat::Pdf && args.output.is_none() {
        return Err(KeysFault::NoSheetFile.into());
    }
    let device = Device::open(&args.device)?;
    talk(&device.about().heading());
    let batch = match args.batch {
        Some(batch) => batch,
        None => issue(&device, args).await?,
    };
    let request = v1::CodesRequest { batch };
    let asking = device.asking().await?;
    let answer = asking
        .ask(async |service| {
            KeysClient::new(service)
                .max_decoding_message_size(64 << 20)
                .codes(request)
                .await
        })
        .await?;
    let strips: Vec<Strip> = answer
        .codes
        .iter()
        .map(|code| Strip::of(device.about(), &answer, code))
        .collect();
    write(args, &strips)?;
    Ok(Outcome::Yes)
}

async fn issue(device: &Device, args: &CodesArgs) -> Result<u64, Failure> {
    let places = places(&device.roster()?, &args.county, &args.precinct)?;
    if places.is_empty() {
        return Err(KeysFault::NoPlaces.into());
    }
    let count = places.len();
    let batch = CodeBatch {
        precincts: places,
        each: args.each,
        expires_at: expiry(args.expires.as_deref())?,
    };
    let received = send(device, Event::Code(CodeEvent::Issued(batch.into()))).await?;
    talk(&format!(
        "issued {} codes for {count} precincts as batch {}\nreceipt {}, {}",
        count * usize::from(args.each),
        received.entry,
        received.entry,
        received.words
    ));
    Ok(received.entry)
}

fn expiry(said: Option<&str>) -> Result<UnixMillis, KeysFault> {
    let Some(said) = said else {
        return Ok(UnixMillis(tallylog_server::now().0 + GOOD_FOR));
    };
    let time = said.parse::<Timestamp>().ok();
    let millis = time.and_then(|time| u64::try_from(time.as_millisecond()).ok());
    millis
        .map(UnixMillis)
        .ok_or_else(|| KeysFault::BadExpiry(said.to_owned()))
}

/// The precincts of the counties that are named, each once; or those of the one county.
fn places(state: &State, counties: &[String], precincts: &[String]) -> Result<Vec<PrecinctId>, Failure> {
    let missing = |county: &str, precinct: &str| EnrolFault::NoPlace {
        county: county.to_owned(),
        precinct: precinct.to_owned(),
    };
    if !precincts.is_empty() && counties.len() > 1 {
        return Err(KeysFault::SeveralCounties.into());
    }
    let mut found = Vec::new();
    for name in counties {
        let county = state.roster().county_named(name).ok_or_else(|| missing(name, ""))?;
        if precincts.is_empty() {
            let numbers = (0..).take(county.precincts.len());
            found.extend(numbers.map(|number| PrecinctId {
                county: county.id,
                number,
            }));
        }
        for precinct in precincts {
            let id = state.roster().precinct_named(county, precinct);
            found.push(id.ok_or_else(|| missing(name, precinct))?);
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

fn write(args: &CodesArgs, strips: &[Strip]) -> Result<(), Failure> {
    let bytes = match args.format {
        CodesFormat::Table => table(strips).into_bytes(),
        CodesFormat::Json => json(strips)?.into_bytes(),
        CodesFormat::Csv => csv(strips)?,
        CodesFormat::Pdf => pdf::sheets(strips),
    };
    match &args.output {
        Some(path) => {
            write_private(path, &bytes)?;
            talk(&format!(
                "the codes are in {}; whoever reads it can become any of these chairs, so take it away when it is printed",
                path.display()
            ));
            Ok(())
        }
        None => show::data(&String::from_utf8_lossy(&bytes)),
    }
}

fn table(strips: &[Strip]) -> String {
    let mut table = show::new_table(&["County", "Precinct", "Code", "State"], 4);
    for strip in strips {
        table.add_row([&strip.county, &strip.precinct, &strip.code, &strip.state]);
    }
    format!("{table}\n")
}

fn json(strips: &[Strip]) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(strips).map_err(|error| Failure::Output(error.into()))?;
    Ok(text + "\n")
}

fn csv(strips: &[Strip]) -> Result<Vec<u8>, Failure> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let written = strips.iter().try_for_each(|strip| writer.serialize(strip));
    written.map_err(|error| Failure::Output(std::io::Error::other(error)))?;
    let bytes = writer.into_inner();
    bytes.map_err(|error| Failure::Output(std::io::Error::other(error.to_string())))
}

/// Withdraws the unused codes of a batch.
pub(crate) async fn withdraw(args: &WithdrawArgs) -> Result<Outcome, Failure> {
    let device = Device::open(&args.device)?;
    talk(&device.about().heading());
    let precincts = places(&device.roster()?, &args.county, &args.precinct)?;
    let of = if precincts.is_empty() {
        "all precincts".to_owned()
    } else {
        format!("{} precincts", precincts.len())
    };
    let withdrawal = CodeWithdrawal {
        batch: EntryIndex(args.batch),
        precincts,
        reason: name(&args.reason)?,
    };
    let received = send(&device, Event::Code(CodeEvent::Withdrawn(withdrawal.into()))).await?;
    let did = format!("withdrew the unused codes of batch {} for {of}", args.batch);
    done(args.format, &[Done::new(did, &received)])
}
