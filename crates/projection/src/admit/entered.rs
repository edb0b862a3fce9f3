//! Manual entries, and files.

use tallylog_event::{Contest, FilesAdded, ManualEntry};

use super::Signer;
use crate::{DeskRefusal, Refusal, State};

pub(super) fn enters(
    _state: &State,
    _open: &Contest,
    signer: &Signer<'_>,
    _entry: &ManualEntry,
) -> Result<(), Refusal> {
    Err(DeskRefusal::NotInVersion(signer.version).into())
}

pub(super) fn adds_files(
    _state: &State,
    _open: &Contest,
    signer: &Signer<'_>,
    _added: &FilesAdded,
) -> Result<(), Refusal> {
    Err(DeskRefusal::NotInVersion(signer.version).into())
}
