//! A server whose disk is full: it takes nothing, answers everything, and goes on by itself when there is room.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tallylog_event::Envelope;
use tallylog_server::{Probe, Reserve, Settings};
use tallylog_simulate::{Options, night};
use tallylog_store::{Room, Store};
use tonic::Code;

use crate::support::{Pen, Served, check_refusal, report, signing};

const RESERVE: u64 = 4 << 20;

/// What a disk has left, as a test says.
#[derive(Clone)]
struct Disk(Arc<AtomicU64>);

impl Disk {
    fn with(bytes: u64) -> Self {
        Self(Arc::new(AtomicU64::new(bytes)))
    }

    fn has(&self, bytes: u64) {
        self.0.store(bytes, Ordering::SeqCst);
    }

    fn settings(&self) -> Settings {
        let bytes = Arc::clone(&self.0);
        let probe: Probe = Arc::new(move |_| {
            Ok(Room {
                bytes: bytes.load(Ordering::SeqCst),
                files: None,
            })
        });
        Settings {
            reserve: Reserve { bytes: RESERVE, probe },
            ..Settings::default()
        }
    }
}

/// The report of a room, signed by its chair.
fn a_report(served: &Served, room: usize) -> Envelope {
    let (precinct, chair, sheet) = &served.rooms()[room];
    served.pen.sign(chair, report(*precinct, sheet))
}

async fn refused(served: &Served, envelope: &Envelope) {
    let status = served.client.submit(envelope).await.unwrap_err();
    check_refusal(&status, Code::Unavailable, "disk-full");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_takes_nothing_answers_everything_and_takes_again_when_there_is_room() {
    let disk = Disk::with(1 << 30);
    let served = Served::with(disk.settings()).await;
    let taken = a_report(&served, 0);
    let entry = served.take(taken.clone()).await;
    // Just enough for the log to take events, and then just not.
    disk.has(RESERVE / 4 + (1 << 20));
    served.take(a_report(&served, 1)).await;
    let size = served.client.size().await;
    disk.has(RESERVE / 4);
    let late = a_report(&served, 2);
    refused(&served, &late).await;
    refused(&served, &late).await;
    // What is in the log gets its receipt, also a second time.
    let again = served.client.submit(&taken).await.unwrap();
    assert_eq!((again.entry, again.known), (entry, true));
    assert_eq!(served.client.size().await, size);
    assert_eq!(served.client.position().await.size, size);
    disk.has(RESERVE);
    assert_eq!(served.take(late).await, size);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_on_a_full_disk_answers_and_opens_by_itself_when_there_is_room() {
    for closed in [true, false] {
        let disk = Disk::with(1 << 30);
        let served = Served::with(disk.settings()).await;
        let taken = a_report(&served, 0);
        let entry = served.take(taken.clone()).await;
        let size = served.client.size().await;
        let served = if closed {
            disk.has(0);
            served.restart().await
        } else {
            // What a kill leaves.
            let (dir, night, pen) = served.stop().await;
            drop(Store::open(&dir.path().join("log")).unwrap());
            disk.has(0);
            Served::open(dir, night, pen, disk.settings()).await
        };
        assert_eq!(served.client.size().await, size);
        assert_eq!(served.client.position().await.size, size);
        let again = served.client.submit(&taken).await.unwrap();
        assert_eq!((again.entry, again.known), (entry, true));
        let late = a_report(&served, 1);
        refused(&served, &late).await;
        disk.has(1 << 30);
        let mut answer = served.client.submit(&late).await;
        for _ in 0..600 {
            if answer.is_ok() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
            answer = served.client.submit(&late).await;
        }
        assert_eq!(answer.unwrap().entry, size);
        let served = served.restart().await;
        assert_eq!(served.client.size().await, size + 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_is_committed_to_with_the_room_that_is_kept_for_that() {
    let disk = Disk::with(1 << 30);
    let mut settings = disk.settings();
    let night = night(&Options {
        errors: false,
        ..Options::small(11, 2, 12)
    });
    let (pen, dir) = (Pen::new(night.contest.id), tempfile::tempdir().unwrap());
    settings.signing = Some(signing(&night, dir.path()));
    let setup = night.setup.clone();
    let served = Served::open(dir, night, pen, settings).await;
    for envelope in setup {
        served.take(envelope).await;
    }
    let entry = served.take(a_report(&served, 0)).await;
    let release = served.pen.release(served.reviewer(), "first", &[entry]);
    // Room for the release and no other event.
    disk.has(RESERVE / 4 + 8 * u64::try_from(release.body.len()).unwrap());
    let released = served.take(release).await;
    assert_eq!(
        served.client.size().await,
        released + 2,
        "the commitment follows the release"
    );
    refused(&served, &a_report(&served, 1)).await;
}
