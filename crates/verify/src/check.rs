//! The checks of an audit, by number.

/// A check. Numbers and names never change their meaning.
///
/// The first seven are cheap and come first: where one of them fails, nothing is said of the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Check {
    /// The file is laid out as a bundle.
    Format,
    /// Keys and policy are those of entry 0.
    Policy,
    /// The entries hash to the root of the last checkpoint.
    Tree,
    /// The log signed every checkpoint, and they are of one history.
    Checkpoints,
    /// Cosignatures hold, and there are enough of them.
    Witnesses,
    /// Every entry names its place and the one before it.
    Chain,
    /// Received times do not go back, and agree with the witnesses'.
    Time,
    /// Every author signed.
    Signatures,
    /// Every author might sign this at that time.
    Authority,
    /// The log might take every event when it did.
    Admission,
    /// The states that commitments claim are those of the entries.
    Fold,
    /// Releases list what may be released.
    Releases,
    /// The results roots that commitments claim are those of the entries.
    Results,
    /// The discrepancies that commitments claim are those that the checks find.
    Discrepancies,
    /// What needs two persons had two.
    Persons,
    /// The night is not an old one.
    Freshness,
    /// The contest is the one that was meant.
    Contest,
    /// The roster is the one that was meant.
    Roster,
    /// The ruleset is the one that was meant.
    Ruleset,
}

impl Check {
    /// All of them, by number.
    pub const ALL: [Self; 19] = [
        Self::Format,
        Self::Policy,
        Self::Tree,
        Self::Checkpoints,
        Self::Witnesses,
        Self::Chain,
        Self::Time,
        Self::Signatures,
        Self::Authority,
        Self::Admission,
        Self::Fold,
        Self::Releases,
        Self::Results,
        Self::Discrepancies,
        Self::Persons,
        Self::Freshness,
        Self::Contest,
        Self::Roster,
        Self::Ruleset,
    ];

    /// Its number, from 1.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Format => 1,
            Self::Policy => 2,
            Self::Tree => 3,
            Self::Checkpoints => 4,
            Self::Witnesses => 5,
            Self::Chain => 6,
            Self::Time => 7,
            Self::Signatures => 8,
            Self::Authority => 9,
            Self::Admission => 10,
            Self::Fold => 11,
            Self::Releases => 12,
            Self::Results => 13,
            Self::Discrepancies => 14,
            Self::Persons => 15,
            Self::Freshness => 16,
            Self::Contest => 17,
            Self::Roster => 18,
            Self::Ruleset => 19,
        }
    }

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::Policy => "policy",
            Self::Tree => "tree",
            Self::Checkpoints => "checkpoints",
            Self::Witnesses => "witnesses",
            Self::Chain => "chain",
            Self::Time => "time",
            Self::Signatures => "signatures",
            Self::Authority => "authority",
            Self::Admission => "admission",
            Self::Fold => "fold",
            Self::Releases => "releases",
            Self::Results => "results",
            Self::Discrepancies => "discrepancies",
            Self::Persons => "persons",
            Self::Freshness => "freshness",
            Self::Contest => "contest",
            Self::Roster => "roster",
            Self::Ruleset => "ruleset",
        }
    }

    /// What holds if it passes, in a sentence.
    #[must_use]
    pub const fn claim(self) -> &'static str {
        match self {
            Self::Format => "the file is laid out as a bundle, and nothing in it is unaccounted for",
            Self::Policy => "keys and policy are those that entry 0 names",
            Self::Tree => "the entries are exactly those of the last checkpoint",
            Self::Checkpoints => "the log signed every checkpoint, and all are of one history",
            Self::Witnesses => "every cosignature holds, and enough witnesses cosigned the last checkpoint",
            Self::Chain => "every entry names its place and the entry before it",
            Self::Time => "received times never go back, and agree with the witnesses'",
            Self::Signatures => "every event is signed by its author",
            Self::Authority => "every author might sign this at that time",
            Self::Admission => "the log might take every event when it did",
            Self::Fold => "the states that the log claimed are those of its entries",
            Self::Releases => "every release lists reports that might be released, one a precinct",
            Self::Results => "the results roots that the log claimed are those of its entries",
            Self::Discrepancies => "the discrepancies that the log claimed are those that the checks find",
            Self::Persons => "what needs two persons had two",
            Self::Freshness => "the night is not older than was asked for",
            Self::Contest => "the contest is the one that was named",
            Self::Roster => "the roster is the one that was named",
            Self::Ruleset => "the ruleset is the one that was named",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_are_numbered_in_their_order() {
        let numbers = Check::ALL.map(Check::number);
        assert!(numbers.into_iter().eq(1..=19));
        assert!(Check::ALL.is_sorted());
    }
}
