//! A log of which whoever asks is not shown everything: every entry that they are shown, and the hash of every other.

use tallylog_projection::Shown;
use tallylog_server::Problem;
use tallylog_tlog::{Hash, Size};

use super::Mirror;
use crate::failure::Failure;

/// Everything that somebody is shown of a log.
pub(crate) type AllShown = Vec<Shown<Vec<u8>>>;

/// The first of a page, and what follows it.
fn split(page: &[u8]) -> Option<(Shown<Vec<u8>>, &[u8])> {
    let (length, rest) = page.split_first_chunk()?;
    let length = usize::from(u16::from_be_bytes(*length));
    if length == 0 {
        let (leaf, rest) = rest.split_first_chunk()?;
        return Some((Shown::Withheld(Hash(*leaf)), rest));
    }
    let (entry, rest) = rest.split_at_checked(length)?;
    Some((Shown::Entry(entry.to_vec()), rest))
}

impl Mirror {
    /// What whoever asks is shown of the first `size` entries; `None` where the other side does not say, as a folder of plain
    /// files does not.
    pub(crate) fn shown(&self, size: Size) -> Result<Option<AllShown>, Failure> {
        let Self::Web(web) = self else {
            return Ok(None);
        };
        let place = |entries: &AllShown| u64::try_from(entries.len()).unwrap_or(u64::MAX);
        let mut entries = Vec::new();
        while place(&entries) < size.0 {
            let Some(page) = web.shown(size.0, place(&entries))? else {
                return Ok(None);
            };
            let before = entries.len();
            let mut rest = page.as_slice();
            while !rest.is_empty() && place(&entries) < size.0 {
                let (entry, after) = split(rest).ok_or(Problem::Unreadable("entry-damaged"))?;
                entries.push(entry);
                rest = after;
            }
            if entries.len() == before {
                return Err(Problem::Unreadable("entry-missing").into());
            }
        }
        Ok(Some(entries))
    }
}
