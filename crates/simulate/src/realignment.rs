//! The one realignment of a room.

use tallylog_rules::Delegates;

use crate::chance::Chance;
use crate::contest::GROUPS;
use crate::room::Floor;

/// Rooms with more viable groups than delegates where nobody gives way, so that the largest get one each.
const STAND_FAST_PERCENT: u32 = 10;
/// Groups that are not viable and gather others until they are.
const GATHER_PERCENT: u32 = 30;
/// Rooms where some go home rather than realign, of those where somebody has to. In 2020 a third of all lost people.
const ROOM_LOSES_PERCENT: u32 = 42;
/// Rooms where some stay in a group that is not viable.
const ROOM_KEEPS_PERCENT: u32 = 4;

const FLOOR: usize = GROUPS.len();

/// The final alignment. Members of viable groups stay; the others join a viable group, make one, stay or go home.
pub(crate) fn realign(first: Floor, threshold: u32, electing: Delegates, chance: &mut Chance) -> Floor {
    let mut room = Realignment::new(first, threshold, electing.0.into());
    if !chance.percent(STAND_FAST_PERCENT) {
        room.smallest_give_way();
    }
    room.break_up();
    room.gather(chance);
    room.some_stay(chance);
    room.others_go(chance);
    room.last
}

struct Realignment {
    first: Floor,
    last: Floor,
    threshold: u32,
    electing: usize,
    viable: [bool; FLOOR],
    /// People who stand in no group.
    afoot: u32,
}

impl Realignment {
    fn new(first: Floor, threshold: u32, electing: usize) -> Self {
        Self {
            first,
            last: first,
            threshold,
            electing,
            viable: first.map(|people| people >= threshold),
            afoot: 0,
        }
    }

    fn viable_groups(&self) -> usize {
        self.viable.iter().filter(|viable| **viable).count()
    }

    /// Where there are more viable groups than delegates, the smallest must realign. Where it takes a game of chance
    /// to say which those are, nobody moves, and the game decides about the award.
    fn smallest_give_way(&mut self) {
        let mut by_size: Vec<usize> = (0..FLOOR).filter(|at| self.viable[*at]).collect();
        by_size.sort_by_key(|at| std::cmp::Reverse(self.first[*at]));
        let Some(next) = by_size.get(self.electing) else {
            return;
        };
        if self.first[by_size[self.electing - 1]] > self.first[*next] {
            for at in &by_size[self.electing..] {
                self.viable[*at] = false;
            }
        }
    }

    fn break_up(&mut self) {
        for at in (0..FLOOR).filter(|at| !self.viable[*at]) {
            self.afoot += std::mem::take(&mut self.last[at]);
        }
    }

    /// The largest group that is not viable may gather others. Where no group is viable, one has to.
    fn gather(&mut self, chance: &mut Chance) {
        let Some(at) = self.largest_too_small() else {
            return;
        };
        let is_near = self.first[at] * 2 >= self.threshold && chance.percent(GATHER_PERCENT);
        let is_open = self.viable_groups() < self.electing && self.afoot >= self.threshold;
        if is_open && (is_near || self.viable_groups() == 0) {
            self.viable[at] = true;
            self.last[at] = self.threshold;
            self.afoot -= self.threshold;
        }
    }

    fn some_stay(&mut self, chance: &mut Chance) {
        let Some(at) = self.largest_too_small() else {
            return;
        };
        if chance.percent(ROOM_KEEPS_PERCENT) {
            let stay = chance.between(1, self.first[at]).min(self.afoot);
            self.last[at] = stay;
            self.afoot -= stay;
        }
    }

    fn others_go(&mut self, chance: &mut Chance) {
        let home_percent = if chance.percent(ROOM_LOSES_PERCENT) {
            chance.between(5, 70)
        } else {
            0
        };
        let viable = self.viable;
        let here = self.last;
        let pull: Floor = std::array::from_fn(|at| if viable[at] { here[at] } else { 0 });
        for _ in 0..self.afoot {
            if !chance.percent(home_percent) {
                self.last[chance.weighted(&pull)] += 1;
            }
        }
    }

    /// The largest of the groups that fell short at first alignment and still do.
    fn largest_too_small(&self) -> Option<usize> {
        let short = (0..FLOOR).filter(|at| !self.viable[*at] && (1..self.threshold).contains(&self.first[*at]));
        short.max_by_key(|at| self.first[*at])
    }
}
