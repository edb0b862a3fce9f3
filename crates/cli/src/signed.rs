//! What a log has signed, beside what it holds.

use tallylog_projection::State;
use tallylog_server::Problem;
use tallylog_store::{Checkpoints, Reader, StoreError};
use tallylog_tlog::{Hash, KeyName, LogKey, SignedCheckpoint, Size};

use crate::data_dir::DataDir;
use crate::show::grouped;

/// Compares every checkpoint that was signed with the log; says what there is.
pub(crate) fn check(data: &DataDir, state: &State, reader: &Reader) -> Result<String, Problem> {
    let path = data.checkpoints();
    if !path.exists() {
        return Ok("none: the log has signed nothing".to_owned());
    }
    let notes: Vec<SignedCheckpoint> = Checkpoints::read(&path)?.collect::<Result<_, _>>()?;
    let (Some(last), Some(key)) = (notes.last(), log_key(state)?) else {
        return Ok("none: the log has signed nothing".to_owned());
    };
    agree(&notes, &key, Size(state.size()), |size| reader.root(size))?;
    Ok(format!(
        "{}, each the root of the entries before it; the last over {} entries",
        grouped(u64::try_from(notes.len()).unwrap_or(u64::MAX)),
        grouped(last.unverified().size.0)
    ))
}

/// The log's key, as the contest names it; `None` before there is one.
pub(crate) fn log_key(state: &State) -> Result<Option<LogKey>, Problem> {
    let Some(contest) = state.contest() else {
        return Ok(None);
    };
    let origin = KeyName::new(contest.log.origin.as_str()).map_err(Problem::BadOrigin)?;
    // A contest with a bad key was never opened.
    LogKey::new(origin, &contest.log.key.0)
        .map(Some)
        .map_err(|_| Problem::OtherLogKey)
}

/// Checks that the log of `size` entries is the one over which all checkpoints were signed.
pub(crate) fn agree(
    notes: &[SignedCheckpoint],
    key: &LogKey,
    size: Size,
    root: impl Fn(Size) -> Result<Hash, StoreError>,
) -> Result<(), Problem> {
    for note in notes {
        let trusted = note
            .verify(std::slice::from_ref(key), &[])
            .map_err(Problem::BadCheckpoint)?;
        let signed = trusted.checkpoint();
        if signed.size > size {
            return Err(Problem::BehindCheckpoint {
                signed: signed.size.0,
                size: size.0,
            });
        }
        if root(signed.size)? != signed.root {
            return Err(Problem::NotAsSigned(signed.size.0));
        }
    }
    Ok(())
}
