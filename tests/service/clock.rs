//! A server whose clock is set while it runs, or that nobody told the time.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tallylog_event::UnixMillis;
use tallylog_server::{Guarding, Log, Reading, Settings, Terms};
use tallylog_simulate::{Options, night};
use tonic::Code;
use tonic_types::StatusExt;

use crate::support::{Pen, Served, check_refusal, log_key, report, request, signing};
use crate::witnessed::watching;

const DAY: u64 = 24 * 3_600 * 1_000;

/// A clock that stands still until somebody sets it.
#[derive(Clone)]
struct Hands(Arc<AtomicU64>);

impl Hands {
    fn now() -> Self {
        Self(Arc::new(AtomicU64::new(tallylog_server::now().0)))
    }

    fn says(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }

    fn is_set(&self, wall: u64) {
        self.0.store(wall, Ordering::SeqCst);
    }

    fn guarding(&self, dir: &Path, is_vouched: bool) -> Guarding {
        let hands = self.clone();
        Guarding {
            heartbeat: dir.join("heartbeat"),
            is_vouched,
            clocks: Arc::new(move || Reading {
                wall: UnixMillis(hands.says()),
                steady: Duration::from_hours(1),
            }),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_set_while_the_server_runs_stamps_nothing_and_holds_back_no_receipt() {
    let hands = Hands::now();
    let began = hands.says();
    let dir = tempfile::tempdir().unwrap();
    let served = Served::with(Settings {
        guarding: Some(hands.guarding(dir.path(), true)),
        ..Settings::default()
    })
    .await;
    let rooms = served.rooms();
    let [first, second] = [0, 1].map(|at: usize| {
        let (precinct, chair, sheet) = rooms[at];
        served.pen.sign(chair, report(precinct, sheet))
    });
    let entry = served.take(first.clone()).await;
    hands.is_set(began + 10 * DAY);
    served.refuse(second.clone(), Code::Unavailable, "clock-jumped").await;
    let status = served.client.intake.clone().submit(request(&second)).await.unwrap_err();
    assert!(status.get_details_retry_info().is_some());
    assert_eq!(served.take(first).await, entry, "it is in the log already");
    assert_eq!(served.client.totals(None).await.unwrap().as_of_ms, began);
    hands.is_set(began + 2_000);
    served.take(second).await;
    assert_eq!(served.client.totals(None).await.unwrap().as_of_ms, began + 2_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_witness_that_has_the_new_time_is_asked_at_once_though_the_log_has_not_grown() {
    let hands = Hands::now();
    let dir = tempfile::tempdir().unwrap();
    let the_night = night(&Options {
        errors: false,
        ..Options::small(11, 2, 12)
    });
    let witness = watching(dir.path(), 1, log_key(&the_night)).await;
    let mut signing = signing(&the_night, dir.path());
    signing.witnesses = vec![witness];
    let served = Served::with(Settings {
        signing: Some(signing),
        guarding: Some(hands.guarding(dir.path(), true)),
        ..Settings::default()
    })
    .await;
    served.covered(served.client.size().await).await;
    let (precinct, chair, sheet) = served.rooms()[0];
    let waiting = served.pen.sign(chair, report(precinct, sheet));
    hands.is_set(hands.says() - DAY);
    served.refuse(waiting.clone(), Code::Unavailable, "clock-jumped").await;
    // A minute from where it should be, which is no jump back, and near what the witness says.
    hands.is_set(tallylog_server::now().0 + 60_000);
    let until = Instant::now() + Duration::from_secs(40);
    while let Err(status) = served.client.intake.clone().submit(request(&waiting)).await {
        check_refusal(&status, Code::Unavailable, "clock-jumped");
        assert!(Instant::now() < until, "the witness was not asked");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_that_waits_for_its_commitment_has_it_when_the_clock_is_confirmed() {
    let dir = tempfile::tempdir().unwrap();
    let the_night = night(&Options {
        errors: false,
        ..Options::small(11, 2, 12)
    });
    let pen = Pen::new(the_night.contest.id);
    // Without its keys a log commits to nothing: as after a crash behind the release.
    let then = tallylog_server::now().0 - DAY;
    let unsigned = Settings {
        clock: Arc::new(move || UnixMillis(then)),
        ..Settings::default()
    };
    let served = Served::open(dir, the_night, pen, unsigned).await;
    for envelope in served.night.setup.clone() {
        served.take(envelope).await;
    }
    let (precinct, chair, sheet) = served.rooms()[0];
    let entry = served.take(served.pen.sign(chair, report(precinct, sheet))).await;
    served
        .take(served.pen.release(served.reviewer(), "first", &[entry]))
        .await;
    let (dir, the_night, _pen) = served.stop().await;

    let hands = Hands::now();
    let settings = Settings {
        signing: Some(signing(&the_night, dir.path())),
        guarding: Some(hands.guarding(dir.path(), false)),
        ..Settings::default()
    };
    let (log, writer) = Log::open_or_create(&dir.path().join("log"), settings).unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(tallylog_server::serve(log.clone(), listener, Terms::default(), async {
        drop(stopped.await);
    }));
    let mut sizes = log.sizes();
    let before = *sizes.borrow();
    assert_eq!(log.commit().await.unwrap_err().code(), "clock-unconfirmed");
    assert_eq!(log.state().unwrap().commitments().len(), 0);
    let guard = Arc::clone(log.clock_guard().unwrap());
    assert!(guard.confirm(guard.reading()));
    let grown = tokio::time::timeout(Duration::from_secs(40), sizes.wait_for(|size| *size == before + 1)).await;
    drop(grown.unwrap().unwrap());
    assert_eq!(log.state().unwrap().commitments().len(), 1);
    stop.send(()).unwrap();
    serving.await.unwrap();
    drop(log);
    tokio::task::spawn_blocking(|| writer.join()).await.unwrap().unwrap();
}
