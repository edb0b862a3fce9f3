//! Signed reads: how a person with an enrolled key shows who asks, without an account and without a session.

use std::fmt::Write;

use ed25519_dalek::SigningKey;
use serde::Serialize;
use thiserror::Error;

use crate::body::encode;
use crate::{ContestId, PublicKey, Signature, SignatureError, UnixMillis};

const CONTEXT: &[u8] = b"tallylog/read/v1\0";

/// The names under which the four parts of a signed read travel: gRPC metadata and HTTP headers.
pub const READ_HEADERS: [&str; 4] = [
    "tallylog-key",
    "tallylog-time-ms",
    "tallylog-nonce",
    "tallylog-signature",
];

/// What a reader signs. It says nothing about what the request holds besides its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ReadRequest<'a> {
    /// The contest.
    pub contest: ContestId,
    /// The origin of the log, so that no other server of the contest can use the signature.
    pub origin: &'a str,
    /// The path that is asked for, from the first slash on: `/tallylog.v1.Log/Entries`, or path and query over HTTP.
    /// Where the request changes something, its method and a space stand before that.
    pub path: &'a str,
    /// When, by the reader's clock.
    pub time: UnixMillis,
    /// Random bytes, never used before.
    pub nonce: [u8; 16],
}

/// A request that somebody claims to have signed. Says nothing until [`SignedRead::verify`] has looked at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedRead {
    /// Who claims to have signed.
    pub key: PublicKey,
    /// When, by the reader's clock.
    pub time: UnixMillis,
    /// Random bytes.
    pub nonce: [u8; 16],
    /// The signature over `"tallylog/read/v1\0"` and the bytes of the [`ReadRequest`].
    pub signature: Signature,
}

/// Headers that are none of a signed read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "the headers of a signed read come all four together: key, nonce and signature in hexadecimal, time in decimal"
)]
pub struct MalformedRead;

impl ReadRequest<'_> {
    /// Signs the request.
    #[must_use]
    pub fn sign(&self, key: &SigningKey) -> SignedRead {
        SignedRead {
            key: PublicKey::of(key),
            time: self.time,
            nonce: self.nonce,
            signature: Signature::make(key, CONTEXT, &self.bytes()),
        }
    }

    fn bytes(&self) -> Vec<u8> {
        encode(self, 192)
    }
}

impl SignedRead {
    /// Checks the signature for a path of a log. Whether time and nonce are fresh, and whose key it is, is for the server
    /// to say.
    ///
    /// # Errors
    ///
    /// [`SignatureError`] if it does not hold.
    pub fn verify(&self, contest: ContestId, origin: &str, path: &str) -> Result<(), SignatureError> {
        let request = ReadRequest {
            contest,
            origin,
            path,
            time: self.time,
            nonce: self.nonce,
        };
        self.key.verify(CONTEXT, &request.bytes(), &self.signature)
    }

    /// Names and values, to go with the request.
    #[must_use]
    pub fn headers(&self) -> [(&'static str, String); 4] {
        let values = [
            hexadecimal(&self.key.0),
            self.time.0.to_string(),
            hexadecimal(&self.nonce),
            hexadecimal(&self.signature.0),
        ];
        let mut values = values.into_iter();
        READ_HEADERS.map(|name| (name, values.next().unwrap_or_default()))
    }

    /// Reads it from the values that came with a request; `None` where none of the four came.
    ///
    /// # Errors
    ///
    /// [`MalformedRead`] if some came and not all, or one of them is not spelled as it must be.
    pub fn from_headers<'a>(value: impl Fn(&str) -> Option<&'a str>) -> Result<Option<Self>, MalformedRead> {
        match READ_HEADERS.map(&value) {
            [None, None, None, None] => Ok(None),
            [Some(key), Some(time), Some(nonce), Some(signature)] => Ok(Some(Self {
                key: PublicKey(bytes(key)?),
                time: UnixMillis(time.parse().map_err(|_| MalformedRead)?),
                nonce: bytes(nonce)?,
                signature: Signature(bytes(signature)?),
            })),
            [..] => Err(MalformedRead),
        }
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into memory fails for nothing.
        let _written = write!(text, "{byte:02x}");
        text
    })
}

fn bytes<const N: usize>(text: &str) -> Result<[u8; N], MalformedRead> {
    let mut bytes = [0; N];
    if text.len() != 2 * N || !text.is_ascii() {
        return Err(MalformedRead);
    }
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let digits = pair.iter().map(|digit| char::from(*digit).to_digit(16));
        *byte = digits
            .map(|digit| digit.and_then(|digit| u8::try_from(digit).ok()))
            .try_fold(0, |sum, digit| Some(sum << 4 | digit?))
            .ok_or(MalformedRead)?;
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUEST: ReadRequest<'_> = ReadRequest {
        contest: ContestId([7; 16]),
        origin: "caucus.example.org/2028",
        path: "/tallylog.v1.Log/Entries",
        time: UnixMillis(1_833_584_400_000),
        nonce: [9; 16],
    };

    fn key() -> SigningKey {
        SigningKey::from_bytes(&[3; 32])
    }

    #[track_caller]
    fn check(read: SignedRead, request: ReadRequest<'_>, expected: Result<(), SignatureError>) {
        let verdict = read.verify(request.contest, request.origin, request.path);
        assert_eq!(verdict, expected, "{request:?}");
    }

    #[test]
    fn the_bytes_are_the_documented_ones() {
        let mut bytes = vec![7; 16];
        bytes.push(23);
        bytes.extend(b"caucus.example.org/2028");
        bytes.push(24);
        bytes.extend(b"/tallylog.v1.Log/Entries");
        // 1,833,584,400,000 in groups of seven bits, the lowest first.
        bytes.extend([0x80, 0xAD, 0x96, 0xD1, 0xAE, 0x35]);
        bytes.extend([9; 16]);
        assert_eq!(REQUEST.bytes(), bytes);
        let signature = Signature::make(&key(), b"tallylog/read/v1\0", &bytes);
        assert_eq!(REQUEST.sign(&key()).signature, signature);
    }

    #[test]
    fn a_signature_is_good_for_one_contest_log_and_path() {
        let read = REQUEST.sign(&key());
        check(read, REQUEST, Ok(()));
        for other in [
            ReadRequest {
                contest: ContestId([8; 16]),
                ..REQUEST
            },
            ReadRequest {
                origin: "caucus.example.org/2032",
                ..REQUEST
            },
            ReadRequest {
                path: "/tallylog.v1.Log/Subscribe",
                ..REQUEST
            },
        ] {
            check(read, other, Err(SignatureError));
        }
    }

    #[test]
    fn a_signature_is_good_for_one_time_nonce_and_key() {
        let read = REQUEST.sign(&key());
        let other = PublicKey::of(&SigningKey::from_bytes(&[4; 32]));
        for changed in [
            SignedRead {
                time: UnixMillis(read.time.0 + 1),
                ..read
            },
            SignedRead { nonce: [8; 16], ..read },
            SignedRead { key: other, ..read },
        ] {
            check(changed, REQUEST, Err(SignatureError));
        }
    }

    #[test]
    fn what_is_read_from_headers_is_what_was_written() {
        let read = REQUEST.sign(&key());
        let headers = read.headers();
        let value = |name: &str| {
            let found = headers.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| value.as_str())
        };
        assert_eq!(SignedRead::from_headers(value), Ok(Some(read)));
        assert_eq!(SignedRead::from_headers(|_| None), Ok(None));
        for missing in READ_HEADERS {
            let partly = |name: &str| value(name).filter(|_| name != missing);
            assert_eq!(SignedRead::from_headers(partly), Err(MalformedRead), "{missing}");
        }
        for (name, bad) in [
            ("tallylog-key", "00"),
            ("tallylog-time-ms", "-1"),
            ("tallylog-nonce", "zz000000000000000000000000000000"),
            ("tallylog-nonce", "+1000000000000000000000000000000"),
        ] {
            let spoilt = |asked: &str| if asked == name { Some(bad) } else { value(asked) };
            assert_eq!(SignedRead::from_headers(spoilt), Err(MalformedRead), "{name}: {bad}");
        }
    }
}
