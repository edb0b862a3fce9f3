//! The precincts of which something is missing: the list that a room of callers works from.

mod call;
mod fault;
mod list;
mod phones;
mod when;

use std::time::Duration;

use tallylog_wire::v1;
use tallylog_wire::v1::desk_client::DeskClient;

pub(crate) use self::fault::CallFault;
use crate::args::Format;
use crate::args::enter::{CallCommand, OutstandingArgs};
use crate::device::{Asking, Device, Service};
use crate::failure::{Failure, Outcome};
use crate::show;

/// Notes calls and numbers.
pub(crate) async fn call(command: &CallCommand) -> Result<Outcome, Failure> {
    match command {
        CallCommand::Note(args) => call::note(args).await,
        CallCommand::Phones(args) => phones::write(args).await,
    }
}

fn desk(service: Service) -> DeskClient<Service> {
    // All precincts of a state are more than the 4 MiB that a client takes by default.
    DeskClient::new(service).max_decoding_message_size(64 << 20)
}

/// Shows the list, once or again and again.
pub(crate) async fn run(args: &OutstandingArgs) -> Result<Outcome, Failure> {
    let device = Device::open(&args.device)?;
    let asking = device.asking().await?;
    let Some(seconds) = args.watch else {
        show(args, &device, &asking).await?;
        return Ok(Outcome::Yes);
    };
    loop {
        if matches!(args.format, Format::Table) && show::line_width().is_some() {
            // A blank screen, from the top.
            show::data("\u{1b}[2J\u{1b}[H")?;
        }
        if let Err(failure) = show(args, &device, &asking).await {
            // The list comes again when the network does.
            show::talk(&format!("{failure} [{}]", failure.code()));
        }
        tokio::time::sleep(Duration::from_secs(seconds)).await;
    }
}

async fn show(args: &OutstandingArgs, device: &Device, asking: &Asking) -> Result<(), Failure> {
    let request = v1::OutstandingRequest {
        county: args.county.clone().unwrap_or_default(),
        missing: args.missing.clone().unwrap_or_default(),
    };
    let mut answer = asking
        .ask(async |service| desk(service).outstanding(request.clone()).await)
        .await?;
    if args.mine {
        let person = device.about().person.as_str();
        answer.precincts.retain(|found| found.owner == person);
    }
    list::show(args.format, &answer)
}
