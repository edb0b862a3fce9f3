//! What the desk asks the server in the reviewer's name.

use tallylog_wire::v1;
use tallylog_wire::v1::desk_client::DeskClient;

use crate::device::{Asking, Service};
use crate::failure::Failure;

fn desk(service: Service) -> DeskClient<Service> {
    // A night's queue is more than the 4 MiB that a client takes by default.
    DeskClient::new(service).max_decoding_message_size(64 << 20)
}

pub(super) async fn queue(asking: &Asking, request: &v1::QueueRequest) -> Result<v1::QueueResponse, Failure> {
    asking
        .ask(async |service| desk(service).queue(request.clone()).await)
        .await
}

pub(super) async fn differences(
    asking: &Asking,
    county: &str,
    precinct: &str,
) -> Result<v1::DifferencesResponse, Failure> {
    let request = v1::DifferencesRequest {
        county: county.to_owned(),
        precinct: precinct.to_owned(),
    };
    asking
        .ask(async |service| desk(service).differences(request.clone()).await)
        .await
}

pub(super) async fn decisions(asking: &Asking, county: &str, precinct: &str) -> Result<v1::DecisionsResponse, Failure> {
    let request = v1::DecisionsRequest {
        county: county.to_owned(),
        precinct: precinct.to_owned(),
    };
    asking
        .ask(async |service| desk(service).decisions(request.clone()).await)
        .await
}

pub(super) async fn own(asking: &Asking, request: &v1::OwnRequest) -> Result<v1::OwnResponse, Failure> {
    asking
        .ask(async |service| desk(service).own(request.clone()).await)
        .await
}
