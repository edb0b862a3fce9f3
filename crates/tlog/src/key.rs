//! Verifier keys: whom to believe.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};
use thiserror::Error;

use crate::cosignature;
use crate::{KeyId, KeyName, NameError, UnixSeconds};

/// What a signature of a key covers (C2SP signed-note, "Signature types").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// The text alone, as logs sign.
    Ed25519,
    /// A checkpoint with a time, as witnesses sign: cosignature/v1.
    CosignatureV1,
}

/// A public key with its name and scheme. Written `name+id+base64`, as C2SP signed-note has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: KeyName,
    scheme: Scheme,
    public: VerifyingKey,
    id: KeyId,
}

/// Why a text is no verifier key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum KeyError {
    /// Not `name+id+base64`.
    #[error("a verifier key is written name+id+base64, the id in eight lower-case hexadecimal digits")]
    Layout,
    /// The name is none.
    #[error(transparent)]
    Name(#[from] NameError),
    /// A kind of signature that is not checked here.
    #[error("signatures of type {0:#04x} are not supported; types 0x01 and 0x04 are")]
    Scheme(u8),
    /// The bytes are no point of the curve, or not its one encoding.
    #[error("the bytes are not an Ed25519 public key")]
    NotAKey,
    /// A key of small or mixed order: verifiers disagree about signatures by it.
    #[error("the key has a torsion component, so that verifiers could disagree about its signatures")]
    Torsion,
    /// The id is not the one that follows from name and key.
    #[error("the id {written} does not belong to this name and key, whose id is {computed}")]
    Id {
        /// The id as written.
        written: KeyId,
        /// The id of this name, type and key.
        computed: KeyId,
    },
    /// A witness's key where a log's belongs.
    #[error("this is a witness's key (type 0x04), and a log's (type 0x01) belongs here")]
    NotALog,
    /// A log's key where a witness's belongs.
    #[error("this is a log's key (type 0x01), and a witness's (type 0x04) belongs here")]
    NotAWitness,
}

/// A signature does not hold for a known key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BadSignature;

impl Scheme {
    /// The byte that stands for it in keys and ids.
    const fn byte(self) -> u8 {
        match self {
            Self::Ed25519 => 0x01,
            Self::CosignatureV1 => 0x04,
        }
    }

    const fn of(byte: u8) -> Result<Self, KeyError> {
        match byte {
            0x01 => Ok(Self::Ed25519),
            0x04 => Ok(Self::CosignatureV1),
            other => Err(KeyError::Scheme(other)),
        }
    }
}

impl KeyError {
    /// The code, which never changes its meaning.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Layout => "vkey-malformed",
            Self::Name(error) => error.code(),
            Self::Scheme(_) => "vkey-type",
            Self::NotAKey => "vkey-not-a-key",
            Self::Torsion => "vkey-torsion",
            Self::Id { .. } => "vkey-wrong-id",
            Self::NotALog => "vkey-not-a-log",
            Self::NotAWitness => "vkey-not-a-witness",
        }
    }
}

impl VerifierKey {
    pub(crate) fn of(name: KeyName, scheme: Scheme, public: VerifyingKey) -> Self {
        let id = KeyId::of(&name, scheme.byte(), public.as_bytes());
        Self {
            name,
            scheme,
            public,
            id,
        }
    }

    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &KeyName {
        &self.name
    }

    /// Its short id.
    #[must_use]
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// What its signatures cover.
    #[must_use]
    pub const fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The bare Ed25519 key.
    #[must_use]
    pub fn public_key(&self) -> &[u8; 32] {
        self.public.as_bytes()
    }

    /// Checks what stands behind the id on a signature line, and returns the time if the scheme carries one.
    pub(crate) fn check(&self, text: &str, signature: &[u8]) -> Result<Option<UnixSeconds>, BadSignature> {
        match self.scheme {
            Scheme::Ed25519 => self.holds(text.as_bytes(), signature).map(|()| None),
            Scheme::CosignatureV1 => {
                let (at, signature) = cosignature::split(signature).ok_or(BadSignature)?;
                self.holds(cosignature::message(at, text).as_bytes(), signature)?;
                Ok(Some(at))
            }
        }
    }

    /// Strictly: there is one verdict about each signature, the same in every verifier.
    fn holds(&self, message: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        let signature = Signature::from_slice(signature).map_err(|_| BadSignature)?;
        self.public.verify_strict(message, &signature).map_err(|_| BadSignature)
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        // The base64 may hold plus signs of its own.
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(KeyError::Layout);
        };
        let written = parse_id(id).ok_or(KeyError::Layout)?;
        let key = STANDARD.decode(key).map_err(|_| KeyError::Layout)?;
        let (scheme, public) = key.split_first().ok_or(KeyError::Layout)?;
        let key = Self::of(KeyName::new(name)?, Scheme::of(*scheme)?, parse_public(public)?);
        if key.id != written {
            let computed = key.id;
            return Err(KeyError::Id { written, computed });
        }
        if key.to_string() != text {
            return Err(KeyError::Layout);
        }
        Ok(key)
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [&[self.scheme.byte()], self.public.as_bytes().as_slice()].concat();
        write!(f, "{}+{}+{}", self.name, self.id, STANDARD.encode(key))
    }
}

fn parse_id(text: &str) -> Option<KeyId> {
    let id = u32::from_str_radix(text, 16).ok()?;
    Some(KeyId(id.to_be_bytes()))
}

/// Takes only a key about which every verifier agrees: a canonical point without torsion.
fn parse_public(bytes: &[u8]) -> Result<VerifyingKey, KeyError> {
    let key = VerifyingKey::try_from(bytes).map_err(|_| KeyError::NotAKey)?;
    let point = key.to_edwards();
    if point.compress().to_bytes() != *key.as_bytes() {
        return Err(KeyError::NotAKey);
    }
    if key.is_weak() || !point.is_torsion_free() {
        return Err(KeyError::Torsion);
    }
    Ok(key)
}

/// Declares the type of verifier keys of one scheme, so that a log's key is never passed for a witness's.
macro_rules! key_of {
    ($(#[$doc:meta])* $name:ident, $scheme:ident, $error:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(VerifierKey);

        impl $name {
            /// Gives a bare Ed25519 key its name.
            ///
            /// # Errors
            ///
            /// [`KeyError`] if the bytes are no canonical point of the curve, or the point is not torsion-free.
            pub fn new(name: KeyName, public: &[u8; 32]) -> Result<Self, KeyError> {
                Ok(Self::of(name, parse_public(public)?))
            }

            pub(crate) fn of(name: KeyName, public: VerifyingKey) -> Self {
                Self(VerifierKey::of(name, Scheme::$scheme, public))
            }

            /// Its name.
            #[must_use]
            pub const fn name(&self) -> &KeyName {
                &self.0.name
            }

            /// Its short id.
            #[must_use]
            pub const fn id(&self) -> KeyId {
                self.0.id
            }

            /// The bare Ed25519 key.
            #[must_use]
            pub fn public_key(&self) -> &[u8; 32] {
                self.0.public_key()
            }

            /// The key for checking any note.
            #[must_use]
            pub const fn verifier(&self) -> &VerifierKey {
                &self.0
            }
        }

        impl TryFrom<VerifierKey> for $name {
            type Error = KeyError;

            fn try_from(key: VerifierKey) -> Result<Self, KeyError> {
                if key.scheme != Scheme::$scheme {
                    return Err(KeyError::$error);
                }
                Ok(Self(key))
            }
        }

        impl FromStr for $name {
            type Err = KeyError;

            fn from_str(text: &str) -> Result<Self, KeyError> {
                text.parse::<VerifierKey>()?.try_into()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

key_of! {
    /// The key of a log. Its name is the origin of the log's checkpoints.
    LogKey, Ed25519, NotALog
}
key_of! {
    /// The key of a witness.
    WitnessKey, CosignatureV1, NotAWitness
}
