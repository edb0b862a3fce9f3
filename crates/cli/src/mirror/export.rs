//! The log as plain files, which any static host can serve.
//!
//! A run writes what the last one did not, and the checkpoint after everything that it covers: whoever reads meanwhile
//! finds the old log or the new one, whole.

use std::cell::RefCell;
use std::fs;
use std::path::Path;

use tallylog_store::Checkpoints;
use tallylog_tlog::{
    Consistency, EntryBundle, Hash, LogKey, Node, NodeSource, SignedCheckpoint, Size, Tile, TileId, TilePath, Tree,
    prove_consistency, touched,
};

use super::{ExportFault, Mirror};
use crate::args::TilesArgs;
use crate::failure::{Failure, Outcome};
use crate::show::{grouped, talk};

pub(crate) fn tiles(args: &TilesArgs) -> Result<Outcome, Failure> {
    let mirror = Mirror::open(&args.source)?;
    let exported = export(&mirror, args);
    mirror.close()?;
    let (from, to) = exported?;
    talk(&format!(
        "{} holds the log's first {} entries{}",
        args.dir.display(),
        grouped(to.0),
        if from == to { ", as before" } else { "" }
    ));
    Ok(Outcome::Yes)
}

fn export(mirror: &Mirror, args: &TilesArgs) -> Result<(Size, Size), Failure> {
    let site = Site { dir: &args.dir };
    let key = site.pinned_key(mirror, args.log_key.as_ref())?;
    let note = mirror.checkpoint()?;
    let new = trusted(&note, &key)?;
    let old = match site.checkpoint()? {
        Some(note) => trusted(&note, &key)?,
        None => (Size(0), Tree::new().root()),
    };
    if new.0 < old.0 {
        return Err(ExportFault::Shrunk {
            had: old.0.0,
            has: new.0.0,
        }
        .into());
    }
    let files = Files {
        site: &site,
        size: new.0,
        last: RefCell::new(None),
    };
    for id in touched(old.0, new.0) {
        site.write_tile(mirror, &files, id)?;
    }
    files.check(old, new)?;
    site.write("log-key", format!("{key}\n").as_bytes())?;
    let history = Checkpoints::text(&mirror.checkpoints(new.0)?);
    site.write("checkpoints", history.as_bytes())?;
    if let Some(policy) = mirror.policy()? {
        site.write("policy", &policy.encode())?;
    }
    site.write("checkpoint", note.to_string().as_bytes())?;
    for id in touched(old.0, new.0) {
        site.drop_partials(id)?;
    }
    Ok((old.0, new.0))
}

fn trusted(note: &SignedCheckpoint, key: &LogKey) -> Result<(Size, Hash), Failure> {
    let trusted = note
        .verify(std::slice::from_ref(key), &[])
        .map_err(ExportFault::Checkpoint)?;
    Ok((trusted.checkpoint().size, trusted.checkpoint().root))
}

/// The folder that is exported to.
struct Site<'a> {
    dir: &'a Path,
}

impl Site<'_> {
    /// The key that was given, or that of the last run, or that the log names: all that are there must be one.
    fn pinned_key(&self, mirror: &Mirror, given: Option<&LogKey>) -> Result<LogKey, Failure> {
        let known = self.read("log-key")?;
        let known = known.map(|bytes| {
            let text = String::from_utf8_lossy(&bytes);
            text.trim_end_matches('\n')
                .parse::<LogKey>()
                .map_err(|_| ExportFault::OtherLog)
        });
        let known = known.transpose()?;
        let key = match given {
            Some(given) => given.clone(),
            None => known.clone().map_or_else(|| mirror.log_key(), Ok)?,
        };
        if known.is_some_and(|known| known != key) {
            return Err(ExportFault::OtherLog.into());
        }
        Ok(key)
    }

    fn checkpoint(&self) -> Result<Option<SignedCheckpoint>, Failure> {
        let bytes = self.read("checkpoint")?;
        let note = bytes.map(|bytes| SignedCheckpoint::parse(&bytes).map_err(ExportFault::Checkpoint));
        Ok(note.transpose()?)
    }

    /// Writes a tile, and with one of the lowest level its entries, after a look at whether they belong together.
    fn write_tile(&self, mirror: &Mirror, files: &Files<'_>, id: TileId) -> Result<(), Failure> {
        let bytes = mirror.tile(TilePath::Tile(id))?;
        let tile = Tile::parse(id, &bytes).map_err(|_| ExportFault::Tile(id))?;
        if let Some(bundle) = id.bundle() {
            let entries = mirror.tile(TilePath::Bundle(bundle))?;
            let parsed = EntryBundle::parse(bundle, &entries).map_err(|_| ExportFault::Tile(id))?;
            let hashes = parsed.entries().iter().map(|entry| Hash::leaf(entry));
            if !hashes.eq(tile.rows().iter().copied()) {
                return Err(ExportFault::Tile(id).into());
            }
            self.write(&TilePath::Bundle(bundle).to_string(), &entries)?;
        } else {
            files.check_upper(&tile)?;
        }
        self.write(&TilePath::Tile(id).to_string(), &bytes)
    }

    /// Once a tile is full nobody needs the partial ones before it: clients fall back to the full tile.
    fn drop_partials(&self, id: TileId) -> Result<(), Failure> {
        if id.full() != Ok(id) {
            return Ok(());
        }
        let bundle = id.bundle().map(TilePath::Bundle);
        for full in bundle.into_iter().chain([TilePath::Tile(id)]) {
            let partials = self.dir.join(format!("{full}.p"));
            if partials.exists() {
                fs::remove_dir_all(&partials).map_err(|error| Failure::File { path: partials, error })?;
            }
        }
        Ok(())
    }

    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, Failure> {
        let path = self.dir.join(name);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Failure::File { path, error }),
        }
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        let path = self.dir.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| Failure::File {
                path: folder.to_owned(),
                error,
            })?;
        }
        Ok(tallylog_store::replace(&path, bytes)?)
    }
}

/// The tiles that were written, as a tree.
struct Files<'a> {
    site: &'a Site<'a>,
    size: Size,
    /// The tile that was read last: neighbours are asked for in a row.
    last: RefCell<Option<Tile>>,
}

impl Files<'_> {
    /// The rows of an upper tile are the roots of the tiles below it.
    fn check_upper(&self, tile: &Tile) -> Result<(), Failure> {
        let (level, width) = (u32::from(tile.id().level()), u64::from(tallylog_tlog::TILE_WIDTH));
        for (index, row) in (tile.id().index() * width..).zip(tile.rows()) {
            let below = [0, 1].map(|half| Node {
                level: 8 * level - 1,
                index: 2 * index + half,
            });
            if Hash::node(&self.node(below[0])?, &self.node(below[1])?) != *row {
                return Err(ExportFault::Tile(tile.id()).into());
            }
        }
        Ok(())
    }

    /// The files make the tree of the new checkpoint, and that of the old one is a prefix of it.
    fn check(&self, old: (Size, Hash), new: (Size, Hash)) -> Result<(), Failure> {
        if Tree::open(new.0, self)?.root() != new.1 {
            return Err(ExportFault::Root(new.0.0).into());
        }
        let forked = || ExportFault::Forked {
            had: old.0.0,
            has: new.0.0,
        };
        let path = prove_consistency(old.0, new.0, self).map_err(|_| forked())?;
        let claim = Consistency {
            old_size: old.0,
            old_root: old.1,
            new_size: new.0,
            new_root: new.1,
            path: &path,
        };
        Ok(claim.verify().map_err(|_| forked())?)
    }
}

impl NodeSource for Files<'_> {
    type Error = Failure;

    fn node(&self, node: Node) -> Result<Hash, Failure> {
        if let Some(hash) = self.last.borrow().as_ref().and_then(|tile| tile.node(node)) {
            return Ok(hash);
        }
        let id = Tile::holding(node, self.size).ok_or(ExportFault::Missing)?;
        let bytes = self
            .site
            .read(&TilePath::Tile(id).to_string())?
            .ok_or(ExportFault::Missing)?;
        let tile = Tile::parse(id, &bytes).map_err(|_| ExportFault::Tile(id))?;
        let hash = tile.node(node).ok_or(ExportFault::Missing)?;
        self.last.replace(Some(tile));
        Ok(hash)
    }
}
