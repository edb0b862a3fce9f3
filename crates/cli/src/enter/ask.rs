//! What the desk asks the server in the operator's name.

use tallylog_wire::v1;
use tallylog_wire::v1::desk_client::DeskClient;

use crate::device::{Asking, Service};
use crate::failure::Failure;

fn desk(service: Service) -> DeskClient<Service> {
    // All precincts of a state are more than the 4 MiB that a client takes by default.
    DeskClient::new(service).max_decoding_message_size(64 << 20)
}

pub(super) async fn find(asking: &Asking, words: &str, county: &str) -> Result<v1::FindResponse, Failure> {
    let request = v1::FindRequest {
        words: words.to_owned(),
        county: county.to_owned(),
        limit: 0,
        ..v1::FindRequest::default()
    };
    asking
        .ask(async |service| desk(service).find(request.clone()).await)
        .await
}

pub(super) async fn claim(asking: &Asking, county: &str, precinct: &str) -> Result<v1::ClaimResponse, Failure> {
    let request = v1::ClaimRequest {
        county: county.to_owned(),
        precinct: precinct.to_owned(),
    };
    asking
        .ask(async |service| desk(service).claim(request.clone()).await)
        .await
}

pub(super) async fn unclaim(asking: &Asking, county: &str, precinct: &str, done: bool) -> Result<(), Failure> {
    let request = v1::UnclaimRequest {
        county: county.to_owned(),
        precinct: precinct.to_owned(),
        done,
    };
    asking
        .ask(async |service| desk(service).unclaim(request.clone()).await)
        .await?;
    Ok(())
}

pub(super) async fn save(asking: &Asking, county: &str, precinct: &str, form: String) -> Result<(), Failure> {
    let request = v1::SaveDraftRequest {
        county: county.to_owned(),
        precinct: precinct.to_owned(),
        progress: 0,
        form,
    };
    asking
        .ask(async |service| desk(service).save_draft(request.clone()).await)
        .await?;
    Ok(())
}

pub(super) async fn load(asking: &Asking, county: &str, precinct: &str) -> Result<v1::LoadDraftResponse, Failure> {
    let request = v1::LoadDraftRequest {
        county: county.to_owned(),
        precinct: precinct.to_owned(),
    };
    asking
        .ask(async |service| desk(service).load_draft(request.clone()).await)
        .await
}

pub(super) async fn hand_over(asking: &Asking, county: &str, precinct: &str, to: &str) -> Result<Vec<String>, Failure> {
    let request = v1::HandOverRequest {
        county: county.to_owned(),
        precinct: precinct.to_owned(),
        to: to.to_owned(),
    };
    let answer = asking
        .ask(async |service| desk(service).hand_over(request.clone()).await)
        .await?;
    Ok(answer.typed_by)
}
