//! Totals: sums over what a basis counts. Exact inside; rounded only where the published style rounds.

use num_bigint::BigInt;
use num_rational::BigRational;
use tallylog_event::{County, CountyId, District, PrecinctId};
use tallylog_rules::{
    ByGroup, Delegates, Equivalents, Fraction, GroupId, National, Sheet, national_delegates, published,
};

use crate::{Counted, State};

/// What a total sums over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Every county and pool.
    State,
    /// The counties and in-state pools of a congressional district, from 1.
    District(u8),
    /// A county or a pool.
    County(CountyId),
}

impl Scope {
    /// Whether a county or pool lies within it.
    #[must_use]
    pub fn covers(self, county: &County) -> bool {
        match self {
            Self::State => true,
            Self::District(number) => county.district == District::Congressional(number),
            Self::County(id) => county.id == id,
        }
    }
}

/// One group's figures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// People at first alignment.
    pub first_alignment: u64,
    /// People at final alignment.
    pub final_alignment: u64,
    /// Delegates to county conventions.
    pub delegates: u64,
    /// State delegate equivalents in the published style: each precinct's product rounded, then summed.
    pub equivalents: Equivalents,
    /// State delegate equivalents, exactly.
    pub exact: BigRational,
    /// The sum of what sources claim; `None` where none claims anything for any group.
    pub claimed: Option<Equivalents>,
}

/// The figures of every group over a scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Totals {
    /// A line a group, in roster order.
    pub lines: Vec<Line>,
    /// Precincts counted.
    pub counted: usize,
}

impl Totals {
    /// Sums what is counted over `scope`.
    #[must_use]
    pub fn of(counted: &Counted<'_>, scope: Scope) -> Self {
        let state = counted.state();
        let groups = state.contest().map_or(0, |contest| contest.candidates.len());
        let mut sums = Sums::new(groups);
        for county in state.roster().counties().filter(|county| scope.covers(county)) {
            for (number, _) in (0_u16..).zip(&county.precincts) {
                let precinct = PrecinctId {
                    county: county.id,
                    number,
                };
                if let Some(sheet) = counted.sheet(precinct) {
                    sums.add(sheet, counted.ratio(precinct));
                }
            }
        }
        sums.into_totals()
    }

    /// The figures of one precinct, as they go into every sum.
    #[must_use]
    pub fn of_precinct(counted: &Counted<'_>, precinct: PrecinctId) -> Self {
        let state = counted.state();
        let mut sums = Sums::new(state.contest().map_or(0, |contest| contest.candidates.len()));
        if let Some(sheet) = counted.sheet(precinct) {
            sums.add(sheet, counted.ratio(precinct));
        }
        sums.into_totals()
    }
}

/// Projects the national delegates of what is counted.
#[must_use]
pub fn national(counted: &Counted<'_>) -> Option<National> {
    let plan = &counted.state().contest()?.ruleset.national;
    let exact = |scope| -> Vec<BigRational> {
        Totals::of(counted, scope)
            .lines
            .into_iter()
            .map(|line| line.exact)
            .collect()
    };
    let districts: Vec<_> = (1_u8..)
        .zip(&plan.districts)
        .map(|(number, _)| exact(Scope::District(number)))
        .collect();
    Some(national_delegates(plan, &districts, &exact(Scope::State)))
}

/// Sums in the making.
pub(crate) struct Sums {
    lines: Vec<Line>,
    /// Delegates by what each is worth: a few hundred ratios, each multiplied once at the end.
    worth: std::collections::BTreeMap<(u64, u64), Vec<u64>>,
    counted: usize,
    claims: bool,
}

impl Sums {
    pub(crate) fn new(groups: usize) -> Self {
        Self {
            lines: vec![Line::default(); groups],
            worth: std::collections::BTreeMap::new(),
            counted: 0,
            claims: false,
        }
    }

    pub(crate) fn add(&mut self, sheet: &Sheet, ratio: Option<Fraction>) {
        self.counted += 1;
        self.column(sheet.first_alignment.as_ref(), |line, people| {
            line.first_alignment += u64::from(people.0);
        });
        self.column(sheet.final_alignment.as_ref(), |line, people| {
            line.final_alignment += u64::from(people.0);
        });
        self.column(sheet.claimed.as_ref(), |line, claim| {
            let sum = line.claimed.unwrap_or_default();
            line.claimed = Some(Equivalents(sum.0 + claim.0));
        });
        self.claims |= sheet.claimed.is_some();
        self.column(sheet.awards.as_ref(), |line, awarded| {
            line.delegates += u64::from(awarded.0);
            let product = ratio.map_or(Equivalents(0), |ratio| published(awarded, ratio));
            line.equivalents = Equivalents(line.equivalents.0 + product.0);
        });
        if let (Some(ratio), Some(awards)) = (ratio, &sheet.awards) {
            self.weigh(ratio, awards);
        }
    }

    fn column<T: Copy>(&mut self, figures: Option<&ByGroup<T>>, add: impl Fn(&mut Line, T)) {
        for (group, figure) in figures.into_iter().flatten() {
            if let Some(line) = self.lines.get_mut(place(*group)) {
                add(line, *figure);
            }
        }
    }

    fn weigh(&mut self, ratio: Fraction, awards: &ByGroup<Delegates>) {
        let groups = self.lines.len();
        let delegates = self
            .worth
            .entry((*ratio.numer(), *ratio.denom()))
            .or_insert_with(|| vec![0; groups]);
        for (group, awarded) in awards {
            if let Some(sum) = delegates.get_mut(place(*group)) {
                *sum += u64::from(awarded.0);
            }
        }
    }

    fn into_totals(mut self) -> Totals {
        let exact = self.exact();
        for (line, exact) in self.lines.iter_mut().zip(exact) {
            line.exact = exact;
            line.claimed = self.claims.then(|| line.claimed.unwrap_or_default());
        }
        Totals {
            lines: self.lines,
            counted: self.counted,
        }
    }

    /// The integers alone: exact equivalents are left at 0.
    pub(crate) fn into_integers(self) -> Vec<Line> {
        self.lines
    }

    /// The exact sums, over one common denominator, reduced once.
    fn exact(&self) -> Vec<BigRational> {
        let common = self.worth.keys().fold(BigInt::from(1), |lcm, (_, denominator)| {
            num_integer::lcm(lcm, BigInt::from(*denominator))
        });
        let mut sums = vec![BigInt::from(0); self.lines.len()];
        for ((numerator, denominator), delegates) in &self.worth {
            let worth = &common / denominator * numerator;
            for (sum, delegates) in sums.iter_mut().zip(delegates) {
                *sum += &worth * delegates;
            }
        }
        sums.into_iter()
            .map(|sum| BigRational::new(sum, common.clone()))
            .collect()
    }
}

fn place(group: GroupId) -> usize {
    usize::from(group.number()) - 1
}

impl State {
    /// The groups' names in roster order.
    #[must_use]
    pub fn group_name(&self, group: GroupId) -> &str {
        self.contest()
            .and_then(|contest| contest.candidates.get(place(group)))
            .map_or("unknown group", |candidate| candidate.name.as_str())
    }
}
