//! The contest, and what brings it into being before the doors close.

use tallylog_event::{
    Act, AuthorityEvent, Candidate, Contest, ContestId, ContestKind, County, Embargo, Enrolment, EntryIndex, Envelope,
    Event, LogIdentity, PublicKey, Registrar, ReleasePolicy, Seconding, UnixMillis, WitnessPolicy,
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
/// The registrars, by their place in the contest.
const FIRST: usize = 0;
const SECOND: usize = 1;
/// The first version in which two registrars enrol staff.
const FIRST_WITH_ACTS: u16 = 3;
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

/// Entry 0, the roster, then every key but the registrars', each signed by the first registrar, and by the second where it takes two.
pub(crate) fn setup<'a>(
    options: &Options,
    contest: &Contest,
    counties: impl Iterator<Item = &'a County>,
    keys: &Keys,
    desk: &mut Desk,
) -> Vec<Envelope> {
    let opened = Event::ContestOpened(Box::new(contest.clone()));
    let listed = counties.map(|county| Event::CountyListed(Box::new(county.clone())));
    let listed: Vec<Event> = std::iter::once(opened).chain(listed).collect();
    let size = u64::try_from(listed.len()).unwrap_or(u64::MAX);
    let enrolled = enrolments(contest, keys, size);
    let week_before = times(options.start, OPENED_BEFORE_MS);
    let days_before = times(options.start, ENROLLED_BEFORE_MS);
    let events = week_before.zip(listed.into_iter().map(|event| (FIRST, event)));
    events
        .chain(days_before.zip(enrolled))
        .map(|(at, (by, event))| desk.seal(&keys.registrars[by].key, at, event))
        .collect()
}

/// Everybody's enrolment, with who of the registrars signs it. Where that takes two, the second seconds what the first
/// proposes. The first of these events is the log's entry of that number.
fn enrolments(contest: &Contest, keys: &Keys, size: u64) -> Vec<(usize, Event)> {
    let mut events = Vec::new();
    for (participant, role) in keys.enrolled() {
        let takes_two = contest.fold >= FIRST_WITH_ACTS && role.is_staff();
        let enrolment = Enrolment::new(contest.id, participant.person.clone(), role, &participant.key);
        if !takes_two {
            events.push((FIRST, Event::KeyEnrolled(Box::new(enrolment))));
            continue;
        }
        let act = Act::Enrol(enrolment);
        let before = u64::try_from(events.len()).unwrap_or(u64::MAX);
        let proposed = AuthorityEvent::Proposed(Box::new(act.clone()));
        let seconded = AuthorityEvent::Seconded(Box::new(Seconding {
            proposal: EntryIndex(size.saturating_add(before)),
            act,
        }));
        events.push((FIRST, Event::Authority(proposed)));
        events.push((SECOND, Event::Authority(seconded)));
    }
    events
}

/// A moment for each event of a sitting that begins `before` the doors close.
fn times(start: UnixMillis, before_ms: u64) -> impl Iterator<Item = UnixMillis> {
    let first = start.0.saturating_sub(before_ms);
    (first..).step_by(PAUSE_STEP).map(UnixMillis)
}
