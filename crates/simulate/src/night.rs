//! A whole night.

use std::collections::BTreeMap;

use tallylog_event::{Contest, County, Envelope, FileHash, PrecinctId, SiteKind, UnixMillis};
use tallylog_rules::{Place, Ruleset, Sheet};

use crate::aftermath::Aftermath;
use crate::chance::{Chance, Stream};
use crate::contest::{GROUPS, contest, setup};
use crate::desk::Desk;
use crate::evening::Evening;
use crate::filing::Filings;
use crate::injection::{Spoilt, Truth, inject};
use crate::milestones::milestones;
use crate::plan::{Arrival, Planned, What};
use crate::room::{Floor, Room};
use crate::roster::{Area, areas, ids, places};
use crate::{Keys, Options, Slip};

const FEWEST_IN_A_PRECINCT: u32 = 3;
/// Satellite sites that nobody attends: four of 87 in 2020.
const EMPTY_SITE_PERCENT: u32 = 5;

/// A synthetic night: what is signed before the doors close, and all that happens from then on.
#[derive(Clone, Debug)]
pub struct Night {
    /// The contest, a rehearsal.
    pub contest: Contest,
    /// Entry 0, the roster, the enrolments: in this order, each at the time that it records.
    pub setup: Vec<Envelope>,
    /// The evening and the days after, in order of time.
    pub plan: Vec<Planned>,
    /// Everybody's keys.
    pub keys: Keys,
    /// The counties and pools, as the roster lists them.
    pub counties: Vec<County>,
    /// What happened in each room. Reports differ from it where somebody erred.
    pub sheets: BTreeMap<PrecinctId, Sheet>,
    /// The human errors, in roster order; no precinct has two.
    pub injected: Vec<(PrecinctId, Slip)>,
    /// The files to which reports and corrections refer.
    pub files: BTreeMap<FileHash, Vec<u8>>,
}

/// Makes the night of `options`. The same options give the same bytes.
#[must_use]
pub fn night(options: &Options) -> Night {
    let areas = areas(options);
    let places = places(&areas);
    let keys = Keys::new(options.seed, places.keys().copied());
    let contest = contest(options, &keys);
    let mut desk = Desk::new(contest.id, options.seed);
    let setup = setup(
        options,
        &contest,
        areas.iter().map(|area| &area.county),
        &keys,
        &mut desk,
    );
    let sheets = sheets(options.seed, &contest.ruleset, &areas, &places);
    let filings = filings(options, &sheets);
    let truth = Truth {
        rules: &contest.ruleset,
        places: &places,
        sheets: &sheets,
    };
    let spoilt = spoilt(options, truth, &filings);
    let plan = Course {
        options,
        sheets: &sheets,
        spoilt: &spoilt,
        filings: &filings,
        keys: &keys,
    }
    .plan(&mut desk);
    let injected = spoilt.into_iter().map(|(id, spoilt)| (id, spoilt.slip)).collect();
    Night {
        contest,
        setup,
        plan,
        keys,
        counties: areas.into_iter().map(|area| area.county).collect(),
        sheets,
        injected,
        files: desk.into_files(),
    }
}

impl Night {
    /// The reports, in the order in which they reach the log, retries among them.
    pub fn arrivals(&self) -> impl Iterator<Item = (UnixMillis, &Arrival)> {
        self.plan.iter().filter_map(|planned| match &planned.what {
            What::Arrival(arrival) => Some((planned.at, arrival)),
            What::Correction(_) | What::Case(_) | What::Release(_) => None,
        })
    }

    /// What the roster says of `precinct`, if it lists it.
    #[must_use]
    pub fn place(&self, precinct: PrecinctId) -> Option<Place> {
        let county = self.counties.get(usize::from(precinct.county.0))?;
        let listed = county.precincts.get(usize::from(precinct.number))?;
        Some(match county.kind {
            SiteKind::Precincts { .. } => Place::Precinct {
                delegates: listed.delegates,
            },
            SiteKind::Satellites => Place::Satellite,
        })
    }
}

/// Holds every caucus.
fn sheets(
    seed: u64,
    rules: &Ruleset,
    areas: &[Area],
    places: &BTreeMap<PrecinctId, Place>,
) -> BTreeMap<PrecinctId, Sheet> {
    let in_area = |area: &Area| {
        let tilt = tilt(seed, area);
        let held = ids(&area.county).map(|id| {
            let mut chance = Chance::of(seed, Stream::Room, item(id));
            let people = attendance(area, places[&id], &mut chance);
            (id, Room::new(rules, places[&id], people).caucus(&tilt, &mut chance))
        });
        held.collect::<Vec<_>>()
    };
    areas.iter().flat_map(in_area).collect()
}

/// How the county leans.
fn tilt(seed: u64, area: &Area) -> Floor {
    let mut chance = Chance::of(seed, Stream::Tilt, area.county.id.0.into());
    GROUPS.map(|(_, weight)| weight * chance.between(60, 140))
}

/// People who come. To a precinct, as many as its delegates stand for, give or take half; to a satellite site mostly
/// few, and to some nobody.
fn attendance(area: &Area, place: Place, chance: &mut Chance) -> u32 {
    match place {
        Place::Precinct { delegates } => {
            let usual = area.people_to_100_delegates * u32::from(delegates.0) / 100;
            (usual * chance.between(50, 150) / 100).max(FEWEST_IN_A_PRECINCT)
        }
        Place::Satellite if chance.percent(EMPTY_SITE_PERCENT) => 0,
        Place::Satellite => {
            let size = chance.below(100);
            chance.between(1, 8) + size * size * size / 5_000
        }
    }
}

fn filings(options: &Options, sheets: &BTreeMap<PrecinctId, Sheet>) -> BTreeMap<PrecinctId, Filings> {
    let file = |(id, sheet): (&PrecinctId, &Sheet)| {
        let mut chance = Chance::of(options.seed, Stream::Filing, item(*id));
        let people = sheet.attendance.map_or(0, |attendance| attendance.people.0);
        (*id, Filings::new(options.start, people, &mut chance))
    };
    sheets.iter().map(file).collect()
}

fn spoilt(
    options: &Options,
    truth: Truth<'_>,
    filings: &BTreeMap<PrecinctId, Filings>,
) -> BTreeMap<PrecinctId, Spoilt> {
    if !options.errors {
        return BTreeMap::new();
    }
    let twice = filings.iter().filter(|(_, filings)| filings.second.is_some());
    let twice = twice.map(|(id, _)| *id).collect();
    inject(truth, &twice, Chance::new(options.seed, Stream::Slips))
}

/// What the plan is made from.
struct Course<'a> {
    options: &'a Options,
    sheets: &'a BTreeMap<PrecinctId, Sheet>,
    spoilt: &'a BTreeMap<PrecinctId, Spoilt>,
    filings: &'a BTreeMap<PrecinctId, Filings>,
    keys: &'a Keys,
}

impl Course<'_> {
    fn plan(&self, desk: &mut Desk) -> Vec<Planned> {
        let evening = Evening {
            version: self.options.version,
            sheets: self.sheets,
            spoilt: self.spoilt,
            filings: self.filings,
            keys: self.keys,
            chance: self.stream(Stream::Evening),
        };
        let mut plan = evening.arrivals(desk);
        plan.sort_by_key(|planned| planned.at);
        let milestones = milestones(
            self.options.start,
            &plan,
            self.keys,
            desk,
            self.stream(Stream::Milestones),
        );
        plan.extend(milestones);
        plan.extend(self.corrections(desk));
        // Stable: what happens at one moment stays in the order in which it was thought of.
        plan.sort_by_key(|planned| planned.at);
        plan
    }

    fn corrections(&self, desk: &mut Desk) -> Vec<Planned> {
        if !self.options.errors {
            return Vec::new();
        }
        let aftermath = Aftermath {
            version: self.options.version,
            start: self.options.start,
            sheets: self.sheets,
            spoilt: self.spoilt,
            keys: self.keys,
            chance: self.stream(Stream::Aftermath),
        };
        aftermath.corrections(desk)
    }

    fn stream(&self, stream: Stream) -> Chance {
        Chance::new(self.options.seed, stream)
    }
}

/// A number of its own for each precinct.
fn item(id: PrecinctId) -> u64 {
    (u64::from(id.county.0) << 16) | u64::from(id.number)
}
