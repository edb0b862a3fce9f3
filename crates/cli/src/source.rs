//! Where answers come from: a folder or a server, by the same messages.

use tallylog_projection::State;
use tallylog_server::{Replay, Signatures, query};
use tallylog_wire::v1;
use tallylog_wire::v1::results_client::ResultsClient;
use tonic::transport::Channel;

use crate::args::SourceArgs;
use crate::data_dir::DataDir;
use crate::failure::Failure;

/// A source of answers.
pub(crate) enum Source {
    /// A folder, read and let go again.
    Folder(Box<State>),
    /// A server.
    Server(ResultsClient<Channel>),
}

impl Source {
    pub(crate) async fn open(args: &SourceArgs) -> Result<Self, Failure> {
        if let Some(url) = &args.server {
            // Whoever writes https believes that nobody reads along.
            if !url.starts_with("http://") {
                return Err(Failure::BadUrl(url.clone()));
            }
            let connected = ResultsClient::connect(url.clone()).await;
            let client = connected.map_err(|error| Failure::Unreachable {
                url: url.clone(),
                error,
            })?;
            // A night's discrepancies or a long history are more than the 4 MiB that a client takes by default.
            return Ok(Self::Server(client.max_decoding_message_size(64 << 20)));
        }
        let folder = args.data_dir.clone().unwrap_or_default();
        let store = DataDir::new(&folder).store()?;
        let replayed = Replay::of(&store.reader(), Signatures::Trust);
        store.close()?;
        Ok(Self::Folder(Box::new(replayed?.into_state())))
    }

    pub(crate) async fn totals(&mut self, request: v1::TotalsRequest) -> Result<v1::TotalsResponse, Failure> {
        match self {
            Self::Folder(state) => Ok(query::totals(state, &request)?),
            Self::Server(client) => Ok(client.totals(request).await?.into_inner()),
        }
    }

    pub(crate) async fn precinct(&mut self, request: v1::PrecinctRequest) -> Result<v1::PrecinctResponse, Failure> {
        match self {
            Self::Folder(state) => Ok(query::precinct(state, &request)?),
            Self::Server(client) => Ok(client.precinct(request).await?.into_inner()),
        }
    }

    pub(crate) async fn discrepancies(
        &mut self,
        request: v1::DiscrepanciesRequest,
    ) -> Result<v1::DiscrepanciesResponse, Failure> {
        match self {
            Self::Folder(state) => Ok(query::discrepancies(state, &request)?),
            Self::Server(client) => Ok(client.discrepancies(request).await?.into_inner()),
        }
    }
}
