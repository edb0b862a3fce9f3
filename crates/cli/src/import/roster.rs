//! The roster: `counties.csv` and `precincts.csv`, read as the verifier reads them.

use std::fs;
use std::path::Path;

use tallylog_event::County;
use tallylog_verify::read_roster;

use crate::failure::Failure;

/// Reads the counties and pools in file order, each with its precincts in file order.
pub(crate) fn read(from: &Path) -> Result<Vec<County>, Failure> {
    let file = |name| {
        let path = from.join(name);
        fs::read(&path).map_err(|error| Failure::File { path, error })
    };
    read_roster(&file("counties.csv")?, &file("precincts.csv")?).map_err(|error| Failure::Roster {
        folder: from.to_owned(),
        error,
    })
}
