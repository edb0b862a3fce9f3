//! The command line: everything that a person runs.
//!
//! Data goes to stdout and talk to stderr. Exit codes: 0 yes, 1 no, 2 could not tell.

mod args;
mod check;
mod data_dir;
mod demo;
mod failure;
mod import;
mod serve;
mod show;
mod source;
mod time;
mod witness;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Args, Command};
use crate::failure::{Failure, Outcome};

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
        Command::Import(args) => import::run(&args).await,
        Command::Totals(args) => show::totals(&args).await,
        Command::Precinct(args) => show::precinct(&args).await,
        Command::Discrepancies(args) => show::discrepancies(&args).await,
        Command::Check(args) => check::run(&args),
        Command::Restore(args) => check::restore(&args),
        Command::Serve(args) => serve::run(&args).await,
        Command::Demo(args) => demo::run(&args).await,
        Command::Witness(args) => witness::run(&args).await,
    }
}
