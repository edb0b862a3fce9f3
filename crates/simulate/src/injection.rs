//! Finds a precinct for each slip and spoils its report.

use std::collections::{BTreeMap, BTreeSet};

use tallylog_event::PrecinctId;
use tallylog_rules::{Attendees, ByGroup, Delegates, Place, Ruleset, Sheet};

use crate::chance::Chance;
use crate::room::{Floor, Room};
use crate::slip::{SLIPS, Slip, scaled};
use crate::words::{figures, floor};

/// V21 looks at rooms of ten people or more, because smaller ones agree by chance.
const FEWEST_FOR_A_DUPLICATE: u32 = 10;
/// V19 looks at columns of five people or more.
const FEWEST_FOR_A_SHIFT: u32 = 5;

/// A report as it comes in, and what is wrong with it.
pub(crate) struct Spoilt {
    pub(crate) slip: Slip,
    pub(crate) sheet: Sheet,
}

/// The night as it was, before anybody errs.
#[derive(Clone, Copy)]
pub(crate) struct Truth<'a> {
    pub(crate) rules: &'a Ruleset,
    pub(crate) places: &'a BTreeMap<PrecinctId, Place>,
    pub(crate) sheets: &'a BTreeMap<PrecinctId, Sheet>,
}

/// Spoils as many reports as people spoilt in 2020, in proportion, no report twice.
///
/// `twice` are the precincts from which two sources report.
pub(crate) fn inject(
    truth: Truth<'_>,
    twice: &BTreeSet<PrecinctId>,
    mut chance: Chance,
) -> BTreeMap<PrecinctId, Spoilt> {
    let mut free: Vec<PrecinctId> = truth.sheets.keys().copied().collect();
    chance.shuffle(&mut free);
    let mut spoilt = BTreeMap::new();
    for (slip, count) in SLIPS {
        let mut left = scaled(count, truth.sheets.len());
        let mut at = 0;
        while left > 0 && at < free.len() {
            match truth.spoil(slip, free[at], &free, twice, &mut chance) {
                Some(found) => {
                    let id = free[at];
                    free.retain(|other| *other != id && Some(*other) != found.twin);
                    spoilt.insert(
                        id,
                        Spoilt {
                            slip,
                            sheet: found.sheet,
                        },
                    );
                    left -= 1;
                }
                None => at += 1,
            }
        }
    }
    spoilt
}

/// A spoilt sheet, and the precinct whose figures it shows, which must stay as it is.
struct Found {
    sheet: Sheet,
    twin: Option<PrecinctId>,
}

impl Truth<'_> {
    /// The report of precinct `id` with the slip, or `None` where the room gives no occasion for it.
    fn spoil(
        self,
        slip: Slip,
        id: PrecinctId,
        free: &[PrecinctId],
        twice: &BTreeSet<PrecinctId>,
        chance: &mut Chance,
    ) -> Option<Found> {
        // Two sources would not misread a worksheet in the same way.
        if !slip.is_on_worksheet() && twice.contains(&id) != (slip == Slip::SourcesDiffer) {
            return None;
        }
        if slip == Slip::AnothersFigures {
            return self.anothers_figures(id, free);
        }
        let page = Page::new(self.rules, self.places[&id], &self.sheets[&id])?;
        let sheet = page.spoil(slip, chance)?;
        Some(Found { sheet, twin: None })
    }

    /// Somebody chose the wrong precinct: another of the county that elects as many, so that all else is in order.
    fn anothers_figures(self, id: PrecinctId, free: &[PrecinctId]) -> Option<Found> {
        let is_like =
            |other: &PrecinctId| *other != id && other.county == id.county && self.places[other] == self.places[&id];
        let twin = free.iter().copied().find(is_like)?;
        let sheet = self.sheets[&twin].clone();
        let has_groups = sheet.worksheet_threshold.is_some();
        let is_noticed = sheet.attendance?.people.0 >= FEWEST_FOR_A_DUPLICATE && has_groups;
        is_noticed.then_some(Found {
            sheet,
            twin: Some(twin),
        })
    }
}

/// A right worksheet of a room with groups, taken apart.
struct Page<'a> {
    sheet: &'a Sheet,
    place: Place,
    room: Room<'a>,
    threshold: u32,
    first: Floor,
    last: Floor,
    awards: Floor,
}

impl<'a> Page<'a> {
    fn new(rules: &'a Ruleset, place: Place, sheet: &'a Sheet) -> Option<Self> {
        let room = Room::new(rules, place, sheet.attendance?.people.0);
        Some(Self {
            sheet,
            place,
            threshold: room.threshold()?,
            room,
            first: floor(sheet.first_alignment.as_ref()?),
            last: floor(sheet.final_alignment.as_ref()?),
            awards: floor(sheet.awards.as_ref()?),
        })
    }

    fn spoil(&self, slip: Slip, chance: &mut Chance) -> Option<Sheet> {
        match slip {
            Slip::AnothersFigures => None,
            Slip::ColumnShifted => self.column_shifted(),
            Slip::GameUnrecorded => self.game_unrecorded(),
            Slip::LockInBroken => self.lock_in_broken(chance),
            Slip::AwardMoved => self.award_moved(chance),
            Slip::SumMiscounted => self.sum_miscounted(chance),
            Slip::RoundMissing => Some(self.round_missing(chance)),
            Slip::FirstUndercounted => self.first_undercounted(chance),
            Slip::WrongDelegates => self.wrong_delegates(chance),
            Slip::WrongThreshold => self.wrong_threshold(),
            Slip::SourcesDiffer => self.two_lines_swapped(),
        }
    }

    fn column_shifted(&self) -> Option<Sheet> {
        let beside = |at: usize| [at.checked_sub(1), Some(at + 1)].into_iter().flatten();
        let is_empty = |at: &usize| *at < self.last.len() && self.first[*at] == 0 && self.last[*at] == 0;
        let (from, to) = self
            .viable_at_first()
            .filter(|at| self.last[*at] >= FEWEST_FOR_A_SHIFT && self.first[*at] >= FEWEST_FOR_A_SHIFT)
            .find_map(|at| Some((at, beside(at).find(is_empty)?)))?;
        let (mut last, mut awards) = (self.last, self.awards);
        last.swap(from, to);
        awards.swap(from, to);
        self.is_lock_in_plain().then(|| Sheet {
            final_alignment: Some(figures(last.map(Attendees))),
            awards: Some(delegates(awards)),
            ..self.sheet.clone()
        })
    }

    fn game_unrecorded(&self) -> Option<Sheet> {
        (!self.sheet.games.is_empty()).then(|| Sheet {
            games: Vec::new(),
            ..self.sheet.clone()
        })
    }

    /// One or two members of a viable group change to another; the room awards by what it then sees.
    fn lock_in_broken(&self, chance: &mut Chance) -> Option<Sheet> {
        let left = chance.between(1, 2);
        let is_left = |at: &usize| self.last[*at] >= self.threshold + left && self.last[*at] - left < self.first[*at];
        let from = self.viable_at_first().find(is_left)?;
        let to = (0..self.last.len()).find(|at| *at != from && self.last[*at] >= self.threshold)?;
        let mut last = self.last;
        last[from] -= left;
        last[to] += left;
        let (awards, games) = self.room.award(&last, chance);
        self.is_lock_in_plain().then(|| Sheet {
            final_alignment: Some(figures(last.map(Attendees))),
            awards: Some(awards),
            games,
            ..self.sheet.clone()
        })
    }

    fn award_moved(&self, chance: &mut Chance) -> Option<Sheet> {
        let from = (0..self.awards.len())
            .filter(|at| self.awards[*at] > 1)
            .max_by_key(|at| self.awards[*at])?;
        let to: Vec<usize> = (0..self.awards.len())
            .filter(|at| *at != from && self.awards[*at] > 0)
            .collect();
        if to.is_empty() {
            return None;
        }
        let mut awards = self.awards;
        awards[from] -= 1;
        awards[*chance.pick(&to)] += 1;
        self.unlawful(awards)
    }

    fn sum_miscounted(&self, chance: &mut Chance) -> Option<Sheet> {
        let largest = (0..self.awards.len()).max_by_key(|at| self.awards[*at])?;
        let mut awards = self.awards;
        if chance.percent(50) && awards[largest] > 1 {
            awards[largest] -= 1;
        } else {
            awards[largest] += 1;
        }
        self.unlawful(awards)
    }

    /// The sheet with other awards than its own. Without a game of chance the rules give one award only, so that any
    /// other is unlawful.
    fn unlawful(&self, awards: Floor) -> Option<Sheet> {
        self.sheet.games.is_empty().then(|| Sheet {
            awards: Some(delegates(awards)),
            ..self.sheet.clone()
        })
    }

    fn round_missing(&self, chance: &mut Chance) -> Sheet {
        let mut sheet = self.sheet.clone();
        if chance.percent(50) {
            sheet.first_alignment = None;
        } else {
            sheet.final_alignment = None;
        }
        sheet
    }

    /// The largest group was counted short by more people than went home; it was viable all the same.
    fn first_undercounted(&self, chance: &mut Chance) -> Option<Sheet> {
        let gone = self.first.iter().sum::<u32>() - self.last.iter().sum::<u32>();
        let missed = gone + chance.between(1, 3);
        let largest = (0..self.first.len()).max_by_key(|at| self.first[*at])?;
        let mut first = self.first;
        first[largest] = first[largest].checked_sub(missed)?;
        (first[largest] >= self.threshold).then(|| Sheet {
            first_alignment: Some(figures(first.map(Attendees))),
            ..self.sheet.clone()
        })
    }

    fn wrong_delegates(&self, chance: &mut Chance) -> Option<Sheet> {
        let Place::Precinct { delegates } = self.place else {
            return None;
        };
        let wrong = if chance.percent(50) {
            delegates.0 - 1
        } else {
            delegates.0 + 1
        };
        Some(Sheet {
            worksheet_delegates: Some(Delegates(wrong)),
            ..self.sheet.clone()
        })
    }

    fn wrong_threshold(&self) -> Option<Sheet> {
        (self.threshold > 1).then(|| Sheet {
            worksheet_threshold: Some(Attendees(self.threshold - 1)),
            ..self.sheet.clone()
        })
    }

    /// Two groups that were not viable and dissolved, one read for the other: nothing else changes.
    fn two_lines_swapped(&self) -> Option<Sheet> {
        let dissolved = |at: &usize| self.first[*at] < self.threshold && self.last[*at] == 0;
        let mut small = (0..self.first.len()).filter(dissolved);
        let one = small.find(|at| self.first[*at] > 0)?;
        let other = small.find(|at| self.first[*at] != self.first[one])?;
        let mut first = self.first;
        first.swap(one, other);
        Some(Sheet {
            first_alignment: Some(figures(first.map(Attendees))),
            ..self.sheet.clone()
        })
    }

    fn viable_at_first(&self) -> impl Iterator<Item = usize> {
        (0..self.first.len()).filter(|at| self.first[*at] >= self.threshold)
    }

    /// Whether a viable group that shrinks breaks the lock-in, and nothing else is remarkable.
    fn is_lock_in_plain(&self) -> bool {
        let electing = usize::from(self.room.electing.0);
        self.viable_at_first().count() <= electing && self.sheet.games.is_empty()
    }
}

fn delegates(awards: Floor) -> ByGroup<Delegates> {
    figures(awards.map(|award| Delegates(u16::try_from(award).unwrap_or(u16::MAX))))
}
