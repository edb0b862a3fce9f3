//! Never a second history: a server that does not have what it signed does not start.

use std::fs;
use std::path::Path;

use tallylog_server::{Log, Problem, Settings};
use tallylog_simulate::Night;
use tallylog_tlog::{SignedCheckpoint, Size};
use tallylog_wire::v1;

use crate::support::{Pen, Served, key, log_key, report, signing};

/// A night whose log was signed and stopped; `reports` rooms have reported.
async fn signed(reports: usize) -> (tempfile::TempDir, Night, Pen) {
    let served = Served::signed().await;
    reported(&served, 0, reports).await;
    served.stop().await
}

async fn reported(served: &Served, from: usize, until: usize) {
    for (precinct, chair, sheet) in &served.rooms()[from..until] {
        served.take(served.pen.sign(chair, report(*precinct, sheet))).await;
    }
    served.covered(served.client.size().await).await;
}

pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for file in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(file.file_name());
        if file.file_type().unwrap().is_dir() {
            copy(&file.path(), &to);
        } else {
            fs::copy(file.path(), to).unwrap();
        }
    }
}

fn settings(night: &Night, dir: &Path) -> Settings {
    Settings {
        signing: Some(signing(night, dir)),
        ..Settings::default()
    }
}

/// Starts over the folder, and says why not.
fn start(dir: &Path, settings: Settings) -> Option<Problem> {
    match Log::open_or_create(&dir.join("log"), settings) {
        Ok((log, writer)) => {
            drop(log);
            writer.join().unwrap();
            None
        }
        Err(problem) => Some(problem),
    }
}

#[track_caller]
fn refuses(dir: &Path, settings: Settings, code: &str) {
    let checkpoints = fs::read(dir.join("checkpoints")).unwrap();
    let problem = start(dir, settings).unwrap();
    assert_eq!(problem.code(), code, "{problem}");
    assert_eq!(fs::read(dir.join("checkpoints")).unwrap(), checkpoints);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_is_shorter_than_what_it_signed_does_not_start() {
    let (dir, night, pen) = signed(2).await;
    let old = tempfile::tempdir().unwrap();
    copy(dir.path(), old.path());
    let settings_here = settings(&night, dir.path());
    let served = Served::open(dir, night, pen, settings_here).await;
    reported(&served, 2, 4).await;
    let (dir, night, _) = served.stop().await;
    // The older log stands with its own checkpoints, and not with those that were signed since.
    assert_eq!(start(old.path(), settings(&night, old.path())), None);
    fs::copy(dir.path().join("checkpoints"), old.path().join("checkpoints")).unwrap();
    refuses(old.path(), settings(&night, old.path()), "behind-checkpoint");
    fs::remove_dir_all(old.path().join("log")).unwrap();
    refuses(old.path(), settings(&night, old.path()), "behind-checkpoint");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_of_other_entries_than_it_signed_does_not_start() {
    let (one, night, _) = signed(2).await;
    let (other, ..) = signed(2).await;
    // The same events, received at other times.
    fs::copy(one.path().join("checkpoints"), other.path().join("checkpoints")).unwrap();
    refuses(other.path(), settings(&night, other.path()), "not-as-signed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_signs_with_the_keys_that_its_contest_names_or_not_at_all() {
    let (dir, night, _) = signed(1).await;
    for which in 0..2 {
        let mut wrong = signing(&night, dir.path());
        *[&mut wrong.log, &mut wrong.service][which] = key(99);
        let settings = Settings {
            signing: Some(wrong),
            ..Settings::default()
        };
        refuses(dir.path(), settings, "other-log-key");
    }
    assert_eq!(start(dir.path(), settings(&night, dir.path())), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_that_a_crash_tore_off_is_signed_again_and_a_changed_one_is_refused() {
    let (dir, night, pen) = signed(2).await;
    let path = dir.path().join("checkpoints");
    let whole = fs::read(&path).unwrap();
    let mut refused = 0;
    for place in (0..whole.len()).step_by(7) {
        let mut flipped = whole.clone();
        flipped[place] ^= 1;
        fs::write(&path, &flipped).unwrap();
        if start(dir.path(), settings(&night, dir.path())).is_some() {
            refused += 1;
            continue;
        }
        // The record may look torn off instead: then it was never shown, and what is left is as it was. Where the log was
        // quick it has signed the same again by now, which is the same bytes.
        let left = fs::read(&path).unwrap();
        assert!(whole.starts_with(&left), "byte {place}");
    }
    assert!(refused > 20, "{refused}");
    fs::write(&path, &whole[..whole.len() - 3]).unwrap();
    let settings_here = settings(&night, dir.path());
    let served = Served::open(dir, night, pen, settings_here).await;
    served.covered(served.client.size().await).await;
    let (dir, ..) = served.stop().await;
    assert_eq!(fs::read(dir.path().join("checkpoints")).unwrap(), whole);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_checkpoint_is_signed_by_the_log_and_is_of_one_history() {
    let served = Served::signed().await;
    reported(&served, 0, 3).await;
    let served = served.restart().await;
    reported(&served, 3, 6).await;
    let latest = served.covered(served.client.size().await).await;
    let leaves: Vec<_> = served.client.entries(0, 0).await.unwrap();
    let leaves: Vec<_> = leaves
        .iter()
        .map(|(_, bytes)| tallylog_tlog::Hash::leaf(bytes))
        .collect();
    let request = v1::CheckpointsRequest { from: 0 };
    let mut stream = served
        .client
        .log
        .clone()
        .checkpoints(request)
        .await
        .unwrap()
        .into_inner();
    let key = log_key(&served.night);
    let mut before = Size(0);
    let mut last = Vec::new();
    while let Some(message) = stream.message().await.unwrap() {
        let note = SignedCheckpoint::parse(&message.note).unwrap();
        let trusted = note.verify(std::slice::from_ref(&key), &[]).unwrap();
        let checkpoint = trusted.checkpoint();
        assert!(checkpoint.size > before, "{before} before {}", checkpoint.size);
        let covers = usize::try_from(checkpoint.size.0).unwrap();
        assert_eq!(checkpoint.root, tallylog_tlog::Hash::over(&leaves[..covers]));
        before = checkpoint.size;
        last = message.note;
    }
    assert_eq!(last, latest.note);
    assert_eq!(latest.log_key, key.to_string());
    assert_eq!((latest.quorum, latest.quorum_met, latest.witnesses.len()), (0, true, 0));
}
