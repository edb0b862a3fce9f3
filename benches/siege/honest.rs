//! An honest chair, who is another one each time, and an honest reader.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use tallylog_event::{Channel, Envelope, Event, EventBody, PrecinctId, Report, SubmissionId, chain};
use tallylog_rules::Attendees;
use tallylog_simulate::{DOORS_CLOSE, Night};
use tallylog_wire::v1::intake_client::IntakeClient;
use tallylog_wire::v1::results_client::ResultsClient;
use tallylog_wire::v1::{SubmitRequest, TotalsRequest};
use tonic::transport::Endpoint;

/// Between two reports, and between two questions.
const PAUSE: Duration = Duration::from_millis(50);

/// How often an honest sender tries a report again before it counts as refused.
const TRIES: u32 = 100;

/// How long the pair waited.
pub(super) struct Waits {
    chair: Vec<Duration>,
    reader: Vec<Duration>,
    /// How often one of them got no answer, or another than the right one, and had to ask again.
    pub(super) refused: usize,
}

pub(super) struct Pair {
    night: Night,
    url: String,
    next: Mutex<usize>,
    runtime: tokio::runtime::Runtime,
}

impl Pair {
    pub(super) fn new(night: Night, url: String) -> Self {
        Self {
            night,
            url,
            next: Mutex::new(super::server::REPORTED),
            runtime: tokio::runtime::Runtime::new().unwrap(),
        }
    }

    pub(super) fn watch(&self, long: Duration) -> Waits {
        let end = Instant::now() + long;
        self.runtime.block_on(async {
            let ((chair, turned_away), (reader, unanswered)) = tokio::join!(self.chair(end), self.reader(end));
            Waits {
                chair,
                reader,
                refused: turned_away + unanswered,
            }
        })
    }

    /// Reports for one precinct after the other. Every fifth chair comes on a connection of her own, as all do on the night.
    async fn chair(&self, end: Instant) -> (Vec<Duration>, usize) {
        let (mut waits, mut refused) = (Vec::new(), 0);
        let mut client = None;
        while Instant::now() < end {
            let number = {
                let mut next = self.next.lock().unwrap();
                *next += 1;
                *next
            };
            let envelope = self.envelope(number);
            let began = Instant::now();
            for _ in 0..TRIES {
                let connected = match client.take().filter(|_| number % 5 != 0) {
                    Some(connected) => Ok(connected),
                    None => endpoint(&self.url).connect().await.map(IntakeClient::new),
                };
                let Ok(mut connected) = connected else {
                    refused += 1;
                    continue;
                };
                match connected.submit(request(&envelope)).await {
                    Ok(_) => {
                        client = Some(connected);
                        break;
                    }
                    Err(_) => refused += 1,
                }
                tokio::time::sleep(PAUSE).await;
            }
            waits.push(began.elapsed());
            tokio::time::sleep(PAUSE).await;
        }
        (waits, refused)
    }

    fn envelope(&self, number: usize) -> Envelope {
        let chairs = self.night.sheets.len();
        let id = self.night.sheets.keys().nth(number % chairs).unwrap();
        report(&self.night, *id, (number / chairs) as u64)
    }

    async fn reader(&self, end: Instant) -> (Vec<Duration>, usize) {
        let (mut waits, mut refused) = (Vec::new(), 0);
        let mut client = ResultsClient::new(endpoint(&self.url).connect_lazy());
        while Instant::now() < end {
            let began = Instant::now();
            if client.totals(TotalsRequest::default()).await.is_err() {
                refused += 1;
                client = ResultsClient::new(endpoint(&self.url).connect_lazy());
            }
            waits.push(began.elapsed());
            tokio::time::sleep(PAUSE).await;
        }
        (waits, refused)
    }
}

impl Waits {
    pub(super) fn chair(&self, percent: usize) -> Duration {
        at(&self.chair, percent)
    }

    pub(super) fn reader(&self, percent: usize) -> Duration {
        at(&self.reader, percent)
    }
}

fn at(waits: &[Duration], percent: usize) -> Duration {
    let mut sorted = waits.to_vec();
    sorted.sort();
    sorted[(sorted.len() - 1) * percent / 100]
}

pub(super) fn endpoint(url: &str) -> Endpoint {
    Endpoint::from_shared(url.to_owned())
        .unwrap()
        .connect_timeout(Duration::from_secs(10))
        .timeout(Duration::from_secs(30))
}

pub(super) fn request(envelope: &Envelope) -> SubmitRequest {
    SubmitRequest {
        author: envelope.author.0.to_vec(),
        body: envelope.body.clone(),
        signature: envelope.signature.0.to_vec(),
        wait_for_proof: false,
    }
}

/// What a precinct's chair reports; another sheet for each turn.
pub(super) fn report(night: &Night, precinct: PrecinctId, turn: u64) -> Envelope {
    let mut sheet = night.sheets[&precinct].clone();
    if turn > 0 {
        sheet.worksheet_threshold = Some(Attendees((turn % 1_000) as u32));
    }
    let event = Event::Reported(Box::new(Report {
        precinct,
        channel: Channel::App,
        sheet,
        files: Vec::new(),
    }));
    let name = chain(format!("{turn} {precinct:?}").as_bytes()).0;
    let body = EventBody {
        contest: night.contest.id,
        submission: SubmissionId(name[..16].try_into().unwrap()),
        recorded_at: DOORS_CLOSE,
        event,
    };
    Envelope::seal(&body, &night.keys.chair(precinct).unwrap().key)
}
