//! Where answers come from: a folder or a server, by the same messages.

use tallylog_projection::State;
use tallylog_server::{Problem, Replay, Signatures, query};
use tallylog_store::Store;
use tallylog_wire::v1;
use tallylog_wire::v1::results_client::ResultsClient;
use tonic::transport::Channel;

use crate::args::SourceArgs;
use crate::data_dir::DataDir;
use crate::failure::Failure;

/// A source of answers.
pub(crate) enum Source {
    /// A folder, let go again when it has answered.
    Folder(Box<(State, Store)>),
    /// A server.
    Server(ResultsClient<Channel>),
}

impl Source {
    pub(crate) async fn open(args: &SourceArgs) -> Result<Self, Failure> {
        if let Some(url) = &args.server {
            let client = ResultsClient::new(connect(url).await?);
            // A night's discrepancies or a long history are more than the 4 MiB that a client takes by default.
            return Ok(Self::Server(client.max_decoding_message_size(64 << 20)));
        }
        let folder = args.data_dir.clone().unwrap_or_default();
        let store = DataDir::new(&folder).store()?;
        match Replay::of(&store.reader(), Signatures::Trust) {
            Ok(fold) => Ok(Self::Folder(Box::new((fold.into_state(), store)))),
            Err(problem) => {
                store.close()?;
                Err(problem.into())
            }
        }
    }

    pub(crate) async fn totals(self, request: v1::TotalsRequest) -> Result<v1::TotalsResponse, Failure> {
        match self {
            Self::Folder(folder) => answer(
                *folder,
                |state| query::totals(state, &request),
                |answer| &mut answer.position,
            ),
            Self::Server(mut client) => Ok(client.totals(request).await?.into_inner()),
        }
    }

    pub(crate) async fn precinct(self, request: v1::PrecinctRequest) -> Result<v1::PrecinctResponse, Failure> {
        match self {
            Self::Folder(folder) => answer(
                *folder,
                |state| query::precinct(state, &request),
                |answer| &mut answer.position,
            ),
            Self::Server(mut client) => Ok(client.precinct(request).await?.into_inner()),
        }
    }

    pub(crate) async fn discrepancies(
        self,
        request: v1::DiscrepanciesRequest,
    ) -> Result<v1::DiscrepanciesResponse, Failure> {
        match self {
            Self::Folder(folder) => answer(
                *folder,
                |state| query::discrepancies(state, &request),
                |answer| &mut answer.position,
            ),
            Self::Server(mut client) => Ok(client.discrepancies(request).await?.into_inner()),
        }
    }
}

/// Answers from a folder, and lets it go.
fn answer<T>(
    (state, store): (State, Store),
    query: impl FnOnce(&State) -> Result<T, Problem>,
    position: impl FnOnce(&mut T) -> &mut Option<v1::Position>,
) -> Result<T, Failure> {
    let answered = query(&state).and_then(|mut answer| {
        query::add_root(position(&mut answer), &store.reader())?;
        Ok(answer)
    });
    store.close()?;
    Ok(answered?)
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
