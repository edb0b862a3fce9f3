//! V31 room by room: which rooms stand out from all others, without a look at every room.

use std::collections::BTreeSet;
use std::ops::Bound::{Excluded, Included};

use tallylog_rules::{ByGroup, ENOUGH_ROOMS, GroupId, Round, Sheet, beyond_a_hundredth, prominence};

/// The rooms that V31 could name, in the order in which a growing sum over all rooms would name them no longer.
#[derive(Clone, Debug)]
pub(super) struct Outliers {
    rooms: Vec<Option<Room>>,
    reported: u64,
    /// People in all rooms, and in each group of them.
    people: u64,
    groups: Vec<Ranks>,
    /// What was last settled.
    settled: u64,
}

/// What a room adds to the sums, and what it stands out by.
#[derive(Clone, Debug)]
struct Room {
    people: u64,
    groups: Vec<(GroupId, u64)>,
    prominent: Vec<(GroupId, i128)>,
}

/// A group over all rooms.
#[derive(Clone, Debug, Default)]
struct Ranks {
    people: u64,
    prominent: BTreeSet<(i128, usize)>,
    /// What it had beyond a hundredth when last settled.
    settled: i128,
}

impl Outliers {
    pub(super) fn new(precincts: usize, groups: usize) -> Self {
        Self {
            rooms: vec![None; precincts],
            reported: 0,
            people: 0,
            groups: vec![Ranks::default(); groups],
            settled: 0,
        }
    }

    /// Takes up the figures of a precinct, if it has any, in place of those that it had.
    pub(super) fn refile(&mut self, position: usize, sheet: Option<&Sheet>) {
        let Some(place) = self.rooms.get_mut(position) else {
            return;
        };
        if let Some(old) = place.take() {
            self.people = self.people.saturating_sub(old.people);
            self.reported -= 1;
            each(&mut self.groups, &old.groups, |ranks, people| {
                ranks.people = ranks.people.saturating_sub(people);
            });
            each(&mut self.groups, &old.prominent, |ranks, by| {
                ranks.prominent.remove(&(by, position));
            });
        }
        let Some(room) = sheet.map(Room::of) else {
            return;
        };
        self.people = self.people.saturating_add(room.people);
        self.reported += 1;
        each(&mut self.groups, &room.groups, |ranks, people| {
            ranks.people = ranks.people.saturating_add(people);
        });
        each(&mut self.groups, &room.prominent, |ranks, by| {
            ranks.prominent.insert((by, position));
        });
        *place = Some(room);
    }

    /// Touches the rooms of which V31 says something else since this was asked before.
    pub(super) fn settle(&mut self, touched: &mut BTreeSet<usize>) {
        let turned = is_enough(self.reported) != is_enough(self.settled);
        self.settled = self.reported;
        for ranks in &mut self.groups {
            let now = beyond_a_hundredth(ranks.people, self.people);
            let (low, high) = (now.min(ranks.settled), now.max(ranks.settled));
            ranks.settled = now;
            if turned {
                touched.extend(ranks.prominent.iter().map(|(_, position)| position));
            } else if is_enough(self.reported) && low < high {
                // A room is named while it stands out by more than its group does over all rooms.
                let turned = (Excluded((low, usize::MAX)), Included((high, usize::MAX)));
                touched.extend(ranks.prominent.range(turned).map(|(_, position)| position));
            }
        }
    }

    /// Whether V31 names the room of a precinct.
    pub(super) fn name(&self, position: usize) -> bool {
        let Some(Some(room)) = self.rooms.get(position) else {
            return false;
        };
        let stands_out = |(group, by): &(GroupId, i128)| {
            let ranks = self.groups.get(usize::from(group.number()) - 1);
            ranks.is_some_and(|ranks| beyond_a_hundredth(ranks.people, self.people) < *by)
        };
        is_enough(self.reported) && room.prominent.iter().any(stands_out)
    }
}

impl Room {
    fn of(sheet: &Sheet) -> Self {
        let first = sheet.first_alignment.as_ref();
        Self {
            people: first.map_or(0, ByGroup::total),
            groups: first
                .into_iter()
                .flatten()
                .map(|(group, people)| (*group, people.0.into()))
                .collect(),
            prominent: prominence(Round::First, sheet),
        }
    }
}

/// Whether a room has enough others beside it.
fn is_enough(reported: u64) -> bool {
    reported > ENOUGH_ROOMS
}

fn each<T: Copy>(groups: &mut [Ranks], figures: &[(GroupId, T)], put: impl Fn(&mut Ranks, T)) {
    for (group, figure) in figures {
        if let Some(ranks) = groups.get_mut(usize::from(group.number()) - 1) {
            put(ranks, *figure);
        }
    }
}
