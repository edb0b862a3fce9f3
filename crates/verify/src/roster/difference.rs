//! Where two rosters differ.

use std::collections::BTreeMap;

use tallylog_event::{County, CountyId, District, Precinct, SiteKind};
use thiserror::Error;

/// One difference between a log's roster and the one that was named.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RosterDifference {
    /// The log lacks a county.
    #[error("the log does not list {0}")]
    NoCounty(String),
    /// The log has a county more.
    #[error("the log lists {0}, and the roster that was named does not")]
    MoreCounty(String),
    /// The log lacks a precinct.
    #[error("the log does not list {precinct} in {county}")]
    NoPrecinct {
        /// The county.
        county: String,
        /// The precinct.
        precinct: String,
    },
    /// The log has a precinct more.
    #[error("the log lists {precinct} in {county}, and the roster that was named does not")]
    MorePrecinct {
        /// The county.
        county: String,
        /// The precinct.
        precinct: String,
    },
    /// The order differs, and with it the numbers of places.
    #[error("the log lists {0} in another order")]
    Order(String),
    /// A figure or name of a county or precinct.
    #[error("{place}: {field} is {log} in the log, and {named} in the roster that was named")]
    Field {
        /// The county, or the county and the precinct.
        place: String,
        /// What differs.
        field: &'static str,
        /// What the log says.
        log: String,
        /// What the roster says that was named.
        named: String,
    },
}

/// Every difference, each with the county of the log that it is about, if there is one.
pub(crate) fn differences(log: &[&County], named: &[County]) -> Vec<(Option<CountyId>, RosterDifference)> {
    let mut found = Vec::new();
    let in_log: BTreeMap<&str, &County> = log.iter().map(|county| (county.name.as_str(), *county)).collect();
    let by_name: BTreeMap<&str, &County> = named.iter().map(|county| (county.name.as_str(), county)).collect();
    for county in log {
        match by_name.get(county.name.as_str()) {
            Some(other) => {
                let differences = of_county(county, other);
                found.extend(differences.into_iter().map(|difference| (Some(county.id), difference)));
            }
            None => found.push((Some(county.id), RosterDifference::MoreCounty(county.name.to_string()))),
        }
    }
    let missing = named.iter().filter(|county| !in_log.contains_key(county.name.as_str()));
    found.extend(missing.map(|county| (None, RosterDifference::NoCounty(county.name.to_string()))));
    let in_order = |county: &&&County| by_name.contains_key(county.name.as_str());
    let log_order = log.iter().filter(in_order).map(|county| county.name.as_str());
    let named_order = named.iter().map(|county| county.name.as_str());
    if !log_order.eq(named_order.filter(|name| in_log.contains_key(name))) {
        found.push((None, RosterDifference::Order("the counties".to_owned())));
    }
    found
}

fn of_county(log: &County, named: &County) -> Vec<RosterDifference> {
    let place = log.name.as_str();
    let mut found: Vec<_> = [
        field(place, "kind", &kind(log.kind), &kind(named.kind)),
        field(place, "FIPS code", &optional(log.fips), &optional(named.fips)),
        field(place, "district", &district(log.district), &district(named.district)),
        field(
            place,
            "state delegates",
            &log.state_delegates.to_string(),
            &named.state_delegates.to_string(),
        ),
    ]
    .into_iter()
    .flatten()
    .collect();
    of_precincts(log, named, &mut found);
    found
}

fn of_precincts(log: &County, named: &County, found: &mut Vec<RosterDifference>) {
    let precincts = |county: &County| -> Vec<String> {
        let precincts = county.precincts.iter();
        precincts.map(|precinct| precinct.name.to_string()).collect()
    };
    let (in_log, in_named) = (precincts(log), precincts(named));
    let county = || log.name.to_string();
    for precinct in &log.precincts {
        match named.precincts.iter().find(|other| other.name == precinct.name) {
            Some(other) => found.extend(of_precinct(log, precinct, other)),
            None => found.push(RosterDifference::MorePrecinct {
                county: county(),
                precinct: precinct.name.to_string(),
            }),
        }
    }
    let missing = in_named.iter().filter(|name| !in_log.contains(name));
    found.extend(missing.map(|precinct| RosterDifference::NoPrecinct {
        county: county(),
        precinct: precinct.clone(),
    }));
    let log_order = in_log.iter().filter(|name| in_named.contains(name));
    if !log_order.eq(in_named.iter().filter(|name| in_log.contains(name))) {
        found.push(RosterDifference::Order(format!("the precincts of {}", log.name)));
    }
}

fn of_precinct(county: &County, log: &Precinct, named: &Precinct) -> impl Iterator<Item = RosterDifference> {
    let place = format!("{}, {}", county.name, log.name);
    let code = field(&place, "code", log.code.as_str(), named.code.as_str());
    let (ours, theirs) = (log.delegates.to_string(), named.delegates.to_string());
    code.into_iter().chain(field(&place, "delegates", &ours, &theirs))
}

fn field(place: &str, field: &'static str, log: &str, named: &str) -> Option<RosterDifference> {
    (log != named).then(|| RosterDifference::Field {
        place: place.to_owned(),
        field,
        log: log.to_owned(),
        named: named.to_owned(),
    })
}

fn kind(kind: SiteKind) -> String {
    match kind {
        SiteKind::Precincts { county_delegates } => format!("county with {county_delegates} delegates"),
        SiteKind::Satellites => "pool of satellite sites".to_owned(),
    }
}

fn district(district: District) -> String {
    match district {
        District::Congressional(number) => number.to_string(),
        District::StateOnly => "none".to_owned(),
    }
}

fn optional(number: Option<u32>) -> String {
    number.map_or_else(|| "none".to_owned(), |number| number.to_string())
}
