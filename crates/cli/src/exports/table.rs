//! What an export says, before anything is written: every figure, where everything stands, and which log it is of.

use num_rational::BigRational;
use tallylog_event::{ContestKind, EntryIndex, PrecinctId, SiteKind, UnixMillis};
use tallylog_projection::{Basis, Counted, Line, ResultsTree, Scope, Standing, State, Totals};
use tallylog_rules::{ByGroup, GroupId, Sheet, exact, published, room};
use tallylog_tlog::Hash;

use crate::show::{WITHHELD, decimal};
use crate::time;

/// Everything that an export says.
pub(crate) struct Table {
    pub(super) head: Head,
    /// Over the whole state, in roster order of the groups.
    pub(super) totals: Vec<Row>,
    pub(super) counties: Vec<CountyRows>,
}

/// Which log an export is of, which of its figures it has, and how complete they are.
pub(super) struct Head {
    pub(super) contest_id: String,
    pub(super) contest: String,
    pub(super) kind: ContestKind,
    pub(super) origin: String,
    pub(super) size: u64,
    pub(super) root: String,
    pub(super) results_root: String,
    pub(super) basis: Basis,
    /// The latest release at that size.
    pub(super) release: Option<String>,
    /// When the last entry at that size was received.
    pub(super) as_of: UnixMillis,
    pub(super) precincts: u64,
    /// Absent where nothing is released and the rest is withheld.
    pub(super) counted: Option<u64>,
    pub(super) standing: Progress,
    /// Whether everything that is not counted is withheld until it is released.
    pub(super) withholds: bool,
}

/// How far the results are, in the words of NIST SP 1500-100.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    Nothing,
    Partial,
    Complete,
    Certified,
}

impl Progress {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "pre-election",
            Self::Partial => "unofficial-partial",
            Self::Complete => "unofficial-complete",
            Self::Certified => "certified",
        }
    }
}

pub(super) struct CountyRows {
    pub(super) name: String,
    pub(super) fips: Option<u32>,
    pub(super) satellites: bool,
    /// Whether nothing of it is released and the rest is withheld.
    pub(super) withheld: bool,
    pub(super) totals: Vec<Row>,
    pub(super) precincts: Vec<PrecinctRows>,
}

pub(super) struct PrecinctRows {
    pub(super) name: String,
    pub(super) code: String,
    /// One word: where the precinct stands.
    pub(super) status: &'static str,
    pub(super) counted: Option<Version>,
    pub(super) groups: Vec<Row>,
}

/// The version of a precinct that is counted.
#[derive(Clone, Copy)]
pub(super) struct Version {
    pub(super) entry: EntryIndex,
    pub(super) received_at: UnixMillis,
    /// As the worksheet says.
    pub(super) attendance: Option<u32>,
    /// By the rules.
    pub(super) room: u32,
}

/// The figures of one group. A result set that nobody gave is absent, and a 0 that stands there is not.
#[derive(Clone)]
pub(super) struct Row {
    pub(super) group: String,
    pub(super) first: Option<u64>,
    pub(super) last: Option<u64>,
    pub(super) delegates: Option<u64>,
    /// In ten-thousandths, in the published style.
    pub(super) sde: Option<u64>,
    /// As a fraction in lowest terms.
    pub(super) exact: Option<String>,
}

impl Table {
    /// What `basis` counts in `state`, whose log has the root `root`. `None` before a contest is open.
    pub(crate) fn of(state: &State, root: Hash, basis: Basis) -> Option<Self> {
        let tree = ResultsTree::of(state, basis)?;
        let counted = Counted::new(state, basis);
        let maker = Maker {
            state,
            counted: &counted,
            tree: &tree,
        };
        Some(Self {
            head: maker.head(root)?,
            totals: maker.totals(Scope::State),
            counties: state.roster().counties().map(|county| maker.county(county)).collect(),
        })
    }

    /// The night that it is about: when the first version came that is counted. A contest has no date of its own.
    pub(super) fn night(&self) -> UnixMillis {
        let precincts = self.counties.iter().flat_map(|county| &county.precincts);
        let received = precincts.filter_map(|precinct| Some(precinct.counted?.received_at));
        received.min().unwrap_or(self.head.as_of)
    }

    pub(super) fn is_rehearsal(&self) -> bool {
        self.head.kind == ContestKind::Rehearsal
    }
}

impl Head {
    pub(super) const fn kind(&self) -> &'static str {
        kind_name(self.kind)
    }

    pub(super) const fn basis(&self) -> &'static str {
        basis_name(self.basis)
    }

    pub(super) fn as_of(&self) -> String {
        time::utc(self.as_of.0)
    }
}

pub(super) const fn basis_name(basis: Basis) -> &'static str {
    match basis {
        Basis::Recorded => "recorded",
        Basis::Released => "released",
    }
}

struct Maker<'a> {
    state: &'a State,
    counted: &'a Counted<'a>,
    tree: &'a ResultsTree,
}

impl Maker<'_> {
    fn head(&self, root: Hash) -> Option<Head> {
        let contest = self.state.contest()?;
        let precincts = u64::try_from(self.tree.leaves().len()).unwrap_or(u64::MAX);
        let counted = self.tree.sums().precincts.counted;
        Some(Head {
            contest_id: contest.id.to_string(),
            contest: contest.name.to_string(),
            kind: contest.kind,
            origin: contest.log.origin.to_string(),
            size: self.state.size(),
            root: hex::encode(root.0),
            results_root: self.tree.root().to_string(),
            basis: self.tree.basis(),
            release: self.state.releases().last().map(|release| release.name.to_string()),
            as_of: self.state.last_received_at().unwrap_or_default(),
            precincts,
            counted: (counted > 0 || !self.withholds()).then_some(counted),
            withholds: self.withholds(),
            standing: progress(self.state, self.tree),
        })
    }

    fn withholds(&self) -> bool {
        super::withholds(self.state, self.tree.basis())
    }

    /// A place of which nothing is released has no figures where the rest is withheld, rather than noughts.
    fn is_withheld(&self, scope: Scope) -> bool {
        let mut counties = self.state.roster().counties().filter(|county| scope.covers(county));
        let counts = |county: &tallylog_event::County| {
            let leaves = self.tree.leaves().get(self.state.roster().positions(county.id));
            leaves.is_some_and(|leaves| leaves.iter().any(|leaf| leaf.tally.is_some()))
        };
        self.withholds() && !counties.any(counts)
    }

    fn totals(&self, scope: Scope) -> Vec<Row> {
        if self.is_withheld(scope) {
            return self.groups().map(|(_, name)| Row::withheld(name)).collect();
        }
        let lines = Totals::of(self.counted, scope).lines;
        let named = self.groups().zip(lines);
        named.map(|((_, name), line)| Row::of_line(name, &line)).collect()
    }

    fn county(&self, county: &tallylog_event::County) -> CountyRows {
        let numbers = (0_u16..).zip(&county.precincts);
        let precincts = numbers.map(|(number, precinct)| {
            let id = PrecinctId {
                county: county.id,
                number,
            };
            self.precinct(id, precinct)
        });
        CountyRows {
            name: county.name.to_string(),
            fips: county.fips,
            satellites: county.kind == SiteKind::Satellites,
            withheld: self.is_withheld(Scope::County(county.id)),
            totals: self.totals(Scope::County(county.id)),
            precincts: precincts.collect(),
        }
    }

    fn precinct(&self, id: PrecinctId, precinct: &tallylog_event::Precinct) -> PrecinctRows {
        let position = self.state.roster().position(id);
        let leaf = position.and_then(|position| self.tree.leaves().get(position));
        let standing = leaf.and_then(|leaf| leaf.tally.as_ref()).map(|tally| tally.standing);
        let sheet = self.counted.sheet(id);
        PrecinctRows {
            name: precinct.name.to_string(),
            code: precinct.code.to_string(),
            status: word(standing, self.tree.basis(), self.withholds()),
            counted: self.counted.version(id).zip(sheet).map(|(version, sheet)| Version {
                entry: version.entry,
                received_at: version.received_at,
                attendance: sheet.attendance.map(|attendance| attendance.people.0),
                room: room(sheet).0,
            }),
            groups: self
                .groups()
                .map(|(group, name)| self.row(id, sheet, group, name))
                .collect(),
        }
    }

    fn row(&self, id: PrecinctId, sheet: Option<&Sheet>, group: GroupId, name: &str) -> Row {
        let awarded = sheet.and_then(|sheet| Some(sheet.awards.as_ref()?.of(group)));
        // A place without delegates has no ratio; what is awarded there is worth nothing.
        let ratio = self.counted.ratio(id);
        Row {
            group: name.to_owned(),
            first: people(sheet.and_then(|sheet| sheet.first_alignment.as_ref()), group),
            last: people(sheet.and_then(|sheet| sheet.final_alignment.as_ref()), group),
            delegates: awarded.map(u64::from),
            sde: awarded.map(|awarded| ratio.map_or(0, |ratio| published(awarded, ratio).0)),
            exact: awarded.map(|awarded| fraction(&ratio.map(|ratio| exact(awarded, ratio)).unwrap_or_default())),
        }
    }

    fn groups(&self) -> impl Iterator<Item = (GroupId, &str)> {
        let candidates = self.state.contest().map_or(&[][..], |contest| &contest.candidates);
        let numbered = (1_u16..).zip(candidates);
        numbered.filter_map(|(number, candidate)| Some((GroupId::new(number).ok()?, candidate.name.as_str())))
    }
}

impl Row {
    fn withheld(group: &str) -> Self {
        Self {
            group: group.to_owned(),
            first: None,
            last: None,
            delegates: None,
            sde: None,
            exact: None,
        }
    }

    fn of_line(group: &str, line: &Line) -> Self {
        Self {
            group: group.to_owned(),
            first: Some(line.first_alignment),
            last: Some(line.final_alignment),
            delegates: Some(line.delegates),
            sde: Some(line.equivalents.0),
            exact: Some(fraction(&line.exact)),
        }
    }

    pub(super) fn sde(&self) -> Option<String> {
        self.sde.map(decimal)
    }
}

fn people(figures: Option<&ByGroup<tallylog_rules::Attendees>>, group: GroupId) -> Option<u64> {
    figures.map(|figures| u64::from(figures.of(group).0))
}

pub(super) fn fraction(exact: &BigRational) -> String {
    format!("{}/{}", exact.numer(), exact.denom())
}

/// How far the results of a tree are.
pub(super) fn progress(state: &State, tree: &ResultsTree) -> Progress {
    let precincts = tree.sums().precincts;
    let all = u64::try_from(tree.leaves().len()).unwrap_or(u64::MAX);
    if precincts.counted == 0 && super::withholds(state, tree.basis()) {
        Progress::Partial
    } else if precincts.counted == 0 {
        Progress::Nothing
    } else if super::is_certified(state, tree.basis()) {
        Progress::Certified
    } else if precincts.counted < all {
        Progress::Partial
    } else {
        Progress::Complete
    }
}

/// What kind of contest an export is of.
pub(super) const fn kind_name(kind: ContestKind) -> &'static str {
    match kind {
        ContestKind::Election => "election",
        ContestKind::Rehearsal => "rehearsal",
        ContestKind::Archive => "archive",
    }
}

/// Where a precinct stands in one word: the first that applies, as everywhere. Of what is released nothing is told but
/// that it is: the other words would tell of what is not.
pub(super) fn word(standing: Option<Standing>, basis: Basis, withholds: bool) -> &'static str {
    match (standing, basis) {
        (None, Basis::Released) if withholds => WITHHELD,
        (None, Basis::Recorded) => "awaiting",
        (None, Basis::Released) => "not released",
        (Some(_), Basis::Released) => "released",
        (Some(standing), Basis::Recorded) if standing.held => "held",
        (Some(standing), Basis::Recorded) if standing.current => "released",
        (Some(standing), Basis::Recorded) if standing.corrected => "corrected",
        (Some(standing), Basis::Recorded) if standing.confirmed => "confirmed",
        (Some(_), Basis::Recorded) => "reported",
    }
}
