//! From published figures back to a worksheet: attendance stands in, and awards are recovered from equivalents.

use std::collections::BTreeMap;

use num_rational::Ratio;
use tallylog_event::{County, CountyId, SiteKind};
use tallylog_rules::{
    Attendance, Attendees, ByGroup, Delegates, Fraction, GroupId, Ruleset, Sheet, county_ratio, satellite_delegates,
    site_ratio,
};

use super::attendance::SiteAttendance;
use super::release::{Figures, Record, ReleaseFile};

/// What a release file's figures are read with.
pub(super) struct Reading<'a> {
    ruleset: &'a Ruleset,
    counties: &'a [County],
    release: &'a str,
    attendance: &'a SiteAttendance,
    /// The attendance of every pool over the sites of this file.
    pools: BTreeMap<CountyId, u64>,
}

impl<'a> Reading<'a> {
    pub(super) fn new(
        ruleset: &'a Ruleset,
        counties: &'a [County],
        file: &'a ReleaseFile,
        attendance: &'a SiteAttendance,
    ) -> Self {
        let mut reading = Self {
            ruleset,
            counties,
            release: file.name.as_str(),
            attendance,
            pools: BTreeMap::new(),
        };
        for record in &file.records {
            let people = u64::from(reading.room(record).people.0);
            *reading.pools.entry(record.precinct.county).or_default() += people;
        }
        reading
    }

    /// The worksheet that the published figures of a precinct give.
    pub(super) fn sheet(&self, record: &Record) -> Sheet {
        let room = self.room(record);
        let ratio = self.ratio(record, room.people);
        let awarded = |figures: &Figures| ratio.map_or(Delegates(0), |ratio| nearest(figures.claimed.0, ratio));
        Sheet {
            attendance: Some(room),
            first_alignment: Some(column(record, |figures| figures.first_alignment)),
            final_alignment: Some(column(record, |figures| figures.final_alignment)),
            awards: Some(column(record, awarded)),
            claimed: Some(column(record, |figures| figures.claimed)),
            ..Sheet::default()
        }
    }

    /// The head count of a site where there is one; otherwise the first alignment stands in for it.
    fn room(&self, record: &Record) -> Attendance {
        let first: u32 = record
            .figures
            .values()
            .map(|figures| figures.first_alignment.0)
            .fold(0, u32::saturating_add);
        let stand_in = Attendance {
            people: Attendees(first),
            counted: false,
        };
        let Some((county, name)) = self
            .names(record)
            .filter(|(county, _)| county.kind == SiteKind::Satellites)
        else {
            return stand_in;
        };
        let counted = self.attendance.of(self.release, county.name.as_str(), name);
        counted.map_or(stand_in, |people| Attendance { people, counted: true })
    }

    fn names(&self, record: &Record) -> Option<(&'a County, &'a str)> {
        let county = self.counties.get(usize::from(record.precinct.county.0))?;
        let precinct = county.precincts.get(usize::from(record.precinct.number))?;
        Some((county, precinct.name.as_str()))
    }

    fn ratio(&self, record: &Record, room: Attendees) -> Option<Fraction> {
        let (county, _) = self.names(record)?;
        match county.kind {
            SiteKind::Precincts { county_delegates } => county_ratio(county.state_delegates, county_delegates),
            SiteKind::Satellites => {
                let pool = self.pools.get(&county.id).copied().unwrap_or_default();
                site_ratio(
                    county.state_delegates,
                    room,
                    pool,
                    satellite_delegates(self.ruleset, room),
                )
            }
        }
    }
}

/// The whole number of delegates whose worth is nearest to the published equivalents.
fn nearest(ten_thousandths: u64, ratio: Fraction) -> Delegates {
    let exact = Ratio::new(u128::from(ten_thousandths), 10_000)
        / Ratio::new(u128::from(*ratio.numer()).max(1), u128::from(*ratio.denom()));
    Delegates(u16::try_from(exact.round().to_integer()).unwrap_or(u16::MAX))
}

/// The figures that are not 0: a zero of the published table and a group that is not there say the same.
fn column<T: Default + PartialEq>(record: &Record, of: impl Fn(&Figures) -> T) -> ByGroup<T> {
    let figures = record.figures.iter().map(|(group, figures)| (*group, of(figures)));
    let present: Vec<(GroupId, T)> = figures.filter(|(_, figure)| *figure != T::default()).collect();
    // The figures come from a map, so that each group stands there once and in order.
    ByGroup::new(present).unwrap_or_default()
}
