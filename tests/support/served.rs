//! A log that is served on a port of its own.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tallylog_event::{Envelope, PrecinctId, SigningKey};
use tallylog_rules::Sheet;
use tallylog_server::{Log, Settings, Signing, Writer};
use tallylog_simulate::{Night, Options, night};
use tallylog_tlog::{KeyName, LogKey, Policy};
use tallylog_wire::v1;
use tallylog_wire::v1::intake_client::IntakeClient;
use tallylog_wire::v1::log_client::LogClient;
use tallylog_wire::v1::results_client::ResultsClient;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic::transport::Channel;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use super::Pen;

/// A small night whose log is served.
pub(crate) struct Served {
    pub(crate) night: Night,
    pub(crate) pen: Pen,
    pub(crate) address: SocketAddr,
    pub(crate) client: Client,
    pub(crate) dir: TempDir,
    settings: Settings,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<Result<(), tonic::transport::Error>>,
    writer: Writer,
}

impl Served {
    /// A log in which everybody is enrolled and nobody has reported.
    pub(crate) async fn small() -> Self {
        Self::with(Settings::default()).await
    }

    /// The same, and the log signs a checkpoint every few milliseconds.
    pub(crate) async fn signed() -> Self {
        Self::signing(|_| {}).await
    }

    /// The same, with what a test changes of how it signs.
    pub(crate) async fn signing(change: impl FnOnce(&mut Signing)) -> Self {
        Self::filled(Self::empty_signing(change).await).await
    }

    /// A log that signs, and is yet without a contest.
    pub(crate) async fn empty_signing(change: impl FnOnce(&mut Signing)) -> Self {
        let (night, pen, dir) = a_night();
        let mut signing = signing(&night, dir.path());
        change(&mut signing);
        let settings = Settings {
            signing: Some(signing),
            ..Settings::default()
        };
        Self::open(dir, night, pen, settings).await
    }

    pub(crate) async fn with(settings: Settings) -> Self {
        Self::filled(Self::empty(settings).await).await
    }

    async fn filled(served: Self) -> Self {
        let requests: Vec<_> = served.night.setup.iter().map(request).collect();
        let answers = served.client.submit_many(requests).await;
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
        served
    }

    /// A log that is yet without a contest.
    pub(crate) async fn empty(settings: Settings) -> Self {
        let (night, pen, dir) = a_night();
        Self::open(dir, night, pen, settings).await
    }

    pub(crate) async fn open(dir: TempDir, night: Night, pen: Pen, settings: Settings) -> Self {
        let (log, writer) = Log::open_or_create(&dir.path().join("log"), settings.clone()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(tallylog_server::serve(log, listener, async {
            let _dropped = stopped.await;
        }));
        Self {
            night,
            pen,
            address,
            client: Client::connect(address).await,
            dir,
            settings,
            stop,
            serving,
            writer,
        }
    }

    /// Asks the server to stop; the future that comes back is ready when it has and the store is sealed.
    pub(crate) fn stop(self) -> impl Future<Output = (TempDir, Night, Pen)> {
        let (dir, night, pen) = (self.dir, self.night, self.pen);
        self.stop.send(()).unwrap();
        async move {
            self.serving.await.unwrap().unwrap();
            let writer = self.writer;
            tokio::task::spawn_blocking(|| writer.join()).await.unwrap().unwrap();
            (dir, night, pen)
        }
    }

    pub(crate) async fn restart(self) -> Self {
        let settings = self.settings.clone();
        let (dir, night, pen) = self.stop().await;
        Self::open(dir, night, pen, settings).await
    }

    pub(crate) fn settings(&self) -> Settings {
        self.settings.clone()
    }

    /// The log's key as the contest names it, and nobody else's.
    pub(crate) fn policy(&self) -> Policy {
        Policy::of_log(log_key(&self.night))
    }

    /// The latest checkpoint, once it covers so many entries.
    pub(crate) async fn covered(&self, size: u64) -> v1::CheckpointResponse {
        for _ in 0..1_000 {
            let asked = self.client.log.clone().checkpoint(v1::CheckpointRequest {}).await;
            if let Ok(answer) = asked
                && answer.get_ref().size >= size
            {
                return answer.into_inner();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        unreachable!("no checkpoint over {size} entries was signed")
    }

    /// The precincts that are no satellite sites, each with its chair's key and what happened in its room.
    pub(crate) fn rooms(&self) -> Vec<(PrecinctId, &SigningKey, &Sheet)> {
        let is_precinct = |id: PrecinctId| self.night.counties[usize::from(id.county.0)].fips.is_some();
        let rooms = self.night.sheets.iter().filter(|(id, _)| is_precinct(**id));
        rooms
            .map(|(id, sheet)| (*id, &self.night.keys.chair(*id).unwrap().key, sheet))
            .collect()
    }

    pub(crate) fn registrar(&self) -> &SigningKey {
        &self.night.keys.registrars[0].key
    }

    pub(crate) fn operator(&self) -> &SigningKey {
        &self.night.keys.operators[0].key
    }

    pub(crate) fn officer(&self) -> &SigningKey {
        &self.night.keys.officers[0].key
    }

    pub(crate) fn reviewer(&self) -> &SigningKey {
        &self.night.keys.reviewers[0].key
    }

    /// Sends an event that the log must take, and returns its entry.
    #[track_caller]
    pub(crate) fn take(&self, envelope: Envelope) -> impl Future<Output = u64> {
        let client = self.client.clone();
        async move { client.submit(&envelope).await.unwrap().entry }
    }

    /// Sends an event that the log must refuse for `reason`, and looks whether anything has changed.
    pub(crate) async fn refuse(&self, envelope: Envelope, code: Code, reason: &str) {
        self.refuse_request(request(&envelope), code, reason).await;
    }

    pub(crate) async fn refuse_request(&self, request: v1::SubmitRequest, code: Code, reason: &str) {
        let before = self.client.position().await;
        let status = self.client.clone().intake.submit(request).await.unwrap_err();
        check_refusal(&status, code, reason);
        assert_eq!(self.client.position().await, before, "{reason} changed something");
    }

    /// The open discrepancies of a precinct, each with what was found.
    pub(crate) async fn open_on(&self, precinct: PrecinctId) -> Vec<(String, String)> {
        let mut results = self.client.results.clone();
        let answer = results.discrepancies(v1::DiscrepanciesRequest::default());
        let named = self.name(precinct);
        let found = answer.await.unwrap().into_inner().discrepancies.into_iter();
        found
            .filter(|found| (found.county.clone(), found.precinct.clone()) == named && found.status == "open")
            .map(|found| (found.code, found.message))
            .collect()
    }

    pub(crate) async fn precinct(&self, precinct: PrecinctId) -> v1::PrecinctResponse {
        let (county, precinct) = self.name(precinct);
        let request = v1::PrecinctRequest {
            county,
            precinct,
            moment: None,
        };
        self.client
            .clone()
            .results
            .precinct(request)
            .await
            .unwrap()
            .into_inner()
    }

    pub(crate) fn name(&self, id: PrecinctId) -> (String, String) {
        let county = &self.night.counties[usize::from(id.county.0)];
        let precinct = &county.precincts[usize::from(id.number)];
        (county.name.to_string(), precinct.name.to_string())
    }
}

fn a_night() -> (Night, Pen, TempDir) {
    let night = night(&Options {
        errors: false,
        ..Options::small(11, 2, 12)
    });
    let pen = Pen::new(night.contest.id);
    (night, pen, tempfile::tempdir().unwrap())
}

/// With what the log of a night signs, in a folder.
pub(crate) fn signing(night: &Night, dir: &Path) -> Signing {
    Signing {
        log: night.keys.log.clone(),
        service: night.keys.service.clone(),
        successor: Arc::new(|_| None),
        checkpoints: dir.join("checkpoints"),
        interval: Duration::from_millis(10),
        witnesses: Vec::new(),
        quorum: 0,
    }
}

pub(crate) fn log_key(night: &Night) -> LogKey {
    let name = KeyName::new(night.contest.log.origin.as_str()).unwrap();
    LogKey::new(name, &night.contest.log.key.0).unwrap()
}

/// The services behind one connection.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) channel: Channel,
    pub(crate) intake: IntakeClient<Channel>,
    pub(crate) results: ResultsClient<Channel>,
    pub(crate) log: LogClient<Channel>,
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let endpoint = Channel::from_shared(format!("http://{address}")).unwrap();
        let channel = endpoint.connect().await.unwrap();
        Self {
            intake: IntakeClient::new(channel.clone()),
            results: ResultsClient::new(channel.clone()),
            log: LogClient::new(channel.clone()),
            channel,
        }
    }

    pub(crate) async fn submit(&self, envelope: &Envelope) -> Result<v1::Receipt, Status> {
        let answer = self.clone().intake.submit(request(envelope)).await?;
        Ok(answer.into_inner().receipt.unwrap())
    }

    /// Sends one stream, and looks whether every request is answered, in order.
    pub(crate) async fn submit_many(&self, requests: Vec<v1::SubmitRequest>) -> Vec<Result<v1::Receipt, v1::Refusal>> {
        let sent = requests.len();
        let stream = self.clone().intake.submit_many(tokio_stream::iter(requests)).await;
        let mut answers = stream.unwrap().into_inner();
        let mut outcomes = Vec::new();
        while let Some(answer) = answers.message().await.unwrap() {
            assert_eq!(usize::try_from(answer.request), Ok(outcomes.len()));
            outcomes.push(match answer.outcome.unwrap() {
                v1::submit_many_response::Outcome::Receipt(receipt) => Ok(receipt),
                v1::submit_many_response::Outcome::Refusal(refusal) => Err(refusal),
            });
        }
        assert_eq!(outcomes.len(), sent);
        outcomes
    }

    /// The size and the hash of the state.
    pub(crate) async fn position(&self) -> v1::Position {
        self.totals(None).await.unwrap().position.unwrap()
    }

    pub(crate) async fn totals(&self, at: Option<v1::moment::At>) -> Result<v1::TotalsResponse, Status> {
        let request = v1::TotalsRequest {
            moment: at.map(|at| v1::Moment { at: Some(at) }),
            ..v1::TotalsRequest::default()
        };
        Ok(self.clone().results.totals(request).await?.into_inner())
    }

    pub(crate) async fn size(&self) -> u64 {
        let head = self.clone().log.head(v1::HeadRequest {}).await;
        head.unwrap().into_inner().size
    }

    /// The entries of a range, each with its number.
    pub(crate) async fn entries(&self, from: u64, until: u64) -> Result<Vec<(u64, Vec<u8>)>, Status> {
        let stream = self.clone().log.entries(v1::EntriesRequest { from, until }).await?;
        let mut messages = stream.into_inner();
        let mut entries = Vec::new();
        while let Some(message) = messages.message().await? {
            entries.push((message.entry, message.bytes));
        }
        Ok(entries)
    }
}

pub(crate) fn request(envelope: &Envelope) -> v1::SubmitRequest {
    v1::SubmitRequest {
        author: envelope.author.0.to_vec(),
        body: envelope.body.clone(),
        signature: envelope.signature.0.to_vec(),
        wait_for_proof: false,
    }
}

/// A refusal has a status, a code for programs and a sentence for people; it may be tried again only if it says so.
#[track_caller]
pub(crate) fn check_refusal(status: &Status, code: Code, reason: &str) {
    let info = status.get_details_error_info();
    let named = info.map(|info| (info.reason, info.domain));
    let expected = Some((reason.to_owned(), "tallylog".to_owned()));
    assert_eq!((status.code(), named), (code, expected), "{status:?}");
    assert!(!status.message().is_empty());
    let retry = status.get_details_retry_info().is_some();
    assert_eq!(retry, code == Code::Unavailable, "{status:?}");
}
