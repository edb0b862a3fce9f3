//! Who takes part: invented persons, and their keys from the seed.

use std::collections::BTreeMap;

use tallylog_event::{PrecinctId, Role, SigningKey, Text};

use crate::chance::{Chance, Stream};
use crate::words::text;

const GIVEN: [&str; 48] = [
    "Ada", "Alma", "Amos", "Anya", "Arlo", "Bea", "Ben", "Cara", "Cole", "Dara", "Dina", "Dov", "Edie", "Eli", "Elsa",
    "Ezra", "Faye", "Finn", "Gil", "Greta", "Hana", "Hugo", "Ida", "Ines", "Iris", "Ivo", "Joan", "Jonas", "Kai",
    "Kira", "Lena", "Leo", "Lou", "Mara", "Milo", "Nell", "Nico", "Olive", "Otis", "Paz", "Quinn", "Rosa", "Sam",
    "Tess", "Una", "Vera", "Wes", "Zora",
];
const FAMILY: [&str; 48] = [
    "Abelard",
    "Aldous",
    "Arkwright",
    "Barrow",
    "Bexley",
    "Birdsong",
    "Brandt",
    "Carver",
    "Castell",
    "Cobb",
    "Dahl",
    "Delacroix",
    "Dray",
    "Easton",
    "Eklund",
    "Fenwick",
    "Fiske",
    "Gable",
    "Grieve",
    "Hartwell",
    "Holm",
    "Hosokawa",
    "Ibarra",
    "Jansky",
    "Jessup",
    "Kessel",
    "Kowal",
    "Lindqvist",
    "Lovelace",
    "Marsh",
    "Mbeki",
    "Munro",
    "Nakata",
    "Norgaard",
    "Okafor",
    "Osei",
    "Pell",
    "Quist",
    "Ramsdell",
    "Reyes",
    "Sandoval",
    "Sorley",
    "Tamm",
    "Thorne",
    "Ueda",
    "Varga",
    "Winslow",
    "Yarrow",
];

const REGISTRARS: usize = 2;
const REVIEWERS: usize = 6;
const OFFICERS: usize = 4;
/// One operator for so many precincts: 50 on a full night. Never fewer than four.
const PRECINCTS_TO_AN_OPERATOR: usize = 35;
const FEWEST_OPERATORS: usize = 4;
const SECOND_DEVICE_PERCENT: u32 = 10;

/// A person with one key.
#[derive(Clone, Debug)]
pub struct Participant {
    /// The person's name, the same for all keys of that person.
    pub person: Text,
    /// The key.
    pub key: SigningKey,
}

/// The keys of everybody who takes part, for whoever wants to sign more in their name.
#[derive(Clone, Debug)]
pub struct Keys {
    /// Signs checkpoints, where the options name no log.
    pub log: SigningKey,
    /// Signs the log's own events, where the options name no such key.
    pub service: SigningKey,
    /// Named in the contest; the first of them opens it.
    pub registrars: Vec<Participant>,
    /// Enter what comes by phone, photo and paper.
    pub operators: Vec<Participant>,
    /// Release.
    pub reviewers: Vec<Participant>,
    /// Correct.
    pub officers: Vec<Participant>,
    chairs: BTreeMap<PrecinctId, Vec<Participant>>,
}

impl Keys {
    pub(crate) fn new(seed: u64, precincts: impl Iterator<Item = PrecinctId>) -> Self {
        let precincts: Vec<PrecinctId> = precincts.collect();
        let operators = (precincts.len() / PRECINCTS_TO_AN_OPERATOR).max(FEWEST_OPERATORS);
        let mut crowd = Crowd::new(seed);
        Self {
            log: crowd.key(),
            service: crowd.key(),
            registrars: crowd.team(REGISTRARS),
            operators: crowd.team(operators),
            reviewers: crowd.team(REVIEWERS),
            officers: crowd.team(OFFICERS),
            chairs: precincts.into_iter().map(|id| (id, crowd.chair())).collect(),
        }
    }

    /// The chair of `precinct` with the device of the night, or `None` where the roster has no such precinct.
    #[must_use]
    pub fn chair(&self, precinct: PrecinctId) -> Option<&Participant> {
        self.devices(precinct).first()
    }

    /// The chair of `precinct` with each of the chair's devices.
    #[must_use]
    pub fn devices(&self, precinct: PrecinctId) -> &[Participant] {
        self.chairs.get(&precinct).map_or(&[], Vec::as_slice)
    }

    /// Everybody whom a registrar enrols, in the order of enrolment, with what each may sign.
    pub(crate) fn enrolled(&self) -> impl Iterator<Item = (&Participant, Role)> {
        let staff = [
            (&self.operators, Role::Operator),
            (&self.reviewers, Role::Reviewer),
            (&self.officers, Role::CorrectionsOfficer),
        ];
        let staff = staff
            .into_iter()
            .flat_map(|(members, role)| members.iter().map(move |member| (member, role.clone())));
        let chairs = self.chairs.iter().flat_map(|(precinct, devices)| {
            let role = Role::Chair(vec![*precinct]);
            devices.iter().map(move |device| (device, role.clone()))
        });
        staff.chain(chairs)
    }
}

/// Persons who have no part yet. No two have one name.
struct Crowd {
    names: Vec<(&'static str, &'static str)>,
    keys: Chance,
    people: Chance,
}

impl Crowd {
    fn new(seed: u64) -> Self {
        let mut people = Chance::new(seed, Stream::People);
        let mut names: Vec<_> = GIVEN
            .into_iter()
            .flat_map(|given| FAMILY.map(|family| (given, family)))
            .collect();
        people.shuffle(&mut names);
        Self {
            names,
            keys: Chance::new(seed, Stream::Keys),
            people,
        }
    }

    fn key(&mut self) -> SigningKey {
        SigningKey::from_bytes(&self.keys.bytes())
    }

    /// The next person. There are 2,304 names, and a full night has 1,827 persons.
    fn person(&mut self) -> Participant {
        let (given, family) = self.names.pop().unwrap_or(("Nobody", "Left"));
        Participant {
            person: text(format!("{given} {family}")),
            key: self.key(),
        }
    }

    fn team(&mut self, size: usize) -> Vec<Participant> {
        (0..size).map(|_| self.person()).collect()
    }

    fn chair(&mut self) -> Vec<Participant> {
        let chair = self.person();
        if !self.people.percent(SECOND_DEVICE_PERCENT) {
            return vec![chair];
        }
        let second = Participant {
            person: chair.person.clone(),
            key: self.key(),
        };
        vec![chair, second]
    }
}
