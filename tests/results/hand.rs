//! A log made by hand, whose results tree is golden. Nothing in it ever changes.

use tallylog_event::{
    Candidate, Channel, Contest, ContestId, ContestKind, Correction, CorrectionKind, County, CountyId, District,
    Embargo, Enrolment, EntryIndex, Envelope, Event, EventBody, FileHash, FileRef, LogIdentity, Precinct, PrecinctId,
    PublicKey, Registrar, Release, ReleasePolicy, Report, Role, SigningKey, SiteKind, SubmissionId, Text, UnixMillis,
    WitnessPolicy,
};
use tallylog_projection::Fold;
use tallylog_rules::{Attendance, Attendees, ByGroup, Delegates, Ruleset, Sheet};

use crate::nights::take;

const CONTEST: ContestId = ContestId([0xC0; 16]);

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn text(text: &str) -> Text {
    Text::new(text).unwrap()
}

/// Three precincts and two satellite sites: two of the precincts and both sites have reported, one of each with the
/// release, and one precinct was corrected. Gives the entries' envelopes, too.
pub(crate) fn fold() -> (Fold, Vec<Envelope>) {
    let (mut fold, mut envelopes) = (Fold::default(), Vec::new());
    let mut offer = |seed: u8, event: Event| {
        let body = EventBody {
            contest: CONTEST,
            submission: SubmissionId([u8::try_from(fold.state().size()).unwrap(); 16]),
            recorded_at: UnixMillis(1_580_779_200_000),
            event,
        };
        let envelope = Envelope::seal(&body, &key(seed));
        take(&mut fold, UnixMillis(1_580_779_201_000), &envelope);
        envelopes.push(envelope);
    };
    offer(1, Event::ContestOpened(Box::new(contest())));
    for county in counties() {
        offer(1, Event::CountyListed(Box::new(county)));
    }
    for (seed, role) in [(2, Role::Operator), (3, Role::CorrectionsOfficer), (4, Role::Reviewer)] {
        let enrolment = Enrolment::new(CONTEST, text(&format!("Person {seed}")), role, &key(seed));
        offer(1, Event::KeyEnrolled(Box::new(enrolment)));
    }
    offer(2, Event::Reported(Box::new(report(0, 0, &[60, 40, 0], &[3, 2]))));
    offer(2, Event::Reported(Box::new(report(0, 1, &[70, 30], &[2, 1]))));
    offer(2, Event::Reported(Box::new(report(1, 0, &[15, 5], &[3, 1]))));
    offer(2, Event::Reported(Box::new(report(1, 1, &[30, 11], &[4, 2]))));
    let released = Release::new(text("first"), vec![EntryIndex(6), EntryIndex(8)]).unwrap();
    offer(4, Event::Released(released));
    let corrected = Correction {
        replaces: EntryIndex(7),
        report: report(0, 1, &[75, 25], &[2, 1]),
        kind: Some(CorrectionKind::Transcription),
        reason: text("two digits changed places"),
        requested_by: text("Polk county party"),
        authority: text(""),
        evidence: vec![FileRef {
            hash: FileHash([0xF1; 32]),
            size: 1_000,
            media_type: text("image/jpeg"),
        }],
    };
    offer(3, Event::Corrected(Box::new(corrected)));
    (fold, envelopes)
}

fn contest() -> Contest {
    Contest {
        id: CONTEST,
        kind: ContestKind::Rehearsal,
        name: text("A contest made by hand"),
        ruleset: Ruleset::iowa_2020(),
        candidates: ["Buttigieg", "Sanders", "Núñez"]
            .map(|name| Candidate { name: text(name) })
            .to_vec(),
        log: LogIdentity {
            origin: text("log.example.org/hand"),
            key: PublicKey::of(&key(8)),
        },
        service: PublicKey::of(&key(9)),
        registrars: vec![Registrar {
            person: text("R. Strar"),
            key: PublicKey::of(&key(1)),
        }],
        fold: 1,
        release: ReleasePolicy::ReportedClear,
        embargo: Embargo::Open,
        witnesses: WitnessPolicy {
            quorum: 0,
            witnesses: vec![],
        },
    }
}

fn counties() -> [County; 2] {
    let precinct = |name: &str, delegates| Precinct {
        name: text(name),
        code: text(""),
        delegates: Delegates(delegates),
    };
    let county = County {
        id: CountyId(0),
        name: text("Polk"),
        kind: SiteKind::Precincts {
            county_delegates: Delegates(12),
        },
        fips: Some(19_153),
        district: District::Congressional(3),
        state_delegates: Delegates(5),
        precincts: vec![
            precinct("Altoona-1", 5),
            precinct("Ankeny-01", 3),
            precinct("Ankeny-02", 4),
        ],
    };
    let pool = County {
        id: CountyId(1),
        name: text("Out of state"),
        kind: SiteKind::Satellites,
        fips: None,
        district: District::StateOnly,
        state_delegates: Delegates(6),
        precincts: vec![precinct("Paris", 0), precinct("Tbilisi", 0)],
    };
    [county, pool]
}

/// A report by telephone, the same at both alignments.
fn report(county: u16, number: u16, people: &[u32], awards: &[u16]) -> Report {
    let room = ByGroup::numbered(people.iter().copied().map(Attendees)).unwrap();
    Report {
        precinct: PrecinctId {
            county: CountyId(county),
            number,
        },
        channel: Channel::Phone,
        sheet: Sheet {
            attendance: Some(Attendance {
                people: Attendees(people.iter().sum()),
                counted: true,
            }),
            first_alignment: Some(room.clone()),
            final_alignment: Some(room),
            awards: Some(ByGroup::numbered(awards.iter().copied().map(Delegates)).unwrap()),
            ..Sheet::default()
        },
        files: vec![],
    }
}
