//! What takes two registrars, by whole commands, and another key for the log's own events.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::fs;

use crate::support::centre::{Centre, Rules, sheet};
use crate::support::{run, text};

/// A centre with Rhea and Rolf, and Vera who releases.
fn of_two() -> Centre {
    let centre = Centre::bare(Rules::default());
    centre.enrol("vera", "Vera", "reviewer", &[]);
    centre.enrol("rolf", "Rolf", "registrar", &[]);
    centre
}

/// The request of a new device.
fn request(centre: &Centre, device: &str, person: &str, role: &str) -> std::path::PathBuf {
    let request = centre.path(&format!("{device}.json"));
    let (folder, passphrase) = (centre.device(device), centre.passphrase());
    let ended = run(&[
        "key",
        "new",
        "--server",
        centre.url(),
        "--log-key",
        &centre.log_key,
        "--device",
        text(&folder),
        "--passphrase-file",
        text(&passphrase),
        "--person",
        person,
        "--role",
        role,
        "--output",
        text(&request),
    ]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    request
}

#[test]
fn two_registrars_enrol_staff_and_the_first_command_says_what_the_second_types() {
    let centre = of_two();
    let request = request(&centre, "olga", "Olga", "operator");
    let ended = centre.run("rhea", &["key", "add", text(&request), "--role", "operator", "--yes"]);
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    assert!(
        ended.out.starts_with("proposed to enrol Olga (operator)"),
        "{}",
        ended.out
    );
    centre.refused("olga", &["key", "list"], "unknown-key");
    let waiting = centre.json("rolf", &["key", "pending"]);
    let entry = waiting[0]["entry"].to_string();
    assert_eq!(waiting[0]["proposed_by"], "Rhea");
    assert!(
        ended.err.contains(&format!("tallylog key second {entry}")),
        "{}",
        ended.err
    );
    // The same again is not proposed twice, and nobody seconds it alone or unseen.
    centre.refused(
        "rhea",
        &["key", "add", text(&request), "--role", "operator", "--yes"],
        "proposed-already",
    );
    centre.refused("rhea", &["key", "second", &entry, "--yes"], "same-person");
    centre.refused("rolf", &["key", "second", &entry], "not-agreed");
    centre.refused("vera", &["key", "second", &entry, "--yes"], "wrong-role");
    centre.done("rolf", &["key", "second", &entry, "--yes"]);
    centre.done("olga", &["key", "list"]);
    centre.refused("rolf", &["key", "second", &entry, "--yes"], "nothing-waits");
    assert_eq!(centre.json("rolf", &["key", "pending"]).as_array().unwrap().len(), 0);
    centre.verify();
}

#[test]
fn two_registrars_revoke_one_and_one_revokes_anybody_else() {
    let centre = of_two();
    let why = ["--reason", "the laptop was lost"];
    let revoke = |person: &'static str| [&["key", "revoke", "--person", person], &why[..]].concat();
    let said = centre.done("rhea", &revoke("Rolf"));
    assert!(said.starts_with("proposed to revoke Rolf (registrar)"), "{said}");
    let entry = centre.json("rolf", &["key", "pending"])[0]["entry"].to_string();
    centre.done("rolf", &[&["key", "decline", &entry], &why[..]].concat());
    centre.done("rolf", &["key", "list"]);
    centre.done("rhea", &revoke("Vera"));
    centre.refused("vera", &["key", "list"], "revoked-key");
    // A registrar's new device: its key is enrolled by two, and then the old one is revoked by two.
    let new = request(&centre, "new-rolf", "Rolf", "registrar");
    let replace = [
        &["key", "replace", text(&new), "--role", "registrar", "--yes"],
        &why[..],
    ]
    .concat();
    centre.second(&centre.done("rhea", &replace));
    let said = centre.done("rhea", &replace);
    assert!(said.starts_with("proposed to revoke Rolf (registrar)"), "{said}");
    centre.second(&said);
    centre.refused("rolf", &["key", "list"], "revoked-key");
    centre.done("new-rolf", &["key", "list"]);
    centre.verify();
}

#[test]
fn a_verdict_and_the_opening_name_a_single_registrar() {
    let centre = of_two();
    let ended = run(&["verify", "--server", centre.url(), "--log-key", &centre.log_key]);
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    let line = "a single registrar, Rhea, from entry 0 to entry ";
    assert!(ended.out.contains(line), "{}", ended.out);
}

#[test]
#[expect(clippy::too_many_lines, reason = "one night from its beginning to its end")]
fn a_lost_service_key_has_a_successor_and_the_night_goes_on() {
    let mut centre = of_two();
    centre.chair("cher", "Adams", "Adams 1");
    let file = centre.path("adams-1.json");
    fs::write(&file, sheet("Adams", "Adams 1", 20, 20, [2, 2]).to_string()).unwrap();
    centre.done("cher", &["report", "--file", text(&file)]);
    let keys = centre.data().join("keys");
    centre.kill();
    fs::remove_file(keys.join("service.key")).unwrap();
    let request = centre.path("service.json");
    let made = [
        "key",
        "successor",
        "--data-dir",
        text(&centre.data()),
        "--output",
        text(&request),
    ]
    .map(str::to_owned)
    .to_vec();
    let made: Vec<&str> = made.iter().map(String::as_str).collect();
    assert_eq!(run(&made).code, Some(0));
    let first = fs::read(&request).unwrap();
    centre.start();
    // Said twice it is the same key; and a person's request is none of the log's.
    assert_eq!(run(&made).code, Some(0));
    assert_eq!(fs::read(&request).unwrap(), first);
    let why = ["--reason", "the disk was lost"];
    let add = ["key", "add", text(&request), "--role", "operator", "--yes"];
    centre.refused("rhea", &add, "request-of-service");
    let of_vera = centre.path("vera.json");
    centre.refused(
        "rhea",
        &[&["key", "succeed", text(&of_vera)], &why[..]].concat(),
        "request-not-of-service",
    );
    centre.done("vera", &["release", "--name", "first", "--yes"]);
    let codes = ["key", "codes", "--county", "Boone", "--precinct", "Boone 1"];
    let code = centre.json("rhea", &codes)[0]["code"].as_str().unwrap().to_owned();

    let said = centre.done("rhea", &[&["key", "succeed", text(&request)], &why[..]].concat());
    centre.second(&said);
    // The server that runs signs with it at once, and commits to the release that waited.
    let proof = centre.path("adams-1.proof");
    let prove = [
        "prove",
        "precinct",
        "Adams",
        "Adams 1",
        "--release",
        "first",
        "--output",
        text(&proof),
    ];
    let ended = run(&[&prove[..], &["--server", centre.url()]].concat());
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    let ended = run(&["verify", "--proof", text(&proof), "--log-key", &centre.log_key]);
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    // The next start gives the key its place.
    assert!(keys.join("service.next.key").exists() && !keys.join("service.key").exists());
    centre.start();
    assert!(!keys.join("service.next.key").exists() && keys.join("service.key").exists());
    let (folder, passphrase) = (centre.device("bea"), centre.passphrase());
    let ended = run(&[
        "key",
        "enrol",
        "--server",
        centre.url(),
        "--device",
        text(&folder),
        "--passphrase-file",
        text(&passphrase),
        "--county",
        "Boone",
        "--precinct",
        "Boone 1",
        "--person",
        "Bea",
        "--code",
        &code,
    ]);
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    centre.verify();
}
