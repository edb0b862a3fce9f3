//! The whole log in one file.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use tallylog_projection::Shown;
use tallylog_tlog::{BundleId, EntryBundle, Note, SignatureLine, SignedCheckpoint, Size};
use tallylog_verify::{Keys, begin, begin_in_part, frame, opening};

use super::{BundleFault, Mirror};
use crate::args::BundleArgs;
use crate::failure::{Failure, Outcome};
use crate::show::{grouped, talk};
use crate::source::KEPT_BACK;

pub(crate) fn bundle(args: &BundleArgs) -> Result<Outcome, Failure> {
    let mirror = Mirror::open(&args.source)?;
    let made = into_file(&mirror, &args.output);
    mirror.close()?;
    let (size, kept_back) = made?;
    if kept_back > 0 {
        let entries = if kept_back == 1 { "entry is" } else { "entries are" };
        talk(&format!("{KEPT_BACK} {} {entries} withheld.", grouped(kept_back)));
    }
    let what = if kept_back > 0 {
        "what is public of the log's first"
    } else {
        "the log's first"
    };
    talk(&format!(
        "{} holds {what} {} entries; `tallylog verify {}` verifies it",
        args.output.display(),
        grouped(size.0),
        args.output.display()
    ));
    Ok(Outcome::Yes)
}

/// Writes under another name first: whoever looks meanwhile finds the old file or the new one, whole.
fn into_file(mirror: &Mirror, path: &Path) -> Result<(Size, u64), Failure> {
    let draft = path.with_extension("new");
    let failed = |error| Failure::File {
        path: draft.clone(),
        error,
    };
    let reach = mirror.reach()?;
    let shown = match reach.kept_back() {
        0 => None,
        _ => mirror.shown(reach.latest.unverified().size)?,
    };
    let mut file = BufWriter::new(File::create(&draft).map_err(failed)?);
    let begun = match &shown {
        Some(shown) => write_shown(mirror, &reach.latest, shown, &[], &mut file, &draft),
        None => write(mirror, &reach.shown, &[], &mut file, &draft),
    };
    let written = begun.and_then(|size| {
        let file = file.into_inner().map_err(|error| failed(error.into_error()))?;
        file.sync_all().map_err(failed)?;
        fs::rename(&draft, path).map_err(failed)?;
        Ok(size)
    });
    if written.is_err() {
        // Half a bundle is none, and takes room from whoever makes some.
        let _ = fs::remove_file(&draft);
    }
    Ok((written?, shown.as_deref().map_or_else(|| reach.kept_back(), withheld)))
}

fn withheld(shown: &[Shown<Vec<u8>>]) -> u64 {
    let withheld = shown.iter().filter(|entry| matches!(entry, Shown::Withheld(_)));
    u64::try_from(withheld.count()).unwrap_or(u64::MAX)
}

/// The bytes of what is shown.
fn entry(shown: &Shown<Vec<u8>>) -> Option<&[u8]> {
    match shown {
        Shown::Entry(bytes) => Some(bytes),
        Shown::Withheld(_) => None,
    }
}

/// Writes the bundle of what is shown of a log as it was at its `latest` checkpoint.
pub(crate) fn write_shown(
    mirror: &Mirror,
    latest: &SignedCheckpoint,
    shown: &[Shown<Vec<u8>>],
    remembers: &[SignedCheckpoint],
    out: &mut impl Write,
    path: &Path,
) -> Result<Size, Failure> {
    let size = latest.unverified().size;
    let mut notes = mirror.checkpoints(size)?;
    notes.extend(remembers.iter().cloned());
    notes.push(latest.clone());
    let keys = keys_of(mirror, shown.first().and_then(entry))?;
    let begin = if withheld(shown) > 0 { begin_in_part } else { begin };
    let mut bytes = begin(keys.text(), &known(notes.as_slice(), &keys)).map_err(BundleFault::Layout)?;
    for entry in shown {
        match entry {
            Shown::Entry(entry) => {
                bytes.extend(frame(entry).map_err(BundleFault::Layout)?);
                bytes.extend(entry);
            }
            Shown::Withheld(leaf) => bytes.extend(tallylog_verify::withheld(leaf)),
        }
    }
    out.write_all(&bytes).map_err(|error| Failure::File {
        path: path.to_owned(),
        error,
    })?;
    Ok(size)
}

/// Writes the bundle of a log as it was at its `latest` checkpoint, with checkpoints that somebody `remembers` of it beside
/// its own.
pub(crate) fn write(
    mirror: &Mirror,
    latest: &SignedCheckpoint,
    remembers: &[SignedCheckpoint],
    out: &mut impl Write,
    path: &Path,
) -> Result<Size, Failure> {
    let size = latest.unverified().size;
    let mut notes = mirror.checkpoints(size)?;
    notes.extend(remembers.iter().cloned());
    notes.push(latest.clone());
    let mut head = None;
    for bundle in mirror.bundles(size) {
        let (id, bytes) = bundle?;
        let failed = |error| Failure::File {
            path: path.to_owned(),
            error,
        };
        if head.is_none() {
            let keys = keys(mirror, id, &bytes)?;
            let begun = begin(keys.text(), &known(notes.as_slice(), &keys)).map_err(BundleFault::Layout)?;
            head = Some(out.write_all(&begun).map_err(failed)?);
        }
        // Entries stand in an entry bundle as they stand in ours.
        out.write_all(&bytes).map_err(failed)?;
    }
    head.map(|()| size).ok_or_else(|| BundleFault::NoContest.into())
}

/// The keys that the first entry names, and the witnesses that the other side asks beside.
fn keys(mirror: &Mirror, id: BundleId, first: &[u8]) -> Result<Keys, Failure> {
    let bundle = EntryBundle::parse(id, first).ok();
    let first = bundle.as_ref().and_then(|bundle| bundle.entries().first());
    keys_of(mirror, first.map(|entry| &**entry))
}

fn keys_of(mirror: &Mirror, first: Option<&[u8]>) -> Result<Keys, Failure> {
    let contest = first.and_then(opening).ok_or(BundleFault::NoContest)?;
    let policy = mirror.policy()?;
    let further: Vec<_> = policy
        .iter()
        .flat_map(|policy| policy.witnesses().map(|(witness, _)| witness.clone()))
        .collect();
    Ok(Keys::new(&contest, &further).map_err(BundleFault::Keys)?)
}

/// The checkpoints in order of size, each root of a size once and with the signatures of known keys alone.
///
/// The records of one checkpoint differ in who had cosigned it by then; the last has most.
fn known(notes: &[SignedCheckpoint], keys: &Keys) -> Vec<SignedCheckpoint> {
    let mut known: Vec<SignedCheckpoint> = Vec::new();
    for note in notes.iter().map(|note| strip(note, keys)) {
        // The log signs a checkpoint in one way. What it did not sign so stays, for whoever verifies to see it.
        let signed = log_line(&note, keys);
        let same = |other: &&mut SignedCheckpoint| {
            signed.is_some() && other.unverified() == note.unverified() && log_line(other, keys) == signed
        };
        match known.iter_mut().find(same) {
            Some(other) if other.note().signatures().len() <= note.note().signatures().len() => *other = note,
            Some(_) => {}
            None => known.push(note),
        }
    }
    known.sort_by_key(|note| note.unverified().size);
    known
}

fn log_line<'a>(note: &'a SignedCheckpoint, keys: &Keys) -> Option<&'a SignatureLine> {
    let mut lines = note.note().signatures().iter();
    lines.find(|line| line.claims(keys.log().verifier()))
}

/// Leaves out the signatures of keys that nobody knows. A note of which nothing would be left stays as it is: whoever
/// verifies the bundle says what is wrong with it.
fn strip(note: &SignedCheckpoint, keys: &Keys) -> SignedCheckpoint {
    let lines = note.note().signatures().iter().filter(|line| {
        let witnesses = keys.witnesses().iter().map(tallylog_tlog::WitnessKey::verifier);
        [keys.log().verifier()]
            .into_iter()
            .chain(witnesses)
            .any(|key| line.claims(key))
    });
    let stripped = Note::new(note.note().unverified_text(), lines.cloned().collect());
    let parsed = stripped
        .ok()
        .and_then(|note| SignedCheckpoint::parse(note.to_string().as_bytes()).ok());
    parsed.unwrap_or_else(|| note.clone())
}
