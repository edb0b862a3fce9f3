//! Shows keys.

use tallylog_server::Problem;
use tallylog_store::Checkpoints;
use tallylog_tlog::{KeyName, LogSigner};
use tallylog_verify::opening;

use crate::args::LogKeyArgs;
use crate::data_dir::DataDir;
use crate::failure::{Failure, Outcome};
use crate::show;

/// Prints the log's verifier key, and nothing else.
pub(crate) fn log(args: &LogKeyArgs) -> Result<Outcome, Failure> {
    let data = DataDir::new(&args.data_dir);
    if !data.has_log()? {
        return Err(Failure::NoLog(args.data_dir.clone()));
    }
    let signer = LogSigner::new(origin(&data)?, data.known_key("log")?);
    show::data(&format!("{}\n", signer.key()))?;
    Ok(Outcome::Yes)
}

/// The log's name: of its latest checkpoint, which can be read while a server has the log open, or of its first entry.
fn origin(data: &DataDir) -> Result<KeyName, Failure> {
    if data.checkpoints().exists()
        && let Some(latest) = Checkpoints::read(&data.checkpoints())?.last()
    {
        return Ok(latest?.unverified().origin.clone());
    }
    let first = data.read_only()?.reader().entry(0)?;
    let contest = first.and_then(|bytes| opening(&bytes)).ok_or(Problem::Empty)?;
    Ok(KeyName::new(contest.log.origin.as_str()).map_err(Problem::BadOrigin)?)
}
