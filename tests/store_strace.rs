//! What the system calls say: nothing is acknowledged before it is synced.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a helper that fails fails its test"
)]

mod means;
mod store_support;
mod trials;

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use means::{Means, has_program};
use store_support::{CHILD, child};
use tallylog_store::{Checkpoints, Store, replace};
use tallylog_tlog::{Hash, KeyName, LogSigner, SignedCheckpoint, SigningKey, Size};

const BATCHES: u64 = 40;

/// An entry that can be found in a trace.
fn tagged(batch: u64, number: u64) -> Vec<u8> {
    let mut entry = format!("<entry {number} of batch {batch}>").into_bytes();
    // Every tenth batch is larger than what the store writes between two syncs.
    entry.resize(if batch.is_multiple_of(10) { 60_000 } else { 300 }, b'.');
    entry
}

fn entries(batch: u64) -> Vec<Vec<u8>> {
    (0..=batch % 8).map(|number| tagged(batch, number)).collect()
}

/// The child: appends, and says so.
#[test]
fn appends_and_says_so() {
    let Some(dir) = std::env::var_os(CHILD) else {
        return;
    };
    let mut store = Store::create(Path::new(&dir)).unwrap();
    for batch in 0..BATCHES {
        match store.append(&entries(batch)) {
            Ok(_) => println!("acknowledged {batch}."),
            Err(error) => println!("refused {batch}: {error}: {}.", error.code()),
        }
    }
}

/// Another child: appends far more at once than the store writes between two syncs.
#[test]
fn appends_a_lot_at_once() {
    let Some(dir) = std::env::var_os(CHILD) else {
        return;
    };
    let mut store = Store::create(Path::new(&dir)).unwrap();
    store.append(&vec![tagged(1, 0); 8_000]).unwrap();
}

fn checkpoint(size: u64) -> SignedCheckpoint {
    let log = LogSigner::new(KeyName::new("log.example").unwrap(), SigningKey::from_bytes(&[1; 32]));
    log.sign_checkpoint(Size(size), Hash::leaf(&size.to_be_bytes()))
}

/// A third child: keeps checkpoints and replaces a file, and says so.
#[test]
fn keeps_checkpoints_and_says_so() {
    let Some(dir) = std::env::var_os(CHILD) else {
        return;
    };
    let dir = Path::new(&dir);
    fs::create_dir_all(dir).unwrap();
    let mut checkpoints = Checkpoints::open(&dir.join("checkpoints")).unwrap();
    for size in 0..BATCHES {
        match checkpoints.append(&checkpoint(size)) {
            Ok(()) => println!("acknowledged {size}."),
            Err(error) => println!("refused {size}: {error}: {}.", error.code()),
        }
    }
    replace(&dir.join("state"), b"new").unwrap();
    println!("acknowledged {BATCHES}.");
}

fn has_strace() -> bool {
    has_program(Means::Strace)
}

/// Runs the child under strace, and returns what it said and its system calls.
fn traced(role: &str, dir: &Path, shown: &str, extra: &[&str]) -> (String, Vec<Call>) {
    let trace = dir.with_extension("trace");
    let child = child(role, dir);
    let output = Command::new("strace")
        .args([
            "-f",
            "-y",
            "-s",
            shown,
            "-e",
            "trace=pwrite64,write,fdatasync,fsync,rename",
        ])
        .args(extra)
        .arg("-o")
        .arg(&trace)
        .arg(child.get_program())
        .args(child.get_args())
        .env(CHILD, dir)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let calls = parse(&String::from_utf8_lossy(&fs::read(&trace).unwrap()));
    (String::from_utf8(output.stdout).unwrap(), calls)
}

/// What an undisturbed child does, or `None` without strace.
static UNDISTURBED: LazyLock<Option<Vec<Call>>> = LazyLock::new(|| {
    let parent = tempfile::tempdir().unwrap();
    // Enough to show every byte of an entry wherever it is written.
    let shown = "1000000";
    has_strace().then(|| traced("appends_and_says_so", &parent.path().join("store"), shown, &[]).1)
});

/// A system call that succeeded: which, on what, and in which lines of the trace it began and ended.
struct Call {
    text: String,
    began: usize,
    ended: usize,
}

impl Call {
    fn is(&self, name: &str, file: &str) -> bool {
        let on = self.text.split(['<', '>']).nth(1).unwrap_or_default();
        self.text.starts_with(name) && on.ends_with(file)
    }

    fn syncs(&self, file: &str) -> bool {
        self.is("fdatasync(", file) || self.is("fsync(", file)
    }
}

/// Joins the two halves of calls that other threads interrupted, and drops those that failed.
fn parse(trace: &str) -> Vec<Call> {
    let mut open: HashMap<&str, (usize, String)> = HashMap::new();
    let mut calls = Vec::new();
    for (line, text) in trace.lines().enumerate() {
        let (thread, text) = text.split_once(' ').unwrap();
        let text = text.trim_start();
        if let Some(half) = text.strip_suffix("<unfinished ...>") {
            open.insert(thread, (line, half.to_owned()));
            continue;
        }
        let (began, text) = match open.remove(thread).filter(|_| text.starts_with("<... ")) {
            Some((began, half)) => (began, half + text),
            None => (line, text.to_owned()),
        };
        let succeeded = text
            .rsplit_once(" = ")
            .is_some_and(|(_, result)| !result.trim().starts_with('-'));
        if succeeded {
            calls.push(Call {
                text,
                began,
                ended: line,
            });
        }
    }
    calls
}

/// Where the first call that matches and begins after `line` has ended.
fn next_end(calls: &[Call], line: usize, matches: impl Fn(&Call) -> bool) -> Option<usize> {
    let later = calls.iter().filter(|call| call.began > line && matches(call));
    later.min_by_key(|call| call.ended).map(|call| call.ended)
}

/// Where the acknowledgement of a batch begins.
fn acknowledgement(calls: &[Call], batch: u64) -> usize {
    let words = format!("acknowledged {batch}.");
    let said = calls
        .iter()
        .find(|call| call.text.starts_with("write(1<") && call.text.contains(&words));
    said.unwrap_or_else(|| panic!("batch {batch} was not acknowledged"))
        .began
}

/// Where something was first written to `db`.
#[track_caller]
fn first_written(calls: &[Call], shown: &str) -> usize {
    let writes = calls
        .iter()
        .filter(|call| call.is("pwrite64(", "/db") && call.text.contains(shown));
    let first = writes.map(|call| call.ended).min();
    first.unwrap_or_else(|| panic!("{shown} was never written"))
}

/// The last leaf hashes of the rows of the tree that a batch completes, as strace shows them.
fn row_ends(batch: u64) -> Vec<String> {
    const ROW: usize = 64;
    let before: usize = (0..batch).map(|earlier| entries(earlier).len()).sum();
    let ends = (before + 1..).zip(entries(batch));
    let complete = ends.filter(|(count, _)| count.is_multiple_of(ROW));
    complete.map(|(_, entry)| shown(&Hash::leaf(&entry).0)).collect()
}

/// Bytes as strace shows them, but for the last few: how those are shown depends on what follows.
fn shown(bytes: &[u8]) -> String {
    let with_next = bytes.iter().zip(&bytes[1..]).take(24);
    with_next
        .map(|(byte, next)| match byte {
            b'"' => "\\\"".to_owned(),
            b'\\' => "\\\\".to_owned(),
            b'\n' => "\\n".to_owned(),
            b'\t' => "\\t".to_owned(),
            b'\r' => "\\r".to_owned(),
            0x0b => "\\v".to_owned(),
            0x0c => "\\f".to_owned(),
            b' '..=b'~' => char::from(*byte).to_string(),
            _ if (b'0'..=b'7').contains(next) => format!("\\{byte:03o}"),
            _ => format!("\\{byte:o}"),
        })
        .collect()
}

/// Follows one batch: entries and rows of the tree to `db`, sync, head, sync, and only then the acknowledgement.
fn check_batch(calls: &[Call], batch: u64) {
    let acknowledged = acknowledgement(calls, batch);
    let tags = (0..=batch % 8).map(|number| format!("<entry {number} of batch {batch}>"));
    let written = tags.chain(row_ends(batch)).map(|part| first_written(calls, &part));
    let written = written.max().unwrap_or_default();
    let synced = next_end(calls, written, |call| call.syncs("/db")).unwrap();
    let head = next_end(calls, synced, |call| call.is("pwrite64(", "/head")).unwrap();
    let head_synced = next_end(calls, head, |call| call.syncs("/head")).unwrap();
    assert!(
        head_synced < acknowledged,
        "batch {batch}: entries written by {written}, synced by {synced}, head written by {head} and synced by \
         {head_synced}, but acknowledged in line {acknowledged} of the trace"
    );
}

#[test]
fn nothing_is_acknowledged_before_it_is_synced() {
    let Some(calls) = &*UNDISTURBED else {
        return;
    };
    for batch in 0..BATCHES {
        check_batch(calls, batch);
    }
    let rows: usize = (0..BATCHES).map(|batch| row_ends(batch).len()).sum();
    assert_eq!(rows, 2, "the batches complete rows of the tree");
}

#[test]
fn the_engine_leaves_nothing_in_files_of_its_own() {
    let Some(calls) = &*UNDISTURBED else {
        return;
    };
    let blob = calls.iter().find(|call| call.text.contains("/blobs/"));
    assert!(blob.is_none(), "a value went into a file that is not synced");
}

/// How many bytes a write has written, but for the zeros that fill up a segment.
fn bytes_written(call: &Call) -> u64 {
    let zeros = call.text.contains(r#", "\0\0\0\0\0\0\0\0"#);
    let (_, count) = call.text.rsplit_once(" = ").unwrap();
    if zeros { 0 } else { count.trim().parse().unwrap() }
}

/// The engine reuses space once two segments are full, so that may not happen before a sync.
#[test]
fn no_two_segments_are_written_between_two_syncs() {
    const SEGMENT: u64 = 1 << 20;
    if !has_strace() {
        return;
    }
    let parent = tempfile::tempdir().unwrap();
    let (_, calls) = traced("appends_a_lot_at_once", &parent.path().join("store"), "64", &[]);
    let (mut unsynced, mut most, mut total) = (0, 0, 0);
    for call in &calls {
        if call.syncs("/db") {
            unsynced = 0;
        } else if call.is("pwrite64(", "/db") {
            unsynced += bytes_written(call);
            total += bytes_written(call);
            most = most.max(unsynced);
        }
    }
    println!("at most {most} of {total} bytes were written between two syncs");
    assert!(total > 4 * SEGMENT, "only {total} bytes were written");
    assert!(most < 2 * SEGMENT, "{most} bytes were written between two syncs");
}

#[test]
fn a_checkpoint_is_synced_before_it_may_be_published() {
    if !has_strace() {
        return;
    }
    let parent = tempfile::tempdir().unwrap();
    let (_, calls) = traced("keeps_checkpoints_and_says_so", &parent.path().join("log"), "1000", &[]);
    let mut line = next_end(&calls, 0, |call| call.is("fsync(", "/log")).unwrap();
    for size in 0..BATCHES {
        let record = format!("log.example\\n{size}\\n");
        let is_record = |call: &Call| call.is("pwrite64(", "/checkpoints") && call.text.contains(&record);
        let written = next_end(&calls, line, is_record).unwrap();
        line = next_end(&calls, written, |call| call.syncs("/checkpoints")).unwrap();
        assert!(line < acknowledgement(&calls, size), "size {size}");
    }
}

#[test]
fn a_file_is_replaced_by_one_that_is_synced() {
    if !has_strace() {
        return;
    }
    let parent = tempfile::tempdir().unwrap();
    let (_, calls) = traced("keeps_checkpoints_and_says_so", &parent.path().join("log"), "1000", &[]);
    let written = next_end(&calls, 0, |call| call.is("pwrite64(", "/state.new")).unwrap();
    let synced = next_end(&calls, written, |call| call.syncs("/state.new")).unwrap();
    let renamed = next_end(&calls, synced, |call| call.text.starts_with("rename(")).unwrap();
    let folder = next_end(&calls, renamed, |call| call.is("fsync(", "/log")).unwrap();
    assert!(folder < acknowledgement(&calls, BATCHES));
}

#[test]
fn after_a_failed_sync_no_checkpoint_is_taken() {
    if !has_strace() {
        return;
    }
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("log");
    let inject = "inject=fdatasync:error=EIO:when=6+";
    let (said, _) = traced("keeps_checkpoints_and_says_so", &dir, "64", &["-e", inject]);
    assert_refusals(&said, "checkpoints", 5);
}

/// Checks that the first `acknowledged` were, that a failed sync of `file` is named, and that nothing was taken after.
#[track_caller]
fn assert_refusals(said: &str, file: &str, acknowledged: u64) {
    let refused: Vec<_> = said.lines().filter_map(|line| line.strip_prefix("refused ")).collect();
    assert!(refused[0].starts_with(&format!("{acknowledged}: ")), "{refused:?}");
    assert!(refused[0].ends_with(": store-sync-failed."), "{refused:?}");
    assert!(
        refused[0].contains(&format!("/{file} could not be synced")),
        "{refused:?}"
    );
    assert!(
        refused[1..].iter().all(|line| line.ends_with(": store-poisoned.")),
        "{refused:?}"
    );
    assert_eq!(u64::try_from(refused.len()).unwrap(), BATCHES - acknowledged);
}

/// Lets every sync fail from one on, which is a sync of `file`.
#[track_caller]
fn check_failing_sync(file: &str, fails_from: u64) {
    if !has_strace() {
        return;
    }
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("store");
    let inject = format!("inject=fdatasync:error=EIO:when={fails_from}+");
    let (said, _) = traced("appends_and_says_so", &dir, "64", &["-e", &inject]);
    let acknowledged = said.lines().filter(|line| line.starts_with("acknowledged ")).count();
    let acknowledged = u64::try_from(acknowledged).unwrap();
    assert_refusals(&said, file, acknowledged);

    let store = Store::open(&dir).unwrap();
    let expected: Vec<_> = (0..acknowledged).flat_map(entries).collect();
    let found: Vec<_> = store
        .reader()
        .entries(0..u64::MAX)
        .map(|entry| entry.unwrap().1)
        .collect();
    assert!(found.starts_with(&expected), "{file}: an acknowledged entry is gone");
}

#[test]
fn after_a_failed_sync_of_the_entries_nothing_more_is_taken() {
    check_failing_sync("db", 15);
}

#[test]
fn after_a_failed_sync_of_the_head_nothing_more_is_taken() {
    check_failing_sync("head", 16);
}
