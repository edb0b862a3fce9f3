//! Paper audits.

use tallylog_event::{Contest, PaperEvent};

use super::Signer;
use crate::{DeskRefusal, Refusal, State};

pub(super) fn admit(_state: &State, _open: &Contest, signer: &Signer<'_>, _event: &PaperEvent) -> Result<(), Refusal> {
    Err(DeskRefusal::NotInVersion(signer.version).into())
}
