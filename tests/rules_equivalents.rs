//! What a delegate is worth, and the national delegates that follow.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use num_rational::BigRational;
use proptest::prelude::*;
use tallylog_rules::{
    Attendees, Delegates, Equivalents, Fraction, GroupId, National, Ruleset, county_ratio, exact, national_delegates,
    published, site_ratio,
};

fn whole(number: u64) -> BigRational {
    BigRational::from_integer(number.into())
}

fn unit(equivalents: &[u64]) -> Vec<BigRational> {
    equivalents.iter().copied().map(whole).collect()
}

/// The seven delegates of the first district, and who would get those that a tie leaves open.
fn seven(equivalents: &[u64]) -> (Vec<u64>, Option<(u16, Vec<u16>)>) {
    let plan = Ruleset::iowa_2020().national;
    let national = national_delegates(&plan, &[unit(equivalents)], &[]);
    let tie = national.units().next().unwrap().tie.as_ref();
    let tie = tie.map(|tie| (tie.delegates.0, tie.among.iter().map(|group| group.number()).collect()));
    (totals(&national, equivalents.len()), tie)
}

fn totals(national: &National, groups: usize) -> Vec<u64> {
    let ids = (1..=u16::try_from(groups).unwrap()).map(|number| GroupId::new(number).unwrap());
    ids.map(|group| national.total(group)).collect()
}

#[test]
fn a_product_rounds_half_up_to_ten_thousandths() {
    let worth =
        |delegates, numerator, denominator| published(Delegates(delegates), Fraction::new(numerator, denominator)).0;
    assert_eq!(worth(1, 4, 51), 784);
    assert_eq!(worth(2, 4, 51), 1_569);
    assert_eq!(worth(1, 1, 20_000), 1, "exactly half");
    assert_eq!(worth(1, 1, 20_001), 0, "just under half");
    assert_eq!(worth(0, 4, 51), 0);
    assert_eq!(worth(u16::MAX, u64::MAX, 1), u64::MAX, "more than an u64 holds");
}

#[test]
fn a_ratio_needs_somebody_to_divide_by() {
    assert_eq!(county_ratio(Delegates(4), Delegates(0)), None);
    assert_eq!(county_ratio(Delegates(4), Delegates(8)), Some(Fraction::new(1, 2)));
    assert_eq!(site_ratio(Delegates(6), Attendees(0), 452, Delegates(4)), None);
    assert_eq!(site_ratio(Delegates(6), Attendees(20), 452, Delegates(0)), None);
    assert_eq!(
        site_ratio(Delegates(6), Attendees(20), 19, Delegates(4)),
        None,
        "a site larger than its pool"
    );
    assert_eq!(site_ratio(Delegates(6), Attendees(20), u64::MAX, Delegates(4)), None);
    assert_eq!(
        site_ratio(Delegates(6), Attendees(20), 20, Delegates(4)),
        Some(Fraction::new(3, 2))
    );
}

#[test]
fn equivalents_are_written_with_four_decimals() {
    assert_eq!(Equivalents(5_629_538).to_string(), "562.9538");
    assert_eq!(Equivalents(664).to_string(), "0.0664");
    assert_eq!(Equivalents(0).to_string(), "0.0000");
}

#[test]
fn who_has_less_than_fifteen_percent_does_not_count() {
    assert_eq!(seven(&[50, 36, 14]), (vec![4, 3, 0], None));
    assert_eq!(seven(&[50, 35, 15]), (vec![4, 2, 1], None));
    // Exactly 15 % is enough, and then the 14s are out however near they are.
    assert_eq!(
        seven(&[15, 15, 14, 14, 14, 14, 14]),
        (vec![3, 3, 0, 0, 0, 0, 0], Some((1, vec![1, 2])))
    );
    assert_eq!(seven(&[0, 100, 0]), (vec![0, 7, 0], None));
}

#[test]
fn where_nobody_has_fifteen_percent_half_of_the_first_is_enough() {
    // Half of 14 is 7: the 10 qualifies and the 6 does not.
    assert_eq!(seven(&[14, 14, 14, 14, 14, 14, 10, 6]).0.iter().sum::<u64>(), 7);
    assert_eq!(seven(&[14, 14, 14, 14, 14, 14, 10, 6]).0[7], 0);
    assert_eq!(
        seven(&[14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 5]),
        (vec![1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0], None)
    );
}

#[test]
fn the_largest_remainders_take_what_is_left() {
    // 3.01, 2.03 and 1.96 of 7: the remainder .96 is the largest.
    assert_eq!(seven(&[43, 29, 28]), (vec![3, 2, 2], None));
}

#[test]
fn equal_remainders_that_decide_stay_open() {
    assert_eq!(seven(&[50, 50]), (vec![3, 3], Some((1, vec![1, 2]))));
    assert_eq!(seven(&[40, 40, 20]), (vec![3, 3, 1], None));
    assert_eq!(
        seven(&[20, 20, 20, 20, 20]),
        (vec![1; 5], Some((2, vec![1, 2, 3, 4, 5])))
    );
    let national = national_delegates(&Ruleset::iowa_2020().national, &[unit(&[50, 50])], &[]);
    assert!(!national.is_settled());
}

#[test]
fn a_unit_without_equivalents_awards_nothing() {
    let plan = Ruleset::iowa_2020().national;
    let national = national_delegates(&plan, &[], &unit(&[0, 0]));
    assert_eq!(totals(&national, 2), [0, 0]);
    assert!(national.is_settled());
    assert_eq!(national.units().count(), 6);
}

#[test]
fn statewide_delegates_are_computed_apart() {
    let plan = Ruleset::iowa_2020().national;
    // 9 at large and 5 leaders, apart: 6 + 3 and 4 + 1. Together 14 would be 10 and 4 as well, but 10.08 and 3.92.
    let national = national_delegates(&plan, &[], &unit(&[72, 28]));
    assert_eq!(totals(&national, 2), [10, 4]);
    // 9 x .65 = 5.85 and 5 x .65 = 3.25: 6 + 3. Together 9.1.
    assert_eq!(totals(&national_delegates(&plan, &[], &unit(&[65, 35])), 2), [9, 5]);
    // 9 x .61 = 5.49 and 5 x .61 = 3.05: 5 + 3 = 8. Together 8.54 would have been 9.
    assert_eq!(totals(&national_delegates(&plan, &[], &unit(&[61, 39])), 2), [8, 6]);
}

proptest! {
    #[test]
    fn the_published_value_is_within_half_a_ten_thousandth(
        delegates in 0_u16..100, numerator in 1_u64..1_000, denominator in 1_u64..1_000_000,
    ) {
        let ratio = Fraction::new(numerator, denominator);
        let doubled = whole(published(Delegates(delegates), ratio).0 * 2);
        let exact = exact(Delegates(delegates), ratio) * whole(20_000);
        prop_assert!(doubled.clone() - whole(1) <= exact);
        prop_assert!(exact < doubled + whole(1));
    }

    #[test]
    fn a_pool_shares_out_exactly_what_it_has(sites in prop::collection::vec(1_u32..400, 1..30), pool in 1_u16..30) {
        let attendance = sites.iter().copied().map(u64::from).sum();
        let worth = |people: &u32| {
            let people = Attendees(*people);
            let delegates = tallylog_rules::satellite_delegates(&Ruleset::iowa_2020(), people);
            exact(delegates, site_ratio(Delegates(pool), people, attendance, delegates).unwrap())
        };
        prop_assert_eq!(sites.iter().map(worth).sum::<BigRational>(), whole(pool.into()));
    }

    #[test]
    fn national_delegates_add_up_to_what_the_plan_has(equivalents in prop::collection::vec(0_u64..1_000, 1..12)) {
        prop_assume!(equivalents.iter().any(|figure| *figure > 0));
        let plan = Ruleset::iowa_2020().national;
        let national = national_delegates(&plan, &vec![unit(&equivalents); 4], &unit(&equivalents));
        let open: u64 = national.units().filter_map(|unit| unit.tie.as_ref()).map(|tie| u64::from(tie.delegates)).sum();
        let awarded: u64 = totals(&national, equivalents.len()).iter().sum();
        prop_assert_eq!(awarded + open, 41);
        let most = equivalents.iter().max().unwrap();
        for (figure, total) in equivalents.iter().zip(totals(&national, equivalents.len())) {
            prop_assert!(total == 0 || figure * 100 >= 15 * equivalents.iter().sum::<u64>() || figure * 2 >= *most);
        }
    }
}
