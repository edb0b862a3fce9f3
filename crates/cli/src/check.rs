//! Reads and verifies everything again.

use serde::Serialize;
use tallylog_projection::{Fold, Life, Review};
use tallylog_server::{Problem, Replay, Signatures};
use tallylog_store::{StoreError, salvage};

use crate::args::{CheckArgs, Format};
use crate::data_dir::DataDir;
use crate::failure::{Failure, Outcome};
use crate::show::{self, grouped};
use crate::signed;

/// The answer, in JSON and in CSV.
#[derive(Serialize)]
struct Json<'a> {
    verified: bool,
    size: u64,
    state_hash: Option<&'a str>,
    code: Option<&'a str>,
    entry: Option<u64>,
    message: Option<&'a str>,
}

pub(crate) fn run(args: &CheckArgs) -> Result<Outcome, Failure> {
    let data = DataDir::new(&args.data_dir);
    let store = match data.store() {
        Ok(store) => store,
        Err(Failure::Store(error)) if is_damage(&error) => {
            return damaged(args, &data, error.code(), &error.to_string());
        }
        Err(failure) => return Err(failure),
    };
    let size = store.head().size;
    let files = if store.was_rebuilt() {
        "not closed by the last process: rebuilt from the entries, which are all there"
    } else {
        "as they were left: every byte of the store"
    };
    let checked = Replay::of(&store.reader(), Signatures::Check).and_then(|fold| {
        let signed = signed::check(&data, fold.state(), &store.reader())?;
        Ok((fold, signed))
    });
    store.close()?;
    match checked {
        Ok((fold, signed)) => verified(args, &fold, files, &signed),
        Err(
            problem @ (Problem::Damaged { .. }
            | Problem::Unreadable(_)
            | Problem::Store { .. }
            | Problem::BehindCheckpoint { .. }
            | Problem::NotAsSigned(_)
            | Problem::BadCheckpoint(_)),
        ) => refuted(args, size, &problem),
        Err(problem) => Err(problem.into()),
    }
}

fn verified(args: &CheckArgs, fold: &Fold, files: &str, signed: &str) -> Result<Outcome, Failure> {
    let state = fold.state();
    let hash = hex::encode(state.hash());
    let answer = Json {
        verified: true,
        size: state.size(),
        state_hash: Some(&hash),
        code: None,
        entry: None,
        message: None,
    };
    let review = Review::of(state);
    let open = review
        .discrepancies()
        .iter()
        .filter(|found| found.life == Life::Open)
        .count();
    let size = grouped(state.size());
    say(args.format, &answer, || {
        format!(
            "files       {files}\n\
             layout      {size} entries, each the one encoding of itself, in place\n\
             chain       {size} entries, each naming the BLAKE3 hash of the one before\n\
             signatures  {size} Ed25519 signatures, strictly\n\
             admission   {size} events, each by an enrolled key that may sign it\n\
             checkpoints {signed}\n\
             state       {} precincts, {} releases, {} open discrepancies\n\
             state hash  {hash}\n\
             verified\n",
            count(state.roster().precincts()),
            count(state.releases().len()),
            count(open),
        )
    })?;
    Ok(Outcome::Yes)
}

fn count(number: usize) -> String {
    grouped(u64::try_from(number).unwrap_or(u64::MAX))
}

fn say(format: Format, answer: &Json<'_>, table: impl FnOnce() -> String) -> Result<(), Failure> {
    match format {
        Format::Json => show::json(answer),
        Format::Csv => show::csv(std::slice::from_ref(answer)),
        Format::Table => show::data(&table()),
    }
}

fn refuted(args: &CheckArgs, size: u64, problem: &Problem) -> Result<Outcome, Failure> {
    let entry = if let Problem::Damaged { entry, .. } = problem {
        Some(entry.0)
    } else {
        None
    };
    answer_no(args, size, problem.code(), entry, &problem.to_string())
}

/// Whether the store is there and its content is at fault, rather than something in its way.
const fn is_damage(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::Damaged { .. }
            | StoreError::BehindHead { .. }
            | StoreError::Differs { .. }
            | StoreError::EntryDamaged { .. }
            | StoreError::TreeDamaged { .. }
            | StoreError::Engine { .. }
            | StoreError::EnginePanicked { .. }
    )
}

/// A store that does not open: says what of it can still be read, without touching it.
fn damaged(args: &CheckArgs, data: &DataDir, code: &str, message: &str) -> Result<Outcome, Failure> {
    let salvage = salvage(&data.log())?;
    let readable = u64::try_from(salvage.indexes().count()).unwrap_or(u64::MAX);
    let missing = salvage.missing();
    let size = salvage.head().map_or(readable, |head| head.size);
    let kept = match missing.first() {
        None => format!("all {} entries can still be read", grouped(readable)),
        Some(first) => format!(
            "{} of {} entries can still be read; the first that cannot is entry {first}",
            grouped(readable),
            grouped(size)
        ),
    };
    let advice = "`tallylog restore --from DIR --data-dir NEW` makes a new folder of them";
    answer_no(
        args,
        size,
        code,
        missing.first().copied(),
        &format!("{message}\n{kept}; {advice}"),
    )
}

fn answer_no(args: &CheckArgs, size: u64, code: &str, entry: Option<u64>, message: &str) -> Result<Outcome, Failure> {
    let answer = Json {
        verified: false,
        size,
        state_hash: None,
        code: Some(code),
        entry,
        message: Some(message),
    };
    say(args.format, &answer, || {
        format!("does not verify [{code}]\n{message}\n")
    })?;
    Ok(Outcome::No)
}
