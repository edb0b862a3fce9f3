//! Names of precincts and sites that stand on no map.

use std::collections::BTreeSet;

use crate::chance::Chance;

const TOWN_STARTS: [&str; 16] = [
    "Alder", "Amber", "Birch", "Cedar", "Clover", "Copper", "Elm", "Hazel", "Linden", "Maple", "Meadow", "Prairie",
    "Quarry", "Sumac", "Thistle", "Walnut",
];
const TOWN_ENDS: [&str; 12] = [
    "Bend", "Corners", "Crossing", "Ferry", "Haven", "Hollow", "Landing", "Meadows", "Mills", "Reach", "Rise", "Wells",
];
const TOWNSHIPS: [&str; 32] = [
    "Amity",
    "Beacon",
    "Bethel",
    "Bluestem",
    "Burr Oak",
    "Clearwater",
    "Concord",
    "Coneflower",
    "Dry Creek",
    "East Fork",
    "Fairview",
    "Fox Run",
    "Goldfinch",
    "Good Hope",
    "Harmony",
    "High Prairie",
    "Honey Creek",
    "Larkspur",
    "Long Grove",
    "Milkweed",
    "North Fork",
    "Old Mill",
    "Pleasant",
    "Red Barn",
    "Sandhill",
    "South Fork",
    "Switchgrass",
    "Three Oaks",
    "Unity",
    "West Fork",
    "Wild Rose",
    "Windmill",
];
const HALLS: [&str; 8] = [
    "Care Center",
    "Community Center",
    "Fire Station",
    "Library",
    "Senior Living",
    "Student Center",
    "Union Hall",
    "YMCA",
];

/// A city has wards of so many precincts each, and so many wards.
const PRECINCTS_OF_A_WARD: usize = 4;
const WARDS_OF_A_CITY: usize = 9;

/// The precincts of a county: three fifths of them wards of its cities, the others townships.
pub(crate) fn precincts(count: usize, chance: &mut Chance) -> Vec<String> {
    let wards = (count * 3 / 5).max(count.saturating_sub(TOWNSHIPS.len()));
    let cities = towns(wards.div_ceil(PRECINCTS_OF_A_WARD * WARDS_OF_A_CITY), chance);
    let mut townships = TOWNSHIPS;
    chance.shuffle(&mut townships);
    (0..wards)
        .map(|at| ward(&cities, at))
        .chain(townships.iter().map(|name| format!("{name} Township")))
        .take(count)
        .collect()
}

fn ward(cities: &[String], at: usize) -> String {
    let (ward, precinct) = (at / PRECINCTS_OF_A_WARD, at % PRECINCTS_OF_A_WARD);
    let (city, ward) = (ward / WARDS_OF_A_CITY, ward % WARDS_OF_A_CITY);
    format!("{} Ward {} Precinct {}", cities[city], ward + 1, precinct + 1)
}

/// The sites of a pool.
pub(crate) fn sites(count: usize, chance: &mut Chance) -> Vec<String> {
    let towns = towns(count, chance);
    let halls = towns.iter().map(|town| format!("{town} {}", chance.pick(&HALLS)));
    halls.collect()
}

/// Different towns; at most 192.
fn towns(count: usize, chance: &mut Chance) -> Vec<String> {
    let mut names = BTreeSet::new();
    while names.len() < count {
        names.insert(format!("{} {}", chance.pick(&TOWN_STARTS), chance.pick(&TOWN_ENDS)));
    }
    names.into_iter().collect()
}
