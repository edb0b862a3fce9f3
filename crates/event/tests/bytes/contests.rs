//! The openings among the samples.

use tallylog_event::{
    Candidate, Contest, ContestKind, Embargo, Event, LogIdentity, PublicKey, Registrar, ReleasePolicy, WitnessPolicy,
};
use tallylog_rules::{Attendees, Delegates, NationalPlan, Ruleset, SatelliteTier, ViabilityTier};

use crate::samples::{CONTEST, key, text};

/// Every golden opening, by the name of its line.
pub(crate) fn events() -> Vec<(&'static str, Event)> {
    let rehearsal = Contest {
        kind: ContestKind::Rehearsal,
        release: ReleasePolicy::Confirmed,
        embargo: Embargo::Open,
        ..contest()
    };
    let archive = Contest {
        kind: ContestKind::Archive,
        candidates: vec![],
        registrars: vec![],
        fold: u16::MAX,
        release: ReleasePolicy::AsListed,
        witnesses: WitnessPolicy {
            quorum: 0,
            witnesses: vec![],
        },
        ..contest()
    };
    [
        ("election-opened", contest()),
        ("rehearsal-opened", rehearsal),
        ("archive-opened", archive),
    ]
    .into_iter()
    .map(|(name, contest)| (name, Event::ContestOpened(Box::new(contest))))
    .collect()
}

/// An election.
pub(crate) fn contest() -> Contest {
    Contest {
        id: CONTEST,
        kind: ContestKind::Election,
        name: text("Iowa Democratic caucuses, 3 February 2020"),
        ruleset: ruleset(),
        candidates: ["Buttigieg", "Sanders", "Uncommitted"]
            .map(|name| Candidate { name: text(name) })
            .to_vec(),
        log: LogIdentity {
            origin: text("log.example.org/caucus"),
            key: PublicKey::of(&key(4)),
        },
        service: PublicKey::of(&key(5)),
        registrars: vec![Registrar {
            person: text("R. Strar"),
            key: PublicKey::of(&key(1)),
        }],
        fold: 1,
        release: ReleasePolicy::ReportedClear,
        embargo: Embargo::OnRelease,
        witnesses: WitnessPolicy {
            quorum: 2,
            witnesses: vec![text("witness.example.org+75b2a0d6+BAAA")],
        },
    }
}

fn ruleset() -> Ruleset {
    Ruleset {
        name: String::from("iowa-2020"),
        viability: [(2, 1, 4), (3, 1, 6), (4, 3, 20)]
            .map(|(from, numerator, denominator)| ViabilityTier {
                from: Delegates(from),
                numerator,
                denominator,
            })
            .to_vec(),
        satellites: [(1, 4), (21, 5), (41, 6), (61, 7), (81, 8), (101, 9)]
            .map(|(from, delegates)| SatelliteTier {
                from: Attendees(from),
                delegates: Delegates(delegates),
            })
            .to_vec(),
        national: NationalPlan {
            districts: vec![7, 7, 8, 5],
            at_large: 9,
            pleo: 5,
            threshold_numerator: 3,
            threshold_denominator: 20,
        },
        largest_room: Attendees(5_000),
    }
}
