//! CSV files with a header that must be as it is known to be.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use csv::StringRecord;

use crate::failure::{Failure, RowFault, TableFault};

/// A table on its way through memory, a row at a time.
pub(super) struct Table {
    path: PathBuf,
    reader: csv::Reader<File>,
    row: StringRecord,
}

impl Table {
    /// Opens a table whose columns must be `header`, separated by commas.
    pub(super) fn open(path: &Path, header: &'static str) -> Result<Self, Failure> {
        let file = File::open(path).map_err(|error| Failure::File {
            path: path.to_owned(),
            error,
        })?;
        let mut reader = csv::Reader::from_reader(file);
        let found = reader.headers().map_err(|error| malformed(path, &error))?;
        if !found.iter().eq(header.split(',')) {
            return Err(Failure::Table {
                path: path.to_owned(),
                fault: TableFault::Header(header),
            });
        }
        Ok(Self {
            path: path.to_owned(),
            reader,
            row: StringRecord::new(),
        })
    }

    /// The next row, with its line in the file.
    pub(super) fn next(&mut self) -> Result<Option<Row<'_>>, Failure> {
        match self.reader.read_record(&mut self.row) {
            Ok(true) => Ok(Some(Row {
                path: &self.path,
                line: self.row.position().map_or(0, csv::Position::line),
                fields: &self.row,
            })),
            Ok(false) => Ok(None),
            Err(error) => Err(malformed(&self.path, &error)),
        }
    }
}

fn malformed(path: &Path, error: &csv::Error) -> Failure {
    Failure::Row {
        path: path.to_owned(),
        line: error.position().map_or(1, csv::Position::line),
        fault: RowFault::Csv(error.to_string()),
    }
}

/// A row. The reader has seen to it that it has as many fields as the header.
pub(super) struct Row<'a> {
    path: &'a Path,
    pub(super) line: u64,
    fields: &'a StringRecord,
}

impl<'a> Row<'a> {
    pub(super) fn text(&self, column: usize) -> &'a str {
        self.fields.get(column).unwrap_or_default()
    }

    pub(super) fn number<T: FromStr>(&self, column: usize, name: &'static str) -> Result<T, Failure> {
        let value = self.text(column);
        // `u32::from_str` takes a plus sign, which no figure of a worksheet has.
        let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
        let number = digits.then(|| value.parse().ok()).flatten();
        number.ok_or_else(|| {
            self.fault(RowFault::Number {
                column: name,
                value: value.to_owned(),
            })
        })
    }

    pub(super) fn fault(&self, fault: RowFault) -> Failure {
        Failure::Row {
            path: self.path.to_owned(),
            line: self.line,
            fault,
        }
    }
}
