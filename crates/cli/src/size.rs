//! Sizes as people write them.

use std::str::FromStr;

/// A number of bytes: a whole number, with a unit or without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size(pub(crate) u64);

/// Units by the letters after the number, in lower case.
const UNITS: [(&str, u64); 14] = [
    ("", 1),
    ("b", 1),
    ("k", 1 << 10),
    ("kib", 1 << 10),
    ("kb", 1_000),
    ("m", 1 << 20),
    ("mib", 1 << 20),
    ("mb", 1_000_000),
    ("g", 1 << 30),
    ("gib", 1 << 30),
    ("gb", 1_000_000_000),
    ("t", 1 << 40),
    ("tib", 1 << 40),
    ("tb", 1_000_000_000_000),
];

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad =
            || format!("{text:?} is no size; write a whole number of bytes, or of KiB, MiB, GiB or TiB, such as 64MiB");
        let text = text.trim();
        let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = text.split_at(end);
        let unit = unit.trim_start().to_lowercase();
        let (_, unit) = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(bad)?;
        let number: u64 = number.parse().map_err(|_| bad())?;
        number.checked_mul(*unit).map(Self).ok_or_else(bad)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_a_whole_number_of_bytes_or_of_a_unit() {
        for (text, bytes) in [
            ("0", 0),
            ("1500", 1_500),
            ("64MiB", 64 << 20),
            ("64 mib", 64 << 20),
            ("8G", 8 << 30),
            ("10 kB", 10_000),
        ] {
            assert_eq!(text.parse(), Ok(Size(bytes)), "{text}");
        }
        for text in ["", "MiB", "-1", "1.5GiB", "64 miles", "18446744073709551615k"] {
            let refused = text.parse::<Size>().unwrap_err();
            assert!(refused.contains("such as 64MiB"), "{refused}");
        }
    }
}
