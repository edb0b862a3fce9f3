//! Reads the tree over the durable entries.

use std::sync::{Arc, Mutex, PoisonError};

use tallylog_tlog::{Hash, Node, NodeSource};

use crate::StoreError;
use crate::crown::{Found, Row, RowPlace};
use crate::reader::{Shared, Source};

/// The tree over the durable entries of a [`Store`](crate::Store): what proofs and tiles are built from.
///
/// Cheap to make, so make one for each proof: it keeps the part of the tree that it read last, and neighbours are
/// mostly asked for together. What it gives never changes, whatever is appended meanwhile.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let parent = tempfile::tempdir()?;
/// use tallylog_store::Store;
/// use tallylog_tlog::{Hash, Inclusion, Index, Size, prove_inclusion};
///
/// let mut store = Store::create(&parent.path().join("log"))?;
/// store.append(&[b"doors closed", b"first align!"])?;
/// let reader = store.reader();
/// let (size, root) = (Size(2), reader.root(Size(2))?);
/// let path = prove_inclusion(Index(1), size, &reader.nodes())?;
/// let claim = Inclusion { index: Index(1), leaf: Hash::leaf(b"first align!"), size, root, path: &path };
/// assert!(claim.verify().is_ok());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Nodes {
    shared: Arc<Shared>,
    /// The row that was read last. Whole rows never change.
    row: Mutex<Option<Row>>,
}

impl Nodes {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        let row = Mutex::new(None);
        Self { shared, row }
    }

    fn read(&self, source: &Source, node: Node) -> Result<Hash, StoreError> {
        match self.shared.find(node)? {
            Found::Hash(hash) => Ok(hash),
            Found::InRow { row, leaves } => self.with_row(source, row, |all| Hash::over(&all[leaves])),
        }
    }

    fn with_row<T>(&self, source: &Source, place: RowPlace, work: impl FnOnce(&[Hash]) -> T) -> Result<T, StoreError> {
        // A thread that panics while it holds the lock leaves a whole row, or none.
        let mut last = self.row.lock().unwrap_or_else(PoisonError::into_inner);
        let row = match last.take() {
            Some(row) if row.number == place.number => row,
            Some(_) | None => place.check(source.row(place.number)?)?,
        };
        Ok(work(&last.insert(row).leaves))
    }
}

impl NodeSource for Nodes {
    type Error = StoreError;

    /// Reads the hash of a node.
    ///
    /// # Errors
    ///
    /// [`StoreError::BeyondEnd`] if not all its leaves are durable, [`StoreError::TreeDamaged`] if the engine gave
    /// back something else than was put into it, [`StoreError::Closed`] once the store is closed, or what the engine
    /// says.
    fn node(&self, node: Node) -> Result<Hash, StoreError> {
        self.shared.with_source(|source| self.read(source, node))
    }
}
