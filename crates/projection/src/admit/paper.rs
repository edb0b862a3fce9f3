//! Paper audits.

use tallylog_event::{
    Abandonment, AnnouncedSample, Announcement, Basis, Contest, EntryIndex, PaperEvent, PaperReading, Role, Sample,
};

use super::entered::same_person;
use super::report::figures_fit;
use super::review::given;
use super::{Signer, needs};
use crate::desks::{Announced, draw, draw_announced};
use crate::{DeskRefusal, Refusal, State};

/// The fewest dice of a sample: 20 have more than 51 bits, too many to go through in the time that people look on.
pub const FEWEST_DICE: usize = 20;

pub(super) fn admit(state: &State, open: &Contest, signer: &Signer<'_>, event: &PaperEvent) -> Result<(), Refusal> {
    match event {
        PaperEvent::Drawn(sample) => {
            leads(signer)?;
            if signer.has_ceilings() {
                return Err(DeskRefusal::NotAnnounced.into());
            }
            draws(state, sample)
        }
        PaperEvent::Read(reading) => {
            needs(signer.author, "a reviewer or an operator", |role| {
                matches!(role, Role::Reviewer | Role::Operator)
            })?;
            reads(state, open, signer, reading)
        }
        PaperEvent::Announced(_) | PaperEvent::DrawnFrom(_) | PaperEvent::Abandoned(_) if !signer.has_ceilings() => {
            Err(DeskRefusal::NotInVersion(signer.version).into())
        }
        PaperEvent::Announced(announcement) => {
            leads(signer)?;
            announces(state, signer, announcement)
        }
        PaperEvent::DrawnFrom(sample) => {
            leads(signer)?;
            draws_announced(state, sample)
        }
        PaperEvent::Abandoned(abandonment) => {
            leads(signer)?;
            abandons(state, signer, abandonment)
        }
    }
}

fn leads(signer: &Signer<'_>) -> Result<(), Refusal> {
    needs(signer.author, "a reviewer or a registrar", |role| {
        matches!(role, Role::Reviewer | Role::Registrar)
    })
}

/// Whether dice are enough of them, and as dice fall.
///
/// # Errors
///
/// [`DeskRefusal::BadDice`] if not.
pub fn check_dice(dice: &str) -> Result<(), DeskRefusal> {
    let all_fell = dice.bytes().all(|die| (b'1'..=b'6').contains(&die));
    if dice.len() >= FEWEST_DICE && all_fell {
        return Ok(());
    }
    Err(DeskRefusal::BadDice)
}

/// The checkpoint stands in the log before the dice are rolled, and it is the log's own. It is newer than whatever ended
/// the announcement before: otherwise dice that were rolled for that one could be kept, and a checkpoint chosen for them.
fn announces(state: &State, signer: &Signer<'_>, announcement: &Announcement) -> Result<(), Refusal> {
    let paper = &state.desks().paper;
    if let Some(open) = paper.open() {
        return Err(DeskRefusal::AnnouncementOpen(open.announcement.entry).into());
    }
    let size = announcement.size;
    let before = paper.announcements().last().and_then(|announced| announced.ended);
    let precincts = state.roster().at(size).precincts();
    let bad = |why| Err(DeskRefusal::BadAnnouncement(why).into());
    if size > state.size() {
        return bad("its checkpoint covers more entries than the log has");
    }
    if before.is_some_and(|before| size <= before.entry().0) {
        return bad("its checkpoint is from before the announcement before this one ended; wait for the next one");
    }
    if signer.accepted.root != Some(announcement.root) {
        return Err(DeskRefusal::OtherRoot(size).into());
    }
    if announcement.precincts == 0 || usize::try_from(announcement.precincts).map_or(true, |most| most > precincts) {
        return bad("it draws at least one precinct, and at most as many as the roster had under its checkpoint");
    }
    Ok(())
}

/// Dice are rolled once: whoever could use them again would choose between two samples.
fn draws_announced(state: &State, sample: &AnnouncedSample) -> Result<(), Refusal> {
    let open = open_announcement(state, sample.announcement)?;
    let dice = sample.dice.as_str();
    check_dice(dice)?;
    let used = state
        .desks()
        .paper
        .samples()
        .iter()
        .find(|drawn| drawn.sample.what.dice == sample.dice);
    if let Some(used) = used {
        return Err(DeskRefusal::DiceUsed(used.sample.entry).into());
    }
    let announcement = &open.announcement.what;
    let mut drawn = draw_announced(&state.roster().at(announcement.size), dice, &announcement.root);
    drawn.truncate(usize::try_from(announcement.precincts).unwrap_or(usize::MAX));
    if drawn == sample.precincts {
        return Ok(());
    }
    Err(DeskRefusal::BadSample.into())
}

/// It takes two persons to give up a sample that was announced. Of the first signature nothing follows by itself: the
/// sample may still be drawn.
fn abandons(state: &State, signer: &Signer<'_>, abandonment: &Abandonment) -> Result<(), Refusal> {
    let open = open_announcement(state, abandonment.announcement)?;
    given(&abandonment.reason, "a reason")?;
    let stands = |entry: EntryIndex| {
        let all = open.given_up.iter();
        let found = all
            .map(|first| (first.entry, state.author(first.author)))
            .find(|(at, _)| *at == entry);
        found.filter(|(_, author)| author.revoked.is_none())
    };
    let (first, by) = match abandonment.seconds {
        Some(first) => stands(first).ok_or(DeskRefusal::NoSuchAbandonment(first))?,
        None => match open.given_up.iter().find_map(|first| stands(first.entry)) {
            Some(standing) => standing,
            None => return Ok(()),
        },
    };
    if by.person == signer.author.person {
        return Err(same_person(&by.person, first));
    }
    match abandonment.seconds {
        Some(_) => Ok(()),
        None => Err(DeskRefusal::AbandonmentWaits(first).into()),
    }
}

fn open_announcement(state: &State, entry: EntryIndex) -> Result<&Announced, Refusal> {
    let open = state.desks().paper.open();
    open.filter(|open| open.announcement.entry == entry)
        .ok_or_else(|| DeskRefusal::NoSuchAnnouncement(entry).into())
}

/// Whether a sample that was not announced is the one that its dice and its root draw. Versions before 3 do not ask
/// whether the root is the log's: the paper audit's report says so where it is not.
fn draws(state: &State, sample: &Sample) -> Result<(), Refusal> {
    let dice = sample.dice.as_str();
    check_dice(dice)?;
    let bad = || Err(DeskRefusal::BadSample.into());
    if sample.size > state.size() || sample.precincts.is_empty() {
        return bad();
    }
    let drawn = draw(&state.roster().at(sample.size), dice, &sample.root);
    if drawn.starts_with(&sample.precincts) {
        Ok(())
    } else {
        bad()
    }
}

/// Whoever typed the record would read the paper as they read it before.
fn reads(state: &State, open: &Contest, signer: &Signer<'_>, reading: &PaperReading) -> Result<(), Refusal> {
    let drawn = state.desks().paper.sample(reading.sample);
    let drawn = drawn.ok_or(DeskRefusal::NoSuchSample(reading.sample))?;
    if !drawn.sample.what.precincts.contains(&reading.precinct) {
        return Err(DeskRefusal::NotInSample(reading.precinct).into());
    }
    let record = state.counted(reading.precinct, Basis::Recorded);
    if let Some(own) = record.filter(|record| state.typists(record).contains(&&signer.author.person)) {
        return Err(DeskRefusal::OwnEntry(own.entry).into());
    }
    figures_fit(open, &reading.sheet)
}
