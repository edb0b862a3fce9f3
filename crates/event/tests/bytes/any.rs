//! Any event at all, for properties.

use std::fmt::Debug;

use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use tallylog_event::{
    Audit, Basis, Candidate, Channel, Commitment, Contest, ContestId, ContestKind, Correction, CorrectionKind, County,
    CountyId, District, Embargo, Enrolment, Entry, EntryHash, EntryIndex, Envelope, Event, EventBody, FileHash,
    FileRef, LogIdentity, OpenCount, OpenCounts, Precinct, PrecinctId, PublicKey, Registrar, Release, ReleasePolicy,
    Report, ResultsRoot, Revocation, Role, Signature, SiteKind, StateHash, SubmissionId, Text, UnixMillis,
    WitnessPolicy,
};
use tallylog_rules::{
    Attendance, Attendees, ByGroup, Delegates, Equivalents, Game, GameMeans, GroupId, NationalPlan, Ruleset,
    SatelliteTier, Sheet, ViabilityTier,
};

/// Any event.
pub(crate) fn any_body() -> impl Strategy<Value = EventBody> {
    (any::<[u8; 16]>(), any::<[u8; 16]>(), any_u64(), event()).prop_map(|(contest, submission, at, event)| EventBody {
        contest: ContestId(contest),
        submission: SubmissionId(submission),
        recorded_at: UnixMillis(at),
        event,
    })
}

/// Any entry; its body need not be an event, nor its signature hold.
pub(crate) fn any_entry() -> impl Strategy<Value = Entry> {
    let place = (any_u64(), any_u64(), any::<[u8; 32]>());
    (place, public_key(), vec(any::<u8>(), 0..300), signature()).prop_map(
        |((index, at, previous), author, body, signature)| Entry {
            index: EntryIndex(index),
            received_at: UnixMillis(at),
            previous: EntryHash(previous),
            envelope: Envelope {
                author,
                body,
                signature,
            },
        },
    )
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        contest().prop_map(|contest| Event::ContestOpened(Box::new(contest))),
        county().prop_map(|county| Event::CountyListed(Box::new(county))),
        enrolment().prop_map(|enrolment| Event::KeyEnrolled(Box::new(enrolment))),
        (public_key(), text()).prop_map(|(key, reason)| Event::KeyRevoked(Revocation { key, reason })),
        report().prop_map(|report| Event::Reported(Box::new(report))),
        correction().prop_map(|correction| Event::Corrected(Box::new(correction))),
        (text(), btree_set(any_u64(), 0..20)).prop_map(|(name, entries)| {
            Event::Released(Release::new(name, entries.into_iter().map(EntryIndex).collect()).unwrap())
        }),
        commitment().prop_map(|commitment| Event::ResultsCommitted(Box::new(commitment))),
        crate::any_desk::event(),
    ]
}

fn contest() -> impl Strategy<Value = Contest> {
    let names = (any::<[u8; 16]>(), text(), text(), vec(text(), 0..15));
    let kinds = (
        choice([ContestKind::Election, ContestKind::Rehearsal, ContestKind::Archive]),
        choice([
            ReleasePolicy::AsListed,
            ReleasePolicy::ReportedClear,
            ReleasePolicy::Confirmed,
        ]),
        choice([Embargo::Open, Embargo::OnRelease]),
    );
    let keys = (public_key(), public_key(), vec((text(), public_key()), 0..3));
    let witnesses = (any::<u8>(), vec(text(), 0..3), any_u16());
    (names, kinds, keys, witnesses, ruleset()).prop_map(
        |((id, name, origin, candidates), (kind, release, embargo), (log, service, registrars), cosign, ruleset)| {
            Contest {
                id: ContestId(id),
                kind,
                name,
                ruleset,
                candidates: candidates.into_iter().map(|name| Candidate { name }).collect(),
                log: LogIdentity { origin, key: log },
                service,
                registrars: registrars
                    .into_iter()
                    .map(|(person, key)| Registrar { person, key })
                    .collect(),
                fold: cosign.2,
                release,
                embargo,
                witnesses: WitnessPolicy {
                    quorum: cosign.0,
                    witnesses: cosign.1,
                },
            }
        },
    )
}

fn ruleset() -> impl Strategy<Value = Ruleset> {
    let viability = (delegates(), any_u16(), any_u16()).prop_map(|(from, numerator, denominator)| ViabilityTier {
        from,
        numerator,
        denominator,
    });
    let satellites = (attendees(), delegates()).prop_map(|(from, delegates)| SatelliteTier { from, delegates });
    let national = (vec(any_u16(), 0..5), any_u16(), any_u16(), any_u16(), any_u16()).prop_map(
        |(districts, at_large, pleo, threshold_numerator, threshold_denominator)| NationalPlan {
            districts,
            at_large,
            pleo,
            threshold_numerator,
            threshold_denominator,
        },
    );
    (
        any::<String>(),
        vec(viability, 0..5),
        vec(satellites, 0..7),
        national,
        attendees(),
    )
        .prop_map(|(name, viability, satellites, national, largest_room)| Ruleset {
            name,
            viability,
            satellites,
            national,
            largest_room,
        })
}

fn county() -> impl Strategy<Value = County> {
    let kind = prop_oneof![
        delegates().prop_map(|county_delegates| SiteKind::Precincts { county_delegates }),
        Just(SiteKind::Satellites),
    ];
    let district = prop_oneof![any::<u8>().prop_map(District::Congressional), Just(District::StateOnly)];
    let precinct = (text(), text(), delegates()).prop_map(|(name, code, delegates)| Precinct { name, code, delegates });
    let place = (any_u16(), text(), option::of(any::<u32>()));
    (place, kind, district, delegates(), vec(precinct, 0..10)).prop_map(
        |((id, name, fips), kind, district, state_delegates, precincts)| County {
            id: CountyId(id),
            name,
            kind,
            fips,
            district,
            state_delegates,
            precincts,
        },
    )
}

pub(crate) fn enrolment() -> impl Strategy<Value = Enrolment> {
    let role = prop_oneof![
        choice([
            Role::Registrar,
            Role::Operator,
            Role::Reviewer,
            Role::CorrectionsOfficer
        ]),
        choice([Role::Observer, Role::Witness, Role::Importer, Role::Service]),
        vec(precinct_id(), 0..4).prop_map(Role::Chair),
        text().prop_map(Role::Campaign),
    ];
    (public_key(), text(), role, signature()).prop_map(|(key, person, role, possession)| Enrolment {
        key,
        person,
        role,
        possession,
    })
}

pub(crate) fn report() -> impl Strategy<Value = Report> {
    let channel = choice([
        Channel::App,
        Channel::Phone,
        Channel::Photo,
        Channel::Paper,
        Channel::Import,
    ]);
    (precinct_id(), channel, sheet(), vec(file(), 0..3)).prop_map(|(precinct, channel, sheet, files)| Report {
        precinct,
        channel,
        sheet,
        files,
    })
}

pub(crate) fn correction() -> impl Strategy<Value = Correction> {
    let kind = option::of(choice([
        CorrectionKind::Transcription,
        CorrectionKind::Rule,
        CorrectionKind::HeadCount,
    ]));
    let texts = (text(), text(), text());
    (any_u64(), report(), kind, texts, vec(file(), 0..3)).prop_map(
        |(replaces, report, kind, (reason, requested_by, authority), evidence)| Correction {
            replaces: EntryIndex(replaces),
            report,
            kind,
            reason,
            requested_by,
            authority,
            evidence,
        },
    )
}

fn commitment() -> impl Strategy<Value = Commitment> {
    let counts = btree_map(1..=u8::MAX, 1..=u32::MAX, 0..12).prop_map(|counts| {
        let counts = counts.into_iter().map(|(code, open)| OpenCount {
            code: code.try_into().unwrap(),
            open: open.try_into().unwrap(),
        });
        OpenCounts::new(counts.collect()).unwrap()
    });
    let audit = (any::<[u8; 32]>(), counts).prop_map(|(state, discrepancies)| Audit {
        state: StateHash(state),
        discrepancies,
    });
    let basis = choice([Basis::Recorded, Basis::Released]);
    (any_u64(), basis, any::<u32>(), any::<[u8; 32]>(), option::of(audit)).prop_map(
        |(size, basis, precincts, root, audit)| Commitment {
            size,
            basis,
            precincts,
            root: ResultsRoot(root),
            audit,
        },
    )
}

pub(crate) fn sheet() -> impl Strategy<Value = Sheet> {
    let attendance = (attendees(), any::<bool>()).prop_map(|(people, counted)| Attendance { people, counted });
    let worksheet = (option::of(delegates()), option::of(attendees()));
    let games = vec(game(), 0..3);
    let rounds = (by_group(attendees()), by_group(attendees()), by_group(delegates()));
    (
        option::of(attendance),
        rounds,
        worksheet,
        games,
        by_group(any_u64().prop_map(Equivalents)),
    )
        .prop_map(|(attendance, rounds, worksheet, games, claimed)| Sheet {
            attendance,
            first_alignment: rounds.0,
            final_alignment: rounds.1,
            awards: rounds.2,
            worksheet_delegates: worksheet.0,
            worksheet_threshold: worksheet.1,
            games,
            claimed,
        })
}

fn game() -> impl Strategy<Value = Game> {
    let means = choice([GameMeans::Coin, GameMeans::Lot, GameMeans::Other]);
    let groups = || vec(group(), 0..4);
    (groups(), delegates(), groups(), means, vec(any::<String>(), 0..3)).prop_map(
        |(among, delegates, winners, means, witnesses)| Game {
            among,
            delegates,
            winners,
            means,
            witnesses,
        },
    )
}

fn by_group<T: Debug>(figure: impl Strategy<Value = T>) -> impl Strategy<Value = Option<ByGroup<T>>> {
    let figures = btree_map(group(), figure, 0..12);
    option::of(figures.prop_map(|figures| ByGroup::new(figures.into_iter().collect()).unwrap()))
}

pub(crate) fn file() -> impl Strategy<Value = FileRef> {
    (any::<[u8; 32]>(), any_u64(), text()).prop_map(|(hash, size, media_type)| FileRef {
        hash: FileHash(hash),
        size,
        media_type,
    })
}

pub(crate) fn precinct_id() -> impl Strategy<Value = PrecinctId> {
    (any_u16(), any_u16()).prop_map(|(county, number)| PrecinctId {
        county: CountyId(county),
        number,
    })
}

pub(crate) fn public_key() -> impl Strategy<Value = PublicKey> {
    any::<[u8; 32]>().prop_map(PublicKey)
}

fn signature() -> impl Strategy<Value = Signature> {
    (any::<[u8; 32]>(), any::<[u8; 32]>()).prop_map(Signature::from)
}

pub(crate) fn text() -> impl Strategy<Value = Text> {
    "\\PC{0,30}".prop_filter_map("hidden characters", |text| Text::new(text).ok())
}

pub(crate) fn group() -> impl Strategy<Value = GroupId> {
    prop_oneof![1..20_u16, 1..=u16::MAX].prop_map(|number| GroupId::new(number).unwrap())
}

fn attendees() -> impl Strategy<Value = Attendees> {
    prop_oneof![0..300_u32, any::<u32>()].prop_map(Attendees)
}

pub(crate) fn delegates() -> impl Strategy<Value = Delegates> {
    any_u16().prop_map(Delegates)
}

pub(crate) fn any_u16() -> impl Strategy<Value = u16> {
    prop_oneof![0..300_u16, any::<u16>()]
}

/// Small numbers as often as large ones, so that varints of every length come.
pub(crate) fn any_u64() -> impl Strategy<Value = u64> {
    (0..64_u32, any::<u64>()).prop_map(|(shift, number)| number >> shift)
}

pub(crate) fn choice<T: Clone + Debug + 'static, const N: usize>(all: [T; N]) -> impl Strategy<Value = T> {
    proptest::sample::select(Vec::from(all))
}
