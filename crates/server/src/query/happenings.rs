//! What entries say, in words.

use jiff::Timestamp;
use prost::Message;
use tallylog_event::{Entry, EntryIndex, EventBody, UnixMillis, chain};
use tallylog_projection::{ChangedFigure, Fault, Happening, Replayed, State, Words};
use tallylog_store::Reader as Store;
use tallylog_wire::v1;

use super::timeline::names;
use crate::access::Reader;
use crate::problem::Problem;

/// How many entries are put into words at a time, and how many bytes of words are made: the rest is asked for next.
const MOST: u64 = 500;
const MOST_BYTES: usize = 2 << 20;

/// Answers for what entries of a range say, as many of them as the reader may read.
///
/// # Errors
///
/// [`Problem::BeyondLog`] for entries that are not there; what the store says.
pub fn happenings(
    state: &State,
    reader: &Reader,
    store: &Store,
    request: v1::HappeningsRequest,
) -> Result<v1::HappeningsResponse, Problem> {
    let (size, reach) = (state.size(), reader.reach(state).min(state.size()));
    let v1::HappeningsRequest { from, until } = request;
    if let Some(asked) = [from, until].into_iter().find(|asked| *asked > size) {
        return Err(Problem::BeyondLog { asked, size });
    }
    let until = until.min(reach).min(from.saturating_add(MOST));
    let (mut happenings, mut told) = (Vec::new(), 0);
    for read in store.entries(from..until) {
        let (index, bytes) = read?;
        let happening = tell(state, EntryIndex(index), &bytes)?;
        told += happening.encoded_len();
        happenings.push(happening);
        if told >= MOST_BYTES {
            break;
        }
    }
    Ok(v1::HappeningsResponse { happenings, reach })
}

fn tell(state: &State, index: EntryIndex, bytes: &[u8]) -> Result<v1::Happening, Problem> {
    let damaged = |fault| Problem::Damaged { entry: index, fault };
    let entry = Entry::decode(bytes).map_err(|error| damaged(Fault::Layout(error)))?;
    let body = EventBody::decode(&entry.envelope.body).map_err(|error| damaged(Fault::Event(error)))?;
    let key = entry.envelope.author;
    let hash = chain(bytes);
    let happening = Words::new(state, &utc).of(&Replayed { entry, body, hash });
    Ok(v1::Happening {
        key: key.0.to_vec(),
        bytes: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
        ..message(state, happening)
    })
}

fn message(state: &State, happening: Happening) -> v1::Happening {
    let named = happening.precinct.map(|precinct| names(state, precinct));
    let (county, precinct) = named.unwrap_or_default();
    let (replaces, changes) = happening.replaces.unzip();
    let changes = changes.unwrap_or_default().into_iter();
    v1::Happening {
        entry: happening.entry.0,
        received_at_ms: happening.received_at.0,
        recorded_at_ms: happening.recorded_at.0,
        kind: happening.kind.to_owned(),
        person: happening.person,
        role: happening.role.to_owned(),
        county,
        precinct,
        title: happening.title,
        detail: happening.detail,
        replaces: replaces.map(|entry| entry.0),
        changes: changes.map(|changed| change(state, changed)).collect(),
        ..v1::Happening::default()
    }
}

fn change(state: &State, changed: ChangedFigure) -> v1::ChangedFigure {
    let group = changed.group.map(|group| state.group_name(group).to_owned());
    v1::ChangedFigure {
        what: changed.what.to_owned(),
        group: group.unwrap_or_default(),
        old: changed.old,
        new: changed.new,
    }
}

/// A time as every reader can read it, wherever they are.
fn utc(UnixMillis(millis): UnixMillis) -> String {
    let time = i64::try_from(millis).ok();
    let time = time.and_then(|millis| Timestamp::from_millisecond(millis).ok());
    time.map_or_else(|| format!("{millis} ms"), |time| time.to_string())
}
