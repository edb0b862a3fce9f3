//! Where a log's ruleset differs from a known one.

use tallylog_rules::{NationalPlan, Ruleset, SatelliteTier, ViabilityTier};
use thiserror::Error;

/// One difference between a log's ruleset and the one that was named.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{field} is {log} in the log, and {named} in the ruleset that was named")]
pub struct RulesetDifference {
    /// What differs.
    pub field: &'static str,
    /// What the log says.
    pub log: String,
    /// What the ruleset says that was named.
    pub named: String,
}

/// Every difference, in the order of the fields.
pub(crate) fn differences(log: &Ruleset, named: &Ruleset) -> Vec<RulesetDifference> {
    let (log, named) = (fields(log), fields(named));
    let pairs = log.into_iter().zip(named);
    pairs
        .filter(|((_, log), (_, named))| log != named)
        .map(|((field, log), (_, named))| RulesetDifference { field, log, named })
        .collect()
}

fn fields(ruleset: &Ruleset) -> [(&'static str, String); 8] {
    let Ruleset {
        name,
        viability,
        satellites,
        national,
        largest_room,
    } = ruleset;
    let NationalPlan {
        districts,
        at_large,
        pleo,
        threshold_numerator,
        threshold_denominator,
    } = national;
    [
        ("the name", name.clone()),
        ("the share that makes viable", list(viability, tier)),
        ("the delegates of satellite sites", list(satellites, site)),
        (
            "the national delegates of the districts",
            list(districts, |delegates| delegates.to_string()),
        ),
        ("the number of at-large delegates", at_large.to_string()),
        ("the number of party leaders", pleo.to_string()),
        (
            "the share that qualifies",
            format!("{threshold_numerator}/{threshold_denominator}"),
        ),
        ("the largest room", largest_room.to_string()),
    ]
}

fn tier(tier: ViabilityTier) -> String {
    format!("{}/{} from {} delegates", tier.numerator, tier.denominator, tier.from)
}

fn site(tier: SatelliteTier) -> String {
    format!("{} from {} people", tier.delegates, tier.from)
}

fn list<T: Copy>(values: &[T], show: impl Fn(T) -> String) -> String {
    let shown: Vec<_> = values.iter().copied().map(show).collect();
    shown.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_of_a_plan_is_compared() {
        let named = Ruleset::iowa_2020();
        assert_eq!(differences(&named, &named), []);
        let mut other = named.clone();
        other.name = "iowa-2021".to_owned();
        other.viability[2].numerator = 14;
        other.satellites[0].delegates.0 = 5;
        other.national.districts[3] = 6;
        other.national.at_large = 10;
        other.national.pleo = 6;
        other.national.threshold_numerator = 14;
        other.largest_room.0 = 4_999;
        let found = differences(&other, &named);
        assert_eq!(found.len(), 8, "{found:?}");
        assert_eq!(
            found[7].to_string(),
            "the largest room is 4999 in the log, and 5000 in the ruleset that was named"
        );
    }
}
