//! Observers with the page of the results open: each follows the figures, and asks what the page asks beside them.

use std::io::{Read, Write};
use std::sync::mpsc::{self, Sender};
use std::time::{Duration, Instant};

use tallylog_wire::v1::results_client::ResultsClient;
use tallylog_wire::v1::{Basis, DiscrepanciesRequest, Moment, RosterRequest, TimelineRequest, TotalsRequest, moment};
use tonic::transport::{Channel, Endpoint};

/// As the page does, once it has an answer.
const PAUSE: Duration = Duration::from_secs(1);

enum Seen {
    Step,
    Answer(Duration),
}

/// Says when all are there, and what they saw once the other side has closed its end.
#[tokio::main]
pub(super) async fn watch(url: &str, observers: usize) {
    let (seen, heard) = mpsc::channel();
    for _ in 0..observers {
        let results = Endpoint::from_shared(url.to_owned()).unwrap().connect().await.unwrap();
        tokio::spawn(observer(ResultsClient::new(results), seen.clone()));
    }
    println!("{observers} are there");
    std::io::stdout().flush().unwrap();
    tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()).unwrap())
        .await
        .unwrap();
    let (mut steps, mut took) = (0, Vec::new());
    for seen in heard.try_iter() {
        match seen {
            Seen::Step => steps += 1,
            Seen::Answer(after) => took.push(after),
        }
    }
    super::show("an observer's totals", took);
    println!("they were told {steps} steps");
}

async fn observer(mut results: ResultsClient<Channel>, seen: Sender<Seen>) {
    // The contest may not be open yet.
    let roster = loop {
        match results.roster(RosterRequest::default()).await {
            Ok(roster) => break roster.into_inner(),
            Err(_) => tokio::time::sleep(PAUSE / 10).await,
        }
    };
    let request = TimelineRequest {
        basis: Basis::Recorded.into(),
        from: roster.position.unwrap().size,
        steps: 1,
        follow: true,
        ..TimelineRequest::default()
    };
    let mut answers = results.timeline(request).await.unwrap().into_inner();
    let (latest, mut sizes) = tokio::sync::watch::channel(0);
    let steps = seen.clone();
    tokio::spawn(async move {
        while let Ok(Some(answer)) = answers.message().await {
            for step in answer.steps {
                latest.send_replace(step.size);
                // Nobody listens any more once the rush is over.
                let _over = steps.send(Seen::Step);
            }
        }
    });
    while sizes.changed().await.is_ok() {
        let size = *sizes.borrow_and_update();
        let moment = || {
            Some(Moment {
                at: Some(moment::At::Size(size)),
            })
        };
        let began = Instant::now();
        let totals = TotalsRequest {
            moment: moment(),
            basis: Basis::Recorded.into(),
            ..TotalsRequest::default()
        };
        let (mut one, mut other) = (results.clone(), results.clone());
        let discrepancies = DiscrepanciesRequest {
            moment: moment(),
            ..DiscrepanciesRequest::default()
        };
        let (totals, discrepancies) = tokio::join!(one.totals(totals), other.discrepancies(discrepancies));
        if totals.is_err() || discrepancies.is_err() {
            return;
        }
        let _over = seen.send(Seen::Answer(began.elapsed()));
        tokio::time::sleep(PAUSE).await;
    }
}
