//! A leaf of the results tree: one precinct of the roster, whether it reported or not.

use serde::{Deserialize, Serialize};
use tallylog_event::{EntryIndex, Envelope, PrecinctId, Text};
use tallylog_rules::{ByGroup, Equivalents, Fraction, Sheet, published};

use super::hash::signed;
use super::sums::{Counts, GroupFigures, Sums};
use crate::{State, Version};

/// One precinct or satellite site of the roster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leaf {
    /// Its id.
    pub precinct: PrecinctId,
    /// The name of its county or pool.
    pub county: Text,
    /// Its own name.
    pub name: Text,
    /// What is counted for it; absent where nothing is.
    pub tally: Option<Tally>,
}

/// What is counted for a precinct, and from which entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// The entry of the version counted.
    pub entry: EntryIndex,
    /// The hash of what was signed there: SHA-256 over a context, the author's key and the body's bytes.
    ///
    /// It is not the leaf hash of the entry: a state keeps what was signed and by whom, and neither signature nor times,
    /// which would cost 32 bytes for each of a million versions. Whoever has the entry can compute both.
    pub signed: [u8; 32],
    /// Where the precinct stands.
    pub standing: Standing,
    /// Its figures, for every group in roster order.
    pub groups: Vec<GroupFigures>,
}

/// Where a precinct stands of which a version is counted: the flags of [`crate::PrecinctStatus`].
///
/// With the basis `released` only `released` and `corrected` are ever set, since the others would tell of what was not
/// released.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent flags, counted one by one")]
pub struct Standing {
    /// Whether a blocking or an unreviewed holding discrepancy stands.
    pub held: bool,
    /// Whether two sources agree about the record.
    pub confirmed: bool,
    /// Whether the latest release lists the precinct.
    pub released: bool,
    /// Whether the latest release lists the record itself.
    pub current: bool,
    /// Whether the version counted is a correction.
    pub corrected: bool,
}

impl Leaf {
    /// What it adds to the sums, among `groups` groups.
    #[must_use]
    pub fn sums(&self, groups: usize) -> Sums {
        self.tally.as_ref().map_or_else(
            || Sums::none(groups),
            |tally| Sums {
                precincts: tally.standing.counts(),
                groups: tally.groups.clone(),
            },
        )
    }

    /// A precinct of which nothing is counted.
    pub(super) fn awaiting(state: &State, precinct: PrecinctId) -> Option<Self> {
        let (county, named) = state.roster().precinct(precinct)?;
        Some(Self {
            precinct,
            county: county.name.clone(),
            name: named.name.clone(),
            tally: None,
        })
    }
}

impl Tally {
    /// Whether an envelope is what this was counted from: figures of an entry and the entry belong together.
    #[must_use]
    pub fn is_of(&self, envelope: &Envelope) -> bool {
        signed(&envelope.author, &envelope.body) == self.signed
    }

    pub(super) fn new(state: &State, version: &Version, standing: Standing, groups: Vec<GroupFigures>) -> Self {
        Self {
            entry: version.entry,
            signed: signed(&state.author(version.author).key, version.body()),
            standing,
            groups,
        }
    }
}

impl Standing {
    fn counts(self) -> Counts {
        Counts {
            counted: 1,
            held: self.held.into(),
            confirmed: self.confirmed.into(),
            released: self.released.into(),
            current: self.current.into(),
            corrected: self.corrected.into(),
        }
    }
}

/// The figures of a sheet, a line a group; `ratio` is what one delegate is worth.
pub(super) fn figures(sheet: &Sheet, ratio: Option<Fraction>, groups: usize) -> Vec<GroupFigures> {
    let mut lines = vec![GroupFigures::default(); groups];
    column(&mut lines, sheet.first_alignment.as_ref(), |line, people| {
        line.first_alignment = people.into();
    });
    column(&mut lines, sheet.final_alignment.as_ref(), |line, people| {
        line.final_alignment = people.into();
    });
    column(&mut lines, sheet.awards.as_ref(), |line, awarded| {
        line.delegates = awarded.into();
        line.equivalents = ratio.map_or(Equivalents(0), |ratio| published(awarded, ratio));
    });
    lines
}

fn column<T: Copy>(lines: &mut [GroupFigures], figures: Option<&ByGroup<T>>, put: impl Fn(&mut GroupFigures, T)) {
    for (group, figure) in figures.into_iter().flatten() {
        if let Some(line) = lines.get_mut(usize::from(group.number()) - 1) {
            put(line, *figure);
        }
    }
}
