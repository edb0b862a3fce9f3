//! What a corrections officer signs.

use std::path::Path;

use tallylog_event::{
    Approval, Case, CaseEvent, CaseOutcome, Channel, Closing, Correction, CorrectionKind, EntryIndex, Event, EventBody,
    PrecinctId, Proposal, Rejection, Report, Stage, SubmissionId, Unchanged,
};
use tallylog_projection::State;
use tallylog_wire::v1;

use super::{ask, effect};
use crate::args::correct::{ApproveArgs, CloseArgs, Kind, OpenCaseArgs, ProposeArgs, RejectArgs, StageName};
use crate::desk::{DeskFault, act, caucus, confirm, documents, place, said, sheet_of};
use crate::device::{Asking, Device};
use crate::failure::{Failure, Outcome};
use crate::show::talk;

/// Opens a case.
pub(super) async fn open(args: &OpenCaseArgs) -> Result<Outcome, Failure> {
    let device = Device::open(&args.device)?;
    let precincts = precincts(args, &device.roster()?)?;
    let case = Case {
        stage: match args.stage {
            StageName::Correction => Stage::Correction,
            StageName::Recanvass => Stage::Recanvass,
            StageName::Recount => Stage::Recount,
        },
        kind: match args.kind {
            Kind::Transcription => CorrectionKind::Transcription,
            Kind::Rule => CorrectionKind::Rule,
            Kind::HeadCount => CorrectionKind::HeadCount,
        },
        requested_by: said("--requested-by", &args.requested_by)?,
        reason: said("--reason", &args.reason)?,
        authority: said("--authority", &args.authority)?,
        evidence: documents(&device, &args.evidence)?,
        precincts,
    };
    let did = match case.precincts.as_slice() {
        [_] => "opened a case over one precinct; its number is that of the receipt".to_owned(),
        several => format!(
            "opened a case over {} precincts; its number is that of the receipt",
            several.len()
        ),
    };
    act(
        &device,
        Event::Case(CaseEvent::Opened(Box::new(case))),
        did,
        args.format,
    )
    .await
}

/// A precinct in a list.
#[derive(serde::Deserialize)]
struct Listed {
    county: String,
    precinct: String,
}

fn precincts(args: &OpenCaseArgs, roster: &State) -> Result<Vec<PrecinctId>, Failure> {
    let mut ids = Vec::new();
    for named in &args.precinct {
        let (county, precinct) = named.split_once('/').unwrap_or((named, ""));
        ids.push(place(roster, county, precinct)?);
    }
    if let Some(path) = &args.list {
        ids.extend(listed(path, roster)?);
    }
    Ok(ids)
}

fn listed(path: &Path, roster: &State) -> Result<Vec<PrecinctId>, Failure> {
    let failed = |error: csv::Error| Failure::File {
        path: path.to_owned(),
        error: std::io::Error::other(error),
    };
    let mut reader = csv::Reader::from_path(path).map_err(failed)?;
    let mut ids = Vec::new();
    for row in reader.deserialize::<Listed>() {
        let row = row.map_err(failed)?;
        ids.push(place(roster, &row.county, &row.precinct)?);
    }
    Ok(ids)
}

/// Proposes what comes of a case for a precinct.
pub(super) async fn propose(args: &ProposeArgs) -> Result<Outcome, Failure> {
    let device = Device::open(&args.device)?;
    let asking = device.asking().await?;
    let case = case_of(&device, &asking, args.case).await?;
    let roster = device.roster()?;
    let precinct = place(&roster, &args.county, &args.precinct)?;
    if !case.precincts.contains(&precinct) {
        return Err(DeskFault::NotInCase {
            case: args.case,
            place: format!("{}, {}", args.county, args.precinct),
        }
        .into());
    }
    let record = ask::record(&asking, &args.county, &args.precinct).await?;
    let outcome = outcome(args, &device, &case, precinct, record)?;
    let event = Event::Case(CaseEvent::Proposed(Box::new(Proposal {
        case: EntryIndex(args.case),
        outcome,
    })));
    let effect = ask::effect(&asking, &unsigned(&device, event.clone())).await?;
    tell(&device, &effect);
    if args.dry_run {
        return Ok(Outcome::Yes);
    }
    confirm(args.yes, "Propose this?")?;
    let did = format!(
        "proposed what comes of case {} for {}, {}; another officer approves it",
        args.case, args.county, args.precinct
    );
    act(&device, event, did, args.format).await
}

async fn case_of(device: &Device, asking: &Asking, entry: u64) -> Result<Case, Failure> {
    let Event::Case(CaseEvent::Opened(case)) = ask::proven(device, asking, entry).await?.event else {
        return Err(DeskFault::NoCase(entry).into());
    };
    Ok(*case)
}

fn outcome(
    args: &ProposeArgs,
    device: &Device,
    case: &Case,
    precinct: PrecinctId,
    record: EntryIndex,
) -> Result<CaseOutcome, Failure> {
    let reason = said("--reason", &args.reason)?;
    let evidence = documents(device, &args.evidence)?;
    if args.unchanged {
        return Ok(CaseOutcome::Unchanged(Box::new(Unchanged {
            precinct,
            record,
            findings: reason,
            evidence,
        })));
    }
    let path = args.file.as_deref().ok_or(DeskFault::NoOutcome)?;
    let report = Report {
        precinct,
        channel: Channel::Paper,
        sheet: sheet_of(path, &caucus(&device.roster()?, precinct)?)?,
        files: Vec::new(),
    };
    Ok(CaseOutcome::Changed(Box::new(Correction {
        replaces: record,
        report,
        kind: Some(case.kind),
        reason,
        requested_by: case.requested_by.clone(),
        authority: case.authority.clone(),
        evidence,
    })))
}

/// The event as it would be signed, for a server that says what it would move.
fn unsigned(device: &Device, event: Event) -> EventBody {
    EventBody {
        contest: device.about().contest,
        submission: SubmissionId([0; 16]),
        recorded_at: tallylog_server::now(),
        event,
    }
}

/// Old and new, and what moves, before anybody signs.
fn tell(device: &Device, effect: &v1::EffectResponse) {
    let place = effect.precinct.clone().unwrap_or_default();
    talk(&device.about().heading());
    talk(&format!("{}, {}", place.county, place.precinct));
    talk(&effect::sides(effect.old.as_ref(), effect.new.as_ref()));
    if let Some(effect) = &effect.effect {
        talk(&effect::table(effect));
    }
}

/// Approves what somebody else proposed.
pub(super) async fn approve(args: &ApproveArgs) -> Result<Outcome, Failure> {
    let notice = said("--notice", &args.notice)?;
    let device = Device::open(&args.device)?;
    let asking = device.asking().await?;
    let Event::Case(CaseEvent::Proposed(proposal)) = ask::proven(&device, &asking, args.proposal).await?.event else {
        return Err(DeskFault::NoCase(args.proposal).into());
    };
    let proposed = Event::Case(CaseEvent::Proposed(proposal.clone()));
    let effect = ask::effect(&asking, &unsigned(&device, proposed)).await?;
    tell(&device, &effect);
    if args.dry_run {
        return Ok(Outcome::Yes);
    }
    confirm(args.yes, "Approve this?")?;
    let approval = Approval {
        proposal: EntryIndex(args.proposal),
        outcome: proposal.outcome,
        notice,
    };
    let did = match &approval.outcome {
        CaseOutcome::Changed(_) => format!("approved proposal {}: the record is changed", args.proposal),
        CaseOutcome::Unchanged(_) => format!("approved proposal {}: the record stands", args.proposal),
    };
    let event = Event::Case(CaseEvent::Approved(Box::new(approval)));
    act(&device, event, did, args.format).await
}

/// Turns a proposal down.
pub(super) async fn reject(args: &RejectArgs) -> Result<Outcome, Failure> {
    let rejection = Rejection {
        proposal: EntryIndex(args.proposal),
        reason: said("--reason", &args.reason)?,
    };
    let device = Device::open(&args.device)?;
    let event = Event::Case(CaseEvent::Rejected(Box::new(rejection)));
    let did = format!("turned proposal {} down", args.proposal);
    act(&device, event, did, args.format).await
}

/// Closes a case.
pub(super) async fn close(args: &CloseArgs) -> Result<Outcome, Failure> {
    let closing = Closing {
        case: EntryIndex(args.case),
        notice: said("--notice", &args.notice)?,
    };
    let device = Device::open(&args.device)?;
    let event = Event::Case(CaseEvent::Closed(Box::new(closing)));
    let did = format!("closed case {}", args.case);
    act(&device, event, did, args.format).await
}
