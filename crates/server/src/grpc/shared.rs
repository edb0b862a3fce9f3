//! Answers that many ask for at once: on the night every open page asks the same, and it is worked out for the first of
//! them.

use std::future::Future;
use std::ops::Range;
use std::sync::Arc;

use prost::Message;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use tallylog_projection::{Basis, State};

use super::question::Question;
use crate::access::Reader;
use crate::problem::Problem;
use crate::query;

/// How many bytes of answers to one kind of question are kept.
const KEPT: u64 = 4 << 20;

/// How many answers these are, about.
const ANSWERS: usize = 100;

/// All that an answer depends on. What the first entries of a log say never changes; how much of it is
/// public does, under an embargo, with every release.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    question: Vec<u8>,
    size: u64,
    public: Option<(u64, usize)>,
}

impl Key {
    /// Of a question. Whoever may read everything is answered as everybody is who may.
    pub(super) fn of(state: &State, question: &impl Question, reader: &Reader) -> Result<Self, Problem> {
        let size = query::size(state, question.moment())?;
        Ok(Self::new(state, question.encode_to_vec(), size, reader))
    }

    /// Of a step of the public's.
    pub(super) fn of_step(state: &State, basis: Basis, entries: Range<u64>) -> Self {
        let start = [
            &[u8::from(basis == Basis::Released)],
            entries.start.to_be_bytes().as_slice(),
        ]
        .concat();
        Self::new(state, start, entries.end, &Reader::Public)
    }

    fn new(state: &State, question: Vec<u8>, size: u64, reader: &Reader) -> Self {
        let is_open = reader.reads_everything(state);
        Self {
            question,
            size,
            public: (!is_open).then(|| (state.public_size(), state.releases().len())),
        }
    }
}

/// The latest answers to one kind of question.
pub(super) struct Shared<T>(Cache<Key, Arc<T>, Bytes>);

#[derive(Clone)]
struct Bytes;

impl<T: Message> Weighter<Key, Arc<T>> for Bytes {
    fn weight(&self, key: &Key, answer: &Arc<T>) -> u64 {
        let bytes = key.question.len().saturating_add(answer.encoded_len());
        u64::try_from(bytes).unwrap_or(u64::MAX)
    }
}

impl<T: Message> Shared<T> {
    pub(super) fn new() -> Self {
        Self(Cache::with_weighter(ANSWERS, KEPT, Bytes))
    }

    /// The answer, if it is known.
    pub(super) fn known(&self, key: &Key) -> Option<Arc<T>> {
        self.0.get(key)
    }

    /// The answer, which somebody may be working out already. A problem is nobody's but his who met it.
    pub(super) async fn get(
        &self,
        key: &Key,
        work: impl Future<Output = Result<Arc<T>, Problem>>,
    ) -> Result<Arc<T>, Problem> {
        self.0.get_or_insert_async(key, work).await
    }
}
