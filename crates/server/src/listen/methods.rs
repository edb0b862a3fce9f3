//! How large a request may be, by what it asks.

use axum::http::header::CONTENT_LENGTH;
use axum::http::{HeaderMap, Method};

use super::speech::Speech;
use crate::limits::{Limit, bytes};
use crate::problem::Problem;

/// A signed event. An entry has at most 65,535 bytes; whoever sends somewhat more is told so by the log's own code.
const EVENT: usize = 128 << 10;

/// What an operator typed so far.
const DRAFT: usize = 40 << 10;

/// The chairs' telephone numbers, all of the list.
const PHONES: usize = 1 << 20;

/// A checkpoint for a witness, which counts the bytes itself and takes somewhat fewer.
const CHECKPOINT: usize = 160 << 10;

/// Everything else: a few names.
const ASKED: usize = 8 << 10;

/// The calls with a message of a size of their own. Whatever is not here is asked in a few words.
const MESSAGES: [(&str, usize); 6] = [
    ("/add-checkpoint", CHECKPOINT),
    ("/tallylog.v1.Intake/Submit", EVENT),
    ("/tallylog.v1.Intake/SubmitMany", EVENT),
    ("/tallylog.v1.Cases/Effect", EVENT),
    ("/tallylog.v1.Desk/SaveDraft", DRAFT),
    ("/tallylog.v1.Desk/WritePhones", PHONES),
];

/// The calls whose sender may send one message after the other, and be silent between them.
const STREAMS: [&str; 3] = [
    "/tallylog.v1.Intake/SubmitMany",
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
];

/// What stands before each message of gRPC.
pub(super) const PREFIX: usize = 5;

/// How large what a request sends may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Size {
    /// Messages of gRPC, each of at most so many bytes.
    Messages {
        most: usize,
        /// Whether there may be several.
        is_stream: bool,
    },
    /// At most so many bytes in all.
    Whole { most: usize },
    /// Any number of bytes, none of which are held: whoever takes them counts them.
    Pieces,
}

impl Size {
    /// What a request may send.
    pub(super) fn of(method: &Method, path: &str, speech: Speech) -> Self {
        let known = MESSAGES.iter().find(|(known, _)| *known == path);
        let most = known.map_or(ASKED, |(_, most)| *most);
        match speech {
            Speech::Grpc | Speech::Web => Self::Messages {
                most,
                is_stream: STREAMS.contains(&path),
            },
            // Four letters for each three bytes.
            Speech::WebText => Self::Whole {
                most: (most + PREFIX).div_ceil(3) * 4,
            },
            Speech::Http if *method == Method::PATCH && path.starts_with("/file/") => Self::Pieces,
            Speech::Http => Self::Whole { most },
        }
    }

    /// Refuses what says of itself that it is too large.
    pub(super) fn check_declared(self, headers: &HeaderMap) -> Result<(), Problem> {
        let declared = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok());
        let declared: usize = declared.and_then(|length| length.parse().ok()).unwrap_or(0);
        let (most, all) = match self {
            Self::Messages { most, is_stream: false } => (most, most + PREFIX),
            Self::Whole { most } => (most, most),
            Self::Messages { is_stream: true, .. } | Self::Pieces => return Ok(()),
        };
        if declared > all {
            return Err(Problem::MessageTooLarge(most));
        }
        Ok(())
    }
}

/// The limits of messages.
pub(super) fn limits() -> Vec<Limit> {
    let row =
        |what, most: usize| Limit::new(what, bytes(u64::try_from(most).unwrap_or(u64::MAX))).code("message-too-large");
    vec![
        row("message of `Submit`, `SubmitMany` and `Effect`", EVENT),
        row("message of `SaveDraft`", DRAFT),
        row("message of `WritePhones`", PHONES),
        row("any other message or body", ASKED),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use prost::Message;
    use tallylog_wire::v1;

    use super::*;

    /// Every call of the interface by its path, and whether its sender streams.
    fn calls() -> BTreeMap<String, bool> {
        let files = prost_types::FileDescriptorSet::decode(v1::DESCRIPTORS).unwrap().file;
        let mut calls = BTreeMap::new();
        for file in &files {
            for service in &file.service {
                let path = |method| format!("/{}.{}/{method}", file.package(), service.name());
                let methods = service.method.iter();
                calls.extend(methods.map(|method| (path(method.name()), method.client_streaming())));
            }
        }
        calls
    }

    #[test]
    fn every_call_with_a_size_of_its_own_is_a_call_of_the_service() {
        let calls = calls();
        let mut sized = MESSAGES.iter().map(|(path, _)| path).filter(|path| path.contains('.'));
        let unknown = sized.find(|path| !calls.contains_key(**path));
        assert_eq!(unknown, None);
    }

    #[test]
    fn every_call_whose_sender_streams_may_be_silent_between_messages_and_no_other() {
        let streams = calls().into_iter().filter(|(_, streams)| *streams);
        let streams: Vec<String> = streams.map(|(path, _)| path).collect();
        let known = STREAMS.iter().filter(|path| path.starts_with("/tallylog."));
        assert_eq!(known.collect::<Vec<_>>(), streams.iter().collect::<Vec<_>>());
    }

    #[test]
    fn what_nobody_knows_may_be_as_large_as_the_smallest() {
        let unknown = Size::of(&Method::POST, "/tallylog.v1.Nothing/Nothing", Speech::Grpc);
        let smallest = MESSAGES.iter().map(|(_, most)| *most).min().unwrap().min(ASKED);
        assert_eq!(
            unknown,
            Size::Messages {
                most: smallest,
                is_stream: false
            }
        );
    }
}
