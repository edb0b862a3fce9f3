//! One room on the night: who comes, whom they prefer, how they realign, and what they award. All of it lawful.

use tallylog_rules::{
    Apportionment, Attendance, Attendees, ByGroup, Delegates, Game, GameMeans, Place, Ruleset, Sheet, Tie, apportion,
    satellite_delegates, viability_threshold,
};

use crate::chance::Chance;
use crate::contest::GROUPS;
use crate::realignment::realign;
use crate::words::figures;

/// People of each group, in roster order.
pub(crate) type Floor = [u32; GROUPS.len()];

/// Rooms with one delegate where the plurality does not get it: 18 of 121 in 2020.
const NOT_THE_PLURALITY_PERCENT: u32 = 15;

const WITNESSES: [&str; 8] = [
    "R. Aldous",
    "M. Birdsong",
    "T. Castell",
    "J. Eklund",
    "P. Kowal",
    "S. Munro",
    "D. Osei",
    "L. Varga",
];

/// The rules for one room.
#[derive(Clone, Copy)]
pub(crate) struct Room<'a> {
    pub(crate) rules: &'a Ruleset,
    pub(crate) people: Attendees,
    pub(crate) electing: Delegates,
}

impl<'a> Room<'a> {
    pub(crate) fn new(rules: &'a Ruleset, place: Place, people: u32) -> Self {
        let people = Attendees(people);
        let electing = match place {
            Place::Precinct { delegates } => delegates,
            Place::Satellite => satellite_delegates(rules, people),
        };
        Self {
            rules,
            people,
            electing,
        }
    }

    /// The people whom a group needs, where the room has groups.
    pub(crate) fn threshold(&self) -> Option<u32> {
        viability_threshold(self.rules, self.people, self.electing).map(|Attendees(people)| people)
    }

    /// Holds the caucus.
    pub(crate) fn caucus(&self, tilt: &Floor, chance: &mut Chance) -> Sheet {
        let first = preferences(self.people, tilt, chance);
        let (last, awards, games) = match self.threshold() {
            Some(threshold) => {
                let last = realign(first, threshold, self.electing, chance);
                let (awards, games) = self.award(&last, chance);
                (last, awards, games)
            }
            None => (first, elected(&first, chance), Vec::new()),
        };
        Sheet {
            attendance: Some(Attendance {
                people: self.people,
                counted: true,
            }),
            first_alignment: Some(figures(first.map(Attendees))),
            final_alignment: Some(figures(last.map(Attendees))),
            awards: Some(awards),
            worksheet_delegates: Some(self.electing),
            worksheet_threshold: self.threshold().map(Attendees),
            games,
            claimed: None,
        }
    }

    /// What the rules award, with the game of chance where they need one.
    pub(crate) fn award(&self, last: &Floor, chance: &mut Chance) -> (ByGroup<Delegates>, Vec<Game>) {
        match self.apportion(last, &[]) {
            Apportionment::Settled(awards) => (awards, Vec::new()),
            Apportionment::Chance(tie) => {
                let games = vec![game(tie, chance)];
                (self.settled(last, &games), games)
            }
            Apportionment::NobodyViable | Apportionment::RoomElects | Apportionment::NobodyAttended => {
                (ByGroup::default(), Vec::new())
            }
        }
    }

    fn apportion(&self, last: &Floor, games: &[Game]) -> Apportionment {
        apportion(
            self.rules,
            self.people,
            self.electing,
            &figures(last.map(Attendees)),
            games,
        )
    }

    fn settled(&self, last: &Floor, games: &[Game]) -> ByGroup<Delegates> {
        match self.apportion(last, games) {
            Apportionment::Settled(awards) => awards,
            Apportionment::Chance(_)
            | Apportionment::NobodyViable
            | Apportionment::RoomElects
            | Apportionment::NobodyAttended => ByGroup::default(),
        }
    }
}

/// Everybody stands in a group.
fn preferences(Attendees(people): Attendees, tilt: &Floor, chance: &mut Chance) -> Floor {
    let here = tilt.map(|weight| weight * chance.between(60, 140));
    let mut floor = [0; GROUPS.len()];
    for _ in 0..people {
        floor[chance.weighted(&here)] += 1;
    }
    floor
}

/// The one delegate of a room without groups: mostly of the plurality. A room of nobody elects nobody.
fn elected(first: &Floor, chance: &mut Chance) -> ByGroup<Delegates> {
    let mut standing: Vec<usize> = (0..first.len()).filter(|at| first[*at] > 0).collect();
    standing.sort_by_key(|at| first[*at]);
    let plurality = standing.pop();
    let winner = if chance.percent(NOT_THE_PLURALITY_PERCENT) {
        standing.pop().or(plurality)
    } else {
        plurality
    };
    let places = 0..first.len();
    figures(places.map(|at| Delegates(u16::from(winner == Some(at)))))
}

fn game(tie: Tie, chance: &mut Chance) -> Game {
    let mut winners = tie.among.clone();
    chance.shuffle(&mut winners);
    winners.truncate(tie.delegates.0.into());
    winners.sort();
    let mut witnesses = WITNESSES;
    chance.shuffle(&mut witnesses);
    Game {
        means: if tie.among.len() == 2 {
            GameMeans::Coin
        } else {
            GameMeans::Lot
        },
        among: tie.among,
        delegates: tie.delegates,
        winners,
        witnesses: witnesses[..2].iter().map(ToString::to_string).collect(),
    }
}
