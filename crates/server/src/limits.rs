//! Every limit that a client can meet, as data: `docs/OPERATIONS.md` has the same table, and a test compares them.
//!
//! Each limit is enforced where it arises, and its constant stands there. This file only lists them.

/// A limit that a client can meet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// What is limited.
    pub what: &'static str,
    /// The limit unless a flag says otherwise, with its unit.
    pub default: String,
    /// The flag of `serve` that changes it.
    pub flag: Option<&'static str>,
    /// The code that whoever meets it gets; absent where the connection is closed instead.
    pub code: Option<&'static str>,
}

impl Limit {
    pub(crate) fn new(what: &'static str, default: impl Into<String>) -> Self {
        Self {
            what,
            default: default.into(),
            flag: None,
            code: None,
        }
    }

    pub(crate) fn flag(self, flag: &'static str) -> Self {
        Self {
            flag: Some(flag),
            ..self
        }
    }

    pub(crate) fn code(self, code: &'static str) -> Self {
        Self {
            code: Some(code),
            ..self
        }
    }
}

/// Every limit, in the order of the page.
#[must_use]
pub fn limits() -> Vec<Limit> {
    [
        crate::log::limits(),
        crate::access::limits(),
        crate::codes::limits(),
        crate::shelf::limits(),
        crate::room::limits(),
    ]
    .concat()
}

/// A number with thousands set apart, as pages write it.
pub(crate) fn grouped(number: impl Into<u64>) -> String {
    let digits = number.into().to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Bytes in the largest unit that gives a whole number.
pub(crate) fn bytes(number: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    let whole = UNITS
        .iter()
        .find(|(unit, _)| number > 0 && number.is_multiple_of(*unit));
    match whole {
        Some((unit, name)) => format!("{} {name}", grouped(number / unit)),
        None => format!("{} bytes", grouped(number)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_as_pages_write_them() {
        let numbers = [0_u64, 12, 999, 1_000, 16_384, 1_234_567].map(grouped);
        assert_eq!(numbers, ["0", "12", "999", "1,000", "16,384", "1,234,567"]);
        let sizes = [500, 1 << 10, 64 << 20, 8 << 30, (1 << 20) + 1].map(bytes);
        assert_eq!(sizes, ["500 bytes", "1 KiB", "64 MiB", "8 GiB", "1,048,577 bytes"]);
    }
}
