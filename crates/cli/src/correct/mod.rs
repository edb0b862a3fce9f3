//! Corrections: a case, a proposal, and a second person who approves it.

mod ask;
mod effect;
mod show;
mod sign;

use crate::args::correct::CorrectCommand;
use crate::failure::{Failure, Outcome};

pub(crate) async fn run(command: &CorrectCommand) -> Result<Outcome, Failure> {
    match command {
        CorrectCommand::Open(args) => sign::open(args).await,
        CorrectCommand::Propose(args) => sign::propose(args).await,
        CorrectCommand::Approve(args) => sign::approve(args).await,
        CorrectCommand::Reject(args) => sign::reject(args).await,
        CorrectCommand::Close(args) => sign::close(args).await,
        CorrectCommand::List(args) => show::list(args).await,
        CorrectCommand::Show(args) => show::one(args).await,
    }
}
