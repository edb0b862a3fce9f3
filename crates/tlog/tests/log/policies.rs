//! Policies: the file as people write it, and when a quorum is met.

use std::fmt::Write;

use tallylog_tlog::{
    CheckpointError, KeyError, MAX_POLICY_BYTES, NoteError, Policy, PolicyError, PolicyFault, PolicyRefusal, WitnessKey,
};

use crate::samples::{ORIGIN, TIME, grown, impostor, log, name, witness};

fn key(number: u8) -> WitnessKey {
    witness(number).key().clone()
}

/// The example of C2SP tlog-policy: two of the three X, and any of the three Y. Witnesses 2 to 4 and 5 to 7.
fn example() -> String {
    let mut text = format!("log {}\n\n", log().key());
    for (number, name) in (2..).zip(["X1", "X2", "X3", "Y1", "Y2", "Y3"]) {
        writeln!(text, "witness {name} {}", key(number)).unwrap();
    }
    text + "\
group X-witnesses 2 X1 X2 X3
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"
}

/// The example with `from` exchanged.
fn edited(from: &str, into: &str) -> String {
    let text = example();
    assert!(text.contains(from));
    text.replacen(from, into, 1)
}

#[track_caller]
fn refuses(text: &str, line: usize, fault: PolicyFault) {
    assert_eq!(
        Policy::parse(text.as_bytes()),
        Err(PolicyError { line, fault }),
        "{text}"
    );
}

#[track_caller]
fn check(policy: &Policy, cosigners: &[u8], met: bool) {
    let keys: Vec<_> = cosigners.iter().map(|number| key(*number)).collect();
    let keys: Vec<_> = keys.iter().collect();
    assert_eq!(policy.is_met_by(&keys), met, "{cosigners:?}");
}

#[test]
fn the_quorum_of_the_example_is_two_of_one_side_and_one_of_the_other() {
    let policy = Policy::parse(example().as_bytes()).unwrap();
    for set in 0_u8..64 {
        let cosigners: Vec<u8> = (0..6).filter(|bit| set >> bit & 1 == 1).map(|bit| bit + 2).collect();
        let (x, y) = ((set & 0b111).count_ones(), (set >> 3).count_ones());
        check(&policy, &cosigners, x >= 2 && y >= 1);
    }
    // Strangers do not count, and nobody counts twice.
    check(&policy, &[2, 8, 9, 5], false);
    check(&policy, &[2, 2, 5], false);
}

#[test]
fn each_form_of_a_group_needs_as_many_as_it_says() {
    for (needed, count) in [("any", 1), ("all", 3), ("1", 1), ("2", 2), ("3", 3)] {
        let text = edited("2 X1", &format!("{needed} X1")).replace("quorum X-and-Y", "quorum X-witnesses");
        let policy = Policy::parse(text.as_bytes()).unwrap();
        for present in 0..=3_u8 {
            let cosigners: Vec<_> = (2..2 + present).collect();
            check(&policy, &cosigners, present >= count);
        }
    }
}

#[test]
fn a_quorum_is_a_witness_or_none() {
    let one = Policy::parse(edited("quorum X-and-Y", "quorum Y2").as_bytes()).unwrap();
    check(&one, &[2, 3, 4, 5, 7], false);
    check(&one, &[6], true);
    let none = Policy::parse(edited("quorum X-and-Y", "quorum none").as_bytes()).unwrap();
    check(&none, &[], true);
    assert!(Policy::parse(b"quorum none\n").is_ok());
}

#[test]
fn people_may_write_comments_spaces_and_lines_in_another_order() {
    let plain = Policy::parse(example().as_bytes()).unwrap();
    let text = example()
        .replace(' ', " \t ")
        .replace('\n', "\t\n # a comment: é \n\n \t\n#\n");
    assert_eq!(Policy::parse(text.as_bytes()), Ok(plain.clone()));
    let (first, rest) = example()
        .split_once('\n')
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .unwrap();
    assert_eq!(Policy::parse(format!("{rest}{first}\n").as_bytes()), Ok(plain));
    let mut octets = b"# \xff\xfe\nwitness \x80\xff ".to_vec();
    octets.extend(format!("{}\nquorum ", key(2)).bytes());
    octets.extend(b"\x80\xff\n");
    let policy = Policy::parse(&octets).unwrap();
    check(&policy, &[2], true);
    assert_eq!(Policy::parse(&policy.encode()), Ok(policy));
}

#[test]
fn a_line_that_is_wrong_is_named() {
    refuses("", 1, PolicyFault::NoQuorum);
    refuses("# nothing\n", 1, PolicyFault::NoQuorum);
    refuses(&edited("quorum X-and-Y\n", ""), 12, PolicyFault::NoQuorum);
    refuses(
        &edited("quorum X-and-Y\n", "quorum X-and-Y\nquorum none\n"),
        14,
        PolicyFault::QuorumTwice,
    );
    refuses(
        &edited("quorum X-and-Y", "quorum X-and-Z"),
        13,
        PolicyFault::UnknownName,
    );
    refuses(&edited("quorum X-and-Y", "quorum"), 13, PolicyFault::Words);
    refuses(&edited("quorum X-and-Y", "quorum X1 X2"), 13, PolicyFault::Words);
    refuses(&edited("quorum X", "Quorum X"), 13, PolicyFault::Keyword);
    refuses(
        &edited("group X-witnesses 2 X1 X2 X3", "group X-witnesses 2"),
        9,
        PolicyFault::Words,
    );
    refuses(&edited("group X-witnesses 2 X1 X2 X3", "group"), 9, PolicyFault::Words);
    for needed in ["0", "4", "02", "+2", "-1", "two", "ANY", "18446744073709551616"] {
        refuses(&edited("2 X1", &format!("{needed} X1")), 9, PolicyFault::Threshold);
    }
    refuses(&edited("X2 X3", "X2 Z3"), 9, PolicyFault::UnknownName);
    refuses(&edited("X2 X3", "X2 none"), 9, PolicyFault::UnknownName);
    refuses(&edited("X2 X3", "X2 X-witnesses"), 9, PolicyFault::UnknownName);
    refuses(&edited("X2 X3", "X2 X2"), 9, PolicyFault::MemberTwice);
    refuses(&edited("any Y1", "any X1"), 10, PolicyFault::MemberTwice);
    refuses(&edited("all X-witnesses", "all X1"), 12, PolicyFault::MemberTwice);
    refuses(
        &edited("group Y-witnesses", "group X-witnesses"),
        10,
        PolicyFault::NameTaken,
    );
    refuses(&edited("group Y-witnesses", "group X1"), 10, PolicyFault::NameTaken);
    refuses(&edited("group Y-witnesses", "group none"), 10, PolicyFault::NameTaken);
    refuses(&edited("witness X2", "witness X1"), 4, PolicyFault::NameTaken);
    refuses(&edited("witness X2", "witness none"), 4, PolicyFault::NameTaken);
    refuses(&edited("witness X2 ", "witness "), 4, PolicyFault::Words);
    refuses(
        &edited("log ", "log https://log.example "),
        1,
        PolicyFault::Key(KeyError::Layout),
    );
    refuses(
        &edited("log ", "witness log "),
        1,
        PolicyFault::Key(KeyError::NotAWitness),
    );
    refuses(
        &edited(&format!("X1 {}", key(2)), &format!("X1 {}", log().key())),
        3,
        PolicyFault::Key(KeyError::NotAWitness),
    );
    refuses(&format!("log {}\n", key(2)), 1, PolicyFault::Key(KeyError::NotALog));
    refuses(
        &edited("\n\nwitness", "\r\n\nwitness"),
        1,
        PolicyFault::Character(b'\r'),
    );
    refuses(&edited("quorum", "# \x7f\nquorum"), 13, PolicyFault::Character(0x7f));
    refuses(
        &"#".repeat(MAX_POLICY_BYTES + 1),
        1,
        PolicyFault::Long(MAX_POLICY_BYTES + 1),
    );
}

/// `quorum X-and-Y` cut to `quorum X` would ask for less, if there were a witness of that name.
#[test]
fn a_policy_whose_end_is_missing_is_refused() {
    let text = example();
    for length in 1..text.len() {
        assert!(Policy::parse(&text.as_bytes()[..length]).is_err(), "{length} bytes");
    }
    refuses(text.trim_end(), 13, PolicyFault::Cut);
}

#[test]
fn no_key_is_there_twice_under_whatever_name() {
    let twin = tallylog_tlog::WitnessSigner::new(name("twin"), tallylog_tlog::SigningKey::from_bytes(&[2; 32]));
    let text = edited(&key(3).to_string(), &twin.key().to_string());
    refuses(&text, 4, PolicyFault::WitnessTwice);
    let twin = tallylog_tlog::LogSigner::new(name("twin"), tallylog_tlog::SigningKey::from_bytes(&[1; 32]));
    refuses(&format!("{}log {}\n", example(), twin.key()), 14, PolicyFault::LogTwice);
    let policy = Policy::parse(example().as_bytes()).unwrap();
    assert_eq!(policy.with_log(twin.key().clone()), Err(PolicyFault::LogTwice));
}

#[test]
fn urls_are_kept() {
    let text = example()
        .replacen('\n', " https://log.example/é\n", 1)
        .replace(&key(2).to_string(), &format!("{} https://w1.example/prefix", key(2)));
    let policy = Policy::parse(text.as_bytes()).unwrap();
    let urls: Vec<_> = policy.witnesses().map(|(_, url)| url).collect();
    assert_eq!(urls, [Some("https://w1.example/prefix"), None, None, None, None, None]);
    assert_eq!(Policy::parse(&policy.encode()), Ok(policy));
    refuses(&text.replace("/prefix", "/prefix more"), 3, PolicyFault::Words);
    let octets = [format!("log {} ", log().key()).as_bytes(), b"\xff\nquorum none\n"].concat();
    let fault = PolicyFault::Url;
    assert_eq!(Policy::parse(&octets), Err(PolicyError { line: 1, fault }));
}

#[test]
fn a_policy_made_of_witnesses_is_the_one_that_a_file_would_be() {
    let witnesses = || (2..5).map(|number| (key(number), Some(format!("https://w{number}.example"))));
    for needed in 0..=3 {
        let policy = Policy::of_witnesses(log().key().clone(), witnesses(), needed).unwrap();
        assert_eq!(Policy::parse(&policy.encode()), Ok(policy.clone()));
        for present in 0..=3 {
            let cosigners: Vec<_> = (2..5).take(present).collect();
            check(&policy, &cosigners, present >= needed);
        }
        assert_eq!(policy.logs().collect::<Vec<_>>(), [log().key()]);
    }
    let made = |witnesses: Vec<_>, needed| Policy::of_witnesses(log().key().clone(), witnesses, needed);
    assert_eq!(made(witnesses().collect(), 4), Err(PolicyFault::Threshold));
    assert_eq!(made(Vec::new(), 1), Err(PolicyFault::Threshold));
    assert_eq!(
        made(vec![(key(2), None), (key(2), None)], 1),
        Err(PolicyFault::WitnessTwice)
    );
    for url in ["", "a b", "a\nquorum none", "a\tb"] {
        assert_eq!(made(vec![(key(2), Some(url.to_owned()))], 1), Err(PolicyFault::Url));
    }
}

#[test]
fn a_checkpoint_is_taken_with_the_log_s_signature_and_a_quorum() {
    let grown = grown(7);
    let policy = Policy::parse(example().as_bytes()).unwrap();
    let witnesses: Vec<_> = (2..8).map(key).collect();
    let cosigned = |numbers: &[u8]| {
        let lines: Vec<_> = numbers
            .iter()
            .map(|number| grown.cosigned(7, &witness(*number), TIME))
            .collect();
        grown.checkpoint(7).with_cosignatures(&lines, &witnesses).unwrap()
    };
    let trusted = policy.verify(&cosigned(&[2, 4, 7])).unwrap();
    assert_eq!(trusted.cosigners().len(), 3);
    let refused = |cosigned, known| Err(PolicyRefusal::NoQuorum { cosigned, known });
    assert_eq!(policy.verify(&cosigned(&[2, 3, 4])), refused(3, 6));
    assert_eq!(policy.verify(&cosigned(&[])), refused(0, 6));
    let unknown = CheckpointError::UnknownOrigin(name(ORIGIN));
    let nobody = Policy::parse(b"quorum none\n").unwrap();
    assert_eq!(nobody.verify(&cosigned(&[])), Err(PolicyRefusal::Checkpoint(unknown)));
    assert!(
        nobody
            .with_log(log().key().clone())
            .unwrap()
            .verify(&cosigned(&[]))
            .is_ok()
    );
    let stranger = Policy::of_log(impostor().key().clone()).verify(&cosigned(&[]));
    let unsigned = CheckpointError::Note(NoteError::NoKnownSignature);
    assert_eq!(stranger, Err(PolicyRefusal::Checkpoint(unsigned)));
}

#[test]
fn a_log_is_not_its_own_witness() {
    let signer = tallylog_tlog::LogSigner::new(
        tallylog_tlog::KeyName::new("log.example/1").unwrap(),
        ed25519_dalek::SigningKey::from_bytes(&[5; 32]),
    );
    let witness = tallylog_tlog::WitnessSigner::new(
        tallylog_tlog::KeyName::new("log.example/w").unwrap(),
        ed25519_dalek::SigningKey::from_bytes(&[5; 32]),
    );
    let (log, witness) = (signer.key().clone(), witness.key().clone());
    let lines = [format!("log {log}\n"), format!("witness w {witness}\n")];
    for lines in [lines.clone(), [lines[1].clone(), lines[0].clone()]] {
        let text = format!("{}quorum none\n", lines.concat());
        assert_eq!(
            Policy::parse(text.as_bytes()).unwrap_err().fault,
            PolicyFault::WitnessIsLog
        );
    }
    let alone = Policy::parse(format!("{}quorum w\n", lines[1]).as_bytes()).unwrap();
    assert_eq!(alone.needs(), 1);
    assert_eq!(alone.with_log(log.clone()).unwrap_err(), PolicyFault::WitnessIsLog);
    let asked = Policy::of_witnesses(log, [(witness, None)], 1);
    assert_eq!(asked.unwrap_err(), PolicyFault::WitnessIsLog);
}
