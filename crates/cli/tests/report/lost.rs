//! The network is lost, the server killed, the device's process killed, at any moment: there is exactly one event, and
//! the device never claims more than is true.

use std::process::Stdio;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tallylog_event::Event;

use crate::centre::{Centre, Chair, ended};
use crate::proxy::{Fault, Proxy};
use crate::random::{Random, seed, trials};

/// What a device claimed, and when.
struct Claim {
    at_ms: u64,
    state: String,
    entry: Option<u64>,
}

/// How often each thing happened.
#[derive(Default)]
struct Tally {
    commands: AtomicUsize,
    killed: AtomicUsize,
    servers: AtomicUsize,
    saved: AtomicUsize,
    sent: AtomicUsize,
}

#[test]
fn whatever_is_lost_and_whoever_is_killed_there_is_exactly_one_event() {
    let (seed, count) = (seed(), trials(10, 400));
    let counties = u16::try_from(count / 4).unwrap().clamp(2, 99);
    let centre = Centre::new(counties, u16::try_from(2 * count).unwrap());
    let count = usize::try_from(count).unwrap();
    let target = Arc::new(Mutex::new(address(&centre.start())));
    let (next, over, tally) = (AtomicUsize::new(0), AtomicBool::new(false), Tally::default());
    let done: Mutex<Vec<(Chair, Vec<Claim>)>> = Mutex::default();
    std::thread::scope(|scope| {
        scope.spawn(|| kill_servers(&centre, &target, Random(seed), &over, &tally));
        let workers = [(); 4].map(|()| {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= count {
                        return;
                    }
                    let random = Random(seed ^ (u64::try_from(at).unwrap() << 32));
                    let finished = trial(&centre, at, &target, random, &tally);
                    done.lock().unwrap().push(finished);
                }
            })
        });
        let ended = workers.map(std::thread::ScopedJoinHandle::join);
        over.store(true, Ordering::Relaxed);
        assert!(ended.iter().all(Result::is_ok), "TALLYLOG_SEED={seed}");
    });
    let done = done.into_inner().unwrap();
    assert_eq!(done.len(), count);
    compare(&centre, &done);
    println!(
        "{count} reports, {:?} commands, {:?} of them killed, {:?} servers killed; seen on the way: {:?} times saved \
         here, {:?} times sent",
        tally.commands, tally.killed, tally.servers, tally.saved, tally.sent
    );
}

/// Every report once, as its device signed it, and no claim before its time.
fn compare(centre: &Centre, done: &[(Chair, Vec<Claim>)]) {
    let entries = centre.entries();
    for (chair, claims) in done {
        let of_precinct = entries.iter().filter(|entry| {
            let event = entry.envelope.decode().unwrap().event;
            matches!(event, Event::Reported(report) if report.precinct == chair.id)
        });
        let found: Vec<_> = of_precinct.collect();
        let [entry] = found[..] else {
            unreachable!("{} has {} reports", chair.precinct, found.len());
        };
        let signed = std::fs::read(chair.dir.join("outbox/000001.event")).unwrap();
        assert!(signed.ends_with(&entry.envelope.body), "{}", chair.precinct);
        for claim in claims {
            let is_true = match claim.state.as_str() {
                "saved here" => true,
                "sent" => entry.received_at.0 <= claim.at_ms,
                "received" => entry.received_at.0 <= claim.at_ms && claim.entry == Some(entry.index.0),
                other => unreachable!("{other}"),
            };
            assert!(is_true, "{} claimed {}", chair.precinct, claim.state);
        }
        assert_eq!(claims.last().unwrap().state, "received");
    }
}

fn trial(
    centre: &Centre,
    at: usize,
    target: &Arc<Mutex<String>>,
    mut random: Random,
    tally: &Tally,
) -> (Chair, Vec<Claim>) {
    let faults: Vec<Fault> = (0..random.below(4)).map(|_| fault(&mut random)).collect();
    let proxy = Proxy::new(Arc::clone(target), faults);
    let chair = centre.chair(at, &proxy.url);
    let mut claims = Vec::new();
    for _ in 0..=random.below(3) {
        let kill = (random.below(2) == 0).then(|| Duration::from_millis(random.below(300)));
        tally.commands.fetch_add(1, Ordering::Relaxed);
        // A script that runs again, or somebody who sends what lies there.
        let again = random.below(2) == 0 || chair.outbox().is_empty();
        let mut command = if again {
            centre.reporting(&chair, &["--patience", "1"])
        } else {
            chair.command(&["outbox", "send", "--patience", "1"])
        };
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        if let Some(moment) = kill {
            std::thread::sleep(moment);
            child.kill().unwrap();
            tally.killed.fetch_add(1, Ordering::Relaxed);
        }
        child.wait().unwrap();
        claims.extend(claim(&chair, tally));
    }
    proxy.heal();
    let ended = ended(centre.reporting(&chair, &["--patience", "120"]));
    assert_eq!(ended.code, Some(0), "{}: {}{}", chair.precinct, ended.out, ended.err);
    claims.extend(claim(&chair, tally));
    (chair, claims)
}

/// A report is about 700 bytes and its handshake as many; some of these are beyond the end.
fn fault(random: &mut Random) -> Fault {
    let bytes = usize::try_from(random.below(2_000)).unwrap();
    match random.below(9) {
        0 => Fault::Refused,
        1..=3 => Fault::Up(bytes),
        4..=6 => Fault::Down(bytes / 2),
        7 => Fault::StalledUp(bytes),
        _ => Fault::StalledDown(bytes / 2),
    }
}

fn claim(chair: &Chair, tally: &Tally) -> Option<Claim> {
    let items: Vec<Value> = chair.outbox();
    assert!(items.len() <= 1, "signed twice: {items:?}");
    let item = items.first()?;
    let state = item["state"].as_str().unwrap().to_owned();
    match state.as_str() {
        "saved here" => tally.saved.fetch_add(1, Ordering::Relaxed),
        "sent" => tally.sent.fetch_add(1, Ordering::Relaxed),
        _ => 0,
    };
    Some(Claim {
        at_ms: tallylog_server::now().0,
        state,
        entry: item["entry"].as_u64(),
    })
}

/// Kills the server at random moments, and starts it again, until all is over.
fn kill_servers(centre: &Centre, target: &Mutex<String>, mut random: Random, over: &AtomicBool, tally: &Tally) {
    while !over.load(Ordering::Relaxed) {
        std::thread::sleep(Duration::from_millis(500 + random.below(2_000)));
        centre.kill();
        tally.servers.fetch_add(1, Ordering::Relaxed);
        std::thread::sleep(Duration::from_millis(random.below(300)));
        *target.lock().unwrap() = address(&centre.start());
    }
}

fn address(url: &str) -> String {
    url.trim_start_matches("http://").to_owned()
}
