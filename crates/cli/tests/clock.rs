//! A server whose clock may be wrong: it shows what it has, and takes nothing until the time is confirmed.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::centre::{Centre, Rules, sheet};
use crate::support::terminal::Terminal;
use crate::support::{refused, run, tallylog, text};

const DAY: u64 = 24 * 3_600 * 1_000;

fn heartbeat(centre: &Centre) -> PathBuf {
    centre.data().join("heartbeat")
}

/// Makes the folder one that no server has had for ten days, as far as the next one can tell.
fn leave_alone(centre: &mut Centre) -> String {
    centre.kill();
    let then = tallylog_server::now().0 - 10 * DAY;
    let beat = format!("tallylog-heartbeat-v1 {then}\n");
    fs::write(heartbeat(centre), &beat).unwrap();
    beat
}

/// A time as a person says it, so many seconds from now.
fn said(seconds: i64) -> String {
    let ended = Command::new("date")
        .args(["-u", "+%FT%TZ", "-d", &format!("{seconds} seconds")])
        .output()
        .unwrap();
    String::from_utf8(ended.stdout).unwrap().trim().to_owned()
}

/// A hold, which a reviewer may place whenever entry is open.
fn hold(precinct: &str) -> [&str; 6] {
    [
        "review",
        "hold",
        "Adams",
        precinct,
        "--reason",
        "to see whether it is taken",
    ]
}

/// Does it until it is done, or fails the test: what confirms a clock takes a moment.
#[track_caller]
fn soon(centre: &Centre, device: &str, args: &[&str]) {
    let until = Instant::now() + Duration::from_mins(1);
    loop {
        let ended = centre.run(device, args);
        if ended.code == Some(0) {
            return;
        }
        assert!(ended.err.contains("[clock-unconfirmed]"), "{}", ended.err);
        assert!(Instant::now() < until, "{}", ended.err);
    }
}

struct Witness {
    child: Child,
    vkey: String,
}

impl Witness {
    fn of(centre: &Centre) -> Self {
        let folder = centre.path("witness");
        let mut child = tallylog()
            .args([
                "witness",
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--name",
                "press.example/w",
            ])
            .args(["--data-dir", text(&folder), "--log", &centre.log_key])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let url = loop {
            let line = lines.next().unwrap().unwrap();
            if let Some((_, url)) = line.split_once("http://") {
                break format!("http://{}", url.trim());
            }
        };
        std::thread::spawn(move || lines.for_each(drop));
        let key = run(&["witness", "key", "--data-dir", text(&folder)]);
        let vkey = format!("{}@{url}", key.out.trim());
        Self { child, vkey }
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        let _ended = (self.child.kill(), self.child.wait());
    }
}

#[test]
fn a_folder_that_was_left_alone_is_shown_and_takes_nothing_until_somebody_says_the_time() {
    let mut centre = Centre::new(Rules::default());
    centre.done("vera", &hold("Adams 1"));
    let left = leave_alone(&mut centre);
    centre.start();
    centre.refused("vera", &hold("Adams 2"), "clock-unconfirmed");
    assert_eq!(centre.public(&["totals"])["precincts"]["held"], 1);
    centre.verify();
    assert_eq!(
        fs::read_to_string(heartbeat(&centre)).unwrap(),
        left,
        "it does not beat"
    );
    // It is no better after another start.
    centre.start();
    centre.refused("vera", &hold("Adams 2"), "clock-unconfirmed");

    centre.kill();
    let data = centre.data();
    for wrong in [said(-600), said(864_000)] {
        let told = [
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--data-dir",
            text(&data),
            "--clock-is",
        ];
        let err = refused(&[&told[..], &[&wrong]].concat(), 2);
        assert!(err.contains("[clock-differs]") && err.contains(&wrong), "{err}");
    }
    centre.start_with(&["--clock-is", &said(0)]);
    centre.done("vera", &hold("Adams 2"));
    // The clock was believed a moment ago, so it is after a restart.
    let until = Instant::now() + Duration::from_mins(1);
    while fs::read_to_string(heartbeat(&centre)).unwrap() == left {
        assert!(Instant::now() < until, "it does not beat");
        std::thread::sleep(Duration::from_millis(20));
    }
    centre.start();
    centre.done("vera", &hold("Adams 3"));
}

#[test]
fn a_machine_that_waits_for_its_time_says_so_once_and_for_all() {
    let mut centre = Centre::new(Rules::default());
    leave_alone(&mut centre);
    centre.start_with(&["--trust-clock"]);
    centre.done("vera", &hold("Adams 1"));
}

#[test]
fn a_chairs_report_waits_on_the_device_until_a_witness_confirms_the_clock() {
    let mut centre = Centre::new(Rules::default());
    centre.chair("cher", "Adams", "Adams 1");
    let witness = Witness::of(&centre);
    leave_alone(&mut centre);
    centre.start();
    let file = centre.path("sheet.json");
    fs::write(&file, sheet("Adams", "Adams 1", 20, 20, [2, 2]).to_string()).unwrap();
    let report = centre.run("cher", &["report", "--file", text(&file), "--patience", "1"]);
    assert_eq!(report.code, Some(2), "{}{}", report.out, report.err);
    assert!(report.err.contains("[clock-unconfirmed]"), "{}", report.err);
    let listed = support::json(&["outbox", "list", "--device", text(&centre.device("cher"))]);
    assert_eq!(listed["items"][0]["refused"], false, "{listed}");
    assert_eq!(listed["items"][0]["trouble"], "clock-unconfirmed", "{listed}");

    centre.start_with(&["--witness", &witness.vkey]);
    // The log has not grown since the witness saw it, and yet it says the time.
    soon(&centre, "vera", &hold("Adams 2"));
    centre.done("cher", &["outbox", "send"]);
    assert_eq!(centre.public(&["totals"])["precincts"]["reported"], 1);
    centre.verify();
}

#[test]
fn somebody_at_the_terminal_is_asked_for_the_time() {
    let mut centre = Centre::new(Rules::default());
    leave_alone(&mut centre);
    let mut command = tallylog();
    command.args(["serve", "--listen", "127.0.0.1:0", "--data-dir", text(&centre.data())]);
    let Some(mut terminal) = Terminal::run(&command) else {
        return;
    };
    let url = terminal.word_after("entries on ");
    terminal.sees("[clock-unconfirmed]");
    terminal.answer("y/N", "no");
    terminal.answer("press Enter", "");
    terminal.sees("y/N");
    let try_it = |device: &str, precinct: &str| {
        let (device, passphrase) = (centre.device(device), centre.passphrase());
        let signed = [
            "--device",
            text(&device),
            "--passphrase-file",
            text(&passphrase),
            "--server",
            &url,
        ];
        run(&[&hold(precinct)[..], &signed].concat())
    };
    let refused = try_it("vera", "Adams 1");
    assert!(refused.err.contains("[clock-unconfirmed]"), "{}", refused.err);
    terminal.answer("", "y");
    terminal.sees("events are taken");
    let taken = try_it("vera", "Adams 1");
    assert_eq!(taken.code, Some(0), "{}", taken.err);
}
