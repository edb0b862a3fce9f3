//! What a verdict rests on, and who may be a witness.

use tallylog_event::SigningKey;
use tallylog_simulate::Options as Simulated;
use tallylog_tlog::{KeyName, LogKey, Policy, WitnessKey, WitnessSigner};
use tallylog_verify::{Options, Report, audit};

use crate::forge::{Forge, chained, failed, report, text};

fn witness(key: &SigningKey) -> WitnessKey {
    WitnessSigner::new(KeyName::new("own.example/w").unwrap(), key.clone())
        .key()
        .clone()
}

/// The keys of a forge's own people, each with a word that names whose it is.
fn own_keys(forge: &Forge) -> Vec<(SigningKey, &'static str)> {
    let keys = &forge.night.keys;
    let mut found = vec![
        (keys.log.clone(), "policy-witness-is-log"),
        (keys.service.clone(), "witness-not-independent"),
    ];
    found.extend(
        keys.registrars
            .iter()
            .map(|registrar| (registrar.key.clone(), "witness-not-independent")),
    );
    found
}

#[test]
fn a_witness_under_a_key_of_the_contest_is_refused() {
    let small = Simulated::small(8, 3, 20);
    for (key, code) in own_keys(&Forge::of(&small, |_| {})) {
        let own = witness(&key);
        let forge = Forge::of(&small, |contest| {
            contest.witnesses.witnesses[1] = text(&own.to_string());
        });
        let keys = tallylog_verify::Keys::new(&forge.contest, &[]).unwrap_err();
        assert_eq!(keys.code(), code, "{keys}");
        // The forger writes the file by hand.
        let honest = Forge::of(&small, |_| {});
        let entries = chained(&forge.uncommitted());
        let bytes = honest.bundle(&entries);
        assert_eq!(failed(&report(&bytes)), (Some(2), vec![code]));
    }
}

#[test]
fn a_readers_witness_under_a_key_of_the_contest_is_refused() {
    let forge = Forge::new(9);
    let bytes = forge.bundle(&chained(&forge.uncommitted()));
    for (key, code) in own_keys(&forge) {
        let policy = format!("witness own {}\nquorum none\n", witness(&key));
        let policy = Policy::parse(policy.as_bytes()).unwrap();
        let policy = match policy.with_log(forge.log.key().clone()) {
            Ok(policy) => policy,
            // The log's own key is refused as soon as both are in one policy.
            Err(fault) => {
                assert_eq!(fault.code(), code);
                continue;
            }
        };
        let options = Options {
            policy: Some(policy),
            ..Options::default()
        };
        let report = audit(&bytes, &options).unwrap();
        let table = report.table();
        assert_eq!(failed(&report), (Some(2), vec!["witness-not-independent"]), "{table}");
    }
}

fn codes(report: &Report) -> Vec<&'static str> {
    report
        .weaknesses()
        .iter()
        .map(tallylog_verify::Weakness::code)
        .collect()
}

#[test]
fn a_verdict_names_what_it_rests_on_and_each_weakness_before_the_checks() {
    let forge = Forge::new(10);
    let bytes = forge.bundle(&chained(&forge.uncommitted()));
    let bare = report(&bytes);
    assert!(bare.verified());
    let found = codes(&bare);
    assert!(
        found.contains(&"log-key-unvouched") && found.contains(&"own-quorum"),
        "{found:?}"
    );
    let table = bare.table();
    let (grounds, _) = table.split_once(" 1 format").unwrap();
    for head in [
        "contest ",
        "ruleset ",
        "release ",
        "embargo ",
        "fold ",
        "log key ",
        "vouched ",
        "quorum ",
        "abandoned ",
        "registrars ",
        "weakness ",
    ] {
        assert!(grounds.lines().any(|line| line.starts_with(head)), "{head}: {grounds}");
    }
    for code in found {
        assert!(grounds.contains(&format!("[{code}]")), "{code}: {grounds}");
    }
    let json: serde_json::Value = serde_json::from_str(&bare.json().unwrap()).unwrap();
    assert_eq!(json["weaknesses"].as_array().unwrap().len(), codes(&bare).len());
    assert_eq!(json["night"]["quorum"]["by"], "contest");
    assert_eq!(json["night"]["log_key_vouched_by"], serde_json::json!([]));

    let mut log_key = Options {
        log_key: Some(forge.log.key().clone()),
        ..Options::default()
    };
    let vouched = audit(&bytes, &log_key).unwrap();
    assert!(vouched.verified() && !codes(&vouched).contains(&"log-key-unvouched"));
    log_key.log_key = Some(
        LogKey::new(forge.log.key().name().clone(), &[7; 32]).unwrap_or_else(|_| {
            let other = Forge::new(11);
            other.log.key().clone()
        }),
    );
    assert_eq!(failed(&audit(&bytes, &log_key).unwrap()), (Some(2), vec!["other-log"]));
}

#[test]
fn a_night_without_a_quorum_says_that_it_has_none() {
    let forge = Forge::of(&Simulated::small(12, 3, 20), |contest| contest.witnesses.quorum = 0);
    let report = report(&forge.bundle(&chained(&forge.uncommitted())));
    assert!(report.verified());
    assert!(codes(&report).contains(&"no-quorum"));
    let words: Vec<_> = report.table().split_whitespace().map(str::to_owned).collect();
    let table = words.join(" ");
    assert!(table.contains("nobody says how many are enough"), "{table}");
}

#[test]
fn no_line_of_the_grounds_and_checks_is_wider_than_80_columns_but_a_key() {
    let forge = Forge::new(13);
    let table = report(&forge.bundle(&chained(&forge.uncommitted()))).table();
    let (above, _) = table.split_once("\n\nkey of ").unwrap();
    for line in above.lines().filter(|line| !line.starts_with("log key ")) {
        assert!(line.chars().count() <= 80, "{line}");
    }
}
