//! Inquiries and answers.

use tallylog_event::{Contest, InquiryEvent};

use super::Signer;
use crate::{DeskRefusal, Refusal, State};

pub(super) fn admit(
    _state: &State,
    _open: &Contest,
    signer: &Signer<'_>,
    _event: &InquiryEvent,
) -> Result<(), Refusal> {
    Err(DeskRefusal::NotInVersion(signer.version).into())
}
