//! Long answers, page by page: the next is read from the disk when the one before was taken.
//!
//! Invariant: a reader who does not read holds one page, however much was asked for.

use std::ops::Range;

use futures_util::stream::{Stream, unfold};
use tallylog_store::Reader;

use crate::apart::reading;
use crate::problem::Problem;

/// How many bytes a page has, about.
const PAGE: usize = 32 << 10;

/// How many entries are read at first, and at most: after each page it shows how large they are.
const FIRST: u64 = 8;
const MOST: u64 = 256;

/// Pages of what an iterator gives. A problem is the last item of the last page.
pub(crate) fn pages<T, I>(source: I, bytes: fn(&T) -> usize) -> impl Stream<Item = Vec<Result<T, Problem>>> + Send
where
    T: Send + 'static,
    I: Iterator<Item = Result<T, Problem>> + Send + 'static,
{
    unfold(Some(source), move |source| async move {
        let mut source = source?;
        let read = reading(move || {
            let (page, is_over) = page(&mut source, bytes);
            Ok((page, (!is_over).then_some(source)))
        });
        Some(read.await.unwrap_or_else(|problem| (vec![Err(problem)], None)))
    })
}

/// A page, and whether it is the last.
fn page<T>(
    source: &mut impl Iterator<Item = Result<T, Problem>>,
    bytes: fn(&T) -> usize,
) -> (Vec<Result<T, Problem>>, bool) {
    let (mut page, mut held) = (Vec::new(), 0);
    while held < PAGE {
        let Some(item) = source.next() else {
            return (page, true);
        };
        let is_bad = item.is_err();
        held += item.as_ref().map_or(0, bytes);
        page.push(item);
        if is_bad {
            return (page, true);
        }
    }
    (page, false)
}

/// Entries of a range, a page at a time.
#[derive(Debug)]
pub(crate) struct Entries {
    left: Range<u64>,
    count: u64,
}

/// Entries with their indexes.
pub(crate) type Page = Vec<(u64, Vec<u8>)>;

impl Entries {
    pub(crate) const fn new(range: Range<u64>) -> Self {
        Self {
            left: range,
            count: FIRST,
        }
    }

    /// The next page; none after the last.
    pub(crate) async fn next(&mut self, reader: &Reader) -> Result<Option<Page>, Problem> {
        if self.left.is_empty() {
            return Ok(None);
        }
        let end = self.left.end.min(self.left.start.saturating_add(self.count));
        let (wanted, reader) = (self.left.start..end, reader.clone());
        self.left.start = end;
        let page = reading(move || Ok(reader.entries(wanted).collect::<Result<Page, _>>()?)).await?;
        let held: usize = page.iter().map(|(_, bytes)| bytes.len()).sum();
        self.count = if held > PAGE {
            (self.count / 2).max(1)
        } else {
            self.count.saturating_mul(2).min(MOST)
        };
        Ok(Some(page))
    }

    /// All pages. A problem is the last.
    pub(crate) fn pages(self, reader: Reader) -> impl Stream<Item = Result<Page, Problem>> + Send {
        unfold(Some((self, reader)), |left| async {
            let (mut entries, reader) = left?;
            match entries.next(&reader).await.transpose()? {
                Ok(page) => Some((Ok(page), Some((entries, reader)))),
                Err(problem) => Some((Err(problem), None)),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::StreamExt;

    use super::*;

    #[tokio::test]
    async fn no_more_is_read_than_is_taken() {
        let read = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&read);
        let source = (0..1_000).map(move |number| {
            counted.fetch_add(1, Ordering::SeqCst);
            Ok(vec![number; PAGE / 4])
        });
        let mut pages = std::pin::pin!(pages(source, Vec::len));
        for taken in 1..=3 {
            assert_eq!(pages.next().await.unwrap().len(), 4);
            assert_eq!(read.load(Ordering::SeqCst), taken * 4);
        }
        assert_eq!(pages.count().await, 248, "and the last, which is empty");
    }

    #[tokio::test]
    async fn a_problem_is_the_last_item() {
        let source = [Ok(1), Err(Problem::NoTile), Ok(2)].into_iter();
        let pages: Vec<_> = pages(source, |_| 1).collect().await;
        assert_eq!(pages, [vec![Ok(1), Err(Problem::NoTile)]]);
    }
}
