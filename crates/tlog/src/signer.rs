//! Who signs: a log its checkpoints, a witness what it found consistent.

use std::fmt;

use ed25519_dalek::{Signer, SigningKey};

use crate::cosignature;
use crate::{
    Checkpoint, Consistent, Hash, KeyName, LogKey, Note, NoteError, SignatureLine, SignedCheckpoint, Size, UnixSeconds,
    WitnessKey,
};

/// A log with its secret key.
pub struct LogSigner {
    key: LogKey,
    secret: SigningKey,
}

/// A witness with its secret key.
///
/// An Ed25519 cosignature does not name the witness, so each witness has a key of its own that signs nothing else
/// (C2SP tlog-cosignature).
pub struct WitnessSigner {
    key: WitnessKey,
    secret: SigningKey,
}

impl LogSigner {
    /// Gives a log its name, which is also the origin of its checkpoints, and its key.
    #[must_use]
    pub fn new(name: KeyName, secret: SigningKey) -> Self {
        let key = LogKey::of(name, secret.verifying_key());
        Self { key, secret }
    }

    /// The key that checks what it signs.
    #[must_use]
    pub const fn key(&self) -> &LogKey {
        &self.key
    }

    /// Signs a text.
    ///
    /// # Errors
    ///
    /// [`NoteError`] if the text cannot be a note's: it does not end with a newline, holds a control character or is
    /// too long.
    pub fn sign_note(&self, text: &str) -> Result<Note, NoteError> {
        Note::new(text, vec![self.line(text)])
    }

    /// Signs a size and root.
    ///
    /// Whoever calls this answers for it that no other root was ever signed for the size, and none that is not
    /// consistent with this one.
    #[must_use]
    pub fn sign_checkpoint(&self, size: Size, root: Hash) -> SignedCheckpoint {
        let origin = self.key.name().clone();
        let checkpoint = Checkpoint { origin, size, root };
        let line = self.line(&checkpoint.to_string());
        SignedCheckpoint::of(checkpoint, line)
    }

    fn line(&self, text: &str) -> SignatureLine {
        let signature = self.secret.sign(text.as_bytes());
        SignatureLine::of(self.key.verifier(), signature.to_bytes().to_vec())
    }
}

impl WitnessSigner {
    /// Gives a witness its name and key.
    #[must_use]
    pub fn new(name: KeyName, secret: SigningKey) -> Self {
        let key = WitnessKey::of(name, secret.verifying_key());
        Self { key, secret }
    }

    /// The key that checks what it signs.
    #[must_use]
    pub const fn key(&self) -> &WitnessKey {
        &self.key
    }

    /// Says that at this time the checkpoint was the largest that the witness had seen of its log.
    ///
    /// Whoever calls this has it on disk that the checkpoint is the latest: after a crash the witness must not cosign
    /// an older one, or another of the same size.
    #[must_use]
    pub fn cosign(&self, consistent: &Consistent, at: UnixSeconds) -> SignatureLine {
        let message = cosignature::message(at, &consistent.checkpoint().to_string());
        let signature = self.secret.sign(message.as_bytes());
        SignatureLine::of(self.key.verifier(), cosignature::join(at, &signature.to_bytes()))
    }
}

/// The public half alone.
impl fmt::Debug for LogSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LogSigner").field(&self.key).finish()
    }
}

/// The public half alone.
impl fmt::Debug for WitnessSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("WitnessSigner").field(&self.key).finish()
    }
}
