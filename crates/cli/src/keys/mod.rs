//! Enrolment codes, and what becomes of keys.

mod acts;
mod codes;
mod fault;
mod pdf;
mod people;
mod progress;
mod redeem;
mod strip;

use serde::Serialize;

pub(crate) use self::acts::{decline, pending, propose_enrolment, second, succeed};
pub(crate) use self::codes::{codes, withdraw};
pub(crate) use self::fault::KeysFault;
pub(crate) use self::people::{list, replace, revoke, show_device};
pub(crate) use self::progress::progress;
pub(crate) use self::redeem::enrol;
use crate::args::Format;
use crate::device::Received;
use crate::failure::{Failure, Outcome};
use crate::show;

/// What was done, by its receipt.
#[derive(Serialize)]
struct Done {
    did: String,
    receipt: u64,
    words: String,
}

impl Done {
    fn new(did: String, received: &Received) -> Self {
        Self {
            did,
            receipt: received.entry,
            words: received.words.clone(),
        }
    }
}

/// Says what was done. One deed is one object in JSON, and several are a list.
fn done(format: Format, deeds: &[Done]) -> Result<Outcome, Failure> {
    match format {
        Format::Table => {
            for deed in deeds {
                show::data(&format!("{}\nreceipt {}, {}\n", deed.did, deed.receipt, deed.words))?;
            }
        }
        Format::Json => match deeds {
            [deed] => show::json(deed)?,
            several => show::json(&several)?,
        },
        Format::Csv => show::csv(deeds)?,
    }
    Ok(Outcome::Yes)
}
