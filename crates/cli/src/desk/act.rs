//! Signs, sends, and says what came of it.

use std::io::IsTerminal;
use std::time::Duration;

use serde::Serialize;
use tallylog_event::Event;

use super::DeskFault;
use crate::args::Format;
use crate::device::{Device, may_pass, send};
use crate::failure::{Failure, Outcome};
use crate::outbox::{Outbox, upload_after};
use crate::show;

/// How long documents are sent after the event that names them; what has not come then waits on the device.
const PATIENCE: Duration = Duration::from_secs(30);

/// What somebody did, once the log has it.
#[derive(Serialize)]
struct Deed {
    contest: String,
    did: String,
    receipt: u64,
    received_at_ms: u64,
    words: String,
    /// What became of it since, where the log had it before.
    since: Option<String>,
}

/// Signs an event, sends it until it is received, and says so.
pub(crate) async fn act(device: &Device, event: Event, did: String, format: Format) -> Result<Outcome, Failure> {
    if !event.files().is_empty() {
        Outbox::open(device.dir(), device.about())?.name_documents(&event.files())?;
    }
    let received = match send(device, event.clone()).await {
        Ok(received) => received,
        Err(failure) => return Err(refused(device, &event, failure)?),
    };
    let deed = Deed {
        contest: device.about().heading(),
        did,
        receipt: received.entry,
        received_at_ms: received.at_ms,
        since: received.news().map(str::to_owned),
        words: received.words,
    };
    deed.since.iter().for_each(|since| show::talk(since));
    match format {
        Format::Table => show::data(&format!(
            "{}\n{}\nreceived: receipt {}, {}\n",
            deed.contest, deed.did, deed.receipt, deed.words
        ))?,
        Format::Json => show::json(&deed)?,
        Format::Csv => show::csv(&[deed])?,
    }
    upload_after(device, PATIENCE).await?;
    Ok(Outcome::Yes)
}

/// What the log refused needs no documents. What may yet be in the log keeps them.
fn refused(device: &Device, event: &Event, failure: Failure) -> Result<Failure, Failure> {
    if !may_pass(&failure) && !event.files().is_empty() {
        Outbox::open(device.dir(), device.about())?.forget_documents(&event.files())?;
    }
    Ok(failure)
}

/// Asks whoever is at the terminal to agree to what was shown, unless a script has said so.
pub(crate) fn confirm(yes: bool, question: &str) -> Result<(), Failure> {
    if yes {
        return Ok(());
    }
    if !(std::io::stdin().is_terminal() && std::io::stderr().is_terminal()) {
        return Err(DeskFault::NotConfirmed.into());
    }
    let asked = dialoguer::Confirm::new()
        .with_prompt(question)
        .default(false)
        .interact();
    if asked.map_err(|dialoguer::Error::IO(error)| Failure::Terminal(error))? {
        return Ok(());
    }
    Err(DeskFault::NotConfirmed.into())
}
