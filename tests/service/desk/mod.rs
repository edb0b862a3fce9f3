//! The desks over real connections: who may ask what, what an operator never sees, and what the notebook keeps.

mod calls;
mod claims;
mod drafts;
mod hands;
mod roles;
mod typing;

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use tallylog_event::{
    CallerCheck, Channel, ContestId, Event, ManualEntry, PrecinctId, ReadRequest, Report, SigningKey, Text,
};
use tallylog_rules::Sheet;
use tallylog_server::Settings;
use tallylog_simulate::{Options, night};
use tallylog_wire::v1;
use tallylog_wire::v1::desk_client::DeskClient;
use tempfile::TempDir;
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::{GrpcMethod, Request, Status};

use crate::support::{Pen, Served, request, text};

/// Signs every request for somebody.
#[derive(Clone)]
struct Signature {
    key: SigningKey,
    contest: ContestId,
    origin: String,
}

static NONCE: AtomicU64 = AtomicU64::new(0);

impl Interceptor for Signature {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let method = request.extensions().get::<GrpcMethod<'_>>().unwrap();
        let path = format!("/{}/{}", method.service(), method.method());
        let mut nonce = [0; 16];
        nonce[..8].copy_from_slice(&NONCE.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        let read = ReadRequest {
            contest: self.contest,
            origin: &self.origin,
            path: &path,
            time: tallylog_server::now(),
            nonce,
        };
        for (name, value) in read.sign(&self.key).headers() {
            request.metadata_mut().insert(name, value.parse().unwrap());
        }
        Ok(request)
    }
}

type Client = DeskClient<InterceptedService<tonic::transport::Channel, Signature>>;

/// A served night with a notebook, at which people sit down.
struct Room {
    served: Served,
    /// A precinct that nobody has reported, and what happened there.
    precinct: PrecinctId,
    sheet: Sheet,
    county: String,
    name: String,
    /// Where the notebook lies.
    folder: TempDir,
}

impl Room {
    async fn new() -> Self {
        Self::of_precincts(12).await
    }

    async fn of_precincts(precincts: u16) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let notebook = Some(folder.path().join("notebook"));
        Self::with(notebook, folder, precincts).await
    }

    /// The desks came with the second version of admission.
    async fn with(notebook: Option<PathBuf>, folder: TempDir, precincts: u16) -> Self {
        let night = night(&Options {
            errors: false,
            version: 2,
            ..Options::small(11, 2, precincts)
        });
        let pen = Pen::new(night.contest.id);
        let settings = Settings {
            notebook,
            ..Settings::default()
        };
        let served = Served::open(tempfile::tempdir().unwrap(), night, pen, settings).await;
        let setup: Vec<_> = served.night.setup.iter().map(request).collect();
        let answers = served.client.submit_many(setup).await;
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
        Self::of(served, folder)
    }

    fn of(served: Served, folder: TempDir) -> Self {
        let (precinct, _, sheet) = served.rooms()[0];
        let sheet = sheet.clone();
        let (county, name) = served.name(precinct);
        Self {
            served,
            precinct,
            sheet,
            county,
            name,
            folder,
        }
    }

    async fn restarted(self) -> Self {
        let served = self.served.restart().await;
        // A read that was signed before the server began to serve would be refused.
        served.client.position().await;
        Self::of(served, self.folder)
    }

    /// The desk as somebody with a key sees it.
    fn seat(&self, key: &SigningKey) -> Client {
        let contest = &self.served.night.contest;
        let signature = Signature {
            key: key.clone(),
            contest: contest.id,
            origin: contest.log.origin.to_string(),
        };
        DeskClient::with_interceptor(self.served.client.channel.clone(), signature)
    }

    fn operator(&self, number: usize) -> Client {
        self.seat(&self.served.night.keys.operators[number].key)
    }

    fn operators_name(&self, number: usize) -> String {
        self.served.night.keys.operators[number].person.to_string()
    }

    fn reviewer(&self) -> Client {
        self.seat(self.served.reviewer())
    }

    fn registrar(&self) -> Client {
        self.seat(self.served.registrar())
    }

    /// An operator's entry of the precinct, into which others had typed.
    async fn enters(&self, operator: usize, sheet: &Sheet, typed_by: &[String]) -> u64 {
        let entry = entered(self.precinct, sheet, typed_by);
        let key = &self.served.night.keys.operators[operator].key;
        self.served.take(self.served.pen.sign(key, entry)).await
    }

    /// The precinct as somebody finds it.
    async fn found(&self, mut seat: Client) -> v1::DeskPrecinct {
        let request = v1::FindRequest {
            words: self.name.clone(),
            county: self.county.clone(),
            ..v1::FindRequest::default()
        };
        let mut found = seat.find(request).await.unwrap().into_inner().precincts;
        found.remove(0)
    }

    async fn claims(&self, mut seat: Client) -> Result<v1::ClaimResponse, Status> {
        let request = v1::ClaimRequest {
            county: self.county.clone(),
            precinct: self.name.clone(),
        };
        Ok(seat.claim(request).await?.into_inner())
    }

    async fn gives_back(&self, mut seat: Client, done: bool) -> Result<(), Status> {
        let request = v1::UnclaimRequest {
            county: self.county.clone(),
            precinct: self.name.clone(),
            done,
        };
        seat.unclaim(request).await?;
        Ok(())
    }

    async fn saves(&self, mut seat: Client, form: &str) -> Result<(), Status> {
        let request = v1::SaveDraftRequest {
            county: self.county.clone(),
            precinct: self.name.clone(),
            form: form.to_owned(),
            progress: 40,
        };
        seat.save_draft(request).await?;
        Ok(())
    }

    async fn loads(&self, mut seat: Client) -> Result<v1::LoadDraftResponse, Status> {
        let request = v1::LoadDraftRequest {
            county: self.county.clone(),
            precinct: self.name.clone(),
        };
        Ok(seat.load_draft(request).await?.into_inner())
    }

    async fn hands_over(&self, mut seat: Client, to: &str) -> Result<Vec<String>, Status> {
        let request = v1::HandOverRequest {
            county: self.county.clone(),
            precinct: self.name.clone(),
            to: to.to_owned(),
        };
        Ok(seat.hand_over(request).await?.into_inner().typed_by)
    }
}

fn entered(precinct: PrecinctId, sheet: &Sheet, typed_by: &[String]) -> Event {
    Event::Entered(Box::new(ManualEntry {
        report: Report {
            precinct,
            channel: Channel::Phone,
            sheet: sheet.clone(),
            files: Vec::new(),
        },
        caller: CallerCheck::CalledBack,
        read_back: true,
        typed_by: typed_by.iter().map(|name| Text::new(name.as_str()).unwrap()).collect(),
    }))
}

/// What a registrar says of the night.
fn notice(words: &str) -> Text {
    text(words)
}
