use std::collections::BTreeSet;

use tallylog_event::{ContestKind, County, Event, SiteKind};
use tallylog_rules::Delegates;
use tallylog_simulate::{Night, Options, night};

use crate::{FULL, event};

fn precincts(counties: &[County]) -> usize {
    counties.iter().map(|county| county.precincts.len()).sum()
}

fn delegates(county: &County) -> u16 {
    county.precincts.iter().map(|precinct| precinct.delegates.0).sum()
}

/// Nights of all sizes.
fn nights() -> Vec<Night> {
    let sizes = [(0, 0), (1, 5), (4, 60), (40, 20), (99, 300)];
    sizes
        .map(|(counties, precincts)| night(&Options::small(5, counties, precincts)))
        .into()
}

#[test]
fn a_full_night_has_the_shape_of_iowa() {
    let (counties, pools) = FULL.counties.split_at(99);
    assert_eq!((precincts(counties), pools.len(), precincts(pools)), (1_678, 5, 87));
    assert_eq!(counties.iter().map(delegates).sum::<u16>(), 11_402);
    assert_eq!(
        counties.iter().map(|county| county.state_delegates.0).sum::<u16>(),
        2_107
    );
    let polk = &counties[76];
    assert_eq!(
        (polk.name.as_str(), polk.fips, delegates(polk)),
        ("Polk", Some(19_153), 1_401)
    );
}

#[test]
fn about_121_precincts_elect_one_delegate() {
    let mut each = FULL.counties.iter().flat_map(|county| &county.precincts);
    let one = each
        .by_ref()
        .filter(|precinct| precinct.delegates == Delegates(1))
        .count();
    assert!((95..150).contains(&one), "{one}");
}

#[test]
fn the_precincts_of_every_county_elect_its_delegates() {
    for county in nights().iter().chain([&*FULL]).flat_map(|night| &night.counties) {
        match county.kind {
            SiteKind::Precincts { county_delegates } => {
                assert_eq!(delegates(county), county_delegates.0, "{}", county.name);
                assert!(county.precincts.iter().all(|precinct| precinct.delegates.0 > 0));
            }
            SiteKind::Satellites => assert_eq!(delegates(county), 0),
        }
    }
}

#[test]
fn no_two_precincts_of_a_county_have_one_name_or_code() {
    for county in &FULL.counties {
        let names: BTreeSet<_> = county.precincts.iter().map(|precinct| &precinct.name).collect();
        let codes: BTreeSet<_> = county.precincts.iter().map(|precinct| &precinct.code).collect();
        let listed = county.precincts.len();
        assert_eq!((names.len(), codes.len()), (listed, listed), "{}", county.name);
    }
}

/// The first four counties and a pool have 45 precincts and sites between them.
#[test]
fn a_small_night_keeps_to_its_size() {
    let sizes: Vec<_> = nights()
        .iter()
        .map(|night| (night.counties.len(), precincts(&night.counties)))
        .collect();
    assert_eq!(sizes, [(1, 1), (2, 5), (5, 45), (20, 20), (104, 300)]);
}

#[test]
fn counties_are_listed_in_order_in_entries_that_fit() {
    let listed = FULL.setup.iter().filter_map(|envelope| {
        let Event::CountyListed(county) = event(envelope) else {
            return None;
        };
        assert!(envelope.body.len() < 60_000, "{}", county.name);
        Some(*county)
    });
    let counties: Vec<County> = listed.collect();
    assert_eq!(counties, FULL.counties);
    assert!((0..).zip(&counties).all(|(number, county)| county.id.0 == number));
}

#[test]
fn everything_says_that_it_is_a_rehearsal() {
    assert_eq!(FULL.contest.kind, ContestKind::Rehearsal);
    assert!(FULL.contest.name.as_str().starts_with("Rehearsal"));
    assert!(FULL.files.values().all(|file| file.starts_with(b"REHEARSAL")));
    assert_eq!(
        event(&FULL.setup[0]),
        Event::ContestOpened(Box::new(FULL.contest.clone()))
    );
}
