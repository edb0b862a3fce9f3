//! The places and people of the centre.

use tallylog_event::{
    Candidate, Contest, ContestId, ContestKind, County, CountyId, District, Embargo, LogIdentity, Precinct, PrecinctId,
    PublicKey, Registrar, ReleasePolicy, Role, SigningKey, SiteKind, UnixMillis, WitnessPolicy,
};
use tallylog_rules::{Delegates, Ruleset};

use super::events::text;

/// When the contest is opened.
pub(super) const OPENED: UnixMillis = UnixMillis(1_833_584_400_000);

/// Everybody who has a key from the start, beside the chairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Person {
    /// The first registrar.
    Rhea,
    /// The second registrar.
    Rolf,
    /// Operators.
    Olga,
    Omar,
    Otto,
    /// Reviewers.
    Vera,
    Viktor,
    /// Corrections officers.
    Cleo,
    Carl,
    /// A campaign.
    Alder,
    Birch,
    /// An observer.
    Nora,
}

impl Person {
    /// Those whom a registrar enrols.
    pub(crate) const ENROLLED: [Self; 10] = [
        Self::Olga,
        Self::Omar,
        Self::Otto,
        Self::Vera,
        Self::Viktor,
        Self::Cleo,
        Self::Carl,
        Self::Alder,
        Self::Birch,
        Self::Nora,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Rhea => "Rhea",
            Self::Rolf => "Rolf",
            Self::Olga => "Olga",
            Self::Omar => "Omar",
            Self::Otto => "Otto",
            Self::Vera => "Vera",
            Self::Viktor => "Viktor",
            Self::Cleo => "Cleo",
            Self::Carl => "Carl",
            Self::Alder => "Ada of Alder",
            Self::Birch => "Bo of Birch",
            Self::Nora => "Nora",
        }
    }

    pub(crate) fn role(self) -> Role {
        match self {
            Self::Rhea | Self::Rolf => Role::Registrar,
            Self::Olga | Self::Omar | Self::Otto => Role::Operator,
            Self::Vera | Self::Viktor => Role::Reviewer,
            Self::Cleo | Self::Carl => Role::CorrectionsOfficer,
            Self::Alder => Role::Campaign(text("Alder")),
            Self::Birch => Role::Campaign(text("Birch")),
            Self::Nora => Role::Observer,
        }
    }

    pub(crate) fn key(self) -> SigningKey {
        let number = match self {
            Self::Rhea => 1,
            Self::Rolf => 2,
            Self::Olga => 3,
            Self::Omar => 4,
            Self::Otto => 5,
            Self::Vera => 6,
            Self::Viktor => 7,
            Self::Cleo => 8,
            Self::Carl => 9,
            Self::Alder => 10,
            Self::Birch => 11,
            Self::Nora => 12,
        };
        key(number)
    }
}

pub(crate) fn key(number: u64) -> SigningKey {
    let mut bytes = [0xC7; 32];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    SigningKey::from_bytes(&bytes)
}

/// Signs checkpoints.
pub(crate) fn log_key() -> SigningKey {
    key(50)
}

/// Signs the log's own events.
pub(crate) fn service_key() -> SigningKey {
    key(51)
}

/// The chair's key of the place of a number in roster order.
pub(super) fn chair_key(number: u64) -> SigningKey {
    key(100 + number)
}

pub(super) fn chair_name(precinct: PrecinctId) -> String {
    format!("Chair {}/{}", precinct.county.0, precinct.number)
}

/// A key that is enrolled later.
pub(crate) fn further_key(number: u64) -> SigningKey {
    key(1_000 + number)
}

/// The contest, by default: open, and releases of whatever nothing holds.
pub(crate) fn contest() -> Contest {
    let registrar = |person: Person| Registrar {
        person: text(person.name()),
        key: PublicKey::of(&person.key()),
    };
    Contest {
        id: ContestId([0xDE; 16]),
        kind: ContestKind::Rehearsal,
        name: text("Rehearsal of the desks"),
        ruleset: Ruleset::iowa_2020(),
        candidates: ["Alder", "Birch", "Cedar", "Uncommitted"]
            .map(|name| Candidate { name: text(name) })
            .to_vec(),
        log: LogIdentity {
            origin: text("rehearsal.example/desks"),
            key: PublicKey::of(&log_key()),
        },
        service: PublicKey::of(&service_key()),
        registrars: vec![registrar(Person::Rhea), registrar(Person::Rolf)],
        fold: 2,
        release: ReleasePolicy::ReportedClear,
        embargo: Embargo::Open,
        witnesses: WitnessPolicy {
            quorum: 0,
            witnesses: Vec::new(),
        },
    }
}

/// What each place elects; 0 for a satellite site.
const PLACES: [(&str, &[u16]); 3] = [("Adair", &[4, 4, 7]), ("Benton", &[5, 1]), ("Satellites", &[0, 0])];

/// Adair with three precincts, of which two elect four delegates each; Benton with two, of which one elects one; a pool
/// with two sites.
pub(super) fn counties() -> impl Iterator<Item = County> {
    (0_u16..).zip(PLACES).map(|(number, (name, delegates))| {
        let precincts = (1..).zip(delegates).map(|(number, delegates)| Precinct {
            name: text(&format!("{name} {number}")),
            code: text(""),
            delegates: Delegates(*delegates),
        });
        let sum: u16 = delegates.iter().sum();
        County {
            id: CountyId(number),
            name: text(name),
            kind: match sum {
                0 => SiteKind::Satellites,
                sum => SiteKind::Precincts {
                    county_delegates: Delegates(sum),
                },
            },
            fips: None,
            district: District::Congressional(1),
            state_delegates: Delegates(3),
            precincts: precincts.collect(),
        }
    })
}

/// All places in roster order.
pub(super) fn precincts() -> impl Iterator<Item = PrecinctId> {
    (0_u16..).zip(PLACES).flat_map(|(county, (_, delegates))| {
        (0_u16..).zip(delegates).map(move |(number, _)| PrecinctId {
            county: CountyId(county),
            number,
        })
    })
}

/// How many delegates a place elects; 0 for a satellite site.
pub(super) fn delegates(precinct: PrecinctId) -> Delegates {
    let (_, delegates) = PLACES[usize::from(precinct.county.0)];
    Delegates(delegates[usize::from(precinct.number)])
}
