//! Resolutions, decisions and holds.

use tallylog_event::{Contest, ReviewEvent};

use super::Signer;
use crate::{DeskRefusal, Refusal, State};

pub(super) fn admit(_state: &State, _open: &Contest, signer: &Signer<'_>, _event: &ReviewEvent) -> Result<(), Refusal> {
    Err(DeskRefusal::NotInVersion(signer.version).into())
}
