//! Inquiries of campaigns, and their answers.

use serde::Serialize;
use tallylog_event::{Answer, EntryIndex, Event, Inquiry, InquiryEvent};
use tallylog_wire::v1;
use tallylog_wire::v1::cases_client::CasesClient;

use crate::args::Format;
use crate::args::release::{AnswerArgs, FileInquiryArgs, InquiriesArgs, InquiryCommand};
use crate::desk::{act, caucus, documents, place, said, sheet_of};
use crate::device::Device;
use crate::failure::{Failure, Outcome};
use crate::show::{self, heading};
use crate::time;
use crate::worksheet::wrap;

pub(crate) async fn run(command: &InquiryCommand) -> Result<Outcome, Failure> {
    match command {
        InquiryCommand::File(args) => file(args).await,
        InquiryCommand::Answer(args) => answer(args).await,
        InquiryCommand::List(args) => list(args).await,
    }
}

async fn file(args: &FileInquiryArgs) -> Result<Outcome, Failure> {
    let device = Device::open(&args.device)?;
    let roster = device.roster()?;
    let precinct = place(&roster, &args.county, &args.precinct)?;
    let figures = match &args.file {
        Some(path) => Some(sheet_of(path, &caucus(&roster, precinct)?)?),
        None => None,
    };
    let inquiry = Inquiry {
        precinct,
        question: said("--question", &args.question)?,
        figures,
        files: documents(&device, &args.photo)?,
    };
    let did = format!(
        "asked about {}, {}; the inquiry's number is that of the receipt",
        args.county, args.precinct
    );
    let event = Event::Inquiry(InquiryEvent::Filed(Box::new(inquiry)));
    act(&device, event, did, args.format).await
}

async fn answer(args: &AnswerArgs) -> Result<Outcome, Failure> {
    let device = Device::open(&args.device)?;
    let answer = Answer {
        inquiry: EntryIndex(args.inquiry),
        text: said("--text", &args.text)?,
        case: args.case.map(EntryIndex),
        evidence: documents(&device, &args.evidence)?,
    };
    let did = format!("answered inquiry {}", args.inquiry);
    let event = Event::Inquiry(InquiryEvent::Answered(Box::new(answer)));
    act(&device, event, did, args.format).await
}

/// An inquiry in a row.
#[derive(Serialize)]
struct Row<'a> {
    inquiry: u64,
    campaign: &'a str,
    county: String,
    precinct: String,
    filed_at: String,
    person: String,
    question: &'a str,
    answered: bool,
    answered_by: Option<String>,
    answer: &'a str,
    case: Option<u64>,
    photos: usize,
    own_figures: bool,
}

async fn list(args: &InquiriesArgs) -> Result<Outcome, Failure> {
    let device = Device::open(&args.device)?;
    let request = v1::InquiriesRequest {
        moment: None,
        open: args.open,
        county: args.county.clone().unwrap_or_default(),
        precinct: String::new(),
        campaign: args.campaign.clone().unwrap_or_default(),
    };
    let answer = device
        .asking()
        .await?
        .ask(async |service| {
            let mut cases = CasesClient::new(service).max_decoding_message_size(64 << 20);
            cases.inquiries(request.clone()).await
        })
        .await?;
    let rows: Vec<Row<'_>> = answer.inquiries.iter().map(row).collect();
    match args.format {
        Format::Json => show::json(&rows)?,
        Format::Csv => show::csv(&rows)?,
        Format::Table => show::data(&text(&answer, &rows))?,
    }
    Ok(Outcome::Yes)
}

fn row(inquiry: &v1::CampaignInquiry) -> Row<'_> {
    let filed = inquiry.filed.clone().unwrap_or_default();
    let place = inquiry.precinct.clone().unwrap_or_default();
    Row {
        inquiry: filed.entry,
        campaign: &inquiry.campaign,
        county: place.county,
        precinct: place.precinct,
        filed_at: time::utc(filed.received_at_ms),
        person: filed.person,
        question: &inquiry.question,
        answered: inquiry.answered.is_some(),
        answered_by: inquiry.answered.as_ref().map(|answered| answered.person.clone()),
        answer: &inquiry.answer,
        case: inquiry.case,
        photos: inquiry.files.len(),
        own_figures: inquiry.figures.is_some(),
    }
}

fn text(answer: &v1::InquiriesResponse, rows: &[Row<'_>]) -> String {
    let mut text = answer.position.as_ref().map_or_else(String::new, heading);
    text.extend([format!(
        "\n{} inquiries shown; {} wait for an answer\n",
        rows.len(),
        answer.open
    )]);
    for row in rows {
        let own = if row.own_figures {
            ", with figures of its own"
        } else {
            ""
        };
        let head = format!(
            "{} {} on {}, {} ({}, {} photos{own}): {}",
            row.inquiry, row.campaign, row.county, row.precinct, row.filed_at, row.photos, row.question
        );
        text.extend([format!("\n{}\n", wrap(&head, 4).join("\n"))]);
        let reply = match &row.answered_by {
            Some(person) => format!("    answered by {person}: {}", row.answer),
            None => "    waits for an answer".to_owned(),
        };
        text += &(wrap(&reply, 4).join("\n") + "\n");
    }
    text
}
