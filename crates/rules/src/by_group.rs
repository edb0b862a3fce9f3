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
    pub fn new(figures: Vec<(GroupId, T)>) -> Result<Self, GroupsError> {
        match figures.windows(2).find(|pair| pair[0].0 >= pair[1].0) {
            Some(pair) => Err(GroupsError::Order(pair[1].0)),
            None => Ok(Self(figures.into_boxed_slice())),
        }
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
