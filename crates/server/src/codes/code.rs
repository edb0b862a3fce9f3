//! A code, how it is written, and what it is made from.

use std::fmt;
use std::str::FromStr;

use tallylog_event::{ContestId, EntryIndex};
use thiserror::Error;
use zeroize::Zeroizing;

/// Digits and letters without I, L, O and U: those that are taken for others are read as what they look like.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The symbols that nobody can guess: 95 bits.
const SECRET: usize = 19;

/// The check symbol comes last.
const LENGTH: usize = SECRET + 1;

/// How many symbols stand together.
const GROUP: usize = 4;

const CONTEXT: &[u8] = b"tallylog/enrolment-code/v1\0";

/// A one-time code: 95 bits and a check, as five groups of four letters and digits.
///
/// Invariant: every symbol is below 32, and the check holds. It is not shown by accident: it has no `Debug`.
#[derive(Clone)]
pub struct EnrolmentCode(Zeroizing<[u8; LENGTH]>);

/// Why what was typed can be no code at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum MistypedCode {
    /// Too short or too long.
    #[error(
        "a code has 20 letters and digits in five groups, and this has {0}; type it again as it stands on the sheet"
    )]
    Length(usize),
    /// A letter that no code has.
    #[error("no code has a {0:?} in it; type it again as it stands on the sheet")]
    Symbol(char),
    /// The check symbol says that something is wrong.
    #[error(
        "a letter or digit of the code is wrong, or two are exchanged; compare it with the sheet and type it again"
    )]
    Check,
}

/// What all codes of a log are made from. Whoever has it has them all.
#[derive(Clone)]
pub struct CodeSecret(Zeroizing<[u8; 32]>);

impl CodeSecret {
    /// The secret in 32 random bytes.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// A code of a batch.
    #[must_use]
    pub fn code(&self, contest: ContestId, batch: EntryIndex, number: u32) -> EnrolmentCode {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher
            .update(CONTEXT)
            .update(&contest.0)
            .update(&batch.0.to_be_bytes())
            .update(&number.to_be_bytes());
        let mut bytes = Zeroizing::new([0; 16]);
        hasher.finalize_xof().fill(bytes.as_mut_slice());
        let mut rest = u128::from_be_bytes(*bytes);
        let mut symbols = Zeroizing::new([0; LENGTH]);
        for symbol in symbols.iter_mut().take(SECRET) {
            *symbol = u8::try_from(rest & 31).unwrap_or_default();
            rest >>= 5;
        }
        let check = times_two(remainder(&symbols[..SECRET]));
        symbols[SECRET] = check;
        EnrolmentCode(symbols)
    }
}

impl EnrolmentCode {
    /// Compares in a time that does not depend on where they differ.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        // The comparison of hashes takes the same time for all; these are no hashes, and are only dressed as such.
        let padded = |code: &Self| {
            let mut bytes = [0; 32];
            bytes[..LENGTH].copy_from_slice(code.0.as_slice());
            blake3::Hash::from_bytes(bytes)
        };
        padded(self) == padded(other)
    }
}

/// The remainder of the symbols as a polynomial at the field's generator: its 31 powers differ, so that no single symbol
/// can change and no two can be exchanged without changing it.
fn remainder(symbols: &[u8]) -> u8 {
    symbols.iter().fold(0, |sum, symbol| times_two(sum) ^ symbol)
}

/// Times the generator in the field of 32 elements, with x^5 + x^2 + 1.
const fn times_two(symbol: u8) -> u8 {
    let twice = symbol << 1;
    if twice & 32 == 0 { twice } else { twice ^ 0b10_0101 }
}

fn value(symbol: char) -> Result<u8, MistypedCode> {
    let meant = match symbol.to_ascii_uppercase() {
        'I' | 'L' => '1',
        'O' => '0',
        other => other,
    };
    let place = ALPHABET.iter().position(|letter| char::from(*letter) == meant);
    place
        .and_then(|place| u8::try_from(place).ok())
        .ok_or(MistypedCode::Symbol(symbol))
}

impl FromStr for EnrolmentCode {
    type Err = MistypedCode;

    fn from_str(text: &str) -> Result<Self, MistypedCode> {
        let typed = text.chars().filter(|c| !c.is_whitespace() && !"-–—.".contains(*c));
        let length = typed.clone().count();
        if length != LENGTH {
            return Err(MistypedCode::Length(length));
        }
        let mut symbols = Zeroizing::new([0; LENGTH]);
        for (symbol, letter) in symbols.iter_mut().zip(typed) {
            *symbol = value(letter)?;
        }
        if remainder(symbols.as_slice()) != 0 {
            return Err(MistypedCode::Check);
        }
        Ok(Self(symbols))
    }
}

impl fmt::Display for EnrolmentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, symbol) in self.0.iter().enumerate() {
            if at > 0 && at % GROUP == 0 {
                f.write_str("-")?;
            }
            let letter = ALPHABET.get(usize::from(*symbol)).copied().unwrap_or(b'?');
            write!(f, "{}", char::from(letter))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(number: u32) -> EnrolmentCode {
        CodeSecret::new([7; 32]).code(ContestId([1; 16]), EntryIndex(100), number)
    }

    #[track_caller]
    fn mistyped(text: &str, expected: MistypedCode) {
        assert_eq!(text.parse::<EnrolmentCode>().err(), Some(expected), "{text}");
    }

    #[test]
    fn a_code_is_read_as_it_was_printed_however_it_is_typed() {
        let text = code(3).to_string();
        assert_eq!(text.len(), 24, "five groups of four");
        for typed in [
            text.clone(),
            text.to_lowercase(),
            text.replace('-', ""),
            text.replace('-', " "),
        ] {
            assert!(typed.parse::<EnrolmentCode>().unwrap().is(&code(3)), "{typed}");
        }
        let looks_like = text.replace('1', "l").replace('0', "o");
        assert!(looks_like.parse::<EnrolmentCode>().unwrap().is(&code(3)));
    }

    #[test]
    fn every_wrong_letter_and_every_exchange_of_two_is_a_typing_error() {
        let text: Vec<char> = code(3).to_string().replace('-', "").chars().collect();
        let with = |change: &dyn Fn(&mut Vec<char>)| {
            let mut typed = text.clone();
            change(&mut typed);
            typed.into_iter().collect::<String>()
        };
        for at in 0..LENGTH {
            for letter in ALPHABET
                .iter()
                .copied()
                .map(char::from)
                .filter(|letter| *letter != text[at])
            {
                mistyped(&with(&|typed| typed[at] = letter), MistypedCode::Check);
            }
            for other in (0..at).filter(|other| text[*other] != text[at]) {
                mistyped(&with(&|typed| typed.swap(at, other)), MistypedCode::Check);
            }
        }
    }

    #[test]
    fn what_is_too_short_or_has_a_letter_of_no_code_is_told_apart() {
        mistyped("ABCD", MistypedCode::Length(4));
        mistyped("", MistypedCode::Length(0));
        mistyped("UUUU-UUUU-UUUU-UUUU-UUUU", MistypedCode::Symbol('U'));
    }

    #[test]
    fn codes_differ_by_secret_contest_batch_and_number() {
        let secret = CodeSecret::new([7; 32]);
        let others = [
            code(4),
            secret.code(ContestId([1; 16]), EntryIndex(101), 3),
            secret.code(ContestId([2; 16]), EntryIndex(100), 3),
            CodeSecret::new([8; 32]).code(ContestId([1; 16]), EntryIndex(100), 3),
        ];
        assert!(others.iter().all(|other| !other.is(&code(3))));
        assert!(code(3).is(&code(3)));
    }
}
