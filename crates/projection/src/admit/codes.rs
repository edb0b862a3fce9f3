//! Enrolment codes.

use tallylog_event::{CodeEvent, Contest};

use super::Signer;
use crate::{DeskRefusal, Refusal, State};

pub(super) fn admit(_state: &State, _open: &Contest, signer: &Signer<'_>, _event: &CodeEvent) -> Result<(), Refusal> {
    Err(DeskRefusal::NotInVersion(signer.version).into())
}
