//! Where answers come from: a folder or a server, by the same messages.

use std::path::Path;

use tallylog_projection::State;
use tallylog_server::{Problem, Replay, Signatures, query};
use tallylog_store::ReadOnly;
use tallylog_wire::v1;
use tallylog_wire::v1::results_client::ResultsClient;
use tonic::transport::Channel;

use crate::args::SourceArgs;
use crate::args::device::DeviceArgs;
use crate::data_dir::DataDir;
use crate::device::{Asking, Device, Service, SignedReads};
use crate::failure::Failure;
use crate::show::talk;

/// The most bytes of an answer: a night's discrepancies or a long history are more than the 4 MiB of a client by default.
const LARGEST: usize = 64 << 20;

/// A server, and in whose name it is asked.
#[derive(Clone)]
pub(crate) struct Asked {
    pub(crate) url: String,
    /// Absent for whoever asks as everybody may.
    pub(crate) reads: Option<SignedReads>,
}

impl Asked {
    /// The server of the arguments; `None` where a folder is meant.
    pub(crate) fn of(args: &SourceArgs) -> Result<Option<Self>, Failure> {
        if args.server.is_none() && args.data_dir.is_some() {
            return Ok(None);
        }
        Self::new(
            args.server.as_deref(),
            args.device.as_deref(),
            args.passphrase_file.as_deref(),
        )
    }

    /// A server that was said, or that of a device.
    pub(crate) fn new(
        server: Option<&str>,
        device: Option<&Path>,
        passphrase_file: Option<&Path>,
    ) -> Result<Option<Self>, Failure> {
        let Some(device) = device else {
            return Ok(server.map(|url| Self {
                url: url.to_owned(),
                reads: None,
            }));
        };
        let device = Device::open(&DeviceArgs {
            device: device.to_owned(),
            passphrase_file: passphrase_file.map(Path::to_owned),
            server: server.map(str::to_owned),
        })?;
        Ok(Some(Self {
            url: device.about().server.clone(),
            reads: Some(device.signed_reads()),
        }))
    }

    pub(crate) async fn connect(&self) -> Result<Asking, Failure> {
        Asking::connect(&self.url, self.reads.clone()).await
    }
}

/// Says that an answer holds no more than everybody may read by now, where it does not.
pub(crate) fn say_what_is_kept_back(position: Option<&v1::Position>) {
    // A server leaves the state's hash out of what it answers from released figures alone.
    if position.is_some_and(|position| position.state_hash.is_empty()) {
        talk(KEPT_BACK);
    }
}

/// What is said of an answer to everybody, where the contest keeps some of it back.
pub(crate) const KEPT_BACK: &str = "This is what is public so far; everything else is withheld until released. Staff and \
     campaigns read all of it with --device.";

/// A source of answers.
pub(crate) enum Source {
    /// A folder, of which nothing is changed.
    Folder(Box<(State, ReadOnly)>),
    /// A server.
    Server(Asking),
}

impl Source {
    pub(crate) async fn open(args: &SourceArgs) -> Result<Self, Failure> {
        if let Some(asked) = Asked::of(args)? {
            return Ok(Self::Server(asked.connect().await?));
        }
        let folder = args.data_dir.clone().unwrap_or_default();
        let store = DataDir::new(&folder).read_only()?;
        let fold = Replay::of(&store.reader(), Signatures::Trust)?;
        Ok(Self::Folder(Box::new((fold.into_state(), store))))
    }

    pub(crate) async fn totals(self, request: v1::TotalsRequest) -> Result<v1::TotalsResponse, Failure> {
        match self {
            Self::Folder(folder) => answer(
                *folder,
                |state| query::totals(state, &request),
                |answer| &mut answer.position,
            ),
            Self::Server(asking) => {
                let answer = asking.ask(async |service| results(service).totals(request.clone()).await);
                let answer = answer.await?;
                say_what_is_kept_back(answer.position.as_ref());
                Ok(answer)
            }
        }
    }

    /// The latest versions of a precinct, or all of them.
    pub(crate) async fn precinct(
        self,
        mut request: v1::PrecinctRequest,
        all: bool,
    ) -> Result<v1::PrecinctResponse, Failure> {
        match self {
            Self::Folder(folder) => {
                let ask = |state: &State| {
                    let mut answer = query::precinct(state, &request)?;
                    while let Some(before) = answer.earlier.filter(|_| all) {
                        request.before = before;
                        prepend(&mut answer, query::precinct(state, &request)?);
                    }
                    Ok(answer)
                };
                answer(*folder, ask, |answer| &mut answer.position)
            }
            Self::Server(asking) => {
                let ask = async |service: Service| results(service).precinct(request.clone()).await;
                let mut answer = asking.ask(ask).await?;
                while let Some(before) = answer.earlier.filter(|_| all) {
                    request.before = before;
                    request.moment = answer.position.as_ref().map(of_size);
                    let ask = async |service: Service| results(service).precinct(request.clone()).await;
                    prepend(&mut answer, asking.ask(ask).await?);
                }
                say_what_is_kept_back(answer.position.as_ref());
                Ok(answer)
            }
        }
    }

    /// All of them, however many answers that takes.
    pub(crate) async fn discrepancies(
        self,
        mut request: v1::DiscrepanciesRequest,
    ) -> Result<v1::DiscrepanciesResponse, Failure> {
        match self {
            Self::Folder(folder) => {
                let ask = |state: &State| {
                    let mut answer = query::discrepancies(state, &request)?;
                    while let Some(next) = answer.next {
                        request.skip = next;
                        append(&mut answer, query::discrepancies(state, &request)?);
                    }
                    Ok(answer)
                };
                answer(*folder, ask, |answer| &mut answer.position)
            }
            Self::Server(asking) => {
                let ask = async |service: Service| results(service).discrepancies(request.clone()).await;
                let mut answer = asking.ask(ask).await?;
                while let Some(next) = answer.next {
                    request.skip = next;
                    request.moment = answer.position.as_ref().map(of_size);
                    let ask = async |service: Service| results(service).discrepancies(request.clone()).await;
                    append(&mut answer, asking.ask(ask).await?);
                }
                Ok(answer)
            }
        }
    }
}

/// The moment of an answer, for whoever goes on asking.
fn of_size(position: &v1::Position) -> v1::Moment {
    v1::Moment {
        at: Some(v1::moment::At::Size(position.size)),
    }
}

fn append(answer: &mut v1::DiscrepanciesResponse, more: v1::DiscrepanciesResponse) {
    answer.next = more.next;
    answer.discrepancies.extend(more.discrepancies);
}

/// Puts earlier versions before those that are there. The record may be among both.
fn prepend(answer: &mut v1::PrecinctResponse, earlier: v1::PrecinctResponse) {
    answer.earlier = earlier.earlier;
    let first = earlier.versions.first().map(|version| version.entry);
    answer
        .versions
        .retain(|version| earlier.versions.iter().all(|known| known.entry != version.entry));
    // What is older than these was the record, shown before its turn.
    let older = answer
        .versions
        .iter()
        .filter(|version| Some(version.entry) < first)
        .count();
    let rest = answer.versions.split_off(older);
    answer.versions.extend(earlier.versions);
    answer.versions.extend(rest);
}

fn results(service: Service) -> ResultsClient<Service> {
    ResultsClient::new(service).max_decoding_message_size(LARGEST)
}

/// Answers from a folder, and lets it go.
fn answer<T>(
    (state, store): (State, ReadOnly),
    query: impl FnOnce(&State) -> Result<T, Problem>,
    position: impl FnOnce(&mut T) -> &mut Option<v1::Position>,
) -> Result<T, Failure> {
    let mut answer = query(&state)?;
    query::add_root(position(&mut answer), &store.reader())?;
    Ok(answer)
}

/// Connects to a server.
pub(crate) async fn connect(url: &str) -> Result<Channel, Failure> {
    let bad = || Failure::BadUrl(url.to_owned());
    // Whoever writes https believes that nobody reads along.
    if !url.starts_with("http://") {
        return Err(bad());
    }
    let endpoint = Channel::from_shared(url.to_owned()).map_err(|_| bad())?;
    endpoint.connect().await.map_err(|error| Failure::Unreachable {
        url: url.to_owned(),
        error,
    })
}
