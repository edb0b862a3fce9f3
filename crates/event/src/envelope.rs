//! Untrusted and trusted are different types.

use ed25519_dalek::SigningKey;
use thiserror::Error;

use crate::{DecodeError, EnrolmentError, EventBody, KnownKeys, PublicKey, Signature, SignatureError};

const CONTEXT: &[u8] = b"tallylog/event/v1\0";

/// Signed bytes from anywhere. Says nothing until [`Envelope::verify`] has looked at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// Who claims to have signed.
    pub author: PublicKey,
    /// The signed bytes, kept as they came.
    pub body: Vec<u8>,
    /// The signature over `"tallylog/event/v1\0" || body`.
    pub signature: Signature,
}

/// An envelope whose signature holds and whose bytes are one event. Only [`Envelope::verify`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    envelope: Envelope,
    body: EventBody,
}

/// Why an envelope is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum VerifyError {
    /// The signature does not hold.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// The signed bytes are not an event.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// The event enrols a key that is unfit, or that nobody proved to hold.
    #[error(transparent)]
    Enrolment(#[from] EnrolmentError),
}

impl Envelope {
    /// Signs `body`.
    #[must_use]
    pub fn seal(body: &EventBody, key: &SigningKey) -> Self {
        let body = body.encode();
        Self {
            author: PublicKey::of(key),
            signature: Signature::make(key, CONTEXT, &body),
            body,
        }
    }

    /// Checks the signature, then decodes, then checks the proofs that the event itself carries.
    ///
    /// So everything that costs a scalar multiplication is done here, where events do not wait for each other.
    ///
    /// # Errors
    ///
    /// [`VerifyError`] if the signature does not hold, the bytes are not the one encoding of an event, or it enrols a
    /// key that nobody proved to hold.
    pub fn verify(self) -> Result<Verified, VerifyError> {
        self.author.verify(CONTEXT, &self.body, &self.signature)?;
        self.accept()
    }

    /// The same, with what is `known` of authors' keys by now.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn verify_with(self, known: &KnownKeys) -> Result<Verified, VerifyError> {
        known.verify(&self.author, CONTEXT, &self.body, &self.signature)?;
        self.accept()
    }

    /// What is left to check once the signature holds.
    fn accept(self) -> Result<Verified, VerifyError> {
        let body = EventBody::decode(&self.body)?;
        if let Some(enrolment) = body.event.enrolment() {
            enrolment.check(body.contest)?;
        }
        Ok(Verified { envelope: self, body })
    }

    /// Decodes without looking at the signature, for the replay of a log whose signatures were checked before.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] if the bytes are not the one encoding of an event.
    pub fn decode(&self) -> Result<EventBody, DecodeError> {
        EventBody::decode(&self.body)
    }
}

impl Verified {
    /// Who signed.
    #[must_use]
    pub fn author(&self) -> PublicKey {
        self.envelope.author
    }

    /// What was signed.
    #[must_use]
    pub fn body(&self) -> &EventBody {
        &self.body
    }

    /// The envelope and what it says.
    #[must_use]
    pub fn into_parts(self) -> (Envelope, EventBody) {
        (self.envelope, self.body)
    }
}
