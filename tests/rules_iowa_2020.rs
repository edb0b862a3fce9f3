//! The published results of 3 February 2020, read from a folder beside the project and never copied into it.
//!
//! Without the folder every test here checks nothing, and passes unless it must not.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod means;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use num_rational::BigRational;
use tallylog_rules::{
    Attendance, Attendees, ByGroup, Code, Delegates, Detail, Elsewhere, Equivalents, Finding, Fraction, GroupId,
    PaperDetail, Place, Pool, Round, Ruleset, Severity, Sheet, check_outliers, check_sheet, check_sum, county_ratio,
    exact, figures_key, national_delegates, published, satellite_delegates, site_ratio,
};

const LAST_UNCORRECTED: &str = "2020-02-06-100pct";
const CERTIFIED: &str = "2020-02-29-certified";

/// One report of one release, with what the roster says of its place.
struct Report {
    county: String,
    name: String,
    place: Place,
    ratio: Option<Fraction>,
    sheet: Sheet,
}

/// A county, or a pool of satellite sites.
struct Area {
    /// From 0; `None` for sites out of state.
    district: Option<usize>,
    /// `None` for a pool.
    county_delegates: Option<Delegates>,
    state_delegates: Delegates,
}

struct Release {
    groups: Vec<String>,
    areas: BTreeMap<String, Area>,
    pools: BTreeMap<String, u64>,
    reports: Vec<Report>,
}

fn folder() -> Option<PathBuf> {
    means::published_results()
}

fn rows(file: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(folder().unwrap().join(file)).unwrap();
    let header = reader.headers().unwrap().clone();
    let named = |row: csv::StringRecord| {
        header
            .iter()
            .map(str::to_owned)
            .zip(row.iter().map(str::to_owned))
            .collect()
    };
    reader.records().map(|row| named(row.unwrap())).collect()
}

fn equivalents(text: &str) -> Equivalents {
    let (whole, part) = text.split_once('.').unwrap();
    assert_eq!(part.len(), 4, "{text}");
    Equivalents(whole.parse::<u64>().unwrap() * 10_000 + part.parse::<u64>().unwrap())
}

fn areas() -> BTreeMap<String, Area> {
    let area = |row: BTreeMap<String, String>| {
        let area = Area {
            district: row["congressional_district"]
                .parse::<usize>()
                .ok()
                .map(|district| district - 1),
            county_delegates: row["county_delegates"].parse().ok().map(Delegates),
            state_delegates: Delegates(row["state_delegates"].parse().unwrap()),
        };
        (row["county"].clone(), area)
    };
    rows("counties.csv").into_iter().map(area).collect()
}

fn key(row: &BTreeMap<String, String>) -> (String, String) {
    (row["county"].clone(), row["precinct"].clone())
}

/// The delegates whose worth comes nearest to what was published.
fn recovered(claimed: Equivalents, ratio: Option<Fraction>) -> Delegates {
    let Some(ratio) = ratio else { return Delegates(0) };
    let doubled = 2 * u128::from(claimed.0) * u128::from(*ratio.denom());
    let one = u128::from(*ratio.numer()) * 10_000;
    Delegates(u16::try_from((doubled + one) / (2 * one)).unwrap())
}

fn release(name: &str) -> Release {
    let areas = areas();
    let roster: BTreeMap<_, _> = rows("precincts.csv")
        .iter()
        .map(|row| (key(row), row["county_delegates"].parse().ok().map(Delegates)))
        .collect();
    let heads: BTreeMap<_, _> = rows("satellite_attendance.csv")
        .iter()
        .filter(|row| row["release"] == name)
        .map(|row| (key(row), row["attendance"].parse::<u32>().unwrap()))
        .collect();
    let mut pools = BTreeMap::new();
    for ((county, _), people) in &heads {
        *pools.entry(county.clone()).or_insert(0) += u64::from(*people);
    }
    let table = rows(&format!("releases/{name}.csv"));
    let sheets: Vec<_> = table.chunk_by(|a, b| key(a) == key(b)).collect();
    let groups = sheets[0].iter().map(|row| row["candidate"].clone()).collect();
    let report = |sheet: &&[BTreeMap<String, String>]| {
        let place = key(&sheet[0]);
        report(
            sheet,
            &areas[&place.0],
            roster[&place],
            heads.get(&place).copied(),
            pools.get(&place.0).copied(),
        )
    };
    let reports = sheets.iter().map(report).collect();
    Release {
        groups,
        areas,
        pools,
        reports,
    }
}

fn report(
    rows: &[BTreeMap<String, String>],
    area: &Area,
    precinct: Option<Delegates>,
    attendance: Option<u32>,
    pool: Option<u64>,
) -> Report {
    let people = |column: &str| {
        let figures = rows.iter().map(|row| Attendees(row[column].parse().unwrap()));
        ByGroup::numbered(figures).unwrap()
    };
    let first = people("first_alignment");
    let stands_in = u32::try_from(first.total()).unwrap();
    let head_count = Attendees(attendance.unwrap_or(stands_in));
    let site = satellite_delegates(&Ruleset::iowa_2020(), head_count);
    let (place, ratio) = precinct.map_or_else(
        || {
            (
                Place::Satellite,
                site_ratio(area.state_delegates, head_count, pool.unwrap(), site),
            )
        },
        |delegates| {
            let ratio = county_ratio(area.state_delegates, area.county_delegates.unwrap());
            (Place::Precinct { delegates }, ratio)
        },
    );
    let claimed: Vec<_> = rows.iter().map(|row| equivalents(&row["sde"])).collect();
    let awards = claimed.iter().map(|claimed| recovered(*claimed, ratio));
    let sheet = Sheet {
        attendance: Some(Attendance {
            people: head_count,
            counted: precinct.is_none(),
        }),
        first_alignment: Some(first),
        final_alignment: Some(people("final_alignment")),
        awards: Some(ByGroup::numbered(awards).unwrap()),
        claimed: Some(ByGroup::numbered(claimed.iter().copied()).unwrap()),
        ..Sheet::default()
    };
    let (county, name) = key(&rows[0]);
    Report {
        county,
        name,
        place,
        ratio,
        sheet,
    }
}

impl Release {
    fn group(&self, name: &str) -> GroupId {
        let at = self.groups.iter().position(|group| group == name).unwrap();
        GroupId::new(u16::try_from(at + 1).unwrap()).unwrap()
    }

    fn name(&self, group: GroupId) -> String {
        self.groups[usize::from(group.number()) - 1].clone()
    }

    fn check(&self, report: &Report) -> Vec<Finding> {
        let groups = u16::try_from(self.groups.len()).unwrap();
        check_sheet(&Ruleset::iowa_2020(), report.place, report.ratio, groups, &report.sheet)
    }

    /// The places at which each code was found.
    fn found(&self) -> BTreeMap<Code, BTreeSet<(&str, &str)>> {
        let mut found: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for report in &self.reports {
            for finding in self.check(report) {
                found
                    .entry(finding.code)
                    .or_default()
                    .insert((report.county.as_str(), report.name.as_str()));
            }
        }
        found
    }

    /// The places at which V31 is found, with all other places already reported.
    fn outliers(&self, round: Round) -> BTreeSet<&str> {
        let of = |sheet: &Sheet, group| {
            let figures = if round == Round::First {
                &sheet.first_alignment
            } else {
                &sheet.final_alignment
            };
            u64::from(figures.as_ref().unwrap().of(group))
        };
        let sum = |group| self.reports.iter().map(|report| of(&report.sheet, group)).sum::<u64>();
        let all: Vec<_> = self.ids().map(|group| (group, sum(group))).collect();
        let stands_out = |report: &&Report| {
            let others = all.iter().map(|(group, sum)| (*group, sum - of(&report.sheet, *group)));
            let elsewhere = Elsewhere {
                groups: ByGroup::new(others.collect()).unwrap(),
                rooms: 1_764,
            };
            !check_outliers(round, &report.sheet, &elsewhere).is_empty()
        };
        self.reports
            .iter()
            .filter(stands_out)
            .map(|report| report.name.as_str())
            .collect()
    }

    fn published(&self, group: GroupId) -> u64 {
        let worth = |report: &Report| {
            let awards = report.sheet.awards.as_ref().unwrap();
            report.ratio.map_or(0, |ratio| published(awards.of(group), ratio).0)
        };
        self.reports.iter().map(worth).sum()
    }

    fn exact(&self, group: GroupId, is_counted: impl Fn(&Area) -> bool) -> BigRational {
        let nothing = BigRational::from_integer(0.into());
        let counted = self
            .reports
            .iter()
            .filter(|report| is_counted(&self.areas[&report.county]));
        counted.fold(nothing, |sum, report| {
            let award = report.sheet.awards.as_ref().unwrap().of(group);
            report.ratio.map_or(sum.clone(), |ratio| sum + exact(award, ratio))
        })
    }

    fn ids(&self) -> impl Iterator<Item = GroupId> {
        (1..=self.groups.len()).map(|number| GroupId::new(u16::try_from(number).unwrap()).unwrap())
    }
}

/// Ten-thousandths, rounded half up.
fn rounded(exact: &BigRational) -> BigRational {
    (exact * BigRational::from_integer(10_000.into())).round()
}

#[test]
fn the_published_totals_are_the_sums_of_rounded_products() {
    if folder().is_none() {
        return;
    }
    for name in ["2020-02-05-86pct", "2020-02-05-92pct", LAST_UNCORRECTED, CERTIFIED] {
        let release = release(name);
        for row in rows("published_totals.csv").iter().filter(|row| row["release"] == name) {
            let group = release.group(&row["candidate"]);
            let people = |of: fn(&Sheet) -> &Option<ByGroup<Attendees>>| -> u64 {
                release
                    .reports
                    .iter()
                    .map(|report| u64::from(of(&report.sheet).as_ref().unwrap().of(group)))
                    .sum()
            };
            assert_eq!(
                people(|sheet| &sheet.first_alignment),
                row["first_alignment"].parse::<u64>().unwrap()
            );
            assert_eq!(
                people(|sheet| &sheet.final_alignment),
                row["final_alignment"].parse::<u64>().unwrap()
            );
            let (ours, theirs) = (release.published(group), equivalents(&row["sde"]).0);
            // One site of the certified release was published with another pool's attendance: see below.
            let off = release.reports.iter().flat_map(|report| release.check(report));
            let off: i128 = off
                .filter(|finding| finding.code == Code::V22)
                .map(|finding| claimed_too_much(&finding, group))
                .sum();
            assert_eq!(
                i128::from(ours) + off,
                i128::from(theirs),
                "{name}: {}",
                row["candidate"]
            );
            assert!(name == CERTIFIED || off == 0);
        }
        assert_eq!(
            release.reports.len().to_string(),
            rows("published_totals.csv")
                .iter()
                .find(|row| row["release"] == name)
                .unwrap()["precincts_reported"]
        );
    }
}

fn claimed_too_much(finding: &Finding, group: GroupId) -> i128 {
    let Detail::Paper(PaperDetail::Claim(claim)) = &finding.detail else {
        return 0;
    };
    if claim.group != group {
        return 0;
    }
    i128::from(claim.claimed.0) - i128::from(claim.expected.0)
}

#[test]
fn the_exact_total_of_the_leader_differs_from_the_published_style() {
    if folder().is_none() {
        return;
    }
    let certified = release(CERTIFIED);
    let leader = certified.exact(certified.group("Buttigieg"), |_| true);
    assert_eq!(rounded(&leader), BigRational::from_integer(5_629_530.into()));
}

#[test]
fn the_certified_release_gives_the_certified_national_delegates() {
    if folder().is_none() {
        return;
    }
    let certified = release(CERTIFIED);
    let of = |is_counted: &dyn Fn(&Area) -> bool| -> Vec<BigRational> {
        certified
            .ids()
            .map(|group| certified.exact(group, is_counted))
            .collect()
    };
    let districts: Vec<_> = (0..4)
        .map(|district| of(&|area| area.district == Some(district)))
        .collect();
    let national = national_delegates(&Ruleset::iowa_2020().national, &districts, &of(&|_| true));
    assert!(national.is_settled());
    let delegates: Vec<_> = certified
        .ids()
        .filter(|group| national.total(*group) > 0)
        .map(|group| (certified.name(group), national.total(group)))
        .collect();
    let expected = [
        ("Biden", 6),
        ("Buttigieg", 14),
        ("Klobuchar", 1),
        ("Sanders", 12),
        ("Warren", 8),
    ];
    assert_eq!(delegates, expected.map(|(name, count)| (name.to_owned(), count)));
}

#[test]
fn the_last_uncorrected_release_has_these_discrepancies() {
    if folder().is_none() {
        return;
    }
    let release = release(LAST_UNCORRECTED);
    let found = release.found();
    let count = |code: Code| found.get(&code).map_or(0, BTreeSet::len);
    assert_eq!(release.reports.len(), 1_765);
    let expected = [
        // 84 sites have a final total above the first. One of them has no first alignment at all: that is V16 alone.
        (Code::V01, 83),
        (Code::V02, 1),
        // 611 have a lower one. One of them has no final alignment: V16.
        (Code::V03, 610),
        (Code::V04, 26),
        (Code::V05, 44),
        (Code::V06, 27),
        (Code::V07, 7),
        (Code::V08, 55),
        (Code::V09, 14),
        (Code::V10, 13),
        // Every precinct and site of two or more delegates whose award no draw could have given, also where more
        // people stand at final alignment than at first: 95 precincts and 5 sites.
        (Code::V11, 100),
        (Code::V12, 6),
        (Code::V13, 112),
        // 16 winners who were not the largest, one who stood at 0, and one room that awarded nothing.
        (Code::V14, 18),
        (Code::V16, 3),
        (Code::V17, 4),
        (Code::V18, 3),
        (Code::V19, 6),
        (Code::V22, 0),
        (Code::V23, 0),
        (Code::V32, 0),
    ];
    for (code, expected) in expected {
        assert_eq!(count(code), expected, "{code} {}: {:?}", code.name(), found.get(&code));
    }
    let missing = [
        ("Johnson", "GRAHAM TOWNSHIP"),
        ("Polk", "DES MOINES-80"),
        ("Warren", "PALMYRA TWP"),
    ];
    assert_eq!(found[&Code::V16], BTreeSet::from(missing));
    assert!(!found[&Code::V01].contains(&missing[1]));
}

#[test]
fn of_six_neighbours_that_changed_places_three_were_viable_groups_that_emptied() {
    if folder().is_none() {
        return;
    }
    let release = release(LAST_UNCORRECTED);
    let found = release.found();
    let viable: BTreeSet<_> = found[&Code::V04].union(&found[&Code::V05]).copied().collect();
    let slipped: BTreeSet<_> = found[&Code::V19].intersection(&viable).copied().collect();
    let columns = [
        ("Polk", "WDM-312"),
        ("Pottawattamie", "Council Bluff 12"),
        ("Warren", "INDIANOLA 2"),
    ];
    assert_eq!(slipped, BTreeSet::from(columns));
    // In the other three, small groups for Yang dissolved and Other, the next row, appeared: lawful, and alike on paper.
    let dissolved: BTreeSet<_> = found[&Code::V19]
        .difference(&slipped)
        .map(|(county, _)| *county)
        .collect();
    assert_eq!(dissolved, BTreeSet::from(["Linn"]));
}

#[test]
fn a_hundred_and_twenty_one_precincts_elect_one_delegate() {
    if folder().is_none() {
        return;
    }
    let release = release(LAST_UNCORRECTED);
    let one = |report: &&Report| {
        report.place
            == Place::Precinct {
                delegates: Delegates(1),
            }
    };
    assert_eq!(release.reports.iter().filter(one).count(), 121);
}

#[test]
fn fewer_people_at_the_end_is_a_note_and_seldom_more() {
    if folder().is_none() {
        return;
    }
    let certified = release(CERTIFIED);
    let findings: Vec<_> = certified
        .reports
        .iter()
        .flat_map(|report| certified.check(report))
        .collect();
    let left = |severity| {
        findings
            .iter()
            .filter(|found| found.code == Code::V03 && found.severity == severity)
            .count()
    };
    // 620 sites have a lower final total: 619 here, and GRAHAM TOWNSHIP, which has no final alignment (V16).
    assert_eq!((left(Severity::Inform), left(Severity::Warn)), (496, 123));
}

#[test]
fn six_precincts_carry_the_figures_of_another_one() {
    if folder().is_none() {
        return;
    }
    let release = release(LAST_UNCORRECTED);
    let mut by_figures: BTreeMap<_, BTreeSet<&str>> = BTreeMap::new();
    for report in &release.reports {
        if let Some(key) = figures_key(&report.sheet) {
            by_figures
                .entry((&report.county, key))
                .or_default()
                .insert(&report.name);
        }
    }
    let same: BTreeSet<_> = by_figures
        .values()
        .filter(|names| names.len() > 1)
        .flatten()
        .copied()
        .collect();
    let expected = [
        "(B52) City of Bettendorf",
        "(BG) Blue Grass Township",
        "(D31) City of Davenport",
        "(D52) City of Davenport",
        "Sioux City 05",
        "Sioux City 20",
    ];
    assert_eq!(same, BTreeSet::from(expected));
}

#[test]
fn one_certified_site_was_valued_with_another_attendance() {
    if folder().is_none() {
        return;
    }
    let certified = release(CERTIFIED);
    let found = certified.found();
    let site = ("CD1 Satellite", "Waterloo, IA - UAW Local 838");
    assert_eq!(found[&Code::V22], BTreeSet::from([site]));
    let report = certified.reports.iter().find(|report| report.name == site.1).unwrap();
    let pool = Pool {
        equivalents: certified.areas[site.0].state_delegates,
        attendance: certified.pools[site.0],
    };
    let messages: Vec<_> = certified
        .check(report)
        .into_iter()
        .filter(|finding| finding.code == Code::V22)
        .map(|finding| finding.in_pool(pool).message(&|group| certified.name(group)))
        .collect();
    let klobuchar = "Klobuchar: the source claims 0.0670 for 1 delegate; 1 x 6/452 x 20/4 gives 0.0664";
    assert!(messages.iter().any(|message| message == klobuchar), "{messages:?}");
}

#[test]
fn counties_whose_awards_do_not_add_up_are_those_with_a_wrong_sum() {
    if folder().is_none() {
        return;
    }
    let release = release(LAST_UNCORRECTED);
    let found = release.found();
    let mut awarded: BTreeMap<&str, u64> = BTreeMap::new();
    for report in &release.reports {
        *awarded.entry(&report.county).or_default() += report.sheet.awards.as_ref().unwrap().total();
    }
    let off: BTreeSet<&str> = awarded
        .into_iter()
        .filter_map(|(county, awarded)| {
            let has = release.areas[county].county_delegates?;
            check_sum(awarded, has.into()).map(|_| county)
        })
        .collect();
    let wrong_sum = [Code::V09, Code::V10, Code::V14]
        .into_iter()
        .flat_map(|code| &found[&code]);
    let wrong_sum: BTreeSet<&str> = wrong_sum.map(|(county, _)| *county).collect();
    assert_eq!(off.len(), 15);
    assert!(off.is_subset(&wrong_sum), "{off:?}");
}

#[test]
fn figures_under_another_name_stand_out_at_first_alignment() {
    if folder().is_none() {
        return;
    }
    let release = release(LAST_UNCORRECTED);
    let outliers = release.outliers(Round::First);
    // Two columns that had slipped, an out-of-state site, and four small rooms with many uncommitted people.
    assert!(
        outliers.contains("INDIANOLA 2") && outliers.contains("Council Bluff 12"),
        "{outliers:?}"
    );
    assert_eq!(outliers.len(), 7, "{outliers:?}");
    // At final alignment every viable group of a small candidate stands out, and nearly all of them were real.
    assert_eq!(release.outliers(Round::Final).len(), 57);
}
