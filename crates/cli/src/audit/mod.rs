//! The paper audit: a random sample of precincts whose worksheets are compared with the log.

mod draw;
mod page;
mod report;
mod roots;

use tallylog_event::{Abandonment, Announcement, EntryIndex, Event, PaperEvent, PaperReading};
use tallylog_projection::{DeskRefusal, Refusal};
use tallylog_server::Problem;
use tallylog_wire::v1;
use tallylog_wire::v1::cases_client::CasesClient;

use self::roots::Roots;
use crate::args::keep::{AbandonArgs, AnnounceArgs, AuditCommand, ReadArgs};
use crate::desk::{act, caucus, documents, place, said, sheet_of};
use crate::device::{Asking, Device};
use crate::failure::{Failure, Outcome};
use crate::show::grouped;

pub(crate) async fn run(command: &AuditCommand) -> Result<Outcome, Failure> {
    match command {
        AuditCommand::Announce(args) => announce(args).await,
        AuditCommand::Sample(args) => draw::run(args).await,
        AuditCommand::Abandon(args) => abandon(args).await,
        AuditCommand::Read(args) => read(args).await,
        AuditCommand::Report(args) => report::run(args).await,
    }
}

/// What stands at the desk of the paper audit.
async fn look(asking: &Asking, sample: Option<u64>) -> Result<v1::PaperAuditResponse, Failure> {
    let request = v1::PaperAuditRequest { moment: None, sample };
    asking
        .ask(async |service| CasesClient::new(service).paper_audit(request.clone()).await)
        .await
}

/// A refusal that the log would give, given before anything is signed.
fn refused(refusal: DeskRefusal) -> Failure {
    Problem::from(Refusal::from(refusal)).into()
}

/// The announcement of an entry, while its sample is still to be drawn.
fn open_announcement(answer: &v1::PaperAuditResponse, entry: u64) -> Result<&v1::PaperAnnouncement, Failure> {
    let mut all = answer.announcements.iter();
    let found = all.find(|one| one.announced.as_ref().is_some_and(|signed| signed.entry == entry));
    found
        .filter(|one| one.drawn.is_none() && one.abandoned.is_none())
        .ok_or_else(|| refused(DeskRefusal::NoSuchAnnouncement(EntryIndex(entry))))
}

async fn announce(args: &AnnounceArgs) -> Result<Outcome, Failure> {
    let device = Device::open(&args.device)?;
    let (size, root) = Roots::of(&device, &device.asking().await?).await?.latest();
    let announcement = Announcement {
        size,
        root,
        precincts: args.precincts,
    };
    let did = format!(
        "announced a sample of {} precincts from the checkpoint over {} entries; \
         now roll the dice in public, then run `tallylog audit sample --announcement ENTRY --dice DIGITS`, \
         where ENTRY is the number of the receipt",
        args.precincts,
        grouped(size)
    );
    let event = Event::Paper(PaperEvent::Announced(Box::new(announcement)));
    act(&device, event, did, args.format).await
}

/// The first of two persons gives the sample up; the other one finds that, and seconds it.
async fn abandon(args: &AbandonArgs) -> Result<Outcome, Failure> {
    let device = Device::open(&args.device)?;
    let answer = look(&device.asking().await?, None).await?;
    let open = open_announcement(&answer, args.announcement)?;
    let person = device.about().person.to_string();
    let waiting = open.given_up.iter().filter(|one| one.waits);
    let others = waiting.filter_map(|one| one.signed.as_ref().map(|signed| (one, signed)));
    let first = others.into_iter().find(|(_, signed)| signed.person != person);
    let did = match first {
        Some((one, signed)) => format!(
            "gave up the sample that entry {} announced, as {} did ({}): it is abandoned, and every verdict says so",
            args.announcement, signed.person, one.reason
        ),
        None => format!(
            "gave up the sample that entry {} announced; it is abandoned once another reviewer or registrar runs the same",
            args.announcement
        ),
    };
    let abandonment = Abandonment {
        announcement: EntryIndex(args.announcement),
        seconds: first.map(|(_, signed)| EntryIndex(signed.entry)),
        reason: said("--reason", &args.reason)?,
    };
    let event = Event::Paper(PaperEvent::Abandoned(Box::new(abandonment)));
    act(&device, event, did, args.format).await
}

async fn read(args: &ReadArgs) -> Result<Outcome, Failure> {
    let device = Device::open(&args.device)?;
    let roster = device.roster()?;
    let precinct = place(&roster, &args.county, &args.precinct)?;
    let reading = PaperReading {
        sample: EntryIndex(args.sample),
        precinct,
        sheet: sheet_of(&args.file, &caucus(&roster, precinct)?)?,
        files: documents(&device, &args.photo)?,
    };
    let did = format!("recorded what the paper of {}, {} says", args.county, args.precinct);
    let event = Event::Paper(PaperEvent::Read(Box::new(reading)));
    act(&device, event, did, args.format).await
}
