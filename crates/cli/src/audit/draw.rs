//! Draws a sample. What the log would refuse is refused before anything is signed, and in a dry run alike.

use tallylog_event::{AnnouncedSample, EntryIndex, Event, PaperEvent, PrecinctId, Sample, TreeRoot};
use tallylog_projection::{DeskRefusal, State, check_dice, draw, draw_announced};
use tallylog_wire::v1;

use super::roots::Roots;
use super::{look, open_announcement, refused};
use crate::args::keep::SampleArgs;
use crate::desk::{act, said};
use crate::device::Device;
use crate::failure::{Failure, Outcome};
use crate::show::{grouped, talk};

/// The first version of a log whose samples are announced.
const ANNOUNCES: u16 = 3;

pub(super) async fn run(args: &SampleArgs) -> Result<Outcome, Failure> {
    let dice: String = args.dice.split_whitespace().collect();
    check_dice(&dice).map_err(refused)?;
    let device = Device::open(&args.device)?;
    let roster = device.roster()?;
    let announces = roster.contest().is_some_and(|contest| contest.fold >= ANNOUNCES);
    let asking = device.asking().await?;
    let roots = Roots::of(&device, &asking).await?;
    let drawn = match args.announcement {
        Some(entry) => announced(&look(&asking, None).await?, entry, &roots, &roster, &dice).await?,
        None if announces => return Err(refused(DeskRefusal::NotAnnounced)),
        None => unannounced(args.precincts.unwrap_or_default(), &roots, &roster, &dice)?,
    };
    show(&device, &roster, &drawn, &dice);
    if args.dry_run {
        return Ok(Outcome::Yes);
    }
    let did = format!(
        "drew {} precincts; the sample's number is that of the receipt",
        drawn.precincts.len()
    );
    act(&device, Event::Paper(drawn.event), did, args.format).await
}

/// What is drawn, and what says so.
struct Draw {
    size: u64,
    precincts: Vec<PrecinctId>,
    event: PaperEvent,
}

async fn announced(
    answer: &v1::PaperAuditResponse,
    entry: u64,
    roots: &Roots<'_>,
    roster: &State,
    dice: &str,
) -> Result<Draw, Failure> {
    let open = open_announcement(answer, entry)?;
    if let Some(used) = answer.samples.iter().find(|sample| sample.dice == dice) {
        let used = used.drawn.as_ref().map_or(0, |signed| signed.entry);
        return Err(refused(DeskRefusal::DiceUsed(EntryIndex(used))));
    }
    let root = <[u8; 32]>::try_from(open.root.as_slice()).unwrap_or_default();
    if !roots.holds(open.size, &root).await? {
        return Err(refused(DeskRefusal::OtherRoot(open.size)));
    }
    let then = roster.at(open.size);
    let mut precincts = draw_announced(then.as_ref().unwrap_or(roster).roster(), dice, &TreeRoot(root));
    precincts.truncate(usize::try_from(open.precincts).unwrap_or(usize::MAX));
    let sample = AnnouncedSample {
        announcement: EntryIndex(entry),
        dice: said("--dice", dice)?,
        precincts: precincts.clone(),
    };
    Ok(Draw {
        size: open.size,
        precincts,
        event: PaperEvent::DrawnFrom(Box::new(sample)),
    })
}

/// From the latest checkpoint, where the contest is of before samples were announced.
fn unannounced(most: usize, roots: &Roots<'_>, roster: &State, dice: &str) -> Result<Draw, Failure> {
    let (size, root) = roots.latest();
    let mut precincts = draw(roster.roster(), dice, &root);
    precincts.truncate(most);
    if precincts.is_empty() {
        return Err(refused(DeskRefusal::BadSample));
    }
    let sample = Sample {
        dice: said("--dice", dice)?,
        size,
        root,
        precincts: precincts.clone(),
    };
    Ok(Draw {
        size,
        precincts,
        event: PaperEvent::Drawn(Box::new(sample)),
    })
}

fn show(device: &Device, roster: &State, drawn: &Draw, dice: &str) {
    talk(&device.about().heading());
    talk(&format!(
        "by the checkpoint over {} entries and the dice {dice}:",
        grouped(drawn.size)
    ));
    for (number, id) in (1..).zip(&drawn.precincts) {
        if let Some((county, precinct)) = roster.roster().precinct(*id) {
            talk(&format!("{number:>4} {}, {}", county.name, precinct.name));
        }
    }
}
