//! A figure for each of some preference groups.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A preference group: a candidate, `Uncommitted` or `Other`, numbered in roster order from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct GroupId(u16);

impl GroupId {
    /// Names the group at `number` in roster order, from 1.
    ///
    /// # Errors
    ///
    /// [`GroupsError::Zero`] if `number` is 0.
    pub const fn new(number: u16) -> Result<Self, GroupsError> {
        if number == 0 {
            return Err(GroupsError::Zero);
        }
        Ok(Self(number))
    }

    /// The place in roster order, from 1.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.0
    }
}

impl TryFrom<u16> for GroupId {
    type Error = GroupsError;

    fn try_from(number: u16) -> Result<Self, GroupsError> {
        Self::new(number)
    }
}

impl From<GroupId> for u16 {
    fn from(group: GroupId) -> Self {
        group.0
    }
}

impl fmt::Display for GroupId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "group {}", self.0)
    }
}

/// Why a list of groups is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum GroupsError {
    /// Groups are numbered from 1.
    #[error("groups are numbered from 1")]
    Zero,
    /// A group comes twice, or out of order.
    #[error("{0} comes twice or out of order")]
    Order(GroupId),
    /// More groups than numbers for them.
    #[error("a contest has at most 65,535 groups")]
    TooMany,
}

/// A figure for each of some groups, in roster order, each group once.
///
/// A group that is absent has the figure 0; a 0 that somebody wrote down is kept.
/// Invariant: group numbers strictly increase.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Vec<(GroupId, T)>", bound(deserialize = "T: Deserialize<'de>"))]
pub struct ByGroup<T>(Box<[(GroupId, T)]>);

impl<T> ByGroup<T> {
    /// Takes figures in roster order.
    ///
    /// # Errors
    ///
    /// [`GroupsError::Order`] if a group comes twice or out of order.
    ///
    /// ```
    /// # use tallylog_rules::{Attendees, ByGroup, GroupId, GroupsError};
    /// let (one, two) = (GroupId::new(1)?, GroupId::new(2)?);
    /// let list = |groups: [GroupId; 2]| ByGroup::new(groups.map(|group| (group, Attendees(5))).to_vec());
    /// assert!(list([one, two]).is_ok());
    /// assert_eq!(list([two, two]), Err(GroupsError::Order(two)));
    /// assert_eq!(list([two, one]), Err(GroupsError::Order(one)));
    /// # Ok::<(), GroupsError>(())
    /// ```
    pub fn new(figures: Vec<(GroupId, T)>) -> Result<Self, GroupsError> {
        match figures.windows(2).find(|pair| pair[0].0 >= pair[1].0) {
            Some(pair) => Err(GroupsError::Order(pair[1].0)),
            None => Ok(Self(figures.into_boxed_slice())),
        }
    }

    /// Numbers `figures` from group 1, as a table with a column for each group has them.
    ///
    /// # Errors
    ///
    /// [`GroupsError::TooMany`] if there are more figures than group numbers.
    ///
    /// ```
    /// # use tallylog_rules::{Attendees, ByGroup, GroupId};
    /// let room = ByGroup::numbered([Attendees(20), Attendees(10)])?;
    /// assert_eq!(room.of(GroupId::new(2)?), Attendees(10));
    /// # Ok::<(), tallylog_rules::GroupsError>(())
    /// ```
    pub fn numbered(figures: impl IntoIterator<Item = T>) -> Result<Self, GroupsError> {
        let figures = figures.into_iter().enumerate().map(|(at, figure)| {
            let number = u16::try_from(at + 1).map_err(|_| GroupsError::TooMany)?;
            Ok((GroupId(number), figure))
        });
        figures.collect::<Result<_, _>>().map(Self)
    }

    /// For figures whose groups are those of another list, in its order.
    pub(crate) fn in_roster_order(figures: Vec<(GroupId, T)>) -> Self {
        debug_assert!(figures.windows(2).all(|pair| pair[0].0 < pair[1].0));
        Self(figures.into_boxed_slice())
    }

    /// The figures that `change` makes of these, without the groups for which it makes none.
    #[must_use]
    pub fn filter_map<U>(&self, change: impl Fn(GroupId, &T) -> Option<U>) -> ByGroup<U> {
        let changed = self.iter();
        let changed = changed.filter_map(|(group, figure)| Some((*group, change(*group, figure)?)));
        // Part of a list in roster order is in roster order.
        ByGroup::in_roster_order(changed.collect())
    }

    /// The last group that has a figure.
    pub(crate) fn last(&self) -> Option<GroupId> {
        self.0.last().map(|(group, _)| *group)
    }

    /// The figures in roster order.
    pub fn iter(&self) -> std::slice::Iter<'_, (GroupId, T)> {
        self.0.iter()
    }
}

impl<T: Copy + Default> ByGroup<T> {
    /// The figure of `group`, or 0 where none stands.
    #[must_use]
    pub fn of(&self, group: GroupId) -> T {
        self.0
            .binary_search_by_key(&group, |(id, _)| *id)
            .map_or_else(|_| T::default(), |at| self.0[at].1)
    }
}

impl<T: Copy + Default + PartialEq> ByGroup<T> {
    /// The same figures without the zeros: two lists that say the same of every group become equal.
    #[must_use]
    pub fn without_zeros(&self) -> Self {
        self.filter_map(|_, figure| (*figure != T::default()).then_some(*figure))
    }

    /// Whether both lists say the same of every group, whether or not a zero was written down.
    #[must_use]
    pub fn agrees_with(&self, other: &Self) -> bool {
        let zero = T::default();
        let here = self.iter().filter(|(_, figure)| *figure != zero);
        let there = other.iter().filter(|(_, figure)| *figure != zero);
        here.eq(there)
    }

    /// Whether no group has a figure other than 0.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.iter().all(|(_, figure)| *figure == T::default())
    }
}

impl<T: Copy + Into<u64>> ByGroup<T> {
    /// The sum over all groups, or `u64::MAX` if it is more. 65,535 groups of `u32::MAX` people are not.
    ///
    /// ```
    /// # use tallylog_rules::{Attendees, ByGroup};
    /// let room = ByGroup::numbered([Attendees(u32::MAX), Attendees(1)])?;
    /// assert_eq!(room.total(), 4_294_967_296);
    /// # Ok::<(), tallylog_rules::GroupsError>(())
    /// ```
    #[must_use]
    pub fn total(&self) -> u64 {
        self.iter()
            .fold(0, |sum, (_, figure)| sum.saturating_add((*figure).into()))
    }
}

impl<T> Default for ByGroup<T> {
    fn default() -> Self {
        Self(Box::default())
    }
}

impl<T> TryFrom<Vec<(GroupId, T)>> for ByGroup<T> {
    type Error = GroupsError;

    fn try_from(figures: Vec<(GroupId, T)>) -> Result<Self, GroupsError> {
        Self::new(figures)
    }
}

impl<'a, T> IntoIterator for &'a ByGroup<T> {
    type Item = &'a (GroupId, T);
    type IntoIter = std::slice::Iter<'a, (GroupId, T)>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
