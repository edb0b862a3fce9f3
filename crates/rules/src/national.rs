//! National delegates: the projection that a results page shows beside the state delegate equivalents.

use num_rational::BigRational;
use num_traits::{ToPrimitive, Zero};

use crate::{ByGroup, Delegates, GroupId, NationalPlan, Tie};

/// What elects national delegates together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A congressional district, from 1.
    District(usize),
    /// The at-large delegates, on the statewide equivalents.
    AtLarge,
    /// Party leaders and elected officials, on the statewide equivalents.
    Pleo,
}

/// The national delegates of one unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitAwards {
    /// Which unit.
    pub unit: Unit,
    /// The delegates of every group that qualified, without those in `tie`.
    pub awards: ByGroup<Delegates>,
    /// Equal remainders that decide who gets the last delegates. Nobody guesses: the delegates stay open.
    pub tie: Option<Tie>,
}

/// The national delegates of all units: districts in order, at-large, party leaders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct National(Vec<UnitAwards>);

impl National {
    /// The units: districts in order, at-large, party leaders and elected officials.
    pub fn units(&self) -> std::slice::Iter<'_, UnitAwards> {
        self.0.iter()
    }

    /// The delegates of `group` over all units, without any that a tie leaves open.
    #[must_use]
    pub fn total(&self, group: GroupId) -> u64 {
        let units = self.0.iter();
        units.map(|unit| u64::from(unit.awards.of(group))).sum()
    }

    /// Whether no tie leaves a delegate open.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.0.iter().all(|unit| unit.tie.is_none())
    }
}

/// Apportions the national delegates that these equivalents earn.
///
/// `districts` holds, for each congressional district in order, the equivalents of each group from group 1, in-state
/// satellite pools included; `state` holds those of the whole state. A unit without equivalents awards nothing.
/// Rules: 4.1 to 4.3.
///
/// ```
/// # use num_rational::BigRational;
/// # use tallylog_rules::{GroupId, Ruleset, national_delegates};
/// let of = |figures: [i64; 3]| figures.map(|n| BigRational::from_integer(n.into())).to_vec();
/// let plan = Ruleset::iowa_2020().national;
/// // 14 of 100 do not qualify, so the 7 delegates of the first district follow 50 and 36 of 86.
/// let national = national_delegates(&plan, &[of([50, 36, 14])], &of([0, 0, 0]));
/// assert_eq!(national.total(GroupId::new(1)?), 4);
/// assert_eq!(national.total(GroupId::new(2)?), 3);
/// # Ok::<(), tallylog_rules::GroupsError>(())
/// ```
#[must_use]
pub fn national_delegates(plan: &NationalPlan, districts: &[Vec<BigRational>], state: &[BigRational]) -> National {
    let nobody = Vec::new();
    let mut units = Vec::with_capacity(plan.districts.len() + 2);
    for (at, delegates) in plan.districts.iter().enumerate() {
        let equivalents = districts.get(at).unwrap_or(&nobody);
        units.push(unit(plan, Unit::District(at + 1), *delegates, equivalents));
    }
    units.push(unit(plan, Unit::AtLarge, plan.at_large, state));
    units.push(unit(plan, Unit::Pleo, plan.pleo, state));
    National(units)
}

/// A group that qualified in a unit: its whole delegates so far, and the rest of its share.
struct Qualified {
    group: GroupId,
    award: u16,
    remainder: BigRational,
}

fn unit(plan: &NationalPlan, unit: Unit, delegates: u16, equivalents: &[BigRational]) -> UnitAwards {
    let mut qualified = whole_delegates(delegates, qualifying(plan, equivalents));
    let awarded: u16 = qualified.iter().map(|group| group.award).sum();
    let undecided = largest_remainders(&mut qualified, delegates - awarded);
    let of = |group: &Qualified| (group.group, Delegates(group.award));
    let awards = ByGroup::in_roster_order(qualified.iter().map(of).collect());
    let tie = undecided.map(|(delegates, among)| Tie {
        awards: awards.clone(),
        delegates: Delegates(delegates),
        among,
    });
    UnitAwards { unit, awards, tie }
}

/// The groups with enough of the unit's equivalents, or if there are none, those with half the front-runner's. Rule: 4.1.
fn qualifying<'a>(plan: &NationalPlan, equivalents: &'a [BigRational]) -> Vec<(GroupId, &'a BigRational)> {
    let zero = BigRational::zero();
    let present: Vec<_> = (1..=u16::MAX)
        .zip(equivalents)
        .filter(|(_, figure)| **figure > zero)
        .filter_map(|(number, figure)| Some((GroupId::new(number).ok()?, figure)))
        .collect();
    let total: BigRational = present.iter().map(|(_, figure)| *figure).sum();
    // `validate` refuses a denominator of 0; a plan that nobody validated must not panic.
    let needed = total * whole(plan.threshold_numerator) / whole(plan.threshold_denominator.max(1));
    let most = present.iter().map(|(_, figure)| *figure).max();
    let half = most.map_or_else(BigRational::zero, |most| most / whole(2));
    let needed = if most.is_some_and(|most| *most >= needed) {
        needed
    } else {
        half
    };
    let enough = present.into_iter().filter(|(_, figure)| **figure >= needed);
    enough.collect()
}

/// The whole part of each share of those who qualified, and what remains of it. Rule: 4.2.
fn whole_delegates(delegates: u16, qualified: Vec<(GroupId, &BigRational)>) -> Vec<Qualified> {
    let total: BigRational = qualified.iter().map(|(_, figure)| *figure).sum();
    let share = |(group, figure): (GroupId, &BigRational)| {
        let share = figure * whole(delegates) / &total;
        // A part of `delegates`, so a u16 holds it.
        let award = share.to_integer().to_u16().unwrap_or(delegates);
        Qualified {
            group,
            award,
            remainder: share.fract(),
        }
    };
    qualified.into_iter().map(share).collect()
}

/// Gives what is left to the largest remainders, or says between whom the rules cannot decide. Rule: 4.2.
fn largest_remainders(qualified: &mut [Qualified], left: u16) -> Option<(u16, Vec<GroupId>)> {
    if left == 0 || qualified.is_empty() {
        return None;
    }
    let mut remainders: Vec<BigRational> = qualified.iter().map(|group| group.remainder.clone()).collect();
    remainders.sort_by(|a, b| b.cmp(a));
    // Each remainder is below one delegate, so fewer are left than there are groups.
    let last = remainders[usize::from(left) - 1].clone();
    let is_tied = remainders.get(usize::from(left)) == Some(&last);
    let mut open = left;
    for group in qualified.iter_mut() {
        if group.remainder > last || (!is_tied && group.remainder == last) {
            group.award += 1;
            open -= 1;
        }
    }
    let equal = qualified.iter().filter(|group| group.remainder == last);
    is_tied.then(|| (open, equal.map(|group| group.group).collect()))
}

fn whole(number: u16) -> BigRational {
    BigRational::from_integer(number.into())
}
