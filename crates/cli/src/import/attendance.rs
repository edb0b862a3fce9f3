//! The head counts of satellite sites: `satellite_attendance.csv`.

use std::collections::BTreeMap;
use std::path::Path;

use tallylog_event::County;
use tallylog_rules::Attendees;

use super::release::people;
use super::table::Table;
use crate::failure::{Failure, RowFault};

const HEADER: &str = "release,county,precinct,attendance";

/// Head counts by site, each by the release in which it stood.
pub(super) struct SiteAttendance(BTreeMap<(String, String), BTreeMap<String, Attendees>>);

impl SiteAttendance {
    pub(super) fn read(path: &Path, counties: &[County], largest_room: Attendees) -> Result<Self, Failure> {
        let mut sites = BTreeMap::<_, BTreeMap<_, _>>::new();
        let mut table = Table::open(path, HEADER)?;
        while let Some(row) = table.next()? {
            let (release, county, precinct) = (row.text(0), row.text(1), row.text(2));
            let known = counties.iter().find(|known| known.name.as_str() == county);
            let known = known.ok_or_else(|| row.fault(RowFault::County(county.to_owned())))?;
            if known.precincts.iter().all(|known| known.name.as_str() != precinct) {
                let (county, precinct) = (county.to_owned(), precinct.to_owned());
                return Err(row.fault(RowFault::Precinct { county, precinct }));
            }
            let people = people(&row, 3, "attendance", largest_room)?;
            let by_release: &mut BTreeMap<String, Attendees> =
                sites.entry((county.to_owned(), precinct.to_owned())).or_default();
            if by_release.insert(release.to_owned(), people).is_some() {
                return Err(row.fault(RowFault::Twice(format!("{release}, {county}, {precinct}"))));
            }
        }
        Ok(Self(sites))
    }

    /// The head count of a site in a release; where that release has none of its own, the one of the release before it
    /// by name, or else of the first after it.
    pub(super) fn of(&self, release: &str, county: &str, precinct: &str) -> Option<Attendees> {
        let by_release = self.0.get(&(county.to_owned(), precinct.to_owned()))?;
        let until = by_release.range::<str, _>((std::ops::Bound::Unbounded, std::ops::Bound::Included(release)));
        until
            .last()
            .or_else(|| by_release.first_key_value())
            .map(|(_, people)| *people)
    }
}
