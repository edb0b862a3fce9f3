//! The values behind the golden bytes. Like those, they are added to and never changed.

use tallylog_event::{
    Audit, Basis, Channel, Commitment, ContestId, Correction, CorrectionKind, County, CountyId, District, Enrolment,
    Entry, EntryHash, EntryIndex, Envelope, Event, EventBody, FileHash, FileRef, OpenCount, OpenCounts, Precinct,
    PrecinctId, PublicKey, Release, Report, ResultsRoot, Revocation, Role, SigningKey, SiteKind, StateHash,
    SubmissionId, Text, UnixMillis, chain,
};
use tallylog_rules::{Attendance, Attendees, ByGroup, Delegates, Equivalents, Game, GameMeans, GroupId, Sheet};

use crate::contests::contest;

pub(crate) const CONTEST: ContestId = ContestId([
    0xC0, 0xC1, 0xC2, 0xC3, 0xC4, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xCB, 0xCC, 0xCD, 0xCE, 0xCF,
]);

/// 7.20 in the evening of 3 February 2020, in Iowa.
const EVENING: u64 = 1_580_779_200_000;

/// A key from the seed of 32 bytes `seed`.
pub(crate) fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

pub(crate) fn text(text: &str) -> Text {
    Text::new(text).unwrap()
}

pub(crate) fn body(event: Event) -> EventBody {
    EventBody {
        contest: CONTEST,
        submission: SubmissionId([
            0xA0, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7, 0xA8, 0xA9, 0xAA, 0xAB, 0xAC, 0xAD, 0xAE, 0xAF,
        ]),
        recorded_at: UnixMillis(EVENING),
        event,
    }
}

/// Every golden event, by the name of its line.
pub(crate) fn events() -> Vec<(&'static str, Event)> {
    let mut events = crate::contests::events();
    events.extend(counties());
    events.extend(enrolments());
    events.push((
        "key-revoked",
        Event::KeyRevoked(Revocation {
            key: PublicKey::of(&key(3)),
            reason: text("the telephone was stolen"),
        }),
    ));
    events.extend(reports());
    events.extend(corrections());
    events.push(("released", released("75 %", &[1, 127, 128, u64::MAX])));
    events.push(("released-nothing", released("", &[])));
    events.extend(commitments());
    events.extend(crate::desks::events());
    events
}

fn counties() -> Vec<(&'static str, Event)> {
    let county = County {
        id: CountyId(76),
        name: text("Polk"),
        kind: SiteKind::Precincts {
            county_delegates: Delegates(860),
        },
        fips: Some(19_153),
        district: District::Congressional(3),
        state_delegates: Delegates(369),
        precincts: vec![precinct("Altoona-1", "AL1", 9), precinct("Ankeny-01", "", 0)],
    };
    let pool = County {
        id: CountyId(99),
        name: text("Out of state"),
        kind: SiteKind::Satellites,
        fips: None,
        district: District::StateOnly,
        state_delegates: Delegates(6),
        precincts: vec![],
    };
    vec![
        ("county-listed", Event::CountyListed(Box::new(county))),
        ("pool-listed", Event::CountyListed(Box::new(pool))),
    ]
}

fn precinct(name: &str, code: &str, delegates: u16) -> Precinct {
    Precinct {
        name: text(name),
        code: text(code),
        delegates: Delegates(delegates),
    }
}

fn enrolments() -> Vec<(&'static str, Event)> {
    let chair = Role::Chair(vec![place(76, 0), place(76, 300)]);
    [
        ("registrar-enrolled", Role::Registrar),
        ("chair-enrolled", chair),
        ("operator-enrolled", Role::Operator),
        ("reviewer-enrolled", Role::Reviewer),
        ("corrections-officer-enrolled", Role::CorrectionsOfficer),
        ("campaign-enrolled", Role::Campaign(text("Klobuchar"))),
        ("observer-enrolled", Role::Observer),
        ("witness-enrolled", Role::Witness),
        ("importer-enrolled", Role::Importer),
        ("service-enrolled", Role::Service),
    ]
    .into_iter()
    .map(|(name, role)| (name, Event::KeyEnrolled(Box::new(enrolment(role)))))
    .collect()
}

pub(crate) fn enrolment(role: Role) -> Enrolment {
    Enrolment::new(CONTEST, text("Núñez, Ana"), role, &key(3))
}

pub(crate) fn place(county: u16, number: u16) -> PrecinctId {
    PrecinctId {
        county: CountyId(county),
        number,
    }
}

fn reports() -> Vec<(&'static str, Event)> {
    [
        ("reported-app", Channel::App, sheet(), vec![]),
        ("reported-phone", Channel::Phone, full_sheet(), vec![]),
        ("reported-photo", Channel::Photo, sheet(), vec![photo(), letter()]),
        ("reported-paper", Channel::Paper, Sheet::default(), vec![]),
        ("reported-import", Channel::Import, largest_sheet(), vec![]),
    ]
    .into_iter()
    .map(|(name, channel, sheet, files)| (name, Event::Reported(Box::new(report(channel, sheet, files)))))
    .collect()
}

pub(crate) fn report(channel: Channel, sheet: Sheet, files: Vec<FileRef>) -> Report {
    Report {
        precinct: place(76, 300),
        channel,
        sheet,
        files,
    }
}

/// What most worksheets say: 37 people elect 7.
pub(crate) fn sheet() -> Sheet {
    Sheet {
        attendance: Some(Attendance {
            people: Attendees(37),
            counted: true,
        }),
        first_alignment: Some(groups(&[
            (1, Attendees(18)),
            (2, Attendees(10)),
            (5, Attendees(7)),
            (12, Attendees(2)),
        ])),
        final_alignment: Some(groups(&[(1, Attendees(20)), (2, Attendees(10)), (5, Attendees(7))])),
        awards: Some(groups(&[(1, Delegates(4)), (2, Delegates(2)), (5, Delegates(1))])),
        worksheet_delegates: Some(Delegates(7)),
        worksheet_threshold: Some(Attendees(6)),
        games: vec![],
        claimed: None,
    }
}

/// Every field of a worksheet, with a game of chance by each means.
fn full_sheet() -> Sheet {
    Sheet {
        attendance: Some(Attendance {
            people: Attendees(200),
            counted: false,
        }),
        games: vec![
            game(GameMeans::Coin, &["A. Lee", "李"]),
            game(GameMeans::Lot, &[""]),
            game(GameMeans::Other, &[]),
        ],
        claimed: Some(groups(&[(1, Equivalents(12_345)), (3, Equivalents(0))])),
        ..sheet()
    }
}

/// The largest figure of each kind, and lists that somebody wrote down empty.
fn largest_sheet() -> Sheet {
    Sheet {
        attendance: Some(Attendance {
            people: Attendees(u32::MAX),
            counted: true,
        }),
        first_alignment: Some(groups(&[(u16::MAX, Attendees(u32::MAX))])),
        final_alignment: Some(groups::<Attendees>(&[])),
        awards: Some(groups(&[(u16::MAX, Delegates(u16::MAX))])),
        worksheet_delegates: Some(Delegates(u16::MAX)),
        worksheet_threshold: Some(Attendees(u32::MAX)),
        games: vec![],
        claimed: Some(groups(&[(u16::MAX, Equivalents(u64::MAX))])),
    }
}

fn game(means: GameMeans, witnesses: &[&str]) -> Game {
    Game {
        among: vec![group(2), group(5)],
        delegates: Delegates(1),
        winners: vec![group(5)],
        means,
        witnesses: witnesses.iter().map(ToString::to_string).collect(),
    }
}

pub(crate) fn group(number: u16) -> GroupId {
    GroupId::new(number).unwrap()
}

fn groups<T: Copy>(figures: &[(u16, T)]) -> ByGroup<T> {
    let figures = figures.iter().map(|(number, figure)| (group(*number), *figure));
    ByGroup::new(figures.collect()).unwrap()
}

pub(crate) fn photo() -> FileRef {
    FileRef {
        hash: FileHash([0xF0; 32]),
        size: 1_234_567,
        media_type: text("image/jpeg"),
    }
}

pub(crate) fn letter() -> FileRef {
    FileRef {
        hash: FileHash([0xF1; 32]),
        size: u64::MAX,
        media_type: text("application/pdf"),
    }
}

fn corrections() -> Vec<(&'static str, Event)> {
    [
        ("corrected-transcription", Some(CorrectionKind::Transcription)),
        ("corrected-rule", Some(CorrectionKind::Rule)),
        ("corrected-head-count", Some(CorrectionKind::HeadCount)),
        ("corrected-unexplained", None),
    ]
    .into_iter()
    .map(|(name, kind)| (name, Event::Corrected(Box::new(correction(kind)))))
    .collect()
}

pub(crate) fn correction(kind: Option<CorrectionKind>) -> Correction {
    let why = |words| text(kind.map_or("", |_| words));
    Correction {
        replaces: EntryIndex(1_000),
        report: report(Channel::Paper, sheet(), vec![]),
        kind,
        reason: why("two digits changed places"),
        requested_by: why("Polk county party"),
        authority: why("SCC 2020-02-09"),
        evidence: kind.map(|_| letter()).into_iter().collect(),
    }
}

fn released(name: &str, entries: &[u64]) -> Event {
    let entries = entries.iter().copied().map(EntryIndex).collect();
    Event::Released(Release::new(text(name), entries).unwrap())
}

fn commitments() -> Vec<(&'static str, Event)> {
    let audit = |counts: &[(u8, u32)]| {
        let counts = counts.iter().map(|(code, open)| OpenCount {
            code: (*code).try_into().unwrap(),
            open: (*open).try_into().unwrap(),
        });
        Audit {
            state: StateHash([0x5A; 32]),
            discrepancies: OpenCounts::new(counts.collect()).unwrap(),
        }
    };
    let largest = audit(&[(1, 1), (13, 300), (u8::MAX, u32::MAX)]);
    [
        ("results-committed", commitment(Basis::Recorded, Some(largest))),
        ("results-committed-clear", commitment(Basis::Recorded, Some(audit(&[])))),
        ("results-committed-released", commitment(Basis::Released, None)),
    ]
    .into_iter()
    .map(|(name, commitment)| (name, Event::ResultsCommitted(Box::new(commitment))))
    .collect()
}

fn commitment(basis: Basis, audit: Option<Audit>) -> Commitment {
    Commitment {
        size: 70_000,
        basis,
        precincts: 1_765,
        root: ResultsRoot([0x4E; 32]),
        audit,
    }
}

/// The first two entries of a log: its opening, and a report.
pub(crate) fn entries() -> [Entry; 2] {
    let opening = Entry {
        index: EntryIndex(0),
        received_at: UnixMillis(EVENING + 900),
        previous: EntryHash::NONE,
        envelope: Envelope::seal(&body(Event::ContestOpened(Box::new(contest()))), &key(1)),
    };
    let report = Entry {
        index: EntryIndex(1),
        received_at: UnixMillis(EVENING + 1_500),
        previous: chain(&opening.encode()),
        envelope: Envelope::seal(
            &body(Event::Reported(Box::new(report(Channel::App, sheet(), vec![])))),
            &key(3),
        ),
    };
    [opening, report]
}
