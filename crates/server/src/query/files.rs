//! The photos, scans and documents that the log names, and which of them are here.

use tallylog_event::FileHash;
use tallylog_projection::{NamedFile, State, kind_of};
use tallylog_wire::v1;

use super::book::Book;
use super::sheets::{file, place_name};
use super::{moment, public};
use crate::access::Reader;
use crate::problem::Problem;
use crate::shelf::{FileProblem, Shelf, id};

/// Answers for the files that are for a reader, or some of them.
///
/// # Errors
///
/// [`FileProblem::KeptBack`] for whoever may see none of any precinct.
pub(crate) fn files(
    book: Book<'_>,
    shelf: &Shelf,
    reader: &Reader,
    request: &v1::FilesRequest,
) -> Result<v1::FilesResponse, Problem> {
    let state = book.state;
    let wanted = Wanted::of(state, request)?;
    let mut found = Vec::new();
    for (hash, _) in state.files() {
        found.extend(seen(shelf, state, reader, hash)?.filter(|found| wanted.covers(state, found.named)));
    }
    let missing = found.iter().filter(|found| !found.held).count();
    let named = found.len();
    found.retain(|found| !(request.missing && found.held));
    found.sort_by_key(|found| found.named.entry);
    let messages = found.into_iter().map(|found| message(book, &found));
    let position = if reader.reads_everything(state) {
        moment::position(state)?
    } else {
        public::position(state, state)?
    };
    Ok(v1::FilesResponse {
        position: Some(position),
        files: messages.collect::<Result<_, _>>()?,
        named: u32::try_from(named).unwrap_or(u32::MAX),
        missing: u32::try_from(missing).unwrap_or(u32::MAX),
    })
}

/// Whether a precinct of the names that were asked for is spoken of.
struct Wanted<'a> {
    request: &'a v1::FilesRequest,
}

impl<'a> Wanted<'a> {
    fn of(state: &State, request: &'a v1::FilesRequest) -> Result<Self, Problem> {
        if !request.precinct.is_empty() {
            moment::precinct(state, &request.county, &request.precinct)?;
        } else if !request.county.is_empty() {
            moment::county(state, &request.county)?;
        }
        Ok(Self { request })
    }

    fn covers(&self, state: &State, named: &NamedFile) -> bool {
        if self.request.county.is_empty() {
            return true;
        }
        let mut places = state
            .precincts_of(named.entry)
            .into_iter()
            .map(|id| place_name(state, id));
        places.any(|place| {
            let is_there = self.request.precinct.is_empty() || place.precinct == self.request.precinct;
            place.county == self.request.county && is_there
        })
    }
}

/// A file in a reader's sight.
struct Seen<'a> {
    named: &'a NamedFile,
    held: bool,
}

/// A hash in a reader's sight: one file for each size that is said of it.
fn seen<'a>(
    shelf: &Shelf,
    state: &'a State,
    reader: &Reader,
    hash: &FileHash,
) -> Result<impl Iterator<Item = Seen<'a>>, Problem> {
    let named = match shelf.named(state, reader, hash) {
        // Nothing is said of what is not for the reader.
        Err(Problem::File(FileProblem::Unknown)) => Vec::new(),
        named => named?,
    };
    let mut sizes = Vec::new();
    let first = named.into_iter().filter(move |named| {
        let is_new = !sizes.contains(&named.file.size);
        sizes.push(named.file.size);
        is_new
    });
    let seen = first.map(|named| Seen {
        named,
        held: shelf.files.holds(id(named)),
    });
    Ok(seen.collect::<Vec<_>>().into_iter())
}

fn message(book: Book<'_>, found: &Seen<'_>) -> Result<v1::NamedFile, Problem> {
    let (signed, event) = book.read(found.named.entry)?;
    let precincts = book.state.precincts_of(found.named.entry);
    Ok(v1::NamedFile {
        file: Some(file(&found.named.file)),
        named: Some(signed),
        kind: kind_of(&event).to_owned(),
        precincts: precincts.into_iter().map(|id| place_name(book.state, id)).collect(),
        held: found.held,
    })
}
