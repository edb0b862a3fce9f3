//! Reads and verifies everything again, and changes nothing.

use serde::Serialize;
use tallylog_projection::{Fold, Life, Review};
use tallylog_server::{Problem, Replay, Signatures};
use tallylog_store::salvage;

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
    let store = match data.read_only() {
        Ok(store) => store,
        Err(Failure::Store(error)) if error.is_damage() => {
            return damaged(args, &data, error.code(), &error.to_string());
        }
        Err(failure) => return Err(failure),
    };
    let size = store.head().size;
    let files = if store.was_sealed() {
        "as they were left: every byte of the store"
    } else {
        "not closed by the last process: every entry that was acknowledged is there"
    };
    let checked = Replay::of(&store.reader(), Signatures::Check).and_then(|fold| {
        let signed = signed::check(&data, fold.state(), &store.reader())?;
        Ok((fold, signed))
    });
    match checked {
        Ok((fold, signed)) => verified(args, &fold, files, &signed),
        Err(
            problem @ (Problem::Damaged { .. }
            | Problem::Unreadable(_)
            | Problem::Store { is_damage: true, .. }
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
