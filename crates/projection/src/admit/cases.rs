//! Correction cases.

use tallylog_event::{CaseEvent, Contest};

use super::Signer;
use crate::{DeskRefusal, Refusal, State};

pub(super) fn admit(_state: &State, _open: &Contest, signer: &Signer<'_>, _event: &CaseEvent) -> Result<(), Refusal> {
    Err(DeskRefusal::NotInVersion(signer.version).into())
}
