//! The contest, and what brings it into being before the doors close.

use tallylog_event::{
    Candidate, Contest, ContestId, ContestKind, County, Embargo, Enrolment, Envelope, Event, LogIdentity, PublicKey,
    Registrar, ReleasePolicy, UnixMillis, WitnessPolicy,
};
use tallylog_rules::Ruleset;

use crate::chance::{Chance, Stream};
use crate::desk::Desk;
use crate::words::text;
use crate::{Keys, Options};

/// The preference groups of every night, and how many of a thousand people they draw before the county tilts them.
///
/// The large and the small stand mixed, as on a real ballot: a column shift needs an empty neighbour.
pub(crate) const GROUPS: [(&str, u32); 14] = [
    ("Alderwick", 12),
    ("Brambley", 150),
    ("Corvane", 3),
    ("Dunmere", 214),
    ("Ellersby", 1),
    ("Farrowgate", 4),
    ("Gantling", 127),
    ("Hollinsworth", 2),
    ("Ivesdale", 248),
    ("Jessamy", 17),
    ("Kettleby", 185),
    ("Lorrimore", 50),
    ("Uncommitted", 6),
    ("Other", 1),
];

/// How long before the doors close the contest is opened, and the keys enrolled.
const OPENED_BEFORE_MS: u64 = 7 * 24 * 60 * 60 * 1_000;
const ENROLLED_BEFORE_MS: u64 = 3 * 24 * 60 * 60 * 1_000;
/// Milliseconds from one such event to the next.
const PAUSE_STEP: usize = 2_000;

pub(crate) fn contest(options: &Options, keys: &Keys) -> Contest {
    let id = ContestId(Chance::new(options.seed, Stream::Contest).bytes());
    let log = options.log.clone().unwrap_or_else(|| LogIdentity {
        origin: text(format!("rehearsal.example/night-{}", options.seed)),
        key: PublicKey::of(&keys.log),
    });
    let registrars = keys.registrars.iter().map(|registrar| Registrar {
        person: registrar.person.clone(),
        key: PublicKey::of(&registrar.key),
    });
    Contest {
        id,
        kind: ContestKind::Rehearsal,
        name: text(format!("Rehearsal caucus, synthetic night {}", options.seed)),
        ruleset: Ruleset::iowa_2020(),
        candidates: GROUPS.map(|(name, _)| Candidate { name: text(name) }).to_vec(),
        log,
        service: options.service.unwrap_or_else(|| PublicKey::of(&keys.service)),
        registrars: registrars.collect(),
        fold: options.version,
        release: ReleasePolicy::ReportedClear,
        embargo: Embargo::Open,
        witnesses: WitnessPolicy {
            quorum: 0,
            witnesses: Vec::new(),
        },
    }
}

/// Entry 0, the roster, then every key but the registrars', each signed by the first registrar.
pub(crate) fn setup<'a>(
    options: &Options,
    contest: &Contest,
    counties: impl Iterator<Item = &'a County>,
    keys: &Keys,
    desk: &mut Desk,
) -> Vec<Envelope> {
    let opened = Event::ContestOpened(Box::new(contest.clone()));
    let listed = counties.map(|county| Event::CountyListed(Box::new(county.clone())));
    let enrolled = keys.enrolled().map(|(participant, role)| {
        let enrolment = Enrolment::new(contest.id, participant.person.clone(), role, &participant.key);
        Event::KeyEnrolled(Box::new(enrolment))
    });
    let week_before = times(options.start, OPENED_BEFORE_MS);
    let days_before = times(options.start, ENROLLED_BEFORE_MS);
    let events = week_before.zip(std::iter::once(opened).chain(listed));
    events
        .chain(days_before.zip(enrolled))
        .map(|(at, event)| desk.seal(&keys.registrars[0].key, at, event))
        .collect()
}

/// A moment for each event of a sitting that begins `before` the doors close.
fn times(start: UnixMillis, before_ms: u64) -> impl Iterator<Item = UnixMillis> {
    let first = start.0.saturating_sub(before_ms);
    (first..).step_by(PAUSE_STEP).map(UnixMillis)
}
