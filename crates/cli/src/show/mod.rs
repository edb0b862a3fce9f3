//! Answers on the terminal: a table for people, JSON for programs, CSV for spreadsheets.

mod discrepancies;
pub(crate) mod feed;
mod precinct;
mod totals;

use std::io::Write;

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, ContentArrangement, Table};
use serde::Serialize;
use tallylog_wire::v1;

pub(crate) use discrepancies::discrepancies;
pub(crate) use precinct::precinct;
pub(crate) use totals::totals;

use crate::failure::Failure;

/// What is said of whatever no release lists, in a contest that withholds it: of what was reported and of what was not.
pub(crate) const WITHHELD: &str = "withheld until released";

/// Writes data to stdout.
pub(crate) fn data(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        // Whoever reads has had enough, as `head` has.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => written.map_err(Failure::Output),
    }
}

/// Writes talk to stderr. A terminal that is gone needs none.
pub(crate) fn talk(line: &str) {
    let _gone = writeln!(std::io::stderr().lock(), "{line}");
}

/// Writes a value as JSON.
pub(crate) fn json(value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value).map_err(|error| Failure::Output(error.into()))?;
    data(&format!("{text}\n"))
}

/// Writes a value as JSON in a line of its own.
pub(crate) fn object_line(value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string(value).map_err(|error| Failure::Output(error.into()))?;
    data(&format!("{text}\n"))
}

/// How many columns stdout has, if it is a terminal.
pub(crate) fn line_width() -> Option<usize> {
    let (width, _) = terminal_size::terminal_size_of(std::io::stdout())?;
    Some(usize::from(width.0).max(20))
}

/// Writes rows as CSV, their fields' names first.
pub(crate) fn csv(rows: &[impl Serialize]) -> Result<(), Failure> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let written = rows.iter().try_for_each(|row| writer.serialize(row));
    written.map_err(|error| Failure::Output(std::io::Error::other(error)))?;
    let bytes = writer
        .into_inner()
        .map_err(|error| Failure::Output(std::io::Error::other(error.to_string())))?;
    data(&String::from_utf8_lossy(&bytes))
}

/// A table for spreadsheets of which everything is withheld.
#[derive(Serialize)]
pub(crate) struct Withheld {
    status: &'static str,
}

impl Withheld {
    pub(crate) const WHOLE: Self = Self { status: WITHHELD };
}

/// An empty table: the first `left` columns hold words, the others numbers.
pub(crate) fn new_table(header: &[&str], left: usize) -> Table {
    let mut table = Table::new();
    table
        .load_style(UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(header.iter().copied());
    for column in table.column_iter_mut().skip(left) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// What stands above every table: the contest, and that it is no real night where it is none.
pub(crate) fn heading(position: &v1::Position) -> String {
    match position.kind() {
        v1::ContestKind::Rehearsal => format!("REHEARSAL, not a real night: {}", position.contest),
        v1::ContestKind::Archive => format!("ARCHIVE of published results: {}", position.contest),
        v1::ContestKind::Election | v1::ContestKind::Unspecified => position.contest.clone(),
    }
}

/// The kind of a contest in JSON.
pub(crate) fn kind(position: &v1::Position) -> &'static str {
    match position.kind() {
        v1::ContestKind::Election => "election",
        v1::ContestKind::Rehearsal => "rehearsal",
        v1::ContestKind::Archive => "archive",
        v1::ContestKind::Unspecified => "unknown",
    }
}

/// Ten-thousandths as a decimal.
pub(crate) fn decimal(ten_thousandths: u64) -> String {
    format!("{}.{:04}", ten_thousandths / 10_000, ten_thousandths % 10_000)
}

/// A number with thousands set apart.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A root or a hash; nothing where there is none yet.
fn hash(bytes: &[u8]) -> Option<String> {
    (!bytes.is_empty()).then(|| hex::encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(
            ["0", "999", "1,000", "1,234,567"],
            [0, 999, 1_000, 1_234_567].map(grouped).each_ref().map(String::as_str)
        );
    }

    #[test]
    fn equivalents_have_four_decimals() {
        assert_eq!(decimal(5_629_538), "562.9538");
        assert_eq!(decimal(7), "0.0007");
    }
}
