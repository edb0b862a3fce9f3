//! Goes through the queue with a person at a terminal.

use dialoguer::{Input, Select};
use tallylog_wire::v1;

use super::show::Case;
use super::{ask, decide, queue};
use crate::args::Format;
use crate::args::device::DeviceArgs;
use crate::args::review::{AcceptArgs, HoldArgs, Reader, ResolveArgs, WalkArgs, Way};
use crate::desk::DeskFault;
use crate::device::Device;
use crate::failure::{Failure, Outcome};
use crate::show::talk;

/// What may be done about an item, as it is offered.
const CHOICES: [&str; 9] = [
    "go on to the next",
    "accept it, with a reason",
    "keep the first entry",
    "keep the second entry",
    "have the first made again",
    "have the second made again",
    "set both entries aside",
    "hold the precinct",
    "stop",
];

pub(super) async fn run(args: &WalkArgs) -> Result<Outcome, Failure> {
    use std::io::IsTerminal;
    if !std::io::stdin().is_terminal() {
        return Err(DeskFault::NotConfirmed.into());
    }
    let device = Device::open(&args.device)?;
    let asking = device.asking().await?;
    let request = v1::QueueRequest {
        county: args.county.clone().unwrap_or_default(),
        mine: args.mine,
        ..v1::QueueRequest::default()
    };
    let waiting = ask::queue(&asking, &request).await?;
    let rows = queue::rows(&waiting, Reader::Reviewer);
    for (at, row) in (1..).zip(&rows) {
        let (county, precinct) = row.place();
        talk(&format!("\n{at} of {}", rows.len()));
        match precinct {
            "" => talk(&queue::item(row)),
            precinct => talk(&Case::read(&asking, county, precinct).await?.text(county, precinct)),
        }
        let of = Place {
            device: &device,
            args: &args.device,
            county,
            precinct,
            code: row.code(),
        };
        match choose()? {
            0 => {}
            8 => break,
            choice => match of.act(choice).await {
                Ok(_) => {}
                // What the log refuses is said, and the walk goes on.
                Err(Failure::Server(status)) => talk(&format!("refused: {}", status.message())),
                Err(failure) => return Err(failure),
            },
        }
    }
    talk("the end of the queue");
    Ok(Outcome::Yes)
}

fn choose() -> Result<usize, Failure> {
    let chosen = Select::new()
        .with_prompt("what now")
        .items(CHOICES)
        .default(0)
        .interact();
    chosen.map_err(|dialoguer::Error::IO(error)| Failure::Terminal(error))
}

fn reason() -> Result<String, Failure> {
    let typed = Input::<String>::new()
        .with_prompt("why, for everybody to read")
        .interact_text();
    typed.map_err(|dialoguer::Error::IO(error)| Failure::Terminal(error))
}

/// What a decision is about.
struct Place<'a> {
    device: &'a Device,
    args: &'a DeviceArgs,
    county: &'a str,
    precinct: &'a str,
    code: &'a str,
}

impl Place<'_> {
    async fn act(&self, choice: usize) -> Result<Outcome, Failure> {
        let reason = reason()?;
        let (county, precinct) = (self.county.to_owned(), self.precinct.to_owned());
        let device = self.args.clone();
        let format = Format::Table;
        let way = match choice {
            1 => {
                let code = self.code.to_owned();
                let args = AcceptArgs {
                    device,
                    county,
                    precinct,
                    code,
                    reason,
                    format,
                };
                return decide::accept(self.device, &args).await;
            }
            2 => Way::KeepFirst,
            3 => Way::KeepSecond,
            4 => Way::RedoFirst,
            5 => Way::RedoSecond,
            6 => Way::DiscardBoth,
            _ => {
                let args = HoldArgs {
                    device,
                    county,
                    precinct,
                    reason,
                    format,
                };
                return decide::hold(self.device, &args).await;
            }
        };
        let args = ResolveArgs {
            device,
            county,
            precinct,
            way,
            reason,
            format,
        };
        decide::resolve(self.device, &args).await
    }
}
