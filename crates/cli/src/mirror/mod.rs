//! A log in the public formats: on a server, in a folder of plain files, or in a data folder of ours.

mod bundle;
mod export;
mod fault;
mod reach;
mod shown;
mod web;

use tallylog_server::{Log, Problem, Settings, Writer};
use tallylog_tlog::{BundleId, LogKey, Policy, SignedCheckpoint, Size, TILE_WIDTH, TilePath};

pub(crate) use self::bundle::{bundle, write, write_shown};
pub(crate) use self::export::tiles;
pub(crate) use self::fault::{BundleFault, ExportFault};
pub(crate) use self::reach::Reach;
use self::web::Web;
use crate::args::SourceArgs;
use crate::data_dir::DataDir;
use crate::failure::Failure;
use crate::show::talk;
use crate::source::Asked;

/// Where a log is read from.
pub(crate) enum Mirror {
    /// Over HTTP, from a server of ours or of anybody's.
    Web(Web),
    /// A data folder, open in this process until [`Mirror::close`].
    Data(Box<(Log, Writer)>),
}

impl Mirror {
    pub(crate) fn open(args: &SourceArgs) -> Result<Self, Failure> {
        if let Some(asked) = Asked::of(args)? {
            return Ok(Self::Web(Web::new(asked)?));
        }
        let data = DataDir::new(&args.data_dir.clone().unwrap_or_default());
        Self::of_data(&data)
    }

    /// Opens a data folder. What no checkpoint covers yet is signed now.
    pub(crate) fn of_data(data: &DataDir) -> Result<Self, Failure> {
        if !data.has_log()? {
            return Err(Failure::NoLog(data.root().to_owned()));
        }
        let settings = Settings {
            signing: Some(data.signing()?),
            ..Settings::default()
        };
        let (log, writer) = data.open(settings)?;
        match log.sign() {
            // What was signed before there was no room can be read all the same.
            Err(problem) if problem.is_full() => talk(&format!("tallylog: {problem} [{}]", problem.code())),
            signed => signed?,
        }
        Ok(Self::Data(Box::new((log, writer))))
    }

    /// The log of a data folder.
    pub(crate) fn log(&self) -> Result<&Log, Failure> {
        match self {
            Self::Web(_) => Err(Problem::NotSigned.into()),
            Self::Data(open) => Ok(&open.0),
        }
    }

    /// Lets a data folder go.
    pub(crate) fn close(self) -> Result<(), Failure> {
        match self {
            Self::Web(_) => Ok(()),
            Self::Data(open) => {
                let (log, writer) = *open;
                drop(log);
                Ok(writer.join()?)
            }
        }
    }

    /// The latest checkpoint, whose signatures nobody has looked at.
    pub(crate) fn checkpoint(&self) -> Result<SignedCheckpoint, Failure> {
        match self {
            Self::Web(web) => web.note("checkpoint"),
            Self::Data(open) => Ok(open.0.checkpoint()?.note.clone()),
        }
    }

    /// The key that the other side says is the log's.
    pub(crate) fn log_key(&self) -> Result<LogKey, Failure> {
        match self {
            Self::Web(web) => web.log_key(),
            Self::Data(open) => Ok(open.0.log_key()?),
        }
    }

    /// Every checkpoint up to a size that was ever signed, as far as the other side tells, in order.
    pub(crate) fn checkpoints(&self, until: Size) -> Result<Vec<SignedCheckpoint>, Failure> {
        let mut notes = match self {
            Self::Web(web) => web.notes("checkpoints")?,
            Self::Data(open) => open.0.checkpoints(Size(0))?,
        };
        notes.retain(|note| note.unverified().size <= until);
        Ok(notes)
    }

    /// What stands at a path under `tile/`.
    pub(crate) fn tile(&self, path: TilePath) -> Result<Vec<u8>, Failure> {
        match self {
            Self::Web(web) => web.tile(path),
            Self::Data(open) => Ok(open.0.tile(path)?),
        }
    }

    /// The log's key and the witnesses that the other side asks, as a policy; `None` if it says nothing of them.
    pub(crate) fn policy(&self) -> Result<Option<Policy>, Failure> {
        match self {
            Self::Web(web) => web.policy(),
            Self::Data(open) => Ok(Some(open.0.policy()?)),
        }
    }

    /// Every entry bundle of a log of `size`, in order.
    pub(crate) fn bundles(&self, size: Size) -> impl Iterator<Item = Result<(BundleId, Vec<u8>), Failure>> {
        let width = u64::from(TILE_WIDTH);
        (0..size.0.div_ceil(width)).map(move |index| {
            let entries = u16::try_from(width.min(size.0 - index * width)).unwrap_or(TILE_WIDTH);
            let id = BundleId::new(index, entries).map_err(|_| Problem::NoTile)?;
            Ok((id, self.tile(TilePath::Bundle(id))?))
        })
    }
}
