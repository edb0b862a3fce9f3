//! Receipts: a proof to keep, against one signed checkpoint, valid for ever.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;

use crate::proof::{encode_path, parse_path};
use crate::{
    CheckpointError, Hash, HashError, Inclusion, Index, MAX_PATH, Policy, PolicyRefusal, ProofError, SignedCheckpoint,
    TrustedCheckpoint,
};

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";

/// The claim that a leaf is in a log, from anywhere. It says nothing until [`Receipt::verify`] has looked at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Empty is the same as absent.
    extra: Vec<u8>,
    index: Index,
    path: Vec<Hash>,
    checkpoint: SignedCheckpoint,
}

/// A leaf that is in a log that a policy trusts. Only [`Receipt::verify`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedReceipt {
    leaf: Hash,
    index: Index,
    checkpoint: TrustedCheckpoint,
}

/// Why bytes are no receipt.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ReceiptError {
    /// Not the lines of a receipt in their one spelling.
    #[error("a receipt is {FIRST_LINE}, an index, base64 hashes, an empty line and a checkpoint")]
    Layout,
    /// The extra data is not base64.
    #[error("the extra data of the receipt is not base64")]
    Extra,
    /// A line of the path is no hash.
    #[error("the path of the receipt: {0}")]
    Path(#[from] HashError),
    /// More hashes than any tree is deep.
    #[error("the path of the receipt has {0} hashes, and no tree is deeper than {MAX_PATH}")]
    PathTooLong(usize),
    /// What follows is no checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}

/// Why a receipt does not prove what it claims.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ReceiptRefusal {
    /// Its checkpoint is not to be trusted.
    #[error(transparent)]
    Policy(#[from] PolicyRefusal),
    /// The leaf is not there.
    #[error(transparent)]
    Proof(#[from] ProofError),
}

impl ReceiptError {
    /// The code, which never changes its meaning.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Layout => "receipt-malformed",
            Self::Extra => "receipt-extra",
            Self::Path(_) => "receipt-path",
            Self::PathTooLong(_) => "receipt-path-too-long",
            Self::Checkpoint(error) => error.code(),
        }
    }
}

impl ReceiptRefusal {
    /// The code, which never changes its meaning.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Policy(refusal) => refusal.code(),
            Self::Proof(error) => error.code(),
        }
    }
}

impl Receipt {
    /// Makes a receipt of a leaf's place, its path to the root, the leaf's sibling first, and the checkpoint.
    ///
    /// # Errors
    ///
    /// [`ReceiptError::PathTooLong`] if the path is longer than any tree is deep.
    pub fn new(index: Index, path: Vec<Hash>, checkpoint: SignedCheckpoint) -> Result<Self, ReceiptError> {
        check_length(path.len())?;
        Ok(Self {
            extra: Vec::new(),
            index,
            path,
            checkpoint,
        })
    }

    /// Adds what the log wants to say beside it. Nobody signs this.
    #[must_use]
    pub fn with_extra(mut self, extra: Vec<u8>) -> Self {
        self.extra = extra;
        self
    }

    /// Reads a receipt, a `.tlog-proof` file. Nothing is checked but the spelling.
    ///
    /// # Errors
    ///
    /// [`ReceiptError`] if the bytes are not the one encoding of a receipt.
    pub fn parse(bytes: &[u8]) -> Result<Self, ReceiptError> {
        let text = str::from_utf8(bytes).map_err(|_| ReceiptError::Layout)?;
        let (head, checkpoint) = text.split_once("\n\n").ok_or(ReceiptError::Layout)?;
        let mut lines = head.lines().peekable();
        if lines.next() != Some(FIRST_LINE) {
            return Err(ReceiptError::Layout);
        }
        let extra = lines.next_if(|line| line.starts_with("extra "));
        let index = lines.next().and_then(|line| line.strip_prefix("index "));
        check_length(lines.clone().count())?;
        let receipt = Self {
            extra: parse_extra(extra)?,
            index: index
                .and_then(|index| index.parse().ok())
                .map(Index)
                .ok_or(ReceiptError::Layout)?,
            path: parse_path(lines)?,
            checkpoint: SignedCheckpoint::parse(checkpoint.as_bytes())?,
        };
        if receipt.to_string() != text {
            return Err(ReceiptError::Layout);
        }
        Ok(receipt)
    }

    /// Checks that a log that `policy` trusts has the leaf at this place, in a checkpoint that enough witnesses saw.
    ///
    /// The leaf's hash is the caller's to compute, from the entry that the receipt is for.
    ///
    /// ```
    /// # use tallylog_tlog::{Hash, Index, KeyName, LogSigner, Policy, Receipt, SigningKey, Size};
    /// # let log = LogSigner::new(KeyName::new("log.example").unwrap(), SigningKey::from_bytes(&[1; 32]));
    /// let leaf = Hash::leaf(b"event-0");
    /// let checkpoint = log.sign_checkpoint(Size(1), leaf);
    /// let receipt = Receipt::new(Index(0), Vec::new(), checkpoint).unwrap();
    /// let policy = Policy::of_log(log.key().clone());
    /// assert!(receipt.verify(leaf, &policy).is_ok());
    /// assert!(receipt.verify(Hash::leaf(b"event-1"), &policy).is_err());
    /// ```
    ///
    /// # Errors
    ///
    /// [`ReceiptRefusal`] if the policy does not take the checkpoint, or the path does not lead to its root.
    pub fn verify(&self, leaf: Hash, policy: &Policy) -> Result<VerifiedReceipt, ReceiptRefusal> {
        let trusted = policy.verify(&self.checkpoint)?;
        let claim = Inclusion {
            index: self.index,
            leaf,
            size: trusted.checkpoint().size,
            root: trusted.checkpoint().root,
            path: &self.path,
        };
        claim.verify()?;
        Ok(VerifiedReceipt {
            leaf,
            index: self.index,
            checkpoint: trusted,
        })
    }

    /// Where it claims that the leaf is.
    #[must_use]
    pub const fn unverified_index(&self) -> Index {
        self.index
    }

    /// Its checkpoint, as unverified as all of it.
    #[must_use]
    pub const fn checkpoint(&self) -> &SignedCheckpoint {
        &self.checkpoint
    }

    /// What the log says beside it. Nobody signed this.
    #[must_use]
    pub fn unsigned_extra(&self) -> &[u8] {
        &self.extra
    }
}

impl VerifiedReceipt {
    /// The leaf's hash.
    #[must_use]
    pub const fn leaf(&self) -> Hash {
        self.leaf
    }

    /// Where it is in the log.
    #[must_use]
    pub const fn index(&self) -> Index {
        self.index
    }

    /// The checkpoint that covers it.
    #[must_use]
    pub const fn checkpoint(&self) -> &TrustedCheckpoint {
        &self.checkpoint
    }
}

/// The one encoding.
impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{FIRST_LINE}")?;
        if !self.extra.is_empty() {
            writeln!(f, "extra {}", STANDARD.encode(&self.extra))?;
        }
        let path = encode_path(&self.path);
        write!(f, "index {}\n{path}\n{}", self.index, self.checkpoint)
    }
}

fn parse_extra(line: Option<&str>) -> Result<Vec<u8>, ReceiptError> {
    let encoded = line.and_then(|line| line.strip_prefix("extra ")).unwrap_or("");
    STANDARD.decode(encoded).map_err(|_| ReceiptError::Extra)
}

const fn check_length(hashes: usize) -> Result<(), ReceiptError> {
    if hashes > MAX_PATH {
        return Err(ReceiptError::PathTooLong(hashes));
    }
    Ok(())
}
