//! The one writer.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::carve::Carved;
use crate::crown::Crown;
use crate::engine::Engine;
use crate::error::{Action, Damage};
use crate::frame::Marker;
use crate::head::{Head, HeadFile, Reading, Record, sync_dir};
use crate::reader::{Reader, Shared, Source};
use crate::{MAX_ENTRY, StoreError, folder, recover, seal};

/// The log on disk, open for appending by this process alone.
///
/// Dropping it is what a crash is: nothing that was acknowledged is lost, but the next start has
/// to rebuild. Call [`close`](Self::close) to spare it that.
#[derive(Debug)]
pub struct Store {
    dir: PathBuf,
    head: HeadFile,
    shared: Arc<Shared>,
    poisoned: bool,
    /// Whether opening rebuilt it.
    rebuilt: bool,
}

/// What opening a store gives.
struct Opened {
    head: HeadFile,
    engine: Engine,
    crown: Crown,
    rebuilt: bool,
}

impl Store {
    /// Makes an empty store in a new or empty folder.
    ///
    /// # Errors
    ///
    /// [`StoreError::Exists`] if the folder holds anything else than what an interrupted `create`
    /// left, and whatever the disk says.
    pub fn create(dir: &Path) -> Result<Self, StoreError> {
        fs::create_dir_all(dir).map_err(StoreError::io(Action::Created, dir))?;
        clear_interrupted(dir)?;
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes).map_err(|_| StoreError::NoRandomness)?;
        let record = Record::first(Marker(bytes));
        let folder = folder::path(dir, record.generation, record.marker);
        let engine = Engine::open(&folder, record.marker)?;
        // The head comes last: there is a store as soon as there is a head.
        let head = HeadFile::create(dir, record)?;
        dir.canonicalize()
            .map_err(StoreError::io(Action::Opened, dir))?
            .parent()
            .map_or(Ok(()), sync_dir)?;
        Ok(Self::new(dir, head, engine, Crown::default()))
    }

    /// Says whether there is a store in `dir`, and not what is left of one that was never made.
    #[must_use]
    pub fn exists(dir: &Path) -> bool {
        HeadFile::path(dir).exists()
    }

    /// Opens the store in `dir`, after every byte of it has been checked.
    ///
    /// A store that was closed is compared with its seal. One that was not is rebuilt from its
    /// entries. If anything is wrong, nothing has been changed.
    ///
    /// # Errors
    ///
    /// [`StoreError::Missing`] if there is none, [`StoreError::InUse`] if another process has it,
    /// [`StoreError::Damaged`], [`StoreError::BehindHead`] or [`StoreError::Differs`] if it is not
    /// what was acknowledged, and whatever the disk says.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        let opened = open(dir)?;
        Ok(Self {
            rebuilt: opened.rebuilt,
            ..Self::new(dir, opened.head, opened.engine, opened.crown)
        })
    }

    /// Opens the store for those who read it already.
    pub(crate) fn open_as(dir: &Path, shared: &Arc<Shared>) -> Result<Self, StoreError> {
        let opened = open(dir)?;
        shared.write_from_now_on(opened.engine, opened.head.record().head, opened.crown);
        Ok(Self {
            rebuilt: opened.rebuilt,
            ..Self::over(dir, opened.head, Arc::clone(shared))
        })
    }

    fn new(dir: &Path, head: HeadFile, engine: Engine, crown: Crown) -> Self {
        let shared = Arc::new(Shared::new(Source::Engine(engine), head.record().head, crown));
        Self::over(dir, head, shared)
    }

    fn over(dir: &Path, head: HeadFile, shared: Arc<Shared>) -> Self {
        Self {
            dir: dir.to_owned(),
            head,
            shared,
            poisoned: false,
            rebuilt: false,
        }
    }

    /// Whether the last process did not close it, so that opening rebuilt it from its entries.
    #[must_use]
    pub fn was_rebuilt(&self) -> bool {
        self.rebuilt
    }

    /// The folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Returns how much of the log is durable.
    #[must_use]
    pub fn head(&self) -> Head {
        self.head.record().head
    }

    /// Returns a reader, which may be cloned and sent to other threads.
    #[must_use]
    pub fn reader(&self) -> Reader {
        Reader::new(Arc::clone(&self.shared))
    }

    /// Appends the entries in order, and returns the new head once they survive a power cut.
    ///
    /// A crash before that leaves none of them, the first few, or all; the next start keeps
    /// what it finds.
    ///
    /// # Errors
    ///
    /// [`StoreError::EntryTooLarge`] and [`StoreError::EntryEmpty`] refuse the whole batch, and
    /// nothing has happened. After any other error nobody knows what is on the disk: every further
    /// append is refused with [`StoreError::Poisoned`], and the process should end.
    pub fn append(&mut self, entries: &[impl AsRef<[u8]>]) -> Result<Head, StoreError> {
        if self.poisoned {
            return Err(StoreError::Poisoned);
        }
        entries.iter().try_for_each(|entry| check_length(entry.as_ref()))?;
        if entries.is_empty() {
            return Ok(self.head());
        }
        let outcome = self.write(entries);
        self.poisoned = outcome.is_err();
        outcome
    }

    /// The order is the promise: entries and rows on disk, then the head on disk, then whoever waits for it.
    ///
    /// A crash that comes before the head leaves rows that nobody looks at: the next start hashes all entries again.
    /// A head that was written first might speak of entries that a power cut took, and the next
    /// start would refuse a store that has lost nothing of what it had promised.
    fn write(&mut self, entries: &[impl AsRef<[u8]>]) -> Result<Head, StoreError> {
        let record = self.head.record();
        let growth = self.shared.grow(entries);
        self.shared
            .with_engine(|engine| engine.append(record.head.size, entries, growth.rows()))?;
        let head = record.head.after(entries);
        self.head.write(Record { head, ..record })?;
        self.shared.publish(head, growth);
        Ok(head)
    }

    /// Closes and seals the store, so that the next start finds any byte that changes meanwhile.
    ///
    /// Waits for readers at work. Those that come later are refused.
    ///
    /// # Errors
    ///
    /// [`StoreError::Poisoned`] after a failed append, or whatever went wrong. Nothing that
    /// was acknowledged is lost, but the next start has to rebuild.
    pub fn close(mut self) -> Result<(), StoreError> {
        if self.poisoned {
            return Err(StoreError::Poisoned);
        }
        self.shared.take_engine()?.close()?;
        let record = self.head.record();
        let hash = seal::write(&self.dir, &folder::path(&self.dir, record.generation, record.marker))?;
        self.head.write(Record {
            seal: Some(hash),
            ..record
        })
    }
}

fn open(dir: &Path) -> Result<Opened, StoreError> {
    if !folder::exists(&HeadFile::path(dir))? {
        return Err(headless(dir)?);
    }
    let (mut head, reading) = HeadFile::open(dir)?;
    let rebuilt = reading.newest.seal.is_none();
    let (engine, crown) = match reading.newest.seal {
        Some(hash) => open_sealed(dir, &mut head, reading, hash)?,
        None => recover::rebuild(dir, &mut head, reading)?,
    };
    Ok(Opened {
        head,
        engine,
        crown,
        rebuilt,
    })
}

fn open_sealed(
    dir: &Path,
    head: &mut HeadFile,
    reading: Reading,
    hash: [u8; 32],
) -> Result<(Engine, Crown), StoreError> {
    let newest = reading.newest;
    let folder = folder::path(dir, newest.generation, newest.marker);
    if !folder::exists(&folder)? {
        return Err(StoreError::damaged(&folder, 0, Damage::Missing));
    }
    // First, since whoever waits for room asks again and again.
    recover::demand(dir, recover::LEAST)?;
    seal::verify(dir, &folder, hash)?;
    head.write(Record { seal: None, ..newest })?;
    seal::remove(dir)?;
    // The files are as they were written. So if the engine cannot read them, that is its fault, and the entries are
    // still there. And if rows are missing, an earlier version wrote them, which had none.
    let Ok(engine) = Engine::open(&folder, newest.marker) else {
        return recover::rebuild(dir, head, reading);
    };
    if let Ok(crown) = engine.check(newest.head) {
        return Ok((engine, crown));
    }
    // An engine that does not let go of its files may still write to them, but never over an entry.
    let _ = engine.close();
    recover::rebuild(dir, head, reading)
}

fn check_length(entry: &[u8]) -> Result<(), StoreError> {
    match entry.len() {
        0 => Err(StoreError::EntryEmpty),
        1..=MAX_ENTRY => Ok(()),
        bytes => Err(StoreError::EntryTooLarge { bytes }),
    }
}

/// Removes what an interrupted `create` left, which never holds an entry; refuses everything else.
fn clear_interrupted(dir: &Path) -> Result<(), StoreError> {
    let exists = || StoreError::Exists { dir: dir.to_owned() };
    let folders = folder::all(dir)?;
    let draft = dir.join("head.new");
    for entry in fs::read_dir(dir).map_err(StoreError::io(Action::Listed, dir))? {
        let path = entry.map_err(StoreError::io(Action::Listed, dir))?.path();
        if path != draft && folders.iter().all(|(folder, _)| *folder != path) {
            return Err(exists());
        }
    }
    // A store that has lost its head is no empty folder.
    if holds_entries(dir)? {
        return Err(exists());
    }
    for (folder, _) in folders {
        fs::remove_dir_all(&folder).map_err(StoreError::io(Action::Removed, &folder))?;
    }
    Ok(())
}

fn holds_entries(dir: &Path) -> Result<bool, StoreError> {
    let mut carved = Carved::default();
    for (folder, marker) in folder::all(dir)? {
        carved.add(&folder, marker)?;
    }
    Ok(carved.has_from(0))
}

/// Says of a folder without a head whether it has lost it or never had one.
pub(crate) fn headless(dir: &Path) -> Result<StoreError, StoreError> {
    // Without an entry it is what an interrupted `create` leaves.
    if folder::exists(dir)? && holds_entries(dir)? {
        return Ok(StoreError::damaged(&HeadFile::path(dir), 0, Damage::Missing));
    }
    Ok(StoreError::Missing { dir: dir.to_owned() })
}

#[cfg(test)]
mod tests {
    use tallylog_tlog::{Hash, Index, Node, NodeSource, Size, Tree};

    use super::*;
    use crate::crown::Row;
    use crate::engine::{ROWS, SEGMENT};

    const SIZE: u64 = 300;
    const NO_ENTRIES: [&[u8]; 0] = [];

    fn entries() -> Vec<Vec<u8>> {
        (0..SIZE).map(|index| format!("entry {index}").into_bytes()).collect()
    }

    /// A sealed store of which the engine's files are then changed, and sealed once more.
    fn sealed_after(change: impl FnOnce(&Path, Marker)) -> (tempfile::TempDir, PathBuf) {
        let parent = tempfile::tempdir().unwrap();
        let dir = parent.path().join("store");
        let mut store = Store::create(&dir).unwrap();
        store.append(&entries()).unwrap();
        store.close().unwrap();

        let (mut head, reading) = HeadFile::open(&dir).unwrap();
        let folder = folder::path(&dir, 0, reading.newest.marker);
        change(&folder, reading.newest.marker);
        let seal = Some(seal::write(&dir, &folder).unwrap());
        head.write(Record { seal, ..reading.newest }).unwrap();
        (parent, dir)
    }

    fn change_row(folder: &Path, marker: Marker, row: Row) {
        let engine = Engine::open(folder, marker).unwrap();
        engine.append(0, &NO_ENTRIES, &[row]).unwrap();
        engine.close().unwrap();
    }

    #[track_caller]
    fn assert_whole(store: &Store) {
        let (reader, mut tree) = (store.reader(), Tree::new());
        for (index, entry) in (0..).zip(entries()) {
            let leaf = Hash::leaf(&entry);
            tree.append(leaf);
            assert_eq!(reader.entry(index).unwrap(), Some(entry));
            assert_eq!(reader.nodes().node(Node::leaf(Index(index))).unwrap(), leaf);
        }
        assert_eq!(reader.root(Size(SIZE)).unwrap(), tree.root());
    }

    /// Opens a store that has to be rebuilt, and then the same as it was left.
    #[track_caller]
    fn check_is_rebuilt(dir: &Path) {
        for generation in [1, 1] {
            let store = Store::open(dir).unwrap();
            assert_eq!(store.head.record().generation, generation);
            assert_whole(&store);
            store.close().unwrap();
        }
    }

    #[test]
    fn entries_that_the_engine_cannot_read_are_carved_out() {
        // The engine's settings are wrong, and yet nothing has changed since they were sealed.
        let (_parent, dir) = sealed_after(|folder, _| {
            fs::write(folder.join("conf"), b"segment_size: 99999999999\n").unwrap();
        });
        check_is_rebuilt(&dir);
    }

    #[test]
    fn a_store_that_was_written_before_there_were_rows_gets_them() {
        let (_parent, dir) = sealed_after(|folder, marker| {
            let config = sled::Config::new().path(folder).segment_size(SEGMENT);
            assert!(config.open().unwrap().drop_tree(ROWS).unwrap());
            Engine::open(folder, marker).unwrap().close().unwrap();
        });
        check_is_rebuilt(&dir);
    }

    #[test]
    fn a_row_that_is_missing_cut_or_another_is_rebuilt() {
        for leaves in [vec![], vec![Hash::EMPTY; 63], vec![Hash::EMPTY; 64]] {
            for number in [0, SIZE / 64 - 1] {
                let leaves = leaves.clone();
                let (_parent, dir) = sealed_after(|folder, marker| change_row(folder, marker, Row { number, leaves }));
                check_is_rebuilt(&dir);
            }
        }
    }

    #[test]
    fn a_row_that_is_not_yet_whole_is_not_looked_at() {
        let (_parent, dir) = sealed_after(|folder, marker| {
            let leaves = vec![Hash::EMPTY; 64];
            change_row(
                folder,
                marker,
                Row {
                    number: SIZE / 64,
                    leaves,
                },
            );
        });
        let mut store = Store::open(&dir).unwrap();
        assert_eq!(store.head.record().generation, 0);
        assert_whole(&store);
        store.append(&vec![b"one more"; 64]).unwrap();
        let node = Node::leaf(Index(SIZE));
        assert_eq!(store.reader().nodes().node(node).unwrap(), Hash::leaf(b"one more"));
    }

    #[test]
    fn a_row_that_comes_back_as_another_is_not_believed() {
        let parent = tempfile::tempdir().unwrap();
        let mut store = Store::create(&parent.path().join("store")).unwrap();
        store.append(&entries()).unwrap();
        for leaves in [vec![], vec![Hash::EMPTY; 64]] {
            let row = Row { number: 1, leaves };
            let put = |engine: &Engine| engine.append(0, &NO_ENTRIES, &[row]);
            store.shared.with_engine(put).unwrap();
            let nodes = store.reader().nodes();
            let error = nodes.node(Node { level: 0, index: 70 }).unwrap_err();
            assert_eq!(error.code(), "tree-damaged");
            assert!(error.to_string().contains("entry 64 "), "{error}");
            assert!(nodes.node(Node { level: 0, index: 63 }).is_ok());
            assert!(nodes.node(Node { level: 6, index: 1 }).is_ok());
        }
    }
}
