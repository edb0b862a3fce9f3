//! Words and figures of this crate's own making, which are always well formed.

use tallylog_event::Text;
use tallylog_rules::ByGroup;

use crate::room::Floor;

#[expect(
    clippy::expect_used,
    reason = "the crate's own words are short and hold no control characters"
)]
pub(crate) fn text(words: impl Into<String>) -> Text {
    Text::new(words).expect("a text")
}

/// The groups that have figures other than 0. A contest here has 14 groups, and numbers are not short.
pub(crate) fn figures<T: Copy + Default + PartialEq>(of_each: impl IntoIterator<Item = T>) -> ByGroup<T> {
    let all = ByGroup::numbered(of_each).unwrap_or_default();
    all.without_zeros()
}

/// The figure of each group of the contest, in roster order.
pub(crate) fn floor<T: Copy + Into<u64>>(of_groups: &ByGroup<T>) -> Floor {
    let mut floor = Floor::default();
    for (group, figure) in of_groups {
        floor[usize::from(group.number()) - 1] = u32::try_from((*figure).into()).unwrap_or(u32::MAX);
    }
    floor
}
