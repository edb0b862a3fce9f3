//! Words that somebody wrote, safe to show.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The most bytes of UTF-8 that a text may have.
const MAX_BYTES: usize = 2_000;

/// A text without control characters, at most 2,000 bytes long.
///
/// Control characters are refused because texts are shown in terminals, where an escape sequence could draw over
/// the figures. Invisible and direction-changing characters are refused because two names must not look alike
/// and differ.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Text(String);

/// Why a text is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TextError {
    /// Too long.
    #[error("the text has {0} bytes and may have {MAX_BYTES}")]
    Long(usize),
    /// A control or invisible character.
    #[error("the text holds the control character U+{:04X}", u32::from(*.0))]
    Control(char),
}

impl Text {
    /// Takes a text.
    ///
    /// # Errors
    ///
    /// [`TextError`] if it is too long or holds a control character.
    pub fn new(text: impl Into<String>) -> Result<Self, TextError> {
        let text = text.into();
        if text.len() > MAX_BYTES {
            return Err(TextError::Long(text.len()));
        }
        match text.chars().find(|c| is_hidden(*c)) {
            Some(hidden) => Err(TextError::Control(hidden)),
            None => Ok(Self(text)),
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether nothing stands there.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.0.trim().is_empty()
    }
}

/// Control characters, line separators, zero-width characters and those that change the direction of writing.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

impl TryFrom<String> for Text {
    type Error = TextError;

    fn try_from(text: String) -> Result<Self, TextError> {
        Self::new(text)
    }
}

impl TryFrom<&str> for Text {
    type Error = TextError;

    fn try_from(text: &str) -> Result<Self, TextError> {
        Self::new(text)
    }
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        text.0
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_could_draw_on_a_terminal_is_refused() {
        assert_eq!(Text::new("\u{1b}[2J"), Err(TextError::Control('\u{1b}')));
        assert_eq!(Text::new("abc\u{202E}cba"), Err(TextError::Control('\u{202E}')));
    }

    #[test]
    fn a_name_in_any_script_is_taken() {
        assert!(Text::new("Núñez, 李 – “Ottumwa”").is_ok());
    }

    #[test]
    fn the_longest_text_has_2000_bytes() {
        assert!(Text::new("x".repeat(2_000)).is_ok());
        assert_eq!(Text::new("x".repeat(2_001)), Err(TextError::Long(2_001)));
    }
}
