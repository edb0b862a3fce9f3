//! Pauses, certification and amendments of the roster.

use tallylog_event::{Contest, CourseEvent};

use super::Signer;
use crate::{DeskRefusal, Refusal, State};

pub(super) fn admit(_state: &State, _open: &Contest, signer: &Signer<'_>, _event: &CourseEvent) -> Result<(), Refusal> {
    Err(DeskRefusal::NotInVersion(signer.version).into())
}
