//! Signed checkpoints, before and after somebody looked at the signatures.

use std::fmt;

use crate::{
    Checkpoint, CheckpointError, LogKey, Note, NoteError, Scheme, SignatureLine, UnixSeconds, VerifiedNote, WitnessKey,
};

/// A checkpoint with signatures, from anywhere. It says nothing until [`SignedCheckpoint::verify`] has looked at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    note: Note,
    checkpoint: Checkpoint,
}

/// A checkpoint that its log signed. Only [`SignedCheckpoint::verify`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedCheckpoint {
    signed: SignedCheckpoint,
    /// The witnesses that were known, each with the last time of its cosignatures.
    cosigners: Vec<(WitnessKey, UnixSeconds)>,
}

impl SignedCheckpoint {
    /// Reads a signed checkpoint. Signatures are not looked at.
    ///
    /// # Errors
    ///
    /// [`CheckpointError`] if the bytes are not the one encoding of a note whose text is a checkpoint.
    pub fn parse(bytes: &[u8]) -> Result<Self, CheckpointError> {
        let note = Note::parse(bytes)?;
        let checkpoint = note.unverified_text().parse()?;
        Ok(Self { note, checkpoint })
    }

    pub(crate) fn of(checkpoint: Checkpoint, signature: SignatureLine) -> Self {
        Self {
            note: Note::of(&checkpoint, signature),
            checkpoint,
        }
    }

    /// Checks that its log signed it, and every cosignature of a known witness.
    ///
    /// Of the logs only those count whose name is the checkpoint's origin.
    ///
    /// # Errors
    ///
    /// [`CheckpointError`] if none of the logs has this origin, a signature of a known key does not hold, or there is
    /// none of the log's.
    pub fn verify(&self, logs: &[LogKey], witnesses: &[WitnessKey]) -> Result<TrustedCheckpoint, CheckpointError> {
        let logs: Vec<_> = logs
            .iter()
            .filter(|log| *log.name() == self.checkpoint.origin)
            .collect();
        if logs.is_empty() {
            return Err(CheckpointError::UnknownOrigin(self.checkpoint.origin.clone()));
        }
        let logs = logs.into_iter().map(LogKey::verifier);
        let verified = self
            .note
            .verify(logs.chain(witnesses.iter().map(WitnessKey::verifier)))?;
        let mut schemes = verified.signers().iter().map(|(key, _)| key.scheme());
        if !schemes.any(|scheme| scheme == Scheme::Ed25519) {
            return Err(CheckpointError::NotByLog);
        }
        Ok(TrustedCheckpoint {
            signed: self.clone(),
            cosigners: cosigners(&verified, witnesses),
        })
    }

    /// Adds those of a witness's lines that are of known witnesses; an earlier cosignature of the same key gives way.
    ///
    /// ```
    /// # use tallylog_tlog::{AddCheckpoint, Hash, KeyName, Latest, LogSigner, SigningKey, Size, UnixSeconds, WitnessSigner};
    /// # let log = LogSigner::new(KeyName::new("log.example").unwrap(), SigningKey::from_bytes(&[1; 32]));
    /// # let witness = WitnessSigner::new(KeyName::new("witness.example").unwrap(), SigningKey::from_bytes(&[2; 32]));
    /// let signed = log.sign_checkpoint(Size(1), Hash::leaf(b"event-0"));
    /// let request = AddCheckpoint::new(Size(0), Vec::new(), signed.clone()).unwrap();
    /// let consistent = request.judge(&[log.key().clone()], Latest::NOTHING).unwrap();
    /// let line = witness.cosign(&consistent, UnixSeconds::new(1_833_328_800).unwrap());
    ///
    /// let published = signed.with_cosignatures(&[line], &[witness.key().clone()]).unwrap();
    /// let trusted = published.verify(&[log.key().clone()], &[witness.key().clone()]).unwrap();
    /// assert_eq!(trusted.cosigners().len(), 1);
    /// ```
    ///
    /// # Errors
    ///
    /// [`NoteError`] if a cosignature of a known witness does not hold, or there would be too many signatures.
    pub fn with_cosignatures(&self, lines: &[SignatureLine], witnesses: &[WitnessKey]) -> Result<Self, NoteError> {
        let text = self.note.unverified_text();
        let mut signatures = self.note.signatures().to_vec();
        for line in lines {
            if let Some(witness) = witnesses.iter().find(|witness| line.claims(witness.verifier())) {
                line.check(text, witness.verifier())?;
                signatures.retain(|earlier| !earlier.claims(witness.verifier()));
                signatures.push(line.clone());
            }
        }
        Ok(Self {
            note: Note::new(text, signatures)?,
            checkpoint: self.checkpoint.clone(),
        })
    }

    /// What it claims: believe nothing of it.
    #[must_use]
    pub const fn unverified(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The note that it is.
    #[must_use]
    pub const fn note(&self) -> &Note {
        &self.note
    }
}

impl TrustedCheckpoint {
    /// What the log says.
    #[must_use]
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.signed.checkpoint
    }

    /// The known witnesses that cosigned, each once, with the latest time of its cosignatures.
    #[must_use]
    pub fn cosigners(&self) -> &[(WitnessKey, UnixSeconds)] {
        &self.cosigners
    }

    /// The note with all its signatures.
    #[must_use]
    pub const fn signed(&self) -> &SignedCheckpoint {
        &self.signed
    }
}

/// The one encoding.
impl fmt::Display for SignedCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.note.fmt(f)
    }
}

fn cosigners(verified: &VerifiedNote, witnesses: &[WitnessKey]) -> Vec<(WitnessKey, UnixSeconds)> {
    let latest = |witness: &WitnessKey| {
        let by_witness = verified.signers().iter().filter(|(key, _)| key == witness.verifier());
        by_witness.filter_map(|(_, at)| *at).max()
    };
    let known = witnesses.iter();
    known
        .filter_map(|witness| Some((witness.clone(), latest(witness)?)))
        .collect()
}
