//! The command line: everything that a person runs.
//!
//! Data goes to stdout and talk to stderr. Exit codes: 0 yes, 1 no, 2 could not tell.

mod args;
mod audit;
mod backup;
mod check;
mod correct;
mod data_dir;
mod demo;
mod desk;
mod device;
mod enrol;
mod enter;
mod entries;
mod exports;
mod failure;
mod import;
mod inquiry;
mod key;
mod keys;
mod mirror;
mod night;
mod open;
mod outbox;
mod outstanding;
mod photo;
mod prove;
mod release;
mod replay;
mod report;
mod restore;
mod review;
mod serve;
mod show;
mod signed;
mod size;
mod source;
mod time;
mod verify;
mod watch;
mod witness;
mod worksheet;

use std::process::ExitCode;

use clap::Parser;

use crate::args::report::OutboxCommand;
use crate::args::{Args, Command, ExportCommand, KeyCommand, ProveCommand};
use crate::failure::{Failure, Outcome};

/// What strangers made the server hold goes back to the system within seconds: glibc's own keeps it until the end of the night.
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    match run(args.command).await {
        Ok(outcome) => outcome.into(),
        Err(failure) => {
            show::talk(&format!("tallylog: {failure} [{}]", failure.code()));
            ExitCode::from(2)
        }
    }
}

async fn run(command: Command) -> Result<Outcome, Failure> {
    match command {
        Command::Open(args) => open::run(&args).await,
        Command::Import(args) => import::run(&args).await,
        Command::Totals(args) => show::totals(&args).await,
        Command::Precinct(args) => show::precinct(&args).await,
        Command::Discrepancies(args) => show::discrepancies(&args).await,
        Command::Watch(args) => watch::run(&args).await,
        Command::Report(args) => report::run(&args).await,
        Command::Outbox(args) => match args.command {
            OutboxCommand::List(args) => outbox::list(&args),
            OutboxCommand::Send(args) => outbox::send_now(&args).await,
            OutboxCommand::Watch(args) => outbox::watch(&args).await,
            OutboxCommand::Photo(args) => outbox::add_photos(&args).await,
        },
        Command::Photo(args) => photo::run(args.command).await,
        Command::Enter(args) => enter::run(&args).await,
        Command::Outstanding(args) => outstanding::run(&args).await,
        Command::Call(args) => outstanding::call(&args.command).await,
        Command::Review(args) => review::run(&args.command).await,
        Command::Correct(args) => correct::run(&args.command).await,
        Command::Release(args) => release::run(&args).await,
        Command::Releases(args) => release::list(&args).await,
        Command::Inquiry(args) => inquiry::run(&args.command).await,
        Command::Night(args) => night::run(&args.command).await,
        Command::Audit(args) => audit::run(&args.command).await,
        Command::Replay(args) => replay::run(&args).await,
        Command::Backup(args) => backup::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Restore(args) => restore::run(&args),
        Command::Serve(args) => serve::run(&args).await,
        Command::Demo(args) => demo::run(&args).await,
        Command::Witness(args) => witness::run(&args).await,
        Command::Key(args) => match args.command {
            KeyCommand::New(args) => enrol::new(&args).await,
            KeyCommand::Add(args) => enrol::add(&args).await,
            KeyCommand::Replace(args) => keys::replace(&args).await,
            KeyCommand::Revoke(args) => keys::revoke(&args).await,
            KeyCommand::Second(args) => keys::second(&args).await,
            KeyCommand::Decline(args) => keys::decline(&args).await,
            KeyCommand::Pending(args) => keys::pending(&args).await,
            KeyCommand::Successor(args) => key::successor(&args),
            KeyCommand::Succeed(args) => keys::succeed(&args).await,
            KeyCommand::Codes(args) => keys::codes(&args).await,
            KeyCommand::Enrol(args) => keys::enrol(&args).await,
            KeyCommand::Withdraw(args) => keys::withdraw(&args).await,
            KeyCommand::List(args) => keys::list(&args).await,
            KeyCommand::Progress(args) => keys::progress(&args).await,
            KeyCommand::Show(args) => keys::show_device(&args),
            KeyCommand::Log(args) => key::log(&args),
        },
        Command::Export(args) => match args.command {
            ExportCommand::Tiles(args) => apart(move || mirror::tiles(&args)).await,
            ExportCommand::Csv(args) => exports::run(&args, exports::Form::Csv).await,
            ExportCommand::Json(args) => exports::run(&args, exports::Form::Json).await,
            ExportCommand::Cdf(args) => exports::run(&args, exports::Form::Cdf).await,
            ExportCommand::Check(args) => exports::check(&args).await,
        },
        Command::Bundle(args) => apart(move || mirror::bundle(&args)).await,
        Command::Verify(args) => apart(move || verify::run(args)).await,
        Command::Prove(args) => match args.command {
            ProveCommand::Precinct(args) => prove::precinct(&args).await,
            ProveCommand::Entry(args) => prove::entry(&args).await,
        },
    }
}

/// Work that reads the network or the disk without a pause: it would stop a thread that others share.
async fn apart(work: impl FnOnce() -> Result<Outcome, Failure> + Send + 'static) -> Result<Outcome, Failure> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))
}
