//! Asks what became of something that is received: the receipt does not say.

use tallylog_wire::v1;
use tallylog_wire::v1::results_client::ResultsClient;

use super::send::SHORTEST_ANSWER;
use super::{Item, Outbox};
use crate::device::{Device, Handing, Since};
use crate::failure::Failure;

/// Asks the server, and notes what it says. Without an answer bad news of before counts, and good news does not.
pub(crate) async fn ask_since(outbox: &Outbox, device: &Device, number: u32) -> Result<Item, Failure> {
    let item = outbox.item(number)?;
    let Some(received) = item.received() else {
        return Ok(item);
    };
    let answer = match said(outbox, &item, received.entry).await {
        // Of what a release made public nobody is told more who only has the bytes. The key shows whose it is.
        Ok(since) if since.is_withheld() => {
            let asked = tokio::time::timeout(SHORTEST_ANSWER, signed(outbox, device, &item, received.entry)).await;
            Ok(asked.ok().flatten().unwrap_or(since))
        }
        answer => answer,
    };
    outbox.note(number, |notes| match answer {
        Ok(since) => notes.since = Some(since),
        // That it stood some time ago is no answer.
        Err(_) if !notes.since.as_ref().is_some_and(Since::is_news) => {
            notes.since = Some(Since::unknown("the server did not answer"));
        }
        Err(_) => {}
    })?;
    outbox.item(number)
}

/// What is said to whoever sends the same bytes again.
async fn said(outbox: &Outbox, item: &Item, entry: u64) -> Result<Since, Failure> {
    let mut server = Handing::to(&outbox.about().server, SHORTEST_ANSWER).await?;
    server.since(&item.envelope, entry).await
}

/// What is said to whoever signs the question.
async fn signed(outbox: &Outbox, device: &Device, item: &Item, entry: u64) -> Option<Since> {
    let mut seats = outbox.about().seats.iter();
    let seat = seats.find(|seat| Some(seat.id) == item.precinct())?;
    let request = v1::PrecinctRequest {
        county: seat.county.clone(),
        precinct: seat.precinct.clone(),
        moment: None,
        before: 0,
    };
    let asking = device.asking().await.ok()?;
    let answer = asking
        .ask(async |service| ResultsClient::new(service).precinct(request.clone()).await)
        .await;
    Since::of_versions(&answer.ok()?, entry)
}
