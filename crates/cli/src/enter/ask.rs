//! What the desk asks the server in the operator's name.

use std::time::Duration;

use tallylog_wire::v1;
use tallylog_wire::v1::desk_client::DeskClient;

use crate::device::{Asking, DeviceFault, Service};
use crate::failure::Failure;

/// How long an answer may take: somebody is on the telephone meanwhile.
const ANSWER: Duration = Duration::from_secs(10);

fn desk(service: Service) -> DeskClient<Service> {
    // All precincts of a state are more than the 4 MiB that a client takes by default.
    DeskClient::new(service).max_decoding_message_size(64 << 20)
}

/// An answer, or that none came: a network that is lost says nothing.
async fn soon<T>(answer: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let answered = tokio::time::timeout(ANSWER, answer).await;
    answered.map_err(|_| DeviceFault::NoAnswer("the server".to_owned()))?
}

pub(super) async fn find(asking: &Asking, words: &str, county: &str) -> Result<v1::FindResponse, Failure> {
    let request = v1::FindRequest {
        words: words.to_owned(),
        county: county.to_owned(),
        ..v1::FindRequest::default()
    };
    soon(asking.ask(async |service| desk(service).find(request.clone()).await)).await
}

/// What the operator is at work on.
pub(super) async fn mine(asking: &Asking) -> Result<v1::FindResponse, Failure> {
    let request = v1::FindRequest {
        mine: true,
        limit: u32::MAX,
        ..v1::FindRequest::default()
    };
    soon(asking.ask(async |service| desk(service).find(request.clone()).await)).await
}

/// One precinct by its exact name.
pub(super) async fn one(asking: &Asking, county: &str, precinct: &str) -> Result<Option<v1::DeskPrecinct>, Failure> {
    let mut found = find(asking, precinct, county).await?.precincts.into_iter();
    let is_meant = |found: &v1::DeskPrecinct| found.precinct.eq_ignore_ascii_case(precinct);
    Ok(found.find(is_meant))
}

pub(super) async fn claim(asking: &Asking, county: &str, precinct: &str) -> Result<v1::ClaimResponse, Failure> {
    let request = v1::ClaimRequest {
        county: county.to_owned(),
        precinct: precinct.to_owned(),
    };
    soon(asking.ask(async |service| desk(service).claim(request.clone()).await)).await
}

pub(super) async fn unclaim(asking: &Asking, county: &str, precinct: &str, done: bool) -> Result<(), Failure> {
    let request = v1::UnclaimRequest {
        county: county.to_owned(),
        precinct: precinct.to_owned(),
        done,
    };
    soon(asking.ask(async |service| desk(service).unclaim(request.clone()).await)).await?;
    Ok(())
}

pub(super) async fn save(asking: &Asking, county: &str, precinct: &str, form: String) -> Result<(), Failure> {
    let request = v1::SaveDraftRequest {
        county: county.to_owned(),
        precinct: precinct.to_owned(),
        progress: 0,
        form,
    };
    soon(asking.ask(async |service| desk(service).save_draft(request.clone()).await)).await?;
    Ok(())
}

pub(super) async fn load(asking: &Asking, county: &str, precinct: &str) -> Result<v1::LoadDraftResponse, Failure> {
    let request = v1::LoadDraftRequest {
        county: county.to_owned(),
        precinct: precinct.to_owned(),
    };
    soon(asking.ask(async |service| desk(service).load_draft(request.clone()).await)).await
}

pub(super) async fn hand_over(asking: &Asking, county: &str, precinct: &str, to: &str) -> Result<Vec<String>, Failure> {
    let request = v1::HandOverRequest {
        county: county.to_owned(),
        precinct: precinct.to_owned(),
        to: to.to_owned(),
    };
    let answer = soon(asking.ask(async |service| desk(service).hand_over(request.clone()).await)).await?;
    Ok(answer.typed_by)
}
