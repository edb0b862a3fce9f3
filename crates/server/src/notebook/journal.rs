//! The notebook's file: a line for every change, on disk before it is answered.
//!
//! A line is the first 16 hexadecimal digits of BLAKE3 over the rest, a space, and the pages that changed as JSON. The last
//! line that stands for a page counts. A crash can only tear the last line off, which nobody was told of. The first line says
//! since when the notebook is kept.
//!
//! Beside it lies a mark, which says how many lines were written. A notebook that has fewer was put back from somewhere, and
//! has forgotten what was written since; one without a mark may have. Nothing but that follows from the mark, so it is
//! written without waiting for the disk: after a power cut it may be behind the notebook, and is never ahead.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tallylog_store::is_full;

use super::Begun;
use super::page::{Page, Place};
use crate::problem::Problem;

/// How many digits of the hash stand before a line.
const DIGITS: usize = 16;

/// How much may be written beyond what counts before the file is written anew, in bytes.
const SLACK: u64 = 4 << 20;

/// All pages.
pub(crate) type Pages = BTreeMap<Place, Page>;

/// A page as it is from now on.
#[derive(Serialize, Deserialize)]
struct Turned {
    at: Place,
    page: Page,
}

/// The first line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Heading {
    begun: Begun,
    /// How many lines were written before this file was.
    lines: u64,
}

/// What a file holds.
#[derive(Default)]
struct Contents {
    heading: Option<Heading>,
    /// How many lines were written, in this file and before.
    lines: u64,
    pages: Pages,
}

/// The open file.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    /// Absent where nobody knows what the file holds, or it could not be made: it is written anew before the next line.
    file: Option<File>,
    /// Absent until it could be opened.
    mark: Option<File>,
    begun: Begun,
    /// How many lines were written since the notebook was begun.
    lines: u64,
    /// How much of the file is known to be good.
    length: u64,
    /// How long the file was when it was last written anew.
    compact: u64,
}

impl Journal {
    /// Opens the file, or makes one. What a crash tore off is cut away. A notebook that is new, or that was put back from
    /// somewhere, is begun now.
    ///
    /// On a full disk it is read as it is, and written anew when there is room.
    pub(super) fn open(path: &Path, now: Begun) -> Result<(Self, Pages), Problem> {
        let text = match fs::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(failed(&error)),
        };
        let Contents { heading, lines, pages } = read(&text)?;
        let marked = fs::read_to_string(mark_of(path)).ok();
        let is_whole = |heading: &Heading| marked.is_some_and(|marked| covers(heading.begun, lines, &marked));
        let mut journal = Self {
            path: path.to_owned(),
            file: None,
            mark: None,
            begun: heading.filter(is_whole).map_or(now, |heading| heading.begun),
            lines,
            length: 0,
            compact: 0,
        };
        // The file is always written anew: so it is as small as it can be, and has nothing torn at its end.
        match journal.rewrite(&pages) {
            Ok(()) => journal.note_lines(),
            Err(error) if is_full(&error) => {
                tracing::warn!(%error, "the notebook can be read, and nothing is noted until the disk has room");
            }
            Err(error) => return Err(failed(&error)),
        }
        Ok((journal, pages))
    }

    /// Since when the notebook is kept.
    pub(super) const fn begun(&self) -> Begun {
        self.begun
    }

    /// Writes changed pages, all or none, and returns once they are on disk.
    ///
    /// After a crash before that the line is whole, and counts, or it is torn, and is dropped.
    pub(super) fn append(&mut self, turned: &Pages, all: &Pages) -> Result<(), Problem> {
        let mut file = self.ready(all)?;
        let line = turning(turned.iter().map(|(at, page)| (*at, page)));
        let written = file.write_all(&line).and_then(|()| file.sync_data());
        if let Err(error) = written {
            // What was half written would stand before the next line, and spoil it.
            let cut = file.set_len(self.length).and_then(|()| file.sync_data());
            self.file = cut.is_ok().then_some(file);
            return Err(failed(&error));
        }
        self.file = Some(file);
        self.length += length(&line);
        self.lines += 1;
        self.note_lines();
        if self.length > 2 * self.compact + SLACK {
            let mut pages = all.clone();
            pages.extend(turned.clone());
            // What was asked for is on disk. If this fails the old file is still there, and still counts.
            if let Err(error) = self.rewrite(&pages) {
                tracing::warn!(%error, "the notebook could not be written anew");
            }
        }
        Ok(())
    }

    /// Writes to another file from now on, as a test wants it.
    #[cfg(test)]
    pub(super) fn stand_in(&mut self, file: File) {
        self.file = Some(file);
    }

    /// Takes out the file, in which the next line is to stand.
    fn ready(&mut self, pages: &Pages) -> Result<File, Problem> {
        if self.file.is_none() {
            self.rewrite(pages).map_err(|error| failed(&error))?;
        }
        self.file.take().ok_or_else(|| failed(&io::ErrorKind::NotFound.into()))
    }

    /// Writes a file with what counts beside the old one, and gives it the old one's name when it is on disk. After a crash
    /// the name stands for the old file or for the new one, and both hold the same.
    fn rewrite(&mut self, pages: &Pages) -> io::Result<()> {
        let draft = self.path.with_extension("new");
        remove(&draft)?;
        let mut text = line(&Heading {
            begun: self.begun,
            lines: self.lines,
        });
        let mut lines = self.lines;
        for (at, page) in pages.iter().filter(|(_, page)| **page != Page::default()) {
            text.extend(turning(std::iter::once((*at, page))));
            lines += 1;
        }
        let written = private(&draft).and_then(|mut file| {
            file.write_all(&text)?;
            file.sync_all()?;
            Ok(file)
        });
        let file = match written {
            Ok(file) => file,
            Err(error) => {
                // It takes room from whoever makes some.
                remove(&draft)?;
                return Err(error);
            }
        };
        fs::rename(&draft, &self.path)?;
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
        self.file = Some(file);
        self.length = length(&text);
        self.compact = self.length;
        self.lines = lines;
        Ok(())
    }

    /// Notes how many lines were written.
    fn note_lines(&mut self) {
        let text = marking(self.begun, self.lines);
        let mark = self.mark.take().map_or_else(|| mark(&self.path), Ok);
        let noted = mark.and_then(|mark| {
            mark.write_all_at(text.as_bytes(), 0)?;
            Ok(mark)
        });
        match noted {
            Ok(mark) => self.mark = Some(mark),
            Err(error) => tracing::warn!(%error, "how much the notebook holds could not be noted"),
        }
    }
}

/// Where the mark of a notebook lies.
fn mark_of(path: &Path) -> PathBuf {
    path.with_extension("mark")
}

fn mark(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).write(true).truncate(false).mode(0o600);
    options.open(mark_of(path))
}

/// What stands in a mark. It always has the same length.
fn marking(begun: Begun, lines: u64) -> String {
    format!("{:020} {:020} {lines:020}\n", begun.size, begun.at_ms)
}

/// Whether a notebook has everything that its mark knows of.
fn covers(begun: Begun, lines: u64, marked: &str) -> bool {
    let known = marked.trim().rsplit(' ').next().and_then(|lines| lines.parse().ok());
    known.is_some_and(|known: u64| known <= lines && marked == marking(begun, known))
}

fn failed(error: &io::Error) -> Problem {
    if is_full(error) {
        return Problem::DiskFull;
    }
    Problem::NotebookFailed(error.to_string())
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// A file that its owner alone may read, to add to.
fn private(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new().create(true).append(true).mode(0o600).open(path)?;
    Ok(file)
}

fn length(text: &[u8]) -> u64 {
    u64::try_from(text.len()).unwrap_or(u64::MAX)
}

fn turning<'a>(turned: impl Iterator<Item = (Place, &'a Page)>) -> Vec<u8> {
    #[derive(Serialize)]
    struct Turning<'a> {
        at: Place,
        page: &'a Page,
    }
    line(&turned.map(|(at, page)| Turning { at, page }).collect::<Vec<_>>())
}

fn line(said: &impl Serialize) -> Vec<u8> {
    // Strings, numbers and maps with strings as keys: nothing here can fail to be written.
    let text = serde_json::to_vec(said).unwrap_or_default();
    [check(&text).as_bytes(), b" ", &text, b"\n"].concat()
}

fn check(text: &[u8]) -> String {
    let mut digits = blake3::hash(text).to_hex().to_string();
    digits.truncate(DIGITS);
    digits
}

/// What a file holds. A last line that is torn was answered to nobody; any other that is not whole was whole once.
fn read(text: &[u8]) -> Result<Contents, Problem> {
    let mut contents = Contents::default();
    let mut rest = text;
    let mut number = 1;
    while !rest.is_empty() {
        let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len() - 1);
        let (line, after) = rest.split_at(end + 1);
        match whole(line) {
            Some(Said::Heading(heading)) => {
                contents.lines = heading.lines;
                contents.heading = Some(heading);
            }
            Some(Said::Turned(turned)) => {
                contents.lines += 1;
                contents
                    .pages
                    .extend(turned.into_iter().map(|turned| (turned.at, turned.page)));
            }
            None if after.is_empty() => tracing::warn!(bytes = line.len(), "the notebook's last line was torn off"),
            None => return Err(Problem::NotebookDamaged(number)),
        }
        rest = after;
        number += 1;
    }
    Ok(contents)
}

/// What a line says.
#[derive(Deserialize)]
#[serde(untagged)]
enum Said {
    Heading(Heading),
    Turned(Vec<Turned>),
}

fn whole(line: &[u8]) -> Option<Said> {
    let line = line.strip_suffix(b"\n")?;
    let (digits, text) = line.split_at_checked(DIGITS)?;
    let text = text.strip_prefix(b" ")?;
    if check(text).as_bytes() != digits {
        return None;
    }
    serde_json::from_slice(text).ok()
}
