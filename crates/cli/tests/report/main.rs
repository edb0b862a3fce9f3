//! A chair reports, through the binary: what is said, what is on disk, and what the log has.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a helper that fails fails its test, and says what it skips"
)]

mod centre;
mod lost;
mod photos;
mod proxy;
#[path = "../witness/random.rs"]
mod random;
#[path = "../support/mod.rs"]
mod support;
mod typed;

use std::fs;
use std::process::{Command, Stdio};

use serde_json::Value;
use tallylog_event::{
    CallerCheck, Certification, Channel, CourseEvent, EntryIndex, Event, ManualEntry, Release, Report, Resolution,
    ResolutionOutcome, ReviewEvent, Text,
};
use tallylog_rules::{Attendance, Attendees};

use crate::centre::{Centre, ended, ends, log_key};
use crate::support::{run, tallylog, text};

fn read(out: &str) -> Value {
    serde_json::from_str(out).unwrap()
}

/// Changes a worksheet such that nothing about it blocks.
fn other_figures(sheet: &mut Value) {
    sheet["attendance_counted"] = (!sheet["attendance_counted"].as_bool().unwrap()).into();
}

fn public(args: &[&str]) -> Command {
    let mut command = tallylog();
    command.args(args);
    command
}

/// Nothing was signed.
#[track_caller]
fn nothing_is_signed(chair: &centre::Chair) {
    assert!(chair.outbox().is_empty());
}

#[test]
fn a_report_is_received_when_its_receipt_holds_and_anybody_can_check_it() {
    let centre = Centre::served(1, 4);
    let chair = centre.chair(0, &centre.url());
    let ended = ends(centre.reporting(&chair, &["--format", "json"]), 0);
    let answer = read(&ended.out);
    assert_eq!(answer["state"], "received");
    assert!(answer["contest"].as_str().unwrap().starts_with("REHEARSAL"));
    assert_eq!(answer["words"].as_str().unwrap().split(' ').count(), 4);
    assert!(ended.err.contains("The checks found nothing."), "{}", ended.err);
    let receipt = answer["receipt"].as_str().unwrap();
    let key = log_key(&centre.night).to_string();
    let checked = run(&["verify", "--receipt", receipt, "--log-key", &key]);
    assert_eq!(checked.code, Some(0), "{}{}", checked.out, checked.err);
    let events = centre.events(chair.id);
    assert_eq!(events.len(), 1);
    assert_eq!(answer["entry"], events[0].0.index.0);
    assert_eq!(
        events[0].1.event.report().unwrap().sheet.attendance,
        centre.night.sheets[&chair.id].attendance
    );
}

#[test]
fn without_a_network_it_is_saved_here_and_an_hour_later_received_with_its_own_time() {
    let centre = Centre::new(1, 4);
    let chair = centre.chair(0, "http://127.0.0.1:1");
    let ended = ends(centre.reporting(&chair, &["--patience", "0"]), 2);
    assert!(ended.err.contains("[not-received]"), "{}", ended.err);
    assert!(
        ended.out.contains("SAVED HERE") && !ended.out.contains("RECEIVED"),
        "{}",
        ended.out
    );
    assert_eq!(chair.state(), "saved here");
    ends(chair.command(&["outbox", "send", "--patience", "0"]), 2);
    let tries = chair.outbox()[0]["tries"].as_u64();
    assert_eq!(tries, Some(2));
    let recorded = chair.outbox()[0]["recorded_at"].clone();
    let url = centre.start();
    // No passphrase: it was signed long ago.
    ends(chair.command(&["outbox", "send", "--server", &url]), 0);
    assert_eq!(chair.state(), "received");
    assert_eq!(chair.outbox()[0]["recorded_at"], recorded);
    let events = centre.events(chair.id);
    assert_eq!(events.len(), 1);
    assert!(events[0].1.recorded_at < events[0].0.received_at);
}

#[test]
fn the_same_figures_are_not_signed_twice_and_others_only_as_an_amendment() {
    let centre = Centre::served(1, 4);
    let chair = centre.chair(0, &centre.url());
    ends(centre.reporting(&chair, &[]), 0);
    ends(centre.reporting(&chair, &[]), 0);
    chair.edit(other_figures);
    let said = ends(centre.reporting(&chair, &[]), 2).err;
    assert!(said.contains("[reported-already]"), "{said}");
    assert_eq!(chair.outbox().len(), 1);
    let said = ends(centre.reporting(&chair, &["--amend", "--reason", " "]), 2).err;
    assert!(said.contains("[no-reason]"), "{said}");
    let amending = || centre.reporting(&chair, &["--amend", "--reason", "The sign-in sheet says 500"]);
    let said = ends(amending(), 0).err;
    let line = said.lines().find(|line| line.starts_with("* attendance")).unwrap();
    assert!(
        line.contains("not counted on its own") || said.contains("not counted on its own"),
        "{line}"
    );
    // Again, as a script would: nothing more is signed.
    ends(amending(), 0);
    let events = centre.events(chair.id);
    assert_eq!(events.len(), 2);
    let Event::Corrected(correction) = &events[1].1.event else {
        unreachable!("{events:?}")
    };
    assert_eq!(correction.replaces, events[0].0.index);
    assert_eq!(correction.reason.to_string(), "The sign-in sheet says 500");
}

/// An operator typed other figures, and a reviewer believes neither.
fn discarded(centre: &Centre, chair: &centre::Chair) -> u64 {
    let first = chair.outbox().last().unwrap()["entry"].as_u64().unwrap();
    let mut sheet = centre.night.sheets[&chair.id].clone();
    sheet.attendance = sheet.attendance.map(|attendance| Attendance {
        people: Attendees(attendance.people.0 + 1),
        ..attendance
    });
    let entry = ManualEntry {
        report: Report {
            precinct: chair.id,
            channel: Channel::Paper,
            sheet,
            files: Vec::new(),
        },
        caller: CallerCheck::NoCaller,
        read_back: false,
        typed_by: Vec::new(),
    };
    let second = centre.signs(&centre.night.keys.operators[0].key, Event::Entered(Box::new(entry)));
    let resolution = Resolution {
        precinct: chair.id,
        first: EntryIndex(first),
        second: EntryIndex(second),
        outcome: ResolutionOutcome::DiscardBoth,
        reason: Text::new("another room's worksheet").unwrap(),
    };
    let resolved = Event::Review(ReviewEvent::Resolved(Box::new(resolution)));
    centre.signs(&centre.night.keys.reviewers[0].key, resolved)
}

#[test]
fn a_report_that_a_reviewer_set_aside_is_said_to_be_so_when_it_is_repeated_and_is_made_again_on_request() {
    let centre = Centre::served(1, 4);
    let chair = centre.chair(0, &centre.url());
    ends(centre.reporting(&chair, &[]), 0);
    let by = discarded(&centre, &chair);
    let repeated = ends(centre.reporting(&chair, &[]), 1);
    let said = repeated.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        said.contains("report SET ASIDE") && !said.contains("RECEIVED"),
        "{said}"
    );
    assert!(said.contains(&format!("set it aside in entry {by}")), "{said}");
    let awaits = format!("{}, {} awaits a report: report it again.", chair.county, chair.precinct);
    assert!(said.contains(&awaits) && said.contains("say --again"), "{said}");
    let listed = &chair.outbox()[0];
    assert_eq!(
        (&listed["state"], &listed["since_entry"]),
        (&"set aside".into(), &by.into())
    );
    let said = ends(centre.reporting(&chair, &["--amend", "--reason", "a slip"]), 2).err;
    assert!(said.contains("[figures-set-aside]"), "{said}");
    assert_eq!(chair.outbox().len(), 1);
    ends(centre.reporting(&chair, &["--again"]), 0);
    assert_eq!(chair.outbox()[1]["state"], "received");
    // And once more, as a script would.
    let again = ends(centre.reporting(&chair, &["--again", "--format", "json"]), 0);
    assert_eq!(read(&again.out)["state"], "received");
    assert_eq!(chair.outbox().len(), 2);
    assert_eq!(centre.events(chair.id).len(), 3);
}

#[test]
fn other_figures_are_a_new_report_where_a_reviewer_set_the_old_ones_aside() {
    let centre = Centre::served(1, 4);
    let chair = centre.chair(0, &centre.url());
    ends(centre.reporting(&chair, &[]), 0);
    discarded(&centre, &chair);
    chair.edit(other_figures);
    ends(centre.reporting(&chair, &[]), 0);
    let events = centre.events(chair.id);
    assert!(
        matches!(events.last().unwrap().1.event, Event::Reported(_)),
        "{events:?}"
    );
}

#[test]
fn a_repeat_that_nobody_answers_claims_no_more_than_the_receipt() {
    let centre = Centre::served(1, 4);
    let chair = centre.chair(0, &centre.url());
    ends(centre.reporting(&chair, &[]), 0);
    centre.kill();
    let said = ends(centre.reporting(&chair, &["--patience", "0"]), 0).out;
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("What became of it since is not known"), "{said}");
}

#[test]
fn an_amendment_of_a_worksheet_without_attendance_starts_without_one() {
    let centre = Centre::served(1, 4);
    let mut chair = centre.chair(0, &centre.url());
    let without_attendance = |sheet: &mut Value| {
        sheet["attendance"] = Value::Null;
        sheet["attendance_counted"] = Value::Null;
    };
    chair.edit(without_attendance);
    ends(centre.reporting(&chair, &[]), 0);
    let (old, new) = (chair.dir.clone(), centre.dir.path().join("new"));
    fs::create_dir(&new).unwrap();
    for file in ["device.json", "key.age", "roster.entries"] {
        fs::copy(old.join(file), new.join(file)).unwrap();
    }
    chair.dir = new;
    let amending = || centre.reporting(&chair, &["--amend", "--reason", "a slip"]);
    let said = ends(amending(), 2).err;
    assert!(said.contains("[same-figures]"), "{said}");
    chair.edit(|sheet| sheet["worksheet_threshold"] = 7.into());
    let said = ends(
        centre.reporting(&chair, &["--amend", "--reason", "a slip", "--confirm", "V25"]),
        1,
    )
    .err;
    assert!(!said.contains("* attendance"), "{said}");
    nothing_is_signed(&chair);
    let shown = read(
        &ends(
            public(&[
                "precinct",
                &chair.county,
                &chair.precinct,
                "--format",
                "json",
                "--server",
                &centre.url(),
            ]),
            0,
        )
        .out,
    );
    let version = &shown["versions"][0];
    assert_eq!(
        (&version["attendance"], &version["attendance_counted"]),
        (&Value::Null, &Value::Null)
    );
    assert!(version["room"].as_u64().unwrap() > 0, "{version}");
}

#[test]
fn an_amendment_waits_until_what_it_replaces_is_received() {
    let centre = Centre::new(1, 4);
    let chair = centre.chair(0, "http://127.0.0.1:1");
    ends(centre.reporting(&chair, &["--patience", "0"]), 2);
    chair.edit(other_figures);
    let said = ends(centre.reporting(&chair, &["--amend", "--reason", "500"]), 2).err;
    assert!(said.contains("[amendment-waits]"), "{said}");
    assert_eq!(chair.outbox().len(), 1);
}

#[test]
fn what_another_device_of_the_chair_reported_is_amended_and_never_silently_replaced() {
    let centre = Centre::served(1, 4);
    let mut chair = centre.chair(0, &centre.url());
    ends(centre.reporting(&chair, &[]), 0);
    let (old, new) = (chair.dir.clone(), centre.dir.path().join("new"));
    fs::create_dir(&new).unwrap();
    for file in ["device.json", "key.age", "roster.entries"] {
        fs::copy(old.join(file), new.join(file)).unwrap();
    }
    chair.dir = new;
    let said = ends(centre.reporting(&chair, &[]), 2).err;
    assert!(said.contains("[reported-elsewhere]"), "{said}");
    let amending = |chair| centre.reporting(chair, &["--amend", "--reason", "a slip"]);
    let said = ends(amending(&chair), 2).err;
    assert!(said.contains("[same-figures]"), "{said}");
    nothing_is_signed(&chair);
    chair.edit(other_figures);
    let said = ends(amending(&chair), 0).err;
    assert_eq!(said.lines().filter(|line| line.starts_with("* ")).count(), 1, "{said}");
    let events = centre.events(chair.id);
    assert_eq!(events.len(), 2);
    assert!(matches!(&events[1].1.event, Event::Corrected(by) if by.replaces == events[0].0.index));
}

#[test]
fn what_blocks_is_signed_only_when_it_is_confirmed_by_its_code() {
    let centre = Centre::served(1, 4);
    let chair = centre.chair(0, &centre.url());
    chair.edit(|sheet| sheet["worksheet_delegates"] = 90.into());
    let said = ends(centre.reporting(&chair, &["--dry-run"]), 1).err;
    assert!(
        said.contains("V24 WRONG_N: BLOCKS") && said.contains("[not-confirmed]"),
        "{said}"
    );
    ends(centre.reporting(&chair, &["--dry-run", "--confirm", "V24"]), 0);
    ends(centre.reporting(&chair, &[]), 1);
    nothing_is_signed(&chair);
    let said = ends(centre.reporting(&chair, &["--confirm", "V24", "--confirm", "V02"]), 1).err;
    assert!(said.contains("[nothing-to-confirm]"), "{said}");
    nothing_is_signed(&chair);
    ends(centre.reporting(&chair, &["--confirm", "V24"]), 0);
    assert_eq!(centre.events(chair.id).len(), 1);
}

#[test]
fn a_pause_is_waited_for_and_after_certification_an_amendment_is_refused_and_kept() {
    let centre = Centre::served(1, 4);
    let chair = centre.chair(0, &centre.url());
    let registrar = &centre.night.keys.registrars[0].key;
    let text = |text: &str| Text::new(text).unwrap();
    centre.signs(registrar, Event::Course(CourseEvent::Paused(text("storm"))));
    let ended = ends(centre.reporting(&chair, &["--patience", "0"]), 2);
    assert!(ended.err.contains("entry-paused"), "{}", ended.err);
    assert_eq!(
        (chair.state().as_str(), &chair.outbox()[0]["refused"]),
        ("saved here", &false.into())
    );
    let mut watching = chair.command(&["outbox", "watch"]).spawn().unwrap();
    centre.signs(registrar, Event::Course(CourseEvent::Resumed(text("it is over"))));
    assert!(watching.wait().unwrap().success());
    assert_eq!(chair.state(), "received");

    let entry = EntryIndex(chair.outbox()[0]["entry"].as_u64().unwrap());
    let release = Release::new(text("all"), vec![entry]).unwrap();
    let released = centre.signs(&centre.night.keys.reviewers[0].key, Event::Released(release));
    let certified = CourseEvent::Certified(Box::new(Certification {
        release: EntryIndex(released),
        statement: text("These are the results"),
        evidence: vec![tallylog_event::FileRef {
            hash: tallylog_event::FileHash([1; 32]),
            size: 1,
            media_type: text("application/pdf"),
        }],
    }));
    centre.signs(registrar, Event::Course(certified));
    chair.edit(other_figures);
    let ended = ends(centre.reporting(&chair, &["--amend", "--reason", "500"]), 1);
    assert!(ended.out.contains("amendment SAVED HERE"), "{}", ended.out);
    assert!(
        ended.out.contains("[certified]") && ended.out.contains("open a case"),
        "{}",
        ended.out
    );
    let kept = &chair.outbox()[1];
    assert_eq!((&kept["state"], &kept["refused"]), (&"saved here".into(), &true.into()));
    // It changed nothing: the next amends the report itself, and a plain report is none.
    let ended = ends(centre.reporting(&chair, &["--amend", "--reason", "501"]), 1);
    assert!(ended.out.contains("[certified]"), "{}{}", ended.out, ended.err);
    let ended = ends(centre.reporting(&chair, &[]), 2);
    assert!(ended.err.contains("[reported-already]"), "{}", ended.err);
    assert_eq!(centre.events(chair.id).len(), 1);
}

#[test]
fn a_refused_report_is_kept_and_another_takes_its_place() {
    let centre = Centre::served(1, 4);
    let chair = centre.chair(0, &centre.url());
    let mut device = chair.device();
    let contest = device["contest"].clone();
    device["contest"] = centre::ELSEWHERE.to_string().into();
    chair.write_device(&device);
    let said = ends(centre.reporting(&chair, &[]), 1).out;
    assert!(
        said.contains("SAVED HERE") && said.contains("[other-contest]"),
        "{said}"
    );
    device["contest"] = contest;
    chair.write_device(&device);
    chair.edit(other_figures);
    ends(centre.reporting(&chair, &[]), 0);
    let items = chair.outbox();
    assert_eq!(
        (&items[0]["state"], &items[0]["set_aside"]),
        (&"saved here".into(), &true.into())
    );
    assert_eq!(items[1]["state"], "received");
    assert_eq!(centre.events(chair.id).len(), 1);
}

#[test]
fn a_receipt_of_another_log_is_a_loud_alarm_and_never_received() {
    let centre = Centre::served(1, 4);
    let chair = centre.chair(0, &centre.url());
    let mut device = chair.device();
    let other = tallylog_tlog::LogSigner::new(
        log_key(&centre.night).name().clone(),
        tallylog_event::SigningKey::from_bytes(&[3; 32]),
    );
    device["log_key"] = other.key().to_string().into();
    chair.write_device(&device);
    let ended = ends(centre.reporting(&chair, &[]), 1);
    assert!(
        ended.out.contains("ALARM") && ended.out.contains("receipt-does-not-hold"),
        "{}",
        ended.out
    );
    assert_eq!(chair.state(), "sent");
    ends(chair.command(&["outbox", "list"]), 1);
    ends(chair.command(&["outbox", "send"]), 1);
    // A receipt in the folder counts for nothing until the pinned key says so.
    fs::write(chair.dir.join("outbox/000001.tlog-proof"), "received").unwrap();
    assert_eq!(chair.state(), "sent");
}

#[test]
fn photos_are_bound_by_their_hashes_and_no_report_waits_for_them() {
    let centre = Centre::served(1, 4);
    let chair = centre.chair(0, &centre.url());
    let photo = |name: &str| {
        let path = centre.dir.path().join(name);
        fs::write(&path, [b"\xff\xd8\xff", name.as_bytes()].concat()).unwrap();
        path
    };
    let (one, two) = (photo("one.jpg"), photo("two.jpg"));
    ends(centre.reporting(&chair, &["--photo", text(&one)]), 0);
    ends(centre.signing(&chair, &["outbox", "photo", text(&two)]), 0);
    let all = read(&ends(chair.command(&["outbox", "list", "--format", "json"]), 0).out);
    assert_eq!(all["photos"].as_array().unwrap().len(), 2);
    let kept = all["photos"][0]["path"].as_str().unwrap();
    assert_eq!(fs::read(kept).unwrap(), fs::read(&one).unwrap());
    let events = centre.events(chair.id);
    assert_eq!(events[0].1.event.report().unwrap().files.len(), 1);
    let Event::FilesAdded(added) = &events[1].1.event else {
        unreachable!("{events:?}")
    };
    assert_eq!(
        added.files[0].hash.0,
        *blake3::hash(&fs::read(&two).unwrap()).as_bytes()
    );
    fs::write(&two, "not a photo").unwrap();
    let said = ends(centre.signing(&chair, &["outbox", "photo", text(&two)]), 2).err;
    assert!(said.contains("[not-a-photo]"), "{said}");
}

#[test]
fn of_several_processes_that_report_other_figures_at_once_those_of_one_are_signed() {
    let centre = Centre::new(1, 4);
    for at in 0..2 {
        let chair = centre.chair(at, "http://127.0.0.1:1");
        let mut all = Vec::new();
        for of in 0..6 {
            // Every second one has other figures than the one before.
            chair.edit(other_figures);
            let sheet = chair.dir.join(format!("sheet-{of}.json"));
            fs::copy(&chair.sheet, &sheet).unwrap();
            let mut reporting = centre.signing(&chair, &["report", "--patience", "0", "--file", text(&sheet)]);
            all.push(reporting.stderr(Stdio::piped()).spawn().unwrap());
        }
        let said = all.into_iter().map(|child| child.wait_with_output().unwrap().stderr);
        let said: Vec<_> = said.map(|said| String::from_utf8(said).unwrap()).collect();
        let refused = said.iter().filter(|said| said.contains("[reported-already]")).count();
        assert_eq!(refused, 3, "{said:#?}");
        assert_eq!(chair.outbox().len(), 1);
    }
}

#[test]
fn nobody_signs_while_another_process_decides_what_to_sign() {
    let centre = Centre::new(1, 4);
    let chair = centre.chair(0, "http://127.0.0.1:1");
    let outbox = chair.dir.join("outbox");
    fs::create_dir(&outbox).unwrap();
    let deciding = fs::File::create(outbox.join("signing")).unwrap();
    deciding.lock().unwrap();
    let mut reporting = centre.reporting(&chair, &["--patience", "0"]);
    let mut waits = reporting.stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(std::time::Duration::from_secs(1));
    assert!(waits.try_wait().unwrap().is_none());
    nothing_is_signed(&chair);
    deciding.unlock().unwrap();
    waits.wait().unwrap();
    assert_eq!(chair.outbox().len(), 1);
}

#[test]
fn several_processes_send_one_outbox_and_the_log_takes_it_once() {
    let centre = Centre::new(1, 4);
    let chair = centre.chair(0, "http://127.0.0.1:1");
    ends(centre.reporting(&chair, &["--patience", "0"]), 2);
    let url = centre.start();
    let sending = || chair.command(&["outbox", "send", "--server", &url]).spawn().unwrap();
    let mut all: Vec<_> = (0..6).map(|_| sending()).collect();
    assert!(all.iter_mut().all(|child| child.wait().unwrap().success()));
    assert_eq!(chair.state(), "received");
    assert_eq!(centre.events(chair.id).len(), 1);
}

#[test]
fn a_chair_of_several_precincts_says_which_and_others_do_not_report() {
    let centre = Centre::new(1, 4);
    let chair = centre.chair(0, "http://127.0.0.1:1");
    let other = centre.chair(1, "http://127.0.0.1:1");
    let mut device = chair.device();
    let seats = device["precincts"].as_array_mut().unwrap();
    seats.extend(other.device()["precincts"].as_array().unwrap().clone());
    chair.write_device(&device);
    let template = |args: &[&str]| chair.command(&[&["report", "--print-template"], args].concat());
    assert!(ends(template(&[]), 2).err.contains("[which-precinct]"));
    assert!(
        ends(template(&["--precinct", "Nowhere"]), 2)
            .err
            .contains("[not-this-devices]")
    );
    let empty = read(&ends(template(&["--precinct", &other.precinct.to_lowercase()]), 0).out);
    assert_eq!(empty["precinct"], Value::from(other.precinct.clone()));
    // The file says which.
    ends(chair.command(&["report", "--dry-run", "--file", text(&other.sheet)]), 0);
    device["role"] = "operator".into();
    device["precincts"] = Value::Array(Vec::new());
    chair.write_device(&device);
    assert!(ended(template(&[])).err.contains("[not-a-chair]"));
}

#[test]
fn nobody_at_a_terminal_is_told_to_give_a_file() {
    let centre = Centre::new(1, 4);
    let chair = centre.chair(0, "http://127.0.0.1:1");
    let said = ends(centre.signing(&chair, &["report"]), 2).err;
    assert!(said.contains("[no-worksheet]"), "{said}");
}
