//! What the desk asks the server in the officer's name.

use tallylog_event::{EntryIndex, EventBody};
use tallylog_tlog::Policy;
use tallylog_verify::verify_receipt;
use tallylog_wire::v1;
use tallylog_wire::v1::cases_client::CasesClient;
use tallylog_wire::v1::desk_client::DeskClient;
use tallylog_wire::v1::log_client::LogClient;

use crate::desk::DeskFault;
use crate::device::{Asking, Device, DeviceFault, Service};
use crate::failure::Failure;

fn cases(service: Service) -> CasesClient<Service> {
    // All cases of a recanvass are more than the 4 MiB that a client takes by default.
    CasesClient::new(service).max_decoding_message_size(64 << 20)
}

pub(super) async fn list(asking: &Asking, request: &v1::CasesRequest) -> Result<v1::CasesResponse, Failure> {
    asking
        .ask(async |service| cases(service).cases(request.clone()).await)
        .await
}

pub(super) async fn case(asking: &Asking, entry: u64) -> Result<v1::CaseResponse, Failure> {
    let request = v1::CaseRequest { entry, moment: None };
    asking
        .ask(async |service| cases(service).case(request.clone()).await)
        .await
}

pub(super) async fn effect(asking: &Asking, body: &EventBody) -> Result<v1::EffectResponse, Failure> {
    let request = v1::EffectRequest { body: body.encode() };
    asking
        .ask(async |service| cases(service).effect(request.clone()).await)
        .await
}

/// The entry of a precinct's record: the last of what stands.
pub(super) async fn record(asking: &Asking, county: &str, precinct: &str) -> Result<EntryIndex, Failure> {
    let request = v1::FindRequest {
        words: precinct.to_owned(),
        county: county.to_owned(),
        limit: u32::MAX,
        ..v1::FindRequest::default()
    };
    let found = asking
        .ask(async |service| DeskClient::new(service).find(request.clone()).await)
        .await?;
    let named = found
        .precincts
        .into_iter()
        .find(|found| found.county.eq_ignore_ascii_case(county) && found.precinct.eq_ignore_ascii_case(precinct));
    let last = named.and_then(|named| named.entries.last().map(|entry| entry.entry));
    last.map(EntryIndex)
        .ok_or_else(|| DeskFault::NoRecord(format!("{county}, {precinct}")).into())
}

/// What somebody signed, as the log that the device trusts has it: whoever signs the same again relies on no server.
pub(super) async fn proven(device: &Device, asking: &Asking, entry: u64) -> Result<EventBody, Failure> {
    let request = v1::ReceiptRequest {
        of: Some(v1::receipt_request::Of::Entry(entry)),
        wait: true,
    };
    let receipt = asking
        .ask(async |service| LogClient::new(service).receipt(request.clone()).await)
        .await?;
    let policy = Policy::of_log(device.about().log_key.clone());
    let proven = verify_receipt(&receipt.proof, &policy).map_err(DeviceFault::BadReceipt)?;
    if proven.entry().index.0 != entry {
        return Err(DeviceFault::OtherReceipt.into());
    }
    Ok(proven.body().clone())
}
