//! What many copies of a state have in common: a copy of a long list is cheap, and one that goes on copies only its end.

use std::sync::{Arc, OnceLock};

/// How many items are shared together.
const TOGETHER: usize = 1_024;

/// A list that only grows, in parts that copies of it share.
#[derive(Clone, Debug)]
pub(crate) struct Growing<T> {
    /// All but the last are full.
    parts: Vec<Arc<Vec<T>>>,
}

impl<T> Default for Growing<T> {
    fn default() -> Self {
        Self { parts: Vec::new() }
    }
}

impl<T: Clone> Growing<T> {
    pub(crate) fn len(&self) -> usize {
        let last = self.parts.last().map_or(0, |last| last.len());
        self.parts.len().saturating_sub(1) * TOGETHER + last
    }

    pub(crate) fn get(&self, place: usize) -> Option<&T> {
        self.parts.get(place / TOGETHER)?.get(place % TOGETHER)
    }

    pub(crate) fn last(&self) -> Option<&T> {
        self.parts.last()?.last()
    }

    pub(crate) fn push(&mut self, item: T) {
        match self.parts.last_mut() {
            Some(last) if last.len() < TOGETHER => Arc::make_mut(last).push(item),
            Some(_) | None => self.parts.push(Arc::new(vec![item])),
        }
    }

    /// The items from `start` to before `end`, as far as there are any.
    pub(crate) fn range(&self, start: usize, end: usize) -> impl Iterator<Item = &T> {
        (start..end.min(self.len())).filter_map(|place| self.get(place))
    }

    /// The first items.
    pub(crate) fn first(&self, count: usize) -> Self {
        let (whole, rest) = (count / TOGETHER, count % TOGETHER);
        let mut parts: Vec<_> = self.parts.iter().take(whole).cloned().collect();
        let begun = self.parts.get(whole).and_then(|part| part.get(..rest.min(part.len())));
        parts.extend(
            begun
                .filter(|begun| !begun.is_empty())
                .map(|begun| Arc::new(begun.to_vec())),
        );
        Self { parts }
    }

    /// How many of the first items are so, in a list where none is so after one that is not.
    pub(crate) fn partition_point(&self, is_so: impl Fn(&T) -> bool) -> usize {
        let whole = self.parts.partition_point(|part| part.last().is_some_and(&is_so));
        let begun = self.parts.get(whole).map_or(0, |part| part.partition_point(&is_so));
        // The last part need not be full.
        (whole * TOGETHER + begun).min(self.len())
    }
}

/// What is worked out of a state once, for whoever asks first, and known to all copies of it.
#[derive(Clone, Debug)]
pub(crate) struct Memo<T>(Arc<OnceLock<T>>);

impl<T> Default for Memo<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T> Memo<T> {
    pub(crate) fn get_or_init(&self, work: impl FnOnce() -> T) -> &T {
        self.0.get_or_init(work)
    }

    /// Forgets it: the state has grown. What copies know stays as it is.
    pub(crate) fn forget(&mut self) {
        match Arc::get_mut(&mut self.0) {
            Some(known) => drop(known.take()),
            None => self.0 = Arc::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(count: usize) -> Growing<usize> {
        let mut list = Growing::default();
        (0..count).for_each(|item| list.push(item));
        list
    }

    #[test]
    fn a_list_that_grows_is_the_list_at_every_length() {
        let list = of(3 * TOGETHER + 5);
        for count in [0, 1, TOGETHER - 1, TOGETHER, TOGETHER + 1, 3 * TOGETHER, list.len()] {
            let first = list.first(count);
            assert_eq!(first.len(), count);
            assert_eq!(first.last().copied(), count.checked_sub(1));
            assert_eq!(first.get(count), None);
            assert_eq!(list.partition_point(|item| *item < count), count);
            let range: Vec<_> = list.range(count, count + 3).copied().collect();
            assert!(range.iter().copied().eq(count..(count + 3).min(list.len())));
        }
        assert_eq!(list.first(list.len() + 1).len(), list.len());
    }

    #[test]
    fn a_copy_that_goes_on_changes_nothing_of_the_other() {
        let list = of(TOGETHER + 1);
        let mut copy = list.clone();
        copy.push(7);
        assert_eq!((list.len(), copy.len()), (TOGETHER + 1, TOGETHER + 2));
        assert!(Arc::ptr_eq(&list.parts[0], &copy.parts[0]), "what is full is shared");
    }

    #[test]
    fn what_is_worked_out_once_is_known_to_copies_until_one_grows() {
        let mut memo = Memo::default();
        let copy = memo.clone();
        assert_eq!(*copy.get_or_init(|| 1), 1);
        assert_eq!(*memo.get_or_init(|| 2), 1, "the copy worked it out");
        memo.forget();
        assert_eq!(*memo.get_or_init(|| 3), 3);
        assert_eq!(*copy.get_or_init(|| 4), 1);
    }
}
