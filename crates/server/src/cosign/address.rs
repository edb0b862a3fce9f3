//! Which witness, and where.

use std::fmt;
use std::str::FromStr;

use tallylog_tlog::{KeyError, KeyName, WitnessKey, monitoring_path};
use thiserror::Error;
use ureq::http::Uri;

/// A witness that the log asks. Written `<verifier key>@<url>`.
///
/// ```
/// # use tallylog_server::cosign::Witness;
/// let text = "witness.example/w1+df1c0a35+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU@https://witness.example/w1";
/// let witness: Witness = text.parse().unwrap();
/// assert_eq!(witness.key().name().as_str(), "witness.example/w1");
/// assert_eq!(witness.to_string(), text);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    key: WitnessKey,
    url: WitnessUrl,
}

/// The prefix of a witness's paths, for asking and for monitoring: an http or https URL without a slash at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitnessUrl(String);

/// Why a text names no witness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AddressError {
    /// Not a key and a URL.
    #[error("a witness is written VKEY@URL: its verifier key, an at sign, and its http or https URL")]
    Layout,
    /// The key is none of a witness.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The URL is no place to ask.
    #[error("a witness's URL is http:// or https:// with a host and a path; no user, question mark or fragment")]
    Url,
}

impl AddressError {
    /// The code, which never changes its meaning.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Layout => "witness-address",
            Self::Key(error) => error.code(),
            Self::Url => "witness-url",
        }
    }
}

impl Witness {
    /// Puts a key and a place together.
    #[must_use]
    pub const fn new(key: WitnessKey, url: WitnessUrl) -> Self {
        Self { key, url }
    }

    /// Its key.
    #[must_use]
    pub const fn key(&self) -> &WitnessKey {
        &self.key
    }

    /// Where it is.
    #[must_use]
    pub const fn url(&self) -> &WitnessUrl {
        &self.url
    }
}

impl WitnessUrl {
    /// Where checkpoints are to be sent.
    pub(super) fn add_checkpoint(&self) -> String {
        format!("{}/add-checkpoint", self.0)
    }

    /// Where the witness shows what it cosigned last for a log.
    pub(super) fn monitoring(&self, origin: &KeyName) -> String {
        format!("{}/{}", self.0, monitoring_path(origin))
    }
}

impl FromStr for Witness {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        // A name may hold at signs, and a URL too: the one that counts is the first behind the key's two plus signs,
        // as base64 holds none.
        let signs = text.match_indices('+').map(|(at, _)| at);
        let second = signs.take(2).nth(1).ok_or(AddressError::Layout)?;
        let at = text[second..].find('@').ok_or(AddressError::Layout)? + second;
        Ok(Self {
            key: text[..at].parse()?,
            url: text[at + 1..].parse()?,
        })
    }
}

impl FromStr for WitnessUrl {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let barred = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '?' | '#');
        if text.contains(barred) {
            return Err(AddressError::Url);
        }
        let uri: Uri = text.parse().map_err(|_| AddressError::Url)?;
        let encrypted_or_not = matches!(uri.scheme_str(), Some("http" | "https"));
        // A password does not belong on a command line.
        let named = uri
            .authority()
            .is_some_and(|authority| authority.as_str().contains('@'));
        if !encrypted_or_not || named || uri.host().is_none_or(str::is_empty) {
            return Err(AddressError::Url);
        }
        Ok(Self(text.trim_end_matches('/').to_owned()))
    }
}

impl fmt::Display for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.key, self.url)
    }
}

impl fmt::Display for WitnessUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "witness.example/w1+df1c0a35+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU";

    #[track_caller]
    fn refuses(text: &str, error: AddressError) {
        assert_eq!(text.parse::<Witness>(), Err(error), "{text}");
    }

    #[test]
    fn a_witness_is_a_key_and_a_url() {
        for url in ["http://127.0.0.1:7421", "https://w.example/a/b", "http://[::1]:80/x"] {
            let witness: Witness = format!("{KEY}@{url}").parse().unwrap();
            assert_eq!(witness.key().to_string(), KEY);
            assert_eq!(witness.url().to_string(), url);
        }
    }

    #[test]
    fn slashes_at_the_end_of_a_url_do_not_double() {
        let url: WitnessUrl = "https://w.example/w1//".parse().unwrap();
        assert_eq!(url.add_checkpoint(), "https://w.example/w1/add-checkpoint");
    }

    #[test]
    fn an_at_sign_in_the_name_divides_nothing() {
        let signer = tallylog_tlog::WitnessSigner::new(
            KeyName::new("press@https://w.example").unwrap(),
            tallylog_tlog::SigningKey::from_bytes(&[7; 32]),
        );
        let witness = Witness::new(signer.key().clone(), "https://w.example/@x".parse().unwrap());
        assert_eq!(witness.to_string().parse(), Ok(witness));
    }

    #[test]
    fn what_is_neither_is_refused() {
        refuses("", AddressError::Layout);
        refuses(KEY, AddressError::Layout);
        refuses("https://w.example", AddressError::Layout);
        refuses(&format!("{KEY}@"), AddressError::Url);
        for url in [
            "w.example",
            "ftp://w.example",
            "https://",
            "https://me:secret@w.example",
            "https://w.example/?a",
            "https://w.example/#a",
            "https://w.example/a b",
            "unix:/tmp/x",
        ] {
            refuses(&format!("{KEY}@{url}"), AddressError::Url);
        }
        let of_a_log = "caucus.example/2028-ia-dem+87cbb5c0+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c";
        refuses(
            &format!("{of_a_log}@https://w.example"),
            AddressError::Key(KeyError::NotAWitness),
        );
    }
}
