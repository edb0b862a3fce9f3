//! What a device remembers of its tries to send one event. It proves nothing, and nothing is lost with it.

use serde::{Deserialize, Serialize};

use crate::device::Since;

/// The notes of one event.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Notes {
    /// How often it was tried to send.
    pub(crate) tries: u64,
    /// When the last try was made, by this device's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_try_ms: Option<u64>,
    /// When the server said that it has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sent_ms: Option<u64>,
    /// What came of the last try, unless it went well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) trouble: Option<Trouble>,
    /// Whether something signed later stands in its place, so that it is sent no more.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) set_aside: bool,
    /// What became of it after it was received, as the server said last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) since: Option<Since>,
}

/// The notes of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct FileNotes {
    /// How often it was tried to send.
    pub(crate) tries: u64,
    /// When the server said that it has all of it on its disk, by this device's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sent_ms: Option<u64>,
    /// What came of the last try, unless it went well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) trouble: Option<Trouble>,
    /// What its event says of it, where that event is not kept in the outbox.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) document: Option<Described>,
}

/// What an event says of a file beside its hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Described {
    pub(crate) size: u64,
    pub(crate) media_type: String,
    /// Whether such an event was signed: whoever looked before signing may have thought better of it.
    pub(crate) signed: bool,
}

/// Why it is not received.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Trouble {
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) kind: TroubleKind,
}

/// What can be expected of trying again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TroubleKind {
    /// The same bytes may be taken in a while.
    Passing,
    /// The server said no.
    Refused,
    /// A receipt does not hold: somebody is wrong, or lies.
    Alarm,
}
