//! Proofs and tiles of the log, all of them about checkpoints that are published.

use std::ops::Range;
use std::sync::Arc;

use tallylog_event::{EntryIndex, PublicKey, SubmissionId};
use tallylog_store::StoreError;
use tallylog_tlog::{
    BundleId, EntryBundle, Hash, Index, LogKey, Policy, ProveError, Receipt, SignedCheckpoint, Size, Tile, TileId,
    TilePath, prove_consistency, prove_inclusion,
};

use crate::Log;
use crate::problem::Problem;
use crate::signing::{Published, Signer};

/// An entry with its path to a checkpoint's root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvenEntry {
    /// Its place.
    pub entry: EntryIndex,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The leaf's sibling first.
    pub path: Vec<Hash>,
}

/// A claim about two sizes of the log, with its proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prefix {
    /// The smaller tree.
    pub old: (Size, Hash),
    /// The larger one.
    pub new: (Size, Hash),
    /// The proof.
    pub path: Vec<Hash>,
}

impl Log {
    /// The latest checkpoint.
    ///
    /// # Errors
    ///
    /// [`Problem::NotSigned`] if there is none yet.
    pub fn checkpoint(&self) -> Result<Arc<Published>, Problem> {
        self.signer()?.latest().borrow().clone().ok_or(Problem::NotSigned)
    }

    /// Signs the log as it is now, if it has grown since the last checkpoint.
    ///
    /// # Errors
    ///
    /// What the store says, or why nothing more is signed.
    pub fn sign(&self) -> Result<(), Problem> {
        self.signer()?.sign_and_publish()
    }

    /// The latest checkpoint, once it covers `entry`.
    ///
    /// # Errors
    ///
    /// [`Problem::Stopping`] if the log is closed before that, or why nothing more is signed.
    pub async fn checkpoint_over(&self, entry: EntryIndex) -> Result<Arc<Published>, Problem> {
        let signer = self.signer()?;
        let mut latest = signer.latest();
        let mut sizes = self.sizes();
        loop {
            let published = latest.borrow_and_update().clone();
            if let Some(published) = published.filter(|published| published.size.0 > entry.0) {
                return Ok(published);
            }
            if let Some(why) = signer.halted() {
                return Err(why);
            }
            tokio::select! {
                _ = latest.changed() => {}
                changed = sizes.changed() => changed.map_err(|_| self.ended())?,
            }
        }
    }

    /// The log's verifier key.
    ///
    /// # Errors
    ///
    /// [`Problem::NotSigned`] if the log has no contest yet, or its key is not here.
    pub fn log_key(&self) -> Result<LogKey, Problem> {
        self.signer()?.key()?.ok_or(Problem::NotSigned)
    }

    /// The log's key and the witnesses that are asked, as a policy.
    ///
    /// # Errors
    ///
    /// [`Problem::NotSigned`] if the log has no contest yet, or its key is not here.
    pub fn policy(&self) -> Result<Policy, Problem> {
        let signer = self.signer()?;
        let asked = signer.cosigners().map(|cosigners| cosigners.policy().clone());
        match asked.or_else(|| signer.former_policy()) {
            Some(policy) => Ok(policy),
            None => Ok(Policy::of_log(self.log_key()?)),
        }
    }

    /// Every checkpoint of at least this size that was signed, in order.
    ///
    /// # Errors
    ///
    /// What the file of checkpoints says.
    pub fn checkpoints(&self, from: Size) -> Result<Vec<SignedCheckpoint>, Problem> {
        self.checkpoints_from(from)?.collect()
    }

    /// The same, one after the other.
    pub(crate) fn checkpoints_from(
        &self,
        from: Size,
    ) -> Result<impl Iterator<Item = Result<SignedCheckpoint, Problem>> + use<>, Problem> {
        let records = tallylog_store::Checkpoints::read(self.signer()?.file())?;
        let wanted = records.filter(move |read| read.as_ref().map_or(true, |note| note.unverified().size >= from));
        Ok(wanted.map(|read| Ok(read?)))
    }

    /// The path of an entry to the root of a size.
    ///
    /// # Errors
    ///
    /// [`Problem::BeyondLog`] if the log is not that long, or the entry is not within that size.
    pub fn inclusion(&self, entry: EntryIndex, size: Size) -> Result<ProvenEntry, Problem> {
        self.reached(size)?;
        if entry.0 >= size.0 {
            return Err(Problem::BeyondLog {
                asked: entry.0.saturating_add(1),
                size: size.0,
            });
        }
        let bytes = self.reader().entry(entry.0)?;
        Ok(ProvenEntry {
            entry,
            bytes: bytes.ok_or(Problem::Unreadable("entry-missing"))?,
            path: prove_inclusion(Index(entry.0), size, &self.reader().nodes()).map_err(unproven)?,
        })
    }

    /// The proof that the log of one size is a prefix of that of another.
    ///
    /// # Errors
    ///
    /// [`Problem::BeyondLog`] if the log is not that long, or the first size is larger than the second.
    pub fn consistency(&self, old: Size, new: Size) -> Result<Prefix, Problem> {
        self.reached(new)?;
        if old > new {
            return Err(Problem::BeyondLog {
                asked: old.0,
                size: new.0,
            });
        }
        let root = |size| Ok::<_, Problem>((size, self.reader().root(size)?));
        Ok(Prefix {
            old: root(old)?,
            new: root(new)?,
            path: prove_consistency(old, new, &self.reader().nodes()).map_err(unproven)?,
        })
    }

    /// The receipt of an entry; with `wait`, once a checkpoint covers it.
    ///
    /// Its extra line holds the entry, so that whoever has the receipt needs nothing else.
    ///
    /// # Errors
    ///
    /// [`Problem::NotCovered`] if no checkpoint covers the entry and it is not waited for.
    pub async fn receipt(&self, entry: EntryIndex, wait: bool) -> Result<Receipt, Problem> {
        let published = if wait {
            self.checkpoint_over(entry).await?
        } else {
            let latest = self.checkpoint()?;
            if latest.size.0 <= entry.0 {
                return Err(Problem::NotCovered {
                    entry,
                    size: latest.size.0,
                });
            }
            latest
        };
        let proven = self.inclusion(entry, published.size)?;
        let receipt = Receipt::new(Index(entry.0), proven.path, published.note.clone());
        Ok(receipt.map_err(Problem::BadReceipt)?.with_extra(proven.bytes))
    }

    /// The entry of an author's submission.
    ///
    /// # Errors
    ///
    /// [`Problem::NoSubmission`] if the log has none of that id by that author.
    pub async fn find(&self, author: PublicKey, submission: SubmissionId) -> Result<EntryIndex, Problem> {
        let found = self.ask_writer(author, submission).await?;
        found.ok_or(Problem::NoSubmission)
    }

    /// What a path under `tile/` holds, if the latest checkpoint covers it.
    ///
    /// # Errors
    ///
    /// [`Problem::NotSigned`] and [`Problem::NoTile`] if it does not, or what the store says.
    pub fn tile(&self, path: TilePath) -> Result<Vec<u8>, Problem> {
        let size = self.checkpoint()?.size;
        match path {
            TilePath::Tile(id) => {
                within(id.level(), id.index(), id.width(), size)?;
                Ok(Tile::build(id, &self.reader().nodes())?.encode())
            }
            TilePath::Bundle(id) => self.bundle(id, size),
        }
    }

    fn bundle(&self, id: BundleId, size: Size) -> Result<Vec<u8>, Problem> {
        within(0, id.index(), id.width(), size)?;
        let entries = self.reader().entries(bundled(id));
        let entries = entries
            .map(|read| Ok(read?.1))
            .collect::<Result<Vec<_>, StoreError>>()?;
        bundle(&entries)
    }

    /// The entries of a bundle that is there, to be encoded one after the other with [`bundle`].
    pub(crate) fn bundled(&self, id: BundleId) -> Result<Range<u64>, Problem> {
        within(0, id.index(), id.width(), self.checkpoint()?.size)?;
        Ok(bundled(id))
    }

    fn reached(&self, size: Size) -> Result<(), Problem> {
        let reached = self.reader().head().size;
        if size.0 <= reached {
            return Ok(());
        }
        Err(Problem::BeyondLog {
            asked: size.0,
            size: reached,
        })
    }

    pub(crate) fn signer(&self) -> Result<&Arc<Signer>, Problem> {
        self.signer.as_ref().ok_or(Problem::NotSigned)
    }
}

/// The entries of a bundle.
fn bundled(id: BundleId) -> Range<u64> {
    let first = id.index() * u64::from(tallylog_tlog::TILE_WIDTH);
    first..first + u64::from(id.width())
}

/// Entries as they stand in a bundle. A bundle is nothing beside what stands in it.
pub(crate) fn bundle(entries: &[impl AsRef<[u8]>]) -> Result<Vec<u8>, Problem> {
    let bundle = EntryBundle::new(entries.iter().map(AsRef::as_ref).collect());
    Ok(bundle.map_err(|_| Problem::Unreadable("entry-damaged"))?.encode())
}

/// A tile that a tree of `size` has, as wide or wider.
fn within(level: u8, index: u64, width: u16, size: Size) -> Result<(), Problem> {
    let there = TileId::in_tree(level, index, size);
    match there.filter(|there| there.width() >= width) {
        Some(_) => Ok(()),
        None => Err(Problem::NoTile),
    }
}

/// The sizes were looked at before, so it is the store.
fn unproven(error: ProveError<StoreError>) -> Problem {
    match error {
        ProveError::Source(error) => error.into(),
        ProveError::Claim(_) => Problem::Unreadable("entry-missing"),
    }
}
