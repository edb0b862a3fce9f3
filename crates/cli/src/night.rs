//! The course of the night: pauses, certification, amendments of the roster.

use serde::Serialize;
use tallylog_event::{
    Apportioned, Apportionment, Certification, CourseEvent, EntryIndex, Event, FileRef, RosterAmendment, RosterChange,
    Text,
};
use tallylog_rules::Delegates;
use tallylog_wire::v1;
use tallylog_wire::v1::cases_client::CasesClient;

use crate::args::Format;
use crate::args::release::{
    AmendDelegatesArgs, CertifyArgs, NightCommand, NightShowArgs, NoticeArgs, WithdrawCandidateArgs,
};
use crate::desk::{DeskFault, act, caucus, documents, place, said};
use crate::device::Device;
use crate::failure::{Failure, Outcome};
use crate::show::{self, heading};
use crate::source::connect;
use crate::time;
use crate::worksheet::wrap;

pub(crate) async fn run(command: &NightCommand) -> Result<Outcome, Failure> {
    match command {
        NightCommand::Show(args) => show(args).await,
        NightCommand::Pause(args) => notice(args, CourseEvent::Paused, "paused the entry of reports").await,
        NightCommand::Resume(args) => notice(args, CourseEvent::Resumed, "resumed the entry of reports").await,
        NightCommand::Certify(args) => certify(args).await,
        NightCommand::AmendDelegates(args) => amend_delegates(args).await,
        NightCommand::WithdrawCandidate(args) => withdraw_candidate(args).await,
    }
}

async fn notice(args: &NoticeArgs, of: fn(Text) -> CourseEvent, did: &str) -> Result<Outcome, Failure> {
    let notice = said("--notice", &args.notice)?;
    let device = Device::open(&args.device)?;
    act(&device, Event::Course(of(notice)), did.to_owned(), args.format).await
}

async fn certify(args: &CertifyArgs) -> Result<Outcome, Failure> {
    let device = Device::open(&args.device)?;
    let known = device
        .asking()
        .await?
        .ask(async |service| {
            CasesClient::new(service)
                .releases(v1::ReleasesRequest { moment: None })
                .await
        })
        .await?;
    let named = known.releases.iter().find(|release| release.name == args.release);
    let signed = named.and_then(|release| release.signed.as_ref());
    let release = signed.ok_or_else(|| DeskFault::NoRelease(args.release.clone()))?;
    let certification = Certification {
        release: EntryIndex(release.entry),
        statement: said("--statement", &args.statement)?,
        evidence: documents(&device, &args.evidence)?,
    };
    let event = Event::Course(CourseEvent::Certified(Box::new(certification)));
    let did = format!("certified release {:?}; reports are closed", args.release);
    act(&device, event, did, args.format).await
}

/// Why the roster is amended, and by what right.
struct Ground<'a> {
    authority: &'a str,
    reason: &'a str,
    evidence: Vec<FileRef>,
}

impl Ground<'_> {
    fn event(self, change: RosterChange) -> Result<Event, Failure> {
        Ok(Event::Course(CourseEvent::RosterAmended(Box::new(RosterAmendment {
            change,
            authority: said("--authority", self.authority)?,
            reason: said("--reason", self.reason)?,
            evidence: self.evidence,
        }))))
    }
}

async fn amend_delegates(args: &AmendDelegatesArgs) -> Result<Outcome, Failure> {
    let device = Device::open(&args.device)?;
    let roster = device.roster()?;
    let mut precincts = Vec::new();
    for change in &args.delegates {
        let bad = || DeskFault::BadDelegates(change.clone());
        let (precinct, number) = change.rsplit_once('=').ok_or_else(bad)?;
        precincts.push(Apportioned {
            number: place(&roster, &args.county, precinct)?.number,
            delegates: Delegates(number.trim().parse().map_err(|_| bad())?),
        });
    }
    precincts.sort_by_key(|change| change.number);
    let county = roster.roster().county_named(&args.county);
    let county = county.ok_or_else(|| DeskFault::NoCounty(args.county.clone()))?.id;
    let ground = Ground {
        authority: &args.authority,
        reason: &args.reason,
        evidence: documents(&device, &args.evidence)?,
    };
    let event = ground.event(RosterChange::Apportionment(Apportionment {
        county,
        county_delegates: Delegates(args.county_delegates),
        precincts,
    }))?;
    let did = format!(
        "amended the delegates of {}: {}",
        args.county,
        args.delegates.join(", ")
    );
    act(&device, event, did, args.format).await
}

async fn withdraw_candidate(args: &WithdrawCandidateArgs) -> Result<Outcome, Failure> {
    let device = Device::open(&args.device)?;
    let roster = device.roster()?;
    let no_candidate = || DeskFault::NoCandidate(args.candidate.clone());
    let any = roster.roster().ids().next().ok_or_else(no_candidate)?;
    let group = caucus(&roster, any)?
        .group_named(&args.candidate)
        .ok_or_else(no_candidate)?;
    let ground = Ground {
        authority: &args.authority,
        reason: &args.reason,
        evidence: documents(&device, &args.evidence)?,
    };
    let event = ground.event(RosterChange::Withdrawn(group))?;
    let did = format!(
        "recorded that {} has withdrawn; the group keeps its figures",
        args.candidate
    );
    act(&device, event, did, args.format).await
}

/// What happened to the night as a whole.
#[derive(Serialize)]
struct Row {
    what: &'static str,
    entry: u64,
    received_at: String,
    person: String,
    text: String,
}

async fn show(args: &NightShowArgs) -> Result<Outcome, Failure> {
    let mut cases = CasesClient::new(connect(&args.server).await?);
    let answer = cases.course(v1::CourseRequest { moment: None }).await?.into_inner();
    let rows = rows(&answer);
    match args.format {
        Format::Json => show::json(&rows)?,
        Format::Csv => show::csv(&rows)?,
        Format::Table => show::data(&text(&answer, &rows))?,
    }
    Ok(Outcome::Yes)
}

fn rows(answer: &v1::CourseResponse) -> Vec<Row> {
    let notices = answer.notices.iter().map(|notice| {
        let what = if notice.paused { "paused" } else { "resumed" };
        row(what, notice.signed.as_ref(), notice.text.clone())
    });
    let certified = answer.certified.iter().map(|certificate| {
        let text = format!("release {:?}: {}", certificate.release, certificate.statement);
        row("certified", certificate.signed.as_ref(), text)
    });
    let amended = answer
        .amendments
        .iter()
        .map(|amendment| row("amended", amendment.signed.as_ref(), amended(amendment)));
    let mut rows: Vec<Row> = notices.chain(certified).chain(amended).collect();
    rows.sort_by_key(|row| row.entry);
    rows
}

fn row(what: &'static str, signed: Option<&v1::Signed>, text: String) -> Row {
    let signed = signed.cloned().unwrap_or_default();
    Row {
        what,
        entry: signed.entry,
        received_at: time::utc(signed.received_at_ms),
        person: signed.person,
        text,
    }
}

fn amended(amendment: &v1::Amendment) -> String {
    let change = if amendment.withdrawn.is_empty() {
        let precincts: Vec<_> = amendment
            .precincts
            .iter()
            .map(|change| {
                format!(
                    "{} {} > {}",
                    change.precinct, change.delegates_old, change.delegates_new
                )
            })
            .collect();
        format!("{}: {}", amendment.county, precincts.join(", "))
    } else {
        format!("{} has withdrawn", amendment.withdrawn)
    };
    format!("{change}; authority: {}; {}", amendment.authority, amendment.reason)
}

fn text(answer: &v1::CourseResponse, rows: &[Row]) -> String {
    let mut text = answer.position.as_ref().map_or_else(String::new, heading);
    let state = match (&answer.certified, &answer.paused) {
        (Some(certificate), _) => format!("certified: release {:?}; reports are closed", certificate.release),
        (None, Some(notice)) => format!("THE ENTRY OF REPORTS IS PAUSED: {}", notice.text),
        (None, None) => "reports are taken".to_owned(),
    };
    text.extend([format!("\n{state}\n")]);
    for row in rows {
        let line = format!(
            "{} {} by {} (entry {}): {}",
            row.received_at, row.what, row.person, row.entry, row.text
        );
        text += &(wrap(&line, 4).join("\n") + "\n");
    }
    text
}
