//! The terms on which connections are served: how many, how fast, how much.

use std::num::NonZeroUsize;
use std::time::Duration;

use crate::limits::{Limit, bytes, grouped};

/// How many connections there may be, where the system allows as many files.
const CONNECTIONS: usize = 16_384;

/// How many of one address: a hall, a carrier or a proxy is one address.
pub const CONNECTIONS_PER_ADDRESS: NonZeroUsize = NonZeroUsize::new(8_192).unwrap();

/// Files that are kept for the log, the files beside it, and witnesses.
const OTHER_FILES: usize = 256;

/// How many connections may wait for their first request, at most and as a part of all places.
const UNSPOKEN: usize = 4_096;
const UNSPOKEN_PART: usize = 2;

/// How long a connection may take for its first request, and for the head of each.
const HEAD: Duration = Duration::from_secs(10);

/// How long a connection that has spoken may say nothing.
const IDLE: Duration = Duration::from_mins(5);

/// How long nothing may come of a body, or be read of an answer.
const PAUSE: Duration = Duration::from_secs(10);

/// How much must come or be read in each second of waiting. A phone on 2G sends twice that.
const BYTES_PER_SECOND: u64 = 1 << 10;

/// How often a quiet HTTP/2 connection is asked whether it is there, and how long it may take to say so.
const PING: Duration = Duration::from_secs(20);

/// How many requests a connection may have under way.
const STREAMS: u32 = 128;

/// How many bytes of requests and of answers that nobody has read may be under way on all connections.
const UNDER_WAY: u64 = 64 << 20;

/// The most bytes of a request's head.
pub(super) const HEAD_BYTES: u32 = 16 << 10;

/// How many requests a connection may take back within [`HEAD`].
pub(super) const TAKEN_BACK: usize = 1_000;

/// The terms on which connections are served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// How many connections there may be.
    pub connections: usize,
    /// How many of one address.
    pub connections_per_address: usize,
    /// How long a connection may take for its first request, and for the head of each.
    pub head: Duration,
    /// How long a connection that has spoken may say nothing.
    pub idle: Duration,
    /// How fast bodies must come, and answers be read.
    pub pace: Pace,
    /// How often a quiet HTTP/2 connection is asked whether it is there, and how long it may take to say so.
    pub ping: Duration,
    /// How many requests a connection may have under way.
    pub streams: u32,
    /// How many bytes may be under way on all connections.
    pub under_way: u64,
}

/// How fast something must go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// How long nothing may go.
    pub pause: Duration,
    /// How much must go in each second of waiting, on average over a pause.
    pub bytes_per_second: u64,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            connections: CONNECTIONS,
            connections_per_address: CONNECTIONS_PER_ADDRESS.get(),
            head: HEAD,
            idle: IDLE,
            pace: Pace {
                pause: PAUSE,
                bytes_per_second: BYTES_PER_SECOND,
            },
            ping: PING,
            streams: STREAMS,
            under_way: UNDER_WAY,
        }
    }
}

impl Terms {
    /// How many connections a process may have that may open so many files.
    #[must_use]
    pub fn connections_with(files: usize) -> usize {
        // Few files are shared evenly: the log needs its own.
        let left = files.saturating_sub(OTHER_FILES).max(files / 2);
        left.clamp(1, CONNECTIONS)
    }

    /// How many connections may wait for their first request.
    pub(super) fn unspoken(&self) -> usize {
        (self.connections / UNSPOKEN_PART).clamp(1, UNSPOKEN)
    }

    /// How often it is looked who is too slow.
    pub(super) fn tick(&self) -> Duration {
        let shortest = self.head.min(self.idle).min(self.pace.pause);
        (shortest / 5).clamp(Duration::from_millis(5), Duration::from_secs(1))
    }
}

/// The limits of connections.
pub(super) fn limits() -> Vec<Limit> {
    let count = |number: usize| grouped(u64::try_from(number).unwrap_or(u64::MAX));
    vec![
        Limit::new("connections, or the files allowed less 256", count(CONNECTIONS)).flag("--connections"),
        Limit::new("connections of an address", count(CONNECTIONS_PER_ADDRESS.get())).flag("--connections-per-address"),
        Limit::new(
            "connections without a first request, or half the places",
            count(UNSPOKEN),
        ),
        Limit::new("wait for the head of a request", seconds(HEAD)),
        Limit::new("silence of a connection that has asked before", seconds(IDLE)),
        Limit::new("wait for an answer to an HTTP/2 ping", seconds(PING)),
        Limit::new("pause in the body of a request", seconds(PAUSE)).code("too-slow"),
        Limit::new(
            "pace of the body of a request",
            format!("{} a second", bytes(BYTES_PER_SECOND)),
        )
        .code("too-slow"),
        Limit::new("pause in reading an answer", seconds(PAUSE)),
        Limit::new(
            "pace of reading an answer",
            format!("{} a second", bytes(BYTES_PER_SECOND)),
        ),
        Limit::new("requests of a connection at a time", grouped(STREAMS)),
        Limit::new("requests that a connection takes back in 10 s", count(TAKEN_BACK)),
        Limit::new("head of a request", bytes(HEAD_BYTES.into())),
        Limit::new("bytes of all requests and unread answers", bytes(UNDER_WAY)).code("busy"),
    ]
}

fn seconds(time: Duration) -> String {
    format!("{} s", time.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_files_are_shared_and_of_many_all_but_256_are_for_connections() {
        let places = [0, 64, 256, 512, 1_024, 16_640, 1_048_576].map(Terms::connections_with);
        assert_eq!(places, [1, 32, 128, 256, 768, 16_384, 16_384]);
    }
}
