//! The laws of apportionment, on random rooms, and a second implementation that knows nothing of the first.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use std::collections::BTreeSet;

use proptest::prelude::*;
use tallylog_rules::{
    Apportionment, Attendees, ByGroup, Delegates, Elsewhere, Game, GameMeans, GroupId, Place, Round, Ruleset, Sheet,
    Tie, apportion, beyond_a_hundredth, check_outliers, check_sheet, prominence, viability_threshold,
};

/// The rules read slowly: one delegate at a time, every draw followed to its end.
mod naive {
    use std::collections::BTreeSet;

    /// Every lawful outcome, as the delegates of each group in order. None for a room without a viable group.
    pub(super) fn outcomes(room: u128, electing: u128, members: &[u128]) -> BTreeSet<Vec<u128>> {
        let viable: Vec<usize> = (0..members.len())
            .filter(|at| is_viable(room, electing, members[*at]))
            .collect();
        if viable.is_empty() {
            return BTreeSet::new();
        }
        if u128::try_from(viable.len()).unwrap() > electing {
            return largest(electing, members, &viable);
        }
        let shares: Vec<u128> = members
            .iter()
            .map(|members| nearest(members * electing * 10_000, room))
            .collect();
        let mut start = vec![0; members.len()];
        for at in &viable {
            start[*at] = nearest(shares[*at], 10_000).max(1);
        }
        let mut reached = BTreeSet::from([start]);
        while reached.iter().any(|awards| awards.iter().sum::<u128>() != electing) {
            reached = reached
                .iter()
                .flat_map(|awards| step(awards, electing, &shares, &viable))
                .collect();
        }
        reached
    }

    /// Whether so many are 25 %, a sixth or 15 % of the room, multiplied out.
    fn is_viable(room: u128, electing: u128, members: u128) -> bool {
        let enough = match electing {
            0 | 1 => return false,
            2 => members * 4 >= room,
            3 => members * 6 >= room,
            _ => members * 100 >= 15 * room,
        };
        enough && members > 0
    }

    /// The whole number nearest to a fraction, the upper one if both are as near.
    fn nearest(numerator: u128, denominator: u128) -> u128 {
        let below = numerator / denominator;
        below + u128::from(2 * (numerator - below * denominator) >= denominator)
    }

    /// One delegate given or taken, in every way that the rules allow.
    fn step(awards: &[u128], electing: u128, shares: &[u128], viable: &[usize]) -> Vec<Vec<u128>> {
        let is_short = awards.iter().sum::<u128>() < electing;
        let next = |at: usize| if is_short { awards[at] + 1 } else { awards[at] };
        // `a` goes before `b` when its award stands lower over its share. Both sides hold only sums.
        let over = |a: usize, b: usize| (next(a) * 10_000 + shares[b], next(b) * 10_000 + shares[a]);
        let may = |at: &&usize| is_short || awards[**at] > 1;
        let is_first = |at: &&usize| {
            viable.iter().filter(may).all(|other| {
                let (own, others) = over(**at, *other);
                if is_short { own <= others } else { own >= others }
            })
        };
        let candidates = viable.iter().filter(may).filter(is_first);
        candidates
            .map(|at| {
                let mut moved = awards.to_vec();
                moved[*at] = if is_short { moved[*at] + 1 } else { moved[*at] - 1 };
                moved
            })
            .collect()
    }

    /// One delegate each for the largest: a set of winners in which nobody is smaller than somebody outside.
    fn largest(electing: u128, members: &[u128], viable: &[usize]) -> BTreeSet<Vec<u128>> {
        let mut reached = BTreeSet::from([vec![0; members.len()]]);
        for _ in 0..electing {
            reached = reached
                .iter()
                .flat_map(|awards| {
                    let left: Vec<usize> = viable.iter().copied().filter(|at| awards[*at] == 0).collect();
                    let most = left.iter().map(|at| members[*at]).max().unwrap();
                    let winners = left.into_iter().filter(move |at| members[*at] == most);
                    winners.map(|at| {
                        let mut moved = awards.clone();
                        moved[at] = 1;
                        moved
                    })
                })
                .collect();
        }
        reached
    }
}

#[derive(Clone, Debug)]
struct Room {
    people: u32,
    electing: u16,
    members: Vec<u32>,
}

impl Room {
    fn groups(&self) -> ByGroup<Attendees> {
        ByGroup::numbered(self.members.iter().copied().map(Attendees)).unwrap()
    }

    fn apportion(&self, games: &[Game]) -> Apportionment {
        apportion(
            &Ruleset::iowa_2020(),
            Attendees(self.people),
            Delegates(self.electing),
            &self.groups(),
            games,
        )
    }

    fn outcomes(&self) -> BTreeSet<Vec<u128>> {
        let members: Vec<u128> = self.members.iter().copied().map(u128::from).collect();
        naive::outcomes(self.people.into(), self.electing.into(), &members)
    }

    fn in_order(&self, awards: &ByGroup<Delegates>) -> Vec<u128> {
        let ids = 1..=u16::try_from(self.members.len()).unwrap();
        ids.map(|number| awards.of(GroupId::new(number).unwrap()).0.into())
            .collect()
    }
}

/// Rooms as they are: groups of a few sizes, so that some are equal, and some people who stand nowhere.
fn rooms() -> impl Strategy<Value = Room> {
    let sizes = prop_oneof![
        prop::collection::vec(0_u32..=133, 1..=15),
        prop::collection::vec(0_u32..=330, 1..=6),
        prop::collection::vec(prop::sample::select(vec![0, 6, 10, 15, 20, 30, 45, 60]), 1..=15),
        prop::collection::vec(1_u32..=12, 1..=15),
    ];
    (sizes, 2_u16..=36, 0_u32..=40).prop_map(|(members, electing, left)| {
        let people = (members.iter().sum::<u32>() + left).clamp(1, 2_000);
        Room {
            people,
            electing,
            members,
        }
    })
}

/// Rooms in which more people stand than attended: never lawful, and still to be computed with.
fn impossible_rooms() -> impl Strategy<Value = Room> {
    (rooms(), 1_u32..=4).prop_map(|(room, part)| Room {
        people: (room.people / part).max(1),
        ..room
    })
}

fn draws(tie: &Tie) -> Vec<Vec<GroupId>> {
    let mut chosen: Vec<Vec<GroupId>> = vec![Vec::new()];
    for group in &tie.among {
        let with: Vec<_> = chosen
            .iter()
            .map(|winners| [winners.as_slice(), &[*group]].concat())
            .collect();
        chosen.extend(with);
    }
    chosen.retain(|winners| winners.len() == usize::from(tie.delegates.0));
    chosen
}

fn game(tie: &Tie, winners: Vec<GroupId>) -> Game {
    Game {
        among: tie.among.clone(),
        delegates: tie.delegates,
        winners,
        means: GameMeans::Lot,
        witnesses: Vec::new(),
    }
}

/// The outcomes of the crate, each by the game that leads to it.
fn settled(room: &Room) -> Result<BTreeSet<Vec<u128>>, TestCaseError> {
    match room.apportion(&[]) {
        Apportionment::Settled(awards) => Ok(BTreeSet::from([room.in_order(&awards)])),
        Apportionment::Chance(tie) => draws(&tie)
            .into_iter()
            .map(|winners| match room.apportion(&[game(&tie, winners)]) {
                Apportionment::Settled(awards) => Ok(room.in_order(&awards)),
                other @ (Apportionment::Chance(_)
                | Apportionment::NobodyViable
                | Apportionment::RoomElects
                | Apportionment::NobodyAttended) => {
                    Err(TestCaseError::fail(format!("a game did not settle it: {other:?}")))
                }
            })
            .collect(),
        Apportionment::NobodyViable => Ok(BTreeSet::new()),
        other @ (Apportionment::RoomElects | Apportionment::NobodyAttended) => {
            Err(TestCaseError::fail(format!("{other:?}")))
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn both_implementations_allow_the_same_outcomes(room in rooms()) {
        prop_assert_eq!(settled(&room)?, room.outcomes());
    }

    #[test]
    fn both_agree_where_more_people_stand_than_attended(room in impossible_rooms()) {
        prop_assert_eq!(settled(&room)?, room.outcomes());
    }

    #[test]
    fn a_game_is_asked_for_exactly_when_it_can_matter(room in rooms()) {
        let asks = matches!(room.apportion(&[]), Apportionment::Chance(_));
        prop_assert_eq!(asks, room.outcomes().len() > 1);
    }

    #[test]
    fn awards_add_up_to_what_the_room_elects_or_the_outcome_says_why_not(room in rooms()) {
        match room.apportion(&[]) {
            Apportionment::Settled(awards) => prop_assert_eq!(awards.total(), u64::from(room.electing)),
            Apportionment::Chance(tie) => {
                prop_assert_eq!(tie.awards.total() + u64::from(tie.delegates), u64::from(room.electing));
                prop_assert!(usize::from(tie.delegates.0) < tie.among.len());
            }
            Apportionment::NobodyViable => prop_assert!(room.members.iter().all(|members| members * 4 < room.people)),
            other @ (Apportionment::RoomElects | Apportionment::NobodyAttended) => prop_assert!(false, "{:?}", other),
        }
    }

    #[test]
    fn every_viable_group_has_a_delegate_and_no_other_has_one(room in rooms()) {
        let threshold = viability_threshold(&Ruleset::iowa_2020(), Attendees(room.people), Delegates(room.electing));
        let threshold = threshold.unwrap().0;
        let viable = room.members.iter().filter(|members| **members >= threshold).count();
        for outcome in settled(&room)? {
            for (members, award) in room.members.iter().zip(&outcome) {
                prop_assert!(*members >= threshold || *award == 0);
                prop_assert!(*members < threshold || *award > 0 || viable > usize::from(room.electing));
            }
        }
    }

    #[test]
    fn no_smaller_group_has_more_delegates(room in rooms()) {
        for outcome in settled(&room)? {
            for (members, award) in room.members.iter().zip(&outcome) {
                for (others, other) in room.members.iter().zip(&outcome) {
                    prop_assert!(members <= others || award >= other, "{} people: {}, {}: {}", members, award, others, other);
                }
            }
        }
    }

    #[test]
    fn the_order_of_the_groups_makes_no_difference(room in rooms(), seed in any::<u64>()) {
        let mut order: Vec<usize> = (0..room.members.len()).collect();
        order.sort_by_key(|at| (u64::try_from(*at).unwrap() + 1).wrapping_mul(seed | 1));
        let moved = Room { members: order.iter().map(|at| room.members[*at]).collect(), ..room.clone() };
        let reordered = |outcome: &Vec<u128>| order.iter().map(|at| outcome[*at]).collect::<Vec<u128>>();
        let expected: BTreeSet<_> = settled(&room)?.iter().map(reordered).collect();
        prop_assert_eq!(settled(&moved)?, expected);
    }

    #[test]
    fn groups_of_nobody_make_no_difference(room in rooms()) {
        let written = room.groups();
        let left_out = written.without_zeros();
        let rules = Ruleset::iowa_2020();
        let outcome = |groups| apportion(&rules, Attendees(room.people), Delegates(room.electing), groups, &[]);
        prop_assert_eq!(outcome(&written), outcome(&left_out));
    }

    #[test]
    fn lawful_awards_of_people_who_were_conserved_raise_no_block(room in rooms()) {
        // Nobody left and nobody moved: the only room that no check may hold back, except over a game or equal groups.
        let people = room.members.iter().sum::<u32>().max(1);
        let room = Room { people, ..room };
        for outcome in settled(&room)?.into_iter().take(3) {
            let awards = outcome.iter().map(|award| Delegates(u16::try_from(*award).unwrap()));
            let sheet = Sheet {
                first_alignment: Some(room.groups()),
                final_alignment: Some(room.groups()),
                awards: Some(ByGroup::numbered(awards).unwrap()),
                ..Sheet::default()
            };
            let place = Place::Precinct { delegates: Delegates(room.electing) };
            let found = check_sheet(&Ruleset::iowa_2020(), place, None, 15, &sheet);
            let heavy: Vec<_> = found.iter().filter(|finding| finding.severity == tallylog_rules::Severity::Block).collect();
            prop_assert!(heavy.is_empty(), "{:?}", heavy);
        }
    }

    #[test]
    fn awards_are_permitted_exactly_when_they_are_an_outcome(room in rooms(), at in 0_usize..15, to in 0_usize..15) {
        let outcome = room.apportion(&[]);
        let lawful = room.outcomes();
        for awards in lawful.iter().take(5) {
            let mut moved = awards.clone();
            let (at, to) = (at % moved.len(), to % moved.len());
            if moved[at] > 0 {
                moved[at] -= 1;
                moved[to] += 1;
            }
            let as_sheet = |awards: &[u128]| {
                ByGroup::numbered(awards.iter().map(|award| Delegates(u16::try_from(*award).unwrap()))).unwrap()
            };
            prop_assert!(outcome.permits(&as_sheet(awards)));
            prop_assert_eq!(outcome.permits(&as_sheet(&moved)), lawful.contains(&moved));
        }
    }
}

proptest! {
    /// V31 by sums over all rooms, this one included, names what V31 by the sums over all others names.
    #[test]
    fn a_room_stands_out_from_the_others_as_it_does_from_all(
        here in proptest::collection::vec(0_u32..60, 4),
        others in proptest::collection::vec(prop_oneof![0_u64..60, 0_u64..3_000], 4),
        rooms in 98_u64..103,
    ) {
        let first = ByGroup::numbered(here.iter().copied().map(Attendees)).unwrap();
        let sheet = Sheet { first_alignment: Some(first), ..Sheet::default() };
        let elsewhere = Elsewhere { groups: ByGroup::numbered(others.clone()).unwrap(), rooms };
        let all: Vec<u64> = here.iter().zip(&others).map(|(here, others)| u64::from(*here) + others).collect();
        let everybody = all.iter().sum();
        let prominent = prominence(Round::First, &sheet).into_iter();
        let named = prominent.filter(|(group, by)| {
            rooms >= tallylog_rules::ENOUGH_ROOMS && beyond_a_hundredth(all[usize::from(group.number()) - 1], everybody) < *by
        });
        prop_assert_eq!(named.count(), check_outliers(Round::First, &sheet, &elsewhere).len());
    }
}
