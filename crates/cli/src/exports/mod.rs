//! Results in the forms that others read, each read back and compared with the state before anybody gets it (V34).

mod cdf;
mod csv;
mod json;
mod parity;
mod table;

use std::fs;
use std::path::{Path, PathBuf};

use tallylog_projection::{Basis, State};
use tallylog_server::Problem;
use tallylog_tlog::Hash;
use thiserror::Error;

pub(crate) use self::parity::{Disparity, cells_of, compare};
use self::table::Table;
use crate::args;
use crate::args::follow::{CheckedExportArgs, ResultsArgs};
use crate::entries::Past;
use crate::failure::{Failure, Outcome};
use crate::show::{grouped, talk};

/// What says which log and moment an export is of, in the order in which it is always given.
const HEAD: [&str; 5] = ["contest_id", "size", "root", "results_root", "basis"];

/// The forms of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Two tables: precincts and totals.
    Csv,
    /// One object.
    Json,
    /// NIST SP 1500-100.
    Cdf,
}

/// Every form.
pub(crate) const FORMS: [Form; 3] = [Form::Csv, Form::Json, Form::Cdf];

/// A file of an export, before it has a place.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// Why an export cannot be read back.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum ReadBack {
    #[error("it is no table of this kind: {0}")]
    Csv(String),
    #[error("it is no JSON of this kind: {0}")]
    Json(String),
    #[error("{0} is none of the files of an export")]
    Name(String),
    #[error("it says two things of {place}, {column}")]
    Contradicts { place: String, column: &'static str },
    #[error("{0:?} refers to nothing that is there, or is not understood")]
    Reference(String),
}

/// Writes an export, and reads it back before it gets its name.
pub(crate) async fn run(args: &ResultsArgs, form: Form) -> Result<Outcome, Failure> {
    let past = Past::read(&args.source).await?;
    let state = past.at(&args.moment)?;
    let basis = basis(args, past.withholds())?;
    let root = past.root(state.size());
    let figures = place(&state, root, basis, form, &args.output)?;
    let mark = if is_rehearsal(&state) { "REHEARSAL: " } else { "" };
    talk(&format!(
        "{mark}{} holds the {} results at log size {}; {} figures were read back and are those of the log",
        args.output.display(),
        table::basis_name(basis),
        grouped(state.size()),
        grouped(u64::try_from(figures).unwrap_or(u64::MAX)),
    ));
    Ok(Outcome::Yes)
}

/// Compares a file that somebody has with the log.
pub(crate) async fn check(args: &CheckedExportArgs) -> Result<Outcome, Failure> {
    let (form, files) = found(&args.file)?;
    let cells = read(form, &files).map_err(|fault| unreadable(&args.file, fault))?;
    let said = |column| {
        let cell = cells
            .iter()
            .find(|(cell, _)| cell.place.is_empty() && cell.group.is_empty() && cell.column == column);
        cell.map(|(_, value)| value.as_str())
    };
    let size = said("size").and_then(|size| size.parse().ok()).unwrap_or(0);
    let basis = if said("basis") == Some("released") {
        Basis::Released
    } else {
        Basis::Recorded
    };
    let past = Past::read(&args.source).await?;
    if past.withholds() && basis == Basis::Recorded {
        return Err(Problem::Embargoed.into());
    }
    let state = past.state().at(size).ok_or(Problem::BeyondLog {
        asked: size,
        size: past.state().size(),
    })?;
    let expected = cells_of(&state, past.root(size), basis).ok_or(Problem::Empty)?;
    match compare(&cells, &only(expected, form)) {
        Ok(figures) => {
            talk(&format!(
                "{} figures are those of the log at size {}",
                figures,
                grouped(size)
            ));
            Ok(Outcome::Yes)
        }
        Err(disparity) => {
            talk(&format!("{disparity} [export-parity]"));
            Ok(Outcome::No)
        }
    }
}

/// Writes every form of what `basis` counts in `state` into memory, reads it back and compares every figure: what must
/// hold before a release is announced. Returns how many figures agree.
///
/// For a release that is not in the log yet, give a state that has followed it.
pub(crate) fn verify_parity(state: &State, root: Hash, basis: Basis) -> Result<usize, Failure> {
    let mut figures = 0;
    for form in FORMS {
        let files = written(state, root, basis, form, Path::new("results"))?;
        figures += agree(&files, state, root, basis, form)?;
    }
    Ok(figures)
}

/// Writes an export to its place, read back before it gets its name. Returns how many figures agree.
pub(crate) fn place(state: &State, root: Hash, basis: Basis, form: Form, output: &Path) -> Result<usize, Failure> {
    let files = written(state, root, basis, form, output)?;
    keep(&files, state, root, basis, form)
}

fn written(state: &State, root: Hash, basis: Basis, form: Form, output: &Path) -> Result<Vec<File>, Failure> {
    let table = Table::of(state, root, basis).ok_or(Problem::Empty)?;
    let name = output.display().to_string();
    match form {
        Form::Csv => {
            let mut files = csv::write(&table)?;
            for file in &mut files {
                file.name = output.join(&file.name).display().to_string();
            }
            Ok(files)
        }
        Form::Json => json::write(&table, name),
        Form::Cdf => cdf::write(&table, name),
    }
}

/// Writes each file under a name of no consequence, reads the bytes from the disk, and gives the files their names once
/// every figure in them is that of the log.
fn keep(files: &[File], state: &State, root: Hash, basis: Basis, form: Form) -> Result<usize, Failure> {
    let drafts = match drafts(files) {
        Ok(drafts) => drafts,
        Err(failure) => {
            // Some are written and some are not: together they are none.
            for file in files {
                let _ = fs::remove_file(draft_of(file));
            }
            return Err(failure);
        }
    };
    let back: Vec<File> = drafts.iter().map(|(.., file)| file.clone()).collect();
    let agreed = agree(&back, state, root, basis, form);
    for (draft, path, _) in &drafts {
        let placed = if agreed.is_ok() {
            fs::rename(draft, path)
        } else {
            fs::remove_file(draft)
        };
        placed.map_err(|error| Failure::File {
            path: path.clone(),
            error,
        })?;
    }
    agreed
}

fn draft_of(file: &File) -> PathBuf {
    PathBuf::from(format!("{}.new", file.name))
}

/// Each file's draft, its own name, and what the disk gives back of it.
fn drafts(files: &[File]) -> Result<Vec<(PathBuf, PathBuf, File)>, Failure> {
    let mut drafts = Vec::new();
    for file in files {
        let path = PathBuf::from(&file.name);
        let draft = draft_of(file);
        let failed = |error| Failure::File {
            path: draft.clone(),
            error,
        };
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        tallylog_store::replace(&draft, &file.bytes)?;
        let bytes = fs::read(&draft).map_err(failed)?;
        drafts.push((
            draft.clone(),
            path,
            File {
                name: file.name.clone(),
                bytes,
            },
        ));
    }
    Ok(drafts)
}

fn agree(files: &[File], state: &State, root: Hash, basis: Basis, form: Form) -> Result<usize, Failure> {
    let path = || PathBuf::from(files.first().map_or("", |file| &file.name));
    let cells = read(form, files).map_err(|fault| unreadable(&path(), fault))?;
    let expected = cells_of(state, root, basis).ok_or(Problem::Empty)?;
    Ok(compare(&cells, &only(expected, form))?)
}

fn read(form: Form, files: &[File]) -> Result<parity::Cells, ReadBack> {
    let first = files.first().map_or(&[][..], |file| &file.bytes);
    match form {
        Form::Csv => csv::read(files),
        Form::Json => json::read(first),
        Form::Cdf => cdf::read(first),
    }
}

/// What a form says: rows of a table do not repeat what is of the whole, and the common data format has numbers and no
/// fractions.
fn only(mut cells: parity::Cells, form: Form) -> parity::Cells {
    let lacks: &[&str] = match form {
        Form::Json => &[],
        Form::Csv => &[
            "contest",
            "rehearsal",
            "log",
            "release",
            "as_of",
            "progress",
            "fips",
            "satellites",
        ],
        Form::Cdf => &[
            "withheld",
            "sde_exact",
            "kind",
            "contest",
            "log",
            "release",
            "as_of",
            "fips",
            "satellites",
            "code",
            "status",
            "received_at",
            "room",
        ],
    };
    cells.retain(|cell, _| !lacks.contains(&cell.column));
    cells
}

/// The files of an export, and of which form they are.
fn found(path: &Path) -> Result<(Form, Vec<File>), Failure> {
    let failed = |error| Failure::File {
        path: path.to_owned(),
        error,
    };
    if path.is_dir() {
        let mut files = Vec::new();
        for entry in fs::read_dir(path).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if path.extension().is_some_and(|end| end == "csv") {
                let bytes = fs::read(&path).map_err(failed)?;
                files.push(File {
                    name: path.display().to_string(),
                    bytes,
                });
            }
        }
        return Ok((Form::Csv, files));
    }
    let bytes = fs::read(path).map_err(failed)?;
    let is_report = memchr::memmem::find(&bytes, b"ElectionResults.ElectionReport").is_some();
    let name = path.display().to_string();
    Ok((
        if is_report { Form::Cdf } else { Form::Json },
        vec![File { name, bytes }],
    ))
}

fn unreadable(path: &Path, fault: ReadBack) -> Failure {
    Failure::ReadBack {
        path: path.to_owned(),
        fault,
    }
}

/// What is exported: what is released, to whoever is not shown the rest.
fn basis(args: &ResultsArgs, withholds: bool) -> Result<Basis, Problem> {
    match args.basis {
        Some(args::Basis::Recorded) if withholds => Err(Problem::Embargoed),
        None if withholds || args.moment.release.is_some() => Ok(Basis::Released),
        None | Some(args::Basis::Recorded) => Ok(Basis::Recorded),
        Some(args::Basis::Released) => Ok(Basis::Released),
    }
}

/// Whether what a basis does not count is withheld until it is released, at this moment of the log.
fn withholds(state: &State, basis: Basis) -> bool {
    basis == Basis::Released && state.withholds()
}

pub(crate) fn is_rehearsal(state: &State) -> bool {
    state
        .contest()
        .is_some_and(|contest| contest.kind == tallylog_event::ContestKind::Rehearsal)
}

/// Whether the figures of a basis are those that were certified: those of the latest release, and no release came after
/// the certification.
fn is_certified(state: &State, basis: Basis) -> bool {
    let certified = state.desks().course.certified();
    let released = state.releases().last().map(|release| release.entry);
    basis == Basis::Released
        && released
            .zip(certified)
            .is_some_and(|(released, certified)| released < certified)
}
