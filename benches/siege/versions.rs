//! One chair's device that reports its precinct 60,000 times.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use tallylog_event::PrecinctId;
use tallylog_server::Log;
use tallylog_simulate::Night;
use tallylog_wire::v1::intake_client::IntakeClient;
use tallylog_wire::v1::results_client::ResultsClient;
use tallylog_wire::v1::submit_many_response::Outcome;
use tallylog_wire::v1::{PrecinctRequest, TotalsRequest};
use tonic::transport::Channel;

use super::honest::{endpoint, report, request};

const TRIES: u64 = 60_000;

/// The last fold without a ceiling.
const WITHOUT_CEILING: u16 = 2;

pub(super) fn show() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        sent().await;
        opened().await;
    });
}

/// The precinct whose chair does it: the first.
pub(super) fn precinct(night: &Night) -> PrecinctId {
    *night.sheets.keys().next().unwrap()
}

/// Puts so many versions into a log, past the limits of the door, as an earlier server would have taken them.
pub(super) async fn fill(log: &Log, night: &Night) {
    let id = precinct(night);
    let mut last = None;
    for turn in 1..=TRIES {
        last = Some(log.enqueue_in_turn(report(night, id, turn)).await.unwrap());
    }
    last.unwrap().await.unwrap().unwrap();
}

/// Sends them to a server of the newest fold.
async fn sent() {
    let folder = tempfile::tempdir().unwrap();
    let version = tallylog_projection::FOLD_VERSION;
    let night = super::a_night(version);
    let role = format!("server {} {version} -", folder.path().display());
    let (mut server, url) = super::start(&role, &[]);
    let began = Instant::now();
    let outcomes = send_all(&night, &url).await;
    println!(
        "{TRIES} reports of one precinct by one device, {:.1} s: {outcomes:?}",
        began.elapsed().as_secs_f64()
    );
    ask(&night, &url, "after that").await;
    server.kill().unwrap();
    server.wait().unwrap();
    let began = Instant::now();
    let (mut server, url) = super::start(&role, &[]);
    println!("opened again in {:.2} s", began.elapsed().as_secs_f64());
    ask(&night, &url, "opened again").await;
    server.kill().unwrap();
    server.wait().unwrap();
}

/// Opens a log of the fold before, which holds them all.
async fn opened() {
    let folder = tempfile::tempdir().unwrap();
    let night = super::a_night(WITHOUT_CEILING);
    let role = |extra| format!("server {} {WITHOUT_CEILING} {extra}", folder.path().display());
    let (mut server, _) = super::start(&role("versions"), &[]);
    server.kill().unwrap();
    server.wait().unwrap();
    let began = Instant::now();
    let (mut server, url) = super::start(&role("-"), &[]);
    println!(
        "fold {WITHOUT_CEILING} with {TRIES} versions opened in {:.2} s",
        began.elapsed().as_secs_f64()
    );
    ask(&night, &url, "of these").await;
    server.kill().unwrap();
    server.wait().unwrap();
}

async fn send_all(night: &Night, url: &str) -> BTreeMap<String, u64> {
    let mut intake = IntakeClient::new(connect(url).await);
    let id = precinct(night);
    let requests: Vec<_> = (1..=TRIES).map(|turn| request(&report(night, id, turn))).collect();
    let mut outcomes = BTreeMap::new();
    let stream = tokio_stream::iter(requests);
    let mut answers = match intake.submit_many(stream).await {
        Ok(answers) => answers.into_inner(),
        Err(status) => return BTreeMap::from([(status.to_string(), 1)]),
    };
    loop {
        let answer = match answers.message().await {
            Ok(Some(answer)) => answer,
            Ok(None) => return outcomes,
            Err(status) => {
                *outcomes.entry(format!("stream ended: {status}")).or_default() += 1;
                return outcomes;
            }
        };
        let outcome = match answer.outcome {
            Some(Outcome::Receipt(_)) => "taken".to_owned(),
            Some(Outcome::Refusal(refusal)) => refusal.code,
            None => "nothing".to_owned(),
        };
        *outcomes.entry(outcome).or_default() += 1;
    }
}

/// The totals and the precinct's page, asked for the first time and again.
async fn ask(night: &Night, url: &str, when: &str) {
    let id = precinct(night);
    let county = &night.counties[usize::from(id.county.0)];
    let page = PrecinctRequest {
        county: county.name.to_string(),
        precinct: county.precincts[usize::from(id.number)].name.to_string(),
        ..PrecinctRequest::default()
    };
    let mut results = ResultsClient::new(connect(url).await).max_decoding_message_size(usize::MAX);
    let mut took: Vec<Duration> = Vec::new();
    for _ in 0..2 {
        let began = Instant::now();
        results.totals(TotalsRequest::default()).await.unwrap();
        took.push(began.elapsed());
        let began = Instant::now();
        results.precinct(page.clone()).await.unwrap();
        took.push(began.elapsed());
    }
    let [totals, shown, again, shown_again] = took[..] else {
        return;
    };
    println!(
        "{when}: totals {:.1} ms and the precinct's page {:.1} ms; asked again {:.1} ms and {:.1} ms",
        super::millis(totals),
        super::millis(shown),
        super::millis(again),
        super::millis(shown_again),
    );
}

async fn connect(url: &str) -> Channel {
    let patient = endpoint(url).timeout(Duration::from_mins(5));
    patient.connect().await.unwrap()
}
