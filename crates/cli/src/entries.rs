//! A whole log in memory, with every check that an entry can be put to, and the states that it leads to.

use std::borrow::Cow;
use std::fs;
use std::path::Path;

use tallylog_event::UnixMillis;
use tallylog_projection::{Shown, Signatures, State};
use tallylog_server::{Problem, Replay};
use tallylog_store::glimpse;
use tallylog_tlog::{Hash, Size, Tree};
use tallylog_verify::Bundle;
use tallylog_verify::program::Fault;
use tallylog_wire::v1;
use tallylog_wire::v1::log_client::LogClient;
use tallylog_wire::v1::moment::At;

use crate::args::{MomentArgs, SourceArgs};
use crate::data_dir::DataDir;
use crate::failure::Failure;
use crate::mirror::Mirror;
use crate::show::{grouped, talk};
use crate::source::{Asked, KEPT_BACK};
use crate::time;

/// The entries of a log, as they stand. Nobody has looked at them yet.
pub(crate) struct Entries(pub(crate) Vec<Vec<u8>>);

impl Entries {
    /// Reads them from a server or from a folder.
    ///
    /// A folder is only read, also while a server has it open.
    pub(crate) async fn read(args: &SourceArgs) -> Result<Self, Failure> {
        if let Some(asked) = Asked::of(args)? {
            return Self::of_server(&asked).await;
        }
        Self::of_folder(&DataDir::new(&args.data_dir.clone().unwrap_or_default()))
    }

    pub(crate) fn of_folder(data: &DataDir) -> Result<Self, Failure> {
        if !data.has_log()? {
            return Err(Failure::NoLog(data.root().to_owned()));
        }
        Ok(Self(glimpse(&data.log())?.1))
    }

    pub(crate) fn of_bundle(path: &Path) -> Result<Self, Failure> {
        let bytes = fs::read(path).map_err(|error| Failure::File {
            path: path.to_owned(),
            error,
        })?;
        let bundle = Bundle::parse(&bytes).map_err(|error| Fault::Bundle {
            path: path.to_owned(),
            error,
        })?;
        let count = bundle.entries().count();
        if bundle.entries().withheld() > 0 {
            return Err(Problem::Embargoed.into());
        }
        Ok(Self(bundle.entries().range(0..count).map(<[u8]>::to_vec).collect()))
    }

    /// Everything that the reader may read: whoever asks in nobody's name may have to go without the rest.
    pub(crate) async fn of_server(asked: &Asked) -> Result<Self, Failure> {
        let asking = asked.connect().await?;
        let all = async |service| LogClient::new(service).entries(v1::EntriesRequest::default()).await;
        let mut stream = asking.ask(all).await?;
        let mut entries = Vec::new();
        while let Some(entry) = stream.message().await? {
            entries.push(entry.bytes);
        }
        let head = asking.ask(async |service| LogClient::new(service).head(v1::HeadRequest {}).await);
        let v1::HeadResponse { size, public_size, .. } = head.await?;
        let read = u64::try_from(entries.len()).unwrap_or(u64::MAX);
        if read <= public_size && public_size < size {
            let (size, read) = (grouped(size), grouped(read));
            talk(&format!("{KEPT_BACK} The log has {size} entries, and {read} are read."));
        }
        Ok(Self(entries))
    }
}

/// A log that was read from its first entry, with every signature: everything that it ever was.
pub(crate) struct Past {
    leaves: Vec<Hash>,
    state: State,
    /// Whether the contest withholds anything from whoever reads it.
    withholds: bool,
}

impl Past {
    pub(crate) async fn read(args: &SourceArgs) -> Result<Self, Failure> {
        if let Some(asked) = Asked::of(args)? {
            let asking = asked.connect().await?;
            let head = asking.ask(async |service| LogClient::new(service).head(v1::HeadRequest {}).await);
            let v1::HeadResponse { size, withholds, .. } = head.await?;
            if withholds {
                talk(KEPT_BACK);
                let shown = Mirror::open(args)?.shown(Size(size))?;
                return Self::of_shown(&shown.ok_or(Problem::Embargoed)?);
            }
        }
        Self::of(Entries::read(args).await?)
    }

    /// As much of it as is shown to somebody from whom the rest is withheld.
    fn of_shown(shown: &[Shown<Vec<u8>>]) -> Result<Self, Failure> {
        let leaf = |entry: &Shown<Vec<u8>>| match entry {
            Shown::Entry(bytes) => Hash::leaf(bytes),
            Shown::Withheld(leaf) => *leaf,
        };
        Ok(Self {
            leaves: shown.iter().map(leaf).collect(),
            state: Replay::of_shown(shown, Signatures::Check)?.into_state(),
            withholds: true,
        })
    }

    pub(crate) fn of(entries: Entries) -> Result<Self, Failure> {
        let state = Replay::of_bytes(&entries.0, Signatures::Check)?.into_state();
        Ok(Self {
            leaves: entries.0.iter().map(|entry| Hash::leaf(entry)).collect(),
            state,
            withholds: false,
        })
    }

    /// Whether the contest withholds anything from whoever reads it, until a release lists it.
    pub(crate) const fn withholds(&self) -> bool {
        self.withholds
    }

    /// The latest state.
    pub(crate) const fn state(&self) -> &State {
        &self.state
    }

    /// The state at a moment.
    pub(crate) fn at(&self, moment: &MomentArgs) -> Result<Cow<'_, State>, Failure> {
        let size = match time::moment(moment)?.and_then(|moment| moment.at) {
            None => return Ok(Cow::Borrowed(&self.state)),
            Some(At::Size(size)) => size,
            Some(At::TimeMs(millis)) => self.state.size_at(UnixMillis(millis)),
            Some(At::Release(name)) => {
                let release = self.state.release(&name).ok_or(Problem::NoRelease(name))?;
                release.entry.0 + 1
            }
        };
        let state = self.state.at(size).ok_or(Problem::BeyondLog {
            asked: size,
            size: self.state.size(),
        })?;
        Ok(Cow::Owned(state))
    }

    /// The root of the tree over the first `size` entries.
    pub(crate) fn root(&self, size: u64) -> Hash {
        let mut tree = Tree::new();
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        for leaf in self.leaves.iter().take(size) {
            tree.append(*leaf);
        }
        tree.root()
    }
}
