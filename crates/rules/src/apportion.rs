//! Delegates from people: shares, rounding, and where the rules ask for a game of chance.

use crate::{Attendees, ByGroup, Delegates, Game, GroupId, Ruleset, viability_threshold};

/// Shares and distances are whole numbers of ten-thousandths of a delegate. Rule: 2.4.
const DELEGATE: i64 = 10_000;

/// What the rules make of a final alignment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Apportionment {
    /// The delegates of every viable group.
    Settled(ByGroup<Delegates>),
    /// The rules cannot decide: record a game of chance, and ask again with it.
    Chance(Tie),
    /// No group is viable: nothing is awarded, and the precinct is held. Rule: 2.9.
    NobodyViable,
    /// The room elects its one delegate without groups, so that the winner is an input. Rule: 2.2.
    RoomElects,
    /// Nobody attended: no shares, and nothing to award.
    NobodyAttended,
}

/// A decision that the rules leave to a game of chance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tie {
    /// The delegates of every viable group, without those still to be won.
    pub awards: ByGroup<Delegates>,
    /// How many of the tied groups win one more delegate; fewer than there are of them.
    pub delegates: Delegates,
    /// The groups that the rules cannot tell apart, in roster order.
    pub among: Vec<GroupId>,
}

/// Awards the `electing` delegates of a `room` according to its final alignment.
///
/// A recorded game settles the tie that it answers: the same groups, the same number of delegates, and that many
/// different winners among them. The first such game counts, and a game that answers nothing is ignored. A room never
/// needs more than one game, because a tie decides only when it uses up what is left to award. Rules: 2.4 to 2.8.
///
/// ```
/// # use tallylog_rules::{Apportionment, Attendees, ByGroup, Delegates, Ruleset, apportion};
/// let rules = Ruleset::iowa_2020();
/// let groups = ByGroup::numbered([20, 10, 7].map(Attendees))?;
/// assert_eq!(
///     apportion(&rules, Attendees(37), Delegates(7), &groups, &[]),
///     Apportionment::Settled(ByGroup::numbered([4, 2, 1].map(Delegates))?),
/// );
/// # Ok::<(), tallylog_rules::GroupsError>(())
/// ```
#[must_use]
pub fn apportion(
    rules: &Ruleset,
    room: Attendees,
    electing: Delegates,
    final_alignment: &ByGroup<Attendees>,
    games: &[Game],
) -> Apportionment {
    if room.0 == 0 {
        return Apportionment::NobodyAttended;
    }
    let Some(threshold) = viability_threshold(rules, room, electing) else {
        return Apportionment::RoomElects;
    };
    let mut viable: Vec<Standing> = final_alignment
        .iter()
        .filter(|(_, members)| *members >= threshold)
        .map(|(group, members)| Standing::new(*group, *members, room, electing))
        .collect();
    if viable.is_empty() {
        return Apportionment::NobodyViable;
    }
    let undecided = if viable.len() > usize::from(electing.0) {
        one_to_each_of_the_largest(&mut viable, electing)
    } else {
        by_share(&mut viable, electing)
    };
    match undecided {
        None => Apportionment::Settled(awards(&viable)),
        Some(undecided) => Tie::new(&viable, undecided).decided_by(games),
    }
}

impl Apportionment {
    /// The delegates of `group` where every lawful outcome gives it the same number, otherwise `None`.
    #[must_use]
    pub fn award(&self, group: GroupId) -> Option<Delegates> {
        match self {
            Self::Settled(awards) => Some(awards.of(group)),
            Self::Chance(tie) if tie.among.contains(&group) => None,
            Self::Chance(tie) => Some(tie.awards.of(group)),
            Self::NobodyViable | Self::NobodyAttended => Some(Delegates(0)),
            Self::RoomElects => None,
        }
    }

    /// The decision that waits for a game of chance, if there is one.
    #[must_use]
    pub const fn tie(&self) -> Option<&Tie> {
        match self {
            Self::Chance(tie) => Some(tie),
            Self::Settled(_) | Self::NobodyViable | Self::RoomElects | Self::NobodyAttended => None,
        }
    }

    /// Whether `awards` is one of the lawful outcomes. Where the room elects its delegate, every award is.
    #[must_use]
    pub fn permits(&self, awards: &ByGroup<Delegates>) -> bool {
        match self {
            Self::Settled(lawful) => lawful.agrees_with(awards),
            Self::Chance(tie) => tie.permits(awards),
            Self::NobodyViable | Self::NobodyAttended => awards.is_zero(),
            Self::RoomElects => true,
        }
    }
}

impl Tie {
    fn new(viable: &[Standing], undecided: Undecided) -> Self {
        Self {
            awards: awards(viable),
            delegates: Delegates(whole(undecided.delegates)),
            among: undecided.among,
        }
    }

    fn decided_by(self, games: &[Game]) -> Apportionment {
        match games.iter().find(|game| self.answered_by(game)) {
            None => Apportionment::Chance(self),
            Some(game) => Apportionment::Settled(self.won_by(&game.winners)),
        }
    }

    /// Whether `game` was held over this tie and names as many different winners as there are delegates to win.
    #[must_use]
    pub fn answered_by(&self, game: &Game) -> bool {
        let to_win = usize::from(self.delegates.0);
        let won = self.among.iter().filter(|id| game.winners.contains(id));
        game.delegates == self.delegates
            && game.among.len() == self.among.len()
            && self.among.iter().all(|id| game.among.contains(id))
            && game.winners.len() == to_win
            && won.count() == to_win
    }

    fn won_by(&self, winners: &[GroupId]) -> ByGroup<Delegates> {
        self.awards
            .filter_map(|group, Delegates(settled)| Some(Delegates(settled + u16::from(winners.contains(&group)))))
    }

    /// Whether `awards` is what some draw would have given.
    fn permits(&self, awards: &ByGroup<Delegates>) -> bool {
        let has_won = |id: &GroupId| awards.of(*id).0.checked_sub(self.awards.of(*id).0) == Some(1);
        let winners: Vec<GroupId> = self.among.iter().copied().filter(has_won).collect();
        winners.len() == usize::from(self.delegates.0) && self.won_by(&winners).agrees_with(awards)
    }
}

/// A viable group, its share, and what it has been awarded so far.
struct Standing {
    group: GroupId,
    members: Attendees,
    share: i64,
    award: i64,
}

/// What is left when only chance can go on: fewer delegates than groups with an equal claim.
struct Undecided {
    delegates: usize,
    among: Vec<GroupId>,
}

impl Standing {
    /// Rounds the share to ten-thousandths, and the award to the nearest delegate, at least one. Rules: 2.4, 2.5.
    fn new(group: GroupId, members: Attendees, room: Attendees, electing: Delegates) -> Self {
        // u32::MAX people, 65,535 delegates and 10,000 make 2.8e18: an i64 holds three times that.
        let whole = i64::from(members.0) * i64::from(electing.0) * DELEGATE;
        let share = rounded_half_up(whole, room.0.into());
        Self {
            group,
            members,
            share,
            award: rounded_half_up(share, DELEGATE).max(1),
        }
    }

    fn distance_to_next(&self) -> i64 {
        self.excess() + DELEGATE
    }

    fn excess(&self) -> i64 {
        self.award * DELEGATE - self.share
    }

    fn can_lose(&self) -> bool {
        self.award > 1
    }
}

const fn rounded_half_up(numerator: i64, denominator: i64) -> i64 {
    (2 * numerator + denominator) / (2 * denominator)
}

/// More viable groups than delegates: the largest get one each. Rule: 2.8.
fn one_to_each_of_the_largest(viable: &mut [Standing], Delegates(electing): Delegates) -> Option<Undecided> {
    let electing = usize::from(electing);
    let mut sizes: Vec<Attendees> = viable.iter().map(|group| group.members).collect();
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    let smallest_in = sizes[electing - 1];
    let larger = sizes.iter().filter(|size| **size > smallest_in).count();
    let everyone_fits = sizes[electing] < smallest_in;
    for group in viable.iter_mut() {
        let is_in = group.members > smallest_in || (everyone_fits && group.members == smallest_in);
        group.award = i64::from(is_in);
    }
    let equal = viable.iter().filter(|group| group.members == smallest_in);
    (!everyone_fits).then(|| Undecided {
        delegates: electing - larger,
        among: equal.map(|group| group.group).collect(),
    })
}

fn by_share(viable: &mut [Standing], electing: Delegates) -> Option<Undecided> {
    let awarded: i64 = viable.iter().map(|group| group.award).sum();
    let missing = i64::from(electing.0) - awarded;
    if missing > 0 {
        give(viable, missing)
    } else {
        let surplus = take_whole_rounds(viable, -missing);
        take(viable, surplus)
    }
}

/// Gives each missing delegate to the group that is nearest to its next one. Rule: 2.6.
fn give(viable: &mut [Standing], mut missing: i64) -> Option<Undecided> {
    while missing > 0 {
        let nearest = viable.iter().map(Standing::distance_to_next).min()?;
        let is_tied = |group: &Standing| group.distance_to_next() == nearest;
        let tied = groups(viable, is_tied);
        let left = missing - count(&tied);
        if left < 0 {
            return Some(Undecided {
                delegates: usize::try_from(missing).ok()?,
                among: tied,
            });
        }
        // All of them gain before anybody else: one that has gained stands a whole delegate behind the others.
        for group in viable.iter_mut().filter(|group| is_tied(group)) {
            group.award += 1;
        }
        missing = left;
    }
    None
}

/// Takes each surplus delegate from the group that is furthest above its share, never an only one. Rule: 2.6.
fn take(viable: &mut [Standing], mut surplus: i64) -> Option<Undecided> {
    while surplus > 0 {
        let losers = viable.iter().filter(|group| group.can_lose());
        let furthest = losers.map(Standing::excess).max()?;
        let is_tied = |group: &Standing| group.can_lose() && group.excess() == furthest;
        let tied = groups(viable, is_tied);
        for group in viable.iter_mut().filter(|group| is_tied(group)) {
            group.award -= 1;
        }
        surplus -= count(&tied);
        if surplus < 0 {
            // All of them have lost one, and this many were lost for nothing: those are won back by chance.
            return Some(Undecided {
                delegates: usize::try_from(-surplus).ok()?,
                among: tied,
            });
        }
    }
    None
}

/// Takes one delegate from every group that can lose one, as often as that is sure to be what [`take`] would do.
///
/// More people at final alignment than in the room make a surplus of any size, and a step for each delegate of it
/// would let one false report keep a processor busy for hours. Whole rounds are the same thing: awards were rounded,
/// so the excesses of those that can lose lie within less than a delegate, and none loses twice before all have lost.
fn take_whole_rounds(viable: &mut [Standing], mut surplus: i64) -> i64 {
    loop {
        let losers = viable.iter().filter(|group| group.can_lose());
        let (among, fewest) = losers.fold((0, i64::MAX), |(among, fewest), group| {
            (among + 1, fewest.min(group.award - 1))
        });
        if among == 0 || surplus < among {
            return surplus;
        }
        let rounds = fewest.min(surplus / among);
        for group in viable.iter_mut().filter(|group| group.can_lose()) {
            group.award -= rounds;
        }
        surplus -= rounds * among;
    }
}

fn groups(viable: &[Standing], is_meant: impl Fn(&Standing) -> bool) -> Vec<GroupId> {
    let meant = viable.iter().filter(|group| is_meant(group));
    meant.map(|group| group.group).collect()
}

fn count(groups: &[GroupId]) -> i64 {
    // A contest has at most 65,535 groups.
    i64::try_from(groups.len()).unwrap_or(i64::MAX)
}

fn awards(viable: &[Standing]) -> ByGroup<Delegates> {
    let awards = viable.iter().map(|group| {
        // The awards of a room add up to at most what it elects.
        let award = u16::try_from(group.award).unwrap_or(u16::MAX);
        (group.group, Delegates(award))
    });
    ByGroup::in_roster_order(awards.collect())
}

fn whole(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}
