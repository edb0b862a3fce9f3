//! The reviewers' desk: the queue, and what is decided.

mod ask;
mod decide;
mod queue;
mod show;
mod walk;

use crate::args::review::ReviewCommand;
use crate::device::Device;
use crate::failure::{Failure, Outcome};

pub(crate) async fn run(command: &ReviewCommand) -> Result<Outcome, Failure> {
    match command {
        ReviewCommand::Queue(args) => queue::run(args).await,
        ReviewCommand::Walk(args) => walk::run(args).await,
        ReviewCommand::Show(args) => show::run(args).await,
        ReviewCommand::Accept(args) => decide::accept(&Device::open(&args.device)?, args).await,
        ReviewCommand::Rule(args) => decide::rule(&Device::open(&args.device)?, args).await,
        ReviewCommand::Reopen(args) => decide::reopen(&Device::open(&args.device)?, args).await,
        ReviewCommand::Resolve(args) => decide::resolve(&Device::open(&args.device)?, args).await,
        ReviewCommand::Hold(args) => decide::hold(&Device::open(&args.device)?, args).await,
        ReviewCommand::Lift(args) => decide::lift(&Device::open(&args.device)?, args).await,
        ReviewCommand::Own(args) => decide::own(&Device::open(&args.device)?, args).await,
    }
}
