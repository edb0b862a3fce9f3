//! Ed25519 keys and signatures, by one strict verdict.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{PoisonError, RwLock};

use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// An Ed25519 public key, as 32 bytes that may be anything until [`PublicKey::check`] has looked at them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PublicKey(pub [u8; 32]);

/// Keys that were unpacked before, for whoever checks many signatures of few keys, on any number of threads.
#[derive(Debug, Default)]
pub struct KnownKeys(RwLock<BTreeMap<PublicKey, VerifyingKey>>);

/// How many keys are kept: more than a night has, and few enough for a log that is made of keys alone.
const MOST_KNOWN: usize = 65_536;

/// An Ed25519 signature, as 64 bytes.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "([u8; 32], [u8; 32])", into = "([u8; 32], [u8; 32])")]
pub struct Signature(pub [u8; 64]);

/// A signature does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the signature does not hold for this key and these bytes")]
pub struct SignatureError;

/// Why a key cannot be enrolled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum KeyError {
    /// The bytes are no point of the curve, or not its one encoding.
    #[error("the bytes are not an Ed25519 public key")]
    NotAKey,
    /// A key of small or mixed order: verifiers disagree about signatures by it.
    #[error("the key has a torsion component, so that verifiers could disagree about its signatures")]
    Torsion,
}

impl PublicKey {
    /// The public half of `key`.
    #[must_use]
    pub fn of(key: &SigningKey) -> Self {
        Self(key.verifying_key().to_bytes())
    }

    /// Checks that every verifier agrees about this key.
    ///
    /// # Errors
    ///
    /// [`KeyError`] if the bytes are no canonical point of the curve, or the point is not torsion-free.
    pub fn check(&self) -> Result<(), KeyError> {
        let key = VerifyingKey::from_bytes(&self.0).map_err(|_| KeyError::NotAKey)?;
        let point = key.to_edwards();
        if point.compress().to_bytes() != self.0 {
            return Err(KeyError::NotAKey);
        }
        if key.is_weak() || !point.is_torsion_free() {
            return Err(KeyError::Torsion);
        }
        Ok(())
    }

    /// Checks `signature` over `context || bytes`, strictly and alone.
    ///
    /// Batch and cofactored verification accept signatures that this refuses, some of them at random; they never
    /// give a verdict here.
    ///
    /// # Errors
    ///
    /// [`SignatureError`] if it does not hold.
    pub(crate) fn verify(&self, context: &[u8], bytes: &[u8], signature: &Signature) -> Result<(), SignatureError> {
        strictly(&self.unpack()?, context, bytes, signature)
    }

    fn unpack(&self) -> Result<VerifyingKey, SignatureError> {
        VerifyingKey::from_bytes(&self.0).map_err(|_| SignatureError)
    }
}

fn strictly(key: &VerifyingKey, context: &[u8], bytes: &[u8], signature: &Signature) -> Result<(), SignatureError> {
    let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
    key.verify_strict(&[context, bytes].concat(), &signature)
        .map_err(|_| SignatureError)
}

impl KnownKeys {
    /// The verdict of [`PublicKey::verify`], without unpacking a key a second time.
    pub(crate) fn verify(
        &self,
        key: &PublicKey,
        context: &[u8],
        bytes: &[u8],
        signature: &Signature,
    ) -> Result<(), SignatureError> {
        strictly(&self.unpacked(key)?, context, bytes, signature)
    }

    fn unpacked(&self, key: &PublicKey) -> Result<VerifyingKey, SignatureError> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(key).copied();
        if let Some(known) = known {
            return Ok(known);
        }
        let unpacked = key.unpack()?;
        let mut keys = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if keys.len() < MOST_KNOWN {
            keys.insert(*key, unpacked);
        }
        Ok(unpacked)
    }
}

impl Signature {
    /// Signs `context || bytes`.
    pub(crate) fn make(key: &SigningKey, context: &[u8], bytes: &[u8]) -> Self {
        Self(key.sign(&[context, bytes].concat()).to_bytes())
    }
}

impl From<([u8; 32], [u8; 32])> for Signature {
    fn from((r, s): ([u8; 32], [u8; 32])) -> Self {
        let mut bytes = [0; 64];
        bytes[..32].copy_from_slice(&r);
        bytes[32..].copy_from_slice(&s);
        Self(bytes)
    }
}

impl From<Signature> for ([u8; 32], [u8; 32]) {
    fn from(Signature(bytes): Signature) -> Self {
        let (mut r, mut s) = ([0; 32], [0; 32]);
        r.copy_from_slice(&bytes[..32]);
        s.copy_from_slice(&bytes[32..]);
        (r, s)
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = include_str!("../golden/signatures.txt");

    fn values(name: &str) -> Vec<&'static str> {
        FILE.lines()
            .filter_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
            .collect()
    }

    fn bytes(hexadecimal: &str) -> Vec<u8> {
        hex::decode(hexadecimal).unwrap()
    }

    /// With an empty context, so that the vectors published for all Ed25519 can be tried as well as our own.
    #[test]
    fn every_golden_signature_gets_the_strict_verdict() {
        let (keys, messages, signatures) = (values("key"), values("message"), values("signature"));
        let verdicts = values("strict");
        assert_eq!(verdicts.len(), 25 + 12);
        for (at, verdict) in verdicts.into_iter().enumerate() {
            let key = PublicKey(bytes(keys[at]).try_into().unwrap());
            let signature = Signature(bytes(signatures[at]).try_into().unwrap());
            let accepted = key.verify(b"", &bytes(messages[at]), &signature).is_ok();
            assert_eq!(accepted, verdict == "accepted", "{}", values("name")[at]);
        }
    }
}
