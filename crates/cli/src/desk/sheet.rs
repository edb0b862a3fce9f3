//! Worksheets from files.

use std::path::Path;

use tallylog_event::PrecinctId;
use tallylog_projection::State;
use tallylog_rules::Sheet;

use super::DeskFault;
use crate::failure::Failure;
use crate::worksheet::{self, Caucus};

/// What must be known of a precinct to read its worksheet.
pub(crate) fn caucus(roster: &State, id: PrecinctId) -> Result<Caucus, DeskFault> {
    Caucus::of(roster, id).ok_or_else(|| DeskFault::NoPlace {
        county: format!("county {}", id.county.0),
        precinct: format!("precinct {}", id.number),
    })
}

/// The worksheet in a file.
pub(crate) fn sheet_of(path: &Path, caucus: &Caucus) -> Result<Sheet, Failure> {
    let bytes = std::fs::read(path).map_err(|error| Failure::File {
        path: path.to_owned(),
        error,
    })?;
    worksheet::read(&bytes, caucus).map_err(|fault| Failure::Worksheet {
        path: path.to_owned(),
        fault,
    })
}
